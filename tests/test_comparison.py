"""The pages of comparison on the seeds and on invented stories: agreement, conflict, versions, echoes."""

from __future__ import annotations

import html
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasette.app import Datasette
from site_data import HOSTILE, build
from sqlite_utils import Database
from test_site import Outline

from corpus.ingesting import ingest
from corpus.site.agreement import subjects
from corpus.site.citing import citing, draw
from corpus.site.format import ENGLISH
from corpus.site.marks import marked
from corpus.stories import link_stories
from corpus.storing.schema import open_database

ROOT = Path(__file__).parent.parent
METADATA = yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds, ingested as the command line does it."""
    database = tmp_path_factory.mktemp("comparison") / "corpus.db"
    ingest([str(ROOT / "seeds")], database=database, default=ROOT / "seeds")
    return database


@pytest.fixture(scope="module")
def served(path: Path) -> Datasette:
    return Datasette([str(path)], metadata=METADATA)


class _Links:
    def __getattr__(self, name: str) -> Any:
        return lambda *parts, **rest: "/"


NO_LINKS: Any = _Links()


async def page(served: Datasette, address: str) -> Any:
    response = await served.client.get(address)
    assert response.status_code == 200, response.text
    return response.json() if ".json" in address else response.text


@pytest.mark.asyncio
async def test_the_seeds_at_a_glance(served: Datasette) -> None:
    """January's 8 to 10 billion, February's 5 to 7 trillion, the denial, and on whose word each stands."""
    told = await page(served, "/measure/fundraising_target.json")
    (openai,) = told["subjects"]
    assert openai["subject"] == "OpenAI"
    assert openai["times_apart"] == 500
    by_low = {group["low"]: group for group in openai["groups"]}
    assert (by_low[8e9]["high"], by_low[8e9]["first_published"], by_low[8e9]["stories"]) == (
        10e9,
        "2024-01-20T11:14:25",
        1,
    )
    february = by_low[5e12]
    assert (february["high"], february["first_published"]) == (7e12, "2024-02-09")
    # Four articles, three stories: a translation is no second witness.
    assert (february["articles"], february["stories"]) == (4, 3)
    assert {"name": "The Wall Street Journal", "stories": 2} in february["attributed_to"]
    assert [bool(group["claims"]) for group in openai["groups"] if group["denied"]] == [False]
    assert [flag["kind"] for flag in told["flags"]] == ["range"]
    shown = await page(served, "/measure/fundraising_target")
    (conflict, denied) = sentences(shown)
    assert conflict == (
        "In conflict, OpenAI: $8–10 bn (20 Jan 2024, unattributed) against $5–7 tn (9 Feb 2024, "
        "on the word of The Wall Street Journal, Sam Altman). The furthest apart differ 500 times."
    )
    assert denied == "Denied, OpenAI: $ trillions in Zephyrnet (Billionen Dollar, undated, unattributed)."
    # At a glance: before the chart.
    assert shown.index("In conflict") < shown.index("Denied") < shown.index("<figure")
    assert "What the reports rest on" in shown


def sentences(shown: str) -> list[str]:
    """What the page says in words of amounts that exclude each other and of denials."""
    said = re.findall(r'<p class="conflict">(.*?)</p>', shown, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]*>", "", one)) for one in said]


@pytest.mark.asyncio
async def test_versions_side_by_side(served: Datasette, path: Path) -> None:
    uids = [row["uid"] for row in Database(path).query("SELECT uid FROM articles WHERE date_published = '2024-02-09'")]
    assert len(uids) == 2
    stories = [await page(served, f"/story/{uid}.json") for uid in uids]
    assert stories[0] == stories[1]
    assert stories[0]["uid"] == min(uids)
    assert [version["alone"] for version in stories[0]["versions"]] == [[], []]
    assert stories[0]["links"][0]["kind"] == "translation"
    shown = await page(served, f"/story/{uids[0]}")
    for words in (
        "All versions state the same 8 values",
        "lent",
        "How they are known to be one story",
        "1,72 триллиона",
    ):
        assert words in shown


@pytest.mark.asyncio
async def test_who_rests_on_whom(served: Datasette) -> None:
    told = await page(served, "/citations.json")
    origins = {origin["name"]: [report["label"] for report in origin["reports"]] for origin in told["origins"]}
    assert origins["Bloomberg"] == ["Algoine", "Zephyrnet"]
    assert origins["The Register"] == ["Zephyrnet"]
    assert len(origins["The Wall Street Journal"]) == 2
    assert told["independent"] == []
    shown = await page(served, "/citations")
    assert 'class="edge taken"' in shown
    assert shown.count('class="dot origin"') == 2 * len(origins)  # wide and narrow


@pytest.mark.asyncio
async def test_claims_read_as_sentences(served: Datasette) -> None:
    rows = await page(served, "/corpus/claims.json?_shape=array&_size=max")
    said = {row["claim"] for row in rows}
    assert (
        "DailyAI (ru, 2024-02-09): fundraising target of OpenAI is planned at 7 trillion USD, on the word of "
        "The Wall Street Journal." in said
    )
    assert any("is not in the order of 1 trillion USD" in one for one in said)
    assert all(one.endswith(".") for one in said)


def claim(low: float | None, high: float | None = None, **rest: Any) -> dict[str, Any]:
    high = low if high is None and not rest.pop("open", False) else high
    values: dict[str, Any] = {"kind": "money", "currency": "USD", "unit": None, "vague": 0, "qualifier": "exact"}
    values |= {"low": low, "high": high, "low_usd": low, "high_usd": high, "magnitude": None, "magnitude_high": None}
    values |= {"subject": "OpenAI", "period": None, "stance": None, "attributed_to": None, "uid": "a", "story_uid": "a"}
    return values | {"date_published": None, "language": "en"} | rest


def shapes(*claims: dict[str, Any]) -> tuple[list[tuple[float | None, float | None]], float | None]:
    (subject,) = subjects(claims)
    return [(group.low, group.high) for group in subject.groups], subject.times


def test_amounts_that_meet_agree() -> None:
    assert shapes(claim(5e12, 7e12), claim(7e12), claim(7e12, open=True)) == ([(5e12, 7e12)], None)
    assert shapes(claim(8e9, 10e9), claim(5e12, 7e12)) == ([(8e9, 10e9), (5e12, 7e12)], 500)
    # Converted at the rates of two days.
    assert shapes(claim(100e9), claim(100.2e9)) == ([(100e9, 100.2e9)], None)


def test_what_is_no_conflict() -> None:
    assert shapes(claim(2e9, period="2023"), claim(3e9, period="2024"))[1] is None
    assert shapes(claim(2e9), claim(3e9, stance="denied"))[1] is None
    assert shapes(claim(80, kind="percent"), claim(3e9))[1] is None
    vague = claim(None, vague=1, magnitude=1e9)
    assert shapes(vague, claim(7e12))[1] is None
    assert shapes(claim(2e9, period="2024-03"), claim(3e9, period="2024"))[1] == 1.5


@pytest.fixture
def crowd(tmp_path: Path) -> Path:
    """Three hundred articles, each of an outlet of its own and of one of fifty subjects, no amount twice."""
    path = tmp_path / "corpus.db"
    db = open_database(path)
    common = {"text": "words", "content_hash": "x", "first_ingested": "2024", "last_ingested": "2024"}
    common |= {"language": "en", "word_count": 1}
    offsets = {"start_char": 0, "end_char": 1, "quote": "w"}
    with db.conn:
        for number in range(1, 301):
            name = f"The Outlet of the Town with the Number {number}"
            db["sources"].insert({"id": number, "slug": f"outlet-{number}", "name": name})
            date = None if number % 10 == 0 else f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
            db["articles"].insert(
                {"id": number, "uid": f"u{number:04}", "source_id": number, "date_published": date} | common
            )
            db["figures"].insert(
                {"article_id": number, "kind": "money", "low": number * 1e9, "high": number * 1e9, "currency": "USD"}
                | {"low_usd": number * 1e9, "high_usd": number * 1e9, "measure": "fundraising_target", "vague": 0}
                | {"subject": f"Subject {number % 50 if number % 3 else 0}", "qualifier": "exact", "struck": 0}
                | {"attributed_to": f"Somebody {number}", "rule": "number", **offsets}
            )
            db["citations"].insert({"article_id": number, "source_id": max(1, number - 1), **offsets})
    db.close()
    return path


@pytest.mark.asyncio
async def test_a_page_does_not_grow_with_its_measure(crowd: Path) -> None:
    served = Datasette([str(crowd)], metadata=METADATA)
    shown = await page(served, "/measure/fundraising_target")
    assert len(shown.encode()) < 100_000
    assert Outline(shown).faults == []
    assert shown.count('<li class="group') <= 20 + 4 * 6
    assert shown.count('<a href="/article/') < 250
    assert "amounts told by fewer stories" in shown and "more outlets" in shown
    # A program is given as much of it as it asks for.
    few = await served.client.get("/measure/fundraising_target.json")
    assert len(few.content) < 100_000 and few.json()["subjects_total"] == 50
    assert [len(one) for one in (few.json()["subjects"], few.json()["claims"])] == [10, 25]
    told = await page(served, "/measure/fundraising_target.json?size=100")
    assert len(told["claims"]) == 100 and len(told["subjects"]) == 50
    assert 290 < sum(one["groups_total"] for one in told["subjects"]) <= 300
    # What they come to stands on the first page.
    following = (await served.client.get(told["next_url"].partition("localhost")[2])).json()
    assert len(following["claims"]) == 100 and "subjects" not in following


@pytest.mark.asyncio
async def test_claims_are_paged_on_and_back(crowd: Path) -> None:
    """Every claim once on the way to the end, undated ones last, and the same pages on the way back."""
    served = Datasette([str(crowd)], metadata=METADATA)

    async def walk(address: str, rel: str) -> list[list[str]]:
        pages = []
        while address:
            shown = await page(served, address)
            assert Outline(shown).faults == []
            table = shown[shown.index('<table class="claims"') :]
            pages.append(re.findall(r'class="figure money"><a href="([^"]*)"', table))
            found = re.search(f'<a href="([^"]*)" rel="{rel}"', shown)
            address = "" if found is None else html.unescape(found[1])
            if found is not None:
                last.append(address)
        return pages

    last: list[str] = []
    forth = await walk("/measure/fundraising_target", "next")
    assert [len(one) for one in forth] == [25] * 12
    assert len({address for one in forth for address in one}) == 300
    assert forth[-1][-1] == "/article/u0010#f0"
    back = await walk(last[-1], "prev")
    assert back[::-1] == forth
    for address in ("next=x", "previous=x", "previous=2024~1~"):
        assert (await served.client.get(f"/measure/fundraising_target?{address}")).status_code == 400
    assert (await served.client.get("/measure/nothing?previous=2024~1")).status_code == 404
    assert "no more claims" in await page(served, "/measure/fundraising_target?previous=0001~1")


@pytest.mark.asyncio
async def test_a_program_is_drawn_nothing(served: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("made for nobody")

    for name in ("comparison.range_charts", "comparison.draw", "comparison.base_context", "versions.base_context"):
        monkeypatch.setattr(f"corpus.site.{name}", refuse)
    uid = (await page(served, "/search.json"))["results"][0]["uid"]
    for address in ("/measure/fundraising_target.json", "/citations.json", f"/story/{uid}.json"):
        assert (await page(served, address))["ok"] is True


def test_claims_too_close_to_be_drawn_apart_are_one_mark() -> None:
    """Two hundred amounts of one year: months stay apart, a bar spans what is joined, and nothing is left out."""
    claims = [
        claim(
            1e9 * (1 + number / 100), uid=f"u{number}", date_published=f"2024-{number % 3 + 1:02}-{number % 28 + 1:02}"
        )
        | {"start_char": 0, "source": None}
        for number in range(200)
    ]
    claims.append(claim(3e9, stance="denied", date_published="2024-01-07") | {"start_char": 0, "source": None})
    marks, left_out = marked(claims, ("money", "USD"), NO_LINKS, "m", ENGLISH)
    assert left_out == 0 and len(marks) <= 32
    assert {mark.date for mark in marks} == {"2024-01", "2024-02", "2024-03"}
    assert min(mark.low or 0 for mark in marks) == 1e9 and max(mark.high or 0 for mark in marks) == 3e9
    assert [mark.label for mark in marks if mark.denied] == ["$3 bn"]
    assert sum(int(mark.label.rpartition("×")[2]) for mark in marks if mark.joined) == 200
    # Few are drawn as they are.
    assert [mark.label for mark in marked(claims[:2], ("money", "USD"), NO_LINKS, "m", ENGLISH)[0]] == [
        "$1 bn",
        "$1.01 bn",
    ]


def test_open_ends_are_joined_at_the_outermost() -> None:
    claims = [
        claim(1e12 + number * 1e9, open=True, qualifier="more_than", uid=f"u{number}", date_published="2024-02-09")
        | {"start_char": 0, "source": None}
        for number in range(90)
    ]
    (mark,), left_out = marked(claims, ("money", "USD"), NO_LINKS, "m", ENGLISH)
    assert (mark.label, mark.low, mark.high, left_out) == ("> $1 tn ×90", 1e12, None, 0)


@pytest.fixture
def network(db: Database) -> sqlite3.Connection:
    """Forty reports that echo the Ledger, three that name nobody, and one of the Ledger itself."""
    db["sources"].insert_all([{"id": 1, "slug": "ledger", "name": "Ledger"}, {"id": 2, "slug": "post", "name": "Post"}])
    common = {"text": "words", "content_hash": "x", "first_ingested": "2024", "last_ingested": "2024"}
    for number in range(44):
        source = 1 if number == 43 else None
        db["articles"].insert({"id": number + 1, "uid": f"u{number:02}", "source_id": source, **common})
        if number < 40:
            row = {"article_id": number + 1, "source_id": 1, "start_char": 0, "end_char": 1, "quote": "w"}
            db["citations"].insert(row)
    return db.conn


def test_echoes_and_independent_reports(network: sqlite3.Connection) -> None:
    found = citing(network)
    assert [(origin.name, len(origin.reports), origin.alone) for origin in found.origins] == [("Ledger", 40, 40)]
    assert len(found.independent) == 4

    drawing = draw(found, NO_LINKS)
    assert drawing is not None
    assert len(drawing.reports) == len(drawing.edges) == 24
    assert drawing.left_out == 20
    assert all(0 < node.y < drawing.height for node in (*drawing.reports, *drawing.origins))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "address", ["/measure/fundraising_target", "/measure/market_cap", "/citations", "/story/{uid}"]
)
async def test_pages_are_whole(served: Datasette, path: Path, address: str) -> None:
    """The same as for the invented corpus: tags that close, headings in order, nothing from another host."""
    for row in Database(path).query("SELECT uid FROM stories"):
        shown = await page(served, address.format(uid=row["uid"]))
        assert Outline(shown).faults == []
        assert "http://" not in shown.replace("http://www.w3.org", "").replace("http://localhost", "")
        assert shown.count("<h1") == 1


@pytest.mark.asyncio
async def test_hostile_names_are_only_text(tmp_path: Path) -> None:
    """The invented corpus has an outlet whose name is markup."""
    db = Database(build(tmp_path / "corpus.db"))
    evil = next(db.query("SELECT id FROM sources WHERE slug = 'evil'"))["id"]
    with db.conn:
        for row in list(db.query("SELECT id FROM articles WHERE source_id IS NOT ?", [evil])):
            quoted = {"article_id": row["id"], "source_id": evil, "start_char": 0, "end_char": 1, "quote": HOSTILE}
            db["citations"].insert(quoted)
    link_stories(db)
    db.close()
    served = Datasette([str(tmp_path / "corpus.db")], metadata=METADATA)
    for address in ("/citations", "/measure/fundraising_target", "/story/evil-six"):
        shown = await page(served, address)
        assert "alert(1)" in shown
        assert "<script>alert" not in shown and "<img src=x" not in shown and "<svg/onload" not in shown
