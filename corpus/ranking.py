"""The order of the articles found, what each one's place is made of, and where a page begins."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.finding import Row, Rows

SORTS = ("relevance", "newest", "oldest", "amount", "added")
# A year's difference in age weighs less than a word in the headline.
_NEWNESS = 0.5
_HEADLINE = 2.0
_TYPED = 1.0
# How well a figure is what was asked weighs more than how often a word stands in the text.
_FIGURE = 20.0
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article with its score and what the score is made of; ``amount`` is its largest, in dollars."""

    row: Row
    score: float
    explanation: Mapping[str, float]
    amount: float | None = None


def rank(
    connection: sqlite3.Connection, rows: Sequence[Row], found: Rows, order: str, *, measure: str | None
) -> list[Ranked]:
    """Rows in order, the best first."""
    amounts = _amounts(connection, rows, measure) if order == "amount" else {}
    newest = max((row.date_published for row in rows if row.date_published), default=None)
    ranked = [_scored(row, found, newest, amounts) for row in rows]
    ranked.sort(key=lambda one: position(one, order))
    return ranked


def _scored(row: Row, found: Rows, newest: str | None, amounts: Mapping[int, float]) -> Ranked:
    words = max(0.0, -row.score)
    figures = _FIGURE * found.grades.get(row.article_id, 0)
    age = _NEWNESS / (1.0 + _years(newest) - _years(row.date_published)) if newest and row.date_published else 0.0
    parts = {
        "words": round(words, _DIGITS),
        "headline": _HEADLINE * (row.article_id in found.headlined),
        "as_typed": _TYPED * (row.article_id in found.typed),
        "figures": figures,
        "newness": round(age, _DIGITS),
    }
    score = round(sum(parts.values()), _DIGITS)
    parts["score"] = score
    return Ranked(row, score, parts, amounts.get(row.article_id))


def _years(date: str | None) -> float:
    """A date as years, coarsely: its year and month."""
    if date is None or not date[:4].isdigit():
        return 0.0
    return int(date[:4]) + (int(date[5:7]) / 12 if date[5:7].isdigit() else 0.5)


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
    """The sort key of an article; every order ends in the id, so that no two are alike."""
    return _position(one.score, one.amount, one.row.date_published, one.row.article_id, order)


def _position(score: float, amount: float | None, date: str | None, number: int, order: str) -> Position:
    if order == "relevance":
        return (-score, -number)
    if order == "added":
        return (-number,)
    if order == "amount":
        return (amount is None, -(amount or 0.0), number)
    # The complement of its characters sorts a date backwards; undated articles stand last either way.
    sign = 1 if order == "oldest" else -1
    return (not date, (*(sign * ord(char) for char in date or ""), 0), number)


def make_token(one: Ranked, order: str) -> str:
    """The place of an article, as the parameter ``next`` carries it."""
    kept = {"relevance": repr(one.score), "added": "", "amount": "" if one.amount is None else repr(one.amount)}
    return f"{kept.get(order, one.row.date_published or '')}~{one.row.article_id}"


def read_token(token: str, order: str) -> Position:
    """The place that a token names; raises ValueError where it is none."""
    kept, mark, number = token.rpartition("~")
    if not mark:
        raise ValueError(token)
    score = float(kept) if order == "relevance" else 0.0
    amount = float(kept) if order == "amount" and kept else None
    return _position(score, amount, kept, int(number), order)


def fold_stories(ranked: Sequence[Ranked]) -> list[tuple[Ranked, list[Ranked]]]:
    """The best article of each story with the others of it that were found; one without a story stands alone."""
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
