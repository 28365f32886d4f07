# ruff: noqa: E501  (markup stays on one line)
"""How well the article, its date, its source and its author are read in the evaluation's pages.

``python tests/page_scores.py`` prints the table, beside what the libraries alone read.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import htmldate
import trafilatura
from page_templates import TEMPLATES, Story

from corpus.model import Document
from corpus.pipeline import process

PAGES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "pages.toml").read_text(encoding="utf-8")
)["page"]
_TOKEN = re.compile(r"[぀-ヿ㐀-鿿฀-๿]|\w+")


@dataclass(frozen=True)
class Read:
    """What was read in a page; the text without the headline."""

    text: str
    date: str | None
    source: str | None
    author: str | None


def html_of(page: dict[str, Any]) -> str:
    """The page as a site would send it."""
    story = Story(
        page["language"], page["title"], page["paragraphs"], page["furniture"], page.get("told"), page.get("source"), page.get("author")
    )  # fmt: skip
    return TEMPLATES[page["template"]](story)


def ours(html: str) -> Read:
    article = process(Document(root="pages", origin="a.html", text=html, media_type="text/html"))
    source = article.provenance.source
    text = article.text.removeprefix(article.headline or "")
    return Read(text, article.published.value, source.name if source else None, article.provenance.author)


def bare(html: str) -> Read:
    """trafilatura and htmldate as they come."""
    found = trafilatura.bare_extraction(html, with_metadata=True, include_comments=False)
    told = {} if found is None else found if isinstance(found, dict) else found.as_dict()
    date = htmldate.find_date(html, original_date=True)
    text = (told.get("text") or "").strip()
    title = told.get("title")
    return Read(text.removeprefix(title or ""), date, told.get("sitename"), told.get("author"))


@dataclass
class Scores:
    """Shares of words kept and of words that are the article's; counts of dates, sources and authors."""

    kept: float = 0.0
    clean: float = 0.0
    dates_right: int = 0
    dates_invented: int = 0
    sources_right: int = 0
    sources_invented: int = 0
    authors_right: int = 0


def words(text: str) -> Counter[str]:
    return Counter(_TOKEN.findall(text.lower()))


def score(reader: Callable[[str], Read]) -> Scores:
    scores = Scores()
    for page, read in readings(reader):
        wanted, got = words(" ".join(page["paragraphs"])), words(read.text)
        common = sum((wanted & got).values())
        scores.kept += common / sum(wanted.values()) / len(PAGES)
        scores.clean += common / max(1, sum(got.values())) / len(PAGES)
        expected = page.get("date")
        if read.date is not None:
            right = expected is not None and read.date[:10] == expected[:10]
            scores.dates_right += right
            scores.dates_invented += not right
        scores.sources_right += page.get("source") is not None and read.source == page["source"]
        scores.sources_invented += read.source is not None and read.source != page.get("source")
        scores.authors_right += page.get("author") is not None and read.author == page["author"]
    return scores


def readings(reader: Callable[[str], Read]) -> Iterator[tuple[dict[str, Any], Read]]:
    for page in PAGES:
        yield page, reader(html_of(page))


if __name__ == "__main__":
    dated = sum("date" in page for page in PAGES)
    print(f"{len(PAGES)} pages, {dated} dated, {sum('source' in page for page in PAGES)} with a source")
    for name, reader in (("this project", ours), ("libraries alone", bare)):
        print(name, score(reader))
