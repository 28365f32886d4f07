"""Every row of tests/specs: what a language's sentences claim, and what they do not."""

from __future__ import annotations

import pytest
from specs_format import Expected, parse, rows

from corpus import Figure, find_figures


def seen(figure: Figure, wanted: Expected | None) -> Expected:
    """A found figure in the form of a spec; the unit of a count is compared where the spec states one."""
    return Expected(
        quote=figure.quote.rstrip("."),
        kind=figure.kind,
        currency=figure.currency,
        low=figure.low,
        high=figure.high,
        vague=(figure.magnitude, figure.magnitude_high) if figure.vague and figure.magnitude is not None else None,
        unit=None if wanted is not None and wanted.unit is None else figure.unit,
        qualifier=figure.qualifier,
    )


def check(language: str, row: dict) -> None:
    expected = [parse(line) for line in row["figures"]]
    figures = find_figures(row["text"], language)
    found = [seen(figure, expected[index] if index < len(expected) else None) for index, figure in enumerate(figures)]
    assert found == expected, row["text"]


def cases(kind: str) -> list:
    return [pytest.param(language, row, id=f"{language}-{index}") for language, index, row in rows(kind)]


@pytest.mark.parametrize(("language", "row"), cases("accept"))
def test_accept(language: str, row: dict) -> None:
    check(language, row)


@pytest.mark.parametrize(("language", "row"), cases("reject"))
def test_reject(language: str, row: dict) -> None:
    assert [figure.quote for figure in find_figures(row["text"], language)] == []


@pytest.mark.parametrize(("language", "row"), cases("gap"))
def test_gap(language: str, row: dict, request: pytest.FixtureRequest) -> None:
    request.applymarker(pytest.mark.xfail(strict=True, reason=row.get("why", "known gap")))
    check(language, row)
