"""Which files a path stands for: folders walked in a fixed order, without reading any file."""

from __future__ import annotations

import os
import stat
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Formats by suffix. A new one is a line here and a reader in corpus.reading.
MEDIA_TYPES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
}


@dataclass(frozen=True, slots=True)
class Root:
    """A path to read and the names its documents go by.

    ``label`` is what the database calls the folder; ``prefix`` is the origin of ``path`` within it
    (empty for the folder itself), so that a file of a known folder keeps its name when given alone.
    """

    path: str
    label: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that was found, not yet read; ``reason`` says why it cannot be."""

    path: str
    label: str
    origin: str
    media_type: str | None = None
    size: int = 0
    mtime_ns: int | None = None
    reason: str | None = None
    folder: bool = False


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
    return Root(absolute, name, "" if os.path.isdir(absolute) else name)


def printable_name(name: str) -> str:
    """A file name as text: bytes that are not UTF-8, which a database refuses, are written ``\\xNN``."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def walk(root: Root, *, skipped: Skipped | None = None) -> Iterator[Entry]:
    """The files under a root, by name, folders where their name stands among the files.

    Links are followed; a folder that is reached twice, as in a loop of links, is walked once, and
    under its own name rather than a link's where it has both. Hidden files and, inside folders,
    files of unknown type are counted in ``skipped``. Never raises: what cannot be listed or read
    is an entry with its reason.
    """
    skipped = Skipped() if skipped is None else skipped
    if not os.path.isdir(root.path):
        yield _entry(root.path, root.label, root.prefix, named=True)
        return
    visited: set[tuple[int, int]] = set()
    links: deque[tuple[str, str]] = deque()
    yield from _folder(root.path, root.prefix, root.label, visited, links, skipped)
    while links:
        path, origin = links.popleft()
        yield from _folder(path, origin, root.label, visited, links, skipped)


def _folder(
    path: str,
    origin: str,
    label: str,
    visited: set[tuple[int, int]],
    links: deque[tuple[str, str]],
    skipped: Skipped,
) -> Iterator[Entry]:
    """One folder and those below it, with a stack of our own: depth must not end in a recursion error."""
    stack = [iter([(path, origin, True)])]
    while stack:
        for item, name, is_folder in stack[-1]:
            if not is_folder:
                yield _entry(item, label, name, named=False)
                continue
            try:
                status = os.stat(item)
                if (status.st_dev, status.st_ino) in visited:
                    continue
                visited.add((status.st_dev, status.st_ino))
                children = _children(item, name, links, skipped)
            except OSError as error:
                reason = f"the folder cannot be listed ({error.strerror or error}); check its permissions"
                yield Entry(item, label, name or ".", reason=reason, folder=True)
                continue
            stack.append(iter(children))
            break
        else:
            stack.pop()


def _children(path: str, origin: str, links: deque[tuple[str, str]], skipped: Skipped) -> list[tuple[str, str, bool]]:
    found = []
    with os.scandir(path) as entries:
        # Code points sort as their UTF-8 does, so the order is that of the bytes on the disk.
        for entry in sorted(entries, key=lambda one: one.name):
            name = entry.name if entry.name.isascii() else printable_name(entry.name)
            inner = f"{origin}/{name}" if origin else name
            if entry.name.startswith("."):
                skipped.hidden += 1
            elif entry.is_dir(follow_symlinks=False):
                found.append((entry.path, inner, True))
            elif entry.is_symlink() and entry.is_dir():
                links.append((entry.path, inner))
            elif (suffix := _suffix(entry.name)) not in MEDIA_TYPES:
                skipped.unknown[suffix] += 1
            else:
                found.append((entry.path, inner, False))
    return found


def _suffix(path: str) -> str:
    """The suffix in lower case, with its dot; "" where there is none. Paths here end in no separator."""
    name = path[path.rfind(os.sep) + 1 :]
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def _entry(path: str, label: str, origin: str, *, named: bool) -> Entry:
    media_type = MEDIA_TYPES.get(_suffix(path))
    reason = None
    size, mtime_ns = 0, None
    try:
        status = os.stat(path)
        size, mtime_ns = status.st_size, status.st_mtime_ns
        if not stat.S_ISREG(status.st_mode):
            # Opening a pipe would wait for ever for somebody to write into it.
            reason = "this is not a regular file (a pipe, a socket or a device); it was not read"
    except OSError as error:
        lost = os.path.islink(path) and isinstance(error, FileNotFoundError)
        what = "the link leads nowhere" if lost else f"the file cannot be read ({error.strerror or error})"
        reason = f"{what}; check that it exists and that you may read it"
    if reason is None and named and media_type is None:
        known = ", ".join(sorted(MEDIA_TYPES))
        what = f"files of type {_suffix(path)}" if _suffix(path) else "files without a suffix"
        reason = f"{what} cannot be read; known are {known}"
    return Entry(path, label, origin, media_type, size, mtime_ns, reason)
