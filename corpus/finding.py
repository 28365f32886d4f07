"""Which articles a query finds: at most a window of them, with what they are ranked and counted by."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from corpus.expanding import Meaning, quoted
from corpus.indexing import fact
from corpus.search_sql import amount_sql, conditions, in_headline, literal_expression, match_expression

# Counts are exact up to here, and no more than this is ranked for one request.
WINDOW = 10_000
# Of words that are in more articles than the window holds, those with them in the headline are looked for too.
_HEADLINES = 2_000
# Figures that are looked at for one amount.
_CLAIMS = 30_000
# A word in the headline says more about an article than one in its text; another form of it a little less.
_WEIGHTS = "bm25(search_index, 6.0, 1.0, 4.0, 0.7, 0.0)"
_COLUMNS = "f.article_id, f.language, f.date_published, f.source_id, f.story_id"
_MONTHS_LOOKED_AT = 240


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
    for number, amount in enumerate(meaning.amounts):
        if full and (match is not None or where):
            sql, values = amount_sql(amount, f"a{number}_", correlated=True)
            where.append(f"EXISTS ({sql})")
            parameters |= values
    if meaning.amounts and not (full and (match is not None or where)):
        where.append("+f.article_id IN (SELECT value FROM json_each(:claiming))")
        parameters["claiming"] = f"[{','.join(map(str, claims))}]"
    rows = _window(connection, match, where, parameters, order, scored=order == "relevance")
    capped = len(rows) > WINDOW
    if capped and match is not None and order == "relevance":
        rows = _with_headlines(connection, match, where, parameters, rows[:WINDOW])
    elif capped and match is not None and order in ("newest", "oldest"):
        rows = _by_date(connection, match, where, parameters, order)
    rows = rows[:WINDOW]
    grades = {row.article_id: claims[row.article_id][0] for row in rows if row.article_id in claims}
    places = {number: tuple(claims[number][1]) for number in grades}
    capped = capped or (full and len(rows) >= WINDOW)
    if order != "relevance" or match is None or not meaning.groups:
        return Rows(rows, capped, grades, places)
    typed = literal_expression(meaning)
    return Rows(rows, capped, grades, places, _ids(connection, in_headline(match)), _ids(connection, typed))


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
    scored: bool,
    limit: int | None = None,
) -> list[Row]:
    """The newest rows that match: of words those that came in last, without words those of the last dates."""
    values = {**parameters, "window": WINDOW + 1 if limit is None else limit}
    if match is None:
        # Descending order puts what has no date last by itself, and there is an index for it.
        by = "f.date_published IS NULL, f.date_published" if order == "oldest" else "f.date_published DESC"
        by = "f.article_id DESC" if order == "added" else by
        sql = (
            f"SELECT {_COLUMNS}, 0.0 FROM search_facts AS f WHERE {' AND '.join(where) or '1'} "
            f"ORDER BY {by}, f.article_id LIMIT :window"
        )
    else:
        values["match"] = match
        sql = (
            f"SELECT {_COLUMNS}, {_WEIGHTS if scored else '0.0'} FROM search_index CROSS JOIN search_facts AS f "
            f"ON f.article_id = search_index.rowid WHERE {' AND '.join(['search_index MATCH :match', *where])} "
            "ORDER BY search_index.rowid DESC LIMIT :window"
        )
    return [Row(*row) for row in connection.execute(sql, values)]


def _with_headlines(
    connection: sqlite3.Connection, match: str, where: list[str], parameters: Mapping[str, Any], rows: list[Row]
) -> list[Row]:
    """Rows, the last of them given up for those that have the words in their headline."""
    best = _window(connection, in_headline(match), where, parameters, "relevance", scored=True, limit=_HEADLINES)
    present = {row.article_id: row for row in rows}
    added = [row for row in best if row.article_id not in present]
    return [*added, *rows[: WINDOW - len(added)]]


def _by_date(
    connection: sqlite3.Connection, match: str, where: list[str], parameters: Mapping[str, Any], order: str
) -> list[Row]:
    """The first WINDOW rows in order of date, read month by month."""
    rows: list[Row] = []
    for month in _months(connection, order):
        narrowed = f"({{facts}} : {quoted(fact('month', month))}) AND ({match})"
        limit = WINDOW - len(rows)
        found = _window(connection, narrowed, where, parameters, order, scored=False, limit=limit)
        rows += found
        if len(rows) >= WINDOW:
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
