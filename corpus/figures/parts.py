"""Parts: one side of a figure, [currency] amount [link] [currency | percent | times | unit].

``read_part`` returns None where no amount stands; ``share`` gives the sides of a range, or partners
in a row, what one of them leaves to the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from math import prod

from corpus.figures.amounts import ONE, Amount, past_of, read_amount, read_attached
from corpus.figures.changes import governed_by_change
from corpus.figures.scanning import Scan
from corpus.locales.lexicon import Match


@dataclass(frozen=True, slots=True)
class Part:
    """An amount with what it measures; everything but the amount may be missing."""

    start: int
    end: int
    amount: Amount
    currency: str | None = None  # ISO code, or the name of a group ("peso")
    prefixed: bool = False  # the currency or percent word stands before the amount
    percent: Decimal | None = None  # what one of its percent words is worth in percent
    points: bool = False
    times: bool = False
    unit: str | None = None
    negative: bool = False  # a minus sign between the word before and the amount: "yüzde -2,5"

    @property
    def bare(self) -> bool:
        """Whether nothing says what the amount measures."""
        return not (self.currency or self.percent is not None or self.points or self.times or self.unit)

    @property
    def measures(self) -> tuple[object, ...]:
        """What two sides of a range must have in common."""
        return (self.currency, self.percent is not None, self.points, self.times, self.unit)


def read_part(scan: Scan, pos: int) -> Part | None:
    """One side of a figure starting at a place, or None."""
    prefix = scan.look(pos, "symbol", "percent_before")
    if prefix is not None:
        if scan.is_letter(prefix.end) and scan.is_letter(prefix.end - 1):
            prefix = None
        else:
            start = scan.gap(prefix.end)
            amount = (read_attached(scan, start) if "symbol" in prefix.cats else None) or read_amount(scan, start)
            if amount is None and "percent_before" in prefix.cats:
                minus = scan.look(start, "minus")
                signed = (
                    start + 1 if scan.folded.startswith("-", start) else None if minus is None else scan.gap(minus.end)
                )
                amount = None if signed is None else read_amount(scan, signed)
            if amount is not None:
                between = scan.folded[prefix.end : amount.start]
                is_word = scan.is_letter(prefix.end - 1)
                negative = between.endswith("-") and (not is_word or " " in between)
                negative = negative or scan.look_back(amount.start, "minus") is not None
                return replace(_prefixed(scan, prefix, amount), negative=negative)
    amount = read_amount(scan, pos)
    if amount is None:
        return None
    part = _suffixed(scan, Part(amount.start, amount.end, amount))
    factor = _factor_word(scan, amount.start) if part.bare else None
    return part if factor is None else replace(part, start=factor.start, times=True)


def read_bracketed(scan: Scan, part: Part) -> Part | None:
    """The number in brackets behind a bare one, with the scale and currency behind the bracket that both have."""
    opening = scan.gap(part.end)
    if not scan.folded.startswith("(", opening) or not scan.is_digit(opening + 1):
        return None
    number = scan.number(opening + 1)
    if number.value is None or not scan.folded.startswith(")", number.end):
        return None
    end = number.end + 1
    amount = Amount(opening + 1, end, number.value, mantissa=number.value, digits=True)
    scale = scan.look(scan.gap(end), "scale")
    if scale is not None and scale.cats["scale"].value > 1:
        factor = scale.cats["scale"].value
        amount = replace(amount.times(factor), end=scale.end, scales=(factor,))
    second = _suffixed(scan, Part(amount.start, amount.end, amount))
    return None if second.bare else second


def _factor_word(scan: Scan, start: int) -> Match | None:
    """The word that makes the number a multiple, a hedge between them or not: "multiplicó por más de 12"."""
    factor = scan.look_back(start, "times_before")
    hedge = scan.look_back(start, "bound_before") if factor is None else None
    return factor if hedge is None else scan.look_back(hedge.start, "times_before")


def _money(part: Part, currency: str, end: int, *, prefixed: bool = False) -> Part:
    """The part as money. A currency may carry a factor: "0.01 EUR" for cents, "1e6 USD" for mdd."""
    factor, _, code = currency.rpartition(" ")
    amount = part.amount
    if factor:
        scale = Decimal(factor)
        if amount.value is None:
            amount = replace(amount, magnitude=None if amount.magnitude is None else amount.magnitude * scale)
        else:
            amount = replace(amount.times(scale), scales=(*amount.scales, scale))
    return replace(part, end=end, amount=amount, currency=code, prefixed=prefixed)


def _prefixed(scan: Scan, prefix: Match, amount: Amount) -> Part:
    if "symbol" not in prefix.cats:
        part = Part(prefix.start, amount.end, amount, percent=ONE, prefixed=True)
        sign = scan.look(scan.gap(amount.end), "percent")
        return part if sign is None else replace(part, end=sign.end)
    part = _money(Part(prefix.start, amount.end, amount), prefix.cats["symbol"], amount.end, prefixed=True)
    # The same currency may be said again, more exactly: "$5,000 millones de pesos", "US$5bn dollars".
    again = _currency_after(scan, amount.end)
    if again is None or scan.is_digit(scan.gap(again[1])):
        return part
    code, end = again
    if part.currency in ("dollar", "peso", "yuan", code) or code == "dollar":
        return replace(part, end=end, currency=part.currency if code == "dollar" else code)
    return part


def _suffixed(scan: Scan, part: Part) -> Part:
    amount = part.amount
    pos = scan.gap(amount.end)
    match = scan.look(pos, "points", "percent", "currency", "symbol", "times", "unit", "of")
    if match is None:
        return part
    share = match
    if "of" in match.cats:  # "25 de puncte de bază", "2 millions de tonnes"
        pos = scan.gap(match.end)
        share = scan.look(pos, "points", "percent", "unit") or match
    if "points" in share.cats:
        return replace(part, end=share.end, points=True)
    if "percent" in share.cats:
        factor: Decimal = share.cats["percent"]
        tenths = _hundredths(scan, part, share.end) if factor == 10 else None
        if tenths is not None:
            return tenths
        if not scan.is_digit(share.end):
            return replace(part, end=share.end, percent=factor)
    money = _currency_after(scan, amount.end)
    if money is not None:
        return _with_minor(scan, _money(part, money[0], money[1]))
    if "times" in match.cats and _is_multiple(scan, part.start, pos, match):
        return replace(part, end=match.end, times=True)
    if "unit" in share.cats and amount.value is not None and _is_unit(scan, pos, share):
        return replace(part, end=share.end, unit=share.cats["unit"])
    return part


def _hundredths(scan: Scan, part: Part, end: int) -> Part | None:
    """Tenths with the hundredths behind them: "八成五", "3割5分"."""
    value = part.amount.value
    word = scan.look(end, "number")
    if value is None or (word is None and not scan.is_digit(end)):
        return None
    digit = scan.number(end).value if word is None else word.cats["number"]
    if digit is None or not 0 < digit < 10 or digit % 1:
        return None
    end = end + 1 if word is None else word.end
    unit = scan.look(end, "hundredth")
    amount = replace(part.amount, value=value + digit / 10)
    return replace(part, end=end if unit is None else unit.end, amount=amount, percent=Decimal(10))


def _with_minor(scan: Scan, part: Part) -> Part:
    """The part with the hundredths or tenths of its currency that follow: "279 روپے 28 پیسے", "5元5角"."""
    value = part.amount.value
    pos = part.end if scan.is_digit(part.end) else scan.gap(part.end)
    join = scan.look(pos, "join")
    pos = pos if join is None else scan.gap(join.end)  # "2 Euro und 35 Cent"
    if value is None or value % 1 or not part.amount.digits or not scan.is_digit(pos):
        return part
    number = scan.number(pos)
    minor = scan.look(scan.gap(number.end), "currency")
    if minor is None or number.value is None or number.value >= 100:
        return part
    factor, _, code = minor.cats["currency"].rpartition(" ")
    if code != part.currency or not factor or Decimal(factor) >= 1:
        return part
    return replace(part, end=minor.end, amount=replace(part.amount, value=value + number.value * Decimal(factor)))


def _is_unit(scan: Scan, pos: int, match: Match) -> bool:
    """A unit stands free or right behind the digits; "2027-м" is no length, "2024 г." no weight."""
    if scan.is_letter(match.end) or scan.is_digit(match.end):
        return False  # the GB of "64,000 GB200 chips" is a name
    if scan.folded.startswith("-", pos - 1) and match.end - match.start < 3:
        # "5-GW campus", "5-km-Lauf", but not the ending of "2027-м".
        symbol = scan.text[match.start : match.end]
        if symbol == symbol.lower() and not scan.folded.startswith("-", match.end):
            return False
    if "function" in match.cats:
        return False  # "ha" is a hectare and, in Italian, "has"
    other = scan.look(pos, "duration", "never", "month")
    return other is None or other.end < match.end


def _currency_after(scan: Scan, end: int) -> tuple[str, int] | None:
    """The currency after an amount, with or without "of" between: its code or group, and where it ends."""
    for pos in dict.fromkeys((scan.gap(end), past_of(scan, end))):
        match = scan.look(pos, "currency", "symbol")
        if match is None:
            continue
        if "currency" in match.cats:
            return match.cats["currency"], match.end
        # A sign that the next number claims is not ours: "80% $5".
        if not scan.is_digit(match.end) and not (scan.is_letter(match.end) and scan.is_letter(match.end - 1)):
            return match.cats["symbol"], match.end
    return None


def _is_multiple(scan: Scan, start: int, pos: int, times: Match) -> bool:
    locale = scan.locale
    after = scan.gap(times.end)
    if scan.is_digit(after):
        return False  # the score "2 x 1"
    if locale.needs_before_times and scan.look_back(_range_start(scan, start), "before_times") is not None:
        return True  # "в 14 раз"
    if scan.look(after, "frequency") is not None:
        return False
    if not scan.folded.startswith(" ", pos - 1):
        return True
    return is_compared(scan, start, times.end) and not locale.needs_before_times


def is_compared(scan: Scan, start: int, end: int) -> bool:
    """Whether a word for "times" compares: it counts occurrences as well, as in "elected three times"."""
    return (
        not scan.locale.needs_comparative
        or scan.look(scan.gap(end), "comparative") is not None
        or governed_by_change(scan, start)
    )


def _range_start(scan: Scan, start: int) -> int:
    """Where the range begins whose second side starts at a place; the place itself where there is none."""
    link = scan.look_back(start, "range_to")
    if link is None:
        return start
    end = link.start
    while end and scan.folded[end - 1] == " ":
        end -= 1
    first = end
    while first and end - first < 12 and (scan.is_digit(first - 1) or scan.folded[first - 1] in ".,"):
        first -= 1
    if first == end:
        number = scan.look_back(end, "number")  # "в три-четыре раза"
        return start if number is None else number.start
    return first


def share(first: Part, second: Part, *, ranged: bool) -> tuple[Part | None, Part | None]:
    """Both parts with what one of them leaves to the other; None, None where they do not measure the same."""
    if first.bare and not second.bare:
        first = replace(
            first,
            currency=second.currency,
            percent=second.percent,
            points=second.points,
            times=second.times,
            unit=second.unit,
        )
    elif second.bare and not first.bare:
        if not first.prefixed or (first.amount.scaled and not second.amount.scaled):
            return None, None
        second = replace(second, currency=first.currency, percent=first.percent)
    if first.percent is not None and second.percent is not None and first.percent != second.percent:
        return None, None  # "by 25 basis points to 4.5%"
    if first.measures != second.measures and not _same_money(first, second):
        return None, None
    if _same_money(first, second):
        code = first.currency if (first.currency or "").isupper() else second.currency
        first, second = replace(first, currency=code), replace(second, currency=code)
    # A scale is lent only to a side that has none (or only the first of its partner's: "5 mil a 10 mil
    # millones"), and in a range never so that it runs backwards.
    one, two = first.amount, second.amount
    missing = two.scales[len(one.scales) :] if two.scales[: len(one.scales)] == one.scales else ()
    if missing and one.value is not None:
        # "500 to 1.2 million" lends nothing: nobody means 500 million by it.
        close = two.mantissa / 1000 <= one.mantissa < 100 * two.mantissa
        if one.mantissa < two.mantissa if ranged else close:
            first = replace(first, amount=one.times(prod(missing, start=ONE)))
    return first, second


def _same_money(first: Part, second: Part) -> bool:
    """Whether two currencies can be one: the same, or a code and the name it shares with others."""
    if first.currency is None or second.currency is None:
        return False
    return first.currency == second.currency or "dollar" in (first.currency, second.currency)
