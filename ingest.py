#!/usr/bin/env python3
"""Ingest articles into a database, and serve it: see ``python ingest.py --help``."""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

import click

from corpus.ingesting import Listener, forget_hint, ingest
from corpus.model import CorpusError
from corpus.reporting import Report, summary

_HERE = Path(__file__).resolve().parent


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, metavar="[PATH | -]...")
@click.option("--db", "database", default="corpus.db", show_default=True, help="The database to write.")
@click.option("--serve", is_flag=True, help="Serve the database to browsers when done.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="The port to serve on.")
@click.option("--quiet", is_flag=True, help="Say only what went wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def main(paths: tuple[str, ...], database: str, serve: bool, host: str, port: int, quiet: bool, as_json: bool) -> None:
    """Read articles (.txt, .md, folders of them, or - for standard input) into a database.

    Without PATH: every folder ingested before, or the seeds that come with this program. Exit
    code 0: all is stored; 1: something was rejected; 2: the run was not possible.
    """
    try:
        if serve:
            from corpus.serving import check_port

            check_port(host, port)
        report = _ingest(paths, database, quiet=quiet or as_json)
        if as_json:
            click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
        elif not quiet:
            for line in summary(report):
                click.echo(_printable(line))
        if serve:
            _serve(database, host, port)
    except CorpusError as error:
        click.echo(f"ingest: {_printable(str(error))}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        click.echo("ingest: stopped; what was stored is kept, and the next run goes on from there", err=True)
        sys.exit(130)
    sys.exit(report.exit_code)


def _ingest(paths: tuple[str, ...], database: str, *, quiet: bool) -> Report:
    def complain(name: str, reason: str) -> None:
        click.echo(_printable(f"rejected: {name}: {reason}"), err=True)

    default = _HERE / "seeds"
    if quiet or not sys.stderr.isatty():
        report = ingest(paths, database=database, default=default, listener=Listener(rejected=complain))
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
                looked_at=lambda name: progress.update(task, advance=1, description=escape(_printable(name))),
                rejected=lambda name, reason: progress.console.print(
                    escape(_printable(f"rejected: {name}: {reason}")), highlight=False, soft_wrap=True
                ),
            )
            report = ingest(paths, database=database, default=default, listener=listener)
    for path in report.missing:
        gone = f"missing: {path}: this was ingested before and is not there; {forget_hint(database)}"
        click.echo(_printable(gone), err=True)
    return report


def _serve(database: str, host: str, port: int) -> None:
    from corpus.serving import serve

    def started(address: str) -> None:
        click.echo(f"Serving {_printable(database)} at {address} (Ctrl-C ends it)")

    code = serve(database, metadata=_HERE / "metadata.yml", host=host, port=port, started=started)
    if code:
        raise CorpusError(f"the server ended with code {code}")


def _printable(text: str) -> str:
    """A line that cannot steer a terminal: a file may be named with escape sequences."""
    steering = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "".join(
        f"\\x{ord(character):02x}" if unicodedata.category(character) in steering else character for character in text
    )


if __name__ == "__main__":
    main()
