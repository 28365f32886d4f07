"""Words around an amount that open or soften it: "more than", "almost", "以上", "ruim"."""

from __future__ import annotations

from corpus.figures.changes import followed_by_change, governed_by_change
from corpus.figures.scanning import Scan
from corpus.locales.lexicon import Match

# Where several stand together the one that opens an end of the figure says most.
_MEASURES = {"currency", "symbol", "percent", "unit", "scale", "points"}
_RANK = {"more_than": 0, "less_than": 1, "at_least": 2, "up_to": 3, "almost": 4, "about": 5}


def find_qualifier(scan: Scan, start: int, end: int, *, kind: str, inside: str | None = None) -> str:
    """The qualifier of a figure by the words before, `inside` and after it; "exact" where there are none."""
    found = _before(scan, start, kind)
    if kind != "multiple" or scan.look(scan.gap(end), "comparative") is None:  # "14 times more than" is exact
        found += _after(scan, end, kind)
    if inside is not None:
        found.append(inside)
    number = scan.look(start, "number")
    if number is not None and "bound_before" in number.cats:
        found.append(number.cats["bound_before"])  # "une vingtaine": a number that is a hedge itself
    return min(found, key=_RANK.__getitem__, default="exact")


def _before(scan: Scan, start: int, kind: str) -> list[str]:
    found: list[str] = []
    for _ in range(4):
        match = scan.look_back(start, "bound_before")
        if match is None and not found:
            match = _across_small_words(scan, start)
        if match is None and not found:
            match = _between_commas(scan, start)
        if match is None:
            break
        if _counts_as_hedge(scan, match, kind):
            found.append(match.cats["bound_before"])
        start = match.start
    return found or _verb_before(scan, start)


def _verb_before(scan: Scan, start: int) -> list[str]:
    """A verb that is a hedge, up to three words before the amount: "تجاوزت الإيرادات 60 مليار" (exceeded)."""
    for _ in range(4):
        match = scan.look_back(start, "bound_verb")
        if match is not None:
            return [match.cats["bound_verb"]]
        word = scan.word_before(start)
        if not word or not scan.folded.endswith((word, word + " "), 0, start):
            break
        start = scan.folded.rindex(word, 0, start)
    return []


def _between_commas(scan: Scan, start: int) -> Match | None:
    """The hedge set off by commas: "pode chegar a, no máximo, R$ 50 milhões"."""
    if not scan.folded.endswith(", ", 0, start):
        return None
    match = scan.look_back(start - 2, "bound_before")
    return match if match is not None and scan.folded.endswith(", ", 0, match.start) else None


def _across_small_words(scan: Scan, end: int) -> Match | None:
    """The hedge before one or two small words: "more than the", "mehr als zu", "roza ya los"."""
    for _ in range(2):
        filler = scan.look_back(end, "article", "of", "function")
        if filler is None:
            return None
        end = filler.start
        match = scan.look_back(end, "bound_before")
        if match is not None:
            return match
    return None


def _counts_as_hedge(scan: Scan, match: Match, kind: str) -> bool:
    """Whether the words are a hedge here, and not a preposition that a noun or verb before them calls for."""
    qualifier = match.cats["bound_before"]
    if scan.look_back(match.start, "times", "multiple") is not None:
        return False  # "14 times more than 500 bn", "вдвое больше 2 млрд"
    longest = scan.backs(match.end)[0]
    if longest.start < match.start:
        if longest.cats.keys() & {"range_between", "range_open", "stop"}:
            return False  # the end of another word or phrase: 買超, "trong khoảng"
        if qualifier == "up_to" and "range_change_to" in longest.cats:
            return False  # reached, not a limit: "ticked up to 3.8%"
    if qualifier == "at_least" and "range_open" in match.cats and kind == "count":
        return False  # "offers from 12 companies"
    is_preposition = (qualifier == "up_to" and "range_to" in match.cats) or (
        qualifier == "at_least" and "range_open" in match.cats
    )
    if is_preposition:
        # "Grew to 12 bn", "a crescut de la 5 la 7"; but a phrase like "up to", whose first word does not mean "to",
        # is a hedge unless the verb is right before it.
        first, *more = scan.folded[match.start : match.end].split()
        phrase = qualifier == "up_to" and bool(more) and "range_to" not in scan.locale.meanings(first)
        if not phrase and governed_by_change(scan, match.start):
            return False
    return not scan.locale.cancels_hedge(scan.word_before(match.start))


def _after(scan: Scan, end: int, kind: str) -> list[str]:
    found: list[str] = []
    inside = scan.look_back(end, "bound_after")  # an ending that is a hedge: "ლარამდე", "dollárig"
    if (
        inside is not None
        and inside.end == end
        and inside.cats.keys() & _MEASURES
        and not followed_by_change(scan, end)
    ):
        found.append(inside.cats["bound_after"])
    pos = scan.gap(end)
    match = scan.look(pos, "bound_after")
    if match is None and scan.folded.startswith((",", "("), pos):
        match = scan.look(scan.gap(pos + 1), "bound_after")
        if match is not None and scan.folded[scan.gap(match.end) : scan.gap(match.end) + 1] not in tuple("),."):
            match = None  # "(+6,8 %)", "(circa 5 miliardi)" speak of what follows them
    if match is None or _is_change(scan, match) or (kind == "percent" and "comparative" in match.cats):
        return found
    return [*found, match.cats["bound_after"]]


def _is_change(scan: Scan, match: Match) -> bool:
    """Whether a longer form at the place of a hedge says what changed: "까지 뛰" (leapt to), not "up to"."""
    longer = scan.look(match.start, "range_change_close", "range_change_to")
    return longer is not None and longer.end > match.end
