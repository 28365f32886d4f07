"""Names in any script: boundaries, endings, proclitics, case, and work in proportion to the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.words.matching import Matcher, fold


def found(alias: str, text: str) -> list[str]:
    return [text[start:end] for start, end, _ in Matcher({alias: 1}).find(text)]


@pytest.mark.parametrize(
    ("alias", "text", "expected"),
    [
        ("Bloomberg", "Bloomberg, bloomberg und BLOOMBERG", ["Bloomberg", "bloomberg", "BLOOMBERG"]),
        ("Bloomberg", "Bloombergs Bericht", []),
        ("Bloomberg*", "Bloombergs Bericht", ["Bloombergs"]),
        ("Блумберг*", "по данным Блумберга", ["Блумберга"]),
        ("chip*", "chips chipmakersandothers", ["chips"]),
        ("Halbleiter**", "die Halbleiterindustriekonzerne", ["Halbleiterindustriekonzerne"]),
        ("*umsatz", "Chipumsatz und Umsatzplan", ["umsatz"]),
        ("рыночн* стоимост*", "рыночная стоимость", ["рыночная стоимость"]),
        ("=Meta", "la meta de Meta y METAS", ["Meta"]),
        ("auf |=X", "schrieb auf X, auf Xing", ["X"]),
        (
            "Wall Street Journal",
            "Wall-Street-Journal, Wall\nStreet\u00a0Journal",
            ["Wall-Street-Journal", "Wall\nStreet\u00a0Journal"],
        ),
        ("OpenAI", "OpenAIは와 OpenAI가", ["OpenAI", "OpenAI"]),
        ("彭博", "据彭博社", ["彭博"]),
        ("メタ", "メタは。メタバース、超メタ", ["メタ", "メタ"]),
        ("엔비디아", "엔비디아는 미국엔비디아", ["엔비디아"]),
        ("*매출", "연매출은", ["매출"]),
        ("بلومبرغ", "وبلومبرغ لبلومبرغ بلومبرغي", ["بلومبرغ", "بلومبرغ"]),
        ("الشركة", "للشركة والشركة شركة", ["شركة", "شركة", "شركة"]),
        ("בלומברג", "לבלומברג שבבלומברג", ["בלומברג", "בלומברג"]),
        ("एनवीडिया", "एनवीडिया का, एनवीडियाई", ["एनवीडिया"]),
        ("Apple", "Apple'ın Apple’s Applé", ["Apple", "Apple"]),
        ("Kıta", "KITA kita kıta", ["KITA", "kita", "kıta"]),
        ("Алёна", "Алена и АЛЁНА", ["Алена", "АЛЁНА"]),
        ("ＮＥＣ", "NEC", ["NEC"]),
        ("3M", "33M 3M", ["3M"]),
    ],
)
def test_find(alias: str, text: str, expected: list[str]) -> None:
    assert found(alias, text) == expected


def test_longest_wins_and_none_overlap() -> None:
    matcher = Matcher({"New York": 1, "New York Times": 2, "Times Square": 3})
    assert [value for _, _, value in matcher.find("New York Times Square, New York Times, New York")] == [2, 2, 1]


def test_a_rejected_case_hides_nothing() -> None:
    matcher = Matcher({"=Arm Holdings": 1, "holdings": 2})
    assert [value for _, _, value in matcher.find("arm holdings")] == [2]


def test_nothing_to_find() -> None:
    assert list(Matcher[int]({}).find("text")) == []
    with pytest.raises(ValueError, match="without a letter"):
        Matcher({"*": 1})


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet=st.sampled_from("abAB *-' \u0130ßメ한글عال。\n\u0301"), max_size=60))
def test_any_text(text: str) -> None:
    matcher = Matcher({"ab": 1, "a*": 2, "*b": 3, "ال": 4, "한": 5, "メ": 6})
    reached = 0
    for start, end, _ in matcher.find(text):
        assert reached <= start < end <= len(text)
        reached = end


def test_work_grows_with_the_text() -> None:
    matcher = Matcher({f"name{number} {number}*": number for number in range(500)} | {"a* b* c*": 1})
    times = []
    for size in (2_000, 16_000):
        text = "name1 name aaaa bbbb " * size
        times.append(min(_seconds(matcher, text) for _ in range(3)))
    assert times[1] < times[0] * 8 * 3


def _seconds(matcher: Matcher[int], text: str) -> float:
    start = time.perf_counter()
    for _ in matcher.find(text):
        pass
    return time.perf_counter() - start
