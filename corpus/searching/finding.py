"""Which articles a query finds: at most a window of them, with what they are ranked and counted by."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from corpus.indexing import fact
from corpus.searching.expanding import Meaning, quoted
from corpus.searching.search_sql import amount_sql, conditions, in_headline, literal_expression, match_expression

# Counts are exact up to here, and no more than this is ranked for one request.
WINDOW = 10_000
# FTS5 scores no more than these that came in last, and those that have the words in their headline; the
# others of the window are ranked by what else is known of them.
_SCORED = 3_000
_HEADLINES = 500
# Figures that are looked at for one amount.
_CLAIMS = 12_000
# Articles with the words of a query whose figures are looked at one by one, where an amount is all too common.
_SEARCHED = 40_000
# A word in the headline says more about an article than one in its text; another form of it a little less.
_WEIGHTS = "bm25(search_index, 6.0, 1.0, 4.0, 0.7, 0.0)"
_COLUMNS = "f.article_id, f.language, f.date_published, f.source_id, f.story_id"
_MONTHS_LOOKED_AT = 240
_DATED = ("newest", "oldest")


class Row(NamedTuple):
    """An article found; ``score`` is that of FTS5, the smaller the better."""

    article_id: int
    language: str | None
    date_published: str | None
    source_id: int | None
    story_id: int | None
    score: float


@dataclass(frozen=True, slots=True)
class Rows:
    """What was found; ``grades`` says of each article how well its figures are what was asked.

    ``headlined`` articles have all the words in their headline, ``typed`` ones in the language they were
    typed in: said apart, because words that most articles have weigh nothing to FTS5.
    """

    rows: list[Row]
    capped: bool = False
    grades: Mapping[int, int] = field(default_factory=dict)
    places: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    headlined: frozenset[int] = frozenset()
    typed: frozenset[int] = frozenset()

    def spans(self, article_id: int) -> tuple[tuple[int, int], ...]:
        """Where the figures asked for stand in an article."""
        return self.places.get(article_id, ())


def known_languages(connection: sqlite3.Connection) -> list[str]:
    """The tags of all articles, found by jumping from one to the next."""
    sql = """WITH RECURSIVE tags (tag) AS (SELECT min(language) FROM articles UNION ALL
             SELECT (SELECT min(language) FROM articles WHERE language > tag) FROM tags WHERE tag IS NOT NULL)
             SELECT tag FROM tags WHERE tag IS NOT NULL LIMIT 200"""
    return [row[0] for row in connection.execute(sql)]


def find_rows(connection: sqlite3.Connection, meaning: Meaning, filters: Mapping[str, str], order: str) -> Rows:
    """The articles that a query finds, without order; WINDOW of them where there are more."""
    if meaning.hopeless:
        return Rows([])
    match = match_expression(meaning, filters)
    where, parameters = conditions(filters)
    claims, full = _claims(connection, meaning)
    more = False
    if full and (match is not None or where):
        rows, more = _with_common_amounts(connection, meaning, match, where, parameters, order)
    else:
        if meaning.amounts:
            parameters["claiming"] = f"[{','.join(map(str, claims))}]"
            more = full
        rows = _matching(connection, match, where, parameters, order)
    capped = more or len(rows) > WINDOW
    rows = rows[:WINDOW]
    grades = {row.article_id: claims[row.article_id][0] for row in rows if row.article_id in claims}
    places = {number: tuple(claims[number][1]) for number in grades}
    if order != "relevance" or match is None or not meaning.groups:
        return Rows(rows, capped, grades, places)
    typed = literal_expression(meaning)
    return Rows(rows, capped, grades, places, _ids(connection, in_headline(match)), _ids(connection, typed))


def _matching(
    connection: sqlite3.Connection, match: str | None, where: list[str], parameters: Mapping[str, Any], order: str
) -> list[Row]:
    """Rows that match, WINDOW + 1 at most; scored by FTS5 as far as it can be afforded."""
    if match is None or order != "relevance":
        rows = _window(connection, match, where, parameters, order)
        if len(rows) <= WINDOW or match is None or order not in _DATED:
            return rows
        dated = _by_date(connection, match, where, parameters, order)
        known = {row.article_id for row in dated}
        return [*dated, *(row for row in rows if row.article_id not in known)][: WINDOW + 1]
    scored = _window(connection, match, where, parameters, order, scored=True, limit=_SCORED + 1)
    if len(scored) <= _SCORED:
        return scored
    best = _window(connection, in_headline(match), where, parameters, order, scored=True, limit=_HEADLINES)
    known = {row.article_id for row in scored}
    known.update(row.article_id for row in best)
    rest = _window(connection, match, where, parameters, order)
    last = scored[-1].article_id
    rows = [*scored, *(row for row in best if row.article_id < last)]
    return [*rows, *(row for row in rest if row.article_id not in known)][: WINDOW + 1]


def _with_common_amounts(
    connection: sqlite3.Connection,
    meaning: Meaning,
    match: str | None,
    where: list[str],
    parameters: Mapping[str, Any],
    order: str,
) -> tuple[list[Row], bool]:
    """Rows whose figures are looked at one by one, and whether there may be more than were looked at."""
    where, values = list(where), dict(parameters)
    for number, amount in enumerate(meaning.amounts):
        sql, own = amount_sql(amount, f"a{number}_", correlated=True)
        where.append(f"EXISTS ({sql})")
        values |= own
    if match is None:
        return _window(connection, None, where, values, order), False
    last = connection.execute(
        "SELECT min(number), count(*) FROM (SELECT rowid AS number FROM search_index WHERE search_index MATCH ? "
        "ORDER BY rowid DESC LIMIT ?)",
        [match, _SEARCHED],
    ).fetchone()
    where.append("search_index.rowid >= :last")
    return _window(connection, match, where, {**values, "last": last[0]}, order), last[1] == _SEARCHED


def _ids(connection: sqlite3.Connection, match: str | None) -> frozenset[int]:
    """The articles that match, the newest WINDOW of them where there are more."""
    sql = "SELECT rowid FROM search_index WHERE search_index MATCH ? ORDER BY rowid DESC LIMIT ?"
    return frozenset(row[0] for row in connection.execute(sql, [match, WINDOW]))


def _claims(
    connection: sqlite3.Connection, meaning: Meaning
) -> tuple[dict[int, tuple[int, list[tuple[int, int]]]], bool]:
    """Per article the lowest grade over all amounts and the places of the figures; and whether there are more."""
    together: dict[int, tuple[int, list[tuple[int, int]]]] = {}
    full = False
    for number, amount in enumerate(meaning.amounts):
        sql, parameters = amount_sql(amount, f"a{number}_")
        own: dict[int, tuple[int, list[tuple[int, int]]]] = {}
        read = 0
        for article_id, grade, start, end in connection.execute(f"{sql} LIMIT {_CLAIMS:d}", parameters):
            read += 1
            before = own.setdefault(article_id, (grade, []))
            before[1].append((start, end))
            if grade > before[0]:
                own[article_id] = (grade, before[1])
        full = full or read == _CLAIMS
        together = (
            own
            if number == 0
            else {
                key: (min(grade, own[key][0]), places + own[key][1])
                for key, (grade, places) in together.items()
                if key in own
            }
        )
    return together, full


def _window(
    connection: sqlite3.Connection,
    match: str | None,
    where: list[str],
    parameters: Mapping[str, Any],
    order: str,
    *,
    scored: bool = False,
    limit: int | None = None,
) -> list[Row]:
    """The newest rows that match: of words those that came in last, without words those of the last dates."""
    values = {**parameters, "window": WINDOW + 1 if limit is None else limit}
    if match is None:
        # Descending order puts what has no date last by itself, and there is an index for it.
        by = "f.date_published IS NULL, f.date_published" if order == "oldest" else "f.date_published DESC"
        by = "f.article_id DESC" if order == "added" else by
        among = "json_each(:claiming) AS i CROSS JOIN " if "claiming" in values else ""
        which = "ON f.article_id = i.value " if among else ""
        sql = (
            f"SELECT {_COLUMNS}, 0.0 FROM {among}search_facts AS f {which}WHERE {' AND '.join(where) or '1'} "
            f"ORDER BY {by}, f.article_id LIMIT :window"
        )
    else:
        values["match"] = match
        if "claiming" in values:
            where = [*where, "+f.article_id IN (SELECT value FROM json_each(:claiming))"]
        sql = (
            f"SELECT {_COLUMNS}, {_WEIGHTS if scored else '0.0'} FROM search_index CROSS JOIN search_facts AS f "
            f"ON f.article_id = search_index.rowid WHERE {' AND '.join(['search_index MATCH :match', *where])} "
            "ORDER BY search_index.rowid DESC LIMIT :window"
        )
    return [Row(*row) for row in connection.execute(sql, values)]


def _by_date(
    connection: sqlite3.Connection, match: str, where: list[str], parameters: Mapping[str, Any], order: str
) -> list[Row]:
    """The first WINDOW + 1 rows in order of date, read month by month."""
    rows: list[Row] = []
    for month in _months(connection, order):
        narrowed = f"({{facts}} : {quoted(fact('month', month))}) AND ({match})"
        limit = WINDOW + 1 - len(rows)
        found = _window(connection, narrowed, where, parameters, order, limit=limit)
        rows += found
        if len(rows) > WINDOW:
            break
    return rows


def _months(connection: sqlite3.Connection, order: str) -> Iterator[str]:
    newest = order == "newest"
    ends = "max(date_published)" if newest else "min(date_published)"
    date = connection.execute(f"SELECT {ends} FROM search_facts").fetchone()[0]
    for _ in range(_MONTHS_LOOKED_AT):
        if date is None:
            return
        month = date[:7]
        yield month
        if newest:
            sql, bound = f"SELECT {ends} FROM search_facts WHERE date_published < ?", month
        else:
            sql, bound = f"SELECT {ends} FROM search_facts WHERE date_published > ?", f"{month}~"
            # Years that are known alone stand before their months.
            sql, bound = (sql, month) if len(month) < 7 else (sql, bound)
        date = connection.execute(sql, [bound]).fetchone()[0]


def count_undated(connection: sqlite3.Connection, meaning: Meaning, filters: Mapping[str, str]) -> int:
    """How many articles a filter by date leaves out for want of one; WINDOW at most."""
    if not filters.keys() & {"since", "until"} or meaning.hopeless:
        return 0
    rest = {name: value for name, value in filters.items() if name not in ("since", "until")}
    match = match_expression(meaning, rest)
    undated = f"{{facts}} : {quoted('undated')}"
    where, parameters = conditions(rest)
    for number, amount in enumerate(meaning.amounts):
        sql, values = amount_sql(amount, f"a{number}_", correlated=True)
        where.append(f"EXISTS ({sql})")
        parameters |= values
    narrowed = undated if match is None else f"({undated}) AND ({match})"
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM search_index CROSS JOIN search_facts AS f ON f.article_id = "
        f"search_index.rowid WHERE {' AND '.join(['search_index MATCH :match', *where])} LIMIT :window)"
    )
    found = connection.execute(sql, {**parameters, "match": narrowed, "window": WINDOW}).fetchone()
    return int(found[0])
