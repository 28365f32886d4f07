"""How fast search answers: generated articles, every kind of query, the same as bare FTS5 beside each."""

from __future__ import annotations

import gc
import itertools
import math
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from sqlite_utils import Database

from corpus.bench.texts import seed_texts
from corpus.indexing import index_stale
from corpus.searching import search
from corpus.storing.schema import open_database, transaction

_BATCH = 2_000
_LANGUAGES = ("en", "de", "ru", "zh", "fr", "es", "ja", "ar")
_WEIGHTS = (40, 15, 10, 10, 8, 8, 5, 4)
_WORDS = 30_000
_LETTERS = {"ru": "оеаинтсрвлкмдпу", "ar": "المنتربويدسعكقف"}
_NAMES = {
    "en": ("Altman", "chips", "OpenAI"), "de": ("Altman", "Halbleiterindustrie", "OpenAI"),
    "ru": ("Альтмана", "чипов", "OpenAI"), "zh": ("奥特曼", "芯片", "OpenAI"), "fr": ("Altman", "puces", "OpenAI"),
    "es": ("Altman", "semiconductores", "OpenAI"), "ja": ("アルトマン", "半導体", "OpenAI"),
    "ar": ("ألتمان", "الرقائق", "OpenAI"),
}  # fmt: skip
_AMOUNTS = (1e9, 2e9, 5e9, 7e9, 1e10, 5e10, 1e11, 1e12, 5e12, 7e12)
_MEASURES = ("fundraising_target", "investment", "market_cap", "revenue", "growth")


def _vocabulary(language: str) -> list[str]:
    """Words of a language: those of the seeds where there are, then invented ones in its script."""
    chance = random.Random(language)
    known = [word for text in seed_texts().values() for word in text.split() if word.isalpha() and language == "de"]
    letters = _LETTERS.get(language, "etaoinshrdlucmfgp")
    if language in ("zh", "ja"):
        made = ["".join(chr(chance.randint(0x4E00, 0x5FFF)) for _ in range(2)) for _ in range(6_000)]
    else:
        made = ["".join(chance.choices(letters, k=chance.randint(3, 11))) for _ in range(_WORDS)]
    return list(dict.fromkeys([*known, *made]))


def _texts(count: int) -> Iterator[tuple[int, str, str, str]]:
    """(number, language, headline, body): words as frequent as Zipf has them, names in a part of the articles."""
    chance = random.Random(1)
    words = {language: _vocabulary(language) for language in _LANGUAGES}
    sums = {
        language: list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(known))))
        for language, known in words.items()
    }
    for number in range(1, count + 1):
        language = chance.choices(_LANGUAGES, _WEIGHTS)[0]
        picked = chance.choices(words[language], cum_weights=sums[language], k=chance.randint(60, 160))
        for name, share in zip(_NAMES[language], (0.5, 0.35, 0.6), strict=True):
            if chance.random() < share:
                picked[chance.randrange(len(picked))] = name
        # Words that few articles have, and one phrase.
        if number % 1_000 == 7:
            picked[5] = "quasarium"
        if number % 200 == 3:
            picked[8:10] = ["amber", "lantern"]
        space = "" if language in ("zh", "ja") else " "
        yield number, language, space.join(picked[:8]), space.join(picked[8:]) + "."


def build(path: Path, count: int) -> dict[str, float]:
    """Make a database of generated articles; seconds for the rows and for the index of search."""
    chance = random.Random(2)
    spent = {"rows": 0.0, "index": 0.0}
    db = open_database(path)
    db.execute("PRAGMA synchronous = OFF")
    with transaction(db):
        db.conn.executemany(
            "INSERT INTO sources (id, slug, name) VALUES (?, ?, ?)",
            [(number, f"outlet-{number}", f"Outlet {number}") for number in range(1, 201)],
        )
    texts = _texts(count)
    while batch := list(itertools.islice(texts, _BATCH)):
        begun = time.monotonic()
        with transaction(db):
            _write(db, batch, chance)
            middle = time.monotonic()
            index_stale(db)
        spent["rows"] += middle - begun
        spent["index"] += time.monotonic() - middle
    begun = time.monotonic()
    with transaction(db):
        for index in ("search_index", "articles_fts"):
            db.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")
    spent["optimize"] = time.monotonic() - begun
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return spent


def _write(db: Database, batch: list[tuple[int, str, str, str]], chance: random.Random) -> None:
    stories, articles, figures = [], [], []
    for number, language, headline, body in batch:
        story = number if number % 5 else number - 1
        if story == number:
            stories.append((story, f"s{number}"))
        day = chance.randint(0, 365 * 6)
        date = None if chance.random() < 0.05 else f"{2019 + day // 365}-{day // 31 % 12 + 1:02d}-{day % 28 + 1:02d}"
        text = f"{headline}\n\n{body}"
        stamp = "2024-01-01T00:00:00Z"
        source = min(int(chance.expovariate(0.05)) + 1, 200)
        articles.append(
            (number, f"u{number}", headline, text, language, date, source, story, len(text), str(number), stamp, stamp)
        )
        for place in range(chance.randint(0, 4)):
            low = chance.choice(_AMOUNTS) if chance.random() < 0.7 else round(10 ** chance.uniform(6, 13), -5)
            high = low if chance.random() < 0.85 else None if chance.random() < 0.5 else low * 1.5
            figures.append((number, place, place + 1, text[place], low, high, low, high, chance.choice(_MEASURES)))
    insert = db.conn.executemany
    insert("INSERT INTO stories (id, uid) VALUES (?, ?)", stories)
    insert(
        "INSERT INTO articles (id, uid, headline, text, language, date_published, source_id, story_id, word_count, "
        "content_hash, first_ingested, last_ingested) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        articles,
    )
    insert(
        "INSERT INTO figures (article_id, start_char, end_char, quote, kind, currency, low, high, low_usd, high_usd, "
        "qualifier, measure, vague, method, struck) VALUES (?, ?, ?, ?, 'money', 'USD', ?, ?, ?, ?, 'exact', ?, 0, "
        "'text', 0)",
        figures,
    )


# Each kind with what is asked here and what bare FTS5 is asked; None where it has no such question.
KINDS: dict[str, tuple[dict[str, Any], str | None]] = {
    "rare word": ({"query": "quasarium"}, "quasarium"),
    "common word": ({"query": "Altman"}, "Altman OR Альтмана OR ألتمان"),
    "commonest word": ({"query": "OpenAI"}, "OpenAI"),
    "phrase": ({"query": '"amber lantern"'}, '"amber lantern"'),
    "two common words": ({"query": "Altman chips"}, "Altman chips"),
    "exact common word": ({"query": "exact:OpenAI"}, "OpenAI"),
    "two characters": ({"query": "芯片"}, "芯片*"),
    "one character": ({"query": "芯"}, "芯*"),
    "figure": ({"query": "7 trillion"}, None),
    "figure and word": ({"query": "Altman 7 trillion"}, None),
    "figures above": ({"query": ">1 trillion"}, None),
    "word, language and date": ({"query": "Altman", "language": "de", "since": "2023-05"}, "Altman"),
    "filter alone": ({"query": "language:ru measure:growth"}, None),
    "common, newest first": ({"query": "OpenAI", "sort": "newest"}, None),
    "excluded": ({"query": "OpenAI -Altman"}, "OpenAI NOT Altman"),
    "nothing found": ({"query": "quasarrium"}, "quasarrium"),
    "all articles": ({"query": None}, None),
}


def _percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, math.ceil(share * len(times)) - 1)]


def _timed(ask: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def _bare(connection: sqlite3.Connection, match: str) -> list[Any]:
    """The same question to stock FTS5: the best twenty with snippets, and how many there are."""
    found = connection.execute(
        "SELECT rowid, snippet(articles_fts, 1, '', '', '', 20) FROM articles_fts WHERE articles_fts MATCH ? "
        "ORDER BY rank LIMIT 20",
        [match],
    ).fetchall()
    return [
        *found,
        connection.execute("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?", [match]).fetchone(),
    ]


def measure(path: Path, times: int) -> None:
    """Ask every kind of query and say how long it took."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        search(connection, "warm 7 trillion")
        gc.collect()
        gc.freeze()  # as the server does
        click.echo(f"{'query':26} {'found':>8} {'p50 ms':>8} {'p95 ms':>8} {'bare p50':>9} {'ratio':>6}")
        for name, (asked, match) in KINDS.items():
            result = search(connection, **asked)
            taken = _timed(lambda asked=asked: search(connection, **asked), times)  # type: ignore[misc]
            line = f"{name:26} {result.total:>7}{'+' if result.total_capped else ' '}"
            line += f" {statistics.median(taken):>8.1f} {_percentile(taken, 0.95):>8.1f}"
            if match is not None:
                bare = statistics.median(_timed(lambda match=match: _bare(connection, match), 3))  # type: ignore[misc]
                line += f" {bare:>9.1f} {statistics.median(taken) / bare:>6.2f}"
            click.echo(line)
        result, pages = search(connection, "OpenAI", size=100), 0
        while result.next is not None and pages < 50:
            following = result.next
            result, pages = search(connection, "OpenAI", size=100, next=following), pages + 1
        taken = _timed(lambda: search(connection, "OpenAI", size=20, next=following), times)
        click.echo(
            f"{f'page {pages} of 100':26} {'':8} {statistics.median(taken):>8.1f} {_percentile(taken, 0.95):>8.1f}"
        )


def _eight(path: Path) -> None:
    def ask(_: int) -> float:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return max(_timed(lambda: search(connection, "OpenAI"), 3))

    with ThreadPoolExecutor(8) as pool:
        slowest = max(pool.map(ask, range(8)))
    click.echo(f"eight clients at once, the commonest word: the slowest answer took {slowest:.0f} ms")


@click.command("search")
@click.option("--articles", default=10_000, show_default=True, type=click.IntRange(100))
@click.option("--times", default=20, show_default=True, help="How often each query is asked.")
@click.option("--keep", type=click.Path(path_type=Path), help="A database to keep, and to use again where it is there.")
def search_bench(articles: int, times: int, keep: Path | None) -> None:
    """Answers of search on generated articles, beside the same questions to bare FTS5."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db" if keep is None else keep
        if not path.exists():
            spent = build(path, articles)
            click.echo(", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items()))
        with closing(sqlite3.connect(path)) as connection:
            sizes = (
                connection.execute(
                    "SELECT substr(name, 1, 12), sum(pgsize) FROM dbstat WHERE name LIKE 'search_index%' "
                    "OR name LIKE 'articles_fts%' GROUP BY 1"
                ).fetchall()
                if _has_dbstat(connection)
                else []
            )
            text = connection.execute("SELECT sum(length(CAST(text AS BLOB))) FROM articles").fetchone()[0]
        sizes.append(("file", path.stat().st_size))
        click.echo(f"text {text / 1e6:.0f} MB; " + ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in sizes))
        measure(path, times)
        _eight(path)


def _has_dbstat(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1 FROM dbstat LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        return False
    return True
