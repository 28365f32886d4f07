"""What a worker does: files and documents → articles. Pure but for reading the files it is given.

What goes in and what comes out can be pickled, so that the worker may be another process or another machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.indexing import with_words
from corpus.model import RULES_VERSION, Article, Document
from corpus.reading import read_entry
from corpus.reading.walking import Entry
from corpus.storing.documents import Seen

# A file of more documents than this is a container whose rows are handed out in chunks of their own.
MOST_PARTS = 32
MOST_CHARACTERS = 4_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """What turns a document into an article, and the version of its rules."""

    process: Callable[[Document], Article]
    version: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A file to read, and what is known of its documents from an earlier run."""

    entry: Entry
    before: tuple[Seen, ...] = ()


Item = Reading | Document
# An article; or a document without one: rejected where it has a reason, else the same as before.
Outcome = Article | Document


def process(document: Document) -> Article:
    """What the pipeline of this package makes of a document."""
    # Loaded by whoever derives, not by whoever only asks what has changed.
    from corpus import pipeline

    return pipeline.process(document)


def standard_line() -> Line:
    """The pipeline of this package."""
    return Line(process, RULES_VERSION)


def ready(line: Line) -> bool:
    """True where whoever is asked can derive at all: it has this program."""
    return callable(line.process)


def derive(items: Sequence[Item], line: Line) -> list[list[Outcome] | None]:
    """The outcomes of each item, in order; None for a file that is too much of a container to be read at once."""
    return [_read(item, line) if isinstance(item, Reading) else [outcome(item, line)] for item in items]


def _read(item: Reading, line: Line) -> list[Outcome] | None:
    found: list[Document] = []
    characters = 0
    for document in read_entry(item.entry):
        found.append(document)
        characters += len(document.text or "")
        if len(found) > MOST_PARTS or (len(found) > 1 and characters > MOST_CHARACTERS):
            return None
    return [outcome(document, line) for document in settled(found, item.before, line.version)]


def settled(documents: Iterable[Document], before: Iterable[Seen], version: str) -> Iterator[Document]:
    """Documents as they are, those whose content is as it was before without it."""
    seen = {one.part: one for one in before}
    for document in documents:
        one = seen.get(document.part)
        touched = one is not None and is_only_touched(document, one, version)
        yield replace(document, raw=b"", text=None) if touched else document


def is_only_touched(document: Document, seen: Seen, version: str) -> bool:
    """Whether a document that was read is what it was before, by the same rules."""
    # Without a time it is one that is to be read again, unless it never had one.
    return (
        document.reason is None
        and seen.status != "rejected"
        and (seen.mtime_ns is not None or document.mtime_ns is None)
        and (seen.content_hash, seen.version) == (document.content_hash, version)
    )


def outcome(document: Document, line: Line) -> Outcome:
    """The article of a document that has a text; a document that cannot be processed says so."""
    if document.text is None or document.reason is not None:
        return document
    try:
        article = with_words(line.process(document))
    # One bad document must not end the run; its row says what went wrong.
    except Exception as error:
        reason = f"the document could not be processed ({type(error).__name__}: {error})"
        return replace(emptied(document), reason=reason)
    return replace(article, document=emptied(document))


def emptied(document: Document) -> Document:
    """A document without its content where it can be read again, which then is not carried about."""
    return document if document.mtime_ns is None else replace(document, raw=b"", text=None)
