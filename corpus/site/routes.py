"""Which address leads to which page, and what every page has in common: permissions, errors, what is current."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from datasette.database import QueryInterrupted
from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Forbidden

from corpus.searching import QueryError
from corpus.site import about, comparison, exports, feeds, front, linked_data, outlets, pages, quality, versions
from corpus.site.around import base_path, error_page
from corpus.site.caching import Validators, no_cache, validators
from corpus.site.exports import Stream, TooMany
from corpus.site.links import Links
from corpus.site.openapi import description_page
from corpus.site.reader import remembered
from corpus.site.responses import (
    METHODS,
    PREFLIGHT_HEADERS,
    Raw,
    empty_response,
    failure,
    html_response,
    json_response,
    raw_response,
)
from corpus.site.wording import message

# What a database must have to be ours; its name is the reader's choice.
TABLES = frozenset({"articles", "figures", "passages", "sources", "stories", "articles_fts", "search_index", "tallies"})
# Datasette's limit is for one query; a page asks several.
QUESTIONS = 3
Handler = Callable[[pages.View, str], Awaitable[pages.Page | Raw | Stream | None]]

# Pages for people, each with its JSON beside it; KEY is a name that the handler is given.
PAGES: dict[str, Handler] = {
    "/": front.landing_page,
    "/search": pages.search_page,
    "/citations": comparison.citations_page,
    "/quality": quality.quality_page,
    "/about": about.about_page,
    "/article/KEY": linked_data.article_page,
    "/source/KEY": outlets.source_page,
    "/measure/KEY": comparison.measure_page,
    "/story/KEY": versions.story_page,
}
# Addresses for programs alone.
DATA: dict[str, Handler] = {
    "/search.atom": feeds.search_feed,
    "/search.csv": exports.search_csv,
    "/search.ndjson": exports.search_ndjson,
    "/claims.csv": exports.claims_csv,
    "/claims.ndjson": exports.claims_ndjson,
    "/measure/KEY.csv": exports.measure_csv,
    "/measure/KEY.ndjson": exports.measure_ndjson,
    "/-/openapi.json": description_page,
}


async def find_database(datasette: Any) -> Any | None:
    """Give the first attached database with our tables, or None."""
    for name, database in datasette.databases.items():
        if name != "_internal" and set(await database.table_names()) >= TABLES:
            return database
    return None


def _view(handler: Handler, *, for_people: bool) -> Callable[..., Awaitable[Any]]:
    async def view(datasette: Any, request: Any) -> Any:
        links = Links(datasette, request, "")

        async def failed(status: int, sentence: str, **details: Any) -> Any:
            if not for_people:
                return json_response(failure(status, sentence, **details), status=status, headers=_also(status))
            return await error_page(datasette, request, links, status, sentence, headers=_also(status))

        if request.method == "OPTIONS":
            return empty_response(204, PREFLIGHT_HEADERS)
        if request.method not in ("GET", "HEAD"):
            return await failed(405, message("wrong.get_only"))
        try:
            database = await find_database(datasette)
            if database is None:
                return await failed(404, message("wrong.no_database"))
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
            current = validators(datasette, database, request, daily=for_people)
            if current is not None and current.has_same_tag(request):
                return empty_response(304, _kept(current, for_people))

            async def read(load: Callable[[sqlite3.Connection], Any]) -> Any:
                def limited(connection: sqlite3.Connection) -> Any:
                    # One snapshot for the whole page, also while an ingest is writing.
                    connection.execute("BEGIN")
                    # Datasette has a function called for every text that is read; ours are all well formed.
                    decode, connection.text_factory = connection.text_factory, str
                    try:
                        with sqlite_timelimit(connection, QUESTIONS * datasette.sql_time_limit_ms):
                            return load(connection)
                    finally:
                        connection.text_factory = decode
                        connection.rollback()

                return await database.execute_fn(limited)

            key = unquote(request.url_vars.get("key") or "")
            page = await handler(pages.View(datasette, request, links, read, not for_people), key)
        except Forbidden:
            return await failed(403, message("wrong.closed"))
        except QueryError as error:
            return await failed(400, f"{error}.", code="bad_parameter", parameter=error.parameter)
        except TooMany as error:
            return await failed(400, str(error), code="too_many")
        except (sqlite3.OperationalError, QueryInterrupted) as error:
            if isinstance(error, sqlite3.OperationalError) and "interrupted" not in str(error):
                raise
            return await failed(503, message("wrong.too_slow"))
        if page is None:
            return await failed(404, message("wrong.nothing_here"))
        headers = _kept(current, for_people)
        if current is not None and current.is_unmodified(request):
            return empty_response(304, headers)
        if isinstance(page, Stream):
            return page.response(headers, bodiless=request.method == "HEAD")
        if isinstance(page, Raw):
            return raw_response(page, headers=headers)
        if not for_people:
            return json_response({"ok": True, "next": None, "next_url": None, **page.payload}, headers=headers)
        if (kept := remembered(request)) is not None:
            headers["Set-Cookie"] = kept
        return await html_response(datasette, request, page.template, {"links": links, **page.context}, headers=headers)

    return view


def _also(status: int) -> dict[str, str]:
    """The headers that go with what went wrong."""
    more = {405: {"Allow": METHODS}, 503: {"Retry-After": "5"}}
    return {**no_cache(), **more.get(status, {})}


def _kept(current: Validators | None, for_people: bool) -> dict[str, str]:
    # Numbers and dates of a page are written as its reader writes them.
    varies = "Accept-Language" if for_people else None
    return {} if current is None else current.headers(varies=varies)


def _pattern(address: str) -> str:
    return "^" + re.escape(address).replace("KEY", "(?P<key>[^/]+?)") + "$"


def _routes() -> list[tuple[str, Callable[..., Any]]]:
    made = [(_pattern(address), _view(handler, for_people=False)) for address, handler in DATA.items()]
    for address, handler in PAGES.items():
        data = "/index.json" if address == "/" else f"{address}.json"
        made.append((_pattern(data), _view(handler, for_people=False)))
    made += [(_pattern(address), _view(handler, for_people=True)) for address, handler in PAGES.items()]
    return made


ROUTES = _routes()
_OURS = [re.compile(pattern) for pattern, _ in ROUTES]


def is_ours(datasette: Any, path: str) -> bool:
    """Whether the path of a request is one of these."""
    within = base_path(datasette, path)
    return any(pattern.match(within) for pattern in _OURS)
