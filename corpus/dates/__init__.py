"""Dates named in a text: every notation and calendar of the languages we read, never completed by a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from corpus.dates.calendars import (
    BUDDHIST,
    ERAS,
    GREGORIAN,
    ISLAMIC,
    UMM_AL_QURA,
    calendar_of_year,
    cjk_number,
    gregorian,
    months,
    order_of,
    plain_digits,
)
from corpus.dates.clock import time_around
from corpus.model import DateMention
from corpus.words.matching import Matcher
from corpus.words.wording import tables


@dataclass(frozen=True, slots=True)
class Found:
    """A date as it stands in a text, in the Gregorian calendar; ``year`` is None where the text names none.

    ``other`` is the day and month read the other way round where ``1/2/2024`` allows both.
    """

    start: int
    end: int
    year: int | None
    month: int | None = None
    day: int | None = None
    other: tuple[int, int] | None = None
    relative: bool = False

    @property
    def value(self) -> str | None:
        """The ISO 8601 prefix, None without a year."""
        if self.year is None:
            return None
        if self.month is None:
            return f"{self.year:04d}"
        return f"{self.year:04d}-{self.month:02d}" + ("" if self.day is None else f"-{self.day:02d}")

    @property
    def precision(self) -> str:
        """``year``, ``month`` or ``day``."""
        return "year" if self.month is None else "month" if self.day is None else "day"


# What a date in digits, and a year, hold at the least: found faster than they are read.
_PARTED = re.compile(r"\d[./-]")
_FOUR_DIGITS = re.compile(r"[12]\d{3}")
_ISO = re.compile(r"(?<![\d.,/-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\d-]|[.,]\d)")
_NUMERIC = re.compile(r"(?<![\d.,/:-])(\d{1,4})([./-]) ?(\d{1,2})\2 ?(\d{4}|\d{1,2})(?!\d|[./-]\d|[,:%]\d)")
_COMPACT = re.compile(r"(?<![\w.-])(\d{4})(\d{2})(\d{2})(?:T\d{4,6}Z?)?(?![\w-]|\.\d)")
_CJK = re.compile(
    r"(?:(令和|平成|昭和|中華民國|民國|民国)? ?([0-9]{1,4}|元|[〇零一二三四五六七八九十]{1,5}) ?年 ?)?"
    r"([0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?月 ?(?:(?:([0-9]{1,2})|([一二三四五六七八九十廿]{1,4})) ?[日号號])?"
)
_CJK_YEAR = re.compile(
    r"(?<![0-9])(?:(令和|平成|昭和|中華民國|民國|民国) ?)?"
    r"([0-9]{1,4}|[〇零一二三四五六七八九]{4}) ?年(?![間间以来度前后後])"
)
_KOREAN = re.compile(r"(?<![0-9])(?:([0-9]{4}) ?년 ?)?([0-9]{1,2}) ?월(?: ?([0-9]{1,2}) ?일)?")
_YEAR = re.compile(r"(?<![\w.,/$€£¥₹+-])((?:1[39]|2[0156])\d\d)(?![\w/%$€£¥₹]|[.,:-]\d)")
_LEFT_DAY = re.compile(
    r"(?:(?<![\d.,/:$€£¥₹-])|(?<=\d:\d\d-))(\d{1,2})(?:st|nd|rd|th|er|º|°|ª|-?(?:a|e|го|ое|е|ші|і))?$"
)
_LEFT_YEAR = re.compile(r"(?<![\d.,/:$€£¥₹-])(\d{4})$")
_RIGHT_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er)?(?![\d:%]|[.,/]\d)")
_RIGHT_YEAR = re.compile(r"(\d{4})(?![\d%]|[.,/:]\d)")
# How far a day or a year may stand from the month's name.
_REACH = 28


@cache
def _links() -> re.Pattern[str]:
    """The small words that may stand between the parts of a date ("de", "of", "року")."""
    words = {word for table in tables().values() for word in table.get("dates", {}).get("links", ())}
    body = "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
    return re.compile(rf"[\s.,،、/]*(?:(?:{body})(?:[\s.,،、]+|(?=\d)|$)){{0,2}}", re.IGNORECASE)


def find_all(text: str, language: str | None, *, short_years: bool = False) -> list[Found]:
    """Every date in the text in order, none overlapping, also those without a year.

    ``short_years`` reads ``09.02.24`` too, as in the line that dates an article.
    """
    plain = plain_digits(text)
    taken: list[Found] = []
    for finder in (_numeric, _cjk, _named, _years):
        for found in finder(plain, language, short_years):
            taken.append(found)
    taken.sort(key=lambda found: (found.start, -found.end))
    result: list[Found] = []
    for found in taken:
        if not result or found.start >= result[-1].end:
            result.append(found)
    return result


def _numeric(text: str, language: str | None, short_years: bool) -> Iterator[Found]:
    parted = _PARTED.search(text) is not None
    for match in _ISO.finditer(text) if parted else ():
        yield from _checked(match, int(match[1]), int(match[2]), int(match[3]), language)
    if short_years:
        for match in _COMPACT.finditer(text):
            yield from _checked(match, int(match[1]), int(match[2]), int(match[3]), language)
    for match in _NUMERIC.finditer(text) if parted else ():
        first, middle, last = match[1], match[3], match[4]
        if len(last) == 1 and len(first) < 4:
            continue
        if len(first) == 4 and len(last) <= 2:
            yield from _checked(match, int(first), int(middle), int(last), language)
        elif len(first) == 3 and short_years and language in (None, "zh-Hant"):
            yield from _checked(match, int(first) + 1911, int(middle), int(last), language)
        elif len(first) <= 2 and (len(last) == 4 or short_years):
            yield from _day_or_month(text, match, language)


def _day_or_month(text: str, match: re.Match[str], language: str | None) -> Iterator[Found]:
    first, second = int(match[1]), int(match[3])
    year = int(match[4]) if len(match[4]) == 4 else 2000 + int(match[4])
    if len(match[4]) == 2 and order_of(language) == "ymd" and language != "fa":
        year, second, first = 2000 + first, int(match[3]), int(match[4])
        yield from _checked(match, year, second, first, language)
        return
    if first > 12 or second > 12 or first == second:
        day, month = (second, first) if second > 12 else (first, second)
        yield from _checked(match, year, month, day, language)
        return
    # Only the United States put the month first, and they write AM and PM; a full stop is never theirs.
    if match[2] == ".":
        yield from _checked(match, year, second, first, language)
    elif time_around(text, match.start(), match.end()).half_day:
        yield from _checked(match, year, first, second, language)
    elif language is None or language == "en":
        for found in _checked(match, year, second, first, language):
            yield replace(found, month=None, day=None, other=(first, second))
    else:
        yield from _checked(match, year, second, first, language)


def _checked(match: re.Match[str], year: int, month: int, day: int | None, language: str | None) -> Iterator[Found]:
    found = _found(match.start(), match.end(), GREGORIAN, year, month, day, language)
    if found is not None:
        yield found


def _found(
    start: int, end: int, calendar: str, year: int | None, month: int, day: int | None, language: str | None
) -> Found | None:
    """The date if it exists; a year of another calendar says which one it is."""
    if year is None:
        if calendar != GREGORIAN or day is None or not 1 <= day <= 31 or not 1 <= month <= 12:
            return None
        return Found(start, end, None, month, day)
    if calendar == GREGORIAN:
        told = calendar_of_year(year, language)
        if told is None:
            return None
        calendar = told
    if calendar == ISLAMIC and language == "ar":
        calendar = UMM_AL_QURA
    converted = gregorian(calendar, year, month, day)
    return None if converted is None else Found(start, end, *converted)


def _cjk(text: str, language: str | None, short_years: bool) -> Iterator[Found]:
    # The signs tell at once whether there is anything to look for.
    for match in _CJK.finditer(text) if "月" in text else ():
        month = cjk_number(match[3])
        written = match[4] or match[5]
        day = None if written is None else cjk_number(written)
        year = None if match[2] is None else cjk_number(match[2])
        if year is not None and match[1] is not None:
            year += ERAS[match[1]]
        elif year is not None and year < 1000:
            # "113年" is a year of the Republic only where Taiwan's script is written.
            year = year + 1911 if 90 <= year <= 200 and language == "zh-Hant" else None
        if month is not None and (year is not None or day is not None):
            found = _found(match.start(), match.end(), GREGORIAN, year, month, day, language)
            if found is not None:
                yield found
    for match in _CJK_YEAR.finditer(text) if "年" in text else ():
        year = cjk_number(match[2])
        if year is not None:
            year += ERAS.get(match[1] or "", 0)
            if 1900 <= year <= 2100:
                yield Found(match.start(), match.end(), year)
    for match in _KOREAN.finditer(text) if "월" in text else ():
        year, day = (None if match[n] is None else int(match[n]) for n in (1, 3))
        if year is not None or day is not None:
            found = _found(match.start(), match.end(), GREGORIAN, year, int(match[2]), day, language)
            if found is not None:
                yield found


def _named(text: str, language: str | None, short_years: bool) -> Iterator[Found]:
    for start, end, (calendar, month) in months(language).find(text):
        before = text[max(0, start - _REACH) : start]
        after = text[end : end + _REACH]
        found = _around(before, after, start, end, calendar, month, language, short_years)
        if found is not None:
            yield found


def _around(
    before: str,
    after: str,
    start: int,
    end: int,
    calendar: str,
    month: int,
    language: str | None,
    short_years: bool,
) -> Found | None:
    """The date a month's name makes with the numbers beside it."""
    gap = _trailing_gap(before)
    left = before[: len(before) - gap]
    left_day, left_year = _LEFT_DAY.search(left), _LEFT_YEAR.search(left)
    leap = _leading_gap(after)
    right_year = _RIGHT_YEAR.match(after, leap)
    right_day = _RIGHT_DAY.match(after, leap)
    if left_day is not None and 1 <= int(left_day[1]) <= 31:
        begin = start - len(before) + left_day.start()
        day = int(left_day[1])
        if right_year is not None:
            return _found(begin, end + right_year.end(), calendar, int(right_year[1]), month, day, language)
        if right_day is not None and short_years and len(right_day[1]) == 2:
            short = int(right_day[1])
            year = 2500 + short - 543 if language == "th" else 2000 + short
            return _found(begin, end + right_day.end(), calendar, year, month, day, language)
        return _found(begin, end, calendar, None, month, day, language)
    if left_year is not None:
        begin = start - len(before) + left_year.start()
        if right_day is not None and right_year is None:
            stop = end + right_day.end()
            return _found(begin, stop, calendar, int(left_year[1]), month, int(right_day[1]), language)
        return _found(begin, end, calendar, int(left_year[1]), month, None, language)
    if right_year is not None:
        return _found(start, end + right_year.end(), calendar, int(right_year[1]), month, None, language)
    if right_day is not None and 1 <= int(right_day[1]) <= 31:
        later = _RIGHT_YEAR.match(after, right_day.end() + _leading_gap(after[right_day.end() :]))
        told = None if later is None else int(later[1])
        stop = end + (right_day if later is None else later).end()
        return _found(start, stop, calendar, told, month, int(right_day[1]), language)
    return None


def _leading_gap(text: str) -> int:
    match = _links().match(text)
    return 0 if match is None else match.end()


_WORD_BEFORE = re.compile(r"(?:^|(?<=[\s\d.,،、]))([^\W\d_][^\s\d.,،、]{0,9})?[\s.,،、/]*$")


@cache
def _link_words() -> frozenset[str]:
    return frozenset(word.casefold() for table in tables().values() for word in table.get("dates", {}).get("links", ()))


def _trailing_gap(text: str) -> int:
    """How many characters at the end of the text only link a day or a year to what follows."""
    size = len(text)
    for _ in range(3):
        rest = text[:size].rstrip(" .,،、/\u00a0\n'’-")
        match = _WORD_BEFORE.search(rest)
        if match is None or match[1] is None or match[1].casefold() not in _link_words():
            return len(text) - len(rest)
        size = match.start(1)
    return len(text) - size


@cache
def _year_cues(language: str | None) -> Matcher[bool]:
    """Words that make a bare number of four digits a year ("in", "im Jahr", "seit")."""
    codes = tables() if language is None else (language, language.split("-")[0], "en")
    words = [word for code in codes for word in tables().get(code, {}).get("dates", {}).get("before_year", ())]
    return Matcher(dict.fromkeys(words, True))


@cache
def _after_year(language: str | None) -> tuple[str, ...]:
    codes = tables() if language is None else (language, language.split("-")[0])
    return tuple(word for code in codes for word in tables().get(code, {}).get("dates", {}).get("after_year", ()))


def _years(text: str, language: str | None, short_years: bool) -> Iterator[Found]:
    for match in _YEAR.finditer(text) if _FOUR_DIGITS.search(text) is not None else ():
        calendar = calendar_of_year(int(match[1]), language)
        if calendar is None or calendar not in (GREGORIAN, BUDDHIST):
            continue
        before = text[max(0, match.start() - 16) : match.start()].rstrip()
        cued = any(end == len(before) for _, end, _ in _year_cues(language).find(before))
        after = text[match.end() : match.end() + 12].lstrip().casefold()
        if cued or after.startswith(_after_year(language)):
            year = int(match[1]) - (543 if calendar == BUDDHIST else 0)
            yield Found(match.start(), match.end(), year)


@cache
def _relatives(language: str) -> Matcher[int]:
    words: dict[str, int] = {}
    for code in (language.split("-")[0], language):
        for days, forms in tables().get(code, {}).get("relative", {}).items():
            words.update(dict.fromkeys(forms, int(days)))
    return Matcher(words)


def find_dates(text: str, language: str | None, *, published: str | None = None) -> tuple[DateMention, ...]:
    """The dates a text names, in order, as ISO 8601 prefixes with precision (year, month, day) and role.

    The role is ``named`` where the text says the year, ``relative`` where only ``published`` (an ISO 8601
    prefix to the day) tells it: "gestern", "19. Januar". Without it such words are no dates.
    """
    found = find_all(text, language)
    day = _day(published)
    if day is not None:
        found = [each if each.year is not None else _nearest(each, day) for each in found]
        if language is not None:
            for start, end, distance in _relatives(language).find(text):
                told = day + timedelta(days=distance)
                found.append(Found(start, end, told.year, told.month, told.day, relative=True))
            found.sort(key=lambda each: (each.start, -each.end))
    mentions: list[DateMention] = []
    for each in found:
        if each.value is None or (mentions and each.start < mentions[-1].end_char):
            continue
        role = "relative" if each.relative else "named"
        quote = text[each.start : each.end]
        mentions.append(DateMention(each.start, each.end, quote, each.value, each.precision, role))
    return tuple(mentions)


def _day(published: str | None) -> date | None:
    try:
        return None if published is None else date.fromisoformat(published[:10])
    except ValueError:
        return None


def _nearest(found: Found, day: date) -> Found:
    """The day and month in the year that brings them closest to the publication."""
    best: date | None = None
    for year in (day.year - 1, day.year, day.year + 1):
        try:
            told = date(year, found.month or 1, found.day or 1)
        except ValueError:
            continue
        if best is None or abs(told - day) < abs(best - day):
            best = told
    return found if best is None else replace(found, year=best.year, relative=True)
