"""What figures are said to measure, whose they are, on whose word, when and how firmly."""

from __future__ import annotations

import json
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.claims import claim_figures
from corpus.model import Claim, Figure

HERE = Path(__file__).parent
KINDS = {"%": "percent", "n": "count", "x": "multiple", "q": "quantity"}
MARKED = re.compile(r"\{(?:([%nxq]):)?([^}]*)\}")


def figures_of(marked: str) -> tuple[str, list[Figure]]:
    """The text without its braces, and the figures that stood in them."""
    figures: list[Figure] = []
    text = ""
    position = 0
    for found in MARKED.finditer(marked):
        text += marked[position : found.start()]
        start = len(text)
        text += found[2]
        position = found.end()
        kind = KINDS.get(found[1] or "", "money")
        unit = found[2].split()[-1] if kind in ("count", "quantity") else None
        currency = "USD" if kind == "money" else None
        figures.append(Figure(start, len(text), found[2], kind, currency=currency, unit=unit))
    return text + marked[position:], figures


def rows() -> list[Any]:
    found = []
    for path in sorted((HERE / "claims").glob("*.toml")):
        for number, row in enumerate(tomllib.loads(path.read_text("utf-8"))["claims"]):
            marks = [pytest.mark.xfail(strict=True, reason=row["gap"])] if "gap" in row else []
            found.append(pytest.param(path.stem, row, id=f"{path.stem}-{number}", marks=marks))
    return found


@pytest.mark.parametrize(("language", "row"), rows())
def test_row(language: str, row: dict[str, Any]) -> None:
    text, figures = figures_of(row["text"])
    claims = claim_figures(text, figures, language=language, published=row.get("published"))
    assert len(claims) == len(row["is"])
    for claim, expected in zip(claims, row["is"], strict=True):
        wanted = [part.strip() for part in expected.split("|")]
        got = [claim.measure, claim.subject, claim.attributed_to, claim.stance, claim.period]
        seen = ["?" if want == "?" else value or "-" for want, value in zip(wanted, got, strict=False)]
        assert " | ".join(seen) == " | ".join(wanted), f"{claim.figure.quote}: {claim.rule}: {claim.evidence}"
