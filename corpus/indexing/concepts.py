"""What the topic knows by several names: a name of any of them stands for all, in every language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from corpus.indexing.segmenting import fold, script_of, segments
from corpus.topic import load_topic
from corpus.words.matching import Matcher


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing of the topic: its key in the index, its name, and how else it is written."""

    key: str
    name: str
    aliases: tuple[str, ...]

    def others(self, word: str, *, most: int = 12) -> tuple[str, ...]:
        """Other names of it, those of other scripts first and one of each script in turn."""
        own = fold(word)
        by_script: dict[str, list[str]] = {}
        # Single words first: they are what an article most likely says.
        for shown in sorted(map(readable, self.aliases), key=lambda name: sum(char in " ·・" for char in name)):
            if shown and own not in fold(shown):
                names = by_script.setdefault(script_of(shown[0]), [])
                # A longer name that only adds to a shorter one says nothing more.
                if not any(fold(name) in fold(shown) for name in names):
                    names.append(shown)
        mine = script_of(word[:1])
        columns = [by_script[script] for script in sorted(by_script, key=lambda script: script == mine)]
        turns = [names[turn] for turn in range(most) for names in columns if turn < len(names)]
        return tuple(dict.fromkeys(turns))[:most]


def readable(alias: str) -> str:
    """An alias without the marks of the topic file.

    >>> readable("=Альтман*"), readable("auf |X")
    ('Альтман', 'X')
    """
    return " ".join(alias.rpartition("|")[2].lstrip("=*").replace("*", "").split())


@cache
def concepts() -> dict[str, Concept]:
    """Every concept of the topic, by its key."""
    topic = load_topic()
    found = [Concept(_key("person", person.name), person.name, person.aliases) for person in topic.people]
    for subject in topic.subjects:
        # What an industry makes is the industry to who searches; what a company makes is not the company.
        more = subject.products if subject.kind == "industry" else ()
        found.append(Concept(_key("subject", subject.name), subject.name, (*subject.aliases, *more)))
    found += (Concept(_key("outlet", outlet.slug), outlet.name, outlet.aliases) for outlet in topic.outlets)
    return {concept.key: concept for concept in found}


def _key(kind: str, name: str) -> str:
    words = "·".join("".join(char for char in word if char.isalnum()) for word in fold_words(name))
    return f"{kind}·{words}"


def fold_words(text: str) -> list[str]:
    """The folded words of a text."""
    return [segment.folded for segment in segments(unicodedata.normalize("NFC", text))]


@cache
def indexed_names() -> tuple[tuple[str, str], ...]:
    """Every name that articles are indexed by, as (alias, key), in order.

    The key is empty for a word that hides an alias inside it ("metaverse"): it is found first, and means nothing.
    """
    names = {alias: concept.key for concept in concepts().values() for alias in concept.aliases}
    return tuple(sorted((names | dict.fromkeys(load_topic().ignored, "")).items()))


@cache
def _matcher() -> Matcher[str]:
    return Matcher(dict(indexed_names()))


@cache
def _query_matcher() -> Matcher[str]:
    # Who types does not mind the case: "altman", "meta".
    names = {alias.removeprefix("="): concept.key for concept in concepts().values() for alias in concept.aliases}
    return Matcher(names | {concept.name: concept.key for concept in concepts().values()})


def find_concepts(text: str) -> Iterator[tuple[int, int, str]]:
    """Where the topic's names stand in a text: (start, end, key)."""
    return ((start, end, key) for start, end, key in _matcher().find(text) if key)


def concept_named(text: str) -> Concept | None:
    """The concept that a query's words name as a whole, None where they name none.

    >>> concept_named("altman").name, concept_named("芯片").name, concept_named("house")
    ('Sam Altman', 'semiconductor industry', None)
    """
    text = text.strip()
    for start, end, key in _query_matcher().find(text):
        # In these two scripts the article is written together with the name, and is no part of it.
        before = not start or (script_of(text[0]) in ("ARABIC", "HEBREW") and text[:start].isalpha())
        if before and end == len(text):
            return concepts()[key]
    return None
