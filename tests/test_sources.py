# ruff: noqa: E501  (example texts stay on one line)
"""Publishers, origins and citations."""

from __future__ import annotations

import pytest

from corpus.clean import clean
from corpus.model import Document, Given
from corpus.sources import domain_of, find_citations, find_provenance, source_of

BODY = "Der Chef von OpenAI spricht mit Investoren über den Bau neuer Fabriken für Chips.\n\nDas Vorhaben ist groß und teuer.\n\n"


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.example.co.uk/a", "example.co.uk"),
        ("www.wsj.com/x", "wsj.com"),
        ("http://127.0.0.1/", None),
        ("http://[", None),
        ("nonsense", None),
    ],
)
def test_domain(url: str, domain: str | None) -> None:
    assert domain_of(url) == domain


@pytest.mark.parametrize("name", ["Wall Street Journal", "华尔街日报", "Уолл-стрит джорнал", "wsj.com"])
def test_one_outlet_in_any_script(name: str) -> None:
    found = source_of(name)
    assert found is not None
    assert found.slug == "wall-street-journal"


def test_an_unknown_outlet_is_a_new_source() -> None:
    found = source_of("Beispielblatt am Sonntag")
    assert found is not None
    assert (found.slug, found.name) == ("beispielblatt-am-sonntag", "Beispielblatt am Sonntag")


@pytest.mark.parametrize(
    ("footer", "slug"),
    [
        ("© 2024 Beispielblatt GmbH. Alle Rechte vorbehalten.", "beispielblatt-gmbh"),
        ("Quelle: Handelsblatt", "handelsblatt"),
        ("Quelle: https://www.example.org/2024/a", "example"),
        ("Haftungsausschluss: Muster24 gibt keine Anlageberatung und übernimmt keine Haftung.", "muster24"),
        ("Haftungsausschluss: Dieser Text ist keine Anlageberatung.", None),
        ("© Alle Rechte vorbehalten", None),
        ("Quellen: zwei mit dem Vorgang vertraute Personen", None),
    ],
)
def test_footer(footer: str, slug: str | None) -> None:
    found = find_provenance(clean(Document(root="a", origin="b", text=BODY + footer)), Given())
    assert (found.source.slug if found.source else None) == slug


@pytest.mark.parametrize(
    ("language", "text", "outlets"),
    [
        ("de", "Laut Bloomberg ist das teuer. Bloomberg ist ein Unternehmen.", ["bloomberg"]),
        ("en", "The Information reported it, according to people.", ["the-information"]),
        ("ru", "Как сообщает Bloomberg, переговоры идут.", ["bloomberg"]),
        ("zh-Hans", "据彭博社报道，公司计划融资。", ["bloomberg"]),
        ("ja", "ブルームバーグが報じた。", ["bloomberg"]),
        ("tr", "Bloomberg'in haberine göre görüşmeler sürüyor.", ["bloomberg"]),
        ("fi", "Bloombergin mukaan neuvottelut jatkuvat.", ["bloomberg"]),
        ("de", "Die Aktie von Bloomberg stieg.", []),
    ],
)
def test_citations(language: str, text: str, outlets: list[str]) -> None:
    found = find_citations(text, language)
    assert [citation.source.slug for citation in found] == outlets
    assert all(text[citation.start_char : citation.end_char] == citation.quote for citation in found)
