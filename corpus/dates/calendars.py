"""Months and years as languages write them, and other calendars' dates as Gregorian ones.

``python -m corpus.dates.calendars`` writes the months of CLDR, through Babel, to ``locales/reading/months.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from convertdate import islamic, persian
from hijridate import Hijri

from corpus.words.matching import Matcher
from corpus.words.wording import Words, tables

HOME = Path(__file__).parent.parent / "locales" / "reading" / "months.json"
GREGORIAN, SOLAR_HIJRI, ISLAMIC, UMM_AL_QURA, BUDDHIST, MINGUO = (
    "gregorian",
    "solar_hijri",
    "islamic",
    "umm_al_qura",
    "buddhist",
    "minguo",
)
# Sections of the reading tables that name months, and the calendar they belong to.
_SECTIONS = {"months": GREGORIAN, "solar_hijri_months": SOLAR_HIJRI, "islamic_months": ISLAMIC}
# First year of a Japanese era less one.
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911, "中華民國": 1911}

# Decimal digits that are not ASCII, and full-width marks.
_DIGIT = re.compile("[^\\D0-9]|[\uff01-\uff5e]")
# Months that are a number and a sign are read as numbers.
_NUMBERED = re.compile("[月월]|^[0-9]+$")
_CJK_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def plain_digits(text: str) -> str:
    """The text with every script's decimal digits and full-width marks as ASCII; offsets stay true."""
    return _DIGIT.sub(_plain, text)


def _plain(match: re.Match[str]) -> str:
    char = match[0]
    if char.isdecimal():
        return str(int(char))
    return chr(ord(char) - 0xFEE0) if "\uff01" <= char <= "\uff5e" else char


def cjk_number(text: str) -> int | None:
    """The value of a number up to 99 or a year written in Chinese characters ("二十三", "二〇二四") or digits."""
    if text == "元":
        return 1
    if text.isdecimal():
        return int(text)
    if "十" not in text and "廿" not in text:
        digits = text.translate(_CJK_DIGITS)
        return int(digits) if digits.isdecimal() else None
    tens, _, ones = text.replace("廿", "二十").partition("十")
    high = tens.translate(_CJK_DIGITS) if tens else "1"
    low = ones.translate(_CJK_DIGITS) if ones else "0"
    return int(high) * 10 + int(low) if (high + low).isdecimal() else None


@cache
def _from_cldr() -> Mapping[str, Mapping[str, Any]]:
    content = files("corpus.locales").joinpath("reading", "months.json").read_text(encoding="utf-8")
    return dict(json.loads(content))


def order_of(language: str | None) -> str | None:
    """The order of day, month and year in the language's short date: "dmy", "mdy" or "ymd"."""
    entry = None if language is None else _entry(language, _from_cldr())
    return None if entry is None else str(entry["order"])


def _entry(language: str, source: Mapping[str, Any]) -> Any:
    for tag in (language, language.split("-")[0]):
        if tag in source:
            return source[tag]
    return None


def month_forms(language: str) -> dict[str, tuple[str, int]]:
    """Each form of a month's name in the language → its calendar and number."""
    forms: dict[str, tuple[str, int]] = {}
    for source, sections in ((_from_cldr(), {"months": GREGORIAN}), (tables(), _SECTIONS)):
        entry = _entry(language, source)
        for section, calendar in sections.items():
            for number, names in (entry or {}).get(section, {}).items():
                for name in names:
                    forms.setdefault(name, (calendar, int(number)))
    return forms


@cache
def months(language: str | None) -> Matcher[tuple[str, int]] | Words[tuple[str, int]]:
    """Finds month names: of the language and English, or where it is unknown those that mean one month in all."""
    if language is not None:
        return Matcher({**month_forms("en"), **month_forms(language)})
    seen: dict[str, set[tuple[str, int]]] = {}
    for code in sorted({*_from_cldr(), *tables()}):
        for form, month in month_forms(code).items():
            seen.setdefault(form.casefold(), set()).add(month)
    return Words({form: next(iter(found)) for form, found in seen.items() if len(found) == 1})


def gregorian(calendar: str, year: int, month: int, day: int | None) -> tuple[int, int, int | None] | None:
    """A date of another calendar as year, month and day; None where it does not exist or only its day could tell."""
    if calendar == BUDDHIST:
        year -= 543
    elif calendar == MINGUO:
        year += 1911
    elif calendar == UMM_AL_QURA:
        # The calendar of Saudi Arabia is computed, and so certain to the day; Arabic papers print it.
        try:
            told = Hijri(year, month, 1 if day is None else day).to_gregorian()
        except (ValueError, OverflowError):
            return None
        return None if day is None else (told.year, told.month, told.day)
    elif calendar in (SOLAR_HIJRI, ISLAMIC):
        # A month of these calendars lies in two of ours: without the day there is no telling.
        kind = persian if calendar == SOLAR_HIJRI else islamic
        if day is None or not (1 <= month <= 12 and 1 <= day <= kind.month_length(year, month)):
            return None
        year, month, day = kind.to_gregorian(year, month, day)
        if calendar == ISLAMIC:
            # The month begins with the sighting of the moon, a day sooner or later than the table has it.
            near = {(date(year, month, day) + timedelta(days=shift)).month for shift in (-1, 0, 1)}
            if len(near) > 1:
                return None
            day = None
    try:
        date(year, month, 1 if day is None else day)
    except ValueError:
        return None
    return year, month, day


def calendar_of_year(year: int, language: str | None) -> str | None:
    """The calendar a four-digit year belongs to; None where it is no year of any."""
    if 1900 <= year <= 2100:
        return GREGORIAN
    if 2440 <= year <= 2643 and (language is None or language == "th"):
        return BUDDHIST
    if 1300 <= year <= 1499 and language in ("fa", "ar", "ur"):
        return {"fa": SOLAR_HIJRI, "ar": UMM_AL_QURA}.get(language, ISLAMIC)
    return None


def build(languages: tuple[str, ...]) -> str:
    """The content of ``months.json``: month names and the order of the short date in each language."""
    from babel import Locale, localedata

    content: dict[str, Any] = {}
    for language in languages:
        # Babel resolves an alias into the data all locales share: each is read into an empty cache.
        localedata._cache.clear()
        locale = Locale.parse({"no": "nb", "sr": "sr_Latn"}.get(language, language.replace("-", "_")))
        locales = [Locale.parse("sr"), locale] if language == "sr" else [locale]
        names: dict[str, list[str]] = {}
        for each in locales:
            for context in ("format", "stand-alone"):
                for width in ("wide", "abbreviated"):
                    for number, name in each.months[context][width].items():
                        forms = names.setdefault(str(number), [])
                        for form in (name, name.rstrip(".")):
                            if form not in forms and len(form.strip(".")) > 1 and not _NUMBERED.search(form):
                                forms.append(form)
            localedata._cache.clear()
        pattern = locale.date_formats["short"].pattern
        order = "".join(sorted("dMy", key=pattern.index)).lower()
        content[language] = {
            "order": order,
            "months": {number: forms for number, forms in names.items() if forms},
        }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    # The languages are those of the file itself: another is added to it by hand and filled in here.
    HOME.write_text(build(tuple(_from_cldr())), encoding="utf-8")
