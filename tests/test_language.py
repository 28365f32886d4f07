# ruff: noqa: E501  (example texts stay on one line)
"""The language of short news texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language_scores import passages, sentences, told

from corpus.language import detect_language, passage_language

TEXTS = [
    ("sr-Latn", "Direktor kompanije pregovara sa investitorima kako bi prikupio novac za izgradnju fabrika, ali to nije bilo lako posle pada cena u svetu, takođe je rekao."),
    ("hr", "Izvršni direktor tvrtke pregovara s ulagačima kako bi prikupio novac za tvornice, što nije bilo lako, rekao je tko zna tijekom razgovora."),
    ("id", "Perusahaan itu mengatakan bahwa mereka bisa mendapatkan uang karena investor sudah siap, namun masih ada masalah."),
    ("ms", "Syarikat itu berkata bahawa mereka boleh mendapatkan wang kerana pelabur telah bersedia, manakala kerajaan turut membantu."),
    ("no", "Selskapet sier at de nå må hente penger fra investorer, men det er ikke lett å finne noen som vil betale så mye."),
    ("da", "Virksomheden siger, at de nu skal hente penge fra investorer, men det er ikke let at finde nogen, hvad der blev sagt blandt ledere."),
    ("mn", "Компани хөрөнгө оруулагчидтай хэлэлцээ хийж байна гэж захирал нь мэдээлсэн бөгөөд энэ нь их үнэ юм."),
    ("ka", "კომპანია ინვესტორებთან მოლაპარაკებას აწარმოებს."),
    ("ur", "کمپنی کا کہنا ہے کہ وہ سرمایہ کاروں سے بات چیت کر رہی ہے اور اس منصوبے پر کام جاری ہے۔"),
    ("fa", "این شرکت می‌گوید که با سرمایه‌گذاران گفتگو کرده است و پروژه را ادامه می‌دهد."),
    ("zh-Hans", "公司正在与投资者会谈，希望筹集资金。"),
    ("zh-Hant", "公司正在與投資者會談，希望籌集資金。"),
    ("ja", "同社は投資家と協議している。"),
    ("ca", "L'empresa diu que està parlant amb els inversors per aconseguir diners, però això també és molt difícil segons els analistes."),
    ("sk", "Spoločnosť hovorí, že rokuje s investormi, aby získala peniaze, ale podľa analytikov to nie je ľahké, pretože sú opatrní."),
    ("cs", "Společnost říká, že jedná s investory, aby získala peníze, ale podle analytiků to není snadné, protože jsou opatrní."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), TEXTS, ids=[code for code, _ in TEXTS])
def test_told_apart(code: str, text: str) -> None:
    found = detect_language(text)
    assert found.code == code, found
    assert found.confidence is not None
    assert found.method is not None


@pytest.mark.parametrize("text", ["", "12 345", "OK", "Summary:", "https://example.com/der-die-das-und-in-den"])
def test_too_little(text: str) -> None:
    assert detect_language(text).code is None


def test_a_declared_language_is_recorded_not_believed() -> None:
    found = detect_language(TEXTS[-1][1], declared="en-US")
    assert found.code == "cs"
    assert "en-US" in (found.evidence or "")


def test_a_declared_region_settles_what_the_text_leaves_open() -> None:
    text = "O presidente da empresa negocia com investidores, mas ainda não há acordo sobre o valor que será pago."
    assert detect_language(text, declared="pt-PT").code == "pt-PT"


def test_english_furniture_in_a_german_article() -> None:
    assert passage_language("This article should not be considered as advice by the reader.", "de") == "en"
    assert passage_language("Altmans globale Chip-Jagd", "de") == "de"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.none() | st.text(max_size=8))
def test_any_text(text: str, declared: str | None) -> None:
    first = detect_language(text, declared=declared)
    assert first == detect_language(text, declared=declared)


def test_three_sentences_are_enough_for_every_language() -> None:
    count, wrong, silent = told(passages())
    assert (count, wrong, silent) == (50, [], 0)


def test_one_sentence_is_seldom_told_wrong() -> None:
    """Bosnian and Croatian share most sentences; nothing else may be taken for its neighbour."""
    _, wrong, silent = told(sentences())
    assert [found for found in wrong if found[0] != "bs"] == []
    assert len(wrong) + silent <= 5
