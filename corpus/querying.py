"""A query as typed → the terms and filters it means; nothing that can be typed is an error."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

# More terms than this help nobody and would let one request cost as much as a hundred.
MAX_TERMS = 32
MAX_CHARS = 10_000
# A word of this many letters also finds its longer forms ("Altman" finds "Altmans").
MIN_PREFIX_LETTERS = 4

FILTERS = ("language", "source", "measure", "subject", "since", "until", "story")

_ACCENTS = re.compile("[\u0300-\u036f]+")
# Quotation marks of any language mean a phrase.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』〝〞＂", '"'))
_PIECE = re.compile(r'(?P<sign>-?)(?:(?P<field>[a-z]{1,12}):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
# Names of scripts written without spaces between words, as Unicode names begin with them.
_UNSPACED = (
    "CJK UNIFIED",
    "CJK COMPATIBILITY IDEOGRAPH",
    "HIRAGANA",
    "KATAKANA",
    "THAI",
    "LAO",
    "KHMER",
    "MYANMAR",
)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to find: ``words`` are folded and stand next to each other in the text.

    ``within`` terms are looked for inside the text, since their script has no spaces to split at;
    ``prefix`` terms also find longer forms of their last word.
    """

    text: str
    words: tuple[str, ...]
    phrase: bool = False
    prefix: bool = False
    within: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What was understood: of every group at least one term must be found; ``ignored`` was of no use."""

    groups: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[Term, ...] = ()
    filters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    ignored: tuple[str, ...] = ()

    @property
    def hopeless(self) -> bool:
        """True where something was typed and none of it can be looked for: then nothing is found."""
        return bool(self.ignored) and not (self.groups or self.excluded or self.filters)

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term that may be found in a result."""
        return tuple(term for group in self.groups for term in group)


@lru_cache(maxsize=1)
def _word_pattern() -> re.Pattern[str]:
    # ``\w`` leaves out combining marks, and with them the vowels of Hindi, Bengali and Thai.
    marks = "".join(chr(code) for code in range(0x300, sys.maxunicode) if unicodedata.category(chr(code))[0] == "M")
    return re.compile(f"[^\\W_](?:[^\\W_]|[{marks}])*")


def find_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Give the words of a text as (start, end, folded)."""
    for match in _word_pattern().finditer(text):
        yield match.start(), match.end(), fold(match.group())


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Give a word without case and without accents, for comparing only; its length may change."""
    lowered = word.casefold()
    if lowered.isascii():
        return lowered
    # İ folds to i and a mark, so marks are taken off after the case is; only those of the European
    # scripts, for elsewhere they are vowels.
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", lowered))


@lru_cache(maxsize=20_000)
def _unspaced(char: str) -> bool:
    return unicodedata.name(char, "").startswith(_UNSPACED)


def _tidy(text: str) -> str:
    """Give NFC text without control characters, half pairs and unassigned code points."""
    kept = (" " if unicodedata.category(char) in ("Cc", "Cs", "Cn", "Co") else char for char in text[:MAX_CHARS])
    return unicodedata.normalize("NFC", "".join(kept))


def _term(text: str, *, phrase: bool, exact: bool) -> Term | None:
    prefix = not phrase and not exact
    if text.endswith("*") and not phrase:
        text, prefix = text.rstrip("*"), True
        asked_for = True
    else:
        asked_for = False
    words = tuple(folded for _, _, folded in find_words(text) if folded)
    if not words:
        return None
    within = not text.isascii() and any(map(_unspaced, text))
    long_enough = len(words[-1]) >= MIN_PREFIX_LETTERS and not any(map(str.isdigit, words[-1]))
    return Term(text, words, phrase, prefix and not within and (asked_for or long_enough), within)


def _is_meant(name: str, value: str) -> bool:
    """True where a filter that stands in the query can be applied; otherwise it is read as words."""
    if name in ("since", "until"):
        return parse_date_prefix(value) is not None
    return bool(value.strip())


def parse_query(text: str | None, *, exact: bool = False) -> Query:
    """Read a query: words, "phrases", -exclusions, OR, beginnings*, and filters such as ``language:de``.

    ``exact`` keeps words from finding their longer forms. Any text is a query; whatever holds nothing
    to look for (``$``, an emoji, a lone quotation mark) is named in ``ignored``.
    """
    groups: list[list[Term]] = []
    excluded: list[Term] = []
    filters: dict[str, str] = {}
    ignored: list[str] = []
    pending_or = False
    for count, match in enumerate(_PIECE.finditer(_tidy(text or "").translate(_QUOTES))):
        name, phrase = match["field"], match["phrase"]
        value = phrase if phrase is not None else match["word"]
        if count >= MAX_TERMS:
            ignored.append(match.group()[:80])
            break
        if name in FILTERS and _is_meant(name, value):
            filters[name] = value.strip()
            continue
        if name is not None:
            value = f"{name}:{value}"
        if value == "OR" and not match["sign"] and phrase is None:
            pending_or = bool(groups)
            continue
        if value == "AND" and not match["sign"] and phrase is None:
            continue
        term = _term(value, phrase=phrase is not None, exact=exact)
        if term is None:
            if match.group().strip():
                ignored.append(match.group()[:80])
        elif match["sign"] and match.start() != match.end():
            excluded.append(term)
        elif pending_or:
            groups[-1].append(term)
        else:
            groups.append([term])
        pending_or = False
    return Query(tuple(map(tuple, groups)), tuple(excluded), MappingProxyType(filters), tuple(ignored))


_DATE_PREFIX = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


def parse_date_prefix(text: str) -> str | None:
    """Give an ISO date cut to the year, month or day, or None where the text is none.

    >>> parse_date_prefix("2024-02-09T10:00"), parse_date_prefix("2024-02"), parse_date_prefix("soon")
    ('2024-02-09', '2024-02', None)
    """
    day = text.strip().partition("T")[0]
    return day if day.isascii() and _DATE_PREFIX.fullmatch(day) else None
