"""Numbers, dates and answers for people: each in the reader's language, none that misleads; counts that stay true."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from babel import Locale
from conftest import make_article
from datasette.app import Datasette
from site_data import build
from sqlite_utils import Database

import corpus
from corpus.model import Language, PublicationDate, Source
from corpus.site.answering import answer
from corpus.site.format import ENGLISH, Form
from corpus.site.links import Links
from corpus.site.reader import form_for, form_of, offered, remembered
from corpus.site.scaling import misleads, scaled
from corpus.site.timeline import timeline
from corpus.site.wording import scales
from corpus.storing.correcting import synchronise
from corpus.storing.schema import open_database


def figure(kind: str, low: float | None, high: float | None, **rest: Any) -> dict[str, Any]:
    empty = {"currency": None, "unit": None, "qualifier": "exact", "vague": 0, "magnitude": None}
    return {"kind": kind, "low": low, "high": high, "magnitude_high": None, **empty, **rest}


@pytest.mark.parametrize(
    ("code", "short", "reading", "date"),
    [
        ("en_US", "$5–7 tn", "5–7 trillion US dollars", "February 9, 2024"),
        ("de", "5–7 Bio. $", "5.000–7.000 Milliarden $", "9. Februar 2024"),
        ("fr", "5 000–7 000 Md $US", "5 000–7 000 milliards $US", "9 février 2024"),
        ("es", "5–7 billones US$", "5–7 billones US$", "9 de febrero de 2024"),
        ("ru", "5–7 трлн $", "5–7 триллионов $", "9 февраля 2024 г."),
        ("ja", "$5–7兆", "$5–7兆", "2024年2月9日"),
        ("zh", "US$5–7万亿", "US$5–7万亿", "2024年2月9日"),
        ("hi", "$50–70 ख॰", "$50–70 खरब", "9 फ़रवरी 2024"),
        ("tr", "$5–7 Tn", "$5–7 trilyon", "9 Şubat 2024"),
    ],
)
def test_a_figure_and_a_date_in_the_readers_language(code: str, short: str, reading: str, date: str) -> None:
    form, seven = Form(code), figure("money", 5e12, 7e12, currency="USD")
    said = [
        re.sub(r"\s", " ", text) for text in (form.short(seven), form.reading(seven), form.format_date("2024-02-09"))
    ]
    assert said == [short, reading, date]


def test_other_kinds_in_the_readers_language() -> None:
    german = Form("de")
    more = figure("money", 7e12, None, currency="USD", qualifier="more_than")
    vague = figure("money", None, None, currency="EUR", vague=1, magnitude=1e9)
    assert german.reading(more) == "> 7.000 Milliarden $"
    assert german.reading(vague) == "~ 1 Milliarde €, no number given"
    assert german.short(figure("percent", 13.1, 13.1)) == "13,1\u00a0%"
    assert Form("tr").short(figure("percent", 13.1, 13.1)) == "%13,1"
    assert german.short(figure("count", 350000.0, 350000.0)) == "350.000"


@pytest.mark.parametrize("code", offered())
def test_no_scale_word_means_another_amount_in_english(code: str) -> None:
    locale = Locale.parse(code, sep="-")
    form = form_of(code)
    assert form is not None
    for words in (True, False):
        for power in range(6, 16):
            found = scaled(Decimal(10) ** power, locale, words=words)
            assert found is not None or power < 7
            if found is not None and locale.language != "en":
                word = "".join(char for char in found.before + found.after if char.isalpha()).casefold()
                assert not misleads(word, found.divisor), (code, word)
    # The amount is the same in all of them: digits times the scale.
    assert form.short(figure("money", 1.0, 1.0, currency="USD"))


def test_english_words_are_their_own() -> None:
    assert not any(misleads(scale.word, scale.value) for scale in scales())
    assert misleads("billion", Decimal(10) ** 12) and misleads("bn", Decimal(10) ** 12)


def asking(args: dict[str, str] | None = None, *, cookie: str | None = None, accept: str = "") -> Any:
    cookies = {} if cookie is None else {"lang": cookie}
    return SimpleNamespace(args=args or {}, cookies=cookies, headers={"accept-language": accept})


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (asking(), "en_GB"),
        (asking(accept="de-AT,de;q=0.9,en;q=0.8"), "de"),
        (asking(accept="xx, en-US;q=0.5, fr;q=0.7"), "fr"),
        (asking(accept="pt-PT"), "pt_PT"),
        (asking(accept="zh-TW"), "zh_Hant"),
        (asking(accept="nb-NO"), "no"),
        (asking(accept="de;q=0, *"), "en_GB"),
        (asking(accept="de;q=oops,;;,=,\x00, fr"), "fr"),
        (asking(accept="a" * 5000), "en_GB"),
        (asking({"lang": "ja"}, cookie="de", accept="fr"), "ja"),
        (asking(cookie="de", accept="fr"), "de"),
        (asking({"lang": ""}, cookie="de", accept="fr"), "fr"),
        (asking({"lang": "<script>"}, accept="fr"), "fr"),
    ],
)
def test_whose_numbers_are_shown(request_: Any, code: str) -> None:
    assert form_for(request_).code == code


def test_every_language_the_corpus_reads_is_offered() -> None:
    tags = {path.stem for path in (Path(corpus.__file__).parent / "locales").glob("*.toml")} - {"common"}
    assert set(offered()) == tags | {"en-US"}


def test_only_what_is_offered_is_remembered() -> None:
    assert remembered(asking()) is None and remembered(asking({"lang": "de\r\nX: y"})) is None
    assert (remembered(asking({"lang": "de"})) or "").startswith("lang=de; Max-Age=")
    assert "Max-Age=0" in (remembered(asking({"lang": ""})) or "")


@pytest.mark.asyncio
async def test_programs_are_given_english_whoever_asks(tmp_path: Path) -> None:
    served = Datasette([str(build(tmp_path / "corpus.db"))])
    address, headers = "/article/en-one", {"accept-language": "de"}
    data = (await served.client.get(f"{address}.json", headers=headers)).json()
    assert data["figures"][0]["reading"] == "5–7 trillion US dollars"
    page = await served.client.get(address, headers=headers)
    assert "5.000–7.000 Milliarden $" in page.text and "Accept-Language" in page.headers["vary"]
    kept = await served.client.get(f"{address}?lang=fr", headers=headers)
    assert "lang=fr" in kept.headers["set-cookie"] and "HttpOnly" in kept.headers["set-cookie"]


@pytest.mark.asyncio
async def test_no_table_shows_a_tail_of_zeros(tmp_path: Path) -> None:
    served = Datasette([str(build(tmp_path / "corpus.db"))])
    for table in ("figures", "claims"):
        page = (await served.client.get(served.urls.table("corpus", table))).text
        assert "7,000,000,000,000" in page and not re.search(r"\d\.0\b", page)


def recounted(db: Database) -> dict[tuple[str, str], int]:
    """What ``tallies`` says, counted anew."""
    asked = {
        "articles": "SELECT '', count(*) FROM articles",
        "language": "SELECT coalesce(language, ''), count(*) FROM articles GROUP BY 1",
        "source": "SELECT coalesce(source_id, ''), count(*) FROM articles GROUP BY 1",
        "month": "SELECT coalesce(substr(date_published, 1, 7), ''), count(*) FROM articles GROUP BY 1",
        "figures": "SELECT '', count(*) FROM figures WHERE struck = 0",
        "measure": "SELECT coalesce(measure, ''), count(*) FROM figures WHERE struck = 0 GROUP BY 1",
        "money": "SELECT coalesce(measure, ''), count(*) FROM figures WHERE struck = 0 AND kind = 'money' GROUP BY 1",
        "document": "SELECT status, count(*) FROM documents GROUP BY 1",
        "flag": "SELECT kind, count(*) FROM flags GROUP BY 1",
    }
    return {(kind, str(value)): n for kind, sql in asked.items() for value, n in db.execute(sql).fetchall() if n}


def kept(db: Database) -> dict[tuple[str, str], int]:
    return {(row["kind"], row["value"]): row["n"] for row in db.query("SELECT * FROM tallies WHERE n <> 0")}


def test_counts_stay_true_whatever_is_written(tmp_path: Path) -> None:
    path = tmp_path / "corpus.db"
    outlets = [Source("a", "A"), Source("b", "B"), None]
    articles = [
        make_article(
            f"Chips {at}\n\nThe plan of day {at} costs $5 billion, says Bloomberg.",
            origin=f"{at}.txt",
            source=outlets[at % 3],
            language=Language(("en", "de", None)[at % 3]),
            published=PublicationDate(f"2024-0{1 + at % 4}-09", "day", "stated") if at % 5 else PublicationDate(),
        )
        for at in range(9)
    ]
    corpus.store(path, articles)
    db = Database(path)
    assert kept(db) == recounted(db) and kept(db)["articles", ""] == 9
    with db.conn:
        db.execute("UPDATE figures SET struck = 1 WHERE id % 2")
        db.execute("UPDATE figures SET measure = NULL, kind = 'count' WHERE id % 3 = 0")
        db.execute("UPDATE articles SET language = 'fr', source_id = NULL, date_published = '2024' WHERE id % 2")
        db.execute("UPDATE documents SET status = 'gone' WHERE id % 2")
        db.execute("DELETE FROM figures WHERE id % 4 = 0")
        db.execute("INSERT INTO flags (kind, message) VALUES ('scale', 'x'), ('range', 'y')")
        db.execute("DELETE FROM flags WHERE kind = 'range'")
    assert kept(db) == recounted(db) and ("flag", "scale") in kept(db)


def claim(uid: str, **rest: Any) -> dict[str, Any]:
    empty = {"stance": None, "attributed_to": None, "subject": None, "measure": None, "story_uid": None}
    return {"uid": uid, **empty, "source_slug": None, "source": None, "language": "en", "date_published": None, **rest}


def test_an_answer_tells_voices_from_articles() -> None:
    found = answer(
        [
            claim("a", attributed_to="Journal", story_uid="s", date_published="2024-02-10"),
            claim("a"),
            claim("b", attributed_to="Journal", story_uid="s", source_slug="x", source="X", language="de"),
            claim("c", source_slug="x", source="X", date_published="2024-02"),
            claim("d", stance="denied", attributed_to="Altman"),
        ]
    )
    assert found is not None
    assert [(voice.name, voice.articles, voice.stories) for voice in found.voices] == [("Journal", 2, 1), (None, 1, 1)]
    assert (found.articles, found.stories, found.languages, found.denied) == (3, 2, 2, 1)
    assert [(outlet["name"], outlet["articles"]) for outlet in found.outlets] == [("X", 2), (None, 1)]
    assert [one["uid"] for one in found.claims] == ["c", "a", "b", "d"]
    assert answer([]) is None


def test_an_answer_says_what_rests_on_one_word_alone() -> None:
    found = answer(
        [
            claim("a", attributed_to="Journal", date_published="2024"),
            claim("a", attributed_to="Altman", date_published="2024"),
            claim("b", attributed_to="Journal"),
            claim("b", stance="denied", attributed_to="Minister"),
            claim("c", attributed_to="Journal"),
            claim("d"),
        ]
    )
    assert found is not None
    assert [(voice.name, voice.articles, voice.alone) for voice in found.voices] == [
        ("Journal", 3, 2), ("Altman", 1, 0), (None, 1, 1)
    ]  # fmt: skip
    # Each voice of an article has a row that leads to its words; a denial beside it is none of them.
    assert [(one["uid"], one["attributed_to"]) for one in found.claims] == [
        ("a", "Altman"), ("a", "Journal"), ("b", "Journal"), ("c", "Journal"), ("d", None)
    ]  # fmt: skip


def test_a_timeline_leaves_nothing_out_unsaid() -> None:
    links = Links(Datasette([], memory=True), None, "x")
    short = timeline({"2024-01": 3, "2024-03": 1, "2024": 2, "": 4, "soon": 1}, links, ENGLISH)
    assert short is not None and not short.yearly
    assert [(bar.period.value, bar.period.articles) for bar in short.wide.bars] == [("2024-01", 3), ("2024-03", 1)]
    assert (short.only_year, short.undated, short.earlier) == (2, 5, 0)
    assert short.wide.bars[0].height > short.wide.bars[1].height > 0
    assert short.wide.bars[0].period.href == "/search?since=2024-01&until=2024-01"
    long = timeline({"1890": 1, **{f"20{year:02d}-05": 1 for year in range(24)}}, links, ENGLISH)
    assert long is not None and long.yearly and (long.earlier, long.only_year) == (1, 0)
    for drawing in (long.wide, long.narrow):
        assert all(bar.x >= 0 and bar.x + bar.width <= drawing.width for bar in drawing.bars)
        assert 3 <= len(drawing.ticks) <= 12
    assert timeline({"": 3}, links, ENGLISH) is None


@pytest.mark.asyncio
async def test_the_page_of_a_source_and_its_following_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "corpus.db"
    dates = ["2024-02-09", "2024-02-09", None, "2023", "2024-02", None, "2024-02-09T10:00"]
    corpus.store(
        path,
        [
            make_article(
                f"Chips {at}\n\nThe plan of day {at} costs $5 billion, says Bloomberg.",
                origin=f"{at}.txt",
                source=Source("wafer", "The Wafer"),
                published=PublicationDate(date, "day", "stated") if date else PublicationDate(),
            )
            for at, date in enumerate(dates)
        ],
    )
    served = Datasette([str(path)])
    monkeypatch.setattr("corpus.site.outlets.ARTICLES_SHOWN", 2)
    address, seen, order = "/source/wafer.json", [], []
    while address:
        data = (await served.client.get(address)).json()
        seen += [row["uid"] for row in data["articles"]]
        order += [row["date_published"] for row in data["articles"]]
        address = (data["next_url"] or "").partition("localhost")[2]
    assert len(seen) == len(set(seen)) == 7
    assert order == ["2024-02-09T10:00", "2024-02-09", "2024-02-09", "2024-02", "2023", None, None]
    assert data["article_count"] == 7 and data["cites"][0]["name"] == "Bloomberg"
    cited = (await served.client.get("/source/bloomberg.json")).json()
    assert cited["cited_by"] == [{"slug": "wafer", "name": "The Wafer", "articles": 7}]
    assert (await served.client.get("/source/wafer?next=x")).status_code == 400


@pytest.mark.asyncio
async def test_quality_is_listed_a_page_at_a_time_and_names_no_closed_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = build(tmp_path / "corpus.db")
    served = Datasette([str(path)])
    whole = (await served.client.get("/quality.json")).json()
    assert whole["counts"]["rejected"] == 1 and whole["reasons"] == [{"reason": "it is empty", "documents": 1}]
    assert [row["uid"] for row in whole["undated"]] == ["ar-five"] and whole["runs"][0]["new"] == 6
    monkeypatch.setattr("corpus.site.quality.SHOWN", 1)
    address, seen = "/quality.json?show=unsourced", []
    while address:
        data = (await served.client.get(address)).json()
        seen += [row["uid"] for row in data["unsourced"]]
        address = (data["next_url"] or "").partition("localhost")[2]
    assert sorted(seen) == ["ar-five", "zh-four"]
    for query in ("show=everything", "show=runs&next=x"):
        assert (await served.client.get(f"/quality?{query}")).status_code == 400
    closed = {"databases": {"corpus": {"tables": {"documents": {"allow": False}}}}}
    for address in ("/quality", "/quality.json", "/quality?show=rejected"):
        shown = (await Datasette([str(path)], metadata=closed).client.get(address)).text
        assert "one.txt" not in shown and "files/" not in shown


@pytest.mark.asyncio
async def test_the_lines_a_page_shows_correct_what_they_stand_beside(tmp_path: Path) -> None:
    path, lines = tmp_path / "corpus.db", tmp_path / "corrections.yml"
    corpus.store(
        path, [make_article('Chips: "a" & <b>\n\nThe plan costs $5 billion, says Bloomberg.', money="$5 billion")]
    )
    served = Datasette([str(path)])
    uid = (await served.client.get("/index.json")).json()["articles"][0]["uid"]

    async def shown() -> str:
        return html.unescape((await served.client.get(f"/article/{uid}")).text)

    async def corrected(taken: str) -> Any:
        lines.write_text(taken, encoding="utf-8")
        done = synchronise(open_database(path), lines, now="2024-05-01T00:00:00Z")
        assert (done.in_force, done.problems) == (1, ())
        return (await served.client.get(f"/article/{uid}.json")).json()

    strike, change, whole = re.findall(r"<pre[^>]*>(.*?)</pre>", await shown(), re.DOTALL)
    data = await corrected(change.replace("5e9", "6e9").replace("note: why", "note: misprint"))
    assert [figure["reading"] for figure in data["figures"]] == ["6 billion US dollars"]
    assert "given by hand: corrections.yml: misprint" in re.sub("</?bdi>", "", await shown())
    assert (await corrected(strike))["figures"] == []
    assert "struck out" in await shown()
    only_date = re.sub("  (language|source): .*\n", "", whole.replace("date: null", "date: 2024-02"))
    data = await corrected(only_date)
    assert (data["date_published"], data["date_method"]) == ("2024-02", "given")
