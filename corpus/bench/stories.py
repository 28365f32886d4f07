"""What linking costs an article as the corpus grows: generated articles, some of them versions of others."""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from pathlib import Path

import click
from sqlite_utils import Database

from corpus.indexing import index_stale
from corpus.stories import link_stories
from corpus.storing.rows import Row, text_hash
from corpus.storing.schema import open_database, transaction
from corpus.storing.writing import insert
from corpus.topic import load_topic

_SYLLABLES = ("ka", "lo", "ren", "ti", "mu", "sal", "vor", "ne", "dis", "pa", "gri", "on", "el", "bu", "cha", "fe")
_LANGUAGES = ("en", "de", "fr", "es")
_WORDS = 20_000
# Words by their rank: the first is every seventieth word, as in languages with many forms.
_RANKS = list(accumulate(1 / (rank + 10) for rank in range(_WORDS)))
# One article in ten is a translation of another, one in twenty a reprint.
_TRANSLATED, _REPRINTED = 0.1, 0.05
# Articles that arrive one by one once the others are linked.
_ARRIVING = 20


def _vocabulary(language: str) -> list[str]:
    chance = random.Random(language)
    return [f"{''.join(chance.choices(_SYLLABLES, k=chance.randint(1, 4)))}{language[0]}" for _ in range(_WORDS)]


def _figures(chance: random.Random) -> list[float]:
    """Amounts as newspapers have them: a common one, round ones, and some with three or four digits."""
    made = [7e12] if chance.random() < 0.5 else []
    for _ in range(chance.randint(2, 7)):
        made.append(round(chance.uniform(1, 10), chance.choice((0, 1, 1, 2, 3))) * 10 ** chance.choice((8, 9, 10)))
    return made


def _body(
    chance: random.Random, words: list[str], names: list[str], amounts: list[float]
) -> tuple[str, list[tuple[int, str, float]]]:
    """Sentences around names and amounts in their order; words are as unevenly used as in speech."""
    parts: list[str] = []
    spans: list[tuple[int, str, float]] = []
    length = 0

    def add(part: str) -> None:
        nonlocal length
        parts.append(part)
        length += len(part) + 1

    for at in range(max(len(names), len(amounts))):
        for _ in range(chance.randint(12, 24)):
            add(words[bisect(_RANKS, chance.random() * _RANKS[-1])])
        if at < len(names):
            add(names[at])
        if at < len(amounts):
            quote = f"${amounts[at]:,.0f}"
            spans.append((length, quote, amounts[at]))
            add(quote)
    return " ".join(parts), spans


def generated(count: int, *, seed: int = 0) -> Iterator[tuple[Row, list[Row]]]:
    """Rows of ``articles`` with their ``figures``."""
    chance = random.Random(seed)
    topic = load_topic()
    people = ([person.name for person in topic.people] + [subject.name for subject in topic.subjects])[:60]
    vocabularies = {language: _vocabulary(language) for language in _LANGUAGES}
    names: list[str] = []
    amounts: list[float] = []
    language, text, spans = "en", "", list[tuple[int, str, float]]()
    for number in range(count):
        draw = chance.random()
        if number and draw < _REPRINTED:
            text = f"{text} {' '.join(chance.choices(vocabularies[language], k=20))}"
        else:
            if number and draw < _REPRINTED + _TRANSLATED:
                language = chance.choice([other for other in _LANGUAGES if other != language])
            else:
                language = chance.choice(_LANGUAGES)
                amounts = _figures(chance)
                names = ["OpenAI", "Sam Altman", *chance.choices(people, k=chance.randint(4, 10))]
            text, spans = _body(chance, vocabularies[language], names, amounts)
        article: Row = {
            "uid": f"{chance.getrandbits(50):013x}",
            "text": text,
            "language": language,
            "date_published": f"2024-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            "date_precision": "day",
            "date_method": "stated",
            "content_hash": text_hash(text),
            "first_ingested": "2024-01-01T00:00:00Z",
            "last_ingested": "2024-01-01T00:00:00Z",
        }
        figures: list[Row] = [
            {
                "start_char": start,
                "end_char": start + len(quote),
                "quote": quote,
                "sentence": quote,
                "kind": "money",
                "low": value,
                "high": value,
                "currency": "USD",
                "qualifier": "exact",
                "measure": chance.choice(("fundraising_target", "investment", "revenue")),
                "subject": chance.choice(people),
            }
            for start, quote, value in spans
        ]
        yield article, figures


def _store(db: Database, articles: Iterable[tuple[Row, list[Row]]]) -> None:
    waiting = iter(articles)
    # A transaction of all of them would leave a log that slows what follows.
    while batch := list(islice(waiting, 1_000)):
        with transaction(db):
            for article, figures in batch:
                article_id = insert(db, "articles", [article])
                insert(db, "figures", [{"article_id": article_id} | figure for figure in figures])
            # As storing does: what is measured is linking.
            index_stale(db)


def _linked(db: Database) -> tuple[float, float]:
    """Seconds of processor and of time that linking what is new takes."""
    started, busy = time.perf_counter(), time.process_time()
    link_stories(db)
    return time.process_time() - busy, time.perf_counter() - started


def _peak() -> float:
    """Megabytes that this process had at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


@click.command()
@click.option("--size", "sizes", type=int, multiple=True, default=(1_000, 10_000), help="Articles; may be repeated.")
def stories(sizes: tuple[int, ...]) -> None:
    """Milliseconds that linking one article takes: in one pass over so many, and where one arrives among them."""
    costs: list[float] = []
    arrivals: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        # Load and compile everything outside the clock.
        db = open_database(Path(folder) / "warm.db")
        _store(db, generated(50))
        _linked(db)
        db.close()
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            db = open_database(Path(folder) / "corpus.db")
            articles = generated(size + _ARRIVING)
            _store(db, islice(articles, size))
            busy, took = _linked(db)
            costs.append(busy / size * 1000)
            links = dict(db.execute("SELECT kind, count(*) FROM article_links GROUP BY kind").fetchall())
            flags = db.execute("SELECT count(*) FROM flags").fetchone()[0]
            spent = []
            for article in articles:
                _store(db, [article])
                spent.append(_linked(db)[0] * 1000)
            arrivals.append(sum(spent) / len(spent))
            db.close()
        click.echo(
            f"{size:>8,} articles: {costs[-1]:6.2f} ms of processor, {took / size * 1000:6.2f} ms of time each; "
            f"{', '.join(f'{count:,} {kind}' for kind, count in sorted(links.items()))}, {flags:,} flags; "
            f"peak of memory so far {_peak():.0f} MB"
        )
        click.echo(
            f"{'':17} one more article arriving: {arrivals[-1]:6.2f} ms of processor, at most {max(spent):.2f} ms"
        )
    for name, spent in (("an article", costs), ("an arrival", arrivals)):
        click.echo(f"cost of {name}, largest / smallest corpus: {spent[-1] / spent[0]:.2f}")
