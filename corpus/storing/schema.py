"""The database: opening it, upgrading it, and knowing whether a file is one of ours.

The tables are built by ``corpus.storing.migrations``; the views, which hold no data, are kept here and
are renewed whenever their text changes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from corpus.model import CorpusError
from corpus.storing.migrations import MIGRATIONS

# "CHIP" in the file header says that a SQLite file was made by this package.
APPLICATION_ID = 0x43484950
_MAGIC = b"SQLite format 3\x00"
_APPLICATION_ID_AT = 68
BUSY_TIMEOUT_SECONDS = 30.0

# How an amount reads in English: 1720000000000.0 becomes "1.72 trillion". Fifteen digits are
# what a REAL holds exactly; the rest would be noise of the conversion.
_AMOUNT = """CASE
    WHEN {0} IS NULL THEN NULL
    WHEN abs({0}) >= 1e12 THEN printf('%.15g trillion', {0} / 1e12)
    WHEN abs({0}) >= 1e9 THEN printf('%.15g billion', {0} / 1e9)
    WHEN abs({0}) >= 1e6 THEN printf('%.15g million', {0} / 1e6)
    ELSE printf('%.15g', {0}) END"""

VIEWS = {
    "claims": f"""CREATE VIEW claims AS
WITH spelled AS (
  SELECT f.*,
    {_AMOUNT.format("f.low")} AS low_text,
    {_AMOUNT.format("f.high")} AS high_text,
    {_AMOUNT.format("f.magnitude")} AS magnitude_text,
    {_AMOUNT.format("f.magnitude_high")} AS magnitude_high_text,
    CASE f.kind
      WHEN 'money' THEN coalesce(' ' || f.currency, '')
      WHEN 'percent' THEN coalesce(' ' || nullif(f.unit, '%'), '%')
      WHEN 'multiple' THEN ' times'
      ELSE coalesce(' ' || f.unit, '') END AS suffix
  FROM figures AS f
),
readable AS (
  SELECT *,
    CASE
      WHEN vague = 1 AND magnitude_high_text IS NOT NULL
        THEN 'in the order of ' || magnitude_text || ' to ' || magnitude_high_text || suffix
      WHEN vague = 1 THEN 'in the order of ' || magnitude_text || suffix
      WHEN low IS NULL AND high IS NULL THEN NULL
      WHEN high IS NULL AND qualifier = 'at_least' THEN 'at least ' || low_text || suffix
      WHEN high IS NULL THEN 'more than ' || low_text || suffix
      WHEN low IS NULL AND qualifier = 'less_than' THEN 'less than ' || high_text || suffix
      WHEN low IS NULL THEN 'up to ' || high_text || suffix
      ELSE CASE qualifier WHEN 'about' THEN 'about ' WHEN 'almost' THEN 'almost ' ELSE '' END
        || CASE WHEN low = high THEN low_text ELSE low_text || ' to ' || high_text END
        || suffix
    END AS reading
  FROM spelled
)
SELECT
  f.id AS figure_id,
  f.article_id,
  a.uid AS article_uid,
  a.headline,
  a.language,
  s.name AS source,
  o.name AS origin_source,
  a.date_published,
  a.date_precision,
  f.measure,
  f.subject,
  f.attributed_to,
  f.stance,
  f.period,
  f.quote,
  f.reading,
  coalesce(s.name, 'An article of unknown source') || ' ('
    || coalesce(a.language || ', ', '') || coalesce(substr(a.date_published, 1, 10), 'undated') || '): '
    || coalesce(replace(f.measure, '_', ' '), 'a figure') || coalesce(' of ' || f.subject, '')
    || coalesce(' in ' || f.period, '')
    || CASE f.stance WHEN 'denied' THEN ' is not ' WHEN 'planned' THEN ' is planned ' || iif(f.vague, '', 'at ')
      WHEN 'forecast' THEN ' is forecast ' || iif(f.vague, '', 'at ') ELSE ' is ' END
    || coalesce(f.reading, 'unreadable')
    || CASE WHEN f.attributed_to IS NULL THEN ', unattributed.' ELSE ', on the word of ' || f.attributed_to || '.' END
    AS claim,
  f.kind,
  f.low,
  f.high,
  f.currency,
  f.unit,
  f.qualifier,
  f.vague,
  f.magnitude,
  f.magnitude_high,
  f.low_usd,
  f.high_usd,
  f.sentence,
  a.url,
  t.uid AS story_uid,
  f.start_char,
  f.end_char,
  f.rule,
  f.claim_rule,
  f.claim_evidence,
  f.method
FROM readable AS f
JOIN articles AS a ON a.id = f.article_id
LEFT JOIN sources AS s ON s.id = a.source_id
LEFT JOIN sources AS o ON o.id = a.origin_source_id
LEFT JOIN stories AS t ON t.id = a.story_id
WHERE f.struck = 0""",
    # Figures that somebody gave by hand are found by their quote, so they are held to it as well.
    "evidence_mismatches": """CREATE VIEW evidence_mismatches AS
SELECT
  f.id AS figure_id,
  f.article_id,
  a.uid AS article_uid,
  f.start_char,
  f.end_char,
  f.quote,
  substr(a.text, f.start_char + 1, f.end_char - f.start_char) AS text_there
FROM figures AS f
JOIN articles AS a ON a.id = f.article_id
WHERE f.quote IS NOT substr(a.text, f.start_char + 1, f.end_char - f.start_char)""",
}


def migrate(db: Database) -> None:
    """Bring a new, older or current database to this version's schema, in place.

    Nothing is written where nothing is missing. Raises CorpusError for a database made by a
    newer version, whose tables this one would misread.
    """
    # A fresh database has every step before it: that is how the library tells which there are.
    known = {step.name for step in MIGRATIONS.pending(Database(memory=True))}
    newer = sorted({step.name for step in MIGRATIONS.applied(db)} - known)
    if newer:
        raise CorpusError(
            f"the database was made by a newer version of this program (it has the step {newer[0]}); "
            "update the program, or give another --db"
        )
    if MIGRATIONS.pending(db):
        MIGRATIONS.apply(db)
    present = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall())
    stale = [name for name, sql in VIEWS.items() if present.get(name) != sql]
    if stale:
        with transaction(db):
            for name in stale:
                if name in present:
                    db.view(name).drop()
                db.execute(VIEWS[name])


def open_database(path: str | Path, *, create: bool = True) -> Database:
    """Our database at ``path``, upgraded, in WAL mode, with foreign keys enforced.

    A missing or empty file becomes a new database unless ``create`` is false. Raises
    CorpusError, and leaves the file as it was, where it is not one of ours or cannot be
    opened for writing.
    """
    path = Path(path)
    if not check_ours(path) and not create:
        raise CorpusError(f"{path}: there is no database here yet; ingest something first")
    try:
        connection = sqlite3.connect(path.absolute(), timeout=BUSY_TIMEOUT_SECONDS)
        try:
            # Plugins of others are none of this database's business, and are long looked for.
            db = Database(connection, execute_plugins=False)
            # First of all, so that a run killed while building the tables is recognised later.
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
            connection.execute("PRAGMA foreign_keys = ON")
            if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
                raise CorpusError(
                    f"{path}: the file system there cannot share memory between programs, so that a database on it "
                    "cannot be read while it is written; give one on a disk of this machine with --db"
                )
            # In WAL mode this loses no committed row to a killed process, and nothing is torn
            # by a power cut; it saves a disk flush for every article.
            connection.execute("PRAGMA synchronous = NORMAL")
            migrate(db)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise CorpusError(
            f"{path}: the database cannot be written ({error}); check that the folder exists, that "
            "you may write to it, and that no other program holds the database locked"
        ) from error
    return db


def open_copy(path: str | Path) -> Database:
    """A copy of our database at ``path``, upgraded, that is gone when it is closed; empty where there is none.

    Nothing is written beside the database; what does not fit into memory is where the system keeps such files.
    Raises CorpusError where it cannot be read.
    """
    path = Path(path).absolute()
    connection = sqlite3.connect("")
    try:
        if check_ours(path):
            # Where nobody writes there is no journal, and none need be made to read.
            quiet = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro{quiet}", uri=True)) as original:
                original.backup(connection)
        db = Database(connection, execute_plugins=False)
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(db)
    except sqlite3.Error as error:
        connection.close()
        raise CorpusError(f"{path}: the database cannot be read ({error})") from error
    except BaseException:
        connection.close()
        raise
    return db


def check_ours(path: str | Path) -> bool:
    """True for one of our databases, False where nothing is there yet.

    Reads the file without locking or changing it. Raises CorpusError where something else is there.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise CorpusError(f"{path}: this is a folder; give the name of a database file with --db")
        if not path.exists():
            return False
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise CorpusError(f"{path}: the database cannot be read ({error.strerror or error})") from error
    if not header:
        return False
    if not header.startswith(_MAGIC):
        raise CorpusError(f"{path}: this is not a SQLite database; it was left as it is. Give another --db")
    if header[_APPLICATION_ID_AT : _APPLICATION_ID_AT + 4] == APPLICATION_ID.to_bytes(4, "big"):
        return True
    if _is_blank(path):
        return False
    raise CorpusError(
        f"{path}: this SQLite database was not made by this program; it was left as it is. Give another --db"
    )


def _is_blank(path: Path) -> bool:
    # immutable: SQLite then makes no journal beside a file that is not ours.
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            marked = connection.execute("PRAGMA application_id").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.Error as error:
        raise CorpusError(f"{path}: this SQLite database cannot be read ({error}); it was left as it is") from error
    return bool(marked == 0 and tables == 0)


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """One transaction that takes the write lock at once: all of the block, or nothing of it.

    Within another transaction the block is a savepoint of it.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    # A deferred BEGIN would read first and then fail to upgrade if another writer got between.
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        db.conn.rollback()
        raise
