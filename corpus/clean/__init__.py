"""A raw document → its passages, each with a role, and the reading text they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from corpus.clean.pages import read_page
from corpus.clean.passages import Block, blocks
from corpus.clean.roles import assign
from corpus.clean.signals import signal
from corpus.clean.standing import Part
from corpus.model import ROLES_IN_TEXT, Document, Given, Passage
from corpus.topic import load_topic
from corpus.words.normalising import normalise, split_fused
from corpus.words.wording import all_functions

PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The article in a document: ``text`` joins the passages that are in it by one blank line, headline first.

    ``passages`` are all of the document's, in order; those that were cut have no offsets. ``states`` holds
    what labels and bylines say: a passage's position, the field, its value (2, "published", "9. Februar").
    ``metadata`` is what a page states of itself.
    """

    headline: str | None
    text: str
    passages: tuple[Passage, ...]
    metadata: Given = field(default_factory=Given)
    states: tuple[tuple[int, str, str], ...] = ()

    def stated(self, *fields: str) -> tuple[tuple[Passage, str], ...]:
        """The passages that state one of the fields, with the value, in order."""
        return tuple((self.passages[at], value) for at, field, value in self.states if field in fields)


def clean(document: Document) -> Cleaned:
    """The passages and the reading text of a document; nothing is lost, what is cut keeps its text and rule.

    A document that could not be read gives an empty text.
    """
    text = document.text or ""
    title = None if document.given.title is None else _one_line(document.given.title)
    if document.media_type in PAGES:
        return _clean_page(text, document.given, title)
    text = _whole(text)
    return assemble(assign(blocks(text), title=title), title=title)


def _whole(text: str) -> str:
    return split_fused(normalise(text), functions=all_functions(), endings=_outlet_endings())


def _clean_page(html: str, given: Given, title: str | None) -> Cleaned:
    """The article in an HTML page; the lines the page has around it stay visible as what they are."""
    page = read_page(html, url=given.url)
    title = title or (None if page.metadata.title is None else _one_line(page.metadata.title))
    lines = tuple(Block(line, True) for line in _whole("\n".join(page.lines)).split("\n") if line)
    parts = assign(lines, title=title)
    headed = next((number for number, part in enumerate(parts) if part.role == "headline"), -1)
    before = [_outside(line, stating=True) for line in page.before]
    after = [_outside(line, stating=False) for line in page.after]
    parts = [*parts[: headed + 1], *before, *parts[headed + 1 :], *after]
    return assemble(parts, title=title, metadata=page.metadata)


def _outside(line: str, *, stating: bool) -> Part:
    """A line of a page that stands outside its article; what it states counts only above the text."""
    told = signal(line)
    if told is not None and told.role not in ROLES_IN_TEXT and (stating or told.rule in ("copyright", "logo")):
        return Part(line, True, told, False, told.role, told.rule)
    return Part(line, True, None, False, "furniture", "outside the article")


def assemble(parts: Sequence[Part], *, title: str | None = None, metadata: Given | None = None) -> Cleaned:
    """The reading text of passages whose roles are known; a title that none of them is comes first."""
    headline = next((part.text for part in parts if part.role == "headline"), None)
    entries = [(part.role or "body", part.rule, part.text) for part in parts]
    shift = 0
    if headline is None and title:
        headline = title
        entries.insert(0, ("headline", "given", title))
        shift = 1
    order = sorted(
        (number for number, entry in enumerate(entries) if entry[0] in ROLES_IN_TEXT),
        key=lambda number: (entries[number][0] != "headline", number),
    )
    spans: dict[int, tuple[int, int]] = {}
    position = 0
    for number in order:
        size = len(entries[number][2])
        spans[number] = (position, position + size)
        position += size + 2
    passages = tuple(
        Passage(number, role, rule, text, None, *spans.get(number, (None, None)))
        for number, (role, rule, text) in enumerate(entries)
    )
    states = tuple((number + shift, name, value) for number, part in enumerate(parts) for name, value in _states(part))
    text = "\n\n".join(entries[number][2] for number in order)
    return Cleaned(headline, text, passages, metadata or Given(), states)


def _states(part: Part) -> Iterator[tuple[str, str]]:
    if part.rule.startswith("value:"):
        yield part.rule.removeprefix("value:"), part.text
    elif part.signal is not None and part.role not in ROLES_IN_TEXT:
        yield from part.signal.states


def with_languages(cleaned: Cleaned, languages: Iterable[str | None]) -> Cleaned:
    """The same article with the language of each passage."""
    passages = tuple(
        replace(passage, language=language) for passage, language in zip(cleaned.passages, languages, strict=True)
    )
    return replace(cleaned, passages=passages)


def _one_line(text: str) -> str | None:
    line = " ".join(normalise(text).split())
    return line or None


@cache
def _outlet_endings() -> frozenset[str]:
    """The last words of the names of known outlets, in small letters."""
    return frozenset(
        words[-1]
        for outlet in load_topic().outlets
        for alias in outlet.aliases
        if (words := alias.strip("=*").lower().split())
    )
