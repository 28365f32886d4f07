"""Worker processes, each on a pipe of its own: one that dies or hangs leaves nothing locked for the others."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


class WorkerDied(Exception):
    """A worker ended before it answered."""


class Processes(Executor):
    """So many worker processes; a call that kills its worker or takes longer than ``limit`` seconds fails alone.

    Pools that share a pipe among workers also share its locks, and one killed while it holds a lock stops
    them all for ever. Here a thread waits for each worker, and the end of a worker is the end of its pipe.
    """

    def __init__(self, jobs: int, limit: float) -> None:
        # Loaded by who starts workers: most runs find nothing new and start none.
        from multiprocessing import get_context

        # Not forked from here: this process has threads and an open database, which a copy must not share.
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(["corpus.ingesting.warm"])
        self._limit = limit
        self._threads = ThreadPoolExecutor(jobs)
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._lock = threading.Lock()
        self._workers: set[_Worker] = set()
        self._ended = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future of a call; it fails with TimeoutError, or with WorkerDied."""
        return self._threads.submit(self._call, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers, after what is under way or at once."""
        if not cancel_futures:
            self._threads.shutdown(wait=True)
        with self._lock:
            self._ended = True
            for worker in self._workers:
                worker.kill()
            self._workers.clear()
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)

    def pids(self) -> list[int]:
        """The processes there are now."""
        with self._lock:
            return [worker.pid for worker in self._workers]

    def _call(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        message = pickle.dumps((fn, args, kwargs))
        try:
            worker = self._idle.get_nowait()
        except Empty:
            worker = self._start()
        try:
            good, answer = worker.ask(message, self._limit)
        except BaseException:
            self._drop(worker)
            raise
        self._idle.put(worker)
        if good:
            return answer
        raise answer

    def _start(self) -> _Worker:
        with self._lock:
            if self._ended:
                raise CancelledError
            worker = _Worker(self._context)
            self._workers.add(worker)
            return worker

    def _drop(self, worker: _Worker) -> None:
        with self._lock:
            self._workers.discard(worker)
            worker.kill()


class _Worker:
    """A process that does one call after another."""

    def __init__(self, context: Any) -> None:
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        # With this process's copy open the end of the other would not be told.
        theirs.close()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return int(self._process.pid)

    def ask(self, message: bytes, limit: float) -> tuple[bool, Any]:
        """Whether a call went well, and what it gave or the exception it raised.

        Raises TimeoutError after ``limit`` seconds, WorkerDied where the process has ended.
        """
        try:
            self._pipe.send_bytes(message)
            if not self._pipe.poll(limit):
                raise TimeoutError
            answer = self._pipe.recv_bytes()
        except (EOFError, ConnectionError) as error:
            self._process.join()
            raise WorkerDied(_ending(self._process.exitcode)) from error
        good, value = pickle.loads(answer)
        return good, value

    def kill(self) -> None:
        """End the process now, whatever it is busy with; who waits for it is told."""
        self._process.kill()
        self._process.join()


def _ending(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"it was killed by {signal.Signals(-exitcode).name}"
    return f"it ended with exit code {exitcode}"


def _serve(pipe: Connection) -> None:
    """Do what comes through a pipe until it ends. The run decides what an interrupt from the keyboard ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            message = pipe.recv_bytes()
        except EOFError:
            return
        try:
            fn, args, kwargs = pickle.loads(message)
            answer = pickle.dumps((True, fn(*args, **kwargs)))
        except Exception as error:
            answer = _failure(error)
        pipe.send_bytes(answer)


def _failure(error: Exception) -> bytes:
    try:
        return pickle.dumps((False, error))
    except Exception:
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))


def _end_with_parent() -> None:
    """Let a worker not outlive a run that was killed, however busy it is."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
