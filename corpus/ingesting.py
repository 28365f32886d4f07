"""A run of ingest: what is new, changed, unchanged, rejected or gone in some folders → the database."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from corpus import documents
from corpus.documents import Seen
from corpus.folders import find_root, folders_file, load_folders, save_folders
from corpus.model import Article, CorpusError, Document
from corpus.reading import STDIN, check_path, read_entry, read_stdin
from corpus.reporting import Report, Tally
from corpus.schema import open_database
from corpus.storing import Stored, store_article, store_rejected, utc_now
from corpus.walking import Entry, Root, walk


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told while a run goes on: each file looked at, and each rejection with its reason."""

    looked_at: Callable[[str], None] = lambda name: None
    rejected: Callable[[str, str], None] = lambda name, reason: None


@dataclass(frozen=True, slots=True)
class Line:
    """What turns a document into an article, and the version of its rules."""

    process: Callable[[Document], Article]
    version: str


def standard_line() -> Line:
    """The pipeline of this package."""
    # Loaded by a run, not by whoever wants only to ask for help.
    from corpus.pipeline import RULES_VERSION, process

    return Line(process, RULES_VERSION)


def ingest(
    paths: Sequence[str],
    *,
    database: str | Path,
    default: str | Path,
    listener: Listener | None = None,
    line: Line | None = None,
) -> Report:
    """Bring a database up to date with files and folders, and say what was done.

    Without ``paths`` these are all folders that were ingested before, or ``default`` where there
    are none. Raises CorpusError, with nothing stored, where a path does not exist or the database
    is not ours, and after part of the work where the database cannot be written any more.
    """
    begun = time.monotonic()
    database = Path(database)
    folders = load_folders(database)
    report = Report(str(database))
    chosen = list(dict.fromkeys(paths))
    if not chosen:
        chosen = [path for path in folders.values() if os.path.lexists(path)]
        report.missing.extend(path for path in folders.values() if not os.path.lexists(path))
    if not chosen and not report.missing:
        chosen = [str(default)]
    for path in chosen:
        check_path(path)
    roots: list[Root] = []
    for path in chosen:
        if path == STDIN:
            continue
        root = find_root(path, folders)
        if root not in roots:
            roots.append(root)
        known = folders.get(root.label)
        if known is None or not os.path.lexists(known):
            folders[root.label] = root.path
    db = open_database(database)
    try:
        save_folders(database, folders)
        _Run(db, report, listener or Listener(), line or standard_line()).go(roots, stdin=STDIN in chosen, begun=begun)
    except sqlite3.Error as error:
        raise CorpusError(
            f"{database}: the database cannot be written any more ({error}); what was stored so far "
            "is kept, and the next run goes on from there"
        ) from error
    finally:
        db.close()
    return report


def forget_hint(database: str | Path) -> str:
    """How to make ingest forget a folder that is gone for good."""
    return f"to forget it, remove its line from {folders_file(Path(database))}"


class _Run:
    """One run over some roots; holds what its steps share, nothing outlives it."""

    def __init__(self, db: Database, report: Report, listener: Listener, line: Line) -> None:
        self.db = db
        self.report = report
        self.listener = listener
        self.line = line
        self.now = utc_now()

    def go(self, roots: Sequence[Root], *, stdin: bool, begun: float) -> None:
        run_id = self._begin()
        for root in roots:
            self._root(root)
        documents.pass_on(self.db)
        for root in roots:
            self._again(root)
        if stdin:
            self._document(read_stdin(sys.stdin.buffer), [], force=False)
        self.report.articles = self.db.execute("SELECT count(*) FROM articles").fetchone()[0]
        self.report.seconds = round(time.monotonic() - begun, 3)
        self._end(run_id)

    def _root(self, root: Root) -> None:
        seen = documents.manifest(self.db, label=root.label, prefix=root.prefix)
        out_of_sight: list[str] = []
        for entry in walk(root, skipped=self.report.skipped):
            before = seen.pop(entry.origin, [])
            if entry.folder:
                out_of_sight.append("" if entry.origin == "." else f"{entry.origin}/")
            name = f"{root.label}/{entry.origin}"
            self.listener.looked_at(name)
            if before and all(self._is_unchanged(entry, one) for one in before):
                for _ in before:
                    self.report.unchanged.add(name)
                continue
            for document in read_entry(entry):
                self._document(document, before, force=False)
        # What stands in a folder that could not be listed is not known to be gone.
        gone = [origin for origin in seen if not origin.startswith(tuple(out_of_sight))] if seen else []
        documents.mark_gone(self.db, label=root.label, origins=gone)
        for origin in gone:
            self.report.gone.add(f"{root.label}/{origin}")
        documents.mark_seen(self.db, label=root.label, prefix=root.prefix, now=self.now)

    def _again(self, root: Root) -> None:
        """Read duplicates once more whose article was edited in this run."""
        origins = set(documents.to_read_again(self.db, label=root.label))
        if origins:
            for entry in walk(root):
                if entry.origin in origins:
                    for document in read_entry(entry):
                        self._document(document, [], force=True)

    def _is_unchanged(self, entry: Entry, seen: Seen) -> bool:
        # A rejected file is tried again: what could not be read then may be readable now.
        return (
            seen.status != "rejected"
            and seen.mtime_ns is not None
            and (seen.size, seen.mtime_ns, seen.version) == (entry.size, entry.mtime_ns, self.line.version)
        )

    def _document(self, document: Document, before: Sequence[Seen], *, force: bool) -> None:
        name = f"{document.root}/{document.origin}"
        if not force and document.reason is None and self._is_only_touched(document, before):
            documents.mark_touched(self.db, document, now=self.now)
            self.report.unchanged.add(name)
            return
        stored = self._store(document)
        tally: Tally = getattr(self.report, stored.change)
        tally.add(name)
        if stored.change == "rejected":
            self.listener.rejected(name, stored.reason or "")

    def _is_only_touched(self, document: Document, before: Iterable[Seen]) -> bool:
        return any(
            one.status != "rejected"
            and one.mtime_ns is not None
            and (one.content_hash, one.version) == (document.content_hash, self.line.version)
            for one in before
        )

    def _store(self, document: Document) -> Stored:
        if document.reason is not None:
            return store_rejected(self.db, document, now=self.now)
        try:
            article = self.line.process(document)
        # One bad document must not end the run; its row says what went wrong.
        except Exception as error:
            reason = f"the document could not be processed ({type(error).__name__}: {error})"
            return store_rejected(self.db, document, reason=reason, now=self.now)
        return store_article(self.db, article, now=self.now)

    def _begin(self) -> int:
        with self.db.atomic():
            cursor = self.db.execute("INSERT INTO runs (started, version) VALUES (?, ?)", [self.now, self.line.version])
        return int(cursor.lastrowid or 0)

    def _end(self, run_id: int) -> None:
        report = self.report
        with self.db.atomic():
            self.db.execute(
                """UPDATE runs SET finished = ?, new = ?, changed = ?, unchanged = ?, rejected = ?, gone = ?,
                   seconds = ? WHERE id = ?""",
                [
                    utc_now(),
                    report.new.count,
                    report.changed.count,
                    report.unchanged.count + report.duplicate.count,
                    report.rejected.count,
                    report.gone.count,
                    report.seconds,
                    run_id,
                ],
            )
