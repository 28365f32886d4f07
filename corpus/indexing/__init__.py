"""The index of search: what it holds of an article, and keeping it true.

Triggers mark an article whose words, language, date, source or measures changed; ``index_stale``, called
in the transaction that stores an article, writes its row. ``python -m corpus.indexing corpus.db`` makes the
whole index anew, and with ``--check`` only says whether it is sound.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from sqlite_utils import Database

from corpus.indexing.concepts import concepts, find_concepts
from corpus.indexing.segmenting import Segment, run_tokens, segments
from corpus.indexing.sounding import names_in, sound_token
from corpus.indexing.stemming import COMPOUND_LETTERS, primary, stem, writes_compounds

# Raised when what is written below changes; every article is indexed again then.
_RULES = 2
# How often a stem counts at most: the words themselves carry their frequency.
_MOST = 3
# Rows a statement: FTS5 writes a segment for each statement.
_BATCH = 200
ALL = "all"


@cache
def index_version() -> str:
    """The version of the rules and of the data that the words of an article are made by."""
    data = "".join((files("corpus.indexing") / name).read_text("utf-8") for name in ("stemming.toml", "sounding.toml"))
    names = repr([(concept.key, concept.aliases) for concept in concepts().values()])
    return f"{_RULES}-{hashlib.sha256((data + names).encode()).hexdigest()[:12]}"


def fact(kind: str, value: str) -> str:
    """A value to filter by as one token: ``fact("source", "the-register")`` → ``source·the·register``."""
    return f"{kind}·" + "".join(char if char.isalnum() or ord(char) > 127 else "·" for char in value.casefold())


def body_tokens(found: Iterable[Segment]) -> list[str]:
    """The words of a text in order, runs two characters at a time."""
    tokens: list[str] = []
    for segment in found:
        if segment.run:
            tokens += run_tokens(segment.folded, closed=True)
        else:
            tokens.append(segment.folded)
    return tokens


def word_tokens(text: str, found: Iterable[Segment], language: str | None) -> list[str]:
    """What else the words of a text are found by, without order: stems, ends of compounds, names, characters."""
    code = primary(language)
    compounds = writes_compounds(language)
    counts: Counter[str] = Counter()
    for segment in found:
        written = text[segment.start : segment.end]
        for script, key in names_in(written):
            counts[sound_token(script, key)] = 1
        if segment.run:
            counts.update({f"u·{char}" for char in segment.folded})
            continue
        stemmed = stem(written, language)
        if stemmed is not None:
            counts[f"{code}·{stemmed}"] += 1
            if compounds and len(stemmed) >= COMPOUND_LETTERS:
                counts[f"f·{stemmed}"] += 1
                counts[f"r·{stemmed[::-1]}"] += 1
    counts.update(key for _, _, key in find_concepts(text))
    return [token for token, count in counts.items() for _ in range(min(count, _MOST))]


def date_facts(date: str | None) -> list[str]:
    """The year of a date, and its month, or that no month is known."""
    if date is None:
        return ["undated"]
    return [fact("year", date[:4]), fact("month", date[:7])]


def facts(language: str | None, date: str | None, source: str | None, measures: Sequence[str]) -> list[str]:
    """What an article is filtered by, as tokens; each article has ``all``."""
    tags = (language or "und").split("-")
    return [
        ALL,
        *(fact("language", "-".join(tags[: length + 1])) for length in range(len(tags))),
        *date_facts(date),
        fact("source", source or "unknown"),
        *(fact("measure", measure) for measure in measures),
    ]


def index_row(row: Any, measures: Sequence[str]) -> tuple[Any, ...]:
    """One row of ``search_index`` from (id, headline, text, language, date_published, source slug)."""
    number, headline, text, language, date, source = row
    in_text, in_headline = list(segments(text)), list(segments(headline or ""))
    return (
        number,
        " ".join(body_tokens(in_headline)),
        " ".join(body_tokens(in_text)),
        " ".join(word_tokens(headline or "", in_headline, language)),
        " ".join(word_tokens(text, in_text, language)),
        " ".join(facts(language, date, source, measures)),
    )


def index_stale(db: Database) -> int:
    """Write the words of every article marked as changed; how many there were.

    Call it within the transaction that changed them.
    """
    done = 0
    while True:
        stale = [
            row[0]
            for row in db.execute(
                "SELECT article_id FROM search_facts WHERE indexed IS NULL LIMIT ?", [_BATCH]
            ).fetchall()
        ]
        if not stale:
            return done
        _index(db, stale)
        done += len(stale)


def _index(db: Database, ids: Sequence[int]) -> None:
    marks = ", ".join("?" * len(ids))
    measures: dict[int, list[str]] = {}
    for number, measure in db.execute(
        f"SELECT DISTINCT article_id, measure FROM figures WHERE article_id IN ({marks}) AND struck = 0 "
        "AND measure IS NOT NULL",
        ids,
    ).fetchall():
        measures.setdefault(number, []).append(measure)
    found = db.execute(
        "SELECT a.id, a.headline, a.text, a.language, a.date_published, s.slug FROM articles AS a "
        f"LEFT JOIN sources AS s ON s.id = a.source_id WHERE a.id IN ({marks})",
        ids,
    ).fetchall()
    rows = [index_row(row, measures.get(row[0], [])) for row in found]
    db.execute(f"DELETE FROM search_index WHERE rowid IN ({marks})", ids)
    if rows:
        places = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(rows))
        db.execute(
            "INSERT INTO search_index (rowid, headline, body, headline_words, words, facts) VALUES " + places,
            [value for row in rows for value in row],
        )
    db.execute(f"UPDATE search_facts SET indexed = ? WHERE article_id IN ({marks})", [index_version(), *ids])


def mark_outdated(db: Database) -> bool:
    """Mark the articles indexed by other rules than these; true where anything is to be indexed."""
    version = index_version()
    # Two comparisons, which the index can answer; one for "other than" it cannot.
    other = "indexed < :version OR indexed > :version"
    if db.execute(f"SELECT 1 FROM search_facts WHERE {other} LIMIT 1", {"version": version}).fetchone() is not None:
        db.execute(f"UPDATE search_facts SET indexed = NULL WHERE {other}", {"version": version})
    return db.execute("SELECT 1 FROM search_facts WHERE indexed IS NULL LIMIT 1").fetchone() is not None


def rebuild_index(db: Database) -> int:
    """Make the index anew from the articles; how many there are. Call it within a transaction."""
    db.execute("DELETE FROM search_index")
    db.execute("DELETE FROM search_facts WHERE article_id NOT IN (SELECT id FROM articles)")
    db.execute(
        "INSERT INTO search_facts (article_id, date_published, language, source_id, story_id, first_ingested) "
        "SELECT id, date_published, language, source_id, story_id, first_ingested FROM articles WHERE true "
        "ON CONFLICT (article_id) DO UPDATE SET date_published = excluded.date_published, "
        "language = excluded.language, source_id = excluded.source_id, story_id = excluded.story_id, "
        "first_ingested = excluded.first_ingested, indexed = NULL"
    )
    done = index_stale(db)
    db.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
    return done


def check_index(db: Database) -> list[str]:
    """What is wrong with the index, one sentence each; nothing where it is sound."""
    import sqlite3

    wrong = []
    with db.atomic():
        try:
            db.execute("INSERT INTO search_index (search_index) VALUES ('integrity-check')")
        except sqlite3.DatabaseError as error:
            wrong.append(f"the index contradicts itself ({error})")
    counts = {
        "articles without words in the index": "SELECT count(*) FROM articles WHERE id NOT IN "
        "(SELECT id FROM search_index_docsize)",
        "words in the index without an article": "SELECT count(*) FROM search_index_docsize WHERE id NOT IN "
        "(SELECT id FROM articles)",
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
