"""Amounts in a query, in any language and notation: ``7 Billionen``, ``>1 trillion``, ``5-7tn``, ``80%``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from corpus.figures import find_figures
from corpus.indexing.segmenting import script_of
from corpus.model import Figure

_COMPARISON = re.compile(r"(?P<sign>[<>≤≥＜＞]=?)\s*")
_NUMBER = re.compile(r"(?<![\w.,$€£¥₹₽₩%])\d")
# A number on its own is an amount when nobody would write it for anything else.
_LONG = 10_000
_COUNTED = 1_000
_MAX_CHARS = 400
_HEDGE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity that is asked for, with its place in the query.

    ``low`` and ``high`` are in units; one of them is None where more or less than the other is asked for.
    ``currency`` is None where none was said; ``kind`` is None where a bare number may be of any kind.
    ``language`` is that of the reading, ``others`` are readings in languages that read it differently.
    """

    text: str
    start: int
    end: int
    kind: str | None
    low: float | None
    high: float | None
    currency: str | None
    unit: str | None
    open: bool
    language: str
    others: tuple[Amount, ...] = ()


@cache
def _languages() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads((files("corpus.searching") / "asked.toml").read_text("utf-8"))["languages"]
    return {script: tuple(tags.split()) for script, tags in table.items()}


def likely_languages(text: str, known: Sequence[str] = ()) -> tuple[str, ...]:
    """Tags an amount in this text may be written in; ``known`` are those of the corpus."""
    scripts = dict.fromkeys(script_of(char) for char in text if char.isalpha())
    tags = [tag for script in scripts for tag in _languages().get(script, ())]
    first = set(tags) | set(_languages()["LATIN"] if not tags else ())
    # Languages of the corpus that no list names are tried as well where they could be meant.
    listed = {tag for those in _languages().values() for tag in those}
    extra = [tag for tag in known if tag not in listed and "LATIN" in scripts]
    return tuple(dict.fromkeys([*(tags or ["en"]), *extra])) if first else ("en",)


def find_amounts(text: str, known: Sequence[str] = ()) -> tuple[Amount, ...]:
    """The amounts of a query's free text, in order; places count its characters."""
    if len(text) > _MAX_CHARS:
        return ()
    return _find(text, tuple(known))


@lru_cache(maxsize=2_000)
def _find(text: str, known: tuple[str, ...]) -> tuple[Amount, ...]:
    signs = {match.end(): (match.start(), match["sign"]) for match in _COMPARISON.finditer(text)}
    plain = _COMPARISON.sub(lambda match: " " * len(match.group()), text)
    readings = [(language, _read(plain, language)) for language in likely_languages(plain, known)]
    # The language that makes amounts of the most of the words is the one it is written in; the first of equals.
    best = max(readings, key=lambda reading: sum(amount.end - amount.start for amount in reading[1]), default=None)
    if best is None:
        return ()
    found = []
    for amount in best[1]:
        others: dict[tuple[object, ...], Amount] = {}
        for language, amounts in readings:
            for other in amounts:
                same_place = (other.start, other.end) == (amount.start, amount.end)
                # A reading that did not know the scale word is no other opinion about it.
                known_scale = _size(other) >= min(_size(amount), 1e6)
                if language != best[0] and same_place and known_scale and _value(other) != _value(amount):
                    others.setdefault(_value(other), other)
        amount = replace(amount, others=tuple(others.values()))
        found.append(_compared(amount, signs.get(amount.start), text))
    return tuple(found)


def _value(amount: Amount) -> tuple[object, ...]:
    # A bound that one language's words state and another's do not is no other number.
    return tuple(end for end in dict.fromkeys((amount.low, amount.high)) if end is not None)


def _size(amount: Amount) -> float:
    return max((end for end in (amount.low, amount.high) if end is not None), default=0.0)


def _compared(amount: Amount, sign: tuple[int, str] | None, text: str) -> Amount:
    if sign is None:
        return amount
    start, mark = sign
    bound = amount.low if amount.low is not None else amount.high
    low, high = (bound, None) if mark[0] in ">≥＞" else (None, bound)
    inclusive = mark in (">=", "<=", "≥", "≤", "＞=", "＜=")
    return replace(amount, start=start, text=text[start : amount.end], low=low, high=high, open=not inclusive)


def _read(text: str, language: str) -> list[Amount]:
    """The amounts of a text in one language, also those that name no currency."""
    found = [
        _amount(text, figure, _begin(text, figure, language), figure.end_char, language)
        for figure in find_figures(text, language)
        if _is_meant(figure) and not _is_lettered(figure)
    ]
    # An amount is often typed without its currency: read it as if one stood before the number, or at the end.
    marked, shifts = _with_signs(text)
    for figure in find_figures(marked, language) if shifts else ():
        places = (figure.start_char, figure.end_char)
        start, end = (place - sum(at < place for at in shifts) for place in places)
        if figure.start_char in shifts and _says_much(figure, text[start:end]):
            begin = _begin(marked, figure, language)
            start = begin - sum(at < begin for at in shifts)
            found.append(_amount(text, figure, start, end, language, bare=True))
    if any(char.isalpha() for char in text) and not any(char.isdigit() for char in text):
        for figure in find_figures(f"{text.rstrip()} USD", language):
            if figure.kind == "money" and not figure.vague and figure.end_char > len(text.rstrip()) + 1:
                end = len(text.rstrip())
                # "trillion" alone is a word, not an amount.
                words = text[figure.start_char : end].split()
                if len(words) > 1 and not _is_letter(words[-1]):
                    found.append(_amount(text, figure, figure.start_char, end, language, bare=True))
    # "7 trillion chips": the amount, and chips.
    starts = {amount.start for amount in found if amount.kind is None}
    found = [amount for amount in found if amount.kind != "count" or amount.start not in starts or not _scaled(amount)]
    found.sort(key=lambda amount: (amount.start - amount.end, amount.start))
    kept: list[Amount] = []
    for amount in found:
        if all(amount.end <= other.start or amount.start >= other.end for other in kept):
            kept.append(amount)
    return sorted(kept, key=lambda amount: amount.start)


def _begin(text: str, figure: Figure, language: str) -> int:
    """Where what is said of an amount begins: "more than" and "between" are part of it, and no words to look for."""
    before = [match.start() for match in re.finditer(r"\S+", text[: figure.start_char])][-_HEDGE_WORDS:]
    for begin in (figure.start_char, *reversed(before)):
        for other in find_figures(text[begin : figure.end_char], language):
            if (other.low, other.high, other.qualifier) == (figure.low, figure.high, figure.qualifier):
                return begin
    return figure.start_char


def _scaled(amount: Amount) -> bool:
    return _size(amount) >= 1e6 and len(re.sub(r"\D", "", amount.text)) < 6


def _with_signs(text: str) -> tuple[str, list[int]]:
    pieces: list[str] = []
    shifts: list[int] = []
    at = 0
    for match in _NUMBER.finditer(text):
        pieces += (text[at : match.start()], "$")
        shifts.append(match.start() + len(shifts))
        at = match.start()
    return "".join([*pieces, text[at:]]), shifts


def _is_meant(figure: Figure) -> bool:
    if figure.vague or (figure.low is None and figure.high is None):
        return False
    # Any noun behind a small number would make it a count.
    end = figure.low if figure.low is not None else figure.high
    return figure.kind != "count" or (end is not None and end >= _COUNTED)


def _is_lettered(figure: Figure) -> bool:
    """True for "a b dollars" and "dos m": a letter stands for a scale or a unit behind digits alone."""
    ends = figure.quote.split()[1:][-2:]
    return any(map(_is_letter, ends)) and not any(char.isdigit() for char in figure.quote)


def _is_letter(word: str) -> bool:
    # One character of a script without letters may well be a scale: 億.
    return len(word) == 1 and unicodedata.category(word) in ("Lu", "Ll")


def _says_much(figure: Figure, quote: str) -> bool:
    if figure.kind != "money" or figure.vague:
        return False
    end = figure.high if figure.high is not None else figure.low
    digits = re.sub(r"\D", "", quote)
    scaled = any(char.isalpha() for char in quote)
    return end is not None and (scaled or (end >= _LONG and len(digits) >= 5))


def _amount(text: str, figure: Figure, start: int, end: int, language: str, *, bare: bool = False) -> Amount:
    low = None if figure.low is None else float(figure.low)
    high = None if figure.high is None else float(figure.high)
    # Whoever names no currency may mean trillions of dollars or of transistors.
    return Amount(
        text[start:end],
        start,
        end,
        None if bare else figure.kind,
        low,
        high,
        None if bare else figure.currency,
        figure.unit if figure.kind == "quantity" else None,
        figure.qualifier in ("more_than", "less_than"),
        language,
    )
