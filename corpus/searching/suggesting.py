"""Other spellings of a word that nothing was found for, from the words of the index and the topic's names."""

from __future__ import annotations

import difflib
import sqlite3
from collections.abc import Iterator
from functools import cache

from corpus.indexing.concepts import concepts, readable
from corpus.indexing.segmenting import fold, script_of
from corpus.searching.expanding import Wanted, expression, quoted

_SHORTEST, _LONGEST = 4, 24
_SUGGESTIONS = 3
# How often a word is counted at most: enough to tell a common word from a misprint.
_COUNTED = 200
# Scripts whose small letters stand in a row in Unicode, between these.
_ALPHABETS = {
    "LATIN": ("a", "z"),
    "CYRILLIC": ("а", "я"),
    "GREEK": ("α", "ω"),
    "ARABIC": ("ا", "ي"),
    "HEBREW": ("א", "ת"),
}


def is_found(connection: sqlite3.Connection, wanted: Wanted) -> bool:
    """True where an article has the word in any of its forms."""
    sql = "SELECT 1 FROM search_index WHERE search_index MATCH ? LIMIT 1"
    return connection.execute(sql, [expression(wanted)]).fetchone() is not None


def suggest(connection: sqlite3.Connection, wanted: Wanted) -> tuple[str, ...]:
    """Words like this one, the likeliest first: one letter off and in the index, or names of the topic."""
    if len(wanted.term.segments) != 1 or wanted.term.segments[0].run:
        return ()
    word = wanted.term.segments[0].folded
    if not _SHORTEST <= len(word) <= _LONGEST:
        return ()
    counts = {other: _count(connection, other) for other in sorted(set(_one_off(word)))}
    likely = sorted((other for other, count in counts.items() if count), key=lambda other: (-counts[other], other))
    names = difflib.get_close_matches(word, _names(), n=_SUGGESTIONS, cutoff=0.75)
    return tuple(dict.fromkeys([*likely[:_SUGGESTIONS], *names]))[:_SUGGESTIONS]


def _count(connection: sqlite3.Connection, word: str) -> int:
    sql = "SELECT count(*) FROM (SELECT 1 FROM search_index WHERE search_index MATCH ? LIMIT ?)"
    return int(connection.execute(sql, [f"{{headline body}} : {quoted(word)}", _COUNTED]).fetchone()[0])


def _one_off(word: str) -> Iterator[str]:
    ends = _ALPHABETS.get(script_of(word[0]))
    letters = [] if ends is None else [chr(code) for code in range(ord(ends[0]), ord(ends[1]) + 1)]
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in letters:
            yield before + letter + after
            if after and after[0] != letter:
                yield before + letter + after[1:]


@cache
def _names() -> list[str]:
    names = (readable(alias) for concept in concepts().values() for alias in (concept.name, *concept.aliases))
    return sorted({fold(word) for name in names for word in name.split() if len(word) >= _SHORTEST})
