"""The sentences of a text as the rules for claims take them: no figure is cut, and none is very long."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from corpus.model import Figure
from corpus.words.sentences import sentence_spans

LONGEST = 800
_CUT = re.compile(r"[,;:，；：、،؛]\s*(?!\d)|\s(?=\()|\n")


def sentences_of(text: str, figures: Sequence[Figure]) -> tuple[tuple[int, int], ...]:
    """The spans of the sentences, in order; offsets count code points of ``text``."""
    return tuple(piece for span in _whole(sentence_spans(text), figures) for piece in _pieces(text, *span))


def _whole(spans: Iterable[tuple[int, int]], figures: Iterable[Figure]) -> Iterator[tuple[int, int]]:
    """The spans joined where a figure crosses their border ("5 mld. USD")."""
    crossing = iter(sorted((figure.start_char, figure.end_char) for figure in figures))
    start, stop = next(crossing, (0, 0))
    pending: tuple[int, int] | None = None
    for span in spans:
        if pending is not None:
            while stop <= pending[1] and (start, stop) != (0, 0):
                start, stop = next(crossing, (0, 0))
            if start < pending[1] < stop:
                pending = (pending[0], span[1])
                continue
            yield pending
        pending = span
    if pending is not None:
        yield pending


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, or where it is very long its pieces, so that the rules stay linear in the text."""
    while end - start > LONGEST:
        cuts = [found.end() for found in _CUT.finditer(text, start + LONGEST // 2, start + LONGEST)]
        stop = cuts[-1] if cuts else start + LONGEST
        yield start, stop
        start = stop
    if start < end:
        yield start, end
