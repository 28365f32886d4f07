"""The numbers articles have in the index of search: those of one day stand together, later days after earlier ones.

So the newest of many matches are read first without sorting, and a filter by date is a range of numbers. What
is known to the year or month only stands on its first day; what has no date stands before all days.
"""

from __future__ import annotations

import datetime
from functools import lru_cache

# Articles of a day have numbers of their own up to this many; more than that go on in the next day's.
_BITS = 18
# The first number that belongs to a date: the year 1000, earlier than any news.
FIRST_DATED = datetime.date(1000, 1, 1).toordinal() << _BITS
LAST = (datetime.date.max.toordinal() + 1) << _BITS


@lru_cache(maxsize=20_000)
def day_of(date: str | None) -> int:
    """The day of an ISO date cut to what is known, as days since year 1; 0 for none.

    >>> day_of("2024") == day_of("2024-01") == day_of("2024-01-01T09:30"), day_of("2024-02-30"), day_of(None)
    (True, 0, 0)
    """
    if date is None:
        return 0
    parts = date[:10].split("-")
    try:
        day = datetime.date(int(parts[0]), *(int(part) for part in parts[1:]), *([1] * (3 - len(parts)))).toordinal()
    except (ValueError, TypeError):
        return 0
    return day if day << _BITS >= FIRST_DATED else 0


def day_range(day: int) -> tuple[int, int]:
    """The numbers of one day, the end excluded; day 0 is that of the undated."""
    return (day << _BITS, (day + 1) << _BITS) if day else (1, FIRST_DATED)


def day_of_number(doc: int) -> int:
    """The day that a number belongs to; 0 for the undated."""
    return doc >> _BITS if doc >= FIRST_DATED else 0


def end_of(date: str) -> int:
    """The first number after an ISO date cut to what is known: after its year, its month or its day.

    >>> end_of("2023") == day_range(day_of("2024"))[0], end_of("2023-12-31") == end_of("2023-12")
    (True, True)
    """
    parts = date[:10].split("-")
    year, month = int(parts[0]), int(parts[1]) if len(parts) > 1 else 12
    if len(parts) > 2:
        return day_range(day_of(date))[1]
    following = day_of(f"{year + month // 12:04d}-{month % 12 + 1:02d}")
    return day_range(following)[0] if following else LAST


def is_loose(date: str | None) -> bool:
    """True for a date known to the year or month only."""
    return date is not None and len(date) < 10
