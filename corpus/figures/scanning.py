"""A text being read for figures: what stands at each place, looked up once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from corpus.locales.lexicon import CONTINUOUS, LETTERS, Locale, Match
from corpus.words.numbers import parse_digits, unambiguous_decimal

# Digits with the separators numbers have. Spaces are added where the language groups with them.
_NUMBER = re.compile("[0-9]+(?:[.,'\u066b\u066c\u00b7][0-9]+)*")
_SPACED_GROUPS = re.compile("(?: [0-9]{3})+(?![0-9])(?:[.,\u066b][0-9]+)?")
_SLASH = re.compile("/[0-9]{1,2}(?![0-9/])")
_HARD_SPACES = ("\u00a0", "\u202f", "\u2009")
_REMEMBERED = 10_000  # look-ups kept at a time, so that memory does not grow with the text
_MEASURES = {"unit", "currency", "symbol", "percent", "points", "times", "duration"}
_CONTINUOUS = re.compile(f"[{CONTINUOUS}]")
_CLAUSE_END = re.compile(r"[.;:!?][ ]+|[。！？；\n]")


class Number(NamedTuple):
    """Digits at a place: where they end and their value, None where they make no number."""

    end: int
    value: Decimal | None
    plain: bool  # no separator in it


class Scan:
    """Look-ups in one text, each remembered, so that reading stays linear however it backs up."""

    def __init__(self, text: str, locale: Locale) -> None:
        self.text = text
        self.locale = locale
        self.folded = locale.fold_composed(text)
        self._matches: dict[int, list[Match]] = {}
        self._backs: dict[int, list[Match]] = {}
        self._numbers: dict[int, Number] = {}
        self._separators: tuple[str, str] | None = None

    def matches(self, pos: int) -> list[Match]:
        """Everything the tables know at a place, the longest first."""
        found = self._matches.get(pos)
        if found is None:
            if len(self._matches) >= _REMEMBERED:
                self._matches.clear()  # reading has long passed most of them
            found = self._matches[pos] = self.locale.look(self.text, self.folded, pos)
        return found

    def look(self, pos: int, *cats: str) -> Match | None:
        """The longest form at a place that is of one of the categories."""
        for match in self.matches(pos):
            for cat in cats:
                if cat in match.cats:
                    return match
        return None

    def number_word(self, pos: int) -> Match | None:
        """The word at a place that goes on with a number, unless a longer one says what is measured.

        兆瓦 is a unit, not 兆 and 瓦.
        """
        match = self.look(pos, "number", "scale", "part", "join", "point")
        longest = self.matches(pos)[:1]
        if match is None or (longest and longest[0].end > match.end and longest[0].cats.keys() & _MEASURES):
            return None
        if (
            match.end == pos + 1
            and "scale" in match.cats
            and self.folded.startswith("-", pos - 1)
            and self.is_letter(pos)
        ):
            return None  # the M of "11-M" is a name
        if self.is_letter(match.end - 1) and self.is_digit(match.end):
            return None  # the T of "T4" as well
        return match

    def backs(self, end: int) -> list[Match]:
        """Everything the tables know to end at a place, the longest first."""
        found = self._backs.get(end)
        if found is None:
            if len(self._backs) >= _REMEMBERED:
                self._backs.clear()
            found = self._backs[end] = self.locale.look_back(self.text, self.folded, end)
        return found

    def look_back(self, end: int, *cats: str) -> Match | None:
        """The longest form that ends at a place and is of one of the categories."""
        for match in self.backs(end):
            for cat in cats:
                if cat in match.cats:
                    return match
        return None

    def gap(self, pos: int) -> int:
        """The place after the white space, or the hyphen of a compound, that may part two words of a figure."""
        folded = self.folded
        if folded.startswith("-", pos) and not folded.startswith(("-", " "), pos + 1):
            return pos + 1
        end = pos
        while end - pos < 3 and folded.startswith(" ", end):
            end += 1
        return end

    def is_digit(self, pos: int) -> bool:
        """Whether an ASCII digit stands at a place of the folded text."""
        return "0" <= self.folded[pos : pos + 1] <= "9"

    def is_letter(self, pos: int) -> bool:
        """Whether a letter of a script with spaces stands at a place."""
        return pos >= 0 and self.folded[pos : pos + 1] in LETTERS

    def is_continuous(self, pos: int) -> bool:
        """Whether a letter of a script without spaces (or of Hangul) stands at a place."""
        return pos >= 0 and self.folded[pos : pos + 1] > "\u0dff" and _CONTINUOUS.match(self.folded, pos) is not None

    def before_space(self, end: int) -> int:
        """The place before the white space that ends at a place."""
        while end and self.folded[end - 1] == " ":
            end -= 1
        return end

    def word_before(self, end: int) -> str:
        """The word (of a script with spaces) that ends before a place, white space aside; "" where there is none."""
        while end and self.folded[end - 1] in " -":
            end -= 1
        start = end
        while self.is_letter(start - 1) and end - start < 40:
            start -= 1
        return self.folded[start:end]

    def clause_start(self, end: int) -> int:
        """Where the clause that holds a place begins, at most 80 characters back."""
        window = max(0, end - 80)
        start = window
        for stop in _CLAUSE_END.finditer(self.text, window, end):
            # A full stop before a small letter is an abbreviation's.
            if stop.group()[0] != "." or not self.text[stop.end() : stop.end() + 1].islower():
                start = stop.end()
        return start

    def number(self, pos: int) -> Number:
        """The digits at a place, read by the separators of the language and of this text."""
        found = self._numbers.get(pos)
        if found is None:
            if len(self._numbers) >= _REMEMBERED:
                self._numbers.clear()
            end = self._number_end(pos)
            token = self.folded[pos:end]
            ambiguous = not token.isdigit() and unambiguous_decimal(token) is None
            decimal, group = self.separators if ambiguous else (self.locale.decimal, self.locale.group)
            found = Number(end, parse_digits(token, decimal=decimal, group=group), token.isdigit())
            self._numbers[pos] = found
        return found

    def _number_end(self, pos: int) -> int:
        match = _NUMBER.match(self.folded, pos)
        assert match is not None
        end = match.end()
        token = match.group()
        if self.locale.slash_decimals and token.isdigit():
            fraction = _SLASH.match(self.folded, end)
            if fraction is not None:
                return fraction.end()
        if len(token) <= 3 and token.isdigit():
            groups = _SPACED_GROUPS.match(self.folded, end)
            if groups is not None and (
                self.locale.group == " "
                or self._is_grouped(pos, groups.group(), groups.end())
                or all(char in _HARD_SPACES for char in self.text[end : groups.end()] if char.isspace())
            ):
                end = groups.end()
        return end

    def _is_grouped(self, start: int, groups: str, end: int) -> bool:
        """Whether spaced groups make one number in a language that groups otherwise: "350 000 Chips", "€12 500"."""
        if groups.endswith("000") or self.look_back(start, "symbol") is not None:
            return True
        measure = self.look(self.gap(end), "scale", "currency", "symbol", "percent", "unit", "classifier")
        return measure is not None

    @property
    def separators(self) -> tuple[str, str]:
        """The decimal and the group sign: the language's, unless all clear numbers of this text say otherwise.

        Machine-translated articles keep the separators of the language they were written in.
        """
        if self._separators is None:
            own = (self.locale.decimal, self.locale.group)
            self._separators = own
            if own[0] in ".,":
                seen = {sign for sign in map(unambiguous_decimal, self._clear_numbers()) if sign is not None}
                if seen and own[0] not in seen:
                    self._separators = (next(iter(seen)), own[0])
        return self._separators

    def _clear_numbers(self) -> Iterator[str]:
        """Numbers of the text beside a percent or currency sign or a scale word: no dates, no versions."""
        for match in _NUMBER.finditer(self.folded):
            if match.end() - match.start() > 20 or match.group().isdigit():
                continue
            after = self.look(self.gap(match.end()), "percent", "scale", "currency", "symbol")
            if after is not None or self.look_back(match.start(), "symbol") is not None:
                yield match.group()
