"""What was understood of a query, part by part, and the queries that leave a part out or take it by its letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.searching.asked import Amount
from corpus.searching.expanding import Meaning, Wanted
from corpus.searching.querying import Term, without


@dataclass(frozen=True, slots=True)
class Reading:
    """An amount as figures are stored, so that it reads like one."""

    kind: str
    low: float | None
    high: float | None
    currency: str | None
    unit: str | None
    qualifier: str
    vague: int = 0
    magnitude: float | None = None
    magnitude_high: float | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """Another reading of an amount: how languages differ, and the query that asks for it."""

    language: str
    reading: Reading
    query: str


@dataclass(frozen=True, slots=True)
class Understood:
    """One part of the query: kind is word, phrase, beginning, amount, excluded, filter, exact (all of it
    as typed) or ignored.

    ``also`` are other names it is found by, ``sounds`` says that names of other scripts that sound like it
    are found too. ``without`` is the query without this part (None for a filter that is not in the query),
    ``exactly`` the query that takes it by its letter (None where that changes nothing).
    """

    kind: str
    text: str
    name: str | None = None
    also: tuple[str, ...] = ()
    sounds: bool = False
    reading: Reading | None = None
    language: str | None = None
    others: tuple[Other, ...] = ()
    without: str | None = None
    exactly: str | None = None


def explain_query(
    meaning: Meaning, given: Mapping[str, str | None], filters: Mapping[str, str]
) -> tuple[Understood, ...]:
    """Every part of a query in the order it was typed, then the filters beside it, then what was of no use."""
    typed = meaning.query.text
    parts: list[tuple[int, Understood]] = []
    for wanted in meaning.wanted:
        parts.append((wanted.term.start, _word(typed, wanted)))
    for amount in meaning.amounts:
        parts.append((amount.start, _amount(typed, amount)))
    for wanted in meaning.excluded:
        term = wanted.term
        parts.append((term.start, Understood("excluded", term.text, without=without(typed, term.start, term.end))))
    for part in meaning.query.parts:
        if part.excluded or not given.get(part.name):
            kind = "excluded" if part.excluded else "filter"
            left = without(typed, part.start, part.end)
            value = part.value if part.excluded else filters.get(part.name, part.value)
            parts.append((part.start, Understood(kind, value, part.name, without=left)))
    if meaning.query.switch is not None:
        start, end = meaning.query.switch
        parts.append((start, Understood("exact", typed[start:end], without=without(typed, start, end))))
    parts.sort(key=lambda pair: pair[0])
    found = [part for _, part in parts]
    found += (Understood("filter", filters[name], name) for name, value in given.items() if value and name in filters)
    found += (Understood("ignored", text) for text in meaning.query.ignored)
    return tuple(found)


def _word(typed: str, wanted: Wanted) -> Understood:
    term = wanted.term
    also = () if wanted.concept is None else wanted.concept.others(term.text)
    widened = bool(wanted.stems or wanted.parts or wanted.concept or wanted.sounds or wanted.pieces)
    return Understood(
        term.kind,
        term.text,
        also=also,
        sounds=bool(wanted.sounds),
        without=without(typed, term.start, term.end),
        exactly=_exactly(typed, term) if widened else None,
    )


def _exactly(typed: str, term: Term) -> str:
    one_word = not any(char.isspace() for char in term.text)
    literal = f"exact:{term.text}" if one_word else f'exact:"{term.text}"'
    return f"{typed[: term.start]}{literal}{typed[term.end :]}".strip()


def _amount(typed: str, amount: Amount) -> Understood:
    others = tuple(
        Other(other.language, _reading(other), f"{typed[: amount.start]}{_spelled(other)}{typed[amount.end :]}".strip())
        for other in amount.others
    )
    return Understood(
        "amount",
        amount.text,
        reading=_reading(amount),
        language=amount.language,
        others=others,
        without=without(typed, amount.start, amount.end),
        exactly=f'{typed[: amount.start]}"{amount.text}"{typed[amount.end :]}'.strip(),
    )


def _reading(amount: Amount) -> Reading:
    if amount.low is None:
        qualifier = "less_than" if amount.open else "up_to"
    elif amount.high is None:
        qualifier = "more_than" if amount.open else "at_least"
    else:
        qualifier = "exact"
    kind = amount.kind or ("money" if amount.currency is not None else "count")
    return Reading(kind, amount.low, amount.high, amount.currency, amount.unit, qualifier)


def _spelled(amount: Amount) -> str:
    """An amount in digits alone, which every language reads alike."""
    ends = [f"{end:.0f}" if end == int(end) else repr(end) for end in (amount.low, amount.high) if end is not None]
    return "-".join(dict.fromkeys(ends))
