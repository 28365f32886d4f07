"""A query as typed → its terms and filters with their places; nothing that can be typed is an error."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from corpus.indexing.segmenting import Segment, segments

# More terms than this help nobody and would let one request cost as much as a hundred.
MAX_TERMS = 32
MAX_CHARS = 10_000

FILTERS = ("language", "source", "measure", "subject", "flag", "since", "until", "new", "story")
_DATES = ("since", "until", "new")
# Those of which any of several may hold: language:de language:ru.
_SEVERAL = ("language", "source", "measure")

# Quotation marks of any language mean a phrase.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』〝〞＂", '"'))
_PIECE = re.compile(
    r'(?P<sign>[-−–]?)(?:(?P<field>[A-Za-z]{1,12}):)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))|(?P<rest>")'
)
# exact: or language: with nothing behind it.
_BARE = re.compile(r"(?P<field>[A-Za-z]{1,12}):(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to find; kind is word, phrase or beginning.

    ``start`` and ``end`` are its place in the query, sign and field included. ``exact`` terms are found as
    they are written only: no other form, language or script.
    """

    text: str
    kind: str
    start: int
    end: int
    segments: tuple[Segment, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True)
class FilterPart:
    """A filter that stands in the query, and its place."""

    name: str
    value: str
    start: int
    end: int
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed: of every group at least one term must be found; ``ignored`` was of no use.

    ``switch`` is where ``exact:`` stands for all of the query, None where it does not.
    """

    text: str = ""
    groups: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[Term, ...] = ()
    parts: tuple[FilterPart, ...] = ()
    ignored: tuple[str, ...] = ()
    exact: bool = False
    switch: tuple[int, int] | None = None
    filters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every term that may be found in a result."""
        return tuple(term for group in self.groups for term in group)


def tidy(text: str) -> str:
    """A query in NFC with one kind of quotation mark, without control characters and half pairs.

    No character is added or taken away after composing, so that places stay what they are.
    """
    composed = unicodedata.normalize("NFC", text[:MAX_CHARS])
    return "".join(map(_kept, composed)).translate(_QUOTES)


@lru_cache(maxsize=10_000)
def _kept(char: str) -> str:
    return " " if unicodedata.category(char) in ("Cc", "Cs", "Cn", "Co") or char == "\u3000" else char


def parse_query(text: str | None, *, exact: bool = False) -> Query:
    """Read a query: words, "phrases", -exclusions, OR, beginnings*, and filters such as ``language:de``.

    ``exact`` (or ``exact:`` in the query; ``exact:word`` for one) keeps words from standing for other forms
    and languages. Any text is a query; whatever holds nothing to look for (``$``, an emoji, a lone
    quotation mark) is named in ``ignored``.
    """
    typed = tidy(text or "")
    groups: list[list[Term]] = []
    excluded: list[Term] = []
    parts: list[FilterPart] = []
    ignored: list[str] = []
    switch: tuple[int, int] | None = None
    either = False
    at = count = 0
    while at < len(typed):
        if typed[at].isspace():
            at += 1
            continue
        bare = _BARE.match(typed, at)
        match = bare or _PIECE.match(typed, at)
        if match is None:
            at += 1
            continue
        start, at = at, match.end()
        count += 1
        if count > MAX_TERMS:
            ignored.append(typed[start : start + 80])
            break
        if bare is not None:
            if bare["field"].lower() == "exact":
                exact, switch = True, (start, at)
            elif bare["field"].lower() not in FILTERS and (term := _term(bare.group(), "word", start, at)):
                groups.append([term])
            else:
                ignored.append(bare.group())
            continue
        name = (match["field"] or "").lower()
        phrase, value = match["phrase"], match["phrase"] if match["phrase"] is not None else match["word"] or ""
        if name in FILTERS and is_meant(name, value):
            parts.append(FilterPart(name, value.strip(), start, at, bool(match["sign"])))
            continue
        if match["word"] in ("OR", "AND", "|") and not match["sign"] and not name:
            either = match["word"] != "AND" and bool(groups)
            continue
        only = name == "exact"
        if name and not only:
            value = f"{match['field']}:{value}"
        beginning = phrase is None and len(value) > 1 and value.endswith("*")
        kind = "phrase" if phrase is not None else "beginning" if beginning else "word"
        pieces = (
            _mixed(value, at - len(value)) if kind == "word" and not (only or exact or either or match["sign"]) else []
        )
        if pieces:
            groups += ([piece] for piece in pieces)
            continue
        term = _term(value, kind, start, at, exact=only)
        if term is None:
            ignored.append(match.group()[:80])
        elif match["sign"]:
            excluded.append(term)
        elif either:
            groups[-1].append(term)
        else:
            groups.append([term])
        either = False
    filters: dict[str, str] = {}
    for part in parts:
        if not part.excluded:
            before = filters.get(part.name)
            filters[part.name] = f"{before},{part.value}" if before and part.name in _SEVERAL else part.value
    return Query(
        text=typed,
        groups=tuple(map(tuple, groups)),
        excluded=tuple(excluded),
        parts=tuple(parts),
        ignored=tuple(ignored),
        exact=exact,
        switch=switch,
        filters=MappingProxyType(filters),
    )


def _term(text: str, kind: str, start: int, end: int, *, exact: bool = False) -> Term | None:
    shown = text.rstrip("*") if kind == "beginning" else text
    found = tuple(segments(shown))
    if kind == "beginning" and found and len(found[-1].folded) == 1 and not found[-1].run:
        # Most articles have a word with this letter; to find them, all words that have it would be put together.
        kind = "word"
    return Term(shown, kind, start, end, found, exact) if found else None


def _mixed(text: str, start: int) -> list[Term]:
    """The pieces of a word that is written together of two scripts (OpenAI最高経営責任者), none where it is of one.

    Scripts without spaces put words side by side that a text may have far from each other. A single letter or
    a number belongs to what follows it (5G网络).
    """
    found = list(segments(text))
    edges = [
        after.start
        for before, after in pairwise(found)
        if before.end == after.start
        and before.run is not after.run
        and all(one.run or sum(char.isalpha() for char in one.folded) > 1 for one in (before, after))
    ]
    if not edges or any(before.end != after.start for before, after in pairwise(found)):
        return []
    pieces = [
        _term(text[begin:end], "word", start + begin, start + end) for begin, end in pairwise([0, *edges, len(text)])
    ]
    return [piece for piece in pieces if piece is not None]


def is_meant(name: str, value: str) -> bool:
    """True where a filter that stands in the query can be applied; otherwise it is read as words."""
    if name in _DATES:
        return parse_date_prefix(value) is not None
    return bool(value.strip())


def without(query: str, start: int, end: int) -> str:
    """The query without one of its parts, and without an OR that would be left at its side.

    >>> without("Altman OR Huang chips", 0, 6), without("a b", 2, 3)
    ('Huang chips', 'a')
    """
    before, after = query[:start].split(), query[end:].split()
    if before and before[-1] == "OR":
        before.pop()
    elif after and after[0] == "OR":
        after.pop(0)
    return " ".join([*before, *after])


_DATE_PREFIX = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


def parse_date_prefix(text: str) -> str | None:
    """An ISO date cut to the year, month or day, or None where the text is none.

    >>> parse_date_prefix("2024-02-09T10:00"), parse_date_prefix("2024-02"), parse_date_prefix("soon")
    ('2024-02-09', '2024-02', None)
    """
    day = text.strip().partition("T")[0]
    return day if day.isascii() and _DATE_PREFIX.fullmatch(day) else None
