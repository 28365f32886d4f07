"""The database as Parquet, for DuckDB, Spark, ClickHouse and whatever else reads tables.

One folder a table, one folder a month in it (``articles/month=2024-02/part-0.parquet``, as Hive names them). What
is known to the year only stands under ``month=2024``, what has no date under ``month=__HIVE_DEFAULT_PARTITION__``,
which readers know as NULL.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from corpus.model import CorpusError
from corpus.storing.schema import open_database

if TYPE_CHECKING:
    import pyarrow as pa

UNDATED = "__HIVE_DEFAULT_PARTITION__"
# Beside the tables; a folder that has it was made by an export and may be replaced by one.
MARKER = "_export.json"
# A batch is one row group: so many rows, or less where texts are long. It is what memory holds.
_ROWS, _CHARACTERS = 5_000, 16_000_000
_MONTH = re.compile(r"\d{4}(-\d{2})?")


@dataclass(frozen=True, slots=True)
class _Table:
    """What is exported: the key stands first of its columns; ``date`` tells the month."""

    columns: str
    source: str
    key: str
    date: str


_SOURCES = "LEFT JOIN sources AS s ON s.id = a.source_id LEFT JOIN sources AS o ON o.id = a.origin_source_id"
TABLES: Mapping[str, _Table] = {
    "articles": _Table(
        "a.*, s.slug AS source, o.slug AS origin_source, t.uid AS story_uid",
        f"articles AS a {_SOURCES} LEFT JOIN stories AS t ON t.id = a.story_id",
        "a.id",
        "a.date_published",
    ),
    "figures": _Table(
        "f.*, a.uid AS article_uid",
        "figures AS f JOIN articles AS a ON a.id = f.article_id",
        "f.id",
        "a.date_published",
    ),
    "claims": _Table("c.*", "claims AS c", "c.figure_id", "c.date_published"),
    "stories": _Table("t.*", "stories AS t", "t.id", "t.first_published"),
}


def export(database: str | Path, folder: str | Path) -> dict[str, int]:
    """Write the tables into a folder; the number of rows by table.

    All of it shows the database at one moment. The folder is replaced as a whole where an export made it.
    Raises CorpusError where there is no database, the folder holds something else or cannot be written, or
    the extra that writes Parquet is not installed.
    """
    try:
        import pyarrow
    except ImportError as error:
        raise CorpusError(
            "writing Parquet takes the extra \"export\", which is not installed: pip install 'chipfab-corpus[export]', "
            "or pip install -e '.[export]' in a checkout"
        ) from error
    folder = Path(folder).absolute()
    _check_folder(folder)
    with closing(open_database(database, create=False)) as db:
        # One read transaction: what is ingested meanwhile is in the next export.
        db.execute("BEGIN")
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as made:
                fresh = Path(made) / "export"
                counts = {name: _write(db, name, table, fresh / name) for name, table in TABLES.items()}
                (fresh / MARKER).write_text(
                    json.dumps({"database": Path(database).name, "rows": counts}) + "\n", "utf-8"
                )
                _replace(folder, fresh, Path(made) / "before")
        except (OSError, pyarrow.ArrowException) as error:
            raise CorpusError(f"{folder}: the export cannot be written ({error})") from error
    return counts


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARKER).exists()):
        raise CorpusError(f"{folder}: this holds something that no export made; give a new or an empty folder")


def _replace(folder: Path, fresh: Path, before: Path) -> None:
    if folder.exists():
        folder.rename(before)
    fresh.rename(folder)
    if before.exists():
        shutil.rmtree(before)


def _write(db: Database, name: str, table: _Table, folder: Path) -> int:
    import pyarrow.parquet as pq

    schema = _schema(db, table)
    count = 0
    folder.mkdir(parents=True)
    for month, starts in _months(db, table).items():
        partition = folder / f"month={month}"
        partition.mkdir()
        with pq.ParquetWriter(partition / "part-0.parquet", schema, compression="zstd") as writer:
            for rows in _batches(db, table, starts):
                columns = [list(column) for column in zip(*rows, strict=True)]
                writer.write_batch(_batch(columns, schema))
                count += len(rows)
    if count == 0:
        # A table without rows still says what its columns are.
        (folder / f"month={UNDATED}").mkdir()
        with pq.ParquetWriter(folder / f"month={UNDATED}" / "part-0.parquet", schema):
            pass
    return count


def _batch(columns: list[list[Any]], schema: pa.Schema) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.record_batch([pa.array(values, kind) for values, kind in zip(columns, schema.types, strict=True)], schema)


def _schema(db: Database, table: _Table) -> pa.Schema:
    """Types as the tables declare them; a column that a view puts together is text."""
    import pyarrow as pa

    types = {"INTEGER": pa.int64(), "FLOAT": pa.float64(), "REAL": pa.float64()}
    db.execute(f"CREATE TEMP VIEW exported AS SELECT {table.columns} FROM {table.source}")
    declared = db.execute("PRAGMA temp.table_info(exported)").fetchall()
    db.execute("DROP VIEW temp.exported")
    return pa.schema([pa.field(row[1], types.get(row[2], pa.string())) for row in declared])


def _months(db: Database, table: _Table) -> dict[str, list[str | None]]:
    """The partitions and the beginnings of dates that stand in each; what is no date is in that of the undated."""
    found: dict[str, list[str | None]] = {}
    for (start,) in db.execute(f"SELECT DISTINCT substr({table.date}, 1, 7) FROM {table.source} ORDER BY 1").fetchall():
        partition = start if start is not None and _MONTH.fullmatch(start) else UNDATED
        found.setdefault(partition, []).append(start)
    return found


def _keys(db: Database, table: _Table, start: str | None) -> list[int]:
    """The keys of the rows whose date begins so, found by the index of dates; nothing else of them is read."""
    sql = f"SELECT {table.key} FROM {table.source} WHERE {table.date}"
    if start is None:
        rows = db.execute(f"{sql} IS NULL")
    elif len(start) < len("2024-02"):
        rows = db.execute(f"{sql} = ?", [start])
    else:
        rows = db.execute(f"{sql} >= ? AND {table.date} < ?", [start, f"{start}\U0010ffff"])
    return [int(row[0]) for row in rows]


def _batches(db: Database, table: _Table, starts: Sequence[str | None]) -> Iterator[Sequence[tuple[Any, ...]]]:
    keys = sorted(key for start in starts for key in _keys(db, table, start))
    sql = f"SELECT {table.columns} FROM {table.source} WHERE {table.key} IN (SELECT value FROM json_each(?)) ORDER BY 1"
    batch: list[tuple[Any, ...]] = []
    held = 0
    for place in range(0, len(keys), _ROWS):
        for row in db.execute(sql, [json.dumps(keys[place : place + _ROWS])]):
            batch.append(row)
            held += sum(len(value) for value in row if isinstance(value, str))
            if len(batch) >= _ROWS or held >= _CHARACTERS:
                yield batch
                batch, held = [], 0
    if batch:
        yield batch
