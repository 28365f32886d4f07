"""When an article was published: only from evidence, in a fixed order, with the words it was read in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from corpus.clean import Cleaned
from corpus.dates import Found, find_all
from corpus.dates.clock import time_around
from corpus.model import Given, Passage, PublicationDate
from corpus.words.normalising import normalise
from corpus.words.wording import label_at, labels

EARLIEST = 1990
# How far into the first paragraph a news agency's dateline reaches.
WIRE_REACH = 140

_IN_URL = re.compile(
    r"(?<![\d])((?:19|20)\d\d)(?:/(\d{1,2})(?:/(\d{1,2}))?(?=/|$|-)|-(\d{2})-(\d{2})(?!\d)|_(\d{2})_(\d{2})(?!\d)|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d))"
)
_STAMP = re.compile(r"(\d{4}-\d{2}(?:-\d{2})?)(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s?(Z|[+-]\d{2}:?\d{2})?)?$")
_YEAR_ONLY = re.compile(r"\d{4}$")
_WIRE = re.compile(
    r"[\s.,)]*(?:\([^)]{2,40}\)|/[^/]{2,40}/)?\s*(?:[-–—]{1,3}|:|\.\s*[-–—])\s|[\s,]*\((?:[A-Za-z][^)]{1,30})\)"
    r"|[\s.,)]*/[^/]{2,40}/[.\s]"
)


def find_publication_date(
    cleaned: Cleaned,
    given: Given,
    language: str | None,
    *,
    url: str | None = None,
    latest: date | None = None,
) -> PublicationDate:
    """The publication date with precision, method (given, metadata, stated, url) and evidence; empty if unknown.

    ``latest`` is the last day an article can have appeared on; what is stated beyond it is not believed.
    """
    for value, method in ((given.date, "given"), (cleaned.metadata.date, "metadata")):
        if value is not None:
            found = parse_stamp(value, language, latest=latest)
            if found is not None:
                return replace(found, method=method)
    hint = _from_url(url, latest)
    for found in _stated(cleaned, language, latest, hint):
        return found
    return hint or PublicationDate()


def parse_stamp(text: str, language: str | None, *, latest: date | None = None) -> PublicationDate | None:
    """A date that stands alone, as machines or people write it, with its time; None where it is none."""
    bare = normalise(text).strip()[:120]
    match = _STAMP.match(bare)
    if match is not None:
        day = _plausible(match[1], latest)
        if day is None:
            return None
        if match[2] is None or len(match[1]) < 10:
            return PublicationDate(match[1], "day" if len(match[1]) == 10 else "month", None, bare)
        return _timed(match[1], match[2], _offset(match[3]), bare)
    if _YEAR_ONLY.match(bare):
        return PublicationDate(bare, "year", None, bare) if _plausible(bare, latest) is not None else None
    dates = [found for found in find_all(bare, language, short_years=True) if found.year is not None]
    if not dates:
        return None
    return _dated(bare, dates[0], bare, latest, None)


def _offset(text: str | None) -> str | None:
    if text is None or text == "Z":
        return None if text is None else "+00:00"
    return text if ":" in text else f"{text[:3]}:{text[3:]}"


def _timed(day: str, clock: str, offset: str | None, evidence: str) -> PublicationDate:
    precision = "second" if clock.count(":") == 2 else "minute"
    return PublicationDate(f"{day}T{clock}{offset or ''}", precision, None, evidence)


def _plausible(value: str, latest: date | None) -> str | None:
    """The ISO prefix, None where it does not exist, lies before the web, or in the future."""
    padded = value + "-01-01"[len(value) - 4 :] if len(value) < 10 else value[:10]
    try:
        day = date.fromisoformat(padded)
    except ValueError:
        return None
    if day.year < EARLIEST or (latest is not None and day > latest):
        return None
    return value


def _dated(
    text: str, found: Found, evidence: str, latest: date | None, hint: PublicationDate | None
) -> PublicationDate | None:
    found = _settled(found, hint)
    value = found.value
    if value is None or _plausible(value, latest) is None:
        return None
    evidence = " ".join(evidence.split())[:200]
    if found.precision == "day":
        clock = time_around(text, found.start, found.end)
        if clock.value is not None:
            return replace(_timed(value, clock.value, clock.offset, evidence), method="stated")
    return PublicationDate(value, found.precision, "stated", evidence)


def _settled(found: Found, hint: PublicationDate | None) -> Found:
    """``1/2/2024`` read as the address of the page has it, where that is one of its two readings."""
    if found.other is None or hint is None or hint.value is None or found.year is None:
        return found
    one, two = found.other
    for month, day in ((one, two), (two, one)):
        read = f"{found.year:04d}-{month:02d}-{day:02d}"
        if hint.value == read or (hint.precision == "month" and read.startswith(hint.value)):
            return replace(found, month=month, day=day, other=None)
    return found


def _stated(
    cleaned: Cleaned, language: str | None, latest: date | None, hint: PublicationDate | None
) -> Iterator[PublicationDate]:
    """What the document says of its own date, the surest first."""
    passages = cleaned.passages
    updated: list[PublicationDate] = []
    for passage, value in cleaned.stated("published"):
        found = _first(value, passage, language, latest, hint)
        if found is not None:
            yield found
    body = [passage.position for passage in passages if passage.role == "body"]
    for passage, value in cleaned.stated("updated"):
        # Between paragraphs such a line dates a table or a figure ("Stand: 31.12.2023"), not the article.
        if body and body[0] < passage.position < body[-1]:
            continue
        found = _first(value, passage, language, latest, hint)
        if found is not None:
            updated.append(found)
    for passage in _datelines(passages):
        told = _dateline(passage, language, latest, hint)
        if told is not None and told[1] == "updated":
            updated.append(told[0])
        elif told is not None:
            yield told[0]
    for passage in [passage for passage in passages if passage.role in ("lead", "body")][:1]:
        found_wire = _wire(passage, language, latest, hint)
        if found_wire is not None:
            yield found_wire
    yield from updated


def _first(
    text: str, passage: Passage, language: str | None, latest: date | None, hint: PublicationDate | None
) -> PublicationDate | None:
    for tongue in dict.fromkeys((language, None)):
        for found in find_all(text, tongue, short_years=True):
            if found.year is not None:
                return _dated(text, found, passage.text, latest, hint)
    return None


def _datelines(passages: tuple[Passage, ...]) -> Iterator[Passage]:
    """The dated lines that can date the article: after the headline, then before it, then right after the end."""
    body = [
        passage.position
        for passage in passages
        if passage.role in ("body", "lead") and passage.rule not in ("standfirst", "sentence before the body")
    ]
    first, last = (body[0], body[-1]) if body else (len(passages), len(passages))
    headline = next((passage.position for passage in passages if passage.role == "headline"), -1)
    top = [passage for passage in passages if _is_dateline(passage) and passage.position < first]
    yield from (passage for passage in top if passage.position > headline)
    yield from reversed([passage for passage in top if passage.position <= headline])
    for passage in passages[last + 1 :]:
        if passage.role in ("teaser", "newsletter"):
            return
        if _is_dateline(passage) and passage.rule in ("dateline:bare", "dateline:byline"):
            yield passage


def _is_dateline(passage: Passage) -> bool:
    return passage.role == "dateline" and passage.rule.startswith("dateline")


def _dateline(
    passage: Passage, language: str | None, latest: date | None, hint: PublicationDate | None
) -> tuple[PublicationDate, str] | None:
    """The date of a line, and whether it is when the article was published or updated."""
    for tongue in dict.fromkeys((language, None)):
        dates = [found for found in find_all(passage.text, tongue, short_years=True) if found.year is not None]
        position = 0
        told: list[tuple[Found, str]] = []
        for found in dates:
            told.append((found, _kind_before(passage.text[position : found.start])))
            position = found.end
        for found, kind in sorted(told, key=lambda pair: (pair[1] == "updated", pair[0].precision != "day")):
            result = _dated(passage.text, found, passage.text, latest, hint)
            if result is not None and result.precision is not None:
                return result, kind
    return None


def _kind_before(text: str) -> str:
    """ "updated" where the words before a date say so, else "published"."""
    words = [piece.strip(" :|·•–—-,(") for piece in re.split(r"[|·•(]", text)]
    for piece in reversed(words):
        found = label_at(f"{piece}:") if piece else None
        if found is not None and found[0] in ("updated", "published"):
            return found[0]
        lowered = piece.casefold()
        if any(kind == "updated" and len(form) > 4 and form in lowered for form, kind in labels().items()):
            return "updated"
    return "published"


def _wire(
    passage: Passage, language: str | None, latest: date | None, hint: PublicationDate | None
) -> PublicationDate | None:
    """An agency's opening: ``LONDON, Feb 9, 2024 (Reuters) - …``."""
    head = passage.text[:WIRE_REACH]
    for found in find_all(head, language)[:1]:
        place = head[: found.start]
        if found.year is None or found.precision != "day" or found.start > 60 or len(place.split()) > 6:
            return None
        capital = re.findall(r"[^\W\d_]+", place)
        if any(word.islower() and len(word) > 3 for word in capital) or _WIRE.match(head, found.end) is None:
            return None
        opening = head[: _WIRE.match(head, found.end).end()]  # type: ignore[union-attr]
        return _dated(head[: found.end], found, opening, latest, hint)
    return None


def _from_url(url: str | None, latest: date | None) -> PublicationDate | None:
    """The date an address holds: ``/2024/02/09/``, ``/2024-02-09-``, ``/20240209``."""
    if url is None:
        return None
    path = re.sub(r"^[a-z]+://[^/]*", "", url, flags=re.IGNORECASE).partition("?")[0]
    for match in _IN_URL.finditer(path):
        month = match[2] or match[4] or match[6] or match[8]
        day = match[3] or match[5] or match[7] or match[9]
        value = f"{match[1]}-{int(month):02d}" + ("" if day is None else f"-{int(day):02d}")
        if _plausible(value, latest) is not None:
            return PublicationDate(value, "month" if day is None else "day", "url", match[0].strip("/"))
    return None


def latest_day(today: date) -> date:
    """The last day an article read today can carry: tomorrow, since it is tomorrow elsewhere."""
    return today + timedelta(days=1)
