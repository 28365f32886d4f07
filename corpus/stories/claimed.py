"""A claim as the rules of contradiction see it: a row with what is known of its article, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus.stories.fingerprints import Trait, figure_trait

POWERS = {3: "a thousand times", 6: "a million times", 9: "a billion times"}
_WORDS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
# What is quoted of an article whose source is unknown.
_TITLE = 60
_POINTS = ("exact", "about", "almost")


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
    def is_range(self) -> bool:
        """True for two different ends."""
        return self.low is not None and self.high is not None and self.low < self.high

    @property
    def point(self) -> float | None:
        """The value, where it is one."""
        return self.low if self.low == self.high and self.qualifier in _POINTS else None

    @property
    def value(self) -> tuple[str, str | None, str | None, float | None, float | None]:
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


def same_time(one: Claimed, other: Claimed) -> bool:
    """False where both say what time they speak of and the times do not meet."""
    if one.period is None or other.period is None:
        return True
    return one.period.startswith(other.period) or other.period.startswith(one.period)


def _power(one: float, other: float) -> int | None:
    """3, 6 or 9 where two values have the same digits and lie that many powers of ten apart."""
    small, large = sorted((abs(one), abs(other)))
    if small <= 0:
        return None
    return next((power for power in POWERS if abs(large / small / 10**power - 1) < 1e-9), None)


def apart(one: Claimed, other: Claimed) -> int | None:
    """The power of ten that lies between two figures of the same kind and digits, None where there is none."""
    if one.kind != other.kind or one.currency != other.currency:
        return None
    pairs = [(one.low, other.low), (one.high, other.high)]
    if any((a is None) is not (b is None) for a, b in pairs):
        return None
    powers = {_power(a, b) for a, b in pairs if a is not None and b is not None}
    return powers.pop() if len(powers) == 1 else None


def trait_of(claim: Claimed) -> Trait | None:
    """The claim's figure as a trait."""
    return figure_trait(
        {"kind": claim.kind, "vague": claim.vague, "low": claim.low, "high": claim.high, "currency": claim.currency}
    )
