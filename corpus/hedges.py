"""Words around an amount that open or soften it: "more than", "almost", "以上", "ruim"."""

from __future__ import annotations

from corpus.scanning import Scan

# Where several stand together the one that opens an end of the figure says most.
_RANK = {"more_than": 0, "less_than": 1, "at_least": 2, "up_to": 3, "almost": 4, "about": 5}


def find_qualifier(scan: Scan, start: int, end: int) -> str:
    """The qualifier of a figure by the words before and after it; "exact" where there are none."""
    found = [*_before(scan, start), *_after(scan, end)]
    return min(found, key=_RANK.__getitem__, default="exact")


def _before(scan: Scan, start: int) -> list[str]:
    found: list[str] = []
    for _ in range(4):
        match = scan.look_back(start, "bound_before")
        if match is not None:
            found.append(match.cats["bound_before"])
            start = match.start
            continue
        # "More than the", "mehr als zu": one small word may stand between.
        filler = scan.look_back(start, "article", "of", "function")
        if filler is None or found:
            break
        match = scan.look_back(filler.start, "bound_before")
        if match is None:
            break
        found.append(match.cats["bound_before"])
        start = match.start
    return found


def _after(scan: Scan, end: int) -> list[str]:
    pos = scan.gap(end)
    match = scan.look(pos, "bound_after")
    if match is None and scan.folded.startswith((",", "("), pos):
        match = scan.look(scan.gap(pos + 1), "bound_after")
    return [] if match is None else [match.cats["bound_after"]]
