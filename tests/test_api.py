"""What programs are promised: a true description, one shape of errors, what is current, and rows to their end."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from datasette.app import Datasette
from lxml import etree
from site_data import ARTICLES, HOSTILE, build
from sqlite_utils import Database

from corpus.serving import command
from corpus.site import caching, exports
from corpus.site.openapi import description
from corpus.site.routes import DATA, PAGES

HERE = Path(__file__).parent
METADATA = HERE.parent / "metadata.yml"


@contextmanager
def serving(database: Path) -> Iterator[str]:
    """A server of its own process; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = database.with_suffix(".log")
    with log.open("w") as written:
        run = command(database, metadata=METADATA, host="127.0.0.1", port=port)
        server = subprocess.Popen(run, stdout=written, stderr=written)
        try:
            for _ in range(300):
                try:
                    httpx.get(f"http://127.0.0.1:{port}/-/versions.json", timeout=5)
                    break
                except httpx.TransportError:
                    assert server.poll() is None, log.read_text()
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return build(tmp_path / "corpus.db")


@pytest.fixture
def served(path: Path) -> Datasette:
    return Datasette([str(path)])


def test_every_address_for_programs_is_described() -> None:
    ours = {"/index.json" if address == "/" else f"{address}.json" for address in PAGES} | set(DATA)
    described = set()
    for address, operations in description()["paths"].items():
        described.add(address.replace("{uid}", "KEY").replace("{slug}", "KEY"))
        named = {p["$ref"].rpartition("/")[2] for o in (operations, operations["get"]) for p in o.get("parameters", ())}
        assert operations["get"]["summary"] and len(named & {"uid", "slug", "outlet"}) == address.count("{")
    assert described == ours
    for parameter in description()["components"]["parameters"].values():
        assert parameter["description"] and ({"example", "examples"} & parameter.keys() or parameter["name"] == "next")


def test_the_description_is_true(path: Path) -> None:
    """Whatever it allows is answered as it says, and what it does not allow is refused."""
    with serving(path) as address:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "schemathesis.cli",
                "run",
                f"{address}/-/openapi.json",
                "--max-examples",
                "4",
                "--workers",
                "2",
            ]
            + ["--generation-deterministic", "--request-timeout", "20"],
            capture_output=True,
            text=True,
            cwd=path.parent,
            env={**os.environ, "PYTHONPATH": str(HERE), "SCHEMATHESIS_HOOKS": "api_formats", "NO_COLOR": "1"},
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.asyncio
async def test_the_description_names_where_it_is_served(served: Datasette) -> None:
    document = (await served.client.get("/-/openapi.json")).json()
    assert document["openapi"] == "3.1.0" and document["servers"] == [{"url": "http://localhost"}]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/article/nope.json", 404, "not_found"),
        ("/measure/nope.ndjson", 404, "not_found"),
        ("/search.json?since=soon", 400, "bad_parameter"),
        ("/search.csv?sort=best", 400, "bad_parameter"),
        ("/claims.csv?until=2024-13", 400, "bad_parameter"),
        ("/nope.json", 404, "not_found"),
        ("/article/a/b.json", 404, "not_found"),
        ("/corpus/nope.json", 404, "not_found"),
        ("/measure.csv", 404, "not_found"),
    ],
)
async def test_errors_have_one_shape(served: Datasette, address: str, status: int, code: str) -> None:
    response = await served.client.get(address)
    data = response.json()
    assert (response.status_code, data["ok"], data["status"], data["code"]) == (status, False, status, code)
    assert data["error"].endswith(".") or "/corpus" in address or "database" in data["error"].lower()
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.asyncio
async def test_what_breaks_is_for_the_log_alone(served: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: Any) -> Any:
        raise RuntimeError("/home/somebody/secret")

    monkeypatch.setattr("corpus.site.queries.overview", broken)
    for address in ("/index.json", "/"):
        response = await served.client.get(address)
        assert response.status_code == 500 and "secret" not in response.text
    assert (await served.client.get("/index.json")).json()["code"] == "internal"


@pytest.mark.asyncio
async def test_methods(served: Datasette) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        response = await served.client.request(method, "/search.json")
        assert response.status_code == 405 and response.json()["code"] == "method_not_allowed"
        assert response.headers["allow"] == "GET, HEAD, OPTIONS"
    asked = await served.client.options("/search.json", headers={"origin": "https://else.example"})
    assert asked.status_code == 204 and asked.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in asked.headers["access-control-allow-headers"]
    for address in ("/search.json", "/claims.csv", "/search.ndjson", "/search.atom", "/"):
        head, whole = await served.client.head(address), await served.client.get(address)
        assert head.status_code == 200
        assert head.headers["etag"] == whole.headers["etag"]
        assert head.headers["content-type"] == whole.headers["content-type"]


WRITES = {
    "an article": "INSERT INTO articles (uid, text, content_hash, first_ingested, last_ingested) "
    "VALUES ('x', 'x', 'x', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z')",
    "a correction": "UPDATE figures SET struck = 1 WHERE id = 1",
    "a link": "INSERT INTO article_links (article_id, other_id, kind, score) VALUES (1, 4, 'duplicate', 1)",
    "a date lent": "UPDATE articles SET date_published = '2024-05' WHERE uid = 'ar-five'",
    "a rejected document": "DELETE FROM documents WHERE id = 2",
}


@pytest.mark.asyncio
@pytest.mark.parametrize("address", ["/", "/index.json", "/search.json?q=Altman", "/claims.csv", "/search.atom"])
async def test_what_a_client_holds_is_current_until_something_is_written(path: Path, address: str) -> None:
    served = Datasette([str(path)])
    tag = (await served.client.get(address)).headers["etag"]
    db = Database(path)
    for what, sql in WRITES.items():
        again = await served.client.get(address, headers={"if-none-match": f'W/"other", {tag}'})
        assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == tag
        with db.conn:
            db.execute(sql)
        fresh = await served.client.get(address, headers={"if-none-match": tag})
        assert fresh.status_code == 200 and fresh.headers["etag"] != tag, what
        tag = fresh.headers["etag"]
    db.close()


@pytest.mark.asyncio
async def test_a_server_started_anew_gives_the_same_tag(path: Path) -> None:
    tags = {(await Datasette([str(path)]).client.get("/search.json")).headers["etag"] for _ in range(2)}
    assert len(tags) == 1
    other = Datasette([str(path)], metadata={"title": "Another"})
    assert (await other.client.get("/search.json")).headers["etag"] not in tags


@pytest.mark.asyncio
async def test_tags_tell_apart_what_differs(served: Datasette) -> None:
    german = {"accept-language": "de"}
    asked = [("/search", {}), ("/search", german), ("/search.json", {}), ("/search.json?q=a", {}), ("/search?q=a", {})]
    tags = [(await served.client.get(address, headers=headers)).headers["etag"] for address, headers in asked]
    assert len(set(tags)) == len(tags)
    vary = (await served.client.get("/search")).headers["vary"].lower()
    assert "accept-language" in vary and "cookie" in vary
    # A tag is of one address: what is not there is not "unchanged".
    for address in ("/article/nope", "/search.json?since=soon"):
        response = await served.client.get(address, headers={"if-none-match": tags[0]})
        assert response.status_code in (400, 404) and "etag" not in response.headers


@pytest.mark.asyncio
async def test_the_time_of_the_last_change(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "_STARTED", 0.0)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    served = Datasette([str(path)])
    first = await served.client.get("/search.json")
    stamp = first.headers["last-modified"]
    assert stamp == "Tue, 14 Nov 2023 22:13:20 GMT"
    unchanged = await served.client.get("/search.json", headers={"if-modified-since": stamp})
    assert unchanged.status_code == 304
    for older in ("Tue, 14 Nov 2023 22:13:19 GMT", "soon", "", "Tue, 99 Nov 99999999 22:13:19 GMT"):
        assert (await served.client.get("/search.json", headers={"if-modified-since": older})).status_code == 200
    # The tag goes before the time, and what is not there was never modified.
    both = {"if-modified-since": stamp, "if-none-match": '"another"'}
    assert (await served.client.get("/search.json", headers=both)).status_code == 200
    assert (await served.client.get("/article/nope.json", headers={"if-modified-since": stamp})).status_code == 404
    db = Database(path)
    with db.conn:
        db.execute(WRITES["a link"])
    just_now = await served.client.get("/search.json", headers={"if-modified-since": stamp})
    # Within the second of a change the header could mean before or after it, so it is not given.
    assert just_now.status_code == 200 and just_now.headers.get("last-modified") != stamp
    db.close()


def many(path: Path, count: int, *, each: int = 1) -> Path:
    """So many articles with so many claims each, in the invented corpus's form."""
    model = ARTICLES[0]
    specs = []
    for number in range(count):
        amounts = range(number * each + 1, (number + 1) * each + 1)
        quotes = [f"${amount} billion" for amount in amounts]
        words = f"marker-{number:05}: {'; '.join(quotes)} for plant {number}."
        figures = [
            {"quote": quote, "kind": "money", "low": amount * 1e9, "high": amount * 1e9, "currency": "USD"}
            | {"qualifier": "exact", "vague": 0, "measure": "investment"}
            for quote, amount in zip(quotes, amounts, strict=True)
        ]
        specs.append(
            {key: model[key] for key in ("language", "source_id")}
            | {"uid": f"n{number}", "date_published": f"2024-01-{number % 28 + 1:02}"}
            | {"passages": [("headline", f"=Plant {number}"), ("body", words)], "figures": figures}
        )
    return build(path, specs)


@pytest.mark.asyncio
async def test_rows_are_streamed_to_their_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_ROWS", 7)
    monkeypatch.setattr(exports, "_HITS", 7)
    served = Datasette([str(many(tmp_path / "corpus.db", 9 * 7))])
    for address in ("/search", "/claims", "/measure/investment"):
        lines = (await served.client.get(f"{address}.ndjson")).text.splitlines()
        rows = [json.loads(line) for line in lines]
        table = await served.client.get(f"{address}.csv")
        assert table.headers["content-type"].startswith("text/csv; charset=utf-8")
        cells = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
        name = "uid" if address == "/search" else "article_uid"
        assert len({row[name] for row in rows}) == len(rows) == 63
        assert [row[name] for row in cells] == [row[name] for row in rows]
        assert table.content.startswith(b"\xef\xbb\xbf") and all(row["headline"][:2] == "'=" for row in cells)
        assert all(row["headline"][0] == "=" for row in rows)
    assert rows[-1]["low"] == 63_000_000_000 and isinstance(rows[-1]["low"], int)
    assert rows[0]["page"].endswith(f"/article/n0#f{rows[0]['start_char']}")


@pytest.mark.asyncio
async def test_claims_are_chosen(served: Datasette) -> None:
    async def quotes(query: str) -> list[str]:
        lines = (await served.client.get(f"/claims.ndjson?{query}")).text.splitlines()
        return [json.loads(line)["quote"] for line in lines]

    assert await quotes("stance=denied") == ["7 триллионов долларов"]
    assert await quotes("measure=growth&language=en") == ["13.1%"]
    assert await quotes("source=kanzlei-bote&kind=multiple") == ["verdreifachen"]
    assert await quotes("source=the%20daily%20wafer&measure=growth") == ["13.1%"]
    # What is known to the month alone is kept where the times overlap; what has no date is not.
    assert "8 und 10 Milliarden US-Dollar" in await quotes("since=2024-01-20&until=2024-01-25")
    assert await quotes("since=2024-02-10&until=2024-02-10") == ["7 триллионов долларов", "7万亿美元"]
    assert "7 تريليونات دولار" not in await quotes("until=2030")
    assert await quotes("measure=nope") == []
    assert await quotes("q=7+trillion+language:ru") == ["7 триллионов долларов"]
    seven = await quotes("q=7+Billionen&since=2024")
    assert "7万亿美元" in seven and "7 تريليونات دولار" not in seven
    refused = await served.client.get("/claims.csv?q=Altman")
    assert refused.status_code == 400 and refused.json()["parameter"] == "q"
    assert await quotes("measure=%27%20OR%201=1") == []


def test_a_download_that_fails_breaks_off(tmp_path: Path) -> None:
    """The file is damaged where late rows are: what was read before is sent, and the end is seen to be missing."""
    path = many(tmp_path / "corpus.db", 40, each=50)
    db = Database(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    size = 4096
    content = path.read_bytes()
    damaged = {found.start() // size * size for found in re.finditer(b"marker-00035", content)}
    with path.open("r+b") as file:
        for place in damaged:
            file.seek(place)
            file.write(b"\xff" * size)
    with serving(path) as address, httpx.Client(base_url=address, timeout=60) as client:
        received = b""
        with (
            pytest.raises(httpx.RemoteProtocolError, match="incomplete"),
            client.stream("GET", "/claims.ndjson") as response,
        ):
            assert response.status_code == 200
            for part in response.iter_bytes():
                received += part
        assert 0 < received.count(b"\n") < 40 * 50


@pytest.mark.asyncio
async def test_more_than_can_be_ordered_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = exports.SearchResult("", "newest", 10_000, True, 10_000, (), (), complete=False)
    monkeypatch.setattr(exports, "ask", lambda *given, **more: result)
    served = Datasette([str(build(tmp_path / "corpus.db"))])
    for address in ("/search.csv", "/search.ndjson"):
        response = await served.client.get(address)
        assert response.status_code == 400 and response.json()["code"] == "too_many"


@pytest.mark.asyncio
async def test_only_so_many_downloads_at_once(served: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_STREAMS", 0)
    response = await served.client.get("/claims.csv")
    assert response.status_code == 503 and response.json()["code"] == "busy" and response.headers["retry-after"]


def test_no_cell_is_a_formula() -> None:
    told = ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "＠a"]
    assert [exports.cell(text)[0] for text in told] == ["'"] * len(told)
    assert [exports.cell(value) for value in ("a=1", "5-7", "", -1.5, -2.0, 7e12, None)] == [
        "a=1", "5-7", "", -1.5, -2, 7_000_000_000_000, None
    ]  # fmt: skip


# What RFC 4287 asks of a feed and its entries, as far as elements are used here.
ATOM = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="feed"><interleave>
    <ref name="common"/>
    <oneOrMore><ref name="link"/></oneOrMore>
    <zeroOrMore><element name="entry"><interleave>
      <ref name="common"/>
      <oneOrMore><element name="author"><element name="name"><data type="string">
        <param name="minLength">1</param></data></element></element></oneOrMore>
      <oneOrMore><ref name="link"/></oneOrMore>
      <element name="summary"><attribute name="type"><choice><value>text</value><value>html</value></choice></attribute>
        <text/></element>
    </interleave></element></zeroOrMore>
  </interleave></element></start>
  <define name="common"><interleave>
    <element name="id"><data type="anyURI"><param name="pattern">[a-z]+:.+</param></data></element>
    <element name="title"><text/></element>
    <element name="updated"><data type="dateTime"><param name="pattern">.*Z</param></data></element>
  </interleave></define>
  <define name="link"><element name="link">
    <attribute name="href"><data type="anyURI"><param name="pattern">https?:.+</param></data></attribute>
    <attribute name="rel"><choice><value>self</value><value>alternate</value></choice></attribute>
    <attribute name="type"><choice><value>text/html</value><value>application/atom+xml</value></choice></attribute>
  </element></define>
</grammar>
"""


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "query", ["", "q=chips", "q=zzzz", "q=Evil", f"q={HOSTILE}", "q=%00%0b%ef%bf%be", "flag=scale"]
)
async def test_feeds_are_valid(served: Datasette, query: str) -> None:
    text = (await served.client.get(f"/search.atom?{query}")).content
    schema = etree.RelaxNG(etree.fromstring(ATOM))
    assert schema.validate(etree.fromstring(text)), schema.error_log
    root = ElementTree.fromstring(text)
    links = {link.get("rel"): link.get("href") or "" for link in root.findall("{http://www.w3.org/2005/Atom}link")}
    assert (await served.client.get(links["self"].partition("localhost")[2])).content == text
    assert "/search.atom" in links["self"] and "/search" in links["alternate"]


@pytest.mark.asyncio
async def test_feeds_and_their_entries_keep_their_names_elsewhere(path: Path) -> None:
    def names(text: str) -> list[str | None]:
        return [node.text for node in ElementTree.fromstring(text).iter("{http://www.w3.org/2005/Atom}id")]

    here = await Datasette([str(path)]).client.get("/search.atom?q=chips&sort=newest")
    moved = Datasette([str(path)], settings={"base_url": "/news/"})
    there = await moved.client.get("/search.atom?q=chips", headers={"host": "claims.example"})
    other = await moved.client.get("/search.atom?q=Altman")
    assert names(here.text) == names(there.text) and names(other.text)[0] != names(here.text)[0]


@pytest.mark.asyncio
async def test_datasette_pages_have_headers_of_safety(served: Datasette) -> None:
    for address in ("/corpus/articles", "/corpus", "/corpus/articles.json", "/-/versions", "/nope", "/robots.txt"):
        headers = (await served.client.get(address)).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"], address


@pytest.mark.asyncio
@pytest.mark.parametrize("uid", [str(spec["uid"]) for spec in ARTICLES])
async def test_an_article_says_in_schema_org_what_it_claims(served: Datasette, uid: str) -> None:
    page = (await served.client.get(f"/article/{uid}")).text
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(blocks) == 1 and not set("<>&'") & set(blocks[0])
    told = json.loads(blocks[0])
    data = (await served.client.get(f"/article/{uid}.json")).json()
    assert (told["@type"], told.get("headline"), told.get("inLanguage"), told.get("datePublished")) == (
        "NewsArticle", data["headline"], data["language"], data["date_published"]
    )  # fmt: skip
    assert [claim["@id"] for claim in told["hasPart"]] == [figure["url"] for figure in data["figures"]]
    assert told["@id"].startswith("http") and told["mainEntityOfPage"] == data["url"]
    for claim, figure in zip(told["hasPart"], data["figures"], strict=True):
        value = next((part for part in claim.get("about", ()) if part["@type"] != "Thing"), {})
        assert (value.get("minValue"), value.get("maxValue")) == (figure["low"], figure["high"])
        assert value.get("currency") == (figure["currency"] if value and figure["kind"] == "money" else None)
        assert claim.get("creativeWorkStatus") == figure["stance"] and None not in claim.values()


@pytest.mark.asyncio
async def test_other_forms_are_linked_from_the_pages(served: Datasette) -> None:
    expected = {
        "/search?q=chips": {"application/json", "application/atom+xml", "text/csv"},
        "/measure/fundraising_target": {"application/json", "text/csv", "application/x-ndjson"},
        "/about": {"application/json"},
    }
    for address, types in expected.items():
        page = (await served.client.get(address)).text
        links = dict(re.findall(r'<link rel="alternate" type="([^"]+)"[^>]* href="([^"]+)"', page))
        assert links.keys() == types
        for kind, link in links.items():
            response = await served.client.get(link.replace("&amp;", "&"))
            assert response.status_code == 200 and response.headers["content-type"].startswith(kind)
        assert '<link rel="service-desc" type="application/json" href="/-/openapi.json">' in page
    assert 'href="/-/openapi.json">description of the API' in (await served.client.get("/about")).text
