"""Which article, and which figure or place in its text, a correction is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlite_utils import Database

from corpus.model import CorpusError
from corpus.storing.corrections import Correction
from corpus.storing.rows import canonical_url, make_uid
from corpus.storing.writing import ids_of

# Places named in a message, and looked for in a text.
_NAMED, _MOST = 5, 1000


class NoTarget(CorpusError):
    """What a correction is about is not there, or there more than once."""


def find_article(db: Database, name: str) -> int:
    """The id of the article with this uid or address; raises NoTarget."""
    found = ids_of(db, "SELECT id FROM articles WHERE uid = ?", [name])
    address = canonical_url(name)
    if not found and address is not None:
        # The uid of an article whose address is known is made from it, however the address is written.
        found = ids_of(db, "SELECT id FROM articles WHERE url = ? OR uid = ?", [name, make_uid(address)])
    if not found:
        raise NoTarget(f"there is no article {name}")
    if len(found) > 1:
        raise NoTarget(f"{len(found)} articles have the address {name}; name one by its uid")
    return found[0]


def find_figure(db: Database, article_id: int, text: str, correction: Correction) -> dict[str, Any]:
    """The row of the figure that a correction strikes or changes; raises NoTarget.

    White space in the quote may differ. ``at`` decides only between several: text before it may have changed.
    """
    quote = _plain(correction.quote)
    rows = [
        row
        for row in db.query(
            "SELECT * FROM figures WHERE article_id = ? AND method = 'text' ORDER BY start_char, id", [article_id]
        )
        if _plain(row["quote"]) == quote
    ]
    if not rows:
        stands = next(_places(text, quote), None) is not None
        why = "no figure is read there (add: would add it)" if stands else "the article does not say so"
        raise NoTarget(f'"{correction.quote}": {why}')
    return rows[_chosen([row["start_char"] for row in rows], correction)]


def find_place(text: str, correction: Correction) -> tuple[int, int]:
    """Start and end in the text of the quote of a figure that is added; raises NoTarget."""
    places = [span for span, _ in zip(_places(text, _plain(correction.quote)), range(_MOST), strict=False)]
    if not places:
        raise NoTarget(f'"{correction.quote}": the article does not say so')
    return places[_chosen([start for start, _ in places], correction)]


def _chosen(starts: Sequence[int], correction: Correction) -> int:
    """Which of several places is meant."""
    if correction.nth is not None:
        if correction.nth > len(starts):
            raise NoTarget(f'"{correction.quote}" stands {len(starts)} times, so nth: {correction.nth} is not there')
        return correction.nth - 1
    if len(starts) == 1:
        return 0
    if correction.at in starts:
        return starts.index(correction.at)
    places = ", ".join(map(str, starts[:_NAMED])) + (", …" if len(starts) > _NAMED else "")
    none = "" if correction.at is None else f", none of them at {correction.at}"
    raise NoTarget(f'"{correction.quote}" stands {len(starts)} times (at: {places}){none}; say which with at: or nth:')


def _plain(quote: str | None) -> str:
    return " ".join((quote or "").split())


def _places(text: str, quote: str) -> Iterator[tuple[int, int]]:
    pattern = r"\s+".join(re.escape(word) for word in quote.split())
    return (match.span() for match in re.finditer(pattern, text)) if quote else iter(())
