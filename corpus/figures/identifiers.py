"""Digits that are no figure because they are part of a name, a code or an address: "H100", "GPT-4", URLs."""

from __future__ import annotations

import re

from corpus.figures.scanning import Scan

_BEFORE_HYPHEN = {"symbol", "currency", "of", "article", "range_open", "bound_before", "range_to", "times_before"}
_ADDRESS_END = re.compile(r"[\s<>\"\u3000-\u9fff\uff00-\uffef]")
_ADDRESS_PART = re.compile(r"[\w.+%-]{0,64}\Z")
_ADDRESS_MARKS = re.compile(r"://|www\.|[@#](?=\w)|\.(?:com|org|net|io|de|ru|cn|jp|uk|gov|edu|html?)/")


def find_addresses(text: str) -> list[tuple[int, int]]:
    """The spans of URLs, mail addresses, handles and hashtags, in order."""
    spans: list[tuple[int, int]] = []
    done = 0
    for mark in _ADDRESS_MARKS.finditer(text):
        if mark.start() < done:
            continue
        before = _ADDRESS_PART.search(text, max(done, mark.start() - 64), mark.start())
        start = before.start() if before is not None else mark.start()
        end = _ADDRESS_END.search(text, mark.end())
        done = end.start() if end is not None else len(text)
        spans.append((start, done))
    return spans


def in_identifier(scan: Scan, pos: int) -> bool:
    """Whether digits belong to a name or code they stand in: "H100", "GPT-4", "x86", "3.14.15"."""
    before = scan.folded[pos - 1 : pos] if pos else ""
    if scan.is_letter(pos - 1):
        word = scan.word_before(pos).rstrip("ـ")
        return not scan.locale.is_proclitic(word)
    if before and before in "_\\/#@":
        return True
    if before == "-" and pos > 1 and scan.is_letter(pos - 2):
        word = scan.word_before(pos - 1)
        begin = pos - 1 - len(word)
        return not scan.locale.is_proclitic(word) and not any(
            match.end >= pos - 1 and match.cats.keys() & _BEFORE_HYPHEN for match in scan.matches(begin)
        )
    return False


def identifier_end(scan: Scan, pos: int) -> int:
    """Where the run of digits, and what is glued to it, ends."""
    end = scan.number(pos).end
    length = len(scan.folded)
    while end < length and (
        scan.is_letter(end)
        or scan.is_digit(end)
        or (scan.folded[end] in "-/:._" and end + 1 < length and scan.is_digit(end + 1))
    ):
        end += 1
    return end
