#!/usr/bin/env python3
"""Ingest articles into a database, and serve it: see ``python ingest.py --help``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from corpus.ingesting import Listener, Task, Work, cores, forget_hint, ingest
from corpus.ingesting.planning import Survey
from corpus.ingesting.printing import printable
from corpus.ingesting.progress import Gauge, bar, lines
from corpus.ingesting.reporting import Report, summary
from corpus.model import CorpusError
from corpus.reading.fetching import Fetcher

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Asked:
    """The command line, word for word."""

    paths: tuple[str, ...]
    database: str
    jobs: int
    dask: str | None
    serve: bool
    host: str
    port: int
    public: bool
    base_url: str
    watch: bool
    corrections: str | None
    prune: bool
    rederive: bool
    dry_run: bool
    check: bool
    quiet: bool
    allow_private: bool
    explain: bool
    part: int | None
    as_json: bool

    @property
    def task(self) -> Task:
        """What the run does besides reading what is new."""
        file = None if self.corrections is None else Path(self.corrections)
        return Task(prune=self.prune, rederive=self.rederive, dry_run=self.dry_run, corrections=file)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, metavar="[PATH | URL | -]...")
@click.option("--db", "database", default="corpus.db", show_default=True, help="The database to write.")
@click.option("--jobs", default=0, type=click.IntRange(0), metavar="N", help="Processes that read; 0: one a core.")
@click.option("--dask", default=None, metavar="ADDRESS", help="Have a Dask cluster read: its scheduler.")
@click.option("--watch", is_flag=True, help="Go on, and ingest whatever comes into the folders.")
@click.option("--serve", is_flag=True, help="Serve the database to browsers when done.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="The port to serve on.")
@click.option("--public", is_flag=True, help="With --serve: for everybody; no SQL, lower limits, no paths of files.")
@click.option("--base-url", default="/", help="With --serve: the path the site stands under behind a proxy, /news/.")
@click.option(
    "--corrections",
    default=None,
    metavar="FILE",
    help="What was corrected by hand.  [default: corrections.yml beside the database]",
)
@click.option("--prune", is_flag=True, help="Remove the articles whose files are gone.")
@click.option("--rederive", is_flag=True, help="Read everything again, also what has not changed.")
@click.option("--dry-run", is_flag=True, help="Say what would be new, changed, gone, rejected; write nothing.")
@click.option("--check", is_flag=True, help="Examine the database and repair what can be derived; read nothing.")
@click.option("--quiet", is_flag=True, help="Say only what went wrong.")
@click.option("--allow-private", is_flag=True, help="Also fetch from addresses that are not of the open internet.")
@click.option("--explain", is_flag=True, help="Show what is read in a file, as what and why; write nothing.")
@click.option("--part", default=None, type=click.IntRange(1), help="With --explain: which article of a container.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def main(**asked: Any) -> None:
    """Read articles into a database: texts, pages, feeds, JSON, archives (.txt .md .html .mhtml .json .jsonl .xml
    .rss .atom .warc, each also as .gz), folders of them, addresses (http, https), or - for standard input.

    Without PATH: every folder ingested before, or the seeds that come with this program. Exit code 0: all
    is stored; 1: something was rejected, is missing or cannot be corrected; 2: the run was not possible.
    """
    try:
        code = _run(Asked(**asked))
    except CorpusError as error:
        click.echo(f"ingest: {printable(str(error))}", err=True)
        code = 2
    except KeyboardInterrupt:
        click.echo("ingest: stopped; what was stored is kept, and the next run goes on from there", err=True)
        code = 130
    sys.exit(code)


def _run(asked: Asked) -> int:
    if asked.explain:
        return _explain(asked)
    if asked.public and not asked.serve:
        raise CorpusError("--public says how to serve: it needs --serve")
    if asked.check:
        return _check(asked)
    if asked.dry_run and (asked.serve or asked.watch):
        raise CorpusError("--dry-run writes nothing, so there is nothing to serve or to go on with")
    if asked.watch and (asked.prune or "-" in asked.paths):
        raise CorpusError("--watch goes on by itself: it takes no standard input, and removes nothing (--prune)")
    if asked.serve:
        from corpus.serving import check_port

        check_port(asked.host, asked.port)
    report = _ingest(asked, asked.paths, asked.task)
    _tell(asked, report)
    if asked.watch:
        return _watch(asked)
    if asked.serve:
        _serve(asked)
    return report.exit_code


def _ingest(asked: Asked, paths: Sequence[str], task: Task, *, known: set[str] | None = None) -> Report:
    """A run, and on stderr what goes wrong in it; what is ``known`` already is not said again."""
    gauge = Gauge()
    say_it, shown = _shown(asked, gauge)

    def say(text: str) -> None:
        if known is None or text not in known:
            say_it(text)
        if known is not None:
            known.add(text)

    def begun(report: Report, surveys: Sequence[Survey]) -> None:
        gauge.begin(report, surveys)
        if not (asked.quiet or asked.as_json):
            gauge.count_files([survey.root for survey in surveys])

    listener = Listener(
        looked_at=gauge.look_at,
        rejected=lambda name, reason: say(f"rejected: {name}: {reason}"),
        begun=begun,
        stage=gauge.enter,
    )
    with shown:
        report = ingest(
            paths,
            database=asked.database,
            default=_HERE / "seeds",
            listener=listener,
            fetcher=Fetcher(allow_private=asked.allow_private),
            work=Work(jobs=asked.jobs or cores(), dask=asked.dask),
            task=task,
        )
    for path in report.missing:
        say(f"missing: {path}: this was ingested before and is not there; {forget_hint(asked.database)}")
    for problem in report.uncorrected.names:
        say(f"not corrected: {problem}")
    return report


def _shown(asked: Asked, gauge: Gauge) -> tuple[Callable[[str], None], AbstractContextManager[None]]:
    """How something is said while the run goes on, and what shows how far it is."""

    def say(text: str) -> None:
        click.echo(printable(text), err=True)

    if asked.quiet or asked.as_json:
        return say, nullcontext()
    if not sys.stderr.isatty():
        return say, lines(gauge, lambda line: say(f"progress: {line}"))
    from rich.console import Console

    console = Console(stderr=True)
    return lambda text: console.out(printable(text), highlight=False), bar(gauge, console)


def _tell(asked: Asked, report: Report) -> None:
    if asked.as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    elif not asked.quiet:
        for line in summary(report):
            click.echo(printable(line))


def _watch(asked: Asked) -> int:
    from corpus.ingesting.watching import Watcher
    from corpus.serving import terminated_as_interrupted
    from corpus.storing.folders import load_folders

    task = Task(corrections=asked.task.corrections)
    corrections = task.corrections_of(Path(asked.database))

    known: set[str] = set()

    def run(paths: Sequence[str]) -> None:
        report = _ingest(asked, paths, task, known=known)
        if report.changed_something:
            _tell(asked, report)

    def complain(text: str) -> None:
        click.echo(f"ingest: {printable(text)}", err=True)

    folders = load_folders(Path(asked.database)).values()
    given = [path for path in asked.paths if "://" not in path]
    watcher = Watcher(given or list(folders), database=asked.database, run=run, complain=complain, files=[corrections])
    if not asked.quiet:
        click.echo(printable(f"Watching {', '.join(watcher.paths)} (Ctrl-C ends it)"), err=True)
    try:
        with terminated_as_interrupted():
            if asked.serve:
                _serve(asked, meanwhile=watcher.watch)
            else:
                watcher.watch(lambda: False)
    except KeyboardInterrupt:
        # That is how somebody who watches stops.
        return 0
    return 0


def _check(asked: Asked) -> int:
    from corpus.ingesting.checking import check

    if asked.paths or asked.serve or asked.watch:
        raise CorpusError("--check is about the database alone: it takes no path, and neither serves nor watches")
    findings = check(asked.database)
    if asked.as_json:
        click.echo(json.dumps(findings.as_dict(), ensure_ascii=False))
    else:
        for line in findings.lines():
            click.echo(printable(line), err=bool(findings.exit_code) and asked.quiet)
    return findings.exit_code


def _explain(asked: Asked) -> int:
    from corpus.ingesting.explaining import explain
    from corpus.reading import read

    if len(asked.paths) != 1:
        raise CorpusError("--explain is about one file, address or standard input: name it")
    documents = read(asked.paths, fetcher=Fetcher(allow_private=asked.allow_private))
    told, code = explain(documents, part=asked.part)
    for line in told:
        click.echo(printable(line))
    return code


def _serve(asked: Asked, *, meanwhile: Callable[[Callable[[], bool]], None] | None = None) -> None:
    from corpus.serving import serve

    def started(address: str) -> None:
        click.echo(f"Serving {printable(asked.database)} at {address} (Ctrl-C ends it)")

    code = serve(
        asked.database,
        metadata=_HERE / "metadata.yml",
        host=asked.host,
        port=asked.port,
        started=started,
        public=asked.public,
        base_url=asked.base_url,
        meanwhile=meanwhile,
    )
    if code:
        raise CorpusError(f"the server ended with code {code}")


if __name__ == "__main__":
    main()
