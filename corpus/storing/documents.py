"""Documents in the database: which file carries which article, and what became of the others."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from corpus.model import Document
from corpus.reading.walking import Plain, Root
from corpus.storing.rows import Row
from corpus.storing.schema import transaction
from corpus.storing.writing import insert, update, value_of


@dataclass(frozen=True, slots=True)
class Known:
    """The row of a document that was seen before."""

    id: int
    status: str
    article_id: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run needs to know of a document to leave it alone; ``version`` is that of the rules that read it."""

    part: int
    status: str
    size: int | None
    mtime_ns: int | None
    content_hash: str | None
    version: str | None


# What a run needs to know of a file that is not plain to leave it alone: origin; size (None where it is to be
# read) and time of all its documents; how many they are, and how many of them rejected; whether one of them was
# last seen too long ago.
Standing = tuple[str, int | None, int | None, int, int, int]


def known_document(db: Database, document: Document) -> Known | None:
    """The row of a document, by its three names."""
    row = db.execute(
        "SELECT id, status, article_id FROM documents WHERE root = ? AND origin = ? AND part = ?",
        [document.root, document.origin, document.part],
    ).fetchone()
    return None if row is None else Known(*row)


def store_document(
    db: Database,
    document: Document,
    status: str,
    now: str,
    known: Known | None,
    *,
    article_id: int | None,
    version: str | None = None,
    reason: str | None = None,
) -> bool:
    """Write a document's row; true where something but the times and the version of the rules changed."""
    values: Row = {
        "content_hash": document.content_hash or None,
        "size": document.size,
        "media_type": document.media_type,
        "encoding": document.encoding,
        "status": status,
        "reason": reason,
        "article_id": article_id,
    }
    # A file can be read again; what came from a stream or the web cannot, and outlives an address that fails.
    if document.mtime_ns is None and document.text is not None:
        values["raw"] = zlib.compress(document.raw, 6)
    seen: Row = {"mtime_ns": document.mtime_ns, "last_seen": now, "version": version}
    if known is None:
        key: Row = {"root": document.root, "origin": document.origin, "part": document.part}
        insert(db, "documents", [key | values | seen | {"first_seen": now}])
        return True
    changed = update(db, "documents", known.id, values)
    update(db, "documents", known.id, seen)
    return changed


def owned_article(db: Database, known: Known | None) -> int | None:
    """The article that a document carried before, unless another document carries it by now."""
    if known is None or known.article_id is None or known.status == "duplicate":
        return None
    return None if held_by_another(db, known.article_id, known) else known.article_id


def held_by_another(db: Database, article_id: int, known: Known | None) -> bool:
    """Whether a document other than this one carries an article."""
    but = -1 if known is None else known.id
    return (
        value_of(
            db,
            "SELECT 1 FROM documents WHERE article_id = ? AND +status = 'ok' AND id <> ? LIMIT 1",
            [article_id, but],
        )
        is not None
    )


_WITHIN = """root = :label AND status <> 'gone' AND (:prefix = '' OR origin = :prefix
  OR substr(origin, 1, length(:prefix) + 1) = :prefix || '/')"""


def standing(
    db: Database, *, label: str, prefix: str, version: str, since: str
) -> tuple[dict[str, Plain], dict[str, Standing]]:
    """The files of a root (or of a folder or file in it) by origin, those that are gone left out.

    The first are plain files: of one article that was stored by these rules, and seen since.
    """
    parameters = {"label": label, "prefix": prefix, "version": version, "since": since}
    # Files of one article that were stored by these rules are nearly all there are, and cost no grouping.
    plain = (
        "part = 0 AND status <> 'rejected' AND version = :version AND mtime_ns IS NOT NULL AND size IS NOT NULL "
        "AND last_seen >= :since"
    )
    found = db.execute(f"SELECT origin, size, mtime_ns, {plain} FROM documents WHERE {_WITHIN}", parameters).fetchall()
    files: dict[str, Plain] = {row[0]: row for row in found if row[3]}
    if len(files) == len(found):
        return files, {}
    # Of a container only what all of its documents have in common can leave it alone.
    others = db.execute(
        f"""SELECT origin,
              CASE WHEN count(mtime_ns) = count(*) AND min(mtime_ns) = max(mtime_ns) AND min(size) = max(size)
                AND count(version) = count(*) AND min(version) = :version AND max(version) = :version THEN size END,
              mtime_ns, count(*), sum(status = 'rejected'), min(last_seen) < :since
            FROM documents WHERE {_WITHIN} AND origin IN (
              SELECT origin FROM documents WHERE {_WITHIN} AND ({plain}) IS NOT 1) GROUP BY origin""",
        parameters,
    )
    known: dict[str, Standing] = {row[0]: row for row in others}
    for origin in known:
        # A container with a plain document among others.
        files.pop(origin, None)
    return files, known


def seen_before(db: Database, *, label: str, origin: str) -> tuple[Seen, ...]:
    """The documents of one file or address, those that are gone left out."""
    rows = db.execute(
        """SELECT part, status, size, mtime_ns, content_hash, version FROM documents
           WHERE root = ? AND origin = ? AND status <> 'gone' ORDER BY part""",
        [label, origin],
    )
    return tuple(Seen(*row) for row in rows)


def rejections(db: Database, *, label: str, origin: str) -> list[tuple[int, str]]:
    """The parts of a file that are rejected, each with its reason."""
    return list(
        db.execute(
            """SELECT part, coalesce(reason, '') FROM documents
               WHERE root = ? AND origin = ? AND status = 'rejected' ORDER BY part""",
            [label, origin],
        )
    )


def mark_gone(db: Database, *, label: str, origins: Iterable[str]) -> None:
    """Record that files are no longer there; their articles stay."""
    with transaction(db):
        db.conn.executemany(
            "UPDATE documents SET status = 'gone' WHERE root = ? AND origin = ?",
            ((label, origin) for origin in origins),
        )


def read_again(db: Database, roots: Iterable[Root] | None) -> None:
    """Have the documents of some roots, or all of them, derived again by whoever next looks at them."""
    with transaction(db):
        if roots is None:
            db.execute("UPDATE documents SET version = NULL")
            return
        for root in roots:
            db.execute(
                f"UPDATE documents SET version = NULL WHERE {_WITHIN}", {"label": root.label, "prefix": root.prefix}
            )


def mark_seen(db: Database, *, label: str, prefix: str, now: str) -> None:
    """Record that the files of a root were there in this run."""
    with transaction(db):
        db.execute(
            f"UPDATE documents SET last_seen = :now WHERE {_WITHIN} AND last_seen < :now",
            {"now": now, "label": label, "prefix": prefix},
        )


def mark_touched(db: Database, document: Document, *, now: str) -> None:
    """Record the new time of a document whose content is the same."""
    db.execute(
        "UPDATE documents SET mtime_ns = ?, size = ?, last_seen = ? WHERE root = ? AND origin = ? AND part = ?",
        [document.mtime_ns, document.size, now, document.root, document.origin, document.part],
    )


def places(db: Database, *, label: str, origin: str) -> list[tuple[int, int, str, str | None, str | None]]:
    """All parts ever seen of a container: id, part, status, content hash, address of the article."""
    return list(
        db.execute(
            """SELECT documents.id, part, status, documents.content_hash, articles.url
               FROM documents LEFT JOIN articles ON articles.id = documents.article_id
               WHERE root = ? AND origin = ? ORDER BY status = 'gone', part""",
            [label, origin],
        )
    )


def renumber(db: Database, parts: Mapping[int, int], *, gone: Iterable[int], behind: int) -> None:
    """Give the rows of a container their new places by id; those of ``gone`` go to ``behind`` and after."""
    moves = [(place, identifier) for identifier, place in parts.items()]
    lost = [(behind + number, identifier) for number, identifier in enumerate(gone)]
    with transaction(db):
        # Below zero no place is taken, so that two rows can change theirs.
        db.conn.executemany("UPDATE documents SET part = -1 - ? WHERE id = ?", moves + lost)
        db.conn.executemany("UPDATE documents SET part = ? WHERE id = ?", moves + lost)
        db.conn.executemany("UPDATE documents SET status = 'gone' WHERE id = ?", ((one,) for _, one in lost))


def kept(db: Database, *, version: str) -> list[tuple[str, str, int, bytes]]:
    """What came from a stream or the web and was read by other rules: root, origin, part, the bytes."""
    rows = db.execute(
        """SELECT root, origin, part, raw FROM documents
           WHERE raw IS NOT NULL AND version IS NOT ? ORDER BY id""",
        [version],
    )
    return [(root, origin, part, zlib.decompress(raw)) for root, origin, part, raw in rows]


def pass_on(db: Database) -> None:
    """Let a duplicate carry an article whose own document is gone or broken: a file that was moved."""
    with transaction(db):
        db.execute(
            """UPDATE documents SET status = 'ok' WHERE id IN (
                 SELECT min(heir.id) FROM documents AS heir
                 WHERE heir.status = 'duplicate' AND NOT EXISTS (
                   SELECT 1 FROM documents AS holder
                   WHERE holder.article_id = heir.article_id AND +holder.status = 'ok')
                 GROUP BY heir.article_id)"""
        )


def to_read_again(db: Database, *, label: str) -> list[str]:
    """Origins of duplicates whose article was edited meanwhile, so that they may be articles of their own."""
    rows = db.execute(
        """SELECT DISTINCT origin FROM documents
           WHERE root = ? AND status = 'duplicate' AND mtime_ns IS NULL ORDER BY origin""",
        [label],
    )
    return [origin for (origin,) in rows]


def parts_to_read_again(db: Database, *, label: str, origin: str) -> set[int]:
    """The parts of a file that ``to_read_again`` is about."""
    rows = db.execute(
        """SELECT part FROM documents
           WHERE root = ? AND origin = ? AND status = 'duplicate' AND mtime_ns IS NULL""",
        [label, origin],
    )
    return {part for (part,) in rows}
