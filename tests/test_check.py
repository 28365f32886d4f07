"""--check: what can go wrong with a database is found, what is derivable repaired, the rest told."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import check_integrity, dump, make_document
from sqlite_utils import Database

from corpus.ingesting.checking import check
from corpus.model import CorpusError
from corpus.pipeline import process
from corpus.stories import link_stories
from corpus.storing import store_article
from corpus.storing.correcting import synchronise
from corpus.storing.corrections import lines_for
from corpus.storing.schema import open_database

TEXT = (
    "A plan for fabs\n\nSource: {outlet}\n\nAltman wants to raise $7 trillion for chip fabs, said people familiar with "
    "the plan, of which $90 billion are to come from the Gulf by 2027. The talks began in January, they said.\n\n"
    "The market for chips was $527 billion in 2023 and may reach $1 trillion by 2030, according to Bloomberg."
)
OTHER = "Schools\n\nThe city builds three schools for 40 million euros, the mayor said. Nobody had hoped for so many."


# Rows that are made again have other numbers, and their articles another time.
NUMBERS = (
    "rowid",
    "id",
    "id_2",
    "article_id_2",
    "figure_id",
    "other_figure_id",
    "story_id",
    "last_ingested",
    "keys",
    "indexed",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A sound database with versions of a story, another article, and a correction in force."""
    db = open_database(tmp_path / "corpus.db")
    texts = [TEXT.format(outlet=name) for name in ("The Register", "Reuters")] + [OTHER]
    texts.append(f"{texts[0]} Nobody else was told of it, and nobody answered questions on Sunday.")
    stored = [store_article(db, process(make_document(text, origin=f"{n}.txt"))) for n, text in enumerate(texts)]
    file = tmp_path / "corrections.yml"
    file.write_text(lines_for(str(stored[0].uid), figure="$90 billion", strike=True))
    assert synchronise(db, file, now="2024-01-01T00:00:00Z").problems == ()
    link_stories(db)
    db.close()
    return tmp_path / "corpus.db"


def rows(path: Path) -> dict[str, Any]:
    with closing(open_database(path)) as db:
        found = dump(db)
    return {
        name: sorted(({key: row[key] for key in row if key not in NUMBERS} for row in every), key=repr)
        for name, every in found.items()
    }


def test_a_sound_database_is_left_as_it_is(path: Path) -> None:
    before = rows(path)
    findings = check(path)
    assert (findings.repaired, findings.remaining, findings.exit_code) == ([], [], 0)
    assert rows(path) == before
    assert list(findings.lines())[-1] == f"{path}: sound ({findings.checks} checks)"
    assert json.loads(json.dumps(findings.as_dict()))["checks"] == findings.checks > 5


# What somebody, or a disk, can do to a database; what is said of it; whether all is then as it was.
HARM: dict[str, tuple[str, str, bool]] = {
    "words of an article changed behind the index": (
        "INSERT INTO articles_fts (articles_fts, rowid, headline, text, author) "
        "SELECT 'delete', id, headline, text, author FROM articles WHERE id = 1",
        "index of plain words",
        True,
    ),
    "index of search emptied": ("DELETE FROM search_index", "index of search was made anew", True),
    "facts of search lost": ("DELETE FROM search_facts WHERE article_id = 2", "index of search was made anew", True),
    "facts of search wrong": ("UPDATE search_facts SET language = 'xx'", "index of search was made anew", True),
    "quotes moved": (
        "UPDATE figures SET start_char = start_char + 1 WHERE method = 'text'",
        "quotes that are not in their text",
        True,
    ),
    "a citation moved": ("UPDATE citations SET end_char = end_char + 3", "quotes that are not in their text", True),
    "links lost": ("DELETE FROM article_links", "stood in a wrong story", True),
    "a story lost": ("UPDATE articles SET story_id = NULL WHERE id = 3", "stood in a wrong story", True),
    "a story miscounted": ("UPDATE stories SET article_count = 77", "stood in a wrong story", True),
    "a link lost": (
        "DELETE FROM article_links WHERE kind = 'duplicate'",
        "links between articles of the same text",
        True,
    ),
    "an empty story": ("INSERT INTO stories (uid) VALUES ('nobody')", "1 stories had no article", True),
    "a story told wrong": (
        "UPDATE articles SET story_id = (SELECT story_id FROM articles WHERE id = 3) WHERE id = 1",
        "stood in a wrong story",
        True,
    ),
    "links of other texts": (
        "INSERT INTO article_links VALUES (1, 3, 'duplicate', 1.0, 'the same text')",
        "links between articles of the same text",
        True,
    ),
    "counts": ("UPDATE tallies SET n = n + 7", "counts of the front page", True),
    "a run that was ended": ("INSERT INTO articles_to_link VALUES (1)", "still to be linked", True),
    "flags of figures that are gone": (
        "INSERT INTO flags (article_id, figure_id, kind, message) VALUES (1, 4711, 'scale', 'x')",
        "named others that are not there",
        True,
    ),
    "an outlet lost": ("DELETE FROM sources WHERE slug = 'reuters'", "the next ingest reads the files", False),
    "an article lost": ("DELETE FROM articles WHERE id = 3", "named others that are not there", False),
    "a document without its article": (
        "UPDATE documents SET article_id = NULL WHERE origin = '2.txt'",
        "had lost their article",
        False,
    ),
}


@pytest.mark.parametrize("harm", HARM)
def test_what_is_derivable_is_repaired(path: Path, harm: str) -> None:
    sql, said, whole = HARM[harm]
    before = rows(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute(sql)
    findings = check(path)
    assert said in " ".join((*findings.repaired, *findings.remaining)), list(findings.lines())
    if "document" not in harm:
        assert findings.remaining == [] and findings.exit_code == 0
    if whole:
        assert rows(path) == before
    again = check(path)
    assert again.repaired == [] and again.remaining == findings.remaining
    with closing(Database(path)) as db:
        check_integrity(db)


def test_passages_that_do_not_fit_are_told_and_read_again(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("UPDATE articles SET text = 'Quite another text.' WHERE id = 3")
    findings = check(path)
    assert findings.exit_code == 1
    assert "passages that are not in their text" in findings.remaining[0]
    with closing(Database(path)) as db:
        assert [row["version"] for row in db.query("SELECT version FROM documents WHERE article_id = 3")] == [None]


def test_a_damaged_file_is_told(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'passages'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    findings = check(path)
    assert findings.exit_code == 1
    assert "the file is damaged" in findings.remaining[0] and "restore a backup" in findings.remaining[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "no database here"), (b"not a database at all" * 20, "not a SQLite database")],
)
def test_what_is_no_database_of_ours_cannot_be_checked(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "x.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CorpusError, match=said):
        check(path)
    assert (path.read_bytes() if path.exists() else None) == content
