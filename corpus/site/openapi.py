"""The description of the API (OpenAPI 3.1) that programs read: ``openapi.yml``, with the address it is served at."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from corpus.site.pages import View
from corpus.site.responses import Raw, as_json

_FILE = Path(__file__).with_name("openapi.yml")


@cache
def description() -> dict[str, Any]:
    """Give the document as it is kept, with the version of this package."""
    document: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    document["info"]["version"] = version("chipfab-corpus")
    return document


async def description_page(view: View, _: str) -> Raw:
    """The document, with the address at which it was asked for."""
    server = {"url": view.links.absolute(view.links.home()).rstrip("/")}
    return Raw(as_json(description() | {"servers": [server]}), "application/json; charset=utf-8")
