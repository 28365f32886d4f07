"""Claims of one measure put together: which agree, which exclude each other, and on whose word they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.site.axes import interval

Claim = Mapping[str, Any]
_MEET = 1.005
_SCALES = " in scales"
# What was said of somebody longer ago than these days may have been true then.
_YEAR = 366


@dataclass(frozen=True, slots=True)
class Group:
    """Claims whose amounts meet; ``low`` and ``high`` are the outermost ends, in ``unit``."""

    unit: tuple[str, str | None]
    low: float | None
    high: float | None
    claims: tuple[Claim, ...]
    denied: tuple[Claim, ...]
    articles: int
    stories: int
    languages: tuple[str, ...]
    first: str | None
    last: str | None
    words: tuple[tuple[str | None, int], ...]

    @property
    def figure(self) -> dict[str, Any]:
        """The group as a figure, for those who spell figures."""
        sample = (self.claims or self.denied)[0]
        kind, code = self.unit
        low, high = self.low, self.high
        if kind == "money" and any(claim["currency"] != code for claim in (*self.claims, *self.denied)):
            # A rate of one day gives an amount no eleven digits.
            low, high = _three_digits(low), _three_digits(high)
        hedge = "exact" if (low, high) == (self.low, self.high) else "about"
        ends: dict[str, Any] = {"low": low, "high": high, "qualifier": hedge}
        if (self.low is None and self.high is None) or sample["vague"]:
            return dict(sample)
        if all(claim["high"] is None for claim in (*self.claims, *self.denied)):
            ends |= {"high": None, "qualifier": "more_than"}
        if all(claim["low"] is None for claim in (*self.claims, *self.denied)):
            ends |= {"low": None, "qualifier": "up_to"}
        return dict(sample) | ends | {"currency": code if kind == "money" else None}


def _three_digits(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is claimed of one subject: groups in time order, those that exclude each other, and by what factor."""

    name: str | None
    groups: tuple[Group, ...]
    conflicting: tuple[Group, ...]
    times: float | None

    @property
    def denied(self) -> tuple[Group, ...]:
        """The groups of which somebody denies an amount."""
        return tuple(group for group in self.groups if group.denied)


def extent(claim: Claim) -> tuple[tuple[str, str | None], float, float] | None:
    """A claim's unit and ends; an open end is as far as it is stated. None for what has no value."""
    kind, low, high = claim["kind"], claim["low"], claim["high"]
    unit: tuple[str, str | None] = (kind, claim["unit"] if kind == "quantity" else None)
    if claim["vague"]:
        low = claim["magnitude"]
        high = claim["magnitude_high"] or low
        unit = (f"{kind}{_SCALES}", claim["currency"])
    elif kind == "money":
        if claim["low_usd"] is not None or claim["high_usd"] is not None:
            low, high, unit = claim["low_usd"], claim["high_usd"], (kind, "USD")
        else:
            unit = (kind, claim["currency"])
    ends = [end for end in (low, high) if end is not None]
    return (unit, min(ends), max(ends)) if ends else None


def subjects(claims: Sequence[Claim], *, several: bool = False) -> tuple[Subject, ...]:
    """Claims by subject, those with most claims first, and in it by amounts that meet.

    Of a measure of which a subject may have ``several`` at a time, other amounts are no conflict.
    """
    by_subject: dict[str | None, list[Claim]] = {}
    for claim in claims:
        by_subject.setdefault(claim["subject"], []).append(claim)
    made = [_subject(name, held, several) for name, held in by_subject.items()]
    return tuple(sorted(made, key=lambda one: (one.name is None, -sum(len(g.claims) for g in one.groups))))


def _subject(name: str | None, claims: Iterable[Claim], several: bool) -> Subject:
    units: dict[tuple[str, str | None], list[tuple[float, float, Claim]]] = {}
    for claim in claims:
        found = extent(claim)
        if found is not None:
            units.setdefault(found[0], []).append((found[1], found[2], claim))
    groups: list[Group] = []
    conflicting: list[Group] = []
    times: list[float] = []
    for unit, held in units.items():
        made: list[tuple[float, float, list[Claim]]] = []
        for low, high, claim in sorted(held, key=lambda item: item[:2]):
            # Ends that are converted from another currency meet where they are within half a percent.
            if made and low <= made[-1][1] * _MEET:
                before = made.pop()
                made.append((before[0], max(before[1], high), [*before[2], claim]))
            else:
                made.append((low, high, [claim]))
        of_unit = [_group(unit, *one) for one in made]
        groups += of_unit
        if several or name is None or unit[0].endswith(_SCALES):
            continue
        stated = [group for group in of_unit if group.claims]
        for number, lower in enumerate(stated):
            for upper in stated[number + 1 :]:
                if _same_time(lower, upper) and lower.high and upper.low:
                    conflicting += (lower, upper)
                    times.append(upper.low / lower.high)
    groups.sort(key=_in_time)
    unique = {id(group): group for group in conflicting}
    return Subject(name, tuple(groups), tuple(sorted(unique.values(), key=_in_time)), max(times, default=None))


def foremost(groups: Sequence[Group], most: int) -> tuple[Group, ...]:
    """Those that most stories tell, in the order they were given; all where there are few."""
    ranked = sorted(range(len(groups)), key=lambda place: (-groups[place].stories, place))
    return tuple(groups[place] for place in sorted(ranked[:most]))


def _in_time(group: Group) -> tuple[bool, str, float]:
    return group.first is None, group.first or "", group.low or 0.0


def _same_time(one: Group, other: Group) -> bool:
    """False where all that either says is of a time that the other does not speak of: that is no disagreement."""
    periods = [{(claim["period"] or "")[:4] for claim in group.claims} for group in (one, other)]
    if "" not in periods[0] | periods[1]:
        return bool(periods[0] & periods[1])
    spans = [(_day(group.first), _day(group.last)) for group in (one, other)]
    if any(end is None for span in spans for end in span):
        return True
    (first, last), (other_first, other_last) = spans
    return max(other_first - last, first - other_last) <= _YEAR  # type: ignore[operator]


def _day(date: str | None) -> int | None:
    span = interval(date) if date else None
    return None if span is None else span[0].toordinal()


def _group(unit: tuple[str, str | None], low: float, high: float, claims: Sequence[Claim]) -> Group:
    denied = tuple(claim for claim in claims if claim["stance"] == "denied")
    stated = tuple(claim for claim in claims if claim["stance"] != "denied")
    dates = sorted(claim["date_published"] for claim in claims if claim["date_published"])
    words: dict[str | None, set[str]] = {}
    for claim in stated:
        words.setdefault(claim["attributed_to"], set()).add(claim["story_uid"] or claim["uid"])
    said = sorted(((name, len(held)) for name, held in words.items()), key=lambda w: (w[0] is None, -w[1], w[0] or ""))
    return Group(
        (unit[0].partition(" ")[0], unit[1]),
        low,
        high,
        stated,
        denied,
        len({claim["uid"] for claim in claims}),
        len({claim["story_uid"] or claim["uid"] for claim in claims}),
        tuple(sorted({claim["language"] for claim in claims if claim["language"]})),
        dates[0] if dates else None,
        dates[-1] if dates else None,
        tuple(said),
    )
