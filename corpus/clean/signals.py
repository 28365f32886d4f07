"""What one passage says of itself, wherever it stands: a label, a byline, a date, an image, site furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from corpus.clean.bylines import SHORT, Signal, agency_in, by_ending, byline_value, is_cased, is_name
from corpus.clean.datelines import date_only, dated, remainder
from corpus.clean.passages import ends_sentence, holds_sentence, is_blank, is_list_item, is_prose, words_in
from corpus.dates import find_all
from corpus.words.matching import fold
from corpus.words.wording import (
    addressing,
    all_functions,
    fields,
    labels,
    phrases,
    platforms,
    starting,
    starts,
    words_of,
)

LONG = 420

_PLACEHOLDER = re.compile(
    r"(?:[\w-]+[_-](?:img|image|logo|banner|photo|pic|icon|thumb\w*|ad|ads)|(?:img|image|pic|photo|dsc|banner|spot)[_-]?\w{0,24}"
    r"|\S+\.(?:jpe?g|png|gif|webp|svg|avif|bmp|tiff?|mp4|webm))",
    re.IGNORECASE,
)
_MARKUP_IMAGE = re.compile(
    r"!\[[^\]]{0,300}\]\([^)\s]{0,500}\)|\[(?:image|img|photo|video|bild|фото)\b[^\]]{0,200}\]", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}|@\w{1,30}|(?:#\w{1,40}\s?){1,20}",
    re.IGNORECASE,
)
_TAGS = re.compile(r"(?:#[^\s#]{1,40}[\s,]*){2,}")
_RIGHTS = re.compile(r"(?:©|\(c\)|copyright\b|&copy;).{0,200}", re.IGNORECASE | re.DOTALL)
_CRUMB = re.compile(r"\s*[>›»→/|•·∙]\s*")
_COUNT = re.compile(r"(?:[\d.,]+\s?[kKmM]?\s+\S{1,14}(?:\s+\S{1,12})?|\S{1,14}\s+\(?[\d.,]+[kKmM]?\)?)")
_WIRE_LINE = re.compile(r"[^\W\d_][^()（）]{1,50}[(（]([^()（）]{2,30})[)）][\s.–—-]*")
_POST = re.compile(r"^[\s–—―-]{0,4}[^@\n]{1,60}\(@\w{1,30}\)")


def signal(text: str) -> Signal | None:
    """The role the passage's own words give it, None where they give none."""
    return _remembered(text) if len(text) <= LONG else _signal(text)


def _signal(text: str) -> Signal | None:
    return (
        _by_logo(text)
        or _by_shape(text)
        or _by_label(text)
        or dated(text)
        or by_ending(text)
        or _by_start(text)
        or _by_credit(text)
        or _by_phrase(text)
    )


# The furniture of a site stands on all of its pages.
_remembered = lru_cache(4_096)(_signal)


def _by_shape(text: str) -> Signal | None:
    if is_blank(text):
        return Signal("furniture", "symbol")
    if len(text) <= 300 and (_PLACEHOLDER.fullmatch(text) or _MARKUP_IMAGE.fullmatch(text)):
        return Signal("furniture", "placeholder")
    if len(text) <= 600 and (_ADDRESS.fullmatch(text) or _TAGS.fullmatch(text)):
        return Signal("furniture", "address")
    if len(text) <= SHORT and _only_platforms(text):
        return Signal("share", "share:platforms")
    if text.isdecimal() and len(text) <= 6:
        return Signal("furniture", "number", strong=False)
    wire = _WIRE_LINE.fullmatch(text)
    place = "" if wire is None else text[: wire.start(1) - 1]
    if wire is not None and _is_place(place) and (named := agency_in(wire[1])) is not None:
        return Signal("dateline", "dateline:wire", (("agency", named),))
    agency = agency_in(text)
    if agency is not None:
        return Signal("furniture", "agency", (("agency", agency),))
    if _RIGHTS.fullmatch(text) or (len(text) <= SHORT and "©" in text):
        return Signal("furniture", "copyright")
    if len(text) <= SHORT and not ends_sentence(text):
        crumbs = _CRUMB.split(text)
        if len(crumbs) >= 3 and all(0 < len(crumb.split()) <= 4 for crumb in crumbs) and date_only(text) is None:
            return Signal("furniture", "breadcrumb")
    return None


def _is_place(text: str) -> bool:
    """Whether the text can be the place and the day of a dispatch ("MADRID, 11"), not a sentence."""
    words = text.split()
    return (
        0 < len(words) <= 5 and not holds_sentence(text) and not any(word in all_functions() for word in words_of(text))
    )


@cache
def _platform_words() -> frozenset[str]:
    return frozenset(word for name in platforms() for word in name.split())


def _only_platforms(text: str) -> bool:
    words = fold(text).replace("|", " ").replace("/", " ").replace(",", " ").replace("•", " ").split()
    if " ".join(words) in platforms():
        return True
    named = sum(word in _platform_words() for word in words)
    # A share bar may end with words of the site's language ("copiar link").
    return len(words) > 1 and (named == len(words) or (named >= 4 and named * 4 >= len(words) * 3))


def _by_label(text: str) -> Signal | None:
    if len(text) > LONG:
        return None
    found = fields(text)
    if not found:
        return _since(text)
    head = text[: found[0].start].strip(" *#•·-–—|>[【(（")
    if head and not _dated_head(head):
        return None
    first = found[0]
    if first.kind == "summary":
        return None if first.value else Signal("label", "label:summary")
    if len(found) == 1 and (len(first.value) > SHORT or (is_prose(first.value) and first.kind != "other")):
        return None
    if first.kind == "author" and len(found) == 1 and first.value and not _author_like(first.value):
        return None
    states = tuple(pair for field in found for pair in _stated(field.kind, field.value) if pair[1])
    if head:
        return Signal("dateline", "dateline:bare", (("published", head), *states))
    role = "byline" if first.kind == "author" and first.value else "label"
    return Signal(role, f"label:{first.kind}", states)


def _since(text: str) -> Signal | None:
    """ "Updated 2 hours ago": a label without a colon, and no date."""
    words = text.split()
    if not 3 <= len(words) <= 7 or ends_sentence(text) or not any(char.isdecimal() for char in text):
        return None
    for size in (3, 2, 1):
        kind = labels().get(fold(" ".join(words[:size])))
        if kind in ("published", "updated") and words[size][0].isdecimal() and date_only(text) is None:
            return Signal("label", f"label:{kind}")
    return None


def _author_like(value: str) -> bool:
    return is_name(re.split(r"[,(|（]", value)[0], most=6) or words_in(value) <= 6


def _dated_head(head: str) -> bool:
    found = date_only(head)
    return found is not None and not remainder(found[1])


def _stated(kind: str, value: str) -> Iterator[tuple[str, str]]:
    """A field and, where a source or an author is followed by a date, that date as its own."""
    if kind in ("source", "author"):
        dates = [found for found in find_all(value, None, short_years=True) if found.precision == "day"]
        if dates and dates[0].year is not None:
            yield kind, value[: dates[0].start].strip(" |·,-–—(（")
            yield "published", value[dates[0].start :]
            return
    yield kind, value


def _by_start(text: str) -> Signal | None:
    if len(text) > LONG:
        return None
    start = starting(text)
    if start is None:
        return None
    kind, end = start
    rest = text[end:].lstrip()
    marked = rest[:1] in (":", "：", "|", "/", "／", "-", "–", "—", "©", "»", "›", ">")
    value = rest.lstrip(":：|/／-–— ©")
    if kind == "byline":
        if len(text) <= 90 and not ends_sentence(text.rstrip(".")):
            name = byline_value(text, end)
            if name is not None:
                return Signal("byline", "byline", (("author", name),))
        return None
    if kind == "ad":
        return None if value else Signal("furniture", "advertisement")
    if kind == "caption":
        short = len(text) <= SHORT and not ends_sentence(text)
        return Signal("caption", "caption") if marked or (short and words_in(text) <= 8) else None
    if not value:
        return Signal("teaser", "teaser:header")
    if marked:
        return Signal("teaser", "teaser:line")
    if words_in(text) <= 6 and not ends_sentence(text):
        return Signal("teaser", "teaser:header", strong=False)
    return None


_CREDIT_REACH = 70


def _by_credit(text: str) -> Signal | None:
    """A picture's words, closed by who took it: ``… im Juli. FOTO: AGENTUR``."""
    if len(text) > 200 or ends_sentence(text) or is_list_item(text):
        return None
    shift = max(0, len(text) - _CREDIT_REACH)
    for start, end, kind in starts().find(text[shift:]):
        rest = text[shift + end :].lstrip()
        if kind == "caption" and rest[:1] in (":", "：", "/", "©") and shift + start > 0 and len(rest) > 2:
            before = text[: shift + start].rstrip()
            if not before or before[-1] in '.!?…。)|–—-/»”"':
                return Signal("caption", "caption:credit")
    return None


def _by_phrase(text: str) -> Signal | None:
    if len(text) > 2000:
        return None
    hits = [
        (start, end, role) for start, end, role in phrases().find(text) if role not in ("bio", "republished", "logo")
    ]
    if not hits:
        return None
    covered = sum(end - start for start, end, _ in hits)
    roles = [role for _, _, role in hits]
    role = max(dict.fromkeys(roles), key=roles.count)
    addressed = not addressing().isdisjoint(words_of(text)) if len(text) <= 2 * LONG else False
    if not is_prose(text):
        # A heading may name a newsletter; furniture begins with such words, and consists of little else.
        opening = hits[0][0] <= 3
        most = covered * 10 >= len(text) * 7
        some = covered * 3 >= len(text) or len(hits) >= 2
        if not some and not most and not addressed:
            return None
        return Signal(role, f"{role}:phrase", strong=most or (some and (opening or addressed)))
    # An article may speak of newsletters, cookies or the law of privacy: furniture speaks to its reader.
    opening = hits[0][0] <= 12 and len(text) <= LONG
    caseless = not is_cased(text)
    if covered * 5 >= len(text) * 3 or role == "disclaimer":
        told = len(hits) >= 3 or covered * 5 >= len(text) * 2 or opening
    else:
        told = (addressed or caseless) and (len(hits) >= 3 or covered * 5 >= len(text) * 2 or opening)
        told = told or (opening and len(text) <= SHORT)
    # What stands in quotation marks was said by somebody.
    if told and text[0] not in "\"“„«»「『‘':":
        return Signal(role, f"{role}:phrase")
    return Signal(role, f"{role}:phrase", strong=False) if covered * 3 >= len(text) and addressed else None


def _by_logo(text: str) -> Signal | None:
    """ "Example-Logo": the alternative text of a masthead's picture."""
    if len(text) > 60 or ends_sentence(text):
        return None
    for start, end, role in phrases().find(text):
        if role != "logo":
            continue
        name = (text[:start] + text[end:]).strip(" -–—:|")
        if (start == 0 or end == len(text)) and 0 < len(name.split()) <= 5:
            return Signal("furniture", "logo", (("logo", name),))
    return None


def counter(text: str) -> bool:
    """Whether the line is a number with a word ("5 min", "12 Kommentare")."""
    return len(text) <= 40 and _COUNT.fullmatch(text) is not None


def post_end(text: str) -> bool:
    """Whether the line closes an embedded post: name, handle and mostly a date."""
    return len(text) <= SHORT and _POST.match(text) is not None
