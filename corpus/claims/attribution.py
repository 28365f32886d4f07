"""On whose word a figure is stated: the outlet, company or person that the sentence names outright."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from corpus.claims.clauses import Sentence
from corpus.claims.naming import Name
from corpus.model import Figure

_REACH = 70
_NEW_STATEMENT = re.compile("[;；؛]")
_APPOSITION = 70
_INVERTED = 28
# Names the topic does not know are taken where their writing shows that they are names.
_WORD = r"[^\W\d_a-zа-яёіїєґ][\w&'’.-]*\w"
_UNKNOWN = re.compile(
    r"(?:[^\W\d_A-ZА-Я][\w'’]*[ ]){0,4}?"
    rf"(?P<name>{_WORD}(?:[ ](?:(?:of|and|for|de|di|do|da|&)[ ])?{_WORD})+|[A-Z]{{3,6}}\b)"
)
# A title and the particle after it ("最高経営責任者（CEO）は", " CEO는"): one word, and no other particle.
_TITLE = 18
_AFTER_TITLE = re.compile(r"[ ・]?[^\s、,。を]{1,16}(?=[\s、,。]|$)|[ ・]?[^\s、,。をにと]{1,16}?[はが]")
_BEFORE_VERB = re.compile(rf"(?:^|[\s\"”»,])(?P<name>{_WORD}(?:[ ]{_WORD}){{1,3}})[ ]$")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who has the word: the canonical name, where it stands, the words of saying, and the rule.

    ``verb`` is the span of the word that gives it; ``expects`` says that this word plans or forecasts as
    much as it speaks ("sees", "expects").
    """

    name: str
    start: int
    words: str
    rule: str
    verb: tuple[int, int] = (0, 0)
    expects: bool = False


def speakers(sentence: Sentence, *, capitalised_nouns: bool = False) -> tuple[Speaker, ...]:
    """Everybody a sentence gives the word to, in order of the words of saying.

    ``capitalised_nouns`` says that a capital is no sign of a name (German).
    """
    found: list[Speaker] = []
    for start, end, lists in sentence.speech:
        speaker = None
        if "according" in lists:
            speaker = _after_preposition(sentence, start, end, capitalised_nouns=capitalised_nouns)
        if speaker is None and "say" in lists:
            if sentence.cues.verb_final:
                speaker = _before_final_verb(sentence, start, end)
            else:
                speaker = _of_verb(sentence, start, end, capitalised_nouns=capitalised_nouns)
        if speaker is not None:
            expects = any(
                first < end and start < last and not lists.isdisjoint({"planned", "forecast"})
                for first, last, lists in sentence.stance
            )
            found.append(replace(speaker, verb=(start, end), expects=expects))
    for name in sentence.names:
        tail = sentence.cues.according_after
        if tail and _may_speak(name) and sentence.tail(name.end, tail, bounded=sentence.density == 1.0):
            found.append(Speaker(name.named.name, name.start, _words(sentence, name.start, name.end + 8), "according"))
        elif tail and _may_speak(name) and sentence.cues.verb_final:
            farther = _tail_in_reach(sentence, name, tail)
            if farther is not None:
                found.append(Speaker(name.named.name, name.start, _words(sentence, name.start, farther), "according"))
    return tuple(found)


def attribution(
    sentence: Sentence, figure: Figure, found: tuple[Speaker, ...], *, cue: tuple[int, int] = (0, 0)
) -> Speaker | None:
    """The speaker nearest to the figure in clauses, one introduced as a source before one of a verb.

    ``cue`` is the span that names the measure: such a word ("valued", "chiffre d'affaires") says nothing.
    """
    found = tuple(
        one
        for one in found
        if not (one.verb[0] < cue[1] and cue[0] < one.verb[1])
        # What is said after a semicolon is said anew; who was introduced as a source has the word to the end.
        and (one.rule == "according" or not _closed_off(sentence, figure, one))
    )
    if not found:
        return None
    return min(
        found,
        key=lambda one: (
            one.expects,
            sentence.apart(one.start, figure.start_char) - (1 if one.rule == "according" else 0),
            abs(one.start - figure.start_char),
        ),
    )


def _closed_off(sentence: Sentence, figure: Figure, speaker: Speaker) -> bool:
    left, right = sorted((speaker.verb, (figure.start_char, figure.end_char)))
    return _NEW_STATEMENT.search(sentence.text, left[1] - sentence.start, right[0] - sentence.start) is not None


def _may_speak(name: Name) -> bool:
    return name.named.kind in ("outlet", "person", "organisation", "observer")


def _words(sentence: Sentence, start: int, end: int) -> str:
    return sentence.text[start - sentence.start : end - sentence.start].strip()


def _after_preposition(sentence: Sentence, start: int, end: int, *, capitalised_nouns: bool) -> Speaker | None:
    """The name after "according to", within the same clause and before any figure."""
    stop = min([figure.start_char for figure in sentence.figures if figure.start_char >= end], default=sentence.end)
    stop = min(stop, end + int(_REACH / sentence.density))
    breaks = [place for place in sentence.breaks if place >= end]
    stop = min([stop, *breaks[:1]])
    for name in sentence.names:
        if end <= name.start < stop and _may_speak(name):
            return Speaker(name.named.name, name.start, _words(sentence, start, name.end), "according")
    if sentence.density > 1.0 or sentence.text[end - sentence.start : end - sentence.start + 1] != " ":
        return None
    unknown = _UNKNOWN.match(sentence.text, end - sentence.start + 1, stop - sentence.start)
    if (
        unknown is None
        or not unknown["name"][0].isupper()
        or (capitalised_nouns and " " not in unknown["name"] and not unknown["name"].isupper())
    ):
        return None
    place = unknown.start("name") + sentence.start
    return Speaker(unknown["name"], place, _words(sentence, start, unknown.end() + sentence.start), "according")


def _of_verb(sentence: Sentence, start: int, end: int, *, capitalised_nouns: bool) -> Speaker | None:
    """The subject of a verb of saying: before it, after it, or before the apposition that precedes it."""
    clause = sentence.clause(start)
    able = [name for name in sentence.names if _may_speak(name)]
    before = [
        name
        for name in able
        if name.end <= start and sentence.clause(name.start) == clause and name.start not in sentence.oblique
    ]
    figures = [figure for figure in sentence.figures if figure.end_char <= start]
    if before and not any(figure.start_char > before[-1].end for figure in figures):
        name = _person_of(before) or before[-1]
        previous = [one for one in able if sentence.clause(one.start) == clause - 1]
        if name.named.kind == "organisation" and previous and _is_apposition(sentence, clause - 1, name):
            name = _acting_for(previous, name) or name
        return Speaker(name.named.name, name.start, _words(sentence, name.start, end), "say")
    after = [
        name
        for name in able
        if 0 <= name.start - end <= _INVERTED / sentence.density
        and sentence.clause(name.start) == clause
        and name.start not in sentence.oblique
    ]
    if after and not any(end <= figure.start_char < after[0].start for figure in sentence.figures):
        name = _person_of(after[:2]) or after[0]
        return Speaker(name.named.name, name.start, _words(sentence, start, name.end), "say")
    apposition = [
        name for name in able if clause - 2 <= sentence.clause(name.start) < clause and start - name.end <= _APPOSITION
    ]
    apposition = [name for name in apposition if name.start not in sentence.oblique or name.named.kind == "person"]
    if (
        apposition
        and clause >= 2
        and not any(apposition[0].start < figure.start_char < start for figure in sentence.figures)
    ):
        begins = sentence.breaks[clause - 1]
        if start - begins <= 24:
            name = _person_of(apposition) or apposition[0]
            return Speaker(name.named.name, name.start, _words(sentence, name.start, end), "say")
    if not capitalised_nouns and sentence.density == 1.0:
        left = sentence.text[max(0, start - sentence.start - 60) : start - sentence.start]
        unknown = _BEFORE_VERB.search(left)
        if unknown is not None:
            place = start - len(left) + unknown.start("name")
            return Speaker(unknown["name"], place, _words(sentence, place, end), "say")
    return None


def _person_of(names: list[Name]) -> Name | None:
    """The person where a person and the person's company stand together ("OpenAI CEO Sam Altman")."""
    last = names[-1]
    if last.named.kind == "person":
        return last
    for name in reversed(names[:-1]):
        if name.named.kind == "person" and name.named.about == last.named.about:
            return name
    return None


def _acting_for(names: list[Name], organisation: Name) -> Name | None:
    for name in reversed(names):
        if name.named.kind == "person" and name.named.about == organisation.named.about:
            return name
    return None


def _is_apposition(sentence: Sentence, clause: int, name: Name) -> bool:
    begins = sentence.breaks[clause] if clause < len(sentence.breaks) else sentence.start
    return name.start - begins <= _APPOSITION


def _before_final_verb(sentence: Sentence, start: int, end: int) -> Speaker | None:
    """The name marked as the subject of a verb that closes its sentence."""
    able = [name for name in sentence.names if _may_speak(name) and name.end <= start]
    marks = sentence.cues.speaker_after
    if not marks:
        able = [name for name in able if name.start not in sentence.oblique]
        if not able:
            return None
        name = _person_of(able[:2]) or able[0]
        return Speaker(name.named.name, name.start, _words(sentence, name.start, name.end), "say")
    marked = [name for name in able if _marked(sentence, name, marks)]
    if not marked:
        return None
    name = next((one for one in marked if one.named.kind in ("person", "outlet")), marked[0])
    return Speaker(name.named.name, name.start, _words(sentence, name.start, name.end), "say")


def _marked(sentence: Sentence, name: Name, marks: tuple[str, ...]) -> bool:
    """Whether a subject mark follows the name, at once or after a title."""
    if sentence.tail(name.end, marks, bounded=False):
        return True
    stop = min([other.start for other in sentence.names if other.start >= name.end], default=sentence.end)
    stop = min(stop, name.end + _TITLE)
    rest = sentence.text[name.end - sentence.start : stop - sentence.start]
    title = _AFTER_TITLE.match(rest)
    return title is not None and title[0].endswith(marks)


def _tail_in_reach(sentence: Sentence, name: Name, words: tuple[str, ...]) -> int | None:
    """Where "according to" ends that follows a name after a few words ("Bloomberg'in haberine göre")."""
    rest = sentence.text[name.end - sentence.start : name.end - sentence.start + 32].lower()
    for word in words:
        place = rest.find(word)
        if place >= 0:
            end = name.end + place + len(word)
            crossed = any(name.end <= stop < end for stop in sentence.breaks)
            other = any(name.end <= one.start < end for one in sentence.names)
            figure = any(name.end <= one.start_char < end for one in sentence.figures)
            if not (crossed or other or figure):
                return end
    return None
