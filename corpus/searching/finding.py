"""Which articles a query finds: at most a window of the newest, with what they are ranked and counted by."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import NamedTuple

from corpus.indexing.numbering import FIRST_DATED
from corpus.searching.claiming import EXACT, exact_match, find_grades, possible_match
from corpus.searching.expanding import Meaning, expression, often
from corpus.searching.search_sql import (
    EVERYWHERE,
    Wish,
    in_headline,
    literal_expression,
    make_wish,
    select,
    words_expression,
)

# Counts are exact up to here, and no more than this is ranked for one request.
WINDOW = 10_000
# Of more than a window, so many of any date that have the words in their headline are ranked with it.
_HEADLINES = 500
# Articles whose figures are looked at, where none of the amounts asked for is a single point.
_LOOKED_AT = 50_000
# A word in the headline says more about an article than one in its text; another form of it a little less.
_WEIGHTS = "bm25(search_index, 6.0, 1.0, 4.0, 0.7, 0.0)"
_COLUMNS = "{doc}, f.article_id, f.language, f.date_published, f.source_id, f.story_id"

_DOC = itemgetter(0)
_NOTHING, _ALL = Wish(None, ()), Wish(None, (EVERYWHERE,))


class Row(NamedTuple):
    """An article found; ``doc`` is its number in the index: the later its date, the larger."""

    doc: int
    article_id: int
    language: str | None
    date_published: str | None
    source_id: int | None
    story_id: int | None


@dataclass(frozen=True, slots=True)
class Rows:
    """What was found, the newest first; ``wish`` is what the index was asked, amounts aside.

    ``grades`` says how well an article's figures are what was asked, by its id. By its number in the index,
    ``scores`` are those of FTS5, the larger the better; ``headlined`` articles have all the words
    in their headline, ``typed`` ones in the language they were typed in, ``often`` ones several times: said
    apart, because words that very many articles have cannot be scored, and weigh nothing to FTS5.
    """

    rows: list[Row]
    wish: Wish
    capped: bool = False
    grades: Mapping[int, int] = field(default_factory=dict)
    scores: Mapping[int, float] = field(default_factory=dict)
    headlined: frozenset[int] = frozenset()
    typed: frozenset[int] = frozenset()
    often: frozenset[int] = frozenset()


def known_languages(connection: sqlite3.Connection) -> list[str]:
    """The tags of all articles, found by jumping from one to the next."""
    sql = """WITH RECURSIVE tags (tag) AS (SELECT min(language) FROM articles UNION ALL
             SELECT (SELECT min(language) FROM articles WHERE language > tag) FROM tags WHERE tag IS NOT NULL)
             SELECT tag FROM tags WHERE tag IS NOT NULL LIMIT 200"""
    return [row[0] for row in connection.execute(sql)]


def find_rows(connection: sqlite3.Connection, meaning: Meaning, filters: Mapping[str, str], order: str) -> Rows:
    """The articles that a query finds, the newest WINDOW of them where there are more."""
    if meaning.hopeless:
        return Rows([], _NOTHING)
    wish = make_wish(connection, meaning, filters)
    if meaning.amounts:
        return _claiming(connection, meaning, wish, order)
    rows = fetch(connection, wish, WINDOW + 1)
    return _ranked_by(connection, meaning, wish, rows, order, {})


def fetch(connection: sqlite3.Connection, wish: Wish, most: int, *, ascending: bool = False) -> list[Row]:
    """The first articles of a wish, the newest first or the oldest; those without a date are the oldest."""
    sql, parameters = select(wish, _COLUMNS, ascending=ascending)
    cursor = connection.cursor()
    # Plain tuples, whatever the connection makes of rows elsewhere.
    cursor.row_factory = None
    return list(map(Row._make, cursor.execute(sql, parameters | {"most": most})))


def _claiming(connection: sqlite3.Connection, meaning: Meaning, wish: Wish, order: str) -> Rows:
    """Articles that claim the amounts: first those that claim them exactly, then those whose figures admit them."""
    exact = exact_match(meaning.amounts)
    rows = [] if exact is None else fetch(connection, wish.narrowed(exact), WINDOW + 1)
    grades = {row.article_id: EXACT for row in rows}
    # Those that state a single amount are all found by then.
    possible = wish.narrowed(possible_match(meaning.amounts, exact=exact is None or len(meaning.amounts) > 1))
    looked_at, more = 0, False
    while len(rows) <= WINDOW:
        # Where most of what is possible is meant, little more than what is missing need be looked at.
        most = max(WINDOW + 1 - len(rows), WINDOW // 10 + 1)
        found = fetch(connection, possible, most)
        fresh = [row for row in found if row.article_id not in grades]
        own = find_grades(connection, meaning.amounts, (row.article_id for row in fresh))
        rows += (row for row in fresh if row.article_id in own)
        grades |= own
        looked_at += len(found)
        if len(found) < most:
            break
        if looked_at > _LOOKED_AT:
            more = True
            break
        possible = possible.within(0, found[-1].doc)
    rows.sort(reverse=True)
    ranked = _ranked_by(connection, meaning, wish, rows, order, grades)
    return replace(ranked, capped=ranked.capped or more)


def _ranked_by(
    connection: sqlite3.Connection,
    meaning: Meaning,
    wish: Wish,
    rows: list[Row],
    order: str,
    grades: Mapping[int, int],
) -> Rows:
    """The rows with all that they are ranked by, where they are."""
    capped = len(rows) > WINDOW
    rows = rows[:WINDOW]
    words = words_expression(meaning)
    if order != "relevance" or words is None or not rows:
        return Rows(rows, wish, capped, grades)
    docs = frozenset(map(_DOC, rows))
    # Articles of the window lie between these; the newest that have the words there are looked at.
    first, last = min(docs), max(docs)
    near = Wish(wish.facts, wish.spans, parameters=wish.parameters).within(first, last + 1)
    if meaning.amounts and len(docs) < WINDOW // 4:
        near = near.narrowed(possible_match(meaning.amounts))

    def among(match: str | None) -> frozenset[int]:
        return frozenset() if match is None else docs.intersection(_docs(connection, near.narrowed(match), 2 * WINDOW))

    headlined = among(in_headline(words))
    if capped and not grades and len(headlined) < _HEADLINES:
        # An older article with the words in its headline says more of them than a newer one that mentions them.
        before = replace(wish, match=in_headline(wish.match or words)).within(0, first)
        older = _docs(connection, before, min(_HEADLINES - len(headlined), WINDOW - 1))
        rows = [*rows[: WINDOW - len(older)], *still_found(connection, _ALL, older)]
        docs = frozenset(map(_DOC, rows))
        headlined = docs.intersection(headlined.union(older))
    scores = {} if capped else _scores(connection, meaning, docs)
    typed = literal_expression(meaning)
    # Of the articles of a list it is not asked: all that have the words would be looked through for a few.
    listed = not wish.parameters.keys().isdisjoint(("flag", "story"))
    # Words stand often in few articles: among those of a list or an amount, all the rest would be looked through.
    told = not (scores or wish.where or meaning.amounts)
    return Rows(
        rows,
        wish,
        capped,
        grades,
        scores,
        headlined,
        # Words without other forms are found as they were typed, and so are all articles.
        docs if typed == words else frozenset() if listed else among(typed),
        among(often(meaning.groups)) if told else frozenset(),
    )


def _docs(connection: sqlite3.Connection, wish: Wish, most: int) -> list[int]:
    """The numbers of the newest articles of a wish."""
    sql, parameters = select(wish, "{doc}", joined=False)
    return [row[0] for row in connection.execute(sql, parameters | {"most": most})]


def _scores(connection: sqlite3.Connection, meaning: Meaning, docs: Collection[int]) -> dict[int, float]:
    """How well the words stand in an article, by FTS5; what very many articles have it would count for too long.

    Only words that at most WINDOW articles have are scored: the others would weigh little.
    """
    rare = [
        f"({' OR '.join(expression(one, scored=True) for one in group)})"
        for group in meaning.groups
        if _is_rare(connection, " OR ".join(map(expression, group)))
    ]
    if not rare:
        return {}
    sql = (
        f"SELECT rowid, {_WEIGHTS} FROM search_index WHERE search_index MATCH ? AND rowid >= ? "
        "ORDER BY rowid DESC LIMIT ?"
    )
    found = connection.execute(sql, [" AND ".join(rare), min(docs), WINDOW])
    return {doc: -score for doc, score in found if doc in docs}


def _is_rare(connection: sqlite3.Connection, match: str) -> bool:
    sql = "SELECT count(*) FROM (SELECT 1 FROM search_index WHERE search_index MATCH ? LIMIT ?)"
    return int(connection.execute(sql, [match, WINDOW + 1]).fetchone()[0]) <= WINDOW


def count_undated(connection: sqlite3.Connection, meaning: Meaning, filters: Mapping[str, str]) -> int:
    """How many articles a filter by date leaves out for want of one; WINDOW at most."""
    if not filters.keys() & {"since", "until"} or meaning.hopeless:
        return 0
    rest = {name: value for name, value in filters.items() if name not in ("since", "until")}
    wish = make_wish(connection, meaning, rest).within(1, FIRST_DATED)
    if meaning.amounts:
        rows = fetch(connection, wish.narrowed(possible_match(meaning.amounts)), WINDOW)
        return len(find_grades(connection, meaning.amounts, (row.article_id for row in rows)))
    sql, parameters = select(wish, "{doc}", joined=False)
    return int(connection.execute(f"SELECT count(*) FROM ({sql})", parameters | {"most": WINDOW}).fetchone()[0])


def still_found(connection: sqlite3.Connection, wish: Wish, docs: Collection[int]) -> list[Row]:
    """Which of some articles, by their numbers, a wish finds."""
    listed = f"[{','.join(map(str, sorted(docs)))}]"
    where = (*wish.where, "{doc} IN (SELECT value FROM json_each(:docs))")
    return fetch(connection, replace(wish, where=where, parameters={**wish.parameters, "docs": listed}), len(docs) + 1)
