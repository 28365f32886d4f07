"""Amounts in dollars at the reference rate of the day."""

from __future__ import annotations

from decimal import Decimal

import pytest

from corpus.storing.rates import to_usd


@pytest.mark.parametrize(
    ("amount", "currency", "published", "expected"),
    [
        (Decimal(100), "EUR", "2024-02-09", 107.72),
        (Decimal(100), "EUR", "2024-02-09T11:14:25", 107.72),
        # A weekend takes Friday's rate, Easter Monday that of Maundy Thursday.
        (Decimal(100), "EUR", "2024-02-11", 107.72),
        (Decimal(100), "EUR", "2024-04-01", 108.11),
        (Decimal("8e9"), "USD", None, 8e9),
        (Decimal("8e9"), "USD", "2024", 8e9),
        (Decimal(100), "EUR", "2024-02", None),
        (Decimal(100), "EUR", None, None),
        (Decimal(100), "EUR", "2024-02-31", None),
        (Decimal(100), "EUR", "someday soon", None),
        (Decimal(100), "EUR", "0001-01-03", None),
        (Decimal(100), "EUR", "9999-12-31", None),
        # The Bank stopped quoting the rouble on 1 March 2022; the eighth is the last day it reaches.
        (Decimal(100), "RUB", "2024-02-09", None),
        (Decimal(100), "RUB", "2022-03-09", None),
        (Decimal(100), "XAF", "2024-02-09", None),
        (Decimal(100), None, "2024-02-09", None),
        (None, "EUR", "2024-02-09", None),
    ],
)
def test_dollars(amount: Decimal | None, currency: str | None, published: str | None, expected: float | None) -> None:
    assert to_usd(amount, currency, published) == expected


def test_the_last_rate_reaches_seven_days() -> None:
    assert to_usd(Decimal(100), "RUB", "2022-03-08") is not None
