"""A searchable, multilingual corpus of what the news claims.

The names below are what other programs call. Each is imported on first use, so that
``import corpus`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpus.dates import find_dates
    from corpus.figures import find_figures
    from corpus.language import detect_language
    from corpus.model import (
        Article,
        Citation,
        Claim,
        CorpusError,
        DateMention,
        Document,
        Figure,
        Given,
        Language,
        Passage,
        Provenance,
        PublicationDate,
        Source,
    )
    from corpus.pipeline import process
    from corpus.reading import read
    from corpus.searching import search
    from corpus.storing import store

_HOMES = {
    "read": "reading",
    "process": "pipeline",
    "store": "storing",
    "detect_language": "language",
    "find_dates": "dates",
    "find_figures": "figures",
    "search": "searching",
}

__all__ = [
    "Article",
    "Citation",
    "Claim",
    "CorpusError",
    "DateMention",
    "Document",
    "Figure",
    "Given",
    "Language",
    "Passage",
    "Provenance",
    "PublicationDate",
    "Source",
    "detect_language",
    "find_dates",
    "find_figures",
    "process",
    "read",
    "search",
    "store",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'corpus' has no attribute {name!r}")
    return getattr(import_module(f"corpus.{_HOMES.get(name, 'model')}"), name)


def __dir__() -> list[str]:
    return __all__
