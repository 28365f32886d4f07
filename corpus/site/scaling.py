"""Large numbers with the scale word of a language, and none that English would read as another amount.

The interface speaks English, so a scale word of the reader's language stands in an English sentence:
a French "7 billions" (10¹²) would be taken for 10⁹ there. Such a word gives way to the next smaller
one, as newspapers of that language often write it anyway: "7 000 milliards".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale

from corpus.site.wording import scales

# Below a million digits are clearer than words.
SMALLEST = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Scaled:
    """What a number is divided by, and what is written around the quotient."""

    divisor: Decimal
    before: str
    after: str

    def around(self, number: str) -> str:
        """Give the number between the words of its scale."""
        return f"{self.before}{number}{self.after}"


def scaled(value: Decimal, locale: Locale, *, words: bool, smallest: Decimal = SMALLEST) -> Scaled | None:
    """Give the largest scale that is not above the value, None where digits are better.

    ``words`` asks for whole words ("trillion"), else for their abbreviations ("tn").
    """
    size = abs(value)
    code = _code(locale)
    if locale.language == "en":
        for scale in scales():
            if smallest <= scale.value <= size:
                return Scaled(scale.value, "", f" {scale.word if words else scale.short}")
        return None
    for step in _steps(code, words):
        if smallest <= step.power <= size:
            # Trailing zeros would count as decimals, which have a plural of their own.
            return step.worded(str(locale.plural_form((size / step.divisor).normalize())))
    return None


@lru_cache(maxsize=500)
def _code(locale: Locale) -> str:
    return str(locale)


@dataclass(frozen=True, slots=True)
class _Step:
    """A power of ten and the patterns a language writes it with, by plural."""

    power: Decimal
    divisor: Decimal
    patterns: Mapping[str, str]

    def worded(self, plural: str) -> Scaled:
        before, _, after = self.patterns.get(plural, self.patterns["other"]).replace("'", "").partition("0")
        return Scaled(self.divisor, before, after.lstrip("0"))


@lru_cache(maxsize=500)
def _steps(locale: str, words: bool) -> tuple[_Step, ...]:
    """The powers of ten a language has a word for that misleads nobody, largest first.

    Chinese, Japanese and Korean have one set of words, and it is called short. An abbreviation that
    misleads gives way to the whole word.
    """
    found = Locale.parse(locale).compact_decimal_formats
    steps: dict[Decimal, _Step] = {}
    for name in ("long", "short") if words else ("short", "long"):
        patterns = found.get(name, {})
        if words and steps:
            break
        for key, pattern in patterns.get("other", {}).items():
            power = Decimal(key)
            divisor = power / Decimal(10) ** (pattern.pattern.count("0") - 1)
            if power not in steps and divisor > 1 and not misleads(_letters(pattern.pattern), divisor):
                plurals = {plural: forms[key].pattern for plural, forms in patterns.items() if key in forms}
                alike = {
                    plural: text for plural, text in plurals.items() if text.count("0") == pattern.pattern.count("0")
                }
                steps[power] = _Step(power, divisor, alike)
    return tuple(sorted(steps.values(), key=lambda step: step.power, reverse=True))


def _letters(pattern: str) -> str:
    return "".join(char for char in pattern if char.isalpha()).casefold()


def misleads(word: str, value: Decimal) -> bool:
    """True where an English reader would take a scale word for another amount.

    >>> misleads("billions", Decimal(10**12)), misleads("milliards", Decimal(10**9))
    (True, False)
    """
    return any(
        scale.value != value
        and (_begins(scale.word, word) or word.startswith(scale.word) or word in (scale.short, *scale.also))
        for scale in scales()
    )


def _begins(whole: str, part: str) -> bool:
    return len(part) > 1 and whole.startswith(part)
