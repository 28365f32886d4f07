"""Which articles are versions of one another: keys lead to candidates, candidates are compared, links are written.

Two articles are compared where they share a key and one of them is among its first holders, in an order
that has nothing to do with their arrival. So a key that thousands hold costs each of them a bounded number of
comparisons, copies of one text still hang together through the first holders, and links depend on nothing
but the articles there are.
"""

from __future__ import annotations

import array
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from corpus.stories.fingerprints import (
    FEW_BITS,
    FIGURE,
    PROOF,
    Trait,
    numbered,
    resemblance,
    restored,
    shared,
    shingles,
    sketch,
    sketch_keys,
    trace,
    trace_keys,
)
from corpus.stories.likeness import Alignment, align
from corpus.storing.writing import ids_of

NEAR_DUPLICATE, TRANSLATION = "near_duplicate", "translation"
FIRST_HOLDERS = 12
# Measured on tests/stories: reprints share 0.25 of their shingles and more, other texts on one topic up to 0.15.
NEAR = 0.2
# Translations reach 0.61 and more, other texts on one topic up to 0.52.
TRANSLATED = 0.57
# Reports of three sentences that all tell the same sums, in the same order, share up to 11.6 bits; translations with
# figures 14.4 and more. What shares less may be one or the other, so it is not linked.
PROVEN_BITS = 12.5
# So many bits are half of a proof; where there are no figures names must make up for them.
_HALF_PROOF, _HALF_PROOF_NAMES = 3.0, 4.0
_NAMES_ALIKE = 0.85
# A reprint that is shortened or corrected still has so many of the figures of the shorter one.
_FIGURES_KEPT = 0.25
_QUOTES_SHOWN = 8
# Of so many articles the shingles their sketch is made of are kept, since they are likely to be compared.
_KEPT = 500


@dataclass(frozen=True, slots=True)
class Link:
    """Two articles are versions of one: ``kind`` and ``score`` (0 to 1) as in ``article_links``."""

    kind: str
    score: float
    evidence: str


@dataclass(slots=True)
class Traced:
    """An article as it is compared; its traits are read where they are asked for."""

    article_id: int
    language: str | None
    content_hash: str
    stored: str
    sketch: bytes
    _traits: tuple[Trait, ...] | None = None
    _bits: tuple[dict[str, float], dict[str, float]] | None = None

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
            self._bits = ({}, {})
            for sort, form, _, weight, _ in json.loads(self.stored):
                forms = self._bits[0 if sort == FIGURE else 1]
                forms[form] = forms.get(form, 0.0) + weight
        return self._bits


def translated(one: tuple[Trait, ...], other: tuple[Trait, ...]) -> tuple[float, Alignment]:
    """How sure it is that two traces are of one article in two languages, from 0 to 1, and what they share."""
    found = align(one, other)
    figures = min(sum(trait.weight for trait in traits if trait.sort == FIGURE) for traits in (one, other))
    return _score(figures, found.figures, found.others, found.bits), found


def _score(weight: float, figures: float, others: float, bits: float) -> float:
    """From the weight of the lighter one's figures, the shares of figures and of others in common, and their bits."""
    if weight < FEW_BITS:
        likely = others >= _NAMES_ALIKE and (weight == 0 or figures == 1)
        score = others * bits / (bits + _HALF_PROOF_NAMES) if likely else 0.0
    elif bits < PROVEN_BITS:
        score = 0.0
    else:
        score = figures * (0.75 + 0.25 * others) * bits / (bits + _HALF_PROOF)
    return round(score, 3)


def _at_most(one: Traced, other: Traced) -> float:
    """What ``translated`` can give at most: what two traces have in common in whatever order."""
    in_common, whole = [], []
    for mine, theirs in zip(one.bits, other.bits, strict=True):
        in_common.append(sum(min(mine[form], theirs[form]) for form in mine.keys() & theirs.keys()))
        whole.append((sum(mine.values()), sum(theirs.values())))
    figures, others = (round(2 * bits / sum(of), 4) if bits else 0.0 for bits, of in zip(in_common, whole, strict=True))
    return _score(min(whole[0]), figures, others, sum(in_common))


def _other_figures(one: Traced, other: Traced) -> bool:
    """True where texts alike state other figures: a form that is filled in anew each day, not a reprint."""
    mine, theirs = one.bits[0], other.bits[0]
    fewer = min(sum(mine.values()), sum(theirs.values()))
    common = sum(min(mine[form], theirs[form]) for form in mine.keys() & theirs.keys())
    return fewer >= FEW_BITS and common < fewer * _FIGURES_KEPT


def _mark(uid: str) -> int:
    """Where an article stands among the holders of a key: by its uid, whenever it came."""
    return int.from_bytes(hashlib.blake2b(uid.encode("utf-8"), digest_size=6).digest(), "big")


def _packed(keys: Iterable[int]) -> bytes:
    return array.array("q", sorted(keys)).tobytes()


def _unpacked(keys: bytes) -> set[int]:
    made = array.array("q")
    made.frombytes(keys)
    return set(made)


@dataclass(slots=True)
class Linker:
    """The links of some articles brought up to date; what was read once is kept while it works."""

    db: Database
    _traced: dict[int, Traced | None] = field(default_factory=dict)
    _compared: dict[tuple[int, int, bool], Link | None] = field(default_factory=dict)
    _shingles: dict[int, set[bytes]] = field(default_factory=dict)
    _first_holders: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def trace(self, ids: Iterable[int]) -> set[int]:
        """Write the traces and keys of articles; the marks of those whose links may change by it."""
        marks: set[int] = set()
        added: dict[int, list[int]] = {}
        removed: dict[int, list[int]] = {}
        for article_id in ids:
            row = self.db.execute("SELECT uid, text FROM articles WHERE id = ?", [article_id]).fetchone()
            if row is None:
                continue
            mark = _mark(row[0])
            traits = trace(row[1], figures_of(self.db, article_id), _mentions_of(self.db, article_id))
            parts = shingles(row[1])
            if len(self._shingles) < _KEPT:
                self._shingles[article_id] = parts
            made = sketch(parts)
            keys = trace_keys(traits).keys() | sketch_keys(made)
            before = self.db.execute("SELECT keys FROM article_traces WHERE article_id = ?", [article_id]).fetchone()
            old = set() if before is None else _unpacked(before[0])
            self.db.execute(
                "INSERT OR REPLACE INTO article_traces (article_id, mark, traits, sketch, keys) VALUES (?, ?, ?, ?, ?)",
                [article_id, mark, json.dumps(list(numbered(traits)), ensure_ascii=False), made, _packed(keys)],
            )
            for key in keys - old:
                added.setdefault(key, []).append(mark)
            for key in old - keys:
                removed.setdefault(key, []).append(mark)
            marks.add(mark)
        return marks | self._rekey(added, removed)

    def _rekey(self, added: Mapping[int, list[int]], removed: Mapping[int, list[int]]) -> set[int]:
        """Write and delete keys; the marks of other articles whose links may change by it."""
        # In the order of the index: neighbours are on one page, however large the index is.
        touched = sorted(added.keys() | removed.keys())
        before = {key: self._read_first(key) for key in touched}
        for sql, rows in (
            ("DELETE FROM article_keys WHERE key = ? AND mark = ?", removed),
            ("INSERT OR IGNORE INTO article_keys (key, mark) VALUES (?, ?)", added),
        ):
            self.db.conn.executemany(sql, ((key, mark) for key in sorted(rows) for mark in sorted(rows[key])))
        moved: set[int] = set()
        for key in touched:
            if key in removed:
                after = self._read_first(key)
            else:
                after = tuple(sorted({*before[key], *added[key]})[:FIRST_HOLDERS])
            self._first_holders[key] = after
            # One may have lost its place among the first, or won it.
            if before[key] != after:
                moved |= set(after) - set(before[key])
                # Who lost a place is compared with fewer: that can only cost links it has.
                moved |= {mark for mark in set(before[key]) - set(after) if self._is_linked(mark)}
        return moved

    def link(self, marks: Iterable[int]) -> set[int]:
        """Write the links of the articles with these marks; the articles at either end of one that changed."""
        changed: set[int] = set()
        for mark in sorted(marks):
            one = self._load(mark)
            if one is None:
                continue
            wanted: dict[int, Link] = {}
            for near, marks_found in self._candidates(mark, one):
                for other in marks_found:
                    found, traced = self._compare(mark, other, near), self._load(other)
                    # The words of one language tell more than figures do.
                    if found is not None and traced is not None:
                        wanted.setdefault(traced.article_id, found)
            article_id = one.article_id
            changed |= self._write(article_id, wanted)
        return changed

    def _read_first(self, key: int) -> tuple[int, ...]:
        sql = "SELECT mark FROM article_keys WHERE key = ? ORDER BY mark LIMIT ?"
        return tuple(row[0] for row in self.db.conn.execute(sql, [key, FIRST_HOLDERS]))

    def _is_linked(self, mark: int) -> bool:
        one = self._load(mark)
        return one is not None and bool(linked_to(self.db, one.article_id))

    def _holders(self, mark: int, key: int) -> Iterable[int]:
        """Those to compare with for one key: its first holders, or all for one of them."""
        first = self._first_holders.get(key)
        if first is None:
            first = self._first_holders[key] = self._read_first(key)
        if len(first) < FIRST_HOLDERS or mark not in first:
            return first
        return [row[0] for row in self.db.conn.execute("SELECT mark FROM article_keys WHERE key = ?", [key])]

    def _candidates(self, mark: int, one: Traced) -> tuple[tuple[bool, list[int]], tuple[bool, list[int]]]:
        """Marks of articles to compare with by their words (true), and by their traits (false)."""
        by_words: set[int] = set()
        for key in sketch_keys(one.sketch):
            by_words.update(self._holders(mark, key))
        bits: dict[int, float] = {}
        for key, weight in trace_keys(one.traits).items():
            for other in self._holders(mark, key):
                bits[other] = bits.get(other, 0.0) + weight
        by_traits = {other for other, shared_bits in bits.items() if shared_bits >= PROOF}
        return (True, sorted(by_words - {mark})), (False, sorted(by_traits - {mark}))

    def _load(self, mark: int) -> Traced | None:
        if mark not in self._traced:
            row = self.db.execute(
                "SELECT t.article_id, a.language, a.content_hash, t.traits, t.sketch FROM article_traces AS t "
                "JOIN articles AS a ON a.id = t.article_id WHERE t.mark = ?",
                [mark],
            ).fetchone()
            self._traced[mark] = None if row is None else Traced(*row)
        return self._traced[mark]

    def _compare(self, mark: int, other: int, near: bool) -> Link | None:
        key = (min(mark, other), max(mark, other), near)
        if key not in self._compared:
            one, two = self._load(key[0]), self._load(key[1])
            # The same text is linked as a duplicate where it is stored.
            if one is None or two is None or one.content_hash == two.content_hash:
                self._compared[key] = None
            else:
                self._compared[key] = self._near(one, two) if near else self._translated(one, two)
        return self._compared[key]

    def _near(self, one: Traced, other: Traced) -> Link | None:
        tags = [tag.partition("-")[0] for tag in (one.language, other.language) if tag is not None]
        # Half of the threshold: the estimate is off by six hundredths one time in three.
        if len(set(tags)) > 1 or resemblance(one.sketch, other.sketch) < NEAR / 2:
            return None
        share = shared(self._words(one.article_id), self._words(other.article_id))
        if share < NEAR or _other_figures(one, other):
            return None
        return Link(NEAR_DUPLICATE, round(share, 3), f"{share:.0%} of their runs of words are the same")

    def _translated(self, one: Traced, other: Traced) -> Link | None:
        if one.language is None or other.language is None or one.language == other.language:
            return None
        if _at_most(one, other) < TRANSLATED:
            return None
        score, found = translated(one.traits, other.traits)
        if score < TRANSLATED:
            return None
        return Link(TRANSLATION, score, self._evidence(one, other, found))

    def _words(self, article_id: int) -> set[bytes]:
        if article_id not in self._shingles:
            row = self.db.execute("SELECT text FROM articles WHERE id = ?", [article_id]).fetchone()
            self._shingles[article_id] = shingles(row[0])
        return self._shingles[article_id]

    def _evidence(self, one: Traced, other: Traced, found: Alignment) -> str:
        quotes = [figures_of(self.db, side.article_id) for side in (one, other)]
        said = []
        for a, b in found.pairs:
            if one.traits[a].sort == FIGURE:
                said.append(f"{quotes[0][one.traits[a].place]['quote']} = {quotes[1][other.traits[b].place]['quote']}")
        names = list(dict.fromkeys(one.traits[a].form for a, _ in found.pairs if one.traits[a].sort != FIGURE))
        parts = [f"{len(said)} figures in the same order ({'; '.join(said[:_QUOTES_SHOWN])})"] if said else []
        parts += [f"{len(names)} names and dates ({', '.join(names[:_QUOTES_SHOWN])})"] if names else []
        return " and ".join(parts)

    def _write(self, article_id: int, wanted: Mapping[int, Link]) -> set[int]:
        sql = """SELECT article_id, other_id, kind, score, evidence FROM article_links
                 WHERE +kind IN ('near_duplicate', 'translation') AND """
        stored: dict[int, Link] = {}
        for side, far in (("article_id", 1), ("other_id", 0)):
            for row in self.db.execute(f"{sql} {side} = ?", [article_id]).fetchall():
                stored[int(row[far])] = Link(*row[2:])
        changed: set[int] = set()
        for other in stored.keys() | wanted.keys():
            old, new = stored.get(other), wanted.get(other)
            if old == new:
                continue
            ends = [min(article_id, other), max(article_id, other)]
            if old is not None:
                self.db.execute(
                    "DELETE FROM article_links WHERE article_id = ? AND other_id = ? AND kind = ?", [*ends, old.kind]
                )
            if new is not None:
                self.db.execute(
                    "INSERT INTO article_links (article_id, other_id, kind, score, evidence) VALUES (?, ?, ?, ?, ?)",
                    [*ends, new.kind, new.score, new.evidence],
                )
            changed |= {article_id, other}
        return changed


def figures_of(db: Database, article_id: int) -> list[dict[str, Any]]:
    """The rows of an article's figures in order, those struck out aside."""
    return list(
        db.query("SELECT * FROM figures WHERE article_id = ? AND struck = 0 ORDER BY start_char, id", [article_id])
    )


def _mentions_of(db: Database, article_id: int) -> list[dict[str, Any]]:
    sql = "SELECT start_char, date, precision FROM date_mentions WHERE article_id = ? ORDER BY start_char"
    return list(db.query(sql, [article_id]))


def linked_to(db: Database, article_id: int) -> list[int]:
    """The articles linked with one, whatever the kind of link."""
    return ids_of(
        db,
        "SELECT other_id FROM article_links WHERE article_id = ? UNION "
        "SELECT article_id FROM article_links WHERE other_id = ?",
        [article_id, article_id],
    )
