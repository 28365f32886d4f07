"""Whose figure it is: the company, industry or place among the names of its sentence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from corpus.claims.clauses import Sentence
from corpus.claims.measuring import Found
from corpus.claims.naming import STRANGER, Name
from corpus.model import Figure

_BASE = {
    "organisation": 0.0,
    "possessor": 0.0,
    "person": 0.0,
    STRANGER: 0.0,
    "industry": -1.0,
    "place": -1.5,
    "product": -2.0,
    "ware": -1.0,
}
SAME_CLAUSE, CLAUSE_COST, BEFORE, ADJACENT = 3.0, 1.5, 1.0, 3.0
OBLIQUE, SPEAKER, TOPIC, ANTECEDENT, CONTINUED, BESIDE = -3.0, -2.0, 1.0, 2.0, 1.5, 5.0
CHARS_A_POINT, ADJACENT_CHARS = 80.0, 16
LEAST = -2.5
_COMMAS = frozenset(",，،、")
_ACTORS = ("organisation", "possessor", "person", "product", STRANGER)


@dataclass(frozen=True, slots=True)
class Bearer:
    """The subjects of a figure, joined as they are stored, and the words they were read in."""

    subject: str
    words: str
    score: float


def bearer(
    sentence: Sentence,
    figure: Figure,
    *,
    found: Found | None,
    speakers: Collection[int] = (),
    previous: str | None = None,
) -> Bearer | None:
    """Who the figure is about.

    ``found`` is the cue of its measure, ``speakers`` the starts of names that only have the word,
    ``previous`` the subject of the figure before it in the same sentence.
    """
    scored = []
    for name in sentence.names:
        if name.named.about is None or (name.start < figure.end_char and figure.start_char < name.end):
            continue
        if name.named.kind == "ware" and not _of_ware(sentence, name, found):
            continue
        if found is not None and name.named.kind in ("industry", "ware") and _not_its_own(sentence, name, found):
            continue
        scored.append((_score(sentence, figure, name, found, speakers, previous), name))
    if not scored:
        return None
    scored = _without_others(sentence, figure, found, speakers, scored)
    if not scored:
        return None
    score, best = max(scored, key=lambda pair: (pair[0], -abs(pair[1].start - figure.start_char)))
    sole = best.named.kind in _ACTORS and best.start not in sentence.oblique and best.start not in speakers
    if score < LEAST and not sole:
        return None
    members = _list_of(sentence, best)
    subjects = sorted({name.named.about for name in members if name.named.about is not None})
    words = sentence.text[members[0].start - sentence.start : members[-1].end - sentence.start]
    return Bearer("; ".join(subjects), words, score)


def _score(
    sentence: Sentence,
    figure: Figure,
    name: Name,
    found: Found | None,
    speakers: Collection[int],
    previous: str | None,
) -> float:
    score = _BASE.get(name.named.kind, 0.0)
    position = figure.start_char
    before = name.start < position
    apart = sentence.apart(name.start, position)
    if found is not None:
        # A name beside the words that name the measure belongs to the figure's clause as they do.
        apart = min(apart, sentence.apart(name.start, found.start) + (1 if found.certain else 2))
    score += max(-3.0, SAME_CLAUSE - CLAUSE_COST * apart)
    score += BEFORE if before else 0.0
    score -= min(
        2.0, sentence.gap((name.start, name.end), (position, figure.end_char)) * sentence.density / CHARS_A_POINT
    )
    acted = found is not None and found.measure.acted
    adjacent = found is not None and _adjacent(sentence, name, found)
    before_cue = found is not None and name.start < found.start and name.start not in sentence.oblique
    passed = _passed_on(sentence, figure, name, speakers)
    if adjacent and (not acted or before_cue) and not passed:
        score += ADJACENT
    relative = before and (_antecedent(sentence, figure, name) or _described(sentence, figure, name, found))
    if _beside(sentence, figure, name) and not acted:
        score += BESIDE
    elif relative:
        score += ANTECEDENT
    elif name.start in sentence.oblique and not (adjacent and not acted) and not _receives(found):
        score += OBLIQUE
    if name.start in speakers:
        score += SPEAKER
    if sentence.tail(name.end, sentence.cues.subject_after, bounded=sentence.density == 1.0):
        score += TOPIC
    if previous is not None and name.named.about in previous.split("; ") and not passed:
        score += CONTINUED
    if name.named.kind in ("industry", "ware") and found is not None and found.measure.industrial:
        score += ADJACENT
    return score


def _beside(sentence: Sentence, figure: Figure, name: Name) -> bool:
    """Whether the name is given right after the figure ("$3.1 trillion for Microsoft")."""
    if not 0 < name.start - figure.end_char <= 16:
        return False
    words = sentence.between((figure.start_char, figure.end_char), (name.start, name.end)).strip()
    return words in sentence.cues.bearer_after


def _receives(found: Found | None) -> bool:
    """Whether who gets it is named in the dative ("grants Intel", "to Samsung")."""
    return found is not None and found.measure.received


def _passed_on(sentence: Sentence, figure: Figure, name: Name, speakers: Collection[int]) -> bool:
    """Whether a figure and then somebody else stand between ("TSMC's share was 61 %, Samsung's 11 %")."""
    earlier = [other.end_char for other in sentence.figures if name.end <= other.start_char < figure.start_char]
    return bool(earlier) and any(
        earlier[-1] <= other.start < figure.start_char
        and other.named.kind in ("organisation", "person", STRANGER)
        and other.named.about not in (None, name.named.about)
        and other.start not in sentence.oblique
        and other.start not in speakers
        for other in sentence.names
    )


def _not_its_own(sentence: Sentence, name: Name, found: Found) -> bool:
    """Whether a measure is held in an industry, or somebody's who spends on it ("capital expenditure on chips")."""
    return found.measure.held or (found.measure.acted and name.start in sentence.oblique)


def _of_ware(sentence: Sentence, name: Name, found: Found | None) -> bool:
    """Whether what an industry makes stands for it: beside the measure only ("sales of chips")."""
    if found is None:
        return False
    measure = found.measure
    of_markets = measure.industrial or measure.of_industry is not None or "percent" in measure.admits
    return of_markets and not measure.acted and _adjacent(sentence, name, found)


def _adjacent(sentence: Sentence, name: Name, found: Found) -> bool:
    """Whether only a few letters, and no other name, stand between a name and the words of the measure."""
    span = (name.start, name.end)
    cue = (found.start, found.end)
    if sentence.gap(span, cue) * sentence.density > ADJACENT_CHARS:
        return False
    if name.start < found.end and found.start < name.end:
        return True
    left, right = min(span[1], cue[1]), max(span[0], cue[0])
    if any(left <= other.start < right for other in sentence.names if other.start != name.start):
        return False
    if any(left <= figure.start_char < right for figure in sentence.figures):
        return False
    return sentence.clause(name.start) == sentence.clause(found.start)


def _antecedent(sentence: Sentence, figure: Figure, name: Name) -> bool:
    """Whether the figure stands in a relative clause whose antecedent is this, the last name before it."""
    number = sentence.clause(figure.start_char)
    if number not in sentence.relatives:
        return False
    begins = sentence.breaks[number - 1]
    earlier = [other for other in sentence.names if other.end <= begins and other.named.about is not None]
    within = any(
        begins <= other.start < figure.start_char and other.named.about is not None for other in sentence.names
    )
    return bool(earlier) and earlier[-1].start == name.start and not within


def _described(sentence: Sentence, figure: Figure, name: Name, found: Found | None) -> bool:
    """Whether a participle right after the name and a comma tells its state (", valued at $86 billion")."""
    if found is None or found.measure.acted or not name.end <= found.start < figure.start_char:
        return False
    between = sentence.text[name.end - sentence.start : found.start - sentence.start]
    return between.strip() in _COMMAS and sentence.clause(found.start) == sentence.clause(figure.start_char)


def _without_others(
    sentence: Sentence,
    figure: Figure,
    found: Found | None,
    speakers: Collection[int],
    scored: list[tuple[float, Name]],
) -> list[tuple[float, Name]]:
    """The names without places and industries where a company acts or holds the clause ("Nvidia's chip sales")."""
    holders = [
        name
        for _, name in scored
        if name.named.kind in ("organisation", "possessor", "person", STRANGER)
        and name.start not in speakers
        and name.start not in sentence.oblique
        and name.start < figure.start_char
        and (
            sentence.clause(name.start) == sentence.clause(figure.start_char)
            or (found is not None and sentence.clause(name.start) == sentence.clause(found.start))
        )
    ]
    acting = [name for _, name in scored if name.named.kind in _ACTORS and name.start not in sentence.oblique]
    received = found is not None and found.measure.received
    if acting or received:
        scored = [pair for pair in scored if pair[1].named.kind != "place"]
        if found is not None and found.measure.acted:
            return [pair for pair in scored if pair[1].named.kind not in ("industry", "ware")]
    kept = [pair for pair in scored if pair[1].named.kind not in ("industry", "ware")]
    return kept if holders and kept else scored


def _list_of(sentence: Sentence, best: Name) -> list[Name]:
    """The names that stand in one list with ``best``, itself among them."""
    names = [name for name in sentence.names if name.named.about is not None]
    run: list[Name] = []
    closed = False
    for name in names:
        strict = bool(run) and sentence.joined(run[-1], name, strict=True)
        # A list ends with the member after its joiner ("Amazon ve Google, Anthropic'e ...").
        if run and (strict or not closed) and _same_list(sentence, run[-1], name, best):
            closed = closed or strict
            run.append(name)
            continue
        if best in run:
            break
        run, closed = [name], False
    # Commas alone make no list ("SoftBank, OpenAI'a ..." is a subject and an object).
    return run if closed and best in run else [best]


def _same_list(sentence: Sentence, first: Name, second: Name, best: Name) -> bool:
    kinds = {first.named.kind, second.named.kind}
    return (
        sentence.joined(first, second)
        and kinds <= {"organisation", "person", STRANGER}
        and (first.start in sentence.oblique) <= (best.start in sentence.oblique)
    )
