"""One writer at a time: a lock beside the database that says who holds it and ends with its process.

SQLite alone would let two runs write in turns, each undoing what the other knows of the files.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from corpus.model import CorpusError

_HELD = (errno.EWOULDBLOCK, errno.EACCES)


def lock_file(database: Path) -> Path:
    """The file whose lock is that of a database; it stays when the lock is given back."""
    return database.with_name(f"{database.name}-lock")


@contextmanager
def only_writer(database: str | Path) -> Iterator[None]:
    """Hold the lock of a database.

    Raises CorpusError, at once, where another process holds it (and says which), or where the
    folder cannot be written or locks nothing.
    """
    database = Path(database)
    file = lock_file(database)
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise CorpusError(
            f"{database}: the database cannot be written ({error.strerror or error}); check that the folder exists "
            "and that you may write to it"
        ) from error
    try:
        _lock(database, descriptor)
        _write(database, descriptor, _holder())
        yield
        # Gone with the lock at any other end, which is then known not to be held.
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _lock(database: Path, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            raise CorpusError(
                f"{database}: {_told(descriptor)} is writing this database; wait until it has ended"
            ) from error
        raise CorpusError(
            f"{database}: the file system cannot lock ({error.strerror or error}), and a database there would come to "
            "harm; give one on a disk of this machine with --db"
        ) from error


def _holder() -> bytes:
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}).encode("ascii") + b"\n"


def _write(database: Path, descriptor: int, holder: bytes) -> None:
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder, 0)
    except OSError as error:
        raise CorpusError(f"{database}: the database cannot be written ({error.strerror or error})") from error


def _told(descriptor: int) -> str:
    """Who holds the lock, as it wrote itself down."""
    try:
        holder = json.loads(os.pread(descriptor, 1000, 0))
        return f"another run (process {holder['pid']:d} on {holder['host']}, since {holder['since']})"
    except (OSError, ValueError, TypeError, KeyError):
        return "another run"
