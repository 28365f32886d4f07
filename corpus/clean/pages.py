"""HTML pages → the article's lines, what stands around them, and what the page states of itself."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from corpus.clean.markup import depth, page_lines
from corpus.clean.metadata import page_metadata
from corpus.clean.passages import is_prose
from corpus.model import Given
from corpus.words.normalising import normalise

# Deeper nesting than any page has: libxml2 refuses it, and its tags say nothing.
DEEPEST = 400
# How many lines of the page are kept from before and from behind the article.
AROUND = 60

_CONTROL_REFERENCE = re.compile(r"&#(?:x0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]|7[fF])|0*(?:[0-8]|1[124-9]|2\d|3[01]|127));?")


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
    stated = page_metadata(html)
    everything = page_lines(html)
    found = _extract(html, url) if depth(html) <= DEEPEST else None
    text = "" if found is None else str(found.get("text") or "")
    lines = _with_joiners(tuple(line for line in normalise(text).split("\n") if line), everything)
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


_JOINERS = re.compile("[\u200c\u200d]")


def _with_joiners(lines: tuple[str, ...], everything: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with the joiners that Persian and the scripts of India spell with: the library drops them."""
    spelt = {_JOINERS.sub("", line): line for line in everything if _JOINERS.search(line) is not None}
    return tuple(spelt.get(line, line) for line in lines)
