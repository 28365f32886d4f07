"""Which articles are versions of one another: keys lead to candidates, candidates are compared, links are written.

Two articles are compared where they share a key and one of them is among its first holders, in an order
that has nothing to do with their arrival. So a key that thousands hold costs each of them a bounded number of
comparisons, copies of one text still hang together through the first holders, and links depend on nothing
but the articles there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from corpus.stories.fingerprints import FEW_BITS, FIGURE, PROOF, Trait, bits_by_form, numbered, trace, trace_keys
from corpus.stories.holders import Holders, mark_of, packed, unpacked
from corpus.stories.likeness import Alignment, align
from corpus.stories.sketches import in_common, resemblance, shared, shingles, sketch, sketch_keys
from corpus.stories.traces import Traced, Traces, figures_of, mentions_of

NEAR_DUPLICATE, TRANSLATION = "near_duplicate", "translation"
# Measured on tests/stories: reprints share 0.25 of their shingles and more, other texts on one topic up to 0.15.
NEAR = 0.2
# Two notes of two sentences on one event share a dozen runs, 0.3 of theirs; the reprints of tests/stories 30 and more.
NEAR_SHORT, _RUNS = 0.5, 20
# Translations reach 0.61 and more, other texts on one topic up to 0.52.
TRANSLATED = 0.57
# Reports of three sentences that all tell the same sums, in the same order, share up to 11.6 bits; translations with
# figures 14.4 and more. What shares less may be one or the other, so it is not linked.
PROVEN_BITS = 12.5
# A sum that is told twice counts twice, so two notes with two sums can have 13 bits: below 17 names and dates must
# agree as well. Those of such notes that are no versions do by 0.72, those of translations by 0.86 and more.
_CERTAIN_BITS, _NAMES_AGREE = 17.0, 0.8
# So many bits are half of a proof; where there are no figures names must make up for them.
_HALF_PROOF, _HALF_PROOF_NAMES = 3.0, 4.0
_NAMES_ALIKE = 0.85
# A reprint that is shortened or corrected still has so many of the figures of the shorter one.
_FIGURES_KEPT = 0.25
_QUOTES_SHOWN = 8
# Articles read by one statement.
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Link:
    """Two articles are versions of one: ``kind`` and ``score`` (0 to 1) as in ``article_links``."""

    kind: str
    score: float
    evidence: str


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
    elif bits < PROVEN_BITS or (bits < _CERTAIN_BITS and others < _NAMES_AGREE):
        score = 0.0
    else:
        score = figures * (0.75 + 0.25 * others) * bits / (bits + _HALF_PROOF)
    return round(score, 3)


def _at_most(one: Traced, other: Traced) -> float:
    """What ``translated`` can give at most: what two traces have in common in whatever order."""
    fewer = min(one.weight(0), other.weight(0))
    figures, in_figures = _in_common(one, other, 0)
    # No more than the share of figures, whatever the names say: most articles are told apart by that.
    if fewer >= FEW_BITS and figures < TRANSLATED:
        return 0.0
    others, in_others = _in_common(one, other, 1)
    return _score(fewer, figures, others, in_figures + in_others)


def _in_common(one: Traced, other: Traced, sort: int) -> tuple[float, float]:
    """The share of their figures (0), or of their names and dates (1), that two have in common, and its bits."""
    mine, theirs = one.bits(sort), other.bits(sort)
    bits = sum([min(mine[form], theirs[form]) for form in mine.keys() & theirs.keys()])
    return (round(2 * bits / (one.weight(sort) + other.weight(sort)), 4) if bits else 0.0), bits


def _other_figures(one: Traced, other: Traced) -> bool:
    """True where texts alike state other figures: a form that is filled in anew each day, not a reprint."""
    fewer = min(one.weight(0), other.weight(0))
    return fewer >= FEW_BITS and _in_common(one, other, 0)[1] < fewer * _FIGURES_KEPT


@dataclass(slots=True)
class Linker:
    """The links of some articles brought up to date; what was read once is kept while it works."""

    db: Database
    traces: Traces = field(init=False)
    holders: Holders = field(init=False)
    _keys: dict[int, tuple[set[int], dict[int, float]]] = field(default_factory=dict)
    _linked: dict[int, dict[int, Link]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.traces = Traces(self.db)
        self.holders = Holders(self.db)

    def trace(self, ids: Sequence[int]) -> set[int]:
        """Write the traces and keys of articles; the marks of those whose links may change by it."""
        added: dict[int, list[int]] = {}
        removed: dict[int, list[int]] = {}
        for start in range(0, len(ids), _BATCH):
            for mark, keys, old in self._traced(ids[start : start + _BATCH]):
                for key in keys - old:
                    added.setdefault(key, []).append(mark)
                for key in old - keys:
                    removed.setdefault(key, []).append(mark)
        marks = set(self._keys)
        won, lost = self.holders.write(added, removed)
        # Who lost a place is compared with fewer: that can only cost links it has.
        return marks | won | self._with_links(lost - marks)

    def _traced(self, ids: Sequence[int]) -> list[tuple[int, set[int], set[int]]]:
        """Write the traces of articles; of each its mark, the keys it has now, and those it had."""
        figures, mentions = figures_of(self.db, ids), mentions_of(self.db, ids)
        found = self.db.conn.execute(
            "SELECT a.id, a.uid, a.text, a.language, a.content_hash, t.keys FROM json_each(?) AS j "
            "CROSS JOIN articles AS a ON a.id = j.value LEFT JOIN article_traces AS t ON t.article_id = a.id",
            [json.dumps(list(ids))],
        ).fetchall()
        traced, rows, beside = [], [], []
        for article_id, uid, text, language, content_hash, before in found:
            mark = mark_of(uid)
            traits = trace(text, figures[article_id], mentions[article_id])
            parts = shingles(text)
            self.traces.keep_shingles(article_id, parts)
            made = sketch(parts)
            stored = (_dumped(bits_by_form(traits, figures=True)), _dumped(bits_by_form(traits, figures=False)))
            self.traces.keep(Traced(mark, article_id, language, content_hash, stored, made))
            by_words, by_traits = self._keys[mark] = (sketch_keys(made), trace_keys(traits))
            keys = by_words | by_traits.keys()
            traced.append((mark, keys, set() if before is None else unpacked(before)))
            rows.append((article_id, mark, _dumped(list(numbered(traits))), packed(keys)))
            beside.append((mark, article_id, language, content_hash, *stored, made))
        self.db.conn.executemany(
            "INSERT OR REPLACE INTO article_traces (article_id, mark, traits, keys) VALUES (?, ?, ?, ?)", rows
        )
        self.db.conn.executemany(
            "INSERT OR REPLACE INTO article_marks (mark, article_id, language, content_hash, figures, others, sketch) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            sorted(beside),
        )
        return traced

    def _with_links(self, marks: Iterable[int]) -> set[int]:
        """Those of some marks whose articles are linked with others, whatever the kind of link."""
        found = self.db.conn.execute(
            "SELECT m.mark FROM json_each(?) AS j CROSS JOIN article_marks AS m ON m.mark = j.value "
            "WHERE EXISTS (SELECT 1 FROM article_links AS l WHERE l.article_id = m.article_id) "
            "OR EXISTS (SELECT 1 FROM article_links AS l WHERE l.other_id = m.article_id)",
            [json.dumps(sorted(marks))],
        )
        return {row[0] for row in found}

    def link(self, marks: Iterable[int]) -> set[int]:
        """Write the links of the articles with these marks; the articles at either end of one that changed."""
        changed: set[int] = set()
        waiting = sorted(marks)
        for start in range(0, len(waiting), _BATCH):
            batch = self.traces.of(waiting[start : start + _BATCH])
            self._linked = _links_of(self.db, [one.article_id for one in batch.values()])
            keys = {mark: self._keys_of(one) for mark, one in batch.items()}
            self.holders.learn(key for both in keys.values() for some in both for key in some)
            for mark in sorted(batch):
                changed |= self._write(batch[mark].article_id, self._wanted(batch[mark], *keys[mark]))
        return changed

    def _keys_of(self, one: Traced) -> tuple[set[int], dict[int, float]]:
        if one.mark in self._keys:
            return self._keys[one.mark]
        return sketch_keys(one.sketch), trace_keys(self.traces.traits(one.article_id))

    def _wanted(self, one: Traced, by_words: set[int], by_traits: dict[int, float]) -> dict[int, Link]:
        """The links an article has by what it says, by the article at the other end."""
        near: set[int] = set()
        for key in by_words:
            near.update(self.holders.beside(one.mark, key))
        bits: dict[int, float] = {}
        for key, weight in by_traits.items():
            for mark in self.holders.beside(one.mark, key):
                bits[mark] = bits.get(mark, 0.0) + weight
        alike = {mark for mark, shared_bits in bits.items() if shared_bits >= PROOF}
        found = self.traces.of((near | alike) - {one.mark})
        # The same text is linked as a duplicate where it is stored.
        others = {mark: found[mark] for mark in sorted(found) if found[mark].content_hash != one.content_hash}
        wanted = self._near(one, [other for mark, other in others.items() if mark in near])
        for mark, other in others.items():
            # The words of one language tell more than figures do.
            if mark in alike and other.article_id not in wanted:
                link = self._translated(one, other) if one.mark < mark else self._translated(other, one)
                if link is not None:
                    wanted[other.article_id] = link
        return wanted

    def _near(self, one: Traced, others: Sequence[Traced]) -> dict[int, Link]:
        wanted: dict[int, Link] = {}
        for other, alike in zip(others, resemblance(one.sketch, [other.sketch for other in others]), strict=True):
            # Half of the threshold: the estimate is off by six hundredths one time in three.
            if alike < NEAR / 2 or not _one_language(one.language, other.language) or _other_figures(one, other):
                continue
            parts = self.traces.shingles(one.article_id), self.traces.shingles(other.article_id)
            share = shared(*parts)
            if share >= NEAR_SHORT or (share >= NEAR and in_common(*parts) >= _RUNS):
                words = f"{share:.0%} of their runs of words are the same"
                wanted[other.article_id] = Link(NEAR_DUPLICATE, round(share, 3), words)
        return wanted

    def _translated(self, one: Traced, other: Traced) -> Link | None:
        if one.language is None or other.language is None or one.language == other.language:
            return None
        if _at_most(one, other) < TRANSLATED:
            return None
        ids = [one.article_id, other.article_id]
        mine, theirs = (self.traces.traits(article_id) for article_id in ids)
        score, found = translated(mine, theirs)
        if score < TRANSLATED:
            return None
        figures = figures_of(self.db, ids)
        pairs = [(mine[a], theirs[b]) for a, b in found.pairs]
        return Link(TRANSLATION, score, _evidence(pairs, figures[one.article_id], figures[other.article_id]))

    def _write(self, article_id: int, wanted: Mapping[int, Link]) -> set[int]:
        stored = self._linked[article_id]
        changed: set[int] = set()
        for other in stored.keys() | wanted.keys():
            old, new = stored.get(other), wanted.get(other)
            if old == new:
                continue
            ends = [min(article_id, other), max(article_id, other)]
            if old is not None:
                self.db.conn.execute(
                    "DELETE FROM article_links WHERE article_id = ? AND other_id = ? AND kind = ?", [*ends, old.kind]
                )
                self._linked.get(other, {}).pop(article_id, None)
            if new is not None:
                self.db.conn.execute(
                    "INSERT INTO article_links (article_id, other_id, kind, score, evidence) VALUES (?, ?, ?, ?, ?)",
                    [*ends, new.kind, new.score, new.evidence],
                )
                self._linked.get(other, {})[article_id] = new
            changed |= {article_id, other}
        return changed


def _evidence(
    pairs: Sequence[tuple[Trait, Trait]], mine: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]
) -> str:
    """What two articles have in common, in words; ``mine`` and ``theirs`` are the rows of their figures."""
    said = [f"{mine[a.place]['quote']} = {theirs[b.place]['quote']}" for a, b in pairs if a.sort == FIGURE]
    names = list(dict.fromkeys(a.form for a, _ in pairs if a.sort != FIGURE))
    parts = [f"{len(said)} figures in the same order ({'; '.join(said[:_QUOTES_SHOWN])})"] if said else []
    parts += [f"{len(names)} names and dates ({', '.join(names[:_QUOTES_SHOWN])})"] if names else []
    return " and ".join(parts)


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _one_language(one: str | None, other: str | None) -> bool:
    """False where two texts are known to be in two languages."""
    return None in (one, other) or str(one).partition("-")[0] == str(other).partition("-")[0]


def _links_of(db: Database, ids: Sequence[int]) -> dict[int, dict[int, Link]]:
    """By article, what this step has linked it with before."""
    found: dict[int, dict[int, Link]] = {article_id: {} for article_id in ids}
    for side, far in (("article_id", "other_id"), ("other_id", "article_id")):
        rows = db.conn.execute(
            f"SELECT l.{side}, l.{far}, l.kind, l.score, l.evidence FROM json_each(?) AS j "
            f"CROSS JOIN article_links AS l ON l.{side} = j.value WHERE +l.kind IN (?, ?)",
            [json.dumps(list(ids)), NEAR_DUPLICATE, TRANSLATION],
        )
        for article_id, other, *link in rows:
            found[article_id][other] = Link(*link)
    return found


def links_with(db: Database, ids: Iterable[int]) -> list[tuple[int, int, str]]:
    """The links at one of whose ends an article of these is: both ends, in order, and the kind."""
    sql = """WITH ids AS MATERIALIZED (SELECT value AS id FROM json_each(?))
             SELECT article_id, other_id, kind FROM ids CROSS JOIN article_links ON article_id = id UNION
             SELECT article_id, other_id, kind FROM ids CROSS JOIN article_links ON other_id = id"""
    return db.conn.execute(sql, [json.dumps(list(ids))]).fetchall()
