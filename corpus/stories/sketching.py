"""MinHash: a set of strings as a few numbers, of which two sets share about as many as they share strings.

The numbers are those of datasketch's MinHash by its scheme ``affine32`` with seed 1, which a test compares them
with: sketches are kept in the database. The package itself loads all of scipy for what is these few lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import Any

import numpy

_SEED = 1
# Hashes at a time, so that memory stays flat however long the text is.
_CHUNK = 4_096


@cache
def _permutations(size: int) -> Any:
    """Columns of odd factors and of summands: each pair of them permutes all numbers of 32 bits."""
    chance = numpy.random.RandomState(_SEED)
    factors = chance.randint(0, 1 << 31, size, dtype=numpy.uint32) * numpy.uint32(2) + numpy.uint32(1)
    summands = chance.randint(0, 1 << 32, size, dtype=numpy.uint32)
    return factors[:, None], summands[:, None]


def _mixed(hashes: Any) -> Any:
    """The last step of MurmurHash3, by which numbers that are alike become unlike."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashes = (hashes ^ (hashes >> numpy.uint32(shift))) * numpy.uint32(factor)
    return hashes ^ (hashes >> numpy.uint32(16))


def minhash(parts: Iterable[bytes], size: int) -> bytes:
    """The MinHash of strings as ``size`` little-endian numbers of 32 bits; all ones for no string."""
    factors, summands = _permutations(size)
    least = numpy.full(size, 0xFFFFFFFF, dtype=numpy.uint32)
    left = iter(parts)
    while digests := b"".join(hashlib.sha1(part).digest()[:4] for part in islice(left, _CHUNK)):
        hashes = _mixed(numpy.frombuffer(digests, dtype="<u4").astype(numpy.uint32))
        least = numpy.minimum(least, (factors * hashes + summands).min(axis=1))
    return bytes(least.astype("<u4").tobytes())
