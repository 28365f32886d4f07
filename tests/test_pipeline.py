# ruff: noqa: E501  (example texts stay on one line)
"""Whole articles in many languages, each with the furniture of its sites: what is read as what."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.model import ROLES_CUT, ROLES_IN_TEXT, Article, Document, Given
from corpus.pipeline import process

CASES = [
    case
    for name in ("articles", "pasted", "pasted_more")
    for case in tomllib.loads((Path(__file__).parent / "cases" / f"{name}.toml").read_text(encoding="utf-8"))["article"]
]


def read(text: str, **given: str) -> Article:
    return process(Document(root="cases", origin="a.txt", text=text, given=Given(**given)))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_article(case: dict[str, Any]) -> None:
    article = read(case["text"])
    provenance = article.provenance
    assert article.language.code == case["language"]
    assert article.published.value == case.get("published"), article.published
    found = {
        "source": provenance.source.slug if provenance.source else None,
        "origin": provenance.origin.slug if provenance.origin else None,
        "author": provenance.author,
    }
    for name, value in found.items():
        assert value == case.get(name), (name, provenance)
    reading = article.text.removeprefix(article.headline or "").strip()
    assert reading.startswith(case.get("first", ""))
    assert reading.endswith(case.get("last", ""))
    if "headline" in case:
        assert article.headline == case["headline"]
    for words in case.get("cut", ()):
        assert words.strip() not in article.text
        assert any(words.strip() in passage.text and passage.role in ROLES_CUT for passage in article.passages)
    for words in case.get("keep", ()):
        assert words in article.text


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_nothing_is_lost(case: dict[str, Any]) -> None:
    article = read(case["text"])
    held = "".join("".join(passage.text.split()) for passage in article.passages)
    for line in case["text"].splitlines():
        assert all(word in held for word in line.split())


def consistent(article: Article) -> None:
    position = 0
    for passage in sorted(
        (passage for passage in article.passages if passage.start_char is not None),
        key=lambda passage: passage.start_char or 0,
    ):
        assert passage.role in ROLES_IN_TEXT
        assert passage.start_char == position
        assert article.text[passage.start_char : passage.end_char] == passage.text
        position = (passage.end_char or 0) + 2
    assert position == (len(article.text) + 2 if article.text else 0)
    for passage in article.passages:
        assert passage.start_char is not None or passage.role in ROLES_CUT
    for span in (*article.citations, *article.date_mentions, *article.figures):
        assert article.text[span.start_char : span.end_char] == span.quote
    if article.headline is not None:
        assert article.text.startswith(article.headline)


FRAGMENTS = st.sampled_from(
    ["Datum:", "\n", "\n\n", "9. Februar 2024", "©", "Bloomberg", "laut", ". ", "Von Anna Berg", "$7", "(@a)",
     "2024年2月9日", "来源：", "\x00", "\ue000", "\ud800", "e\u0301", "٢٠٢٤", "https://a.example/2024/02/09/x", "(Reuters) - "]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(max_size=400), st.lists(st.one_of(FRAGMENTS, st.text(max_size=30)), max_size=30).map("".join)))
def test_any_text_is_an_article(text: str) -> None:
    consistent(read(text))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_offsets_hold(case: dict[str, Any]) -> None:
    consistent(read(case["text"]))


def test_what_is_given_wins() -> None:
    article = read(
        "Altman sucht Geld\n\nDatum: 9. Februar 2024\n\nDer Chef von OpenAI sucht nach Angaben von Beteiligten viel Geld.",
        title="Ein anderer Titel",
        date="2024-03-01",
        source="Example Post",
        author="Anna Berg",
        url="https://www.example.co.uk/2024/02/09/a",
    )
    assert article.headline == "Ein anderer Titel"
    assert article.text.startswith("Ein anderer Titel\n\n")
    assert (article.published.value, article.published.method) == ("2024-03-01", "given")
    assert article.provenance.source is not None
    assert (article.provenance.source.name, article.provenance.method) == ("Example Post", "given")
    assert article.provenance.source.domain == "example.co.uk"
    assert article.provenance.author == "Anna Berg"


def test_the_same_twice_is_the_same() -> None:
    text = CASES[0]["text"]
    assert read(text) == read(text)


def test_an_unread_document_is_an_empty_article() -> None:
    article = process(Document(root="cases", origin="a.bin", reason="binary"))
    assert (article.text, article.headline, article.language.code) == ("", None, None)


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("أعلنت مجموعة جي 42 شركة جديدة في أبوظبي باسم العاصمة.", []),
        ("وقالت شركة جي ٤٢ الإماراتية إنها ستستثمر مليار دولار.", ["مليار دولار"]),
        ("ג'י 42 חברה מאבו דאבי השקיעה מיליארד דולר בשבבים.", ["מיליארד דולר"]),
        ("지42 기업은 10억 달러를 반도체에 투자했다고 밝혔다.", ["10억 달러"]),
    ],
)
def test_the_digits_of_a_name_are_no_figure(text: str, quotes: list[str]) -> None:
    article = process(Document("news", "a.txt", text=text))
    assert [claim.figure.quote for claim in article.claims] == quotes
