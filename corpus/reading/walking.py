"""Which files a path stands for: folders walked in a fixed order, without reading any file."""

from __future__ import annotations

import os
import stat
from collections import Counter, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from corpus.reading.fields import saved_endings

# Formats by suffix. A new one is a line here and a reader in corpus.reading.
MEDIA_TYPES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".mhtml": "multipart/related",
    ".mht": "multipart/related",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
    ".xml": "application/xml",
    ".rss": "application/xml",
    ".atom": "application/xml",
    ".rdf": "application/xml",
    ".warc": "application/warc",
}
# Any of them may be packed; behind ".gz" the suffix counts that stands before it.
PACKED = ".gz"
SIDECARS = (".yml", ".yaml")
# Names that documents from elsewhere than a folder go by.
STDIN_LABEL = "stdin"
WEB_LABEL = "web"


@dataclass(frozen=True, slots=True)
class Root:
    """A path to read and the names its documents go by.

    ``label`` is what the database calls the folder; ``prefix`` is the origin of ``path`` within it
    (empty for the folder itself), so that a file of a known folder keeps its name when given alone.
    """

    path: str
    label: str
    prefix: str = ""


# A file as it was: origin, size and time; and that it is one that can be told by them.
Plain = tuple[str, int, int, int]


class Entry(NamedTuple):
    """A file that was found, not yet read; ``reason`` says why it cannot be.

    Where a ``sidecar`` stands beside it, size and time are those of both, so that neither can change unseen.
    """

    path: str
    label: str
    origin: str
    media_type: str | None = None
    size: int = 0
    mtime_ns: int | None = None
    reason: str | None = None
    folder: bool = False
    packed: bool = False
    sidecar: str | None = None


@dataclass(slots=True)
class Skipped:
    """What a walk passed over: hidden files, and files of unknown type by their suffix."""

    hidden: int = 0
    unknown: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """Files that were passed over."""
        return self.hidden + self.unknown.total()


def root_of(path: str | Path) -> Root:
    """The root for a path given by itself: its label is its final name."""
    absolute = os.path.abspath(path)
    name = printable_name(os.path.basename(absolute)) or "root"
    if name in (STDIN_LABEL, WEB_LABEL):
        name = f"./{name}"
    return Root(absolute, name, "" if os.path.isdir(absolute) else name.removeprefix("./"))


def printable_name(name: str) -> str:
    """A file name as text: bytes that are not UTF-8, which a database refuses, are written ``\\xNN``."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def walk(root: Root, *, skipped: Skipped | None = None, plain: dict[str, Plain] | None = None) -> Iterator[Entry]:
    """The files under a root, by name, folders where their name stands among the files.

    Links are followed; a folder that is reached twice, as in a loop of links, is walked once, and
    under its own name rather than a link's where it has both. Hidden files and, inside folders,
    files of unknown type are counted in ``skipped``. Files of a folder without sidecars that are as ``plain``
    says, by their origins, are passed over and taken out of it. Never raises: what cannot be listed or read
    is an entry with its reason.
    """
    skipped = Skipped() if skipped is None else skipped
    if not os.path.isdir(root.path):
        yield _named(root)
        return
    visited: set[tuple[int, int]] = set()
    links: deque[tuple[str, str]] = deque()
    yield from _folder(root.path, root.prefix, root.label, visited, links, skipped, plain)
    while links:
        path, origin = links.popleft()
        yield from _folder(path, origin, root.label, visited, links, skipped, plain)


def _folder(
    path: str,
    origin: str,
    label: str,
    visited: set[tuple[int, int]],
    links: deque[tuple[str, str]],
    skipped: Skipped,
    plain: dict[str, Plain] | None,
) -> Iterator[Entry]:
    """One folder and those below it, with a stack of our own: depth must not end in a recursion error."""
    stack: list[Iterator[Entry | tuple[str, str]]] = [iter([(path, origin)])]
    while stack:
        for child in stack[-1]:
            if isinstance(child, Entry):
                yield child
                continue
            item, name = child
            try:
                status = os.stat(item)
                if (status.st_dev, status.st_ino) in visited:
                    continue
                visited.add((status.st_dev, status.st_ino))
                children = _children(item, name, label, links, skipped, plain)
            except OSError as error:
                reason = f"the folder cannot be listed ({error.strerror or error}); check its permissions"
                yield Entry(item, label, name or ".", reason=reason, folder=True)
                continue
            stack.append(children)
            break
        else:
            stack.pop()


def _children(
    path: str,
    origin: str,
    label: str,
    links: deque[tuple[str, str]],
    skipped: Skipped,
    plain: dict[str, Plain] | None,
) -> Iterator[Entry | tuple[str, str]]:
    """What is in a folder, by name: files as entries, folders as their path and origin."""
    with os.scandir(path) as entries:
        # Code points sort as their UTF-8 does, so the order is that of the bytes on the disk.
        listed = sorted(entries, key=attrgetter("name"))
    return _sorted_out(listed, f"{origin}/" if origin else "", label, links, skipped, plain)


def _sorted_out(
    listed: list[os.DirEntry[str]],
    above: str,
    label: str,
    links: deque[tuple[str, str]],
    skipped: Skipped,
    plain: dict[str, Plain] | None,
) -> Iterator[Entry | tuple[str, str]]:
    names = {entry.name for entry in listed}
    sidecars = {name for name in names if name.endswith(SIDECARS)}
    known = {} if sidecars or plain is None else plain
    for entry in listed:
        name = entry.name
        inner = above + (name if name.isascii() else printable_name(name))
        if name[0] == ".":
            skipped.hidden += 1
        elif entry.is_dir(follow_symlinks=False):
            if _belongs_to_page(name, names):
                skipped.unknown["pictures of saved pages"] += 1
            else:
                yield entry.path, inner
        elif entry.is_symlink() and entry.is_dir():
            links.append((entry.path, inner))
        elif inner in known and _is_as_before(entry, known[inner]):
            del known[inner]
        else:
            suffix, media_type = _type_of(name)
            if media_type is not None:
                beside = _sidecar(entry.path, name, sidecars) if sidecars else None
                yield _entry(entry.path, label, inner, entry, media_type, suffix == PACKED, beside)
            elif suffix not in SIDECARS or name[: -len(suffix)] not in names:
                skipped.unknown[suffix] += 1


def _is_as_before(entry: os.DirEntry[str], before: Plain) -> bool:
    try:
        status = entry.stat()
    except OSError:
        return False
    _, size, mtime_ns, _ = before
    return status.st_size == size and status.st_mtime_ns == mtime_ns and stat.S_ISREG(status.st_mode)


def _belongs_to_page(name: str, names: set[str]) -> bool:
    """Whether a folder holds the pictures and frames of a page saved beside it ("page_files", "page.html")."""
    for ending in saved_endings():
        if name.endswith(ending) and len(name) > len(ending):
            page = name[: -len(ending)]
            if f"{page}.html" in names or f"{page}.htm" in names:
                return True
    return False


def _type_of(name: str) -> tuple[str, str | None]:
    """The suffix of a name in lower case, with its dot ("" where there is none), and what it says the file is."""
    dot = name.rfind(".")
    suffix = name[dot:].lower() if dot > 0 else ""
    if suffix != PACKED:
        return suffix, MEDIA_TYPES.get(suffix)
    # A packed file of no known name is looked into: "article.gz" is most often a text.
    return suffix, _type_of(name[:dot])[1] or "text/plain"


def _sidecar(path: str, name: str, names: Collection[str]) -> str | None:
    """The sidecar of a file ("a.txt.yml") where it is among the names beside it."""
    return next((path + suffix for suffix in SIDECARS if name + suffix in names), None)


def _named(root: Root) -> Entry:
    """The entry of a file that was given by itself: also one of a type that a folder's would be passed over for."""
    folder, name = os.path.split(root.path)
    suffix, media_type = _type_of(name)
    there = [name + one for one in SIDECARS if os.path.lexists(os.path.join(folder, name + one))]
    beside = _sidecar(root.path, name, there)
    entry = _entry(root.path, root.label, root.prefix, Path(root.path), media_type, suffix == PACKED, beside)
    if entry.reason is not None or media_type is not None:
        return entry
    known = ", ".join(sorted(MEDIA_TYPES))
    what = f"files of type {suffix}" if suffix else "files without a suffix"
    return entry._replace(reason=f"{what} cannot be read; known are {known}, and any of them packed as .gz")


def _entry(
    path: str,
    label: str,
    origin: str,
    file: os.DirEntry[str] | Path,
    media_type: str | None,
    packed: bool,
    sidecar: str | None,
) -> Entry:
    try:
        status = file.stat()
        size, mtime_ns = status.st_size, status.st_mtime_ns
        if not stat.S_ISREG(status.st_mode):
            # Opening a pipe would wait for ever for somebody to write into it.
            reason = "this is not a regular file (a pipe, a socket or a device); it was not read"
            return Entry(path, label, origin, media_type, size, mtime_ns, reason, False, packed)
        if sidecar is not None:
            beside = os.stat(sidecar)
            if stat.S_ISREG(beside.st_mode):
                size, mtime_ns = size + beside.st_size, max(mtime_ns, beside.st_mtime_ns)
            else:
                sidecar = None
    except OSError as error:
        lost = os.path.islink(path) and isinstance(error, FileNotFoundError)
        what = "the link leads nowhere" if lost else f"the file cannot be read ({error.strerror or error})"
        reason = f"{what}; check that it exists and that you may read it"
        return Entry(path, label, origin, media_type, 0, None, reason, False, packed)
    return Entry(path, label, origin, media_type, size, mtime_ns, None, False, packed, sidecar)
