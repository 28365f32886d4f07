"""The command line of the benchmarks."""

from __future__ import annotations

import click

from corpus.bench.figures import figures
from corpus.bench.ingest import ingest_bench
from corpus.bench.linear import linear
from corpus.bench.pages import pages
from corpus.bench.rerun import rerun
from corpus.bench.search import search_bench
from corpus.bench.stories import stories


@click.group()
def main() -> None:
    """Measure a part of the line. Results are ratios within one run, or rates of one process."""


main.add_command(figures)
main.add_command(ingest_bench)
main.add_command(linear)
main.add_command(pages)
main.add_command(rerun)
main.add_command(search_bench)
main.add_command(stories)

if __name__ == "__main__":
    main()
