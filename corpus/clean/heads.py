"""What precedes the first paragraph: the headline, its subheads, and the site's own lines."""

from __future__ import annotations

import re

from corpus.clean.bylines import Signal, is_cased, is_name
from corpus.clean.passages import columns, ends_sentence, is_list_item, words_in
from corpus.clean.signals import counter
from corpus.clean.standing import Part, masthead
from corpus.words.wording import all_functions, words_of

HEADLINE_WORDS = 34
# A sentence that stands alone between the headline and the byline is no longer than this.
STANDFIRST = 420
# How many lines may stand between such a sentence and the byline or the date.
HEAD_LINES = 8


def end_of_head(parts: list[Part], first: int) -> int:
    """The first paragraph of the body: behind the byline and the date, where only a standfirst precedes them."""
    lead = parts[first]
    if len(lead.text) > STANDFIRST:
        return first
    prose = [number for number in range(first + 1, len(parts)) if parts[number].prose and parts[number].open]
    if not prose:
        return first
    heading = [number for number in range(first + 1, min(prose[0], first + 1 + HEAD_LINES)) if _of_head(parts[number])]
    if not heading or _chronicle(parts, heading[-1]):
        return first
    lead.become("lead", "standfirst")
    return prose[0]


_HOUR = re.compile(r"(?<!\d)\d{1,2}[:：h時时]\s?\d{2}(?!\d)")


def _of_head(part: Part) -> bool:
    """Whether the line belongs above an article; a bare "Stand: 31.12.2023" may as well date a table in it."""
    if part.rule == "label:updated":
        return _HOUR.search(part.text) is not None
    return part.role in ("byline", "dateline") or part.rule in ("label:published", "label:author")


def _chronicle(parts: list[Part], heading: int) -> bool:
    """Whether bare dates stand between the paragraphs that follow too: then they are headings of a chronicle."""
    return parts[heading].rule == "dateline:bare" and any(
        part.rule == "dateline:bare" and any(later.prose and later.open for later in parts[number:])
        for number, part in enumerate(parts[heading + 1 :], start=heading + 2)
    )


def settle_head(parts: list[Part], first: int, titled: bool) -> None:
    """What precedes the first paragraph: headline, subheads, and the site's own lines."""
    _titles(parts, first, titled)
    for part in parts[:first]:
        if part.open and part.signal is not None and not headlike(part):
            part.become(part.signal.role, part.signal.rule)
    for part in parts[:first]:
        if part.open and masthead(part.text):
            part.become("furniture", "masthead")
    if not titled and not any(part.role == "headline" for part in parts):
        best = _headline(parts, first)
        if best is not None:
            best.text = best.text.lstrip("# ") if best.text.startswith("#") else best.text
            best.become("headline", "first heading")
    seen = any(part.role == "headline" for part in parts)
    body = " ".join(part.text for part in parts[first : first + 12] if part.prose)
    after_headline = titled or not seen
    for number, part in enumerate(parts[:first]):
        if part.role == "headline":
            after_headline = True
        elif part.open:
            _settle(part, parts, number, first, after_headline, body)


def _headline(parts: list[Part], first: int) -> Part | None:
    """The first line that reads as a heading; a menu's line only where nothing else is there."""
    candidates = [part for part in parts[:first] if part.open and headlike(part)]
    sound = [part for part in candidates if part.signal is None and not _menu(part.text)]
    long = [part for part in sound if _long_enough(part.text)]
    standfirst = next((part for part in parts[:first] if part.rule == "standfirst"), None)
    if not long and standfirst is not None and words_in(standfirst.text) <= HEADLINE_WORDS:
        lesser = [part for part in sound if columns(part.text) >= 12 and not part.text.isupper()]
        # A headline may close with a full stop, as some papers write it.
        return lesser[0] if lesser else standfirst
    if long:
        return long[0]
    return max(sound or candidates, key=lambda part: columns(part.text), default=None)


def _menu(text: str) -> bool:
    """Whether the line is a few capitalised words that make no phrase ("News Sport Wetter")."""
    words = text.split()
    if not 2 <= len(words) <= 7 or not is_cased(text) or any(char.isdigit() or char in ",:;?!" for char in text):
        return False
    phrase = any(word in all_functions() for word in words_of(text))
    titled = all(word[:1].isupper() or not word[:1].isalpha() for word in words)
    return (titled and not phrase and len(words) <= 4) or (text.isupper() and not phrase) or _crumbs(words)


def _crumbs(words: list[str]) -> bool:
    return any(word in ("•", "|", "·", "/", ">", "»", "›") for word in words) and len(words) <= 6


def _titles(parts: list[Part], first: int, titled: bool) -> None:
    """ "Subject: …" above the text names its headline; the label stays visible as one."""
    if titled:
        return
    for number, part in enumerate(parts[:first]):
        if part.rule == "label:title" and part.states.get("title"):
            value = part.states["title"]
            label = part.text[: part.text.rfind(value)].strip() if value in part.text else ""
            part.become("headline", "label:title")
            part.text, part.signal = value, None
            if label:
                parts.insert(number, Part(label, part.fresh, None, False, "label", "label:title"))
            return


_TAIL = re.compile(r"\s+[|–—»·-]\s+([^|–—»]{2,40})$")


def site_in_headline(parts: list[Part]) -> None:
    """ "Headline - The Site": the site's name is cut off where it is known or stands in the site's own lines."""
    for number, part in enumerate(parts):
        tail = _TAIL.search(part.text) if part.role == "headline" else None
        if tail is None:
            continue
        name = tail[1].strip()
        cut = [other for other in parts if other.role == "furniture"]
        if masthead(name) or any(name == other.text or ("©" in other.text and name in other.text) for other in cut):
            site = Part(tail[0].strip(), False, Signal("furniture", "masthead"), False, "furniture", "masthead")
            part.text = part.text[: tail.start()]
            parts.insert(number + 1, site)
            return


def _settle(part: Part, parts: list[Part], number: int, first: int, after_headline: bool, body: str) -> None:
    small = words_in(part.text) <= 4 and not ends_sentence(part.text)
    if part.signal is not None:
        part.become(part.signal.role, part.signal.rule)
    elif is_list_item(part.text):
        part.become("list", "item")
    elif not after_headline:
        part.become("furniture", "before the headline")
    elif small and is_name(part.text) and (is_cased(part.text) or _beside_date(parts, number)):
        subject = any(len(word) > 3 and word.strip(".,")[:5] in body for word in part.text.split())
        named = subject and not _beside_date(parts, number)
        part.become(*(("caption", "name of a picture") if named else ("byline", "name under the headline")))
    elif small and number + 1 < first and _uppercase_or_tiny(part.text):
        part.become("furniture", "before the body")
    elif ends_sentence(part.text):
        part.become("lead", "sentence before the body")
    else:
        part.become("subhead", "line before the body")


def _beside_date(parts: list[Part], number: int) -> bool:
    """Whether the next line is the one that dates the article: a byline stands above it."""
    following = parts[number + 1] if number + 1 < len(parts) else None
    return following is not None and (
        following.role == "dateline"
        or following.rule in ("label:published", "label:updated")
        or (following.signal is not None and following.signal.role == "dateline")
    )


def _uppercase_or_tiny(text: str) -> bool:
    return text.isupper() or columns(text) <= 6 or counter(text)


def headlike(part: Part) -> bool:
    """Whether a line can be a headline: of some length, and not closed by a full stop."""
    text = part.text.rstrip()
    if part.prose and ends_sentence(text):
        return False
    plain_stop = text[-1:] in ".。।॥۔" and not text.endswith(("...", "…"))
    signalled = part.signal is not None and part.signal.role not in (
        "newsletter",
        "furniture",
        "teaser",
        "dateline",
    )
    return not plain_stop and not signalled and words_in(text) <= HEADLINE_WORDS + 8 and not counter(text)


def _long_enough(text: str) -> bool:
    return (words_in(text) >= 4 and columns(text) >= 16) or columns(text) >= 24
