"""The grammar of figures: from parts to ranges, rows of partners, vague sizes, counts and multiples."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from corpus.figures.amounts import ONE
from corpus.figures.changes import followed_by_change, governed_by_change
from corpus.figures.counts import find_counted, is_date_part
from corpus.figures.hedges import find_qualifier
from corpus.figures.identifiers import find_addresses, identifier_end, in_identifier
from corpus.figures.links import find_link, past_punctuation, read_second, with_currency_across
from corpus.figures.parts import Part, is_compared, read_bracketed, read_part, share
from corpus.figures.scanning import Scan
from corpus.locales.cldr import currency_groups
from corpus.locales.lexicon import HOT, Match
from corpus.model import Figure

_LOW_OPEN = ("less_than", "up_to")
_HIGH_OPEN = ("more_than", "at_least")
_HANGUL = re.compile("[\uac00-\ud7af]")
_MILLION = Decimal(1_000_000)
_SENTENCE_END = re.compile(r"[.!?](?=\s+[^\sa-zà-ÿ0-9а-яё])|[。！？\n]")
# What follows the dot of an abbreviation inside a sentence.
_GOES_ON = re.compile(r" ?[a-zà-öø-ÿ0-9а-яёѐ-џ,;)–-]")


class FigureReader:
    """Reads one text from its first to its last character."""

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        # Large amounts without a word on what they measure, with the low end of those that are ranges.
        self.unnamed: list[tuple[Part, Decimal | None]] = []

    def read_all(self) -> tuple[Figure, ...]:
        """The figures, in order, with those that take their currency from another of their sentence."""
        figures = list(self.read())
        money = [figure for figure in figures if figure.kind == "money"]
        starts = [figure.start_char for figure in money]
        for part, low in self.unnamed:
            following = bisect_left(starts, part.end)
            partner = self._partner(part, money[following : following + 1], money[max(0, following - 1) : following])
            if partner is not None:
                shared = self._single(replace(part, currency=partner.currency), rule=".shared")
                if shared is not None:
                    figures.append(self._finished(shared if low is None else replace(shared, low=low)))
        codes = self._codes({figure.currency for figure in figures if figure.currency is not None})
        return tuple(
            figure if figure.currency is None else replace(figure, currency=codes[figure.currency])
            for figure in sorted(figures, key=lambda figure: figure.start_char)
        )

    def _codes(self, currencies: set[str]) -> dict[str, str | None]:
        """The ISO code of each currency of the text; most are one, a name that several share is decided once."""
        stated = {code for code in currencies if code not in currency_groups()}
        return {
            name: name if name in stated else self.scan.locale.currency_of(name, self.scan.folded, stated)
            for name in currencies
        }

    def _partner(self, part: Part, following: list[Figure], last: list[Figure]) -> Figure | None:
        """The next, else the last, money of the sentence: "$60.9 billion, up from 27 billion"."""
        for figure in (*following, *last):
            start, end = sorted((part.start, part.end, figure.start_char, figure.end_char))[1:3]
            if end - start < 120 and not _SENTENCE_END.search(self.scan.text, start, end):
                return figure
        return None

    def read(self) -> Iterator[Figure]:
        """The figures, in order."""
        scan = self.scan
        masks = iter([*find_addresses(scan.text), (len(scan.text) + 1, len(scan.text) + 1)])
        mask = next(masks)
        pos = 0
        while (anchor := self._anchor(pos, mask[0])) is not None:
            pos = anchor.start()
            while mask[1] <= pos:
                mask = next(masks)
            if mask[0] <= pos:
                pos = mask[1]
                continue
            if anchor.group()[0].isdigit() or self._is_hot(pos, anchor.group()):
                found, end = self._figures_at(pos)
                yield from (self._finished(figure) for figure in found)
                pos = max(end, pos + 1)
            else:
                pos = anchor.end()

    def _anchor(self, pos: int, mask: int) -> re.Match[str] | None:
        """The next place where a figure may begin; words that begin none are passed over up to a masked place."""
        cold = self.scan.locale.cold
        for anchor in self.scan.locale.anchor.finditer(self.scan.folded, pos):
            if anchor.start() >= mask or anchor.group() not in cold:
                return anchor
        return None

    def _is_hot(self, pos: int, token: str) -> bool:
        scan = self.scan
        if scan.is_letter(pos) or not scan.is_continuous(pos):
            if pos and scan.is_letter(pos) and scan.is_letter(pos - 1):
                return False
            return scan.locale.words(token).hot
        # Korean parts its words: the 조 in the middle of one is no trillion.
        return not (_HANGUL.match(token) and pos and _HANGUL.match(scan.folded, pos - 1))

    def _figures_at(self, pos: int) -> tuple[list[Figure], int]:
        """The figures that start at an anchor (several where one leans on its partner), and where to go on."""
        scan = self.scan
        if scan.is_digit(pos) and in_identifier(scan, pos):
            return [], identifier_end(self.scan, pos)
        if not scan.is_digit(pos) and not any(cat in match.cats for match in scan.matches(pos) for cat in HOT):
            return [], self._skip(pos)  # a word that begins a form only with others behind it: "la mitad"
        multiple = scan.look(pos, "multiple")
        part = read_part(scan, pos)
        if part is None:
            if multiple is not None:
                return self._multiple(multiple), multiple.end
            percentage = scan.look(pos, "percentage")
            if percentage is not None:
                value = percentage.cats["percentage"]
                figure = self._figure(pos, percentage.end, "percent", value, value, rule="percent.word")
                return [figure], percentage.end
            return [], self._skip(pos)
        if multiple is not None and part.bare and not part.amount.digits and multiple.end >= part.end:
            return self._multiple(multiple), multiple.end
        if part.amount.value is None:
            return self._vague(part)
        return self._numbers(part)

    # -- kinds -------------------------------------------------------------------------------------

    def _multiple(self, match: Match) -> list[Figure]:
        after = self.scan.look(self.scan.gap(match.end), "not_multiple", "frequency")
        if after is not None and ("not_multiple" in after.cats or "times" in match.cats):
            return []
        if match.cats.get("times") == "occasions" and not is_compared(self.scan, match.start, match.end):
            return []
        value: Decimal = match.cats["multiple"]
        return [self._figure(match.start, match.end, "multiple", value, value, rule="multiple.word")]

    def _vague(self, part: Part) -> tuple[list[Figure], int]:
        """A size without a number is a figure only with a currency in its construction."""
        scan = self.scan
        if scan.folded.endswith((") ", ")"), 0, part.start):
            return [], part.end  # "1,2 (0,9) miljarder kronor": the scale is that of the numbers before
        high: Decimal | None = None
        if part.currency is None:
            # "billions, or even trillions, of dollars"
            pos = past_punctuation(scan, part.end)
            link = scan.look(pos, "range_or", "range_and", "range_to")
            if link is None:
                return [], part.end
            second = read_part(scan, past_punctuation(scan, link.end))
            if second is None or second.amount.value is not None:
                return [], part.end
            if second.currency is None:
                second = with_currency_across(scan, second)
            if second.currency is None:
                return [], second.end
            high = second.amount.magnitude
            part = replace(part, end=second.end, currency=second.currency)
        figure = self._figure(part.start, part.end, "money", None, None, rule="money.vague")
        return [
            replace(
                figure,
                currency=part.currency,
                vague=True,
                magnitude=part.amount.magnitude,
                magnitude_high=high,
                qualifier="exact",
            )
        ], part.end

    def _numbers(self, part: Part) -> tuple[list[Figure], int]:
        """A number and what it leads to: a range, partners it shares a unit with, or itself alone."""
        scan = self.scan
        link = find_link(scan, part)
        if link is not None:
            kind, pos = link
            second = read_second(scan, pos)
            if second is not None:
                joined = self._join(part, second, kind)
                if joined is not None:
                    return joined
        bracketed = read_bracketed(scan, part) if part.bare and not part.amount.scaled else None
        if bracketed is not None:
            # "842,7 (795,0) Millionen Euro": the year's figure and last year's.
            left, _ = share(part, bracketed, ranged=False)
            figures = [None if left is None else self._single(left, rule=".elided"), self._single(bracketed)]
            return [figure for figure in figures if figure is not None], bracketed.end
        if part.bare and not part.amount.scaled:
            partners = self._partners(part)
            if partners is not None:
                return partners
        figure = self._single(part)
        if figure is not None:
            if part.amount.value == 1 and self._is_rate(figure):
                return [], figure.end_char
            return [figure], max(figure.end_char, part.end)
        if part.bare and part.amount.scale >= _MILLION and not part.amount.implied_one:
            self.unnamed.append((part, None))
        return [], max(part.end, identifier_end(self.scan, part.start) if scan.is_digit(part.start) else 0)

    def _join(self, first: Part, second: Part, kind: str) -> tuple[list[Figure], int] | None:
        """Two linked parts: one range, or two figures where a word of change governs them; None where unrelated."""
        if self._is_year(first) != self._is_year(second):
            return None  # "65 Milliarden bis 2028"
        change = kind in ("change_to", "instead") or (kind == "to" and self._is_change(first, second))
        between = kind == "and" and (
            self.scan.look_back(first.start, "range_between") is not None
            or self.scan.look(self.scan.gap(second.end), "range_close") is not None
        )
        if kind in ("to", "dash") or between or (kind == "or" and first.bare and not second.prefixed) or change:
            left, right = share(first, second, ranged=not change)
            if left is None or right is None:
                return None
            return self._both(left, right) if change else self._range(left, right)
        return None

    def _both(self, left: Part, right: Part) -> tuple[list[Figure], int]:
        """Two figures of one construction; a bare first one counts what the second counts."""
        second = self._single(right, rule=".change")
        first = self._single(left, rule=".change")
        if first is None and second is not None and second.kind == "count" and left.bare:
            value = left.amount.value
            counted = self._figure(left.start, left.end, "count", value, value, rule="count.change")
            first = replace(counted, unit=second.unit)
        if second is not None and second.qualifier == "up_to" and self.scan.look_back(right.start, "range_to"):
            second = replace(second, qualifier="exact")  # the "до" of "с 5 до 7" is no hedge
        found = [figure for figure in (first, second) if figure is not None]
        return found, max(right.end, *(figure.end_char for figure in found)) if found else right.end

    def _range(self, left: Part, right: Part) -> tuple[list[Figure], int] | None:
        low, high = left.amount.value, right.amount.value
        assert low is not None and high is not None
        if self._is_year(left) and self._is_year(right):
            return [], right.end
        if low > high and self.scan.locale.right_to_left:
            low, high = high, low  # a range may be set in either direction
        if low > high and left.bare and not left.amount.scaled and self.scan.is_letter(right.start - 2):
            return self._both(left, right)  # "de 12 000 à 9 500 salariés" falls
        if low >= high:
            return None
        whole = replace(right, start=left.start, amount=replace(right.amount, start=left.amount.start, plain=False))
        figure = self._single(whole, rule=".range")
        if figure is None:
            if whole.bare and left.amount.scale >= _MILLION and right.amount.scale >= _MILLION:
                self.unnamed.append((whole, low))
            return [], right.end
        factor = right.percent if right.percent is not None else ONE
        # A range has both its ends: "from 5" in front of it opens none.
        qualifier = "exact" if figure.qualifier in (*_LOW_OPEN, *_HIGH_OPEN) else figure.qualifier
        return [replace(figure, low=low * factor, high=high * factor, qualifier=qualifier)], figure.end_char

    def _partners(self, first: Part) -> tuple[list[Figure], int] | None:
        """Bare numbers in a row that take scale and currency from the last: "3, 5 und 7 Milliarden Euro"."""
        scan = self.scan
        parts = [first]
        for _ in range(5):
            last = parts[-1]
            link = find_link(scan, last)
            if link is None:
                if not scan.folded.startswith(", ", last.end):
                    return None
                link = ("comma", last.end + 2)
            kind, pos = link
            following = read_second(scan, pos)
            if following is None:
                return None
            parts.append(following)
            if not following.bare or following.amount.scaled:
                if following.prefixed or following.bare or kind == "comma":
                    return None
                break
        else:
            return None
        end = parts[-1]
        if any(self._is_year(part) or is_date_part(scan, part.amount, part.start) for part in parts[:-1]):
            return None
        figures = []
        for part in parts[:-1]:
            left, _ = share(part, end, ranged=False)
            figure = None if left is None else self._single(left, rule=".elided")
            if figure is None:
                return None
            figures.append(figure)
        last_figure = self._single(end)
        return ([*figures, last_figure] if last_figure is not None else figures), end.end

    def _single(self, part: Part, rule: str = "") -> Figure | None:
        """The figure a part is by itself, or None."""
        amount = part.amount
        value = amount.value
        assert value is not None
        start, end, inside = part.start, part.end, amount.hedge
        if part.negative:
            value = -value
        if part.currency is not None:
            if value == 1 and not amount.digits and not amount.scaled:
                return None  # "ein Euro kostet …": one of a currency in words is its price
            side = "prefix" if part.prefixed else "suffix"
            figure = self._figure(start, end, "money", value, value, inside=inside, rule=f"money.{side}{rule}")
            return replace(figure, currency=part.currency)
        if part.percent is not None:
            value *= part.percent
            return self._figure(start, end, "percent", value, value, inside=inside, rule=f"percent{rule}")
        if part.points and value >= 100:
            return None  # points of an index
        if part.points:
            return replace(
                self._figure(start, end, "percent", value, value, inside=inside, rule=f"points{rule}"), unit="pp"
            )
        if part.times:
            return self._figure(start, end, "multiple", value, value, inside=inside, rule=f"multiple.times{rule}")
        if part.unit is not None and (amount.digits or value > 1) and not is_date_part(self.scan, amount, start):
            return replace(
                self._figure(start, end, "quantity", value, value, inside=inside, rule=f"quantity{rule}"),
                unit=part.unit,
            )
        counted = find_counted(self.scan, amount, start)
        if counted is None:
            return None
        figure = self._figure(
            start, counted.end, "count", value, value, inside=inside or counted.hedge, rule=f"count{rule}"
        )
        return replace(figure, unit=counted.unit)

    # -- context -----------------------------------------------------------------------------------

    def _figure(
        self,
        start: int,
        end: int,
        kind: str,
        low: Decimal | None,
        high: Decimal | None,
        *,
        rule: str,
        inside: str | None = None,
    ) -> Figure:
        qualifier = find_qualifier(self.scan, start, end, kind=kind, inside=inside)
        if self.scan.folded.endswith(".", start, end) and not _GOES_ON.match(self.scan.text, end):
            end -= 1  # the dot that ends the sentence is not the abbreviation's
        minus = self._minus(start) if kind != "count" and low is not None else start
        if minus < start and low is not None:
            start, low, high = minus, -low, None if high is None else -high
        return Figure(
            start_char=start,
            end_char=end,
            quote=self.scan.text[start:end],
            kind=kind,
            low=low,
            high=high,
            qualifier=qualifier,
            rule=rule,
        )

    @staticmethod
    def _finished(figure: Figure) -> Figure:
        """The figure with the end its qualifier opens, and its numbers written out."""
        low, high = figure.low, figure.high
        if low == high and not figure.vague:
            low = None if figure.qualifier in _LOW_OPEN else low
            high = None if figure.qualifier in _HIGH_OPEN else high
        return replace(
            figure,
            low=_plain(low),
            high=_plain(high),
            magnitude=_plain(figure.magnitude),
            magnitude_high=_plain(figure.magnitude_high),
        )

    def _minus(self, start: int) -> int:
        """Where the minus sign or word right before a figure starts; the figure's own start where there is none."""
        scan = self.scan
        word = scan.look_back(start, "minus")
        longest = scan.backs(start)[0] if word is not None else None
        hedged = longest is not None and "bound_before" in longest.cats  # "plus or minus 2%"
        if word is not None and not hedged and not scan.is_digit(scan.before_space(word.start) - 1):
            return word.start
        if start and scan.folded[start - 1] in "-–":
            before = scan.folded[start - 2 : start - 1]
            if start == 1 or before in ' (:="' or (scan.is_continuous(start - 2) and scan.folded[start - 1] == "-"):
                return start - 1
        return start

    def _is_change(self, first: Part, second: Part) -> bool:
        """Whether "from X to Y" tells of a change, so that X and Y are two figures."""
        opened = self.scan.look_back(first.start, "range_open", "range_change_open", "range_between")
        if opened is not None and opened.cats.keys() & {"range_between", "range_never_change"}:
            return False
        if followed_by_change(self.scan, second.end):
            return True
        if opened is None:
            return self._is_step(first, second)
        if first.bare and second.percent is not None and "of" in opened.cats:
            return False  # "une hausse de 3 à 5 %" is by how much
        if "range_change_open" in opened.cats:
            return True
        # A language with openers of its own for a change means a range by the others.
        return not self.scan.locale.has_change_open and governed_by_change(self.scan, opened.start)

    def _is_step(self, first: Part, second: Part) -> bool:
        """Whether a change by the first leads to the second: "slid 85 cents to $82.19", "swelled by $9.6bn to $69bn".

        Both have their own unit, and they are further apart than the ends of a range usually are.
        """
        low, high = first.amount.value, second.amount.value
        if first.bare or second.bare or low is None or high is None or high <= 3 * low:
            return False
        return self.scan.is_letter(second.start - 2) and governed_by_change(self.scan, first.start)

    def _is_rate(self, figure: Figure) -> bool:
        """Whether one unit is only what a price is for: "1バレル82.47ドル", "1ドル=149円"."""
        end = figure.end_char
        if figure.kind == "money":
            return self.scan.folded.startswith("=", self.scan.gap(end))
        if self.scan.folded.startswith("=", self.scan.gap(end)):
            return True
        return figure.kind != "percent" and (self.scan.is_digit(end) or self.scan.look(end, "symbol") is not None)

    def _is_year(self, part: Part) -> bool:
        value = part.amount.value
        return part.bare and part.amount.plain and value is not None and 1900 <= value < 2100

    def _skip(self, pos: int) -> int:
        """Where to go on when nothing starts at an anchor."""
        if self.scan.is_digit(pos):
            return identifier_end(self.scan, pos)
        matches = self.scan.matches(pos)
        return matches[-1].end if matches else pos + 1


def _plain(value: Decimal | None) -> Decimal | None:
    """A number without exponent and without zeros that say nothing."""
    if value is None:
        return None
    return Decimal(int(value)) if value == value.to_integral_value() else value.normalize()
