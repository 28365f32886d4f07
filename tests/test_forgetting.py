"""Articles that are removed leave the database as if they had never come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import check_integrity, make_document
from sqlite_utils import Database

from corpus.pipeline import process
from corpus.stories import link_stories
from corpus.stories.forgetting import forget_articles, remove_unused_sources
from corpus.storing import store_article
from corpus.storing.schema import open_database

# One story in many reprints: more of them than are first holders of a key.
STORY = (
    "A plan for fabs\n\nSource: {outlet}\n\nAltman wants to raise $7 trillion for chip fabs, said people familiar with "
    "the plan, of which $90 billion are to come from the Gulf by 2027. The talks began in January, they said{more}.\n\n"
    "The market for chips was $527 billion in 2023 and may reach $1 trillion by 2030, according to Bloomberg.{date}"
)
OUTLETS = ["The Register", "Reuters", *(f"Paper {letter}" for letter in "ABCDEFGHIJKLMN")]


def texts() -> list[str]:
    found = []
    for number, outlet in enumerate(OUTLETS):
        date = "\n\nPublished: 2024-02-09" if number == 3 else ""
        found.append(STORY.format(outlet=outlet, more=f", and {outlet} was told more of it" * (number % 4), date=date))
    return found


def filled(path: Path, numbers: list[int]) -> Database:
    db = open_database(path)
    for number in numbers:
        store_article(db, process(make_document(texts()[number], origin=f"{number}.txt")))
    link_stories(db)
    return db


def said(db: Database) -> dict[str, Any]:
    """What the database says, by the uids of articles instead of their numbers."""
    uid = dict(db.execute("SELECT id, uid FROM articles"))
    return {
        "articles": sorted(
            db.execute(
                "SELECT a.uid, date_published, date_method, s.uid, s.article_count, s.languages, s.first_published "
                "FROM articles AS a JOIN stories AS s ON s.id = a.story_id"
            ),
            key=repr,
        ),
        "links": sorted(
            (*sorted((uid[one], uid[other])), kind, score)
            for one, other, kind, score in db.execute("SELECT article_id, other_id, kind, score FROM article_links")
        ),
        "flags": sorted(
            (uid.get(one), kind, message)
            for one, kind, message in db.execute("SELECT article_id, kind, message FROM flags")
        ),
        "stories": sorted(row[0] for row in db.execute("SELECT uid FROM stories")),
        "sources": sorted(row[0] for row in db.execute("SELECT slug FROM sources")),
        "keys": sorted(db.execute("SELECT key, mark FROM article_keys")),
        "figures": sorted(
            (uid[row[0]], *row[1:]) for row in db.execute("SELECT article_id, quote, low_usd FROM figures")
        ),
    }


@pytest.mark.parametrize("gone", [[3], [0, 1, 2], list(range(0, 16, 2)), list(range(16))], ids=str)
def test_what_is_forgotten_was_never_there(tmp_path: Path, gone: list[int]) -> None:
    everything = list(range(len(OUTLETS)))
    db = filled(tmp_path / "all.db", everything)
    assert db.table("article_links").count > len(OUTLETS)
    uids = {row[0]: row[1] for row in db.execute("SELECT d.origin, d.article_id FROM documents AS d")}
    assert forget_articles(db, [uids[f"{number}.txt"] for number in gone]) == len(gone)
    link_stories(db)
    remove_unused_sources(db)
    check_integrity(db)
    without = filled(tmp_path / "without.db", [number for number in everything if number not in gone])
    assert said(db) == said(without)
    for name in db.table_names():
        if "_id" in repr(db.table(name).columns) and not name.startswith(("articles_fts", "search_index")):
            assert db.table(name).count == without.table(name).count, name
