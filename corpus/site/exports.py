"""A search as a feed of what comes in (Atom) and as a table (CSV)."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from xml.etree import ElementTree

from corpus.searching import Hit, SearchResult
from corpus.site import format as form
from corpus.site.pages import View, ask, asked_parameters
from corpus.site.wording import measure_label

# A feed reader comes again; a table is taken once.
_FEED_ENTRIES = 50
_TABLE_ROWS = 1000
_ATOM = "http://www.w3.org/2005/Atom"
# Characters no XML document may hold.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "uid", "headline", "language", "date_published", "source", "page", "original_url", "story", "other_versions",
    "first_ingested", "figures", "measures",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is neither a page nor JSON."""

    body: str
    content_type: str
    filename: str | None = None


async def search_feed(view: View, _: str) -> Raw:
    """The articles of a search as an Atom feed, those that came in last first."""
    parameters = asked_parameters(view) | {"sort": "added", "next": "", "fold": "0", "size": ""}
    result: SearchResult = await view.read(lambda connection: ask(connection, parameters, most=_FEED_ENTRIES))
    return Raw(feed(view, parameters, result), "application/atom+xml; charset=utf-8")


async def search_table(view: View, _: str) -> Raw:
    """The articles of a search as CSV, in the order of the page, a thousand at most."""
    parameters = asked_parameters(view) | {"size": ""}
    result: SearchResult = await view.read(lambda connection: ask(connection, parameters, most=_TABLE_ROWS))
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(_COLUMNS)
    writer.writerows([_cell(value) for value in _row(view, hit)] for hit in result.results)
    return Raw(written.getvalue(), "text/csv; charset=utf-8", "search.csv")


def _row(view: View, hit: Hit) -> list[str | None]:
    measures = dict.fromkeys(figure["measure"] for figure in hit.figures if figure["measure"])
    return [
        hit.uid,
        hit.headline,
        hit.language,
        hit.date_published,
        hit.source,
        view.links.absolute(view.links.article(hit.uid)),
        hit.original_url,
        hit.story,
        str(hit.version_count),
        hit.first_ingested,
        "; ".join(form.reading(figure) for figure in hit.figures),
        "; ".join(measure_label(measure) for measure in measures),
    ]


def _cell(value: str | None) -> str:
    text = "" if value is None else value
    return f"'{text}" if text.startswith(_FORMULA) else text


def feed(view: View, parameters: dict[str, str], result: SearchResult) -> str:
    """An Atom feed of results; every text is written by the XML library, none is joined to markup."""
    ElementTree.register_namespace("", _ATOM)
    links = view.links
    shown = {key: value for key, value in parameters.items() if key not in ("sort", "fold", "size", "next")}
    page = links.absolute(links.search(shown))
    root = ElementTree.Element(f"{{{_ATOM}}}feed")
    title = view.datasette.metadata("title") or "What the news claims"
    _child(root, "title", f"{result.query} – {title}" if result.query else title)
    _child(root, "id", page)
    _child(root, "link", href=page)
    _child(root, "link", href=links.absolute(links.search(shown, suffix=".atom")), rel="self")
    _child(root, "updated", max((hit.first_ingested for hit in result.results), default="1970-01-01T00:00:00Z"))
    for hit in result.results:
        entry = ElementTree.SubElement(root, f"{{{_ATOM}}}entry")
        address = links.absolute(links.article(hit.uid))
        _child(entry, "title", hit.headline or form.opening(hit.opening))
        _child(entry, "id", address)
        _child(entry, "link", href=address)
        _child(entry, "updated", hit.first_ingested)
        author = ElementTree.SubElement(entry, f"{{{_ATOM}}}author")
        _child(author, "name", hit.source or "source unknown")
        # The snippet is markup made of escaped text; a feed carries it as text that is markup.
        _child(entry, "summary", hit.snippet_html, type="html")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _child(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> None:
    made = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    made.text = None if text is None else _NO_XML.sub("", text)
