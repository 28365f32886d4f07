"""The order of the articles found, what each one's place is made of, and where a page begins."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
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
_BACKWARDS = {code: 0x7F - code for code in range(0x20, 0x7E)}


class Ranked(NamedTuple):
    """An article with its score, and its largest amount in dollars where that was asked for."""

    row: Row
    score: float
    amount: float | None = None


def rank(
    connection: sqlite3.Connection, rows: Sequence[Row], found: Rows, order: str, *, measure: str | None
) -> list[Ranked]:
    """Rows in order, the best first."""
    amounts = _amounts(connection, rows, measure) if order == "amount" else {}
    if order == "relevance":
        newest = newest_date(rows)
        ranked = [Ranked(row, round(sum(_parts(row, found, newest)), _DIGITS)) for row in rows]
    else:
        ranked = [Ranked(row, 0.0, amounts.get(row.article_id)) for row in rows]
    ranked.sort(key=lambda one: position(one, order))
    return ranked


def newest_date(rows: Sequence[Row]) -> str | None:
    """The date that newness is counted from."""
    return max((row.date_published for row in rows if row.date_published), default=None)


def explain(row: Row, found: Rows, newest: str | None) -> dict[str, float]:
    """What the score of an article is made of."""
    names = ("words", "headline", "as_typed", "often", "figures", "newness")
    parts = dict(zip(names, _parts(row, found, newest), strict=True))
    shown = {name: round(value, _DIGITS) for name, value in parts.items()}
    return {**shown, "score": round(sum(parts.values()), _DIGITS)}


def _parts(row: Row, found: Rows, newest: str | None) -> tuple[float, ...]:
    number, date = row.article_id, row.date_published
    return (
        max(0.0, found.scores.get(number, 0.0)),
        _HEADLINE if number in found.headlined else 0.0,
        _TYPED if number in found.typed else 0.0,
        _OFTEN if number in found.often else 0.0,
        _FIGURE * found.grades.get(number, 0),
        _NEWNESS / (1.0 + max(0.0, _years(newest[:7]) - _years(date[:7]))) if newest and date else 0.0,
    )


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


def fold_stories(ranked: Sequence[Ranked]) -> list[tuple[Ranked, list[Ranked]]]:
    """The first article of each story with the others of it that were found; one without a story stands alone."""
    folded: dict[int, tuple[Ranked, list[Ranked]]] = {}
    for one in ranked:
        story = one.row.story_id
        # Articles have no story of a negative number.
        key = -one.row.article_id if story is None else story
        if key in folded:
            folded[key][1].append(one)
        else:
            folded[key] = (one, [])
    return list(folded.values())
