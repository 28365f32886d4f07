"""The claims of one article, read in order: the figure's clause, then its sentence, then what was said before.

Every claim keeps the names of the rules that spoke and the words they read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from corpus.claims.attribution import Speaker, attribution, speakers
from corpus.claims.bearing import Bearer, bearer
from corpus.claims.clauses import Sentence
from corpus.claims.cutting import sentences_of
from corpus.claims.measuring import Cued, Found, by_unit
from corpus.claims.naming import STRANGER, Name, Named, find_names
from corpus.claims.stance import period, stance
from corpus.claims.strangers import Strangers
from corpus.model import Citation, Claim, Figure
from corpus.topic import Measure, load_topic
from corpus.words.cues import cues_for, primary

T = TypeVar("T")

SURE, ENOUGH = 1.0, -1.5
TOPIC_REACH = 8
_RESUMING = frozenset({"anaphor", "possessive"})
_TELLING = frozenset({"observer", "outlet"})
_ARABIC = re.compile("[\u0620-\u06ff]")
_ARABIC_ARTICLES = ("ال", "لل")
_CAPITALISED_NOUNS = frozenset({"de"})


class ArticleClaims:
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
        self.spans = sentences_of(text, figures)
        self.starts = [start for start, _ in self.spans]
        self.names = find_names(text, citations)
        self.name_starts = [name.start for name in self.names]
        self.figure_starts = sorted(figure.start_char for figure in figures)
        self.sorted_figures = sorted(figures, key=lambda figure: figure.start_char)
        self.measures = {measure.slug: measure for measure in load_topic().measures}
        self.done: list[tuple[int, Figure, Measure | None, str | None]] = []
        self.by_amount: dict[tuple[str | None, str, Decimal], tuple[Measure, str | None, bool]] = {}
        self._bare: dict[int, Sentence] = {}
        self._sentences: dict[int, Sentence] = {}
        self._named: dict[int, Sentence] = {}
        self._cued: dict[int, Cued] = {}
        self._speakers: dict[int, tuple[Speaker, ...]] = {}
        self._protagonist: str | bool | None = False
        self._unknown: set[str] = set()

    def in_name(self, figure: Figure) -> bool:
        """Whether a figure begins inside a name of the topic, whose digits count nothing."""
        place = bisect_right(self.name_starts, figure.start_char) - 1
        return place >= 0 and self.names[place].start < figure.start_char < self.names[place].end

    def named(self, number: int) -> Sentence:
        """A sentence with the names that stand in it, those the topic does not know among them."""
        if number not in self._named:
            sentence = self._written(number)
            strangers = self._strangers.of(sentence)
            self._unknown |= {name.named.name for name in strangers}
            self._named[number] = sentence if not strangers else sentence.with_names(strangers)
        return self._named[number]

    @cached_property
    def _strangers(self) -> Strangers:
        capitals = primary(self.language) in _CAPITALISED_NOUNS
        return Strangers(self.text, self._at, primary(self.language), capitalised_nouns=capitals)

    def _at(self, position: int) -> Sentence:
        return self._written(max(0, bisect_right(self.starts, position) - 1))

    def _written(self, number: int) -> Sentence:
        if number not in self._bare:
            start, end = self.spans[number]
            self._bare[number] = Sentence(
                self.text,
                (start, end),
                cues=self.cues,
                names=_within(self.names, self.name_starts, start, end),
                figures=_within(self.sorted_figures, self.figure_starts, start, end),
            )
        return self._bare[number]

    def sentence(self, number: int) -> Sentence:
        """The same sentence, in which "the company" and "its" have the name they stand for."""
        if number not in self._sentences:
            sentence = self.named(number)
            meant = self._meant(number, sentence)
            self._sentences[number] = sentence if not meant else sentence.with_names(meant)
        return self._sentences[number]

    def _meant(self, number: int, sentence: Sentence) -> list[Name]:
        """Words such as "the company" as names: the actor before them in the sentence, else the topic."""
        found = []
        for start, end, lists in sentence.grammar:
            if lists.isdisjoint(_RESUMING) or _indefinite(self.text, start) or _named_beside(sentence, start, end):
                continue
            beside = _beside(sentence)
            if any(end <= name.start <= end + beside and name.named.kind in _TELLING for name in sentence.names):
                # "the firm TrendForce": the word stands for the name beside it.
                continue
            actors = [name for name in sentence.names if name.end <= start and _acts(name)]
            actors = [name for name in actors if name.start not in sentence.oblique] or actors
            meant = actors[-1].named.about if actors else self.topic(number)
            if meant is not None:
                kind = "possessor" if "possessive" in lists else "organisation"
                found.append(Name(start, end, Named(meant, kind, meant)))
        return found

    def topic(self, number: int) -> str | None:
        """Whom the sentences just before one are about: the last that begins with an actor says so."""
        for before in range(number - 1, max(-1, number - 1 - TOPIC_REACH), -1):
            sentence = self.named(before)
            actors = [name for name in sentence.names if _acts(name)]
            resumed = [
                start
                for start, end, lists in sentence.grammar
                if not lists.isdisjoint(_RESUMING) and not _named_beside(sentence, start, end)
            ]
            if actors and not (resumed and resumed[0] < actors[0].start):
                leading = [name for name in actors if name.start not in sentence.oblique]
                alone = len({name.named.about for name in actors}) == 1
                return (leading or actors)[0].named.about if leading or alone else self.protagonist
        return self.protagonist

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
            if self._known(subject) is not None:
                note(f"subject:{whose[1]}", whose[0].words)
        if subject is None and rule in ("same_amount", "carried"):
            subject = self._subject_before(figure, measure)
        measure = self._of_industry(measure, subject, figure)
        if speaker is not None:
            note(f"attributed:{speaker.rule}", speaker.words)
        acted = measure is not None and measure.acted
        read = stance(sentence, figure, plannable=acted, spoken=speaker is not None)
        if read is not None and read.value == "forecast" and acted and speaker is not None and speaker.expects:
            # What somebody expects to do is a plan; what others expect of them is a forecast.
            own = [name for name in sentence.names if name.start == speaker.start and name.named.about == subject]
            read = replace(read, value="planned") if own else read
        if read is not None:
            note(f"stance:{read.value}", read.words)
        when = period(sentence, figure, language=self.language, published=self.published)
        if when is not None:
            note("period", when.words)
        self._remember(number, figure, measure, subject, sure=number > 0 or (cue is not None and cue.certain))
        return Claim(
            figure=figure,
            sentence=sentence.text,
            measure=None if measure is None else measure.slug,
            subject=self._known(subject),
            attributed_to=None if speaker is None else speaker.name,
            period=None if when is None else when.value,
            stance=None if read is None else read.value,
            rule="; ".join(rules) or None,
            evidence="; ".join(evidence) or None,
        )

    def _known(self, subject: str | None) -> str | None:
        """A subject without those of whom only the name is known."""
        members = () if subject is None else (one for one in subject.split("; ") if one not in self._unknown)
        return "; ".join(members) or None

    def _measure(self, number: int, figure: Figure, found: Found | None) -> tuple[Measure | None, str, str]:
        """The measure, the rule that says so, and its words."""
        same = self._same_amount(figure)
        actors = {name.named.about for name in self.sentence(number).names if _acts(name)}
        if same is not None and actors and same[1] is not None and actors.isdisjoint(same[1].split("; ")):
            # The same amount, but of somebody else.
            same = None
        if found is not None and found.score >= SURE:
            family = found.measure.family
            if same is not None and same[2] and family is not None and same[0].family == family:
                return same[0], "same_amount", figure.quote
            return found.measure, "cue" if found.certain else "weak_cue", found.words
        if same is not None:
            return same[0], "same_amount", figure.quote
        unit = by_unit(figure)
        if unit is not None:
            return unit, "unit", figure.unit or ""
        if found is not None and found.score >= ENOUGH:
            return found.measure, "sentence", found.words
        if figure.kind == "money" and self._of_whole_industry(number, figure):
            size = next((one for one in self.measures.values() if one.industrial), None)
            if size is not None:
                return size, "industry", ""
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
            if admitted and self._adjoining(number) and not self._new_actor(number, self.named(number - 1)):
                _, end, measure, start = max(admitted, key=lambda hit: (hit[0], hit[1]))
                return measure, "sentence_before", self.text[start:end]
        return None, "", ""

    def _of_whole_industry(self, number: int, figure: Figure) -> bool:
        """Whether the sentence speaks of an industry and of nobody else."""
        names = [name for name in self.sentence(number).names if name.named.about is not None]
        return any(name.named.kind == "industry" and name.start < figure.start_char for name in names) and not any(
            _acts(name) for name in names
        )

    def _new_actor(self, number: int, before: Sentence) -> bool:
        """Whether a sentence speaks of somebody who was not in the one before."""
        known = {name.named.about for name in before.names}
        return any(_acts(name) and name.named.about not in known for name in self.sentence(number).names)

    def _adjoining(self, number: int) -> bool:
        """Whether the sentence before belongs to the same paragraph."""
        return "\n\n" not in self.text[self.spans[number - 1][1] : self.spans[number][0]]

    def _same_amount(self, figure: Figure) -> tuple[Measure, str | None, bool] | None:
        """What an equal amount, or one end of a range, stood for earlier in the article, and whether for sure."""
        if figure.kind != "money":
            return None
        for value in (figure.high, figure.low):
            if value is not None:
                known = self.by_amount.get((figure.currency, figure.kind, value))
                if known is not None:
                    return known
        return None

    def _carried(self, number: int, figure: Figure) -> Measure | None:
        """The measure of the figure just before, of the same kind."""
        if not self.done:
            return None
        where, before, measure, _ = self.done[-1]
        if measure is None or before.kind != figure.kind or number - where > 1:
            return None
        # A new sentence goes on with it only where it names nobody anew, not even as "the company".
        if number != where and any(_acts(name) for name in self.sentence(number).names):
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
        if measure.industrial:
            return None
        if not any(_acts(name) for name in sentence.names):
            topic = self.topic(number)
            return None if topic is None else (Bearer(topic, topic, 0.0), "topic")
        if measure.family is not None and self.protagonist is not None:
            return Bearer(self.protagonist, self.protagonist, 0.0), "protagonist"
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

    def _remember(
        self, number: int, figure: Figure, measure: Measure | None, subject: str | None, *, sure: bool
    ) -> None:
        self.done.append((number, figure, measure, subject))
        if measure is None or figure.kind != "money":
            return
        for value in {figure.low, figure.high} - {None}:
            if value is not None:
                key = (figure.currency, figure.kind, value)
                if key not in self.by_amount or (sure and not self.by_amount[key][2]):
                    self.by_amount[key] = (measure, subject, sure)


def _indefinite(text: str, start: int) -> bool:
    """Whether an Arabic word stands without its article ("a company"), which the matcher does not ask for."""
    return _ARABIC.match(text, start) is not None and text[start - 2 : start] not in _ARABIC_ARTICLES


def _acts(name: Name) -> bool:
    """Whether a name is somebody a figure can be about: a company or a person who acts for one."""
    return name.named.about is not None and name.named.kind in ("organisation", "person", "possessor", STRANGER)


def _beside(sentence: Sentence) -> int:
    """How many characters may part a word and the name it stands beside."""
    return 1 if sentence.density == 1.0 else 0


def _named_beside(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a word such as "the company" has the company's name at its side ("компания «X»", "the firm X")."""
    reach = _beside(sentence)
    return any(
        _acts(name)
        and start - reach <= name.end
        and name.start <= end + (2 * reach if name.named.kind == STRANGER else reach)
        for name in sentence.names
    )


def _within(items: Sequence[T], starts: Sequence[int], start: int, end: int) -> Sequence[T]:
    """The items that begin in a span."""
    return items[bisect_right(starts, start - 1) : bisect_right(starts, end - 1)]
