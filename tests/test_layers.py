"""Imports follow the line: each room knows only earlier ones."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "corpus"

# The line, step by step; rooms of one step may know each other. A room is a module or a sub-package of corpus/.
LINE = [
    {"model"},
    {"words"},
    {"locales", "topic"},
    {"reading"},
    {"dates"},  # finding dates in a line needs no article, and clean asks for them
    {"clean"},
    {"language"},
    {"dates.publication"},
    {"sources"},
    {"figures"},
    {"claims"},
    {"pipeline"},
    {"indexing"},  # written with each article, so before storing
    {"storing"},
    {"stories"},
    {"searching"},
    {"ingesting", "serving", "site", "bench"},
]
STEP = {room: number for number, rooms in enumerate(LINE) for room in rooms}
# A command line sits on top of its room and may know more.
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.name != "__main__.py" and path.parent != PACKAGE / "bench"
)


def name_of(path: Path) -> str:
    """A file as it is imported: ``corpus/figures/parts.py`` is ``figures.parts``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def step_of(name: str) -> int:
    """The step of a module: its own where the line names it, else that of its room."""
    return STEP.get(name, STEP[name.split(".")[0]])


KNOWN = {name_of(path) for path in MODULES}


def imported(path: Path) -> set[str]:
    """The modules of ours that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "corpus":
            inside = node.module.removeprefix("corpus").removeprefix(".")
            for alias in node.names:
                whole = f"{inside}.{alias.name}".removeprefix(".")
                found.add(whole if whole in KNOWN else inside)
        elif isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("corpus.") for alias in node.names if alias.name.startswith("corpus.")}
    return found & KNOWN


def test_every_room_has_its_place_in_the_line() -> None:
    assert {name.split(".")[0] for name in KNOWN if name} <= set(STEP), "name its step in LINE"


@pytest.mark.parametrize("path", [path for path in MODULES if name_of(path)], ids=name_of)
def test_a_module_knows_only_earlier_steps(path: Path) -> None:
    own = step_of(name_of(path))
    assert not {name for name in imported(path) if name and step_of(name) > own}


def test_no_two_modules_need_each_other() -> None:
    needs = {name_of(path): imported(path) - {name_of(path), ""} for path in MODULES}
    TopologicalSorter(needs).prepare()  # raises CycleError with the circle
