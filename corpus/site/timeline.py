"""When the articles were published: a bar for each month, or for each year where they span many."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.site.axes import Tick
from corpus.site.format import Form
from corpus.site.links import Links

_MONTHS = 36
_YEARS = 60
_TOP, _BOTTOM, _LEFT = 20.0, 26.0, 8.0


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a year, how many articles it has, and where they are listed."""

    value: str
    articles: int
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A period as it is drawn; ``slot`` is what a pointer can hit: its left edge and its width."""

    period: Period
    x: float
    y: float
    width: float
    height: float
    slot: tuple[float, float]
    text: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the template draws, in pixels of ``width`` × ``height``."""

    name: str
    width: int
    height: int
    base: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The wide and the narrow drawing, the periods as a table, and the articles that neither can place."""

    wide: Drawing
    narrow: Drawing
    periods: tuple[Period, ...]
    yearly: bool
    only_year: int
    earlier: int
    undated: int


def timeline(months: Mapping[str, int], links: Links, form: Form) -> Timeline | None:
    """Draw articles by their month of publication; keys are ``2024-02``, ``2024`` or empty for undated ones.

    None where no article has a date.
    """
    dated = {month: count for month, count in months.items() if _parsed(month) is not None}
    undated = sum(count for month, count in months.items() if month not in dated)
    if not dated:
        return None
    whole = sorted(month for month in dated if len(month) == 7)
    yearly = not whole or _number(whole[-1]) - _number(whole[0]) >= _MONTHS
    only_year = 0 if yearly else sum(count for month, count in dated.items() if len(month) == 4)
    counts: dict[str, int] = {}
    for month, count in dated.items():
        if yearly or len(month) == 7:
            key = month[:4] if yearly else month
            counts[key] = counts.get(key, 0) + count
    names = _between(min(counts), max(counts), yearly)
    shown = names[-(_YEARS if yearly else _MONTHS) :]
    earlier = sum(count for name, count in counts.items() if name < shown[0])
    periods = [
        Period(name, counts.get(name, 0), form.format_date(name), links.search(since=name, until=name))
        for name in shown
    ]
    wide = _draw("time-wide", periods, form, yearly, width=760, height=150, labels=12)
    narrow = _draw("time-narrow", periods, form, yearly, width=360, height=150, labels=5)
    filled = tuple(period for period in periods if period.articles)
    return Timeline(wide, narrow, filled, yearly, only_year, earlier, undated)


def _parsed(month: str) -> datetime.date | None:
    try:
        return datetime.date(int(month[:4]), int(month[5:7] or 1), 1) if len(month) in (4, 7) else None
    except ValueError:
        return None


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _between(first: str, last: str, yearly: bool) -> list[str]:
    if yearly:
        return [f"{year:04d}" for year in range(int(first), int(last) + 1)]
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(_number(first), _number(last) + 1)]


def _draw(
    name: str, periods: Sequence[Period], form: Form, yearly: bool, *, width: int, height: int, labels: int
) -> Drawing:
    room = width - 2 * _LEFT
    slot = room / len(periods)
    thick = min(max(slot - 3, slot * 0.7), 56.0)
    base, most = height - _BOTTOM, max(period.articles for period in periods)
    bars, ticks = [], []
    step = -(-len(periods) // labels)
    for place, period in enumerate(periods):
        start = _LEFT + slot * place
        # One article among thousands is still to be seen.
        tall = 0.0 if not period.articles else max(2.0, (base - _TOP) * period.articles / most)
        if period.articles:
            x = start + (slot - thick) / 2
            text = slot >= 8 * len(form.plain(period.articles)) + 2
            bars.append(_bar(period, x, base - tall, thick, tall, (start, slot), text))
        if (len(periods) - 1 - place) % step == 0:
            ticks.append(Tick(round(start + slot / 2, 1), _tick(period.value, form, yearly)))
    return Drawing(name, width, height, base, tuple(bars), tuple(ticks))


def _bar(period: Period, x: float, y: float, width: float, height: float, slot: tuple[float, float], text: bool) -> Bar:
    return Bar(
        period,
        round(x, 1),
        round(y, 1),
        round(width, 1),
        round(height, 1),
        (round(slot[0], 1), round(slot[1], 1)),
        text,
    )


def _tick(value: str, form: Form, yearly: bool) -> str:
    day = _parsed(value)
    return value if day is None else form.tick(day, "y" if yearly else "yMMM")
