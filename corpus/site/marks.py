"""The marks of a chart: claims that say the same at the same time are one, and what lies too close is drawn as one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.site.format import Form
from corpus.site.links import Links
from corpus.site.wording import message, word_for

MAX_MARKS = 32
# Letters of a source's name beside a mark.
_SOURCE = 18
# How claims are joined, until there are few enough: letters of the date, and parts of a decade of amounts (None: the
# same amount only).
_STEPS: tuple[tuple[int, int | None], ...] = ((10, None), (7, None), (7, 6), (7, 3), (7, 1), (4, 2), (4, 1))
_BY_MONTH = 5
# A chart of fewer years is not drawn by the year: all would stand in one column.
_YEARS = 4
# Amounts that a logarithm can place.
_SMALLEST, _LARGEST = 1e-30, 1e60

Claim = Mapping[str, Any]
Unit = tuple[str, str | None]
_Ends = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Mark:
    """Claims that say the same on the same day, or are ``joined``: one mark, its extent in the chart's unit."""

    date: str | None
    low: float | None
    high: float | None
    label: str
    detail: str
    source: str
    title: str
    href: str
    denied: bool
    vague: bool
    joined: bool


def leading_unit(claims: Sequence[Claim]) -> Unit:
    """Give the kind and unit most of the claims have."""
    found: dict[Unit, int] = {}
    for claim in claims:
        key = (claim["kind"], claim["unit"] if claim["kind"] == "quantity" else None)
        found[key] = found.get(key, 0) + 1
    return max(found, key=lambda key: found[key])


def ends_in(claim: Claim, unit: Unit) -> _Ends | None:
    """Give the claim's ends in the chart's unit, None where it cannot be put there."""
    if claim["kind"] != unit[0]:
        return None
    if claim["vague"]:
        return (claim["magnitude"], claim["magnitude_high"]) if claim["currency"] == "USD" else None
    if unit[0] == "money":
        if claim["low_usd"] is not None or claim["high_usd"] is not None:
            return claim["low_usd"], claim["high_usd"]
        return (claim["low"], claim["high"]) if claim["currency"] == "USD" else None
    return (claim["low"], claim["high"]) if claim["unit"] == unit[1] or unit[0] != "quantity" else None


def marked(claims: Sequence[Claim], unit: Unit, links: Links, slug: str, form: Form) -> tuple[list[Mark], int]:
    """Give what is drawn of claims in time order, and the number of marks left out, the earliest."""
    groups = _joined(claims, unit)
    crowded = max(0, len(groups) - MAX_MARKS)
    return [_mark(date, same, unit, links, slug, form) for date, same in groups[crowded:]], crowded


def _joined(claims: Sequence[Claim], unit: Unit) -> list[tuple[str | None, list[Claim]]]:
    """Join claims that say the same on the same day; where those are too many, that lie close to each other."""
    groups: dict[tuple[Any, ...], list[Claim]] = {}
    years = {claim["date_published"][:4] for claim in claims if claim["date_published"]}
    for letters, parts in _STEPS if len(years) >= _YEARS else _STEPS[:_BY_MONTH]:
        groups = {}
        for claim in claims:
            date = (claim["date_published"] or "")[:letters]
            ends = _place(ends_in(claim, unit) or (None, None), None if claim["vague"] else parts)
            groups.setdefault((date, ends, claim["stance"] == "denied", bool(claim["vague"])), []).append(claim)
        if len(groups) <= MAX_MARKS:
            break
    return [(key[0] or None, same) for key, same in groups.items()]


def _place(ends: _Ends, parts: int | None) -> tuple[float | None, ...]:
    """Where two ends lie on a scale of so many parts a decade; an open end stays open."""
    if parts is None or not all(end is None or _SMALLEST < end < _LARGEST for end in ends):
        return ends
    return *(None if end is None else math.floor(math.log10(end) * parts) for end in ends), parts


def _mark(date: str | None, same: Sequence[Claim], unit: Unit, links: Links, slug: str, form: Form) -> Mark:
    first = same[0]
    amounts = {ends_in(claim, unit) or (None, None) for claim in same}
    lows, highs = ([end for end in ends if end is not None] for ends in zip(*amounts, strict=True))
    low, high = min(lows, default=None), max(highs, default=None)
    short = form.short(first if len(amounts) == 1 else _between(first, low, high))
    denied = first["stance"] == "denied"
    spoken = sorted({claim["language"] or "und" for claim in same})
    # Claims of an unknown source are not those of the one that is known.
    names = sorted({claim["source"] for claim in same if claim["source"]})
    names += [] if all(claim["source"] for claim in same) else [message("unknown.source_name")]
    count = f" ×{len(same)}" if len(same) > 1 else ""
    amount = short + (count if len(amounts) > 1 else "")
    title = message(
        "chart.mark",
        amount=message("chart.denied", amount=amount) if denied else amount,
        date=form.format_date(date),
        sources=", ".join(names[:3]),
        languages=", ".join(map(form.language_name, spoken)),
    )
    if len({claim["uid"] for claim in same}) == 1:
        href = links.article(first["uid"], first["start_char"])
    else:
        href = links.search(measure=slug, since=date, until=date)
    detail = ", ".join(spoken[:3]) + (f" · {word_for('stance', 'denied')}" if denied else "")
    # Who says so is legible without colour; several sources are counted.
    source = _cut(names[0]) if len(names) == 1 else form.say("count.sources", n=len(names))
    vague = bool(first["vague"])
    return Mark(date, low, high, short + count, detail, source, title, href, denied, vague, len(amounts) > 1)


def _between(sample: Claim, low: float | None, high: float | None) -> dict[str, Any]:
    """The figure from the least to the greatest of several amounts, in three digits.

    Who says "more than seven" says more than five too, so of several open ends the outermost is said.
    """
    ends = [None if end is None else float(f"{end:.3g}") for end in (low, high)]
    hedge = "more_than" if high is None else "up_to" if low is None else "exact" if ends == [low, high] else "about"
    currency = "USD" if sample["kind"] == "money" else sample["currency"]
    return dict(sample) | {"low": ends[0], "high": ends[1], "qualifier": hedge, "currency": currency}


def _cut(name: str) -> str:
    return name if len(name) <= _SOURCE else name[: _SOURCE - 1].rstrip() + "…"
