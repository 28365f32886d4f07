"""Articles as they are compared, read many at a time; what was used last is kept, and no more than that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlite_utils import Database

from corpus.stories.fingerprints import Trait, restored
from corpus.stories.sketches import Shingles, shingles

K = TypeVar("K")
V = TypeVar("V")
# Articles that are kept, and bytes of their shingles: some twenty megabytes each.
_KEPT, _KEPT_BYTES = 10_000, 10_000_000


class Recent(Generic[K, V]):
    """What was used last: values that weigh ``most`` together, and as much of what was used before them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """The value, where it is still there."""
        value = self._young.get(key)
        return self._old.get(key) if value is None else value

    def put(self, key: K, value: V, *, weight: int = 1) -> None:
        """Keep a value, or go on keeping it."""
        if self._weight + weight > self._most:
            self._old, self._young, self._weight = self._young, {}, 0
        self._young[key] = value
        self._weight += weight


@dataclass(slots=True)
class Traced:
    """What has to be known of an article to tell whether another one may be a version of it.

    ``figures`` and ``others`` are how many bits it has of each form of figure, and of each name and date; they are
    read from their columns where they are asked for.
    """

    mark: int
    article_id: int
    language: str | None
    content_hash: str
    stored: tuple[str, str]
    sketch: bytes
    _bits: list[Mapping[str, float] | None] = field(default_factory=lambda: [None, None])
    _weights: list[float | None] = field(default_factory=lambda: [None, None])

    def bits(self, sort: int) -> Mapping[str, float]:
        """How many bits it has of each form of figure (0), or of each name and date (1)."""
        found = self._bits[sort]
        if found is None:
            found = self._bits[sort] = json.loads(self.stored[sort])
        return found

    def weight(self, sort: int) -> float:
        """How many bits its figures have together (0), or its names and dates (1)."""
        found = self._weights[sort]
        if found is None:
            found = self._weights[sort] = sum(self.bits(sort).values())
        return found


@dataclass(slots=True)
class Traces:
    """The traced articles of a database by their marks, and the shingles of their texts."""

    db: Database
    _traced: Recent[int, Traced] = field(default_factory=lambda: Recent(_KEPT))
    _shingles: Recent[int, Shingles] = field(default_factory=lambda: Recent(_KEPT_BYTES))

    def of(self, marks: Iterable[int]) -> dict[int, Traced]:
        """Those of some marks that there are."""
        found: dict[int, Traced] = {}
        missing: list[int] = []
        for mark in marks:
            traced = self._traced.get(mark)
            if traced is None:
                missing.append(mark)
            else:
                found[mark] = traced
        if missing:
            rows = self.db.conn.execute(
                "SELECT m.mark, m.article_id, m.language, m.content_hash, m.figures, m.others, m.sketch "
                "FROM json_each(?) AS j CROSS JOIN article_marks AS m ON m.mark = j.value",
                [json.dumps(missing)],
            )
            found.update((row[0], Traced(row[0], row[1], row[2], row[3], (row[4], row[5]), row[6])) for row in rows)
        for mark, traced in found.items():
            self._traced.put(mark, traced)
        return found

    def traits(self, article_id: int) -> tuple[Trait, ...]:
        """The figures, names and dates of an article, in order."""
        return traits_of(self.db, [article_id])[article_id]

    def keep(self, traced: Traced) -> None:
        """Take over an article that was traced just now."""
        self._traced.put(traced.mark, traced)

    def shingles(self, article_id: int) -> Shingles:
        """The shingles of an article's text."""
        parts = self._shingles.get(article_id)
        if parts is None:
            row = self.db.conn.execute("SELECT text FROM articles WHERE id = ?", [article_id]).fetchone()
            parts = shingles(row[0])
            self.keep_shingles(article_id, parts)
        return parts

    def keep_shingles(self, article_id: int, parts: Shingles) -> None:
        """Take over shingles that were made just now."""
        self._shingles.put(article_id, parts, weight=parts.nbytes)


# In order; those struck out aside.
_FIGURES = """SELECT f.article_id, f.id, f.start_char, f.kind, f.low, f.high, f.currency, f.vague, f.magnitude, f.quote
  FROM json_each(?) AS j CROSS JOIN figures AS f ON f.article_id = j.value
  WHERE f.struck = 0 ORDER BY f.article_id, f.start_char, f.id"""
_MENTIONS = """SELECT d.article_id, d.start_char, d.date, d.precision
  FROM json_each(?) AS j CROSS JOIN date_mentions AS d ON d.article_id = j.value ORDER BY d.article_id, d.start_char"""


def traits_of(db: Database, ids: Sequence[int]) -> dict[int, tuple[Trait, ...]]:
    """By article, its figures, names and dates in order."""
    rows = db.conn.execute(
        "SELECT article_id, traits FROM article_traces WHERE article_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(ids))],
    )
    return {article_id: restored(json.loads(traits)) for article_id, traits in rows}


def figures_of(db: Database, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """By article, the rows of its figures in order, those struck out aside."""
    return _by_article(db, _FIGURES, ids)


def mentions_of(db: Database, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """By article, the rows of the dates it names, in order."""
    return _by_article(db, _MENTIONS, ids)


def _by_article(db: Database, sql: str, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {article_id: [] for article_id in ids}
    cursor = db.conn.execute(sql, [json.dumps(list(ids))])
    columns = [column[0] for column in cursor.description]
    for row in cursor:
        found[row[0]].append(dict(zip(columns, row, strict=True)))
    return found
