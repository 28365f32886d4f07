"""Amounts: the number that starts at a place of the text, in digits, number words and scale words.

``read_amount`` reads "7 Billionen", "two hundred million", "1조 5천억", "several hundred million". It
returns None where no amount stands, and looks ahead a bounded number of words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from corpus.figures.scanning import Scan
from corpus.locales.lexicon import Match
from corpus.words.numbers import Stack

ONE = Decimal(1)
_COLON_ENDING = re.compile(":([a-zåäö]{1,4})(?![a-zåäö0-9])")
_NO_CENTS = re.compile("[,.](?:--?|–|—)(?![0-9])")  # "499,- Kč", "1.200,– Euro"
_MAX_TOKENS = 24  # words of the longest number; what is longer is no number of the news


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written: ``value`` is None for a vague one, which has a ``magnitude``."""

    start: int
    end: int
    value: Decimal | None
    scale: Decimal = ONE  # the largest scale word in it
    mantissa: Decimal = ONE  # what the scale words multiply, where there is one group of them
    scales: tuple[Decimal, ...] = ()  # the scale words in the order they are written
    magnitude: Decimal | None = None
    digits: bool = False  # written with digits
    plain: bool = False  # nothing but a run of digits without a separator
    implied_one: bool = False  # a scale word alone, standing for one of it
    hedge: str | None = None  # a qualifier written inside the number: "70多亿"

    @property
    def scaled(self) -> bool:
        """Whether a scale word multiplies it."""
        return self.scale > 1

    def times(self, factor: Decimal) -> Amount:
        """The same amount with the scale words its partner states."""
        value = None if self.value is None else self.value * factor
        return replace(self, value=value, scale=self.scale * factor)


class UnknownScale(Exception):
    """A scale word whose value depends on a language that is not known: the amount has no reading."""


def read_attached(scan: Scan, pos: int) -> Amount | None:
    """Digits with an English abbreviation glued to them, as they stand behind a currency sign: "$7T", "€5bn"."""
    if not scan.is_digit(pos):
        return None
    number = scan.number(pos)
    end = number.end
    while scan.is_letter(end) and end - number.end < 4:
        end += 1
    scale = scan.locale.attached.get(scan.text[number.end : end])
    if scale is None or number.value is None or scan.is_digit(end):
        return None
    return Amount(pos, end, number.value * scale, scale=scale, mantissa=number.value, scales=(scale,), digits=True)


def read_amount(scan: Scan, pos: int) -> Amount | None:
    """The amount that starts at a place, or None."""
    try:
        return _read_amount(scan, pos)
    except UnknownScale:
        return None


def _read_amount(scan: Scan, pos: int) -> Amount | None:
    if scan.is_digit(pos):
        return _digits(scan, pos)
    part = scan.look(pos, "part")
    if part is not None and scan.is_digit(scan.gap(part.end)):
        return _digits(scan, scan.gap(part.end), part=part)  # "साढ़े 12 लाख"
    few = scan.look(pos, "few")
    if few is not None:
        vague = _vague(scan, few)
        if vague is not None:
            return vague
    return _words(scan, pos)


def _digits(scan: Scan, pos: int, *, part: Match | None = None) -> Amount | None:
    number = scan.number(pos)
    if number.value is None or _is_glued(scan, number.end):
        return None
    stack = Stack()
    if part is not None:
        stack.adds_part(part.cats["part"])
    stack.number(number.value)
    end = number.end
    if scan.locale.colon_endings:
        ending = _COLON_ENDING.match(scan.folded, end)
        if ending is not None and scan.look(ending.start(1), "never", "duration") is None:
            end = ending.end()  # "10 000:n työntekijän"
    if scan.locale.number_ending is not None:
        tied = scan.locale.number_ending.match(scan.folded, end)
        end = end if tied is None else tied.end()
    end, hedge = _continue(scan, stack, end, digits=True)
    no_cents = _NO_CENTS.match(scan.folded, end)
    if no_cents is not None:
        end = no_cents.end()
    return Amount(
        pos if part is None else part.start,
        end,
        stack.value,
        scale=stack.scale,
        mantissa=number.value,
        scales=tuple(stack.heard),
        digits=True,
        plain=number.plain and end == number.end and part is None,
        hedge=hedge,
    )


def _is_glued(scan: Scan, end: int) -> bool:
    """Whether letters that mean nothing to us hang on the digits: "5G", "80th", "3D"."""
    return scan.is_letter(end) and not any(match.cats.keys() & _HANGS_ON for match in scan.matches(end))


_HANGS_ON = {"scale", "currency", "symbol", "percent", "points", "times", "unit", "number", "part", "classifier"}


def _words(scan: Scan, pos: int) -> Amount | None:
    first = scan.look(pos, "number", "scale", "part")
    if first is None:
        return None
    stack = Stack()
    if "number" not in first.cats and "scale" in first.cats and "part" not in first.cats:
        return _bare_scale(scan, first)
    end, hedge = _continue(scan, stack, pos, digits=False)
    if not stack:
        return None
    mantissa = stack.value / stack.scale
    return Amount(
        first.start, end, stack.value, scale=stack.scale, mantissa=mantissa, scales=tuple(stack.heard), hedge=hedge
    )


def _bare_scale(scan: Scan, first: Match) -> Amount | None:
    """A scale word without a number: one of it ("a trillion dollars"), or vague ("billions of dollars")."""
    scale, slots = first.cats["scale"]
    behind = scan.folded[scan.before_space(first.start) - 1 : scan.before_space(first.start)]
    if behind == ")" or behind.isdigit():
        return None  # the scale of a number before, which could not be read
    article = scan.look_back(first.start, "article")
    start = first.start if article is None else article.start
    if article is None:
        hedged = "one" in slots and scan.look_back(first.start, "bound_before") is not None
        if "many" in slots and not hedged:
            return _vague(scan, first)
        if "one" not in slots:
            return None
    stack = Stack()
    stack.multiplies(scale)
    end, hedge = _continue(scan, stack, first.end, digits=False)
    return Amount(start, end, stack.value, scale=stack.scale, implied_one=True, hedge=hedge)


def _vague(scan: Scan, first: Match) -> Amount | None:
    """A size without a number: "several billion", "Hunderte Millionen", "tens of billions", "数十亿"."""
    magnitude = first.cats.get("few", ONE) if "few" in first.cats else first.cats["scale"].value
    end = first.end
    scale = ONE if "few" in first.cats else magnitude
    if "few" in first.cats:
        # "several hundred million", "数百亿": what follows is a number in words, or further scale words.
        pos = past_of(scan, end)
        if scan.is_digit(pos):
            return None
        inner = _words(scan, pos)
        if inner is not None:
            if not inner.scaled and inner.value is not None and inner.value < 100:
                return None
            size = inner.value if inner.value is not None else inner.magnitude
            assert size is not None
            return Amount(first.start, inner.end, None, scale=inner.scale, magnitude=magnitude * size)
        following = scan.look(pos, "scale", "few")
        if following is None:
            # Hundreds of dollars; but "several dollars" has no size.
            return Amount(first.start, end, None, magnitude=magnitude) if magnitude > 1 else None
        magnitude, scale, end = _multiply(magnitude, scale, following)
    for _ in range(4):
        following = scan.look(past_of(scan, end), "scale")
        if following is None:
            break
        magnitude, scale, end = _multiply(magnitude, scale, following)
    return Amount(first.start, end, None, scale=scale, magnitude=magnitude)


def _multiply(magnitude: Decimal, scale: Decimal, match: Match) -> tuple[Decimal, Decimal, int]:
    factor = match.cats["scale"].value if "scale" in match.cats else match.cats["few"]
    return magnitude * factor, max(scale, factor), match.end


def past_of(scan: Scan, end: int) -> int:
    """The place after an optional "of" ("hundreds of millions")."""
    pos = scan.gap(end)
    of = scan.look(pos, "of")
    return scan.gap(of.end) if of is not None else pos


def _continue(scan: Scan, stack: Stack, end: int, *, digits: bool) -> tuple[int, str | None]:
    """Feed the words after a place to the stack for as long as they belong to the number.

    Gives the place where they end, and a qualifier that stood among them.
    """
    hedge: str | None = None
    for _ in range(_MAX_TOKENS):
        pos = scan.gap(end)
        if scan.is_digit(pos):
            following = _more_digits(scan, stack, end, pos)
        else:
            match = scan.number_word(pos) or _across_of(scan, stack, pos)
            if match is None:
                inside = _inside(scan, pos) if stack and hedge is None else None
                if inside is None:
                    break
                hedge = inside.cats.get("bound_inside") or inside.cats["bound_after"]
                end = inside.end
                continue
            following = _hear(scan, stack, match, digits=digits, joined=match.start > pos)
        if following is None:
            break
        end = following
    return end, hedge


def _inside(scan: Scan, pos: int) -> Match | None:
    """A hedge before the scale, unit or currency of the number: "70多亿", "10 लाख से अधिक रुपये"."""
    hedge = scan.look(pos, "bound_inside", "bound_after")
    if hedge is None or "bound_inside" in hedge.cats:
        return hedge
    return hedge if scan.look(scan.gap(hedge.end), "currency", "percent", "unit") is not None else None


def _hear(scan: Scan, stack: Stack, match: Match, *, digits: bool, joined: bool = False) -> int | None:
    """Feed one word to the stack: the place after it, or None where it does not belong to the number."""
    cats = match.cats
    if "scale" in cats and (stack or "number" not in cats):
        scale = cats["scale"].value
        if scale == 0:
            raise UnknownScale
        if stack.takes_scale(scale):
            stack.multiplies(scale)
            return match.end
        return None
    if "part" in cats and (stack or "number" not in cats or _number_follows(scan, match.end)):
        stack.adds_part(cats["part"])
        # The scale may be said again: "one milliard and half the milliard".
        again = scan.look(scan.gap(match.end), "scale")
        if again is not None and stack.last_scale == again.cats["scale"].value:
            return again.end
        return match.end
    if "number" in cats:
        value = cats["number"]
        if value == 0 and stack:
            return match.end  # the zero of 一千零五十
        if value in (100, 1000) and (stack or value == 100):
            if not stack.takes_scale(value):
                return None
            stack.multiplies(value)
            return match.end
        if not _fits(scan, stack, match, digits=digits) or not stack.takes_number(value, joined=joined):
            return None
        if value >= 1000 and not stack:
            stack.whole(value)
        else:
            stack.number(value)
        return match.end
    if "point" in cats:
        return _decimals(scan, stack, match.end)
    # A joining word counts only with a number behind it: "two hundred and five".
    if not stack:
        return None
    pos = scan.gap(match.end)
    if scan.is_digit(pos):
        return _more_digits(scan, stack, match.end, pos)
    following = scan.look(scan.gap(match.end), "number", "part")
    if following is None or following.start == match.start or (digits and "part" not in following.cats):
        return None
    if "number" in following.cats and following.cats["number"] >= max(stack.last_scale, Decimal(100)):
        return None
    return _hear(scan, stack, following, digits=digits, joined=True)


def _fits(scan: Scan, stack: Stack, match: Match, *, digits: bool) -> bool:
    """Whether a number word can go on with what was heard, by the scale word behind it.

    "Five milliards and seven milliards" are two numbers; "3 mil quinientos millones" is one.
    """
    scale = scan.look(scan.gap(match.end), "scale")
    if digits:
        return scale is not None and stack.last_scale == 1000 < scale.cats["scale"].value
    return scale is None or stack.last_scale < 1_000_000 or scale.cats["scale"].value < stack.last_scale


def _number_follows(scan: Scan, end: int) -> bool:
    """Whether a part stands before the number it adds to, and is none by itself: "सवा दो", but "½ million"."""
    return scan.look(scan.gap(end), "number") is not None


def _decimals(scan: Scan, stack: Stack, end: int) -> int | None:
    """The digits said or written after a decimal point: "十二点五", "one point five", "৯ দশমিক ৪১"."""
    if not stack or stack.last_scale > 1:
        return None
    pos = scan.gap(end)
    if scan.is_digit(pos):
        number = scan.number(pos)
        if not number.plain or number.end - pos > 4:
            return None
        stack.adds_part(Decimal(f"0.{scan.folded[pos : number.end]}"))
        return number.end
    place = ONE
    heard: int | None = None
    for _ in range(8):
        match = scan.look(scan.gap(end), "number")
        if match is None or not 0 <= match.cats["number"] < 10:
            break
        place /= 10
        stack.adds_part(match.cats["number"] * place)
        heard = end = match.end
    return heard


def _across_of(scan: Scan, stack: Stack, pos: int) -> Match | None:
    """The scale word behind "of" and an article: "20 de milioane", "quarter of a billion", "millones de millones"."""
    of = scan.look(pos, "of") if stack else None
    if of is None:
        return None
    pos = scan.gap(of.end)
    if stack.last_scale > 1:
        scale = scan.look(pos, "scale")
        return scale if scale is not None and stack.is_squared(scale.cats["scale"].value) else None
    if 1 <= stack.value < 10:
        return None
    article = scan.look(pos, "article", "number") if stack.value < 1 else None
    if article is not None and (article.cats.get("number", 1) == 1):
        pos = scan.gap(article.end)
    return scan.look(pos, "scale")


def _goes_on(stack: Stack, value: Decimal, scale: Decimal) -> bool:
    """Whether digits and their scale belong to the number: "1조 5000억", and "2 হাজার 400 কোটি" (2,400 crore)."""
    thousands = stack.last_scale == 1000 and stack.value < 10_000_000
    return value * scale < stack.last_scale or (thousands and 10 <= value < 1000 < scale)


def _more_digits(scan: Scan, stack: Stack, end: int, pos: int) -> int | None:
    """Digits after a scale word: "1조 5000억", "3万5000", "4 Milliarden 200 Millionen"."""
    if stack.last_scale == 1 or stack.value % 1 or stack.value % stack.last_scale:
        return None  # "2.8 billion 3.1 million" are two
    number = scan.number(pos)
    if number.value is None or not stack.takes_number(number.value) or _is_glued(scan, number.end):
        return None
    scale = scan.look(scan.gap(number.end), "scale")
    if scale is not None and _goes_on(stack, number.value, scale.cats["scale"].value):
        stack.number(number.value)
        stack.multiplies(scale.cats["scale"].value)
        return scale.end
    # Without a scale of their own: "3万5000", and after a thousand "7 bin 500 lira".
    if (pos == end and scan.is_continuous(pos - 1)) or (
        scale is None and stack.last_scale == 1000 and number.plain and number.value % 1 == 0
    ):
        stack.number(number.value)
        return number.end
    return None
