"""What the pages show, read from the database: rows as dictionaries, every value a parameter."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]
# The claims a chart can show legibly; the page says when there are more.
CHART_CLAIMS = 300
CLAIMS_SHOWN = 25
ARTICLES_SHOWN = 8
SOURCES_SHOWN = 20
MEASURES_SHOWN = 40
# Columns that can be compared; further versions stand on the pages that follow.
VERSIONS_SHOWN = 6

CLAIM = (
    "f.id, f.start_char, f.end_char, f.quote, f.sentence, f.kind, f.low, f.high, f.currency, f.unit, "
    "f.qualifier, f.vague, f.magnitude, f.magnitude_high, f.low_usd, f.high_usd, f.measure, f.subject, "
    "f.attributed_to, f.period, f.stance, f.rule, f.claim_rule, f.claim_evidence, f.method"
)
_FIGURES_OF_ARTICLE = f"SELECT {CLAIM} FROM figures AS f WHERE f.article_id = ? AND f.struck = 0 ORDER BY f.start_char"
ARTICLE = (
    "a.uid, a.headline, substr(a.text, 1, 200) AS opening, a.language, a.date_published, a.date_precision, "
    "s.slug AS source_slug, s.name AS source"
)
_FROM = "FROM figures AS f JOIN articles AS a ON a.id = f.article_id LEFT JOIN sources AS s ON s.id = a.source_id"


def rows(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
    """Give the rows of a query as dictionaries."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return [dict(row) for row in cursor.execute(sql, parameters)]


def tallied(connection: sqlite3.Connection, *kinds: str) -> dict[str, dict[str, int]]:
    """Give the counts of these kinds by value, kept by the database as it is written; unknown is the empty value."""
    found: dict[str, dict[str, int]] = {kind: {} for kind in kinds}
    marks = ", ".join("?" * len(kinds))
    for row in rows(connection, f"SELECT kind, value, n FROM tallies WHERE kind IN ({marks}) AND n > 0", kinds):
        found[row["kind"]][row["value"]] = row["n"]
    return found


def overview(connection: sqlite3.Connection) -> Row:
    """Give what the landing page shows: counts, measures, the leading measure's claims, articles, gaps."""
    of = tallied(connection, "articles", "figures", "language", "measure", "money", "month", "document", "flag")
    measures = sorted(((n, slug) for slug, n in of["measure"].items() if slug), key=lambda one: (-one[0], one[1]))
    # The measure with the most claims among those that measure money: a chart of counts would compare anything.
    leading = max(((n, slug) for slug, n in of["money"].items() if slug), default=(0, None))[1]
    languages = sorted(of["language"].items(), key=lambda item: (-item[1], item[0]))
    sources = rows(
        connection,
        "SELECT s.slug, s.name, c.n AS articles FROM (SELECT value, n FROM tallies WHERE kind = 'source' AND n > 0 "
        "ORDER BY n DESC LIMIT ?) AS c LEFT JOIN sources AS s ON s.id = CAST(c.value AS INTEGER) "
        "ORDER BY c.n DESC, s.name",
        [SOURCES_SHOWN],
    )
    return {
        "counts": {"articles": of["articles"].get("", 0), "figures": of["figures"].get("", 0)},
        "languages": [{"language": code or None, "articles": n} for code, n in languages],
        "sources": sources,
        "measures": [{"measure": slug, "claims": n} for n, slug in measures[:MEASURES_SHOWN]],
        "months": of["month"],
        "leading": leading,
        "claims": [] if leading is None else newest_claims(connection, leading),
        "articles": newest_articles(connection),
        "attention": {
            "undated": of["month"].get("", 0),
            "unsourced": tallied_value(connection, "source", ""),
            "unread": of["language"].get("", 0),
            "rejected": of["document"].get("rejected", 0),
            "clashes": of["flag"],
            "flags": newest_flags(connection),
        },
    }


def newest_claims(connection: sqlite3.Connection, measure: str, limit: int = CHART_CLAIMS) -> list[Row]:
    """Give the claims of a measure that were stored last, in time order, undated ones at the end."""
    return rows(
        connection,
        f"SELECT {CLAIM}, {ARTICLE}, (SELECT uid FROM stories WHERE id = a.story_id) AS story_uid "
        f"{_FROM} WHERE f.id IN (SELECT id FROM figures WHERE measure = ? "
        "AND struck = 0 ORDER BY id DESC LIMIT ?) "
        "ORDER BY a.date_published IS NULL, a.date_published, a.id, f.start_char",
        [measure, limit],
    )


def claims_after(
    connection: sqlite3.Connection, measure: str, after: tuple[str | None, int] | None, most: int | None = None
) -> list[Row]:
    """Give one page of a measure's claims in time order, and one row more where there are more.

    ``after`` is the date and the figure the page before this one ended with. Undated claims come last.
    """
    many = tallied_value(connection, "measure", measure) > _WALKED
    most = most or CLAIMS_SHOWN
    values: dict[str, Any] = {"measure": measure, "date": None, "article": 0, "start": 0, "most": most + 1}
    if after is not None:
        last = rows(connection, "SELECT article_id, start_char FROM figures WHERE id = ?", [after[1]])
        # Where the figure is gone, those of its very day are passed over with it.
        values |= {"date": after[0]} | (
            {"article": last[0]["article_id"], "start": last[0]["start_char"]} if last else {}
        )
    found: list[Row] = []
    if after is None or after[0] is not None:
        found = rows(connection, _claims_in_time(many, "dated" if after is None else "dated after"), values)
    if len(found) <= most:
        part = "undated after" if after is not None and after[0] is None else "undated"
        found += rows(connection, _claims_in_time(many, part), values | {"most": most + 1 - len(found)})
    return found


def claims_before(connection: sqlite3.Connection, measure: str, before: tuple[str | None, int]) -> list[Row]:
    """Give the page of claims that ends before a claim, in time order, with one row more in front where there are more.

    ``before`` is the date and the figure the page after this one begins with.
    """
    many = tallied_value(connection, "measure", measure) > _WALKED
    first = rows(connection, "SELECT article_id, start_char FROM figures WHERE id = ?", [before[1]])
    values: dict[str, Any] = {"measure": measure, "date": before[0], "article": 0, "start": 0, "most": CLAIMS_SHOWN + 1}
    values |= {"article": first[0]["article_id"], "start": first[0]["start_char"]} if first else {}
    found: list[Row] = []
    if before[0] is None:
        found = rows(connection, _claims_in_time(many, "undated before"), values)
    if len(found) <= CLAIMS_SHOWN:
        part = "dated backwards" if before[0] is None else "dated before"
        found += rows(connection, _claims_in_time(many, part), values | {"most": CLAIMS_SHOWN + 1 - len(found)})
    return found[::-1]


# A measure with more claims than this is read along the dates of the articles; one with fewer is sorted.
_WALKED = 3_000
_BEHIND = "(a.id < :article OR (a.id = :article AND f.start_char > :start))"
_AHEAD = "(a.id > :article OR (a.id = :article AND f.start_char < :start))"
_FORWARDS, _BACKWARDS = "a.date_published, a.id DESC, f.start_char", "a.date_published DESC, a.id, f.start_char DESC"
_PARTS = {
    "dated": ("a.date_published IS NOT NULL", _FORWARDS),
    "dated after": (
        f"a.date_published >= :date AND (a.date_published > :date OR {_BEHIND})",
        _FORWARDS,
    ),
    "undated": ("a.date_published IS NULL", "a.id DESC, f.start_char"),
    "undated after": (f"a.date_published IS NULL AND {_BEHIND}", "a.id DESC, f.start_char"),
    "dated backwards": ("a.date_published IS NOT NULL", _BACKWARDS),
    "dated before": (
        f"a.date_published <= :date AND (a.date_published < :date OR {_AHEAD})",
        _BACKWARDS,
    ),
    "undated before": (f"a.date_published IS NULL AND {_AHEAD}", "a.id, f.start_char DESC"),
}


def _claims_in_time(many: bool, part: str) -> str:
    where, order = _PARTS[part]
    # CROSS JOIN keeps the order of the tables: along the index of dates, or from the few figures.
    tables = "articles AS a CROSS JOIN figures AS f" if many else "figures AS f CROSS JOIN articles AS a"
    return (
        f"SELECT {CLAIM}, {ARTICLE} FROM {tables} ON a.id = f.article_id LEFT JOIN sources AS s ON s.id = a.source_id "
        f"WHERE f.measure = :measure AND f.struck = 0 AND {where} ORDER BY {order} LIMIT :most"
    )


def newest_articles(connection: sqlite3.Connection) -> list[Row]:
    """Give the newest articles, dated ones first, each with the number of its figures."""
    return rows(
        connection,
        f"SELECT {ARTICLE}, a.word_count, (SELECT count(*) FROM figures AS f WHERE f.article_id = a.id "
        "AND f.struck = 0) AS figures FROM articles AS a LEFT JOIN sources AS s ON s.id = a.source_id "
        "ORDER BY a.date_published DESC, a.id LIMIT ?",
        [ARTICLES_SHOWN],
    )


def tallied_value(connection: sqlite3.Connection, kind: str, value: str) -> int:
    """Give one of the counts."""
    found = rows(connection, "SELECT n FROM tallies WHERE kind = ? AND value = ?", [kind, value])
    return int(found[0]["n"]) if found else 0


def newest_flags(connection: sqlite3.Connection) -> list[Row]:
    """Give what was found to clash last."""
    return rows(
        connection,
        "SELECT l.kind, l.message, a.uid, f.start_char FROM flags AS l LEFT JOIN articles AS a "
        "ON a.id = l.article_id LEFT JOIN figures AS f ON f.id = l.figure_id "
        "ORDER BY l.rowid DESC LIMIT 6",
    )


def article(connection: sqlite3.Connection, uid: str) -> Row | None:
    """Give an article with all that hangs on it, or None."""
    found = rows(
        connection,
        "SELECT a.*, t.uid AS story_uid, t.article_count, s.slug AS source_slug, s.name AS source, "
        "s.domain AS source_domain, s.country AS source_country, o.slug AS origin_slug, o.name AS origin "
        "FROM articles AS a LEFT JOIN stories AS t ON t.id = a.story_id "
        "LEFT JOIN sources AS s ON s.id = a.source_id LEFT JOIN sources AS o ON o.id = a.origin_source_id "
        "WHERE a.uid = ?",
        [uid],
    )
    if not found:
        return None
    number = [found[0]["id"]]
    return found[0] | {
        "figures": rows(
            connection,
            _FIGURES_OF_ARTICLE,
            number,
        ),
        "passages": rows(connection, "SELECT * FROM passages WHERE article_id = ? ORDER BY position", number),
        "citations": rows(
            connection,
            "SELECT c.start_char, c.end_char, c.quote, s.slug, s.name FROM citations AS c "
            "JOIN sources AS s ON s.id = c.source_id WHERE c.article_id = ? ORDER BY c.start_char",
            number,
        ),
        "date_mentions": rows(
            connection, "SELECT * FROM date_mentions WHERE article_id = ? ORDER BY start_char", number
        ),
        "links": rows(
            connection,
            f"SELECT l.kind, l.score, l.evidence, {ARTICLE} FROM "
            "(SELECT other_id AS id, kind, score, evidence FROM article_links WHERE article_id = ?1 "
            "UNION SELECT article_id, kind, score, evidence FROM article_links WHERE other_id = ?1) AS l "
            "JOIN articles AS a ON a.id = l.id LEFT JOIN sources AS s ON s.id = a.source_id "
            "ORDER BY l.score DESC, a.uid LIMIT 20",
            number,
        ),
        "corrections": rows(
            connection,
            "SELECT c.kind, c.evidence, c.problem, f.quote, f.start_char, f.struck FROM corrections AS c "
            "LEFT JOIN figures AS f ON f.id = c.figure_id WHERE c.article_id = ? ORDER BY c.id",
            number,
        ),
        "flags": rows(
            connection,
            "SELECT kind, message FROM flags WHERE article_id = ?1 OR other_article_id = ?1",
            number,
        ),
    }


# What makes two figures the same value.
VALUE = ("kind", "low", "high", "currency", "magnitude", "magnitude_high")


def story(
    connection: sqlite3.Connection, uid: str, *, after: tuple[str | None, int] | None = None, most: int | None = None
) -> Row | None:
    """Give a story and one page of its versions in time order; the uid of any of them leads there.

    There is one version more than asked for where there are more. ``values`` says of each value how many versions of
    all state it, ``versions_total`` how many these are.
    """
    found = rows(
        connection,
        "SELECT * FROM stories WHERE uid = ?1 OR id = (SELECT story_id FROM articles WHERE uid = ?1) "
        "ORDER BY id = (SELECT story_id FROM articles WHERE uid = ?1) DESC LIMIT 1",
        [uid],
    )
    if not found:
        return None
    versions = rows(
        connection,
        f"SELECT a.id, a.date_method, {ARTICLE} FROM articles AS a LEFT JOIN sources AS s ON s.id = a.source_id "
        "WHERE a.story_id = :story AND (:last IS NULL OR "
        "(a.date_published IS NULL, ifnull(a.date_published, ''), a.id) > (:date IS NULL, ifnull(:date, ''), :last)) "
        "ORDER BY a.date_published IS NULL, a.date_published, a.id LIMIT :most",
        {"story": found[0]["id"], "most": (most or VERSIONS_SHOWN) + 1}
        | dict(zip(("date", "last"), after or (None, None), strict=True)),
    )
    for version in versions:
        version["figures"] = rows(connection, _FIGURES_OF_ARTICLE, [version["id"]])
    values = rows(
        connection,
        f"SELECT {', '.join(VALUE)}, count(DISTINCT article_id) AS n FROM figures WHERE struck = 0 AND article_id IN "
        f"(SELECT id FROM articles WHERE story_id = ?) GROUP BY {', '.join(VALUE)}",
        [found[0]["id"]],
    )
    total = rows(connection, "SELECT count(*) AS n FROM articles WHERE story_id = ?", [found[0]["id"]])[0]["n"]
    return found[0] | {
        "versions": versions,
        "versions_total": total,
        "values": {value_of(row): row["n"] for row in values},
    }


def value_of(figure: Mapping[str, Any]) -> tuple[Any, ...]:
    """Give what makes figures of several versions the same."""
    return tuple(figure[name] for name in VALUE)
