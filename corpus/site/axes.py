"""Scales of a chart: amounts on a logarithm, time by the calendar, and where their ticks stand."""

from __future__ import annotations

import calendar
import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.site.format import ENGLISH, Form

_DAY_STEPS = (1, 2, 5, 7, 14)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 12_000, 24_000)
_MAX_DECADES_LABELLED = 7
_FEW_DECADES = 2.5
# Beyond these no amount is meant, and powers of ten overflow.
_SMALLEST, _LARGEST = 1e-30, 1e60


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis in pixels with its label; minor ticks have none."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class LogScale:
    """Amounts to pixels, growing upwards; ``first`` and ``last`` are powers of ten, also broken ones."""

    first: float
    last: float
    top: float
    bottom: float

    @classmethod
    def of(cls, values: Sequence[float], *, top: float, bottom: float) -> LogScale:
        """Give the scale that holds all values with some air around them, one decade at least."""
        logs = [math.log10(value) for value in values if _SMALLEST < value < _LARGEST] or [0.0]
        air = max(0.3, (1.3 - (max(logs) - min(logs))) / 2)
        return cls(min(logs) - air, max(logs) + air, top, bottom)

    def at(self, value: float) -> float:
        """Give the pixel of an amount; what a logarithm cannot show lies on the edge."""
        if not _SMALLEST < value < _LARGEST:
            return self.bottom if value < _LARGEST else self.top
        share = (math.log10(value) - self.first) / (self.last - self.first)
        return self.bottom - share * (self.bottom - self.top)

    def ticks(self) -> list[float]:
        """Give round amounts to label: decades, thinned out where they are many, split where few."""
        decades = range(math.floor(self.first), math.ceil(self.last) + 1)
        step = 1 + (len(decades) - 2) // _MAX_DECADES_LABELLED
        factors = (1, 2, 5) if self.last - self.first < _FEW_DECADES else (1,)
        amounts = [factor * 10.0**power for power in decades if power % step == 0 for factor in factors]
        return [amount for amount in amounts if self.first <= math.log10(amount) <= self.last]


def interval(prefix: str) -> tuple[datetime.date, datetime.date] | None:
    """Give the first and last day an ISO date prefix admits, None where it is none."""
    parts = prefix.partition("T")[0].split("-")
    try:
        numbers = [int(part) for part in parts]
        year, month, day = numbers + [1] * (3 - len(numbers))
        first = datetime.date(year, month, day)
        if len(numbers) == 1:
            return first, datetime.date(year, 12, 31)
        if len(numbers) == 2:
            return first, datetime.date(year, month, calendar.monthrange(year, month)[1])
    except (ValueError, OverflowError):
        return None
    return first, first


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Days to pixels."""

    first: int
    last: int
    left: float
    right: float

    @classmethod
    def of(cls, days: Sequence[datetime.date], *, left: float, right: float) -> TimeScale:
        """Give the scale that holds all days; a single day stands in the middle of a month."""
        ordinals = [day.toordinal() for day in days]
        low, high = min(ordinals), max(ordinals)
        air = max((high - low) * 0.06, 3 if high > low else 15)
        latest = datetime.date.max.toordinal()
        return cls(max(1, math.floor(low - air)), min(latest, math.ceil(high + air)), left, right)

    def at(self, day: datetime.date) -> float:
        """Give the pixel of a day."""
        share = (day.toordinal() - self.first) / (self.last - self.first)
        return self.left + share * (self.right - self.left)

    def ticks(self, most: int, form: Form = ENGLISH) -> list[Tick]:
        """Give at most ``most`` ticks: days, months or years, whichever fit."""
        span = self.last - self.first
        for step in _DAY_STEPS:
            if span / step <= most:
                start = self.first + (-self.first) % step
                days = map(datetime.date.fromordinal, range(start, self.last + 1, step))
                return self._day_ticks(list(days), form)
        for step in _MONTH_STEPS:
            if span / (step * 30.44) <= most:
                return self._month_ticks(step, form)
        return self._month_ticks(_MONTH_STEPS[-1], form)

    def _day_ticks(self, days: Sequence[datetime.date], form: Form) -> list[Tick]:
        # The year is said once, and again where it changes.
        years = [None, *(day.year for day in days)]
        return [
            Tick(self.at(day), form.tick(day, "MMMd" if day.year == before else "yMMMd"))
            for day, before in zip(days, years, strict=False)
        ]

    def _month_ticks(self, step: int, form: Form) -> list[Tick]:
        start, end = (datetime.date.fromordinal(day) for day in (self.first, self.last))
        index = start.year * 12 + start.month - 1
        index += -index % step
        made = []
        while index <= end.year * 12 + end.month - 1:
            day = datetime.date(index // 12, index % 12 + 1, 1)
            if start <= day <= end:
                made.append(Tick(self.at(day), form.tick(day, "y" if step >= 12 else "yMMM")))
            index += step
        return made
