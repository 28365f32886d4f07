#!/usr/bin/env python3
"""Ingest articles into a database, and serve it: see ``python ingest.py --help``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from corpus.ingesting import Listener, Work, cores, forget_hint, ingest
from corpus.ingesting.printing import printable
from corpus.ingesting.reporting import Report, summary
from corpus.model import CorpusError
from corpus.reading.fetching import Fetcher

_HERE = Path(__file__).resolve().parent


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, metavar="[PATH | URL | -]...")
@click.option("--db", "database", default="corpus.db", show_default=True, help="The database to write.")
@click.option("--jobs", default=0, type=click.IntRange(0), metavar="N", help="Processes that read; 0: one a core.")
@click.option("--dask", default=None, metavar="ADDRESS", help="Have a Dask cluster read: its scheduler.")
@click.option("--serve", is_flag=True, help="Serve the database to browsers when done.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="The port to serve on.")
@click.option("--public", is_flag=True, help="With --serve: for everybody; no SQL, lower limits, no paths of files.")
@click.option("--base-url", default="/", help="With --serve: the path the site stands under behind a proxy, /news/.")
@click.option("--quiet", is_flag=True, help="Say only what went wrong.")
@click.option("--allow-private", is_flag=True, help="Also fetch from addresses that are not of the open internet.")
@click.option("--explain", is_flag=True, help="Show what is read in a file, as what and why; write nothing.")
@click.option("--part", default=None, type=click.IntRange(1), help="With --explain: which article of a container.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def main(
    paths: tuple[str, ...],
    database: str,
    jobs: int,
    dask: str | None,
    serve: bool,
    host: str,
    port: int,
    public: bool,
    base_url: str,
    quiet: bool,
    allow_private: bool,
    explain: bool,
    part: int | None,
    as_json: bool,
) -> None:
    """Read articles into a database: texts, pages, feeds, JSON, archives (.txt .md .html .mhtml .json .jsonl .xml
    .rss .atom .warc, each also as .gz), folders of them, addresses (http, https), or - for standard input.

    Without PATH: every folder ingested before, or the seeds that come with this program. Exit
    code 0: all is stored; 1: something was rejected; 2: the run was not possible.
    """
    try:
        if explain:
            sys.exit(_explain(paths, part, allow_private=allow_private))
        if public and not serve:
            raise CorpusError("--public says how to serve: it needs --serve")
        if serve:
            from corpus.serving import check_port

            check_port(host, port)
        work = Work(jobs=jobs or cores(), dask=dask)
        report = _ingest(paths, database, work, quiet=quiet or as_json, allow_private=allow_private)
        if as_json:
            click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
        elif not quiet:
            for line in summary(report):
                click.echo(printable(line))
        if serve:
            _serve(database, host, port, public=public, base_url=base_url)
    except CorpusError as error:
        click.echo(f"ingest: {printable(str(error))}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo("ingest: stopped; what was stored is kept, and the next run goes on from there", err=True)
        sys.exit(130)
    sys.exit(report.exit_code)


def _ingest(paths: tuple[str, ...], database: str, work: Work, *, quiet: bool, allow_private: bool) -> Report:
    def complain(name: str, reason: str) -> None:
        click.echo(printable(f"rejected: {name}: {reason}"), err=True)

    default = _HERE / "seeds"
    fetcher = Fetcher(allow_private=allow_private)
    if quiet or not sys.stderr.isatty():
        listener = Listener(rejected=complain)
        report = ingest(paths, database=database, default=default, listener=listener, fetcher=fetcher, work=work)
    else:
        from rich.console import Console
        from rich.markup import escape
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (
            SpinnerColumn(),
            TextColumn("{task.completed} looked at"),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("")
            listener = Listener(
                looked_at=lambda name: progress.update(task, advance=1, description=escape(printable(name))),
                rejected=lambda name, reason: progress.console.print(
                    escape(printable(f"rejected: {name}: {reason}")), highlight=False, soft_wrap=True
                ),
            )
            report = ingest(paths, database=database, default=default, listener=listener, fetcher=fetcher, work=work)
    for path in report.missing:
        gone = f"missing: {path}: this was ingested before and is not there; {forget_hint(database)}"
        click.echo(printable(gone), err=True)
    return report


def _explain(paths: tuple[str, ...], part: int | None, *, allow_private: bool) -> int:
    from corpus.ingesting.explaining import explain
    from corpus.reading import read

    if len(paths) != 1:
        raise CorpusError("--explain is about one file, address or standard input: name it")
    lines, code = explain(read(paths, fetcher=Fetcher(allow_private=allow_private)), part=part)
    for line in lines:
        click.echo(printable(line))
    return code


def _serve(database: str, host: str, port: int, *, public: bool, base_url: str) -> None:
    from corpus.serving import serve

    def started(address: str) -> None:
        click.echo(f"Serving {printable(database)} at {address} (Ctrl-C ends it)")

    code = serve(
        database,
        metadata=_HERE / "metadata.yml",
        host=host,
        port=port,
        started=started,
        public=public,
        base_url=base_url,
    )
    if code:
        raise CorpusError(f"the server ended with code {code}")


if __name__ == "__main__":
    main()
