"""What hangs on an article: figures, passages, dates and citations, and the outlets it names."""

from __future__ import annotations

from sqlite_utils import Database

from corpus.model import Article, Source
from corpus.storing import rows
from corpus.storing.rates import to_usd
from corpus.storing.rows import Row
from corpus.storing.writing import insert, update, value_of


def lent_date(db: Database, article_id: int) -> str | None:
    """The date an article has from a version of it, None where it states its own or there is none."""
    sql = "SELECT date_published FROM articles WHERE id = ? AND date_method = 'sibling'"
    found: str | None = value_of(db, sql, [article_id])
    return found


def store_sources(db: Database, article: Article) -> dict[str, int]:
    """The rows of all outlets an article names, by slug; what is newly known of one is added."""
    provenance = article.provenance
    named = [provenance.source, provenance.origin, *(citation.source for citation in article.citations)]
    ids: dict[str, int] = {}
    for source in named:
        if source is not None and source.slug not in ids:
            ids[source.slug] = store_source(db, source)
    return ids


def store_source(db: Database, source: Source) -> int:
    """The row of an outlet, written where there is none; what is newly known of it is added."""
    row = db.execute("SELECT id, domain, country FROM sources WHERE slug = ?", [source.slug]).fetchone()
    if row is None:
        values: Row = {
            "slug": source.slug,
            "name": source.name,
            "domain": source.domain,
            "country": source.country,
        }
        return insert(db, "sources", [values])
    identifier = int(row[0])
    # The first name stays; an unknown domain or country is filled in, a known one is not overwritten.
    update(
        db,
        "sources",
        identifier,
        {
            "domain": source.domain if row[1] is None else row[1],
            "country": source.country if row[2] is None else row[2],
        },
    )
    return identifier


def store_children(db: Database, article: Article, article_id: int, sources: dict[str, int]) -> bool:
    """Write figures, passages, dates and citations; true where one of them changed."""
    published = article.published.value or lent_date(db, article_id)
    changed = _store_figures(db, article_id, rows.figure_rows(article, published=published))
    for table, wanted in (
        ("passages", rows.passage_rows(article)),
        ("date_mentions", rows.mention_rows(article)),
        ("citations", rows.citation_rows(article, sources)),
    ):
        wanted = [{"article_id": article_id} | row for row in wanted]
        present = list(db.query(f"SELECT * FROM {table} WHERE article_id = ? ORDER BY rowid", [article_id]))
        if present != wanted:
            db.execute(f"DELETE FROM {table} WHERE article_id = ?", [article_id])
            insert(db, table, wanted)
            changed = True
    return changed


def _store_figures(db: Database, article_id: int, wanted: list[Row]) -> bool:
    """Write figures; one keeps its id, and what an analyst did to it, where span and kind are unchanged."""
    present = {
        (row["start_char"], row["end_char"], row["kind"]): row["id"]
        for row in db.query(
            "SELECT id, start_char, end_char, kind FROM figures WHERE article_id = ? AND method = 'text'",
            [article_id],
        )
    }
    changed = False
    added = []
    for row in wanted:
        figure_id = present.pop((row["start_char"], row["end_char"], row["kind"]), None)
        if figure_id is None:
            added.append({"article_id": article_id} | row)
        else:
            changed |= update(db, "figures", figure_id, row)
    delete_figures(db, list(present.values()))
    insert(db, "figures", added)
    return changed or bool(added) or bool(present)


def delete_figures(db: Database, ids: list[int]) -> None:
    """Remove figures and the flags raised on them."""
    for figure_id in ids:
        # A flag is derived; the step that raised it raises it again where it still holds.
        db.execute("DELETE FROM flags WHERE figure_id = ? OR other_figure_id = ?", [figure_id, figure_id])
        db.execute("DELETE FROM figures WHERE id = ?", [figure_id])


def convert_figures(db: Database, article_id: int) -> None:
    """Write amounts in dollars at the rate of the day the article has now."""
    published = value_of(db, "SELECT date_published FROM articles WHERE id = ?", [article_id])
    for figure_id, kind, currency, low, high in db.execute(
        "SELECT id, kind, currency, low, high FROM figures WHERE article_id = ?", [article_id]
    ).fetchall():
        money = currency if kind == "money" else None
        dollars: Row = {"low_usd": to_usd(low, money, published), "high_usd": to_usd(high, money, published)}
        update(db, "figures", figure_id, dollars)
