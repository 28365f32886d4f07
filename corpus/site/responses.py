"""Answers with the headers that keep a page to itself: nothing inline, nothing from another host."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from datasette.utils import add_cors_headers
from datasette.utils.asgi import Response

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def tidy(value: Any) -> Any:
    """Give a value as JSON should show it: amounts as whole numbers where they are whole."""
    if isinstance(value, float):
        if value != value or abs(value) == float("inf"):
            return None
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {key: tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    return value


def json_response(datasette: Any, payload: Mapping[str, Any], *, status: int = 200) -> Response:
    """Give a JSON answer in UTF-8."""
    headers = dict(SECURITY_HEADERS)
    if datasette.cors:
        add_cors_headers(headers)
    return Response(
        json.dumps(tidy(payload), ensure_ascii=False, allow_nan=False),
        status=status,
        headers=headers,
        content_type="application/json; charset=utf-8",
    )


async def html_response(
    datasette: Any, request: Any, template: str, context: Mapping[str, Any], *, status: int = 200
) -> Response:
    """Give a page from a template of ours."""
    body = await datasette.render_template(f"corpus/{template}", dict(context), request=request)
    return Response.html(body, status=status, headers=dict(SECURITY_HEADERS))


def raw_response(body: str, content_type: str, *, filename: str | None = None) -> Response:
    """Give an answer of another type; one with a file name is offered for saving."""
    headers = dict(SECURITY_HEADERS)
    if filename is not None:
        headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return Response(body, headers=headers, content_type=content_type)
