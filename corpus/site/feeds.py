"""A search as a feed of what comes in (Atom, RFC 4287)."""

from __future__ import annotations

import re
import uuid
from xml.etree import ElementTree

from corpus.searching import SearchResult
from corpus.site import format as form
from corpus.site.pages import View, ask, asked_parameters
from corpus.site.responses import Raw
from corpus.site.wording import message

# A feed reader comes again.
_ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
# Characters no XML document may hold.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Names of feeds and entries stay the same wherever the corpus is served.
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "https://www.rfc-editor.org/rfc/rfc4287#chipfab-corpus")
_EPOCH = "1970-01-01T00:00:00Z"


async def search_feed(view: View, _: str) -> Raw:
    """The articles of a search as an Atom feed, those that came in last first."""
    parameters = asked_parameters(view) | {"sort": "added", "next": "", "fold": "0", "size": ""}
    result: SearchResult = await view.read(lambda connection: ask(connection, parameters, most=_ENTRIES))
    return Raw(feed(view, parameters, result), "application/atom+xml; charset=utf-8")


def feed(view: View, parameters: dict[str, str], result: SearchResult) -> str:
    """An Atom feed of results; every text is written by the XML library, none is joined to markup."""
    ElementTree.register_namespace("", _ATOM)
    links = view.links
    asked = {key: value for key, value in parameters.items() if key not in ("sort", "fold", "size", "next")}
    root = ElementTree.Element(f"{{{_ATOM}}}feed")
    title = view.datasette.metadata("title") or message("base.title")
    _child(root, "title", f"{result.query} – {title}" if result.query else title)
    _child(root, "id", _name("search", *(f"{key}={value}" for key, value in sorted(asked.items()) if value)))
    _child(root, "link", href=links.absolute(links.search(asked)), rel="alternate", type="text/html")
    self_ = links.absolute(links.search(asked, suffix=".atom"))
    _child(root, "link", href=self_, rel="self", type="application/atom+xml")
    _child(root, "updated", max((hit.first_ingested for hit in result.results), default=_EPOCH))
    for hit in result.results:
        entry = ElementTree.SubElement(root, f"{{{_ATOM}}}entry")
        _child(entry, "title", hit.headline or form.opening(hit.opening))
        _child(entry, "id", _name("article", hit.uid))
        _child(entry, "link", href=links.absolute(links.article(hit.uid)), rel="alternate", type="text/html")
        _child(entry, "updated", hit.first_ingested)
        author = ElementTree.SubElement(entry, f"{{{_ATOM}}}author")
        _child(author, "name", hit.source or message("unknown.source"))
        # The snippet is markup made of escaped text; a feed carries it as text that is markup.
        _child(entry, "summary", hit.snippet_html, type="html")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _name(*parts: str) -> str:
    return uuid.uuid5(_NAMES, "\n".join(parts).encode("utf-8", "replace").decode("utf-8")).urn


def _child(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> None:
    made = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    made.text = None if text is None else _NO_XML.sub("", text)
