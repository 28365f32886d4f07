"""After storing: versions of one article are linked and grouped, dates lent between them, clashes flagged.

Only what has changed since the last time is looked at; triggers of the database keep the list of it, so
that a run which was killed is completed by the next one, and changes made by hand count as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlite_utils import Database

from corpus.indexing import index_stale
from corpus.stories.flags import flag_articles, flag_claims
from corpus.stories.lending import lend_dates
from corpus.stories.linking import Linker, links_with
from corpus.storing import refresh_story
from corpus.storing.schema import transaction
from corpus.storing.writing import ids_of, insert, value_of

# Articles in one transaction: so many that writing keys in order pays, so few that other writers can wait.
CHUNK = 2_000
CACHE_KIB = 128 * 1024
# Values compared in one transaction.
COMPARED = 2_000


def link_stories(db: Database, *, chunk: int = CHUNK) -> int:
    """Bring links, stories, lent dates and flags up to date with what has changed; the number of articles looked at.

    The result depends on the articles alone, not on their order nor on how often this ran.
    """
    cache = value_of(db, "PRAGMA cache_size", [])
    # Keys are looked up all over their index: two megabytes, the default, are read again and again.
    db.execute(f"PRAGMA cache_size = {-CACHE_KIB:d}")
    try:
        done = _link_waiting(db, chunk)
        _compare_claims(db)
    finally:
        db.execute(f"PRAGMA cache_size = {int(cache):d}")
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
    touched |= {end for *ends, _ in links_with(db, touched) for end in ends}
    moved = _group(db, touched)
    dated = lend_dates(db, touched)
    for article_id in dated:
        refresh_story(db, article_id)
    flag_articles(db, touched | dated, changed=ids)
    # A figure is weighed with the story it stands in, and told with its article's date and source.
    db.conn.execute(
        "INSERT INTO claims_to_compare SELECT DISTINCT f.measure, f.subject, f.kind, f.currency, f.unit, f.low, f.high "
        "FROM json_each(?) AS j CROSS JOIN figures AS f ON f.article_id = j.value "
        "WHERE f.measure IS NOT NULL AND f.subject IS NOT NULL AND f.vague = 0",
        [json.dumps(sorted(moved | dated | set(ids)))],
    )
    # Also what this step itself has changed: it needs no second look.
    db.conn.executemany("DELETE FROM articles_to_link WHERE article_id = ?", [[one] for one in {*ids, *dated}])


def _compare_claims(db: Database) -> None:
    """Raise the flags among claims of which some have changed; values of one measure and subject together."""
    last = value_of(db, "SELECT max(rowid) FROM claims_to_compare", [])
    if last is None:
        return
    with transaction(db):
        db.execute("DROP TABLE IF EXISTS temp.comparing")
        db.execute(
            "CREATE TEMP TABLE comparing AS SELECT DISTINCT * FROM claims_to_compare ORDER BY measure, subject, low"
        )
    done = 0
    while True:
        some = db.execute(
            "SELECT rowid, * FROM temp.comparing WHERE rowid > ? ORDER BY rowid LIMIT ?", [done, COMPARED]
        ).fetchall()
        if not some:
            break
        with transaction(db):
            flag_claims(db, [row[1:] for row in some])
        done = some[-1][0]
    with transaction(db):
        # Only now, so that a run which was killed is completed by the next one.
        db.execute("DELETE FROM claims_to_compare WHERE rowid <= ?", [last])
    db.execute("DROP TABLE temp.comparing")


def _group(db: Database, ids: Iterable[int]) -> set[int]:
    """Make stories of the connected groups that these articles are or were part of; the articles that changed story."""
    reached, beside = _reached(db, ids)
    free = {story for _, story in reached.values() if story is not None}
    left = set(reached)
    moved: set[int] = set()
    groups = []
    while left:
        group = _connected(left.pop(), beside)
        left -= group
        groups.append((min(reached[one][0] for one in group), group))
    # The story that has the right name keeps its row; what is left over is removed at the end.
    for uid, group in sorted(groups):
        story = value_of(db, "SELECT id FROM stories WHERE uid = ?", [uid])
        if story is None:
            story = insert(db, "stories", [{"uid": uid}])
        free.discard(story)
        for article_id in group:
            if reached[article_id][1] != story:
                db.conn.execute("UPDATE articles SET story_id = ? WHERE id = ?", [story, article_id])
                moved.add(article_id)
    for _, group in groups:
        refresh_story(db, min(group))
    for story in free:
        db.execute(
            "DELETE FROM stories WHERE id = ? AND NOT EXISTS (SELECT 1 FROM articles WHERE story_id = ?)",
            [story, story],
        )
    return moved


def _reached(db: Database, ids: Iterable[int]) -> tuple[dict[int, tuple[str, int | None]], dict[int, set[int]]]:
    """Everything that hangs together with these articles by a link or a story: uids and stories, and what is linked."""
    reached: dict[int, tuple[str, int | None]] = {}
    beside: dict[int, set[int]] = {}
    waiting = set(ids)
    while waiting:
        rows = db.conn.execute(
            "SELECT id, uid, story_id FROM articles WHERE id IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(waiting))],
        ).fetchall()
        reached.update((article_id, (uid, story)) for article_id, uid, story in rows)
        found = set()
        for one, other, _ in links_with(db, waiting):
            beside.setdefault(one, set()).add(other)
            beside.setdefault(other, set()).add(one)
            found |= {one, other}
        stories = json.dumps(sorted({story for _, _, story in rows if story is not None}))
        found |= set(
            ids_of(db, "SELECT id FROM articles WHERE story_id IN (SELECT value FROM json_each(?))", [stories])
        )
        waiting = found - reached.keys()
    return reached, beside


def _connected(article_id: int, beside: Mapping[int, set[int]]) -> set[int]:
    found = {article_id}
    waiting = [article_id]
    while waiting:
        new = beside.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found
