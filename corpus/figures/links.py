"""What links two parts: range words and signs, words written together with the next number, insertions."""

from __future__ import annotations

from dataclasses import replace

from corpus.figures.parts import Part, read_part
from corpus.figures.scanning import Scan

_LINKS = ("range_change_to", "range_to", "range_and", "range_or", "range_instead", "join")


def find_link(scan: Scan, part: Part) -> tuple[str, int] | None:
    """The word or sign after a part that may lead to another, and the place behind it."""
    pos = part.end
    spaced = pos
    while spaced - pos < 3 and scan.folded.startswith(" ", spaced):
        spaced += 1
    match = None
    if scan.folded.startswith("-", part.end) and scan.is_letter(part.end + 1):
        match = scan.look(part.end + 1, "range_to")  # an ending tied on with a hyphen: "5-დან 7"
    if match is None:
        match = scan.look(spaced, *_LINKS)
    if match is None and scan.is_continuous(spaced):
        bound = scan.look(spaced, "bound_after")  # "5万円以上20万円以下"
        if bound is not None and bound.cats["bound_after"] == "at_least" and scan.is_digit(scan.gap(bound.end)):
            return "dash", scan.gap(bound.end)
    if match is None:
        return _approximate_pair(scan, part, spaced) or _proclitic_link(scan, spaced)
    for kind in ("change_to", "to", "and", "or", "instead"):
        if f"range_{kind}" in match.cats:
            break
    else:
        kind = "and"
    # A hyphen behind a linking word belongs to it ("ל-7"); behind a linking sign it is the next number's.
    if scan.is_letter(match.end - 1):
        return kind, scan.gap(match.end)
    if kind == "to" and not scan.is_letter(match.start) and not scan.is_continuous(match.start):
        kind = "dash"
    end = match.end
    while end - match.end < 3 and scan.folded.startswith(" ", end):
        end += 1
    return kind, end


def _approximate_pair(scan: Scan, part: Part, pos: int) -> tuple[str, int] | None:
    """Two neighbouring number words that make a range together: "七八百亿", "دو سه میلیون", "two three million"."""
    value = part.amount.value
    if value is None or not part.bare or not 1 <= value < 10 or part.amount.scaled:
        return None
    if value == 1 and not scan.is_continuous(part.start):
        return None  # "ein Zwei-Milliarden-Paket"
    listed = scan.folded.startswith("、", pos)  # "五、六百万元", "7、8割"
    pos += listed
    if listed and scan.is_digit(pos):
        return ("to", pos) if scan.number(pos).value == value + 1 else None
    second = scan.look(pos, "number")
    if part.amount.digits or second is None or second.cats["number"] != value + 1:
        return None
    return "to", second.start


def _proclitic_link(scan: Scan, pos: int) -> tuple[str, int] | None:
    """A linking word written together with the number behind it: "وسبعة"."""
    number = scan.look(pos, "number", "scale")
    if number is None or number.start == pos:
        return None
    meanings = scan.locale.meanings(scan.folded[pos : number.start])
    kind = next((kind for kind in ("to", "and", "or") if f"range_{kind}" in meanings), None)
    return None if kind is None else (kind, number.start)


def read_second(scan: Scan, pos: int) -> Part | None:
    """The other side of a figure behind a link, a hedge before it skipped; None where no number stands."""
    hedge = scan.look(pos, "bound_before")
    part = read_part(scan, pos)
    if part is None and hedge is not None:
        part = read_part(scan, scan.gap(hedge.end))
    return part if part is not None and part.amount.value is not None else None


def with_currency_across(scan: Scan, part: Part) -> Part:
    """The currency behind the dash or comma that closes an insertion: "– oder sogar Billionen – Dollar"."""
    pos = past_punctuation(scan, part.end)
    if pos == scan.gap(part.end):
        return part
    of = scan.look(pos, "of")
    match = scan.look(scan.gap(of.end) if of is not None else pos, "currency", "symbol")
    if match is None:
        return part
    return replace(part, end=match.end, currency=match.cats.get("currency") or match.cats["symbol"])


def past_punctuation(scan: Scan, end: int) -> int:
    """The place behind an optional comma, dash or bracket."""
    pos = scan.gap(end)
    if scan.folded[pos : pos + 1] in tuple(",–—-("):
        pos = scan.gap(pos + 1)
    return pos
