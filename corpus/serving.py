"""Starts Datasette on a database, with the settings that the pages need."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import yaml

from corpus.model import CorpusError
from corpus.storing.schema import check_ours

# metadata.yml cannot hold settings. Facets and counts are bounded, so that one slow question
# does not starve the others; more threads than the default of three for the same reason.
SETTINGS = {
    "sql_time_limit_ms": 3000,
    "facet_time_limit_ms": 500,
    "facet_suggest_time_limit_ms": 50,
    "suggest_facets": 0,
    "default_facet_size": 20,
    "default_page_size": 50,
    "max_returned_rows": 1000,
    "max_csv_mb": 0,
    "num_sql_threads": 8,
    # A copy of the file taken while it is being written would lack what is in its journal.
    "allow_download": 0,
}
# For everybody: no SQL of one's own, and less of everything that costs time.
PUBLIC_SETTINGS = SETTINGS | {
    "default_allow_sql": 0,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 200,
    "allow_facet": 0,
    "allow_csv_stream": 0,
    "max_csv_mb": 10,
    "max_returned_rows": 200,
    "default_page_size": 50,
    "trace_debug": 0,
}
# The name under which the plugin of the site is configured.
_PLUGIN = "chipfab-corpus"
# The name under which metadata.yml speaks of the database.
_NAME_IN_METADATA = "corpus"
_PATIENCE_SECONDS = 120.0


def check_port(host: str, port: int) -> None:
    """Raise CorpusError where an address cannot be served from."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CorpusError(
                f"port {port} on {host} cannot be used ({error.strerror or error}); "
                f"give another one, for instance --port {port + 1 if port < 65535 else 8002}"
            ) from error


def serve(
    database: str | Path,
    *,
    metadata: Path,
    host: str,
    port: int,
    started: Callable[[str], None],
    public: bool = False,
    base_url: str = "/",
    meanwhile: Callable[[Callable[[], bool]], None] | None = None,
) -> int:
    """Serve a database until the server ends; its exit code. ``started`` is called with the address.

    ``public`` serves it to everybody: limits are lower, and nothing tells of files or takes SQL. ``base_url`` is
    the path it stands under behind another server, such as ``/news/``. ``meanwhile`` is done while the server
    runs; it is given a function that tells when the server has ended.

    Raises CorpusError where the port is taken, the database is not ours, or the server does not start.
    """
    database = Path(database)
    if not check_ours(database):
        raise CorpusError(f"{database}: there is no database here to serve")
    base_url = f"/{base_url.strip('/')}/" if base_url.strip("/") else "/"
    check_port(host, port)
    with TemporaryDirectory(prefix="corpus-") as folder:
        described = metadata_for(database, metadata, folder=Path(folder), public=public)
        run = command(database, metadata=described, host=host, port=port, public=public, base_url=base_url)
        with terminated_as_interrupted(), subprocess.Popen(run) as server:
            try:
                _await(server, host, port)
                started(f"http://{f'[{host}]' if ':' in host else host}:{port}{base_url}")
                if meanwhile is not None:
                    meanwhile(lambda: server.poll() is not None)
                return server.wait()
            except KeyboardInterrupt:
                return 0
            finally:
                # The server had the same interrupt; a second signal to one that ends is harmless.
                server.terminate()


@contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Within the block a request to end comes as KeyboardInterrupt, so that no server is left behind."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Signals can be handled in the main thread only; elsewhere the caller ends the server.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def command(
    database: Path, *, metadata: Path, host: str, port: int, public: bool = False, base_url: str = "/"
) -> list[str]:
    """The command line that serves a database."""
    chosen = (PUBLIC_SETTINGS if public else SETTINGS) | {"base_url": base_url}
    settings = [part for name, value in chosen.items() for part in ("--setting", name, str(value))]
    serve_it = [sys.executable, "-m", "datasette", "serve", str(database), "-m", str(metadata)]
    return [*serve_it, "--host", host, "--port", str(port), *settings]


def metadata_for(database: Path, metadata: Path, *, folder: Path, public: bool = False) -> Path:
    """The metadata under which a database is served: Datasette goes by the name of the file.

    For a database of another name, or a public site, a copy that says so is written to ``folder``.
    """
    try:
        described = yaml.safe_load(metadata.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise CorpusError(f"{metadata}: the description of the database cannot be read ({error})") from error
    if database.stem == _NAME_IN_METADATA and not public:
        return metadata
    databases = described.get("databases", {})
    databases[database.stem] = databases.pop(_NAME_IN_METADATA, {})
    if public:
        described.setdefault("plugins", {}).setdefault(_PLUGIN, {})["public"] = True
    copy = folder / "metadata.yml"
    copy.write_text(yaml.safe_dump(described, allow_unicode=True, sort_keys=False), "utf-8")
    return copy


def _await(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Wait until the server answers, so that the address is not printed too early."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    patience = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < patience:
        if server.poll() is not None:
            raise CorpusError("the server did not start; what it says about it stands above")
        try:
            socket.create_connection((reachable, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise CorpusError(f"the server did not answer on port {port} within {_PATIENCE_SECONDS:.0f} seconds")
