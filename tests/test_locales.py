"""The language tables: generated files are what CLDR gives, hand-written ones are well formed."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from corpus.locales.build import FOLDER, HERE, languages
from corpus.locales.cldr import active_currencies, currency_groups

WANTED = set(
    "ar bg bn ca cs da de el en es fa fi fr he hi hr hu id it ja ka ko lt mn ms nl no pl pt pt-PT".split()
    + "ro ru sk sl sr sv th tr uk ur vi zh zh-Hant".split()
)

# Every table and list a language may have (corpus/locales/__init__.py); None: any key.
SHAPE: dict[str, set[str] | None] = {
    "numbers": None,
    "joins": {"and", "article", "point", "minus"},
    "scales": None,
    "vague": None,
    "currencies": None,
    "defaults": None,
    "regions": None,
    "symbols": None,
    "percent": {"percent", "before", "points", "basis", "permille", "tenths", "hundredths"},
    "bounds": {"before", "inside", "after", "verb", "not_after"},
    "ranges": {
        "open",
        "to",
        "and",
        "or",
        "between",
        "change",
        "change_open",
        "change_to",
        "change_close",
        "change_after",
    }
    | {"instead", "close", "never_change"},
    "links": {"of"},
    "attached": None,
    "multiples": None,
    "units": None,
    "not_figures": {"durations", "after", "labels", "months", "time"},
    "nouns": {"function", "adjectives", "adjective_endings", "capitals", "classifiers", "of"},
}
SINGLE = {
    "name",
    "native",
    "parent",
    "glue",
    "decimal",
    "group",
    "drop",
    "stop",
    "proclitics",
    "drop_codes",
    "slash_decimals",
}
SINGLE |= {"colon_endings", "number_endings"}
QUALIFIERS = {"about", "almost", "more_than", "at_least", "less_than", "up_to"}


def tables(language: str) -> dict:
    return tomllib.loads((HERE / f"{language}.toml").read_text(encoding="utf-8"))


def test_every_language_of_the_news_is_there() -> None:
    assert set(languages()) >= WANTED


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    """What each language's file would be, from a process of its own: Babel fills its shared tables while it is used."""
    code = (
        "import json; from corpus.locales.build import build, languages; "
        "print(json.dumps({language: build(language) for language in languages()}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=FOLDER.parents[2])
    made: dict[str, str] = json.loads(done.stdout)
    return made


@pytest.mark.parametrize("language", languages())
def test_generated_file_is_what_cldr_gives(language: str, generated: dict[str, str]) -> None:
    assert (FOLDER / f"{language}.json").read_text(encoding="utf-8") == generated[language], (
        "stale: run `python -m corpus.locales.build`"
    )


@pytest.mark.parametrize("language", [*languages(), "common"])
def test_hand_written_table_is_well_formed(language: str) -> None:
    table = tables(language)
    for key, value in table.items():
        if key in SINGLE:
            continue
        assert key in SHAPE, f"unknown table [{key}]"
        assert isinstance(value, dict), key
        allowed = SHAPE[key]
        if allowed is not None:
            assert set(value) <= allowed, f"unknown keys in [{key}]"
    for key in (*table.get("numbers", {}), *table.get("scales", {})):
        Decimal(key)
    for key in (*table.get("currencies", {}), *table.get("symbols", {}), *table.get("regions", {})):
        code = key.rpartition(" ")[2]
        assert code in active_currencies() or code in currency_groups() or (code.isupper() and len(code) == 3), code
    for side in ("before", "inside", "after", "verb"):
        assert set(table.get("bounds", {}).get(side, {})) <= QUALIFIERS
    for slots in table.get("scales", {}).values():
        assert set(slots) <= {"one", "many", "short"}
    _only_strings(table)


def _only_strings(value: object) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            _only_strings(inner)
    elif isinstance(value, list):
        assert all(isinstance(form, str) and form.strip() == form != "" for form in value), value


def test_every_spec_has_its_tables() -> None:
    specs = {path.stem for path in (Path(__file__).parent / "specs").glob("*.toml")}
    assert specs == set(languages())
