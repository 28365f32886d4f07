"""Names and cue words found in text of any script: one compiled matcher, linear in the text.

An alias is written as it stands in text, with four marks:

- ``*`` at the end of a word stands for an ending of up to eight letters ("Bloomberg*", "акци* компании");
- ``**`` at the end stands for any letters ("Halbleiter**", also "Halbleiterindustrie");
- ``*`` at the front lets the alias begin inside a word ("*umsatz", also "Chipumsatz");
- ``=`` at the front keeps the case of the first letter ("=Meta" is not the Spanish "meta");
- ``|`` ends a context that must stand before the name and is no part of it ("auf |X").

Word boundaries are asked for only between letters of one script that uses spaces (and between katakana), so
that "OpenAIは", "엔비디아는" and "Apple'ın" are found. Arabic and Hebrew proclitics may precede.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Generic, TypeVar

T = TypeVar("T")

ENDING_LETTERS = 8

# Letters of scripts written with spaces, as ranges of a character class (digits of each script left out).
_ALPHABETS = (
    "a-zA-Z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u036f\u0370-\u037d\u037f-\u0482\u0483-\u0588"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05d0-\u05f2\u0610-\u061a\u0620-\u065f\u066e-\u06d3"
    "\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u0963\u0971-\u09e5\u09f0-\u0a65\u0a70-\u0ae5"
    "\u0af0-\u0b65\u0b70-\u0be5\u0bf0-\u0c65\u0c70-\u0ce5\u0cf0-\u0d65\u0d70-\u0dff\u10a0-\u10ff"
    "\u1200-\u1360\u1369-\u139f\u1c80-\u1cbf\u1d00-\u1fff\u2c60-\u2c7f\ua640-\ua69f\ua720-\ua7ff\ufb1d-\ufdff\ufe70-\ufefc"
)
_HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3"
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30fe\u31f0-\u31ff\uff66-\uff9d"
_WORD = _ALPHABETS + "0-9"

# The letters an ending may take, by the script of the letter before it.
_alphabet_run = re.compile(f"[{_ALPHABETS}]*").match
_hangul_run = re.compile(f"[{_HANGUL}]*").match
_katakana_run = re.compile(f"[{_KATAKANA}]*").match

_is_word = re.compile(f"[{_WORD}]").match
_is_hangul = re.compile(f"[{_HANGUL}]").match
_is_katakana = re.compile(f"[{_KATAKANA}]").match
_is_arabic = re.compile("[\u0620-\u06ff]").match
_is_hebrew = re.compile("[\u05d0-\u05ea]").match

_FOLDS: dict[str, str] = {
    # Only İ grows when it is lowered; ı joins i so that capitals written without a dot still match.
    "\u0130": "i",
    "\u0131": "i",
    **dict.fromkeys("ёЁ", "е"),
    **dict.fromkeys("’‘ʼ`´＇｀", "'"),
    **dict.fromkeys("-‐‑‒–—−－\u00a0\u2007\u202f\u3000\t\n\r", " "),
    **dict.fromkeys("أإآٱ", "ا"),
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    # The digits of other scripts: Arabic, Persian, Devanagari, Bengali, Thai.
    **{chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50) for digit in range(10)},
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "＇－｀"},
}
_to_fold = re.compile(f"[{''.join(map(re.escape, _FOLDS))}]").findall
_ARTICLE = "ال"
_STAR = "\x00"
_STARS = "\x01"
_MARKS = frozenset({_STAR, _STARS})
# Letters an alias is looked for by: of a word, and in a run of letters without words.
_HEAD = 3
PREFIX = 5


# A passage is asked for many kinds of words in turn, by several steps.
REMEMBERED = 512
REMEMBERED_LETTERS = 1_000


def fold(text: str) -> str:
    """Text with case, look-alike marks, hyphens and spaces made equal; every offset stays what it was."""
    return _remembered(text) if len(text) <= REMEMBERED_LETTERS else _folded(text)


def _folded(text: str) -> str:
    # A few characters are replaced one after the other many times sooner than a table is asked for each letter.
    for char in set(_to_fold(text)):
        text = text.replace(char, _FOLDS[char])
    return text.lower().replace("ς", "σ")


_remembered = lru_cache(REMEMBERED)(_folded)
_heads_of_words = re.compile(f"(?=(.{{1,{_HEAD}}}))[{_WORD}]+", re.DOTALL)


# The first letter of a head, its first two.
_SHORTER = tuple(itemgetter(slice(length)) for length in range(1, _HEAD))


class _Reading:
    """A text as it is searched; what is asked of a short one is worked out once for all that is looked for in it."""

    def __init__(self, text: str) -> None:
        self.folded = fold(text)

    @cached_property
    def heads(self) -> frozenset[str]:
        """The first letters of words, with what follows a shorter one."""
        return frozenset(_heads_of_words.findall(self.folded))

    @cached_property
    def letters(self) -> frozenset[str]:
        """The characters that stand in it."""
        return frozenset(self.folded)

    @cached_property
    def short_heads(self) -> frozenset[str]:
        """What words begin with, in fewer letters."""
        return frozenset().union(*(map(first, self.heads) for first in _SHORTER))

    def beginning(self, heads: frozenset[str], short: frozenset[str]) -> list[int]:
        """Where words begin with one of some heads, or with one that has fewer letters, in order."""
        found = heads & self.heads
        if short:
            found |= short & self.short_heads
        return sorted({start for head in found for start in self._standing(head)})

    def _standing(self, head: str) -> Iterator[int]:
        start = self.folded.find(head)
        while start >= 0:
            if start == 0 or not _is_word(self.folded[start - 1]):
                yield start
            start = self.folded.find(head, start + 1)


_reading = lru_cache(REMEMBERED)(_Reading)


@dataclass(frozen=True, slots=True)
class _End(Generic[T]):
    """An alias that ends here: its context's length, and its first letter if its case counts."""

    context: int
    first: str | None
    value: T


@dataclass(slots=True)
class _Node(Generic[T]):
    """A place in the trie of folded aliases; ``marked`` where an ending may follow."""

    children: dict[str, _Node[T]] = field(default_factory=dict)
    end: _End[T] | None = None
    marked: bool = False


def _prefixes(node: _Node[T], depth: int = 0) -> str:
    """A regular expression for the first letters of every alias below: where to look, not yet what is there."""
    if depth == PREFIX or node.end is not None or not node.children or not _MARKS.isdisjoint(node.children):
        return ""
    branches = [re.escape(char) + _prefixes(child, depth + 1) for char, child in sorted(node.children.items())]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def _heads(trie: _Node[T]) -> tuple[frozenset[str], frozenset[str]]:
    """The first letters of every alias below, those that are not followed by as many letters apart."""
    level, short = [("", trie)], []
    for _ in range(_HEAD):
        level = [
            (head + char, child) for head, node in level for char, child in node.children.items() if char not in _MARKS
        ]
        short += [head for head, node in level if node.end is not None or not _MARKS.isdisjoint(node.children)]
    return frozenset(head for head, _ in level), frozenset(head for head in short if len(head) < _HEAD)


def _touches(last: str, following: str) -> bool:
    """Whether a letter goes on in the word that ``last`` is in, so that no name ends between them."""
    if _is_word(last):
        return _is_word(following) is not None
    return _is_katakana(last) is not None and _is_katakana(following) is not None


def _run(text: str, position: int) -> int:
    """Where the letters end that go on from the one before ``position``, in its script."""
    last = text[position - 1]
    run = _hangul_run if _is_hangul(last) else _katakana_run if _is_katakana(last) else _alphabet_run
    found = run(text, position)
    return position if found is None else found.end()


def _room(first: str, *, inside: bool) -> str:
    """Which of the tries an alias belongs to, by what must stand before its first letter."""
    spaced = _is_word(first) is not None
    if inside:
        return "inside" if spaced else "free"
    if _is_arabic(first):
        return "arabic"
    if _is_hebrew(first):
        return "hebrew"
    if spaced:
        return "word"
    if _is_hangul(first):
        return "hangul"
    return "katakana" if _is_katakana(first) else "free"


_ARABIC_PROCLITICS = "[وف]?(?:[بك]?(?:ال)?|لل?)"
_HEBREW_PROCLITICS = "[ושהבכלמ]{0,3}"
_PROCLITICS = {"arabic": re.compile(_ARABIC_PROCLITICS), "hebrew": re.compile(_HEBREW_PROCLITICS)}
_MOST_PROCLITICS = 5

# Each room has its own pattern: one alternation of them all would try each look-behind at every character.
_BEFORE = {
    "word": f"(?<![{_WORD}])",
    "arabic": f"(?<![{_WORD}]){_ARABIC_PROCLITICS}",
    "hebrew": f"(?<![{_WORD}]){_HEBREW_PROCLITICS}",
    "hangul": f"(?<![{_HANGUL}])",
    "katakana": f"(?<![{_KATAKANA}])",
    "inside": "",
    "free": "",
}


def first_of(hits: list[tuple[int, int, T]]) -> Sequence[tuple[int, int, T]]:
    """The hits from left to right, the longest first, without those that overlap one before."""
    if len(hits) < 2:
        return hits
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    kept, reached = [], 0
    for hit in hits:
        if hit[0] >= reached:
            kept.append(hit)
            reached = hit[1]
    return kept


class Matcher(Generic[T]):
    """Aliases compiled once; ``find`` yields the longest matches from left to right, none overlapping."""

    def __init__(self, aliases: Mapping[str, T]) -> None:
        self._tries: dict[str, _Node[T]] = {}
        for alias, value in aliases.items():
            self._add(alias, value)
        self._searches = {
            room: re.compile(f"{_BEFORE[room]}({_prefixes(trie)})").search for room, trie in self._tries.items()
        }
        self._heads = _heads(self._tries.get("word", _Node()))
        self._remembered = lru_cache(REMEMBERED)(self._found)

    def _add(self, alias: str, value: T) -> None:
        context, _, name = alias.rpartition("|")
        cased = name.startswith("=")
        name = name.removeprefix("=")
        body = context + name
        inside = body.startswith("*")
        body = body.lstrip("*")
        if not body.strip("* "):
            raise ValueError(f"an alias without a letter: {alias!r}")
        folded = fold(body).replace("**", _STARS).replace("*", _STAR)
        room = _room(folded[0], inside=inside)
        if room == "arabic":
            folded = folded.removeprefix(_ARTICLE) or folded
        node = self._tries.setdefault(room, _Node())
        for char in folded:
            node.marked |= char in _MARKS
            node = node.children.setdefault(char, _Node())
        if node.end is None:
            node.end = _End(len(context), name.lstrip("*")[0] if cased else None, value)

    def find(self, text: str) -> Iterator[tuple[int, int, T]]:
        """Each match as (start, end, value); offsets count code points of ``text``."""
        return iter(self._remembered(text) if len(text) <= REMEMBERED_LETTERS else self._found(text))

    def _found(self, text: str) -> Sequence[tuple[int, int, T]]:
        short = len(text) <= REMEMBERED_LETTERS
        reading = _reading(text) if short else _Reading(text)
        hits: list[tuple[int, int, T]] = []
        for room, trie in self._tries.items():
            # What words are looked up by is not remembered of a long text, and not made for one search.
            if room == "word" and short:
                hits += self._of_words(trie, reading, text)
            # What begins with no letter of the text is not in it.
            elif not trie.children.keys().isdisjoint(reading.letters):
                hits += self._in_room(room, reading.folded, text)
        return first_of(hits)

    def _of_words(self, trie: _Node[T], reading: _Reading, text: str) -> Iterator[tuple[int, int, T]]:
        reached = 0
        for start in reading.beginning(*self._heads):
            hit = _longest(trie, reading.folded, text, start) if start >= reached else None
            if hit is not None:
                reached, alias = hit
                yield start + alias.context, reached, alias.value

    def _in_room(self, room: str, folded: str, text: str) -> Iterator[tuple[int, int, T]]:
        search, trie = self._searches[room], self._tries[room]
        position = 0
        while (found := search(folded, position)) is not None:
            position = found.start() + 1
            for start in _starts(room, folded, found):
                hit = _longest(trie, folded, text, start)
                if hit is not None:
                    end, alias = hit
                    yield start + alias.context, end, alias.value
                    position = max(end, position)
                    break


def _starts(room: str, folded: str, found: re.Match[str]) -> Iterator[int]:
    """Where the alias may begin: after the proclitics that were taken, or after fewer or more of them."""
    yield found.start(1)
    proclitics = _PROCLITICS.get(room)
    if proclitics is not None:
        for start in range(found.start(), min(found.start() + _MOST_PROCLITICS, len(folded)) + 1):
            if start != found.start(1) and proclitics.fullmatch(folded, found.start(), start) is not None:
                yield start


def _longest(trie: _Node[T], folded: str, text: str, start: int) -> tuple[int, _End[T]] | None:
    """The longest alias that begins at ``start``, literal letters before endings; None where there is none."""
    best: tuple[int, _End[T]] | None = None
    length = len(folded)
    waiting: list[tuple[_Node[T], int, bool]] = []
    node, position, ended = trie, start, False
    while True:
        alias = node.end
        if alias is not None and (best is None or position > best[0]) and position > start:
            closed = position == length or not _touches(folded[position - 1], folded[position])
            if (closed or ended) and (alias.first is None or text[start + alias.context] == alias.first):
                best = (position, alias)
        if node.marked:
            stop = _run(folded, position)
            child = node.children.get(_STARS)
            if child is not None:
                waiting.append((child, stop, True))
            child = node.children.get(_STAR)
            if child is not None and stop - position <= ENDING_LETTERS:
                waiting.append((child, stop, False))
        child = node.children.get(folded[position]) if position < length else None
        if child is not None:
            node, position, ended = child, position + 1, False
        elif waiting:
            node, position, ended = waiting.pop()
        else:
            return best
