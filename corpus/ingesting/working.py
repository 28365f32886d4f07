"""Who derives: this process, worker processes or a cluster, all behind the interface of concurrent.futures.

What comes out is in the order of what went in, whoever worked on it, and only so much is under way at
any time that memory stays flat. A worker that dies or takes too long costs the one document it had.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from itertools import chain, islice
from types import FrameType
from typing import Any

from corpus.ingesting.deriving import Item, Line, Outcome, Reading, derive, emptied, ready
from corpus.ingesting.processes import Processes, WorkerDied
from corpus.model import Article, CorpusError, Document

# Items a task: many enough that sending them costs little, few enough that all workers end together.
CHUNK = 16
CHUNK_BYTES = 512 * 1024
# Tasks under way for each worker, so that none waits for the next one to be planned.
AHEAD = 3
# Fewer items than these are done sooner than workers are started.
FEW = 24
LIMIT_SECONDS = 60.0
# How often a worker may die of one item: it may have been killed for what another did, as where memory ran out.
ATTEMPTS = 2

Chunk = tuple[Item, ...]
Result = tuple[Item, list[Outcome] | None]


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def chunks(items: Iterable[Item]) -> Iterator[Chunk]:
    """Items in groups of up to CHUNK, fewer where they are large."""
    group: list[Item] = []
    size = 0
    for item in items:
        group.append(item)
        size += item.entry.size if isinstance(item, Reading) else len(item.raw) + len(item.text or "")
        if len(group) == CHUNK or size >= CHUNK_BYTES:
            yield tuple(group)
            group, size = [], 0
    if group:
        yield tuple(group)


class OutOfTime(BaseException):
    """Raised in this process where a document takes too long; no rule catches it by chance."""


class InProcess(Executor):
    """Does at once what it is given, in this process.

    ``limit`` seconds are kept where this is the main thread of a system that has timers.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(self._limited(fn, *args, **kwargs))
        except OutOfTime:
            future.set_exception(TimeoutError())
        except Exception as error:
            future.set_exception(error)
        return future

    def _limited(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
            return fn(*args, **kwargs)
        before = signal.signal(signal.SIGALRM, _out_of_time)
        signal.setitimer(signal.ITIMER_REAL, self._limit)
        try:
            return fn(*args, **kwargs)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def _out_of_time(number: int, frame: FrameType | None) -> None:
    raise OutOfTime


@dataclass(frozen=True, slots=True)
class Work:
    """How a run has its documents derived: by so many processes (1: by this one), or by a Dask cluster.

    ``limit`` is how many seconds a document may take.
    """

    jobs: int = 1
    limit: float = LIMIT_SECONDS
    dask: str | None = None


class Crew:
    """Those who derive in one run; started when there is something to do, ended by ``close``.

    ``careful`` is for a run after one that did not end: what killed that one is not let into this process.
    Raises CorpusError where a cluster cannot be reached, or its workers cannot derive what this program can.
    """

    def __init__(self, line: Line, work: Work) -> None:
        self._line = line
        self._work = work
        self.careful = False
        self._executor: Executor | None = None
        self._jobs = work.jobs
        if work.dask is not None:
            from corpus.ingesting.clustering import Cluster

            self._executor = cluster = Cluster(work.dask, limit=work.limit)
            self._jobs = cluster.jobs
            self._ask()

    @property
    def remote(self) -> bool:
        """Whether those who derive may not have the files of this machine."""
        return self._work.dask is not None

    def results(self, items: Iterable[Item]) -> Iterator[Result]:
        """Each item with its outcomes, in order; None for a container whose documents have to be given singly."""
        items = iter(items)
        first = list(islice(items, FEW + 1))
        if not first:
            return
        self._start(many=len(first) > FEW)
        # Nothing waits in this process, which does what it is given at once.
        window = 1 if isinstance(self._executor, InProcess) else self._jobs * AHEAD
        under_way: deque[tuple[Chunk, Future[list[list[Outcome] | None]]]] = deque()
        for chunk in chunks(chain(first, items)):
            assert self._executor is not None
            under_way.append((chunk, self._executor.submit(derive, chunk, self._line)))
            if len(under_way) >= window:
                yield from self._settle(*under_way.popleft())
        while under_way:
            yield from self._settle(*under_way.popleft())

    def close(self) -> None:
        """End the workers, whatever they are busy with."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None

    def _start(self, *, many: bool) -> None:
        wanted = self.careful or (many and self._jobs > 1)
        if self._executor is None or (wanted and isinstance(self._executor, InProcess)):
            self._executor = Processes(self._jobs, self._work.limit) if wanted else InProcess(self._work.limit)
            self._ask()

    def _ask(self) -> None:
        """Raise CorpusError where the workers can do nothing: that should end the run, not reject every document."""
        try:
            self._insist(ready, self._line)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            raise CorpusError(f"the workers cannot derive articles ({problem})") from error

    def _insist(self, fn: Callable[..., Any], *args: Any) -> Any:
        """What a call gives; made again where a worker died."""
        assert self._executor is not None
        for _ in range(ATTEMPTS - 1):
            try:
                return self._executor.submit(fn, *args).result()
            except WorkerDied:
                continue
        return self._executor.submit(fn, *args).result()

    def _settle(self, chunk: Chunk, future: Future[list[list[Outcome] | None]]) -> Iterator[Result]:
        """The results of a chunk; of one that was lost each item is tried by itself."""
        try:
            results = future.result()
        except Exception:
            # Which of them it was, and what of, is found out below.
            for item in chunk:
                yield item, self._alone(item)
            return
        for item, outcomes in zip(chunk, results, strict=True):
            _check_version(outcomes or (), self._line)
            yield item, outcomes

    def _alone(self, item: Item) -> list[Outcome] | None:
        """The outcomes of one item; a rejection where it is what workers are lost by."""
        try:
            found: list[list[Outcome] | None] = self._insist(derive, (item,), self._line)
        except Exception as error:
            return [replace(_document(item), reason=_lost(error, self._work.limit))]
        return found[0]


def _check_version(outcomes: Iterable[Outcome], line: Line) -> None:
    for outcome in outcomes:
        if isinstance(outcome, Article) and outcome.version != line.version:
            raise CorpusError(
                f"the workers have other rules ({outcome.version}) than this program ({line.version}); update them"
            )


def _lost(error: Exception, limit: float) -> str:
    if isinstance(error, TimeoutError):
        return f"reading it took longer than {limit:g} seconds and was broken off"
    if isinstance(error, WorkerDied):
        return f"reading it ended the process it was read in: {error}"
    return f"reading it ended the process it was read in ({type(error).__name__}: {error})"


def _document(item: Item) -> Document:
    if isinstance(item, Document):
        return emptied(item)
    entry = item.entry
    return Document(
        root=entry.label,
        origin=entry.origin,
        media_type=entry.media_type or "application/octet-stream",
        size=entry.size,
        mtime_ns=entry.mtime_ns,
    )
