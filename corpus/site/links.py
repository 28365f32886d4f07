"""Addresses of our pages; every part is quoted, and Datasette's base URL is in front."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses as paths on this site; ``absolute`` adds scheme and host for programs."""

    datasette: Any
    request: Any
    database: str

    def home(self) -> str:
        return str(self.datasette.urls.path("/"))

    def index_json(self) -> str:
        return str(self.datasette.urls.path("/index.json"))

    def static(self, name: str) -> str:
        return str(self.datasette.urls.static_plugins("chipfab-corpus", name))

    def article(self, uid: str, start: int | None = None, *, suffix: str = "") -> str:
        anchor = "" if start is None else f"#f{start}"
        return self._page("article", uid, suffix) + anchor

    def wrong(self, uid: str, start: int) -> str:
        """Give what corrects one figure of an article that has many."""
        return f"{self._page('article', uid, '')}?figure={start}#c{start}"

    def measure(
        self,
        slug: str,
        *,
        suffix: str = "",
        after: str | None = None,
        before: str | None = None,
        size: int | None = None,
    ) -> str:
        return self._page("measure", slug, suffix) + _asked(next=after, previous=before, size=size)

    def story(self, uid: str, *, suffix: str = "", after: str | None = None, size: int | None = None) -> str:
        return self._page("story", uid, suffix) + _asked(next=after, size=size)

    def source(self, slug: str, *, suffix: str = "", after: str | None = None) -> str:
        return self._page("source", slug, suffix) + _asked(next=after)

    def quality(self, *, suffix: str = "", **asked: str | None) -> str:
        return str(self.datasette.urls.path(f"/quality{suffix}")) + _asked(**asked)

    def about(self, *, suffix: str = "") -> str:
        return str(self.datasette.urls.path(f"/about{suffix}"))

    def claims(self, measure: str | None = None, *, suffix: str = ".csv") -> str:
        """Give every claim, or those of a measure, to be downloaded."""
        whole = str(self.datasette.urls.path(f"/claims{suffix}"))
        return whole if measure is None else self.measure(measure, suffix=suffix)

    def openapi(self) -> str:
        """Give the description of the API."""
        return str(self.datasette.urls.path("/-/openapi.json"))

    def citations(self, *, suffix: str = "", next: str | None = None, size: int | None = None) -> str:
        return str(self.datasette.urls.path(f"/citations{suffix}")) + _asked(next=next, size=size)

    def search(self, parameters: Mapping[str, str] | None = None, *, suffix: str = "", **changes: Any) -> str:
        """Give a search; a change to None takes a parameter away, and any change leads to the first page."""
        kept = {key: value for key, value in (parameters or {}).items() if key != "next" and value}
        kept |= changes
        query = urlencode({key: str(value) for key, value in kept.items() if value is not None})
        return str(self.datasette.urls.path(f"/search{suffix}")) + (f"?{query}" if query else "")

    def table(self, name: str, **filters: str) -> str:
        """Give Datasette's own page of a table or a canned query."""
        query = f"?{urlencode(filters)}" if filters else ""
        return str(self.datasette.urls.table(self.database, name)) + query

    def data(self) -> str:
        return str(self.datasette.urls.database(self.database))

    def absolute(self, path: str) -> str:
        return str(self.datasette.absolute_url(self.request, path))

    def _page(self, kind: str, key: str, suffix: str) -> str:
        return str(self.datasette.urls.path(f"/{kind}/{quote(key, safe='')}{suffix}"))


def _asked(**parameters: str | int | None) -> str:
    """A query of those parameters that are given."""
    query = urlencode({name: str(value) for name, value in parameters.items() if value})
    return f"?{query}" if query else ""


def outside(url: str | None) -> str | None:
    """Give an address that may be linked to (http or https), None for any other."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
