"""A query understood → SQL conditions over ``articles AS a``; every value travels as a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus.querying import Query, Term

# The two comparisons of intervals: cut both dates to the shorter one, then compare as text.
_OVERLAPS = {
    "since": "substr(a.date_published, 1, length(:since)) >= substr(:since, 1, length(a.date_published)) "
    # The year alone is coarse, but an index can use it.
    "AND a.date_published >= substr(:since, 1, 4)",
    "until": "substr(a.date_published, 1, length(:until)) <= substr(:until, 1, length(a.date_published)) "
    "AND a.date_published < substr(:until, 1, 4) || '~'",
}
_LANGUAGE = (
    "(a.language = :language COLLATE NOCASE OR substr(a.language, 1, length(:language) + 1) "
    "= :language || '-' COLLATE NOCASE OR (:language = 'und' AND a.language IS NULL))"
)
_SOURCE = (
    "(a.source_id IN (SELECT id FROM sources WHERE slug = :source OR name = :source COLLATE NOCASE) "
    "OR (:source = 'unknown' AND a.source_id IS NULL))"
)
_STORY = (
    "(a.story_id IN (SELECT id FROM stories WHERE uid = :story "
    "UNION SELECT story_id FROM articles WHERE uid = :story) OR a.uid = :story)"
)
_SUBJECT = "instr('; ' || lower(f.subject) || '; ', '; ' || lower(:subject) || '; ') > 0"


def match_expression(query: Query) -> str | None:
    """Give the FTS5 expression of the groups whose terms are all words, None where there is none."""
    groups = [group for group in query.groups if not any(term.within for term in group)]
    if not groups:
        return None
    return " AND ".join(f"({' OR '.join(map(_fts, group))})" for group in groups)


def _fts(term: Term) -> str:
    # Inside quotes FTS5 knows no operators; what it would not read as one word becomes a phrase.
    quoted = '"' + term.text.replace('"', '""') + '"'
    return f"{quoted} *" if term.prefix else quoted


def conditions(query: Query, filters: Mapping[str, str]) -> tuple[list[str], dict[str, Any]]:
    """Give the conditions that ``match_expression`` leaves, and their named parameters."""
    where: list[str] = []
    parameters: dict[str, Any] = {}
    for group in query.groups:
        if any(term.within for term in group):
            where.append(f"({' OR '.join(_condition(term, parameters) for term in group)})")
    where += (f"NOT {_condition(term, parameters)}" for term in query.excluded)
    known = {"language": _LANGUAGE, "source": _SOURCE, "story": _STORY}
    where += (sql for name, sql in known.items() if name in filters)
    for name, sql in _OVERLAPS.items():
        if name in filters:
            where.append(sql)
    # Both about the same figure: its measure and whose it is.
    figure = [sql for name, sql in (("measure", "f.measure = :measure"), ("subject", _SUBJECT)) if name in filters]
    if figure:
        where.append(f"a.id IN (SELECT f.article_id FROM figures AS f WHERE f.struck = 0 AND {' AND '.join(figure)})")
    return where, parameters | dict(filters)


def _condition(term: Term, parameters: dict[str, Any]) -> str:
    name = f"term{len(parameters)}"
    if term.within:
        escaped = term.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        parameters[name] = f"%{escaped}%"
        return rf"a.text LIKE :{name} ESCAPE '\'"
    parameters[name] = _fts(term)
    return f"a.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :{name})"
