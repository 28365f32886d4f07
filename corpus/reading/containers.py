"""One article of a container (a row, a feed's entry, an archived page), before it has a place and a name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import BinaryIO

from corpus.model import Given

MEGABYTE = 1024 * 1024
# An article has a few kilobytes, a heavy page one or two million bytes.
MAX_DOCUMENT = 20 * MEGABYTE
# Containers that must be held whole to be understood: one JSON value, an XML file.
MAX_WHOLE = 100 * MEGABYTE
# Containers read row by row; what is unpacked counts, so that a few kilobytes cannot swell without end.
MAX_STREAM = 1024 * MEGABYTE

_MARK = "corpus_part"


@dataclass(frozen=True, slots=True)
class Part:
    """An article within a container: its text as ``media_type`` and what the container states of it.

    ``encoding`` is what its bytes were read in; ``reason`` says why there is no text.
    """

    text: str | None = None
    media_type: str = "text/plain"
    given: Given = field(default_factory=Given)
    encoding: str | None = None
    reason: str | None = None


class Unreadable(Exception):
    """Why a container, or the rest of it, cannot be read, in words for a person."""


def fingerprint(part: Part) -> str:
    """The SHA-256 of what a part says: equal parts are equal however the rows around them moved."""
    said = [part.media_type, part.text, *asdict(part.given).values()]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode("ascii")).hexdigest()


def pack(part: Part) -> bytes:
    """A part as bytes that ``unpack`` makes the same part of, for those whose container is not kept."""
    return json.dumps({_MARK: asdict(part)}, ensure_ascii=True).encode("ascii")


def unpack(raw: bytes) -> Part | None:
    """The part in what ``pack`` gave; None for any other bytes."""
    if not raw.startswith(b'{"' + _MARK.encode("ascii")):
        return None
    try:
        values = json.loads(raw)[_MARK]
        return Part(**(values | {"given": Given(**values["given"])}))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def merged(first: Given, second: Given) -> Given:
    """What is given by either, the first one's word before the second's."""
    own = {one.name: getattr(first, one.name) for one in fields(Given)}
    return Given(**{name: getattr(second, name) if value is None else value for name, value in own.items()})


def lines_of(stream: BinaryIO, *, longest: int = MAX_DOCUMENT) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a stream with their numbers from 1; None for one that is too long to be an article."""
    number = 0
    while line := stream.readline(longest + 1):
        number += 1
        if len(line) <= longest:
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(longest)
        yield number, None


def megabytes(size: int) -> str:
    """A limit as a person writes it."""
    return f"{size // MEGABYTE} MB"
