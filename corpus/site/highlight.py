"""A text cut into pieces at its figures: templates escape each piece, so markup never comes from text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the text, and the figure it is, if it is one."""

    text: str
    figure: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A passage of the reading text with its role and language, cut at its figures."""

    role: str
    language: str | None
    pieces: tuple[Piece, ...]


def cut(text: str, start: int, end: int, figures: Sequence[Mapping[str, Any]]) -> tuple[Piece, ...]:
    """Cut ``text[start:end]`` at those figures that lie in it; one that overlaps another is left plain."""
    pieces: list[Piece] = []
    at = start
    for figure in figures:
        first, last = figure["start_char"], figure["end_char"]
        if first < at or last > end or last <= first:
            continue
        if first > at:
            pieces.append(Piece(text[at:first]))
        pieces.append(Piece(text[first:last], figure))
        at = last
    if at < end:
        pieces.append(Piece(text[at:end]))
    return tuple(pieces)


def blocks(
    text: str,
    passages: Sequence[Mapping[str, Any]],
    figures: Sequence[Mapping[str, Any]],
    *,
    language: str | None = None,
) -> tuple[Block, ...]:
    """Cut a text into its passages; words no passage covers become paragraphs of their own."""
    figures = sorted(figures, key=lambda figure: (figure["start_char"], -figure["end_char"]))
    spans: list[tuple[int, int, str, str | None]] = []
    at = 0
    covered = [passage for passage in passages if passage["start_char"] is not None]
    for passage in sorted(covered, key=lambda passage: passage["start_char"]):
        start, end = max(at, passage["start_char"]), min(len(text), passage["end_char"])
        if end <= start:
            continue
        spans += _paragraphs(text, at, start, language)
        spans.append((start, end, passage["role"], passage["language"] or language))
        at = end
    spans += _paragraphs(text, at, len(text), language)
    made, first = [], 0
    for start, end, role, spoken in spans:
        # Both lists are sorted: each figure is looked at once.
        while first < len(figures) and figures[first]["start_char"] < start:
            first += 1
        last = first
        while last < len(figures) and figures[last]["start_char"] < end:
            last += 1
        made.append(Block(role, spoken, cut(text, start, end, figures[first:last])))
        first = last
    return tuple(made)


def _paragraphs(text: str, start: int, end: int, language: str | None) -> list[tuple[int, int, str, str | None]]:
    found = []
    for part in text[start:end].split("\n\n"):
        if part.strip():
            found.append((start, start + len(part), "body", language))
        start += len(part) + 2
    return found
