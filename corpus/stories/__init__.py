"""After storing: versions of one article are linked and grouped, dates lent between them, clashes flagged.

Only what has changed since the last time is looked at; triggers of the database keep the list of it, so
that a run which was killed is completed by the next one, and changes made by hand count as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from corpus.indexing import index_stale
from corpus.stories.flags import flag_articles, flag_claims
from corpus.stories.lending import lend_dates
from corpus.stories.linking import Linker, linked_to
from corpus.storing import refresh_story
from corpus.storing.schema import transaction
from corpus.storing.writing import ids_of, insert, value_of

# Articles in one transaction: so many that writing keys in order pays, so few that other writers can wait.
CHUNK = 2_000
CACHE_KIB = 128 * 1024


def link_stories(db: Database, *, chunk: int = CHUNK) -> int:
    """Bring links, stories, lent dates and flags up to date with what has changed; the number of articles looked at.

    The result depends on the articles alone, not on their order nor on how often this ran.
    """
    cache = value_of(db, "PRAGMA cache_size", [])
    # Keys are looked up all over their index: two megabytes, the default, are read again and again.
    db.execute(f"PRAGMA cache_size = {-CACHE_KIB:d}")
    try:
        done = _link_waiting(db, chunk)
    finally:
        db.execute(f"PRAGMA cache_size = {int(cache):d}")
    if value_of(db, "SELECT 1 FROM claims_to_compare LIMIT 1", []):
        with transaction(db):
            flag_claims(db, db.execute("SELECT DISTINCT * FROM claims_to_compare").fetchall())
            db.execute("DELETE FROM claims_to_compare")
    return done


def _link_waiting(db: Database, chunk: int) -> int:
    done = 0
    while True:
        with transaction(db):
            ids = ids_of(db, "SELECT article_id FROM articles_to_link ORDER BY article_id LIMIT ?", [chunk])
            if ids:
                _link(db, ids)
                # A date that was lent is searched by like any other.
                index_stale(db)
                done += len(ids)
        if not ids:
            return done


def _link(db: Database, ids: list[int]) -> None:
    linker = Linker(db)
    touched = set(ids) | linker.link(linker.trace(ids))
    touched |= {other for article_id in ids for other in linked_to(db, article_id)}
    moved = _group(db, touched)
    dated = lend_dates(db, touched)
    for article_id in dated:
        refresh_story(db, article_id)
    flag_articles(db, touched | dated, changed=ids)
    # A figure is weighed with the story it stands in, and told with its article's date and source.
    for article_id in moved | dated | set(ids):
        db.execute(
            "INSERT INTO claims_to_compare SELECT DISTINCT measure, subject, kind, currency, unit, low, high "
            "FROM figures WHERE article_id = ? AND measure IS NOT NULL AND subject IS NOT NULL AND vague = 0",
            [article_id],
        )
    # Also what this step itself has changed: it needs no second look.
    db.conn.executemany("DELETE FROM articles_to_link WHERE article_id = ?", [[one] for one in {*ids, *dated}])


def _group(db: Database, ids: Iterable[int]) -> set[int]:
    """Make stories of the connected groups that these articles are or were part of; the articles that changed story."""
    old = {
        int(row[0])
        for article_id in ids
        for row in db.execute("SELECT story_id FROM articles WHERE id = ? AND story_id IS NOT NULL", [article_id])
    }
    members = {one for story in old for one in ids_of(db, "SELECT id FROM articles WHERE story_id = ?", [story])}
    left = members | set(ids)
    moved: set[int] = set()
    free = set(old)
    groups = []
    while left:
        group = _connected(db, left.pop())
        left -= group
        groups.append((_smallest_uid(db, group), group))
    # The story that has the right name keeps its row; what is left over is removed at the end.
    for uid, group in sorted(groups):
        story = value_of(db, "SELECT id FROM stories WHERE uid = ?", [uid])
        if story is None:
            story = insert(db, "stories", [{"uid": uid}])
        free.discard(story)
        for article_id in group:
            changed = db.execute(
                "UPDATE articles SET story_id = ? WHERE id = ? AND story_id IS NOT ?", [story, article_id, story]
            )
            if changed.rowcount:
                moved.add(article_id)
    for _, group in groups:
        refresh_story(db, min(group))
    for story in free:
        db.execute(
            "DELETE FROM stories WHERE id = ? AND NOT EXISTS (SELECT 1 FROM articles WHERE story_id = ?)",
            [story, story],
        )
    return moved


def _connected(db: Database, article_id: int) -> set[int]:
    found = {article_id}
    waiting = [article_id]
    while waiting:
        for other in linked_to(db, waiting.pop()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _smallest_uid(db: Database, ids: Iterable[int]) -> str:
    uids = (value_of(db, "SELECT uid FROM articles WHERE id = ?", [one]) for one in ids)
    return str(min(uids))
