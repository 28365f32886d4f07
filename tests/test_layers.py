"""Imports follow the line: each room knows only earlier ones."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "corpus"

# The line, step by step; rooms of one step may know each other.
LINE = [
    {"model"},
    {"normalising", "mojibake", "folding", "numbers"},
    {"locales"},
    {"matching", "topic", "wording", "sentences", "cues"},
    {"fields", "sidecars", "containers", "records", "feeds", "archives", "guessing", "declared", "decoding"}
    | {"sniffing", "walking", "addresses", "fetching", "reading"},
    {"clock", "calendars", "dates"},  # finding dates in a line needs no article, and clean asks for them
    {"passages", "bylines", "datelines", "signals", "standing", "heads", "tails", "roles", "markup", "metadata"}
    | {"pages", "clean"},
    {"language"},
    {"publication"},
    {"sources"},
    {"scanning", "changes", "amounts", "parts", "links", "hedges", "identifiers", "counts", "quantities", "figures"},
    {"clauses", "naming", "measuring", "bearing", "attribution", "stance", "claims"},
    {"pipeline"},
    {"segmenting", "stemming", "sounding", "concepts"},  # what index and query have in common
    {"rates", "rows", "indexing", "schema", "migrations", "writing", "folders", "aligning", "documents"} | {"storing"},
    {"fingerprints", "likeness", "linking", "lending", "claimed", "comparing", "clashes", "flags", "stories"},
    {"querying", "asked", "expanding", "explaining_query", "finding", "ranking", "snippets", "search_sql"}
    | {"counting", "suggesting", "hits", "searching"},
    {"reporting", "printing", "explaining", "ingesting", "serving", "site", "bench"},
]
STEP = {room: number for number, rooms in enumerate(LINE) for room in rooms}


def rooms() -> list[str]:
    """The rooms of the package: modules and sub-packages."""
    return sorted(
        path.stem
        for path in PACKAGE.iterdir()
        if path.stem != "__init__" and (path.suffix == ".py" or path.is_dir()) and not path.name.startswith(("_", "."))
    )


def imported(path: Path) -> set[str]:
    """The rooms of ours that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "corpus":
            names = [node.module] if "." in node.module else [f"corpus.{alias.name}" for alias in node.names]
            found |= {name.split(".")[1] for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("corpus.")}
    return found


def test_every_room_has_its_place_in_the_line() -> None:
    assert set(rooms()) <= set(STEP), "name its step in LINE"


@pytest.mark.parametrize("room", rooms())
def test_a_room_knows_only_earlier_ones(room: str) -> None:
    paths = [PACKAGE / f"{room}.py"] if (PACKAGE / f"{room}.py").exists() else (PACKAGE / room).rglob("*.py")
    known = {name for path in paths for name in imported(path)} & set(STEP)
    later = {name for name in known if STEP[name] > STEP[room]}
    if room == "figures":
        later.discard("language")  # only its command line detects the language
    assert not later
