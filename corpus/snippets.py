"""Where a query's terms stand in a text, and the passage of it that shows them best."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from corpus.querying import Term, find_words

# A snippet is read at a glance; a longer text than this is not looked through for one.
WIDTH = 240
MAX_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Match:
    """A span of the text, in code points, and the number of the term that was found there."""

    start: int
    end: int
    term: int


def find_matches(text: str, terms: Sequence[Term]) -> list[Match]:
    """Give where the terms stand in the text, sorted and without overlaps."""
    text = text[:MAX_TEXT]
    found: list[Match] = []
    starts: dict[str, list[int]] = {}
    beginnings: list[int] = []
    for number, term in enumerate(terms):
        if term.within:
            pattern = re.compile(re.escape(term.text), re.IGNORECASE)
            found += (Match(hit.start(), hit.end(), number) for hit in pattern.finditer(text))
        elif term.prefix and len(term.words) == 1:
            beginnings.append(number)
        else:
            starts.setdefault(term.words[0], []).append(number)
    if starts or beginnings:
        words = list(find_words(text))
        by_length = {len(terms[number].words[0]): [] for number in beginnings}  # type: dict[int, list[int]]
        for number in beginnings:
            by_length[len(terms[number].words[0])].append(number)
        heads = {
            length: {terms[number].words[0]: number for number in numbers} for length, numbers in by_length.items()
        }
        for index, (start, end, folded) in enumerate(words):
            for length, known in heads.items():
                number = known.get(folded[:length], -1)
                if number >= 0:
                    found.append(Match(start, end, number))
            for number in starts.get(folded, ()):
                last = _follow(words, index, terms[number])
                if last is not None:
                    found.append(Match(start, words[last][1], number))
    return _disjoint(found)


def _follow(words: Sequence[tuple[int, int, str]], index: int, term: Term) -> int | None:
    """Give the index of the last word when all of the term's words follow from ``index``."""
    last = index + len(term.words) - 1
    if last >= len(words):
        return None
    for offset, wanted in enumerate(term.words[1:], start=1):
        there = words[index + offset][2]
        if there != wanted and not (term.prefix and index + offset == last and there.startswith(wanted)):
            return None
    return last


def _disjoint(found: Iterable[Match]) -> list[Match]:
    kept: list[Match] = []
    for match in sorted(found, key=lambda match: (match.start, -match.end)):
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept


def best_window(text: str, matches: Sequence[Match], *, skip: int = 0, width: int = WIDTH) -> tuple[int, int]:
    """Give the span of about ``width`` characters that shows the most different terms.

    ``skip`` is where the body begins: the headline stands beside every result already, so a window
    in it is taken only where nothing else is found.
    """
    text = text[:MAX_TEXT]
    candidates = [match for match in matches if match.start >= skip] or list(matches)
    if not candidates:
        return _to_words(text, skip, min(len(text), skip + width))
    best, best_key = 0, (0, 0)
    counts: dict[int, int] = {}
    right = 0
    for left, first in enumerate(candidates):
        while right < len(candidates) and candidates[right].end - first.start <= width:
            counts[candidates[right].term] = counts.get(candidates[right].term, 0) + 1
            right += 1
        key = (sum(count > 0 for count in counts.values()), right - left)
        if key > best_key:
            best, best_key = left, key
        if right > left:
            counts[first.term] -= 1
        else:
            right = left + 1
    start = candidates[best].start
    last = candidates[min(len(candidates), best + max(best_key[1], 1)) - 1].end
    # What is left of the width goes round the matches, a little more of it after them.
    room = max(0, width - (last - start))
    begin = max(skip if start >= skip else 0, start - room * 2 // 5)
    begin, end = _to_words(text, begin, min(len(text), max(last, begin + width)))
    # Moving to a word's edge must not cut off what was found.
    return min(begin, start), max(end, last)


def _to_words(text: str, start: int, end: int) -> tuple[int, int]:
    # Bounded on both sides: a script without spaces is cut where it stands.
    if start > 0 and not text[start - 1].isspace():
        space = text.find(" ", start, start + 20)
        start = space + 1 if space >= 0 else start
    if end < len(text) and not text[end].isspace():
        space = text.rfind(" ", max(start, end - 20), end)
        end = space if space > start else end
    return start, end


def render(text: str, matches: Sequence[Match], window: tuple[int, int]) -> str:
    """Give the window as HTML: every piece escaped by itself, matches in ``<mark>``, nothing else."""
    start, end = window
    pieces = ["… " if start > 0 and text[:start].strip() else ""]
    at = start
    for match in matches:
        if match.start < at or match.end > end:
            continue
        pieces += (_plain(text[at : match.start]), "<mark>", _plain(text[match.start : match.end]), "</mark>")
        at = match.end
    pieces += (_plain(text[at:end]), " …" if text[end:].strip() else "")
    return "".join(pieces)


def _plain(text: str) -> str:
    return escape(re.sub(r"\s+", " ", text))
