"""What an article is filtered by, as tokens of the index: language, source, measures, subjects, amounts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from corpus.indexing.numbering import is_loose

ALL = "all"
# An article whose date is known to the year or month only: it stands on the first day of it.
LOOSE = "loose"
# Articles of a batch came in one after the other.
_BATCH_BITS = 10
LEAST_SIZE, MOST_SIZE = -3, 30


class Claimed(NamedTuple):
    """What of a figure can be asked for; None is an open end."""

    measure: str | None
    subject: str | None
    kind: str
    low: float | None
    high: float | None
    currency: str | None
    unit: str | None
    vague: int


def fact(kind: str, value: str) -> str:
    """A value to filter by as one token: ``fact("source", "the-register")`` → ``source·the·register``."""
    return f"{kind}·" + "".join(char if char.isalnum() or ord(char) > 127 else "·" for char in value.casefold())


def batch_of(article_id: int) -> int:
    """The batch an article came in with."""
    return article_id >> _BATCH_BITS


def size_of(value: float) -> int:
    """The decade of a value, by the digits that tokens of it have; the larger the value, the larger it is.

    >>> size_of(7e12), size_of(9.9999999999e11), size_of(0.0)
    (12, 12, -3)
    """
    if not value > 0:
        return LEAST_SIZE
    # Infinity has no digits.
    size = int(f"{value:.8e}".rpartition("e")[2]) if math.isfinite(value) else MOST_SIZE
    return min(max(size, LEAST_SIZE), MOST_SIZE)


def point(kind: str, value: float, *, currency: str | None = None, unit: str | None = None) -> str:
    """The token of an exact amount, whatever it is written in."""
    return fact(f"v·{kind}", f"{currency or unit or ''}·{value:.9g}")


def sized(shape: str, kind: str, size: int) -> str:
    """The token of amounts of a decade; shape is p (a point), r (a range), up (open above) or down."""
    return f"{shape}·{kind}·{size}"


def amount_facts(claimed: Claimed) -> Iterator[str]:
    """The tokens a figure is asked for by: its exact value, and the decades it reaches into."""
    kind, low, high = claimed.kind, claimed.low, claimed.high
    if claimed.vague:
        return
    if low is not None and high is not None:
        if low == high:
            yield point(kind, low)
            if claimed.currency is not None or (claimed.unit is not None and kind == "quantity"):
                yield point(kind, low, currency=claimed.currency, unit=claimed.unit)
        for size in range(size_of(low), size_of(high) + 1):
            yield sized("p" if low == high else "r", kind, size)
    elif low is not None:
        yield sized("up", kind, size_of(low))
    elif high is not None:
        yield sized("down", kind, size_of(high))


def facts(
    article_id: int, language: str | None, date: str | None, source: str | None, claimed: Sequence[Claimed]
) -> Iterable[str]:
    """What an article is filtered by, as tokens, each once; every article has ``all``."""
    tags = (language or "und").split("-")
    found = [
        ALL,
        *(fact("language", "-".join(tags[: length + 1])) for length in range(len(tags))),
        fact("source", source or "unknown"),
        fact("batch", str(batch_of(article_id))),
    ]
    if is_loose(date):
        found.append(LOOSE)
    for one in claimed:
        if one.measure is not None:
            found.append(fact("measure", one.measure))
        found += (fact("subject", name) for name in (one.subject or "").split("; ") if name.strip())
        found += amount_facts(one)
    return dict.fromkeys(found)
