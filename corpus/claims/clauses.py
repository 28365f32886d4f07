"""A sentence with what its rules need: its clauses, names, other figures and how far apart they stand."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from copy import copy
from functools import cached_property

from corpus.claims.naming import Name
from corpus.model import Figure
from corpus.words.cues import Cues
from corpus.words.matching import fold

Hit = tuple[int, int, frozenset[str]]

# Thai writes a space where others write a comma.
_BREAK = re.compile(r"[,，、،؛;；:：—–()（）\n「」『』](?!\d)|\s-\s|(?<=[\u0e00-\u0e7f]) (?=[\u0e00-\u0e7f])")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_TAIL = 28
_CLOSERS = ' "”“»«』」）)'
_REACH = 20


class Sentence:
    """One sentence of a text; all offsets are those of the text."""

    def __init__(
        self,
        text: str,
        span: tuple[int, int],
        *,
        cues: Cues,
        names: Sequence[Name],
        figures: Sequence[Figure],
    ) -> None:
        self.start, self.end = span
        self.text = text[self.start : self.end]
        self.cues = cues
        self.figures = tuple(figures)
        self.names = tuple(names)

    def with_names(self, more: Sequence[Name]) -> Sentence:
        """The same sentence with more names in it."""
        copied = copy(self)
        copied.names = tuple(sorted((*self.names, *more), key=lambda name: name.start))
        for derived in ("breaks", "oblique", "relatives"):
            copied.__dict__.pop(derived, None)
        return copied

    @cached_property
    def density(self) -> float:
        """How much more one character says here than one of an alphabet."""
        return 2.5 if _DENSE.search(self.text) is not None else 1.0

    @cached_property
    def grammar(self) -> tuple[Hit, ...]:
        """Clause words, prepositions and relative words."""
        return self.shifted(self.cues.grammar.find(self.text))

    @cached_property
    def speech(self) -> tuple[Hit, ...]:
        """Verbs of saying and what introduces a speaker."""
        return self.shifted(self.cues.speech.find(self.text))

    @cached_property
    def stance(self) -> tuple[Hit, ...]:
        """Words that deny, plan, forecast or assert."""
        return self.shifted(self.cues.stance.find(self.text))

    @cached_property
    def times(self) -> tuple[Hit, ...]:
        """Words such as "last year"."""
        return self.shifted(self.cues.times.find(self.text))

    def shifted(self, hits: object) -> tuple[Hit, ...]:
        """Matches within the sentence, as offsets of the text."""
        return tuple((a + self.start, b + self.start, value) for a, b, value in hits)  # type: ignore[attr-defined]

    @cached_property
    def breaks(self) -> list[int]:
        """Where one clause ends and the next begins; inside a name or a figure there is no break."""
        places = {found.start() + self.start for found in _BREAK.finditer(self.text)}
        places |= {start for start, _, lists in self.grammar if "clause" in lists}
        kept = [(name.start, name.end) for name in self.names]
        kept += [(figure.start_char, figure.end_char) for figure in self.figures]
        places -= {place for place in places if any(start <= place < end for start, end in kept)}
        return sorted(places)

    def clause(self, position: int) -> int:
        """The number of the clause in which ``position`` stands."""
        return bisect_right(self.breaks, position)

    def apart(self, first: int, second: int) -> int:
        """How many clauses lie between two positions."""
        return abs(self.clause(first) - self.clause(second))

    def gap(self, first: tuple[int, int], second: tuple[int, int]) -> int:
        """Characters between two spans, 0 where they touch or overlap."""
        return max(0, first[0] - second[1], second[0] - first[1])

    def between(self, first: tuple[int, int], second: tuple[int, int]) -> str:
        """The text between two spans, folded."""
        left, right = sorted((first, second))
        return fold(self.text[left[1] - self.start : max(left[1], right[0]) - self.start])

    def tail(self, position: int, words: Sequence[str], *, bounded: bool = True) -> bool:
        """Whether one of ``words`` follows ``position`` directly."""
        rest = fold(self.text[position - self.start : position - self.start + _TAIL]).lstrip(_CLOSERS)
        for word in words:
            if rest.startswith(word):
                after = rest[len(word) : len(word) + 1]
                if not (bounded and word[-1:].isascii() and after.isalpha()):
                    return True
        return False

    def joined(self, first: Name, second: Name, *, strict: bool = False) -> bool:
        """Whether two neighbouring names are members of one list; ``strict`` does not believe a comma."""
        middle = self.between((first.start, first.end), (second.start, second.end)).strip()
        if middle in {"、", "·", "&", "/"} or (middle in {",", "،", "，"} and not strict):
            return True
        if middle.lstrip(",、，، ") in self.cues.joiners:
            return True
        # "und der": one more word may stand before the second name.
        words = middle.lstrip(", ").split(" ")
        return len(words) == 2 and words[0] in self.cues.joiners and len(words[1]) <= 4

    @cached_property
    def oblique(self) -> frozenset[int]:
        """The starts of names that a preposition or a particle makes somebody else than the one talked about."""
        found: set[int] = set()
        starts = [start for start, _, _ in self.grammar]
        for number, name in enumerate(self.names):
            previous = self.names[number - 1] if number else None
            floor = previous.end if previous is not None else self.start
            marked = False
            for start, end, lists in reversed(self.grammar[: bisect_left(starts, name.start)]):
                if start < floor or name.start - end > _REACH / self.density:
                    break
                if "oblique_before" in lists and self.clause(start) == self.clause(name.start):
                    words = self.text[end - self.start : name.start - self.start].split()
                    marked = len(words) <= 1
                    break
            alike = previous is not None and (previous.named.kind == "place") == (name.named.kind == "place")
            if previous is not None and alike and previous.start in found and self.joined(previous, name):
                marked = True
            bounded = self.density == 1.0
            if self.tail(name.end, self.cues.oblique_after, bounded=bounded) and not self.tail(
                name.end, self.cues.subject_after, bounded=False
            ):
                marked = True
            if marked:
                found.add(name.start)
        # In a list the particle stands after the last member alone ("엔비디아, 인텔과").
        for earlier, later in zip(self.names[-2::-1], self.names[:0:-1], strict=False):
            if (
                later.start in found
                and self.tail(later.end, self.cues.oblique_after)
                and self.joined(earlier, later, strict=True)
            ):
                found.add(earlier.start)
        return frozenset(found)

    @cached_property
    def relatives(self) -> frozenset[int]:
        """The numbers of the clauses that begin with a relative word."""
        numbers: set[int] = set()
        for start, _, lists in self.grammar:
            if "relative" in lists:
                number = self.clause(start)
                begins = self.breaks[number - 1] if number else self.start
                if number and start - begins <= 4:
                    numbers.add(number)
        return frozenset(numbers)
