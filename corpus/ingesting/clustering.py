"""A Dask cluster as an executor: the same function, on other machines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from importlib import import_module
from typing import Any

from corpus.model import CorpusError

_CONNECT_SECONDS = 10.0


class Cluster(Executor):
    """The workers of the Dask scheduler at an address (``tcp://host:8786``), each task limited to ``limit`` seconds.

    Raises CorpusError where Dask is not installed, or the scheduler cannot be reached or has no worker.
    """

    def __init__(self, address: str, *, limit: float) -> None:
        try:
            # Its types are not told, and it need not be installed.
            distributed: Any = import_module("distributed")
        except ImportError as error:
            raise CorpusError("--dask needs Dask: pip install 'chipfab-corpus[dask]'") from error
        try:
            self._client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError, ImportError) as error:
            raise CorpusError(
                f"the Dask scheduler at {address} cannot be reached ({error}); is it running, and is this its address?"
            ) from error
        self._limit = limit
        self.jobs = sum(self._client.nthreads().values())
        if self.jobs == 0:
            self._client.close()
            raise CorpusError(f"the Dask scheduler at {address} has no workers; start some with: dask worker {address}")

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future of a call on some worker; it fails with TimeoutError, with KilledWorker where workers died of it."""
        future: Future[Any] = Future()
        # Not Dask's own executor: its futures stay pending for ever where a worker is lost while its result is fetched.
        remote = self._client.submit(within, self._limit, fn, *args, pure=False, **kwargs)
        remote.add_done_callback(lambda done: _pass(done, future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster, which goes on running; what is still under way is given up."""
        self._client.close()


def _pass(done: Any, future: Future[Any]) -> None:
    try:
        future.set_result(done.result())
    except BaseException as error:
        future.set_exception(error)


def within(limit: float, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a call gives; TimeoutError after ``limit`` seconds.

    A cluster sets no limits and shares one process among tasks, so that it cannot be ended for one of
    them: the call goes on in its thread, which keeps nobody waiting.
    """
    future: Future[Any] = Future()

    def call() -> None:
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=call, daemon=True).start()
    return future.result(limit)
