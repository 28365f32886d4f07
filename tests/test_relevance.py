"""Whether people find what they look for: queries in many languages over the seeds and articles written for this."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from conftest import make_document

import corpus
from corpus.searching import search
from corpus.storing.schema import open_database

Found = dict[str, list[str]]
HERE = Path(__file__).parent
# The second and the third set were each written before anything was looked at that they could be fitted to, and
# measured once as they were: 0.739 and 0.724, then 0.921 and 0.909. What was repaired then was repaired by rule.
SETS = {"first": HERE / "relevance", "second": HERE / "relevance" / "second", "third": HERE / "relevance" / "third"}
# Measured: success at 1, recall at 10. Lowering one is a decision.
FLOORS = {"first": (0.96, 0.97), "second": (0.98, 0.97), "third": (0.98, 0.97)}


def _read(name: str, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((SETS[name] / f"{table}.toml").read_text("utf-8"))[
        {"queries": "query", "articles": "article"}[table]
    ]
    return found


QUERIES = {name: _read(name, "queries") for name in SETS}
ARTICLES = {name: _read(name, "articles") for name in SETS}


@pytest.fixture(scope="module", params=list(SETS))
def answered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Found, Found]:
    """A set by its name, the names of the articles each of its queries finds, in order, and the words it suggests."""
    db = open_database(tmp_path_factory.mktemp("relevance") / "corpus.db")
    written = [make_document(article["text"], origin=article["id"]) for article in ARTICLES[request.param]]
    stored = corpus.store(db, map(corpus.process, [*written, *corpus.read([HERE.parent / "seeds"])]))
    names = {one.uid: one.origin[:3] if one.origin.endswith(".txt") else one.origin for one in stored}
    results = {query["q"]: search(db, query["q"], size=100, fold=False) for query in QUERIES[request.param]}
    db.close()
    found = {query: [names[hit.uid] for hit in result.results] for query, result in results.items()}
    return request.param, found, {query: [one.text for one in result.suggestions] for query, result in results.items()}


def _expected(query: dict[str, Any]) -> list[str]:
    return [*([query["first"]] if "first" in query else []), *query.get("found", [])]


@pytest.mark.parametrize("name", SETS)
def test_the_sets_are_large_and_name_articles_that_are_there(name: str) -> None:
    known = {article["id"] for article in ARTICLES[name]} | {"000", "001", "002", "003", "004"}
    assert len(QUERIES[name]) >= 60 and len({article["id"][:2] for article in ARTICLES[name]}) >= 10
    assert {one for query in QUERIES[name] for one in (*_expected(query), *query.get("absent", []))} <= known


def test_what_is_looked_for_is_found_and_first(
    answered: tuple[str, Found, Found], capsys: pytest.CaptureFixture[str]
) -> None:
    name, found_by, _ = answered
    first = [(query["q"], query["first"]) for query in QUERIES[name] if "first" in query]
    missed = [(typed, one, found_by[typed][:3]) for typed, one in first if found_by[typed][:1] != [one]]
    success = 1 - len(missed) / len(first)
    wanted = [(query["q"], one) for query in QUERIES[name] for one in _expected(query)]
    lost = [(typed, one) for typed, one in wanted if one not in found_by[typed][:10]]
    recall = 1 - len(lost) / len(wanted)
    with capsys.disabled():
        print(f"\n{name} set: success at 1: {success:.3f} of {len(first)}, recall at 10: {recall:.3f} of {len(wanted)}")
    least_success, least_recall = FLOORS[name]
    assert success >= least_success and recall >= least_recall, (missed, lost)


def test_what_is_not_looked_for_is_not_found(answered: tuple[str, Found, Found]) -> None:
    name, found_by, _ = answered
    wrong = {
        query["q"]: unwanted
        for query in QUERIES[name]
        if (unwanted := set(query.get("absent", [])) & set(found_by[query["q"]]))
    }
    assert wrong == {}


def test_what_is_misspelled_is_suggested(answered: tuple[str, Found, Found]) -> None:
    name, found_by, suggested = answered
    for query in QUERIES[name]:
        if "suggests" in query:
            assert query["suggests"] in suggested[query["q"]] and not found_by[query["q"]], query
