"""Plain text → the lines and paragraphs it consists of, and what their shape alone says of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Narrower than this, text that was broken into lines of one width is put together again.
WRAP_COLUMNS = 100
PROSE_WORDS = 7
PROSE_COLUMNS = 150
# Thai closes no sentence: a line is a paragraph from the length on that headings seldom have.
STOPLESS_PROSE = 70

_BLANK = re.compile(r"\n{2,}")
_CLOSERS = " \"'”“„«»’‘」』）)]*®™■□▪●◆™¹²³"
_ENDS = ".!?…。！？।॥۔؟：:;；։።"
_STOPS = ".!?…。！？।॥۔؟"
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_STOPLESS = re.compile("[\u0e00-\u0eff]")
_INNER_STOP = re.compile(r"[。！？।॥۔؟]|[^\W\d_]{2}[.!?][\"'”»)]?\s+[^\W\d_a-zа-я]")
_LIST = re.compile(r"(?:[-*•·▪●◦‣–—►▶✓✔]|\d{1,2}[.)]|\(\d{1,2}\))\s+\S")
# "А.И." closes a name, not a sentence.
_INITIALS = re.compile(r"\b[^\W\d_]\.\s?[^\W\d_]\.$")
_RULE = re.compile(r"[\W_]*")


def columns(text: str) -> int:
    """The width of the text, wide characters counting two."""
    wide = len(_UNSPACED.findall(text))
    return len(text) + (wide if wide and _is_wide(text) else 0)


def _is_wide(text: str) -> bool:
    return any(unicodedata.east_asian_width(char) in "WF" for char in text[:200])


def words_in(text: str) -> int:
    """About how many words the text has, also where words are not spaced (two characters a word)."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2


def ends_sentence(text: str) -> bool:
    """Whether the text closes as a sentence does."""
    bare = text.rstrip(_CLOSERS)
    return bool(bare) and bare[-1] in _STOPS and _INITIALS.search(bare[-8:]) is None


def stopless(text: str) -> bool:
    """Whether the text is in a script that closes no sentence with a sign (Thai, Lao)."""
    return len(_STOPLESS.findall(text)) * 2 > len(text)


def holds_sentence(text: str) -> bool:
    """Whether a sentence ends somewhere in the text."""
    return ends_sentence(text) or _INNER_STOP.search(text) is not None


def is_prose(text: str) -> bool:
    """Whether the text is a paragraph: a closed sentence of some length, or longer than any heading."""
    words = words_in(text)
    if stopless(text):
        return len(text) >= STOPLESS_PROSE
    if ends_sentence(text):
        return words >= PROSE_WORDS or (words >= 4 and columns(text) >= 40)
    return columns(text) >= PROSE_COLUMNS * (1.6 if words < 20 else 1) or words >= 32


def is_list_item(text: str) -> bool:
    """Whether the text begins as an item of a list does."""
    return _LIST.match(text) is not None


def is_blank(text: str) -> bool:
    """Whether the text has neither letter nor digit ("×", "***")."""
    return _RULE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Block:
    """A passage as it stood, before its role is known; ``fresh`` where a blank line stood before it."""

    text: str
    fresh: bool


def blocks(text: str) -> tuple[Block, ...]:
    """The passages of normalised text: its paragraphs, or its lines where no paragraph is broken into lines."""
    paragraphs = [[line for line in part.split("\n") if line] for part in _BLANK.split(text) if part.strip("\n ")]
    several = len(paragraphs) > 1
    result: list[Block] = []
    width = max((columns(line) for part in paragraphs for line in part), default=0)
    wrapped = width <= WRAP_COLUMNS and _wrapped([part for part in paragraphs if len(part) > 1], width)
    for part in paragraphs:
        lines = list(_joined(part, width)) if wrapped else part
        result.extend(Block(line, several and number == 0) for number, line in enumerate(lines))
    return tuple(result)


def _wrapped(paragraphs: list[list[str]], width: int) -> bool:
    """Whether most lines that another follows are nearly full and close no sentence."""
    inner = [line for part in paragraphs for line in part[:-1]]
    if len(inner) < 3 or width < 40:
        return False
    full = [line for line in inner if columns(line) >= 0.75 * width]
    running = [line for line in full if not ends_sentence(line)]
    return len(full) >= 0.6 * len(inner) and len(running) >= 0.6 * len(full)


def _joined(lines: list[str], width: int) -> Iterator[str]:
    """The paragraphs that wrapped lines make: a short line, or a closed one that is not full, is the last."""
    held: list[str] = []
    for number, line in enumerate(lines):
        held.append(line)
        last = number + 1 == len(lines)
        room = columns(line) + columns(lines[number + 1].split(" ", 1)[0]) < 0.92 * width if not last else True
        if last or (room and (ends_sentence(line) or len(held) == 1)) or is_list_item(lines[number + 1]):
            yield _glue(held)
            held = []


def _glue(lines: list[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        close = _UNSPACED.match(line) and _UNSPACED.search(text[-1:]) and not "\u0e00" <= line[0] <= "\u0eff"
        text += line if close else f" {line}"
    return text
