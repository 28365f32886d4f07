"""What a run of ingest is asked to do besides reading what is new."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpus.model import CorpusError
from corpus.storing.corrections import FILE


@dataclass(frozen=True, slots=True)
class Task:
    """Nothing of it unless it is said.

    ``prune`` removes articles whose files are gone, ``rederive`` reads everything anew, ``dry_run`` does all
    of it on a copy that is then thrown away. ``corrections`` is a file that has to be there; without it,
    ``corrections.yml`` beside the database is in force where there is one.
    """

    prune: bool = False
    rederive: bool = False
    dry_run: bool = False
    corrections: Path | None = None

    def corrections_of(self, database: Path) -> Path:
        """The file of corrections; raises CorpusError where one was named that is not there: all would be undone."""
        if self.corrections is None:
            return database.with_name(FILE)
        if not self.corrections.is_file():
            raise CorpusError(f"{self.corrections}: there is no such file of corrections")
        return self.corrections
