"""The command line of the benchmarks."""

from __future__ import annotations

import click

from corpus.bench.figures import figures


@click.group()
def main() -> None:
    """Measure a part of the line. Results are ratios within one run, or rates of one process."""


main.add_command(figures)

if __name__ == "__main__":
    main()
