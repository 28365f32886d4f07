"""How fast search answers over HTTP: generated articles, every kind of query, the same as bare FTS5 beside each."""

from __future__ import annotations

import math
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
import httpx

from corpus.bench.generating import build
from corpus.serving import command, metadata_for

_METADATA = Path(__file__).parent.parent.parent / "metadata.yml"
_PATIENCE = 120.0
_PAGES = 40

# Each kind with what is asked here and what bare FTS5 is asked; None where it has no such question.
KINDS: dict[str, tuple[dict[str, str], str | None]] = {
    "rare word": ({"q": "quasarium"}, "quasarium"),
    "common word": ({"q": "Altman"}, "Altman OR Альтмана OR ألتمان"),
    "commonest word": ({"q": "OpenAI"}, "OpenAI"),
    "phrase": ({"q": '"amber lantern"'}, '"amber lantern"'),
    "two common words": ({"q": "Altman chips"}, "Altman AND (chips OR Halbleiterindustrie OR чипов OR puces)"),
    "common or common": ({"q": "Altman OR chips"}, "Altman OR chips"),
    "exact common word": ({"q": "exact:OpenAI"}, "OpenAI"),
    "two CJK characters": ({"q": "芯片"}, "芯片*"),
    "one CJK character": ({"q": "芯"}, "芯*"),
    "beginning": ({"q": "Halbleit*"}, "Halbleit*"),
    "figure": ({"q": "7 trillion"}, None),
    "figure and word": ({"q": "Altman 7 trillion"}, None),
    "figures above": ({"q": ">1 trillion"}, None),
    "rare figure": ({"q": "123.4 million"}, None),
    "word, language, date": ({"q": "Altman", "language": "de", "since": "2023-05"}, "Altman"),
    "word in one month": ({"q": "OpenAI", "since": "2021-05", "until": "2021-05"}, "OpenAI"),
    "language and measure": ({"q": "language:ru measure:growth"}, None),
    "subject and word": ({"q": "OpenAI subject:TSMC"}, None),
    "flag and word": ({"q": "OpenAI flag:scale"}, None),
    "came in since": ({"q": "OpenAI new:2024-12-01"}, None),
    "common, newest first": ({"q": "OpenAI", "sort": "newest"}, None),
    "common, oldest first": ({"q": "OpenAI", "sort": "oldest"}, None),
    "common, last come first": ({"q": "OpenAI", "sort": "added"}, None),
    "common, by amount": ({"q": "OpenAI", "sort": "amount"}, None),
    "excluded": ({"q": "OpenAI -Altman"}, "OpenAI NOT Altman"),
    "nothing found": ({"q": "quasarrium"}, "quasarrium"),
    "all articles": ({}, None),
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


def _bare(connection: sqlite3.Connection, match: str) -> object:
    """The same question to stock FTS5: the best twenty with snippets, and how many there are."""
    found = connection.execute(
        "SELECT rowid, snippet(articles_fts, 1, '', '', '', 20) FROM articles_fts WHERE articles_fts MATCH ? "
        "ORDER BY rank LIMIT 20",
        [match],
    ).fetchall()
    count = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
    return found, connection.execute(count, [match]).fetchone()


class _Server:
    """A server of the database, the processor time it took, and a client of it."""

    def __init__(self, process: subprocess.Popen[bytes], address: str) -> None:
        self.client = httpx.Client(base_url=address, timeout=_PATIENCE)
        self._process = process

    def ask(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """The answer to a search; raises httpx.HTTPError for any but a good one."""
        answer = self.client.get("/search.json", params=dict(asked))
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def processor_ms(self) -> float:
        """Processor time of the server since it started, 0 where the system does not tell."""
        stat = Path(f"/proc/{self._process.pid}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 10.0


@contextmanager
def _served(path: Path, port: int) -> Iterator[_Server]:
    with tempfile.TemporaryDirectory() as folder:
        described = metadata_for(path, _METADATA, folder=Path(folder))
        line = command(path, metadata=described, host="127.0.0.1", port=port)
        with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            server = _Server(process, f"http://127.0.0.1:{port}")
            try:
                for _ in range(600):
                    try:
                        server.ask({"q": "warm 7 trillion"})
                        break
                    except httpx.TransportError:
                        time.sleep(0.1)
                yield server
            finally:
                server.client.close()
                process.terminate()


def measure(path: Path, server: _Server, times: int, kinds: tuple[str, ...]) -> None:
    """Ask every kind of query and say how long it took."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        click.echo(f"{'query':24} {'found':>7} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>7} {'bare p50':>9} {'ratio':>6}")
        for name, (asked, match) in KINDS.items():
            if kinds and name not in kinds:
                continue
            found = server.ask(asked)
            line = f"{name:24} {found['total']:>6}{'+' if found['total_capped'] else ' '}"
            line += _spent(server, asked, times)
            if match is not None:
                bare = statistics.median(_timed(lambda match=match: _bare(connection, match), 3))  # type: ignore[misc]
                taken = statistics.median(_timed(lambda asked=asked: server.ask(asked), 3))  # type: ignore[misc]
                line += f" {bare:>9.1f} {taken / bare:>6.2f}"
            click.echo(line)
    if not kinds:
        for sort in ("relevance", "newest"):
            token, pages = "", 0
            while token is not None and pages < _PAGES:
                following = {"q": "OpenAI", "sort": sort, "size": "100", "next": token}
                token, pages = server.ask(following)["next"], pages + 1
            deep = {**following, "size": "20"}
            click.echo(f"{f'page {pages} of 100, {sort}':32}{_spent(server, deep, times)}")


def _spent(server: _Server, asked: Mapping[str, str], times: int) -> str:
    before = server.processor_ms()
    taken = _timed(lambda: server.ask(asked), times)
    cpu = (server.processor_ms() - before) / times
    return f" {statistics.median(taken):>8.1f} {_percentile(taken, 0.95):>8.1f} {cpu:>7.1f}"


def _eight(server: _Server) -> None:
    """Eight clients at once; an answer that is none raises."""
    with ThreadPoolExecutor(8) as pool:
        taken = [
            time
            for times in pool.map(lambda _: _timed(lambda: server.ask({"q": "OpenAI"}), 5), range(8))
            for time in times
        ]
    click.echo(
        f"eight clients at once, the commonest word: p50 {statistics.median(taken):.0f} ms, the slowest of "
        f"{len(taken)} answers {max(taken):.0f} ms, none failed"
    )


def _say_sizes(path: Path, *, parts: bool) -> None:
    """How large the file is; ``parts`` also reads every page of it for what the two indexes take, which takes long."""
    sizes: list[tuple[str, int]] = []
    with closing(sqlite3.connect(path)) as connection:
        count = connection.execute("SELECT count(*) FROM articles").fetchone()[0]
        if parts:
            sizes = connection.execute(
                "SELECT substr(name, 1, 12), sum(pgsize) FROM dbstat WHERE name LIKE 'search_index%' "
                "OR name LIKE 'articles_fts%' GROUP BY 1"
            ).fetchall()
    sizes.append(("file", path.stat().st_size))
    click.echo(f"{count} articles; " + ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in sizes))


@click.command("search")
@click.option("--articles", default=10_000, show_default=True, type=click.IntRange(100))
@click.option("--times", default=20, show_default=True, help="How often each query is asked.")
@click.option("--db", type=click.Path(path_type=Path), help="A database to keep, and to use again where it is there.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help="Only this kind; several times.")
@click.option("--sizes", is_flag=True, help="Also say how large the indexes are: reads the whole file.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535))
def search_bench(articles: int, times: int, db: Path | None, kinds: tuple[str, ...], sizes: bool, port: int) -> None:
    """Answers of /search.json on generated articles, beside the same questions to bare FTS5.

    A server is started for it. "cpu ms" is its processor time for one answer, which other work of the machine
    does not change.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db" if db is None else db
        if not path.exists():
            spent = build(path, articles)
            click.echo("built in " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items()))
        _say_sizes(path, parts=sizes)
        with _served(path, port) as server:
            measure(path, server, times, kinds)
            if not kinds:
                _eight(server)
