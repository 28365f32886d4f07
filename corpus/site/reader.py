"""In which language a reader is shown numbers and dates: as asked, as asked before, or as the browser says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError

from corpus.site.format import ENGLISH, Form
from corpus.site.wording import words_of

PARAMETER = COOKIE = "lang"
# Who is answered: Datasette shows a cell of its tables without saying to whom.
READER: ContextVar[Form] = ContextVar("reader", default=ENGLISH)
_A_YEAR = 365 * 24 * 3600
# As much of a header as a browser sends.
_LONGEST, _MOST, _TAG = 300, 20, 20


def offered() -> Mapping[str, str]:
    """Give the languages that can be asked for by their tags, each with its own name, in the order of the names.

    They are those the corpus reads figures in: an unbounded choice would load the data of every locale there is.
    """
    return words_of("reader_language")


@lru_cache(maxsize=500)
def form_of(tag: str) -> Form | None:
    """Give how a language writes numbers and dates, None for one that is not offered.

    >>> form_of("de-AT").code, form_of("zh-TW").code, form_of("en").code, form_of("tlh")
    ('de', 'zh_Hant', 'en_GB', None)
    """
    try:
        locale = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError, TypeError):
        return None
    parts = (locale.language, locale.script, locale.territory)
    for wanted in (tag, f"{parts[0]}-{parts[2]}", f"{parts[0]}-{parts[1]}", parts[0]):
        found = words_of("same_language").get(wanted, wanted)
        if found in offered():
            return ENGLISH if found == "en" else Form(found.replace("-", "_"))
    return None


def form_for(request: Any) -> Form:
    """Give how the reader who asks is shown numbers and dates."""
    return _chosen(asked_language(request), request.headers.get("accept-language", "")[:_LONGEST])


@lru_cache(maxsize=500)
def _chosen(asked: str, accepted: str) -> Form:
    for tag in (asked, *_accepted(accepted)):
        if tag and len(tag) <= _TAG and (form := form_of(tag)) is not None:
            return form
    return ENGLISH


def asked_language(request: Any) -> str:
    """Give the tag that was asked for, now or before; empty where the browser decides."""
    for tag in (request.args.get(PARAMETER), request.cookies.get(COOKIE)):
        if tag is not None:
            return tag if tag in offered() else ""
    return ""


def remembered(request: Any) -> str | None:
    """Give the header that keeps what was asked for in the address, None where nothing was."""
    tag = request.args.get(PARAMETER)
    if tag is None or not (tag == "" or (tag in offered())):
        return None
    kept = f"{COOKIE}={tag}; Max-Age={_A_YEAR}" if tag else f"{COOKIE}=; Max-Age=0"
    return f"{kept}; Path=/; SameSite=Lax; HttpOnly"


def _accepted(header: str) -> Iterator[str]:
    """The languages a browser names, the most wanted first."""
    ranked = []
    for place, part in enumerate(header.split(",")[:_MOST]):
        tag, _, quality = part.partition(";")
        weight = quality.strip().removeprefix("q=")
        try:
            ranked.append((-float(weight) if weight else -1.0, place, tag.strip()))
        except ValueError:
            continue
    yield from (tag for weight, _, tag in sorted(ranked) if weight < 0)
