"""The five seed articles, read from the real files."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from corpus.model import Article, Document
from corpus.pipeline import process
from corpus.words.normalising import normalise

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))


@cache
def seed(number: int) -> Article:
    path = SEEDS[number]
    return process(Document(root="seeds", origin=path.name, text=path.read_text(encoding="utf-8")))


def role_of(article: Article, words: str) -> str:
    return next(passage.role for passage in article.passages if words in passage.text)


def cited(article: Article) -> set[str]:
    return {citation.source.name for citation in article.citations}


@pytest.mark.parametrize("number", range(5))
def test_language(number: int) -> None:
    assert seed(number).language.code == ("ru" if number == 3 else "de")


@pytest.mark.parametrize("number", range(5))
def test_no_word_is_lost(number: int) -> None:
    """Every word of the file is in a passage; only fused words were split."""
    held = re.sub(r"\s", "", "".join(passage.text for passage in seed(number).passages))
    assert held == re.sub(r"\s", "", normalise(SEEDS[number].read_text(encoding="utf-8")))


def test_first_has_no_headline_date_or_source() -> None:
    article = seed(0)
    assert article.headline is None
    assert article.published.value is None
    assert article.provenance.source is None
    assert "The Wall Street Journal" in cited(article)
    assert len(article.passages) == 22
    assert all(passage.start_char is not None for passage in article.passages)
    post = [passage.text for passage in article.passages if passage.role == "quote"]
    assert post[-1] == "- Sam Altman (@sama) 7. Februar 2024"
    assert post[0].startswith("Wir sind der Meinung")
    assert [(mention.date, mention.role) for mention in article.date_mentions if mention.role == "post"] == [
        ("2024-02-07", "post")
    ]
    assert "Wall Street Journal Als Teil der Gespräche" in article.text


def test_second_is_algoine() -> None:
    article = seed(1)
    assert article.headline is not None
    assert article.headline.startswith("Sam Altman, CEO von OpenAI, sieht globales Chip-Venture")
    assert (article.published.value, article.published.precision) == ("2024-01-20T11:14:25", "second")
    assert article.provenance.source is not None
    assert article.provenance.source.name == "Algoine"
    assert cited(article) == {"Bloomberg"}
    assert role_of(article, "Verwandte Lektüre") == "teaser"
    assert role_of(article, "Disclaimer") == "disclaimer"
    assert role_of(article, "Published At") == "label"
    for words in ("Verwandte Lektüre", "Published At", "Disclaimer", "Do you suspect", "We appreciate", "Summary"):
        assert words not in article.text
    assert {mention.date for mention in article.date_mentions} >= {"2024-01-19", "2024-01-18"}


def test_third_is_zephyrnet_taken_from_the_register() -> None:
    article = seed(2)
    assert article.published.value is None
    assert article.provenance.source is not None
    assert article.provenance.source.name == "Zephyrnet"
    assert article.provenance.origin is not None
    assert article.provenance.origin.name == "The Register"
    assert cited(article) == {"Bloomberg"}
    for words in ("Zephyrnet-Logo", "spot_img", "Datum:", "VC-Café", "Neueste Intelligenz"):
        assert words not in article.text
        assert words in [passage.text for passage in article.passages]
    assert role_of(article, "Datum:") == "label"
    assert "berichten Altman traf" in article.text


def test_fourth_is_dailyai() -> None:
    article = seed(3)
    assert (article.published.value, article.published.precision) == ("2024-02-09", "day")
    assert article.provenance.source is not None
    assert article.provenance.source.name == "DailyAI"
    assert article.provenance.author == "Сэм Джинс"
    assert cited(article) == {"The Wall Street Journal"}
    assert role_of(article, "Сэм - писатель") == "bio"
    assert role_of(article, "Подпишитесь на нашу") == "newsletter"
    assert role_of(article, "Альтман А.И.") == "caption"
    assert article.text.endswith('на котором действует только он".')
    assert "промышленности Альтман ищет" in article.text


def test_fifth_keeps_every_paragraph() -> None:
    article = seed(4)
    assert article.published.value is None
    assert article.provenance.source is None
    assert cited(article) == {"The Wall Street Journal", "The Information"}
    assert all(passage.start_char is not None for passage in article.passages)
    assert role_of(article, "Altmans globale Chip-Jagd") == "subhead"
    assert role_of(article, "NVIDIA herausfordern?") == "subhead"
