"""Claims of one measure and subject held against each other: slips of scale, and ranges that exclude a point.

What is compared are values, each with the number of claims that state it; the claims themselves are asked
for only where values clash, so that a thousand claims that agree cost as little as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from corpus.stories.claimed import POWERS, Claimed, Clash, Value, about, apart, by_chance, same_time, spelled, who

# What is measured moves: a point is held against a range that was stated in the same weeks.
WEEKS = 31
YEAR = 366
# Of the points, those that most claims state; of the claims that state one, so many are asked.
MOST_POINTS, WITNESSES = 12, 50
_RANGE_WITNESSES = 10
SCALED = ("money", "count", "quantity")
# More stories than this are counted no further.
STORIES_COUNTED = 100
_REMEMBERED = 2**13


@dataclass(frozen=True, slots=True)
class Stated:
    """A value, and how many claims give it as a point; who denies it does not state it."""

    value: Value
    points: int


class Claims(Protocol):
    """The claims of one measure and subject."""

    def of(self, value: Value, most: int | None = WITNESSES) -> Sequence[Claimed]:
        """Those that state a value, by the uid of their article and their place in it."""

    def stories(self, value: Value) -> int:
        """The number of stories that state a value, at most ``STORIES_COUNTED``."""


def slips(value: Value, others: Sequence[Value], claims: Claims, *, several: bool = False) -> Iterator[Clash]:
    """Claims of a value that are a power of a thousand off what as many stories say, or more, with the same digits.

    ``others`` are the values stated that lie so far apart. ``several`` is true for a measure of which a
    subject may well have more than one at a time (somebody invests in this and in that): there few digits
    tell nothing.
    """
    least = claims.stories(value)
    heads = [other for other in others if claims.stories(other) >= least]
    if not heads:
        return
    best = max(heads, key=lambda other: (claims.stories(other), _order(other)))
    for claim in claims.of(value, None):
        chance = by_chance(claim)
        if chance and several:
            return
        found = next((one for one in claims.of(best) if _compared(claim, one, strictly=chance)), None)
        if found is not None:
            yield _slip(claim, found, claims.stories(best))


@lru_cache(_REMEMBERED)
def scaled(value: Value) -> tuple[Value, ...]:
    """The values with the same digits that a slip of scale would make of one, and itself."""
    if value[0] not in SCALED:
        return (value,)
    made: list[Value] = []
    for power in (*(-power for power in POWERS), 0, *POWERS):
        # By decimals: what a float times a thousand gives is not what a text of that amount does.
        low, high = (None if end is None else float(Decimal(repr(end)).scaleb(power)) for end in (value[3], value[4]))
        made.append((*value[:3], low, high))
    return tuple(made)


def _order(value: Value) -> tuple[str, ...]:
    return tuple(map(repr, value))


def _compared(claim: Claimed, other: Claimed, *, strictly: bool) -> bool:
    """True for claims of two articles that speak of one time; strictly, of the same weeks and both of what is."""
    if claim.article_id == other.article_id:
        return False
    if strictly and (claim.stance == "forecast") is not (other.stance == "forecast"):
        return False
    return same_time(claim, other, days=WEEKS if strictly else YEAR)


def _slip(claim: Claimed, other: Claimed, stories: int) -> Clash:
    factor = POWERS[apart(claim.value, other.value) or 0]
    larger = max(claim.low or 0, claim.high or 0) > max(other.low or 0, other.high or 0)
    off = factor if larger else f"one {factor.removeprefix('a ').removesuffix(' times')}th of"
    says = f"{stories} other stories say" if stories < STORIES_COUNTED else f"{stories} or more other stories say"
    says = "another article says" if stories == 1 else says
    return Clash(
        claim,
        other,
        f"{who(claim)} gives {spelled(claim)} as {about(claim)} (“{claim.quote}”), {off} what {says} with the same "
        f"digits: {spelled(other)} in {who(other)} (“{other.quote}”).",
    )


def exclusions(stated: Sequence[Stated], claims: Claims) -> Iterator[Clash]:
    """Each range that is stated, against the point outside it that most claims state."""
    points = sorted((one for one in stated if one.points), key=lambda one: (-one.points, _order(one.value)))
    for value in sorted((one.value for one in stated if _is_range(one.value)), key=_order):
        outside = (one.value for one in points[:MOST_POINTS] if _outside(value, one.value))
        found = next((clash for point in outside if (clash := _excluded(value, point, claims))), None)
        if found is not None:
            yield found


def _excluded(value: Value, point: Value, claims: Claims) -> Clash | None:
    held = {claim.article_id for claim in claims.of(point)}
    for claim in claims.of(value)[:_RANGE_WITNESSES]:
        # Who states both tells how the one became the other.
        if claim.article_id in held:
            continue
        for other in claims.of(point):
            if other.point is not None and _compared(claim, other, strictly=True):
                return Clash(
                    claim,
                    other,
                    f"{who(claim)} gives {spelled(claim)} as {about(claim)} (“{claim.quote}”); "
                    f"{spelled(other)} in {who(other)} (“{other.quote}”) lies outside of it.",
                )
    return None


def _is_range(value: Value) -> bool:
    return value[3] is not None and value[4] is not None and value[3] < value[4]


def _outside(value: Value, point: Value) -> bool:
    low, high, at = value[3], value[4], point[3]
    return value[:3] == point[:3] and None not in (low, high, at) and not low <= at <= high  # type: ignore[operator]
