"""Dates in every notation we read, and what must not become one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.dates import find_dates
from corpus.dates.calendars import HOME, _from_cldr, build
from corpus.dates.publication import parse_stamp

NAMED = [
    ("de", "am 9. Februar 2024 in Berlin", "2024-02-09"),
    ("en", "on February 9th, 2024, he said", "2024-02-09"),
    ("en", "on 9 February 2024", "2024-02-09"),
    ("en", "in February 2024", "2024-02"),
    ("es", "el 9 de febrero de 2024", "2024-02-09"),
    ("fr", "le 1er mars 2024", "2024-03-01"),
    ("ru", "9 февраля 2024 года", "2024-02-09"),
    ("uk", "9 лютого 2024 року", "2024-02-09"),
    ("pl", "9 lutego 2024 r.", "2024-02-09"),
    ("cs", "9. 2. 2024", "2024-02-09"),
    ("hr", "9. listopada 2024.", "2024-10-09"),
    ("cs", "9. listopadu 2024", "2024-11-09"),
    ("fi", "9. helmikuuta 2024", "2024-02-09"),
    ("hu", "2024. február 9-én", "2024-02-09"),
    ("lt", "2024 m. vasario 9 d.", "2024-02-09"),
    ("mn", "2024 оны 2 дугаар сарын 9", "2024-02-09"),
    ("vi", "ngày 9 tháng 2 năm 2024", "2024-02-09"),
    ("th", "9 กุมภาพันธ์ 2567", "2024-02-09"),
    ("ja", "2024年2月9日", "2024-02-09"),
    ("ja", "令和6年2月9日", "2024-02-09"),
    ("zh-Hant", "民國113年2月9日", "2024-02-09"),
    ("zh-Hans", "二〇二四年二月九日", "2024-02-09"),
    ("ko", "2024년 2월 9일", "2024-02-09"),
    ("fa", "۲۰ بهمن ۱۴۰۲", "2024-02-09"),
    ("ar", "25 رجب 1445", "2024-02-06"),
    ("ur", "25 رجب 1445", "2024-02"),
    ("ar", "٩ فبراير ٢٠٢٤", "2024-02-09"),
    ("hi", "9 फ़रवरी 2024", "2024-02-09"),
    ("bn", "৯ ফেব্রুয়ারি ২০২৪", "2024-02-09"),
    ("en", "1/20/2024", "2024-01-20"),
    ("en", "20/1/2024", "2024-01-20"),
    ("en", "1/2/2024", "2024"),
    ("en", "1/2/2024 11:14 AM", "2024-01-02"),
    ("fr", "1/2/2024", "2024-02-01"),
    ("de", "2024-02-09", "2024-02-09"),
]


@pytest.mark.parametrize(("language", "text", "expected"), NAMED)
def test_named(language: str, text: str, expected: str) -> None:
    assert [found.date for found in find_dates(text, language)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "30. Februar 2024",
        "Version 1.2.2024.5",
        "$1,72",
        "Sam mit die",
        "gestern",
        "19. Januar",
        "2000 Euro",
        "192.168.1.1",
    ],
)
def test_no_date(text: str) -> None:
    assert find_dates(text, "de") == ()


def test_relative_dates_need_a_publication_date() -> None:
    found = find_dates("Er sagte gestern, was am 28. Dezember geschah.", "de", published="2024-01-02T10:00")
    assert [(mention.date, mention.role) for mention in found] == [
        ("2024-01-01", "relative"),
        ("2023-12-28", "relative"),
    ]


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("2024-02-09T10:30:00Z", "2024-02-09T10:30:00+00:00", "second"),
        ("2024-02-09 10:30", "2024-02-09T10:30", "minute"),
        ("9 February 2024 at 4:05 pm", "2024-02-09T16:05", "minute"),
        ("09.02.24, 08:15 Uhr MEZ", "2024-02-09T08:15+01:00", "minute"),
        ("2024-02", "2024-02", "month"),
        ("2024", "2024", "year"),
    ],
)
def test_stamp(text: str, value: str, precision: str) -> None:
    found = parse_stamp(text, "de")
    assert found is not None
    assert (found.value, found.precision) == (value, precision)


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("bn", "০৮ জানুয়ারি ২০২৫, ০৪:১২ পিএম", "2025-01-08T16:12"),
        ("ar", "9 مارس 2025 02:14 م", "2025-03-09T14:14"),
        ("el", "28 Φεβρουαρίου 2025, 10:05 μ.μ.", "2025-02-28T22:05"),
        ("hi", "5 फरवरी 2025 शाम 4:30 बजे", "2025-02-05T16:30"),
        ("es", "9 de febrero de 2024, 4:05 p. m.", "2024-02-09T16:05"),
        ("ar", "5/3/2025 02:14 م", "2025-03-05T14:14"),
    ],
)
def test_halves_of_the_day(language: str, text: str, value: str) -> None:
    found = parse_stamp(text, language)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize("text", ["1970-01-01", "2031-05-05", "soon", "", "2024-13-40"])
def test_no_stamp(text: str) -> None:
    assert parse_stamp(text, "en", latest=date(2026, 1, 1)) is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["de", "en", "ja", "th", "fa", "xx", None]))
def test_any_text(text: str, language: str | None) -> None:
    position = 0
    for found in find_dates(text, language, published="2024-02-09"):
        assert found.start_char >= position
        assert text[found.start_char : found.end_char] == found.quote
        position = found.end_char


def test_the_months_are_those_of_cldr() -> None:
    assert HOME.read_text(encoding="utf-8") == build(tuple(_from_cldr()))
