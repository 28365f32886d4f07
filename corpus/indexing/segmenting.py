"""A text → what search compares: words with spaces round them, and runs of scripts that have none.

Index and query go through the same two functions, ``segments`` and ``fold``, so that what is folded
on one side is folded on the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from opencc import OpenCC

from corpus.words.folding import fold as fold_letters

# Scripts whose words are not told apart by spaces, or only together with their particles (Hangul):
# Han, kana, Bopomofo, Hangul, Thai, Lao, Myanmar, Khmer. They are compared two characters at a time.
_UNSPACED = (
    "\u0e01-\u0e4e\u0e81-\u0ede\u1000-\u109f\u1100-\u11ff\u1780-\u17d3\u3005-\u3007\u3041-\u309f\u30a1-\u30fa"
    "\u30fc-\u30ff\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U000323af"
)
# Marks that change how a letter is said but not which word it is: accents of European scripts,
# Arabic vowel signs and the stretching stroke, Hebrew points. Elsewhere marks are vowels and stay.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]+")
# Letters that are an accented form to a reader and not to Unicode.
_FIRST_HAN = 0x3400
_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ς": "σ"})


class _OneScript(dict[int, str]):
    """A table for str.translate, each character made when first met: traditional Chinese as simplified, hiragana as
    katakana; the length stays what it is."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if "\u3041" <= char <= "\u3096" or char in "ゝゞ":
            char = chr(code + 0x60)
        elif code >= _FIRST_HAN:
            simplified = _converter().convert(char)
            char = simplified if len(simplified) == 1 else char
        self[code] = char
        return char


_ONE_SCRIPT = _OneScript()


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


class Segment(NamedTuple):
    """A word or a run of characters, its span in code points, and its folded form; ``run`` says which."""

    start: int
    end: int
    folded: str
    run: bool


def _ranges(codes: Iterable[int]) -> str:
    """Code points as the inside of a character class."""
    made: list[list[int]] = []
    for code in codes:
        if made and code == made[-1][1] + 1:
            made[-1][1] = code
        else:
            made.append([code, code])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in made)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    # Written out as characters, a class is one look-up in a table; with ``\w`` in it, many comparisons.
    # ``\w`` leaves out combining marks, and with them the vowels of Hindi and Bengali.
    unspaced = re.compile(f"[{_UNSPACED}]")
    plane = [code for code in range(0x10000) if not 0xD800 <= code < 0xE000 and not unspaced.match(chr(code))]
    letters = _ranges(code for code in plane if chr(code).isalnum())
    # The soft hyphen and the joiners stand inside words.
    inside = _ranges(
        code
        for code in plane
        if chr(code).isalnum() or unicodedata.category(chr(code))[0] == "M" or chr(code) in "\u00ad\u200c\u200d"
    )
    # Of the planes beyond, scripts of the past, letters of mathematics, Adlam.
    beyond = "\U00010000-\U0001cfff\U0001d400-\U0001d7ff\U0001e800-\U0001e95f"
    return re.compile(f"([{_UNSPACED}]+)|([{letters}{beyond}][{inside}{beyond}]*)")


# Longer words are no words, and a hundred thousand of them would fill the memory.
REMEMBERED_LETTERS = 64


def fold(word: str) -> str:
    """A word without case, accents, width, look-alike letters and kinds of Chinese; its length may change.

    >>> fold("Ёлка"), fold("STRASSE") == fold("Straße"), fold("İstanbul"), fold("ＡＩ"), fold("臺灣") == fold("台湾")
    ('елка', True, 'istanbul', 'ai', True)
    """
    if word.isascii():
        return word.lower()
    return _remembered(word) if len(word) <= REMEMBERED_LETTERS else _folded(word)


def _folded(word: str) -> str:
    lowered = unicodedata.normalize("NFKD", fold_letters(word.replace("\u00ad", "")).casefold())
    stripped = _MARKS.sub("", lowered).translate(_LETTERS)
    # What was taken apart and is no accent (the syllables of Hangul, dakuten) is put together again.
    whole = "".join(char for char in unicodedata.normalize("NFC", stripped) if not char.isspace())
    return whole.translate(_ONE_SCRIPT) if max(whole, default="") >= "\u3041" else whole


_remembered = lru_cache(maxsize=100_000)(_folded)


def segments(text: str) -> Iterator[Segment]:
    """The words and runs of a text, in order."""
    for match in _pattern().finditer(text):
        folded = fold(match.group())
        if folded:
            yield Segment(match.start(), match.end(), folded, match.group(1) is not None)


def runs_and_words(text: str) -> list[tuple[str, str]]:
    """The runs and words of a text as written, in order: (run, "") or ("", word)."""
    return _pattern().findall(text)


def run_tokens(run: str, *, closed: bool) -> list[str]:
    """A run as the tokens that stand for it: each two characters, and the last one where the run is ``closed``.

    In the index every run is closed; in a query the last one is open, for it may go on in the text.

    >>> run_tokens("芯片短缺", closed=True), run_tokens("芯片短", closed=False)
    (['芯片', '片短', '短缺', '缺'], ['芯片', '片短'])
    """
    pairs = [run[at : at + 2] for at in range(len(run) - 1)]
    return [*pairs, run[-1]] if closed or not pairs else pairs


@lru_cache(maxsize=50_000)
def script_of(char: str) -> str:
    """The script of a letter as the first word of its Unicode name: LATIN, CYRILLIC, CJK, HANGUL."""
    return unicodedata.name(char, "").split(" ")[0].split("-")[0]
