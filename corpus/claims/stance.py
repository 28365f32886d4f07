"""Whether a figure is asserted, denied, planned or forecast, and for which time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError

from corpus.claims.clauses import Sentence
from corpus.dates.calendars import calendar_of_year, gregorian, plain_digits
from corpus.model import Figure
from corpus.words.cues import primary
from corpus.words.matching import Matcher
from corpus.words.wording import tables

_ORDER = ("denied", "planned", "forecast", "asserted", "future")
_YEAR = re.compile(
    r"(?<![A-Za-z0-9_.,$€£¥-])(?:19|20|24|25)\d\d(?![\d%]|[.,]\d)(?:\s?[年년]|(?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]))"
)
_NOT_A_YEAR = re.compile(r"\s?(?:[$€£¥%]|[kKMG]W)")


@dataclass(frozen=True, slots=True)
class Read:
    """A value with the words it was read in."""

    value: str
    words: str


def stance(sentence: Sentence, figure: Figure, *, plannable: bool, spoken: bool) -> Read | None:
    """The stance of a figure by the nearest cue of its sentence.

    ``plannable`` figures (what somebody does) may be planned from anywhere in the sentence, others only
    in their own clause; what somebody says outright (``spoken``) is asserted where nothing else is clear.
    """
    best: tuple[float, int, int] | None = None
    read: Read | None = None
    future: Read | None = None
    for start, end, lists in sentence.stance:
        apart = sentence.apart(start, figure.start_char)
        for value in lists:
            if value == "asserted" or (value == "planned" and not plannable and apart > 0):
                continue
            if value == "future":
                # What somebody will do is planned, what will happen is forecast.
                if future is None and apart == 0:
                    words = sentence.text[start - sentence.start : end - sentence.start]
                    future = Read("planned" if plannable else "forecast", words)
                continue
            # A denial reaches over the clauses that say what is denied.
            rank = -0.5 if value == "denied" else float(apart)
            key = (rank, sentence.gap((start, end), (figure.start_char, figure.end_char)), _ORDER.index(value))
            if best is None or key < best:
                best = key
                read = Read(value, sentence.text[start - sentence.start : end - sentence.start])
    if read is None:
        read = future
    if read is None and spoken:
        for start, end, lists in sentence.stance:
            if "asserted" in lists:
                return Read("asserted", sentence.text[start - sentence.start : end - sentence.start])
    return read


def period(sentence: Sentence, figure: Figure, *, language: str | None, published: str | None) -> Read | None:
    """The time a figure is for, as an ISO 8601 prefix.

    A year is taken as it stands, a month with its year; a month, a quarter or "last year" alone only where the
    publication date (an ISO prefix) tells the year. ISO 8601 has no quarters: one is cut to its year.
    """
    found: list[tuple[int, int, str]] = []
    code = primary(language)
    # Persian and Hindi papers may write a year in their own digits.
    plain = plain_digits(sentence.text)
    months = [
        (start, end, number)
        for start, end, number in (_months(code).find(sentence.text) if language is not None else ())
        # "April to June" as a quarter is no June.
        if not any(first < end + sentence.start and start + sentence.start < last for first, last, _ in sentence.times)
    ]
    for year in _YEAR.finditer(plain):
        start, end = year.start() + sentence.start, year.end() + sentence.start
        if _in_figure(sentence, start) or _NOT_A_YEAR.match(plain, year.end()) or _of_founding(sentence, start):
            continue
        told = _year(int(year[0][:4]), code)
        if told is None:
            continue
        value = str(told)
        for month_start, month_end, number in months:
            if -6 <= month_start - year.end() <= 4 or 0 <= year.start() - month_end <= 5:
                value = f"{value}-{number:02d}"
                start = min(start, month_start + sentence.start)
                end = max(end, month_end + sentence.start)
                break
        found.append((start, end, value))
    if published is not None and len(published) >= 4 and published[:4].isdigit():
        found += _relative(sentence, int(published[:4]))
        if len(published) >= 7 and not any(len(value) > 4 for _, _, value in found):
            found += _bare_months(sentence, months, published)
        if len(published) >= 7 and not found:
            found += _bare_quarters(sentence, published)
    if not found:
        return None
    span = (figure.start_char, figure.end_char)
    near = [one for one in found if sentence.apart(one[0], span[0]) == 0]
    if not near:
        found = [one for one in found if not _nearer_to_another(sentence, figure, one[0])]
        if not found:
            return None
    if not near and len({value for _, _, value in found}) > 1:
        return None
    start, end, value = min(near or found, key=lambda one: sentence.gap((one[0], one[1]), span))
    return Read(value, sentence.text[start - sentence.start : end - sentence.start])


def _year(number: int, code: str | None) -> int | None:
    """A year as our calendar counts it; Thai papers count from the Buddha."""
    calendar = calendar_of_year(number, code or "und")
    converted = None if calendar is None else gregorian(calendar, number, 1, None)
    return None if converted is None else converted[0]


def _nearer_to_another(sentence: Sentence, figure: Figure, position: int) -> bool:
    """Whether a time stands fewer clauses from another figure, to which it then belongs."""
    own = sentence.apart(position, figure.start_char)
    return any(sentence.apart(position, other.start_char) < own for other in sentence.figures)


def _in_figure(sentence: Sentence, position: int) -> bool:
    return any(figure.start_char <= position < figure.end_char for figure in sentence.figures)


def _of_founding(sentence: Sentence, position: int) -> bool:
    """Whether a year is the one in which somebody began ("founded in 2019"), which dates no figure."""
    return any("founded" in lists and sentence.apart(start, position) == 0 for start, _, lists in sentence.times)


def _relative(sentence: Sentence, year: int) -> list[tuple[int, int, str]]:
    shifts = {"last_year": -1, "this_year": 0, "next_year": 1}
    return [
        (start, end, str(year + shifts[kind])) for start, end, lists in sentence.times for kind in lists & shifts.keys()
    ]


def _bare_quarters(sentence: Sentence, published: str) -> list[tuple[int, int, str]]:
    """A quarter without a year is the last one that had begun; fiscal ones may begin in any month."""
    year, month = int(published[:4]), int(published[5:7])
    return [
        (start, end, str(year if int(kind[-1]) * 3 - 2 <= month else year - 1))
        for start, end, lists in sentence.times
        for kind in lists
        if kind.startswith("quarter_")
    ]


def _bare_months(sentence: Sentence, months: list[tuple[int, int, int]], published: str) -> list[tuple[int, int, str]]:
    """A month without a year is the last one that had begun when the article appeared."""
    year, month = int(published[:4]), int(published[5:7])
    return [
        (start + sentence.start, end + sentence.start, f"{year if number <= month else year - 1}-{number:02d}")
        for start, end, number in months
    ]


@cache
def _months(code: str | None) -> Matcher[int]:
    """The names of the months of one language, from CLDR, with the cases and spellings its table of dates adds."""
    names: dict[str, int] = {}
    if code is None:
        return Matcher(names)
    try:
        locale = Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return Matcher(names)
    written = [pair for usage in ("format", "stand-alone") for pair in locale.months[usage]["wide"].items()]
    # Chinese has "一月" for its full name, "1月" for its short one.
    written += [pair for pair in locale.months["format"]["abbreviated"].items() if pair[1][:1].isdigit()]
    added = tables().get(code, {}).get("months", {})
    written += [(int(number), form) for number, forms in added.items() for form in forms]
    for number, name in written:
        # "5月" and "5월" are found as digits and their sign, of which "15月" is no part.
        names.setdefault(f"={name}" if name[:1].isupper() else name, number)
    return Matcher(names)
