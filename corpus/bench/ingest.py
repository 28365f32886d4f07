"""What a whole ingest costs beside the mandated parts alone on the same articles: processor time, one process."""

from __future__ import annotations

import gc
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from corpus.bench.reports import as_page, as_text, reports
from corpus.claims import claim_figures
from corpus.clean import clean, with_languages
from corpus.dates.publication import find_publication_date, latest_day
from corpus.indexing import with_words
from corpus.ingesting import BATCH, ingest, link
from corpus.language import passage_language
from corpus.model import Article, Document
from corpus.pipeline import citations_of, figures_of, language_of, mentions_of, process
from corpus.reading import read
from corpus.sources import find_provenance, stated_url
from corpus.storing import store_batch
from corpus.storing.schema import open_database

_WARM = 40
_STOCK = """
CREATE TABLE articles (id INTEGER PRIMARY KEY, headline TEXT, text TEXT, language TEXT, source TEXT);
CREATE VIRTUAL TABLE articles_fts USING fts5 (headline, text, content='articles', content_rowid='id');
CREATE TRIGGER articles_ai AFTER INSERT ON articles BEGIN
  INSERT INTO articles_fts (rowid, headline, text) VALUES (new.id, new.headline, new.text);
END;
"""


class Clock:
    """Processor seconds by name, in the order the names were first met."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - begun

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def write(folder: Path, kind: str, size: int, *, seed: int) -> None:
    """The generated articles as files."""
    folder.mkdir(parents=True)
    for report in reports(size, seed=seed):
        name = folder / f"{report.number:07}.{'html' if kind == 'pages' else 'txt'}"
        name.write_text(as_page(report) if kind == "pages" else as_text(report), encoding="utf-8")


def baseline(folder: Path, kind: str, database: Path) -> Clock:
    """The mandated parts alone, each by its own defaults: no figures, no dates in the text, no sources, no stories."""
    from langdetect import DetectorFactory, detect_langs
    from trafilatura import bare_extraction

    DetectorFactory.seed = 0
    clock = Clock()
    rows: list[tuple[str | None, str, str, str | None]] = []
    for path in sorted(folder.iterdir()):
        with clock("reading"):
            text, title, source = path.read_text(encoding="utf-8"), None, None
        if kind == "pages":
            with clock("trafilatura"):
                found = bare_extraction(text, with_metadata=True)
            if found is None:
                continue
            stated = found if isinstance(found, dict) else found.as_dict()
            text, title, source = str(stated["text"] or ""), stated["title"], stated["sitename"]
        with clock("langdetect"):
            guesses = detect_langs(text)
        rows.append((title, text, guesses[0].lang, source))
    with clock("inserts with FTS5"):
        _insert(database, rows)
    return clock


def _insert(database: Path, rows: Iterable[tuple[Any, ...]]) -> None:
    """Row by row in a transaction each, as each article is written whole; the search index by triggers."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(_STOCK)
    for row in rows:
        with connection:
            connection.execute("INSERT INTO articles (headline, text, language, source) VALUES (?, ?, ?, ?)", row)
    connection.close()


def bulk_inserts(database: Path) -> float:
    """Seconds for the same rows in one statement and their index built afterwards."""
    connection = sqlite3.connect(database)
    rows = connection.execute("SELECT headline, text, language, source FROM articles").fetchall()
    connection.close()
    database = database.with_name(f"bulk-{database.name}")
    begun = time.process_time()
    connection = sqlite3.connect(database)
    connection.executescript(_STOCK)
    connection.execute("DROP TRIGGER articles_ai")
    with connection:
        connection.executemany("INSERT INTO articles (headline, text, language, source) VALUES (?, ?, ?, ?)", rows)
        connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")
    connection.close()
    return time.process_time() - begun


def whole(folder: Path, database: Path) -> float:
    """Processor seconds of the ingest as users run it, with everything: evidence, figures, index, stories."""
    begun = _spent()
    ingest([str(folder)], database=database, default=folder)
    return _spent() - begun


def _spent() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def steps(folder: Path, database: Path) -> Clock:
    """The same work step by step, stored in batches as a run stores it."""
    clock = Clock()
    articles = [_stepwise(document, clock) for document in _clocked(read([folder]), clock, "reading")]
    with clock("words for search"):
        articles = [with_words(article) for article in articles]
    db = open_database(database)
    with clock("storing"):
        for start in range(0, len(articles), BATCH):
            store_batch(db, articles[start : start + BATCH], version="bench")
    with clock("stories"):
        link(db)
    db.close()
    return clock


def _clocked(documents: Iterator[Document], clock: Clock, name: str) -> Iterator[Document]:
    while True:
        with clock(name):
            document = next(documents, None)
        if document is None:
            return
        yield document


def _stepwise(document: Document, clock: Clock) -> Article:
    """What the pipeline does, with a clock at each step."""
    given = document.given
    with clock("clean"):
        cleaned = clean(document)
    with clock("language"):
        language = language_of(cleaned, declared=given.language or cleaned.metadata.language)
        languages = [passage_language(passage.text, language.code) for passage in cleaned.passages]
        cleaned = with_languages(cleaned, languages)
    with clock("dates"):
        url = given.url or cleaned.metadata.url or stated_url(cleaned)
        published = find_publication_date(cleaned, given, language.code, url=url, latest=latest_day(date.today()))
        mentions = mentions_of(cleaned.passages, published=published.value)
    with clock("sources"):
        provenance = find_provenance(cleaned, given, url=url)
        citations = citations_of(cleaned.passages, language.code)
    with clock("figures"):
        figures = figures_of(cleaned.passages)
    with clock("claims"):
        claims = claim_figures(
            cleaned.text, figures, language=language.code, citations=citations, published=published.value
        )
    return Article(
        document, cleaned.headline, cleaned.text, cleaned.passages, language, published, provenance, url, claims,
        mentions, citations, "bench",
    )  # fmt: skip


def _warm(folder: Path, kind: str) -> None:
    """Load and compile everything outside the clock, for both sides."""
    write(folder / "warm", kind, _WARM, seed=99)
    baseline(folder / "warm", kind, folder / "warm-stock.db")
    whole(folder / "warm", folder / "warm.db")
    for document in read([folder / "warm"]):
        process(document)


@click.command("ingest")
@click.option("--size", default=1_000, help="How many articles.")
@click.option("--kind", "kinds", type=click.Choice(["text", "pages"]), multiple=True, default=("text", "pages"))
@click.option("--table/--no-table", default=True, help="Whether to measure step by step as well.")
def ingest_bench(size: int, kinds: tuple[str, ...], table: bool) -> None:
    """The whole ingest beside trafilatura, langdetect and inserts alone, in seconds of one processor."""
    click.echo(f"load of the machine: {os.getloadavg()[0]:.1f}")
    for kind in kinds:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _warm(folder, kind)
            write(folder / "articles", kind, size, seed=1)
            gc.collect()
            stock = baseline(folder / "articles", kind, folder / "stock.db")
            ours = whole(folder / "articles", folder / "corpus.db")
            bulk = bulk_inserts(folder / "stock.db")
            click.echo(f"\n{size:,} articles, {kind}: ours / baseline = {ours / stock.total:.2f}")
            _lines(stock, size, "baseline")
            click.echo(f"{'  (inserts in bulk)':24} {bulk / size * 1000:8.2f} ms an article")
            by_bulk = stock.total - stock.seconds["inserts with FTS5"] + bulk
            click.echo(f"{'ours':24} {ours / size * 1000:8.2f} ms; / baseline with bulk inserts: {ours / by_bulk:.2f}")
            if table:
                _lines(steps(folder / "articles", folder / "steps.db"), size, "ours, step by step")


def _lines(clock: Clock, size: int, title: str) -> None:
    click.echo(f"{title:24} {clock.total / size * 1000:8.2f} ms an article")
    for name, spent in clock.seconds.items():
        click.echo(f"  {name:22} {spent / size * 1000:8.2f} ms")
