"""What two versions of an article share in any language: figures, names and dates, and in one language its words.

A trace is an article as the sequence of its traits; a sketch is its words as a MinHash. Both give keys,
by which likely versions of an article are found without looking at all the others.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal

import numpy
from datasketch import MinHash

from corpus.claims.naming import find_names
from corpus.words.folding import fold

FIGURE, NAME, DATE = "figure", "name", "date"
# 40 bands of 2: texts that share 30 % of their shingles meet with 98 %, those that share 1 % with 0.4 %.
BANDS, ROWS = 40, 2
# Named, since sketches of another one, kept in a database, could not be compared with.
_SCHEME: Literal["affine32"] = "affine32"
SHINGLE_WORDS = 3
SHINGLE_CHARACTERS = 6
MAX_TRAITS = 240
_KEY_BITS = 47
# A key needs so many bits: two articles that share less share a topic.
_KEY_WEIGHT = 4.0
# Two articles are worth laying side by side where the keys they share have so many.
PROOF = 6.0
_AMOUNT, _AMOUNTS = "amount", ("money", "count", "quantity")
_WINDOW = 3
_NAMES = 5
# An article whose figures weigh less is told by its names.
FEW_BITS = 4.0
# Scripts written without spaces: their shingles are of characters.
_SIGNS = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
)
_UNSPACED = re.compile(f"[{_SIGNS}]")
# Katakana writes foreign names: each is one word, or a long name would make two short texts alike.
_KATAKANA = r"[\u30a1-\u30fa\u30fc-\u30ff]+"
_TOKEN = re.compile(rf"{_KATAKANA}(?:\u30fb{_KATAKANA})*|[{_SIGNS}]|(?:(?![{_SIGNS}])[^\W_])+")


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing an article says that every language says alike.

    ``form`` is what is compared: the digits of a figure and whether it is an amount, a share or a
    multiple (its scale apart, since that is what translations get wrong), a canonical name, an ISO
    date. ``exact`` tells figures of one form apart. ``weight`` is in bits, by form. ``place`` is an
    index to what the caller knows of it.
    """

    sort: str
    form: str
    exact: str
    weight: float
    place: int = -1


@cache
def _rarity() -> Mapping[str, Any]:
    return tomllib.loads((files("corpus.stories") / "rarity.toml").read_text("utf-8"))


def _digits(value: float) -> str:
    """The significant digits of a value, without its scale: ``595.3e9`` gives ``5953``."""
    number = Decimal(repr(value))
    if not number.is_finite():
        return "0"
    return "".join(map(str, number.as_tuple().digits)).strip("0") or "0"


def figure_trait(figure: Mapping[str, Any], place: int = -1) -> Trait | None:
    """A row of ``figures`` as a trait, None where it has no value and no scale."""
    kind = str(figure["kind"])
    if figure["vague"]:
        magnitude = figure["magnitude"]
        return (
            None
            if magnitude is None
            else Trait(FIGURE, f"vague {kind}", f"{magnitude!r}", float(_rarity()["vague"]["scale"]), place)
        )
    ends = [float(end) for end in (figure["low"], figure["high"]) if end is not None]
    if not ends or kind not in _rarity()["figures"]:
        return None
    scale = _rarity()["figures"][kind]
    ends = sorted(set(ends))
    digits = [_digits(end) for end in ends]
    bits = [float(scale[min(len(one), len(scale)) - 1]) for one in digits]
    weight = bits[0] + sum(bits[1:]) * float(_rarity()["ranges"]["second_end"])
    # Money that another language's words made a count of is still the same amount.
    form = f"{_AMOUNT if kind in _AMOUNTS else kind} {' '.join(digits)}"
    return Trait(FIGURE, form, f"{kind} {figure['currency']} {ends!r}", round(weight, 3), place)


def trace(
    text: str, figures: Sequence[Mapping[str, Any]], mentions: Sequence[Mapping[str, Any]] = ()
) -> tuple[Trait, ...]:
    """The traits of an article in the order of its text; a name said twice running counts once.

    ``figures`` and ``mentions`` are rows of those tables; ``place`` of a figure's trait is its index in them.
    """
    found: list[tuple[int, Trait]] = []
    taken: list[tuple[int, int]] = []
    for place, figure in enumerate(figures):
        trait = figure_trait(figure, place)
        if trait is not None:
            found.append((figure["start_char"], trait))
            taken.append((figure["start_char"], figure["end_char"]))
    for mention in mentions:
        bits = _rarity()["dates"].get(mention["precision"])
        if bits is not None:
            found.append((mention["start_char"], Trait(DATE, mention["date"], mention["date"], float(bits))))
    for name in find_names(text):
        bits = _rarity()["names"].get(name.named.kind)
        if bits is not None:
            found.append((name.start, Trait(NAME, name.named.name, name.named.name, float(bits))))
    found.sort(key=lambda item: item[0])
    kept: list[Trait] = []
    last_name = None
    for _, trait in found:
        if trait.sort == NAME:
            if trait.form == last_name:
                continue
            last_name = trait.form
        kept.append(trait)
    return tuple(kept[:MAX_TRAITS])


def _key(*parts: object) -> int:
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - _KEY_BITS)


def trace_keys(traits: Sequence[Trait]) -> dict[int, float]:
    """Keys that versions of one article share in any language, with the bits each is worth.

    Figures that follow each other, by two and by three, with some between them that the other language
    may have lost; each figure with the name or date beside it; without figures, names that follow each other.
    """
    keys: dict[int, float] = {}
    figures = _once(trait for trait in traits if trait.sort == FIGURE)
    others = _once(trait for trait in traits if trait.sort != FIGURE)
    if sum(trait.weight for trait in figures) < FEW_BITS:
        # Where figures tell nothing, names and dates in one order must.
        for start in range(len(others) - _NAMES + 1):
            keys[_key("names", *(trait.form for trait in others[start : start + _NAMES]))] = PROOF
    groups = [(first, second) for at, first in enumerate(figures) for second in figures[at + 1 : at + 1 + _WINDOW]]
    neighbours = [
        (before, after)
        for before, after in pairwise(_once(traits))
        if {before.sort, after.sort} == {FIGURE, NAME} or DATE in (before.sort, after.sort)
    ]
    for group in (*groups, *neighbours, *zip(figures, figures[1:], figures[2:], strict=False)):
        bits = sum(trait.weight for trait in group)
        if bits >= _KEY_WEIGHT:
            keys[_key("together", *sorted(trait.form for trait in group))] = bits
    return keys


def _once(traits: Iterable[Trait]) -> list[Trait]:
    """The first of each form, in order."""
    return list({trait.form: trait for trait in reversed(tuple(traits))}.values())[::-1]


def shingles(text: str) -> set[bytes]:
    """Runs of three words, in scripts without spaces of six characters or names; case, accents and signs aside."""
    folded = fold(text)
    found = _TOKEN.findall(folded)
    unspaced = sum(1 for token in found if _UNSPACED.match(token)) if _UNSPACED.search(folded) else 0
    size = SHINGLE_CHARACTERS if unspaced * 2 > len(found) else SHINGLE_WORDS
    tokens = [token.encode("utf-8", "surrogatepass") for token in found]
    if len(tokens) < size:
        return {b" ".join(tokens)} if tokens else set()
    return set(map(b" ".join, zip(*(tokens[start:] for start in range(size)), strict=False)))


@cache
def _permutations() -> Any:
    return MinHash(num_perm=BANDS * ROWS, seed=1, scheme=_SCHEME).permutations


def sketch(parts: set[bytes]) -> bytes:
    """The MinHash of shingles as little-endian numbers of 32 bits; empty for none."""
    if not parts:
        return b""
    made = MinHash(num_perm=BANDS * ROWS, seed=1, scheme=_SCHEME, permutations=_permutations())
    made.update_batch(sorted(parts))
    return bytes(made.hashvalues.astype("<u4").tobytes())


def sketch_keys(made: bytes) -> set[int]:
    """One key for each band of a sketch: two sketches that share one probably share shingles."""
    size = ROWS * 4
    return {_key("band", at, made[at : at + size].hex()) for at in range(0, len(made), size)}


def resemblance(one: bytes, other: bytes) -> float:
    """The share of shingles two sketches estimate, give or take six hundredths."""
    if len(one) != len(other) or not one:
        return 0.0
    same = numpy.frombuffer(one, dtype="<u4") == numpy.frombuffer(other, dtype="<u4")
    return int(numpy.count_nonzero(same)) / int(same.size)


def shared(one: set[bytes], other: set[bytes]) -> float:
    """The share of all shingles that two texts have in common (their Jaccard index)."""
    common = len(one & other)
    whole = len(one) + len(other) - common
    return common / whole if whole else 0.0


def numbered(traits: Sequence[Trait]) -> Iterator[list[object]]:
    """Traits as plain values, for a column of JSON."""
    for trait in traits:
        yield [trait.sort, trait.form, trait.exact, trait.weight, trait.place]


def restored(values: Iterable[Sequence[Any]]) -> tuple[Trait, ...]:
    """Traits from the values ``numbered`` gave."""
    return tuple(Trait(str(v[0]), str(v[1]), str(v[2]), float(v[3]), int(v[4])) for v in values)
