"""The index of search from the command line: made anew, or checked."""

from __future__ import annotations

import argparse
import sys

from corpus.indexing import check_index, rebuild_index
from corpus.model import CorpusError
from corpus.storing.schema import open_database, transaction


def _main() -> None:
    """Makes the search index of a database anew, or checks it."""
    parser = argparse.ArgumentParser(prog="python -m corpus.indexing", description=_main.__doc__)
    parser.add_argument("database", nargs="?", default="corpus.db")
    parser.add_argument("--check", action="store_true", help="change nothing, say what is wrong; exit code 1 if so")
    options = parser.parse_args()
    try:
        db = open_database(options.database, create=False)
    except CorpusError as error:
        sys.exit(str(error))
    try:
        if options.check:
            wrong = check_index(db)
            print("\n".join(wrong) or "the index is sound")
            sys.exit(1 if wrong else 0)
        with transaction(db):
            print(f"{rebuild_index(db)} articles indexed")
    finally:
        db.close()


if __name__ == "__main__":
    _main()
