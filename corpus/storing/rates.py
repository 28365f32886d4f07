"""Amounts in US dollars, at the European Central Bank's reference rates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from currency_converter import CurrencyConverter

# Rates are published on working days; Easter and Christmas leave gaps of up to five days.
_DAYS_BACK = 7
_CENTS = 2


@cache
def _converter() -> CurrencyConverter:
    # Reads its table for a third of a second, so only where an amount is to be converted.
    from currency_converter import CurrencyConverter

    return CurrencyConverter()


@cache
def _dollars_for_one(currency: str, day: date) -> float | None:
    from currency_converter import RateNotFoundError

    converter = _converter()
    if currency not in converter.currencies:
        return None
    for back in range(_DAYS_BACK + 1):
        try:
            rate: float = converter.convert(1, currency, "USD", date=day - timedelta(days=back))
        except (RateNotFoundError, OverflowError):
            continue
        return rate
    return None


def to_usd(amount: Decimal | float | None, currency: str | None, published: str | None) -> float | None:
    """The amount in US dollars at the rate of the publication day or the last within seven days before.

    ``published`` is an ISO 8601 prefix. None where the amount or currency is unknown, where the date
    is not known to the day, and where the Bank published no rate; US dollars need neither date nor rate.
    Rates: https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/

    >>> to_usd(Decimal(100), "EUR", "2024-02-10")  # a Saturday: Friday's rate, 1.0772
    107.72
    """
    if amount is None or currency is None:
        return None
    if currency == "USD":
        return float(amount)
    day = _day(published)
    if day is None:
        return None
    rate = _dollars_for_one(currency, day)
    return None if rate is None else round(float(amount) * rate, _CENTS)


def _day(published: str | None) -> date | None:
    if published is None or len(published) < len("2024-02-09"):
        return None
    try:
        return date.fromisoformat(published[: len("2024-02-09")])
    except ValueError:
        return None
