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
from conftest import make_document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from site_data import ARTICLES, HOSTILE, build
from sqlite_utils import Database

import corpus
from corpus import indexing
from corpus.indexing import check_index, index_stale, rebuild_index
from corpus.indexing.stemming import stem
from corpus.searching import QueryError, search
from corpus.searching.expanding import Wanted, understand
from corpus.searching.querying import MAX_TERMS, parse_date_prefix, parse_query
from corpus.searching.snippets import best_window, find_matches, render, show_matches
from corpus.storing import refreshing
from corpus.storing.refreshing import refresh_index
from corpus.storing.schema import open_database


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(build(tmp_path_factory.mktemp("search") / "corpus.db"))
    yield connection
    connection.close()


def found(db: Any, query: str | None = None, **filters: Any) -> list[str]:
    return [hit.uid for hit in search(db, query, **({"fold": False} | filters)).results]


def wanted(query: str) -> tuple[Wanted, ...]:
    return understand(parse_query(query), ["en", "de"]).wanted


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Altman", {"en-one", "de-two", "ru-three", "zh-four", "ar-five"}),
        ("altman", {"en-one", "de-two", "ru-three", "zh-four", "ar-five"}),
        ("Альтман", {"en-one", "de-two", "ru-three", "zh-four", "ar-five"}),
        ("ألتمان", {"en-one", "de-two", "ru-three", "zh-four", "ar-five"}),
        ("exact:Altman", {"en-one", "de-two"}),
        ("exact: Altman", {"en-one", "de-two"}),
        ("exact:Альтману", {"ru-three"}),
        ("Halbleiter", {"en-one", "de-two", "zh-four", "ar-five", "evil-six"}),
        ("Industrie", {"de-two"}),  # the end of a compound
        ("芯片", {"en-one", "de-two", "zh-four", "ar-five", "evil-six"}),
        ('"芯片"', {"zh-four"}),
        ("芯", {"zh-four"}),
        ("短缺", {"zh-four"}),
        ("人工智能芯片 奥特曼", {"zh-four"}),
        ("7 trillion", {"en-one", "ru-three", "zh-four", "ar-five"}),
        ("$7tn", {"en-one", "ru-three", "zh-four", "ar-five"}),
        ("7 Billionen Euro", set()),
        ("7 Billionen", {"en-one", "ru-three", "zh-four", "ar-five"}),
        ("7兆", {"en-one", "ru-three", "zh-four", "ar-five"}),
        (">8 trillion", {"evil-six"}),
        ("Altman >1 trillion", {"en-one", "ru-three", "zh-four", "ar-five"}),
        ("13,1 %", {"en-one"}),
        ("350000 GPUs", {"en-one"}),
        ("more than 8 trillion dollars", {"evil-six"}),
        ("weniger als 2 Millionen Euro", {"de-two"}),
        ("between 5 and 7 trillion", {"en-one", "ru-three", "zh-four", "ar-five"}),
        ("12 GW", {"en-one"}),  # at least 10 GW
        ("9 billion", {"de-two"}),  # between 8 and 10
        ("processor sale", {"en-one"}),
        ("сообщение", {"ru-three"}),
        ("ＡＬＴＭＡＮ", {"en-one", "de-two", "ru-three", "zh-four", "ar-five"}),
        ("strasse", {"de-two"}),
        ("KI-Chips", {"de-two"}),
        ("C++", {"de-two"}),
        ("1,72", {"de-two", "en-one"}),
        ('"zwischen 8 und 10"', {"de-two"}),
        ("„zwischen 8 und 10“", {"de-two"}),
        ('"8 10"', set()),
        ("-Altman trillion", {"evil-six"}),
        ("-language:de -language:en", {"ru-three", "zh-four", "ar-five"}),
        ("language:de language:ru", {"de-two", "ru-three"}),
        ("flag:scale", {"de-two"}),
        ("new:2024-04-05", {"ar-five", "evil-six"}),
        ("exact:Halbleiterindustrie OR exact:芯片", {"de-two", "zh-four"}),
        ("Halbleiter AND Bau", {"de-two"}),
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
        ({"language": "de,ru"}, {"de-two", "ru-three"}),
        ({"flag": "scale"}, {"de-two"}),
        ({"new": "2024-04-06"}, {"evil-six"}),
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
    assert search(db, "wants", since="2024").undated == 0
    assert search(db, "7 trillion", since="2024").undated == 1
    assert search(db, None).undated == 0


def test_exact_finds_whole_words_only(db: sqlite3.Connection) -> None:
    assert found(db, "Halbleiter", exact=True) == []
    assert found(db, "Halbleiterindustrie", exact=True) == ["de-two"]


@pytest.mark.parametrize("sort", ["newest", "oldest", "relevance", "amount", "added"])
@pytest.mark.parametrize("query", [None, "c* OR 7 OR 芯片 OR Altman OR chips"])
def test_pages_follow_each_other_without_gap(db: sqlite3.Connection, query: str | None, sort: str) -> None:
    whole = found(db, query, sort=sort)
    pages, token = [], None
    while True:
        result = search(db, query, sort=sort, size=2, next=token, fold=False)
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
    parts = search(db, 'Altman 7 trillion "a b" -c 😀 language:de', source="x").understood
    assert [(part.kind, part.text, part.name) for part in parts] == [
        ("word", "Altman", None),
        ("amount", "7 trillion", None),
        ("phrase", "a b", None),
        ("excluded", "c", None),
        ("filter", "de", "language"),
        ("filter", "x", "source"),
        ("ignored", "😀", None),
    ]
    name, amount = parts[0], parts[1]
    assert {"Альтман", "奥特曼"} <= set(name.also)
    assert name.without == '7 trillion "a b" -c 😀 language:de'
    assert name.exactly == 'exact:Altman 7 trillion "a b" -c 😀 language:de'
    assert amount.reading is not None and (amount.reading.low, amount.reading.high) == (7e12, 7e12)
    assert [(other.language, other.reading.low) for other in amount.others] == [("de", 7e18)]


def test_every_part_can_be_taken_away(db: sqlite3.Connection) -> None:
    query = 'Altman OR Huang 7 Billionen "zwischen 8" -foo language:de exact:Geld kost*'
    for part in search(db, query).understood:
        assert part.without is not None
        left = search(db, part.without).understood
        assert len(left) == len(search(db, query).understood) - 1
        assert part.text not in [other.text for other in left]


def test_the_switch_can_be_taken_away(db: sqlite3.Connection) -> None:
    switch = search(db, "Altman exact: chips").understood[1]
    assert (switch.kind, switch.without) == ("exact", "Altman chips")


def test_names_of_several_words_are_one(db: sqlite3.Connection) -> None:
    assert [part.text for part in search(db, "wall street journal Sam Altman").understood] == [
        "wall street journal",
        "Sam Altman",
    ]


def test_amounts_rank_exact_above_range_above_bound(db: sqlite3.Connection) -> None:
    result = search(db, "7 trillion", explain=True, fold=False)
    grades = {hit.uid: hit.explanation["figures"] for hit in result.results if hit.explanation is not None}
    assert grades["zh-four"] > grades["en-one"] > grades["ru-three"]
    assert [hit.uid for hit in result.results][-1] == "ru-three"


def test_versions_of_a_story_stand_under_the_best(db: sqlite3.Connection) -> None:
    result = search(db, "Altman")
    assert (result.total, result.stories) == (5, 4)
    best = next(hit for hit in result.results if hit.version_count)
    assert {best.uid, best.versions[0].uid} == {"en-one", "ru-three"}
    assert len(search(db, "Altman", fold=False).results) == 5
    assert len(search(db, None, story="en-one").results) == 2


@pytest.mark.parametrize(("typed", "meant"), [("trilion", "trillion"), ("Halbleitrindustrie", "halbleiterindustrie")])
def test_a_misspelled_word_is_suggested(db: sqlite3.Connection, typed: str, meant: str) -> None:
    result = search(db, f"{typed} language:en")
    assert result.results == ()
    assert meant in [suggestion.text for suggestion in result.suggestions]
    assert result.suggestions[0].query.endswith(" language:en")


def test_names_are_found_in_other_scripts_by_sound(tmp_path: Path) -> None:
    spec = {"uid": "one", "language": "ru", "figures": []}
    passages = [("body", "Министр Джина Раймондо и госпожа Виталисова говорили в Вене.")]
    database = Database(build(tmp_path / "corpus.db", [spec | {"passages": passages}]))
    assert found(database, "Vitalisova") == ["one"]
    assert found(database, "exact:Vitalisova") == []
    assert found(database, "Vasilinova") == []
    database.close()


def test_amounts_sort_the_largest_first(db: sqlite3.Connection) -> None:
    ranked = found(db, None, sort="amount")
    assert ranked[0] == "evil-six" and ranked.index("en-one") < ranked.index("de-two")


def test_index_follows_every_change(tmp_path: Path) -> None:
    database = Database(build(tmp_path / "corpus.db"))
    with database.conn:
        database.execute("UPDATE articles SET text = 'Quills and parchment', headline = NULL WHERE uid = 'zh-four'")
        database.execute("UPDATE articles SET language = 'fr', date_published = '2019-05' WHERE uid = 'ar-five'")
        database.execute("UPDATE figures SET measure = 'growth' WHERE quote = '9 trillion' OR measure = 'market_cap'")
        index_stale(database)
    assert check_index(database) == []
    assert found(database, "parchment") == ["zh-four"] and found(database, '"芯片"') == []
    assert found(database, "language:fr") == found(database, "until:2020") == ["ar-five"]
    assert found(database, "measure:market_cap") == []
    with database.conn:
        for table in ("figures", "passages"):
            database.execute(f"DELETE FROM {table} WHERE article_id = (SELECT id FROM articles WHERE uid = 'zh-four')")
        database.execute("DELETE FROM articles WHERE uid = 'zh-four'")
        index_stale(database)
    assert found(database, "parchment") == [] and check_index(database) == []
    with database.conn:
        database.execute("DELETE FROM search_index WHERE rowid = (SELECT min(doc) FROM search_facts)")
    assert check_index(database) != []
    with database.conn:
        assert rebuild_index(database) == 5
    assert check_index(database) == [] and "en-one" in found(database, "wants")
    database.close()


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
        hit = next(hit for hit in search(db, query, fold=False).results if hit.uid == uid)
        return re.findall("<mark>(.*?)</mark>", hit.snippet_html)

    assert marked("芯片", "zh-four") == ["芯片", "芯片"]
    assert marked("chips", "zh-four") == ["芯片", "芯片"]
    assert marked("$7 Billionen", "ru-three") == ["7 триллионов долларов"]
    assert marked("Альтман", "ru-three") == ["Альтману"]
    assert marked('"zwischen 8 und 10" kostet', "de-two") == ["zwischen 8 und 10", "kostet"]
    assert marked("halbleiter", "de-two") == ["Chips", "Halbleiterindustrie"]


# Few letters, so that queries do stand in the text.
@given(
    text=st.text("abcd é芯片 \n", max_size=600) | st.text(max_size=400),
    query=st.text('ab é芯" *', max_size=12) | st.text(max_size=20),
    skip=st.integers(0, 50),
)
@settings(max_examples=200, deadline=None)
def test_windows_lie_in_the_text_and_show_what_they_should(text: str, query: str, skip: int) -> None:
    matches = find_matches(text, wanted(query))
    assert all(0 <= match.start < match.end <= len(text) for match in matches)
    assert all(before.end <= after.start for before, after in pairwise(matches))
    start, end = best_window(text, matches, skip=min(skip, len(text)))
    assert 0 <= start <= end <= len(text)
    shown = render(text, matches, (start, end))
    assert ("<mark>" in shown) is bool(matches)
    assert shown.replace("<mark>", "").replace("</mark>", "").count("<") == 0


def test_a_window_shows_the_most_different_terms() -> None:
    text = "apple " + "x " * 300 + "apple banana " + "y " * 300 + "apple apple apple"
    start, end = best_window(text, find_matches(text, wanted("apple banana")))
    assert "apple banana" in text[start:end]


@pytest.mark.parametrize("filler", ["many more words ", "没有空格的文字", "x"])
@pytest.mark.parametrize("before", [0, 1_990, 9_000, 30_000])
def test_a_snippet_shows_the_best_of_a_long_text(filler: str, before: int) -> None:
    text = f"Headline\n\napple {filler * (before // len(filler))} apple and banana {filler * 500}"
    shown = show_matches(text, wanted("apple banana"), skip=10)
    assert "<mark>apple</mark> and <mark>banana</mark>" in shown
    assert "<mark>apple</mark>" in show_matches(text, wanted("apple cherry"), skip=10)


@pytest.mark.parametrize("before", ["", "x", "„", "ab ", "x" * 50])
def test_a_window_never_cuts_off_its_match(before: str) -> None:
    text = f"Headline\n\n{before}apple pie\n\n" + "more words " * 50
    matches = find_matches(text, wanted("apple*"))
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
    monkeypatch.setattr("corpus.searching.finding.WINDOW", 6)
    assert (search(db, None).total, search(db, None).total_capped) == (6, False)
    monkeypatch.setattr("corpus.searching.finding.WINDOW", 5)
    assert (search(db, None).total, search(db, None).total_capped) == (5, True)


COMMON = ["chips", "Altman 7 trillion", ">1 trillion", "chips -zzz", "chips OR Altman", None]


def only_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on there are more articles than can be ranked at once."""
    for name, value in (("finding.WINDOW", 2), ("finding._HEADLINES", 1), ("finding._LOOKED_AT", 4)):
        monkeypatch.setattr(f"corpus.searching.{name}", value)
    monkeypatch.setattr("corpus.searching.paging._PORTION", 2)


@pytest.mark.parametrize("sort", ["relevance", "amount"])
@pytest.mark.parametrize("query", COMMON[:-1])
def test_of_common_words_and_amounts_a_part_is_ranked_and_the_answer_says_so(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, query: str, sort: str
) -> None:
    whole = search(db, query, sort=sort, fold=False)
    assert whole.complete and whole.ranked_of is None
    only_a_part(monkeypatch)
    part = search(db, query, sort=sort, fold=False)
    assert part.total_capped and 0 < part.total <= 2 and part.ranked_of == part.total and not part.complete
    assert {hit.uid for hit in part.results} <= {hit.uid for hit in whole.results}


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("sort", ["newest", "oldest", "added"])
@pytest.mark.parametrize("query", COMMON)
def test_pages_by_date_and_arrival_go_to_the_end(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, query: str | None, sort: str, fold: bool
) -> None:
    whole = search(db, query, sort=sort, fold=fold)
    only_a_part(monkeypatch)
    found_so_far, token = [], None
    while True:
        part = search(db, query, sort=sort, fold=fold, size=1, next=token)
        assert part.total_capped and part.complete
        found_so_far += [(hit.uid, {version.uid for version in hit.versions}) for hit in part.results]
        token = part.next
        if token is None:
            break
    assert found_so_far == [(hit.uid, {version.uid for version in hit.versions}) for hit in whole.results]


def test_what_is_written_together_is_found_apart_and_in_other_forms(tmp_path: Path) -> None:
    database = open_database(tmp_path / "corpus.db")
    texts = {
        "de": "Neue KI-Chips\n\nDer Hersteller der Maschinen liefert im Herbst die ersten Geräte aus, sagt er.",
        "ja": "新しい工場\n\nQuasarium社は来年、新しい半導体の生産を始めると発表した。投資額は公表していない。",
        "zh": "颱風過後的農村\n\n農民說，今年的稻米收成不好，政府會給他們補助。天氣預報說下週還會下雨。",
    }
    list(corpus.store(database, [corpus.process(make_document(text, origin=name)) for name, text in texts.items()]))
    names = dict(
        database.execute("SELECT a.uid, d.origin FROM documents d JOIN articles a ON a.id = article_id").fetchall()
    )

    def names_of(query: str) -> list[str]:
        return [names[hit.uid] for hit in search(database, query).results]

    assert names_of("KI-Chip") == names_of("ki chip") == ["de"] and names_of("exact:KI-Chip") == []
    assert names_of("Quasarium半導体") == ["ja"] and names_of('"Quasarium半導体"') == []
    assert names_of("台风 农民") == names_of("颱風") == ["zh"] and names_of("はんどう") == []
    marked = search(database, "KI-Chip Herbst").results[0].snippet_html
    assert "<mark>Herbst</mark>" in marked
    database.close()


@pytest.mark.parametrize(
    ("word", "other", "language"),
    [("mice", "mouse", "en"), ("chairmen", "chairman", "en"), ("went", "going", "en"), ("Altbauten", "Altbau", "de"),
     ("людям", "человек", "ru"), ("дітей", "дитина", "uk"), ("górnicy", "górnik", "pl"), ("рынка", "рынок", "ru"),
     ("travaux", "travail", "fr"), ("uomini", "uomo", "it"), ("schepen", "schip", "nl"), ("والموانئ", "ميناء", "ar")],
)  # fmt: skip
def test_irregular_forms_have_the_stem_of_their_word(word: str, other: str, language: str) -> None:
    assert stem(word, language) == stem(other, language) is not None


def test_a_changed_name_of_the_topic_is_indexed_where_it_stands_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database(tmp_path / "corpus.db")
    texts = {"one": "Quasarium\n\nA new fab of Quasarium opens.", "two": "Lanterns\n\nNothing of the kind opens here."}
    list(corpus.store(database, [corpus.process(make_document(text, origin=name)) for name, text in texts.items()]))
    assert refresh_index(database) == 0
    names = (*refreshing.indexed_names(), ("Quasarium", "subject·quasarium"))
    try:
        # A comment in the file, or a cue word, is nothing that an article is found by.
        monkeypatch.setattr(indexing, "topic_digest", lambda: "another file")
        indexing.index_version.cache_clear()
        assert refresh_index(database) == 0 and check_index(database) == []
        monkeypatch.setattr(refreshing, "indexed_names", lambda: names)
        monkeypatch.setattr(indexing, "topic_digest", lambda: "a third one")
        indexing.index_version.cache_clear()
        done: list[tuple[int, int]] = []
        assert refresh_index(database, progress=lambda *seen: done.append(seen)) == 1 and done == [(1, 1)]
        assert refresh_index(database) == 0 and check_index(database) == []
    finally:
        indexing.index_version.cache_clear()
        database.close()


@pytest.mark.parametrize(
    "query", ["a b", "a m", "two t", "half a b", "un m", "deux M", "dos m", "a b dollars", "one k"]
)
def test_a_letter_behind_a_word_is_no_scale(query: str) -> None:
    assert understand(parse_query(query), ["en", "fr", "es", "de"]).amounts == ()


@pytest.mark.parametrize(
    ("query", "low"),
    [
        ("5 b", 5e9),
        ("$7t", 7e12),
        ("a bn", 1e9),
        ("zwei Mrd", 2e9),
        ("treinta y cinco millones de euros", 3.5e7),
        ("一亿美元", 1e8),
    ],
)
def test_a_letter_behind_digits_and_a_longer_word_are(query: str, low: float) -> None:
    assert [amount.low for amount in understand(parse_query(query), ["en", "es", "de", "zh"]).amounts] == [low]


@pytest.mark.parametrize(
    ("text", "language", "typed", "not_found"),
    [
        ("הגז של השר הגיע לים. מים לא היו שם.", "he", ["גז", "שר", "ים"], ["מי"]),
        ("تعتمد المدينة لتحلية مياهها على شركة وسوق جديدة.", "ar", ["تحلية", "سوق"], ["حلية"]),
    ],
)
def test_what_is_written_together_with_a_word_hides_it_not(
    tmp_path: Path, text: str, language: str, typed: list[str], not_found: list[str]
) -> None:
    spec = {"uid": "one", "language": language, "figures": [], "passages": [("body", text)]}
    database = Database(build(tmp_path / "corpus.db", [spec]))
    assert [found(database, word) for word in typed] == [["one"]] * len(typed)
    assert [found(database, word) for word in not_found] == [[]] * len(not_found)
    database.close()


@pytest.mark.parametrize(
    ("typed", "kind"), [("c*", "word"), ("ch*", "beginning"), ("芯*", "beginning"), ("7*", "word")]
)
def test_a_beginning_has_two_letters(db: sqlite3.Connection, typed: str, kind: str) -> None:
    assert [part.kind for part in search(db, typed).understood] == [kind]
