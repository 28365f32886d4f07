"""What one passage says of itself, wherever it stands: a label, a byline, a date, an image, site furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from corpus.calendars import months
from corpus.dates import Found, find_all
from corpus.matching import Matcher, fold
from corpus.passages import ends_sentence, is_blank, is_prose, words_in
from corpus.topic import Outlet, load_topic
from corpus.wording import endings, fields, labels, phrases, starting, tables

SHORT = 160
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
_POST = re.compile(r"^[\s–—―-]{0,4}[^@\n]{1,60}\(@\w{1,30}\)")
_NAME_TOKEN = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’.-][^\W\d_'’-]*){0,3}")


@dataclass(frozen=True, slots=True)
class Signal:
    """A role a passage claims by its own words, the rule, and what it states: pairs of a field and its value.

    The fields are those of labels (published, updated, author, source, url, other) and ``logo``.
    """

    role: str
    rule: str
    states: tuple[tuple[str, str], ...] = ()
    strong: bool = True


@cache
def outlets() -> Matcher[Outlet]:
    """Finds the outlets the topic knows."""
    return Matcher({alias: outlet for outlet in load_topic().outlets for alias in outlet.aliases})


@cache
def _joining_words() -> frozenset[str]:
    return frozenset(fold(word) for word in tables()["names"]["joining"])


def is_name(text: str, *, most: int = 4) -> bool:
    """Whether the text can be a person's name: two to four capitalised words, or a few unspaced characters."""
    tokens = text.strip(" .,;:").split()
    if not tokens or len(text) > 60 or any(char.isdigit() for char in text):
        return False
    if not any(char.isupper() or char.islower() for char in text):
        letters = [char for char in text if char.isalpha()]
        return 2 <= len(letters) <= 40 and len(tokens) <= most and not ends_sentence(text)
    capital = 0
    for token in tokens:
        if _NAME_TOKEN.fullmatch(token.strip(",")) is None:
            return False
        if token[0].isupper():
            capital += 1
        elif fold(token) not in _joining_words():
            return False
    return 2 <= capital <= most and len(tokens) <= most + 2


def date_only(text: str, language: str | None = None) -> tuple[Found, str] | None:
    """The first date of a short line and what else the line says; None where it has no date with a year."""
    if len(text) > 140:
        return None
    dates = [found for found in find_all(text, language, short_years=True) if found.year is not None]
    if not dates:
        return None
    rest = text
    for found in reversed(dates):
        rest = f"{rest[: found.start]} {rest[found.end :]}"
    return dates[0], rest


_TIME_LEFT = re.compile(
    r"\d{1,2}[:.h時时点點]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?m\b\.?)?|[+-]\d{1,2}:?\d{0,2}|\b(?:UTC|GMT|[A-Z]{2,4}T|Z)\b",
    re.I,
)
_PIECE = re.compile(r"[^\s,;:()|•·–—/\[\].、，。-]+")


def remainder(rest: str) -> list[str]:
    """The words of a dated line that are neither time, weekday, label nor furniture, nor link such words."""
    known, updated = _date_words(), _update_words()
    kept = list(rest)
    for start, end, role in phrases().find(rest):
        if role in ("furniture", "share"):
            kept[start:end] = " " * (end - start)
    left: list[str] = []
    skipped = 0
    for piece in _PIECE.findall(_TIME_LEFT.sub(" ", "".join(kept))):
        word = fold(piece)
        if word in updated:
            # "Updated three days ago": what follows says when, and is no date of ours.
            skipped = 3
        elif word not in known and not piece.isdecimal():
            if skipped == 0:
                left.append(piece)
            skipped = max(0, skipped - 1)
    return left


@cache
def _update_words() -> frozenset[str]:
    return frozenset(form for form, kind in labels().items() if kind == "updated" and " " not in form)


@cache
def _date_words() -> frozenset[str]:
    """Words that stand in a dateline of any language beside the date itself."""
    words: set[str] = set()
    for table in tables().values():
        dates = table.get("dates", {})
        for section in ("links", "after_year", "beside", "weekdays"):
            words.update(fold(word) for form in dates.get(section, ()) for word in form.split())
    for form, kind in labels().items():
        if kind in ("published", "updated"):
            words.update(form.split())
    words.update(fold(zone) for zone in tables()["zones"]["offsets"])
    for names in tables()["names"]["weekdays"].values():
        words.update(fold(name) for name in names)
    return frozenset(words)


def signal(text: str) -> Signal | None:
    """The role the passage's own words give it, None where they give none."""
    return (
        _by_logo(text)
        or _by_shape(text)
        or _by_label(text)
        or _by_date(text)
        or _by_ending(text)
        or _by_start(text)
        or _by_phrase(text)
    )


def _by_shape(text: str) -> Signal | None:
    if is_blank(text):
        return Signal("furniture", "symbol")
    if len(text) <= 300 and (_PLACEHOLDER.fullmatch(text) or _MARKUP_IMAGE.fullmatch(text)):
        return Signal("furniture", "placeholder")
    if len(text) <= 600 and (_ADDRESS.fullmatch(text) or _TAGS.fullmatch(text)):
        return Signal("furniture", "address")
    if _RIGHTS.fullmatch(text) or (len(text) <= SHORT and "©" in text):
        return Signal("furniture", "copyright")
    if len(text) <= SHORT and not ends_sentence(text):
        crumbs = _CRUMB.split(text)
        if len(crumbs) >= 3 and all(0 < len(crumb.split()) <= 4 for crumb in crumbs) and date_only(text) is None:
            return Signal("furniture", "breadcrumb")
    return None


def _by_label(text: str) -> Signal | None:
    if len(text) > LONG:
        return None
    found = fields(text)
    if not found:
        return None
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


def _by_date(text: str) -> Signal | None:
    found = date_only(text)
    if found is None or ends_sentence(text.rstrip(".")):
        return None
    left = remainder(found[1])
    if not left:
        return Signal("dateline", "dateline:bare")
    if ends_sentence(text):
        return None
    start = starting(text)
    if start is not None and start[0] == "byline" and len(left) <= 8:
        name = _byline_value(text, start[1])
        return Signal("dateline", "dateline:byline", () if name is None else (("author", name),))
    ending = _by_ending(found[1])
    if ending is not None:
        return Signal("dateline", "dateline:byline", ending.states)
    separated = re.search(r"[|•·–—/,、，]|\s-\s", text) is not None
    names = all(piece[0].isupper() or not piece[0].islower() for piece in left)
    known = " ".join(left)
    if any(end - begin >= len(known) - 3 for begin, end, _ in outlets().find(known)):
        return Signal("dateline", "dateline:outlet", (("source", known),))
    if separated and names and len(left) <= 4 and sum(map(len, left)) <= 40:
        return Signal("dateline", "dateline:named", strong=False)
    return None


def _by_ending(text: str) -> Signal | None:
    """A byline that ends with its word: ``홍길동 기자``."""
    if len(text) > SHORT:
        return None
    bare = re.sub(r"\S+@\S+", " ", text).strip(" |·,()[]【】")
    if len(bare) > 40:
        return None
    for ending in endings():
        if bare.endswith(ending):
            name = re.split(r"[=/|·／]", bare.removesuffix(ending))[-1].strip(" ,")
            if is_name(name):
                return Signal("byline", "byline", (("author", name),))
    return None


_BYLINE_END = re.compile(r"\s*(?:[|•·–—,;/(／（]|\s-\s|\d|$)")


def _byline_value(text: str, start: int) -> str | None:
    rest = text[start:].lstrip(" :：")
    stop = _BYLINE_END.search(rest)
    name = rest[: stop.start()].strip() if stop is not None else rest
    words = name.split()
    told = next((number for number, word in enumerate(words) if fold(word) in _date_words() or _is_month(word)), None)
    words = words[:told]
    small = (number for number, word in enumerate(words) if word[0].islower() and fold(word) not in _joining_words())
    name = " ".join(words[: next(small, None)])
    return name if is_name(name, most=6) else None


def _is_month(word: str) -> bool:
    return any(end - start == len(word) for start, end, _ in months(None).find(word))


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
            name = _byline_value(text, end)
            if name is not None:
                return Signal("byline", "byline", (("author", name),))
        return None
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
    if not is_prose(text):
        # A heading may name a newsletter; furniture consists of little else.
        strong = covered * 3 >= len(text) or len(hits) >= 2
        return Signal(role, f"{role}:phrase", strong=strong)
    opening = hits[0][0] <= 12
    if len(hits) >= 3 or covered * 5 >= len(text) * 2 or (opening and len(text) <= LONG):
        return Signal(role, f"{role}:phrase")
    # An article may speak of newsletters or cookies: a paragraph is only doubted where it says little else.
    return Signal(role, f"{role}:phrase", strong=False) if covered * 3 >= len(text) else None


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
