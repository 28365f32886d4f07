"""The outlets, companies, industries, places and people named in a text, under their canonical names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from corpus.model import Citation
from corpus.topic import load_topic
from corpus.words.matching import Matcher

# The kind of a name that the topic does not know.
STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for: ``kind`` as a subject's, or outlet, person, product, ware (of an industry), stranger.

    ``about`` is the subject a figure is about when this name is its bearer (a person's company); None
    where a figure is never about it.
    """

    name: str
    kind: str
    about: str | None


@dataclass(frozen=True, slots=True)
class Name:
    """A name at its place in the text."""

    start: int
    end: int
    named: Named


@cache
def _matcher() -> Matcher[Named | None]:
    topic = load_topic()
    aliases: dict[str, Named | None] = {}
    places = {subject.name for subject in topic.subjects if subject.kind == "place"}
    for person in topic.people:
        # A minister speaks for a country, but a company's figure beside the name is not the country's.
        about = None if person.acts_for in places else person.acts_for or person.name
        named = Named(person.name, "person", about)
        aliases.update((alias, named) for alias in person.aliases)
    for subject in topic.subjects:
        about = None if subject.kind == "observer" else subject.name
        aliases.update((alias, Named(subject.name, subject.kind, about)) for alias in subject.aliases)
        product = Named(subject.name, "ware" if subject.kind == "industry" else "product", subject.name)
        aliases.update((alias, product) for alias in subject.products)
    for outlet in topic.outlets:
        aliases.update((alias, Named(outlet.name, "outlet", None)) for alias in outlet.aliases)
    aliases.update(dict.fromkeys(topic.ignored, None))
    return Matcher(aliases)


def find_names(text: str, citations: Sequence[Citation] = ()) -> tuple[Name, ...]:
    """The names in ``text`` in order, none overlapping; cited outlets the topic does not know are added."""
    names = [Name(start, end, named) for start, end, named in _matcher().find(text) if named is not None]
    taken = {position for name in names for position in (name.start, name.end - 1)}
    for citation in citations:
        if citation.start_char not in taken and citation.end_char - 1 not in taken:
            named = Named(citation.source.name, "outlet", None)
            names.append(Name(citation.start_char, citation.end_char, named))
    names.sort(key=lambda name: (name.start, name.end))
    return tuple(names)
