"""What two texts of one language share: runs of words as numbers, and the sketch of a text they make.

A sketch (MinHash) gives keys (bands), by which texts that share runs of words are found without looking at all
the others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias
from zlib import crc32

import numpy

from corpus.words.folding import fold

if TYPE_CHECKING:
    from datasketch import MinHash

# 40 bands of 2: texts that share 30 % of their shingles meet with 98 %, those that share 1 % with 0.4 %.
BANDS, ROWS = 40, 2
# Named, since sketches of another one, kept in a database, could not be compared with.
_SCHEME: Literal["affine32"] = "affine32"
SHINGLE_WORDS = 3
SHINGLE_CHARACTERS = 6
KEY_BITS = 47
# Scripts written without spaces: their shingles are of characters.
_SIGNS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
)
_UNSPACED = re.compile(f"[{_SIGNS}]")
# Katakana writes foreign names: each is one word, or a long name would make two short texts alike.
_KATAKANA = r"[\u30a1-\u30fa\u30fc-\u30ff]+"
# Two letters that are apostrophes: folding makes signs of them.
_APOSTROPHES = r"\u02bc\u02c8"
_TOKEN = re.compile(rf"{_KATAKANA}(?:\u30fb{_KATAKANA})*|[{_SIGNS}]|(?:(?![{_SIGNS}])[^\W_{_APOSTROPHES}])+")
# Words whose numbers are remembered: most words of a text stood in others before it.
_REMEMBERED = 2**15

Shingles: TypeAlias = "numpy.ndarray[tuple[int], numpy.dtype[numpy.uint64]]"
# Odd numbers without a pattern: they spread sums and products over all 64 bits (the second and third are those of
# splitmix64, by Sebastiano Vigna).
_BASE, _MIX, _MIX_AGAIN = (
    numpy.uint64(0x9E3779B97F4A7C15),
    numpy.uint64(0xBF58476D1CE4E5B9),
    numpy.uint64(0x94D049BB133111EB),
)
_SHIFTS = (numpy.uint64(30), numpy.uint64(27), numpy.uint64(31))
_UPPER_HALF = numpy.uint64(32)
_BEYOND_KEY = numpy.uint64(64 - KEY_BITS)


def shingles(text: str) -> Shingles:
    """Runs of three words, in scripts without spaces of six characters or names, as sorted numbers, each once.

    Case and signs make no difference. A text shorter than a run is one.
    """
    found = _TOKEN.findall(text)
    if not found:
        return numpy.empty(0, numpy.uint64)
    unspaced = len(list(filter(_UNSPACED.match, found))) if _UNSPACED.search(text) else 0
    size = min(len(found), SHINGLE_CHARACTERS if unspaced * 2 > len(found) else SHINGLE_WORDS)
    tokens = numpy.fromiter(map(_number, found), numpy.uint64, len(found))
    runs = numpy.zeros(len(found) - size + 1, numpy.uint64)
    for start in range(size):
        runs = runs * _BASE + tokens[start : start + runs.size]
    return numpy.unique(_mixed(runs))


@lru_cache(_REMEMBERED)
def _number(token: str) -> int:
    return crc32(fold(token).encode("utf-8", "surrogatepass"))


def _mixed(numbers: Shingles) -> Shingles:
    """Each number as another one, so that all bits of it depend on all bits it was made of."""
    numbers = (numbers ^ (numbers >> _SHIFTS[0])) * _MIX
    numbers = (numbers ^ (numbers >> _SHIFTS[1])) * _MIX_AGAIN
    return numbers ^ (numbers >> _SHIFTS[2])


@cache
def _empty() -> MinHash:
    # Loading it takes longer than linking a hundred articles: only who sketches waits for that.
    from datasketch import MinHash

    # Shingles are numbers already.
    return MinHash(num_perm=BANDS * ROWS, seed=1, scheme=_SCHEME, hashfunc=int)


def sketch(parts: Shingles) -> bytes:
    """The MinHash of shingles as little-endian numbers of 32 bits; empty for none."""
    if not parts.size:
        return b""
    made = _empty().copy()
    made.update_batch((parts >> _UPPER_HALF).tolist())
    return bytes(made.hashvalues.astype("<u4").tobytes())


def sketch_keys(made: bytes) -> set[int]:
    """One key for each band of a sketch: two sketches that share one probably share shingles."""
    bands = numpy.frombuffer(made, dtype="<u8").astype(numpy.uint64)
    # The band's number goes in with it: the same two values in another band are another key.
    places = numpy.arange(1, bands.size + 1, dtype=numpy.uint64)
    return set((_mixed(bands + places * _BASE) >> _BEYOND_KEY).tolist())


def resemblance(one: bytes, others: Sequence[bytes]) -> list[float]:
    """The share of shingles that one sketch and each of others have in common, give or take six hundredths."""
    alike = [0.0] * len(others)
    places = [at for at, other in enumerate(others) if one and len(other) == len(one)]
    if places:
        mine = numpy.frombuffer(one, dtype="<u4")
        theirs = numpy.frombuffer(b"".join(others[at] for at in places), dtype="<u4").reshape(len(places), -1)
        for at, same in zip(places, (theirs == mine).mean(axis=1).tolist(), strict=True):
            alike[at] = same
    return alike


def in_common(one: Shingles, other: Shingles) -> int:
    """How many shingles two texts have in common."""
    if not one.size or not other.size:
        return 0
    places = numpy.minimum(one.searchsorted(other), one.size - 1)
    return int(numpy.count_nonzero(one[places] == other))


def shared(one: Shingles, other: Shingles) -> float:
    """The share of all shingles that two texts have in common (their Jaccard index)."""
    common = in_common(one, other)
    return common / (one.size + other.size - common) if common else 0.0
