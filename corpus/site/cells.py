"""How Datasette's own table pages show a cell: amounts as their reader writes them, articles as links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from corpus.site.reader import READER

_ARTICLE_COLUMNS = ("uid", "article_uid")


def render(row: Mapping[str, Any], value: Any, column: str, *, base: str) -> Markup | str | None:
    """Give the cell as text or safe HTML, None where Datasette's own way is right."""
    if isinstance(value, float):
        return READER.get().plain(value) if value == value and abs(value) != float("inf") else str(value)
    if column in _ARTICLE_COLUMNS and isinstance(value, str) and value:
        page = "story" if "article_count" in row.keys() else "article"  # noqa: SIM118 (a sqlite3.Row)
        return Markup('<a href="{}{}/{}">{}</a>').format(base, page, quote(value, safe=""), value)
    return None
