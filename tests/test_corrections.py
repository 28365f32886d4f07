"""Corrections by hand: what the file may say, that they last, and that they can be taken back without a trace."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import check_integrity, dump, make_document
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from corpus.pipeline import process
from corpus.stories import link_stories
from corpus.storing import store_article
from corpus.storing.correcting import Corrected, synchronise
from corpus.storing.corrections import lines_for, parse_corrections

ARTICLE = """Chips for everybody

Published: 2024-02-09

The plan costs 5 billion euros, the company said on Friday. Nobody has seen 5 billion euros of that kind.

Altman wants to raise $7 trillion for the fabs, people familiar with the plan said, and $90 million for a school.
"""
GERMAN = """Chips für alle

Altman sucht 7 Billionen Dollar für neue Fabriken, sagten Beteiligte am Freitag der Zeitung in Berlin.

Die Werke sollen 40 Milliarden Dollar kosten und in Sachsen stehen, hieß es weiter aus der Stadt."""


class Desk:
    """A database with some articles, and the file of corrections beside it."""

    def __init__(self, db: Database, file: Path) -> None:
        self.db, self.file = db, file

    def store(self, text: str, *, origin: str = "a.txt") -> str:
        stored = store_article(self.db, process(make_document(text, origin=origin)), now="2024-03-01T00:00:00Z")
        assert stored.uid is not None, stored.reason
        return stored.uid

    def correct(self, text: str) -> Corrected:
        self.file.write_text(text, "utf-8")
        done = synchronise(self.db, self.file, now="2024-03-02T00:00:00Z")
        link_stories(self.db)
        check_integrity(self.db)
        return done

    def figures(self, where: str = "struck = 0") -> list[dict[str, Any]]:
        return list(self.db.query(f"SELECT * FROM figures WHERE {where} ORDER BY article_id, start_char"))

    def article(self, uid: str) -> dict[str, Any]:
        return next(self.db.query("SELECT * FROM articles WHERE uid = ?", [uid]))

    def rows(self) -> dict[str, Any]:
        """What is derived: everything but the times, the numbers of sources nobody names, and the state of a search."""
        found = dump(self.db)
        for row in found["articles"]:
            row.pop("last_ingested")
        return {name: rows for name, rows in found.items() if name not in ("corrections", "sources")}


@pytest.fixture
def desk(db: Database, tmp_path: Path) -> Desk:
    return Desk(db, tmp_path / "corrections.yml")


@pytest.fixture
def uid(desk: Desk) -> str:
    uid = desk.store(ARTICLE)
    link_stories(desk.db)
    assert [figure["quote"] for figure in desk.figures()] == [
        "5 billion euros",
        "5 billion euros",
        "$7 trillion",
        "$90 million",
    ]
    return uid


# What can be given


def test_a_date_is_given_and_dollars_follow_it(desk: Desk, uid: str) -> None:
    before = desk.figures()[0]["low_usd"]
    done = desk.correct(lines_for(uid, date="2020-03-20", note="the printed issue"))
    assert (done.in_force, done.problems) == (1, ())
    article = desk.article(uid)
    assert [article[f"date_{part}"] for part in ("published", "precision", "method", "evidence")] == [
        "2020-03-20",
        "day",
        "given",
        "corrections.yml: the printed issue",
    ]
    assert desk.figures()[0]["low_usd"] not in (None, before)
    assert article["last_ingested"] == "2024-03-02T00:00:00Z" and article["first_ingested"] == "2024-03-01T00:00:00Z"
    story = next(desk.db.query("SELECT first_published FROM stories"))
    assert story["first_published"] == "2020-03-20"
    facts = next(desk.db.query("SELECT date_published FROM search_facts"))
    assert facts["date_published"] == "2020-03-20"


def test_nobody_knows_the_date(desk: Desk, uid: str) -> None:
    desk.correct(lines_for(uid, date=None))
    article = desk.article(uid)
    assert (article["date_published"], article["date_method"]) == (None, "given")
    assert desk.figures()[0]["low_usd"] is None


def test_a_language_is_given_and_figures_are_read_by_it(desk: Desk) -> None:
    uid = desk.store(GERMAN)
    assert [int(figure["low"]) for figure in desk.figures()] == [7_000_000_000_000, 40_000_000_000]
    desk.correct(lines_for(uid, language="en"))
    assert desk.article(uid)["language_method"] == "given"
    assert 7_000_000_000_000 not in [figure["low"] for figure in desk.figures()]
    desk.correct("")
    assert [int(figure["low"]) for figure in desk.figures()] == [7_000_000_000_000, 40_000_000_000]


@pytest.mark.parametrize(("said", "slug"), [("The Register", "the-register"), ("newpaper.com", "newpaper")])
def test_a_source_is_given_by_its_name_or_domain(desk: Desk, uid: str, said: str, slug: str) -> None:
    assert desk.correct(lines_for(uid, source=said, note="its page")).problems == ()
    row = next(desk.db.query("SELECT s.slug, a.source_method FROM articles AS a JOIN sources AS s ON s.id = source_id"))
    assert row == {"slug": slug, "source_method": "given"}


def test_a_figure_is_struck(desk: Desk, uid: str) -> None:
    desk.correct(lines_for(uid, figure="$90 million", strike=True, note="another matter"))
    (struck,) = desk.figures("struck = 1")
    assert (struck["quote"], struck["method"], struck["claim_evidence"]) == (
        "$90 million",
        "given",
        "corrections.yml: another matter",
    )
    assert len(desk.figures()) == 3
    assert desk.db.execute("SELECT count(*) FROM claims").fetchone()[0] == 3


def test_a_figure_is_changed(desk: Desk, uid: str) -> None:
    change = {"low": Decimal("7e9"), "high": None, "measure": "investment", "subject": None, "stance": "denied"}
    assert desk.correct(lines_for(uid, figure="$7 trillion", change=change)).problems == ()
    figure = next(figure for figure in desk.figures() if figure["quote"] == "$7 trillion")
    assert {key: figure[key] for key in ("low", "high", "qualifier", "low_usd", "measure", "subject", "stance")} == {
        "low": 7e9,
        "high": None,
        "qualifier": "at_least",
        "low_usd": 7e9,
        "measure": "investment",
        "subject": None,
        "stance": "denied",
    }
    assert (figure["method"], figure["rule"], figure["claim_rule"]) == ("given", "given", "given")


def test_a_figure_is_added(desk: Desk, uid: str) -> None:
    add: dict[str, Any] = {"kind": "count", "low": 1, "high": 1, "unit": "school", "measure": "investment"}
    assert desk.correct(lines_for(uid, figure="a school", add=add)).problems == ()
    (figure,) = desk.figures("method = 'given'")
    assert (figure["quote"], figure["low"], figure["unit"], figure["qualifier"]) == ("a school", 1.0, "school", "exact")
    assert figure["sentence"].startswith("Altman wants") and figure["sentence"].endswith("a school.")


@pytest.mark.parametrize("which", [{"at": 1}, {"nth": 2}])
def test_a_quote_that_stands_twice_needs_its_place(desk: Desk, uid: str, which: dict[str, int]) -> None:
    first, second = (figure["start_char"] for figure in desk.figures("quote LIKE '5 billion%'"))
    entry = {"article": uid, "figure": "5 billion euros", "strike": "true"}
    (problem,) = desk.correct(yaml.safe_dump([entry])).problems
    assert f"stands 2 times (at: {first}, {second}); say which" in problem
    if "at" in which:
        (problem,) = desk.correct(yaml.safe_dump([entry | which])).problems
        assert "none of them at 1" in problem
        which = {"at": second}
    assert desk.correct(yaml.safe_dump([entry | which])).problems == ()
    assert [figure["start_char"] for figure in desk.figures("struck = 1")] == [second]


def test_an_article_is_named_by_its_address(desk: Desk) -> None:
    uid = desk.store(f"URL: https://news.example/chips\n\n{ARTICLE}")
    assert desk.correct(lines_for("https://NEWS.example/chips/#top", date="2021-05")).problems == ()
    assert desk.article(uid)["date_published"] == "2021-05"


# That they last, and that they can be taken back

ALL = (
    ("date", {"date": "2020-03-20"}),
    ("language", {"language": "fr"}),
    ("source", {"source": "The Register"}),
    ("strike", {"figure": "$90 million", "strike": True}),
    ("change", {"figure": "$7 trillion", "change": {"low": 1e12, "high": 2e12, "qualifier": "about"}}),
    ("add", {"figure": "for everybody", "add": {"kind": "multiple", "low": 2, "high": 2}}),
    ("vain", {"figure": "nothing of the kind", "strike": True}),
)


@pytest.mark.parametrize("given_", [*([one] for one in ALL), list(ALL)], ids=lambda some: "+".join(k for k, _ in some))
def test_removed_it_leaves_no_trace(desk: Desk, uid: str, given_: list[tuple[str, dict[str, Any]]]) -> None:
    before = desk.rows()
    lines = "".join(lines_for(uid, **said) for _, said in given_)
    done = desk.correct(lines)
    assert done.in_force + len(done.problems) == len(given_)
    corrected = desk.rows()
    assert (corrected == before) is (given_ == [ALL[-1]])
    # Again: nothing is written, not even a time.
    with_times = dump(desk.db)
    desk.correct(lines)
    assert dump(desk.db) == with_times
    # Derived again: it stays, to the number of every row.
    desk.store(ARTICLE)
    link_stories(desk.db)
    assert desk.rows() == corrected and dump(desk.db)["corrections"] == with_times["corrections"]
    desk.correct("")
    assert desk.rows() == before
    assert desk.db.table("corrections").count == 0


def test_it_outlives_an_edit_of_the_article(desk: Desk, uid: str) -> None:
    desk.correct(lines_for(uid, figure="$90 million", strike=True) + lines_for(uid, date="2020-03-20"))
    assert desk.store(ARTICLE.replace("Altman wants", "On Monday they said that Altman wants")) == uid
    assert desk.article(uid)["date_published"] == "2020-03-20"
    assert [figure["quote"] for figure in desk.figures("struck = 1")] == ["$90 million"]
    # The words are gone: so is the correction, and it is told.
    desk.store(ARTICLE.replace("$90 million", "$80 million"))
    assert desk.figures("struck = 1") == []
    (problem,) = desk.correct(desk.file.read_text()).problems
    assert '"$90 million": the article does not say so' in problem and "line 1" in problem
    # They are back.
    desk.store(ARTICLE)
    assert desk.correct(desk.file.read_text()).problems == ()
    assert [figure["quote"] for figure in desk.figures("struck = 1")] == ["$90 million"]


def test_a_file_that_is_broken_changes_nothing(desk: Desk, uid: str) -> None:
    lines = lines_for(uid, figure="$90 million", strike=True)
    desk.correct(lines)
    before = dump(desk.db)
    for broken in ("- article: [\n", "- a\n b: c: d", "article: x", "\x00"):
        (problem,) = desk.correct(lines + broken if broken[0] == "-" else broken).problems
        assert str(desk.file) in problem
        assert dump(desk.db) == before
    desk.file.unlink()
    done = synchronise(desk.db, desk.file, now="2024-03-03T00:00:00Z")
    assert done == Corrected(articles=("Chips for everybody",))
    assert desk.figures("struck = 1") == []


# What cannot be


VAIN = {
    "there is no article": {"article": "nobodyknows", "date": "2024"},
    "no figure is read there": {"figure": "the fabs", "strike": "true"},
    "the article does not say so": {"figure": "eleventy dollars", "add": {"kind": "money", "low": "1"}},
    "a figure is there already": {"figure": "$7 trillion for", "add": {"kind": "money", "low": "1"}},
    "give both": {"figure": "$7 trillion", "change": {"low": "8e12"}},
    "nth: 3 is not there": {"figure": "5 billion euros", "nth": "3", "strike": "true"},
}


@pytest.mark.parametrize("why", VAIN)
def test_what_has_no_target_is_told_and_changes_nothing(desk: Desk, uid: str, why: str) -> None:
    before = desk.rows()
    (problem,) = desk.correct(yaml.safe_dump([{"article": uid, **VAIN[why]}])).problems
    assert why in problem and "line 1" in problem
    assert desk.rows() == before


MALFORMED = {
    "line 1, column 1: this is not a list": "article: x",
    "line 2, column 9: date takes what is known": "- article: x\n  date: 2024-13",
    "line 2, column 3: an entry has no 'dates'": "- article: x\n  dates: 2024-01",
    "line 1, column 3: the entry does not say which article": "- date: 2024",
    "line 1, column 3: the entry says nothing": "- article: x\n  note: y",
    'line 2, column 11: "strike" is about a figure': "- article: x\n  strike: true",
    "line 3, column 11: strike takes true": "- article: x\n  figure: y\n  strike: false",
    "a figure takes one of": "- article: x\n  figure: y\n  strike: true\n  add: {kind: money, low: 1}",
    "low takes a number": "- article: x\n  figure: y\n  change: {low: seven}",
    "low (3) is above high (2)": "- article: x\n  figure: y\n  change: {low: 3, high: 2}",
    "kind is one of money": "- article: x\n  figure: y\n  change: {kind: cash}",
    "currency takes three capital letters": "- article: x\n  figure: y\n  change: {currency: dollars}",
    "the topic has no measure": "- article: x\n  figure: y\n  change: {measure: happiness}",
    "needs its kind": "- article: x\n  figure: y\n  add: {low: 1}",
    "needs low or high": "- article: x\n  figure: y\n  add: {kind: money}",
    "period takes a year": "- article: x\n  figure: y\n  change: {period: soon}",
    "a whole number from 1": "- article: x\n  figure: y\n  nth: 0\n  strike: true",
    "'note' is said twice": "- article: x\n  date: 2024\n  note: a\n  note: b",
    "already corrected in line 1": "- article: x\n  date: 2024\n- article: x\n  date: 2023",
    "language takes a tag": "- article: x\n  language: German",
    "source takes the name": "- article: x\n  source: '...'",
    "nested too deeply": "[" * 5000,
    "this is not YAML": "- article: *anchor",
}


@pytest.mark.parametrize("why", MALFORMED)
def test_a_mistake_is_told_with_its_place(why: str) -> None:
    _, problems = parse_corrections(MALFORMED[why])
    assert any(why in str(problem) for problem in problems), [str(problem) for problem in problems]


def test_one_mistake_leaves_the_other_entries(desk: Desk, uid: str) -> None:
    done = desk.correct("- article: x\n  dates: 2024\n" + lines_for(uid, date="2024-02"))
    assert (done.in_force, len(done.problems)) == (1, 1)


def test_values_are_read_as_they_are_written() -> None:
    found, problems = parse_corrections(
        "- article: 1e5\n  language: no\n  date: 2024-02\n  source: 'null'\n  note: yes"
    )
    assert problems == () and found is not None
    assert [(one.article, one.values, one.note) for one in found] == [
        ("1e5", {"language": "no"}, "yes"),
        ("1e5", {"date": "2024-02"}, "yes"),
        ("1e5", {"source": "null"}, "yes"),
    ]


WORDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30).map(str.strip).filter(bool)


@given(article=WORDS, quote=WORDS, note=WORDS, low=st.floats(0.01, 1e18), at=st.integers(0, 10**6))
@settings(max_examples=200, deadline=None)
def test_lines_to_paste_say_what_was_meant(article: str, quote: str, note: str, low: float, at: int) -> None:
    found, problems = parse_corrections(lines_for(article, figure=quote, at=at, change={"low": low}, note=note))
    assert problems == () and found is not None
    (one,) = found
    # White space is one blank to whoever reads it.
    said = [" ".join((words or "").split()) for words in (one.article, one.quote, one.note)]
    assert said == [" ".join(words.split()) for words in (article, quote, note)] and one.at == at
    assert float(one.values["low"] or 0) == low


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_is_understood_or_told(text: str) -> None:
    for one in (text, f"- article: {text}", f"- article: x\n  figure: {text}\n  change: {{low: {text}}}"):
        found, problems = parse_corrections(one)
        assert found is not None or problems


def test_the_readme_gives_a_file_that_is_understood() -> None:
    text = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    (example,) = (block for block in text.split("```yaml\n")[1:] if "figure:" in block)
    found, problems = parse_corrections(example.split("```")[0])
    assert problems == () and found is not None
    assert [one.kind for one in found] == ["date", "strike"]
