"""From figures to claims: what each figure measures, whose it is, on whose word, for when, and how firmly.

The rules look at the figure's clause, then at its sentence, then at what the article said before. Every
claim keeps the names of the rules that spoke and the words they read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

from corpus.claims.attribution import Speaker, attribution, speakers
from corpus.claims.bearing import Bearer, bearer
from corpus.claims.clauses import Sentence
from corpus.claims.measuring import Cued, Found, by_unit
from corpus.claims.naming import find_names
from corpus.claims.stance import period, stance
from corpus.model import Citation, Claim, Figure
from corpus.topic import Measure, load_topic
from corpus.words.cues import cues_for, primary
from corpus.words.sentences import sentence_spans

T = TypeVar("T")

SURE, ENOUGH = 1.0, -1.5
LONGEST = 800
_CUT = re.compile(r"[,;:，；：、،؛]\s*(?!\d)|\s(?=\()|\n")
_CAPITALISED_NOUNS = frozenset({"de"})


def claim_figures(
    text: str,
    figures: Sequence[Figure],
    *,
    language: str | None,
    citations: Sequence[Citation] = (),
    published: str | None = None,
) -> tuple[Claim, ...]:
    """One claim for each figure, in the order of ``figures``.

    ``language`` is the BCP 47 tag of the text, ``citations`` the outlets found in it, ``published`` an ISO
    8601 prefix. Offsets count code points of ``text``. What no rule says is None.
    """
    if not figures:
        return ()
    reading = _Reading(text, figures, language, citations, published)
    return tuple(reading.claim(figure) for figure in figures)


class _Reading:
    """One article while its figures are read in order; what was claimed before is remembered."""

    def __init__(
        self,
        text: str,
        figures: Sequence[Figure],
        language: str | None,
        citations: Sequence[Citation],
        published: str | None,
    ) -> None:
        self.text = text
        self.language = language
        self.published = published
        self.figures = figures
        self.cues = cues_for(language)
        self.spans = tuple(piece for span in sentence_spans(text) for piece in _pieces(text, *span))
        self.starts = [start for start, _ in self.spans]
        self.names = find_names(text, citations)
        self.name_starts = [name.start for name in self.names]
        self.figure_starts = sorted(figure.start_char for figure in figures)
        self.sorted_figures = sorted(figures, key=lambda figure: figure.start_char)
        self.measures = {measure.slug: measure for measure in load_topic().measures}
        self.done: list[tuple[int, Figure, Measure | None, str | None]] = []
        self.by_amount: dict[tuple[str | None, str, Decimal], tuple[Measure, str | None]] = {}
        self._sentences: dict[int, Sentence] = {}
        self._cued: dict[int, Cued] = {}
        self._speakers: dict[int, tuple[Speaker, ...]] = {}
        self._protagonist: str | bool | None = False

    def sentence(self, number: int) -> Sentence:
        if number not in self._sentences:
            start, end = self.spans[number]
            self._sentences[number] = Sentence(
                self.text,
                (start, end),
                cues=self.cues,
                names=_within(self.names, self.name_starts, start, end),
                figures=_within(self.sorted_figures, self.figure_starts, start, end),
            )
        return self._sentences[number]

    def cued(self, number: int) -> Cued:
        if number not in self._cued:
            self._cued[number] = Cued(self.sentence(number), self.language)
        return self._cued[number]

    def speakers(self, number: int) -> tuple[Speaker, ...]:
        if number not in self._speakers:
            capitals = primary(self.language) in _CAPITALISED_NOUNS
            self._speakers[number] = speakers(self.sentence(number), capitalised_nouns=capitals)
        return self._speakers[number]

    def claim(self, figure: Figure) -> Claim:
        number = bisect_right(self.starts, figure.start_char) - 1
        if number < 0 or not self.spans[number][0] <= figure.start_char < self.spans[number][1]:
            return Claim(figure=figure, sentence=figure.quote)
        sentence = self.sentence(number)
        rules: list[str] = []
        evidence: list[str] = []

        def note(rule: str, words: str) -> None:
            rules.append(rule)
            evidence.append(words)

        found = self.cued(number).best(figure)
        cue_span = (0, 0) if found is None else (found.start, found.end)
        speaker = attribution(sentence, figure, self.speakers(number), cue=cue_span)
        measure, rule, words = self._measure(number, figure, found)
        if measure is not None:
            note(f"measure:{rule}", words)
        cue = found if found is not None and found.measure is measure else None
        whose = self._bearer(number, figure, measure, cue, speaker)
        subject = None
        if whose is not None:
            subject = whose[0].subject
            note(f"subject:{whose[1]}", whose[0].words)
        if subject is None and rule in ("same_amount", "carried"):
            subject = self._subject_before(figure, measure)
        measure = self._of_industry(measure, subject, figure)
        if speaker is not None:
            note(f"attributed:{speaker.rule}", speaker.words)
        acted = measure is not None and measure.acted
        read = stance(sentence, figure, plannable=acted, spoken=speaker is not None)
        if read is not None:
            note(f"stance:{read.value}", read.words)
        when = period(sentence, figure, language=self.language, published=self.published)
        if when is not None:
            note("period", when.words)
        self._remember(number, figure, measure, subject)
        return Claim(
            figure=figure,
            sentence=sentence.text,
            measure=None if measure is None else measure.slug,
            subject=subject,
            attributed_to=None if speaker is None else speaker.name,
            period=None if when is None else when.value,
            stance=None if read is None else read.value,
            rule="; ".join(rules) or None,
            evidence="; ".join(evidence) or None,
        )

    def _measure(self, number: int, figure: Figure, found: Found | None) -> tuple[Measure | None, str, str]:
        """The measure, the rule that says so, and its words."""
        same = self._same_amount(figure)
        if found is not None and found.score >= SURE:
            if same is not None and same[0].family is not None and same[0].family == found.measure.family:
                return same[0], "same_amount", figure.quote
            return found.measure, "cue" if found.certain else "weak_cue", found.words
        if same is not None:
            return same[0], "same_amount", figure.quote
        unit = by_unit(figure)
        if unit is not None:
            return unit, "unit", figure.unit or ""
        if found is not None and found.score >= ENOUGH:
            return found.measure, "sentence", found.words
        before = self._carried(number, figure)
        if before is not None:
            return before, "carried", self.done[-1][1].quote
        if number > 0:
            beside = self.cued(number - 1)
            admitted = [
                (certain, end, measure, start)
                for start, end, measure, certain in beside.hits
                if certain and figure.kind in measure.admits
            ]
            if admitted and self._adjoining(number):
                _, end, measure, start = max(admitted, key=lambda hit: (hit[0], hit[1]))
                return measure, "sentence_before", self.text[start:end]
        return None, "", ""

    def _adjoining(self, number: int) -> bool:
        """Whether the sentence before belongs to the same paragraph."""
        return "\n\n" not in self.text[self.spans[number - 1][1] : self.spans[number][0]]

    def _same_amount(self, figure: Figure) -> tuple[Measure, str | None] | None:
        """What an equal amount, or one end of a range, stood for earlier in the article."""
        if figure.kind != "money":
            return None
        for value in (figure.high, figure.low):
            if value is not None:
                known = self.by_amount.get((figure.currency, figure.kind, value))
                if known is not None:
                    return known
        return None

    def _carried(self, number: int, figure: Figure) -> Measure | None:
        """The measure of the figure just before, in this sentence or the last, of the same kind."""
        if not self.done:
            return None
        where, before, measure, _ = self.done[-1]
        if measure is None or before.kind != figure.kind or number - where > 1:
            return None
        if figure.kind == "count" and figure.unit != before.unit:
            return None
        return measure

    def _subject_before(self, figure: Figure, measure: Measure | None) -> str | None:
        for _, before, known, subject in reversed(self.done[-3:]):
            if known is measure and before.kind == figure.kind and subject is not None:
                return subject
        same = self._same_amount(figure)
        return None if same is None else same[1]

    def _bearer(
        self, number: int, figure: Figure, measure: Measure | None, found: Found | None, speaker: Speaker | None
    ) -> tuple[Bearer, str] | None:
        sentence = self.sentence(number)
        inside = [done for done in self.done[-1:] if done[0] == number]
        here = bearer(
            sentence,
            figure,
            found=found,
            speakers=() if speaker is None else (speaker.start,),
            previous=inside[0][3] if inside else None,
        )
        if here is not None:
            return here, "sentence"
        if measure is None or measure.subjectless:
            return None
        earlier = self._subject_before(figure, measure)
        if earlier is not None and self.done and number - self.done[-1][0] <= 1:
            return Bearer(earlier, earlier, 0.0), "carried"
        if number > 0 and not any(name.named.about is not None for name in sentence.names):
            before = self.sentence(number - 1)
            leading = [
                name
                for name in before.names
                if name.named.about is not None
                and name.named.kind in ("organisation", "person")
                and name.start not in before.oblique
            ]
            if leading:
                about = leading[0].named.about or ""
                words = self.text[leading[0].start : leading[0].end]
                return Bearer(about, words, 0.0), "sentence_before"
        if measure.family is not None:
            most = self.protagonist
            if most is not None:
                return Bearer(most, most, 0.0), "protagonist"
        return None

    @property
    def protagonist(self) -> str | None:
        """Whom the article speaks of most, where that is clear."""
        if isinstance(self._protagonist, bool):
            counts = Counter(
                name.named.about
                for name in self.names
                if name.named.about is not None and name.named.kind in ("organisation", "person")
            ).most_common(2)
            clear = bool(counts) and (len(counts) == 1 or counts[0][1] > counts[1][1])
            self._protagonist = counts[0][0] if clear else None
        return self._protagonist

    def _of_industry(self, measure: Measure | None, subject: str | None, figure: Figure) -> Measure | None:
        """What a measure is called when its subject is a whole industry, not a company."""
        if measure is None or subject is None or measure.of_industry is None:
            return measure
        kinds = {one.name: one.kind for one in load_topic().subjects}
        larger = self.measures[measure.of_industry]
        return larger if kinds.get(subject) == "industry" and figure.kind in larger.admits else measure

    def _remember(self, number: int, figure: Figure, measure: Measure | None, subject: str | None) -> None:
        self.done.append((number, figure, measure, subject))
        if measure is None or figure.kind != "money":
            return
        for value in {figure.low, figure.high} - {None}:
            if value is not None:
                self.by_amount.setdefault((figure.currency, figure.kind, value), (measure, subject))


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, or where it is very long its pieces, so that the rules stay linear in the text."""
    while end - start > LONGEST:
        cuts = [found.end() for found in _CUT.finditer(text, start + LONGEST // 2, start + LONGEST)]
        stop = cuts[-1] if cuts else start + LONGEST
        yield start, stop
        start = stop
    if start < end:
        yield start, end


def _within(items: Sequence[T], starts: Sequence[int], start: int, end: int) -> Sequence[T]:
    """The items that begin in a span."""
    return items[bisect_right(starts, start - 1) : bisect_right(starts, end - 1)]
