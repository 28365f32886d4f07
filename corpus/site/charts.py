"""The range chart: claims of one measure over time on a log scale, laid out here, drawn by a template.

What has no date stands in a panel of its own; a scale without a number ("trillions") is drawn as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from corpus.site.axes import LogScale, Tick, TimeScale, interval
from corpus.site.format import ENGLISH, Form
from corpus.site.links import Links
from corpus.site.marks import Mark, ends_in, leading_unit, marked

CHAR_WIDTH = 7.0
LINE = 15.0
# With more marks than this a label stands next to its mark or not at all.
ROOMY = 20


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mark in pixels. ``top`` is the higher amount; an arrow says that an end is open."""

    mark: Mark
    x: float
    top: float
    bottom: float
    shape: str
    spread: tuple[float, float] | None
    text: tuple[float, float, str] | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template draws, in pixels of ``width`` × ``height``."""

    name: str
    width: int
    height: int
    title: str
    description: str
    amounts: tuple[Tick, ...]
    times: tuple[Tick, ...]
    left: float
    right: float
    top: float
    bottom: float
    undated_left: float | None
    marks: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class ChartSet:
    """The wide and the narrow drawing of the same marks, and what neither can show."""

    wide: Chart
    narrow: Chart
    dated: int
    undated: int
    other_units: int
    crowded: int


def range_charts(
    claims: Sequence[Mapping[str, Any]], links: Links, *, slug: str, title: str, form: Form = ENGLISH
) -> ChartSet | None:
    """Give the drawings for the claims of one measure, None where there is nothing to draw."""
    if not claims:
        return None
    unit = leading_unit(claims)
    shown = [claim for claim in claims if (ends_in(claim, unit) or (None, None)) != (None, None)]
    marks, crowded = marked(shown, unit, links, slug, form)
    if not marks:
        return None
    undated = sum(not claim["date_published"] for claim in shown)
    counts = (len(shown) - undated, undated, len(claims) - len(shown), crowded)
    description = form.say("chart.description", dated=counts[0], undated=counts[1])
    wide = _draw("wide", marks, unit, title, description, form, width=760, height=420, ticks=7)
    narrow = _draw("narrow", marks, unit, title, description, form, width=360, height=440, ticks=3)
    return ChartSet(wide, narrow, *counts)


def _amount_label(value: float, unit: tuple[str, str | None], form: Form) -> str:
    kind, code = unit
    amount = form.amount(Decimal(repr(value)), words=False)
    if kind == "money":
        return form.money(amount, "USD")
    if kind == "percent":
        return form.percent(amount)
    return amount + {"multiple": "×", "quantity": f" {code or ''}"}.get(kind, "")


def _draw(
    name: str,
    marks: Sequence[Mark],
    unit: tuple[str, str | None],
    title: str,
    description: str,
    form: Form,
    *,
    width: int,
    height: int,
    ticks: int,
) -> Chart:
    top, bottom, right = 34.0, height - 34.0, width - 8.0
    ends = [end for mark in marks for end in (mark.low, mark.high) if end is not None]
    amounts = LogScale.of(ends, top=top, bottom=bottom)
    labels = [Tick(round(amounts.at(value), 1), _amount_label(value, unit, form)) for value in amounts.ticks()]
    # As much room as the longest label needs: languages write amounts more or less shortly.
    left = min(width / 3, max(62.0, 14 + CHAR_WIDTH * max((len(tick.label) for tick in labels), default=0)))
    dated = [(mark, span) for mark in marks if mark.date is not None and (span := interval(mark.date)) is not None]
    loose = [mark for mark in marks if mark.date is None or interval(mark.date) is None]
    share = 1.0 if not dated else min(0.5, 0.14 + 0.09 * len(loose))
    undated_left = None if not loose else right - (right - left) * share
    edge = right if undated_left is None else undated_left - 12
    layout = _Layout(amounts, top, bottom)
    times: list[Tick] = []
    if dated:
        scale = TimeScale.of([day for _, span in dated for day in span], left=left + 6, right=edge - 6)
        times = scale.ticks(ticks if not loose else max(2, round(ticks * (1 - share))), form)
        for mark, (first, last) in dated:
            start, end = scale.at(first), scale.at(last)
            spread = (round(start, 1), round(end, 1)) if last > first else None
            layout.add(mark, (start + end) / 2, left, edge, spread)
    if undated_left is not None:
        room = (right - undated_left) / len(loose)
        ordered = sorted(loose, key=lambda mark: -(mark.high or mark.low or 0))
        for place, mark in enumerate(ordered):
            layout.add(mark, undated_left + min(room, 90) * (place + 0.4), undated_left, right, None)
    return Chart(
        name,
        width,
        height,
        title,
        description,
        tuple(labels),
        tuple(Tick(round(tick.at, 1), tick.label) for tick in times),
        left,
        right,
        top,
        bottom,
        None if undated_left is None else round(undated_left, 1),
        layout.labelled(),
    )


class _Layout:
    """Places marks beside each other, then their labels wherever nothing else stands."""

    def __init__(self, amounts: LogScale, top: float, bottom: float) -> None:
        self.amounts = amounts
        self.top = top
        self.bottom = bottom
        self.taken: list[tuple[float, float, float, float]] = []
        self.placed: list[tuple[Drawn, float, float]] = []

    def add(self, mark: Mark, x: float, left: float, right: float, spread: tuple[float, float] | None) -> None:
        """Put a mark at ``x``, or as near to it as there is room between ``left`` and ``right``."""
        ends = [self.amounts.at(end) for end in (mark.high, mark.low) if end is not None]
        upper, lower = min(ends), max(ends)
        shape = "range" if mark.low is not None and mark.high is not None and mark.low != mark.high else "point"
        if mark.vague:
            # One decade tall where only one scale is named: "trillions" is from a trillion upwards.
            shape, upper = "scale", self.amounts.at((mark.low or 0) * 10) if mark.high is None else upper
        elif mark.high is None:
            shape, upper = "above", upper - 22
        elif mark.low is None:
            shape, lower = "below", lower + 22
        for shift in (0, 13, -13, 26, -26, 39, -39, 52, -52):
            box = (x + shift - 6, upper - 6, x + shift + 6, lower + 6)
            if left + 6 <= x + shift <= right - 6 and self._free(box):
                x += shift
                break
        self.taken.append((x - 6, upper - 6, x + 6, lower + 6))
        drawn = Drawn(mark, round(x, 1), round(upper, 1), round(lower, 1), shape, spread, None)
        self.placed.append((drawn, left, right))

    def labelled(self) -> tuple[Drawn, ...]:
        """Give the marks with a label beside, above or below each, where there is room for one."""
        return tuple(self._label(drawn, left, right) for drawn, left, right in self.placed)

    def _label(self, drawn: Drawn, left: float, right: float) -> Drawn:
        mark = drawn.mark
        for detail in (f"{mark.detail} · {mark.source}", mark.detail):
            placed = self._beside(drawn, detail, left, right)
            if placed is not None:
                return Drawn(mark, drawn.x, drawn.top, drawn.bottom, drawn.shape, drawn.spread, placed, detail)
        return drawn

    def _beside(self, drawn: Drawn, detail: str, left: float, right: float) -> tuple[float, float, str] | None:
        wide = max(len(drawn.mark.label) * CHAR_WIDTH, len(detail) * 6.0)
        middle = (drawn.top + drawn.bottom) / 2
        spots = [(drawn.x + 11, middle, "start"), (drawn.x - 11, middle, "end")]
        for away in (20, 34, 50, 66)[: 4 if len(self.placed) <= ROOMY else 1]:
            for x, anchor in ((drawn.x, "middle"), (drawn.x - 6, "start"), (drawn.x + 6, "end")):
                spots += ((x, drawn.top - away, anchor), (x, drawn.bottom + away - 4, anchor))
        for x, y, anchor in spots:
            start = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
            box = (start, y - LINE, start + wide, y + LINE - 1)
            if (
                start >= left
                and start + wide <= right + 4
                and self.top - LINE <= y <= self.bottom - LINE
                and self._free(box)
            ):
                self.taken.append(box)
                return (round(x, 1), round(y - 1, 1), anchor)
        return None

    def _free(self, box: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = box
        return not any(
            left < other[2] and right > other[0] and top < other[3] and bottom > other[1] for other in self.taken
        )
