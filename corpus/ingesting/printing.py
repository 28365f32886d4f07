"""Lines for a terminal that cannot steer it."""

from __future__ import annotations

import unicodedata

_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def printable(text: str) -> str:
    """A line without control characters: a file may be named with escape sequences, an article hold some."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\x{ord(character):02x}" if unicodedata.category(character) in _STEERING else character for character in text
    )
