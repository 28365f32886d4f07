"""Who derives makes no difference: this process, others, or a cluster; what kills a worker costs one document."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import check_integrity, dump
from workload import CARELESS, contents, write_articles

from corpus.indexing import check_index, index_stale, words_of
from corpus.indexing.rows import words_row
from corpus.ingesting import Line, Listener, Work, ingest
from corpus.ingesting.deriving import derive
from corpus.ingesting.processes import Processes
from corpus.ingesting.reporting import Report
from corpus.ingesting.working import CHUNK, InProcess, chunks
from corpus.model import Article, CorpusError, Document
from corpus.storing import store_batch
from corpus.storing.schema import open_database, transaction

SOME = 50


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """More files than one process is given."""
    write_articles(tmp_path / "news", SOME)
    return tmp_path / "news"


def run(news: Path, database: Path, *, line: Line | None = CARELESS, **work: Any) -> Report:
    return ingest([str(news)], database=database, default=news, line=line, work=Work(**work))


def write_rows(file: Path, count: int) -> None:
    file.write_text("".join(f'{{"title": "T {n}", "text": "Row {n} of $5 billion."}}\n' for n in range(count)))


def rejected(database: Path) -> dict[str, str]:
    rows = open_database(database).query("SELECT origin, reason FROM documents WHERE status = 'rejected'")
    return {row["origin"]: row["reason"] for row in rows}


def test_any_number_of_processes_gives_the_same_rows(tmp_path: Path, news: Path) -> None:
    write_rows(news / "rows.jsonl", 40)
    (news / "few.jsonl").write_text('{"text": "Only one of $5 billion."}\n{"text": "And one more."}\n')
    (news / "copy.txt").write_text((news / "00007.txt").read_text())
    (news / "empty.txt").touch()
    dumps = []
    for jobs in (1, 3):
        report = run(news, tmp_path / f"{jobs}.db", jobs=jobs)
        assert (report.new.count, report.duplicate.count, report.rejected.count) == (SOME + 42, 1, 1)
        db = open_database(tmp_path / f"{jobs}.db")
        check_integrity(db)
        dumps.append({name: _timeless(rows) for name, rows in dump(db).items()})
        again = run(news, tmp_path / f"{jobs}.db", jobs=jobs)
        assert (again.unchanged.count, again.looked_at, again.exit_code) == (SOME + 43, SOME + 44, 1)
    assert dumps[0] == dumps[1]


def _timeless(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    times = {"first_seen", "first_ingested", "last_ingested"}
    return [{key: value for key, value in row.items() if key not in times} for row in rows]


def test_words_are_worked_out_by_who_derives_and_again_only_where_they_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,), (other,) = (derive([Document("r", name, text=f"Lanterns of {name}")], CARELESS)[0] for name in "ab")
    assert isinstance(one, Article) and isinstance(other, Article) and one.words is not None
    asked: list[str] = []

    def watched(headline: str | None, text: str, language: str | None) -> tuple[str, ...]:
        asked.append(text)
        return words_row(headline, text, language)

    monkeypatch.setattr("corpus.indexing.rows.words_row", watched)
    db = open_database(tmp_path / "corpus.db")
    # What a worker with another topic worked out is not taken.
    store_batch(db, [one, replace(other, words=("another version", one.words[1]))], version="1")
    assert asked == [other.text]
    db.execute("UPDATE articles SET language = 'pl' WHERE text = ?", [one.text])
    with transaction(db):
        assert index_stale(db, words_of([one])) == 1
    assert asked == [other.text, one.text]
    assert check_index(db) == []
    db.close()


def test_any_order_of_arrival_gives_the_same_contents(tmp_path: Path, news: Path) -> None:
    write_articles(tmp_path / "more", 30, first=40)  # ten of them are in both folders
    orders = ([news, tmp_path / "more"], [tmp_path / "more", news])
    found = []
    for number, order in enumerate(orders):
        database = tmp_path / f"{number}.db"
        ingest([str(path) for path in order], database=database, default=news, work=Work(jobs=1 + 2 * number))
        # Which of two files with the same text stands for it is the one thing that arrival decides.
        found.append(contents(open_database(database), but=["documents"]))
    assert len(found[0]["articles"]) == 70
    assert found[0] == found[1]


def test_in_two_runs_or_in_one(tmp_path: Path, news: Path) -> None:
    write_articles(tmp_path / "more", 30, first=40)
    ingest([str(news), str(tmp_path / "more")], database=tmp_path / "one.db", default=news, line=CARELESS)
    for folder in (tmp_path / "more", news):
        ingest([str(folder)], database=tmp_path / "two.db", default=news, line=CARELESS)
    one, two = (contents(open_database(tmp_path / name), but=["documents"]) for name in ("one.db", "two.db"))
    assert one == two


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kill me", "reading it ended the process it was read in"),
        ("exit now", "reading it ended the process it was read in"),
        ("sleep on", "reading it took longer than 3 seconds and was broken off"),
        ("explode", "the document could not be processed (ValueError: it did)"),
    ],
)
def test_what_ends_or_stops_a_worker_costs_one_document(tmp_path: Path, news: Path, text: str, words: str) -> None:
    (news / "00031.txt").write_text(f"This is where they {text}.")
    report = run(news, tmp_path / "corpus.db", jobs=2, limit=3.0)
    assert (report.new.count, report.rejected.count, report.exit_code) == (SOME - 1, 1, 1)
    found = rejected(tmp_path / "corpus.db")
    assert list(found) == ["00031.txt"]
    assert words in found["00031.txt"]
    check_integrity(open_database(tmp_path / "corpus.db"))
    # It is left alone until it changes, and still told.
    again = run(news, tmp_path / "corpus.db", jobs=2)
    assert (again.unchanged.count, again.rejected.count, again.exit_code) == (SOME - 1, 1, 1)
    (news / "00031.txt").write_text("All is well now.")
    assert run(news, tmp_path / "corpus.db", jobs=2).new.count == 1
    assert rejected(tmp_path / "corpus.db") == {}


def test_a_document_that_takes_too_long_is_broken_off_in_this_process_too(tmp_path: Path, news: Path) -> None:
    (news / "00031.txt").write_text("This is where they sleep on.")
    report = run(news, tmp_path / "corpus.db", jobs=1, limit=2.0)
    assert (report.new.count, report.rejected.count) == (SOME - 1, 1)
    assert "took longer than 2 seconds" in rejected(tmp_path / "corpus.db")["00031.txt"]
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_after_a_run_that_was_killed_even_few_documents_are_read_elsewhere(tmp_path: Path) -> None:
    news = tmp_path / "news"
    write_articles(news, 3)
    database = tmp_path / "corpus.db"
    run(news, database)
    (news / "00001.txt").write_text("This is where they kill me.")
    pid = os.fork()
    if pid == 0:
        run(news, database)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    report = run(news, database)
    assert (report.unchanged.count, report.rejected.count) == (2, 1)
    check_integrity(open_database(database))


def test_workers_that_all_die_are_replaced(tmp_path: Path, news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Processes] = []
    make = Processes.__init__

    def remembered(self: Processes, *arguments: Any) -> None:
        make(self, *arguments)
        started.append(self)

    monkeypatch.setattr(Processes, "__init__", remembered)
    killed: set[int] = set()

    def kill(name: str) -> None:
        # More than once, and in the middle of things: idle, busy, or with half a result in the pipe.
        if name[-5] == "5":
            for pid in started[0].pids() if started else ():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)

    write_articles(news, 120)
    report = ingest(
        [str(news)],
        database=tmp_path / "corpus.db",
        default=news,
        line=CARELESS,
        listener=Listener(looked_at=kill),
        work=Work(jobs=2),
    )
    assert len(killed) > 3
    assert report.new.count + report.rejected.count == 120
    # One that was killed each time it was tried is told as what it looks like, and is the exception.
    assert report.rejected.count <= len(killed) / 2


def test_rules_that_cannot_be_sent_to_workers_end_the_run(tmp_path: Path, news: Path) -> None:
    with pytest.raises(CorpusError, match="the workers cannot derive articles"):
        run(news, tmp_path / "corpus.db", line=Line(lambda document: CARELESS.process(document), "1"), jobs=2)


def test_chunks_are_small_in_number_and_size() -> None:
    sizes = [1000] * 40 + [300_000] * 4 + [5]
    items = [Document("r", str(n), raw=b"x" * size) for n, size in enumerate(sizes)]
    made = list(chunks(items))
    assert [len(chunk) for chunk in made] == [CHUNK, CHUNK, 10, 2, 1]
    assert [item for chunk in made for item in chunk] == items


def test_this_process_as_an_executor() -> None:
    executor = InProcess(5.0)
    assert executor.submit(sum, [1, 2]).result() == 3
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result()


# More than one machine


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two worker processes behind a scheduler, as they would stand on two machines."""
    distributed = pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield cluster


def test_a_cluster_gives_the_same_rows_though_one_of_its_workers_is_killed(
    tmp_path: Path, news: Path, cluster: Any
) -> None:
    write_rows(news / "rows.jsonl", 40)
    (news / "empty.txt").touch()
    run(news, tmp_path / "here.db", line=None)
    victim = next(iter(cluster.workers.values()))
    pid = victim.pid

    def kill(name: str) -> None:
        # By now everything before it is under way, and little of it done.
        if name == "news/rows.jsonl":
            os.kill(pid, signal.SIGKILL)

    report = ingest(
        [str(news)],
        database=tmp_path / "there.db",
        default=news,
        listener=Listener(looked_at=kill),
        work=Work(dask=cluster.scheduler_address),
    )
    assert victim.pid != pid
    assert (report.new.count, report.rejected.count) == (SOME + 40, 1)
    here, there = open_database(tmp_path / "here.db"), open_database(tmp_path / "there.db")
    check_integrity(there)
    assert {name: _timeless(rows) for name, rows in dump(here).items()} == {
        name: _timeless(rows) for name, rows in dump(there).items()
    }


def test_a_document_that_takes_too_long_on_a_cluster_is_rejected(tmp_path: Path, news: Path, cluster: Any) -> None:
    (news / "00031.txt").write_text("This is where they sleep on.")
    report = run(news, tmp_path / "corpus.db", dask=cluster.scheduler_address, limit=3.0)
    assert (report.new.count, report.rejected.count) == (SOME - 1, 1)
    assert "took longer than 3 seconds" in rejected(tmp_path / "corpus.db")["00031.txt"]


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path, news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    monkeypatch.setattr("corpus.ingesting.clustering._CONNECT_SECONDS", 0.5)
    with pytest.raises(CorpusError, match=r"scheduler at tcp://127\.0\.0\.1:9 cannot be reached"):
        run(news, tmp_path / "corpus.db", dask="tcp://127.0.0.1:9")
    assert not (tmp_path / "corpus.db").exists()
