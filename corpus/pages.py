"""HTML pages → the article's lines, what stands around them, and what the page states of itself."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import Any

from corpus.model import Given
from corpus.normalising import normalise
from corpus.passages import is_prose

# Deeper nesting than any page has: libxml2 refuses it, and its tags say nothing.
DEEPEST = 400
# How many lines of the page are kept from before and from behind the article.
AROUND = 60

_CONTROL_REFERENCE = re.compile(r"&#(?:x0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|7[fF])|0*(?:[0-8]|1[124-9]|2\d|3[01]|127));?")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})[^<>]{0,4000}>")
_META = re.compile(r"<meta\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z:-]{1,40})\s*=\s*(?:\"([^\"]{0,3000})\"|'([^']{0,3000})'|([^\s\"'>]{1,500}))")
_LANG = re.compile(
    r"<html\b[^<>]{0,2000}?\slang\s*=\s*[\"']?([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2})", re.IGNORECASE
)
_CANONICAL = re.compile(r"<link\s([^<>]{1,3000})>", re.IGNORECASE)
_TIME = re.compile(r"<time\b([^<>]{1,1000})>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(?:(script|style|noscript|template|svg|head)\b[^<>]{0,4000}>|!--)", re.IGNORECASE)
_SCRIPT = re.compile(r"<(script)\b[^<>]{0,4000}>", re.IGNORECASE)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
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
_ARTICLES = (
    "article",
    "newsarticle",
    "reportagenewsarticle",
    "blogposting",
    "analysisnewsarticle",
    "webpage",
    "opinionnewsarticle",
    "techarticle",
    "liveblogposting",
    "socialmediaposting",
)


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of the article, those before and behind it, and the page's own metadata."""

    lines: tuple[str, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    metadata: Given = field(default_factory=Given)


def read_page(html: str, *, url: str | None = None) -> Page:
    """The article in a page. A page without one gives all its lines; no markup raises."""
    html = _CONTROL_REFERENCE.sub(" ", html.replace("\x00", ""))
    stated = _metadata(html)
    everything = page_lines(html)
    found = _extract(html, url) if _depth(html) <= DEEPEST else None
    text = "" if found is None else str(found.get("text") or "")
    lines = tuple(line for line in normalise(text).split("\n") if line)
    # The library dates a page by any date in it; ours comes from what the page says is its date.
    metadata = Given(
        url=stated.url,
        title=stated.title or _text(found, "title"),
        date=stated.date,
        source=stated.source or _text(found, "sitename"),
        language=stated.language,
        author=stated.author or _text(found, "author"),
    )
    if not lines:
        return Page(everything, metadata=metadata)
    before, after = _around(everything, lines, metadata.title)
    return Page(lines, before, after, metadata)


def _text(found: Mapping[str, Any] | None, key: str) -> str | None:
    value = None if found is None else found.get(key)
    return str(value).strip() or None if value else None


def _extract(html: str, url: str | None) -> Mapping[str, Any] | None:
    """What trafilatura finds; None where it finds nothing or cannot read the markup."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(
            html,
            url=url,
            fast=True,
            include_comments=False,
            include_tables=True,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "max_date": "2100-01-01"},
        )
    except Exception:  # the library and its parser promise nothing about hostile markup
        return None
    if found is None:
        return None
    return found if isinstance(found, dict) else found.as_dict()


def _depth(html: str) -> int:
    """How deep the page's elements nest, closing tags trusted."""
    depth = deepest = 0
    for match in _TAG.finditer(html):
        if match[2].lower() in _BLOCKS or match[2].lower() in ("span", "b", "i", "em", "font", "a"):
            depth += -1 if match[1] else 1
            depth = max(depth, 0)
            deepest = max(deepest, depth)
    return deepest if "<p" in html.lower() or deepest > DEEPEST * 2 else min(deepest, DEEPEST)


def _elements(html: str, opening: re.Pattern[str]) -> Iterator[tuple[int, int, re.Match[str]]]:
    """Where comments and elements of some kinds begin and end; one that never ends is none."""
    lowered = html.lower() if len(html.lower()) == len(html) else html
    unclosed: set[str] = set()
    position = 0
    while (match := opening.search(html, position)) is not None:
        closing = "-->" if match[1] is None else f"</{match[1].lower()}"
        end = -1 if closing in unclosed else lowered.find(closing, match.end())
        if end < 0:
            unclosed.add(closing)
            position = match.end()
            continue
        yield match.start(), end, match
        position = end + len(closing)


def page_lines(html: str) -> tuple[str, ...]:
    """The visible text of a page, a line for each block."""
    shown: list[str] = []
    reached = 0
    for start, end, match in _elements(html, _HIDDEN):
        shown += (html[reached:start], " ")
        reached = html.find(">", end) + 1 if match[1] is not None else end + 3
        reached = reached or len(html)
    body = "".join((*shown, html[reached:]))
    pieces: list[str] = []
    position = 0
    for match in _TAG.finditer(body):
        pieces.append(body[position : match.start()].replace("\n", " ").replace("\r", " "))
        if match[2].lower() in _BLOCKS:
            pieces.append("\n")
        position = match.end()
    pieces.append(body[position:])
    return tuple(line for line in normalise(unescape("".join(pieces))).split("\n") if line.strip())


def _around(
    everything: tuple[str, ...], lines: tuple[str, ...], title: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The page's lines between its title and the first paragraph, and those behind it, that the article lacks."""
    held = {"".join(line.split()) for line in lines}
    bare = ["".join(line.split()) for line in everything]
    wanted = None if title is None else "".join(title.split())
    places = [number for number, line in enumerate(bare) if line in held and line != wanted]
    if not places:
        return (), ()
    first = next((number for number in places if is_prose(everything[number])), places[0])
    begin = next((number for number in range(first, -1, -1) if bare[number] == wanted), None)
    # Without a title there is no telling the site's own date from the article's.
    before = () if begin is None else tuple(everything[n] for n in range(begin + 1, first) if bare[n] not in held)
    after = tuple(everything[n] for n in range(first, len(bare)) if bare[n] not in held and bare[n] != wanted)
    return before[-AROUND:], after[:AROUND]


def _metadata(html: str) -> Given:
    """What the page's JSON-LD, its meta elements and its time elements state."""
    head: dict[str, str] = {}
    for match in _META.finditer(html):
        attributes = _attributes(match[1])
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if name is not None and attributes.get("content"):
            head.setdefault(name.lower(), attributes["content"])
    linked = next(_linked_data(html), {})
    canonical = next(
        (
            attributes.get("href")
            for match in _CANONICAL.finditer(html)
            if (attributes := _attributes(match[1])).get("rel", "").lower() == "canonical"
        ),
        None,
    )
    lang = _LANG.search(html)
    date = _name(linked.get("datePublished")) or next((head[name] for name in _PUBLISHED if name in head), None)
    url = canonical or head.get("og:url")
    return Given(
        url=url if url is not None and url.startswith(("http://", "https://")) else None,
        title=_name(linked.get("headline")) or head.get("og:title"),
        date=date or _time_element(html),
        source=_name(linked.get("publisher")) or head.get("og:site_name"),
        language=lang[1] if lang is not None else None,
        author=_name(linked.get("author")) or _person(head.get("author")),
    )


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


def _linked_data(html: str) -> Iterator[Mapping[str, Any]]:
    """The articles that the page's JSON-LD describes."""
    for _, end, opening in _elements(html, _SCRIPT):
        if opening[1] is None or "ld+json" not in opening[0].lower():
            continue
        try:
            content = json.loads(html[opening.end() : end].strip())
        except (ValueError, RecursionError):
            continue
        waiting = [content]
        seen = 0
        while waiting and seen < 2000:
            seen += 1
            entry = waiting.pop(0)
            if isinstance(entry, list):
                waiting.extend(entry)
            elif isinstance(entry, dict):
                kinds = entry.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(str(kind).lower() in _ARTICLES for kind in kinds) and entry.get("datePublished"):
                    yield entry
                waiting.extend(value for value in (entry.get("@graph"), entry.get("mainEntity")) if value)


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
