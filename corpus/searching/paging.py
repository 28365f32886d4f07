"""Pages of more articles than are ranked at once: in order of date or arrival, to the last one.

The index is read on from where the page before ended, so that a page far on costs what the first one does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence

from corpus.indexing.facts import batch_of
from corpus.indexing.numbering import FIRST_DATED, LAST, day_of, day_of_number, day_range
from corpus.searching.finding import Row, fetch, still_found
from corpus.searching.ranking import Place, Ranked, fold_stories, position
from corpus.searching.search_sql import Wish, batch_match

# The orders that go to the end.
TO_THE_END = ("newest", "oldest", "added")
_PORTION = 250
# Other versions of stories that are looked up for one page.
_VERSIONS = 2_000
_BATCHES = 64
Accept = Callable[[Sequence[Row]], Sequence[Row]]


def read_page(
    connection: sqlite3.Connection,
    wish: Wish,
    order: str,
    after: Place | None,
    size: int,
    *,
    fold: bool,
    accept: Accept,
) -> tuple[list[tuple[Ranked, list[Ranked]]], bool]:
    """The results after a place, each with its other versions, and whether more follow.

    ``accept`` leaves out articles that the index alone cannot tell from what is asked for.
    """
    page: list[tuple[Ranked, list[Ranked]]] = []
    for rows in _portions(connection, wish, order, after):
        wanted = [Ranked(row, 0.0) for row in accept(rows)]
        wanted.sort(key=lambda one: position(one, order))
        wanted = [one for one in wanted if after is None or position(one, order) > after.key]
        # Other versions are looked for of no more articles than the page may need.
        for start in range(0, len(wanted), size + 1):
            some = wanted[start : start + size + 1]
            page += _folded(connection, wish, some, order, accept) if fold else [(one, []) for one in some]
            if len(page) > size:
                return page[:size], True
    return page, False


def _folded(
    connection: sqlite3.Connection, wish: Wish, ranked: Sequence[Ranked], order: str, accept: Accept
) -> Iterator[tuple[Ranked, list[Ranked]]]:
    """Articles that are the first of their story, with the others of it, wherever those stand."""
    stories = {one.row.story_id for one in ranked if one.row.story_id is not None}
    known = {one.row.doc for one in ranked}
    sql = (
        "SELECT doc FROM search_facts INDEXED BY idx_search_facts_story WHERE doc IS NOT NULL AND "
        f"story_id IN ({', '.join('?' * len(stories))}) LIMIT ?"
    )
    others = {row[0] for row in connection.execute(sql, [*stories, _VERSIONS])} - known if stories else set()
    rows = accept(still_found(connection, wish, others)) if others else ()
    every = sorted([*ranked, *(Ranked(row, 0.0) for row in rows)], key=lambda one: position(one, order))
    return (group for group in fold_stories(every) if group[0].row.doc in known)


def _portions(connection: sqlite3.Connection, wish: Wish, order: str, after: Place | None) -> Iterator[list[Row]]:
    """All articles of a wish from a place on, in portions that follow each other in the order."""
    if order == "added":
        yield from _by_arrival(connection, wish, after)
    elif order == "newest":
        start = LAST if after is None else _around(after)[1]
        yield from _by_date(connection, wish.within(0, start), ascending=False)
    else:
        start = FIRST_DATED if after is None else _around(after)[0]
        if start >= FIRST_DATED:
            yield from _by_date(connection, wish.within(start, LAST), ascending=True)
            start = 0
        yield from _by_date(connection, wish.within(start, FIRST_DATED), ascending=True)


def _around(place: Place) -> tuple[int, int]:
    """The numbers that the day of a place begins and ends with; within the undated, its own."""
    day = day_of(place.date)
    return day_range(day) if day else (place.number, place.number + 1)


def _by_date(connection: sqlite3.Connection, wish: Wish, *, ascending: bool) -> Iterator[list[Row]]:
    """Portions of whole days: within a day, numbers say nothing of the hour."""
    while True:
        rows = fetch(connection, wish, _PORTION, ascending=ascending)
        if len(rows) == _PORTION:
            start, end = day_range(day_of_number(rows[-1].doc))
            if start >= FIRST_DATED:
                among = wish.within(rows[-1].doc + 1, end) if ascending else wish.within(start, rows[-1].doc)
                rows += fetch(connection, among, end - start, ascending=ascending)
        if rows:
            yield rows
        if len(rows) < _PORTION:
            return
        last = rows[-1].doc
        wish = wish.within(last + 1, LAST) if ascending else wish.within(0, last)


def _by_arrival(connection: sqlite3.Connection, wish: Wish, after: Place | None) -> Iterator[list[Row]]:
    """Portions of those that came in one after the other, the last first."""
    last = connection.execute("SELECT max(article_id) FROM search_facts").fetchone()[0] or 0
    batch = batch_of(last if after is None else min(after.number, last))
    count = 1
    while batch >= 0:
        batches = range(max(0, batch - count + 1), batch + 1)
        rows = fetch(connection, wish.narrowed(batch_match(batches)), LAST)
        if rows:
            yield rows
        # The fewer there are in a batch, the more are looked at together.
        count = min(count * 2, _BATCHES) if len(rows) < _PORTION else count
        batch = batches.start - 1
