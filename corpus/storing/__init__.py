"""Articles and documents → the database. The other of the two ends where I/O happens.

An article is written with all of its rows in one transaction, a batch of articles where there are
many: readers see all of an article or nothing. Rows that did not change are not written, so that a
second run over the same files changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from corpus.indexing import index_stale, words_of
from corpus.model import Article, CorpusError, Document
from corpus.storing import rows
from corpus.storing.children import delete_figures, lent_date, store_children, store_sources
from corpus.storing.correcting import lift, put
from corpus.storing.documents import held_by_another, known_document, mark_touched, owned_article, store_document
from corpus.storing.rows import Row
from corpus.storing.schema import open_database, transaction
from corpus.storing.writing import ids_of, insert, update, value_of

Change = Literal["new", "changed", "unchanged", "duplicate", "rejected"]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of one document; ``uid`` is that of the article it belongs to."""

    change: Change
    root: str
    origin: str
    part: int
    article_id: int | None = None
    uid: str | None = None
    reason: str | None = None


def utc_now() -> str:
    """This moment as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def store(db: Database | str | Path, articles: Iterable[Article], *, now: str | None = None) -> list[Stored]:
    """Write articles, each in one transaction with its rows; what became of each, in order.

    ``db`` is a database from ``corpus.storing.schema.open_database`` or the path of one. An article that
    cannot be kept exactly is recorded as rejected. Raises CorpusError where the database is not
    ours or cannot be written.
    """
    opened = open_database(db) if isinstance(db, str | Path) else db
    try:
        return [store_article(opened, article, now=now) for article in articles]
    finally:
        if opened is not db:
            opened.close()


def store_article(db: Database, article: Article, *, now: str | None = None) -> Stored:
    """Write one article and its document."""
    return store_batch(db, [article], version=article.version, now=now)[0]


def store_rejected(db: Database, document: Document, *, reason: str | None = None, now: str | None = None) -> Stored:
    """Record a document that cannot be stored; an article that came from it before is kept."""
    rejected = replace(document, reason=reason or document.reason or "the document could not be read")
    return store_batch(db, [rejected], version=None, now=now)[0]


def store_batch(
    db: Database, outcomes: Sequence[Article | Document], *, version: str | None, now: str | None = None
) -> list[Stored]:
    """Write articles and documents without one in one transaction; what became of each, in order.

    A document with a reason is rejected, one without it is what it was before but for its file's time.
    ``version`` is that of the rules they were read by.
    """
    now = utc_now() if now is None else now
    checked = [_storable(one) for one in outcomes]
    try:
        with transaction(db):
            stored = [_store(db, one, version, now) for one in checked]
            index_stale(db, words_of(one for one in checked if isinstance(one, Article)))
        return stored
    except (UnicodeEncodeError, sqlite3.IntegrityError) as error:
        if len(checked) > 1:
            # One of them cannot be stored, the others can.
            return [one for outcome in checked for one in store_batch(db, [outcome], version=version, now=now)]
        (only,) = checked
        if not isinstance(only, Article):
            raise
        reason = f"what was read from the document cannot be stored ({error})"
        return store_batch(db, [replace(only.document, reason=reason)], version=version, now=now)


def _storable(outcome: Article | Document) -> Article | Document:
    """An article, or its document with the reason why it cannot be kept."""
    if isinstance(outcome, Article):
        try:
            rows.check_storable(outcome)
        except CorpusError as error:
            return replace(outcome.document, reason=str(error))
    return outcome


def _store(db: Database, outcome: Article | Document, version: str | None, now: str) -> Stored:
    if isinstance(outcome, Article):
        return _store_whole(db, outcome, now)
    known = known_document(db, outcome)
    if outcome.reason is None:
        mark_touched(db, outcome, now=now)
        return Stored("unchanged", outcome.root, outcome.origin, outcome.part)
    kept = None if known is None else known.article_id
    store_document(db, outcome, "rejected", now, known, article_id=kept, version=version, reason=outcome.reason)
    return Stored("rejected", outcome.root, outcome.origin, outcome.part, kept, None, outcome.reason)


def _store_whole(db: Database, article: Article, now: str) -> Stored:
    document = article.document
    known = known_document(db, document)
    sources = store_sources(db, article)
    values = rows.article_row(article)
    provenance = article.provenance
    values["source_id"] = None if provenance.source is None else sources[provenance.source.slug]
    values["origin_source_id"] = None if provenance.origin is None else sources[provenance.origin.slug]

    owner = owned_article(db, known)
    twin = _twin(db, values, document.content_hash, owner=owner)
    if twin is not None and held_by_another(db, twin, known):
        poorer = value_of(db, "SELECT source_id FROM articles WHERE id = ?", [twin]) is None
        if values["source_id"] is None or not poorer:
            written = store_document(db, document, "duplicate", now, known, article_id=twin, version=article.version)
            return _stored(db, "duplicate" if written else "unchanged", document, twin)
        # The same text from somebody who says who published it: that is the better witness.
        db.execute("UPDATE documents SET status = 'duplicate' WHERE article_id = ? AND +status = 'ok'", [twin])
    target = owner if twin is None else twin
    if target is None:
        target = _left_behind(db, values)
    corrections = [] if target is None else lift(db, target)
    change, article_id = _store_article_row(db, article, values, target, now)
    changed = store_children(db, article, article_id, sources)
    if changed and change == "unchanged":
        change = "changed"
        db.execute("UPDATE articles SET last_ingested = ? WHERE id = ?", [now, article_id])
    put(db, article_id, corrections)
    store_document(db, document, "ok", now, known, article_id=article_id, version=article.version)
    if change != "unchanged":
        _link_duplicates(db, article_id)
        refresh_story(db, article_id)
    return _stored(db, change, document, article_id)


# Articles


def _twin(db: Database, values: Row, content_hash: str, *, owner: int | None) -> int | None:
    """Another article with the same text or from the same bytes, of the same source or of none."""
    # "+" keeps the planner from the index on status, in which nearly every document is "ok".
    found: int | None = value_of(
        db,
        """SELECT id FROM articles
           WHERE id IN (SELECT id FROM articles WHERE content_hash = :text_hash
                        UNION
                        SELECT article_id FROM documents
                        WHERE content_hash = :content_hash AND +status = 'ok')
             AND id IS NOT :owner
             AND (source_id IS NULL OR :source_id IS NULL OR +source_id = :source_id)
           ORDER BY source_id IS NOT :source_id, uid LIMIT 1""",
        {
            "owner": owner,
            "text_hash": values["content_hash"],
            "content_hash": content_hash or None,
            "source_id": values["source_id"],
        },
    )
    return found


def _left_behind(db: Database, values: Row) -> int | None:
    """An article at the same address that no document carries any more: its file was moved and edited."""
    if values["url"] is None:
        return None
    found: int | None = value_of(
        db,
        """SELECT id FROM articles WHERE url = ? AND NOT EXISTS (
             SELECT 1 FROM documents WHERE article_id = articles.id AND +status = 'ok')
           ORDER BY uid LIMIT 1""",
        [values["url"]],
    )
    return found


def _store_article_row(
    db: Database, article: Article, values: Row, article_id: int | None, now: str
) -> tuple[Change, int]:
    if article_id is None:
        seed = rows.uid_seed(article)
        attempt = 0
        while value_of(db, "SELECT 1 FROM articles WHERE uid = ?", [rows.make_uid(seed, attempt=attempt)]):
            attempt += 1
        stamps: Row = {"first_ingested": now, "last_ingested": now}
        new_id = insert(db, "articles", [{"uid": rows.make_uid(seed, attempt=attempt)} | values | stamps])
        return "new", new_id
    before = db.execute("SELECT content_hash, headline, text FROM articles WHERE id = ?", [article_id]).fetchone()
    edited = before[2] != article.text
    # A date lent by a sibling stands until the article states one itself or is edited.
    if values["date_published"] is None and not edited and lent_date(db, article_id) is not None:
        values = {key: value for key, value in values.items() if not key.startswith("date_")}
    if not update(db, "articles", article_id, values):
        return "unchanged", article_id
    db.execute("UPDATE articles SET last_ingested = ? WHERE id = ?", [now, article_id])
    if edited:
        revision: Row = {
            "article_id": article_id,
            "replaced_at": now,
            "content_hash": before[0],
            "headline": before[1],
            "text": before[2],
        }
        insert(db, "revisions", [revision])
        # Spans of the old text mean nothing in the new one.
        delete_figures(db, ids_of(db, "SELECT id FROM figures WHERE article_id = ? AND method <> 'text'", [article_id]))
        # Documents that were its duplicates may not be any more: without a time they are read again.
        db.execute("UPDATE documents SET mtime_ns = NULL WHERE article_id = ? AND +status = 'duplicate'", [article_id])
    return "changed", article_id


def _link_duplicates(db: Database, article_id: int) -> None:
    """Link an article with those that have the same text from another source, the older id first."""
    db.execute(
        "DELETE FROM article_links WHERE kind = 'duplicate' AND (article_id = ? OR other_id = ?)",
        [article_id, article_id],
    )
    db.execute(
        """INSERT INTO article_links (article_id, other_id, kind, score, evidence)
           SELECT min(one.id, other.id), max(one.id, other.id), 'duplicate', 1.0, 'the same text'
           FROM articles AS one JOIN articles AS other
             ON other.content_hash = one.content_hash AND other.id <> one.id
           WHERE one.id = ?""",
        [article_id],
    )


def refresh_story(db: Database, article_id: int) -> None:
    """Bring the story of an article up to date; an article without one gets its own."""
    story_id: int | None = value_of(db, "SELECT story_id FROM articles WHERE id = ?", [article_id])
    if story_id is None:
        uid: str = value_of(db, "SELECT uid FROM articles WHERE id = ?", [article_id])
        story_id = insert(db, "stories", [{"uid": uid}])
        db.execute("UPDATE articles SET story_id = ? WHERE id = ?", [story_id, article_id])
    members = list(
        db.query(
            "SELECT uid, headline, language, date_published FROM articles WHERE story_id = ? ORDER BY uid",
            [story_id],
        )
    )
    dates = sorted(member["date_published"] for member in members if member["date_published"] is not None)
    languages = sorted({member["language"] for member in members if member["language"] is not None})
    headlines = [member["headline"] for member in members if member["headline"] is not None]
    update(
        db,
        "stories",
        story_id,
        {
            "uid": members[0]["uid"],
            "headline": headlines[0] if headlines else None,
            "first_published": dates[0] if dates else None,
            "last_published": dates[-1] if dates else None,
            "article_count": len(members),
            "languages": "; ".join(languages) or None,
        },
    )


def _stored(db: Database, change: Change, document: Document, article_id: int) -> Stored:
    uid: str = value_of(db, "SELECT uid FROM articles WHERE id = ?", [article_id])
    return Stored(change, document.root, document.origin, document.part, article_id, uid)
