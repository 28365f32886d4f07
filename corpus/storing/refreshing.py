"""The index of search after the rules or the topic changed: made true again article by article."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

from corpus.indexing import OUTDATED, index_outdated, index_version, rules_version
from corpus.indexing.concepts import indexed_names
from corpus.storing.schema import transaction
from corpus.words.matching import Matcher

_PAGE = 1_000


def refresh_index(db: Database, *, progress: Callable[[int, int], None] | None = None) -> int:
    """Index again what other rules or another topic indexed, a batch a transaction; how many articles there were.

    Where nothing but names of the topic changed, only articles whose text holds one of those are indexed again.
    ``progress`` is told how many are done, of how many. A run that is stopped is gone on with by the next.
    """
    version = index_version()
    _spare(db, version)
    sql = f"SELECT count(*) FROM search_facts WHERE {OUTDATED}"
    whole, done = db.execute(sql, {"version": version}).fetchone()[0], 0
    while True:
        with transaction(db):
            count = index_outdated(db)
        if not count:
            break
        done += count
        if progress is not None:
            progress(done, whole)
    _remember(db, version)
    return done


def _spare(db: Database, version: str) -> None:
    """Count as indexed what was indexed by the same rules and holds no name that came, went or changed."""
    known = db.execute("SELECT alias, key, version FROM search_names").fetchall()
    before = known[0][2] if known else ""
    if before == version or not before.startswith(f"{rules_version()}-"):
        return
    changed = {row[:2] for row in known} ^ set(indexed_names())
    if not changed:
        _rename(db, before, version)
        return
    matcher = Matcher(dict(changed))
    last = 0
    while True:
        rows = db.execute(
            "SELECT a.id, a.headline, a.text FROM search_facts AS f JOIN articles AS a ON a.id = f.article_id "
            "WHERE f.article_id > ? AND f.indexed = ? ORDER BY f.article_id LIMIT ?",
            [last, before, _PAGE],
        ).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        untouched = [number for number, *texts in rows if not any(_holds(matcher, text) for text in texts)]
        with transaction(db):
            db.conn.executemany(
                "UPDATE search_facts SET indexed = ? WHERE article_id = ? AND indexed = ?",
                [(version, number, before) for number in untouched],
            )


def _rename(db: Database, before: str, version: str) -> None:
    """Count as indexed all of one version, a page a transaction: the topic changed in what is no name."""
    sql = "UPDATE search_facts SET indexed = ? WHERE article_id IN "
    sql += "(SELECT article_id FROM search_facts WHERE indexed = ? LIMIT ?)"
    renamed = True
    while renamed:
        with transaction(db):
            renamed = db.conn.execute(sql, [version, before, _PAGE]).rowcount > 0


def _holds(matcher: Matcher[str], text: str | None) -> bool:
    return next(iter(matcher.find(text or "")), None) is not None


def _remember(db: Database, version: str) -> None:
    if db.execute("SELECT 1 FROM search_names WHERE version = ? LIMIT 1", [version]).fetchone() is not None:
        return
    with transaction(db):
        db.execute("DELETE FROM search_names")
        db.conn.executemany(
            "INSERT INTO search_names (alias, key, version) VALUES (?, ?, ?)",
            [(*pair, version) for pair in indexed_names()],
        )
