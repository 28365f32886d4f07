"""Passages in their order → the role of each: which are the article, and which stand around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from corpus.clean.bylines import is_name
from corpus.clean.datelines import date_only
from corpus.clean.heads import end_of_head, headlike, settle_head, site_in_headline
from corpus.clean.passages import Block, ends_sentence, is_list_item, is_prose, words_in
from corpus.clean.signals import post_end, signal
from corpus.clean.standing import Part
from corpus.clean.tails import cut_bio, cut_foreign, cut_offer, settle_tail
from corpus.words.matching import fold

# A post on X has 280 characters in its own language; a translation may take half as many again.
POST_LENGTH = 420


def assign(found: Sequence[Block], *, title: str | None = None) -> list[Part]:
    """Every passage with its role and the rule it came from, in order."""
    parts = [Part(block.text, block.fresh, signal(block.text), is_prose(block.text)) for block in found]
    for part in parts:
        if part.signal is not None and part.signal.strong:
            part.become(part.signal.role, part.signal.rule)
    _values(parts)
    _posts(parts)
    _given_title(parts, title)
    _repeats(parts)
    body = _span(parts)
    if body is None:
        _without_prose(parts)
        return parts
    first, last = body
    start = end_of_head(parts, first)
    _dates_inside(parts, start, last)
    last = cut_bio(parts, start, last)
    last = cut_foreign(parts, start, last)
    last = cut_offer(parts, start, last)
    settle_tail(parts, last)
    _inside(parts, start, last)
    settle_head(parts, start, title is not None)
    site_in_headline(parts)
    return parts


def _span(parts: list[Part]) -> tuple[int, int] | None:
    """Where the body begins and ends: the first and the last paragraph that nothing speaks against."""
    prose = [number for number, part in enumerate(parts) if part.prose and part.open]
    firm = [number for number in prose if parts[number].signal is None]
    if not prose:
        return None
    return prose[0], (firm or prose)[-1]


def _values(parts: list[Part]) -> None:
    """The line after a label that stands alone is its value, where it can be one."""
    for part, following in pairwise(parts):
        if part.role != "label" or part.signal is None or part.signal.states:
            continue
        kind = part.rule.removeprefix("label:")
        if kind in ("published", "updated") and date_only(following.text) is not None and not following.prose:
            following.become("dateline", f"value:{kind}")
        elif following.open and not following.prose and following.signal is None:
            if kind == "author" and is_name(following.text):
                following.become("byline", "value:author")
            elif kind in ("source", "other") and words_in(following.text) <= 6 and not following.fresh:
                following.become("label", f"value:{kind}")


def _posts(parts: list[Part]) -> None:
    """An embedded post: the line with its author's handle and the few lines before it."""
    for number, part in enumerate(parts):
        if not part.text.startswith((">", "❝")) and not post_end(part.text):
            continue
        part.become("quote", "post" if post_end(part.text) else "quoted")
        if part.rule != "post":
            continue
        room = POST_LENGTH
        for earlier in reversed(parts[:number]):
            room -= len(earlier.text)
            # A paragraph that itself quotes and tells who spoke is the article's own.
            if room < 0 or not earlier.open or re.search('["“”„«»「]', earlier.text):
                break
            earlier.become("quote", "post")


def _given_title(parts: list[Part], title: str | None) -> None:
    if title is None:
        return
    wanted = fold(title).strip(" .")
    for part in parts[:12]:
        text = fold(part.text).strip(" .#")
        # A page's title may carry the site's name behind the headline.
        if text == wanted or (
            len(text) >= 20 and re.match(r"\s+[|–—·»-]\s", wanted[len(text) :]) and wanted.startswith(text)
        ):
            part.become("headline", "given")
            return


def _repeats(parts: list[Part]) -> None:
    """A short line that stands twice is the site's, not the article's."""
    counts = Counter(part.text for part in parts if not part.prose)
    headline_seen: set[str] = set()
    for part in parts:
        if part.open and counts[part.text] > 1 and not part.prose and not is_list_item(part.text):
            if words_in(part.text) >= 5 and part.text not in headline_seen:
                headline_seen.add(part.text)
                continue
            part.become("furniture", "repeated")


def _dates_inside(parts: list[Part], first: int, last: int) -> None:
    """A date between paragraphs is a heading of the article (a chronicle), not the date of it."""
    for part in parts[first : last + 1]:
        if part.role == "dateline" and part.rule in ("dateline:bare", "dateline:named", "dateline:timed"):
            part.become("subhead", "date between paragraphs")


def _inside(parts: list[Part], first: int, last: int) -> None:
    """The body: paragraphs, lists, headings between paragraphs; the teasers and offers set into it stay cut."""
    listed = False
    for number in range(first, last + 1):
        part = parts[number]
        if not part.open:
            listed = part.rule == "teaser:header" or (listed and part.role == "teaser")
            continue
        if part.prose:
            listed = False
            part.become("lead" if number == first and _is_lead(parts, number, last) else "body", "paragraph")
        elif (
            part.signal is not None and not _said(part) and part.signal.role != "dateline" and words_in(part.text) <= 14
        ):
            part.become(part.signal.role, part.signal.rule)
            listed = part.rule == "teaser:header"
        elif listed and not ends_sentence(part.text) and words_in(part.text) >= 4:
            part.become("teaser", "teaser:listed")
        elif is_list_item(part.text):
            part.become("list", "item")
        elif ends_sentence(part.text) and not part.text.rstrip().endswith(("?", "？", "؟")):
            part.become("body", "sentence")
        else:
            following = next((other for other in parts[number + 1 : last + 1] if other.in_text), None)
            heading = following is not None and words_in(part.text) <= 18
            part.become("subhead" if heading else "body", "line between paragraphs")


def _said(part: Part) -> bool:
    """Whether a line that only names what furniture names closes as a sentence does."""
    return (
        part.signal is not None and part.signal.rule.endswith(":phrase") and part.text.endswith((".", "。", "।", "۔"))
    )


def _is_lead(parts: list[Part], number: int, last: int) -> bool:
    """Whether the first paragraph stands apart from the body: it is short and a heading follows it."""
    headed = any(part.role == "headline" for part in parts[:number])
    return headed and number < last and len(parts[number].text) <= 320 and last - number >= 3


def _without_prose(parts: list[Part]) -> None:
    """A document without a paragraph: its first line is the headline when more follow, all lines stay."""
    open_parts = [part for part in parts if part.open]
    for number, part in enumerate(open_parts):
        if part.signal is not None and len(open_parts) > 1:
            part.become(part.signal.role, part.signal.rule)
        elif number == 0 and len(open_parts) > 1 and headlike(part) and not _has_headline(parts):
            part.become("headline", "first heading")
        else:
            part.become("list" if is_list_item(part.text) else "body", "line")


def _has_headline(parts: list[Part]) -> bool:
    return any(part.role == "headline" for part in parts)
