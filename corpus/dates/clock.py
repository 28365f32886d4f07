"""The time of day beside a date: ``11:14:25 AM``, ``14h30``, ``10:30 Uhr MEZ``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corpus.words.wording import tables


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as ISO 8601 writes it ("11:14", "11:14:25"), its offset from UTC where stated, and what was read."""

    value: str | None = None
    offset: str | None = None
    half_day: bool = False
    start: int = 0
    end: int = 0


_TIME = re.compile(
    r"(?<![\d.:])(\d{1,2})(?:[:：] ?|(?: ?h ?|\.|時|时|點|点|시 ?)(?=\d\d(?!\d)))(\d{2})"
    r"(?:分|분)?(?:[: ]?[:：]?(\d{2})(?![\d.:])秒?)?"
    r"(?!\d|\.\d)(?:\.\d{1,6}(?=Z|[+-]))?"
)
_OFFSET = re.compile(
    r"\s?\(?(?:(?:UTC|GMT)\s?)?([+\u2212-])(\d{1,2})(?::?(\d{2}))?\b(?![-./]\d)"
    r"|(?:\s[^\W\d_]{1,4})??\s?\(?(Z|[A-Z]{2,5})\b"
)


@cache
def _zones() -> dict[str, str]:
    return dict(tables()["zones"]["offsets"])


@cache
def _half_days() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Finds the half of the day behind a time and before one; group 1 is the later half."""
    words = tables()["zones"]["half_day"]

    def either(name: str) -> str:
        return "|".join(re.escape(word) for word in sorted(words[name], key=len, reverse=True))

    behind = re.compile(rf"\s{{0,2}}(?:({either('later')})|(?:{either('earlier')}))(?![^\W\d_])", re.IGNORECASE)
    before = re.compile(rf"(?:({either('later_before')})|(?:{either('earlier_before')}))\s?$", re.IGNORECASE)
    return behind, before


def time_around(text: str, start: int, end: int) -> Clock:
    """The time that follows the date at ``start:end`` within a few words, or stands right before it."""
    window = text[end : end + 40]
    match = _TIME.search(window.split("\n", 1)[0] if not window.startswith("\n") else window)
    if match is not None and not _wordy(window[: match.start()]):
        return _read(window, match, end)
    before = text[max(0, start - 24) : start]
    last = next(reversed(list(_TIME.finditer(before))), None)
    if last is not None and not _wordy(before[last.end() :]):
        return _read(before, last, max(0, start - 24))
    return Clock()


def _wordy(gap: str) -> bool:
    """Whether more stands between date and time than an "at", a weekday or a sign."""
    return sum(char.isalnum() for char in gap) > 12 or any(char in "!?;" for char in gap)


def _read(text: str, match: re.Match[str], shift: int) -> Clock:
    hour, minute, second = int(match[1]), int(match[2]), match[3]
    behind, ahead = _half_days()
    half = behind.match(text, match.end())
    before = ahead.search(text[: match.start()])
    end = match.end() if half is None else half.end()
    later = (half is not None and half[1] is not None) or (before is not None and before[1] is not None)
    if later and hour < 12:
        hour += 12
    elif half is not None and not later and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or (second is not None and int(second) > 59):
        return Clock()
    value = f"{hour:02d}:{minute:02d}" + ("" if second is None else f":{second}")
    offset, end = _offset(text, end)
    return Clock(
        value,
        offset,
        half is not None and half[0].isascii() and " " not in half[0].strip(),
        shift + match.start(),
        shift + end,
    )


def _offset(text: str, position: int) -> tuple[str | None, int]:
    match = _OFFSET.match(text, position)
    if match is None:
        return None, position
    if match[4] is not None:
        offset = "+00:00" if match[4] == "Z" else _zones().get(match[4])
        if match[4] in ("UTC", "GMT"):
            offset = "+00:00"
        return (None, position) if offset is None else (offset, match.end())
    hours, minutes = int(match[2]), int(match[3] or 0)
    if hours > 14 or minutes > 59:
        return None, position
    sign = "-" if match[1] in "-\u2212" else "+"
    return f"{sign}{hours:02d}:{minutes:02d}", match.end()
