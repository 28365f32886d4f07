"""Searching: what is typed is never an error, finds what it should, and comes back as safe text."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from site_data import ARTICLES, HOSTILE, build
from sqlite_utils import Database

from corpus.querying import MAX_TERMS, parse_date_prefix, parse_query
from corpus.searching import QueryError, search
from corpus.snippets import best_window, find_matches, render


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(build(tmp_path_factory.mktemp("search") / "corpus.db"))
    yield connection
    connection.close()


def found(db: Any, query: str | None = None, **filters: Any) -> list[str]:
    return [hit.uid for hit in search(db, query, **filters).results]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Altman", {"en-one", "de-two"}),
        ("altman", {"en-one", "de-two"}),
        ("Альтман", {"ru-three"}),
        ("Halbleiter", {"de-two"}),  # the beginning of a compound
        ("芯片", {"zh-four"}),
        ("芯", {"zh-four"}),
        ("人工智能芯片 奥特曼", {"zh-four"}),
        ("ألتمان", {"ar-five"}),
        ("KI-Chips", {"de-two"}),
        ("C++", {"de-two"}),
        ("1,72", {"de-two", "en-one"}),
        ('"zwischen 8 und 10"', {"de-two"}),
        ("„zwischen 8 und 10“", {"de-two"}),
        ('"8 10"', set()),
        ("-Altman trillion", {"evil-six"}),
        ("Halbleiter OR 芯片", {"de-two", "zh-four"}),
        ("Halbleiter AND Altman", {"de-two"}),
        ("altm*", {"en-one", "de-two"}),
        ("language:de", {"de-two"}),
        ("source:kanzlei-bote Altman", {"de-two"}),
        ("😀", set()),
        ("zzzz", set()),
        ("100%", set()),
    ],
)
def test_query_finds(db: sqlite3.Connection, query: str, expected: set[str]) -> None:
    assert set(found(db, query)) == expected


@pytest.mark.parametrize("query", [None, "", "   ", "\0"])
def test_nothing_asked_gives_everything_newest_first(db: sqlite3.Connection, query: str | None) -> None:
    assert found(db, query) == ["evil-six", "ru-three", "en-one", "de-two", "zh-four", "ar-five"]


@pytest.mark.parametrize(
    "query",
    [
        "$7", '"unbalanced', "NEAR(", "NEAR(a b, 3)", "a\0b", "^x", "x:y", "{a}:b", "*", '""', '"', "-", "--", "OR",
        "OR OR a", "since:soon", "until:", 'since:"', "a:b:c", "::", "²", "ﬁ", "İ",
        "AND", "NOT", "(", ")", "a AND", "\ud800", "\u202eabc", HOSTILE, "%", "_", "\\", "芯%", "芯_片", "' OR 1=1 --",
        "a" * 10_000, "a " * 5_000, '"' * 10_000, "- " * 5_000, "language:", "since:", "q:", "७ करोड़", "٧",
    ],
)  # fmt: skip
def test_nothing_typed_is_an_error(db: sqlite3.Connection, query: str) -> None:
    result = search(db, query)
    assert result.total >= len(result.results) >= 0


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60))
def test_any_text_is_a_query(db: sqlite3.Connection, query: str) -> None:
    result = search(db, query)
    assert result.total >= len(result.results)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"language": "zh"}, {"zh-four"}),
        ({"language": "DE"}, {"de-two"}),
        ({"language": "und"}, set()),
        ({"source": "kanzlei-bote"}, {"de-two"}),
        ({"source": "the daily wafer"}, {"en-one"}),
        ({"source": "unknown"}, {"zh-four", "ar-five"}),
        ({"measure": "growth"}, {"en-one"}),
        ({"measure": "fundraising_target", "subject": "openai", "until": "2024-01"}, {"de-two", "zh-four"}),
        ({"measure": "growth", "subject": "OpenAI"}, set()),
        ({"since": "2024-02"}, {"en-one", "ru-three", "zh-four", "evil-six"}),
        ({"since": "2024-02-10"}, {"ru-three", "zh-four", "evil-six"}),
        ({"until": "2024-01-01"}, {"de-two", "zh-four"}),
        ({"until": "2023"}, set()),
        ({"since": "2024-01-15", "until": "2024-01-16"}, {"de-two", "zh-four"}),
        ({"since": "2024-02-10T23:00"}, {"ru-three", "zh-four", "evil-six"}),
        ({"story": "de-two"}, {"de-two"}),
        ({"story": "' OR 1"}, set()),
    ],
)  # fmt: skip
def test_filters(db: sqlite3.Connection, filters: dict[str, str], expected: set[str]) -> None:
    assert set(found(db, None, **filters)) == expected


@pytest.mark.parametrize(
    "filters", [{"since": "soon"}, {"until": "2024-13"}, {"sort": "random"}, {"next": "?"}, {"next": "x~y"}]
)
def test_what_cannot_be_meant_is_named(db: sqlite3.Connection, filters: dict[str, str]) -> None:
    with pytest.raises(QueryError) as caught:
        search(db, "Altman", **filters)
    assert caught.value.parameter in filters


def test_undated_articles_left_out_by_a_date_are_counted(db: sqlite3.Connection) -> None:
    assert search(db, None, since="2024").undated == 1
    assert search(db, "Altman", since="2024").undated == 0
    assert search(db, None).undated == 0


def test_exact_finds_whole_words_only(db: sqlite3.Connection) -> None:
    assert found(db, "Halbleiter", exact=True) == []
    assert found(db, "Halbleiterindustrie", exact=True) == ["de-two"]


@pytest.mark.parametrize("sort", ["newest", "oldest", "relevance"])
@pytest.mark.parametrize("query", [None, "c* OR 7 OR 芯片 OR Altman OR chips"])
def test_pages_follow_each_other_without_gap(db: sqlite3.Connection, query: str | None, sort: str) -> None:
    whole = found(db, query, sort=sort)
    pages, token = [], None
    while True:
        result = search(db, query, sort=sort, size=2, next=token)
        pages += [hit.uid for hit in result.results]
        assert result.total == len(whole)
        token = result.next
        if token is None:
            break
    assert pages == whole
    assert len(whole) > 4


def test_dates_sort_both_ways_with_undated_last(db: sqlite3.Connection) -> None:
    assert found(db, None, sort="oldest") == ["zh-four", "de-two", "en-one", "ru-three", "evil-six", "ar-five"]
    assert found(db, None, sort="newest")[-1] == "ar-five"


def test_facets_count_the_articles_found(db: sqlite3.Connection) -> None:
    facets = search(db, None).facets
    assert {facet.value: facet.count for facet in facets["language"]} == {
        "en": 2, "de": 1, "ru": 1, "zh-Hans": 1, "ar": 1
    }  # fmt: skip
    assert {facet.value: facet.count for facet in facets["year"]} == {"2024": 5}
    assert {facet.value: facet.count for facet in facets["measure"]}["fundraising_target"] == 6
    assert "unknown" in {facet.value for facet in facets["source"]}


def test_figures_of_the_measure_asked_for_come_first(db: sqlite3.Connection) -> None:
    result = search(db, "wants", measure="market_cap")
    assert [hit.figures[0]["measure"] for hit in result.results] == ["market_cap"]
    assert len(result.results[0].figures) == 6
    assert search(db, "wants").results[0].figures[0]["measure"] is not None


def test_understood_names_every_part(db: sqlite3.Connection) -> None:
    parts = search(db, 'Altman 7 "a b" -c 😀 language:de', source="x").understood
    assert [(part.kind, part.text, part.name) for part in parts] == [
        ("beginning", "Altman", None),
        ("word", "7", None),
        ("phrase", "a b", None),
        ("excluded", "c", None),
        ("filter", "de", "language"),
        ("filter", "x", "source"),
        ("ignored", "😀", None),
    ]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, Any]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("query", ["alert", "script", "1", "chips", "amp", "lt", "9", "Evil", "onerror img", "b more"])
def test_a_snippet_is_text_and_marks_only(db: sqlite3.Connection, query: str) -> None:
    snippets = [hit.snippet_html for hit in search(db, query, language="en").results]
    for snippet in snippets:
        parsed = _Tags()
        parsed.feed(snippet)
        assert {tag for tag, _ in parsed.tags} <= {"mark"} and not any(attrs for _, attrs in parsed.tags)
    hostile = [hit for hit in search(db, "alert").results if hit.uid == "evil-six"]
    assert "&lt;script&gt;" in hostile[0].snippet_html


def test_a_snippet_shows_each_match_where_it_stands(db: sqlite3.Connection) -> None:
    def marked(query: str, uid: str) -> list[str]:
        hit = next(hit for hit in search(db, query).results if hit.uid == uid)
        return re.findall("<mark>(.*?)</mark>", hit.snippet_html)

    assert marked("芯片", "zh-four") == ["芯片", "芯片"]
    assert marked("Альтман", "ru-three") == ["Альтману"]
    assert marked('"zwischen 8 und 10" kostet', "de-two") == ["zwischen 8 und 10", "kostet"]
    assert marked("halbleiter", "de-two") == ["Halbleiterindustrie"]


# Few letters, so that queries do stand in the text.
@given(
    text=st.text("abcd é芯片 \n", max_size=600) | st.text(max_size=400),
    query=st.text('ab é芯" *', max_size=12) | st.text(max_size=20),
    skip=st.integers(0, 50),
)
@settings(max_examples=200, deadline=None)
def test_windows_lie_in_the_text_and_show_what_they_should(text: str, query: str, skip: int) -> None:
    matches = find_matches(text, parse_query(query).terms)
    assert all(0 <= match.start < match.end <= len(text) for match in matches)
    assert all(before.end <= after.start for before, after in pairwise(matches))
    start, end = best_window(text, matches, skip=min(skip, len(text)))
    assert 0 <= start <= end <= len(text)
    shown = render(text, matches, (start, end))
    assert ("<mark>" in shown) is bool(matches)
    assert shown.replace("<mark>", "").replace("</mark>", "").count("<") == 0


def test_a_window_shows_the_most_different_terms() -> None:
    text = "apple " + "x " * 300 + "apple banana " + "y " * 300 + "apple apple apple"
    terms = parse_query("apple banana").terms
    start, end = best_window(text, find_matches(text, terms))
    assert "apple banana" in text[start:end]


@pytest.mark.parametrize("before", ["", "x", "„", "ab ", "x" * 50])
def test_a_window_never_cuts_off_its_match(before: str) -> None:
    text = f"Headline\n\n{before}apple pie\n\n" + "more words " * 50
    matches = find_matches(text, parse_query("apple*").terms)
    for skip in range(12):
        start, end = best_window(text, matches, skip=skip)
        assert not matches or "apple" in text[start:end]


def test_terms_are_bounded() -> None:
    parsed = parse_query("word " * 1000)
    assert len(parsed.groups) == MAX_TERMS
    assert parsed.ignored


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2024", "2024"), ("2024-02", "2024-02"), ("2024-02-09T10:00Z", "2024-02-09"), ("2024-2", None), ("", None),
     ("٢٠٢٤", None), ("2024-02-32", None), ("20240209", None)],
)  # fmt: skip
def test_date_prefix(text: str, expected: str | None) -> None:
    assert parse_date_prefix(text) == expected


def test_a_sqlite_utils_database_is_as_good_as_a_connection(tmp_path: Path) -> None:
    database = Database(build(tmp_path / "corpus.db", ARTICLES[:1]))
    assert found(database, "Altman") == ["en-one"]
    database.close()


def test_counts_are_exact_up_to_the_window_and_capped_beyond(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.searching.WINDOW", 6)
    assert (search(db, None).total, search(db, None).total_capped) == (6, False)
    monkeypatch.setattr("corpus.searching.WINDOW", 5)
    assert (search(db, None).total, search(db, None).total_capped) == (5, True)
