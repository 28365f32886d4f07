"""Removing articles for good, with all that hangs on them, and without a trace in what was derived from them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from corpus.stories.holders import FIRST_HOLDERS, unpacked
from corpus.stories.linking import links_with
from corpus.storing.schema import transaction
from corpus.storing.writing import ids_of

# Articles in one transaction: other writers need not wait long.
_CHUNK = 200


def forget_articles(db: Database, ids: Iterable[int]) -> int:
    """Remove articles with their figures, versions, links, flags, index and documents; how many there were.

    What they were linked with is queued, so that ``link_stories`` then finds the stories, lent dates and flags
    there would be had they never come.
    """
    waiting = sorted(set(ids))
    for start in range(0, len(waiting), _CHUNK):
        with transaction(db):
            for article_id in waiting[start : start + _CHUNK]:
                _forget(db, article_id)
    return len(waiting)


def remove_unused_sources(db: Database) -> int:
    """Remove outlets that no article was published by, taken from or cites; how many there were."""
    with transaction(db):
        removed: int = db.execute(
            """DELETE FROM sources WHERE NOT EXISTS (SELECT 1 FROM articles WHERE source_id = sources.id)
               AND NOT EXISTS (SELECT 1 FROM articles WHERE origin_source_id = sources.id)
               AND NOT EXISTS (SELECT 1 FROM citations WHERE source_id = sources.id)"""
        ).rowcount
    return removed


def _forget(db: Database, article_id: int) -> None:
    story_ids = ids_of(db, "SELECT story_id FROM articles WHERE id = ? AND story_id IS NOT NULL", [article_id])
    touched = {end for *ends, _ in links_with(db, [article_id]) for end in ends} | set(_promoted(db, article_id))
    for story in story_ids:
        touched.update(ids_of(db, "SELECT id FROM articles WHERE story_id = ?", [story]))
    for table, column in _references(db):
        db.execute(f"DELETE FROM [{table}] WHERE [{column}] = ?", [article_id])
    db.execute("DELETE FROM articles WHERE id = ?", [article_id])
    # After the rows, for removing a figure queues its article.
    db.execute("DELETE FROM articles_to_link WHERE article_id = ?", [article_id])
    touched.discard(article_id)
    db.conn.executemany("INSERT OR IGNORE INTO articles_to_link VALUES (?)", [[one] for one in sorted(touched)])
    for story in story_ids:
        db.execute(
            "DELETE FROM stories WHERE id = ? AND NOT EXISTS (SELECT 1 FROM articles WHERE story_id = ?)",
            [story, story],
        )


def _references(db: Database) -> list[tuple[str, str]]:
    """Tables and columns that name an article, as the schema has them; figures last, for others name them too.

    The index of search is left to its trigger, which finds by these facts what else there is to remove.
    """
    found = [
        (table, key.column)
        for table in db.table_names()
        if table != "search_facts"
        for key in db.table(table).foreign_keys
        if key.other_table == "articles" and key.column is not None
    ]
    return sorted(found, key=lambda pair: pair[0] == "figures")


def _promoted(db: Database, article_id: int) -> list[int]:
    """Take an article's keys away; the articles that become first holders of one in its place."""
    row = db.execute("SELECT mark, keys FROM article_traces WHERE article_id = ?", [article_id]).fetchone()
    if row is None:
        return []
    mark, packed = row
    marks: set[int] = set()
    for key in unpacked(packed):
        first = ids_of(
            db, "SELECT mark FROM article_keys WHERE key = ? ORDER BY mark LIMIT ?", [key, FIRST_HOLDERS + 1]
        )
        if len(first) > FIRST_HOLDERS and mark in first[:FIRST_HOLDERS]:
            marks.add(first[FIRST_HOLDERS])
        db.execute("DELETE FROM article_keys WHERE key = ? AND mark = ?", [key, mark])
    return [one for each in marks for one in ids_of(db, "SELECT article_id FROM article_traces WHERE mark = ?", [each])]
