"""What goes wrong around a run: it is killed, the disk fills, another run is there, readers never stop."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import check_integrity
from test_ingest import REPOSITORY, free_port, run_ingest
from workload import contents, write_articles

from corpus.ingesting import ingest
from corpus.model import CorpusError
from corpus.serving import command
from corpus.storing.locking import lock_file, only_writer
from corpus.storing.schema import open_database


def start(*arguments: object, **options: Any) -> subprocess.Popen[bytes]:
    words = [sys.executable, str(REPOSITORY / "ingest.py"), *(str(argument) for argument in arguments)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY, **options)


def wait_for(there: Callable[[], bool], *, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


# One writer at a time


def test_the_lock_says_who_holds_it(tmp_path: Path) -> None:
    database = tmp_path / "corpus.db"
    with only_writer(database):
        holder = json.loads(lock_file(database).read_text())
        assert holder["pid"] == os.getpid()
        with pytest.raises(CorpusError, match=rf"another run \(process {os.getpid()} on .*, since 2.* UTC\)"):
            ingest([], database=database, default=tmp_path)
    assert lock_file(database).read_text() == ""
    with only_writer(database):
        pass


@pytest.mark.parametrize("left", ["", "{", "[]", '{"pid": "x"}', "\x00\xff"])
def test_a_lock_that_says_nothing_is_told_all_the_same(tmp_path: Path, left: str) -> None:
    database = tmp_path / "corpus.db"
    with only_writer(database):
        lock_file(database).write_text(left)
        with pytest.raises(CorpusError, match="another run is writing this database"), only_writer(database):
            pass


def test_two_runs_at_once_and_a_holder_that_is_killed(tmp_path: Path) -> None:
    write_articles(tmp_path / "news", 3)
    database = tmp_path / "corpus.db"
    # A run that waits for its standard input holds the lock.
    first = start("-", "--db", database, stdin=subprocess.PIPE)
    wait_for(lambda: lock_file(database).exists() and lock_file(database).read_text() != "")
    second = run_ingest(tmp_path / "news", "--db", database)
    assert (second.returncode, second.stdout) == (2, "")
    assert f"another run (process {first.pid} on " in second.stderr
    assert "Traceback" not in second.stderr
    first.kill()
    first.communicate()
    third = run_ingest(tmp_path / "news", "--db", database, "--json")
    assert (third.returncode, json.loads(third.stdout)["new"]) == (0, 3)


def test_a_file_system_that_cannot_lock_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", cannot)
    with pytest.raises(CorpusError, match="cannot lock"):
        ingest([], database=tmp_path / "corpus.db", default=tmp_path)
    assert not (tmp_path / "corpus.db").exists()


# Places that cannot be written


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Callable[[str], None]]:
    """A small disk of its own, which can be given other options; where that is not allowed the test is skipped."""
    folder.mkdir()
    # Whoever holds the disk is in a session of its own and sees its input end however this process ends.
    script = 'mount -t tmpfs -o "$1" none "$2" && echo mounted && { cat >&2; umount --lazy "$2"; }'
    holder = subprocess.Popen(
        ["sh", "-c", script, "sh", options, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert holder.stdin is not None and holder.stdout is not None
    with holder:
        if holder.stdout.readline() != b"mounted\n":
            pytest.skip("mounting a small disk is not allowed here")
        try:
            yield lambda other: subprocess.run(["mount", "-o", f"remount,{other}", str(folder)], check=True) and None
        finally:
            holder.stdin.close()
            holder.wait()


def test_a_disk_that_may_only_be_read_is_told(tmp_path: Path) -> None:
    write_articles(tmp_path / "news", 2)
    with mounted(tmp_path / "disk", "size=10m") as remount:
        database = tmp_path / "disk" / "corpus.db"
        ingest([str(tmp_path / "news")], database=database, default=tmp_path)
        before = database.read_bytes()
        write_articles(tmp_path / "news", 1, first=9)
        remount("ro")
        done = run_ingest(tmp_path / "news", "--db", database)
        assert (done.returncode, done.stdout) == (2, "")
        assert "the database cannot be written (Read-only file system)" in done.stderr
        assert database.read_bytes() == before


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_only_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o555)
    with pytest.raises(CorpusError, match=r"the database cannot be written \(Permission denied\)"):
        ingest([], database=tmp_path / "closed" / "corpus.db", default=tmp_path)


def test_a_full_disk_is_told_and_the_next_run_completes(tmp_path: Path) -> None:
    write_articles(tmp_path / "news", 40)
    database = tmp_path / "corpus.db"
    open_database(database).close()
    size = database.stat().st_size + 150_000

    def quota() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    with start(tmp_path / "news", "--db", database, "--jobs", "1", preexec_fn=quota) as run:
        _, err = run.communicate()
    assert run.returncode == 2, err
    assert b"cannot be written" in err
    assert b"Traceback" not in err
    check_integrity(open_database(database))
    assert run_ingest(tmp_path / "news", "--db", database).returncode == 0
    assert_complete(tmp_path, database)


def test_a_small_disk_that_is_full(tmp_path: Path) -> None:
    write_articles(tmp_path / "news", 60)
    with mounted(tmp_path / "disk", "size=1500k") as remount:
        database = tmp_path / "disk" / "corpus.db"
        done = run_ingest(tmp_path / "news", "--db", database, "--jobs", "1")
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
        remount("size=100m")
        assert run_ingest(tmp_path / "news", "--db", database).returncode == 0
        # Looked at elsewhere: a disk in use cannot be taken away.
        shutil.copy(database, tmp_path / "copy.db")
    assert_complete(tmp_path, tmp_path / "copy.db")


# Killed runs


def assert_complete(where: Path, database: Path) -> None:
    """Fail unless a database is sound and says what one made without disturbance says."""
    undisturbed = where / "undisturbed.db"
    if not undisturbed.exists():
        ingest([str(where / "news")], database=undisturbed, default=where)
    db = open_database(database)
    check_integrity(db)
    expected = contents(open_database(undisturbed))
    found = contents(db)
    assert found == expected
    assert db.execute("SELECT count(*) FROM articles_to_link").fetchone()[0] == 0


def workers_of(run: subprocess.Popen[bytes]) -> set[int]:
    """The processes a run has started, and those these have."""
    known, found = {run.pid}, set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) in known:
            known.add(int(stat.parent.name))
            found.add(int(stat.parent.name))
    return found


def kill_and_complete(where: Path, moments: int, *, seed: int) -> None:
    chance = random.Random(seed)
    begun = time.monotonic()
    assert run_ingest(where / "news", "--db", where / "timed.db", "--jobs", "2").returncode == 0
    whole = time.monotonic() - begun
    killed = 0
    for number in range(moments):
        database = where / f"{number}.db"
        with start(where / "news", "--db", database, "--jobs", "2") as run:
            try:
                run.wait(whole * chance.random())
            except subprocess.TimeoutExpired:
                killed += 1
            workers = workers_of(run) if Path("/proc/self/stat").exists() else set()
            run.kill()
            run.communicate()
        if database.exists() and database.stat().st_size:
            with sqlite3.connect(database) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            connection.close()
        # Nobody is left who might still be busy with it.
        wait_for(lambda workers=workers: not any(Path(f"/proc/{pid}").exists() for pid in workers))  # type: ignore[misc]
        assert run_ingest(where / "news", "--db", database, "--jobs", "2").returncode == 0
        assert_complete(where, database)
    assert killed


def test_a_run_killed_at_any_moment_is_completed_by_the_next(tmp_path: Path) -> None:
    write_articles(tmp_path / "news", 40)
    kill_and_complete(tmp_path, 3, seed=3)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_run_killed_at_fifty_moments_is_completed_by_the_next(tmp_path: Path) -> None:
    write_articles(tmp_path / "news", 500)
    kill_and_complete(tmp_path, 50, seed=50)


# Readers


def read_throughout(where: Path, count: int) -> None:
    """Ask a server for whole articles, by eight clients, as long as an ingest beside it runs: a second an article."""
    write_articles(where / "news", count)
    write_articles(where / "first", 2, first=99_000)
    database = where / "corpus.db"
    assert run_ingest(where / "first", "--db", database).returncode == 0
    port = free_port()
    words = command(database, metadata=REPOSITORY / "metadata.yml", host="127.0.0.1", port=port)
    sql = (
        "SELECT a.uid, a.word_count, (SELECT count(*) FROM figures WHERE article_id = a.id) AS figures, "
        "(SELECT count(*) FROM passages WHERE article_id = a.id) AS passages, "
        "(SELECT count(*) FROM documents WHERE article_id = a.id) AS documents, "
        "(SELECT indexed IS NOT NULL FROM search_facts WHERE article_id = a.id) AS indexed "
        "FROM articles AS a ORDER BY a.id DESC LIMIT 20"
    )
    pages = ("/", "/search.json?q=plant", "/corpus/articles.json?_shape=array&_size=20")
    failed: list[str] = []
    asked = 0
    done = threading.Event()

    def client(number: int) -> None:
        nonlocal asked
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
            while not done.is_set():
                page = pages[asked % len(pages)]
                answer = http.get("/corpus.json", params={"sql": sql, "_shape": "array"})
                for one in (answer, http.get(page)):
                    asked += 1
                    if one.status_code != 200:
                        failed.append(f"{one.url}: {one.status_code} {one.text[:300]}")
                rows = answer.json() if answer.status_code == 200 else []
                half = [
                    row for row in rows if not all((row["figures"], row["passages"], row["documents"], row["indexed"]))
                ]
                if half:
                    failed.append(f"half an article: {half[0]}")

    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(lambda: _answers(port))
            clients = [threading.Thread(target=client, args=[number]) for number in range(8)]
            for one in clients:
                one.start()
            run = run_ingest(where / "news", "--db", database, "--jobs", "2", "--json", seconds=count)
            done.set()
            for one in clients:
                one.join()
        finally:
            done.set()
            server.send_signal(signal.SIGTERM)
    assert failed == []
    assert asked > 50
    assert (run.returncode, json.loads(run.stdout)["new"]) == (0, count)
    check_integrity(open_database(database))


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/-/versions.json").status_code == 200
    except httpx.TransportError:
        return False


def test_readers_see_whole_articles_throughout_an_ingest(tmp_path: Path) -> None:
    read_throughout(tmp_path, 150)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_readers_see_whole_articles_throughout_an_ingest_of_thousands(tmp_path: Path) -> None:
    read_throughout(tmp_path, 5000)
