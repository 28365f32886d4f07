"""Whether what a client holds is still current: told from the data and the code, before any page is made.

A page depends on the database, this code with the settings it is served with, and the request. The database is
asked by ``PRAGMA data_version`` of one connection kept for it, which changes with every commit of any program:
an ingest, a correction, a link. Times and sizes of the files make it the same for a server that was
started anew on the same data.
"""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

_PACKAGE = Path(__file__).parent.parent
_CODE = frozenset({".py", ".html", ".css", ".js", ".toml", ".yml", ".json"})
_DAY = 86_400
_STARTED = time.time()


@dataclass(frozen=True, slots=True)
class Validators:
    """What names the state of an answer: a tag, and the second since which it is the same (None: too fresh to say)."""

    tag: str
    modified: int | None

    def headers(self, *, varies: str | None = None) -> dict[str, str]:
        """Give the headers that let a client ask whether it has changed."""
        made = {"ETag": self.tag, "Cache-Control": "no-cache"}
        if self.modified is not None:
            made["Last-Modified"] = formatdate(self.modified, usegmt=True)
        return made if varies is None else made | {"Vary": varies}

    def has_same_tag(self, request: Any) -> bool:
        """Whether the client holds the answer by its tag; it was given only with an answer of 200 to this address."""
        asked = request.headers.get("if-none-match")
        return asked is not None and self.tag in (part.strip() for part in asked.split(","))

    def is_unmodified(self, request: Any) -> bool:
        """Whether nothing changed since the time the client names; its tag, where it names one, goes before."""
        asked = request.headers.get("if-modified-since")
        if asked is None or self.modified is None or request.headers.get("if-none-match") is not None:
            return False
        try:
            return self.modified <= parsedate_to_datetime(asked).timestamp()
        except (ValueError, OverflowError):
            return False


class _Data:
    """The state of one database file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Asked in a moment and never waited for, so it may be asked where the pages are put together.
        self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self._version: int | None = None
        self._state = ""
        self._changed = 0.0

    def state(self) -> tuple[str, float]:
        """The state and the time of the last change; raises sqlite3.Error where the file cannot be asked."""
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            files = [self._path, self._path.with_name(f"{self._path.name}-wal")]
            # A log without content says nothing: whoever opens the database makes one.
            stats = [stat for stat in (path.stat() for path in files if path.exists()) if stat.st_size > 0]
            self._changed = max((stat.st_mtime for stat in stats), default=time.time())
            self._state = repr((version, [(stat.st_mtime_ns, stat.st_size) for stat in stats]))
            self._version = version
        return self._state, self._changed


_DATA: WeakKeyDictionary[Any, _Data] = WeakKeyDictionary()
_SETTINGS: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


@cache
def code_version() -> str:
    """A fingerprint of the files the pages are made by."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in _CODE and path.is_file():
            digest.update(f"{path.relative_to(_PACKAGE)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _settings(datasette: Any) -> str:
    if datasette not in _SETTINGS:
        known = json.dumps([datasette.metadata(), datasette.settings_dict()], sort_keys=True, default=str)
        _SETTINGS[datasette] = hashlib.sha256(known.encode()).hexdigest()[:16]
    return _SETTINGS[datasette]


def validators(datasette: Any, database: Any, request: Any, *, daily: bool) -> Validators | None:
    """Give the validators of an answer, None where the database is no file or cannot be asked now.

    To be asked before the page is read: what changes meanwhile then makes the tag old, not the page. ``daily``
    says that the page shows the date.
    """
    if database.path is None:
        return None
    try:
        if database not in _DATA:
            _DATA[database] = _Data(Path(database.path))
        state, changed = _DATA[database].state()
    except (sqlite3.Error, OSError):
        return None
    now = time.time()
    midnight = now - now % _DAY if daily else 0.0
    asked = [request.headers.get(name) for name in ("host", "accept-language", "cookie", "authorization")]
    parts: list[Any] = [state, code_version(), _settings(datasette), midnight, request.full_path, request.scheme]
    parts += [asked, request.actor]
    digest = hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()
    # Seconds are all that the header holds: in the second of a change it could mean before or after it.
    modified = math.ceil(max(changed, _STARTED, midnight))
    return Validators(f'W/"{digest[:32]}"', modified if now >= modified + 1 else None)


def no_cache() -> Mapping[str, str]:
    """Give the headers of an answer that is not worth keeping."""
    return {"Cache-Control": "no-store"}
