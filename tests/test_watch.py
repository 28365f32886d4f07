"""--watch: what comes into a folder is in the database soon, whatever goes wrong meanwhile, until somebody ends it."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from corpus.ingesting.watching import Watcher
from corpus.model import CorpusError

INGEST = Path(__file__).parent.parent / "ingest.py"
# How long is waited for what should come at once: the machine may have much else to do.
PATIENCE = 60.0


def until(asked: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if asked():
            return True
        time.sleep(0.05)
    return asked()


# The watcher alone


class Bench:
    """A watcher over some folders that notes what it is asked to ingest, and ends when enough was seen."""

    def __init__(self, where: Path) -> None:
        self.news = where / "news"
        self.news.mkdir()
        self.file = where / "corrections.yml"
        self.database = where / "news" / "corpus.db"
        self.runs: list[list[str]] = []
        self.complaints: list[str] = []
        self.steps: Iterator[object] = iter(())
        self.fail: list[Exception] = []
        self.began = time.monotonic()

    def run(self, paths: object) -> None:
        # What ingest itself writes is no news, even where the database stands in the folder it is fed from.
        self.database.with_name("corpus.db-wal").write_text(str(len(self.runs)))
        if self.fail:
            raise self.fail.pop()
        self.runs.append(list(map(str, paths)))  # type: ignore[call-overload]

    def watch(self, steps: Iterator[object]) -> None:
        """Watch until ``steps`` end; each is a condition that has to come true."""
        done = False
        waiting: Callable[[], bool] | None = None

        def ended() -> bool:
            nonlocal done, waiting
            if time.monotonic() - self.began > PATIENCE:
                raise AssertionError(f"still waiting; runs: {self.runs}, complaints: {self.complaints}")
            while not done and (waiting is None or waiting()):
                waiting = next(steps, None)  # type: ignore[assignment]
                done = waiting is None
            return done

        Watcher(
            [str(self.news)],
            database=self.database,
            run=self.run,
            complain=self.complaints.append,
            files=[self.file],
        ).watch(ended)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_what_is_there_is_ingested_then_what_comes(bench: Bench) -> None:
    def steps() -> Iterator[object]:
        yield lambda: len(bench.runs) == 1
        (bench.news / "a.txt").write_text("new")
        yield lambda: len(bench.runs) == 2
        (bench.news / "deep").mkdir()
        (bench.news / "deep" / "b.txt").write_text("new")
        yield lambda: len(bench.runs) >= 3
        before = len(bench.runs)
        bench.file.write_text("- article: x")
        yield lambda: len(bench.runs) > before

    bench.watch(steps())
    assert bench.runs[0] == [str(bench.news)] and bench.complaints == []


def test_its_own_database_is_no_news(bench: Bench) -> None:
    quiet = 0

    def steps() -> Iterator[object]:
        nonlocal quiet
        yield lambda: len(bench.runs) == 1
        end = time.monotonic() + 2
        yield lambda: time.monotonic() > end
        quiet = len(bench.runs)

    bench.watch(steps())
    assert quiet == 1


def test_a_folder_may_vanish_and_return(bench: Bench, tmp_path: Path) -> None:
    def steps() -> Iterator[object]:
        yield lambda: len(bench.runs) == 1
        bench.news.rename(tmp_path / "away")
        yield lambda: bench.complaints != []
        (tmp_path / "away" / "late.txt").write_text("new")
        (tmp_path / "away").rename(bench.news)
        yield lambda: len(bench.runs) == 2

    bench.watch(steps())
    assert bench.complaints == [f"{bench.news}: this is not there; it is ingested when it comes back"]


def test_what_fails_is_told_and_tried_again(bench: Bench) -> None:
    bench.fail = [RuntimeError("never seen before"), CorpusError("the database is locked")]
    bench.watch(iter([lambda: len(bench.runs) == 1]))
    assert [said.rpartition("; ")[0] for said in bench.complaints] == [
        "the database is locked",
        "RuntimeError: never seen before",
    ]


def test_nothing_to_watch_is_said() -> None:
    with pytest.raises(CorpusError, match="nothing to watch"):
        Watcher([], database="x.db", run=lambda paths: None, complain=print)


# The command


def articles(database: Path) -> int:
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.OperationalError:
        return -1


@pytest.mark.parametrize(("end", "serve"), [(signal.SIGTERM, False), (signal.SIGINT, True)], ids=["alone", "serving"])
def test_the_command_goes_on_until_it_is_ended(tmp_path: Path, end: signal.Signals, serve: bool) -> None:
    news, database = tmp_path / "news", tmp_path / "corpus.db"
    news.mkdir()
    (news / "a.txt").write_text("The first report\n\nThe plan costs $5 billion, the company said on Friday.")
    command = [sys.executable, str(INGEST), str(news), "--db", str(database), "--watch", "--jobs", "1"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command += ["--serve", "--port", str(port)] if serve else []
    # A group of its own: the interrupt of a terminal goes to all of its processes.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert until(lambda: articles(database) == 1)
            assert process.stderr is not None and process.stdout is not None
            assert any(line.startswith("Watching") for line in iter(process.stderr.readline, ""))
            with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                (news / "b.txt").write_text("The second report\n\nNobody knows what it costs, they said on Monday.")
                (news / "bad.txt").write_bytes(b"\x00\x01")
                time.sleep(0.5)
                other.execute("ROLLBACK")
            assert until(lambda: articles(database) == 2)
            assert any("rejected: news/bad.txt" in line for line in iter(process.stderr.readline, ""))
            assert any("new: news/b.txt" in line for line in iter(process.stdout.readline, ""))
            if serve:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/corpus/articles.json?_shape=array") as answer:
                    assert answer.status == 200
        finally:
            os.killpg(process.pid, end) if end is signal.SIGINT else process.send_signal(end)
            _, err = process.communicate(timeout=60)
    assert process.returncode == 0 and "Traceback" not in err, err
    if serve:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0, "the server was left behind"
