"""Folding: the same text, letter for letter, in a form that tables can be looked up in.

Folding never changes the length, so that an offset into the folded text is an offset into the
text. Case, full-width forms, native digits, kinds of spaces, hyphens and apostrophes, and letters
that Arabic and Persian keyboards mix up are made one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# Invisible marks: joiners inside Persian and Indic words, directions, word joiners, soft hyphens.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_PAIRS = {
    "\u2010\u2011\u2012\u2212\ufe63\uff0d\u05be": "-",
    "\u2019\u02bc\u2018\u201b\u00b4\u0060\uff40\u055a\u05f3": "'",
    "\u05f4": '"',
    "ى\u06cc": "ي",
    "ک": "ك",
    "أإآٱ": "ا",
    "ة\u06c3": "ه",
    "ё": "е",
    "Ё": "Е",
    "\u2030": "\u2030",
    "\ufe6a\u066a": "%",
    "İ": "i",
    "\u02c8": "'",
}


# Whatever is not only lowered, or not the same way in every word; letters that most texts are written in aside.
_rare = re.compile(
    "[^\x00-\x08\x0a-_a-\x7f\u00c0-\u012f\u0131-\u024f\u0391-\u03a1\u03ac-\u03ce\u0410-\u044f\u05d0-\u05ea"
    "\u0626-\u0628\u062a-\u0648\u064a-\u065f\u0900-\u0965\u0980-\u09e5\u0e01-\u0e4f\u10d0-\u10ff\u3001-\u30ff"
    "\u4e00-\u9fff\uac00-\ud7a3]"
).findall
_FEW = 16


class _Table(dict[int, str]):
    """A table for str.translate that works out a character the first time it is met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        self[code] = folded
        return folded


def _fold_char(char: str) -> str:
    if char in _SPACES or char in _INVISIBLE:
        return " "
    for members, target in _PAIRS.items():
        if char in members:
            return target.lower()
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if "\uff01" <= char <= "\uff5e":  # full-width forms of ASCII
        return chr(ord(char) - 0xFEE0).lower()
    lower = char.lower()
    return lower if len(lower) == 1 else char


@cache
def _table(dotless: bool) -> _Table:
    table = _Table()
    if dotless:
        table[ord("I")] = "ı"
    return table


def fold(text: str, *, dotless: bool = False) -> str:
    """The text folded, of the same length; `dotless` lowers I to ı, as Turkish does."""
    table = _table(dotless)
    rare = set(_rare(text))
    if len(rare) > _FEW:
        return text.translate(table)
    # A few characters are replaced one after the other many times sooner than a table is asked for each letter.
    if dotless:
        text = text.replace("I", "ı")
    for char in rare:
        text = text.replace(char, table[ord(char)])
    return text.lower()


def compose(text: str) -> tuple[str, list[int] | None]:
    """The text in Unicode NFC, and for each of its characters (and its end) the offset in `text`.

    The offsets are None where the text was composed already, which is the rule.
    """
    if unicodedata.is_normalized("NFC", text):
        return text, None
    parts: list[str] = []
    offsets: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and (unicodedata.combining(text[end]) or _joins_before(text[end])):
            continue
        part = unicodedata.normalize("NFC", text[start:end])
        parts.append(part)
        # A piece that keeps its length keeps its offsets; any other maps to its start.
        same = len(part) == end - start
        offsets.extend(start + (index if same else 0) for index in range(len(part)))
        start = end
    offsets.append(len(text))
    return "".join(parts), offsets


def _joins_before(char: str) -> bool:
    """Whether a character composes with the one before it without being a combining mark (Hangul jamo)."""
    return "\u1160" <= char <= "\u11ff" or unicodedata.category(char) in ("Mc", "Mn")
