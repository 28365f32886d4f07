"""Which address leads to which page, and what every page has in common: permissions, errors, two forms."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from datasette.database import QueryInterrupted
from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Forbidden, Response

from corpus.searching import QueryError
from corpus.site import comparison, exports, pages
from corpus.site.exports import Raw
from corpus.site.links import Links
from corpus.site.responses import html_response, json_response, raw_response

# What a database must have to be ours; its name is the reader's choice.
TABLES = frozenset({"articles", "figures", "passages", "sources", "stories", "articles_fts", "search_index"})
# Datasette's limit is for one query; a page asks several.
QUESTIONS = 3
Handler = Callable[[pages.View, str], Awaitable[pages.Page | Raw | None]]


async def find_database(datasette: Any) -> Any | None:
    """Give the first attached database with our tables, or None."""
    for name, database in datasette.databases.items():
        if name != "_internal" and set(await database.table_names()) >= TABLES:
            return database
    return None


def _view(handler: Handler, *, as_json: bool) -> Callable[..., Awaitable[Response]]:
    async def view(datasette: Any, request: Any) -> Response:
        links = Links(datasette, request, "")

        async def failed(status: int, sentence: str, **details: str) -> Response:
            if as_json:
                return json_response(
                    datasette, {"ok": False, "status": status, "error": sentence, **details}, status=status
                )
            title = datasette.metadata("title")
            context = {"links": links, "status": status, "sentence": sentence, "site_title": title, "parameters": {}}
            return await html_response(datasette, request, "error.html", context, status=status)

        if request.method not in ("GET", "HEAD"):
            return await failed(405, "This address answers to GET only.")
        try:
            database = await find_database(datasette)
            if database is None:
                return await failed(404, "No database of this corpus is attached.")
            links = Links(datasette, request, database.name)
            for table in ("articles", "figures"):
                await datasette.ensure_permissions(
                    request.actor,
                    [
                        ("view-table", (database.name, table)),
                        ("view-database", database.name),
                        "view-instance",
                    ],
                )

            async def read(load: Callable[[sqlite3.Connection], Any]) -> Any:
                def limited(connection: sqlite3.Connection) -> Any:
                    # One snapshot for the whole page, also while an ingest is writing.
                    connection.execute("BEGIN")
                    try:
                        with sqlite_timelimit(connection, QUESTIONS * datasette.sql_time_limit_ms):
                            return load(connection)
                    finally:
                        connection.rollback()

                return await database.execute_fn(limited)

            key = unquote(request.url_vars.get("key") or "")
            page = await handler(pages.View(datasette, request, links, read, as_json), key)
        except Forbidden:
            return await failed(403, "You may not see this page.")
        except QueryError as error:
            return await failed(400, f"{error}.", parameter=error.parameter)
        except (sqlite3.OperationalError, QueryInterrupted) as error:
            if isinstance(error, sqlite3.OperationalError) and "interrupted" not in str(error):
                raise
            return await failed(503, "This took too long to look up; a narrower question may help.")
        if page is None:
            return await failed(404, "There is nothing at this address.")
        if isinstance(page, Raw):
            return raw_response(page.body, page.content_type, filename=page.filename)
        if as_json:
            return json_response(datasette, {"ok": True, **page.payload})
        return await html_response(datasette, request, page.template, {"links": links, **page.context})

    return view


def _routes() -> list[tuple[str, Callable[..., Any]]]:
    key = r"/(?P<key>[^/]+?)"
    named: dict[str, Handler] = {
        "article": pages.article_page,
        "measure": comparison.measure_page,
        "story": comparison.story_page,
    }
    made: list[tuple[str, Callable[..., Any]]] = [
        (r"^/$", _view(pages.landing_page, as_json=False)),
        (r"^/index\.json$", _view(pages.landing_page, as_json=True)),
        (r"^/citations$", _view(comparison.citations_page, as_json=False)),
        (r"^/citations\.json$", _view(comparison.citations_page, as_json=True)),
        (r"^/search$", _view(pages.search_page, as_json=False)),
        (r"^/search\.json$", _view(pages.search_page, as_json=True)),
        (r"^/search\.atom$", _view(exports.search_feed, as_json=True)),
        (r"^/search\.csv$", _view(exports.search_table, as_json=True)),
    ]
    for name, handler in named.items():
        made.append((rf"^/{name}{key}\.json$", _view(handler, as_json=True)))
        made.append((rf"^/{name}{key}$", _view(handler, as_json=False)))
    return made


ROUTES = _routes()
