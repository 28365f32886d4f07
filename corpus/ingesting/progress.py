"""How far a run is, for somebody who waits: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from corpus.ingesting.planning import Survey
from corpus.ingesting.printing import printable
from corpus.ingesting.reporting import Report
from corpus.reading.walking import Root, walk

if TYPE_CHECKING:
    from rich.console import Console

# Elsewhere than on a terminal a line is said so often, in seconds; less and less often in a long run.
_FIRST_LINE, _LATER = 5.0, 1.3
_LONGEST_PAUSE = 300.0
READING = "reading"


class Gauge:
    """What a run has done so far; read by another thread while the run goes on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.report: Report | None = None
        self.stage = READING
        self.total: int | None = None
        self.name = ""
        self._clock = clock
        self._begun = clock()
        self._surveys: Sequence[Survey] = ()
        self._looked_at = 0
        self._ended = False

    def begin(self, report: Report, surveys: Sequence[Survey]) -> None:
        """Take note of what a run is about to walk, and of the report it fills."""
        self.report, self._surveys = report, surveys

    def enter(self, stage: str) -> None:
        """Take note of what is done now."""
        self.stage, self.name = stage, ""

    def look_at(self, name: str) -> None:
        """Count a file that was read."""
        self._looked_at += 1
        self.name = name

    @property
    def done(self) -> int:
        """Files that are done with, those that are as they were among them."""
        return self._looked_at + sum(survey.unchanged + len(survey.kept) for survey in self._surveys)

    @property
    def rate(self) -> float:
        """Files a second since the beginning."""
        return self.done / max(self._clock() - self._begun, 1e-9)

    def speed(self) -> str:
        """The rate in words, while files are read."""
        return f"{self.rate:.1f} files/s" if self.stage == READING else ""

    def left(self) -> str:
        """The time that is left in words, where it can be told."""
        if self.stage != READING or not self.total or not self.rate or self.done >= self.total:
            return ""
        return f"{_duration((self.total - self.done) / self.rate)} left"

    def counts(self) -> str:
        """What became of the files so far, in words."""
        if self.report is None:
            return ""
        kinds = ("new", "changed", "duplicate", "rejected")
        said = [f"{getattr(self.report, kind).count} {kind}" for kind in kinds if getattr(self.report, kind).count]
        return ", ".join(said)

    def line(self) -> str:
        """All of it as one line."""
        parts = [f"{self.done} of {self.total}" if self.total else f"{self.done}"]
        parts += [part for part in (self.speed(), self.left()) if part]
        return f"{self.stage}: {', '.join([*parts, self.counts()] if self.counts() else parts)}"

    def count_files(self, roots: Sequence[Root]) -> None:
        """Count beforehand what there is to walk, beside the run: it need not wait for the number."""

        def count() -> None:
            total = 0
            for root in roots:
                for _ in walk(root):
                    total += 1
                    if self._ended:
                        return
            self.total = total

        threading.Thread(target=count, daemon=True).start()

    def end(self) -> None:
        """Nobody looks any more."""
        self._ended = True


@contextmanager
def lines(gauge: Gauge, say: Callable[[str], None]) -> Iterator[None]:
    """Within the block a line is said of a run that takes long: the first after seconds, later ones more rarely."""
    done = threading.Event()

    def tell() -> None:
        pause = _FIRST_LINE
        while not done.wait(pause):
            say(gauge.line())
            pause = min(pause * _LATER, _LONGEST_PAUSE)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        gauge.end()
        teller.join()


@contextmanager
def bar(gauge: Gauge, console: Console) -> Iterator[None]:
    """Within the block a terminal shows how far a run is: a bar, the rate, the time left, counts and the file."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
    from rich.text import Text

    class Now(ProgressColumn):
        """What the gauge says at the moment it is drawn."""

        max_refresh = 0.1

        def render(self, task: Task) -> Text:
            progress.update(task.id, description=gauge.stage, completed=gauge.done, total=gauge.total)
            parts = [gauge.speed(), gauge.left(), gauge.counts(), printable(gauge.name)]
            return Text(" · ".join(part for part in parts if part), overflow="ellipsis", no_wrap=True)

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn())
    progress = Progress(*columns, Now(), console=console, transient=True, expand=False)
    task = progress.add_task(gauge.stage, total=None)
    with progress:
        try:
            yield
        finally:
            progress.update(task, description=gauge.stage)
            gauge.end()


def _duration(seconds: float) -> str:
    """Seconds as a person says them: 45 s, 3 min, 2 h 5 min."""
    whole = round(seconds)
    if whole < 100:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
