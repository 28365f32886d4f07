"""What clashes with what, kept in ``flags``: raised anew for whatever has changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from corpus.stories.claimed import POINTS, Claimed, Clash, Value
from corpus.stories.clashes import Side, between_dates, between_versions, within_article
from corpus.stories.comparing import STORIES_COUNTED, WITNESSES, Stated, exclusions, scaled, slips
from corpus.stories.linking import links_with
from corpus.stories.traces import figures_of, traits_of
from corpus.storing.writing import value_of
from corpus.topic import several_measures

DUPLICATE = "duplicate"
SCALE, RANGE = "scale", "range"
VERSIONS, OWN, DATES = "versions_disagree", "own_article", "dates_apart"

_CLAIMED = """SELECT f.id, f.article_id, a.story_id, a.uid, f.start_char, f.kind, f.currency, f.unit, f.low, f.high,
  f.qualifier, f.vague, f.measure, f.subject, f.period, f.stance, f.sentence, f.quote, a.language, a.date_published,
  s.name AS source, coalesce(a.headline, substr(a.text, 1, 200)) AS title
  FROM figures AS f JOIN articles AS a ON a.id = f.article_id LEFT JOIN sources AS s ON s.id = a.source_id
  WHERE f.struck = 0 AND f.vague = 0 AND """


_AMONG = "(SELECT value FROM json_each(?))"
# Articles, and pairs of them, read by one statement.
_BATCH = 200
_RANGED = "f.low < f.high AND f.measure = ? AND f.subject = ?"
# A value stated of a measure and a subject.
_About = tuple[str, str, Value]
_Key = tuple[int, int | None, int | None, int | None, str, str]


def _claimed(db: Database, where: str, parameters: Sequence[Any], *, limit: int = -1) -> list[Claimed]:
    rows = db.conn.execute(f"{_CLAIMED}{where} ORDER BY a.uid, f.start_char, f.id LIMIT ?", [*parameters, limit])
    return [Claimed(*row) for row in rows]


def _claimed_by(db: Database, ids: Iterable[int]) -> dict[int, list[Claimed]]:
    """By article, what each claims."""
    found: dict[int, list[Claimed]] = {}
    for claim in _claimed(db, f"f.article_id IN {_AMONG}", [json.dumps(sorted(ids))]):
        found.setdefault(claim.article_id, []).append(claim)
    return found


def flag_articles(db: Database, ids: Iterable[int], *, changed: Iterable[int] = ()) -> None:
    """Raise anew the flags of these articles that they raise alone or with a version of themselves.

    Of ``changed`` ones the others are taken away as well: their claims may not be what they were.
    """
    wanted = sorted(set(ids))
    gone = json.dumps(sorted(set(changed)))
    db.execute(f"DELETE FROM flags WHERE +kind IN (?, ?) AND article_id IN {_AMONG}", [SCALE, RANGE, gone])
    for end in ("article_id", "other_article_id"):
        db.execute(
            f"DELETE FROM flags WHERE +kind IN (?, ?, ?) AND {end} IN {_AMONG}",
            [VERSIONS, OWN, DATES, json.dumps(wanted)],
        )
    for start in range(0, len(wanted), _BATCH):
        claims = _claimed_by(db, wanted[start : start + _BATCH])
        for article_id in sorted(claims):
            _raise(db, OWN, within_article(claims[article_id], several=several_measures()))
    pairs = links_with(db, wanted)
    for start in range(0, len(pairs), _BATCH):
        _flag_versions(db, pairs[start : start + _BATCH])


def _flag_versions(db: Database, pairs: Sequence[tuple[int, int, str]]) -> None:
    ids = sorted({end for *ends, _ in pairs for end in ends})
    claims, figures, traces = _claimed_by(db, ids), figures_of(db, ids), traits_of(db, ids)
    sides: dict[int, Side] = {}
    for article_id in ids:
        held = {claim.id: claim for claim in claims.get(article_id, ())}
        # A trait's place is that of its figure in the article.
        sides[article_id] = traces.get(article_id, ()), [held.get(row["id"]) for row in figures[article_id]]
    for one, other, kind in pairs:
        if kind != DUPLICATE:
            _raise(db, VERSIONS, between_versions(sides[one], sides[other]))
        _raise_dates(db, one, other)


def _raise(db: Database, kind: str, clashes: Iterable[Clash]) -> None:
    for clash in clashes:
        _insert(db, _key(kind, clash))


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
        """All values, from the index alone."""
        sql = f"""SELECT kind, currency, CASE kind WHEN 'quantity' THEN unit END AS unit, low, high,
                    sum(low = high AND qualifier IN ({", ".join("?" * len(POINTS))}))
                  FROM figures WHERE measure = ? AND subject = ? AND vague = 0 AND struck = 0
                    AND stance IS NOT 'denied' GROUP BY 1, 2, 3, 4, 5"""
        found = self.db.execute(sql, [*POINTS, self.measure, self.subject]).fetchall()
        return [Stated((*row[:3], row[3], row[4]), row[5] or 0) for row in found]

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
                        JOIN articles AS a ON a.id = f.article_id WHERE {where} LIMIT ?)"""
            self._stories[value] = value_of(self.db, sql, [*parameters, STORIES_COUNTED])
        return self._stories[value]

    def flags_of(self, value: Value) -> dict[_Key, int]:
        """The flags of scale there are on claims of a value, with their rows."""
        where, parameters = self._where(value)
        return _flags(self.db, SCALE, f"idx_figures_stated WHERE {where}", parameters)

    def flags_of_ranges(self) -> dict[_Key, int]:
        """The flags of ranges there are, with their rows."""
        return _flags(self.db, RANGE, f"idx_figures_ranged WHERE {_RANGED}", [self.measure, self.subject])

    def has_ranges(self) -> bool:
        """True where a range is stated: only then is there something to be outside of."""
        sql = f"SELECT 1 FROM figures AS f INDEXED BY idx_figures_ranged WHERE {_RANGED} LIMIT 1"
        return self.db.execute(sql, [self.measure, self.subject]).fetchone() is not None

    def _where(self, value: Value) -> tuple[str, list[Any]]:
        kind, currency, unit, low, high = value
        where = "f.measure = ? AND f.subject = ? AND f.kind = ? AND f.currency IS ? AND f.low IS ? AND f.high IS ?"
        where += " AND f.struck = 0 AND f.vague = 0 AND f.stance IS NOT 'denied'"
        parameters = [self.measure, self.subject, kind, currency, low, high]
        return (f"{where} AND f.unit IS ?", [*parameters, unit]) if kind == "quantity" else (where, parameters)


def _flags(db: Database, kind: str, figures: str, parameters: Sequence[Any]) -> dict[_Key, int]:
    sql = f"""SELECT l.article_id, l.figure_id, l.other_article_id, l.other_figure_id, l.kind, l.message, l.rowid
              FROM figures AS f INDEXED BY {figures}"""
    sql = sql.replace(" WHERE ", " CROSS JOIN flags AS l ON l.figure_id = f.id WHERE ", 1)
    return {tuple(key): row for *key, row in db.execute(f"{sql} AND +l.kind = ?", [*parameters, kind])}


def flag_claims(db: Database, changed: Iterable[Sequence[Any]]) -> None:
    """Raise anew the flags among claims of one measure and subject, where values of them have changed.

    ``changed`` are rows of measure, subject, kind, currency, unit, low and high.
    """
    values = {
        (measure, subject, (kind, currency, unit if kind == "quantity" else None, low, high))
        for measure, subject, kind, currency, unit, low, high in changed
    }
    told = _stated(db, _all_scaled(values))
    stated = told | _stated(db, _all_scaled(told) - told)
    for (measure, subject), some in groupby(sorted(told, key=repr), key=lambda one: one[:2]):
        several = measure in several_measures()
        group = _Group(db, measure, subject)
        for _, _, value in some:
            others = [one for one in scaled(value) if one != value and (measure, subject, one) in stated]
            _renew(db, group.flags_of(value), SCALE, slips(value, others, group, several=several))
    for measure, subject in sorted({one[:2] for one in values}):
        group = _Group(db, measure, subject)
        if measure not in several_measures() and group.has_ranges():
            _renew(db, group.flags_of_ranges(), RANGE, exclusions(group.stated(), group))


def _all_scaled(values: Iterable[_About]) -> set[_About]:
    return {(measure, subject, one) for measure, subject, value in values for one in scaled(value)}


def _stated(db: Database, values: Iterable[_About]) -> set[_About]:
    """Those of some values that somebody states."""
    asked = list(values)
    db.execute("CREATE TEMP TABLE IF NOT EXISTS asked (measure, subject, kind, currency, unit, low REAL, high REAL)")
    db.execute("DELETE FROM temp.asked")
    db.conn.executemany(
        "INSERT INTO temp.asked VALUES (?, ?, ?, ?, ?, ?, ?)", [(*about, *value) for *about, value in asked]
    )
    found = db.conn.execute(
        """SELECT v.rowid FROM temp.asked AS v WHERE EXISTS (
             SELECT 1 FROM figures AS f WHERE f.measure = v.measure AND f.subject = v.subject AND f.kind = v.kind
               AND f.currency IS v.currency AND f.low IS v.low AND f.high IS v.high
               AND (v.kind <> 'quantity' OR f.unit IS v.unit)
               AND f.struck = 0 AND f.vague = 0 AND f.stance IS NOT 'denied')"""
    )
    return {asked[row[0] - 1] for row in found}


def _renew(db: Database, present: dict[_Key, int], kind: str, clashes: Iterable[Clash]) -> None:
    """Leave the flags that still hold as they are, take the others away, and add what is new."""
    wanted = {_key(kind, clash) for clash in clashes}
    for key in present.keys() - wanted:
        db.execute("DELETE FROM flags WHERE rowid = ?", [present[key]])
    for key in sorted(wanted - present.keys(), key=repr):
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
