"""Removing what stands in the database of files that are gone."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlite_utils import Database

from corpus.reading.walking import Root
from corpus.stories.forgetting import forget_articles, remove_unused_sources
from corpus.storing.schema import transaction

# The documents of some folders, or of all that still hold something: one that holds nothing may not be mounted.
_CHOSEN = """(:roots IS NULL AND EXISTS (
    SELECT 1 FROM documents AS other WHERE other.root = d.root AND other.status <> 'gone')
  OR EXISTS (SELECT 1 FROM json_each(:roots) AS one WHERE d.root = one.value ->> 0 AND (
    one.value ->> 1 = '' OR d.origin = one.value ->> 1
    OR substr(d.origin, 1, length(one.value ->> 1) + 1) = (one.value ->> 1) || '/')))"""


def prune(db: Database, roots: Sequence[Root] | None) -> list[str]:
    """Remove articles whose every file is gone, with all that hangs on them; their names, headline or uid.

    Only files under ``roots`` count where these are given; else those of every folder that still holds
    something. Stories and links are brought up to date by whoever links next.
    """
    chosen = None if roots is None else json.dumps([[root.label, root.prefix] for root in roots])
    rows = db.execute(
        f"""SELECT a.id, coalesce(a.headline, a.uid) FROM articles AS a
            WHERE EXISTS (SELECT 1 FROM documents AS d WHERE d.article_id = a.id AND d.status = 'gone' AND {_CHOSEN})
              AND NOT EXISTS (SELECT 1 FROM documents AS d WHERE d.article_id = a.id AND NOT (
                d.status = 'gone' AND {_CHOSEN}))
            ORDER BY a.id""",
        {"roots": chosen},
    ).fetchall()
    forget_articles(db, (row[0] for row in rows))
    with transaction(db):
        db.execute(f"DELETE FROM documents AS d WHERE d.status = 'gone' AND {_CHOSEN}", {"roots": chosen})
    if rows:
        remove_unused_sources(db)
    return [str(row[1]) for row in rows]
