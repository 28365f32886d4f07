"""Articles to ingest by the hundred, and rules that die, hang or fail on some of them; importable by workers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conftest import make_article
from sqlite_utils import Database

from corpus.ingesting import Line
from corpus.model import Article, Document

_CITIES = ("Lisbon", "Osaka", "Austin", "Leeds", "Busan", "Graz", "Lagos")
_MAKERS = ("Norlin", "Vespera", "Kitane", "Oldbury", "Tarrow")


def write_articles(folder: Path, count: int, *, first: int = 0) -> None:
    """Short articles, each of its own text, some of them versions of one story."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        maker, city = _MAKERS[number % 5], _CITIES[number // 3 % 7]
        (folder / f"{number:05}.txt").write_text(
            f"{maker} plans plant number {number} in {city}\n\n"
            f"{maker} said on Monday it would spend ${number + 2}.5 billion on a chip plant in {city}, "
            f"its {number + 3} billion dollar rival being late. The plant takes {number % 40 + 3}% of the market, "
            f"according to Reuters.\n\nWork begins in {2025 + number % 9} and employs {1200 + number} people."
        )


def careless(document: Document) -> Article:
    """A line of one step that ends its process, sleeps or raises where the text says so."""
    text = document.text or ""
    if "kill me" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "exit now" in text:
        os._exit(3)
    if "sleep on" in text:
        time.sleep(60)
    if "explode" in text:
        raise ValueError("it did")
    return make_article(text.strip(), document=document)


CARELESS = Line(careless, "1")

# Times, and numbers given in the order of arrival.
_TIMES = {"first_seen", "last_seen", "first_ingested", "last_ingested", "replaced_at", "mtime_ns"}
_SETS = {
    "articles": "SELECT a.*, s.slug AS source, o.slug AS origin, t.uid AS story FROM articles AS a "
    "LEFT JOIN sources AS s ON s.id = a.source_id LEFT JOIN sources AS o ON o.id = a.origin_source_id "
    "LEFT JOIN stories AS t ON t.id = a.story_id ORDER BY a.uid",
    "figures": "SELECT a.uid, f.* FROM figures AS f JOIN articles AS a ON a.id = f.article_id "
    "ORDER BY a.uid, f.start_char, f.kind",
    "passages": "SELECT a.uid, p.* FROM passages AS p JOIN articles AS a ON a.id = p.article_id "
    "ORDER BY a.uid, p.position",
    "citations": "SELECT a.uid, s.slug, c.* FROM citations AS c JOIN articles AS a ON a.id = c.article_id "
    "JOIN sources AS s ON s.id = c.source_id ORDER BY a.uid, c.start_char",
    "mentions": "SELECT a.uid, m.* FROM date_mentions AS m JOIN articles AS a ON a.id = m.article_id "
    "ORDER BY a.uid, m.start_char",
    "sources": "SELECT * FROM sources ORDER BY slug",
    "stories": "SELECT * FROM stories ORDER BY uid",
    "links": "SELECT min(a.uid, b.uid) AS one, max(a.uid, b.uid) AS other, kind, score, evidence FROM article_links "
    "AS l JOIN articles AS a ON a.id = l.article_id JOIN articles AS b ON b.id = l.other_id ORDER BY 1, 2, 3",
    "flags": "SELECT a.uid, b.uid AS other, f.kind, f.message FROM flags AS f LEFT JOIN articles AS a "
    "ON a.id = f.article_id LEFT JOIN articles AS b ON b.id = f.other_article_id ORDER BY 1, 2, 3, 4",
    "documents": "SELECT d.*, a.uid FROM documents AS d LEFT JOIN articles AS a ON a.id = d.article_id "
    "ORDER BY root, origin, part",
}
_NUMBERS = {"id", "rowid", "article_id", "source_id", "origin_source_id", "story_id", "figure_id"}


def contents(db: Database, *, but: Sequence[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """What a database says, without when it was told and what numbers it gave."""
    hidden = _TIMES | _NUMBERS
    return {
        name: [{key: value for key, value in row.items() if key not in hidden} for row in db.query(sql)]
        for name, sql in _SETS.items()
        if name not in but
    }
