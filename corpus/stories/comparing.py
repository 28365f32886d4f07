"""Claims of one measure and subject held against each other: slips of scale, and ranges that exclude a point.

What is compared are values, each with the number of claims that state it; the claims themselves are asked
for only where values clash, so that a thousand claims that agree cost as little as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Protocol

from corpus.stories.claimed import POWERS, Claimed, Clash, Value, about, apart, by_chance, same_time, spelled, who

# What is measured moves: a point is held against a range that was stated in the same weeks.
WEEKS = 31
YEAR = 366
# Of the points, those that most claims state; of the claims that state one, so many are asked.
MOST_POINTS, WITNESSES = 12, 50
_RANGE_WITNESSES = 10
# More stories than this are counted no further.
STORIES_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Stated:
    """A value, how many claims state it (who denies it does not), and how many of these give it as a point."""

    value: Value
    claims: int
    points: int


class Claims(Protocol):
    """The claims of one measure and subject."""

    def of(self, value: Value, most: int | None = WITNESSES) -> Sequence[Claimed]:
        """Those that state a value, by the uid of their article and their place in it."""

    def stories(self, value: Value) -> int:
        """The number of stories that state a value, at most ``STORIES_COUNTED``."""


def in_group(stated: Sequence[Stated], claims: Claims, *, several: bool = False) -> tuple[list[Clash], list[Clash]]:
    """The clashes of scale and of range among claims of one measure and subject.

    ``several`` is true for a measure of which a subject may well have more than one at a time (somebody
    invests in this and in that): then a point outside a range is another matter, and so are lone digits.
    """
    return list(_scales(stated, claims, several)), [] if several else list(_ranges(stated, claims))


def _scales(stated: Sequence[Stated], claims: Claims, several: bool) -> Iterator[Clash]:
    """Claims a power of a thousand off what more stories say with the same digits; both, where as many say either."""
    against: dict[Value, list[Value]] = {}
    for value, other in _slips([one.value for one in stated if one.claims]):
        if claims.stories(other) >= claims.stories(value):
            against.setdefault(value, []).append(other)
    for value, others in sorted(against.items(), key=lambda item: _order(item[0])):
        best = max(others, key=lambda other: (claims.stories(other), _order(other)))
        for claim in claims.of(value, None):
            chance = by_chance(claim)
            if chance and several:
                continue
            found = next((one for one in claims.of(best) if _compared(claim, one, strictly=chance)), None)
            if found is not None:
                yield _slip(claim, found, claims.stories(best))


def _order(value: Value) -> tuple[str, ...]:
    return tuple(map(repr, value))


def _slips(values: Sequence[Value]) -> Iterator[tuple[Value, Value]]:
    """Both ways round, the values that have the same digits and lie a power of a thousand apart."""
    alike: dict[tuple[object, ...], list[Value]] = {}
    for value in values:
        if value[0] in ("money", "count", "quantity"):
            # Without its scale: a thousand times more has the same first digits.
            digits = tuple(None if end is None else f"{end:.12e}".partition("e")[0] for end in value[3:])
            alike.setdefault((*value[:3], *digits), []).append(value)
    for group in alike.values():
        for one, other in permutations(group, 2):
            if apart(one, other):
                yield one, other


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


def _ranges(stated: Sequence[Stated], claims: Claims) -> Iterator[Clash]:
    """Each range that is stated, against the point outside it that most claims state."""
    points = sorted((one for one in stated if one.points), key=lambda one: (-one.points, _order(one.value)))
    ranges = [one.value for one in stated if one.claims and _is_range(one.value)]
    for value in sorted(ranges, key=_order):
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
