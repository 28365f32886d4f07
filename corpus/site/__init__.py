"""The pages: a Datasette plugin that serves the corpus to people and to programs.

Datasette finds it by the package's entry point; its ``templates`` and ``static`` folders come with it.
"""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from datasette import hookimpl
from markupsafe import Markup

from corpus.searching.expanding import understand
from corpus.searching.querying import parse_query
from corpus.site.around import answer_exception, answer_forbidden, wrap
from corpus.site.cells import render
from corpus.site.public import is_allowed
from corpus.site.reader import READER
from corpus.site.routes import ROUTES, is_ours
from corpus.site.wording import message


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Our pages, in front of Datasette's own."""
    return list(ROUTES)


@hookimpl  # type: ignore[untyped-decorator]
def startup(datasette: Any) -> Callable[[], Awaitable[None]]:
    """Tables that the first query would wait for are read before it comes."""

    async def warm() -> None:
        for query in ("word 7 trillion", "7 триллионов", "7兆"):
            understand(parse_query(query), ["en", "de", "ru"])
        # What was read stays: the collector need not go through it again and again.
        gc.collect()
        gc.freeze()

    return warm


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(row: Mapping[str, Any], value: Any, column: str, datasette: Any) -> Markup | str | None:
    """Amounts and addresses on Datasette's own table pages, made for people."""
    return render(row, value, column, base=datasette.urls.path("/"))


@hookimpl  # type: ignore[untyped-decorator]
def prepare_jinja2_environment(env: Any) -> None:
    """Numbers of facets on Datasette's own pages as the reader writes them."""
    env.filters["plain_number"] = lambda number: READER.get().plain(number)


@hookimpl  # type: ignore[untyped-decorator]
def menu_links(datasette: Any) -> list[dict[str, str]]:
    """The way back from Datasette's own pages."""
    return [
        {"href": datasette.urls.path("/"), "label": message("base.claims_and_articles")},
        {"href": datasette.urls.path("/search"), "label": message("base.search")},
    ]


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper(datasette: Any) -> Callable[..., Any]:
    """Headers of safety on every answer, and nothing of a public site that is to stay closed."""
    return lambda app: wrap(datasette, app)


@hookimpl  # type: ignore[untyped-decorator]
def permission_allowed(datasette: Any, action: str, resource: Any) -> Callable[[], Awaitable[bool | None]]:
    """A public site keeps some things to itself."""

    async def decide() -> bool | None:
        return await is_allowed(datasette, action, resource)

    return decide


@hookimpl  # type: ignore[untyped-decorator]
def skip_csrf(datasette: Any, scope: Mapping[str, Any]) -> bool:
    """Nothing is written at our addresses, so that whoever writes there is told so, not asked for a token."""
    return is_ours(datasette, scope["path"])


@hookimpl  # type: ignore[untyped-decorator]
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Awaitable[Any]:
    """One shape for what goes wrong, wherever a program asked."""
    return answer_exception(datasette, request, exception)


@hookimpl  # type: ignore[untyped-decorator]
def forbidden(request: Any, message: str) -> Any | None:
    """The same for what may not be seen."""
    return answer_forbidden(request, message)
