"""Reads the specs of figures: ``quote = kind [ISO] value [unit] [(qualifier)]``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

FOLDER = Path(__file__).parent / "specs"
_FIGURE = re.compile(
    r"(?P<quote>.+) = (?P<kind>money|percent|count|multiple|quantity)"
    r"(?: (?P<currency>[A-Z]{3}))? (?P<value>~?-?[0-9.][0-9.e+]*(?:\.\.)?~?[-0-9.e+]*|\.\.[0-9.e+]+)"
    r"(?: (?P<unit>[^()]+?))?(?: \((?P<qualifier>\w+)\))?"
)


@dataclass(frozen=True)
class Expected:
    """One figure as a spec states it, and as find_figures gives it, in comparable form."""

    quote: str
    kind: str
    currency: str | None
    low: Decimal | None
    high: Decimal | None
    vague: tuple[Decimal, Decimal | None] | None
    unit: str | None
    qualifier: str


def parse(line: str) -> Expected:
    """A figure from its line in a spec."""
    match = _FIGURE.fullmatch(line.strip())
    if match is None:
        raise ValueError(f"not a figure: {line!r}")
    quote, kind, currency, value, unit, qualifier = match.group(
        "quote", "kind", "currency", "value", "unit", "qualifier"
    )
    low = high = None
    vague = None
    if value.startswith("~"):
        sides = [Decimal(side.strip("~")) for side in value.split("..")]
        vague = (sides[0], sides[1] if len(sides) > 1 else None)
    elif ".." in value:
        left, right = value.split("..")
        low, high = (Decimal(left) if left else None), (Decimal(right) if right else None)
    else:
        low = high = Decimal(value)
    # Whether the dot of an abbreviation that ends a sentence belongs to the quote is nobody's question.
    return Expected(quote.rstrip("."), kind, currency, low, high, vague, unit, qualifier or "exact")


def rows(kind: str) -> list[tuple[str, int, dict]]:
    """Every row of a kind (accept, reject, gap) with its language and its place in the file."""
    return [
        (path.stem, index, row)
        for path in sorted(FOLDER.glob("*.toml"))
        for index, row in enumerate(tomllib.loads(path.read_text(encoding="utf-8")).get(kind, []))
    ]
