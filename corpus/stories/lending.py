"""The date an article without one takes from a version of it that states one."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlite_utils import Database

from corpus.storing.children import convert_figures
from corpus.storing.writing import ids_of, update

SIBLING, GIVEN = "sibling", "given"
_DATES = ("date_published", "date_precision", "date_method", "date_evidence")


def lend_dates(db: Database, ids: Iterable[int]) -> set[int]:
    """Give undated articles the date of the version most like them, and take it back where there is none now.

    A stated date is never touched, and a lent one is never lent on. Amounts in dollars follow the
    date. The articles whose date changed.
    """
    changed: set[int] = set()
    # "Nobody knows" can be given by hand as well.
    undated = """SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))
                   AND date_method IS NOT ? AND (date_published IS NULL OR date_method IS ?) ORDER BY id"""
    for article_id in ids_of(db, undated, [json.dumps(list(ids)), GIVEN, SIBLING]):
        if update(db, "articles", article_id, dict(zip(_DATES, _lender(db, article_id), strict=True))):
            changed.add(article_id)
            convert_figures(db, article_id)
    return changed


def _lender(db: Database, article_id: int) -> tuple[str | None, str | None, str | None, str | None]:
    row = db.execute(
        """SELECT a.date_published, a.date_precision, a.uid, a.date_evidence, l.kind
           FROM (SELECT other_id AS id, kind, score FROM article_links WHERE article_id = :id
                 UNION ALL SELECT article_id, kind, score FROM article_links WHERE other_id = :id) AS l
           JOIN articles AS a ON a.id = l.id
           WHERE a.date_published IS NOT NULL AND a.date_method IS NOT 'sibling'
           ORDER BY l.score DESC, length(a.date_published) DESC, a.date_published, a.uid LIMIT 1""",
        {"id": article_id},
    ).fetchone()
    if row is None:
        return None, None, None, None
    said = f": {row[3]}" if row[3] else ""
    return row[0], row[1], SIBLING, f"{row[4].replace('_', ' ')} {row[2]}{said}"
