"""A name in any script → a key that its spellings in other scripts share (Raimondo, Раймондо, ライモンド)."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from anyascii import anyascii

from corpus.indexing.segmenting import REMEMBERED_LETTERS, script_of

# Scripts a name can be sounded from letter by letter. Chinese characters stand for meanings; Thai puts
# vowels in front of the letter they follow.
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "KATAKANA", "HANGUL", "GEORGIAN", "ARMENIAN")
_CASED = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN"})
# Scripts that leave most vowels out, and write the long ones with letters of w and y.
_UNVOWELLED = frozenset({"ARABIC", "HEBREW"})
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{3,}")


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((files("corpus.indexing") / "sounding.toml").read_text("utf-8"))


def sound(word: str) -> str | None:
    """The key of a word, None where it has too few sounds or its script cannot be sounded.

    >>> sound("Raimondo") == sound("Раймондо") == sound("ライモンド"), sound("Ито")
    (True, None)
    """
    if script_of(word[:1]) not in SCRIPTS:
        return None
    return _remembered(word) if len(word) <= REMEMBERED_LETTERS else _sounded(word)


def _sounded(word: str) -> str | None:
    rules = _rules()
    key = re.sub("[^a-z]", "", anyascii(word).lower())
    if script_of(word[:1]) in _UNVOWELLED:
        key = re.sub("[wy]", "", key)
    for before, after in rules["steps"]:
        key = key.replace(before, after)
    # Spellings differ most in their vowels; a short name has little else to be told by.
    bare = _once("".join(char for char in key if char not in rules["vowels"]))
    key = bare if len(bare) >= rules["shortest"] else _once(key)
    return key if len(key) >= rules["shortest"] else None


_remembered = lru_cache(maxsize=50_000)(_sounded)


def _once(key: str) -> str:
    return re.sub(r"(.)\1+", r"\1", key)


def names_in(word: str) -> list[tuple[str, str]]:
    """The (script, key) of what may be a name in a word or run as written.

    In scripts with capitals a name begins with one; of Japanese only katakana names foreigners.
    """
    script = script_of(word[:1])
    if script in _CASED and not word[:1].isupper():
        return []
    if script in ("KATAKANA", "HIRAGANA", "CJK"):
        parts, script = _KATAKANA.findall(word), "KATAKANA"
    else:
        parts = [word]
    # A particle of one syllable may be written together with a Korean name.
    if script == "HANGUL" and len(word) > 3:
        parts = [word, word[:-1]]
    keys = dict.fromkeys(key for key in map(sound, parts) if key is not None)
    return [(script, key) for key in keys]


def sound_token(script: str, key: str) -> str:
    """A name's sound as one token of the index, by the script it is written in."""
    return f"s·{script[:3].lower()}{key}"
