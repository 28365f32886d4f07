"""Figures: every quantity a text states, with its reading and the words as evidence.

``find_figures(text, language)`` needs no database. On the command line,
``python -m corpus.figures --language de`` reads text on stdin and prints one JSON object a line.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from corpus.folding import compose
from corpus.locales.lexicon import get_locale
from corpus.model import Figure
from corpus.quantities import FigureReader
from corpus.scanning import Scan


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


def _main() -> None:
    """Reads text on stdin and prints its figures as JSON, one a line."""
    import argparse
    import json
    import sys

    parser = argparse.ArgumentParser(prog="python -m corpus.figures", description=_main.__doc__)
    parser.add_argument("--language", help="BCP 47 tag of the text, such as de or pt-BR; detected where it is left out")
    options = parser.parse_args()
    text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    language = options.language
    if language is None:
        from corpus.language import detect_language

        language = detect_language(text).code
    for figure in find_figures(text, language):
        print(json.dumps(as_json(figure), ensure_ascii=False))


def as_json(figure: Figure) -> dict[str, object]:
    """The figure as plain values: numbers as int where they are whole, else float."""

    def number(value: object) -> object:
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        return value

    return {name: number(getattr(figure, name)) for name in Figure.__dataclass_fields__}


if __name__ == "__main__":
    _main()
