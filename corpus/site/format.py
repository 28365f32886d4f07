"""Numbers, dates and languages for people; everything else keeps them for programs.

Amounts arrive as SQLite keeps them, so each goes through ``Decimal(repr(value))``: what is shown is
what was stored, never a rounding of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal, get_currency_name, get_currency_symbol

from corpus.site.wording import Scale, scales, word_for

LOCALE = "en"
# English as most of the world writes its dates: 9 February 2024.
DATE_LOCALE = "en_GB"
_NUMBER = "#,##0.#########"


def decimal(value: float | int | None) -> Decimal | None:
    """Give the number as it was stored, None for none."""
    return None if value is None else Decimal(repr(value))


def plain(value: float | Decimal) -> str:
    """Give a number with grouped digits and without a tail of zeros: ``7,000,000,000,000``."""
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    with localcontext() as context:
        # The default of 28 digits is less than a large REAL has in front of its point.
        context.prec = 400
        return str(format_decimal(number, format=_NUMBER, locale=LOCALE, decimal_quantization=False))


def share(value: float) -> str:
    """Give a share of one in percent: ``99.99%``."""
    return f"{plain(Decimal(repr(round(value, 4))) * 100)}%"


def _scale(value: Decimal, *, smallest: int) -> Scale | None:
    return next((scale for scale in scales() if smallest <= scale.value <= abs(value)), None)


def _ends(low: Decimal, high: Decimal, *, words: bool) -> str:
    """Give a range with the scale said once where both ends share it."""
    parts = [_amount(low, words=words), _amount(high, words=words)]
    scale = _scale(low, smallest=1_000_000)
    if scale is not None and scale == _scale(high, smallest=1_000_000):
        parts[0] = plain(low / scale.value)
        return "–".join(parts)
    return "–".join(parts) if scale == _scale(high, smallest=1_000_000) else " – ".join(parts)


def _amount(value: Decimal, *, words: bool) -> str:
    scale = _scale(value, smallest=1_000_000)
    if scale is None:
        return plain(value)
    return f"{plain(value / scale.value)} {scale.word if words else scale.short}"


def _value(figure: Mapping[str, Any], *, words: bool) -> str:
    low, high = decimal(figure["low"]), decimal(figure["high"])
    if low is not None and high is not None and low != high:
        return _ends(low, high, words=words)
    end = low if low is not None else high
    return "" if end is None else _amount(end, words=words)


def _magnitude(value: Decimal) -> str:
    """Give "billions", "tens of billions" or "hundreds of millions"."""
    scale = _scale(value, smallest=1_000)
    if scale is None:
        return plain(value)
    times = value / scale.value
    front = {Decimal(10): "tens of ", Decimal(100): "hundreds of "}.get(times, "")
    return front + scale.plural


def _vague(figure: Mapping[str, Any]) -> str:
    ends = [_magnitude(end) for end in (decimal(figure["magnitude"]), decimal(figure["magnitude_high"])) if end]
    return " to ".join(ends)


def symbol(currency: str | None) -> str:
    """Give what stands before an amount: ``$``, ``€``, ``RUB ``, or nothing for an unknown currency."""
    if currency is None:
        return ""
    sign = str(get_currency_symbol(currency, locale=LOCALE))
    return f"{sign} " if sign[-1:].isalpha() else sign


def _currency(figure: Mapping[str, Any]) -> str:
    code = figure["currency"]
    if code is None:
        return ""
    # "5–7 trillion US dollars": after a scale word the plural, as after any number but one.
    one = figure["low"] == figure["high"] == 1
    return str(get_currency_name(code, count=1 if one else 2, locale=LOCALE))


def short(figure: Mapping[str, Any]) -> str:
    """Give a figure as analysts note it: ``$8–10 bn``, ``> $7 tn``, ``13.1%``, ``3×``, ``350,000``."""
    if figure["vague"]:
        said = _vague(figure)
        return f"{symbol(figure['currency']).strip()} {said}" if figure["currency"] else said
    value, kind = _value(figure, words=False), figure["kind"]
    sign = word_for("sign", figure["qualifier"]) if figure["qualifier"] not in (None, "exact") else ""
    if kind == "money":
        return f"{sign}{symbol(figure['currency'])}{value}"
    if kind == "percent":
        return f"{sign}{value} pp" if figure["unit"] == "pp" else f"{sign}{value}%"
    if kind == "multiple":
        return f"{sign}{value}×"
    return f"{sign}{value} {figure['unit'] or ''}".rstrip() if kind == "quantity" else f"{sign}{value}"


def reading(figure: Mapping[str, Any]) -> str:
    """Give a figure in words: ``5–7 trillion US dollars``, ``more than 3 times``, ``billions of euros``."""
    kind = figure["kind"]
    if figure["vague"]:
        return f"{_vague(figure)} of {_currency(figure) or 'an unstated currency'}, no number given"
    value = _value(figure, words=True)
    if kind == "money":
        rest = _currency(figure) or "in an unstated currency"
    elif kind == "percent":
        value, rest = (value, "percentage points") if figure["unit"] == "pp" else (f"{value}%", "")
    elif kind == "multiple":
        rest = "times"
    else:
        rest = figure["unit"] or ""
    hedge = word_for("qualifier", figure["qualifier"]) if figure["qualifier"] not in (None, "exact") else ""
    return " ".join(part for part in (hedge, value, rest) if part)


def format_date(prefix: str | None) -> str:
    """Give an ISO date as far as it is known: ``9 February 2024``, ``February 2024``, ``undated``.

    >>> format_date("2024-01-20T11:14:25"), format_date("2024-02"), format_date(None)
    ('20 January 2024, 11:14:25', 'February 2024', 'undated')
    """
    if prefix is None or prefix == "":
        return "undated"
    day, _, time = prefix.partition("T")
    shapes = {4: ("%Y", "y"), 7: ("%Y-%m", "MMMM y"), 10: ("%Y-%m-%d", "d MMMM y")}
    try:
        parse, show = shapes[len(day)]
        date = datetime.datetime.strptime(day, parse).date()
    except (KeyError, ValueError):
        return prefix
    shown = str(babel_date(date, format=show, locale=DATE_LOCALE))
    return f"{shown}, {_time(time)}" if time else shown


def _time(stated: str) -> str:
    """Give a local time as stated, its offset set off: ``11:14 +01:00``."""
    clock = stated.rstrip("Z")
    at = max(clock.find("+"), clock.find("-"))
    offset = "UTC" if clock != stated else clock[at:] if at > 0 else ""
    return f"{clock[:at] if at > 0 else clock} {offset}".rstrip()


def short_date(prefix: str | None) -> str:
    """Give a date for a narrow column: ``9 Feb 2024``."""
    shown = format_date(prefix).partition(",")[0]
    month = prefix[5:7] if prefix is not None else ""
    if not month.isdigit() or not 1 <= int(month) <= 12:
        return shown
    name = Locale.parse(DATE_LOCALE).months["format"]["wide"][int(month)]
    return shown.replace(str(name), str(Locale.parse("en").months["format"]["abbreviated"][int(month)]))


@lru_cache(maxsize=1000)
def _locale(code: str | None) -> Locale | None:
    if not code:
        return None
    try:
        return Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError, TypeError):
        return None


def language_name(code: str | None) -> str:
    """Give the English name of a BCP 47 tag, the tag where there is none, "unknown language" for none."""
    if code is None or code in ("", "und"):
        return "unknown language"
    locale = _locale(code)
    return code if locale is None else str(locale.get_display_name(LOCALE))


def direction(code: str | None) -> str:
    """Give ``ltr`` or ``rtl`` for the script of a language, ``auto`` where it is unknown."""
    locale = _locale(code)
    return "auto" if locale is None else str(locale.text_direction)


def sentence(words: str) -> str:
    """Give words as the beginning of a sentence, the rest of them as they are."""
    return words[:1].upper() + words[1:]


def opening(text: str, *, words: int = 12) -> str:
    """Give the first words of a text, for an article without a headline."""
    parts = text[:400].split()
    shown = " ".join(parts[:words])[:90]
    return shown.rstrip(" ,;:") + ("…" if len(shown) < len(text.strip()) else "")
