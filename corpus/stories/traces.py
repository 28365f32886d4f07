"""Articles as they are compared, read many at a time; what was used last is kept, and no more than that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlite_utils import Database

from corpus.stories.fingerprints import FIGURE, Trait, restored
from corpus.stories.sketches import Shingles, shingles

K = TypeVar("K")
V = TypeVar("V")
# Articles that are kept, and bytes of their shingles: some twenty megabytes each.
_KEPT, _KEPT_BYTES = 4_000, 10_000_000


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
    """An article as it is compared; its traits are read where they are asked for."""

    mark: int
    article_id: int
    language: str | None
    content_hash: str
    stored: str
    sketch: bytes
    _traits: tuple[Trait, ...] | None = None
    _bits: tuple[Mapping[str, float], Mapping[str, float]] | None = None
    _weights: tuple[float, float] | None = None

    @property
    def traits(self) -> tuple[Trait, ...]:
        """Its figures, names and dates in order."""
        if self._traits is None:
            self._traits = restored(json.loads(self.stored))
        return self._traits

    @property
    def bits(self) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """How many bits it has of each form of figure, and of each name and date."""
        if self._bits is None:
            figures: dict[str, float] = {}
            others: dict[str, float] = {}
            for sort, form, _, weight, _ in json.loads(self.stored):
                forms = figures if sort == FIGURE else others
                forms[form] = forms.get(form, 0.0) + weight
            self._bits = (figures, others)
        return self._bits

    @property
    def weights(self) -> tuple[float, float]:
        """How many bits its figures have together, and its names and dates."""
        if self._weights is None:
            self._weights = (sum(self.bits[0].values()), sum(self.bits[1].values()))
        return self._weights


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
                "SELECT t.mark, t.article_id, a.language, a.content_hash, t.traits, t.sketch FROM json_each(?) AS j "
                "CROSS JOIN article_traces AS t ON t.mark = j.value JOIN articles AS a ON a.id = t.article_id",
                [json.dumps(missing)],
            )
            found.update((row[0], Traced(*row)) for row in rows)
        for mark, traced in found.items():
            self._traced.put(mark, traced)
        return found

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
