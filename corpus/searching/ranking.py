"""The order of the articles found, what each one's place is made of, and where a page begins."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from operator import itemgetter
from typing import NamedTuple

from corpus.searching.finding import Row, Rows

SORTS = ("relevance", "newest", "oldest", "amount", "added")
# A year's difference in age weighs less than a word in the headline.
_NEWNESS = 0.5
_HEADLINE = 2.0
_TYPED = 1.0
_OFTEN = 1.0
# How well a figure is what was asked weighs more than how often a word stands in the text.
_FIGURE = 20.0
_DIGITS = 6
# Columns of a row.
_DOC, _DATE = itemgetter(0), itemgetter(3)
_BACKWARDS = {code: 0x7F - code for code in range(0x20, 0x7E)}


class Ranked(NamedTuple):
    """An article with its score, and its largest amount in dollars where that was asked for."""

    row: Row
    score: float
    amount: float | None = None


# A result: the best article of a story, and the others of it.
Result = tuple[Ranked, list[Ranked]]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Articles in order: ``places`` are their places in ``rows``, the best first.

    Thousands are put in order for each answer and a page of them is shown: only for those an object is made.
    """

    rows: Sequence[Row]
    places: Sequence[int]
    scores: Sequence[float] = ()
    amounts: Mapping[int, float] = field(default_factory=dict)

    def at(self, place: int) -> Ranked:
        """The article at a place of ``rows``."""
        row = self.rows[place]
        return Ranked(row, self.scores[place] if self.scores else 0.0, self.amounts.get(row.article_id))

    def heads(self, *, fold: bool) -> list[int]:
        """The places of the results: of each story the first article where stories are folded, else all."""
        if not fold:
            return list(self.places)
        stories = [_story(row) for row in self.rows]
        first: dict[int, int] = {}
        for place in self.places:
            first.setdefault(stories[place], place)
        return list(first.values())

    def results(self, heads: Sequence[int], *, fold: bool) -> list[Result]:
        """The articles at some places, each with the others of its story."""
        others: dict[int, list[Ranked]] = {_story(self.rows[place]): [] for place in heads}
        shown = set(heads)
        for place in self.places if fold else ():
            story = _story(self.rows[place])
            if story in others and place not in shown:
                others[story].append(self.at(place))
        return [(self.at(place), others[_story(self.rows[place])]) for place in heads]


def _story(row: Row) -> int:
    # Articles have no story of a negative number.
    return -row[1] if row[5] is None else row[5]


def rank(connection: sqlite3.Connection, found: Rows, order: str, *, measure: str | None) -> Ranking:
    """What was found in order. ``found.rows`` begin with the newest, which decides between equals."""
    rows = found.rows
    every = range(len(rows))
    if order == "relevance":
        scores = _scores(found)
        return Ranking(rows, sorted(every, key=scores.__getitem__, reverse=True), scores)
    if order == "amount":
        amounts = _amounts(connection, rows, measure)
        largest = [amounts.get(row.article_id, -inf) for row in rows]
        return Ranking(rows, sorted(every, key=largest.__getitem__, reverse=True), amounts=amounts)
    if order == "added":
        ids = [row.article_id for row in rows]
        return Ranking(rows, sorted(every, key=ids.__getitem__, reverse=True))
    if order == "oldest":
        # No date begins like this: undated articles stand last either way.
        dates = [row.date_published or "~" for row in rows]
        # Of equals the oldest first: a sort keeps them as they stand.
        oldest = every[::-1]
        return Ranking(rows, sorted(oldest, key=dates.__getitem__))
    dates = [row.date_published or "" for row in rows]
    return Ranking(rows, sorted(every, key=dates.__getitem__, reverse=True))


def newest_date(rows: Sequence[Row]) -> str | None:
    """The date that newness is counted from."""
    return max(filter(None, map(_DATE, rows)), default=None)


def explain(row: Row, found: Rows, newest: str | None) -> dict[str, float]:
    """What the score of an article is made of."""
    doc = row.doc
    parts = {
        "words": max(0.0, found.scores.get(doc, 0.0)),
        "headline": _HEADLINE if doc in found.headlined else 0.0,
        "as_typed": _TYPED if doc in found.typed else 0.0,
        "often": _OFTEN if doc in found.often else 0.0,
        "figures": _FIGURE * found.grades.get(row.article_id, 0),
        "newness": _newness(row.date_published, newest),
    }
    shown = {name: round(value, _DIGITS) for name, value in parts.items()}
    return {**shown, "score": round(sum(parts.values()), _DIGITS)}


def _scores(found: Rows) -> list[float]:
    """The sum of what ``explain`` says, for every row."""
    rows = found.rows
    dates = list(map(_DATE, rows))
    newest = newest_date(rows)
    newness = {date: _newness(date, newest) for date in set(dates)}
    sums = [newness[date] for date in dates]
    at = {doc: place for place, doc in enumerate(map(_DOC, rows))}
    for weight, docs in ((_HEADLINE, found.headlined), (_TYPED, found.typed), (_OFTEN, found.often)):
        for doc in docs:
            sums[at[doc]] += weight
    for doc, score in found.scores.items():
        sums[at[doc]] += max(0.0, score)
    if found.grades:
        for place, row in enumerate(rows):
            sums[place] += _FIGURE * found.grades.get(row.article_id, 0)
    return [round(one, _DIGITS) for one in sums]


def _newness(date: str | None, newest: str | None) -> float:
    if not date or not newest:
        return 0.0
    return _NEWNESS / (1.0 + max(0.0, _years(newest[:7]) - _years(date[:7])))


@lru_cache(maxsize=5_000)
def _years(month: str) -> float:
    """A month as years; a year alone is its middle."""
    if not month[:4].isdigit():
        return 0.0
    return int(month[:4]) + (int(month[5:7]) / 12 if month[5:7].isdigit() else 0.5)


def _amounts(connection: sqlite3.Connection, rows: Sequence[Row], measure: str | None) -> dict[int, float]:
    """The largest amount of money each article claims, of the measures asked for where some are."""
    numbers = f"[{','.join(str(row.article_id) for row in rows)}]"
    wanted = [value.strip() for value in (measure or "").split(",") if value.strip()]
    only = f"AND measure IN ({', '.join('?' * len(wanted))})" if wanted else ""
    sql = (
        "SELECT article_id, max(coalesce(high_usd, low_usd)) FROM figures WHERE article_id IN "
        f"(SELECT value FROM json_each(?)) AND struck = 0 AND kind = 'money' {only} GROUP BY article_id"
    )
    found = connection.execute(sql, [numbers, *wanted]).fetchall()
    return {number: amount for number, amount in found if amount is not None}


Position = tuple[object, ...]


def position(one: Ranked, order: str) -> Position:
    """The sort key of an article; every order ends in its number, so that no two are alike."""
    number = one.row.article_id if order == "added" else one.row.doc
    return _position(one.score, one.amount, one.row.date_published, number, order)


def _position(score: float, amount: float | None, date: str | None, number: int, order: str) -> Position:
    if order == "relevance":
        return (-score, -number)
    if order == "added":
        return (-number,)
    if order == "amount":
        return (amount is None, -(amount or 0.0), -number)
    if order == "oldest":
        return (not date, date or "", number)
    # The complement of its characters sorts a date backwards; undated articles stand last either way.
    return (not date, f"{(date or '').translate(_BACKWARDS)}~", -number)


def make_token(one: Ranked, order: str) -> str:
    """The place of an article, as the parameter ``next`` carries it."""
    if order == "added":
        return f"~{one.row.article_id}"
    kept = {"relevance": repr(one.score), "amount": "" if one.amount is None else repr(one.amount)}
    return f"{kept.get(order, one.row.date_published or '')}~{one.row.doc}"


@dataclass(frozen=True, slots=True)
class Place:
    """What a token names: an article's date and number (its id in the order of arrival), and its sort key."""

    date: str | None
    number: int
    key: Position


def read_token(token: str, order: str) -> Place:
    """The place that a token names; raises ValueError where it is none."""
    kept, mark, digits = token.rpartition("~")
    if not mark or not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise ValueError(token)
    score = float(kept) if order == "relevance" else 0.0
    amount = float(kept) if order == "amount" and kept else None
    return Place(kept or None, int(digits), _position(score, amount, kept or None, int(digits), order))


def fold_stories(ranked: Iterable[Ranked]) -> list[Result]:
    """The first article of each story with the others of it that were found; one without a story stands alone."""
    folded: dict[int, Result] = {}
    for one in ranked:
        folded.setdefault(_story(one.row), (one, []))[1].append(one)
    return [(first, others[1:]) for first, others in folded.values()]
