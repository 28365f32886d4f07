"""Numbers, dates and languages for people, as a reader's language writes them; programs get them as stored.

The interface speaks English; a ``Form`` gives the digits, scale words, currency signs and dates of another
language in it. ``ENGLISH`` is what everything outside of a page is written in.

Amounts arrive as SQLite keeps them, so each goes through ``Decimal(repr(value))``: what is shown is
what was stored, never a rounding of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.dates import format_skeleton
from babel.numbers import format_decimal, get_currency_name, get_currency_symbol

from corpus.site.scaling import SMALLEST, Scaled, scaled
from corpus.site.wording import message, scales, word_for

_DECIMALS = ".#########"
# Below this a vague scale is no word: "thousands" is one, "hundreds" is not told apart.
_VAGUE_FROM = Decimal(1_000)


def decimal(value: float | int | None) -> Decimal | None:
    """Give the number as it was stored, None for none."""
    return None if value is None else Decimal(repr(value))


@dataclass(frozen=True, slots=True)
class Form:
    """How one reader is shown numbers and dates; ``code`` is a locale as Babel names it.

    The default is English with the dates of most of the world: 9 February 2024.
    """

    code: str = "en_GB"

    @property
    def locale(self) -> Locale:
        """The locale's data."""
        return _parsed(self.code)

    @property
    def english(self) -> bool:
        """True where words may stand around an amount."""
        return self.code.partition("_")[0] == "en"

    def plain(self, value: float | Decimal) -> str:
        """Give a number with grouped digits and without a tail of zeros: ``7,000,000,000,000``."""
        return _plain(value if isinstance(value, Decimal) else Decimal(repr(value)), self.code)

    def say(self, key: str, /, **values: Any) -> str:
        """Give a message of the interface, its numbers as this reader is shown them; see ``wording.message``."""
        return message(key, self.plain, **values)

    def percent(self, number: str) -> str:
        """Give a number with the percent sign where it belongs: ``13.1%``, ``13,1 %``, ``%13,1``."""
        pattern = self.locale.percent_formats[None].pattern.partition(";")[0]
        front, digits = pattern[: pattern.index("#")], pattern.rindex("0")
        return f"{front}{number}{pattern[digits + 1 :]}"

    def share(self, value: float) -> str:
        """Give a share of one in percent: ``99.99%``."""
        return self.percent(self.plain(Decimal(repr(round(value, 4))) * 100))

    def symbol(self, currency: str | None) -> str:
        """Give the sign of a currency: ``$``, ``€``, ``RUB``, nothing for an unknown one."""
        return (
            ""
            if currency is None
            else str(get_currency_symbol(currency, locale=_parsed("en") if self.english else self.locale))
        )

    def money(self, amount: str, currency: str | None) -> str:
        """Give an amount with the sign of its currency on the side where it belongs: ``$8 bn``, ``8 Mrd. $``."""
        sign = self.symbol(currency)
        if not sign:
            return amount
        pattern = self.locale.currency_formats["standard"].pattern
        if pattern.lstrip("\u200e\u200f").startswith("¤"):
            return f"{sign} {amount}" if sign[-1:].isalpha() else f"{sign}{amount}"
        return f"{amount} {sign}"

    def amount(self, value: Decimal, *, words: bool) -> str:
        """Give a number with its scale: ``1.72 trillion``, ``1,72 Bio.``, ``20,000``."""
        scale = scaled(value, self.locale, words=words)
        return self.plain(value) if scale is None else scale.around(self.plain(value / scale.divisor))

    def short(self, figure: Mapping[str, Any]) -> str:
        """Give a figure as analysts note it: ``$8–10 bn``, ``> $7 tn``, ``13.1%``, ``3×``, ``350,000``."""
        kind, currency = figure["kind"], figure["currency"]
        if figure["vague"]:
            if self.english:
                return f"{self.symbol(currency)} {self._vague(figure)}".strip()
            return f"~ {self.money(self._vague(figure, words=False), currency)}"
        value = self._value(figure, words=False)
        if kind == "money":
            value = self.money(value, currency)
        elif kind == "percent":
            points = figure["unit"] == "pp"
            value = f"{value} {message('number.points_short')}" if points else self.percent(value)
        elif kind == "multiple":
            value = f"{value}×"
        elif kind == "quantity":
            value = f"{value} {figure['unit'] or ''}".rstrip()
        return self._hedge("sign", figure) + value

    def reading(self, figure: Mapping[str, Any]) -> str:
        """Give a figure in words: ``5–7 trillion US dollars``, ``more than 3 times``, ``billions of euros``."""
        kind, currency = figure["kind"], figure["currency"]
        unstated = "" if currency is not None else message("unknown.currency")
        if figure["vague"]:
            said = self._vague(figure)
            if self.english:
                named = self._currency(figure) or message("unknown.currency_name")
                said = message("number.vague", scale=said, currency=named)
            else:
                said = f"~ {self.money(said, currency)} {unstated}".rstrip()
            return message("number.no_number", amount=said)
        value, rest = self._value(figure, words=True), ""
        if kind == "money":
            if self.english:
                rest = self._currency(figure) or unstated
            else:
                value, rest = self.money(value, currency), unstated
        elif kind == "percent":
            value, rest = (value, message("number.points")) if figure["unit"] == "pp" else (self.percent(value), "")
        elif kind == "multiple":
            rest = message("number.times")
        else:
            rest = figure["unit"] or ""
        if self.english:
            return " ".join(part for part in (self._hedge("qualifier", figure), value, rest) if part)
        # A sign needs no grammar: an English "more than" and a French scale word do not go together.
        return " ".join(part for part in (self._hedge("sign", figure) + value, rest) if part)

    def _hedge(self, section: str, figure: Mapping[str, Any]) -> str:
        return "" if figure["qualifier"] in (None, "exact") else word_for(section, figure["qualifier"])

    def _value(self, figure: Mapping[str, Any], *, words: bool) -> str:
        low, high = decimal(figure["low"]), decimal(figure["high"])
        if low is not None and high is not None and low != high:
            return self._range(low, high, words=words)
        end = low if low is not None else high
        return "" if end is None else self.amount(end, words=words)

    def _range(self, low: Decimal, high: Decimal, *, words: bool) -> str:
        """Give a range with the scale said once where both ends share it."""
        lower, upper = scaled(low, self.locale, words=words), scaled(high, self.locale, words=words)
        if _divisor(lower) != _divisor(upper):
            return f"{self.amount(low, words=words)} – {self.amount(high, words=words)}"
        if upper is None:
            return f"{self.plain(low)}–{self.plain(high)}"
        return upper.around(f"{self.plain(low / upper.divisor)}–{self.plain(high / upper.divisor)}")

    def _vague(self, figure: Mapping[str, Any], *, words: bool = True) -> str:
        ends = [end for end in (decimal(figure["magnitude"]), decimal(figure["magnitude_high"])) if end]
        if self.english:
            said = [self._magnitude(end) for end in ends]
            return message("number.between", low=said[0], high=said[1]) if len(said) == 2 else "".join(said)
        return "–".join(self.amount(end, words=words) for end in ends)

    def _magnitude(self, value: Decimal) -> str:
        """Give "billions", "tens of billions" or "hundreds of millions"."""
        for scale in scales():
            if _VAGUE_FROM <= scale.value <= value:
                front = {Decimal(10): "number.tens", Decimal(100): "number.hundreds"}.get(value / scale.value)
                return scale.plural if front is None else message(front, scale=scale.plural)
        return self.plain(value)

    def _currency(self, figure: Mapping[str, Any]) -> str:
        code = figure["currency"]
        if code is None:
            return ""
        # "5–7 trillion US dollars": after a scale word the plural, as after any number but one.
        one = figure["low"] == figure["high"] == 1
        return str(get_currency_name(code, count=1 if one else 2, locale=self.locale))

    def format_date(self, prefix: str | None) -> str:
        """Give an ISO date as far as it is known: ``9 February 2024``, ``February 2024``, ``undated``.

        >>> ENGLISH.format_date("2024-01-20T11:14:25"), ENGLISH.format_date("2024-02"), ENGLISH.format_date(None)
        ('20 January 2024, 11:14:25', 'February 2024', 'undated')
        """
        if prefix is None or prefix == "":
            return message("unknown.date")
        day, _, time = prefix.partition("T")
        shown = _date(day, self.code, "MMMM")
        return prefix if shown is None else f"{shown}, {_time(time)}" if time else shown

    def short_date(self, prefix: str | None) -> str:
        """Give a date for a narrow column: ``9 Feb 2024``."""
        if prefix is None or prefix == "":
            return message("unknown.date")
        return _date(prefix.partition("T")[0], self.code, "MMM") or prefix

    def tick(self, day: datetime.date, skeleton: str) -> str:
        """Give what of a day stands on an axis: ``y``, ``yMMM``, ``MMMd`` or ``yMMMd``."""
        return _skeleton(day, self.code, skeleton)

    def language_name(self, code: str | None) -> str:
        """Give the English name of a BCP 47 tag, the tag where there is none, "unknown language" for none."""
        return message("unknown.language") if code is None or code in ("", "und") else _language_name(code)

    def direction(self, code: str | None) -> str:
        """Give ``ltr`` or ``rtl`` for the script of a language, ``auto`` where it is unknown."""
        locale = _locale(code)
        return "auto" if locale is None else str(locale.text_direction)

    def sentence(self, words: str) -> str:
        """Give words as the beginning of a sentence, the rest of them as they are."""
        return words[:1].upper() + words[1:]

    def opening(self, text: str, *, words: int = 12) -> str:
        """Give the first words of a text, for an article without a headline."""
        parts = text[:400].split()
        shown = " ".join(parts[:words])[:90]
        return shown.rstrip(" ,;:") + ("…" if len(shown) < len(text.strip()) else "")


def _divisor(scale: Scaled | None) -> Decimal:
    return Decimal(1) if scale is None else scale.divisor


@lru_cache(maxsize=5000)
def _date(day: str, code: str, month: str) -> str | None:
    shapes = {4: ("%Y", "y"), 7: ("%Y-%m", f"y{month}"), 10: ("%Y-%m-%d", f"y{month}d")}
    try:
        parse, skeleton = shapes[len(day)]
        date = datetime.datetime.strptime(day, parse).date()
    except (KeyError, ValueError):
        return None
    if skeleton == "yMMMMd":
        return str(babel_date(date, format="long", locale=code))
    return _skeleton(date, code, skeleton)


@lru_cache(maxsize=5000)
def _skeleton(day: datetime.date, code: str, skeleton: str) -> str:
    return str(format_skeleton(skeleton, day, locale=code))


def _time(stated: str) -> str:
    """Give a local time as stated, its offset set off: ``11:14 +01:00``."""
    clock = stated.rstrip("Z")
    at = max(clock.find("+"), clock.find("-"))
    offset = "UTC" if clock != stated else clock[at:] if at > 0 else ""
    return f"{clock[:at] if at > 0 else clock} {offset}".rstrip()


@lru_cache(maxsize=500)
def _parsed(code: str) -> Locale:
    return Locale.parse(code)


@lru_cache(maxsize=20_000)
def _plain(number: Decimal, code: str) -> str:
    with localcontext() as context:
        # The default of 28 digits is less than a large REAL has in front of its point.
        context.prec = 400
        locale = _parsed(code)
        # Digits are grouped as the language groups them: 70,00,000 in Hindi.
        pattern = locale.decimal_formats[None].pattern.partition(".")[0] + _DECIMALS
        return str(format_decimal(number, format=pattern, locale=locale, decimal_quantization=False))


@lru_cache(maxsize=1000)
def _language_name(code: str) -> str:
    locale = _locale(code)
    return code if locale is None else str(locale.get_display_name("en"))


@lru_cache(maxsize=1000)
def _locale(code: str | None) -> Locale | None:
    if not code:
        return None
    try:
        return Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError, TypeError):
        return None


ENGLISH = Form()
plain, share, short, reading = ENGLISH.plain, ENGLISH.share, ENGLISH.short, ENGLISH.reading
format_date, short_date = ENGLISH.format_date, ENGLISH.short_date
language_name, direction = ENGLISH.language_name, ENGLISH.direction
sentence, opening, symbol = ENGLISH.sentence, ENGLISH.opening, ENGLISH.symbol
__all__ = [
    "ENGLISH", "SMALLEST", "Form", "decimal", "direction", "format_date", "language_name", "opening", "plain",
    "reading", "sentence", "share", "short", "short_date",
    "symbol",
]  # fmt: skip
