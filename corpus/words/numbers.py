"""Digits and number words to Decimal.

Digits: ``parse_digits`` reads one written number by the separators of a language. Words:
``Stack`` adds and multiplies the values of number and scale words in the order they are spoken,
the same way for "two hundred thousand", "5천억", "6 lakh crore" and "4 Milliarden 200 Millionen".
"""

from __future__ import annotations

import re
from decimal import Decimal

# More digits than any figure in the news; longer runs are identifiers.
MAX_DIGITS = 24

_SEPARATORS = re.compile(r"[^0-9]")
_MILLION = Decimal(10**6)


def parse_digits(token: str, *, decimal: str = ".", group: str = ",") -> Decimal | None:
    """The value of digits with separators as one language writes them, or None where they make no number.

    `decimal` and `group` only decide where both readings are possible ("1.500"); two different
    separators, a repeated one, a leading zero or a group of other than three digits decide alone.

    >>> parse_digits("1.500", decimal=",", group=".")
    Decimal('1500')
    >>> parse_digits("1.72", decimal=",", group=".")
    Decimal('1.72')
    """
    if len(token) > 2 * MAX_DIGITS:
        return None
    parts = _SEPARATORS.split(token)
    if sum(map(len, parts)) > MAX_DIGITS:
        return None
    signs = _SEPARATORS.findall(token)
    if not signs:
        return None if len(token) > 1 and token[0] == "0" else Decimal(token)
    kinds = list(dict.fromkeys(signs))
    if len(kinds) > 2 or (len(kinds) == 2 and (signs.count(kinds[1]) > 1 or signs[-1] != kinds[1])):
        return None
    if len(kinds) == 2:
        whole, fraction = parts[:-1], parts[-1]
    elif len(signs) > 1:
        whole, fraction = parts, ""
    elif _is_decimal(parts, signs[0], decimal=decimal, group=group):
        whole, fraction = parts[:1], parts[1]
    else:
        whole, fraction = parts, ""
    if len(whole) > 1 and not _grouped(whole):
        return None
    digits = "".join(whole)
    if len(digits) > 1 and digits[0] == "0":
        return None
    return Decimal(f"{digits}.{fraction}" if fraction else digits)


def _is_decimal(parts: list[str], sign: str, *, decimal: str, group: str) -> bool:
    if sign in ("'", " ", "\u066c", "\u00b7"):
        return sign == "\u00b7" and len(parts[1]) != 3
    if sign in ("\u066b", "/"):  # Persian writes 40/5 for 40.5
        return True
    if len(parts[1]) != 3 or parts[0] == "0" or len(parts[0]) > 3:
        return True
    if parts[1].endswith("0"):
        return False  # nobody writes a third decimal to say nothing: 1,500 is fifteen hundred everywhere
    return sign == decimal and sign != group


def _grouped(parts: list[str]) -> bool:
    """Thousands in threes (1,234,567), the Indian way (12,34,567) or the Chinese (1,2345,6789)."""
    if not 1 <= len(parts[0]) <= 4:
        return False
    sizes = {len(part) for part in parts[1:]}
    if sizes == {3}:
        return len(parts[0]) <= 3
    if sizes == {4}:
        return True
    return len(parts[-1]) == 3 and {len(part) for part in parts[1:-1]} <= {2} and len(parts[0]) <= 2


def unambiguous_decimal(token: str) -> str | None:
    """The decimal sign of a number that can only be read one way, else None."""
    signs: list[str] = _SEPARATORS.findall(token)
    if not signs or signs[-1] not in ".,":
        return None
    other = {".": ",", ",": "."}[signs[-1]]
    if len(set(signs)) == 2:
        return signs[-1]
    if len(signs) > 1:
        return other
    whole, fraction = token.split(signs[0])
    if len(fraction) == 3 and fraction.endswith("0") and whole != "0" and len(whole) <= 3:
        return other
    return signs[0] if len(fraction) != 3 or whole == "0" or len(whole) > 3 else None


class Stack:
    """The value of number and scale words as they are heard one after another."""

    def __init__(self) -> None:
        self._parts: list[Decimal] = []
        self._scales: list[Decimal] = []  # the largest scale that went into each part, 1 for none
        self.heard: list[Decimal] = []  # the scales, in the order they were heard
        self._fresh = False  # the last thing heard was a number, not a scale
        self._awaited = Decimal(0)  # a part heard before the number it belongs to

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def value(self) -> Decimal:
        """The sum of what was heard."""
        return sum(self._parts, Decimal(0))

    @property
    def scale(self) -> Decimal:
        """The largest scale heard (1 where there was none)."""
        return max(self._scales, default=Decimal(1))

    @property
    def last_scale(self) -> Decimal:
        """The scale of the last part (1 where it has none)."""
        return self._scales[-1] if self._scales else Decimal(1)

    def takes_number(self, value: Decimal, *, joined: bool = True) -> bool:
        """Whether a number word can follow: "twenty five" and "hundred five"; "five and twenty" only `joined`."""
        if not self._parts:
            return True
        if self._fresh:
            last = self._parts[-1]
            if value < 1:
                return last == 1  # one half
            # Twenty five, two hundred fifty (in one word) and, as German and Arabic say it, five and twenty.
            unit_first = joined and 0 < last % 100 < 10 and 20 <= value < 100 and value % 10 == 0
            return value < _place(last) or unit_first
        return value < self._scales[-1]

    def number(self, value: Decimal) -> None:
        """Hear a number."""
        if self._fresh and value < 1:
            self._parts[-1] *= value
        elif self._fresh:
            self._parts[-1] += value
        else:
            self._parts.append(value + self._awaited)
            self._scales.append(Decimal(1))
            self._awaited = Decimal(0)
        self._fresh = True

    def whole(self, value: Decimal) -> None:
        """Hear a word for a whole large amount (two million, as Arabic says it)."""
        self._parts.append(value)
        self._scales.append(_place(value))
        self._fresh = False

    def takes_scale(self, scale: Decimal) -> bool:
        """Whether a scale word can follow: after "2 million 3" comes no second million."""
        if self.is_squared(scale):
            return True
        below = self._below(scale)
        return not self._parts or (below < len(self._parts) and (below == 0 or self._scales[below - 1] > scale))

    def multiplies(self, scale: Decimal) -> None:
        """Hear a scale: it multiplies all smaller parts ("one hundred twenty thousand", "6 lakh crore")."""
        if self.is_squared(scale):
            self.heard.append(scale)
            self._parts[-1] *= scale
            self._scales[-1] *= scale
            return
        below = self._below(scale)
        heard = sum(self._parts[below:], Decimal(0)) if below < len(self._parts) else 1 + self._awaited
        self._awaited = Decimal(0)
        self.heard.append(scale)
        del self._parts[below:], self._scales[below:]
        self._parts.append(heard * scale)
        self._scales.append(scale)
        self._fresh = False

    def adds_part(self, fraction: Decimal) -> None:
        """Hear a part of one: of the number beside it ("साढ़े तीन"), or of the scale before it ("y medio")."""
        if self._parts:
            self._parts[-1] += fraction * self._scales[-1]
        else:
            self._awaited += fraction

    def is_squared(self, scale: Decimal) -> bool:
        """Whether a scale comes upon itself: "siete millones de millones", "a million million"."""
        return bool(self._parts) and not self._fresh and scale >= _MILLION and self._scales[-1] == scale

    def _below(self, scale: Decimal) -> int:
        index = len(self._parts)
        while index and self._scales[index - 1] < scale:
            index -= 1
        return index


def _place(value: Decimal) -> Decimal:
    """The place of the last digit that is not zero: 100 for 200, 10 for 250."""
    place = Decimal(1)
    while value and value % (place * 10) == 0:
        place *= 10
    return place
