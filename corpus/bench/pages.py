"""How fast pages answer: generated articles, a real server, a real client, Datasette's own table page beside them."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import click
import httpx

from corpus.bench.generating import build
from corpus.indexing import index_stale
from corpus.serving import command, metadata_for
from corpus.storing.migrations import TALLIED
from corpus.storing.schema import open_database, transaction

_METADATA = Path(__file__).parent.parent.parent / "metadata.yml"
_TABLE = "Datasette: articles"
# What the pages show beside texts and figures: told in SQL, since only how much of it there is matters here.
_MORE = (
    """UPDATE stories SET headline = (SELECT headline FROM articles WHERE id = stories.id),
         first_published = (SELECT date_published FROM articles WHERE id = stories.id), languages = 'en',
         article_count = (SELECT count(*) FROM articles WHERE story_id = stories.id)""",
    """UPDATE figures SET subject = 'Company ' || (id * 7919 % 40), sentence = (SELECT substr(text, 1, 160)
         FROM articles WHERE id = article_id), rule = 'generated',
         attributed_to = iif(id % 3, NULL, 'Outlet ' || (id % 200 + 1)), stance = iif(id % 11, NULL, 'denied')""",
    """INSERT INTO passages (article_id, position, role, rule, language, text, start_char, end_char)
         SELECT id, 0, 'headline', 'generated', language, headline, 0, length(headline) FROM articles""",
    """INSERT INTO passages (article_id, position, role, rule, language, text, start_char, end_char)
         SELECT id, 1, 'body', 'generated', language, substr(text, length(headline) + 3), length(headline) + 2,
         length(text) FROM articles""",
    """INSERT INTO citations (article_id, source_id, start_char, end_char, quote)
         SELECT id, id * 7919 % 200 + 1, 0, 1, substr(text, 1, 1) FROM articles WHERE id % 3 = 0""",
    """INSERT INTO article_links (article_id, other_id, kind, score, evidence)
         SELECT id, id - 1, 'translation', 0.9, 'generated' FROM articles WHERE id % 5 = 0""",
    """INSERT INTO flags (article_id, figure_id, kind, message)
         SELECT article_id, id, 'scale', 'Generated: 7 billion or 7 trillion?' FROM figures WHERE id % 50 = 0""",
    """INSERT INTO documents (root, origin, status, reason, article_id, first_seen, last_seen)
         SELECT 'bench', id || '.txt', iif(id % 100, 'ok', 'rejected'), iif(id % 100, NULL, 'it is empty'),
         iif(id % 100, id, NULL), '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z' FROM articles""",
    "INSERT INTO runs (started, finished, new) VALUES ('2024-01-01T00:00:00Z', '2024-01-01T01:00:00Z', 1)",
    "DELETE FROM articles_to_link",
    "DELETE FROM claims_to_compare",
)


def pages_database(path: Path, count: int) -> None:
    """Make a database of so many generated articles with all that the pages show of them."""
    build(path, count)
    db = open_database(path)
    db.execute("PRAGMA synchronous = OFF")
    with transaction(db):
        for statement in _MORE:
            db.execute(statement)
        index_stale(db)
        # The generator writes in bulk, past the triggers that keep these counts.
        for table, counts in TALLIED.items():
            for kind, value, weight in counts:
                db.execute("DELETE FROM tallies WHERE kind = ?", [kind])
                counted = f"SELECT ?, {value.format(table)}, sum({weight.format(table)}) FROM {table} GROUP BY 2"
                db.execute(f"INSERT INTO tallies (kind, value, n) {counted}", [kind])
    db.execute("PRAGMA optimize")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def addresses(path: Path) -> dict[str, str]:
    """Every page and its JSON by name, for an article, a story, a source that the database has."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        uid, source = connection.execute(
            "SELECT a.uid, s.slug FROM articles AS a JOIN sources AS s ON s.id = a.source_id WHERE a.story_id <> a.id "
            "ORDER BY a.id DESC LIMIT 1"
        ).fetchone()
    pages = {
        "landing": "/",
        "search: a word": "/search?q=Altman",
        "search: all": "/search",
        "search: figure": f"/search?q={quote('7 trillion')}",
        "search: filters": "/search?language=de&measure=growth&since=2022",
        "article": f"/article/{uid}",
        "measure": "/measure/investment",
        "story": f"/story/{uid}",
        "source": f"/source/{source}",
        "citations": "/citations",
        "quality": "/quality",
        "about": "/about",
    }
    found = {}
    for name, address in pages.items():
        place, _, query = address.partition("?")
        data = "/index.json" if place == "/" else f"{place}.json"
        found[name] = address
        found[f"{name}, JSON"] = data + (f"?{query}" if query else "")
    table = f"/{path.stem}/articles"
    return {
        _TABLE: table,
        f"{_TABLE}, JSON": f"{table}.json",
        **found,
        "feed": "/search.atom?q=Altman",
        "unchanged (304)": "/index.json",
    }


@contextmanager
def served(path: Path) -> Iterator[tuple[str, int]]:
    """A server of its own process on a database; its address and the number of the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        described = metadata_for(path, _METADATA, folder=Path(folder))
        run = command(path, metadata=described, host="127.0.0.1", port=port)
        server = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(600):
                try:
                    httpx.get(f"{address}/-/versions.json", timeout=5)
                    break
                except httpx.TransportError:
                    if server.poll() is not None:
                        raise click.ClickException("the server did not start") from None
                    time.sleep(0.1)
            yield address, server.pid
        finally:
            server.terminate()
            server.wait(20)


def _busy(process: int) -> float | None:
    """Milliseconds of processor that a process has had, None where the system does not say."""
    spent = 0
    for task in Path(f"/proc/{process}/task").glob("*/schedstat"):
        try:
            spent += int(task.read_text().split()[0])
        except (OSError, IndexError, ValueError):  # a thread that has just ended
            continue
    return spent / 1e6 if spent else None


def _percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


@click.command()
@click.option("--size", default=2_000, show_default=True, type=click.IntRange(100), help="Articles.")
@click.option(
    "--times", default=20, show_default=True, type=click.IntRange(3), help="How often each page is asked for."
)
@click.option("--keep", type=click.Path(path_type=Path), help="A database to keep, and to use again where it is there.")
def pages(size: int, times: int, keep: Path | None) -> None:
    """Milliseconds from asking for a page to having it whole, beside Datasette's own table page.

    The last two columns are of the processor's time that the server had for it, which other programs on the machine
    disturb less, and how many times as much that is as for the table page.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = keep or Path(folder) / "corpus.db"
        if not path.exists():
            pages_database(path, size)
        asked = addresses(path)
        taken: dict[str, list[float]] = {name: [] for name in asked}
        busy: dict[str, list[float]] = {name: [] for name in asked}
        weight = dict.fromkeys(asked, 0)
        with served(path) as (address, process), httpx.Client(base_url=address, timeout=120) as client:
            # What is read from disk for the first time is another measure than what a page costs.
            for place in asked.values():
                client.get(place)
            tag = client.get(asked["unchanged (304)"]).headers.get("etag", "")
            # In turn, so that a busy moment of the machine falls on all of them; the first round is not counted.
            for turn in range(times + 1):
                for name, place in asked.items():
                    headers = {"if-none-match": tag} if name.startswith("unchanged") else {}
                    before, begun = _busy(process), time.perf_counter()
                    answer = client.get(place, headers=headers)
                    spent, after = (time.perf_counter() - begun) * 1000, _busy(process)
                    if answer.status_code != (304 if headers else 200):
                        raise click.ClickException(f"{place}: {answer.status_code}")
                    weight[name] = len(answer.content)
                    if turn:
                        taken[name].append(spent)
                        busy[name].append(0.0 if before is None or after is None else after - before)
        base = _percentile(busy[_TABLE], 0.5) or 1.0
        click.echo(f"{'page':28} {'kB':>6} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'/ table':>8}")
        for name, times_taken in taken.items():
            middle, slow = _percentile(times_taken, 0.5), _percentile(times_taken, 0.95)
            work = _percentile(busy[name], 0.5)
            line = f"{name:28} {weight[name] / 1000:6.0f} {middle:8.1f} {slow:8.1f} {work:8.1f} {work / base:8.2f}"
            click.echo(line)
