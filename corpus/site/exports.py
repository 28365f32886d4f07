"""Rows streamed to the end, as CSV and as newline-delimited JSON: the articles of a search, and claims.

An answer that cannot be brought to its end breaks off, so that a client sees that it did (``curl`` ends with
code 18): nothing is ever cut and looks whole. CSV is for spreadsheets: it begins with a byte order mark, by
which Excel knows UTF-8, and a text that a spreadsheet would take for a formula has an apostrophe in front.
Programs are better served by newline-delimited JSON, where every text is as it is stored.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Response

from corpus.searching import Hit, QueryError, SearchResult
from corpus.searching.claimants import MOST_CLAIMS
from corpus.searching.querying import parse_date_prefix
from corpus.site import format as form
from corpus.site.pages import View, ask, asked_parameters, public_hit
from corpus.site.responses import CORS_HEADERS, SECURITY_HEADERS, as_json, failure, json_response, tidy
from corpus.site.wording import measure_label, message

# Articles asked for, and rows read, at a time.
_HITS = 500
_ROWS = 1000
# Streams at once: each holds a snapshot of the database that its log cannot be cut behind.
MOST_STREAMS = 4
# A client that takes nothing for so long is left.
_PATIENCE_SECONDS = 60.0
# Milliseconds in which the next rows must be found.
_BATCH_MS = 30_000
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "ndjson": "application/x-ndjson; charset=utf-8"}
_COLUMNS = (
    "uid", "headline", "language", "date_published", "source", "page", "original_url", "story", "other_versions",
    "first_ingested", "figures", "measures", "attributed_to",
)  # fmt: skip
# What claims may be chosen by, each a condition on the view with the value as a parameter.
CLAIM_FILTERS = {
    "measure": "measure = :measure",
    "subject": "subject = :subject",
    "language": "language = :language",
    "source": "source = (SELECT name FROM sources WHERE slug = :source OR name = :source COLLATE NOCASE LIMIT 1)",
    "kind": "kind = :kind",
    "stance": "stance = :stance",
    # What is known to the year or month alone is kept where the intervals overlap.
    "since": "(date_published >= :since OR substr(:since, 1, length(date_published)) = date_published)",
    "until": "substr(date_published, 1, length(:until)) <= :until",
}
# Figures that a search found, by article and place.
_FOUND = (
    "(article_uid, start_char, end_char) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), "
    "json_extract(value, '$[2]') FROM json_each(:found))"
)
Row = Mapping[str, Any]
_STREAMS: WeakKeyDictionary[Any, asyncio.Semaphore] = WeakKeyDictionary()


class TooMany(Exception):
    """More was found than can be given in its order to the end."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows that come in batches, each a mapping; ``columns`` are those of a table."""

    view: View
    name: str
    kind: str
    columns: Sequence[str]
    batches: AsyncIterator[Sequence[Row]]

    def response(self, headers: Mapping[str, str], *, bodiless: bool) -> Any:
        """Give the answer, or for HEAD what would stand at its top."""
        offered = {"Content-Disposition": f'attachment; filename="{self.name}.{self.kind}"'}
        offered = {} if self.kind == "ndjson" else offered
        all_headers = {**SECURITY_HEADERS, **CORS_HEADERS, **offered, **headers}
        if bodiless:
            return Response("", headers=all_headers, content_type=_TYPES[self.kind])
        return _Streamed(self, all_headers)


class _Streamed:
    """An answer that is sent as its rows are read."""

    def __init__(self, stream: Stream, headers: Mapping[str, str]) -> None:
        self._stream = stream
        self._headers = {**headers, "content-type": _TYPES[stream.kind]}

    async def asgi_send(self, send: Callable[[Mapping[str, Any]], Any]) -> None:
        stream = self._stream
        running = _STREAMS.setdefault(stream.view.datasette, asyncio.Semaphore(MOST_STREAMS))
        if running.locked():
            busy = failure(503, message("wrong.busy"), code="busy")
            await json_response(busy, status=503, headers={"Retry-After": "10"}).asgi_send(send)
            return
        gone = asyncio.ensure_future(_disconnected(stream.view.request))
        try:
            async with running:
                raw = [(name.encode(), value.encode("latin-1", "replace")) for name, value in self._headers.items()]
                await send({"type": "http.response.start", "status": 200, "headers": raw})
                write = _WRITERS[stream.kind]
                head = write([], stream.columns, head=True)
                await _give(send, head)
                async for batch in stream.batches:
                    if gone.done():
                        return
                    await _give(send, write(batch, stream.columns, head=False))
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            # An iterator that is left early closes what it reads from.
            close = getattr(stream.batches, "aclose", None)
            if close is not None:
                await close()


async def _give(send: Callable[[Mapping[str, Any]], Any], text: str) -> None:
    if text:
        body = {"type": "http.response.body", "body": text.encode("utf-8", "replace"), "more_body": True}
        await asyncio.wait_for(send(body), _PATIENCE_SECONDS)


async def _disconnected(request: Any) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def cell(value: Any) -> Any:
    """Give a value as a spreadsheet may have it: whole amounts as whole numbers, no text a formula."""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" \u00a0").startswith(_FORMULA) else value.replace("\0", "")
    return tidy(value)


def _csv(rows: Sequence[Row], columns: Sequence[str], *, head: bool) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    if head:
        written.write("\ufeff")
        writer.writerow(columns)
    writer.writerows([cell(row[column]) for column in columns] for row in rows)
    return written.getvalue()


def _ndjson(rows: Sequence[Row], columns: Sequence[str], *, head: bool) -> str:
    return "".join(as_json(row) + "\n" for row in rows)


_WRITERS: Mapping[str, Callable[..., str]] = {"csv": _csv, "ndjson": _ndjson}


async def search_csv(view: View, _: str) -> Stream:
    """The articles of a search as a table, in the order of the page."""
    return await _search(view, "csv", lambda hit: _flat(view, hit))


async def search_ndjson(view: View, _: str) -> Stream:
    """The articles of a search, each as in ``/search.json``, one a line."""
    return await _search(view, "ndjson", lambda hit: public_hit(hit, view))


async def _search(view: View, kind: str, shape: Callable[[Hit], Row]) -> Stream:
    parameters = asked_parameters(view) | {"size": ""}

    async def ask_for(token: str) -> SearchResult:
        asked = parameters | {"next": token}
        result: SearchResult = await view.read(lambda connection: ask(connection, asked, most=_HITS))
        return result

    first = await ask_for(parameters["next"])
    if not first.complete:
        raise TooMany(form.ENGLISH.say("wrong.too_many", n=first.total))

    async def batches() -> AsyncIterator[Sequence[Row]]:
        result = first
        while True:
            yield [shape(hit) for hit in result.results]
            if result.next is None:
                return
            result = await ask_for(result.next)

    return Stream(view, "search", kind, _COLUMNS, batches())


def _flat(view: View, hit: Hit) -> Row:
    measures = dict.fromkeys(figure["measure"] for figure in hit.figures if figure["measure"])
    words = dict.fromkeys(figure["attributed_to"] for figure in hit.figures if figure["attributed_to"])
    values = (
        hit.uid,
        hit.headline,
        hit.language,
        hit.date_published,
        hit.source,
        view.links.absolute(view.links.article(hit.uid)),
        hit.original_url,
        hit.story,
        hit.version_count,
        hit.first_ingested,
        "; ".join(form.reading(figure) for figure in hit.figures),
        "; ".join(measure_label(measure) for measure in measures),
        "; ".join(words),
    )
    return dict(zip(_COLUMNS, values, strict=True))


async def claims_csv(view: View, _: str) -> Stream:
    """Every claim as a table fit for citing."""
    return await _claims(view, "claims", "csv", _claim_filters(view))


async def claims_ndjson(view: View, _: str) -> Stream:
    """Every claim, one a line."""
    return await _claims(view, "claims", "ndjson", _claim_filters(view))


async def measure_csv(view: View, slug: str) -> Stream | None:
    """Every claim of a measure as a table fit for citing."""
    return await _measure(view, slug, "csv")


async def measure_ndjson(view: View, slug: str) -> Stream | None:
    """Every claim of a measure, one a line."""
    return await _measure(view, slug, "ndjson")


async def _measure(view: View, slug: str, kind: str) -> Stream | None:
    sql = "SELECT 1 FROM figures WHERE measure = ? AND struck = 0 LIMIT 1"
    if not await view.read(lambda connection: connection.execute(sql, [slug]).fetchone()):
        return None
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in slug)
    return await _claims(view, name, kind, _claim_filters(view) | {"measure": slug})


def _claim_filters(view: View) -> dict[str, str]:
    filters = {name: value for name in CLAIM_FILTERS if (value := view.request.args.get(name))}
    for name in filters.keys() & {"since", "until"}:
        date = parse_date_prefix(filters[name])
        if date is None:
            raise QueryError(name, message("wrong.date", name=name))
        filters[name] = date
    return filters


async def _claims(view: View, name: str, kind: str, filters: Mapping[str, str]) -> Stream:
    conditions = [CLAIM_FILTERS[chosen] for chosen in filters]
    if (query := view.request.args.get("q") or "").strip():
        filters = {**filters, "found": await _asked_for(view, query)}
        conditions.append(_FOUND)
    where = " AND ".join(conditions)
    sql = f"SELECT * FROM claims {'WHERE ' + where if where else ''} ORDER BY article_id, start_char, figure_id"
    columns = await view.read(lambda connection: _columns(connection.execute("SELECT * FROM claims LIMIT 0")))
    rows = _read(view.datasette.databases[view.links.database], sql, filters)

    async def batches() -> AsyncIterator[Sequence[Row]]:
        async for batch in rows:
            yield [
                {"page": view.links.absolute(view.links.article(row["article_uid"], row["start_char"])), **row}
                for row in batch
            ]

    return Stream(view, name, kind, ("page", *columns), batches())


async def _asked_for(view: View, query: str) -> str:
    """The places of the figures that state the amount a query names, as JSON."""
    result: SearchResult = await view.read(lambda connection: ask(connection, {"q": query, "fold": "0"}))
    if not any(part.kind == "amount" for part in result.understood):
        raise QueryError("q", message("wrong.no_amount"))
    if len(result.claims) >= MOST_CLAIMS:
        raise TooMany(message("wrong.too_many_claims", n=MOST_CLAIMS))
    return json.dumps([[claim["uid"], claim["start_char"], claim["end_char"]] for claim in result.claims])


def _columns(cursor: sqlite3.Cursor) -> tuple[str, ...]:
    return tuple(column[0] for column in cursor.description)


async def _read(database: Any, sql: str, parameters: Mapping[str, str]) -> AsyncIterator[Sequence[Row]]:
    """The rows of a query in batches, all of one snapshot, read beside the threads that pages wait for."""

    def begin() -> tuple[sqlite3.Connection, sqlite3.Cursor]:
        connection = _connect(database)
        connection.row_factory = sqlite3.Row
        # A text that is no UTF-8 is shown as far as it is one.
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        with sqlite_timelimit(connection, _BATCH_MS):
            return connection, connection.execute(sql, parameters)

    connection, cursor = await asyncio.to_thread(begin)

    def more() -> list[Row]:
        with sqlite_timelimit(connection, _BATCH_MS):
            return [dict(row) for row in cursor.fetchmany(_ROWS)]

    with closing(connection):
        while batch := await asyncio.to_thread(more):
            yield batch


def _connect(database: Any) -> sqlite3.Connection:
    if database.path is None:
        connection: sqlite3.Connection = database.connect()
        return connection
    how = "mode=ro" if database.is_mutable else "immutable=1"
    return sqlite3.connect(f"{Path(database.path).absolute().as_uri()}?{how}", uri=True, check_same_thread=False)
