"""Figures without any database: text on stdin, one JSON object a line on stdout."""

from __future__ import annotations

import argparse
import json
import sys
from decimal import Decimal

from corpus.figures import find_figures
from corpus.model import Figure


def _main() -> None:
    """Reads text on stdin and prints its figures as JSON, one a line."""
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
