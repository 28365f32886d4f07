"""Files, folders and standard input → raw documents. One of the two ends where I/O happens.

What cannot be read is a document as well, with the reason instead of a text, so that nothing
that was given disappears silently.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from corpus.decoding import decode
from corpus.model import CorpusError, Document
from corpus.walking import Entry, Root, Skipped, root_of, walk

# An article has a few kilobytes; what is larger than this is an export that must be split.
MAX_BYTES = 200 * 1024 * 1024
STDIN = "-"
STDIN_LABEL = "stdin"


def read(paths: Iterable[str | Path], *, skipped: Skipped | None = None) -> Iterator[Document]:
    """Every document of the given files and folders; ``-`` is standard input.

    Folders are read recursively, in the order of their names; ``skipped`` counts what was passed
    over in them. A document that cannot be read has a ``reason`` and no text. Raises CorpusError
    at once, before anything is read, where a path does not exist.
    """
    given = [str(path) for path in paths]
    for path in given:
        check_path(path)
    return _read_all(given, Skipped() if skipped is None else skipped)


def check_path(path: str) -> None:
    """Raise CorpusError where a path that somebody gave leads nowhere."""
    if path != STDIN and not os.path.lexists(path):
        raise CorpusError(f"{path}: there is no such file or folder")


def _read_all(paths: list[str], skipped: Skipped) -> Iterator[Document]:
    for path in paths:
        if path == STDIN:
            yield read_stdin(sys.stdin.buffer)
        else:
            yield from read_root(root_of(path), skipped=skipped)


def read_root(root: Root, *, skipped: Skipped | None = None) -> Iterator[Document]:
    """Every document under a root."""
    for entry in walk(root, skipped=skipped):
        yield from read_entry(entry)


def read_entry(entry: Entry) -> Iterator[Document]:
    """The documents of one file: one for a plain file, rejected ones with their reason."""
    if entry.reason is not None or entry.media_type is None:
        yield _rejected(entry, entry.reason or "files of this type cannot be read")
        return
    if entry.size > MAX_BYTES:
        yield _rejected(entry, _too_large(entry.size))
        return
    try:
        with open(entry.path, "rb") as file:
            raw = _bounded(file)
    except OSError as error:
        yield _rejected(entry, f"the file cannot be read ({error.strerror or error}); check its permissions")
        return
    if raw is None:
        yield _rejected(entry, _too_large(entry.size))
        return
    yield from _READERS[entry.media_type](entry, raw)


def read_stdin(stream: BinaryIO) -> Document:
    """The document on a stream; named by its content, so that two pasted articles are two documents."""
    raw = _bounded(stream)
    if raw is None:
        return Document(STDIN_LABEL, STDIN, reason=_too_large(MAX_BYTES))
    digest = content_hash(raw)
    return next(_plain(Entry(STDIN, STDIN_LABEL, digest[:16], "text/plain", len(raw), None), raw))


def content_hash(raw: bytes) -> str:
    """The SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def _bounded(file: BinaryIO) -> bytes | None:
    """The content, or None beyond the limit: a file may have grown since it was listed."""
    raw = file.read(MAX_BYTES + 1)
    return None if len(raw) > MAX_BYTES else raw


def _plain(entry: Entry, raw: bytes) -> Iterator[Document]:
    """A file that is one document."""
    decoded = decode(raw)
    yield Document(
        root=entry.label,
        origin=entry.origin,
        raw=raw,
        text=decoded.text,
        encoding=decoded.encoding,
        media_type=entry.media_type or "text/plain",
        content_hash=content_hash(raw),
        size=len(raw),
        mtime_ns=entry.mtime_ns,
        reason=decoded.reason,
    )


# A container's reader yields several documents, numbered in ``part``.
_READERS: dict[str, Callable[[Entry, bytes], Iterator[Document]]] = {
    "text/plain": _plain,
    "text/markdown": _plain,
}


def _rejected(entry: Entry, reason: str) -> Document:
    return Document(
        root=entry.label,
        origin=entry.origin,
        media_type=entry.media_type or "application/octet-stream",
        size=entry.size,
        mtime_ns=entry.mtime_ns,
        reason=reason,
    )


def _too_large(size: int) -> str:
    limit = MAX_BYTES // (1024 * 1024)
    return f"the file is too large ({size:,} bytes; the limit is {limit} MB); split it into articles"
