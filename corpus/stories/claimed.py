"""A claim as the rules of contradiction see it: a row with what is known of its article, and how it is told."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus.stories.fingerprints import Trait, figure_trait

POWERS = {3: "a thousand times", 6: "a million times", 9: "a billion times"}
_WORDS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
# What is quoted of an article whose source is unknown.
_TITLE = 60
POINTS = ("exact", "about", "almost")
# What is said of a year is said in the year after it as well.
_YEAR = 366
# Digits of so few bits (one significant digit) two amounts share by chance.
_CHANCE_BITS = 2.5

# What makes two figures the same: kind, currency, the unit of a quantity, and the ends.
Value = tuple[str, str | None, str | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of ``figures`` with what is known of its article."""

    id: int
    article_id: int
    story_id: int | None
    uid: str
    start_char: int
    kind: str
    currency: str | None
    unit: str | None
    low: float | None
    high: float | None
    qualifier: str | None
    vague: int
    measure: str | None
    subject: str | None
    period: str | None
    stance: str | None
    sentence: str | None
    quote: str
    language: str | None
    date_published: str | None
    source: str | None
    title: str

    @property
    def point(self) -> float | None:
        """The value, where it is one."""
        return self.low if self.low == self.high and self.qualifier in POINTS else None

    @property
    def value(self) -> Value:
        """What makes two figures the same."""
        return self.kind, self.currency, self.unit if self.kind == "quantity" else None, self.low, self.high


@dataclass(frozen=True, slots=True)
class Clash:
    """A claim, what it clashes with where that is another figure, and the sentence that says so."""

    claim: Claimed
    other: Claimed | None
    message: str


def spelled(claim: Claimed) -> str:
    """A figure in English words: ``5 to 7 trillion USD``."""
    ends = [end for end in dict.fromkeys((claim.low, claim.high)) if end is not None]
    front = ""
    if claim.high is None:
        front = "at least " if claim.qualifier == "at_least" else "more than "
    elif claim.low is None:
        front = "less than " if claim.qualifier == "less_than" else "up to "
    suffix = {"money": f" {claim.currency or ''}", "percent": "%", "multiple": " times"}.get(
        claim.kind, f" {claim.unit or ''}"
    )
    said = [_amount(end) for end in ends]
    if len(said) == 2 and said[0].partition(" ")[2] == said[1].partition(" ")[2]:
        said[0] = said[0].partition(" ")[0]
    return f"{front}{' to '.join(said)}{suffix}".strip()


def _amount(value: float) -> str:
    for scale, word in _WORDS:
        if abs(value) >= scale:
            return f"{value / scale:.12g} {word}"
    return f"{value:.12g}"


def who(row: Claimed | Mapping[str, Any]) -> str:
    """Whose article it is, with its language and date."""

    def get(name: str) -> Any:
        return getattr(row, name) if isinstance(row, Claimed) else row[name]

    parts = [part for part in (get("language"), (get("date_published") or "")[:10] or "undated") if part]
    title = " ".join(get("title").split())
    title = title if len(title) <= _TITLE else f"{title[:_TITLE].rstrip()}…"
    named = get("source") or f"“{title}”"
    return f"{named} ({', '.join(parts)})"


def about(claim: Claimed) -> str:
    """What a claim measures, and whose: ``market cap of Nvidia``."""
    measure = (claim.measure or "figure").replace("_", " ")
    return f"{measure} of {claim.subject}" if claim.subject else measure


def same_time(one: Claimed, other: Claimed, *, days: int = _YEAR) -> bool:
    """False where the times two claims speak of are known and do not meet.

    That is the period a claim states, else the time of its publication. Two periods must overlap;
    claims without one may be published so many ``days`` apart.
    """
    spans = [interval(claim.period or claim.date_published) for claim in (one, other)]
    if spans[0] is None or spans[1] is None:
        return True
    stated = (one.period is not None) + (other.period is not None)
    apart = max(spans[1][0] - spans[0][1], spans[0][0] - spans[1][1])
    return apart <= (days, _YEAR, 0)[stated]


def interval(prefix: str | None) -> tuple[int, int] | None:
    """The first and last day that an ISO 8601 prefix admits, as ordinals; None where it is none."""
    parts = (prefix or "").partition("T")[0].split("-")
    try:
        year, month, day = [int(part) for part in parts] + [0] * (3 - len(parts))
        first = datetime.date(year, month or 1, day or 1)
        last_day = day or calendar.monthrange(year, month or 12)[1]
        return first.toordinal(), datetime.date(year, month or 12, last_day).toordinal()
    except (ValueError, OverflowError):
        return None


def by_chance(claim: Claimed) -> bool:
    """True where a figure has so few digits that another one may well have the same."""
    trait = trait_of(claim)
    return trait is None or trait.weight < _CHANCE_BITS


def _power(one: float, other: float) -> int | None:
    """3, 6 or 9 where two values have the same digits and lie that many powers of ten apart."""
    small, large = sorted((abs(one), abs(other)))
    if small <= 0:
        return None
    return next((power for power in POWERS if abs(large / small / 10**power - 1) < 1e-9), None)


def apart(one: Value, other: Value) -> int | None:
    """The power of ten that lies between two values of the same kind and digits, None where there is none."""
    if one[:3] != other[:3]:
        return None
    pairs = list(zip(one[3:], other[3:], strict=True))
    if any((a is None) is not (b is None) for a, b in pairs):
        return None
    powers = {_power(a, b) for a, b in pairs if a is not None and b is not None}
    return powers.pop() if len(powers) == 1 else None


def trait_of(claim: Claimed) -> Trait | None:
    """The claim's figure as a trait."""
    return figure_trait(
        {"kind": claim.kind, "vague": claim.vague, "low": claim.low, "high": claim.high, "currency": claim.currency}
    )
