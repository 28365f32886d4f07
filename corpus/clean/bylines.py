"""People and outlets a short line names: bylines, the names of authors, agencies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corpus.clean.passages import ends_sentence
from corpus.dates.calendars import months
from corpus.topic import Outlet, load_topic
from corpus.words.matching import Matcher, fold
from corpus.words.wording import date_words, endings, tables

SHORT = 160

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


@cache
def agencies() -> Matcher[str]:
    """Finds the news agencies, whose names stand beside an author's or alone on a line."""
    named = {("=" + name if name.isupper() else name): name for name in tables()["names"]["agencies"]}
    aliases = tables()["names"]["agency_aliases"]
    named |= {("=" + alias if alias.isupper() else alias): name for alias, name in aliases.items()}
    # An agency the topic knows goes by its names in all scripts.
    for outlet in load_topic().outlets:
        if not named.keys().isdisjoint((outlet.name, *outlet.aliases)):
            named |= dict.fromkeys((alias for alias in outlet.aliases if not alias.endswith("*")), outlet.name)
            named |= dict.fromkeys((alias.rstrip("*") for alias in outlet.aliases), outlet.name)
    return Matcher(named)


def agency_in(text: str) -> str | None:
    """The agency that a line, stripped of its brackets, consists of; None where it says more."""
    bare = text.strip(" ()[]/|-–—.:（）【】《》")
    if not 1 < len(bare) <= 40:
        return None
    bracketed = text[:1] in "(/[（" and text[-1:] in ")/]）"
    for start, end, name in agencies().find(bare):
        if start == 0 and end == len(bare) and (bracketed or not bare.isascii() or bare[0].isupper() or name.islower()):
            return name
    return None


def is_name(text: str, *, most: int = 4) -> bool:
    """Whether the text can be a person's name: two to four capitalised words, or a few unspaced characters."""
    tokens = text.strip(" .,;:").split()
    if not tokens or len(text) > 60 or any(char.isdigit() for char in text):
        return False
    if not is_cased(text):
        return _is_caseless_name(text, tokens, most)
    capital = 0
    for token in tokens:
        if _NAME_TOKEN.fullmatch(token.strip(",")) is None:
            return False
        if token[0].isupper():
            capital += 1
        elif fold(token) not in _joining_words():
            return False
    return 2 <= capital <= most and len(tokens) <= most + 2


def is_cased(text: str) -> bool:
    """Whether the text is in a script with capital letters, which show what is a name."""
    return any(char.isupper() or char.islower() for char in text)


_HAN_NAME = re.compile("[\u3040-\u30ff\u3400-\u9fff]+")
_NO_NAME = re.compile(r"[^\w\s.'’·・=\u200c\u200d\u0900-\u0dff\u0e00-\u0eff-]")


def _is_caseless_name(text: str, tokens: list[str], most: int) -> bool:
    """Without capitals only length speaks: four Chinese characters, five of Hangul, two to four words elsewhere."""
    bare = text.strip(" .")
    letters = sum(char.isalpha() for char in bare)
    if " - " in bare or _NO_NAME.search(bare) or len(tokens) > most or ends_sentence(text) or not 2 <= letters <= 40:
        return False
    if _HAN_NAME.search(bare):
        return letters <= (14 if re.search("[·・]", bare) else 6 if " " in bare or "ー" in bare else 5)
    if "\uac00" <= bare[0] <= "\ud7a3":
        return letters <= (5 if len(tokens) == 1 else 12)
    return True


def by_ending(text: str) -> Signal | None:
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


def byline_value(text: str, start: int) -> str | None:
    rest = text[start:].lstrip(" :：.")
    stop = _BYLINE_END.search(rest)
    name = rest[: stop.start()].strip() if stop is not None else rest
    words = name.split()
    told = next((number for number, word in enumerate(words) if fold(word) in date_words() or _is_month(word)), None)
    words = words[:told]
    small = (number for number, word in enumerate(words) if word[0].islower() and fold(word) not in _joining_words())
    name = " ".join(words[: next(small, None)])
    return name if is_name(name, most=6) else None


def _is_month(word: str) -> bool:
    return any(end - start == len(word) for start, end, _ in months(None).find(word))
