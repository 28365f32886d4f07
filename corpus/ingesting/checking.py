"""Examines a database, repairs what can be derived from what is sound in it, and says both."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from corpus.indexing import check_index, rebuild_index
from corpus.model import CorpusError
from corpus.stories import link_stories
from corpus.storing.correcting import derive_again
from corpus.storing.locking import only_writer
from corpus.storing.migrations import TALLIED
from corpus.storing.schema import check_ours, open_database, transaction
from corpus.storing.writing import ids_of

# As many of a kind are named; the rest is counted.
_NAMED = 5


@dataclass(slots=True)
class Findings:
    """What was found: ``repaired`` and ``remaining``, a sentence each; sound where both are empty."""

    database: str
    repaired: list[str] = field(default_factory=list)
    remaining: list[str] = field(default_factory=list)
    checks: int = 0

    @property
    def exit_code(self) -> int:
        """0 where the database is sound now, 1 where something remains."""
        return 1 if self.remaining else 0

    def as_dict(self) -> dict[str, Any]:
        """The findings for a machine."""
        said = {"repaired": self.repaired, "remaining": self.remaining}
        return {"database": self.database, "checks": self.checks, **said, "exit_code": self.exit_code}

    def lines(self) -> Iterator[str]:
        """The findings for a person."""
        for sentence in self.repaired:
            yield f"  repaired: {sentence}"
        for sentence in self.remaining:
            yield f"  remains: {sentence}"
        state = "something remains" if self.remaining else "repaired" if self.repaired else "sound"
        yield f"{self.database}: {state} ({self.checks} checks)"


def check(path: str | Path) -> Findings:
    """Examine a database and repair it where that needs nothing but itself.

    Raises CorpusError where there is none, or it cannot be opened.
    """
    path = Path(path)
    if not check_ours(path):
        raise CorpusError(f"{path}: there is no database here to check")
    findings = Findings(str(path))
    with only_writer(path):
        if _check_file(path, findings):
            _check_rows(path, findings)
    return findings


def _check_rows(path: Path, findings: Findings) -> None:
    with closing(open_database(path, create=False)) as db:
        for examine in CHECKS:
            findings.checks += 1
            try:
                examine(db, findings)
            except sqlite3.DatabaseError as error:
                findings.remaining.append(f"{(examine.__doc__ or '').splitlines()[0]} could not be checked: {error}")


def _check_file(path: Path, findings: Findings) -> bool:
    """The file itself; false where nothing more can be asked of it."""
    findings.checks += 1
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            wrong = _integrity(connection)
            if wrong and all("index" in sentence for sentence in wrong):
                # An index is derived from its table.
                connection.execute("REINDEX")
                connection.commit()
                wrong, before = _integrity(connection), wrong
                if not wrong:
                    findings.repaired.append(f"indexes were made anew ({_some(before)})")
    except sqlite3.DatabaseError as error:
        wrong = [str(error)]
    if wrong:
        findings.remaining.append(
            f"the file is damaged ({_some(wrong)}); restore a backup, or move it away and ingest the files again"
        )
    return not wrong


def _integrity(connection: sqlite3.Connection) -> list[str]:
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
    # What FTS5 says of its own tables is asked and repaired below.
    return [said for said in found if said != "ok" and not said.startswith(("malformed inverted index", "fts5:"))]


def _some(said: Iterable[object]) -> str:
    every = [str(one) for one in said]
    more = f" and {len(every) - _NAMED} more" if len(every) > _NAMED else ""
    return "; ".join(every[:_NAMED]) + more


def _check_keys(db: Database, findings: Findings) -> None:
    """References between rows"""
    broken = db.execute("PRAGMA foreign_key_check").fetchall()
    if not broken:
        return
    again: set[int] = set()
    with transaction(db):
        for table, rowid, parent, number in broken:
            key = next(row for row in db.execute(f"PRAGMA foreign_key_list([{table}])").fetchall() if row[0] == number)
            column = key[3]
            if table == "articles":
                # What it was is read in its file again.
                again.add(rowid)
                db.execute(f"UPDATE articles SET [{column}] = NULL WHERE id = ?", [rowid])
            elif table == "documents":
                db.execute("UPDATE documents SET article_id = NULL, version = NULL WHERE id = ?", [rowid])
            elif parent == "sources":
                again.update(ids_of(db, f"SELECT article_id FROM [{table}] WHERE rowid = ?", [rowid]))
                db.execute(f"DELETE FROM [{table}] WHERE rowid = ?", [rowid])
            else:
                db.execute(f"DELETE FROM [{table}] WHERE rowid = ?", [rowid])
        # Neither of these refers to its article by a key.
        db.execute("DELETE FROM articles_to_link WHERE article_id NOT IN (SELECT id FROM articles)")
        db.execute("DELETE FROM article_keys WHERE mark NOT IN (SELECT mark FROM article_traces)")
        _read_again_later(db, again)
    pairs = sorted({f"{row[0]} → {row[2]}" for row in broken})
    findings.repaired.append(
        f"{len(broken)} rows named others that are not there ({_some(pairs)}); what hung on nothing was removed, and "
        "the next ingest reads the files concerned again"
    )


def _read_again_later(db: Database, articles: Iterable[int]) -> None:
    """Have the next ingest derive these articles from their files."""
    db.conn.executemany("UPDATE documents SET version = NULL WHERE article_id = ?", ([one] for one in articles))


def _check_orphans(db: Database, findings: Findings) -> None:
    """Articles and documents"""
    lost = db.execute(
        """SELECT id, origin FROM documents
           WHERE status IN ('ok', 'duplicate') AND article_id IS NULL AND version IS NOT NULL"""
    ).fetchall()
    if lost:
        with transaction(db):
            db.conn.executemany("UPDATE documents SET version = NULL WHERE id = ?", ([row[0]] for row in lost))
        findings.repaired.append(
            f"{len(lost)} documents had lost their article ({_some(row[1] for row in lost)}); "
            "the next ingest reads them again"
        )
    alone = db.execute(
        "SELECT uid FROM articles AS a WHERE NOT EXISTS (SELECT 1 FROM documents WHERE article_id = a.id)"
    ).fetchall()
    if alone:
        findings.remaining.append(f"{len(alone)} articles come from no document ({_some(row[0] for row in alone)})")


def _check_words(db: Database, findings: Findings) -> None:
    """The index of plain words"""
    try:
        with transaction(db):
            # Rank 1 compares the index with the table it is made from.
            db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        with transaction(db):
            db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")
            db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
        findings.repaired.append(f"the index of plain words did not fit the articles ({error}) and was made anew")


def _check_counts(db: Database, findings: Findings) -> None:
    """Counts of the front page"""
    wrong = []
    for table, counts in TALLIED.items():
        for kind, value, weight in counts:
            sql = f"SELECT CAST({value.format(table)} AS TEXT), sum({weight.format(table)}) FROM {table} GROUP BY 1"
            true = {row[0]: row[1] for row in db.execute(sql).fetchall() if row[1]}
            kept = dict(db.execute("SELECT value, n FROM tallies WHERE kind = ? AND n <> 0", [kind]).fetchall())
            if kept != true:
                wrong.append(kind)
                with transaction(db):
                    db.execute("DELETE FROM tallies WHERE kind = ?", [kind])
                    db.conn.executemany(
                        "INSERT INTO tallies (kind, value, n) VALUES (?, ?, ?)",
                        ([kind, one, number] for one, number in true.items()),
                    )
    if wrong:
        findings.repaired.append(f"counts of the front page were wrong and were taken again ({_some(wrong)})")


def _check_search(db: Database, findings: Findings) -> None:
    """The index of search"""
    wrong = check_index(db)
    if wrong:
        with transaction(db):
            rebuild_index(db)
        left = check_index(db)
        if left:
            findings.remaining.append(f"the index of search: {_some(left)}")
        else:
            findings.repaired.append(f"the index of search was made anew ({_some(wrong)})")


def _check_evidence(db: Database, findings: Findings) -> None:
    """Quotes and passages"""
    passages = ids_of(
        db,
        """SELECT DISTINCT p.article_id FROM passages AS p JOIN articles AS a ON a.id = p.article_id
           WHERE p.start_char IS NOT NULL
             AND p.text IS NOT substr(a.text, p.start_char + 1, p.end_char - p.start_char)""",
        [],
    )
    quotes = """SELECT article_id FROM evidence_mismatches
      UNION SELECT d.article_id FROM date_mentions AS d JOIN articles AS a ON a.id = d.article_id
        WHERE d.quote IS NOT substr(a.text, d.start_char + 1, d.end_char - d.start_char)
      UNION SELECT c.article_id FROM citations AS c JOIN articles AS a ON a.id = c.article_id
        WHERE c.quote IS NOT substr(a.text, c.start_char + 1, c.end_char - c.start_char)"""
    wrong = ids_of(db, quotes, [])
    for article_id in set(wrong) - set(passages):
        with transaction(db):
            derive_again(db, article_id)
    if passages:
        with transaction(db):
            _read_again_later(db, passages)
        findings.remaining.append(
            f"{len(passages)} articles have passages that are not in their text ({_some(_uids(db, passages))}); "
            "the next ingest reads their files again"
        )
    mended = set(wrong) - set(passages)
    left = set(ids_of(db, quotes, [])) & mended
    if mended - left:
        findings.repaired.append(
            f"{len(mended - left)} articles had quotes that are not in their text and were read again "
            f"({_some(_uids(db, mended - left))})"
        )
    if left:
        findings.remaining.append(
            f"{len(left)} articles have quotes that are not in their text ({_some(_uids(db, left))})"
        )


def _uids(db: Database, ids: Iterable[int]) -> list[str]:
    return [
        row[0]
        for one in sorted(ids)[: _NAMED + 1]
        for row in db.execute("SELECT uid FROM articles WHERE id = ?", [one])
    ]


def _check_links(db: Database, findings: Findings) -> None:
    """Links between the same texts"""
    missing = """SELECT one.id, other.id FROM articles AS one
      JOIN articles AS other ON other.content_hash = one.content_hash AND other.id > one.id
      WHERE NOT EXISTS (SELECT 1 FROM article_links
        WHERE article_id = one.id AND other_id = other.id AND kind = 'duplicate')"""
    wrong = """SELECT one.id, other.id FROM article_links AS l
      JOIN articles AS one ON one.id = l.article_id JOIN articles AS other ON other.id = l.other_id
      WHERE l.kind = 'duplicate' AND one.content_hash <> other.content_hash"""
    added, removed = db.execute(missing).fetchall(), db.execute(wrong).fetchall()
    if not added and not removed:
        return
    with transaction(db):
        db.conn.executemany(
            "INSERT INTO article_links (article_id, other_id, kind, score, evidence) "
            "VALUES (?, ?, 'duplicate', 1.0, 'the same text')",
            added,
        )
        db.conn.executemany(
            "DELETE FROM article_links WHERE article_id = ? AND other_id = ? AND kind = 'duplicate'", removed
        )
        _relink(db, (one for pair in (*added, *removed) for one in pair))
    findings.repaired.append(
        f"{len(added) + len(removed)} links between articles of the same text were missing or wrong"
    )


def _relink(db: Database, articles: Iterable[int]) -> None:
    db.conn.executemany("INSERT OR IGNORE INTO articles_to_link VALUES (?)", ([one] for one in set(articles)))


def _check_stories(db: Database, findings: Findings) -> None:
    """Stories and the links they are made of"""
    apart = ids_of(
        db,
        """SELECT l.article_id FROM article_links AS l JOIN articles AS one ON one.id = l.article_id
           JOIN articles AS other ON other.id = l.other_id WHERE one.story_id IS NOT other.story_id
           UNION SELECT id FROM articles WHERE story_id IS NULL""",
        [],
    )
    untrue = ids_of(
        db,
        """SELECT s.id FROM stories AS s JOIN (
             SELECT story_id, count(*) AS n, min(uid) AS uid, min(date_published) AS first, max(date_published) AS last
             FROM articles GROUP BY story_id) AS m ON m.story_id = s.id
           WHERE s.article_count IS NOT m.n OR s.uid IS NOT m.uid OR s.first_published IS NOT m.first
             OR s.last_published IS NOT m.last""",
        [],
    )
    members = {one for story in untrue for one in ids_of(db, "SELECT id FROM articles WHERE story_id = ?", [story])}
    loose = _loose(db)
    with transaction(db):
        empty: int = db.execute(
            "DELETE FROM stories WHERE NOT EXISTS (SELECT 1 FROM articles WHERE story_id = stories.id)"
        ).rowcount
        wrong = {*apart, *members, *loose}
        _relink(db, wrong)
    waiting = ids_of(db, "SELECT article_id FROM articles_to_link", [])
    if wrong or waiting:
        link_stories(db)
    if wrong or empty:
        findings.repaired.append(f"{len(wrong)} articles stood in a wrong story, {empty} stories had no article")
    elif waiting:
        findings.repaired.append(f"{len(waiting)} articles were still to be linked, as after a run that was ended")


def _loose(db: Database) -> list[int]:
    """Articles of a story that hang together with none of the others: links led to them once."""
    return ids_of(
        db,
        """SELECT a.id FROM articles AS a JOIN stories AS s ON s.id = a.story_id WHERE s.article_count > 1
           AND NOT EXISTS (SELECT 1 FROM article_links WHERE article_id = a.id OR other_id = a.id)""",
        [],
    )


CHECKS: tuple[Callable[[Database, Findings], None], ...] = (
    _check_keys,
    _check_orphans,
    _check_words,
    _check_evidence,
    _check_links,
    _check_stories,
    _check_counts,
    _check_search,
)
