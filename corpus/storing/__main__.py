"""The database from the command line: written out as Parquet."""

from __future__ import annotations

import argparse
import sys

from corpus.model import CorpusError
from corpus.storing.export import export


def _main() -> None:
    """Writes the database as Parquet (articles, figures, claims, stories), one folder a month."""
    parser = argparse.ArgumentParser(prog="python -m corpus.storing", description=_main.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    exporting = commands.add_parser("export", help=_main.__doc__, description=_main.__doc__)
    exporting.add_argument("folder", metavar="DIR", help="written whole; replaced where an earlier export made it")
    exporting.add_argument("--db", dest="database", default="corpus.db", help="the database (default: corpus.db)")
    options = parser.parse_args()
    try:
        counts = export(options.database, options.folder)
    except CorpusError as error:
        print(f"export: {error}", file=sys.stderr)
        sys.exit(2)
    print(f"{options.folder}: " + ", ".join(f"{rows} {name}" for name, rows in counts.items()))


if __name__ == "__main__":
    _main()
