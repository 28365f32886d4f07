"""A query as typed → ranked articles with snippets, counts for narrowing down, and what was understood."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.model import CorpusError
from corpus.querying import FILTERS, Query, Term, parse_date_prefix, parse_query
from corpus.search_sql import conditions, match_expression
from corpus.snippets import best_window, find_matches, render

# Counts are exact up to here, and no more than this is ranked for one request.
WINDOW = 10_000
MAX_SIZE = 100
FIGURES_SHOWN = 6
FACET_VALUES = 20
SORTS = ("relevance", "newest", "oldest")
# A word in the headline says more about an article than one in its text.
_RANK = "bm25(articles_fts, 4.0, 1.0, 2.0)"
_FIGURE_COLUMNS = (
    "start_char, end_char, quote, kind, low, high, currency, unit, qualifier, vague, magnitude, "
    "magnitude_high, measure, subject, attributed_to, stance"
)


class QueryError(CorpusError):
    """A filter, order or page that cannot be meant; ``parameter`` names it. Words never raise."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Understood:
    """One part of the query: kind is word, phrase, beginning, excluded, filter or ignored."""

    kind: str
    text: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """A value to narrow down by, how it reads, and how many of the results have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found; ``url`` is its page here, ``original_url`` where it was published."""

    uid: str
    url: str
    headline: str | None
    opening: str
    language: str | None
    date_published: str | None
    source: str | None
    original_url: str | None
    snippet_html: str
    figures: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found. ``total`` is exact unless ``total_capped``; ``next`` asks for the following page.

    ``undated`` counts the articles that only a filter by date leaves out, because they have none.
    """

    query: str
    sort: str
    total: int
    total_capped: bool
    understood: tuple[Understood, ...]
    results: tuple[Hit, ...]
    facets: Mapping[str, tuple[Facet, ...]] = field(default_factory=dict)
    undated: int = 0
    next: str | None = None


def search(
    db: Any,
    query: str | None,
    *,
    language: str | None = None,
    source: str | None = None,
    measure: str | None = None,
    subject: str | None = None,
    since: str | None = None,
    until: str | None = None,
    story: str | None = None,
    sort: str | None = None,
    size: int = 20,
    next: str | None = None,
    exact: bool = False,
) -> SearchResult:
    """Find articles by words in any language and by filters; without either, all of them, newest first.

    ``db`` is a sqlite3 connection or a sqlite_utils Database. ``since`` and ``until`` are ISO dates cut
    to what is meant (``2024-02``); an article known only to the month or year is found where the two
    intervals overlap, an undated one is not. ``language`` is BCP 47 (``zh`` finds ``zh-Hans``, ``und``
    those unknown), ``source`` a slug or name (``unknown`` for none). ``sort`` is one of SORTS. Any query
    is answered; QueryError says which filter, order or page cannot be meant.
    """
    connection: sqlite3.Connection = getattr(db, "conn", db)
    parsed = parse_query(query, exact=exact)
    given = dict(zip(FILTERS, (language, source, measure, subject, since, until, story), strict=True))
    filters = {**parsed.filters, **{name: value for name, value in given.items() if value is not None}}
    filters = {name: value.strip() for name, value in filters.items() if value.strip()}
    for name in ("since", "until"):
        if name in filters:
            filters[name] = _date(name, filters[name])
    order = _order(sort, ranked=bool(parsed.groups))
    rows = _window(connection, parsed, filters, order)
    capped = len(rows) > WINDOW
    rows = rows[:WINDOW]
    rows.sort(key=lambda row: _key(row, order))
    start = 0 if next is None else _start(rows, next, order)
    size = min(max(int(size), 1), MAX_SIZE)
    page = rows[start : start + size]
    more = start + size < len(rows)
    return SearchResult(
        query=(query or "").strip(),
        sort=order,
        total=len(rows),
        total_capped=capped,
        understood=_understood(parsed, filters),
        results=_hits(connection, [row["id"] for row in page], parsed.terms, filters),
        facets=_facets(connection, rows),
        undated=_count_undated(connection, parsed, filters),
        next=_token(page[-1], order) if more else None,
    )


def _date(name: str, value: str) -> str:
    date = parse_date_prefix(value)
    if date is None:
        raise QueryError(name, f"{name} is a year, a month or a day, such as 2024, 2024-02 or 2024-02-09")
    return date


def _order(sort: str | None, *, ranked: bool) -> str:
    if sort is None or sort == "":
        return "relevance" if ranked else "newest"
    if sort not in SORTS:
        raise QueryError("sort", f"sort is one of {', '.join(SORTS)}")
    return "newest" if sort == "relevance" and not ranked else sort


def _rows(connection: sqlite3.Connection, sql: str, parameters: Mapping[str, Any] | Sequence[Any]) -> list[sqlite3.Row]:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(sql, parameters).fetchall()


def _window(connection: sqlite3.Connection, parsed: Query, filters: Mapping[str, str], order: str) -> list[sqlite3.Row]:
    """Give id, sort keys and facet values of every match, the newest WINDOW + 1 of them at most."""
    if parsed.hopeless:
        return []
    where, parameters = conditions(parsed, filters)
    match = match_expression(parsed)
    columns = "a.id, a.language, a.date_published, s.slug AS source, s.name AS source_name"
    joins = "LEFT JOIN sources AS s ON s.id = a.source_id"
    parameters["window"] = WINDOW + 1
    if match is not None:
        parameters["match"] = match
        where.insert(0, "articles_fts MATCH :match")
        sql = (
            f"SELECT {columns}, {_RANK} AS score FROM articles_fts "
            f"CROSS JOIN articles AS a ON a.id = articles_fts.rowid {joins} "
            f"WHERE {' AND '.join(where)} ORDER BY articles_fts.rowid DESC LIMIT :window"
        )
    else:
        # Descending order puts what has no date last by itself, and there is an index for it.
        first = "a.date_published IS NULL, a.date_published" if order == "oldest" else "a.date_published DESC"
        sql = (
            f"SELECT {columns}, 0.0 AS score FROM articles AS a {joins} "
            f"WHERE {' AND '.join(where) or '1'} "
            f"ORDER BY {first}, a.id LIMIT :window"
        )
    return _rows(connection, sql, parameters)


def _count_undated(connection: sqlite3.Connection, parsed: Query, filters: Mapping[str, str]) -> int:
    if not filters.keys() & {"since", "until"}:
        return 0
    rest = {name: value for name, value in filters.items() if name not in ("since", "until")}
    where, parameters = conditions(parsed, rest)
    match = match_expression(parsed)
    if match is not None:
        parameters["match"] = match
        where.append("a.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match)")
    where.append("a.date_published IS NULL")
    parameters["window"] = WINDOW
    sql = f"SELECT count(*) FROM (SELECT 1 FROM articles AS a WHERE {' AND '.join(where)} LIMIT :window)"
    return int(_rows(connection, sql, parameters)[0][0])


def _position(score: float, date: str | None, number: int, order: str) -> tuple[Any, ...]:
    """Give the sort key of an article; every order ends in the id, so that no two are alike."""
    if order == "relevance":
        return (round(score, 9), -number)
    # The complement of its characters sorts a date backwards; undated articles stand last either way.
    sign = 1 if order == "oldest" else -1
    return (not date, (*(sign * ord(char) for char in date or ""), 0), number)


def _key(row: sqlite3.Row, order: str) -> tuple[Any, ...]:
    return _position(row["score"], row["date_published"], row["id"], order)


def _token(row: sqlite3.Row, order: str) -> str:
    kept = repr(round(row["score"], 9)) if order == "relevance" else (row["date_published"] or "")
    return f"{kept}~{row['id']}"


def _start(rows: Sequence[sqlite3.Row], token: str, order: str) -> int:
    """Give the index of the first row after the one the token names, also when that one is gone."""
    kept, mark, number = token.rpartition("~")
    try:
        if not mark:
            raise ValueError
        score, date = (float(kept), None) if order == "relevance" else (0.0, kept)
        last = _position(score, date, int(number), order)
    except ValueError:
        raise QueryError("next", "next is the value that the page before this one gave") from None
    return bisect_right(rows, last, key=lambda row: _key(row, order))


def _hits(
    connection: sqlite3.Connection, ids: Sequence[int], terms: Sequence[Term], filters: Mapping[str, str]
) -> tuple[Hit, ...]:
    if not ids:
        return ()
    marks = ", ".join("?" * len(ids))
    articles = {
        row["id"]: row
        for row in _rows(
            connection,
            "SELECT a.id, a.uid, a.headline, a.text, a.language, a.date_published, a.url, s.name AS source "
            f"FROM articles AS a LEFT JOIN sources AS s ON s.id = a.source_id WHERE a.id IN ({marks})",
            ids,
        )
    }
    figures = _figures(connection, ids, filters)
    hits = []
    for number in ids:
        if number not in articles:  # removed by a writer since the window was read
            continue
        row = articles[number]
        text = row["text"]
        headline = row["headline"] or None
        skip = len(headline) if headline is not None and text.startswith(headline) else 0
        skip += len(text[skip : skip + 4]) - len(text[skip : skip + 4].lstrip())
        matches = find_matches(text, terms)
        hits.append(
            Hit(
                uid=row["uid"],
                url=f"/article/{row['uid']}",
                headline=headline,
                opening=text[:200],
                language=row["language"],
                date_published=row["date_published"],
                source=row["source"],
                original_url=row["url"],
                snippet_html=render(text, matches, best_window(text, matches, skip=skip)),
                figures=figures.get(number, ()),
            )
        )
    return tuple(hits)


def _figures(
    connection: sqlite3.Connection, ids: Sequence[int], filters: Mapping[str, str]
) -> dict[int, tuple[Mapping[str, Any], ...]]:
    """Give each article's first figures, those of the measure asked for before the others."""
    marks = ", ".join("?" * len(ids))
    sql = (
        f"SELECT article_id, {_FIGURE_COLUMNS} FROM (SELECT *, row_number() OVER (PARTITION BY article_id "
        "ORDER BY coalesce(measure = ?, 0) DESC, measure IS NULL, start_char) AS place FROM figures "
        f"WHERE struck = 0 AND article_id IN ({marks})) WHERE place <= {FIGURES_SHOWN:d} "
        "ORDER BY article_id, place"
    )
    grouped: dict[int, list[Mapping[str, Any]]] = {}
    for row in _rows(connection, sql, [filters.get("measure"), *ids]):
        values = dict(row)
        grouped.setdefault(values.pop("article_id"), []).append(values)
    return {number: tuple(values) for number, values in grouped.items()}


def _facets(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> dict[str, tuple[Facet, ...]]:
    languages = Counter(row["language"] or "und" for row in rows)
    sources = Counter((row["source"] or "unknown", row["source_name"] or "unknown") for row in rows)
    years = Counter(row["date_published"][:4] for row in rows if row["date_published"])
    ids = [row["id"] for row in rows]
    measures = _rows(
        connection,
        "SELECT measure, count(DISTINCT article_id) AS articles FROM figures WHERE struck = 0 "
        f"AND measure IS NOT NULL AND article_id IN (SELECT value FROM json_each(?)) GROUP BY measure "
        f"ORDER BY articles DESC, measure LIMIT {FACET_VALUES:d}",
        [f"[{','.join(map(str, ids))}]"],
    )
    return {
        "language": tuple(Facet(code, code, count) for code, count in _common(languages)),
        "source": tuple(Facet(slug, name, count) for (slug, name), count in _common(sources)),
        "measure": tuple(Facet(row["measure"], row["measure"], row["articles"]) for row in measures),
        "year": tuple(Facet(year, year, years[year]) for year in sorted(years, reverse=True)),
    }


def _common(counts: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:FACET_VALUES]


def _understood(parsed: Query, filters: Mapping[str, str]) -> tuple[Understood, ...]:
    def kind(term: Term) -> str:
        if term.phrase:
            return "phrase"
        return "beginning" if term.prefix else "word"

    parts = [Understood(kind(term), term.text) for term in parsed.terms]
    parts += (Understood("excluded", term.text) for term in parsed.excluded)
    parts += (Understood("filter", value, name) for name, value in filters.items())
    parts += (Understood("ignored", text) for text in parsed.ignored)
    return tuple(parts)
