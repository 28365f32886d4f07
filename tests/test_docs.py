"""The README is true: its commands and queries run, its tables are current, and its map names every room."""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from language_table import README, with_table
from test_layers import KNOWN

import corpus.figures
import corpus.words.numbers
from corpus.figures.quantities import FigureReader
from corpus.figures.scanning import Scan
from corpus.locales.build import HERE, merge
from corpus.locales.lexicon import Locale

ROOT = README.parent
TEXT = README.read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("$ ")
]
BASE = "http://127.0.0.1:8001"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The seeds, ingested and served by the command the README gives; the address."""
    database = tmp_path_factory.mktemp("docs") / "corpus.db"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "ingest.py", "seeds", "--db", str(database), "--serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            while True:
                try:
                    with urllib.request.urlopen(f"{address}/-/versions.json", timeout=5):
                        break
                except (urllib.error.URLError, OSError):
                    assert process.poll() is None, "the server ended"
                    time.sleep(0.2)
            yield address
        finally:
            process.terminate()
            process.wait(20)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("curl ")])
def test_curl_examples_answer(command: str, served: str) -> None:
    words = shlex.split(command.replace(BASE, served))
    done = subprocess.run([*words, "--fail"], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout.decode()
    body = done.stdout.decode("utf-8")
    if ".json" in command:
        answer = json.loads(body)
        found = answer if isinstance(answer, list) else answer.get("results", answer.get("claims", answer))
        assert found, "an example that finds nothing teaches nothing"
    else:
        assert len(body.splitlines()) > 1


def test_figures_command() -> None:
    command = next(command for command in COMMANDS if "corpus.figures" in command)
    text, _, rest = command.partition(" | ")
    arguments = shlex.split(rest)[1:]
    done = subprocess.run(
        [sys.executable, *arguments],
        input=shlex.split(text)[1].encode(),
        capture_output=True,
        cwd=ROOT,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert [(row["low"], row["high"]) for row in map(json.loads, done.stdout.splitlines())] == [(8e9, 10e9)]


def test_python_examples() -> None:
    examples = doctest.DocTestParser().get_doctest(TEXT, {}, "README.md", str(README), 0)
    runner = doctest.DocTestRunner()
    runner.run(examples)
    assert runner.failures == 0 and runner.tries > 1
    for module in (corpus.figures, corpus.words.numbers):
        assert doctest.testmod(module).failed == 0


def test_table_of_languages_is_current() -> None:
    assert with_table(TEXT) == TEXT, "run `python tests/language_table.py`"


def test_map_names_every_room() -> None:
    table = TEXT[TEXT.index("## Map of the code") : TEXT.index("## Operations")]
    rooms = {name.split(".")[0] for name in KNOWN if name}
    missing = [room for room in sorted(rooms) if f"{room}.py" not in table and f"{room}/" not in table]
    assert missing == []


def test_ci_runs_the_command_that_passes_the_tests() -> None:
    commands = re.findall(r"```bash\n(.*?)\n```", TEXT, re.DOTALL)
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    explained = TEXT[TEXT.index("## What it is built on") :].lower()
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=\[ ]", requirement)[0].lower()
        assert name in explained, name


def test_the_language_the_readme_adds_is_read() -> None:
    block = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert block is not None
    lines = block.group(1).strip().splitlines()
    assert len(lines) < 20
    own = tomllib.loads("\n".join(line.strip() for line in lines))
    common = tomllib.loads((HERE / "common.toml").read_text(encoding="utf-8"))
    scan = Scan("pli ol 7 miliardoj da dolaroj kaj 5 miliardojn da eŭroj", Locale("eo", merge(common, own)))
    figures = FigureReader(scan).read_all()
    assert [(f.low, f.high, f.currency) for f in figures] == [(7e9, None, "USD"), (5e9, 5e9, "EUR")]
