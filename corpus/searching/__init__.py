"""A query as typed → ranked articles with snippets, counts for narrowing down, and what was understood."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.model import CorpusError
from corpus.searching.claimants import MOST_CLAIMS, claims_of
from corpus.searching.claiming import find_grades, find_places, possible_match
from corpus.searching.counting import Facet, count_facets
from corpus.searching.expanding import Meaning, understand
from corpus.searching.explaining_query import Reading, Understood, explain_query
from corpus.searching.finding import Row, count_undated, find_rows, known_languages
from corpus.searching.hits import Found, Hit, make_hits
from corpus.searching.paging import TO_THE_END, read_page
from corpus.searching.querying import FILTERS, parse_date_prefix, parse_query
from corpus.searching.ranking import SORTS, Place, make_token, newest_date, position, rank, read_token
from corpus.searching.ranking import explain as explain_place
from corpus.searching.suggesting import is_found, suggest

__all__ = [
    "FILTERS",
    "MAX_SIZE",
    "SORTS",
    "Facet",
    "Hit",
    "QueryError",
    "Reading",
    "SearchResult",
    "Understood",
    "search",
]

# Results on a page, and in a table.
MAX_SIZE = 100
MOST_RESULTS = 1000


class QueryError(CorpusError):
    """A filter, order or page that cannot be meant; ``parameter`` names it. Words never raise."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A query with a word spelled otherwise."""

    text: str
    query: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found. ``total`` counts articles and is exact unless ``total_capped``; ``stories`` counts results.
    It is capped at ten thousand, and where more than fifty thousand articles state an amount of the size asked for.

    Where it is capped, ``ranked_of`` says how many articles, the newest, were put in order and counted in
    ``facets``; None where all were. ``complete`` says that ``next`` leads to the last article that was found, which
    orders by date and arrival always do.

    Each result is the best article of its story, the others are its versions. ``next`` asks for the
    following page. ``undated`` counts the articles that only a filter by date leaves out, because they
    have none. ``claims`` are the figures that state an amount that was asked for, in the order of the
    articles, with the first page only.
    """

    query: str
    sort: str
    total: int
    total_capped: bool
    stories: int
    understood: tuple[Understood, ...]
    results: tuple[Hit, ...]
    facets: Mapping[str, tuple[Facet, ...]] = field(default_factory=dict)
    suggestions: tuple[Suggestion, ...] = ()
    undated: int = 0
    next: str | None = None
    claims: tuple[Mapping[str, Any], ...] = ()
    ranked_of: int | None = None
    complete: bool = True


def search(
    db: Any,
    query: str | None,
    *,
    language: str | None = None,
    source: str | None = None,
    measure: str | None = None,
    subject: str | None = None,
    flag: str | None = None,
    since: str | None = None,
    until: str | None = None,
    new: str | None = None,
    story: str | None = None,
    sort: str | None = None,
    size: int = 20,
    next: str | None = None,
    exact: bool = False,
    explain: bool = False,
    fold: bool = True,
) -> SearchResult:
    """Find articles by words in any language, by figures and by filters; without any, all of them, newest first.

    ``db`` is a sqlite3 connection or a sqlite_utils Database. ``since`` and ``until`` are ISO dates cut
    to what is meant (``2024-02``); an article known only to the month or year is found where the two
    intervals overlap, an undated one is not. ``new`` is the day since which articles came in. ``language``
    is BCP 47 (``zh`` finds ``zh-Hans``, ``und`` those unknown), ``source`` a slug or name (``unknown`` for
    none); several values are separated by commas. ``sort`` is one of SORTS. ``exact`` finds words as they
    are typed only. Without ``fold`` each version of a story is a result of its own. Any query is answered;
    QueryError says which filter, order or page cannot be meant.
    """
    connection: sqlite3.Connection = getattr(db, "conn", db)
    parsed = parse_query(query, exact=exact)
    given = dict(zip(FILTERS, (language, source, measure, subject, flag, since, until, new, story), strict=True))
    filters = _filters(connection, {**parsed.filters, **{name: value for name, value in given.items() if value}})
    meaning = understand(parsed, known_languages(connection))
    order = _order(sort, ranked=bool(meaning.groups or meaning.amounts))
    after = _place(next, order)
    size = min(max(int(size), 1), MOST_RESULTS)
    fold = fold and "story" not in filters
    found = find_rows(connection, meaning, filters, order)
    ranking = rank(connection, found, order, measure=filters.get("measure"))
    heads = ranking.heads(fold=fold)
    if found.capped and order in TO_THE_END:

        def accept(rows: Sequence[Row]) -> Sequence[Row]:
            if not meaning.amounts:
                return rows
            grades = find_grades(connection, meaning.amounts, (row.article_id for row in rows))
            return [row for row in rows if row.article_id in grades]

        wish = found.wish.narrowed(possible_match(meaning.amounts)) if meaning.amounts else found.wish
        page, more = read_page(connection, wish, order, after, size, fold=fold, accept=accept)
    else:
        start = 0 if after is None else bisect_right(heads, after.key, key=lambda at: position(ranking.at(at), order))
        page, more = ranking.results(heads[start : start + size], fold=fold), start + size < len(heads)
    newest = newest_date(found.rows) if explain else None
    claims_asked = meaning.amounts and after is None
    claiming = [found.rows[at].article_id for at in ranking.places[:MOST_CLAIMS]] if claims_asked else []
    numbers = [one.row.article_id for one, _ in page]
    places = find_places(connection, meaning.amounts, [*claiming, *numbers]) if meaning.amounts else {}
    return SearchResult(
        query=(query or "").strip(),
        sort=order,
        total=len(found.rows),
        total_capped=found.capped,
        stories=len(heads),
        ranked_of=len(found.rows) if found.capped else None,
        complete=not found.capped or order in TO_THE_END,
        understood=explain_query(meaning, given, filters),
        results=make_hits(
            connection,
            [
                Found(
                    one.row.article_id,
                    tuple(other.row.article_id for other in others),
                    explain_place(one.row, found, newest) if explain and order == "relevance" else None,
                    places.get(one.row.article_id, ()),
                )
                for one, others in page
            ],
            meaning.marked,
            measure=filters.get("measure"),
        ),
        facets=count_facets(connection, found.rows),
        suggestions=() if found.rows else _suggestions(connection, meaning),
        undated=count_undated(connection, meaning, filters),
        next=make_token(page[-1][0], order) if more else None,
        claims=claims_of(connection, [(number, places[number]) for number in claiming if number in places]),
    )


def _place(token: str | None, order: str) -> Place | None:
    """The place a page begins after, None for the first page."""
    if token is None or token == "":
        return None
    try:
        return read_token(token, order)
    except ValueError:
        raise QueryError("next", "next is the value that the page before this one gave") from None


def _filters(connection: sqlite3.Connection, given: Mapping[str, str]) -> dict[str, str]:
    filters = {name: value.strip() for name, value in given.items() if value.strip()}
    for name in ("since", "until", "new"):
        if name in filters:
            date = parse_date_prefix(filters[name])
            if date is None:
                raise QueryError(name, f"{name} is a year, a month or a day, such as 2024, 2024-02 or 2024-02-09")
            filters[name] = date
    if "source" in filters:
        # A source may be given by its name; the index knows slugs.
        slugs = []
        for value in filters["source"].split(","):
            row = connection.execute(
                "SELECT slug FROM sources WHERE slug = ?1 OR name = ?1 COLLATE NOCASE ORDER BY slug = ?1 DESC LIMIT 1",
                [value.strip()],
            ).fetchone()
            slugs.append(value.strip() if row is None else row[0])
        filters["source"] = ",".join(slugs)
    return filters


def _order(sort: str | None, *, ranked: bool) -> str:
    if sort is None or sort == "":
        return "relevance" if ranked else "newest"
    if sort not in SORTS:
        raise QueryError("sort", f"sort is one of {', '.join(SORTS)}")
    return "newest" if sort == "relevance" and not ranked else sort


def _suggestions(connection: sqlite3.Connection, meaning: Meaning) -> tuple[Suggestion, ...]:
    """Queries with one word spelled otherwise, for the words that no article has."""
    typed = meaning.query.text
    made = []
    for wanted in meaning.wanted[:8]:
        if not is_found(connection, wanted):
            term = wanted.term
            made += [
                Suggestion(word, typed[: term.start] + word + typed[term.end :]) for word in suggest(connection, wanted)
            ]
    return tuple(made[:6])
