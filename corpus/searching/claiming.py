"""An amount that is asked for → the tokens of articles that may claim it, and which of their figures do, how well."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from corpus.indexing.facts import LEAST_SIZE, MOST_SIZE, point, size_of, sized
from corpus.searching.asked import Amount
from corpus.searching.expanding import quoted

# The same amount, a range that contains it, a bound that admits it.
EXACT, RANGE, BOUND = 3, 2, 1
# Two REALs that were one decimal.
_NEAR = 1e-9
# A bound further away than this says nothing of an amount, and a thousandfold is the difference of two scale words.
_FAR = 1e2


def _kinds(amount: Amount) -> tuple[str, ...]:
    return ("money", "count") if amount.kind is None else (amount.kind,)


def _expression(tokens: Iterable[str]) -> str:
    return f"{{facts}} : ({' OR '.join(map(quoted, tokens))})"


def exact_match(amounts: Sequence[Amount]) -> str | None:
    """The FTS5 expression of articles that claim all amounts exactly; None where one of them is no single point."""
    wanted = []
    for amount in amounts:
        if amount.low is None or amount.low != amount.high:
            return None
        kinds = _kinds(amount)
        wanted.append(
            _expression(point(kind, amount.low, currency=amount.currency, unit=amount.unit) for kind in kinds)
        )
    return " AND ".join(wanted) or None


def possible_match(amounts: Sequence[Amount], *, exact: bool = True) -> str:
    """The FTS5 expression of articles that may claim all amounts; which do, their figures must say.

    Without ``exact``, those that claim nothing but a single point exactly are left out.
    """
    return " AND ".join(
        _expression(token for kind in _kinds(amount) for token in _possible(amount, kind, exact=exact))
        for amount in amounts
    )


def _possible(amount: Amount, kind: str, *, exact: bool) -> Iterator[str]:
    low, high = amount.low, amount.high
    if low is not None and high is not None:
        if low == high and exact:
            yield point(kind, low, currency=amount.currency, unit=amount.unit)
        # Only a range contains a point other than itself.
        for shape in ("r",) if low == high else ("p", "r"):
            yield from (sized(shape, kind, size) for size in range(size_of(low), size_of(high) + 1))
        yield from (sized("up", kind, size) for size in range(size_of(low / _FAR), size_of(high) + 1))
        yield from (sized("down", kind, size) for size in range(size_of(low), size_of(high * _FAR) + 1))
    elif low is not None:
        for size in range(size_of(low), MOST_SIZE + 1):
            yield from (sized(shape, kind, size) for shape in ("p", "r", "up"))
    elif high is not None:
        for size in range(LEAST_SIZE, size_of(high) + 1):
            yield from (sized(shape, kind, size) for shape in ("p", "r", "down"))


def find_grades(connection: sqlite3.Connection, amounts: Sequence[Amount], ids: Iterable[int]) -> dict[int, int]:
    """Of some articles those that claim all amounts, each with the lowest of its best grades."""
    together: dict[int, int] | None = None
    listed = list(ids)
    for amount in amounts:
        sql, parameters = _claims_sql(amount)
        parameters["ids"] = f"[{','.join(map(str, sorted(listed)))}]"
        own: dict[int, int] = dict(
            connection.execute(f"SELECT article_id, max(grade) FROM ({sql}) GROUP BY article_id", parameters).fetchall()
        )
        together = own if together is None else {key: min(together[key], own[key]) for key in together if key in own}
        listed = list(together)
    return together or {}


def find_places(
    connection: sqlite3.Connection, amounts: Sequence[Amount], ids: Sequence[int]
) -> dict[int, tuple[tuple[int, int], ...]]:
    """Where the figures stand that claim the amounts, by article."""
    places: dict[int, set[tuple[int, int]]] = {}
    for amount in amounts:
        sql, parameters = _claims_sql(amount)
        parameters["ids"] = f"[{','.join(map(str, ids))}]"
        for article_id, _, start, end in connection.execute(sql, parameters):
            places.setdefault(article_id, set()).add((start, end))
    return {number: tuple(sorted(found)) for number, found in places.items()}


def _claims_sql(amount: Amount) -> tuple[str, dict[str, Any]]:
    """A SELECT of (article_id, grade, start_char, end_char) of the figures of :ids that claim an amount."""
    kinds = _kinds(amount)
    parameters: dict[str, Any] = {f"kind{place}": name for place, name in enumerate(kinds)}
    where = [f"g.kind IN ({', '.join(f':kind{place}' for place in range(len(kinds)))})", "g.struck = 0", "g.vague = 0"]
    for column, value in (("currency", amount.currency), ("unit", amount.unit)):
        if value is not None:
            where.append(f"g.{column} = :{column}")
            parameters[column] = value
    grades, values = _grades(amount)
    graded = "CASE " + " ".join(f"WHEN {condition} THEN {grade:d}" for grade, condition in grades) + " END"
    sql = (
        f"SELECT * FROM (SELECT g.article_id, {graded} AS grade, g.start_char, g.end_char FROM json_each(:ids) AS i "
        f"CROSS JOIN figures AS g INDEXED BY idx_figures_asked ON g.article_id = i.value WHERE {' AND '.join(where)}) "
        "WHERE grade IS NOT NULL"
    )
    return sql, parameters | values


def _grades(amount: Amount) -> tuple[list[tuple[int, str]], dict[str, float]]:
    """Conditions over ``figures AS g`` with their grades, the best first, and their parameters."""
    low, high = amount.low, amount.high
    if low is not None and high is not None:
        near = {"low_from": low - abs(low) * _NEAR, "low_to": low + abs(low) * _NEAR}
        near |= {"high_from": high - abs(high) * _NEAR, "high_to": high + abs(high) * _NEAR}
        grades = [
            (EXACT, "g.low BETWEEN :low_from AND :low_to AND g.high BETWEEN :high_from AND :high_to"),
            # The range contains what is asked for. Equal ends are no range.
            (RANGE, "g.low BETWEEN :least AND :low_to AND g.high >= :high_from AND g.low < g.high"),
            (BOUND, "g.low BETWEEN :least AND :high_to AND g.high IS NULL"),
            (BOUND, "g.high BETWEEN :low_from AND :most AND g.low IS NULL"),
        ]
        if low < high:
            # A range is asked for and contains the figure.
            grades.insert(2, (RANGE, "g.low BETWEEN :low_from AND :high_to AND g.high <= :high_to"))
        return grades, near | {"least": low / _FAR, "most": high * _FAR}
    if low is not None:
        sign = ">" if amount.open else ">="
        return [
            (EXACT, f"g.low {sign} :low"),
            (EXACT, "g.low = :low AND g.high IS NULL AND g.qualifier = 'more_than'"),
            (RANGE, f"g.high {sign} :low AND g.low < :low"),
        ], {"low": low}
    assert high is not None
    sign = "<" if amount.open else "<="
    return [
        (EXACT, f"g.high {sign} :high"),
        (EXACT, "g.high = :high AND g.low IS NULL AND g.qualifier = 'less_than'"),
        (RANGE, f"g.low {sign} :high AND g.high > :high"),
    ], {"high": high}
