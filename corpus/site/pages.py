"""What each page says: rows read from the database → the template's words and the program's JSON."""

from __future__ import annotations

import dataclasses
import datetime
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from corpus.model import ROLES_IN_TEXT
from corpus.searching import MAX_SIZE, SORTS, Hit, QueryError, Reading, SearchResult, Understood, search
from corpus.searching.querying import FILTERS
from corpus.site import queries
from corpus.site.answering import answer
from corpus.site.format import ENGLISH, Form, decimal, opening
from corpus.site.highlight import blocks
from corpus.site.links import Links, outside
from corpus.site.reader import PARAMETER, asked_language, form_for, offered
from corpus.site.wording import interface_language, measure_label, message, word_for
from corpus.storing.corrections import lines_for

# Claims that answer a search for an amount, one an article.
ANSWERS_SHOWN = 12
_COUNTED = 200
Reader = Callable[[Callable[[sqlite3.Connection], Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class View:
    """One request: where it came from and how to read for it."""

    datasette: Any
    request: Any
    links: Links
    read: Reader
    as_json: bool

    @property
    def form(self) -> Form:
        """How numbers and dates are written for the one who asks: programs get English."""
        return ENGLISH if self.as_json else form_for(self.request)


@dataclass(frozen=True, slots=True)
class Page:
    """A page in both forms: a template with its context, and the JSON payload."""

    template: str
    context: Mapping[str, Any]
    payload: Mapping[str, Any]


def carried(request: Any) -> list[tuple[str, str]]:
    """What an address asks for besides a language, to be asked for again in another one."""
    return [
        (name, value) for name in list(request.args)[:40] if name != PARAMETER and (value := request.args.get(name))
    ]


def here(request: Any) -> str:
    """The address of a page without what only says how its reader is shown it."""
    asked = urlencode(carried(request))
    return f"{request.path}?{asked}" if asked else str(request.path)


def base_context(view: View, **more: Any) -> dict[str, Any]:
    """Give what every template of ours has at hand."""
    title = view.datasette.metadata("title") or message("base.title")
    return {
        "site_title": title,
        "site_description": view.datasette.metadata("description"),
        "license": view.datasette.metadata("license"),
        "form": view.form,
        "say": view.form.say,
        "interface_language": interface_language().language,
        "reader_languages": offered(),
        "reader_language": asked_language(view.request),
        "request_path": view.request.path,
        "request_arguments": carried(view.request),
        "word_for": word_for,
        "measure_label": measure_label,
        "outside": outside,
        "parameters": {},
        "json_url": None,
        "crumbs": [],
        "cite_title": None,
        "cite_parts": [],
        "page_url": view.links.absolute(here(view.request)),
        "today": datetime.datetime.now(datetime.UTC).date().isoformat(),
        **more,
    }


def about(figure: Mapping[str, Any], form: Form = ENGLISH) -> list[str]:
    """Give what a figure is about, in the words of the interface, without what is unknown."""
    parts = [measure_label(figure["measure"])] if figure["measure"] is not None else []
    parts += [figure["subject"]] if figure["subject"] else []
    parts += [message("article.period", period=form.format_date(figure["period"]))] if figure.get("period") else []
    parts += [word_for("stance", figure["stance"])] if figure["stance"] else []
    parts += [message("article.according", name=figure["attributed_to"])] if figure["attributed_to"] else []
    return parts


def described(figure: Mapping[str, Any], form: Form = ENGLISH) -> dict[str, Any]:
    """Give a figure with its readings."""
    return dict(figure) | {
        "reading": form.reading(figure),
        "short": form.short(figure),
        "about": about(figure, form),
    }


def public(figure: Mapping[str, Any], view: View, uid: str) -> dict[str, Any]:
    """Give a figure for programs: its columns, its reading and its address."""
    kept = {key: value for key, value in figure.items() if key not in ("about", "opening")}
    url = view.links.absolute(view.links.article(uid, figure["start_char"]))
    return kept | {"reading": ENGLISH.reading(figure), "url": url}


def article_row(row: Mapping[str, Any], view: View) -> dict[str, Any]:
    """Give an article for programs: its columns and its address."""
    kept = {key: value for key, value in row.items() if key != "opening"}
    return kept | {"url": view.links.absolute(view.links.article(row["uid"]))}


def corrections(figure: Mapping[str, Any], article: Mapping[str, Any], form: Form) -> dict[str, str]:
    """Give the lines of corrections.yml that strike a figure out, and those that change what it says."""
    which: dict[str, Any] = {"figure": figure["quote"]}
    # Beyond that many, counting each in the text would take longer than the page.
    if len(article["figures"]) > _COUNTED or article["text"].count(figure["quote"]) > 1:
        which["at"] = figure["start_char"]
    ends = {name: decimal(figure[name]) for name in ("low", "high")}
    said = {name: figure[name] for name in ("measure", "subject", "attributed_to")}
    return {
        "strike_lines": lines_for(article["uid"], **which, strike=True, note="why"),
        "change_lines": lines_for(article["uid"], **which, change={**ends, **said}, note="why"),
    }


def _path_to(article: Mapping[str, Any], links: Links) -> list[tuple[str, str | None]]:
    source = [(article["source"], links.source(article["source_slug"]))] if article["source"] else []
    return [
        (message("base.articles"), links.search()),
        *source,
        (article["headline"] or message("base.article"), None),
    ]


# An article with more figures than this leads to what corrects and cites each of them.
_FEW_FIGURES = 25


async def article_page(view: View, uid: str) -> Page | None:
    """An article to read: its text with figures in place, and how everything about it is known."""
    row = await view.read(lambda connection: queries.article(connection, uid))
    if row is None:
        return None
    wanted = view.request.args.get("figure") or ""
    # Of an article with many figures only the one asked for has its lines; a page stays small.
    few = len(row["figures"]) <= _FEW_FIGURES
    figures = [
        described(figure, view.form)
        | (corrections(figure, row, view.form) if few or str(figure["start_char"]) == wanted else {})
        for figure in row["figures"]
    ]
    has_headline = any(passage["role"] == "headline" for passage in row["passages"])
    context = base_context(
        view,
        article=row,
        figures=figures,
        blocks=blocks(row["text"], row["passages"], figures, language=row["language"]),
        has_headline=has_headline,
        few=few,
        article_lines=lines_for(
            uid, date=row["date_published"], language=row["language"], source=row["source"], note="why"
        ),
        crumbs=_path_to(row, view.links),
        cite_title=row["headline"] or opening(row["text"]),
        cite_parts=[row["source"] or message("unknown.source"), view.form.format_date(row["date_published"])],
        cut=[passage for passage in row["passages"] if passage["role"] not in ROLES_IN_TEXT],
        json_url=view.links.article(uid, suffix=".json"),
    )
    hidden = ("id", "source_id", "origin_source_id", "story_id", "passages", "links", "content_hash")
    payload = {key: value for key, value in row.items() if key not in hidden} | {
        "url": view.links.absolute(view.links.article(uid)),
        "original_url": row["url"],
        "figures": [public(figure, view, uid) for figure in row["figures"]],
        "passages": [
            {key: value for key, value in passage.items() if key != "article_id"} for passage in row["passages"]
        ],
        "date_mentions": [
            {key: value for key, value in mention.items() if key != "article_id"} for mention in row["date_mentions"]
        ],
        "versions": [article_row(link, view) for link in row["links"]],
    }
    return Page("article.html", context, payload)


def size_of(text: str | None) -> int | None:
    """How many of each list are asked for, None where the page decides; raises QueryError for what is no number."""
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MAX_SIZE and len(text) <= 4):
        raise QueryError("size", message("wrong.size", most=MAX_SIZE))
    return int(text)


_DATE = re.compile(r"[0-9]{4}[0-9T:.Z+-]{0,40}")


def place_of(text: str | None, name: str = "next") -> tuple[str | None, int] | None:
    """The date and the number that a page is asked to go on from; raises QueryError for what no page gave."""
    if text is None or text == "":
        return None
    date, mark, number = text.rpartition("~")
    if (
        not mark
        or (date and not _DATE.fullmatch(date))
        or not (number.isascii() and number.isdigit() and len(number) < 19)
    ):
        raise QueryError(name, message("wrong.place", name=name))
    return date or None, int(number)


# Results of a page where no other number is asked for, and claims beside them in its JSON.
RESULTS = 20
CLAIMS_GIVEN = 50
_SWITCHES = ("exact", "explain", "fold")
_PARAMETERS = ("q", *FILTERS, "sort", "size", "next", *_SWITCHES)


def ask(connection: sqlite3.Connection, parameters: Mapping[str, str], *, most: int | None = None) -> SearchResult:
    """Search by the parameters of an address; raises QueryError for those that cannot be meant.

    ``most`` is the number of results where the address names none.
    """
    filters = {name: parameters.get(name) or None for name in FILTERS}
    # What the design calls ingested_since is typed as new: in a query.
    filters["new"] = filters["new"] or parameters.get("ingested_since") or None
    size = size_of(parameters.get("size"))
    return search(
        connection,
        parameters.get("q"),
        **filters,
        sort=parameters.get("sort"),
        size=size or most or RESULTS,
        next=parameters.get("next") or None,
        exact=_is_on(parameters.get("exact")),
        explain=_is_on(parameters.get("explain")),
        fold=parameters.get("fold", "") not in ("0", "false", "off"),
    )


def _is_on(value: str | None) -> bool:
    return value in ("1", "true", "on")


def asked_parameters(view: View) -> dict[str, str]:
    """The parameters of a search as the address has them, empty where it has none."""
    parameters = {name: view.request.args.get(name) or "" for name in _PARAMETERS}
    parameters["new"] = parameters["new"] or view.request.args.get("ingested_since") or ""
    return parameters


async def search_page(view: View, _: str) -> Page:
    """Articles found, best first, with what was understood and ways to narrow down."""
    parameters = asked_parameters(view)
    result: SearchResult = await view.read(lambda connection: ask(connection, parameters))
    following = None
    if result.next is not None:
        following = {key: value for key, value in parameters.items() if value} | {"next": result.next}
    # Each answer takes a tenth of a second to find: the form that nobody asked for is not made as well.
    if view.as_json:
        return Page("search.html", {}, _search_payload(view, result, parameters, following))
    return Page("search.html", _search_context(view, result, parameters, following), {})


def _search_context(
    view: View, result: SearchResult, parameters: Mapping[str, str], following: Mapping[str, str] | None
) -> dict[str, Any]:
    links = view.links
    hits = [
        _fields(hit) | {"figures": [described(figure, view.form) for figure in hit.figures]} for hit in result.results
    ]
    return base_context(
        view,
        result=result,
        hits=hits,
        understood=[understood_part(part, links, parameters, view.form) for part in result.understood],
        answer=_answered(result, view.form),
        crumbs=[(message("base.search"), None)],
        parameters=parameters,
        sorts=SORTS,
        next_url=None if following is None else _with_next(links, following, ""),
        json_url=links.search(parameters, suffix=".json"),
        atom_url=links.search(parameters, suffix=".atom", sort=None),
        csv_url=links.search(parameters, suffix=".csv"),
    )


def _search_payload(
    view: View, result: SearchResult, parameters: Mapping[str, str], following: Mapping[str, str] | None
) -> dict[str, Any]:
    claims = result.claims[: max(CLAIMS_GIVEN, size_of(parameters["size"]) or 0)]
    return {
        "query": result.query,
        "sort": result.sort,
        "total": result.total,
        "total_capped": result.total_capped,
        "ranked_of": result.ranked_of,
        "complete": result.complete,
        "stories": result.stories,
        "undated": result.undated,
        "understood": [_public_part(part) for part in result.understood],
        "suggestions": [_fields(suggestion) for suggestion in result.suggestions],
        "claims": [public(claim, view, claim["uid"]) for claim in claims],
        "claims_total": len(result.claims),
        "results": [public_hit(hit, view) for hit in result.results],
        "facets": {name: [_fields(facet) for facet in facets] for name, facets in result.facets.items()},
        "next": result.next,
        "next_url": None if following is None else view.links.absolute(_with_next(view.links, following, ".json")),
    }


def _fields(thing: Any) -> dict[str, Any]:
    """The fields of a dataclass as they are: ``asdict`` copies all they hold, which takes as long as finding it."""
    return {one.name: getattr(thing, one.name) for one in dataclasses.fields(thing)}


def _answered(result: SearchResult, form: Form) -> dict[str, Any] | None:
    found = answer(result.claims)
    if found is None:
        return None
    shown = [described(claim, form) for claim in found.claims[:ANSWERS_SHOWN]]
    return {**_fields(found), "claims": shown, "rows": len(found.claims)}


def understood_part(part: Understood, links: Links, parameters: Mapping[str, str], form: Form) -> dict[str, Any]:
    """Give one part of the query with the addresses that take it away or take it by its letter."""
    shown = dataclasses.asdict(part)
    if part.without is not None:
        shown["remove_url"] = links.search(parameters, q=part.without or None)
    elif part.kind == "filter" and part.name is not None:
        gone: dict[str, Any] = {part.name: None}
        shown["remove_url"] = links.search(parameters, **gone)
    shown["exactly_url"] = None if part.exactly is None else links.search(parameters, q=part.exactly)
    shown["reads"] = None if part.reading is None else read_amount(part.reading, form)
    shown["others"] = [
        {
            "language": other.language,
            "reads": read_amount(other.reading, form),
            "url": links.search(parameters, q=other.query),
        }
        for other in part.others
    ]
    return shown


def _public_part(part: Understood) -> dict[str, Any]:
    shown = {key: value for key, value in dataclasses.asdict(part).items() if value not in (None, (), False)}
    if part.reading is not None:
        shown["reads"] = read_amount(part.reading)
    return {"name": part.name, **shown}


def read_amount(reading: Reading, form: Form = ENGLISH) -> str:
    """Give an amount that was asked for in words: ``7 trillion US dollars``, ``more than 1 trillion``."""
    return form.reading(dataclasses.asdict(reading))


def public_hit(hit: Hit, view: View) -> dict[str, Any]:
    """Give a result for programs."""
    links = view.links
    shown = {key: value for key, value in _fields(hit).items() if key not in ("opening", "explanation")}
    shown |= {
        "url": links.absolute(links.article(hit.uid)),
        "figures": [public(figure, view, hit.uid) for figure in hit.figures],
        "versions": [
            {key: value for key, value in _fields(version).items() if key != "opening"}
            | {"url": links.absolute(links.article(version.uid))}
            for version in hit.versions
        ],
    }
    return shown if hit.explanation is None else shown | {"explanation": hit.explanation}


def _with_next(links: Links, parameters: Mapping[str, str], suffix: str) -> str:
    return links.search(parameters, suffix=suffix, next=parameters["next"])
