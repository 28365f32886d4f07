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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
_LETTERS = _ALPHABETS + _HANGUL + _KATAKANA

_letters = re.compile(f"[{_LETTERS}]*").match
_is_word = re.compile(f"[{_WORD}]").match
_is_hangul = re.compile(f"[{_HANGUL}]").match
_is_katakana = re.compile(f"[{_KATAKANA}]").match
_is_arabic = re.compile("[\u0620-\u06ff]").match
_is_hebrew = re.compile("[\u05d0-\u05ea]").match

_FOLDS: dict[int, str] = {
    # Only İ grows when it is lowered; ı joins i so that capitals written without a dot still match.
    0x130: "i",
    0x131: "i",
    **dict.fromkeys(map(ord, "ёЁ"), "е"),
    0x3C2: "σ",
    **dict.fromkeys(map(ord, "’‘ʼ`´＇"), "'"),
    **dict.fromkeys(map(ord, "-‐‑‒–—−－\u00a0\u2007\u202f\u3000\t\n\r"), " "),
    **dict.fromkeys(map(ord, "أإآٱ"), "ا"),
    ord("ى"): "ي",
    ord("ی"): "ي",
    ord("ک"): "ك",
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "＇－"},
}
_ARTICLE = "ال"
_STAR = "\x00"
_STARS = "\x01"


def fold(text: str) -> str:
    """Text with case, look-alike marks, hyphens and spaces made equal; every offset stays what it was."""
    return text.translate(_FOLDS).lower().replace("ς", "σ")


@dataclass(frozen=True, slots=True)
class _End(Generic[T]):
    """An alias that ends here: its context's length, what may not follow, its first letter if that counts."""

    context: int
    closing: str
    first: str | None
    value: T


@dataclass(slots=True)
class _Node(Generic[T]):
    """A place in the trie of folded aliases."""

    children: dict[str, _Node[T]] = field(default_factory=dict)
    end: _End[T] | None = None

    def pattern(self) -> str:
        """The regular expression for everything below, longest alternatives first."""
        chain = ""
        node = self
        while node.end is None and len(node.children) == 1:
            (char, node), *_ = node.children.items()
            chain += _char_pattern(char)
        if not node.children:
            return chain + (node.end.closing if node.end is not None else "")
        plain = sorted(char for char in node.children if char not in (_STAR, _STARS))
        branches = [_char_pattern(char) + node.children[char].pattern() for char in plain]
        branches += [
            _char_pattern(char) + node.children[char].pattern() for char in (_STARS, _STAR) if char in node.children
        ]
        if node.end is not None:
            branches.append(node.end.closing)
        return f"{chain}(?:{'|'.join(branches)})"


def _char_pattern(char: str) -> str:
    if char == _STAR:
        return f"[{_LETTERS}]{{0,{ENDING_LETTERS}}}"
    if char == _STARS:
        return f"[{_LETTERS}]*"
    return re.escape(char)


def _boundary(char: str) -> str:
    """The class of letters that must not touch ``char`` from outside; empty where none is asked for."""
    if _is_word(char):
        return f"[{_WORD}]"
    if _is_katakana(char):
        return f"[{_KATAKANA}]"
    return ""


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


# Each room has its own pattern: one alternation of them all would try each look-behind at every character.
_BEFORE = {
    "word": f"(?<![{_WORD}])",
    "arabic": f"(?<![{_WORD}])(?:[وف]?(?:[بك]?(?:ال)?|لل?)?)",
    "hebrew": f"(?<![{_WORD}])[ושהבכלמ]{{0,3}}",
    "hangul": f"(?<![{_HANGUL}])",
    "katakana": f"(?<![{_KATAKANA}])",
    "inside": "",
    "free": "",
}


# A text without a letter of the script need not be searched for its names.
_SCRIPT = {
    room: re.compile(f"[{letters}]").search
    for room, letters in {
        "arabic": "\u0620-\u06ff",
        "hebrew": "\u05d0-\u05ea",
        "hangul": _HANGUL,
        "katakana": _KATAKANA,
    }.items()
}


class Matcher(Generic[T]):
    """Aliases compiled once; ``find`` yields the longest matches from left to right, none overlapping."""

    def __init__(self, aliases: Mapping[str, T]) -> None:
        self._tries: dict[str, _Node[T]] = {}
        for alias, value in aliases.items():
            self._add(alias, value)
        self._searches = {
            room: re.compile(f"{_BEFORE[room]}({trie.pattern()})").search for room, trie in self._tries.items()
        }

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
            node = node.children.setdefault(char, _Node())
        last = folded.rstrip(_STAR + _STARS)[-1]
        # A free ending has taken every letter it may, and a digit may not follow it either.
        outside = "" if folded.endswith(_STARS) else _boundary(last)
        if node.end is None:
            closing = f"(?!{outside})" if outside else ""
            node.end = _End(len(context), closing, name.lstrip("*")[0] if cased else None, value)

    def find(self, text: str) -> Iterator[tuple[int, int, T]]:
        """Each match as (start, end, value); offsets count code points of ``text``."""
        folded = fold(text)
        hits = [hit for room in self._searches for hit in self._in_room(room, folded, text)]
        hits.sort(key=lambda hit: (hit[0], -hit[1]))
        reached = 0
        for hit in hits:
            if hit[0] >= reached:
                yield hit
                reached = hit[1]

    def _in_room(self, room: str, folded: str, text: str) -> Iterator[tuple[int, int, T]]:
        search, trie = self._searches[room], self._tries[room]
        if room in _SCRIPT and _SCRIPT[room](folded) is None:
            return
        position = 0
        while (found := search(folded, position)) is not None:
            start, end = found.span(1)
            position = found.start() + 1
            for alias in _walk(trie, folded, start, end):
                if alias.first is None or text[start + alias.context] == alias.first:
                    yield start + alias.context, end, alias.value
                    position = max(end, position)
                    break


def _walk(node: _Node[T], text: str, start: int, end: int) -> Iterator[_End[T]]:
    """The aliases that cover exactly ``text[start:end]``, most literal first."""
    if start < end:
        child = node.children.get(text[start])
        if child is not None:
            yield from _walk(child, text, start + 1, end)
    for star in (_STARS, _STAR):
        child = node.children.get(star)
        if child is None:
            continue
        letters = _letters(text, start, end)
        most = letters.end() if letters is not None else start
        if star == _STAR:
            most = min(most, start + ENDING_LETTERS)
        for stop in range(most, start - 1, -1):
            yield from _walk(child, text, stop, end)
    if start == end and node.end is not None:
        yield node.end
