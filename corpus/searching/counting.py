"""How many of the articles found have which language, source, measure, year and month."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from corpus.searching.finding import Row

FACET_VALUES = 20


@dataclass(frozen=True, slots=True)
class Facet:
    """A value to narrow down by, how it reads, and how many of the results have it."""

    value: str
    label: str
    count: int


def count_facets(connection: sqlite3.Connection, rows: Sequence[Row]) -> dict[str, tuple[Facet, ...]]:
    """Facets of the articles found."""
    # Whole columns are counted first: of ten thousand articles few differ.
    languages = _cut(Counter(map(itemgetter(2), rows)), None, empty="und")
    dates = Counter(map(itemgetter(3), rows))
    years = _cut(dates, 4)
    months = _cut(Counter({date: count for date, count in dates.items() if date and len(date) > 4}), 7)
    by_id = Counter(map(itemgetter(4), rows))
    names = _sources(connection, [number for number, _ in by_id.most_common(FACET_VALUES)])
    sources = [(*names.get(number, ("unknown", "unknown")), count) for number, count in by_id.most_common(FACET_VALUES)]
    return {
        "language": tuple(Facet(code, code, count) for code, count in _common(languages)),
        "source": tuple(Facet(*row) for row in sorted(sources, key=lambda row: (-row[2], row[1]))),
        "measure": _measures(connection, [row.article_id for row in rows]),
        "year": tuple(Facet(year, year, years[year]) for year in sorted(years, reverse=True)[:FACET_VALUES]),
        "month": tuple(Facet(month, month, months[month]) for month in sorted(months, reverse=True)[:FACET_VALUES]),
    }


def _sources(connection: sqlite3.Connection, ids: Sequence[int | None]) -> Mapping[int | None, tuple[str, str]]:
    marks = ", ".join("?" * len(ids))
    found = connection.execute(f"SELECT id, slug, name FROM sources WHERE id IN ({marks})", ids).fetchall()
    return {number: (slug, name) for number, slug, name in found}


def _measures(connection: sqlite3.Connection, ids: Sequence[int]) -> tuple[Facet, ...]:
    # Ids in order, so that the index is walked once and forwards.
    numbers = ",".join(map(str, sorted(ids)))
    found = connection.execute(
        "SELECT f.measure, count(DISTINCT i.value) AS articles FROM json_each(?) AS i "
        "CROSS JOIN figures AS f INDEXED BY idx_figures_facet ON f.article_id = i.value AND f.measure IS NOT NULL "
        "AND f.struck = 0 GROUP BY f.measure ORDER BY articles DESC, f.measure LIMIT ?",
        [f"[{numbers}]", FACET_VALUES],
    ).fetchall()
    return tuple(Facet(measure, measure, count) for measure, count in found)


def _cut(counts: Mapping[str | None, int], length: int | None, *, empty: str | None = None) -> Counter[str]:
    """Counts of values cut to a length; those that are empty count as ``empty``, or not at all."""
    cut: Counter[str] = Counter()
    for value, count in counts.items():
        kept = value[:length] if value else empty
        if kept is not None:
            cut[kept] += count
    return cut


def _common(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:FACET_VALUES]
