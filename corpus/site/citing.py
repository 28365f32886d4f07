"""Who cites whom: reports and the outlets they rest on, as rows and as a drawing made here."""

from __future__ import annotations

import dataclasses
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from corpus.searching import QueryError
from corpus.site.format import opening
from corpus.site.links import Links
from corpus.site.queries import rows
from corpus.site.wording import message

MOST = 200
DRAWN = 24
# Curves of a drawing: with more nobody follows one.
CURVES = 60
_LAST = 2**62
_LINE, _TOP = 30.0, 34.0

# The articles are chosen first: all citations there are would be read for them otherwise.
_REPORTS = """
WITH chosen (id) AS MATERIALIZED ({chosen}),
cited AS MATERIALIZED (
  SELECT n.article_id, o.slug, o.name, 0 AS taken FROM chosen CROSS JOIN citations AS n ON n.article_id = chosen.id
  CROSS JOIN sources AS o ON o.id = n.source_id
  UNION ALL
  SELECT r.id, o.slug, o.name, 1 FROM chosen CROSS JOIN articles AS r ON r.id = chosen.id
  CROSS JOIN sources AS o ON o.id = r.origin_source_id
)
SELECT t.uid AS story_uid, a.uid, a.headline, substr(a.text, 1, 120) AS opening, a.language, a.date_published,
  s.slug, s.name, c.slug AS cited_slug, c.name AS cited_name, max(c.taken) AS taken
FROM chosen CROSS JOIN articles AS a ON a.id = chosen.id
LEFT JOIN stories AS t ON t.id = a.story_id
LEFT JOIN sources AS s ON s.id = a.source_id
LEFT JOIN cited AS c ON c.article_id = a.id AND c.slug IS NOT s.slug
GROUP BY a.id, c.slug
ORDER BY a.date_published IS NULL, a.date_published, a.uid, c.slug
"""
_ALL = "SELECT id FROM articles WHERE id < :before ORDER BY id DESC LIMIT :most"
# The figures stored last are enough to find that many articles: all of a common measure take too long.
_OF_MEASURE = """SELECT DISTINCT article_id FROM (SELECT article_id FROM figures WHERE measure = :measure
AND struck = 0 ORDER BY id DESC LIMIT 10 * :most) ORDER BY article_id DESC LIMIT :most"""


@dataclass(frozen=True, slots=True)
class Report:
    """Articles of one story: one report, in however many versions; ``rests_on`` are slugs of outlets."""

    story: str
    label: str
    language: str | None
    date: str | None
    articles: int
    rests_on: tuple[str, ...]
    taken_from: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """An outlet that reports rest on, and how many rest on nothing else."""

    slug: str
    name: str
    reports: tuple[Report, ...]
    alone: int


@dataclass(frozen=True, slots=True)
class Citing:
    """The reports, those that name nobody, and the outlets the others rest on, most echoed first.

    ``next`` asks for the articles that were stored before these, None where there are none.
    """

    reports: tuple[Report, ...]
    independent: tuple[Report, ...]
    origins: tuple[Origin, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn on: where the two columns stand, in pixels, and the letters there is room for beside them."""

    name: str
    width: int
    left: float
    right: float
    reports: int
    outlets: int


WIDE = Sheet("wide", 760, 300.0, 470.0, 38, 34)
NARROW = Sheet("narrow", 360, 172.0, 226.0, 22, 13)


@dataclass(frozen=True, slots=True)
class Node:
    """A name at its height in the drawing."""

    y: float
    label: str
    detail: str
    href: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A curve from a report to an outlet; ``taken`` where the whole article comes from there."""

    path: str
    taken: bool
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the template draws, in pixels."""

    name: str
    width: int
    height: float
    left: float
    right: float
    reports: tuple[Node, ...]
    origins: tuple[Node, ...]
    edges: tuple[Edge, ...]
    divider: float | None
    left_out: int


def citing(connection: sqlite3.Connection, measure: str | None = None, *, before: int | None = None) -> Citing:
    """Who rests on whom among the articles stored last, or ``before`` one of them, or of those that claim a measure."""
    if measure is not None:
        return _made(rows(connection, _REPORTS.format(chosen=_OF_MEASURE), {"most": MOST, "measure": measure}))
    chosen = {"most": MOST, "before": _LAST if before is None else before}
    found = _made(rows(connection, _REPORTS.format(chosen=_ALL), chosen))
    (earliest,) = rows(connection, f"SELECT min(id) AS id, count(*) AS n FROM ({_ALL})", chosen)
    if earliest["n"] < MOST or not rows(connection, _ALL, {"most": 1, "before": earliest["id"]}):
        return found
    return dataclasses.replace(found, next=str(earliest["id"]))


def article_before(token: str | None) -> int | None:
    """The article that a page of citations is asked to go on from; raises QueryError for what no page gave."""
    if token is None or token == "":
        return None
    if not (token.isascii() and token.isdigit() and len(token) < 19):
        raise QueryError("next", message("wrong.place", name="next"))
    return int(token)


def _made(found: Sequence[dict[str, Any]]) -> Citing:
    names: dict[str, str] = {}
    stories: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        stories.setdefault(row["story_uid"] or row["uid"], []).append(row)
        if row["cited_slug"] is not None:
            names[row["cited_slug"]] = row["cited_name"]
    reports = []
    for story, held in stories.items():
        own = {row["slug"] for row in held}
        # An outlet that has a version itself is not what the others merely repeat from elsewhere.
        cited = [row for row in held if row["cited_slug"] is not None and row["cited_slug"] not in own]
        published = list(dict.fromkeys(row["name"] for row in held if row["name"]))
        first = held[0]
        reports.append(
            Report(
                story,
                " / ".join(published) or (first["headline"] or opening(first["opening"], words=6)),
                "/".join(sorted({row["language"] for row in held if row["language"]})) or None,
                first["date_published"],
                len({row["uid"] for row in held}),
                tuple(sorted({row["cited_slug"] for row in cited})),
                tuple(sorted({row["cited_slug"] for row in cited if row["taken"]})),
            )
        )
    origins = [
        Origin(
            slug,
            name,
            tuple(report for report in reports if slug in report.rests_on),
            sum(report.rests_on == (slug,) for report in reports),
        )
        for slug, name in names.items()
    ]
    origins = [origin for origin in origins if origin.reports]
    origins.sort(key=lambda origin: (-len(origin.reports), origin.name))
    return Citing(tuple(reports), tuple(report for report in reports if not report.rests_on), tuple(origins))


def _cut(label: str, room: int) -> str:
    """As much of a label as fits, wide characters counted twice."""
    for at, char in enumerate(label):
        room -= 2 if unicodedata.east_asian_width(char) in "WF" else 1
        if room < 0:
            return label[: max(1, at - 1)].rstrip() + "…"
    return label


def draw(found: Citing, links: Links, *, sheet: Sheet = WIDE, most: int = DRAWN) -> Drawing | None:
    """Reports at the left, what they rest on at the right; those that name nobody stand below a line."""
    if not found.origins:
        return None
    origins = list(found.origins[:most])
    rank = {origin.slug: number for number, origin in enumerate(origins)}
    echoes = [report for report in found.reports if any(slug in rank for slug in report.rests_on)]
    # Reports of one origin lie together, so that few lines cross.
    echoes.sort(key=lambda report: sorted(rank.get(slug, most) for slug in report.rests_on))
    shown: list[Report] = []
    curves = 0
    for report in echoes[:most]:
        curves += sum(slug in rank for slug in report.rests_on)
        if curves > CURVES and shown:
            break
        shown.append(report)
    lone = found.independent[: max(0, most - len(shown))]
    # An outlet of whose reports none is drawn would stand there without a line.
    joined = {slug for report in shown for slug in report.rests_on}
    origins = [origin for origin in origins if origin.slug in joined]
    nodes, places = [], {}
    y = _TOP + _LINE / 2
    for report in shown:
        places[report.story] = y
        nodes.append(_node(report, y, links, sheet))
        y += _LINE
    divider = None
    if lone:
        divider = y
        y += _LINE
        for report in lone:
            nodes.append(_node(report, y, links, sheet))
            y += _LINE
    bottom = _TOP + _LINE * max(1, len(shown))
    step = max(_LINE, (bottom - _TOP) / len(origins))
    outlets, edges = [], []
    for number, origin in enumerate(origins):
        at = _TOP + step * (number + 0.5)
        number_of = len(origin.reports)
        count = message("count.reports", n=number_of) if sheet is WIDE else str(number_of)
        outlets.append(Node(at, _cut(origin.name, sheet.outlets), count, links.source(origin.slug)))
        for report in origin.reports:
            if report.story in places:
                start, middle = places[report.story], (sheet.left + sheet.right) / 2
                ends = f"{middle:g} {start:g} {middle:g} {at:.4g} {sheet.right:g} {at:.4g}"
                path = f"M{sheet.left:g} {start:g}C{ends}"
                taken = origin.slug in report.taken_from
                told = "citing.taken" if taken else "citing.cites"
                edges.append(Edge(path, taken, message(told, report=report.label, outlet=origin.name)))
    height = max(y, _TOP + step * len(origins)) + 10
    left_out = len(found.reports) - len(nodes) + len(found.origins) - len(origins)
    return Drawing(
        sheet.name,
        sheet.width,
        round(height, 1),
        sheet.left,
        sheet.right,
        tuple(nodes),
        tuple(outlets),
        tuple(edges),
        divider,
        left_out,
    )


def _node(report: Report, y: float, links: Links, sheet: Sheet) -> Node:
    versions = f", {message('count.versions', n=report.articles)}" if report.articles > 1 and sheet is WIDE else ""
    detail = f"{report.language or '?'}{versions}"
    return Node(y, _cut(report.label, sheet.reports - len(detail)), detail, links.story(report.story))


def measure_flags(connection: sqlite3.Connection, measure: str, limit: int = 40) -> list[dict[str, Any]]:
    """The clashes among the claims of a measure, the gravest kinds first, of a kind those found last."""
    kinds = [row["kind"] for row in rows(connection, "SELECT DISTINCT kind FROM flags ORDER BY kind = 'range', kind")]
    found: list[dict[str, Any]] = []
    for kind in kinds:
        # A kind at a time and from its end: no more are read than are shown, where the measure has that many.
        found += rows(
            connection,
            "SELECT l.kind, l.message, a.uid, f.start_char FROM flags AS l INDEXED BY idx_flags_kind "
            "CROSS JOIN figures AS f ON f.id = l.figure_id CROSS JOIN articles AS a ON a.id = l.article_id "
            "WHERE l.kind = ? AND f.measure = ? ORDER BY l.rowid DESC LIMIT ?",
            [kind, measure, limit - len(found)],
        )
    return found


def story_links(connection: sqlite3.Connection, story_id: int) -> list[dict[str, Any]]:
    """How the versions of a story hang together, the surest links first."""
    return rows(
        connection,
        "SELECT o.uid AS one, t.uid AS other, l.kind, l.score, l.evidence FROM article_links AS l "
        "JOIN articles AS o ON o.id = l.article_id JOIN articles AS t ON t.id = l.other_id "
        "WHERE o.story_id = ? ORDER BY l.score DESC, o.uid, t.uid LIMIT 60",
        [story_id],
    )


def story_flags(connection: sqlite3.Connection, story_id: int) -> list[dict[str, Any]]:
    """What clashes in or with the articles of a story."""
    return rows(
        connection,
        "SELECT DISTINCT l.kind, l.message, l.figure_id, l.other_figure_id FROM flags AS l WHERE l.article_id IN "
        "(SELECT id FROM articles WHERE story_id = ?1) OR l.other_article_id IN "
        "(SELECT id FROM articles WHERE story_id = ?1) "
        "ORDER BY l.kind <> 'versions_disagree', l.kind, l.message LIMIT 40",
        [story_id],
    )
