"""The export to Parquet, read back by somebody else: DuckDB finds what SQLite holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from conftest import make_article
from sqlite_utils import Database

from corpus.model import CorpusError, Provenance, PublicationDate, Source
from corpus.storing import store_article
from corpus.storing.export import MARKER, TABLES, export

REGISTER = Source("the-register", "The Register", "theregister.com", "GB")
DATES = ("2024-02-09", "2024-02-27T10:00", "2024-01", "2024", None, "2023-12-31T23:59:59+02:00")


def fill(db: Database) -> None:
    for number, day in enumerate(DATES):
        article = make_article(
            f"Chips {number}\n\nThe plan costs $5 billion, says Bloomberg. 芯片 \U0001f600 {number}",
            origin=f"{number}.txt",
            published=PublicationDate(day, "day" if day else None, "stated", day),
            provenance=Provenance(REGISTER, "masthead") if number % 2 else Provenance(),
        )
        store_article(db, article)


@pytest.fixture
def filled(db: Database, tmp_path: Path) -> Path:
    fill(db)
    db.close()
    return tmp_path / "corpus.db"


def read(folder: Path, table: str, columns: str, order: str) -> list[tuple[object, ...]]:
    files = str(folder / table / "**" / "*.parquet")
    sql = f"SELECT {columns} FROM read_parquet(?, hive_partitioning = true) ORDER BY {order}"
    return duckdb.execute(sql, [files]).fetchall()


@pytest.mark.parametrize("table", TABLES)
def test_every_row_and_column_is_as_in_the_database(filled: Path, tmp_path: Path, table: str) -> None:
    counts = export(filled, tmp_path / "out")
    db = Database(filled)
    known = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    order = "id" if "id" in known else "figure_id"
    names = ", ".join(known)
    rows = list(db.execute(f"SELECT {names} FROM {table} ORDER BY {order}"))
    assert read(tmp_path / "out", table, names, order) == rows
    assert counts[table] == len(rows) > 0


def test_types_and_months(filled: Path, tmp_path: Path) -> None:
    export(filled, tmp_path / "out")
    types = {
        name: kind
        for name, kind, *_ in duckdb.execute(
            "DESCRIBE SELECT * FROM read_parquet(?)", [str(tmp_path / "out" / "figures" / "*" / "*.parquet")]
        ).fetchall()
    }
    assert types["low"] == types["high_usd"] == "DOUBLE"
    assert types["start_char"] == types["vague"] == "BIGINT"
    assert types["quote"] == types["article_uid"] == "VARCHAR"
    months = duckdb.execute(
        "SELECT month, count(*) FROM read_parquet(?, hive_partitioning = true, hive_types_autocast = false) "
        "GROUP BY month ORDER BY month NULLS FIRST",
        [str(tmp_path / "out" / "articles" / "*" / "*.parquet")],
    ).fetchall()
    assert months == [(None, 1), ("2023-12", 1), ("2024", 1), ("2024-01", 1), ("2024-02", 2)]


def test_a_second_export_replaces_the_first_and_nothing_else(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(filled, out)
    db = Database(filled)
    db.execute("UPDATE articles SET date_published = '2025-01-01', date_precision = 'day'")
    db.conn.commit()
    counts = export(filled, out)
    assert [path.name for path in (out / "articles").iterdir()] == ["month=2025-01"]
    assert json.loads((out / MARKER).read_text())["rows"] == counts
    assert sorted(path.name for path in tmp_path.iterdir() if "out" in path.name) == ["out"]
    other = tmp_path / "mine"
    other.mkdir()
    (other / "thesis.txt").write_text("all of it")
    with pytest.raises(CorpusError, match="no export made"):
        export(filled, other)
    assert [path.name for path in other.iterdir()] == ["thesis.txt"]


def test_an_export_that_fails_leaves_the_last_one(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    export(filled, out)
    before = sorted(out.rglob("*"))

    def full(*args: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("corpus.storing.export._write", full)
    with pytest.raises(CorpusError, match="No space left"):
        export(filled, out)
    assert sorted(out.rglob("*")) == before
    assert sorted(path.name for path in tmp_path.iterdir() if "out" in path.name) == ["out"]


def test_an_empty_database_gives_tables_without_rows(db: Database, tmp_path: Path) -> None:
    assert set(export(tmp_path / "corpus.db", tmp_path / "out").values()) == {0}
    assert read(tmp_path / "out", "claims", "count(*)", "1") == [(0,)]


def test_a_large_month_is_written_in_batches(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq

    monkeypatch.setattr("corpus.storing.export._ROWS", 1)
    export(filled, tmp_path / "out")
    groups = pq.ParquetFile(tmp_path / "out" / "articles" / "month=2024-02" / "part-0.parquet").num_row_groups
    assert groups == 2
    assert len(read(tmp_path / "out", "articles", "id", "id")) == len(DATES)


@pytest.mark.parametrize(
    ("hide", "arguments", "said"),
    [
        ("pyarrow", [], "which is not installed: pip install"),
        ("", ["--db", "missing.db"], "there is no database here yet"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    filled: Path, tmp_path: Path, hide: str, arguments: list[str], said: str
) -> None:
    argv = ["export", "export", "out", "--db", str(filled), *arguments]
    code = f"import sys; sys.modules[{hide!r}] = None; sys.argv = {argv!r}\n"
    code += "from corpus.storing.__main__ import _main; _main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert said in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_it_wrote(filled: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "corpus.storing", "export", str(tmp_path / "out"), "--db", str(filled)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("out: 6 articles, 6 figures, 6 claims, 6 stories\n")
