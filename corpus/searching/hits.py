"""The articles of one page of results: their snippets, their figures, and the other versions of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.searching.expanding import Wanted
from corpus.searching.snippets import show_matches

FIGURES_SHOWN = 6
VERSIONS_SHOWN = 20
_FIGURE_COLUMNS = (
    "start_char, end_char, quote, kind, low, high, currency, unit, qualifier, vague, magnitude, "
    "magnitude_high, measure, subject, attributed_to, stance"
)


@dataclass(frozen=True, slots=True)
class Version:
    """Another article of the same story that was found as well."""

    uid: str
    url: str
    headline: str | None
    opening: str
    language: str | None
    date_published: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found; ``url`` is its page here, ``original_url`` where it was published.

    ``versions`` are other articles of its story that were found, ``version_count`` how many there are.
    ``explanation`` says what its place is made of, where that was asked for.
    """

    uid: str
    url: str
    headline: str | None
    opening: str
    language: str | None
    date_published: str | None
    source: str | None
    original_url: str | None
    snippet_html: str
    first_ingested: str
    figures: tuple[Mapping[str, Any], ...]
    story: str | None = None
    version_count: int = 0
    versions: tuple[Version, ...] = ()
    explanation: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An article on the page: its id, the ids of its other versions, and what its rank is made of."""

    number: int
    versions: tuple[int, ...] = ()
    explanation: Mapping[str, float] | None = None
    spans: tuple[tuple[int, int], ...] = field(default=())


def make_hits(
    connection: sqlite3.Connection, page: Sequence[Found], wanted: Sequence[Wanted], *, measure: str | None
) -> tuple[Hit, ...]:
    """The articles of a page; one that a writer removed since it was found is left out."""
    if not page:
        return ()
    numbers = [number for found in page for number in (found.number, *found.versions[:VERSIONS_SHOWN])]
    articles = _articles(connection, numbers, whole=[found.number for found in page])
    spans = {found.number: found.spans for found in page}
    figures = _figures(connection, spans, measure)
    return tuple(
        _hit(articles, found, figures.get(found.number, ()), wanted) for found in page if found.number in articles
    )


def _hit(
    articles: Mapping[int, Mapping[str, Any]],
    found: Found,
    figures: Sequence[Mapping[str, Any]],
    wanted: Sequence[Wanted],
) -> Hit:
    row = articles[found.number]
    text = row["text"]
    headline = row["headline"] or None
    skip = len(headline) if headline is not None and text.startswith(headline) else 0
    skip += len(text[skip : skip + 4]) - len(text[skip : skip + 4].lstrip())
    return Hit(
        uid=row["uid"],
        url=f"/article/{row['uid']}",
        headline=headline,
        opening=text[:200],
        language=row["language"],
        date_published=row["date_published"],
        source=row["source"],
        original_url=row["url"],
        snippet_html=show_matches(text, wanted, language=row["language"], spans=found.spans, skip=skip),
        first_ingested=row["first_ingested"],
        figures=tuple(figures),
        story=row["story"],
        version_count=len(found.versions),
        versions=tuple(_version(articles[number]) for number in found.versions[:VERSIONS_SHOWN] if number in articles),
        explanation=found.explanation,
    )


def _version(row: Mapping[str, Any]) -> Version:
    return Version(
        uid=row["uid"],
        url=f"/article/{row['uid']}",
        headline=row["headline"] or None,
        opening=row["text"][:200],
        language=row["language"],
        date_published=row["date_published"],
        source=row["source"],
    )


def _articles(
    connection: sqlite3.Connection, numbers: Sequence[int], *, whole: Sequence[int]
) -> dict[int, Mapping[str, Any]]:
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    marks, wholes = ", ".join("?" * len(numbers)), ", ".join("?" * len(whole))
    found = cursor.execute(
        f"SELECT a.id, a.uid, a.headline, CASE WHEN a.id IN ({wholes}) THEN a.text ELSE substr(a.text, 1, 200) END "
        "AS text, a.language, a.date_published, a.url, a.first_ingested, s.name AS source, t.uid AS story "
        "FROM articles AS a LEFT JOIN sources AS s ON s.id = a.source_id LEFT JOIN stories AS t ON t.id = a.story_id "
        f"WHERE a.id IN ({marks})",
        [*whole, *numbers],
    )
    return {row["id"]: dict(row) for row in found}


def _figures(
    connection: sqlite3.Connection, spans: Mapping[int, Sequence[tuple[int, int]]], measure: str | None
) -> dict[int, list[Mapping[str, Any]]]:
    """Each article's figures to show: those asked for first, then those of the measure asked for."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    marks = ", ".join("?" * len(spans))
    asked = {value.strip() for value in (measure or "").split(",")}
    grouped: dict[int, list[dict[str, Any]]] = {}
    for row in cursor.execute(
        f"SELECT article_id, {_FIGURE_COLUMNS} FROM figures WHERE struck = 0 AND article_id IN ({marks}) "
        "ORDER BY article_id, start_char",
        list(spans),
    ):
        values = dict(row)
        grouped.setdefault(values.pop("article_id"), []).append(values)
    for number, figures in grouped.items():
        wanted = set(spans[number])
        figures.sort(
            key=lambda figure: (
                (figure["start_char"], figure["end_char"]) not in wanted,
                figure["measure"] not in asked,
                figure["measure"] is None,
            )
        )
    return {number: list(figures[:FIGURES_SHOWN]) for number, figures in grouped.items()}
