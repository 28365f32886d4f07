"""What a run has to read: the files of a folder beside what is known of them. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlite_utils import Database

from corpus.reading.walking import Entry, Root, Skipped, walk
from corpus.storing import documents


@dataclass(slots=True)
class Survey:
    """A walk over one root; the counts are complete when ``to_read`` has ended.

    ``kept`` are files that were rejected and are as they were, ``gone`` those that are no longer there,
    both as origins; ``stale`` is whether a file was last recorded as seen before ``since``.
    """

    root: Root
    version: str
    since: str = ""
    skipped: Skipped = field(default_factory=Skipped)
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    stale: bool = False

    def to_read(self, db: Database) -> Iterator[tuple[Entry, bool]]:
        """The files that are new or not as they were, each with whether it is known, in the order of their names."""
        plain, known = documents.standing(
            db, label=self.root.label, prefix=self.root.prefix, version=self.version, since=self.since
        )
        whole, changed = len(plain), 0
        out_of_sight: list[str] = []
        for entry in walk(self.root, skipped=self.skipped, plain=plain):
            if entry.folder:
                out_of_sight.append("" if entry.origin == "." else f"{entry.origin}/")
            file = plain.pop(entry.origin, None)
            if file is not None:
                if file[1:3] != (entry.size, entry.mtime_ns):
                    changed += 1
                    yield entry, True
                continue
            before = known.pop(entry.origin, None)
            if before is None:
                yield entry, False
                continue
            _, size, mtime_ns, parts, rejected, stale = before
            if size != entry.size or mtime_ns != entry.mtime_ns:
                yield entry, True
                continue
            self.unchanged += parts - rejected
            if rejected:
                self.kept.append(entry.origin)
            if stale:
                self.stale = True
        self.unchanged += whole - len(plain) - changed
        # What stands in a folder that could not be listed is not known to be gone.
        left = (*plain, *known)
        self.gone = [origin for origin in left if not origin.startswith(tuple(out_of_sight))] if left else []
