"""Files, folders, standard input and addresses → raw documents. One of the two ends where I/O happens.

What cannot be read is a document as well, with the reason instead of a text, so that nothing
that was given disappears silently. Each article of a container is a document of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, cast

from corpus.model import CorpusError, Document, Given
from corpus.reading.archives import read_mhtml, read_warc, saved_address
from corpus.reading.containers import (
    MAX_DOCUMENT,
    MAX_STREAM,
    MAX_WHOLE,
    Part,
    Unreadable,
    fingerprint,
    megabytes,
    merged,
    pack,
    unpack,
)
from corpus.reading.declared import decode_page
from corpus.reading.decoding import Decoded, decode
from corpus.reading.feeds import read_feed
from corpus.reading.fetching import Fetched, Fetcher, as_warc, check_address, is_address
from corpus.reading.records import read_json, read_json_lines
from corpus.reading.sidecars import MAX_SIDECAR, read_sidecar, split_front_matter
from corpus.reading.sniffing import GZIP, sniff
from corpus.reading.walking import STDIN_LABEL, WEB_LABEL, Entry, Root, Skipped, root_of, walk

STDIN = "-"
# Containers, and how much of one is held in memory (None: it is read row by row).
_CONTAINERS: dict[str, int | None] = {
    "application/json": MAX_WHOLE,
    "application/x-ndjson": None,
    "application/xml": MAX_WHOLE,
    "application/warc": None,
}
_HEAD = 8192


@dataclass(frozen=True, slots=True)
class _Named:
    """The names and the file's facts that every document of one file or answer has."""

    root: str
    origin: str
    size: int = 0
    mtime_ns: int | None = None
    given: Given = field(default_factory=Given)
    http: str | None = None
    """The encoding that a server named."""
    address: str | None = None

    @property
    def keep(self) -> bool:
        """Whether there will be no reading it again: parts then carry all they are made of."""
        return self.mtime_ns is None


def read(
    paths: Iterable[str | Path], *, skipped: Skipped | None = None, fetcher: Fetcher | None = None
) -> Iterator[Document]:
    """Every document of the given files, folders and http(s) addresses; ``-`` is standard input.

    Folders are read recursively, in the order of their names; ``skipped`` counts what was passed
    over in them. A document that cannot be read has a ``reason`` and no text. Raises CorpusError
    at once, before anything is read, where a path does not exist or an address is none.
    """
    given = [str(path) for path in paths]
    for path in given:
        check_path(path)
    return _read_all(given, Skipped() if skipped is None else skipped, fetcher or Fetcher())


def check_path(path: str) -> None:
    """Raise CorpusError where a path or an address that somebody gave leads nowhere."""
    if is_address(path):
        check_address(path)
    elif path != STDIN and not os.path.lexists(path):
        what = "only http and https addresses can be read" if "://" in path else "there is no such file or folder"
        raise CorpusError(f"{path}: {what}")


def _read_all(paths: list[str], skipped: Skipped, fetcher: Fetcher) -> Iterator[Document]:
    for path in paths:
        if path == STDIN:
            yield from read_stdin(sys.stdin.buffer)
        elif is_address(path):
            yield from read_address(path, fetcher)
        else:
            yield from read_root(root_of(path), skipped=skipped)


def read_root(root: Root, *, skipped: Skipped | None = None) -> Iterator[Document]:
    """Every document under a root."""
    for entry in walk(root, skipped=skipped):
        yield from read_entry(entry)


def read_entry(entry: Entry) -> Iterator[Document]:
    """The documents of one file: one for a plain file, each article of a container, rejected ones with their reason."""
    named = _Named(entry.label, entry.origin, entry.size, entry.mtime_ns)
    if entry.reason is not None or entry.media_type is None:
        reason = entry.reason or "files of this type cannot be read"
        yield _rejected(named, reason, media_type=entry.media_type)
        return
    if entry.sidecar is not None:
        try:
            with open(entry.sidecar, "rb") as file:
                named = replace(named, given=read_sidecar(file.read(MAX_SIDECAR + 1)))
        except Unreadable as error:
            yield _rejected(
                named,
                f"the sidecar {os.path.basename(entry.sidecar)} cannot be read: {error}",
                media_type=entry.media_type,
            )
            return
        except OSError as error:
            reason = f"the sidecar cannot be read ({error.strerror or error}); check its permissions"
            yield _rejected(_unread(named), reason, media_type=entry.media_type)
            return
    if not entry.packed and entry.size > _limit(entry.media_type):
        yield _rejected(named, _too_large(_limit(entry.media_type), entry.size), media_type=entry.media_type)
        return
    try:
        with open(entry.path, "rb") as file:
            yield from _documents(named, file, entry.media_type)
    except OSError as error:
        reason = f"the file cannot be read ({error.strerror or error}); check its permissions"
        yield _rejected(_unread(named), reason, media_type=entry.media_type)


def _unread(named: _Named) -> _Named:
    """Without a time it is read again: permissions change, and disks recover, without a trace in the file."""
    return replace(named, mtime_ns=None)


def read_stdin(stream: BinaryIO) -> Iterator[Document]:
    """The documents on a stream; named by their content, so that two pasted articles are two documents."""
    raw = stream.read(MAX_WHOLE + 1)
    if len(raw) > MAX_WHOLE:
        yield Document(STDIN_LABEL, STDIN, reason=_too_large(MAX_WHOLE))
        return
    yield from _documents(_Named(STDIN_LABEL, content_hash(raw)[:16], len(raw)), io.BytesIO(raw), None)


def read_address(address: str, fetcher: Fetcher) -> Iterator[Document]:
    """The documents at an http(s) address; what was fetched is kept in ``raw`` of the first."""
    fetched = fetcher.fetch(address)
    named = _Named(WEB_LABEL, fetched.address)
    if fetched.reason is not None:
        yield _rejected(named, fetched.reason)
        return
    yield from _fetched(named, fetched)


def restore(root: str, origin: str, part: int, raw: bytes) -> Document | None:
    """The document that was kept as ``raw`` because its stream or address may be gone."""
    packed = unpack(raw)
    if packed is not None:
        return _document(_Named(root, origin, len(raw)), packed, part)
    if raw.startswith(b"WARC/") and root == WEB_LABEL:
        documents = _fetched(_Named(root, origin), Fetched.from_warc(origin, raw))
    else:
        documents = _documents(_Named(root, origin, len(raw)), io.BytesIO(raw), None)
    return next((one for one in documents if one.part == part), None)


def content_hash(raw: bytes) -> str:
    """The SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def _fetched(named: _Named, fetched: Fetched) -> Iterator[Document]:
    named = replace(
        named, size=len(fetched.body), http=fetched.charset, address=fetched.final, given=Given(url=fetched.final)
    )
    for document in _documents(named, io.BytesIO(fetched.body), fetched.media_type):
        whole = document.part == 0 and unpack(document.raw) is None
        yield replace(document, raw=as_warc(fetched)) if whole else document


def _documents(named: _Named, file: BinaryIO, media_type: str | None) -> Iterator[Document]:
    """The documents in an open file; what goes wrong on the way is the last of them."""
    place = 0
    try:
        stream = file
        head = _peek(stream)
        if head.startswith(GZIP):
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=stream))
            with _damage_told():
                head = _peek(stream)
            if head.startswith(GZIP):
                raise Unreadable("this is packed more than once; unpack it first")
        kind = _kind(head, media_type)
        if kind not in _CONTAINERS:
            yield _single(named, _whole(stream, MAX_DOCUMENT), kind)
            return
        for place, part in enumerate(_parts(named, stream, kind), 1):
            yield _document(named, part, place - 1)
        if place == 0:
            yield _rejected(named, "there are no articles in it", media_type=kind)
    except Unreadable as error:
        told = f"{error}; what stood before was read" if place > 0 else str(error)
        yield _rejected(named, told, media_type=media_type, part=place)


def _peek(stream: BinaryIO) -> bytes:
    head = _some(stream, _HEAD)
    stream.seek(0)
    return head


def _some(stream: BinaryIO, size: int) -> bytes:
    """What comes at once: of a damaged archive all that stands before the damage."""
    read = getattr(stream, "read1", stream.read)
    return bytes(read(size))


def _kind(head: bytes, media_type: str | None) -> str:
    """What a file is: by its name, where its beginning does not say that it is something else."""
    found = sniff(head)
    if media_type in (None, "text/plain", "text/html", "multipart/related", "application/xml"):
        if media_type == "text/plain" and found in ("application/json", "multipart/related"):
            return media_type
        return found or media_type or "text/plain"
    return media_type if found != "application/warc" else found


def _parts(named: _Named, stream: BinaryIO, kind: str) -> Iterator[Part]:
    if kind == "application/x-ndjson":
        yield from read_json_lines(cast(BinaryIO, _Limited(stream)))
    elif kind == "application/warc":
        yield from read_warc(cast(BinaryIO, _Limited(stream)))
    else:
        raw = _whole(stream, MAX_WHOLE)
        decoded = decode_page(raw, http=named.http) if kind == "application/xml" else decode(raw)
        del raw
        if decoded.text is None:
            raise Unreadable(decoded.reason or "it cannot be read")
        if kind == "application/xml":
            yield from read_feed(decoded.text, encoding=decoded.encoding, address=named.address)
        else:
            yield from read_json(decoded.text, encoding=decoded.encoding)


def _single(named: _Named, raw: bytes, kind: str) -> Document:
    """A file that is one document."""
    given, reason = named.given, None
    decoded = Decoded()
    try:
        if kind == "multipart/related":
            part = read_mhtml(raw)
            decoded, kind, given = Decoded(part.text, part.encoding), part.media_type, merged(given, part.given)
        elif kind == "text/html":
            decoded = decode_page(raw, http=named.http)
            if decoded.text is not None:
                given = merged(given, Given(url=saved_address(decoded.text)))
        else:
            decoded = decode(raw, declared=named.http)
            if decoded.text is not None:
                stated, text = split_front_matter(decoded.text)
                decoded, given = replace(decoded, text=text), merged(given, stated)
                if not text.strip() and given.title is None:
                    decoded = Decoded(encoding=decoded.encoding, reason="there is no text behind its front matter")
    except Unreadable as error:
        reason = str(error)
    said = raw if named.given == Given() or named.keep else raw + repr(named.given).encode("utf-8", "replace")
    return Document(
        root=named.root,
        origin=named.origin,
        raw=raw,
        text=None if reason is not None else decoded.text,
        encoding=decoded.encoding,
        media_type=kind,
        content_hash=content_hash(said),
        size=named.size,
        mtime_ns=named.mtime_ns,
        given=given,
        reason=reason or decoded.reason,
    )


def _document(named: _Named, part: Part, place: int) -> Document:
    """An article of a container; a sidecar's word is for all of them, but each has an address of its own."""
    sidecar = replace(named.given, url=None, title=None)
    part = replace(part, given=merged(sidecar, part.given))
    return Document(
        root=named.root,
        origin=named.origin,
        part=place,
        raw=pack(part) if named.keep else b"",
        text=part.text,
        encoding=part.encoding,
        media_type=part.media_type,
        content_hash=fingerprint(part),
        size=named.size,
        mtime_ns=named.mtime_ns,
        given=part.given,
        reason=part.reason,
    )


class _Limited(io.RawIOBase):
    """A stream that ends in Unreadable where it gives more than any container should."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = MAX_STREAM

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        with _damage_told():
            return self._count(_some(self._stream, _HEAD if size < 0 else min(size, _HEAD)))

    def readline(self, size: int | None = -1) -> bytes:
        with _damage_told():
            return self._count(self._stream.readline(-1 if size is None else size))

    def _count(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise Unreadable(_too_large(MAX_STREAM))
        return data


@contextmanager
def _damage_told() -> Iterator[None]:
    """What gzip raises, said so that readers of containers, which take an EOFError for the end, do not hide it."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Unreadable(f"the gzip archive is damaged or cut off ({error or 'it ends early'})") from error


def _whole(stream: BinaryIO, limit: int) -> bytes:
    """The content; Unreadable beyond the limit, which also holds for what a small archive unpacks to."""
    raw = bytearray()
    with _damage_told():
        while len(raw) <= limit and (piece := stream.read(1024 * 1024)):
            raw += piece
    if len(raw) > limit:
        raise Unreadable(_too_large(limit))
    return bytes(raw)


def _limit(media_type: str | None) -> int:
    limit = _CONTAINERS.get(media_type or "", MAX_DOCUMENT)
    return MAX_STREAM if limit is None else limit


def _rejected(named: _Named, reason: str, *, media_type: str | None = None, part: int = 0) -> Document:
    return Document(
        root=named.root,
        origin=named.origin,
        part=part,
        media_type=media_type or "application/octet-stream",
        size=named.size,
        mtime_ns=named.mtime_ns,
        reason=reason,
    )


def _too_large(limit: int, size: int | None = None) -> str:
    exact = "" if size is None else f"{size:,} bytes; "
    return f"the file is too large ({exact}the limit is {megabytes(limit)}); split it into articles"
