"""What clashes with what, kept in ``flags``: raised anew for whatever has changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlite_utils import Database

from corpus.stories.claimed import POINTS, Claimed, Clash, Value
from corpus.stories.clashes import Side, between_dates, between_versions, within_article
from corpus.stories.comparing import STORIES_COUNTED, WITNESSES, Stated, in_group
from corpus.stories.fingerprints import restored
from corpus.stories.linking import figures_of
from corpus.storing.writing import value_of
from corpus.topic import load_topic

DUPLICATE = "duplicate"
SCALE, RANGE = "scale", "range"
VERSIONS, OWN, DATES = "versions_disagree", "own_article", "dates_apart"

_CLAIMED = """SELECT f.id, f.article_id, a.story_id, a.uid, f.start_char, f.kind, f.currency, f.unit, f.low, f.high,
  f.qualifier, f.vague, f.measure, f.subject, f.period, f.stance, f.sentence, f.quote, a.language, a.date_published,
  s.name AS source, coalesce(a.headline, substr(a.text, 1, 200)) AS title
  FROM figures AS f JOIN articles AS a ON a.id = f.article_id LEFT JOIN sources AS s ON s.id = a.source_id
  WHERE f.struck = 0 AND f.vague = 0 AND """


_Key = tuple[int, int | None, int | None, int | None, str, str]


@cache
def _several() -> frozenset[str | None]:
    """The measures of which a subject may have more than one at a time."""
    return frozenset(measure.slug for measure in load_topic().measures if measure.several)


def _claimed(db: Database, where: str, parameters: Sequence[Any], *, limit: int = -1) -> list[Claimed]:
    rows = db.query(f"{_CLAIMED}{where} ORDER BY a.uid, f.start_char, f.id LIMIT ?", [*parameters, limit])
    return [Claimed(**row) for row in rows]


def flag_articles(db: Database, ids: Iterable[int]) -> None:
    """Raise anew the flags of these articles that they raise alone or with a version of themselves."""
    wanted = sorted(set(ids))
    for article_id in wanted:
        db.execute(
            "DELETE FROM flags WHERE +kind IN (?, ?, ?) AND (article_id = ? OR other_article_id = ?)",
            [VERSIONS, OWN, DATES, article_id, article_id],
        )
    pairs: dict[tuple[int, int], str] = {}
    for article_id in wanted:
        _raise(db, OWN, within_article(_claimed(db, "f.article_id = ?", [article_id]), several=_several()))
        for one, other, kind in db.execute(
            "SELECT article_id, other_id, kind FROM article_links WHERE article_id = ? OR other_id = ?",
            [article_id, article_id],
        ).fetchall():
            pairs[int(one), int(other)] = kind
    for (one, other), kind in sorted(pairs.items()):
        if kind != DUPLICATE:
            _raise(db, VERSIONS, between_versions(_side(db, one), _side(db, other)))
        _raise_dates(db, one, other)


def _raise(db: Database, kind: str, clashes: Iterable[Clash]) -> None:
    for clash in clashes:
        _insert(db, _key(kind, clash))


def _side(db: Database, article_id: int) -> Side:
    """A trace, and the claims its traits stand for: a trait's place is that of its figure in the article."""
    traits = value_of(db, "SELECT traits FROM article_traces WHERE article_id = ?", [article_id])
    claims = {claim.id: claim for claim in _claimed(db, "f.article_id = ?", [article_id])}
    placed = [claims.get(int(figure["id"])) for figure in figures_of(db, article_id)]
    return restored(json.loads(traits or "[]")), placed


def _raise_dates(db: Database, one: int, other: int) -> None:
    sql = """SELECT a.id, a.uid, a.language, a.date_published, a.date_method, s.name AS source,
               coalesce(a.headline, substr(a.text, 1, 200)) AS title
             FROM articles AS a LEFT JOIN sources AS s ON s.id = a.source_id WHERE a.id IN (?, ?) ORDER BY a.uid"""
    rows = list(db.query(sql, [one, other]))
    message = between_dates(rows[0], rows[1]) if len(rows) == 2 else None
    if message is not None:
        _insert(db, (rows[0]["id"], None, rows[1]["id"], None, DATES, _sentence(message)))


@dataclass(slots=True)
class _Group:
    """The claims of one measure and subject in the database; who denies a value does not state it."""

    db: Database
    measure: str
    subject: str
    _held: dict[tuple[Value, int | None], list[Claimed]] = field(default_factory=dict)
    _stories: dict[Value, int] = field(default_factory=dict)

    def stated(self) -> list[Stated]:
        """Each value with its claims counted, from the index alone."""
        sql = f"""SELECT kind, currency, CASE kind WHEN 'quantity' THEN unit END AS unit, low, high, count(*),
                    sum(low = high AND qualifier IN ({", ".join("?" * len(POINTS))}))
                  FROM figures WHERE measure = ? AND subject = ? AND vague = 0 AND struck = 0
                    AND stance IS NOT 'denied' GROUP BY 1, 2, 3, 4, 5"""
        found = self.db.execute(sql, [*POINTS, self.measure, self.subject]).fetchall()
        return [Stated((*row[:3], row[3], row[4]), row[5], row[6] or 0) for row in found]

    def of(self, value: Value, most: int | None = WITNESSES) -> list[Claimed]:
        """Those that state a value, by the uid of their article and their place in it."""
        if (value, most) not in self._held:
            where, parameters = self._where(value)
            limit = -1 if most is None else most
            self._held[value, most] = _claimed(self.db, where, parameters, limit=limit)
        return self._held[value, most]

    def stories(self, value: Value) -> int:
        """The number of stories that state a value, at most ``STORIES_COUNTED``."""
        if value not in self._stories:
            where, parameters = self._where(value)
            sql = f"""SELECT count(*) FROM (
                        SELECT DISTINCT coalesce(a.story_id, -a.id) FROM figures AS f
                        JOIN articles AS a ON a.id = f.article_id
                        WHERE f.struck = 0 AND f.vague = 0 AND {where} LIMIT ?)"""
            self._stories[value] = value_of(self.db, sql, [*parameters, STORIES_COUNTED])
        return self._stories[value]

    def _where(self, value: Value) -> tuple[str, list[Any]]:
        kind, currency, unit, low, high = value
        where = "f.measure = ? AND f.subject = ? AND f.kind = ? AND f.currency IS ? AND f.low IS ? AND f.high IS ?"
        where += " AND f.stance IS NOT 'denied'"
        parameters = [self.measure, self.subject, kind, currency, low, high]
        return (f"{where} AND f.unit IS ?", [*parameters, unit]) if kind == "quantity" else (where, parameters)


def flag_claims(db: Database, groups: Iterable[Sequence[str]]) -> None:
    """Raise anew the flags among all claims of one measure and subject, for each of these pairs."""
    wanted_groups = [(measure, subject) for measure, subject in groups]
    present: dict[tuple[str, str], dict[_Key, int]] = {group: {} for group in wanted_groups}
    sql = """SELECT f.measure, f.subject, l.article_id, l.figure_id, l.other_article_id, l.other_figure_id, l.kind,
               l.message, l.rowid FROM flags AS l JOIN figures AS f ON f.id = l.figure_id WHERE l.kind IN (?, ?)"""
    for measure, subject, *key, row in db.execute(sql, [SCALE, RANGE]):
        if (measure, subject) in present:
            present[measure, subject][tuple(key)] = row
    for measure, subject in wanted_groups:
        group = _Group(db, measure, subject)
        scale, ranges = in_group(group.stated(), group, several=measure in _several())
        wanted = {_key(kind, clash) for kind, clashes in ((SCALE, scale), (RANGE, ranges)) for clash in clashes}
        for key, row in present[measure, subject].items():
            if key not in wanted:
                db.execute("DELETE FROM flags WHERE rowid = ?", [row])
        for key in sorted(wanted - present[measure, subject].keys()):
            _insert(db, key)


def _key(kind: str, clash: Clash) -> _Key:
    ends = (None, None) if clash.other is None else (clash.other.article_id, clash.other.id)
    return clash.claim.article_id, clash.claim.id, *ends, kind, _sentence(clash.message)


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:]


def _insert(db: Database, key: _Key) -> None:
    # "+" keeps the planner from indexes in which nearly every row has the same value, or none.
    db.execute(
        """INSERT INTO flags (article_id, figure_id, other_article_id, other_figure_id, kind, message)
           SELECT ?1, ?2, ?3, ?4, ?5, ?6
           WHERE NOT EXISTS (SELECT 1 FROM flags WHERE article_id = ?1 AND +figure_id IS ?2
             AND +other_article_id IS ?3 AND +other_figure_id IS ?4 AND +kind = ?5)""",
        key,
    )
