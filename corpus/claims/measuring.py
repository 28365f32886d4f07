"""What a figure measures, by the cue words around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from corpus.claims.clauses import Sentence
from corpus.model import Figure
from corpus.topic import Measure, load_topic
from corpus.words.cues import primary
from corpus.words.matching import Matcher

CERTAIN, WEAK = 4.0, 1.5
CLAUSE_COST, CHARS_A_POINT, FIGURE_COST = 1.0, 50.0, 2.5
NEAR_BONUS, INSIDE_BONUS = 1.5, 3.0
NEAR_CHARS = 12
MOVED = 3.0


@dataclass(frozen=True, slots=True)
class Found:
    """A measure with the words that say so and how strongly."""

    measure: Measure
    start: int
    end: int
    words: str
    score: float
    certain: bool


@cache
def _matchers(code: str | None) -> tuple[Matcher[tuple[Measure, ...]], Matcher[tuple[Measure, ...]]]:
    """The certain and the weak cues of one language, or of all where it is unknown."""
    topic = load_topic()
    both = []
    for cues_of in ("cues", "weak"):
        aliases: dict[str, tuple[Measure, ...]] = {}
        for measure in topic.measures:
            by_language = measure.cues if cues_of == "cues" else measure.weak
            for language, listed in by_language.items():
                if code is None or language == code:
                    for word in listed:
                        aliases[word] = (*aliases.get(word, ()), measure)
        aliases.update(dict.fromkeys(topic.ignored, ()))
        both.append(Matcher(aliases))
    return both[0], both[1]


@cache
def _measured_languages() -> frozenset[str]:
    return frozenset(language for measure in load_topic().measures for language in measure.cues)


def cues_in(text: str, language: str | None) -> Iterator[tuple[int, int, tuple[Measure, ...], bool]]:
    """Where words of measures stand in a text, of which measures, and whether they say so for certain."""
    code = primary(language)
    matchers = _matchers(code if code in _measured_languages() else None)
    for matcher, certain in zip(matchers, (True, False), strict=True):
        for start, end, measures in matcher.find(text):
            yield start, end, measures, certain


class Cued:
    """The measure cues of one sentence, found once and asked for each of its figures."""

    def __init__(self, sentence: Sentence, language: str | None) -> None:
        self.sentence = sentence
        self.hits = [
            (start + sentence.start, end + sentence.start, measure, certain)
            for start, end, measures, certain in cues_in(sentence.text, language)
            for measure in measures
        ]

    def candidates(self, figure: Figure) -> Iterator[Found]:
        """Every cue that may speak of ``figure``, with its score."""
        sentence = self.sentence
        span = (figure.start_char, figure.end_char)
        for start, end, measure, certain in self.hits:
            if figure.kind not in measure.admits or not _possible(figure, measure):
                continue
            inside = start < span[1] and span[0] < end
            gap = sentence.gap((start, end), span) * sentence.density
            apart = sentence.apart(start, figure.start_char)
            score = CERTAIN if certain else WEAK
            score -= min(3.0, CLAUSE_COST * apart)
            score -= min(2.0, gap / CHARS_A_POINT)
            if inside:
                score += INSIDE_BONUS
            elif gap <= NEAR_CHARS and apart == 0:
                score += NEAR_BONUS
            score -= FIGURE_COST * min(2, self._between(figure, start))
            score -= FIGURE_COST if self._of_other(figure, start, end) else 0.0
            if figure.unit is not None and figure.unit in measure.units:
                score += INSIDE_BONUS
            words = sentence.text[start - sentence.start : end - sentence.start]
            yield Found(measure, start, end, words, score, certain)

    def _between(self, figure: Figure, position: int) -> int:
        """How many figures of its kind stand between the figure and the cue ("rose 3 % to $5" has one of each)."""
        low, high = sorted((figure.start_char, position))
        return sum(
            1
            for other in self.sentence.figures
            if other.start_char != figure.start_char and low < other.start_char < high and other.kind == figure.kind
        )

    def _of_other(self, figure: Figure, start: int, end: int) -> bool:
        """Whether a cue between two figures of a kind stands nearer to the other ("$2 bn at a value of $9 bn")."""
        sentence, cue = self.sentence, (start, end)
        after = start >= figure.end_char
        beyond = [
            other
            for other in sentence.figures
            if other.kind == figure.kind and (other.start_char >= end if after else other.end_char <= start)
        ]
        if not beyond or (not after and end > figure.start_char):
            return False
        other = min(beyond, key=lambda one: abs(one.start_char - start))
        own, others = (
            (sentence.apart(start, one.start_char), sentence.gap(cue, (one.start_char, one.end_char)))
            for one in (figure, other)
        )
        return others < own

    def best(self, figure: Figure) -> Found | None:
        """The strongest cue; the earlier of two that are equal; what moved rather than that it moved."""
        found = list(self.candidates(figure))
        if not found:
            return None
        best = max(found, key=lambda one: (one.score, -one.start))
        moved = [
            one
            for one in found
            if best.measure.slug in one.measure.over
            and one.score >= best.score - MOVED
            # A stock exchange may be named before the clause ("In New York, Nvidia gained 3 %").
            and self.sentence.apart(one.start, best.start) <= (0 if one.certain else 1)
            and (one.certain or figure.kind == "percent")
        ]
        return max(moved, key=lambda one: (one.score, -one.start)) if moved else best


def _possible(figure: Figure, measure: Measure) -> bool:
    """Whether an amount of money can be one of this measure."""
    amount = figure.high if figure.high is not None else figure.low if figure.low is not None else figure.magnitude
    if amount is None or figure.kind != "money":
        return True
    return (measure.least is None or amount >= measure.least) and (measure.most is None or amount <= measure.most)


def by_unit(figure: Figure) -> Measure | None:
    """The measure that a unit alone settles (gigawatts)."""
    if figure.unit is None or figure.kind != "quantity":
        return None
    for measure in load_topic().measures:
        if figure.unit in measure.units:
            return measure
    return None
