"""Ingest that does not end: what comes into some folders is in the database within two seconds.

The system tells of changes; what it cannot tell of (a folder that vanished and came back, as a disk does that is
unmounted, and the file of corrections) is looked at twice a second.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from watchfiles import Change, watch
from watchfiles.main import FileChange

from corpus.model import CorpusError

# Changes that come together are ingested together; a file that is still being written is read again when it changes.
DEBOUNCE_MS = 400
_LOOK_MS = 500
# How long a run that could not be is not tried again, in seconds; twice as long after each.
_PATIENCE, _MOST_PATIENCE = 1.0, 60.0

Run = Callable[[Sequence[str]], None]
State = tuple[tuple[int, int, int] | None, ...]


class Watcher:
    """Runs an ingest whenever something under ``paths`` has changed.

    ``run`` ingests the paths it is given, those that are there; where it raises (a locked database, a full
    disk) that is told to ``complain`` and tried again. ``files`` are single files to look at as well.
    """

    def __init__(
        self,
        paths: Sequence[str],
        *,
        database: str | Path,
        run: Run,
        complain: Callable[[str], None],
        files: Sequence[Path] = (),
    ) -> None:
        if not paths:
            raise CorpusError("--watch has nothing to watch: no folder was ever ingested; name one")
        self.paths = [os.path.abspath(path) for path in paths]
        self._own = os.path.realpath(database)
        self._run = run
        self._complain = complain
        self._files = files
        self._ended: Callable[[], bool] = lambda: False
        self._missing: set[str] = set()
        self._polling = False

    def watch(self, ended: Callable[[], bool]) -> None:
        """Ingest what is there, then what changes; comes back when ``ended`` says so."""
        self._ended = ended
        while not self._ended():
            # Looked at before the run: what changes while it goes on is then seen as changed.
            state = self._state()
            for _ in self._changes(state):
                self._ingest()

    def _changes(self, state: State) -> Iterator[None]:
        """Once for the beginning, and once for each change, until other folders are there than before."""
        there = self._there()
        if not there:
            yield
            self._wait(state)
            return
        try:
            begun = False
            for found in self._told(there):
                if self._ended() or self._state() != state:
                    return
                # The first answer says that the system watches: what was there before is ingested only then.
                if found or not begun:
                    begun = True
                    yield
        except FileNotFoundError:
            # It went between the look and the watch; the next look finds it gone.
            return
        except OSError as error:
            self._complain(f"the system cannot tell of changes ({error}); they are looked for instead")
            self._polling = True

    def _told(self, there: Sequence[str]) -> Iterator[set[FileChange]]:
        return watch(
            *there,
            watch_filter=self._is_news,
            debounce=DEBOUNCE_MS,
            step=50,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            force_polling=True if self._polling else None,
            ignore_permission_denied=True,
        )

    def _wait(self, state: State) -> None:
        while not self._ended() and self._state() == state:
            time.sleep(_LOOK_MS / 1000)

    def _there(self) -> list[str]:
        return [path for path in self.paths if os.path.lexists(path)]

    def _state(self) -> State:
        """Which of the paths are there, and whether they are the same ones; the files also by size and time."""
        return (*(_identity(path) for path in self.paths), *(_version(path) for path in self._files))

    def _is_news(self, change: Change, path: str) -> bool:
        """Whether a change is none that ingest itself made: the database may stand in a folder it is fed from."""
        return not os.path.realpath(path).startswith(self._own)

    def _ingest(self) -> None:
        patience = _PATIENCE
        while not self._ended():
            there = self._there()
            for path in sorted(set(self.paths) - set(there) - self._missing):
                self._complain(f"{path}: this is not there; it is ingested when it comes back")
            self._missing = set(self.paths) - set(there)
            if not there:
                return
            try:
                self._run(there)
            # Whatever it is, whoever watches goes on: it is told, and tried again.
            except Exception as error:
                said = str(error) if isinstance(error, CorpusError) else f"{type(error).__name__}: {error}"
                self._complain(f"{said}; trying again in {patience:.0f} s")
            else:
                return
            until = time.monotonic() + patience
            while time.monotonic() < until and not self._ended():
                time.sleep(0.1)
            patience = min(2 * patience, _MOST_PATIENCE)


def _identity(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, 0


def _version(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
