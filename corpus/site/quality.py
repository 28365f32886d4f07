"""The page of runs and of the quality of the data: what was rejected, what is unknown, what clashes."""

from __future__ import annotations

import sqlite3
from typing import Any

from corpus.searching import QueryError
from corpus.site.pages import Page, View, base_context
from corpus.site.queries import ARTICLE, Row, rows, tallied, tallied_value
from corpus.site.wording import message, word_for

FIRST_SHOWN = 8
SHOWN = 50
_ARTICLES = f"SELECT a.id, {ARTICLE} FROM articles AS a LEFT JOIN sources AS s ON s.id = a.source_id WHERE "
# Each list in the order of what came in last; ``:before`` is where the page before this one ended.
LISTS = {
    "rejected": "SELECT id, root, origin, part, reason, last_seen FROM documents "
    "WHERE status = 'rejected' AND id < :before ORDER BY id DESC LIMIT :most",
    "undated": f"{_ARTICLES} a.date_published IS NULL AND a.id < :before ORDER BY a.id DESC LIMIT :most",
    "unread": f"{_ARTICLES} a.language IS NULL AND a.id < :before ORDER BY a.id DESC LIMIT :most",
    "unsourced": f"{_ARTICLES} a.source_id IS NULL AND a.id < :before ORDER BY a.id DESC LIMIT :most",
    "flags": "SELECT l.rowid AS id, l.kind, l.message, a.uid, f.start_char FROM flags AS l "
    "LEFT JOIN articles AS a ON a.id = l.article_id LEFT JOIN figures AS f ON f.id = l.figure_id "
    "WHERE l.rowid < :before ORDER BY l.rowid DESC LIMIT :most",
    "runs": "SELECT id, started, finished, new, changed, unchanged, rejected, gone, seconds, version FROM runs "
    "WHERE id < :before ORDER BY id DESC LIMIT :most",
}
_LAST = 2**62


async def quality_page(view: View, _: str) -> Page:
    """Runs, rejected documents with their reasons, what is unknown of articles, and what clashes.

    ``show`` asks for one of the lists in full, ``next`` for its following page.
    """
    asked = view.request.args.get("show") or None
    if asked is not None and asked not in LISTS:
        raise QueryError("show", message("wrong.show", names=", ".join(LISTS)))
    before = _before(view.request.args.get("next"))
    # A public site names no files; the page then says how many were rejected, and not which.
    files = await view.datasette.permission_allowed(
        view.request.actor, "view-table", (view.links.database, "documents"), default=True
    )
    names = [name for name in LISTS if asked in (None, name) and (files or name != "rejected")]
    most = FIRST_SHOWN if asked is None else SHOWN

    def load(connection: sqlite3.Connection) -> tuple[dict[str, int], dict[str, list[Row]], list[Row]]:
        lists = {name: rows(connection, LISTS[name], {"before": before, "most": most + 1}) for name in names}
        return counts(connection), lists, reasons(connection)

    counted, lists, why = await view.read(load)
    more = [name for name, found in lists.items() if len(found) > most]
    shown = {name: found[:most] for name, found in lists.items()}
    token = str(shown[asked][-1]["id"]) if asked in more and asked is not None else None
    links = view.links
    context = base_context(
        view,
        counts=counted,
        lists=shown,
        more=more,
        asked=asked,
        reasons=why,
        files=files,
        crumbs=[(message("quality.title"), None)]
        if asked is None
        else [(message("quality.title"), links.quality()), (word_for("quality", asked), None)],
        next_url=None if token is None else links.quality(show=asked, next=token),
        json_url=links.quality(suffix=".json", show=asked, next=view.request.args.get("next")),
    )
    payload = {
        "counts": counted,
        "reasons": why,
        **{name: [_public(row, view) for row in found] for name, found in shown.items()},
        "next": token,
        "next_url": None if token is None else links.absolute(links.quality(suffix=".json", show=asked, next=token)),
    }
    return Page("quality.html", context, payload)


def _before(token: str | None) -> int:
    if token is None or token == "":
        return _LAST
    if not (token.isascii() and token.isdigit() and len(token) < 19):
        raise QueryError("next", message("wrong.place", name="next"))
    return int(token)


def _public(row: Row, view: View) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if key not in ("id", "opening")}
    if row.get("uid") is None:
        return kept
    return kept | {"url": view.links.absolute(view.links.article(row["uid"], row.get("start_char")))}


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many of each list there are."""
    of = tallied(connection, "articles", "figures", "month", "language", "document", "flag")
    return {
        "articles": of["articles"].get("", 0),
        "figures": of["figures"].get("", 0),
        "rejected": of["document"].get("rejected", 0),
        "duplicates": of["document"].get("duplicate", 0),
        "gone": of["document"].get("gone", 0),
        "undated": of["month"].get("", 0),
        "unread": of["language"].get("", 0),
        "unsourced": tallied_value(connection, "source", ""),
        "flags": sum(of["flag"].values()),
    }


def reasons(connection: sqlite3.Connection) -> list[Row]:
    """Why documents were rejected, told from those that were rejected last."""
    return rows(
        connection,
        "SELECT reason, count(*) AS documents FROM (SELECT reason FROM documents WHERE status = 'rejected' "
        "ORDER BY id DESC LIMIT 2000) GROUP BY reason ORDER BY documents DESC, reason LIMIT 20",
    )
