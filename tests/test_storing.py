"""The database: what is written, what stays, what an older version becomes."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import check_integrity, dump, make_article, make_document
from sqlite_utils import Database

from corpus.model import CorpusError, Provenance, PublicationDate, Source
from corpus.storing import documents, store, store_article, store_rejected
from corpus.storing.migrations import MIGRATIONS
from corpus.storing.refreshing import refresh_index
from corpus.storing.rows import canonical_url, make_uid
from corpus.storing.schema import APPLICATION_ID, check_ours, open_database

WIRE = Source("wire", "The Wire", "wire.example", "GB")
POST = Source("post", "The Post", "post.example", "US")


def one(db: Database, sql: str) -> object:
    return db.execute(sql).fetchone()[0]


# The schema


def test_schema_has_the_columns_of_the_contract(db: Database) -> None:
    expected = {
        "sources": "id slug name domain country",
        "articles": "id uid headline text language language_confidence language_method language_evidence "
        "date_published date_precision date_method date_evidence source_id source_method source_evidence "
        "origin_source_id author url story_id word_count content_hash first_ingested last_ingested version",
        "revisions": "article_id replaced_at content_hash headline text",
        "figures": "id article_id start_char end_char quote sentence kind low high currency unit qualifier vague "
        "magnitude magnitude_high low_usd high_usd rule measure subject attributed_to period stance claim_rule "
        "claim_evidence method struck",
        "passages": "article_id position role rule language text start_char end_char",
        "date_mentions": "article_id start_char end_char quote date precision role",
        "citations": "article_id source_id start_char end_char quote",
        "stories": "id uid headline first_published last_published article_count languages",
        "article_links": "article_id other_id kind score evidence",
        "flags": "article_id figure_id other_article_id other_figure_id kind message",
        "documents": "id root origin part content_hash size mtime_ns media_type encoding status reason article_id "
        "raw first_seen last_seen version",
        "runs": "id started finished new changed unchanged rejected gone seconds version",
    }
    for table, columns in expected.items():
        assert [column.name for column in db.table(table).columns] == columns.split()
    assert set(db.view_names()) == {"claims", "evidence_mismatches"}
    assert db.table("articles").detect_fts() == "articles_fts"


def test_a_fresh_database_is_ours_and_in_wal_mode(db: Database, tmp_path: Path) -> None:
    assert one(db, "PRAGMA application_id") == APPLICATION_ID
    assert one(db, "PRAGMA journal_mode") == "wal"
    assert one(db, "PRAGMA foreign_keys") == 1
    assert check_ours(tmp_path / "corpus.db")
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO citations VALUES (99, 99, 0, 1, 'x')")


@pytest.mark.parametrize("step", ["m0002_indexes", "m0003_search"])
def test_an_older_database_is_upgraded_with_its_rows(tmp_path: Path, step: str) -> None:
    path = tmp_path / "old.db"
    old = Database(path)
    old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    MIGRATIONS.apply(old, stop_before=step)
    old.table("articles").insert(
        {"uid": "u", "headline": "Wafers", "text": "Wafers\n\nNone.", "content_hash": "h"}
        | {"first_ingested": "2024-01-01", "last_ingested": "2024-01-01"}
    )
    assert "articles_fts" not in old.table_names()
    old.close()

    db = open_database(path)
    assert [row["uid"] for row in db.table("articles").search("wafers")] == ["u"]
    assert {step.name for step in MIGRATIONS.applied(db)} >= {"m0001_tables", "m0002_indexes", "m0003_search"}
    # Opening is quick; the next run of ingest makes the words of what was there.
    assert refresh_index(db) == 1 and refresh_index(db) == 0
    check_integrity(db)


def test_a_view_of_an_older_version_is_renewed(tmp_path: Path) -> None:
    db = open_database(tmp_path / "corpus.db")
    db.view("claims").drop()
    db.create_view("claims", "SELECT 1 AS old")
    db.close()
    db = open_database(tmp_path / "corpus.db")
    assert "reading" in [column.name for column in db.view("claims").columns]


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    db = open_database(tmp_path / "corpus.db")
    db.table("_sqlite_migrations").insert({"migration_set": "corpus", "name": "m9999_later", "applied_at": ""})
    db.close()
    with pytest.raises(CorpusError, match="newer version"):
        open_database(tmp_path / "corpus.db")


def test_what_is_not_ours_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database at all, but long enough to have a header" * 4)
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY)")
    connection.close()
    for path, words in ((text, "not a SQLite database"), (foreign, "not made by this program")):
        before = path.read_bytes()
        with pytest.raises(CorpusError, match=words):
            open_database(path)
        assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["foreign.db", "notes.txt"]


def test_a_folder_a_missing_folder_and_a_missing_database_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="this is a folder"):
        open_database(tmp_path)
    with pytest.raises(CorpusError, match="cannot be written"):
        open_database(tmp_path / "no" / "such" / "corpus.db")
    with pytest.raises(CorpusError, match="no database here"):
        open_database(tmp_path / "corpus.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_and_an_empty_database_become_ours(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    sqlite3.connect(tmp_path / "blank.db").execute("VACUUM").connection.close()
    for name in ("empty.db", "blank.db"):
        assert not check_ours(tmp_path / name)
        open_database(tmp_path / name).close()
        assert check_ours(tmp_path / name)


# Articles


def test_an_article_is_written_with_all_its_rows(db: Database) -> None:
    article = make_article(source=WIRE, published=PublicationDate("2024-02-09", "day", "stated", "9 Feb"))
    (stored,) = store(db, [article], now="2024-03-01T00:00:00Z")
    assert stored.change == "new"
    row = db.table("articles").get(1)
    assert (row["headline"], row["language"], row["date_published"]) == ("Chips", "en", "2024-02-09")
    assert (row["word_count"], row["version"]) == (8, "1")
    assert row["uid"] == stored.uid
    assert row["first_ingested"] == row["last_ingested"] == "2024-03-01T00:00:00Z"
    assert db.table("figures").count == 1
    assert [p["start_char"] for p in db.table("passages").rows] == [0, 7, None]
    assert [s["slug"] for s in db.table("sources").rows] == ["wire", "bloomberg"]
    assert db.table("citations").count == db.table("date_mentions").count == 1
    story = next(db.table("stories").rows)
    assert (story["uid"], story["article_count"], story["languages"]) == (stored.uid, 1, "en")
    assert story["first_published"] == story["last_published"] == "2024-02-09"
    document = next(db.table("documents").rows)
    assert (document["status"], document["article_id"], document["raw"]) == ("ok", 1, None)
    check_integrity(db)


def test_storing_twice_is_storing_once(db: Database) -> None:
    articles = [make_article(source=WIRE), make_article("Other\n\nNothing here.", origin="b.txt")]
    store(db, articles, now="2024-03-01T00:00:00Z")
    before = dump(db)
    outcomes = store(db, articles, now="2024-03-02T00:00:00Z")
    assert [stored.change for stored in outcomes] == ["unchanged", "unchanged"]
    assert dump(db) == before


def test_an_edit_keeps_uid_and_the_old_text(db: Database) -> None:
    first = make_article()
    (old,) = store(db, [first], now="2024-03-01T00:00:00Z")
    edited = make_article("Chips\n\nNo: the plan costs $5 billion, says Bloomberg.")
    (new,) = store(db, [edited], now="2024-03-02T00:00:00Z")
    assert (new.change, new.uid, new.article_id) == ("changed", old.uid, old.article_id)
    (revision,) = db.table("revisions").rows
    assert (revision["text"], revision["replaced_at"]) == (first.text, "2024-03-02T00:00:00Z")
    row = db.table("articles").get(1)
    assert (row["first_ingested"], row["last_ingested"]) == ("2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z")
    assert [row["id"] for row in db.table("articles").search("no")] == [1]
    check_integrity(db)


def test_figure_ids_stay_where_span_and_kind_are_unchanged(db: Database) -> None:
    article = make_article()
    store(db, [article])
    db.execute("UPDATE figures SET struck = 1")
    claim = article.claims[0]
    other = replace(claim, figure=replace(claim.figure, start_char=7, end_char=10, quote="The", kind="count"))
    rederived = replace(article, claims=(replace(other), replace(claim, measure="valuation")), version="2")
    (stored,) = store(db, [rederived])
    assert stored.change == "changed"
    figures = {row["id"]: row for row in db.table("figures").rows}
    assert (figures[1]["measure"], figures[1]["struck"], figures[2]["quote"]) == ("valuation", 1, "The")
    assert db.table("revisions").count == 0
    store(db, [replace(rederived, claims=(other,))])
    assert [row["id"] for row in db.table("figures").rows] == [2]


def test_a_flag_goes_with_its_figure(db: Database) -> None:
    article = make_article()
    store(db, [article])
    db.table("flags").insert({"article_id": 1, "figure_id": 1, "kind": "scale", "message": "far off"})
    store(db, [replace(article, claims=())])
    assert db.table("flags").count == 0
    check_integrity(db)


def test_amounts_are_reals_with_dollars_of_the_day(db: Database) -> None:
    day = PublicationDate("2024-02-10", "day", "stated", "")
    store(
        db,
        [
            make_article("A\n\nIt is $5 billion.", origin="1"),
            make_article("B\n\nIt is €100.", origin="2", money="€100", currency="EUR", amount="100", published=day),
            make_article("C\n\nIt is €100.", origin="3", money="€100", currency="EUR", amount="100"),
            make_article("D\n\nIt is €100.", origin="4", money="€100", amount="1e999", published=day),
        ],
    )
    rows = list(db.query("SELECT low, high, low_usd, high_usd, magnitude, typeof(low) AS type FROM figures"))
    assert [row["low_usd"] for row in rows] == [5e9, 107.72, None, None]
    assert [row["low"] for row in rows] == [5e9, 100.0, 100.0, None]
    assert [row["type"] for row in rows] == ["real", "real", "real", "null"]


def test_magnitude_is_kept_of_vague_figures_only(db: Database) -> None:
    article = make_article()
    claim = article.claims[0]
    exact = replace(claim, figure=replace(claim.figure, magnitude=Decimal(10) ** 9))
    store(db, [replace(article, claims=(exact,))])
    assert one(db, "SELECT magnitude FROM figures") is None
    vague = replace(claim.figure, low=None, high=None, vague=True, magnitude=Decimal(10) ** 9)
    store(db, [replace(article, claims=(replace(claim, figure=vague),))])
    assert one(db, "SELECT magnitude FROM figures") == 1e9
    assert one(db, "SELECT reading FROM claims") == "in the order of 1 billion USD"


@pytest.mark.parametrize(
    ("low", "high", "qualifier", "reading"),
    [
        ("5e12", "7e12", "exact", "5 trillion to 7 trillion USD"),
        ("1.72e12", "1.72e12", "almost", "almost 1.72 trillion USD"),
        ("7e12", None, "more_than", "more than 7 trillion USD"),
        ("7e12", None, "at_least", "at least 7 trillion USD"),
        (None, "595.3e9", "up_to", "up to 595.3 billion USD"),
        (None, "20000", "less_than", "less than 20000 USD"),
    ],
)
def test_claims_read_as_a_sentence(
    db: Database, low: str | None, high: str | None, qualifier: str, reading: str
) -> None:
    article = make_article()
    claim = article.claims[0]
    figure = replace(
        claim.figure,
        low=None if low is None else Decimal(low),
        high=None if high is None else Decimal(high),
        qualifier=qualifier,
    )
    store(db, [replace(article, claims=(replace(claim, figure=figure),))])
    assert one(db, "SELECT reading FROM claims") == reading


# Duplicates


@pytest.mark.parametrize(
    ("first", "second", "articles", "links"),
    [
        (None, None, 1, 0),
        (WIRE, WIRE, 1, 0),
        (WIRE, None, 1, 0),
        (None, WIRE, 1, 0),
        (WIRE, POST, 2, 1),
    ],
)
def test_the_same_text_twice(
    db: Database, first: Source | None, second: Source | None, articles: int, links: int
) -> None:
    pair = [make_article(source=first), make_article(source=second, origin="b.txt")]
    outcomes = store(db, pair)
    assert db.table("articles").count == articles
    assert db.table("article_links").count == links
    assert db.table("documents").count == 2
    before = dump(db)
    again = store(db, pair)
    assert dump(db) == before
    assert [stored.uid for stored in again] == [stored.uid for stored in outcomes]
    if articles == 1:
        # Whoever says who published it is the witness.
        known = first or second
        slug = one(db, "SELECT slug FROM articles LEFT JOIN sources ON sources.id = source_id")
        assert slug == (known.slug if known is not None else None)
        assert sorted(row["status"] for row in db.table("documents").rows) == ["duplicate", "ok"]
    else:
        assert outcomes[0].uid != outcomes[1].uid
    check_integrity(db)


def test_a_duplicate_that_is_edited_is_an_article_of_its_own(db: Database) -> None:
    store(db, [make_article(), make_article(origin="b.txt")])
    (stored,) = store(db, [make_article("New\n\nQuite another thing.", origin="b.txt")])
    assert (stored.change, db.table("articles").count, db.table("revisions").count) == ("new", 2, 0)


def test_a_duplicate_of_what_was_edited_is_read_again(db: Database) -> None:
    store(db, [make_article(), make_article(origin="b.txt")])
    store(db, [make_article("New\n\nQuite another thing.")])
    assert documents.to_read_again(db, label="news") == ["b.txt"]
    (stored,) = store(db, [make_article(origin="b.txt")])
    assert stored.change == "new"
    assert len({row["uid"] for row in db.table("articles").rows}) == 2
    assert documents.to_read_again(db, label="news") == []


def test_a_moved_file_keeps_its_article(db: Database) -> None:
    (old,) = store(db, [make_article()])
    documents.mark_gone(db, label="news", origins=["a.txt"])
    (moved,) = store(db, [make_article(origin="elsewhere/b.txt")])
    assert (moved.change, moved.uid, db.table("articles").count) == ("unchanged", old.uid, 1)
    # What comes back under the old name is now the copy.
    (back,) = store(db, [make_article()])
    assert back.change == "duplicate"


def test_a_file_that_was_moved_and_edited_is_known_by_its_address(db: Database) -> None:
    address = "https://wire.example/chips"
    (old,) = store(db, [make_article(url=address)])
    documents.mark_gone(db, label="news", origins=["a.txt"])
    (new,) = store(db, [make_article("Chips\n\nAll is new.", origin="b.txt", url=address)])
    assert (new.change, new.uid, db.table("revisions").count) == ("changed", old.uid, 1)


def test_two_texts_at_one_address_are_two_articles(db: Database) -> None:
    address = "https://wire.example/"
    outcomes = store(db, [make_article(url=address), make_article("B\n\nOther.", origin="b.txt", url=address)])
    assert [stored.change for stored in outcomes] == ["new", "new"]
    assert outcomes[0].uid != outcomes[1].uid


def test_uid_is_that_of_the_address_or_else_of_the_text() -> None:
    assert make_uid("x") == make_uid("x") != make_uid("x", attempt=1)
    assert len(make_uid("x")) == 10
    assert make_uid("x").isalnum()
    same = {canonical_url(url) for url in ("http://A.example/x/", "https://a.example:443/x#top")}
    assert same == {"a.example/x"}
    odd = ("javascript:alert(1)", "not an address", "http://[", "http://a:99999/", "", "//a.example/x")
    assert [canonical_url(url) for url in odd] == [None] * 6


def test_a_rebuild_gives_the_same_uids(tmp_path: Path) -> None:
    articles = [
        make_article(source=WIRE),
        make_article(source=POST, origin="b.txt"),
        make_article("C\n\nD", origin="c"),
    ]
    uids = []
    for name, order in (("one.db", articles), ("two.db", articles[::-1])):
        db = open_database(tmp_path / name)
        store(db, order)
        uids.append({row["uid"] for row in db.table("articles").rows})
    assert uids[0] == uids[1]


# Documents


def test_what_cannot_be_kept_exactly_is_rejected(db: Database) -> None:
    document = make_document("x", origin="2")
    bad = [make_article("NUL\x00\n\nhere", origin="1"), make_article("half \ud83d", document=document)]
    outcomes = store(db, [*bad, replace(make_article(origin="3"), text=" ")])
    assert [stored.change for stored in outcomes] == ["rejected"] * 3
    assert db.table("articles").count == 0
    assert all(row["reason"] for row in db.table("documents").rows)


def test_a_file_that_breaks_keeps_its_article_and_gets_it_back(db: Database) -> None:
    (old,) = store(db, [make_article()])
    store_rejected(db, make_document("", reason="it is empty"))
    row = next(db.table("documents").rows)
    assert (row["status"], row["reason"], row["article_id"]) == ("rejected", "it is empty", 1)
    assert db.table("articles").count == 1
    (new,) = store(db, [make_article("Chips\n\nAll is new.")])
    assert (new.uid, new.change) == (old.uid, "changed")
    assert next(db.table("documents").rows)["reason"] is None


def test_an_article_is_written_as_a_whole_or_not_at_all(db: Database) -> None:
    article = make_article()
    claim = article.claims[0]
    broken = replace(claim, figure=replace(claim.figure, quote=None))  # type: ignore[arg-type]
    assert store_article(db, replace(article, claims=(broken,))).change == "rejected"
    assert [table for table, rows in dump(db).items() if rows] == ["documents"]
    assert store_article(db, replace(article, headline="half \ud83d")).change == "rejected"
    assert [table for table, rows in dump(db).items() if rows] == ["documents"]
    assert store_article(db, article).change == "new"


def test_only_what_cannot_be_read_again_is_kept_in_the_database(db: Database) -> None:
    pasted = make_article("P\n\nPasted.", document=make_document("P\n\nPasted.", root="stdin", mtime_ns=None))
    store(db, [pasted, make_article()])
    raws = {row["root"]: row["raw"] for row in db.table("documents").rows}
    assert raws["news"] is None
    assert raws["stdin"] is not None


def test_a_date_lent_by_a_sibling_stands_until_the_article_is_edited(db: Database) -> None:
    store(db, [make_article()])
    db.execute("UPDATE articles SET date_published = '2024-02-09', date_precision = 'day', date_method = 'sibling'")
    (again,) = store(db, [make_article()])
    assert (again.change, one(db, "SELECT date_published FROM articles")) == ("unchanged", "2024-02-09")
    store(db, [make_article("Chips\n\nAll is new.")])
    assert one(db, "SELECT date_published FROM articles") is None


def test_search_stays_true_through_update_and_delete(db: Database) -> None:
    store(db, [make_article(provenance=Provenance(author="Ada Quill"))])
    search = db.table("articles").search
    assert len(list(search("quill"))) == 1
    store(db, [make_article("Wafers\n\nNone.")])
    assert (len(list(search("quill"))), len(list(search("chips"))), len(list(search("wafers")))) == (0, 0, 1)
    check_integrity(db)
    db.execute("DELETE FROM documents")
    for table in ("passages", "date_mentions", "revisions", "figures", "citations"):
        db.execute(f"DELETE FROM {table}")
    db.execute("DELETE FROM articles")
    assert list(search("wafers")) == []
    check_integrity(db)


def test_storing_looks_things_up_by_index(db: Database) -> None:
    statements: list[str] = []
    # The first use of an index reads its settings.
    store(db, [make_article("First\n\nOf all.", origin="first.txt")])
    db.conn.set_trace_callback(statements.append)
    store(db, [make_article(url="https://a.example/x", source=WIRE)])
    store(db, [make_article("Chips\n\nAll is new.", url="https://a.example/x", source=WIRE)])
    db.conn.set_trace_callback(None)
    for statement in statements:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
            plan = " / ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall())
            # A look-up by rowid in a virtual table is called a scan as well.
            plan = plan.replace("SCAN CONSTANT ROW", "").replace("SCAN search_index VIRTUAL TABLE INDEX 0:=", "")
            assert "SCAN" not in plan, (statement, plan)
            # Indexes in which one value stands for nearly every row are scans by another name.
            assert not {"idx_documents_status", "idx_articles_source_id"} & set(plan.split()), (statement, plan)
