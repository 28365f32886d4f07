"""What the corpus is about, read from ``topic.yml``: outlets, measures, subjects and people.

Everything that ties the corpus to one story is in that file; another file makes another corpus.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from corpus.model import KINDS, CorpusError

HOME = Path(__file__).with_name("topic.yml")
SUBJECT_KINDS = ("organisation", "observer", "industry", "place")


@dataclass(frozen=True, slots=True)
class Outlet:
    """A news outlet or platform; ``endmark`` is the sign that closes its articles."""

    slug: str
    name: str
    domain: str | None = None
    country: str | None = None
    aliases: tuple[str, ...] = ()
    endmark: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure can measure: the kinds it admits and its cue words by language.

    ``cues`` are certain, ``weak`` ones count only where nothing certain is near. ``family`` groups
    measures that name one amount from several sides; ``of_industry`` is what the measure is called
    where its subject is a whole industry. ``units`` are UCUM codes that settle it alone.
    ``acted`` measures are done by somebody to somebody (who invests is the subject, not whom it is invested
    in), ``received`` ones by somebody from a country (who gets it is the subject); ``industrial`` ones are those
    of a whole industry, ``held`` ones are held in an industry and never its own; ``subjectless`` ones take no
    subject from another sentence; of ``several`` ones a subject may have more than one at a time, so that two
    amounts are no contradiction. ``over`` names measures that only tell how this one moved ("shares rose 3 %").
    ``least`` and ``most`` bound the amounts of money it can be, in units of any currency (no share costs a billion).
    """

    slug: str
    label: str
    admits: tuple[str, ...]
    family: str | None = None
    of_industry: str | None = None
    units: tuple[str, ...] = ()
    acted: bool = False
    industrial: bool = False
    held: bool = False
    subjectless: bool = False
    received: bool = False
    several: bool = False
    over: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    weak: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who or what a figure can be about; ``products`` stand for their maker where nothing else is named.

    An ``observer`` (an association, a research firm) has a word to say but is not what figures are about.
    """

    name: str
    kind: str = "organisation"
    aliases: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A person, and the subject the person acts for."""

    name: str
    acts_for: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """The topic file as values, each list in the order of the file.

    ``ignored`` words hide a shorter alias or cue inside them ("metaverse", "up to").
    """

    outlets: tuple[Outlet, ...] = ()
    measures: tuple[Measure, ...] = ()
    subjects: tuple[Subject, ...] = ()
    people: tuple[Person, ...] = ()
    ignored: tuple[str, ...] = ()


def load_topic(path: Path | None = None) -> Topic:
    """The topic in ``path`` (by default the one of this package), read once.

    Raises CorpusError naming the file and the entry when the file cannot be read or is malformed.
    """
    return _load(HOME if path is None else path.resolve())


def topic_digest() -> str:
    """A hash of the topic file as it is written: what is the same by it need not be read to be known as the same."""
    try:
        return hashlib.sha256(HOME.read_bytes()).hexdigest()
    except OSError as error:
        raise CorpusError(f"{HOME.name}: cannot be read: {error}") from error


@cache
def several_measures() -> frozenset[str | None]:
    """The measures of which a subject may have more than one at a time."""
    return frozenset(measure.slug for measure in load_topic().measures if measure.several)


@cache
def _load(path: Path) -> Topic:
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CorpusError(f"{path.name}: cannot be read: {error}") from error
    root = _Entry(f"{path.name}", content if content is not None else {})
    root.only("outlets", "measures", "subjects", "people", "ignored")
    outlets = tuple(
        Outlet(
            slug=entry.text("slug"),
            name=entry.text("name"),
            domain=entry.maybe("domain"),
            country=entry.maybe("country"),
            aliases=entry.texts("aliases") or (entry.text("name"),),
            endmark=entry.maybe("endmark"),
        )
        for entry in root.entries("outlets", "slug", "name", "domain", "country", "aliases", "endmark")
    )
    topic = Topic(outlets, _measures(root), _subjects(root), _people(root), root.texts("ignored"))
    _check(path.name, topic)
    return topic


def _measures(root: _Entry) -> tuple[Measure, ...]:
    keys = (
        "slug",
        "label",
        "admits",
        "family",
        "of_industry",
        "units",
        "acted",
        "industrial",
        "held",
        "received",
        "several",
        "over",
        "least",
        "most",
    )
    measures = []
    for entry in root.entries("measures", *keys, "subjectless", "cues", "weak"):
        admits = entry.texts("admits")
        for kind in admits:
            if kind not in KINDS:
                raise entry.wrong("admits", f"{kind!r} is none of {', '.join(KINDS)}")
        measures.append(
            Measure(
                slug=entry.text("slug"),
                label=entry.maybe("label") or entry.text("slug").replace("_", " "),
                admits=admits,
                family=entry.maybe("family"),
                of_industry=entry.maybe("of_industry"),
                units=entry.texts("units"),
                acted=entry.content.get("acted") is True,
                industrial=entry.content.get("industrial") is True,
                held=entry.content.get("held") is True,
                subjectless=entry.content.get("subjectless") is True,
                received=entry.content.get("received") is True,
                several=entry.content.get("several") is True,
                over=entry.texts("over"),
                least=entry.number("least"),
                most=entry.number("most"),
                cues=entry.by_language("cues"),
                weak=entry.by_language("weak"),
            )
        )
    return tuple(measures)


def _subjects(root: _Entry) -> tuple[Subject, ...]:
    subjects = []
    for entry in root.entries("subjects", "name", "kind", "aliases", "products"):
        kind = entry.maybe("kind") or "organisation"
        if kind not in SUBJECT_KINDS:
            raise entry.wrong("kind", f"{kind!r} is none of {', '.join(SUBJECT_KINDS)}")
        name = entry.text("name")
        aliases = entry.texts("aliases") or (name,)
        subjects.append(Subject(name=name, kind=kind, aliases=aliases, products=entry.texts("products")))
    return tuple(subjects)


def _people(root: _Entry) -> tuple[Person, ...]:
    return tuple(
        Person(
            name=entry.text("name"),
            acts_for=entry.maybe("acts_for"),
            aliases=entry.texts("aliases") or (entry.text("name"),),
        )
        for entry in root.entries("people", "name", "acts_for", "aliases")
    )


def _check(file: str, topic: Topic) -> None:
    """Names are unique, and what one entry says of another exists."""
    lists = {
        "outlets": [outlet.slug for outlet in topic.outlets],
        "measures": [measure.slug for measure in topic.measures],
        "subjects": [subject.name for subject in topic.subjects],
        "people": [person.name for person in topic.people],
    }
    for where, names in lists.items():
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise CorpusError(f"{file}: {where}: {name!r} is there twice")
            seen.add(name)
    for person in topic.people:
        if person.acts_for is not None and person.acts_for not in lists["subjects"]:
            raise CorpusError(f"{file}: people: {person.name!r} acts for {person.acts_for!r}, no subject")
    for measure in topic.measures:
        for other in (measure.of_industry, *measure.over):
            if other is not None and other not in lists["measures"]:
                raise CorpusError(f"{file}: measures: {measure.slug!r}: no measure {other!r}")


class _Entry:
    """One mapping of the file that knows where it stands, so that errors can say it."""

    def __init__(self, where: str, content: Any) -> None:
        self.where = where
        if not isinstance(content, dict):
            raise CorpusError(f"{where}: a mapping is expected, not {type(content).__name__}")
        self.content: dict[Any, Any] = content

    def wrong(self, key: str, message: str) -> CorpusError:
        return CorpusError(f"{self.where}: {key}: {message}")

    def only(self, *keys: str) -> None:
        for key in self.content:
            if key not in keys:
                raise CorpusError(f"{self.where}: unknown key {key!r}")

    def maybe(self, key: str) -> str | None:
        value = self.content.get(key)
        if value is None:
            return None
        # YAML reads a bare NO (Norway) as false, and 1.5 as a number: neither is what was meant.
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"a text is expected, not {value!r} (put it in quotes)")
        return value

    def text(self, key: str) -> str:
        value = self.maybe(key)
        if value is None:
            raise self.wrong(key, "is missing")
        return value

    def number(self, key: str) -> Decimal | None:
        value = self.content.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, f"a number is expected, not {value!r}")
        return Decimal(str(value))

    def texts(self, key: str) -> tuple[str, ...]:
        return _texts(self, key, self.content.get(key))

    def by_language(self, key: str) -> dict[str, tuple[str, ...]]:
        value = self.content.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.wrong(key, "a list of words by language is expected")
        return {str(language): _texts(self, f"{key}.{language}", words) for language, words in value.items()}

    def entries(self, key: str, *keys: str) -> Iterator[_Entry]:
        value = self.content.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            raise self.wrong(key, "a list is expected")
        for number, content in enumerate(value):
            entry = _Entry(f"{self.where}: {key}[{number}]", content)
            entry.only(*keys)
            yield entry


def _texts(entry: _Entry, key: str, value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise entry.wrong(key, "a list is expected")
    for item in value:
        if not isinstance(item, str) or not item.strip("*=| "):
            raise entry.wrong(key, f"a text is expected, not {item!r} (put it in quotes)")
    return tuple(value)
