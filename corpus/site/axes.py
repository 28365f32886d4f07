"""Scales of a chart: amounts on a logarithm, time by the calendar, and where their ticks stand."""

from __future__ import annotations

import calendar
import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date

_DAY_STEPS = (1, 2, 5, 7, 14)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
_MAX_DECADES_LABELLED = 7


def _label(day: datetime.date, pattern: str) -> str:
    # strftime would speak the language of the machine.
    return str(format_date(day, format=pattern, locale="en"))


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis in pixels with its label; minor ticks have none."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class LogScale:
    """Amounts to pixels, whole decades from ``first`` to ``last``, growing upwards."""

    first: int
    last: int
    top: float
    bottom: float

    @classmethod
    def of(cls, values: Sequence[float], *, top: float, bottom: float) -> LogScale:
        """Give the scale that holds all values with some air around them."""
        logs = [math.log10(value) for value in values if value > 0] or [0.0]
        first, last = math.floor(min(logs) - 0.08), math.ceil(max(logs) + 0.08)
        return cls(first, max(last, first + 1), top, bottom)

    def at(self, value: float) -> float:
        """Give the pixel of an amount; what is not above zero lies on the bottom."""
        if value <= 0:
            return self.bottom
        share = (math.log10(value) - self.first) / (self.last - self.first)
        return self.bottom - share * (self.bottom - self.top)

    def decades(self) -> list[float]:
        """Give the labelled amounts, thinned out where the decades are many."""
        step = 1 + (self.last - self.first) // _MAX_DECADES_LABELLED
        return [10.0**power for power in range(self.first, self.last + 1, step)]


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

    def ticks(self, most: int) -> list[Tick]:
        """Give at most ``most`` ticks: days, months or years, whichever fit."""
        span = self.last - self.first
        for step in _DAY_STEPS:
            if span / step <= most:
                start = self.first + (-self.first) % step
                days = map(datetime.date.fromordinal, range(start, self.last + 1, step))
                return [Tick(self.at(day), _label(day, "d MMM")) for day in days]
        for step in _MONTH_STEPS:
            if span / (step * 30.44) <= most:
                return self._month_ticks(step)
        return self._month_ticks(_MONTH_STEPS[-1])

    def _month_ticks(self, step: int) -> list[Tick]:
        start, end = (datetime.date.fromordinal(day) for day in (self.first, self.last))
        index = start.year * 12 + start.month - 1
        index += -index % step
        made = []
        while index <= end.year * 12 + end.month - 1:
            day = datetime.date(index // 12, index % 12 + 1, 1)
            if start <= day <= end:
                made.append(Tick(self.at(day), _label(day, "y" if step >= 12 else "MMM y")))
            index += step
        return made
