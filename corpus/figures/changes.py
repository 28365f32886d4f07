"""Words of change: "rose from 5 to 7" tells of two figures, "from 5 to 7" of one range."""

from __future__ import annotations

from corpus.figures.scanning import Scan

_BEHIND = 30  # how far behind the second amount a verb-final language may put its verb


def governed_by_change(scan: Scan, end: int) -> bool:
    """Whether a verb or noun of change stands before a place in its clause: "rose from", "выросла до"."""
    pos = scan.clause_start(end)
    while pos < end:
        if (pos == 0 or not scan.is_letter(pos - 1)) and scan.look(pos, "range_change") is not None:
            return True
        pos += 1
    return False


def followed_by_change(scan: Scan, end: int) -> bool:
    """Whether a verb of change comes behind a place in its clause, as in Japanese, Korean, Hindi or Turkish."""
    if scan.look(scan.gap(end), "range_change_close") is not None:
        return True
    if not scan.locale.change_after:
        return False
    for pos in range(end, min(end + _BEHIND, len(scan.folded))):
        if scan.folded[pos] in ".,;:!?。、，；！？\n()":
            return False
        if not scan.is_letter(pos - 1) and scan.look(pos, "range_change") is not None:
            return True
    return False
