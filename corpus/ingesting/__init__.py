"""A run of ingest: what is new, changed, unchanged, rejected or gone in some folders → the database."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlite_utils import Database

from corpus.ingesting.reporting import Report, Tally
from corpus.model import Article, CorpusError, Document
from corpus.reading import STDIN, check_path, read_address, read_entry, read_stdin, restore
from corpus.reading.fetching import Fetcher, check_address, is_address
from corpus.reading.walking import WEB_LABEL, Entry, Root, walk
from corpus.storing import Stored, documents, store_article, store_rejected, utc_now
from corpus.storing.aligning import Place, align
from corpus.storing.documents import Seen
from corpus.storing.folders import find_root, folders_file, load_folders, save_folders
from corpus.storing.rows import canonical_url
from corpus.storing.schema import open_database


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
    fetcher: Fetcher | None = None,
) -> Report:
    """Bring a database up to date with files, folders and addresses, and say what was done.

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
    addresses = list(dict.fromkeys(check_address(path) for path in chosen if is_address(path)))
    for path in chosen:
        if path == STDIN or is_address(path):
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
        run = _Run(db, report, listener or Listener(), line or standard_line())
        run.begin()
        run.folders(roots)
        run.addresses(addresses, fetcher or Fetcher())
        if STDIN in chosen:
            run.stdin()
        if not paths:
            run.kept()
        link(db)
        run.end(begun)
    except sqlite3.Error as error:
        raise CorpusError(
            f"{database}: the database cannot be written any more ({error}); what was stored so far "
            "is kept, and the next run goes on from there"
        ) from error
    finally:
        db.close()
    return report


def link(db: Database) -> None:
    """Link what is new with what it is a version of; nothing is loaded for it where nothing is new."""
    if db.execute(
        "SELECT EXISTS (SELECT 1 FROM articles_to_link) OR EXISTS (SELECT 1 FROM claims_to_compare)"
    ).fetchone()[0]:
        from corpus.stories import link_stories

        link_stories(db)


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
        self.run_id = 0

    def folders(self, roots: Sequence[Root]) -> None:
        """Every file of some folders."""
        for root in roots:
            self._root(root)
        documents.pass_on(self.db)
        for root in roots:
            self._again(root)

    def addresses(self, addresses: Sequence[str], fetcher: Fetcher) -> None:
        """What stands at some addresses; what they gave before is compared with it."""
        for address in addresses:
            self.listener.looked_at(address)
            found = list(read_address(address, fetcher))
            before = documents.manifest(self.db, label=WEB_LABEL, prefix=address).get(address, [])
            self._documents(WEB_LABEL, address, before, lambda found=found: found)  # type: ignore[misc]
        documents.pass_on(self.db)

    def stdin(self) -> None:
        """What standard input holds."""
        for document in read_stdin(sys.stdin.buffer):
            self._document(document, None)

    def kept(self) -> None:
        """What came from streams and addresses, derived again where the rules have changed; nothing is fetched."""
        for root, origin, part, raw in documents.kept(self.db, version=self.line.version):
            document = restore(root, origin, part, raw)
            if document is not None:
                self._document(document, None)

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
            self._documents(root.label, entry.origin, before, lambda entry=entry: read_entry(entry))  # type: ignore[misc]
        # What stands in a folder that could not be listed is not known to be gone.
        gone = [origin for origin in seen if not origin.startswith(tuple(out_of_sight))] if seen else []
        documents.mark_gone(self.db, label=root.label, origins=gone)
        for origin in gone:
            self.report.gone.add(f"{root.label}/{origin}")
        documents.mark_seen(self.db, label=root.label, prefix=root.prefix, now=self.now)

    def _documents(
        self, label: str, origin: str, before: Sequence[Seen], again: Callable[[], Iterable[Document]]
    ) -> None:
        """The documents of one file or address; ``again`` reads it, twice where its parts may have moved."""
        seen = {one.part: one for one in before}
        if any(part > 0 for part in seen):
            self._align(label, origin, again())
            seen = {one.part: one for one in documents.manifest(self.db, label=label, prefix=origin).get(origin, [])}
        touched: list[Document] = []
        for document in again():
            one = seen.get(document.part)
            if document.reason is None and one is not None and self._is_only_touched(document, one):
                touched.append(replace(document, raw=b"", text=None))
                self.report.unchanged.add(_name(document))
            else:
                self._document(document, one)
        documents.mark_touched(self.db, touched, now=self.now)

    def _align(self, label: str, origin: str, now: Iterable[Document]) -> None:
        """Give the rows of a container the places their articles have in it now."""
        rows = documents.places(self.db, label=label, origin=origin)
        fresh: list[Place] = []
        for one in now:
            sound = one.reason is None
            fresh.append(
                Place(one.part, one.content_hash if sound else None, canonical_url(one.given.url) if sound else None)
            )
        if all(place.content_hash is None for place in fresh):
            # A container that cannot be read says nothing of what was in it.
            return
        ids = [row[0] for row in rows]
        before = [Place(place, row[3], canonical_url(row[4])) for place, row in enumerate(rows)]
        moved = align(before, fresh)
        parts = {ids[old]: new for old, new in moved.items()}
        gone = [row for row in rows if row[0] not in parts]
        documents.renumber(self.db, parts, gone=[row[0] for row in gone], behind=len(fresh))
        for row in gone:
            if row[2] != "gone":
                self.report.gone.add(f"{label}/{origin} (part {row[1] + 1})")

    def _again(self, root: Root) -> None:
        """Read duplicates once more whose article was edited in this run."""
        origins = set(documents.to_read_again(self.db, label=root.label))
        if origins:
            for entry in walk(root):
                if entry.origin in origins:
                    parts = documents.parts_to_read_again(self.db, label=root.label, origin=entry.origin)
                    for document in read_entry(entry):
                        if document.part in parts:
                            self._document(document, None)

    def _is_unchanged(self, entry: Entry, seen: Seen) -> bool:
        # A rejected file is tried again: what could not be read then may be readable now.
        return (
            seen.status != "rejected"
            and seen.mtime_ns is not None
            and (seen.size, seen.mtime_ns, seen.version) == (entry.size, entry.mtime_ns, self.line.version)
        )

    def _document(self, document: Document, seen: Seen | None) -> None:
        name = _name(document)
        if seen is not None and document.reason is None and self._is_only_touched(document, seen):
            self.report.unchanged.add(name)
            return
        stored = self._store(document)
        tally: Tally = getattr(self.report, stored.change)
        tally.add(name)
        if stored.change == "rejected":
            self.listener.rejected(name, stored.reason or "")

    def _is_only_touched(self, document: Document, seen: Seen) -> bool:
        # Without a time it is a duplicate to be read again, unless it never had one.
        return (
            seen.status != "rejected"
            and (seen.mtime_ns is not None or document.mtime_ns is None)
            and (seen.content_hash, seen.version) == (document.content_hash, self.line.version)
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

    def begin(self) -> None:
        """Write the run's row."""
        with self.db.atomic():
            cursor = self.db.execute("INSERT INTO runs (started, version) VALUES (?, ?)", [self.now, self.line.version])
        self.run_id = int(cursor.lastrowid or 0)

    def end(self, begun: float) -> None:
        """Write what the run did."""
        report = self.report
        report.articles = self.db.execute("SELECT count(*) FROM articles").fetchone()[0]
        report.seconds = round(time.monotonic() - begun, 3)
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
                    self.run_id,
                ],
            )


def _name(document: Document) -> str:
    """A document as a person is told of it."""
    whole = document.origin if document.root == WEB_LABEL else f"{document.root}/{document.origin}"
    return whole if document.part == 0 else f"{whole} (part {document.part + 1})"
