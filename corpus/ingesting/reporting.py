"""What a run of ingest did, counted for a machine and told to a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus.reading.walking import Skipped

# A summary names this many of each kind; all are in the database. A flag is a sentence, not a name.
_NAMED, _SENTENCES = 20, 5
# What a run does to documents, in the order it is told.
_KINDS = ("new", "changed", "unchanged", "duplicate", "rejected", "gone")


@dataclass(slots=True)
class Tally:
    """How many documents something happened to, and the names of the first of them."""

    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Count one document."""
        self.count += 1
        if len(self.names) < _NAMED:
            self.names.append(name)


@dataclass(slots=True)
class Report:
    """What a run did, or would do; ``missing`` are folders ingested before that are no longer where they were.

    ``pruned`` are articles that were removed, ``flagged`` what was found to clash. ``corrected`` are articles
    whose corrections changed, ``in_force`` is the number of corrections, ``uncorrected`` why others are not.
    """

    database: str
    new: Tally = field(default_factory=Tally)
    changed: Tally = field(default_factory=Tally)
    unchanged: Tally = field(default_factory=Tally)
    duplicate: Tally = field(default_factory=Tally)
    rejected: Tally = field(default_factory=Tally)
    gone: Tally = field(default_factory=Tally)
    pruned: Tally = field(default_factory=Tally)
    flagged: Tally = field(default_factory=Tally)
    corrected: Tally = field(default_factory=Tally)
    uncorrected: Tally = field(default_factory=Tally)
    skipped: Skipped = field(default_factory=Skipped)
    missing: list[str] = field(default_factory=list)
    in_force: int = 0
    articles: int = 0
    seconds: float = 0.0
    dry: bool = False

    @property
    def exit_code(self) -> int:
        """0 where everything given is stored, 1 where something was rejected, is not there or cannot be corrected."""
        return 1 if self.rejected.count or self.missing or self.uncorrected.count else 0

    @property
    def changed_something(self) -> bool:
        """Whether anything is not as it was before the run."""
        kinds = (self.new, self.changed, self.duplicate, self.gone, self.pruned, self.corrected, self.flagged)
        return any(tally.count for tally in kinds)

    @property
    def looked_at(self) -> int:
        """Documents this run came upon."""
        seen = (self.new, self.changed, self.unchanged, self.duplicate, self.rejected)
        return sum(tally.count for tally in seen)

    def as_dict(self) -> dict[str, Any]:
        """The report for a machine; counts, and the names of up to twenty documents of each kind."""
        named = ("new", "changed", "duplicate", "rejected", "gone", "pruned", "corrected", "flagged", "uncorrected")
        return {
            "database": self.database,
            "dry_run": self.dry,
            **{kind: getattr(self, kind).count for kind in (*_KINDS, "pruned", "corrected", "flagged", "uncorrected")},
            "corrections": self.in_force,
            "names": {kind: getattr(self, kind).names for kind in named},
            "skipped": self.skipped.total,
            "missing": self.missing,
            "articles": self.articles,
            "seconds": self.seconds,
            "exit_code": self.exit_code,
        }


def summary(report: Report) -> Iterator[str]:
    """The report for a person, line by line: counts, then the names of what is not as it was."""
    counts = [
        f"{tally.count} {kind}"
        for kind, tally in ((kind, getattr(report, kind)) for kind in _KINDS)
        if tally.count or kind != "duplicate"
    ]
    counts += [f"{report.pruned.count} removed"] if report.pruned.count else []
    stock = f"{report.articles} article{'' if report.articles == 1 else 's'}"
    would = ", nothing is written: it would be" if report.dry else ":"
    yield f"{report.database}{would} {', '.join(counts)}; {stock} in {report.seconds:.1f} s"
    if report.looked_at == 0:
        yield "There was nothing to ingest: no file of a type that is read was found."
    elif not (report.changed_something or report.rejected.count):
        yield "Nothing changed."
    for word, tally in (
        ("new", report.new),
        ("changed", report.changed),
        ("duplicate", report.duplicate),
        ("rejected", report.rejected),
        ("gone", report.gone),
        ("removed", report.pruned),
        ("corrected", report.corrected),
        ("flagged", report.flagged),
    ):
        names = tally.names[:_SENTENCES] if word == "flagged" else tally.names
        for name in names:
            yield f"  {word}: {name}"
        if tally.count > len(names):
            yield f"  {word}: and {tally.count - len(names)} more"
    if report.in_force or report.uncorrected.count:
        yield f"  corrections: {report.in_force} in force, {report.uncorrected.count} not"
    if report.skipped.total:
        common = report.skipped.unknown.most_common(5)
        kinds = ", ".join(f"{suffix or 'no suffix'}: {count}" for suffix, count in common)
        details = f" ({kinds})" if kinds else ""
        yield f"  passed over: {report.skipped.total} hidden files or files of unknown type{details}"
