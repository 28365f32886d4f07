"""Who states the amounts that were asked for: the figures found, with their article and on whose word they stand."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

# More than this nobody reads as a list; it bounds what one answer costs.
MOST_CLAIMS = 300
_SQL = """SELECT f.start_char, f.end_char, f.quote, f.kind, f.low, f.high, f.currency, f.unit, f.qualifier, f.vague,
  f.magnitude, f.magnitude_high, f.measure, f.subject, f.attributed_to, f.period, f.stance, a.uid, a.headline,
  substr(a.text, 1, 200) AS opening, a.language, a.date_published, a.url AS original_url, s.slug AS source_slug,
  s.name AS source, t.uid AS story_uid
FROM json_each(?) AS w
JOIN figures AS f ON f.article_id = json_extract(w.value, '$[0]') AND f.start_char = json_extract(w.value, '$[1]')
  AND f.end_char = json_extract(w.value, '$[2]') AND f.struck = 0
JOIN articles AS a ON a.id = f.article_id
LEFT JOIN sources AS s ON s.id = a.source_id
LEFT JOIN stories AS t ON t.id = a.story_id
ORDER BY w.key"""


def claims_of(
    connection: sqlite3.Connection, places: Sequence[tuple[int, Sequence[tuple[int, int]]]]
) -> tuple[Mapping[str, Any], ...]:
    """The figures at these places of these articles (by their ids), in this order, MOST_CLAIMS at most."""
    wanted = [(number, *span) for number, spans in places for span in spans][:MOST_CLAIMS]
    if not wanted:
        return ()
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return tuple(dict(row) for row in cursor.execute(_SQL, [json.dumps(wanted)]))
