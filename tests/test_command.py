"""The command line as somebody who runs a corpus uses it: what it does, what it says, how it ends."""

from __future__ import annotations

import hashlib
import io
import json
import re
import runpy
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import check_integrity, dump, make_article
from rich.console import Console
from sqlite_utils import Database

from corpus.ingesting import Line, Task, ingest
from corpus.ingesting.planning import Survey
from corpus.ingesting.progress import Gauge, bar, lines
from corpus.ingesting.reporting import Report, summary
from corpus.model import Document
from corpus.reading.walking import Root
from corpus.storing.corrections import lines_for
from corpus.storing.locking import only_writer
from corpus.storing.schema import open_database

REPOSITORY = Path(__file__).parent.parent
MAIN = runpy.run_path(str(REPOSITORY / "ingest.py"), run_name="ingest")["main"]
TEXTS = {
    "a.txt": "A plan for fabs\n\nAltman wants to raise $7 trillion for chip fabs, said people familiar with the plan.",
    "b.txt": "Schools\n\nThe city builds three schools for 40 million euros, the mayor said on Friday.",
    "deep/c.txt": "Trains\n\nNobody knows what the new trains will cost, the company said. They are late already.",
}


@dataclass
class Told:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


class Desk:
    def __init__(self, where: Path) -> None:
        self.where = where
        self.news = where / "news"
        self.database = where / "corpus.db"
        for name, text in TEXTS.items():
            self.write(name, text)

    def write(self, name: str, text: str | bytes) -> None:
        path = self.news / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def run(self, *arguments: object) -> Told:
        words = [*map(str, arguments), "--db", str(self.database), "--jobs", "1"]
        done = CliRunner().invoke(MAIN, words, catch_exceptions=False)
        return Told(done.exit_code, done.stdout, done.stderr)

    def rows(self) -> dict[str, Any]:
        with closing(open_database(self.database)) as db:
            check_integrity(db)
            return dump(db)

    def uid(self, headline: str) -> str:
        return str(next(row["uid"] for row in self.rows()["articles"] if row["headline"] == headline))

    def bytes(self) -> dict[str, str]:
        """Every file there is and what is in it."""
        return {
            str(path.relative_to(self.where)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.where.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --dry-run


def test_a_dry_run_says_what_a_run_then_does_and_writes_nothing(desk: Desk) -> None:
    before = desk.bytes()
    foreseen = json.loads(desk.run(desk.news, "--dry-run", "--json").out)
    assert desk.bytes() == before, "a database was made"
    done = json.loads(desk.run(desk.news, "--json").out)
    assert (foreseen.pop("dry_run"), done.pop("dry_run")) == (True, False)
    assert {**foreseen, "seconds": 0} == {**done, "seconds": 0}
    assert done["new"] == 3

    desk.write("a.txt", TEXTS["a.txt"] + " It was $5 trillion before.")
    desk.write("bad.txt", b"\x00\x01")
    desk.write("d.txt", TEXTS["b.txt"])
    (desk.news / "deep" / "c.txt").unlink()
    (desk.where / "corrections.yml").write_text(lines_for("nobodyknows", date="2024"))
    before = desk.bytes()
    told = desk.run(desk.news, "--dry-run", "--json", "--prune")
    assert desk.bytes() == before
    foreseen = json.loads(told.out)
    assert told.code == 1 and "rejected: news/bad.txt" in told.err
    kinds = ("new", "changed", "duplicate", "rejected", "gone", "pruned", "uncorrected")
    assert [foreseen[kind] for kind in kinds] == [0, 1, 1, 1, 1, 1, 1]
    done = json.loads(desk.run(desk.news, "--json", "--prune").out)
    assert {**foreseen, "seconds": 0, "dry_run": False} == {**done, "seconds": 0}


def test_a_dry_run_reads_what_is_not_yet_in_the_file_itself(desk: Desk) -> None:
    desk.run(desk.news)
    with closing(sqlite3.connect(desk.database)) as other:
        # Somebody else is writing: part of the database is in its journal.
        other.execute("UPDATE articles SET author = 'Somebody'")
        other.commit()
        assert desk.database.with_name("corpus.db-wal").stat().st_size > 0
        assert "3 unchanged" in desk.run("--dry-run").out


# --prune


def test_articles_of_files_that_are_gone_are_kept_until_somebody_prunes(desk: Desk) -> None:
    desk.run(desk.news)
    (desk.news / "b.txt").unlink()
    assert "1 gone" in desk.run().out
    assert len(desk.rows()["articles"]) == 3
    told = desk.run("--prune")
    assert told.code == 0 and "  removed: Schools" in told.out
    rows = desk.rows()
    assert [row["headline"] for row in rows["articles"]] == ["A plan for fabs", "Trains"]
    assert len(rows["stories"]) == len(rows["documents"]) == 2
    desk.write("b.txt", TEXTS["b.txt"])
    assert "1 new" in desk.run("--prune").out


def test_a_folder_that_is_empty_is_pruned_only_by_its_name(desk: Desk) -> None:
    desk.run(desk.news)
    for name in TEXTS:
        (desk.news / name).unlink()
    # It may be a disk that is not there.
    desk.run("--prune")
    assert len(desk.rows()["articles"]) == 3
    desk.run(desk.news / "deep", "--prune")
    assert len(desk.rows()["articles"]) == 2
    assert "2 removed" in desk.run(desk.news, "--prune").out
    assert desk.rows()["articles"] == []


def test_a_copy_that_is_left_keeps_its_article(desk: Desk) -> None:
    desk.write("copy.txt", TEXTS["b.txt"])
    desk.run(desk.news)
    (desk.news / "b.txt").unlink()
    desk.run("--prune")
    rows = desk.rows()
    assert len(rows["articles"]) == 3
    assert [row["origin"] for row in rows["documents"]] == ["a.txt", "copy.txt", "deep/c.txt"]


# --rederive


def test_everything_is_read_again_without_touching_when_it_came(desk: Desk) -> None:
    desk.run(desk.news)
    before = desk.rows()
    with closing(sqlite3.connect(desk.database)) as raw:
        raw.execute("UPDATE articles SET first_ingested = '2001-01-01T00:00:00Z', language = 'xx'")
        raw.execute("UPDATE figures SET low = 1")
        raw.commit()
    assert "3 unchanged" in desk.run().out
    assert "3 changed" in desk.run("--rederive").out
    after = desk.rows()
    assert {row["first_ingested"] for row in after["articles"]} == {"2001-01-01T00:00:00Z"}
    assert [row["language"] for row in after["articles"]] == [row["language"] for row in before["articles"]]
    assert after["figures"] == before["figures"]
    assert "3 unchanged" in desk.run("--rederive").out


def test_newer_rules_read_everything_again_by_themselves(desk: Desk) -> None:
    def run(version: str, task: Task | None = None) -> Report:
        line = Line(lambda document: said(document, version), version)
        return ingest([str(desk.news)], database=desk.database, default=desk.news, line=line, task=task)

    def said(document: Document, version: str) -> Any:
        return make_article(str(document.text).strip(), document=document, version=version)

    assert run("1").new.count == 3
    first = {row["uid"]: row["first_ingested"] for row in desk.rows()["articles"]}
    assert run("2").changed.count == 3
    rows = desk.rows()["articles"]
    assert {row["uid"]: row["first_ingested"] for row in rows} == first
    assert {row["version"] for row in rows} == {"2"}


# Corrections


def test_corrections_beside_the_database_are_in_force(desk: Desk) -> None:
    desk.run(desk.news)
    uid = desk.uid("A plan for fabs")
    file = desk.where / "corrections.yml"
    file.write_text(lines_for(uid, date="2024-02-09", note="the printed issue"))
    told = desk.run()
    assert (told.code, told.err) == (0, "")
    assert "  corrected: A plan for fabs" in told.out and "  corrections: 1 in force, 0 not" in told.out
    assert "Nothing changed." not in told.out and "Nothing changed." in desk.run().out
    file.write_text(file.read_text() + lines_for(uid, figure="$8 trillion", strike=True))
    told = desk.run()
    assert told.code == 1
    assert told.err == (f'not corrected: {file}, line 4: article {uid}: "$8 trillion": the article does not say so\n')
    other = desk.where / "other.yml"
    other.write_text("- article: [")
    told = desk.run("--corrections", other)
    assert told.code == 1 and f"{other}, line 1, column 13: this is not YAML" in told.err
    assert len(desk.rows()["corrections"]) == 2, "a file that is broken takes nothing back"
    file.unlink()
    assert desk.run().code == 0
    assert desk.rows()["corrections"] == []


# What cannot be, and how it ends

IMPOSSIBLE = {
    "there is no such file of corrections": ["--corrections", "nowhere.yml"],
    "--dry-run writes nothing": ["--dry-run", "--serve"],
    "it takes no standard input, and removes nothing": ["--watch", "--prune"],
    "--check is about the database alone": ["--check", "news"],
    "there is no database here to check": ["--check"],
    "there is no such file or folder": ["nowhere", "--dry-run"],
}


@pytest.mark.parametrize("said", IMPOSSIBLE)
def test_what_cannot_be_is_said_in_a_line(desk: Desk, said: str) -> None:
    before = desk.bytes()
    told = desk.run(*IMPOSSIBLE[said])
    assert (told.code, told.out) == (2, "")
    assert said in told.err and len(told.err.splitlines()) == 1
    assert desk.bytes() == before


def test_check_has_its_exit_codes(desk: Desk) -> None:
    desk.run(desk.news)
    assert desk.run("--check").out.endswith("sound (9 checks)\n")
    with closing(sqlite3.connect(desk.database)) as raw:
        raw.execute("DELETE FROM search_index")
        raw.commit()
    told = desk.run("--check")
    assert told.code == 0 and "  repaired: the index of search was made anew" in told.out
    with only_writer(desk.database):
        told = desk.run("--check")
    assert told.code == 2 and "another run" in told.err
    with closing(sqlite3.connect(desk.database)) as raw:
        raw.execute("UPDATE articles SET text = 'another'")
        raw.commit()
    told = desk.run("--check", "--json")
    assert told.code == 1 and json.loads(told.out)["remaining"]


# What is said


def test_lists_in_a_summary_are_bounded(desk: Desk) -> None:
    report = Report("x.db")
    for number in range(60):
        for tally in (report.new, report.rejected, report.flagged):
            tally.add(f"n{number}")
    said = list(summary(report))
    for word, named in (("new", 20), ("rejected", 20), ("flagged", 5)):
        assert f"  {word}: and {60 - named} more" in said
        assert sum(line.startswith(f"  {word}: ") for line in said) == named + 1


def test_quiet_says_only_what_went_wrong(desk: Desk) -> None:
    desk.write("bad.txt", b"\x00\x01")
    told = desk.run(desk.news, "--quiet")
    assert (told.code, told.out) == (1, "")
    assert told.err.splitlines() == [
        "rejected: news/bad.txt: the file is binary (it has NUL bytes), not text; it was not stored"
    ]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def gauge_at(clock: Callable[[], float], *, done: int, total: int | None) -> Gauge:
    gauge = Gauge(clock)
    report, survey = Report("x.db"), Survey(Root("/news", "news"), "1")
    gauge.begin(report, [survey])
    survey.unchanged = done - 1
    report.new.add("news/[b]a.txt")
    gauge.look_at("news/[bold]a.txt")
    gauge.total = total
    return gauge


@pytest.mark.parametrize(
    ("seconds", "done", "total", "said"),
    [
        (10.0, 100, 1000, "reading: 100 of 1000, 10.0 files/s, 90 s left, 1 new"),
        (10.0, 100, None, "reading: 100, 10.0 files/s, 1 new"),
        (
            10.0,
            100,
            61_000,
            "reading: 100 of 61000, 10.0 files/s, 102 min left".replace("102 min", "1 h 42 min") + ", 1 new",
        ),
        (10.0, 100, 100, "reading: 100 of 100, 10.0 files/s, 1 new"),
        (0.0, 1, 2, None),
    ],
)
def test_a_line_of_progress(seconds: float, done: int, total: int | None, said: str | None) -> None:
    clock = Clock()
    gauge = gauge_at(clock, done=done, total=total)
    clock.now = seconds
    assert gauge.line() == said or said is None
    gauge.enter("linking")
    assert gauge.line() == f"linking: {done} of {total}, 1 new".replace(" of None", "")


def test_lines_come_while_a_run_goes_on_and_not_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.ingesting.progress._FIRST_LINE", 0.01)
    said: list[str] = []
    with lines(gauge_at(time.monotonic, done=1, total=2), said.append):
        end = time.monotonic() + 30
        while len(said) < 3 and time.monotonic() < end:
            time.sleep(0.01)
    count = len(said)
    time.sleep(0.05)
    assert 3 <= count == len(said)


def test_a_terminal_shows_a_bar_with_names_as_they_are() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=120, color_system=None)
    with bar(gauge_at(time.monotonic, done=5, total=10), console):
        end = time.monotonic() + 30
        while "5/10" not in shown.getvalue() and time.monotonic() < end:
            time.sleep(0.02)
        console.out("rejected: x", highlight=False)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.getvalue())
    assert "5/10" in text and "left" in text and "1 new" in text and "news/[bold]a.txt" in text
    assert "rejected: x" in text


def test_a_terminal_is_told_everything(desk: Desk) -> None:
    """The whole of it on a terminal that is none but thinks it is one."""
    pty = pytest.importorskip("pty")
    import os

    desk.write("bad.txt", b"\x00\x01")
    leader, follower = pty.openpty()
    command = [sys.executable, str(REPOSITORY / "ingest.py"), str(desk.news), "--db", str(desk.database), "--jobs", "1"]
    with subprocess.Popen(
        command, stdout=follower, stderr=follower, stdin=follower, env={**os.environ, "TERM": "xterm"}
    ) as process:
        os.close(follower)
        said = b"".join(_read(leader))
        assert process.wait(120) == 1
    os.close(leader)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode("utf-8", "replace")).replace("\r", "\n")
    assert "reading" in text and "rejected: news/bad.txt: the file is binary" in text
    assert "corpus.db: 3 new, 0 changed, 0 unchanged, 1 rejected, 0 gone; 3 articles" in text
    assert "Traceback" not in text


def _read(descriptor: int) -> Iterator[bytes]:
    import os

    while True:
        try:
            part = os.read(descriptor, 65536)
        except OSError:
            return
        if not part:
            return
        yield part


def test_the_database_says_so_too(desk: Desk) -> None:
    desk.run(desk.news)
    with closing(Database(desk.database)) as db:
        (run,) = db.query("SELECT * FROM runs")
    assert (run["new"], run["rejected"], run["gone"]) == (3, 0, 0)
    assert run["finished"] is not None
