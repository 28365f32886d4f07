"""The words by which a sentence says on whose word, with what stance and when: one TOML a language.

A new language is a new file; a language without one is read with the words of all files together.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from corpus.model import STANCES
from corpus.words.matching import Matcher, fold

# Hearsay is looked for with speech so that its longer phrases hide the verbs inside them.
_SPEECH = ("say", "according", "hearsay")
_QUARTERS = ("quarter_1", "quarter_2", "quarter_3", "quarter_4", "not_time")
_TIMES = ("last_year", "this_year", "next_year", "founded", *_QUARTERS)
_GRAMMAR = ("clause", "oblique_before", "relative", "anaphor", "possessive", "firm")
_TAILS = ("according_after", "oblique_after", "subject_after", "speaker_after", "bearer_after", "and")
KEYS = frozenset(
    (*_SPEECH, *_TIMES, *_GRAMMAR, *_TAILS, *STANCES, "future", "abbreviations", "abbreviations_final", "verb_final")
)
_STOPS = ("abbreviations", "abbreviations_final")


@dataclass(frozen=True, slots=True)
class Cues:
    """The cue words of one language, compiled; each matcher gives the names of the lists a word is in."""

    speech: Matcher[frozenset[str]]
    grammar: Matcher[frozenset[str]]
    stance: Matcher[frozenset[str]]
    times: Matcher[frozenset[str]]
    according_after: tuple[str, ...]
    oblique_after: tuple[str, ...]
    subject_after: tuple[str, ...]
    speaker_after: tuple[str, ...]
    bearer_after: frozenset[str]
    joiners: frozenset[str]
    verb_final: bool


def _folder() -> Traversable:
    return files("corpus.locales") / "claims"


@cache
def languages() -> tuple[str, ...]:
    """The language codes that have a file."""
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def _table(language: str) -> dict[str, list[str] | bool]:
    return tomllib.loads((_folder() / f"{language}.toml").read_text("utf-8"))


def primary(language: str | None) -> str | None:
    """The language of a BCP 47 tag where there is a file for it, else None."""
    if language is None:
        return None
    code = language.replace("_", "-").partition("-")[0].lower()
    return code if code in languages() else None


def cues_for(language: str | None) -> Cues:
    """The cue words of a BCP 47 tag; those of all languages where it is unknown or has no file."""
    return _cues(primary(language))


@cache
def _cues(code: str | None) -> Cues:
    codes = languages() if code is None else (code,)
    return Cues(
        speech=_matcher(codes, _SPEECH),
        grammar=_matcher(codes, _GRAMMAR),
        stance=_matcher(codes, (*STANCES, "future")),
        times=_matcher(codes, _TIMES),
        according_after=_folded(codes, "according_after"),
        oblique_after=_folded(codes, "oblique_after"),
        subject_after=_folded(codes, "subject_after"),
        speaker_after=_folded(codes, "speaker_after"),
        bearer_after=frozenset(_folded(codes, "bearer_after")),
        joiners=frozenset(_folded(codes, "and")),
        verb_final=code is not None and _table(code).get("verb_final") is True,
    )


def words(language: str, key: str) -> tuple[str, ...]:
    """One list of one language, as written in its file."""
    listed = _table(language).get(key, [])
    return tuple(listed) if isinstance(listed, list) else ()


@cache
def abbreviations() -> tuple[frozenset[str], frozenset[str]]:
    """Folded words whose full stop ends no sentence, and those whose may, in any language."""
    never, seldom = (
        frozenset(fold(word) for language in languages() for word in words(language, key)) for key in _STOPS
    )
    return never - seldom, seldom


def _matcher(codes: Iterable[str], keys: Iterable[str]) -> Matcher[frozenset[str]]:
    lists: dict[str, set[str]] = {}
    for code in codes:
        for key in keys:
            for word in words(code, key):
                lists.setdefault(word, set()).add(key)
    return Matcher({word: frozenset(names) for word, names in lists.items()})


def _folded(codes: Iterable[str], key: str) -> tuple[str, ...]:
    """The words of a list, folded, longest first."""
    found = {fold(word.rstrip("*")) for code in codes for word in words(code, key)}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))
