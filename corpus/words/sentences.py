"""Where sentences begin and end, in any script, without knowing the language.

A full stop ends a sentence only where what stands before it is no abbreviation, initial or ordinal and
what follows does not go on in lower case. A blank line always ends one. Thai has no stops: there a
space ends a long run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.words.cues import abbreviations
from corpus.words.matching import fold

_CLOSERS = "\"'”’»›」』）)\\]】〉》“"
_END = re.compile(
    r"(?P<blank>\n[^\S\n]*\n\s*)"
    rf"|(?P<full>[。！？｡！？।॥؟۔։።។။፧]+[{_CLOSERS}]*)"
    rf"|(?P<mark>(?<![!?…])[!?…]++[{_CLOSERS}]*+)(?=\s|$)"
    rf"|(?P<stop>\.)(?P<close>[{_CLOSERS}®™]*)(?=\s|$)"
    r"|(?<=[\u0e00-\u0e7f])(?P<thai>[ \u00a0]+)(?=[\u0e00-\u0e7f])"
)
_LAST_WORD = re.compile(r"[^\s(\[«\"“„]+$")
_GOES_ON = re.compile(r"\s+[^\W_]")
_INNER_CAPITAL = re.compile("[a-z]{1,2}[A-Z]")
_THAI_LEAST = 120
_LOOK_BACK = 24


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Half-open offsets of the sentences of ``text`` in order, without the white space around them."""
    return tuple(_spans(text))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _END.finditer(text):
        kind = found.lastgroup
        if found["stop"] is not None:
            if not _stops(text, start, found):
                continue
        elif found["mark"] is not None:
            if _in_lower_case(text, found.end()):
                continue
        elif kind == "thai" and found.start() - start < _THAI_LEAST:
            continue
        yield from _trimmed(text, start, found.end())
        start = found.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    right = len(part.rstrip())
    if right > left:
        yield start + left, start + right


def _in_lower_case(text: str, position: int) -> bool:
    following = _GOES_ON.match(text, position)
    if following is None or not following[0][-1].islower() or "\n" in following[0]:
        return False
    # "xAI", "iPhone": a name that begins small begins a sentence like any other.
    return _INNER_CAPITAL.match(text, following.end() - 1) is None


def _stops(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether this full stop ends the sentence that began at ``start``."""
    if _in_lower_case(text, found.end()):
        return False
    if found["close"]:
        return True
    word = _LAST_WORD.search(text, max(start, found.start() - _LOOK_BACK), found.start())
    if word is None:
        return True
    last = word[0]
    following = _GOES_ON.match(text, found.end())
    if following is None or "\n" in following[0]:
        return True
    if last.isdigit() and len(last) <= 2 and following[0][-1].isupper():
        # An ordinal ("am 19. Januar", "4. Quartal"): two sentences taken for one do less harm.
        return False
    if len(last) == 1 and last.isupper():
        return False
    never, seldom = abbreviations()
    folded = fold(last)
    if folded in never:
        return False
    return not (folded in seldom and not following[0][-1].isupper())
