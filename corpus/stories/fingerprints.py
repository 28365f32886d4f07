"""What two versions of an article share in any language: figures, names and dates.

A trace is an article as the sequence of its traits. It gives keys, by which likely versions of an article are
found without looking at all the others.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from corpus.claims.naming import find_names
from corpus.stories.sketches import KEY_BITS

FIGURE, NAME, DATE = "figure", "name", "date"
MAX_TRAITS = 240
# A key needs so many bits: two articles that share less share a topic.
_KEY_WEIGHT = 4.0
# Two articles are worth laying side by side where the keys they share have so many.
PROOF = 6.0
_AMOUNT, _AMOUNTS = "amount", ("money", "count", "quantity")
_WINDOW = 3
_NAMES = 5
# An article whose figures weigh less is told by its names.
FEW_BITS = 4.0
_REMEMBERED = 2**13


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
    if figure["vague"]:
        told = _vague(str(figure["kind"]), figure["magnitude"])
    else:
        told = _valued(str(figure["kind"]), figure["low"], figure["high"], figure["currency"])
    return None if told is None else Trait(FIGURE, *told, place)


def _vague(kind: str, magnitude: float | None) -> tuple[str, str, float] | None:
    if magnitude is None:
        return None
    return f"vague {kind}", f"{magnitude!r}", float(_rarity()["vague"]["scale"])


# The same amounts are told again and again.
@lru_cache(_REMEMBERED)
def _valued(kind: str, low: float | None, high: float | None, currency: str | None) -> tuple[str, str, float] | None:
    """What a figure is as a trait: its form, what tells it from others of that form, and its weight."""
    ends = sorted({float(end) for end in (low, high) if end is not None})
    scale = _rarity()["figures"].get(kind)
    if not ends or scale is None:
        return None
    digits = [_digits(end) for end in ends]
    bits = [float(scale[min(len(one), len(scale)) - 1]) for one in digits]
    weight = bits[0] + sum(bits[1:]) * float(_rarity()["ranges"]["second_end"])
    # Money that another language's words made a count of is still the same amount.
    form = f"{_AMOUNT if kind in _AMOUNTS else kind} {' '.join(digits)}"
    return form, f"{kind} {currency} {ends!r}", round(weight, 3)


def trace(
    text: str, figures: Sequence[Mapping[str, Any]], mentions: Sequence[Mapping[str, Any]] = ()
) -> tuple[Trait, ...]:
    """The traits of an article in the order of its text; a name said twice running counts once.

    ``figures`` and ``mentions`` are rows of those tables; ``place`` of a figure's trait is its index in them.
    """
    found: list[tuple[int, Trait]] = []
    for place, figure in enumerate(figures):
        trait = figure_trait(figure, place)
        if trait is not None:
            found.append((figure["start_char"], trait))
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
    return int.from_bytes(digest, "big") >> (64 - KEY_BITS)


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


def bits_by_form(traits: Iterable[Trait], *, figures: bool) -> dict[str, float]:
    """How many bits there are of each form of figure, or else of each name and date."""
    forms: dict[str, float] = {}
    for trait in traits:
        if (trait.sort == FIGURE) is figures:
            forms[trait.form] = round(forms.get(trait.form, 0.0) + trait.weight, 3)
    return forms


def numbered(traits: Sequence[Trait]) -> Iterator[list[object]]:
    """Traits as plain values, for a column of JSON."""
    for trait in traits:
        yield [trait.sort, trait.form, trait.exact, trait.weight, trait.place]


def restored(values: Iterable[Sequence[Any]]) -> tuple[Trait, ...]:
    """Traits from the values ``numbered`` gave."""
    return tuple(Trait(str(v[0]), str(v[1]), str(v[2]), float(v[3]), int(v[4])) for v in values)
