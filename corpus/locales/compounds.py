"""Numbers written as one word: "zweiundzwanzig", "duecentomila", "dreimal", "zehnprozentig"."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from corpus.words.numbers import Stack

ENDING = 6  # letters that an inflection has at most
Morphemes = Mapping[str, tuple[str, Any]]


def read_compound(word: str, morphemes: Morphemes, stems: Morphemes) -> dict[str, Any] | None:
    """What a word made of number morphemes means, by category: a number, a multiple or a percentage; or None.

    `morphemes` maps forms to (category, value); `stems` are those that may carry an ending, at the end.
    """
    if not 4 <= len(word) <= 40 or not word.isalpha():
        return None
    parts = _segment(word, morphemes, stems)
    if parts is None or len(parts) < 2:
        return None
    stack = Stack()
    for cat, value in parts:
        if cat in ("times", "percent"):
            if not stack:
                return None
            return {"multiple": stack.value, "times": value} if cat == "times" else {"percentage": stack.value * value}
        if not _hear(stack, cat, value):
            return None
    return {"number": stack.value} if stack else None


def _hear(stack: Stack, cat: str, value: Any) -> bool:
    """Feed one morpheme to the stack; whether it fits there."""
    if cat == "part":
        stack.adds_part(value)
    elif cat == "scale" or (cat == "number" and value >= 100):
        scale: Decimal = value.value if cat == "scale" else value
        if not stack.takes_scale(scale):
            return False
        stack.multiplies(scale)
    elif cat == "number":
        if not stack.takes_number(value):
            return False
        stack.number(value)
    return True


def _segment(word: str, morphemes: Morphemes, stems: Morphemes) -> list[tuple[str, Any]] | None:
    """The word as a row of number morphemes with nothing left over, the longest first; None where it is none.

    The last of them may carry an ending.
    """
    dead: set[int] = set()

    def parse(start: int) -> list[tuple[str, Any]] | None:
        if start == len(word):
            return []
        if start in dead:
            return None
        for end in range(len(word), start, -1):
            part = morphemes.get(word[start:end])
            if part is not None and not (start == 0 and part[0] == "join"):
                rest = parse(end)
                if rest is not None:
                    return [part, *rest]
        if start:
            for end in range(len(word), max(start, len(word) - ENDING - 1), -1):
                part = stems.get(word[start:end])
                if part is not None:
                    return [part]
        dead.add(start)
        return None

    return parse(0)
