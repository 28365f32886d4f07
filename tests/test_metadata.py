"""metadata.yml describes the database as it is, and each of its queries runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasette.app import Datasette
from site_data import build
from sqlite_utils import Database

METADATA = Path(__file__).parent.parent / "metadata.yml"
CONTENT: dict[str, Any] = yaml.safe_load(METADATA.read_text("utf-8"))
TABLES: dict[str, Any] = CONTENT["databases"]["corpus"]["tables"]
QUERIES: dict[str, Any] = CONTENT["databases"]["corpus"]["queries"]
# What FTS5 keeps for itself.
INTERNAL = {
    f"{index}_{name}"
    for index in ("articles_fts", "search_index")
    for name in ("data", "idx", "docsize", "config", "content")
}
FILLED = {"one_measure": {"measure": "fundraising_target"}, "what_was_cut": {"uid": "en-one"}}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("metadata") / "corpus.db")


@pytest.fixture(scope="module")
def database(path: Path) -> Iterator[Database]:
    db = Database(path)
    yield db
    db.close()


@pytest.fixture(scope="module")
def served(path: Path) -> Datasette:
    return Datasette([str(path)], metadata=CONTENT)


def test_every_table_and_column_is_described_and_no_other(database: Database) -> None:
    real = {
        name: [column.name for column in database[name].columns]
        for name in (*database.table_names(), *database.view_names())
        if name not in INTERNAL
    }
    described = {name: list(table["columns"]) for name, table in TABLES.items()}
    assert {name: set(columns) for name, columns in described.items()} == {
        name: set(columns) for name, columns in real.items()
    }
    empty = [
        (name, column)
        for name, table in TABLES.items()
        for column, words in {"": table["description"], **table["columns"]}.items()
        if not isinstance(words, str) or len(words) < 4
    ]
    assert empty == []


@pytest.mark.parametrize("name", TABLES)
def test_facets_sorts_and_labels_name_columns(name: str) -> None:
    table = TABLES[name]
    named = [*table.get("facets", []), *(table[key] for key in ("sort", "sort_desc", "label_column") if key in table)]
    assert set(named) <= set(table["columns"])


def test_title_licence_and_provenance_are_given() -> None:
    assert all(len(CONTENT[key]) > 10 for key in ("title", "description", "license", "source"))


@pytest.mark.asyncio
@pytest.mark.parametrize("name", QUERIES)
async def test_query_runs_and_finds_something(served: Datasette, name: str) -> None:
    response = await served.client.get(f"/corpus/{name}.json", params={"_shape": "array", **FILLED.get(name, {})})
    assert response.status_code == 200, response.text
    assert response.json(), "the invented corpus has something for each query"
    assert {"title", "description", "sql"} <= QUERIES[name].keys()


@pytest.mark.asyncio
@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if not table.get("hidden")])
async def test_table_page_is_served_with_its_descriptions(served: Datasette, name: str) -> None:
    response = await served.client.get(f"/corpus/{name}")
    assert response.status_code == 200
    words = TABLES[name]["description"].replace("&", "&amp;").replace("'", "&#39;")
    assert words in response.text


@pytest.mark.asyncio
async def test_no_page_shows_an_amount_as_a_float(served: Datasette) -> None:
    addresses = ["figures", "claims", *(f"{name}?measure=fundraising_target" for name in QUERIES)]
    for address in addresses:
        page = (await served.client.get(f"/corpus/{address}")).text
        assert "000.0" not in page and "e+12" not in page, address
    assert "7,000,000,000,000" in (await served.client.get("/corpus/figures")).text


@pytest.mark.asyncio
async def test_cells_lead_to_the_pages_and_stay_text(served: Datasette) -> None:
    page = (await served.client.get("/corpus/articles")).text
    assert '<a href="/article/en-one">en-one</a>' in page
    assert "<script>alert(1)" not in page
    assert '<a href="/story/de-two">de-two</a>' in (await served.client.get("/corpus/stories")).text
