"""From figures to claims: what each figure measures, whose it is, on whose word, for when, and how firmly."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.claims.article import ArticleClaims
from corpus.model import Citation, Claim, Figure


def claim_figures(
    text: str,
    figures: Sequence[Figure],
    *,
    language: str | None,
    citations: Sequence[Citation] = (),
    published: str | None = None,
) -> tuple[Claim, ...]:
    """One claim for each figure, in the order of ``figures``; digits of a name ("جي 42") are no figure.

    ``language`` is the BCP 47 tag of the text, ``citations`` the outlets found in it, ``published`` an ISO
    8601 prefix. Offsets count code points of ``text``. What no rule says is None.
    """
    if not figures:
        return ()
    reading = ArticleClaims(text, figures, language, citations, published)
    return tuple(reading.claim(figure) for figure in figures if not reading.in_name(figure))
