"""Writes ``cldr/<lang>.json`` for every language we keep: ``python -m corpus.locales.build``."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.locales.cldr import Tables, base_tables

HERE = Path(__file__).parent
FOLDER = HERE / "cldr"
# Languages of one table that are written in two scripts.
_SCRIPTS = {"sr": ("sr", "sr-Latn")}


def languages() -> list[str]:
    """The languages that have a hand-written table, by file name."""
    return sorted(path.stem for path in HERE.glob("*.toml") if path.stem not in ("common",))


def build(language: str) -> str:
    """The content of the generated file of one language."""
    tables: Tables = {}
    for tag in _SCRIPTS.get(language, (language,)):
        tables = merge(tables, base_tables(tag))
    return json.dumps(tables, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def merge(base: Tables, over: Tables) -> Tables:
    """Both tables in one: nested tables merge, lists unite in order, single values of `over` win."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = merge(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            merged[key] = list(dict.fromkeys([*old, *value]))
        else:
            merged[key] = value
    return merged


if __name__ == "__main__":
    for language in languages():
        (FOLDER / f"{language}.json").write_text(build(language), encoding="utf-8")
