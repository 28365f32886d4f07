"""What stands around every answer, Datasette's own included: headers of safety, errors, closed addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from datasette.utils.asgi import Base400, Request
from datasette.views.base import DatasetteError

from corpus.site.links import Links
from corpus.site.pages import View, base_context
from corpus.site.public import refusal
from corpus.site.reader import READER, form_for
from corpus.site.responses import failure, html_response, json_response
from corpus.site.wording import message

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]

# Datasette's pages have scripts and styles of their own inside them; from elsewhere nothing comes.
_DEFAULTS = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        b"img-src 'self' data:; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
_FOR_PROGRAMS = (".json", ".csv", ".ndjson", ".atom")


def base_path(datasette: Any, path: str) -> str:
    """Give a path without the address that the site stands under."""
    base = datasette.setting("base_url")
    return "/" + path[len(base) :] if base != "/" and path.startswith(base) else path


def wrap(datasette: Any, app: App) -> App:
    """Give the application with what stands around it."""

    async def wrapped(scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def send_safely(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers") or [])
                there = {bytes(name).lower() for name, _ in headers}
                headers += [(name, value) for name, value in _DEFAULTS if name not in there]
                message = {**message, "headers": headers}
            await send(message)

        scope = {**scope, "headers": _readable(scope["headers"])}
        path = base_path(datasette, scope["path"])
        refused = refusal(datasette, path, scope.get("query_string", b"").decode("latin-1"))
        if refused is not None:
            await refused.asgi_send(send_safely)
            return
        READER.set(form_for(Request(scope, receive)))
        await app(scope, receive, send_safely)

    return wrapped


def _readable(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers without cookies that cannot be read: Datasette reads them where it answers no exception."""
    kept = []
    for name, value in headers:
        if name.lower() == b"cookie":
            try:
                SimpleCookie(value.decode("latin-1"))
            except CookieError:
                continue
        kept.append((name, value))
    return kept


async def answer_exception(datasette: Any, request: Any, exception: Exception) -> Any | None:
    """Give what is said of an exception; None where Datasette's own page has markup for it."""
    expected = isinstance(exception, Base400 | DatasetteError)
    status = getattr(exception, "status", 500) if expected else 500
    # What broke is for the log of the server, not for whoever asked.
    sentence = _sentence(exception) if expected else message("wrong.inside")
    if is_for_programs(request):
        title = {"title": exception.title} if isinstance(exception, DatasetteError) else {}
        return json_response(failure(status, sentence, **title), status=status)
    # Markup that Datasette's own page makes of an error stays there; all else has one page.
    if getattr(exception, "message_is_html", False) or getattr(exception, "messagge_is_html", False):
        return None
    return await error_page(datasette, request, Links(datasette, request, ""), status, sentence)


def answer_forbidden(request: Any, message: str) -> Any | None:
    """Give what a program is told of what it may not see; None for people, who get Datasette's page."""
    return json_response(failure(403, message), status=403) if is_for_programs(request) else None


def is_for_programs(request: Any) -> bool:
    """Whether an address is one that programs read."""
    return bool(request.path.endswith(_FOR_PROGRAMS))


def _sentence(exception: Exception) -> str:
    text = str(getattr(exception, "message", None) or (exception.args[0] if exception.args else ""))
    return message("wrong.nothing_here") if text in ("", "404") else text


async def error_page(
    datasette: Any, request: Any, links: Links, status: int, sentence: str, *, headers: Mapping[str, str] | None = None
) -> Any:
    """Give the page that says what went wrong."""

    async def nothing(load: Any) -> None:
        return None

    context = base_context(View(datasette, request, links, nothing, False))
    context |= {"links": links, "status": status, "sentence": sentence}
    return await html_response(datasette, request, "error.html", context, status=status, headers=headers)
