"""Imported by the process that worker processes are made from: what each of them needs is loaded once."""

from __future__ import annotations

from corpus.indexing import with_words
from corpus.ingesting import deriving  # noqa: F401
from corpus.model import Document
from corpus.pipeline import process

# Tables and models are loaded by the first document that needs them.
_TEXT = "Warming up\n\nA plan of $5 billion, announced on 9 February 2024, says Reuters."
with_words(process(Document("warm", "up", text=_TEXT)))
