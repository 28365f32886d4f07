"""The pages, asked for as a program does: both forms, permissions, hostile text, addresses."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from datasette.app import Datasette
from site_data import ARTICLES, HOSTILE, build
from sqlite_utils import Database

import corpus
from corpus.site.axes import LogScale, TimeScale, interval
from corpus.site.charts import range_charts
from corpus.site.exports import cell
from corpus.site.format import direction, format_date, language_name, plain, reading, short, short_date
from corpus.site.highlight import blocks, cut
from corpus.site.links import Links, outside
from corpus.site.responses import tidy

PAGES = [
    "/",
    "/search",
    "/search?q=Altman",
    "/measure/fundraising_target",
    "/measure/growth",
    "/story/de-two",
    "/story/en-one",
    "/source/the-daily-wafer",
    "/source/evil",
    "/quality",
    "/quality?show=undated",
    "/search?q=7+trillion",
    "/about",
]
PAGES += [f"/article/{spec['uid']}" for spec in ARTICLES]
VOID = {"meta", "link", "input", "br", "img", "line", "rect", "circle", "path", "hr"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site") / "news of the day.db")


@pytest.fixture(scope="module")
def served(path: Path) -> Datasette:
    return Datasette([str(path)])


async def get(served: Datasette, address: str) -> Any:
    return await served.client.get(address)


def as_json(address: str) -> str:
    path, _, query = address.partition("?")
    return ("/index.json" if path == "/" else f"{path}.json") + (f"?{query}" if query else "")


class Outline(HTMLParser):
    """Elements, attributes and words of a page; ``faults`` names tags that do not match."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)
        self.faults += self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.mark.asyncio
@pytest.mark.parametrize("address", PAGES)
async def test_page_is_whole_small_and_keeps_to_itself(served: Datasette, address: str) -> None:
    response = await get(served, address)
    assert response.status_code == 200
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "unsafe" not in response.headers["content-security-policy"]
    assert len(response.content) < 100_000
    outline = Outline(response.text)
    assert outline.faults == []
    assert len(outline.all("h1")) == 1 and len(outline.all("main")) == 1
    for tag, attrs in outline.elements:
        assert tag not in ("style", "iframe", "object", "base")
        # A script is our own file, or data for programs, where nothing is run.
        own = {"src": "/-/static-plugins/chipfab-corpus/site.js", "defer": None}
        assert tag != "script" or attrs in ({"type": "application/ld+json"}, own)
        assert not any(name.startswith("on") or name == "style" for name in attrs)
        for name in ("src", "href", "action"):
            there = attrs.get(name) or ""
            elsewhere = there.startswith(("http:", "https:", "//"))
            known = (tag == "a" and there == "https://datasette.io/") or attrs.get("rel") == "canonical"
            assert not elsewhere or known, (tag, there)
            assert not there.lower().startswith(("javascript:", "data:"))
    ids = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {attrs.get("for") for attrs in outline.all("label")}
    assert {attrs["id"] for attrs in outline.all("input") if attrs.get("type") != "hidden"} <= named
    described = {word for _, attrs in outline.elements for word in (attrs.get("aria-describedby") or "").split()}
    described |= {word for _, attrs in outline.elements for word in (attrs.get("aria-labelledby") or "").split()}
    assert described <= set(ids)


@pytest.mark.asyncio
@pytest.mark.parametrize("address", PAGES)
async def test_json_beside_each_page(served: Datasette, address: str) -> None:
    response = await get(served, as_json(address))
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json()["ok"] is True
    assert "000.0" not in response.text and "Infinity" not in response.text
    page = Outline((await get(served, address)).text)
    alternates = [
        link["href"]
        for link in page.all("link")
        if link.get("type") == "application/json" and link.get("rel") == "alternate"
    ]
    assert alternates == [as_json(address)]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "address", ["/article/nope", "/measure/nope", "/story/nope", "/source/nope", "/article/a%2Fb", "/article/%00"]
)
async def test_what_is_not_there_is_said_in_both_forms(served: Datasette, address: str) -> None:
    page, program = await get(served, address), await get(served, f"{address}.json")
    assert (page.status_code, program.status_code) == (404, 404)
    assert Outline(page.text).faults == [] and "nothing at this address" in page.text
    said = {"ok": False, "status": 404, "code": "not_found", "error": "There is nothing at this address."}
    assert program.json() == said


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "query",
    ["since=soon", "until=2024-99", "sort=best", "size=0", "size=ten", "size=1000", "next=1", "next=~", "q=a&next=x~1"],
)
async def test_parameters_that_cannot_be_meant_are_named(served: Datasette, query: str) -> None:
    program, page = await get(served, f"/search.json?{query}"), await get(served, f"/search?{query}")
    assert (program.status_code, page.status_code) == (400, 400)
    assert program.json()["parameter"] == query.rpartition("&")[2].partition("=")[0]
    assert program.json()["error"] in page.text


@pytest.mark.asyncio
@pytest.mark.parametrize("cookie", ["/bad,key=1; lang=de", "lang=\x01", "lang=de; expires=x; =; a b=c", ";" * 5000])
async def test_a_cookie_that_cannot_be_read_is_none(served: Datasette, cookie: str) -> None:
    for address in ("/", "/search.json", "/-/versions.json"):
        assert (await served.client.get(address, headers={"Cookie": cookie})).status_code == 200


@pytest.mark.asyncio
async def test_only_reading_is_answered(served: Datasette) -> None:
    assert (await served.client.post("/search.json", headers={"Authorization": "Bearer x"})).status_code == 405
    assert (await served.client.head("/article/en-one")).status_code == 200


@pytest.mark.asyncio
async def test_figures_stand_in_their_place_with_their_reading(served: Datasette) -> None:
    data = (await get(served, "/article/en-one.json")).json()
    page = (await get(served, "/article/en-one")).text
    outline = Outline(page)
    marks = [attrs["id"] for attrs in outline.all("mark")]
    assert marks == [f"f{figure['start_char']}" for figure in data["figures"]]
    for figure in data["figures"]:
        assert data["text"][figure["start_char"] : figure["end_char"]] == figure["quote"]
        assert figure["url"].endswith(f"/article/en-one#f{figure['start_char']}")
        assert f">{figure['quote']}</a></mark>" in page
        assert f'<b dir="auto">{figure["reading"]}</b>' in page
    assert [figure["reading"] for figure in data["figures"]] == [
        "5–7 trillion US dollars",
        "13.1%",
        "595.3 billion US dollars",
        "almost 1.72 trillion US dollars",
        "about 350,000 processors",
        "at least 10 GW",
        "billions of US dollars, no number given",
    ]
    assert data["figures"][0]["low"] == 5_000_000_000_000
    prose = re.sub(r"\s+", " ", outline.words)
    assert "A market of its own" in prose and "Sign up for our newsletter today" in prose


@pytest.mark.asyncio
async def test_provenance_and_what_was_cut(served: Datasette) -> None:
    page = (await get(served, "/article/de-two")).text
    assert "January 2024" in page and "known to the month" in page and "in the date line" in page
    assert "Taken from" in page and "The Daily Wafer" in page
    cut_part = (await get(served, "/article/en-one")).text.partition("<details>")[2]
    assert "newsletter offer" in cut_part and "By Jane Doe" in cut_part
    assert "undated" in (await get(served, "/article/ar-five")).text


@pytest.mark.asyncio
async def test_text_runs_in_its_own_direction(served: Datasette) -> None:
    outline = Outline((await get(served, "/article/ar-five")).text)
    prose = next(attrs for attrs in outline.all("div") if (attrs.get("class") or "").startswith("prose"))
    assert (prose["lang"], prose["dir"]) == ("ar", "rtl")


@pytest.mark.asyncio
async def test_search_json_has_the_promised_form(served: Datasette) -> None:
    data = (await get(served, "/search.json?q=exact:Altman&size=1&sort=newest")).json()
    promised = {"ok", "total", "total_capped", "understood", "results", "facets", "next", "next_url"}
    assert promised <= data.keys()
    result = {"uid", "url", "headline", "language", "date_published", "source", "snippet_html", "figures"}
    assert result <= data["results"][0].keys()
    assert data["total"] == 2 and data["results"][0]["uid"] == "en-one"
    following = (await get(served, data["next_url"].partition("localhost")[2])).json()
    assert [hit["uid"] for hit in following["results"]] == ["de-two"]
    assert following["next"] is None and following["next_url"] is None


@pytest.mark.asyncio
async def test_what_was_understood_is_shown_and_goes_with_a_click(served: Datasette) -> None:
    outline = Outline((await get(served, "/search?q=7+trillion+US+dollars+Altman")).text)
    assert outline.faults == []
    shown = " ".join(outline.words.split())
    assert "7 trillion US dollars" in shown and "Altman, also" in shown
    assert "Альтман" in shown and "奥特曼" in shown
    links = [attrs.get("href") or "" for attrs in outline.all("a")]
    assert "/search?q=Altman" in links and "/search?q=7+trillion+US+dollars" in links
    assert "/search?q=7+trillion+US+dollars+exact%3AAltman" in links
    assert "1 more version of this story" in shown


@pytest.mark.asyncio
async def test_explain_says_what_a_place_is_made_of(served: Datasette) -> None:
    hit = (await get(served, "/search.json?q=Altman+7+trillion&explain=1")).json()["results"][0]
    parts = dict(hit["explanation"])
    score = parts.pop("score")
    assert abs(sum(parts.values()) - score) < 1e-4 and {"words", "figures", "newness"} <= parts.keys()
    assert "in all" in (await get(served, "/search?q=Altman&explain=1")).text


@pytest.mark.asyncio
async def test_a_search_is_a_feed_of_what_comes_in(served: Datasette) -> None:
    response = await get(served, "/search.atom?q=chips")
    assert response.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(response.text)
    atom = "{http://www.w3.org/2005/Atom}"
    stamps = [entry.findtext(f"{atom}updated") or "" for entry in root.iter(f"{atom}entry")]
    assert len(stamps) == 5 and stamps == sorted(stamps, reverse=True)
    assert root.findtext(f"{atom}updated") == stamps[0]
    ids = [entry.findtext(f"{atom}id") or "" for entry in root.iter(f"{atom}entry")]
    assert len(set(ids)) == 5 and all(name.startswith("urn:uuid:") for name in ids)
    assert (await served.client.get("/search.atom", params={"q": HOSTILE})).status_code == 200


@pytest.mark.asyncio
async def test_a_search_is_a_table(served: Datasette) -> None:
    response = await get(served, "/search.csv?q=Altman&fold=0")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert {row["uid"] for row in rows} == {"en-one", "de-two", "ru-three", "zh-four", "ar-five"}
    assert "5–7 trillion US dollars" in next(row["figures"] for row in rows if row["uid"] == "en-one")
    assert response.headers["content-disposition"] == 'attachment; filename="search.csv"'


def test_a_cell_is_no_formula() -> None:
    assert [cell(text) for text in ("=1+1", "@a", "-2", "a", None, -2.0)] == ["'=1+1", "'@a", "'-2", "a", None, -2]


@pytest.mark.asyncio
async def test_a_filter_can_be_taken_away_and_facets_narrow(served: Datasette) -> None:
    outline = Outline((await get(served, "/search?q=Altman&language=de&since=2024")).text)
    links = [attrs.get("href") or "" for attrs in outline.all("a")]
    assert "/search?q=Altman&since=2024" in links
    assert "/search?q=Altman&language=de&since=2024&source=kanzlei-bote" in links


@pytest.mark.asyncio
async def test_the_measure_is_in_time_order_and_denials_are_shown(served: Datasette) -> None:
    data = (await get(served, "/measure/fundraising_target.json")).json()
    dates = [claim["date_published"] for claim in data["claims"]]
    assert dates[-1] is None and dates[:-1] == sorted(dates[:-1])
    page = (await get(served, "/measure/fundraising_target")).text
    assert 'class="stance denied"' in page and 'class="stated denied"' in page
    assert "1 undated claim stands at the right" in page
    assert "a scale named without a number" in page


@pytest.mark.asyncio
async def test_measure_pages_follow_each_other(served: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.site.queries.CLAIMS_SHOWN", 2)
    address, seen = "/measure/fundraising_target.json", []
    while address:
        data = (await get(served, address)).json()
        seen += [claim["id"] for claim in data["claims"]]
        assert len(data["claims"]) <= 2
        address = (data["next_url"] or "").partition("localhost")[2]
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.asyncio
async def test_citations_go_on_to_the_first_article(served: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.site.citing.MOST", 2)
    address, stories = "/citations.json", []
    while address:
        data = (await get(served, address)).json()
        held = data["independent"] + [report for origin in data["origins"] for report in origin["reports"]]
        assert 1 <= data["articles"] <= 2
        stories += [report["story"] for report in held]
        address = (data["next_url"] or "").partition("localhost")[2]
    # One of the stories has two versions, of which each is met on its own page.
    assert {spec.get("story", spec["uid"]) for spec in ARTICLES} == set(stories)
    page = (await get(served, "/citations")).text
    assert "Told from the 2 articles that were stored last." in page and 'rel="next">Those before them' in page
    assert (await get(served, "/citations.json?next=1~2")).status_code == 400
    assert (await get(served, "/citations.json?size=0")).json()["parameter"] == "size"


@pytest.mark.asyncio
async def test_story_of_any_version(served: Datasette) -> None:
    data = (await get(served, "/story/de-two.json")).json()
    assert [version["uid"] for version in data["versions"]] == ["de-two"]
    assert "No other version" in (await get(served, "/story/de-two")).text
    joined = (await get(served, "/story/ru-three.json")).json()
    assert [version["uid"] for version in joined["versions"]] == ["en-one", "ru-three"]
    page = Outline((await get(served, "/story/ru-three")).text)
    assert page.faults == [] and "Side by side" in (await get(served, "/article/ru-three")).text
    # Each value stated is a row; the figure only one of them states is marked as missing in the other.
    assert len(page.all("tr")) == 1 + len({figure["reading"] for v in joined["versions"] for figure in v["figures"]})


@pytest.mark.asyncio
async def test_versions_of_a_story_are_paged_and_compared_with_all(
    served: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (await get(served, "/story/en-one.json?size=100")).json()
    address, versions = "/story/en-one.json?size=1", []
    while address:
        data = (await get(served, address)).json()
        assert data["versions_total"] == 2 and len(data["versions"]) == 1
        versions += data["versions"]
        address = (data["next_url"] or "").partition("localhost")[2]
    assert [version["uid"] for version in versions] == ["en-one", "ru-three"]
    # What is alone is alone among all of them, also where the other stands on another page.
    assert [version["alone"] for version in versions] == [version["alone"] for version in whole["versions"]]
    assert versions[1]["alone"] == ["more than 7 trillion US dollars"]
    monkeypatch.setattr("corpus.site.queries.VERSIONS_SHOWN", 1)
    page = (await get(served, "/story/en-one")).text
    assert "Story · 1 of 2 versions" in page and 'rel="next">More versions' in page


@pytest.mark.asyncio
async def test_hostile_text_is_only_text_in_every_parameter(served: Datasette) -> None:
    names = ["q", "language", "source", "measure", "subject", "story", "exact"]
    for name in names:
        outline = Outline((await served.client.get("/search", params={name: HOSTILE})).text)
        assert outline.faults == [] and not {"script", "img"} & {tag for tag, _ in outline.elements}
    for name in ("since", "until", "sort", "size", "next"):
        response = await served.client.get("/search", params={name: HOSTILE})
        assert response.status_code == 400 and HOSTILE not in response.text


@pytest.mark.asyncio
async def test_hostile_addresses_are_not_linked(served: Datasette) -> None:
    page = (await get(served, "/article/evil-six")).text
    assert 'href="javascript:' not in page and "<code>javascript:alert(5)</code>" in page


@pytest.mark.asyncio
@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(
    "denied",
    [
        {"allow": {"id": "root"}},
        {"databases": {"news of the day": {"allow": {"id": "root"}}}},
        {"databases": {"news of the day": {"tables": {"articles": {"allow": {"id": "root"}}}}}},
        {"databases": {"news of the day": {"tables": {"figures": {"allow": {"id": "root"}}}}}},
    ],
)
async def test_permissions_hold_for_every_page(path: Path, address: str, denied: dict[str, Any]) -> None:
    served = Datasette([str(path)], metadata=denied)
    for form in (address, as_json(address)):
        response = await get(served, form)
        assert response.status_code == 403
        assert "Altman" not in response.text.replace("q=Altman", "")
    root = {"ds_actor": served.sign({"a": {"id": "root"}}, "actor")}
    assert (await served.client.get(address, cookies=root)).status_code == 200


@pytest.mark.asyncio
async def test_without_a_corpus_the_pages_say_so(tmp_path: Path) -> None:
    served = Datasette([], memory=True)
    assert (await get(served, "/search.json")).json()["error"] == "No database of this corpus is attached."
    assert (await get(served, "/article/x")).status_code == 404


@pytest.mark.asyncio
async def test_a_new_corpus_without_articles(tmp_path: Path) -> None:
    served = Datasette([str(build(tmp_path / "corpus.db", []))])
    page = (await get(served, "/")).text
    assert "0 articles" in page and Outline(page).faults == []
    assert (await get(served, "/search?q=x")).status_code == 200


@pytest.mark.asyncio
async def test_addresses_follow_the_base_url(path: Path) -> None:
    served = Datasette([str(path)], settings={"base_url": "/news/"})
    outline = Outline((await get(served, "/article/en-one")).text)
    local = [attrs["href"] or "" for attrs in outline.all("a") if not (attrs["href"] or "").startswith(("#", "http"))]
    assert local and all(link.startswith("/news/") for link in local)


@pytest.mark.asyncio
async def test_stylesheet_is_served_and_loads_nothing(served: Datasette) -> None:
    page = Outline((await get(served, "/")).text)
    sheet = next(link["href"] for link in page.all("link") if link.get("rel") == "stylesheet")
    css = (await get(served, sheet or "")).text
    assert len(css) < 40_000 and "url(" not in css and "@import" not in css


@pytest.mark.asyncio
async def test_datasette_keeps_its_own_pages_and_leads_back(served: Datasette) -> None:
    page = (await get(served, served.urls.table("news of the day", "figures"))).text
    assert 'href="/search"' in page


@pytest.mark.asyncio
async def test_programs_of_any_site_may_read(path: Path) -> None:
    served = Datasette([str(path)])
    assert (await get(served, "/search.json")).headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in (await get(served, "/search")).headers


@pytest.mark.asyncio
async def test_a_question_that_takes_too_long_is_told_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(connection: Any) -> Any:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        return connection.execute(endless).fetchone()

    monkeypatch.setattr("corpus.site.queries.overview", slow)
    served = Datasette([str(path)], settings={"sql_time_limit_ms": 50})
    response = await get(served, "/index.json")
    assert response.status_code == 503 and "too long" in response.json()["error"]
    assert (await get(served, "/search.json")).status_code == 200


@pytest.mark.asyncio
async def test_pages_answer_while_articles_are_written(path: Path) -> None:
    served = Datasette([str(path)])
    writer = Database(path)
    writer.conn.execute("BEGIN IMMEDIATE")
    writer.conn.execute("UPDATE articles SET author = 'somebody'")
    assert (await get(served, "/article/en-one.json")).json()["author"] is None
    writer.conn.rollback()
    writer.close()


def test_a_chart_of_many_claims_stays_legible() -> None:
    claims = [
        figure("money", 10.0 ** (6 + at % 7), 10.0 ** (6 + at % 7), currency="USD", low_usd=None, high_usd=None)
        | {"uid": f"u{at}", "start_char": 0, "stance": None, "language": "en", "source": None}
        | {"date_published": f"20{10 + at % 15}-0{1 + at % 9}-11"}
        for at in range(300)
    ]
    links = Links(Datasette([], memory=True), None, "x")
    charts = range_charts(claims, links, slug="m", title="m")
    assert charts is not None and charts.crowded > 0 and len(charts.wide.marks) <= 80
    assert all(0 <= drawn.x <= charts.wide.width for drawn in charts.wide.marks)
    assert range_charts([], links, slug="m", title="m") is None


def figure(kind: str, low: float | None, high: float | None, **rest: Any) -> dict[str, Any]:
    empty = {
        "currency": None,
        "unit": None,
        "qualifier": "exact",
        "vague": 0,
        "magnitude": None,
        "magnitude_high": None,
    }
    return {"kind": kind, "low": low, "high": high, **empty, **rest}


@pytest.mark.parametrize(
    ("values", "noted", "read"),
    [
        (figure("money", 5e12, 7e12, currency="USD"), "$5–7 tn", "5–7 trillion US dollars"),
        (figure("money", 8e9, 1e10, currency="USD"), "$8–10 bn", "8–10 billion US dollars"),
        (figure("money", 9e8, 2e9, currency="EUR"), "€900 m – 2 bn", "900 million – 2 billion euros"),
        (figure("money", 7e12, None, currency="USD", qualifier="more_than"), "> $7 tn",
         "more than 7 trillion US dollars"),
        (figure("money", None, 5e9, currency="USD", qualifier="up_to"), "≤ $5 bn", "up to 5 billion US dollars"),
        (figure("money", 20000.0, 20000.0, currency="USD"), "$20,000", "20,000 US dollars"),
        (figure("money", 1.0, 1.0, currency="USD"), "$1", "1 US dollar"),
        (figure("money", 1.4e12, 1.4e12, currency="JPY"), "¥1.4 tn", "1.4 trillion Japanese yen"),
        (figure("money", 3e9, 3e9), "3 bn", "3 billion in an unstated currency"),
        (figure("money", None, None, currency="USD", vague=1, magnitude=1e8), "$ hundreds of millions",
         "hundreds of millions of US dollars, no number given"),
        (figure("money", None, None, currency="USD", vague=1, magnitude=1e9, magnitude_high=1e12),
         "$ billions to trillions", "billions to trillions of US dollars, no number given"),
        (figure("percent", 13.1, 13.1), "13.1%", "13.1%"),
        (figure("percent", 2.0, 2.0, unit="pp"), "2 pp", "2 percentage points"),
        (figure("multiple", 3.0, None, qualifier="more_than"), "> 3×", "more than 3 times"),
        (figure("count", 350000.0, 350000.0, unit="GPUs", qualifier="about"), "≈ 350,000", "about 350,000 GPUs"),
        (figure("quantity", 10.0, 10.0, unit="GW"), "10 GW", "10 GW"),
        (figure("count", 0.1 + 0.2, 0.1 + 0.2, unit="x"), "0.30000000000000004", "0.30000000000000004 x"),
    ],
)  # fmt: skip
def test_figures_for_people(values: dict[str, Any], noted: str, read: str) -> None:
    assert (short(values), reading(values)) == (noted, read)


@pytest.mark.parametrize(
    ("prefix", "long", "narrow"),
    [
        (None, "undated", "undated"),
        ("2024", "2024", "2024"),
        ("2024-02", "February 2024", "Feb 2024"),
        ("2024-02-09", "9 February 2024", "9 Feb 2024"),
        ("2024-01-20T11:14:25", "20 January 2024, 11:14:25", "20 Jan 2024"),
        ("2024-01-20T11:14+01:00", "20 January 2024, 11:14 +01:00", "20 Jan 2024"),
        ("2024-01-20T11:14Z", "20 January 2024, 11:14 UTC", "20 Jan 2024"),
        ("2024-13", "2024-13", "2024-13"),
        ("<b>", "<b>", "<b>"),
    ],
)
def test_dates_for_people(prefix: str | None, long: str, narrow: str) -> None:
    assert (format_date(prefix), short_date(prefix)) == (long, narrow)


@pytest.mark.parametrize(
    ("code", "name", "way"),
    [("de", "German", "ltr"), ("ar", "Arabic", "rtl"), ("zh-Hant", "Chinese (Traditional)", "ltr"),
     ("sr-Latn", "Serbian (Latin)", "ltr"), (None, "unknown language", "auto"), ("x-y-z", "x-y-z", "auto"),
     (HOSTILE, HOSTILE, "auto")],
)  # fmt: skip
def test_languages_for_people(code: str | None, name: str, way: str) -> None:
    assert (language_name(code), direction(code)) == (name, way)


def test_numbers_for_people_keep_what_was_stored() -> None:
    assert [plain(value) for value in (7e12, 1234.5, 0.0, 1e22)] == [
        "7,000,000,000,000", "1,234.5", "0", "10,000,000,000,000,000,000,000"
    ]  # fmt: skip
    assert tidy({"a": [7e12, 1.5, float("nan"), float("inf"), None, "x"]}) == {
        "a": [7 * 10**12, 1.5, None, None, None, "x"]
    }
    assert json.dumps(tidy(7e12)) == "7000000000000"


@pytest.mark.parametrize(
    ("url", "linked"),
    [("https://a.example/x", True), ("http://a.example", True), ("javascript:alert(1)", False), ("//a.example", False),
     ("data:text/html,x", False), ("https://", False), ("http://[", False), (" javascript:x", False), (None, False)],
)  # fmt: skip
def test_only_web_addresses_are_linked(url: str | None, linked: bool) -> None:
    assert (outside(url) is not None) is linked


def test_pieces_join_to_the_text() -> None:
    text = "one 5 two 7\n\nthree 9"
    figures = [
        {"start_char": start, "end_char": end} for start, end in ((4, 5), (4, 9), (10, 11), (19, 20), (50, 60), (3, 3))
    ]
    passages = [{"start_char": 0, "end_char": 11, "role": "lead", "language": None}]
    made = blocks(text, passages, figures, language="en")
    assert [block.role for block in made] == ["lead", "body"]
    assert "\n\n".join("".join(piece.text for piece in block.pieces) for block in made) == text
    assert [piece.text for block in made for piece in block.pieces if piece.figure is not None] == ["5 two", "7", "9"]
    assert "".join(piece.text for piece in cut(text, 0, len(text), [])) == text


def test_scales_hold_their_values() -> None:
    scale = LogScale.of([8e9, 7e12], top=0, bottom=100)
    assert 0 < scale.at(7e12) < scale.at(8e9) < 100
    assert scale.ticks() == [1e10, 1e11, 1e12, 1e13]
    assert LogScale.of([], top=0, bottom=1).at(0) == 1
    assert len(LogScale.of([5e9], top=0, bottom=100).ticks()) >= 2
    for extreme in ([1e300, 5e-320], [float("inf")], [0.0], [-5.0, 1e12]):
        wide = LogScale.of(extreme, top=0, bottom=100)
        assert all(0 <= wide.at(value) <= 100 for value in extreme) and len(wide.ticks()) < 20
    first, last = interval("2024-02") or (None, None)
    assert first is not None and last is not None and (first.day, last.day) == (1, 29)
    assert [interval(text) for text in ("2024-13", "", "soon", "2024-02-30", "99999")] == [None] * 5
    for days in ([first], [first, last], [first, first.replace(year=2031)], [first.replace(year=1), last]):
        axis = TimeScale.of(days, left=0, right=700)
        ticks = axis.ticks(6)
        assert 1 <= len(ticks) <= 9
        assert all(0 <= tick.at <= 700 for tick in ticks)


@pytest.mark.asyncio
async def test_the_seeds_through_the_whole_line(tmp_path: Path) -> None:
    seeds = Path(__file__).parent.parent / "seeds"
    path = tmp_path / "corpus.db"
    corpus.store(path, map(corpus.process, corpus.read([seeds])))
    served = Datasette([str(path)])
    landing = Outline((await get(served, "/")).text)
    assert landing.faults == []
    for said in ("$8–10 bn", "$5–7 tn", "$7 tn", "> $7 tn", "$ trillions", "The Wall Street Journal", "denied"):
        assert said in landing.words
    articles = (await get(served, "/index.json")).json()["articles"]
    assert len(articles) == 5
    for article in articles:
        data = (await get(served, f"/article/{article['uid']}.json")).json()
        outline = Outline((await get(served, f"/article/{article['uid']}")).text)
        assert outline.faults == []
        assert len(outline.all("mark")) == len(data["figures"]) == article["figures"]
    assert sum(article["figures"] for article in articles) == 33
    found = (await get(served, "/search.json?q=Альтман&since=2024-02")).json()
    assert [hit["date_published"] for hit in found["results"]] == ["2024-02-09"]


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_colours_can_be_read(mode: int) -> None:
    css = (Path(__file__).parent.parent / "corpus" / "site" / "static" / "site.css").read_text("utf-8")
    blocks_of = re.findall(r":root \{([^}]*)\}", css)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", blocks_of[mode]))
    inks = ["ink", "soft", "link", "money", "percent", "count", "multiple", "quantity"]
    pairs = [(ink, ground) for ink in inks for ground in ("paper", "sheet")]
    pairs += [("ink", ground) for ground in colours if ground.endswith("-wash")] + [("paper", "ink")]
    for ink, ground in pairs:
        light, dark = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


@pytest.mark.asyncio
async def test_an_article_of_many_figures_leads_to_what_corrects_each(
    served: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.site.pages._FEW_FIGURES", 3)
    start = (await get(served, "/article/en-one.json")).json()["figures"][1]["start_char"]
    page = (await get(served, "/article/en-one")).text
    assert "strike: true" not in page and f'href="/article/en-one?figure={start}#c{start}"' in page
    asked = (await get(served, f"/article/en-one?figure={start}")).text
    assert asked.count("strike: true") == 1 and f'<div id="c{start}">' in asked
    assert asked.count('<ul class="cites"><li>') == 1 and Outline(asked).faults == []
    for wrong in ("-1", "x", "1" * 5000, "\0"):
        assert (await served.client.get("/article/en-one", params={"figure": wrong})).status_code == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("reader", "amount"), [("en", "7,000,000,000,000"), ("de", "7.000.000.000.000"), ("hi", "70,00,00,00,00,000")]
)
async def test_numbers_of_datasettes_own_pages_are_the_readers(served: Datasette, reader: str, amount: str) -> None:
    table = served.urls.table("news of the day", "figures")
    number = (await served.client.get(f"{table}.json?_shape=array&high=7e12")).json()[0]["id"]
    query = f"{served.urls.database('news of the day')}?sql=select+high+from+figures"
    for address in (table, f"{table}/{number}", query):
        asked = await served.client.get(address, headers={"Accept-Language": reader})
        assert asked.status_code == 200 and amount in asked.text
        assert "000.0<" not in asked.text
        kept = await served.client.get(address, cookies={"lang": reader}, headers={"Accept-Language": "fr"})
        assert amount in kept.text


@pytest.mark.asyncio
async def test_a_source_says_how_much_of_it_is_told(served: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = (await get(served, "/source/the-daily-wafer.json")).json()
    assert (whole["told_from"], whole["cited_by_total"], whole["cited_by_capped"]) == (1, 1, False)
    assert "Cited by 1 source." in (await get(served, "/source/the-daily-wafer")).text
    monkeypatch.setattr("corpus.site.outlets.NEWEST", 0)
    assert "told from its newest 0 articles" in (await get(served, "/source/the-daily-wafer")).text


@pytest.mark.asyncio
async def test_facets_of_datasettes_own_pages_count_and_name_as_the_reader_does(served: Datasette) -> None:
    database = next(name for name in served.databases if not name.startswith("_"))
    for language, shown in (("en", "7,000,000,000,000"), ("de", "7.000.000.000.000")):
        address = f"{served.urls.table(database, 'figures')}?_facet=low&_facet_size=max"
        answer = await served.client.get(address, headers={"Accept-Language": language})
        page = answer.text
        assert answer.status_code == 200
        facets = page[page.index('class="facet-results"') :]
        assert f">{shown}</a>" in facets
        assert ">7000000000000.0<" not in facets
