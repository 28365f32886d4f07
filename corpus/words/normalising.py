"""Text as it arrived → text without anything invisible: one form for each letter, one for each space."""

from __future__ import annotations

import re
import unicodedata

# Controls (but tab and line ends), surrogates, private use, noncharacters and tags; bidirectional marks, soft
# hyphens and zero-width spaces. The zero-width joiners stay: Persian and the scripts of India spell with them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U0001fffe\U0001ffff\U000e0000-\U000e007f\U000f0000-\U0010ffff]+"
)
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Normalising sorts each run of combining marks, which takes the square of its length: no script needs thirty.
_MARKS = re.compile(
    "([\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06ed\u0730-\u074a\u0e38-\u0e3a"
    "\u0e48-\u0e4b\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe20-\ufe2f]{30})"
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06ed\u0730-\u074a\u0e38-\u0e3a"
    "\u0e48-\u0e4b\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe20-\ufe2f]+"
)
# No-break spaces stay between digits, where they group a number; a single plain space is none to be replaced.
_SPACE = re.compile(r"(?<=\d)([\u00a0\u202f])(?=\d)| [^\S\n]+|[^\S\n ][^\S\n]*")


def normalise(text: str) -> str:
    """The text in Unicode NFC with ``\\n`` as its only line end, one space at most, and nothing invisible."""
    text = _LINE_END.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFC", _MARKS.sub(r"\1", text))
    text = _SPACE.sub(lambda gap: gap[1] or " ", text)
    return "\n".join(line.strip() for line in text.split("\n"))


_FUSED = re.compile(
    r"(?<![^\W\d_])([^\W\d_]{2,40}[a-zß-öø-ÿа-яёіїєґα-ωάέήίόύώа-џ])([A-ZÄÖÜÀ-ÞА-ЯЁІЇЄҐΑ-ΩЂ-Џ][^\W\d_]{1,40})(?![^\W\d_])"
)
_WORD = re.compile(r"[^\W\d_]+")


def split_fused(text: str, *, functions: frozenset[str], endings: frozenset[str]) -> str:
    """The text with a space where a link's last word ran into the next one ("berichtenAltman").

    Certain, and so split, only where the whole is no name (it stands once), its right part is a word of its
    own (it stands elsewhere in the text, or is one of the ``functions``: words such as "als"), and its left
    part is one too: written small from its first letter, or the last word of a known name (``endings``).
    """
    found = [(match, match[1], match[2]) for match in _FUSED.finditer(text)]
    if not found:
        return text
    counts: dict[str, int] = {}
    for word in _WORD.findall(text):
        counts[word] = counts.get(word, 0) + 1
    pieces: list[str] = []
    position = 0
    for match, left, right in found:
        known = (right.lower() in functions and len(right) > 2) or counts.get(right, 0) > 0
        inner_capital = any(char.isupper() for char in right[1:])
        small = left.islower() and len(left) >= 4
        named = left.lower() in endings and len(left) >= 4 and right.lower() in functions
        if counts.get(match[0], 0) == 1 and known and not inner_capital and (small or named):
            pieces += (text[position : match.end(1)], " ")
            position = match.start(2)
    pieces.append(text[position:])
    return "".join(pieces)
