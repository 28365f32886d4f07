"""How alike two articles are: their traces laid side by side, in order.

Reports of one event share figures and names; a translation also has them in the same order, and few others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.stories.fingerprints import FIGURE, Trait

# A figure whose scale differs is the same figure told wrong: it counts, but less.
_OTHER_SCALE = 0.6


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two traces side by side: ``pairs`` are indexes of traits that stand for each other, in order.

    ``bits`` is what they share, ``figures`` and ``others`` the share of all (from 0 to 1) by sort.
    """

    pairs: tuple[tuple[int, int], ...]
    bits: float
    figures: float
    others: float


def weigh(one: Trait, other: Trait) -> float:
    """What it tells that two traits stand in the same place, in bits; 0 where they differ."""
    if one.form != other.form or one.sort != other.sort:
        return 0.0
    weight = min(one.weight, other.weight)
    return weight if one.exact == other.exact else weight * _OTHER_SCALE


def align(one: Sequence[Trait], other: Sequence[Trait]) -> Alignment:
    """The heaviest common sequence of two traces; the work is the product of their bounded lengths."""
    rows, columns = len(one), len(other)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        trait, line, below = one[row], best[row], best[row + 1]
        for column in range(columns - 1, -1, -1):
            value = below[column] if below[column] >= line[column + 1] else line[column + 1]
            if trait.form == other[column].form:
                value = max(value, weigh(trait, other[column]) + below[column + 1])
            line[column] = value
    pairs: list[tuple[int, int]] = []
    row = column = 0
    while row < rows and column < columns:
        bits = weigh(one[row], other[column])
        if bits > 0 and abs(best[row][column] - bits - best[row + 1][column + 1]) < 1e-9:
            pairs.append((row, column))
            row, column = row + 1, column + 1
        elif best[row + 1][column] >= best[row][column + 1]:
            row += 1
        else:
            column += 1
    return _measured(one, other, tuple(pairs))


def _measured(one: Sequence[Trait], other: Sequence[Trait], pairs: tuple[tuple[int, int], ...]) -> Alignment:
    shares = []
    for figures in (True, False):
        common = sum(weigh(one[a], other[b]) for a, b in pairs if (one[a].sort == FIGURE) is figures)
        whole = sum(trait.weight for traits in (one, other) for trait in traits if (trait.sort == FIGURE) is figures)
        shares.append(2 * common / whole if whole else 0.0)
    return Alignment(
        pairs,
        round(sum(weigh(one[a], other[b]) for a, b in pairs), 3),
        round(shares[0], 4),
        round(shares[1], 4),
    )
