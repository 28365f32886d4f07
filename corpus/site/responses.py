"""Answers with the headers that keep a page to itself, and one shape for what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import Response

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
# Any page of any site may read what programs are given: it is public, and asked for without credentials.
CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Retry-After, Content-Disposition",
}
METHODS = "GET, HEAD, OPTIONS"
PREFLIGHT_HEADERS = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}
# What goes wrong, in one word a program can compare.
CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    500: "internal",
    503: "too_slow",
}


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer for programs that is made whole and sent as it is."""

    body: str
    content_type: str


def tidy(value: Any) -> Any:
    """Give a value as JSON should show it: amounts as whole numbers where they are whole."""
    if isinstance(value, float):
        if value != value or abs(value) == float("inf"):
            return None
        return int(value) if value.is_integer() else value
    if isinstance(value, str):
        # Half a character, as a broken file may leave it, cannot be written as UTF-8.
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {key: tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    return value


def as_json(payload: Mapping[str, Any]) -> str:
    """Give an object as one line of JSON, its text as it is read."""
    return json.dumps(tidy(payload), ensure_ascii=False, allow_nan=False)


def json_response(payload: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None) -> Any:
    """Give a JSON answer in UTF-8."""
    return Response(
        as_json(payload),
        status=status,
        headers={**SECURITY_HEADERS, **CORS_HEADERS, **(headers or {})},
        content_type="application/json; charset=utf-8",
    )


def failure(status: int, sentence: str, *, code: str | None = None, **details: Any) -> dict[str, Any]:
    """Give the one shape in which every address for programs says what went wrong."""
    return {"ok": False, "status": status, "error": sentence, "code": code or CODES.get(status, "failed"), **details}


async def html_response(
    datasette: Any,
    request: Any,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Give a page from a template of ours."""
    body = await datasette.render_template(f"corpus/{template}", dict(context), request=request)
    return Response.html(
        body.encode("utf-8", "replace"), status=status, headers={**SECURITY_HEADERS, **(headers or {})}
    )


def raw_response(raw: Raw, *, headers: Mapping[str, str]) -> Any:
    """Give an answer that is made already."""
    return Response(
        raw.body.encode("utf-8", "replace"),
        headers={**SECURITY_HEADERS, **CORS_HEADERS, **headers},
        content_type=raw.content_type,
    )


def empty_response(status: int, headers: Mapping[str, str]) -> Any:
    """Give an answer without a body: not modified, or what may be asked of an address."""
    return Response("", status=status, headers={**SECURITY_HEADERS, **CORS_HEADERS, **headers})
