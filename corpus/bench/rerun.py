"""What a run over files that have not changed costs, beside listing them."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
from sqlite_utils import Database

from corpus.ingesting import ingest
from corpus.model import RULES_VERSION
from corpus.storing.folders import save_folders
from corpus.storing.schema import open_database, transaction

_A_FOLDER = 1000


def _files(root: Path, count: int) -> None:
    """Small files, a thousand a folder: what is in them is never read here."""
    for number in range(count):
        if number % _A_FOLDER == 0:
            folder = root / f"{number // _A_FOLDER:04}"
            folder.mkdir(parents=True)
        (folder / f"{number:07}.txt").write_bytes(b"An article.\n")


def _known(db: Database, root: Path) -> None:
    """The rows that a first run leaves; the articles, which no such run looks at, are left out."""
    with transaction(db):
        db.conn.executemany(
            "INSERT INTO documents (root, origin, part, content_hash, size, mtime_ns, media_type, status, version, "
            "first_seen, last_seen) VALUES (?, ?, 0, ?, ?, ?, 'text/plain', 'ok', ?, datetime(), strftime("
            "'%Y-%m-%dT%H:%M:%SZ'))",
            (
                (root.name, path.relative_to(root).as_posix(), "0" * 64, status.st_size, status.st_mtime_ns)
                + (RULES_VERSION,)
                for path in sorted(root.rglob("*.txt"))
                for status in [path.stat()]
            ),
        )


def list_files(root: str) -> int:
    """Every file with its size and time, by the means of the operating system alone; how many there are."""
    count = 0
    waiting = [root]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    status = entry.stat()
                    count += status.st_size > 0 and status.st_mtime_ns > 0
    return count


def _quickest(times: int, work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(times):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return min(seconds)


@click.command()
@click.option("--files", default=100_000, show_default=True, help="How many files there are.")
@click.option("--times", default=3, show_default=True, help="How often each is measured; the quickest counts.")
def rerun(files: int, times: int) -> None:
    """A run over unchanged files beside os.scandir and stat of the same files: processor time."""
    with tempfile.TemporaryDirectory() as where:
        root, database = Path(where) / "files", Path(where) / "corpus.db"
        _files(root, files)
        db = open_database(database)
        _known(db, root)
        db.close()
        save_folders(database, {"files": str(root)})
        assert list_files(str(root)) == files

        def run() -> None:
            report = ingest([], database=database, default=root)
            assert report.unchanged.count == files, report

        listing, whole = _quickest(times, lambda: list_files(str(root))), _quickest(times, run)
        click.echo(f"{files:,} files: listing {listing:.2f} s, a run {whole:.2f} s, ratio {whole / listing:.2f}")
