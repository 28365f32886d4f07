# ruff: noqa: E501  (example texts stay on one line)
"""Cleaning: normalising, splitting, pages."""

from __future__ import annotations

import time

import pytest

from corpus.clean import clean
from corpus.clean.passages import blocks
from corpus.model import Document
from corpus.words.normalising import normalise, split_fused
from corpus.words.wording import fields


def test_normalise() -> None:
    assert normalise("a\x00b\ue000\u200b\r\nc\u2028 d  e\u0301 ") == "ab\nc\nd é"
    assert normalise("1\u00a0000 in\u00a0Berlin") == "1\u00a0000 in Berlin"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Altman kam. Gemäß berichtenAltman traf er sie.", "Altman kam. Gemäß berichten Altman traf er sie."),
        ("OpenAI und SoftBank und YouTube und DeepMind", None),
        ("Die SoftBank half. Bank und Soft sind Wörter.", None),
        ("LinkedIn zahlt in Dollar.", None),
        ("Der iPhoneHersteller kam.", None),
    ],
)
def test_fused_words_are_split_where_certain(text: str, expected: str | None) -> None:
    words = frozenset({"in", "als", "der"})
    assert split_fused(text, functions=words, endings=frozenset({"journal"})) == (expected or text)


def test_wrapped_lines_are_put_together() -> None:
    text = (
        "Der Chef von OpenAI spricht mit Investoren aus vielen Ländern, um bis\n"
        "zu sieben Billionen Dollar für neue Chipfabriken zu sammeln, und er tut\n"
        "das seit vielen Monaten schon mit großem Eifer, wie mehrere Leute sagen.\n"
        "\n"
        "Ein zweiter Absatz folgt darauf, der auch über mehrere Zeilen läuft und\n"
        "hier endet.\n"
    )
    assert len(blocks(normalise(text))) == 2


def test_lines_without_blank_lines_are_passages() -> None:
    assert [block.text for block in blocks("Eins\nZwei\nDrei")] == ["Eins", "Zwei", "Drei"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Published At", [("published", "")]),
        ("来源：新华网 作者：张三", [("source", "新华网"), ("author", "张三")]),
        ("Autor: Jan Kowalski | Data: 09.02.2024", [("author", "Jan Kowalski"), ("published", "09.02.2024")]),
        ("Er sagte: nichts", []),
    ],
)
def test_fields(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(found.kind, found.value) for found in fields(text)] == expected


PAGE = """<!DOCTYPE html><html lang="de"><head><title>Altman sucht Billionen | Beispielblatt</title>
<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"Altman sucht Billionen",
"datePublished":"2024-02-09T10:30:00+01:00","author":{"name":"Anna Berg"},"publisher":{"name":"Beispielblatt"}}]}</script>
</head><body><nav><a href="/">Startseite</a></nav><div>Sonntag, 22. November 2026</div><article>
<h1>Altman sucht Billionen</h1><p>Von Anna Berg</p>
<p>Der Chef von OpenAI spricht mit Investoren, um bis zu sieben Billionen Dollar f&uuml;r Fabriken zu sammeln.&#x2;</p>
<p>Die Summe &uuml;bersteigt den Jahresumsatz der gesamten Branche um ein Vielfaches, sagen Analysten.</p></article>
<footer>© 2026 Beispielblatt GmbH</footer></body></html>"""


def page(html: str) -> Document:
    return Document(root="pages", origin="a.html", text=html, media_type="text/html")


def test_page() -> None:
    cleaned = clean(page(PAGE))
    assert cleaned.headline == "Altman sucht Billionen"
    assert cleaned.text.startswith("Altman sucht Billionen\n\nDer Chef von OpenAI")
    assert cleaned.text.endswith("sagen Analysten.")
    assert cleaned.metadata.date == "2024-02-09T10:30:00+01:00"
    assert cleaned.metadata.author == "Anna Berg"
    assert cleaned.metadata.source == "Beispielblatt"
    assert "© 2026 Beispielblatt GmbH" in [passage.text for passage in cleaned.passages]


@pytest.mark.parametrize(
    "html", ["", "<", "<div>" * 20_000 + "tief", "<!--" * 5_000, "<script " * 5_000, "&#x2;<p>\x00"]
)
def test_hostile_pages_are_read(html: str) -> None:
    clean(page(html))


@pytest.mark.parametrize(
    "piece", ["a:", "1", "9. Februar 2024 ", "Bloomberg ", "(", "@", "aaaaBbbb ", "- A (@b)\n", "©"]
)
def test_time_grows_with_the_text(piece: str) -> None:
    """Four times the text may take ten times as long, never sixteen: the clock of a shared machine is rough."""

    def spent(size: int) -> float:
        document = Document(root="long", origin="a.txt", text=piece * size)
        begun = time.process_time()
        clean(document)
        return time.process_time() - begun

    spent(10)
    short, long = min(spent(2_000) for _ in range(3)), min(spent(8_000) for _ in range(2))
    assert long < 10 * short + 0.2


FIRST = "Der Chef von OpenAI spricht mit Investoren über den Bau neuer Fabriken für Chips."


@pytest.mark.parametrize(
    "line",
    [
        "Das Unternehmen verkauft Werbung, Newsletter und Abonnements an Firmen in aller Welt.",
        "Die Nutzer müssen den Datenschutz hinnehmen, sagte Altman am Montag in Berlin vor Journalisten.",
        "Related companies include SoftBank and G42, according to people familiar with the matter.",
        "By 2030 the market will double.",
        "Share prices rose by 5 percent on Friday.",
        "Фото не было опубликовано.",
        "Комментарии OpenAI получить не удалось.",
        "Image generation is costly.",
        "„Das ist verrückt“, sagte er.",
        "Was bedeutet das?",
        "• Intel gewinnt Geld",
        "In rialzo invece il petrolio. (ANSA).",
        "Log in data was stolen",
        "Вход на рынок закрыт",
        "订阅收入大幅增长。",
        "Updated models cost 3 times more",
    ],
)
def test_no_paragraph_is_lost(line: str) -> None:
    text = "\n\n".join(("Altman sucht sehr viel Geld", FIRST, line, FIRST.replace("Der", "Dieser")))
    assert line in clean(Document(root="a", origin="b", text=text)).text
