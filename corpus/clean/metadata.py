"""What a page states of itself: JSON-LD, meta elements, microdata and time elements."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import unescape
from typing import Any

from corpus.clean.markup import elements
from corpus.model import Given

_META = re.compile(r"<meta\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z:-]{1,40})\s*=\s*(?:\"([^\"]{0,3000})\"|'([^']{0,3000})'|([^\s\"'>]{1,500}))")
_LANG = re.compile(
    r"<html\b[^<>]{0,2000}?\slang\s*=\s*[\"']?([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2})", re.IGNORECASE
)
_CANONICAL = re.compile(r"<link\s([^<>]{1,3000})>", re.IGNORECASE)
_TIME = re.compile(r"<time\b([^<>]{1,1000})>", re.IGNORECASE)
_SCRIPT = re.compile(r"<(script)\b[^<>]{0,4000}>", re.IGNORECASE)
_ITEM = re.compile(r"<([a-z][a-z0-9]{0,12})\s([^<>]{0,800}?\bitemprop\s*=[^<>]{0,800})>([^<>]{0,300})", re.IGNORECASE)
# A date before the web, or none at all, as systems write it that have none.
_YEAR = re.compile(r"(?<!\d)(?:199\d|20\d\d|1[34]\d\d|25\d\d)(?!\d)")
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_WRAPPING = re.compile(r"^\s*(?://)?\s*(?:<!--|<!\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*$")
_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.issued",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "og:published_time",
    "og:article:published_time",
    "citation_publication_date",
    "article.published",
    "cxenseparse:recs:publishtime",
    "rnews:datepublished",
    "bt:pubdate",
    "publish_date",
    "article_date_original",
)
_ARTICLES = frozenset(
    "article newsarticle reportagenewsarticle blogposting analysisnewsarticle opinionnewsarticle techarticle"
    " liveblogposting socialmediaposting backgroundnewsarticle reviewnewsarticle askpublicnewsarticle report".split()
)
# What is only said of the page around an article counts where nothing is said of the article.
_PAGES = frozenset("webpage itempage medicalwebpage".split())


def page_metadata(html: str) -> Given:
    """The address, title, date, source, language and author a page states; None where it states none."""
    head: dict[str, str] = {}
    for match in _META.finditer(html):
        attributes = _attributes(match[1])
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if name is not None and attributes.get("content"):
            head.setdefault(name.lower(), attributes["content"])
    linked = _linked_data(html)
    items = _items(html)
    canonical = next(
        (
            attributes.get("href")
            for match in _CANONICAL.finditer(html)
            if (attributes := _attributes(match[1])).get("rel", "").lower() == "canonical"
        ),
        None,
    )
    lang = _LANG.search(html)
    url = canonical or head.get("og:url")
    return Given(
        url=url if url is not None and url.startswith(("http://", "https://")) else None,
        title=_first(linked, "headline") or head.get("og:title") or items.get("headline"),
        date=next(filter(_credible, _dates(html, head, linked, items)), None),
        source=_first(linked, "publisher") or head.get("og:site_name") or items.get("publisher"),
        language=lang[1] if lang is not None else None,
        author=_first(linked, "author") or _person(head.get("author")) or _person(items.get("author")),
    )


def _first(linked: list[Mapping[str, Any]], key: str) -> str | None:
    return next((name for entry in linked if (name := _name(entry.get(key))) is not None), None)


def _dates(
    html: str, head: Mapping[str, str], linked: list[Mapping[str, Any]], items: Mapping[str, str]
) -> Iterator[str | None]:
    yield from (_name(entry.get("datePublished")) for entry in linked)
    yield from (head.get(name) for name in _PUBLISHED)
    yield items.get("datepublished")
    yield _time_element(html)


def _credible(value: str | None) -> bool:
    return value is not None and _YEAR.search(value) is not None


def _items(html: str) -> dict[str, str]:
    """Microdata: the first value of each property, that of a publisher's or an author's name under theirs."""
    found: dict[str, str] = {}
    holder: tuple[str, int] | None = None
    for match in _ITEM.finditer(html):
        attributes = _attributes(match[2])
        value = attributes.get("content") or attributes.get("datetime") or _name(match[3])
        for name in attributes.get("itemprop", "").lower().split():
            if name == "name" and holder is not None and match.start() - holder[1] < 600 and value:
                found.setdefault(holder[0], value)
                holder = None
            elif name in ("publisher", "author") and "itemscope" in match[2].lower():
                holder = (name, match.end())
            elif value:
                found.setdefault(name, value)
    return found


def _person(value: str | None) -> str | None:
    """A meta element's author, where it is a name and not an address."""
    return None if value is None or "://" in value or "@" in value else value


def _attributes(text: str) -> dict[str, str]:
    return {
        match[1].lower(): unescape(next(group for group in match.groups()[1:] if group is not None)).strip()
        for match in _ATTRIBUTE.finditer(text)
    }


def _time_element(html: str) -> str | None:
    """The date of a ``time`` element that says it is the publication's, or of the only one there is."""
    found = [_attributes(match[1]) for match in _TIME.finditer(html)]
    for attributes in found:
        if "pubdate" in attributes or attributes.get("itemprop", "").lower() == "datepublished":
            return attributes.get("datetime")
    return found[0].get("datetime") if len(found) == 1 else None


def _linked_data(html: str) -> list[Mapping[str, Any]]:
    """The articles that the page's JSON-LD describes, then the pages it calls so."""
    articles: list[Mapping[str, Any]] = []
    pages: list[Mapping[str, Any]] = []
    for _, end, opening in elements(html, _SCRIPT):
        if opening[1] is None or "ld+json" not in opening[0].lower():
            continue
        waiting = [_loaded(html[opening.end() : end])]
        seen = 0
        while waiting and seen < 2000:
            seen += 1
            entry = waiting.pop(0)
            if isinstance(entry, list):
                waiting.extend(entry)
            elif isinstance(entry, dict):
                kinds = entry.get("@type")
                named = {str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])}
                if named & _ARTICLES:
                    articles.append(entry)
                elif named & _PAGES:
                    pages.append(entry)
                waiting.extend(value for value in (entry.get("@graph"), entry.get("mainEntity")) if value)
    return [*articles, *pages]


def _loaded(text: str) -> Any:
    """The content of a JSON-LD script, also where it is wrapped in a comment or has line ends and commas too many."""
    text = _WRAPPING.sub("", text.strip())
    for content in (text, _TRAILING_COMMA.sub("", text)):
        try:
            return json.loads(content, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


@cache
def _spaces() -> re.Pattern[str]:
    return re.compile(r"\s+")


def _name(value: Any) -> str | None:
    """A JSON-LD value as text: itself, its name, or the names of several joined by a comma."""
    if isinstance(value, str):
        return _spaces().sub(" ", unescape(value)).strip()[:500] or None
    if isinstance(value, dict):
        return _name(value.get("name"))
    if isinstance(value, list):
        names = [name for name in map(_name, value[:10]) if name is not None]
        return ", ".join(names) or None
    return None
