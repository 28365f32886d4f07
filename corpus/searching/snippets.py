"""Where what a query wants stands in a text, and the passage of it that shows that best."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from corpus.indexing.concepts import find_concepts
from corpus.indexing.segmenting import Segment, segments
from corpus.indexing.sounding import names_in
from corpus.indexing.stemming import primary, stem, writes_compounds
from corpus.searching.expanding import Wanted

# A snippet is read at a glance; a longer text than this is not looked through for one.
WIDTH = 240
MAX_TEXT = 50_000
# News says first what it is about: more of a text is looked through where its beginning does not show everything.
_BEGINNINGS = (2_000, 10_000, MAX_TEXT)


@dataclass(frozen=True, slots=True)
class Match:
    """A span of the text, in code points, and the number of what was wanted and found there."""

    start: int
    end: int
    term: int


def show_matches(
    text: str,
    wanted: Sequence[Wanted],
    *,
    language: str | None = None,
    spans: Sequence[tuple[int, int]] = (),
    skip: int = 0,
) -> str:
    """The passage of a text that shows best what is wanted, as safe HTML; see ``find_matches`` and ``best_window``."""
    asked = len(wanted) + bool(spans)
    for most in _BEGINNINGS:
        beginning = text[: _to_words(text, 0, min(most, len(text)))[1]]
        matches = find_matches(beginning, wanted, language=language, spans=spans)
        start, end = best_window(text, matches, skip=skip)
        if len(beginning) == len(text) or len({one.term for one in matches if start <= one.start < end}) >= asked:
            break
    return render(text, matches, (start, end))


def find_matches(
    text: str, wanted: Sequence[Wanted], *, language: str | None = None, spans: Sequence[tuple[int, int]] = ()
) -> list[Match]:
    """Where the wanted stands in the text, in any of its forms, sorted and without overlaps.

    ``spans`` are places known already, such as the figures that were asked for.
    """
    text = text[:MAX_TEXT]
    found = [Match(start, end, len(wanted)) for start, end in spans if end <= len(text)]
    if wanted:
        words = list(segments(text))
        found += _literal(words, wanted)
        if any(one.stems or one.parts or one.sounds for one in wanted):
            found += _forms(text, words, wanted, language)
        concepts = {one.concept.key: number for number, one in enumerate(wanted) if one.concept is not None}
        if concepts:
            found += (Match(start, end, concepts[key]) for start, end, key in find_concepts(text) if key in concepts)
    return _disjoint(found)


def _literal(words: Sequence[Segment], wanted: Sequence[Wanted]) -> Iterator[Match]:
    """Words as they were typed. A run is looked for inside runs, a word is a whole word."""
    heads: dict[str, list[tuple[int, Wanted]]] = {}
    inside: list[tuple[int, Wanted]] = []
    beginnings: dict[int, list[tuple[int, Wanted]]] = {}
    for number, one in enumerate(wanted):
        first = one.term.segments[0]
        if first.run:
            inside.append((number, one))
        elif one.term.kind == "beginning" and len(one.term.segments) == 1:
            beginnings.setdefault(len(first.folded), []).append((number, one))
        else:
            heads.setdefault(first.folded, []).append((number, one))
    for at, word in enumerate(words):
        if word.run:
            for number, one in inside:
                yield from _in_run(words, at, one, number)
            continue
        for number, one in heads.get(word.folded, ()):
            end = _follow(words, at, one)
            if end is not None:
                yield Match(word.start, end, number)
        for length, group in beginnings.items():
            for number, one in group:
                if word.folded[:length] == one.term.segments[0].folded:
                    yield Match(word.start, word.end, number)


def _in_run(words: Sequence[Segment], at: int, one: Wanted, number: int) -> Iterator[Match]:
    run, looked_for = words[at], one.term.segments[0].folded
    # A run that folding made longer or shorter has no place for each character: then all of it is shown.
    same = len(run.folded) == run.end - run.start
    place = run.folded.find(looked_for)
    while place >= 0:
        start = run.start + place if same else run.start
        end = start + len(looked_for) if same else run.end
        if len(one.term.segments) > 1:
            last = _follow(words, at, one) if run.folded.endswith(looked_for) else None
            if last is None:
                return
            end = last
        yield Match(start, min(end, max(run.end, end)), number)
        place = run.folded.find(looked_for, place + len(looked_for)) if same else -1


def _follow(words: Sequence[Segment], at: int, one: Wanted) -> int | None:
    """Where the last word ends when all of the wanted words follow from ``at``."""
    asked = one.term.segments
    if at + len(asked) > len(words):
        return None
    for offset, segment in enumerate(asked[1:], start=1):
        there = words[at + offset]
        if there.folded != segment.folded:
            last = offset == len(asked) - 1 and (segment.run or one.term.kind == "beginning")
            if not (last and there.run is segment.run and there.folded.startswith(segment.folded)):
                return None
            if segment.run and len(there.folded) == there.end - there.start:
                return there.start + len(segment.folded)
    return words[at + len(asked) - 1].end


def _forms(text: str, words: Sequence[Segment], wanted: Sequence[Wanted], language: str | None) -> Iterator[Match]:
    code = primary(language)
    stems = {found: number for number, one in enumerate(wanted) for spoken, found in one.stems if spoken == code}
    parts = [(part, number) for number, one in enumerate(wanted) for part in one.parts]
    parts = parts if writes_compounds(language) else []
    sounds = {key: number for number, one in enumerate(wanted) for key in one.sounds}
    for word in words:
        written = text[word.start : word.end]
        if not word.run and (stems or parts):
            found = stem(written, language)
            if found is not None:
                if found in stems:
                    yield Match(word.start, word.end, stems[found])
                for part, number in parts:
                    if len(found) > len(part) and (found.startswith(part) or found.endswith(part)):
                        yield Match(word.start, word.end, number)
        if sounds:
            for script, key in names_in(written):
                if (script, key) in sounds:
                    yield Match(word.start, word.end, sounds[script, key])


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
