"""Lines that date an article: which they are, and what they say beside the date."""

from __future__ import annotations

import re
from functools import cache

from corpus.clean.bylines import Signal, by_ending, byline_value, outlets
from corpus.clean.passages import ends_sentence
from corpus.dates import Found, find_all
from corpus.dates.clock import time_around
from corpus.words.matching import fold
from corpus.words.wording import all_functions, date_words, labels, phrases, starting, tables


def date_only(text: str, language: str | None = None) -> tuple[Found, str] | None:
    """The first date of a short line and what else the line says; None where it has no date with a year."""
    if len(text) > 140:
        return None
    dates = [found for found in find_all(text, language, short_years=True) if found.year is not None]
    if not dates:
        return None
    rest = text
    for found in reversed(dates):
        rest = f"{rest[: found.start]} {rest[found.end :]}"
    return dates[0], rest


_TIME_LEFT = re.compile(
    r"\d{1,2}[:.h時时点點]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?m\b\.?)?|[+-]\d{1,2}:?\d{0,2}|\b(?:UTC|GMT|[A-Z]{2,4}T|Z)\b",
    re.I,
)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.h時时点點]\d{2}(?!\d)")
_PIECE = re.compile(r"[^\s,;:()|•·–—/\[\].、，。-]+")


def remainder(rest: str) -> list[str]:
    """The words of a dated line that are neither time, weekday, label nor furniture, nor link such words."""
    known, updated = date_words(), _update_words()
    kept = list(rest)
    for start, end, role in phrases().find(rest):
        if role in ("furniture", "share"):
            kept[start:end] = " " * (end - start)
    left: list[str] = []
    skipped = 0
    for piece in _PIECE.findall(_TIME_LEFT.sub(" ", "".join(kept))):
        word = fold(piece)
        if word in updated:
            # "Updated three days ago": what follows says when, and is no date of ours.
            skipped = 3
        elif word not in known and not piece.isdecimal():
            if skipped == 0:
                left.append(piece)
            skipped = max(0, skipped - 1)
    return left


@cache
def _update_words() -> frozenset[str]:
    return frozenset(form for form, kind in labels().items() if kind == "updated" and " " not in form)


@cache
def _relative_days() -> frozenset[str]:
    return frozenset(
        fold(form) for table in tables().values() for forms in table.get("relative", {}).values() for form in forms
    )


def _partial(text: str) -> Signal | None:
    """ "Today, 07:31", "17 May, 12:08": it says when, but not in which year."""
    if len(text) > 60 or _CLOCK.search(text) is None or ends_sentence(text):
        return None
    rest = text
    for found in reversed(find_all(text, None)):
        rest = f"{rest[: found.start]} {rest[found.end :]}"
    if all(fold(piece) in _relative_days() for piece in remainder(rest)) and any(char.isalpha() for char in text):
        return Signal("dateline", "dateline:partial")
    return None


def dated(text: str) -> Signal | None:
    """What a line that consists of a date, a time and little else says; None where it is no such line."""
    found = date_only(text)
    if found is None:
        return _partial(text)
    if ends_sentence(text.rstrip(".")):
        return None
    left = remainder(found[1])
    if not left:
        return Signal("dateline", "dateline:bare")
    if ends_sentence(text):
        return None
    start = starting(text)
    if start is not None and start[0] == "byline" and len(left) <= 8:
        name = byline_value(text, start[1])
        return Signal("dateline", "dateline:byline", () if name is None else (("author", name),))
    ending = by_ending(_TIME_LEFT.sub(" ", found[1]))
    if ending is not None:
        return Signal("dateline", "dateline:byline", ending.states)
    known = " ".join(left)
    if any(end - begin >= len(known) - 3 for begin, end, _ in outlets().find(known)):
        return Signal("dateline", "dateline:outlet", (("source", known),))
    date = found[0]
    short = len(text) <= 80 and len(left) <= 3
    unlabelled = re.search(r"[^\W\d_]\s?[:：]", text[: date.start]) is None
    if short and unlabelled and date.precision == "day" and time_around(text, date.start, date.end).value is not None:
        return Signal("dateline", "dateline:timed")
    separated = re.search(r"[|•·–—/,、，()（）\[\]]|\s-\s", text) is not None
    names = all(piece[0].isupper() or not piece[0].islower() for piece in left)
    if separated and names and len(left) <= 4 and sum(map(len, left)) <= 40:
        return Signal("dateline", "dateline:named", strong=False)
    mostly = (date.end - date.start) * 2 >= len(text) and date.precision == "day"
    if short and mostly and not any(fold(piece) in all_functions() for piece in left):
        return Signal("dateline", "dateline:named", strong=False)
    return None
