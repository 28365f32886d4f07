"""The index of search: what it holds of an article, and keeping it true.

Triggers mark an article whose words, language, date, source or figures changed; ``index_stale``, called
in the transaction that stores an article, writes its row. What was indexed by other rules or another topic
stays as it is until ``index_outdated`` comes to it, which a run of ingest sees to. ``python -m corpus.indexing
corpus.db`` makes the whole index anew, and with ``--check`` only says whether it is sound.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from sqlite_utils import Database

from corpus.indexing.facts import Claimed
from corpus.indexing.numbering import day_of, day_range
from corpus.indexing.rows import index_row, words_row
from corpus.model import Article
from corpus.topic import topic_digest

# Raised when what is written of an article changes; every article is indexed again then.
_RULES = 4
# The words of articles by headline, text and language.
Words = Mapping[tuple[str | None, str, str | None], tuple[str, ...]]
_TABLES = ("stemming.toml", "irregular.toml", "sounding.toml")
# Rows a statement: FTS5 writes a segment for each statement.
BATCH = 200
# Memory FTS5 may take for words before it writes them out, usually and when everything is indexed.
_USUAL_HASH, _LARGE_HASH = 1 << 20, 1 << 28
COLUMNS = ("headline", "body", "headline_words", "words", "facts")
INSERT = f"INSERT INTO search_index (rowid, {', '.join(COLUMNS)}) VALUES "


@cache
def rules_version() -> str:
    """The version of the rules and of the tables that the words of an article are made by, the topic aside."""
    data = "".join((files("corpus.indexing") / name).read_text("utf-8") for name in _TABLES)
    return f"{_RULES}-{hashlib.sha256(data.encode()).hexdigest()[:12]}"


@cache
def index_version() -> str:
    """The version of everything that the words of an article are made by: rules, tables and the topic."""
    # Of the file: a run that finds nothing new asks for this and reads nothing of the topic.
    return f"{rules_version()}-{topic_digest()[:12]}"


def with_words(article: Article) -> Article:
    """The article with what search finds it by, so that who writes it need not work that out."""
    return replace(article, words=(index_version(), words_row(article.headline, article.text, article.language.code)))


def words_of(articles: Iterable[Article]) -> Words:
    """What was worked out for articles by this version of the index."""
    return {
        (article.headline, article.text, article.language.code): article.words[1]
        for article in articles
        if article.words is not None and article.words[0] == index_version()
    }


def index_stale(db: Database, known: Words | None = None) -> int:
    """Write the words of every article marked as changed; how many there were.

    Call it within the transaction that changed them. ``known`` words are taken for an article that has the same
    headline, text and language in the database: what was changed by hand is worked out anew.
    """
    done = 0
    while stale := _ids(db, "SELECT article_id FROM search_facts WHERE indexed IS NULL LIMIT ?", [BATCH]):
        _index(db, stale, known or {})
        done += len(stale)
    return done


# Two comparisons, which the index can answer; one for "other than" it cannot.
OUTDATED = "(indexed < :version OR indexed > :version)"


def index_outdated(db: Database) -> int:
    """Write the words of a batch of articles that other rules indexed; how many, 0 when none is left."""
    sql = f"SELECT article_id FROM search_facts WHERE {OUTDATED} LIMIT :batch"
    outdated = _ids(db, sql, {"version": index_version(), "batch": BATCH})
    if outdated:
        _index(db, outdated, {})
    return len(outdated)


def _ids(db: Database, sql: str, parameters: Any) -> list[int]:
    return [row[0] for row in db.execute(sql, parameters).fetchall()]


def _index(db: Database, ids: Sequence[int], known: Words) -> None:
    marks = ", ".join("?" * len(ids))
    claimed: dict[int, list[Claimed]] = {}
    for number, *values in db.execute(
        "SELECT article_id, measure, subject, kind, low, high, currency, unit, vague FROM figures "
        f"WHERE article_id IN ({marks}) AND struck = 0",
        ids,
    ).fetchall():
        claimed.setdefault(number, []).append(Claimed(*values))
    found = db.execute(
        "SELECT f.doc, a.id, a.headline, a.text, a.language, a.date_published, s.slug FROM articles AS a "
        "JOIN search_facts AS f ON f.article_id = a.id LEFT JOIN sources AS s ON s.id = a.source_id "
        f"WHERE a.id IN ({marks}) ORDER BY a.id",
        ids,
    ).fetchall()
    docs = _numbered(db, [(row[0], day_of(row[5])) for row in found])
    before = [row[0] for row in found if row[0] is not None]
    if before:
        db.execute(f"DELETE FROM search_index WHERE rowid IN ({', '.join('?' * len(before))})", before)
    # FTS5 writes out what it holds whenever a number is smaller than the one before it.
    rows = sorted(
        (doc, *index_row(row[1:], claimed.get(row[1], ()), known.get(row[2:5])))
        for doc, row in zip(docs, found, strict=True)
    )
    if rows:
        places = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(rows))
        db.execute(INSERT + places, [value for row in rows for value in row])
    db.conn.executemany(
        "UPDATE search_facts SET doc = ?, indexed = ? WHERE article_id = ?",
        [(doc, index_version(), row[1]) for doc, row in zip(docs, found, strict=True)],
    )


def _numbered(db: Database, wanted: Iterable[tuple[int | None, int]]) -> list[int]:
    """A number for each (number so far, day): the one it has where that is of the day, else the next free one."""
    last: dict[int, int] = {}
    docs = []
    for doc, day in wanted:
        start, end = day_range(day)
        while doc is None or not start <= doc < end:
            if day not in last:
                sql = "SELECT max(doc) FROM search_facts WHERE doc >= ? AND doc < ?"
                highest = db.execute(sql, [start, end]).fetchone()[0]
                last[day] = start - 1 if highest is None else highest
            if last[day] + 1 < end:
                last[day] += 1
                doc = last[day]
            else:
                day += 1
                start, end = day_range(day)
        docs.append(doc)
    return docs


def rebuild_index(db: Database) -> int:
    """Make the index anew from the articles; how many there are. Call it within a transaction."""
    db.execute("DELETE FROM search_index")
    db.execute("DELETE FROM search_facts WHERE article_id NOT IN (SELECT id FROM articles)")
    db.execute(
        "INSERT INTO search_facts (article_id, date_published, language, source_id, story_id, first_ingested) "
        "SELECT id, date_published, language, source_id, story_id, first_ingested FROM articles WHERE true "
        "ON CONFLICT (article_id) DO UPDATE SET date_published = excluded.date_published, "
        "language = excluded.language, source_id = excluded.source_id, story_id = excluded.story_id, "
        "first_ingested = excluded.first_ingested, indexed = NULL, doc = NULL"
    )
    configure(db, "hashsize", _LARGE_HASH)
    done = index_stale(db)
    db.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
    configure(db, "hashsize", _USUAL_HASH)
    return done


def configure(db: Database, option: str, value: int) -> None:
    """Set an option of FTS5 for the index."""
    db.execute("INSERT INTO search_index (search_index, rank) VALUES (?, ?)", [option, value])


def check_index(db: Database) -> list[str]:
    """What is wrong with the index, one sentence each; nothing where it is sound."""
    wrong = []
    with db.atomic():
        try:
            db.execute("INSERT INTO search_index (search_index) VALUES ('integrity-check')")
        except sqlite3.DatabaseError as error:
            wrong.append(f"the index contradicts itself ({error})")
    counts = {
        "articles without words in the index": "SELECT count(*) FROM articles WHERE id NOT IN (SELECT article_id "
        "FROM search_facts WHERE doc IN (SELECT id FROM search_index_docsize))",
        "words in the index without an article": "SELECT count(*) FROM search_index_docsize WHERE id NOT IN "
        "(SELECT doc FROM search_facts WHERE doc IS NOT NULL)",
        "articles that changed since they were indexed": "SELECT count(*) FROM search_facts WHERE indexed IS NULL",
        "articles whose date, language, source or story differs": "SELECT count(*) FROM articles AS a "
        "LEFT JOIN search_facts AS f ON f.article_id = a.id WHERE f.article_id IS NULL OR f.date_published IS NOT "
        "a.date_published OR f.language IS NOT a.language OR f.source_id IS NOT a.source_id "
        "OR f.story_id IS NOT a.story_id",
    }
    for what, sql in counts.items():
        number = db.execute(sql).fetchone()[0]
        if number:
            wrong.append(f"{what}: {number}")
    return wrong
