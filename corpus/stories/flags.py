"""What clashes with what, kept in ``flags``: raised anew for whatever has changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlite_utils import Database

from corpus.stories.claimed import Claimed, Clash
from corpus.stories.clashes import Side, between_dates, between_versions, within_article
from corpus.stories.comparing import in_group
from corpus.stories.fingerprints import restored
from corpus.stories.linking import figures_of
from corpus.storing.writing import value_of

DUPLICATE = "duplicate"
SCALE, RANGE = "scale", "range"
VERSIONS, OWN, DATES = "versions_disagree", "own_article", "dates_apart"

_CLAIMED = """SELECT f.id, f.article_id, a.story_id, a.uid, f.start_char, f.kind, f.currency, f.unit, f.low, f.high,
  f.qualifier, f.vague, f.measure, f.subject, f.period, f.stance, f.sentence, f.quote, a.language, a.date_published,
  s.name AS source, coalesce(a.headline, substr(a.text, 1, 200)) AS title
  FROM figures AS f JOIN articles AS a ON a.id = f.article_id LEFT JOIN sources AS s ON s.id = a.source_id
  WHERE f.struck = 0 AND f.vague = 0 AND """


def _claimed(db: Database, where: str, parameters: Sequence[Any]) -> list[Claimed]:
    rows = db.query(f"{_CLAIMED}{where} ORDER BY a.uid, f.start_char, f.id", list(parameters))
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
        _raise(db, OWN, within_article(_claimed(db, "f.article_id = ?", [article_id])))
        for one, other, kind in db.execute(
            "SELECT article_id, other_id, kind FROM article_links WHERE article_id = ? OR other_id = ?",
            [article_id, article_id],
        ).fetchall():
            pairs[int(one), int(other)] = kind
    for (one, other), kind in sorted(pairs.items()):
        if kind != DUPLICATE:
            _raise(db, VERSIONS, between_versions(_side(db, one), _side(db, other)))
        _raise_dates(db, one, other)


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
        _insert(db, DATES, rows[0]["id"], None, rows[1]["id"], None, message)


def flag_claims(db: Database, groups: Iterable[Sequence[str]]) -> None:
    """Raise anew the flags among all claims of one measure and subject, for each of these pairs."""
    for measure, subject in groups:
        db.execute(
            "DELETE FROM flags WHERE +kind IN (?, ?) AND figure_id IN "
            "(SELECT id FROM figures WHERE measure = ? AND subject = ?)",
            [SCALE, RANGE, measure, subject],
        )
        scale, ranges = in_group(_claimed(db, "f.measure = ? AND f.subject = ?", [measure, subject]))
        _raise(db, SCALE, scale)
        _raise(db, RANGE, ranges)


def _raise(db: Database, kind: str, clashes: Iterable[Clash]) -> None:
    for clash in clashes:
        _insert(
            db,
            kind,
            clash.claim.article_id,
            clash.claim.id,
            None if clash.other is None else clash.other.article_id,
            None if clash.other is None else clash.other.id,
            clash.message,
        )


def _insert(
    db: Database,
    kind: str,
    article: int,
    figure: int | None,
    other_article: int | None,
    other_figure: int | None,
    message: str,
) -> None:
    # "+" keeps the planner from indexes in which nearly every row has the same value, or none.
    db.execute(
        """INSERT INTO flags (article_id, figure_id, other_article_id, other_figure_id, kind, message)
           SELECT :article, :figure, :other_article, :other_figure, :kind, :message
           WHERE NOT EXISTS (SELECT 1 FROM flags WHERE article_id = :article AND +figure_id IS :figure
             AND +other_article_id IS :other_article AND +other_figure_id IS :other_figure AND +kind = :kind)""",
        {
            "article": article,
            "figure": figure,
            "other_article": other_article,
            "other_figure": other_figure,
            "kind": kind,
            "message": message[:1].upper() + message[1:],
        },
    )
