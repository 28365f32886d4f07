"""What several tests share: articles and documents made by hand, and folders to read them from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from corpus.indexing import check_index
from corpus.ingesting import Line
from corpus.model import (
    Article,
    Citation,
    Claim,
    DateMention,
    Document,
    Figure,
    Language,
    Passage,
    Provenance,
    PublicationDate,
    Source,
)
from corpus.storing.schema import open_database

MakeArticle = Callable[..., Article]


def make_document(text: str, *, root: str = "news", origin: str = "a.txt", **rest: Any) -> Document:
    """A plain file with this text."""
    raw = text.encode("utf-8")
    values: dict[str, Any] = {
        "raw": raw,
        "text": text,
        "encoding": "utf-8",
        "content_hash": hashlib.sha256(raw).hexdigest(),
        "size": len(raw),
        "mtime_ns": 1,
    }
    return Document(root=root, origin=origin, **(values | rest))


def make_article(
    text: str = "Chips\n\nThe plan costs $5 billion, says Bloomberg.",
    *,
    origin: str = "a.txt",
    root: str = "news",
    source: Source | None = None,
    published: PublicationDate | None = None,
    version: str = "1",
    money: str | None = "$5 billion",
    currency: str = "USD",
    amount: str = "5e9",
    **rest: Any,
) -> Article:
    """An article whose headline is its first paragraph; ``money`` is its one figure."""
    claims = []
    if money is not None and money in text:
        start = text.index(money)
        figure = Figure(
            start, start + len(money), money, "money", Decimal(amount), Decimal(amount), currency, rule="money"
        )
        claims.append(Claim(figure, sentence=text.split("\n\n")[-1], measure="investment", subject="OpenAI"))
    passages = []
    position = 0
    for paragraph in text.split("\n\n"):
        start = text.index(paragraph)
        role = "headline" if position == 0 else "body"
        passages.append(Passage(position, role, "test", paragraph, "en", start, start + len(paragraph)))
        position += 1
    passages.append(Passage(position, "share", "test", "Share this", "en"))
    citations = []
    if "Bloomberg" in text:
        at = text.index("Bloomberg")
        citations.append(Citation(Source("bloomberg", "Bloomberg", "bloomberg.com", "US"), at, at + 9, "Bloomberg"))
    values: dict[str, Any] = {
        "document": rest.pop("document", None) or make_document(text, root=root, origin=origin),
        "headline": passages[0].text,
        "text": text,
        "passages": tuple(passages),
        "language": Language("en", 0.99, "langdetect", "The plan"),
        "published": published or PublicationDate(),
        "provenance": Provenance(source, "masthead" if source is not None else None),
        "claims": tuple(claims),
        "date_mentions": (DateMention(0, 5, text[:5], "2024", "year", "mention"),),
        "citations": tuple(citations),
        "version": version,
    }
    return Article(**(values | rest))


def simple_process(document: Document) -> Article:
    """A line of one step, for tests of what stands at its two ends."""
    assert document.text is not None
    if "explode" in document.text:
        raise ValueError("it did")
    return make_article(document.text.strip(), document=document)


@pytest.fixture
def line() -> Line:
    """A line of one step and the version of its rules."""
    return Line(simple_process, "1")


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """An empty database of ours."""
    return open_database(tmp_path / "corpus.db")


# Besides what counts runs and steps, tables that have no rowid: sets of keys, derived from the others.
NOT_DUMPED = frozenset({"runs", "_sqlite_migrations", "article_keys", "claims_to_compare", "tallies"})


def dump(db: Database, *, without: frozenset[str] = NOT_DUMPED) -> dict[str, Any]:
    """Every row of every table, the time a document was last seen aside."""
    rows = {}
    for name in db.table_names():
        if name in without or name.startswith(("articles_fts", "search_index")):
            continue
        rows[name] = [
            {column: value for column, value in row.items() if column != "last_seen"}
            for row in db.query(f'SELECT rowid, * FROM "{name}" ORDER BY rowid')
        ]
    return rows


def check_integrity(db: Database) -> None:
    """Fail unless the file, its keys, its search index and its evidence are sound."""
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    # Rank 1 compares the index with the table it indexes.
    with db.atomic():
        db.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    assert check_index(db) == []
    assert list(db.query("SELECT * FROM evidence_mismatches")) == []


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--slow`` runs what takes minutes as well."""
    parser.addoption("--slow", action="store_true", help="also run the tests that take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests to whoever asks for them."""
    if not config.getoption("--slow"):
        left = pytest.mark.skip(reason="takes minutes: --slow")
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(left)
