"""Runs of ingest over folders: what they find, what they say, and that nothing is done twice."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import yaml
from conftest import check_integrity, dump, simple_process
from sqlite_utils import Database

from corpus.ingesting import Line, Listener, ingest
from corpus.ingesting.reporting import Report, summary
from corpus.model import Article, CorpusError, Document
from corpus.serving import SETTINGS, check_port, command, metadata_for, serve
from corpus.storing.folders import find_root, folders_file, load_folders, save_folders
from corpus.storing.schema import open_database

REPOSITORY = Path(__file__).parent.parent


class Desk:
    """A folder of news, a database, and runs of ingest between them."""

    def __init__(self, where: Path, line: Line) -> None:
        self.where = where
        self.news = where / "news"
        self.database = where / "corpus.db"
        self.line = line
        self.looked_at: list[str] = []
        self.complaints: dict[str, str] = {}
        self.news.mkdir()

    def write(self, name: str, text: str, *, folder: str = "news") -> Path:
        path = self.where / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run(self, *paths: object) -> Report:
        self.complaints.clear()
        listener = Listener(self.looked_at.append, self.complaints.__setitem__)
        return ingest(
            [str(path) for path in paths],
            database=self.database,
            default=self.news,
            listener=listener,
            line=self.line,
        )

    def counts(self, *paths: object) -> tuple[int, int, int, int, int, int]:
        """New, changed, unchanged, duplicate, rejected, gone."""
        report = self.run(*paths)
        check_integrity(self.db())
        kinds = (report.new, report.changed, report.unchanged, report.duplicate, report.rejected, report.gone)
        return tuple(tally.count for tally in kinds)  # type: ignore[return-value]

    def db(self) -> Database:
        return open_database(self.database)


@pytest.fixture
def desk(tmp_path: Path, line: Line) -> Desk:
    desk = Desk(tmp_path, line)
    desk.write("a.txt", "Chips\n\nThe plan costs $5 billion, says Bloomberg.")
    desk.write("b.txt", "Wafers\n\nNothing is known.")
    return desk


# What a run finds


def test_running_again_changes_nothing(desk: Desk) -> None:
    assert desk.counts() == (2, 0, 0, 0, 0, 0)
    before = dump(desk.db())
    assert desk.counts() == (0, 0, 2, 0, 0, 0)
    assert dump(desk.db()) == before
    assert "Nothing changed." in list(summary(desk.run()))


def test_one_more_file_is_one_more_article(desk: Desk) -> None:
    desk.run()
    desk.write("c.txt", "More\n\nIt is $5 billion now.")
    assert desk.counts() == (1, 0, 2, 0, 0, 0)
    assert desk.db().table("articles").count == 3


def test_an_unchanged_file_is_not_read(desk: Desk) -> None:
    desk.run()
    file = desk.news / "a.txt"
    times = file.stat()
    file.write_text("x" * times.st_size)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    # The same size and time: a run that read it would see another text.
    assert desk.counts() == (0, 0, 2, 0, 0, 0)


def test_a_touched_file_is_known_by_its_content(desk: Desk) -> None:
    desk.run()
    os.utime(desk.news / "a.txt", ns=(1, 1))
    before = dump(desk.db())
    assert desk.counts() == (0, 0, 2, 0, 0, 0)
    after = dump(desk.db())
    assert after["documents"][0]["mtime_ns"] == 1
    assert {name: rows for name, rows in after.items() if name != "documents"} == {
        name: rows for name, rows in before.items() if name != "documents"
    }


def test_an_edited_file_is_a_new_version_of_its_article(desk: Desk) -> None:
    desk.run()
    uid = desk.db().execute("SELECT uid FROM articles WHERE id = 1").fetchone()[0]
    desk.write("a.txt", "Chips\n\nThe plan costs much more.")
    assert desk.counts() == (0, 1, 1, 0, 0, 0)
    row = desk.db().execute("SELECT uid, text FROM articles WHERE id = 1").fetchone()
    assert row == (uid, "Chips\n\nThe plan costs much more.")


def test_a_file_that_is_gone_leaves_its_article(desk: Desk) -> None:
    desk.run()
    (desk.news / "a.txt").unlink()
    assert desk.counts() == (0, 0, 1, 0, 0, 1)
    assert desk.counts() == (0, 0, 1, 0, 0, 0)
    assert desk.db().table("articles").count == 2
    desk.write("a.txt", "Chips\n\nThe plan costs $5 billion, says Bloomberg.")
    assert desk.counts() == (0, 0, 2, 0, 0, 0)
    assert [row["status"] for row in desk.db().table("documents").rows] == ["ok", "ok"]


def test_a_renamed_file_does_not_duplicate(desk: Desk) -> None:
    desk.run()
    (desk.news / "a.txt").rename(desk.news / "z.txt")
    desk.run()
    db = desk.db()
    assert db.table("articles").count == 2
    statuses = {row["origin"]: row["status"] for row in db.table("documents").rows}
    assert statuses == {"a.txt": "gone", "b.txt": "ok", "z.txt": "ok"}
    # From now on it is the article's own file.
    desk.write("z.txt", "Chips\n\nAll is new.")
    assert desk.counts() == (0, 1, 1, 0, 0, 0)


def test_a_moved_folder_does_not_duplicate(desk: Desk) -> None:
    desk.run(desk.news)
    (desk.where / "elsewhere").mkdir()
    moved = desk.news.rename(desk.where / "elsewhere" / "news")
    assert desk.counts(moved) == (0, 0, 2, 0, 0, 0)


def test_a_copy_is_a_duplicate_until_its_original_is_edited(desk: Desk) -> None:
    desk.write("copy.txt", (desk.news / "a.txt").read_text())
    assert desk.counts() == (2, 0, 0, 1, 0, 0)
    assert desk.counts() == (0, 0, 3, 0, 0, 0)
    desk.write("a.txt", "Chips\n\nAll is new.")
    assert desk.counts() == (1, 1, 2, 0, 0, 0)
    assert desk.db().table("articles").count == 3


def test_new_rules_derive_everything_again(desk: Desk) -> None:
    desk.run()
    uids = {row["uid"] for row in desk.db().table("articles").rows}

    def better(document: Document) -> Article:
        return replace(simple_process(document), version="2", claims=())

    desk.line = Line(better, "2")
    assert desk.counts() == (0, 2, 0, 0, 0, 0)
    rows = list(desk.db().table("articles").rows)
    assert {row["version"] for row in rows} == {"2"}
    assert {row["uid"] for row in rows} == uids
    assert desk.db().table("figures").count == desk.db().table("revisions").count == 0
    assert desk.counts() == (0, 0, 2, 0, 0, 0)


def test_a_document_the_rules_fail_on_is_rejected_and_the_rest_goes_on(desk: Desk) -> None:
    desk.write("aa.txt", "explode")
    report = desk.run()
    assert (report.new.count, report.rejected.count, report.exit_code) == (2, 1, 1)
    assert desk.complaints == {"news/aa.txt": "the document could not be processed (ValueError: it did)"}


def test_bad_files_are_named_recorded_and_tried_again(desk: Desk) -> None:
    desk.write("empty.txt", "")
    (desk.news / "binary.txt").write_bytes(b"\x00\x01\x02")
    (desk.news / "broken.txt").write_bytes("größer und grö".encode()[:-1])
    (desk.news / "gone.txt").symlink_to("nowhere")
    for _ in range(2):
        report = desk.run()
        assert (report.rejected.count, report.exit_code) == (4, 1)
        assert {name: reason.split(";")[0] for name, reason in desk.complaints.items()} == {
            "news/binary.txt": "the file is binary (it has NUL bytes), not text",
            "news/broken.txt": "the encoding is broken: this is UTF-8 but for byte 16",
            "news/empty.txt": "the file is empty",
            "news/gone.txt": "the link leads nowhere",
        }
    db = desk.db()
    rows = db.query("SELECT origin, reason FROM documents WHERE status = 'rejected'")
    assert {f"news/{row['origin']}": row["reason"] for row in rows} == desk.complaints
    assert db.table("articles").count == 2
    for name in ("empty.txt", "binary.txt", "broken.txt", "gone.txt"):
        (desk.news / name).unlink()
    assert desk.counts() == (0, 0, 2, 0, 0, 4)


def test_what_was_rejected_is_left_alone_until_it_or_the_rules_change(desk: Desk) -> None:
    file = desk.write("aa.txt", "explode")
    desk.run()
    times = file.stat()
    file.write_text("x" * times.st_size)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    # A run that read it would see another text; that it is rejected is still told.
    assert desk.counts() == (0, 0, 2, 0, 1, 0)
    assert desk.complaints == {"news/aa.txt": "the document could not be processed (ValueError: it did)"}
    desk.line = Line(lambda document: replace(simple_process(document), version="2"), "2")
    assert desk.counts()[4] == 0


def test_a_file_that_could_not_be_opened_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    # Its permissions change without a trace in its size and time.
    with monkeypatch.context() as closed:
        closed.setattr("builtins.open", _refuse)
        assert desk.counts() == (0, 0, 0, 0, 2, 0)
    assert desk.counts() == (2, 0, 0, 0, 0, 0)


def _refuse(path: object, *rest: object) -> None:
    raise PermissionError(13, "Permission denied", path)


def test_every_run_has_a_row(desk: Desk) -> None:
    desk.run()
    desk.write("c.txt", "")
    desk.run()
    first, second = desk.db().table("runs").rows
    kinds = ("new", "changed", "unchanged", "rejected", "gone", "version")
    assert [first[kind] for kind in kinds] == [2, 0, 0, 0, 0, "1"]
    assert [second[kind] for kind in kinds] == [0, 0, 2, 1, 0, "1"]
    assert first["finished"] >= first["started"]


# Which folders


def test_without_a_path_every_folder_is_looked_at_again(desk: Desk) -> None:
    desk.run(desk.news)
    desk.write("c.txt", "Third\n\nIn another folder.", folder="more")
    assert desk.counts(desk.where / "more") == (1, 0, 0, 0, 0, 0)
    assert desk.counts() == (0, 0, 3, 0, 0, 0)
    assert list(load_folders(desk.database)) == ["news", "more"]


def test_the_database_does_not_say_where_folders_stand(desk: Desk) -> None:
    desk.run(desk.news)
    text = "\n".join(desk.db().conn.iterdump())
    assert str(desk.where) not in text
    assert json.loads(folders_file(desk.database).read_text()) == {"news": str(desk.news)}


def test_a_database_that_was_deleted_forgets_its_folders(desk: Desk) -> None:
    desk.write("c.txt", "Third\n\nIn another folder.", folder="more")
    desk.run(desk.where / "more")
    for file in desk.where.glob("corpus.db*"):
        if file != folders_file(desk.database):
            file.unlink()
    assert desk.counts() == (2, 0, 0, 0, 0, 0)


def test_a_folder_that_is_missing_is_told_and_its_articles_stay(desk: Desk) -> None:
    desk.run(desk.news)
    desk.news.rename(desk.where / "unplugged")
    report = desk.run()
    assert (report.missing, report.gone.count, report.exit_code) == ([str(desk.news)], 0, 1)
    assert [row["status"] for row in desk.db().table("documents").rows] == ["ok", "ok"]


def test_a_file_of_a_known_folder_keeps_its_name(desk: Desk) -> None:
    desk.write("sub/c.txt", "Third\n\nBelow.")
    desk.run(desk.news)
    desk.write("sub/c.txt", "Third\n\nBelow, and edited.")
    assert desk.counts(desk.news / "sub" / "c.txt") == (0, 1, 0, 0, 0, 0)
    assert desk.counts(desk.news / "sub") == (0, 0, 1, 0, 0, 0)
    (desk.news / "sub" / "c.txt").unlink()
    # Only what was asked about can be gone.
    (desk.news / "a.txt").unlink()
    assert desk.counts(desk.news / "sub") == (0, 0, 0, 0, 0, 1)
    assert desk.db().table("documents").count == 3


def test_a_folder_given_twice_is_looked_at_once(desk: Desk) -> None:
    assert desk.counts(desk.news, f"{desk.news}/") == (2, 0, 0, 0, 0, 0)
    assert desk.counts(desk.news, f"{desk.news}/") == (0, 0, 2, 0, 0, 0)


def test_two_folders_of_one_name_are_kept_apart(desk: Desk) -> None:
    desk.write("a.txt", "Other\n\nOf the same name.", folder="other/news")
    desk.run(desk.news)
    assert desk.counts(desk.where / "other" / "news") == (1, 0, 0, 0, 0, 0)
    assert list(load_folders(desk.database)) == ["news", "other/news"]
    assert desk.counts() == (0, 0, 3, 0, 0, 0)


def test_labels(tmp_path: Path) -> None:
    (tmp_path / "x" / "news").mkdir(parents=True)
    (tmp_path / "news").mkdir()
    folders = {"news": str(tmp_path / "news")}
    assert find_root(str(tmp_path / "news"), folders).label == "news"
    assert find_root(str(tmp_path / "x" / "news"), folders).label == "x/news"
    # The old place is empty: the folder was moved.
    assert find_root(str(tmp_path / "x" / "news"), {"news": str(tmp_path / "gone")}).label == "news"
    inner = find_root(str(tmp_path / "news" / "sub" / "a.txt"), folders)
    assert (inner.label, inner.prefix) == ("news", "sub/a.txt")
    beside = find_root(str(tmp_path / "newspaper"), folders)
    assert beside.label == "newspaper"


@pytest.mark.parametrize("content", ["{", "[]", '{"news": 1}'])
def test_a_damaged_list_of_folders_is_told(tmp_path: Path, content: str) -> None:
    database = tmp_path / "corpus.db"
    open_database(database).close()
    folders_file(database).write_text(content)
    with pytest.raises(CorpusError, match="ingested folders"):
        load_folders(database)


def test_folders_are_remembered_as_a_whole(tmp_path: Path) -> None:
    database = tmp_path / "corpus.db"
    database.touch()
    save_folders(database, {"новости": "/a"})
    assert load_folders(database) == {"новости": "/a"}
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".new"] == []


def test_a_missing_path_leaves_everything_as_it_was(desk: Desk) -> None:
    with pytest.raises(CorpusError, match="no such file or folder"):
        desk.run(desk.news, desk.where / "nowhere")
    assert not desk.database.exists()


def test_an_empty_folder_is_told(desk: Desk) -> None:
    (desk.where / "empty").mkdir()
    report = desk.run(desk.where / "empty")
    assert report.exit_code == 0
    assert "There was nothing to ingest: no file of a type that is read was found." in list(summary(report))


def test_a_long_summary_is_cut(desk: Desk) -> None:
    for number in range(30):
        desk.write(f"n{number:02}.txt", f"Number {number}\n\nWords.")
    (desk.news / "x.png").touch()
    lines = list(summary(desk.run()))
    assert lines[0].startswith(f"{desk.database}: 32 new, 0 changed, 0 unchanged, 0 rejected, 0 gone; 32 articles")
    assert "  new: and 12 more" in lines
    assert "  passed over: 1 hidden files or files of unknown type (.png: 1)" in lines


# The command line, as a user types it


def run_ingest(
    *arguments: object, stdin: bytes = b"", where: Path | None = None, seconds: float = 120.0
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(REPOSITORY / "ingest.py"), *(str(argument) for argument in arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, cwd=where or REPOSITORY, timeout=seconds)
    # How far a run is, is said of one that takes long: on a machine that has much else to do, of these as well.
    said = [line for line in done.stderr.decode().splitlines(keepends=True) if not line.startswith("progress: ")]
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), "".join(said))


def test_the_seeds_go_in_once(tmp_path: Path) -> None:
    database = tmp_path / "corpus.db"
    first = run_ingest("--db", database)
    assert (first.returncode, first.stderr) == (0, "")
    assert f"{database}: 5 new, 0 changed, 0 unchanged, 0 rejected, 0 gone; 5 articles" in first.stdout
    before = dump(open_database(database))
    again = run_ingest("--db", database)
    assert (again.returncode, again.stderr) == (0, "")
    assert "0 new, 0 changed, 5 unchanged" in again.stdout
    assert "Nothing changed." in again.stdout
    db = open_database(database)
    assert dump(db) == before
    check_integrity(db)
    assert db.table("articles").count == 5


def test_bad_input_is_one_line_each_and_exit_code_1(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "empty.txt").touch()
    (folder / "bin\x1b[31m.txt").write_bytes(b"\x00\x01")
    (folder / "good.txt").write_text("OpenAI seeks $7 trillion for chip factories, Bloomberg reports today.")
    done = run_ingest(folder, folder / "good.txt", "--db", tmp_path / "corpus.db")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "rejected: in/bin\\x1b[31m.txt: the file is binary (it has NUL bytes), not text; it was not stored",
        "rejected: in/empty.txt: the file is empty; there is nothing to store",
    ]
    assert "1 new" in done.stdout


def test_standard_input_quiet_and_json(tmp_path: Path) -> None:
    database = tmp_path / "corpus.db"
    text = "Nvidia will spend $3 billion on a new plant, the company said on Monday."
    quiet = run_ingest("-", "--db", database, "--quiet", stdin=text.encode("utf-16"))
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    other = run_ingest("-", "--db", database, "--json", stdin=b"Samsung said it had no plans for a plant of its own.")
    report = json.loads(other.stdout)
    assert (report["new"], report["articles"], report["exit_code"]) == (1, 2, 0)
    again = run_ingest("-", "--db", database, "--json", stdin=text.encode("utf-16"))
    assert json.loads(again.stdout)["unchanged"] == 1


def test_what_cannot_run_says_why_and_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("No database. " * 20)
    with sqlite3.connect(tmp_path / "foreign.db") as connection:
        connection.execute("CREATE TABLE t (id)")
    connection.close()
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    for arguments, words in (
        (["nowhere"], "nowhere: there is no such file or folder"),
        (["--db", tmp_path / "notes.txt"], "this is not a SQLite database"),
        (["--db", tmp_path / "foreign.db"], "was not made by this program"),
        (["--db", tmp_path], "this is a folder"),
        (["--db", tmp_path / "no" / "corpus.db"], "the database cannot be written"),
        (["--port", "70000"], "70000 is not in the range"),
        (["--nonsense"], "No such option"),
    ):
        done = run_ingest(*arguments, where=tmp_path)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write to, root neither")
def test_a_folder_that_cannot_be_written_is_told() -> None:
    done = run_ingest("--db", "/proc/corpus.db")
    assert done.returncode == 2
    assert "/proc/corpus.db: the database cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


# Serving


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_taken_port_is_told_before_anything_is_done(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CorpusError, match=rf"port {port} .* --port"):
            check_port("127.0.0.1", port)
        done = run_ingest("--serve", "--port", port, "--db", tmp_path / "corpus.db")
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert f"port {port} on 127.0.0.1 cannot be used" in done.stderr


def test_metadata_follows_the_name_of_the_database(tmp_path: Path) -> None:
    metadata = tmp_path / "metadata.yml"
    metadata.write_text("title: T\ndatabases:\n  corpus:\n    tables:\n      articles: {size: 7}\n")
    assert metadata_for(tmp_path / "corpus.db", metadata, folder=tmp_path) == metadata
    (tmp_path / "copy").mkdir()
    other = metadata_for(tmp_path / "my: 'chips'.db", metadata, folder=tmp_path / "copy")
    assert yaml.safe_load(other.read_text()) == {
        "title": "T",
        "databases": {"my: 'chips'": {"tables": {"articles": {"size": 7}}}},
    }
    with pytest.raises(CorpusError, match="cannot be read"):
        metadata_for(tmp_path / "corpus.db", tmp_path / "none.yml", folder=tmp_path)


def test_the_server_has_the_settings(tmp_path: Path) -> None:
    words = command(tmp_path / "corpus.db", metadata=tmp_path / "m.yml", host="::1", port=9)
    for name, value in SETTINGS.items():
        assert ["--setting", name, str(value)] == words[words.index(name) - 1 : words.index(name) + 2]


def test_a_database_of_another_name_is_served_with_its_metadata(tmp_path: Path, desk: Desk) -> None:
    desk.run()
    database = desk.database.rename(tmp_path / "fabs.db")
    metadata = tmp_path / "metadata.yml"
    metadata.write_text("databases: {corpus: {tables: {articles: {description: All of them}}}}")
    answers = {}

    def started(address: str) -> None:
        for page in ("fabs/articles.json?_extra=metadata&_shape=objects", "-/settings.json", "-/metadata.json"):
            answers[page] = httpx.get(address + page).json()
        raise KeyboardInterrupt

    assert serve(database, metadata=metadata, host="127.0.0.1", port=free_port(), started=started) == 0
    articles, settings, described = answers.values()
    assert [row["headline"] for row in articles["rows"]] == ["Chips", "Wafers"]
    assert {name: int(settings[name]) for name in SETTINGS} == SETTINGS
    assert described["databases"]["fabs"]["tables"]["articles"]["description"] == "All of them"
    with pytest.raises(CorpusError, match="no database here"):
        serve(tmp_path / "no.db", metadata=metadata, host="127.0.0.1", port=free_port(), started=started)


def test_the_seeds_are_served_until_the_server_is_told_to_end(tmp_path: Path) -> None:
    port, database = free_port(), tmp_path / "fabs.db"
    command = [sys.executable, str(REPOSITORY / "ingest.py"), "--serve", "--port", str(port), "--db", str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as ingester:
        assert ingester.stdout is not None
        try:
            line = next(line for line in ingester.stdout if line.startswith("Serving"))
            answer = httpx.get(f"http://127.0.0.1:{port}/fabs/articles.json?_shape=objects")
        finally:
            ingester.terminate()
    assert line == f"Serving {database} at http://127.0.0.1:{port}/ (Ctrl-C ends it)\n"
    assert len(answer.json()["rows"]) == 5
    assert ingester.returncode == 0
    check_port("127.0.0.1", port)  # nothing was left behind
