"""A query understood → one FTS5 expression, ranges of numbers and SQL conditions; values travel as parameters."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from corpus.indexing.facts import ALL, LOOSE, batch_of, fact
from corpus.indexing.numbering import FIRST_DATED, LAST, day_of, day_range, end_of
from corpus.searching.expanding import Meaning, expression, literal, quoted

# Filters whose values are tokens of the index.
_TOKENS = ("language", "source", "measure", "subject")
# The dates are cut to the shorter one, then compared as text.
_OVERLAPS = "substr(f.date_published, 1, length(:since)) >= substr(:since, 1, length(f.date_published))"
_STORY = (
    "SELECT id FROM articles WHERE story_id IN (SELECT id FROM stories WHERE uid = :story "
    "UNION SELECT story_id FROM articles WHERE uid = :story) UNION SELECT id FROM articles WHERE uid = :story"
)
_FLAG = "SELECT article_id FROM flags WHERE kind = :flag UNION SELECT other_article_id FROM flags WHERE kind = :flag"
_ABOUT = (
    "EXISTS (SELECT 1 FROM figures AS g WHERE g.article_id = f.article_id AND g.struck = 0 "
    "AND instr('; ' || lower(g.subject) || '; ', '; ' || lower(:subject) || '; ') > 0{measure})"
)
# Batches that a filter by arrival names one by one; where more came in, nearly any article did.
_BATCHES = 64
# Articles that are looked up one by one, each as a question of its own to the index; a longer list is compared with
# all that match.
_LOOKED_UP = 50


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers of the index to look between, the end excluded; ``loose`` looks for inexact dates only."""

    start: int
    end: int
    loose: bool = False

    def within(self, start: int, end: int) -> Span:
        """What of it lies between two numbers, the end excluded."""
        return Span(max(start, self.start), min(end, self.end), self.loose)


EVERYWHERE = Span(1, LAST)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of the index: an FTS5 expression (None for every article), spans, SQL conditions, parameters.

    ``facts`` is what of the expression is asked by filters.
    """

    match: str | None
    spans: tuple[Span, ...]
    where: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    facts: str | None = None

    def within(self, start: int, end: int) -> Wish:
        """The same wish for articles between two numbers, the end excluded."""
        return replace(self, spans=tuple(span.within(start, end) for span in self.spans))

    def narrowed(self, match: str | None) -> Wish:
        """The same wish with another expression added to its own."""
        if match is None:
            return self
        return replace(self, match=match if self.match is None else f"({match}) AND ({self.match})")


def make_wish(connection: sqlite3.Connection, meaning: Meaning, filters: Mapping[str, str]) -> Wish:
    """What a query and its filters ask of the index, amounts left out."""
    where: list[str] = []
    parameters: dict[str, Any] = {}
    more: list[str] = []
    if "subject" in filters and "measure" in filters:
        # Both about the same figure: its measure and whose it is.
        measures = [value.strip() for value in filters["measure"].split(",") if value.strip()]
        names = {f"measure{place}": value for place, value in enumerate(measures)}
        one_of = f" AND g.measure IN ({', '.join(f':{name}' for name in names)})" if names else ""
        where.append(_ABOUT.format(measure=one_of))
        parameters |= {**names, "subject": filters["subject"]}
    for name, sql in (("story", _STORY), ("flag", _FLAG)):
        if name in filters:
            listed = f"SELECT doc FROM search_facts WHERE article_id IN ({sql}) AND doc IS NOT NULL"
            docs = [row[0] for row in connection.execute(listed, {name: filters[name]})]
            where.append(f"{'+' if len(docs) > _LOOKED_UP else ''}{{doc}} IN (SELECT value FROM json_each(:{name}))")
            parameters[name] = f"[{','.join(map(str, docs))}]"
    if "new" in filters:
        batches, parameters["first"] = _arrived(connection, filters["new"])
        where.append("f.article_id >= :first")
        more += [f"{{facts}} : ({' OR '.join(map(quoted, batches))})"] if batches else []
    tokens = [_any(name, filters.get(name)) for name in _TOKENS]
    asked = [*(f"{{facts}} : ({token})" for token in tokens if token is not None), *more]
    facts = " AND ".join(asked) or None
    match = _match_expression(meaning, facts)
    return Wish(match, _spans(filters), tuple(where), parameters | _since(filters), facts)


def _since(filters: Mapping[str, str]) -> dict[str, str]:
    return {"since": filters["since"]} if "since" in filters else {}


def _arrived(connection: sqlite3.Connection, since: str) -> tuple[list[str], int]:
    """The batches that came in since a day (none where they are too many to name), and the first article of them."""
    first = connection.execute(
        "SELECT article_id FROM search_facts WHERE first_ingested >= ? ORDER BY first_ingested, article_id LIMIT 1",
        [since],
    ).fetchone()
    last = connection.execute("SELECT max(article_id) FROM search_facts").fetchone()[0]
    if first is None:
        return [fact("batch", "none")], 0
    batches = range(batch_of(first[0]), batch_of(last) + 1)
    return [fact("batch", str(batch)) for batch in batches] if len(batches) <= _BATCHES else [], first[0]


def _spans(filters: Mapping[str, str]) -> tuple[Span, ...]:
    """Where the articles between two dates stand; those known to the year or month only where that begins."""
    if not filters.keys() & {"since", "until"}:
        return (EVERYWHERE,)
    since = filters.get("since")
    end = end_of(filters["until"]) if "until" in filters else LAST
    start = FIRST_DATED if since is None else day_range(day_of(since))[0] if day_of(since) else LAST
    exact = Span(start, end)
    if since is None or len(since) == 4 or start == LAST:
        return (exact,)
    return exact, Span(day_range(day_of(since[:4]))[0], min(start, end), loose=True)


def facts_match(*tokens: str) -> str:
    """The expression of articles that have one of some tokens."""
    return f"{{facts}} : ({' OR '.join(map(quoted, tokens))})"


def batch_match(batches: Iterable[int]) -> str:
    """The expression of the articles of some batches."""
    return facts_match(*(fact("batch", str(batch)) for batch in batches))


def select(wish: Wish, columns: str, *, ascending: bool = False, joined: bool = True) -> tuple[str, dict[str, Any]]:
    """A SELECT of the articles of a wish in order of their numbers, with LIMIT :most, and its parameters.

    ``columns`` may name ``{doc}`` and, where ``joined``, those of ``search_facts AS f``.
    """
    branches = []
    parameters: dict[str, Any] = dict(wish.parameters)
    for place, span in enumerate(wish.spans):
        match = wish.narrowed(facts_match(LOOSE)).match if span.loose else wish.match
        doc = "f.doc" if match is None else "search_index.rowid"
        where = [f"{doc} >= :start{place}", f"{doc} < :end{place}", *(one.format(doc=doc) for one in wish.where)]
        where += [_OVERLAPS] if span.loose else []
        parameters |= {f"start{place}": span.start, f"end{place}": span.end}
        tables = "search_facts AS f INDEXED BY idx_search_facts_doc"
        if match is not None:
            where.insert(0, f"search_index MATCH :match{place}")
            parameters[f"match{place}"] = match
            needed = joined or wish.where or span.loose
            tables = f"search_index CROSS JOIN {tables} ON f.doc = search_index.rowid" if needed else "search_index"
        way = "" if ascending else " DESC"
        branches.append(
            f"SELECT * FROM (SELECT {columns.format(doc=doc)} FROM {tables} WHERE {' AND '.join(where)} "
            f"ORDER BY {doc}{way} LIMIT :most)"
        )
    if len(branches) == 1:
        return branches[0], parameters
    return f"{' UNION ALL '.join(branches)} ORDER BY 1{way} LIMIT :most", parameters


def words_expression(meaning: Meaning) -> str | None:
    """The FTS5 expression of the words in any of their forms, None where there are none."""
    return " AND ".join(f"({' OR '.join(map(expression, group))})" for group in meaning.groups) or None


def _match_expression(meaning: Meaning, facts: str | None) -> str | None:
    """The FTS5 expression of words and of those filters that are tokens of the index, None where there is none."""
    unwanted = [expression(one) for one in meaning.excluded]
    for part in meaning.query.parts:
        token = _any(part.name, part.value) if part.excluded and part.name in _TOKENS else None
        if token is not None:
            unwanted.append(f"({{facts}} : ({token}))")
    found = " AND ".join(one for one in (words_expression(meaning), facts) if one is not None)
    if not unwanted:
        return found or None
    return f"({found or facts_match(ALL)}) NOT ({' OR '.join(unwanted)})"


def literal_expression(meaning: Meaning) -> str | None:
    """The FTS5 expression of the words in the language they were typed in, None where there are none."""
    if not meaning.groups:
        return None
    return " AND ".join(f"({' OR '.join(map(literal, group))})" for group in meaning.groups)


def in_headline(match: str) -> str:
    """An expression narrowed to headlines."""
    narrowed = match.replace("{headline body}", "{headline}").replace("{headline_words words}", "{headline_words}")
    return narrowed.replace("{words}", "{headline_words}")


def _any(kind: str, values: str | None) -> str | None:
    if values is None:
        return None
    # A subject may hold a comma.
    one_by_one = [values] if kind == "subject" else values.split(",")
    return " OR ".join(quoted(fact(kind, value.strip())) for value in one_by_one if value.strip()) or None
