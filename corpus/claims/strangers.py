"""Names the topic does not know, told by how they are written: a figure of theirs is nobody else's.

Whose it is stays unknown, since the topic has no name for them; without them the company spoken of before
would be taken for its bearer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from importlib.resources import files
from tomllib import loads
from typing import NamedTuple

from corpus.claims.clauses import Sentence
from corpus.claims.measuring import cues_in
from corpus.claims.naming import STRANGER, Name, Named
from corpus.topic import load_topic
from corpus.words.matching import fold
from corpus.words.wording import all_functions, functions

# The capitals of the alphabets that have them: Latin, Greek, Cyrillic, Armenian.
_UPPER = "".join(char for char in map(chr, range(0x41, 0x557)) if char.isupper())
# What their words are made of; a letter of another script ends them ("Quirblex的").
_LETTER = "0-9A-Za-z\u00c0-\u0587\u1e00-\u1fff&-"
_PART = rf"[{_UPPER}][{_LETTER}]*(?:['’][{_UPPER}][{_LETTER}]*)*"
_RUN = re.compile(rf"(?<![{_LETTER}@#$€£]){_PART}(?: {_PART})*")
_INNER = re.compile(rf"[^\W\d_{_UPPER}][{_UPPER}]")
_LATIN = re.compile("[A-Za-z]")
_OTHER = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[^\W\d_]\w+")
_STOPS = re.compile("[.!?…:]")
_ACRONYM = 5
_LOOK_BACK = 40
# A name so far before a verb of saying is the speaker's.
_SPEAKS = 70
# And so far after one ("said its head X").
_SPOKEN = 25
_HEADLINE_SHARE = 0.6
# Of a word that stands very often the first places are looked at.
_PLACES = 20


class _Run(NamedTuple):
    """Capitalised words that stand together, the word before them and what stands between."""

    start: int
    end: int
    words: str
    before: str
    between: str


class Strangers:
    """The unknown names of an article: words that one place shows to be a name are one everywhere.

    ``sentence_at`` gives the sentence at a place of ``text``.
    """

    def __init__(
        self,
        text: str,
        sentence_at: Callable[[int], Sentence],
        language: str | None,
        *,
        capitalised_nouns: bool,
    ) -> None:
        self._text = text
        self._sentence_at = sentence_at
        self._language = language
        self._frequent = functions().get(language or "") or all_functions()
        self._calendar = _calendar(language)
        self._capitalised_nouns = capitalised_nouns
        self._found: dict[int, list[_Run]] = {}
        self._names: dict[str, bool] = {}
        self._titles: dict[int, bool] = {}

    def of(self, sentence: Sentence) -> list[Name]:
        """The unknown names that may be whom the figures of one of the sentences are about."""
        found = [
            Name(run.start, run.end, Named(run.words, STRANGER, run.words))
            for run in self._runs_of(sentence)
            if self._is_known_for_a_name(run.words) and not self._speaks(sentence, run)
        ]
        if not found:
            return []
        with_them = sentence.with_names(found)
        # "Its rival X" is somebody else than the one talked about, but not beside the point.
        return [
            name for name in found if name.start not in with_them.oblique or _ends(sentence, name.start - 1, {"firm"})
        ]

    def _is_known_for_a_name(self, words: str) -> bool:
        if words not in self._names:
            sentences = map(self._sentence_at, self._places.get(words.rpartition(" ")[2], ())[:_PLACES])
            self._names[words] = any(
                self._is_name(sentence, run)
                for sentence in sentences
                for run in self._runs_of(sentence)
                if run.words == words
            )
        return self._names[words]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where capitalised words stand, by the last of those that stand together."""
        places: dict[str, list[int]] = {}
        for match in _RUN.finditer(self._text):
            places.setdefault(match[0].rpartition(" ")[2], []).append(match.start())
        return places

    def _runs_of(self, sentence: Sentence) -> list[_Run]:
        if sentence.start not in self._found:
            self._found[sentence.start] = list(self._runs(sentence))
        return self._found[sentence.start]

    def _runs(self, sentence: Sentence) -> Iterator[_Run]:
        taken = [(name.start, name.end) for name in sentence.names]
        taken += [(figure.start_char, figure.end_char) for figure in sentence.figures]
        for match in _RUN.finditer(sentence.text):
            start, words, before, between = match.start(), match[0], "", ""
            first, _, rest = words.partition(" ")
            while rest and (
                self._is_ordinary(first) or _ends(sentence, sentence.start + start + len(first), {"anaphor", "firm"})
            ):
                # "The Quirblex group", "In August", "der Konkurrent Quirblex": the first word is none of the name.
                start, words, before, between = start + len(first) + 1, rest, first, " "
                first, _, rest = words.partition(" ")
            begins, end = start + sentence.start, start + sentence.start + len(words)
            if self._is_ordinary(words) or any(left < end and begins < right for left, right in taken):
                continue
            if start == match.start():
                before, between = _standing_before(sentence.text, start)
            yield _Run(begins, end, words, before, between)

    def _is_ordinary(self, words: str) -> bool:
        folded = fold(words)
        # "Last October": a month or a day ends no name.
        return (
            folded in self._frequent
            or folded in self._calendar
            or folded in _hiding()
            or folded.rpartition(" ")[2] in self._calendar
        )

    def _is_name(self, sentence: Sentence, run: _Run) -> bool:
        """Whether the way it stands here shows that it is a name, and one that may have figures."""
        if _is_firm(sentence, run):
            return True
        if _follows(sentence, run, {"anaphor", "firm"}):
            # German nouns have capitals too: "dass das Unternehmen Einnahmen meldet".
            return not (self._capitalised_nouns and any(cues_in(run.words, self._language)))
        if run.words.isupper() and len(run.words) <= _ACRONYM:
            return False
        if any(_INNER.search(part) for part in re.split("[ -]", run.words)):
            return True
        if _LATIN.match(run.words) and _is_foreign_here(sentence):
            return True
        if self._capitalised_nouns or self._is_title(sentence):
            return False
        if " " in run.words:
            # Two words with capitals, but none of an office ("Chief Executive") or of what is measured. Nor is the
            # one before "'s" in "Abu Dhabi's X" the one that is spoken of.
            return not _is_cue(sentence, run) and not _owns(sentence, run)
        if run.before == "" or _STOPS.search(run.between):
            return False
        # One word inside a sentence may be an adjective or a place, unless its clause begins with it ("while X"),
        # or the sentence with a word that describes it ("la milanaise X").
        joined = fold(run.before) in sentence.cues.joiners or _follows(sentence, run, {"clause"})
        begins = sentence.text[: run.start - sentence.start].count(" ") <= 2
        return joined or "," in run.between or (begins and fold(run.before) not in self._frequent)

    def _is_title(self, sentence: Sentence) -> bool:
        """Whether nearly all words are capitalised, as in English headlines."""
        if sentence.start not in self._titles:
            words = [word for word in _WORD.findall(sentence.text) if len(word) > 3]
            capitals = sum(word[0].isupper() for word in words)
            self._titles[sentence.start] = len(words) > 2 and capitals > len(words) * _HEADLINE_SHARE
        return self._titles[sentence.start]

    def _speaks(self, sentence: Sentence, run: _Run) -> bool:
        """Whether it only has the word: a verb of saying stands beside it, and no figure between."""
        verbs = [
            (start, end)
            for start, end, lists in sentence.speech
            if not lists.isdisjoint({"say", "according"})
            and (0 <= start - run.end <= _SPEAKS or 0 <= run.start - end <= _SPOKEN)
            and not any(min(run.end, end) <= one.start_char < max(run.start, start) for one in sentence.figures)
        ]
        if not verbs:
            return False
        # "is valued at" says nothing.
        cues = [
            (start + sentence.start, end + sentence.start) for start, end, *_ in cues_in(sentence.text, self._language)
        ]
        return any(not any(left < end and start < right for left, right in cues) for start, end in verbs)


def _standing_before(text: str, start: int) -> tuple[str, str]:
    """The word before a place, and what stands between it and the place."""
    first = max(0, start - _LOOK_BACK)
    end = start
    while end > first and not text[end - 1].isalnum():
        end -= 1
    begin = end
    while begin > first and (text[begin - 1].isalnum() or text[begin - 1] in "-_"):
        begin -= 1
    return text[begin:end], text[end:start]


def _is_foreign_here(sentence: Sentence) -> bool:
    """Whether a sentence is written in another script than Latin."""
    if _OTHER.search(sentence.text) is None:
        return False
    others = len(_OTHER.findall(sentence.text)) * sentence.density
    return others > len(_LATIN.findall(sentence.text))


def _follows(sentence: Sentence, run: _Run, lists: set[str]) -> bool:
    """Whether a word of these lists stands right before it ("die Firma X", "компания «X»", "while X")."""
    return len(run.between) <= 2 and _ends(sentence, run.start - len(run.between), lists)


def _ends(sentence: Sentence, place: int, lists: set[str]) -> bool:
    """Whether a word of these lists ends at a place of the text."""
    return any(end == place and not lists.isdisjoint(found) for _, end, found in sentence.grammar)


def _is_firm(sentence: Sentence, run: _Run) -> bool:
    """Whether the legal form of a company follows or closes it."""
    at = run.end - sentence.start
    rest = sentence.text[at : at + 12].lstrip(" ,").split(" ", 1)[0].rstrip(",;:)")
    _, parted, last = run.words.rpartition(" ")
    forms = _legal_forms()
    return rest in forms or rest.rstrip(".") in forms or (parted != "" and last in forms)


def _is_cue(sentence: Sentence, run: _Run) -> bool:
    return any(
        start < run.end and run.start < end for hits in (sentence.grammar, sentence.stance) for start, end, _ in hits
    )


def _owns(sentence: Sentence, run: _Run) -> bool:
    """Whether a known name follows at once, to which it then belongs."""
    return any(0 <= name.start - run.end <= 3 for name in sentence.names)


@cache
def _legal_forms() -> frozenset[str]:
    listed = loads((files("corpus.claims") / "firms.toml").read_text("utf-8"))["legal_forms"]
    return frozenset(listed)


@cache
def _hiding() -> frozenset[str]:
    return frozenset(fold(words) for words in load_topic().ignored)


@cache
def _calendar(language: str | None) -> frozenset[str]:
    """The names of months, days and countries in a language, folded; English where it is unknown."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse((language or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return frozenset()
    dates = (
        name
        for calendar in (locale.months, locale.days)
        for form in calendar.values()
        for names in (form["wide"], form["abbreviated"])
        for name in names.values()
    )
    return frozenset(fold(name) for name in (*dates, *locale.territories.values()))
