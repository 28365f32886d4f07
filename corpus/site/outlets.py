"""The page of a source: its articles, what they claim, whom they cite and who cites it."""

from __future__ import annotations

import sqlite3
from typing import Any

from corpus.site.pages import Page, View, article_row, base_context, described, place_of, public
from corpus.site.queries import ARTICLE, CLAIM, Row, rows, tallied_value
from corpus.site.wording import message

ARTICLES_SHOWN = 30
CLAIMS_SHOWN = 15
# What an outlet claims and cites is told from this many of its newest articles, so that a page stays quick.
NEWEST = 1_000
# Who cites it is told from this many citations that were stored last.
_CITATIONS = 2_000
_RECENT = (
    "WITH recent (id) AS (SELECT id FROM articles WHERE source_id = :id "
    f"ORDER BY date_published DESC, id LIMIT {NEWEST}) "
)
_CITING = (
    f"(SELECT article_id FROM citations WHERE source_id = :id ORDER BY rowid DESC LIMIT {_CITATIONS}) AS c "
    "JOIN articles AS a ON a.id = c.article_id"
)
_FROM = "FROM articles AS a LEFT JOIN sources AS s ON s.id = a.source_id"


async def source_page(view: View, slug: str) -> Page | None:
    """An outlet: its articles, newest first, what it claims, whom it cites, who cites it and takes from it."""
    after = place_of(view.request.args.get("next"))
    found = await view.read(lambda connection: outlet(connection, slug, after))
    if found is None:
        return None
    more = len(found["articles"]) > ARTICLES_SHOWN
    articles = found["articles"][:ARTICLES_SHOWN]
    token = f"{articles[-1]['date_published'] or ''}~{articles[-1]['id']}" if more else None
    links = view.links
    context = base_context(
        view,
        outlet=found,
        articles=articles,
        cited_by_more=found["citing"]["citations"] == _CITATIONS,
        claims=[described(claim, view.form) for claim in found["claims"]],
        told_from=min(NEWEST, found["article_count"]),
        further=after is not None,
        crumbs=[(message("base.sources"), f"{links.home()}#sources"), (found["name"], None)],
        next_url=None if token is None else links.source(slug, after=token),
        json_url=links.source(slug, suffix=".json"),
    )
    payload = {
        **{key: found[key] for key in ("slug", "name", "domain", "country", "article_count", "languages")},
        "told_from": min(NEWEST, found["article_count"]),
        "measures": found["measures"],
        "cites": found["cites"],
        "cited_by": found["cited_by"],
        "cited_by_total": found["citing"]["outlets"],
        "cited_by_capped": found["citing"]["citations"] == _CITATIONS,
        "takes_from": found["takes_from"],
        "taken_by": [article_row(row, view) for row in found["taken_by"]],
        "claims": [public(claim, view, claim["uid"]) for claim in found["claims"]],
        "articles": [article_row({key: row[key] for key in row if key != "id"}, view) for row in articles],
        "next": token,
        "next_url": None if token is None else links.absolute(links.source(slug, suffix=".json", after=token)),
    }
    return Page("source.html", context, payload)


def outlet(connection: sqlite3.Connection, slug: str, after: tuple[str | None, int] | None) -> Row | None:
    """Give an outlet with what hangs on it, and one article more than is shown where there are more; None for none."""
    found = rows(connection, "SELECT id, slug, name, domain, country FROM sources WHERE slug = ?", [slug])
    if not found:
        return None
    number = {"id": found[0].pop("id")}

    def ask(sql: str) -> list[Row]:
        return rows(connection, sql, number)

    return found[0] | {
        "article_count": tallied_value(connection, "source", str(number["id"])),
        "articles": _articles(connection, number["id"], after),
        "languages": ask(
            f"{_RECENT} SELECT language, count(*) AS articles FROM articles WHERE id IN recent GROUP BY language "
            "ORDER BY articles DESC, language LIMIT 20"
        ),
        "measures": ask(
            f"{_RECENT} SELECT measure, count(*) AS claims FROM figures WHERE article_id IN recent AND struck = 0 "
            "AND measure IS NOT NULL GROUP BY measure ORDER BY claims DESC, measure LIMIT 20"
        ),
        "claims": ask(
            f"{_RECENT} SELECT {CLAIM}, {ARTICLE} FROM figures AS f JOIN articles AS a ON a.id = f.article_id "
            "LEFT JOIN sources AS s ON s.id = a.source_id WHERE f.article_id IN (SELECT id FROM recent LIMIT 60) "
            "AND f.struck = 0 AND f.measure IS NOT NULL "
            f"ORDER BY a.date_published DESC, a.id, f.start_char LIMIT {CLAIMS_SHOWN}"
        ),
        "cites": ask(
            f"{_RECENT} SELECT s.slug, s.name, count(DISTINCT c.article_id) AS articles FROM citations AS c "
            "JOIN sources AS s ON s.id = c.source_id WHERE c.article_id IN recent AND c.source_id <> :id "
            "GROUP BY s.id ORDER BY articles DESC, s.name LIMIT 30"
        ),
        "cited_by": ask(
            f"SELECT s.slug, s.name, count(DISTINCT a.id) AS articles FROM {_CITING} LEFT JOIN sources AS s "
            "ON s.id = a.source_id WHERE a.source_id IS NOT :id GROUP BY s.id ORDER BY articles DESC, s.name LIMIT 30"
        ),
        "citing": ask(
            "SELECT count(DISTINCT CASE WHEN a.source_id IS NOT :id THEN a.source_id END) AS outlets, "
            f"count(*) AS citations FROM {_CITING}"
        )[0],
        "takes_from": ask(
            f"{_RECENT} SELECT s.slug, s.name, count(*) AS articles FROM articles AS a JOIN sources AS s "
            "ON s.id = a.origin_source_id WHERE a.id IN recent GROUP BY s.id ORDER BY articles DESC, s.name LIMIT 30"
        ),
        "taken_by": ask(
            f"SELECT {ARTICLE} {_FROM} WHERE a.origin_source_id = :id ORDER BY a.date_published DESC, a.id LIMIT 10"
        ),
    }


def _articles(connection: sqlite3.Connection, number: int, after: tuple[str | None, int] | None) -> list[Row]:
    where, values = "", {"id": number, "most": ARTICLES_SHOWN + 1}
    parameters: dict[str, Any] = values
    if after is not None and after[0] is None:
        where, parameters = "AND a.date_published IS NULL AND a.id > :last", values | {"last": after[1]}
    elif after is not None:
        where = (
            "AND (a.date_published < :date OR (a.date_published = :date AND a.id > :last) OR a.date_published IS NULL)"
        )
        parameters = values | {"date": after[0], "last": after[1]}
    return rows(
        connection,
        f"SELECT a.id, {ARTICLE}, a.word_count, (SELECT count(*) FROM figures AS f WHERE f.article_id = a.id "
        f"AND f.struck = 0) AS figures {_FROM} WHERE a.source_id = :id {where} "
        "ORDER BY a.date_published DESC, a.id LIMIT :most",
        parameters,
    )
