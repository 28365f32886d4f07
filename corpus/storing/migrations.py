"""The steps that build the database, each applied once, in order, in a transaction of its own.

A step that was released is never edited: a later change of the schema is a new step, so that
a database made by any older version is upgraded in place. Steps name their tables as they were
at that time and read nothing from the modules that use them.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.db import DescIndex
from sqlite_utils.migrations import Migrations

MIGRATIONS = Migrations("corpus")


@MIGRATIONS()
def m0001_tables(db: Database) -> None:
    """Tables with their keys; a parent stands before its children."""
    db.create_table(
        "sources",
        {"id": int, "slug": str, "name": str, "domain": str, "country": str},
        pk="id",
        not_null={"slug", "name"},
    )
    db.create_table(
        "stories",
        {
            "id": int,
            "uid": str,
            "headline": str,
            "first_published": str,
            "last_published": str,
            "article_count": int,
            "languages": str,
        },
        pk="id",
        not_null={"uid"},
    )
    db.create_table(
        "articles",
        {
            "id": int,
            "uid": str,
            "headline": str,
            "text": str,
            "language": str,
            "language_confidence": float,
            "language_method": str,
            "language_evidence": str,
            "date_published": str,
            "date_precision": str,
            "date_method": str,
            "date_evidence": str,
            "source_id": int,
            "source_method": str,
            "source_evidence": str,
            "origin_source_id": int,
            "author": str,
            "url": str,
            "story_id": int,
            "word_count": int,
            "content_hash": str,
            "first_ingested": str,
            "last_ingested": str,
            "version": str,
        },
        pk="id",
        not_null={"uid", "text", "content_hash", "first_ingested", "last_ingested"},
        foreign_keys=[
            ("source_id", "sources", "id"),
            ("origin_source_id", "sources", "id"),
            ("story_id", "stories", "id"),
        ],
    )
    db.create_table(
        "revisions",
        {"article_id": int, "replaced_at": str, "content_hash": str, "headline": str, "text": str},
        not_null={"article_id", "replaced_at"},
        foreign_keys=[("article_id", "articles", "id")],
    )
    db.create_table(
        "figures",
        {
            "id": int,
            "article_id": int,
            "start_char": int,
            "end_char": int,
            "quote": str,
            "sentence": str,
            "kind": str,
            "low": float,
            "high": float,
            "currency": str,
            "unit": str,
            "qualifier": str,
            "vague": int,
            "magnitude": float,
            "magnitude_high": float,
            "low_usd": float,
            "high_usd": float,
            "rule": str,
            "measure": str,
            "subject": str,
            "attributed_to": str,
            "period": str,
            "stance": str,
            "claim_rule": str,
            "claim_evidence": str,
            "method": str,
            "struck": int,
        },
        pk="id",
        not_null={"article_id", "start_char", "end_char", "quote", "kind", "vague", "method", "struck"},
        defaults={"vague": 0, "method": "text", "struck": 0},
        foreign_keys=[("article_id", "articles", "id")],
    )
    db.create_table(
        "passages",
        {
            "article_id": int,
            "position": int,
            "role": str,
            "rule": str,
            "language": str,
            "text": str,
            "start_char": int,
            "end_char": int,
        },
        pk=("article_id", "position"),
        not_null={"role", "text"},
        foreign_keys=[("article_id", "articles", "id")],
    )
    db.create_table(
        "date_mentions",
        {
            "article_id": int,
            "start_char": int,
            "end_char": int,
            "quote": str,
            "date": str,
            "precision": str,
            "role": str,
        },
        not_null={"article_id", "start_char", "end_char", "quote", "date"},
        foreign_keys=[("article_id", "articles", "id")],
    )
    db.create_table(
        "citations",
        {"article_id": int, "source_id": int, "start_char": int, "end_char": int, "quote": str},
        not_null={"article_id", "source_id", "start_char", "end_char", "quote"},
        foreign_keys=[("article_id", "articles", "id"), ("source_id", "sources", "id")],
    )
    db.create_table(
        "article_links",
        {"article_id": int, "other_id": int, "kind": str, "score": float, "evidence": str},
        pk=("article_id", "other_id", "kind"),
        foreign_keys=[("article_id", "articles", "id"), ("other_id", "articles", "id")],
    )
    db.create_table(
        "flags",
        {
            "article_id": int,
            "figure_id": int,
            "other_article_id": int,
            "other_figure_id": int,
            "kind": str,
            "message": str,
        },
        not_null={"kind", "message"},
        foreign_keys=[
            ("article_id", "articles", "id"),
            ("figure_id", "figures", "id"),
            ("other_article_id", "articles", "id"),
            ("other_figure_id", "figures", "id"),
        ],
    )
    db.create_table(
        "documents",
        {
            "id": int,
            "root": str,
            "origin": str,
            "part": int,
            "content_hash": str,
            "size": int,
            "mtime_ns": int,
            "media_type": str,
            "encoding": str,
            "status": str,
            "reason": str,
            "article_id": int,
            "raw": bytes,
            "first_seen": str,
            "last_seen": str,
        },
        pk="id",
        not_null={"root", "origin", "part", "status", "first_seen", "last_seen"},
        defaults={"part": 0},
        foreign_keys=[("article_id", "articles", "id")],
    )
    db.create_table(
        "runs",
        {
            "id": int,
            "started": str,
            "finished": str,
            "new": int,
            "changed": int,
            "unchanged": int,
            "rejected": int,
            "gone": int,
            "seconds": float,
            "version": str,
        },
        pk="id",
        not_null={"started"},
    )


@MIGRATIONS()
def m0002_indexes(db: Database) -> None:
    """Keys that are looked up, and (column DESC, id) for each order the site pages through."""
    unique = {
        "sources": [["slug"]],
        "stories": [["uid"]],
        "articles": [["uid"]],
        "documents": [["root", "origin", "part"]],
    }
    lookups = {
        "articles": [
            ["content_hash"],
            ["url"],
            ["source_id"],
            ["origin_source_id"],
            ["story_id"],
            ["language"],
        ],
        "revisions": [["article_id"]],
        "figures": [["article_id", "start_char"], ["measure"], ["subject"], ["kind"], ["currency"]],
        "passages": [["role"]],
        "date_mentions": [["article_id"]],
        "citations": [["article_id"], ["source_id"]],
        "article_links": [["other_id"]],
        "flags": [["article_id"], ["figure_id"], ["other_article_id"], ["other_figure_id"], ["kind"]],
        "documents": [["article_id"], ["content_hash"], ["status"]],
    }
    orders = {
        "articles": ["date_published", "first_ingested", "last_ingested", "word_count"],
        "figures": ["low", "high", "low_usd", "high_usd"],
        "stories": ["first_published", "last_published", "article_count"],
    }
    for table, keys in unique.items():
        for columns in keys:
            db.table(table).create_index(columns, unique=True)
    for table, keys in lookups.items():
        for columns in keys:
            db.table(table).create_index(columns)
    for table, columns in orders.items():
        for column in columns:
            db.table(table).create_index([DescIndex(column), "id"], index_name=f"idx_{table}_{column}_desc")


# Written out, not through enable_fts(): that one ends the transaction a step runs in.
_SEARCH = (
    'CREATE VIRTUAL TABLE "articles_fts" USING FTS5 (headline, text, author, '
    """tokenize="unicode61 remove_diacritics 2", content="articles", content_rowid="id")""",
    """CREATE TRIGGER articles_ai AFTER INSERT ON articles BEGIN
         INSERT INTO articles_fts (rowid, headline, text, author)
         VALUES (new.id, new.headline, new.text, new.author);
       END""",
    """CREATE TRIGGER articles_ad AFTER DELETE ON articles BEGIN
         INSERT INTO articles_fts (articles_fts, rowid, headline, text, author)
         VALUES ('delete', old.id, old.headline, old.text, old.author);
       END""",
    # Only where a word changed: a date or a story that is set must not rewrite the index.
    """CREATE TRIGGER articles_au AFTER UPDATE ON articles
       WHEN old.id IS NOT new.id OR old.headline IS NOT new.headline OR old.text IS NOT new.text
         OR old.author IS NOT new.author
       BEGIN
         INSERT INTO articles_fts (articles_fts, rowid, headline, text, author)
         VALUES ('delete', old.id, old.headline, old.text, old.author);
         INSERT INTO articles_fts (rowid, headline, text, author)
         VALUES (new.id, new.headline, new.text, new.author);
       END""",
    "INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')",
)


@MIGRATIONS()
def m0003_search(db: Database) -> None:
    """Full-text index over headline, text and author, kept true by triggers."""
    for statement in _SEARCH:
        db.execute(statement)


# The words of each article as search compares them (corpus.indexing makes them), and beside them the
# few values that every result is filtered, counted and sorted by: rows of articles are too wide for that.
# ``indexed`` is the version of the rules the words were made by, NULL where they are yet to be made.
_INDEX = (
    """CREATE VIRTUAL TABLE search_index USING FTS5 (
         headline, body, headline_words, words, facts, tokenize="ascii tokenchars '_'")""",
    """CREATE TRIGGER search_articles_insert AFTER INSERT ON articles BEGIN
         INSERT INTO search_facts (article_id, date_published, language, source_id, story_id, first_ingested)
         VALUES (new.id, new.date_published, new.language, new.source_id, new.story_id, new.first_ingested);
       END""",
    """CREATE TRIGGER search_articles_delete BEFORE DELETE ON articles BEGIN
         DELETE FROM search_index WHERE rowid = old.id;
         DELETE FROM search_facts WHERE article_id = old.id;
       END""",
    """CREATE TRIGGER search_articles_update AFTER UPDATE OF headline, text, language, date_published, source_id,
         story_id, first_ingested ON articles BEGIN
         UPDATE search_facts SET date_published = new.date_published, language = new.language,
           source_id = new.source_id, story_id = new.story_id, first_ingested = new.first_ingested,
           indexed = CASE WHEN old.headline IS new.headline AND old.text IS new.text
             AND old.language IS new.language AND old.date_published IS new.date_published
             AND old.source_id IS new.source_id THEN indexed END
         WHERE article_id = new.id;
       END""",
    """CREATE TRIGGER search_figures_insert AFTER INSERT ON figures WHEN new.measure IS NOT NULL BEGIN
         UPDATE search_facts SET indexed = NULL WHERE article_id = new.article_id AND indexed IS NOT NULL;
       END""",
    """CREATE TRIGGER search_figures_update AFTER UPDATE OF measure, struck, article_id ON figures
       WHEN old.measure IS NOT new.measure OR old.struck IS NOT new.struck OR old.article_id IS NOT new.article_id
       BEGIN
         UPDATE search_facts SET indexed = NULL
         WHERE article_id IN (old.article_id, new.article_id) AND indexed IS NOT NULL;
       END""",
    """CREATE TRIGGER search_figures_delete AFTER DELETE ON figures WHEN old.measure IS NOT NULL BEGIN
         UPDATE search_facts SET indexed = NULL WHERE article_id = old.article_id AND indexed IS NOT NULL;
       END""",
    """INSERT INTO search_facts (article_id, date_published, language, source_id, story_id, first_ingested)
       SELECT id, date_published, language, source_id, story_id, first_ingested FROM articles""",
    "CREATE INDEX idx_search_facts_date_desc ON search_facts (date_published DESC, article_id)",
    "CREATE INDEX idx_search_facts_ingested ON search_facts (first_ingested)",
    "CREATE INDEX idx_search_facts_stale ON search_facts (indexed)",
    # What a result's figures are counted by, and amounts that are no points: ranges and bounds.
    "CREATE INDEX idx_figures_facet ON figures (article_id, measure, struck)",
    "CREATE INDEX idx_figures_amount ON figures (kind, low, high, currency, struck, article_id)",
    "CREATE INDEX idx_figures_amount_high ON figures (kind, high, low, currency, struck, article_id)",
)


@MIGRATIONS()
def m0004_search_index(db: Database) -> None:
    """The index of search: stems, parts of compounds, runs of characters, names; kept true with the article."""
    db.create_table(
        "search_facts",
        {
            "article_id": int,
            "date_published": str,
            "language": str,
            "source_id": int,
            "story_id": int,
            "first_ingested": str,
            "indexed": str,
        },
        pk="article_id",
        foreign_keys=[("article_id", "articles", "id")],
    )
    for statement in _INDEX:
        db.execute(statement)


# What marks an article for the step that links versions: whatever its trace is made of, by whomever it is changed.
_TRACED = ("text", "language", "date_published", "date_method", "content_hash", "source_id")
_CLAIMED = ("start_char", "end_char", "kind", "low", "high", "currency", "vague", "magnitude", "magnitude_high")
_WEIGHED = ("measure", "subject", "period", "stance", "qualifier", "struck", "sentence")


def _differs(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)


@MIGRATIONS()
def m0020_versions(db: Database) -> None:
    """Traces and keys by which versions of one article are found, and what has to be looked at again."""
    db.execute("CREATE TABLE articles_to_link (article_id INTEGER PRIMARY KEY)")
    db.execute(
        "CREATE TABLE claims_to_compare (measure TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (measure, subject)) "
        "WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE article_traces (article_id INTEGER PRIMARY KEY REFERENCES articles(id), mark INTEGER NOT NULL "
        "UNIQUE, traits TEXT NOT NULL, sketch BLOB NOT NULL, keys BLOB NOT NULL)"
    )
    db.execute(
        "CREATE TABLE article_keys (key INTEGER NOT NULL, mark INTEGER NOT NULL, PRIMARY KEY (key, mark)) WITHOUT ROWID"
    )
    queue = "INSERT OR IGNORE INTO articles_to_link VALUES ({0}.article_id);"
    compare = (
        "INSERT OR IGNORE INTO claims_to_compare SELECT {0}.measure, {0}.subject "
        "WHERE {0}.measure IS NOT NULL AND {0}.subject IS NOT NULL;"
    )
    enqueue = "INSERT OR IGNORE INTO articles_to_link VALUES (new.id);"
    db.execute(f"CREATE TRIGGER to_link_article AFTER INSERT ON articles BEGIN {enqueue} END")
    db.execute(
        f"CREATE TRIGGER to_link_edit AFTER UPDATE ON articles WHEN {_differs(_TRACED)} BEGIN {enqueue} END",
    )
    for event, sides in (("INSERT", ("new",)), ("DELETE", ("old",))):
        body = "".join(text.format(side) for side in sides for text in (queue, compare))
        db.execute(f"CREATE TRIGGER to_link_figure_{event.lower()} AFTER {event} ON figures BEGIN {body} END")
        body = "".join(queue.format(side) for side in sides)
        db.execute(f"CREATE TRIGGER to_link_date_{event.lower()} AFTER {event} ON date_mentions BEGIN {body} END")
    body = "".join(text.format(side) for side in ("old", "new") for text in (queue, compare))
    db.execute(
        f"CREATE TRIGGER to_link_figure_update AFTER UPDATE ON figures WHEN {_differs(_CLAIMED + _WEIGHED)} "
        f"BEGIN {body} END"
    )
    db.execute("CREATE INDEX idx_figures_measure_subject ON figures (measure, subject)")
    db.execute("INSERT INTO articles_to_link SELECT id FROM articles")
    db.execute(
        "INSERT OR IGNORE INTO claims_to_compare SELECT measure, subject FROM figures "
        "WHERE measure IS NOT NULL AND subject IS NOT NULL"
    )


@MIGRATIONS()
def m0030_amounts_asked(db: Database) -> None:
    """Everything an amount of a query is compared with, by article, without the wide rows of figures."""
    db.execute(
        "CREATE INDEX idx_figures_asked ON figures (article_id, kind, low, high, currency, unit, qualifier, struck, "
        "vague, start_char, end_char)"
    )


@MIGRATIONS()
def m0040_document_version(db: Database) -> None:
    """The rules a document was read by, also where it gave no article: it is left alone until they change."""
    db.execute("ALTER TABLE documents ADD COLUMN version TEXT")
    db.execute(
        "UPDATE documents SET version = (SELECT version FROM articles WHERE id = article_id) "
        "WHERE article_id IS NOT NULL AND status <> 'rejected'"
    )


@MIGRATIONS()
def m0050_corrections(db: Database) -> None:
    """What analysts corrected by hand, with what it replaced, so that it can be taken back."""
    db.create_table(
        "corrections",
        {
            "id": int,
            "article_id": int,
            "figure_id": int,
            "kind": str,
            "entry": str,
            "evidence": str,
            "replaced": str,
            "problem": str,
        },
        pk="id",
        not_null={"article_id", "kind", "entry", "evidence"},
        foreign_keys=[("article_id", "articles", "id"), ("figure_id", "figures", "id")],
    )
    db.table("corrections").create_index(["article_id"])
    db.table("corrections").create_index(["figure_id"])


# What is counted: name of the count, value, and how much a row counts. ``{0}`` is the row, old or new.
TALLIED = {
    "articles": (
        ("articles", "''", "1"),
        ("language", "coalesce({0}.language, '')", "1"),
        ("source", "coalesce({0}.source_id, '')", "1"),
        ("month", "coalesce(substr({0}.date_published, 1, 7), '')", "1"),
    ),
    "figures": (
        ("figures", "''", "{0}.struck = 0"),
        ("measure", "coalesce({0}.measure, '')", "{0}.struck = 0"),
        ("money", "coalesce({0}.measure, '')", "{0}.struck = 0 AND {0}.kind = 'money'"),
    ),
    "documents": (("document", "{0}.status", "1"),),
    "flags": (("flag", "{0}.kind", "1"),),
}
_TALLIED_COLUMNS = {
    "articles": ("language", "source_id", "date_published"),
    "figures": ("measure", "struck", "kind"),
    "documents": ("status",),
    "flags": ("kind",),
}


@MIGRATIONS()
def m0060_tallies(db: Database) -> None:
    """Counts that the front page shows, kept true by triggers: counting a million rows takes too long for a page."""
    db.execute(
        "CREATE TABLE tallies (kind TEXT NOT NULL, value TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, value)) "
        "WITHOUT ROWID"
    )
    for table, counts in TALLIED.items():
        bodies = {
            side: "INSERT INTO tallies (kind, value, n) VALUES "
            + ", ".join(f"('{kind}', {value}, {sign}({weight}))".format(side) for kind, value, weight in counts)
            + " ON CONFLICT (kind, value) DO UPDATE SET n = n + excluded.n;"
            for side, sign in (("old", "-"), ("new", ""))
        }
        columns = _TALLIED_COLUMNS[table]
        db.execute(f"CREATE TRIGGER tally_{table}_insert AFTER INSERT ON {table} BEGIN {bodies['new']} END")
        db.execute(f"CREATE TRIGGER tally_{table}_delete AFTER DELETE ON {table} BEGIN {bodies['old']} END")
        db.execute(
            f"CREATE TRIGGER tally_{table}_update AFTER UPDATE OF {', '.join(columns)} ON {table} "
            f"WHEN {_differs(columns)} BEGIN {bodies['old']} {bodies['new']} END"
        )
        for kind, value, weight in counts:
            counted = f"SELECT '{kind}', {value.format(table)}, sum({weight.format(table)}) FROM {table} GROUP BY 2"
            db.execute(f"INSERT INTO tallies (kind, value, n) {counted}")
    # An outlet's newest articles, without a look at all the others it has.
    db.execute("CREATE INDEX idx_articles_source_date ON articles (source_id, date_published DESC, id)")
    db.execute("CREATE INDEX idx_articles_origin_date ON articles (origin_source_id, date_published DESC, id)")


@MIGRATIONS()
def m0070_claims_by_value(db: Database) -> None:
    """The values stated of one measure and subject are counted from an index, without the rows of figures."""
    db.execute("DROP INDEX idx_figures_measure_subject")
    db.execute(
        "CREATE INDEX idx_figures_stated ON figures (measure, subject, kind, currency, low, high, unit, struck, "
        "vague, stance, qualifier)"
    )


@MIGRATIONS()
def m0080_values_to_compare(db: Database) -> None:
    """What has to be compared again is a value, not all that is claimed of its measure and subject."""
    for event in ("insert", "delete", "update"):
        db.execute(f"DROP TRIGGER to_link_figure_{event}")
    db.execute("DROP TABLE claims_to_compare")
    db.execute(
        "CREATE TABLE claims_to_compare (measure TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, "
        "currency TEXT, unit TEXT, low REAL, high REAL)"
    )
    queue = "INSERT OR IGNORE INTO articles_to_link VALUES ({0}.article_id);"
    compare = (
        "INSERT INTO claims_to_compare SELECT {0}.measure, {0}.subject, {0}.kind, {0}.currency, {0}.unit, {0}.low, "
        "{0}.high WHERE {0}.measure IS NOT NULL AND {0}.subject IS NOT NULL AND {0}.vague = 0;"
    )
    for event, sides, condition in (
        ("INSERT", ("new",), ""),
        ("DELETE", ("old",), ""),
        ("UPDATE", ("old", "new"), f"WHEN {_differs(_CLAIMED + _WEIGHED)}"),
    ):
        body = "".join(text.format(side) for side in sides for text in (queue, compare))
        name = f"to_link_figure_{event.lower()}"
        db.execute(f"CREATE TRIGGER {name} AFTER {event} ON figures {condition} BEGIN {body} END")
    db.execute("CREATE INDEX idx_figures_ranged ON figures (measure, subject) WHERE low < high")
    db.execute(
        "INSERT INTO claims_to_compare SELECT DISTINCT measure, subject, kind, currency, unit, low, high FROM figures "
        "WHERE measure IS NOT NULL AND subject IS NOT NULL AND vague = 0"
    )


# Articles are numbered by their date in the index of search (corpus.indexing.numbering), so that the newest
# are read first and a filter by date is a range; amounts and subjects are tokens to filter by.
_BY_DATE = (
    "DROP TABLE search_index",
    """CREATE VIRTUAL TABLE search_index USING FTS5 (
         headline, body, headline_words, words, facts, tokenize="ascii tokenchars '_'")""",
    "ALTER TABLE search_facts ADD COLUMN doc INTEGER",
    "UPDATE search_facts SET indexed = ''",
    "DROP INDEX idx_search_facts_date_desc",
    """CREATE INDEX idx_search_facts_doc
         ON search_facts (doc, article_id, language, date_published, source_id, story_id)""",
    "CREATE INDEX idx_search_facts_story ON search_facts (story_id, doc)",
    "DROP TRIGGER search_articles_delete",
    """CREATE TRIGGER search_articles_delete BEFORE DELETE ON articles BEGIN
         DELETE FROM search_index WHERE rowid = (SELECT doc FROM search_facts WHERE article_id = old.id);
         DELETE FROM search_facts WHERE article_id = old.id;
       END""",
    "DROP TRIGGER search_figures_insert",
    """CREATE TRIGGER search_figures_insert AFTER INSERT ON figures BEGIN
         UPDATE search_facts SET indexed = NULL WHERE article_id = new.article_id AND indexed IS NOT NULL;
       END""",
    "DROP TRIGGER search_figures_update",
    """CREATE TRIGGER search_figures_update
       AFTER UPDATE OF measure, subject, kind, low, high, currency, unit, vague, struck, article_id ON figures
       WHEN old.measure IS NOT new.measure OR old.subject IS NOT new.subject OR old.kind IS NOT new.kind
         OR old.low IS NOT new.low OR old.high IS NOT new.high OR old.currency IS NOT new.currency
         OR old.unit IS NOT new.unit OR old.vague IS NOT new.vague OR old.struck IS NOT new.struck
         OR old.article_id IS NOT new.article_id
       BEGIN
         UPDATE search_facts SET indexed = NULL
         WHERE article_id IN (old.article_id, new.article_id) AND indexed IS NOT NULL;
       END""",
    "DROP TRIGGER search_figures_delete",
    """CREATE TRIGGER search_figures_delete AFTER DELETE ON figures BEGIN
         UPDATE search_facts SET indexed = NULL WHERE article_id = old.article_id AND indexed IS NOT NULL;
       END""",
)


@MIGRATIONS()
def m0090_search_by_date(db: Database) -> None:
    """The index of search in order of date; the next run of ingest fills it again."""
    for statement in _BY_DATE:
        db.execute(statement)
    # The names of the topic that articles were last indexed by: where one changes, only articles that have it do.
    db.create_table("search_names", {"alias": str, "key": str, "version": str}, not_null={"alias", "key", "version"})


def _trace_anew(db: Database) -> None:
    db.execute("DELETE FROM article_traces")
    db.execute("DELETE FROM article_keys")
    db.execute("INSERT OR IGNORE INTO articles_to_link SELECT id FROM articles")


@MIGRATIONS()
def m0095_versions_anew(db: Database) -> None:
    """Traces and sketches are made otherwise since: those of before cannot be compared with."""
    _trace_anew(db)


@MIGRATIONS()
def m0100_sketches_anew(db: Database) -> None:
    """Sketches are made of numbers since, and lead to other keys."""
    _trace_anew(db)


@MIGRATIONS()
def m0105_marks(db: Database) -> None:
    """What candidates are compared by, in rows so small that those of a large corpus stay in memory."""
    db.execute("ALTER TABLE article_traces DROP COLUMN sketch")
    db.execute(
        "CREATE TABLE article_marks (mark INTEGER PRIMARY KEY, article_id INTEGER NOT NULL UNIQUE "
        "REFERENCES articles(id), language TEXT, content_hash TEXT NOT NULL, figures TEXT NOT NULL, "
        "others TEXT NOT NULL, sketch BLOB NOT NULL)"
    )
    _trace_anew(db)
