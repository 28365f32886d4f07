# ruff: noqa: E501  (markup stays on one line)
"""Pages: what they state of themselves, how they are read beside the libraries alone, and hostile markup."""

from __future__ import annotations

import hashlib
import json

import pytest
from page_scores import PAGES, bare, html_of, ours, score

from corpus.clean.metadata import page_metadata
from corpus.clean.pages import read_page
from corpus.model import Document
from corpus.pipeline import process

# Lowering a floor, or changing the pages they were measured on, is an explicit act.
FLOORS = {"kept": 0.999, "clean": 0.955, "dates_right": 30, "sources_right": 22, "authors_right": 18}
MEASURED_ON = "83f2fdf42dba"


def fingerprint() -> str:
    content = json.dumps([[page["name"], page.get("date"), html_of(page)] for page in PAGES], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def test_the_floors_belong_to_these_pages() -> None:
    assert fingerprint() == MEASURED_ON


def test_pages_are_read_at_least_as_well_as_by_the_libraries_alone() -> None:
    mine, theirs = score(ours), score(bare)
    for name, floor in FLOORS.items():
        assert getattr(mine, name) >= max(floor, getattr(theirs, name)), (name, mine, theirs)
    assert mine.dates_invented == 0
    assert mine.sources_invented == 0


@pytest.mark.parametrize(
    ("html", "date"),
    [
        ('<meta name="pubdate" content="2024-05-05">', "2024-05-05"),
        ('<span itemprop="datePublished" content="2024-05-05T10:00">x</span>', "2024-05-05T10:00"),
        ('<time itemprop="datePublished" datetime="2024-05-05">x</time>', "2024-05-05"),
        ('<time datetime="2024-05-05">x</time>', "2024-05-05"),
        ('<time datetime="2024-05-05">x</time><time datetime="2024-05-06">y</time>', None),
        ('<meta name="date" content="0001-01-01"><meta name="pubdate" content="2024-05-05">', "2024-05-05"),
        ('<script type="application/ld+json">{"@type":"Event","datePublished":"2024-05-05"}</script>', None),
        ('<script type="application/ld+json"><!-- {"@type":"Article","datePublished":"2024-05-05",} --></script>', "2024-05-05"),
        ('<meta property="article:modified_time" content="2024-05-05">', None),
        ('<span itemprop="dateModified" content="2024-05-05"></span>', None),
    ],
)  # fmt: skip
def test_the_date_a_page_states(html: str, date: str | None) -> None:
    assert page_metadata(html).date == date


def test_the_publisher_in_microdata() -> None:
    html = '<div itemprop="publisher" itemscope><meta itemprop="name" content="Beispielblatt"></div>'
    assert page_metadata(html).source == "Beispielblatt"


def test_joiners_stay() -> None:
    line = "تأمین مالی این طرح\u200cها از صندوق توسعه ملی انجام می\u200cشود و سرمایه\u200cگذاران منتظر هستند."
    html = f"<html><body><article><h1>عنوان</h1><p>{line}</p><p>{line[5:]}</p></article></body></html>"
    assert line in read_page(html).lines


@pytest.mark.parametrize("opening", ["<div>", "<span>", "<b>", "<ul><li>", "<table><tr><td>"])
def test_what_is_nested_too_deep_is_still_read(opening: str) -> None:
    sentence = "Der Betreiber des Netzes rechnet in den kommenden Wintern mit deutlich höheren Kosten."
    html = f"<html><body>{opening * 100_000}<p>{sentence}</p>"
    article = process(Document(root="pages", origin="a.html", text=html, media_type="text/html"))
    assert sentence in article.text
