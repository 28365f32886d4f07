"""A run of ingest: what is new, changed, unchanged, rejected or gone in some folders → the database.

A run plans what to read (``planning``), has it derived (``deriving``, by the crew of ``working``) and
writes what comes back, in the order of the files, whoever derived it.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from corpus.ingesting.deriving import Item, Line, Outcome, Reading, settled, standard_line
from corpus.ingesting.flagging import raised_flags, watch_flags
from corpus.ingesting.planning import Survey
from corpus.ingesting.reporting import Report, Tally
from corpus.ingesting.tasks import Task
from corpus.ingesting.working import Crew, Work, cores
from corpus.model import CorpusError, Document
from corpus.reading import STDIN, check_path, read_address, read_entry, read_stdin, restore
from corpus.reading.fetching import Fetcher, check_address, is_address
from corpus.reading.walking import WEB_LABEL, Entry, Root, walk
from corpus.storing import Stored, documents, store_batch, utc_now
from corpus.storing.aligning import Place, align
from corpus.storing.correcting import synchronise
from corpus.storing.folders import find_root, folders_file, load_folders, save_folders
from corpus.storing.locking import only_writer
from corpus.storing.refreshing import refresh_index
from corpus.storing.rows import canonical_url
from corpus.storing.schema import check_ours, open_copy, open_database

__all__ = ["Line", "Listener", "Task", "Work", "cores", "forget_hint", "ingest", "link", "standard_line"]

# Articles in one transaction: many that FTS5 writes few segments, few that others can write in between.
BATCH = 32
# A file that does not change is recorded as seen once a day, not in every run.
SEEN_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told while a run goes on: what it walks, each file looked at, each rejection, and each new stage."""

    looked_at: Callable[[str], None] = lambda name: None
    rejected: Callable[[str, str], None] = lambda name, reason: None
    begun: Callable[[Report, Sequence[Survey]], None] = lambda report, surveys: None
    stage: Callable[[str], None] = lambda name: None


def ingest(
    paths: Sequence[str],
    *,
    database: str | Path,
    default: str | Path,
    listener: Listener | None = None,
    line: Line | None = None,
    fetcher: Fetcher | None = None,
    work: Work | None = None,
    task: Task | None = None,
) -> Report:
    """Bring a database up to date with files, folders and addresses, and say what was done.

    Without ``paths`` these are all folders that were ingested before, or ``default`` where there
    are none; ``work`` says who derives, ``task`` what else is done. Raises CorpusError, with nothing stored,
    where a path does not exist, the database is not ours or another run is writing it, and after part of
    the work where the database cannot be written any more.
    """
    begun = time.monotonic()
    database = Path(database)
    for path in paths:
        check_path(path)
    check_ours(database)
    task = task or Task()
    corrections = task.corrections_of(database)
    with ExitStack() as open_things:
        if not task.dry_run:
            open_things.enter_context(only_writer(database))
        folders = load_folders(database)
        report = Report(str(database), dry=task.dry_run)
        chosen = list(dict.fromkeys(paths))
        if not chosen:
            chosen = [path for path in folders.values() if os.path.lexists(path)]
            report.missing.extend(path for path in folders.values() if not os.path.lexists(path))
        if not chosen and not report.missing:
            check_path(str(default))
            chosen = [str(default)]
        roots = _roots([path for path in chosen if path != STDIN and not is_address(path)], folders)
        line = line or standard_line()
        crew = Crew(line, work or Work())
        open_things.callback(crew.close)
        db = open_copy(database) if task.dry_run else open_database(database)
        open_things.callback(db.close)
        if not task.dry_run:
            save_folders(database, folders)
        crew.careful = unfinished(db)
        run = _Run(db, report, listener or Listener(), line.version, crew)
        try:
            run.begin()
            refresh_index(db, progress=lambda done, whole: run.listener.stage(f"indexing again: {done} of {whole}"))
            if task.rederive:
                documents.read_again(db, None if not paths else roots)
            run.folders(roots)
            run.addresses([path for path in chosen if is_address(path)], fetcher or Fetcher())
            if STDIN in chosen:
                run.write(read_stdin(sys.stdin.buffer))
            if not paths:
                run.write(run.kept())
            if task.prune:
                run.prune(roots if paths else None)
            run.correct(corrections)
            run.link()
            run.end(begun)
        except sqlite3.Error as error:
            raise CorpusError(
                f"{database}: the database cannot be written any more ({error}); what was stored so far "
                "is kept, and the next run goes on from there"
            ) from error
    return report


def _roots(paths: Iterable[str], folders: dict[str, str]) -> list[Root]:
    """The roots of some paths, each once; ``folders`` learns where they stand."""
    roots: list[Root] = []
    for path in paths:
        root = find_root(path, folders)
        if root not in roots:
            roots.append(root)
        known = folders.get(root.label)
        if known is None or not os.path.lexists(known):
            folders[root.label] = root.path
    return roots


def unfinished(db: Database) -> bool:
    """Whether the last run did not come to its end."""
    last = db.execute("SELECT finished FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    return last is not None and last[0] is None


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

    def __init__(self, db: Database, report: Report, listener: Listener, version: str, crew: Crew) -> None:
        self.db = db
        self.report = report
        self.listener = listener
        self.version = version
        self.crew = crew
        self.now = utc_now()
        self.run_id = 0
        self._waiting: list[Outcome] = []

    # What there is to read

    def folders(self, roots: Sequence[Root]) -> None:
        """Every file of some folders."""
        since = (datetime.now(UTC) - SEEN_AGAIN).strftime("%Y-%m-%dT%H:%M:%SZ")
        surveys = [Survey(root, self.version, since, self.report.skipped) for root in roots]
        self.listener.begun(self.report, surveys)
        self.write(item for survey in surveys for item in self._changed(survey))
        # Only now, so that it is of no account in which order files that were moved are met.
        for survey in surveys:
            documents.mark_gone(self.db, label=survey.root.label, origins=survey.gone)
            if survey.stale:
                documents.mark_seen(self.db, label=survey.root.label, prefix=survey.root.prefix, now=self.now)
        documents.pass_on(self.db)
        for survey in surveys:
            self.write(self._again(survey.root))

    def addresses(self, addresses: Sequence[str], fetcher: Fetcher) -> None:
        """What stands at some addresses; what they gave before is compared with it."""
        for address in dict.fromkeys(check_address(address) for address in addresses):
            self.listener.looked_at(address)
            found = list(read_address(address, fetcher))
            self.write(self._documents(WEB_LABEL, address, lambda found=found: found))  # type: ignore[misc]
        documents.pass_on(self.db)

    def kept(self) -> Iterator[Document]:
        """What came from streams and addresses and was read by other rules; nothing is fetched."""
        for root, origin, part, raw in documents.kept(self.db, version=self.version):
            document = restore(root, origin, part, raw)
            if document is not None:
                yield document

    def _changed(self, survey: Survey) -> Iterator[Item]:
        """The files of a root that are not as they were; what is as it was is counted."""
        label = survey.root.label
        for entry, known in survey.to_read(self.db):
            before = documents.seen_before(self.db, label=label, origin=entry.origin) if known else ()
            # The rows of a container have to find their places before they can be compared, and
            # another machine does not have the file.
            if self.crew.remote or any(one.part > 0 for one in before):
                yield from self._rows(entry)
            else:
                yield Reading(entry, before)
        self.report.unchanged.count += survey.unchanged
        for origin in survey.kept:
            for part, reason in documents.rejections(self.db, label=label, origin=origin):
                self._rejected(_name(label, origin, part), reason)
        for origin in survey.gone:
            self.report.gone.add(_name(label, origin))

    def _rows(self, entry: Entry) -> Iterator[Document]:
        self.listener.looked_at(_name(entry.label, entry.origin))
        return self._documents(entry.label, entry.origin, lambda: read_entry(entry))

    def _documents(self, label: str, origin: str, again: Callable[[], Iterable[Document]]) -> Iterator[Document]:
        """The documents of one file or address; ``again`` reads it, twice where its parts may have moved."""
        before = documents.seen_before(self.db, label=label, origin=origin)
        if any(one.part > 0 for one in before):
            self._align(label, origin, again())
            before = documents.seen_before(self.db, label=label, origin=origin)
        return settled(again(), before, self.version)

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
                self.report.gone.add(_name(label, origin, row[1]))

    def _again(self, root: Root) -> Iterator[Document]:
        """Duplicates once more whose article was edited in this run."""
        origins = set(documents.to_read_again(self.db, label=root.label))
        if origins:
            for entry in walk(root):
                if entry.origin in origins:
                    parts = documents.parts_to_read_again(self.db, label=root.label, origin=entry.origin)
                    yield from (one for one in read_entry(entry) if one.part in parts)

    # What is written

    def write(self, items: Iterable[Item]) -> None:
        """Have items derived and write what comes of them, in their order."""
        for item, outcomes in self.crew.results(items):
            if isinstance(item, Reading):
                if outcomes is None:
                    self._flush()
                    self.write(self._rows(item.entry))
                    continue
                self.listener.looked_at(_name(item.entry.label, item.entry.origin))
            self._waiting.extend(outcomes or ())
            if len(self._waiting) >= BATCH:
                self._flush()
        self._flush()

    def _flush(self) -> None:
        batch, self._waiting = self._waiting, []
        if batch:
            for stored in store_batch(self.db, batch, version=self.version, now=self.now):
                self._count(stored)

    def _count(self, stored: Stored) -> None:
        name = _name(stored.root, stored.origin, stored.part)
        if stored.change == "rejected":
            self._rejected(name, stored.reason or "")
        else:
            tally: Tally = getattr(self.report, stored.change)
            tally.add(name)

    def _rejected(self, name: str, reason: str) -> None:
        self.report.rejected.add(name)
        self.listener.rejected(name, reason)

    # What follows from it

    def prune(self, roots: Sequence[Root] | None) -> None:
        """Remove the articles whose files are gone: those of these roots, or of all that still hold something."""
        from corpus.ingesting.pruning import prune

        self.listener.stage("removing")
        for name in prune(self.db, roots):
            self.report.pruned.add(name)

    def correct(self, file: Path) -> None:
        """Bring what is corrected by hand in line with the file that says so."""
        self.listener.stage("correcting")
        done = synchronise(self.db, file, now=self.now)
        self.report.in_force = done.in_force
        for name in done.articles:
            self.report.corrected.add(name)
        for problem in done.problems:
            self.report.uncorrected.add(problem)

    def link(self) -> None:
        """Bring versions, stories and flags up to date; what was not flagged before is counted."""
        self.listener.stage("linking")
        link(self.db)
        for kind, message in raised_flags(self.db):
            self.report.flagged.add(f"{kind.replace('_', ' ')}: {message}")

    def begin(self) -> None:
        """Write the run's row."""
        watch_flags(self.db)
        with self.db.atomic():
            cursor = self.db.execute("INSERT INTO runs (started, version) VALUES (?, ?)", [self.now, self.version])
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


def _name(label: str, origin: str, part: int = 0) -> str:
    """A document as a person is told of it."""
    whole = origin if label == WEB_LABEL else f"{label}/{origin}"
    return whole if part == 0 else f"{whole} (part {part + 1})"
