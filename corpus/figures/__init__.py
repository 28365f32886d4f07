"""Figures: every quantity a text states, with its reading and the words as evidence.

``find_figures(text, language)`` needs no database. On the command line,
``python -m corpus.figures --language de`` reads text on stdin and prints one JSON object a line.
"""

from __future__ import annotations

from dataclasses import replace

from corpus.figures.quantities import FigureReader
from corpus.figures.scanning import Scan
from corpus.locales.lexicon import get_locale
from corpus.model import Figure
from corpus.words.folding import compose


def find_figures(text: str, language: str | None) -> tuple[Figure, ...]:
    """The figures of a text in the order they stand, never overlapping.

    `language` is a BCP 47 tag; where it is None or unknown, words whose value differs between
    languages give no figure. Offsets count code points of `text`; ``quote == text[start:end]``.

    >>> [(f.quote, f.low, f.high, f.currency) for f in find_figures("from $5 to $7 trillion", "en")]
    [('$5 to $7 trillion', Decimal('5000000000000'), Decimal('7000000000000'), 'USD')]
    """
    composed, offsets = compose(text)
    figures = FigureReader(Scan(composed, get_locale(language))).read_all()
    if offsets is None:
        return figures
    moved = []
    for figure in figures:
        start, end = offsets[figure.start_char], offsets[figure.end_char]
        moved.append(replace(figure, start_char=start, end_char=end, quote=text[start:end]))
    return tuple(moved)
