"""Passages in their order → the role of each: which are the article, and which stand around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.matching import fold
from corpus.model import ROLES_IN_TEXT
from corpus.passages import Block, columns, ends_sentence, is_list_item, is_prose, words_in
from corpus.signals import Signal, counter, date_only, is_name, outlets, post_end, signal
from corpus.wording import functions, guess, phrases, votes

# A post on X has 280 characters in its own language; a translation may take half as many again.
POST_LENGTH = 420
HEADLINE_WORDS = 34
# A tail in another language longer than this part of the text is the article once more, not furniture.
FOREIGN_TAIL = 0.25


@dataclass(slots=True)
class Part:
    """A passage on its way to its role (None while none is known)."""

    text: str
    fresh: bool
    signal: Signal | None
    prose: bool
    role: str | None = None
    rule: str = ""

    def become(self, role: str, rule: str) -> None:
        self.role, self.rule = role, rule

    @property
    def open(self) -> bool:
        return self.role is None

    @property
    def states(self) -> dict[str, str]:
        """What the passage states of the article, by field."""
        return {} if self.signal is None else dict(self.signal.states)

    @property
    def in_text(self) -> bool:
        return self.role is None or self.role in ROLES_IN_TEXT


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
    _dates_inside(parts, first, last)
    last = _bio(parts, first, last)
    last = _foreign(parts, first, last)
    _after(parts, last)
    _before(parts, first, title is not None)
    _inside(parts, first, last)
    _site_in_headline(parts)
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
        if part.rule in ("dateline:bare", "dateline:named"):
            part.become("subhead", "date between paragraphs")


def _bio(parts: list[Part], first: int, last: int) -> int:
    """Who wrote it, said after the end: a name alone on a line, then a paragraph that begins with the name."""
    for number in range(last, first, -1):
        part, before = parts[number], parts[number - 1]
        if not part.open or not part.prose:
            continue
        elsewhere = " ".join(other.text for other in parts[: max(number - 1, 0)] if other.open and other.prose)
        words = set(before.text.split())
        opening = part.text.split(" ", 1)[0].strip(",.–—-")
        named = (
            is_name(before.text)
            and opening in words
            and before.text not in elsewhere
            and before.role in (None, "byline")
        )
        telling = [role for _, _, role in phrases().find(part.text[:240])].count("bio")
        known = any(
            other.role == "byline"
            and (author := other.states.get("author")) is not None
            and part.text.startswith(author.split(" ")[0])
            and telling
            and author not in elsewhere
            for other in parts
        )
        about = fold(part.text).startswith(("about the author",)) or before.role == "bio"
        if len(part.text) <= 900 and (named or known or (about and telling)):
            part.become("bio", "name and paragraph")
            if named:
                before.become("byline", "name before bio")
        else:
            return number
    return last if parts[last].open else first


def _foreign(parts: list[Part], first: int, last: int) -> int:
    """A tail in another language than the body, behind a disclaimer or a label, is the site's own."""
    body = [part for part in parts[first : last + 1] if part.open and part.prose]
    own = guess(" ".join(part.text for part in body)[:4000])
    if own is None:
        return last
    total = sum(len(part.text) for part in body)
    tail = 0
    number = last
    while number > first:
        part = parts[number]
        if part.open:
            other = guess(part.text)
            if other is None or other == own or _related(other, own) or votes(part.text).get(own, 0) > 2:
                break
            tail += len(part.text)
        number -= 1
    if number == last or tail > FOREIGN_TAIL * total or tail > 900:
        return last
    for part in parts[number + 1 : last + 1]:
        if part.open:
            part.become("furniture", "other language after the end")
    return number


def _related(one: str, two: str) -> bool:
    return one.split("-")[0] == two.split("-")[0] or {one, two} <= {"id", "ms"} or {one, two} <= {"no", "da"}


def _after(parts: list[Part], last: int) -> None:
    """What follows the last paragraph: teasers after their heading, and lines that close no sentence."""
    mode: tuple[str, str] | None = None
    tail = parts[last + 1 :]
    disclaimed = False
    for number, part in enumerate(tail):
        if not part.open:
            if part.rule == "teaser:header":
                mode = ("teaser", "teaser:listed")
            elif part.role in ("newsletter", "share", "furniture", "disclaimer"):
                mode = (part.role if part.role == "newsletter" else "furniture", "after the end")
                disclaimed = disclaimed or part.role == "disclaimer"
            continue
        if part.signal is not None:
            part.become(part.signal.role, part.signal.rule)
            continue
        if is_name(part.text) and not part.prose and part.signal is None and number == 0 and mode is None:
            part.become("byline", "name after the end")
            continue
        closed = ends_sentence(part.text) and not counter(part.text)
        if closed and words_in(part.text) >= 2 and mode is None:
            part.become("body", "sentence")
            continue
        if is_list_item(part.text) and mode is None and words_in(part.text) >= 4:
            part.become("list", "item")
            continue
        following = next((other for other in tail[number + 1 :] if not other.open or other.signal), None)
        if mode is None and following is not None and following.role == "newsletter":
            mode = ("newsletter", "beside an offer")
        if closed and mode is not None and mode[0] == "teaser" and part.prose:
            part.become("body", "sentence")
            continue
        part.become(*(mode or ("furniture", "after the end")))


def _before(parts: list[Part], first: int, titled: bool) -> None:
    """What precedes the first paragraph: headline, subheads, and the site's own lines."""
    top = [part for part in parts[:first] if part.open]
    for part in parts[:first]:
        if part.open and part.signal is not None and not _headlike(part):
            part.become(part.signal.role, part.signal.rule)
    names = [part for part in parts[:first] if part.open and masthead(part.text)]
    for part in names:
        part.become("furniture", "masthead")
    top = [part for part in parts[:first] if part.open]
    has_headline = titled or any(part.role == "headline" for part in parts)
    candidates = [part for part in top if _headlike(part)]
    if not has_headline and candidates:
        best = next((part for part in candidates if _long_enough(part.text)), None)
        best = best or max(candidates, key=lambda part: columns(part.text))
        if best.text.startswith("#"):
            best.text = best.text.lstrip("# ")
        best.become("headline", "first heading")
    seen = any(part.role == "headline" for part in parts)
    body = " ".join(part.text for part in parts[first : first + 12])
    after_headline = titled or not seen
    for part in parts[:first]:
        if part.role == "headline":
            after_headline = True
        elif part.open:
            _before_one(part, parts, first, after_headline, body)


_TAIL = re.compile(r"\s+[|–—»·-]\s+([^|–—»]{2,40})$")


def _site_in_headline(parts: list[Part]) -> None:
    """ "Headline - The Site": the site's name is cut off where it is known or stands in the site's own lines."""
    for number, part in enumerate(parts):
        tail = _TAIL.search(part.text) if part.role == "headline" else None
        if tail is None:
            continue
        name = tail[1].strip()
        cut = [other for other in parts if other.role == "furniture"]
        if masthead(name) or any(name == other.text or ("©" in other.text and name in other.text) for other in cut):
            signal_of_site = Signal("furniture", "masthead")
            site = Part(tail[0].strip(), False, signal_of_site, False, "furniture", "masthead")
            part.text = part.text[: tail.start()]
            parts.insert(number + 1, site)
            return


def _before_one(part: Part, parts: list[Part], first: int, after_headline: bool, body: str) -> None:
    small = words_in(part.text) <= 4 and not ends_sentence(part.text)
    if is_list_item(part.text):
        part.become("list", "item")
    elif not after_headline:
        part.become("furniture", "before the headline")
    elif small and is_name(part.text):
        subject = any(len(word) > 3 and word.strip(".,")[:5] in body for word in part.text.split())
        part.become(*(("caption", "name of a picture") if subject else ("byline", "name under the headline")))
    elif small and parts[first - 1] is not part and _uppercase_or_tiny(part.text):
        part.become("furniture", "before the body")
    elif ends_sentence(part.text):
        part.become("lead", "sentence before the body")
    else:
        part.become("subhead", "line before the body")


def _uppercase_or_tiny(text: str) -> bool:
    return text.isupper() or columns(text) <= 6 or counter(text)


def _headlike(part: Part) -> bool:
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


def masthead(text: str) -> bool:
    """Whether the line is just the name of an outlet."""
    if len(text) > 60:
        return False
    bare = text.strip(" |-–—•·.:")
    return any(end - start >= len(bare) - 4 for start, end, _ in outlets().find(bare))


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
        elif part.signal is not None and part.signal.role != "dateline" and words_in(part.text) <= 14:
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
        elif number == 0 and len(open_parts) > 1 and _headlike(part) and not _has_headline(parts):
            part.become("headline", "first heading")
        else:
            part.become("list" if is_list_item(part.text) else "body", "line")


def _has_headline(parts: list[Part]) -> bool:
    return any(part.role == "headline" for part in parts)


__all__ = ["Part", "assign", "functions", "masthead"]
