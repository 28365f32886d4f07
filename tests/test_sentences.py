"""Where sentences end, in scripts with stops and without."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.words.sentences import sentence_spans


@pytest.mark.parametrize(
    "sentences",
    [
        ["The U.S. market fell 3.5%.", "Dr. Smith of Apple Inc. disagreed.", "Why?", "Nobody knew!"],
        ["Am 19. Januar stieg der Wert, z.B. bei Nr. 5, auf 1,5 Mrd. Dollar.", "Danach nicht mehr."],
        ["Le marché vaut 3 milliards.", "M. Dupont l'affirme."],
        ["В 2024 г. выручка выросла на 5 млрд. долларов.", "Т.е. вдвое.", "Это много…", "Очень."],
        ["EE.UU. invertirá 5.000 millones.", "El Sr. López lo confirmó."],
        ["株価は3.5%上昇した。", "「本当か？」", "市場は驚いた。"],
        ["营收增长3.5%。", "真的吗？", "是的！"],
        ["राजस्व बढ़ा।", "क्यों?", "कोई नहीं जानता।"],
        ["هل ارتفعت الإيرادات؟", "نعم، بنسبة 3.5%.", "ثم هبطت."],
        ["매출은 3.5% 늘었다.", "이유는 무엇일까?", "아무도 모른다."],
        ["Gelir yüzde 3,5 arttı.", "Dr. Kaya böyle dedi."],
        ['"It is done," he said.', '"Really?" she asked.', "Yes."],
        ["Er sagte: „Das stimmt.“", "Dann ging er."],
    ],
    ids=lambda sentences: sentences[0][:12],
)
def test_sentences(sentences: list[str]) -> None:
    joiner = "" if any("\u3040" <= char <= "\u9fff" for char in sentences[0]) else " "
    text = joiner.join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


def test_a_blank_line_always_ends_a_sentence() -> None:
    text = "A headline without a stop\n\nThe text goes on\nover two lines."
    spans = [text[start:end] for start, end in sentence_spans(text)]
    assert spans == ["A headline without a stop", "The text goes on\nover two lines."]


def test_thai_is_cut_at_a_space_after_a_long_run() -> None:
    clause = "บริษัทประกาศว่ารายได้เพิ่มขึ้นมากกว่าปีที่แล้วและคาดว่าจะเติบโตต่อไปในปีหน้า" * 2
    text = f"{clause} {clause}"
    assert [text[start:end] for start, end in sentence_spans(text)] == [clause, clause]
    assert len(sentence_spans("ราคา 500 บาท")) == 1


@given(st.text())
def test_any_text(text: str) -> None:
    reached = 0
    for start, end in sentence_spans(text):
        assert reached <= start < end <= len(text)
        assert text[start:end].strip() == text[start:end]
        assert not text[reached:start].strip()
        reached = end
    assert not text[reached:].strip()


@pytest.mark.parametrize(
    "piece", ["a. ", ". ", "「。", "A.B.C. ", "...", "\n ", "!?", '."', "x" * 30 + ". y ", "ก ", "12. "]
)
def test_work_grows_with_the_text(piece: str) -> None:
    small, large = (min(_seconds(piece * size) for _ in range(4)) for size in (4_000, 32_000))
    assert large < small * 8 * 3 + 0.05


def _seconds(text: str) -> float:
    start = time.perf_counter()
    sentence_spans(text)
    return time.perf_counter() - start
