"""Whether each step's time grows with the text and no faster: ordinary text, and text made to be slow to read."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache

import click

from corpus.bench.reports import as_text, reports
from corpus.claims import claim_figures
from corpus.clean import clean
from corpus.dates import find_dates
from corpus.figures import find_figures
from corpus.indexing.rows import index_row
from corpus.language import detect_language
from corpus.model import Document
from corpus.sources import find_citations
from corpus.words.sentences import sentence_spans

SIZES = (10_000, 100_000, 1_000_000)
# Seconds that the next size may take, as the ones before it promise.
_PATIENCE = 12.0


def _clean(text: str) -> object:
    return clean(Document("bench", "a.txt", text=text))


def _page(text: str) -> object:
    return clean(Document("bench", "a.html", text=text, media_type="text/html"))


def _claims(text: str) -> object:
    figures = find_figures(text, "en")
    return claim_figures(text, figures, language="en", citations=find_citations(text, "en"), published="2024-02-09")


STEPS: Mapping[str, Callable[[str], object]] = {
    "clean": _clean,
    "page": _page,
    "language": detect_language,
    "dates": lambda text: find_dates(text, "en", published="2024-02-09"),
    "sources": lambda text: find_citations(text, "en"),
    "figures": lambda text: find_figures(text, "en"),
    "claims": _claims,
    "sentences": sentence_spans,
    "index": lambda text: index_row((1, "A headline", text, "en", "2024-02-09", None), []),
}

# One piece is repeated to the length wanted.
HOSTILE: Mapping[str, str] = {
    "one word": "a",
    "one word, Han": "国",
    "blank lines": "\n",
    "spaces": " ",
    "digits": "7",
    "numbers": "1,234.5 ",
    "punctuation": ".,;:!?",
    "brackets": "([{",
    "quotes": "\"'„“«",
    "markup": "<div><p class='a'>",
    "comments": "<!-- <b ",
    "attributes": "<meta name='a' content='",
    "marks": "a\u0301\u0301",
    "number words": "one hundred and ",
    "scale words": "billion ",
    "amounts": "$5 to $7 billion, ",
    "dates": "9 February 2024, ",
    "months": "May ",
    "names": "Sam Altman Reuters ",
    "cues": "said according to ",
    "verbs": "will raise plans to invest ",
    "furniture": "Subscribe to our newsletter. ",
    "labels": "Published: ",
    "addresses": "https://a.example/2024/ @a ",
    "initials": "A. B. ",
}


@cache
def _ordinary(size: int, run: int = 0) -> str:
    made: list[str] = []
    length = 0
    for report in reports(1 + size // 500, seed=run):
        if report.language == "en":
            made.append(as_text(report))
            length += len(made[-1])
            if length >= size:
                break
    return "\n".join(made)[:size]


def _text(piece: str | None, size: int, run: int) -> str:
    # Another one for each run: passages are remembered.
    return _ordinary(size, run) if piece is None else (piece * (size // len(piece) + 1))[:size]


def _seconds(step: Callable[[str], object], text: str) -> float:
    begun = time.process_time()
    step(text)
    return time.process_time() - begun


@click.command()
@click.option("--step", "only", multiple=True, type=click.Choice(list(STEPS)), help="Only these steps.")
@click.option("--most", default=2.0, help="Name what grows more than so many times as fast as the text.")
def linear(only: tuple[str, ...], most: float) -> None:
    """Microseconds a character at 10 kB, 100 kB and 1 MB for every text step, on ordinary and hostile text."""
    grown = 0
    for name in only or tuple(STEPS):
        step = STEPS[name]
        step(_ordinary(SIZES[0], 9))
        for kind, piece in {"ordinary": None, **HOSTILE}.items():
            costs: list[float] = []
            for size in SIZES:
                # The first two are noisy and short: the better of two runs each.
                runs = 2 if size < SIZES[-1] else 1
                costs.append(min(_seconds(step, _text(piece, size, run)) for run in range(runs)) / size * 1e6)
                growth = max(1.0, costs[-1] / max(costs[-2], 0.01)) if len(costs) > 1 else 1.0
                if costs[-1] * growth * size * 10 / 1e6 > _PATIENCE:
                    break
            # What takes next to nothing is overhead.
            ratio = costs[-1] / max(*costs[:-1], 0.05)
            marked = " GROWS" if ratio > most else ""
            grown += bool(marked)
            told = " ".join(f"{cost:8.2f}" for cost in costs)
            click.echo(f"{name:10} {kind:16} {told:28} µs a character, largest / smaller: {ratio:5.2f}{marked}")
    click.echo(f"{grown} grow faster than the text")
