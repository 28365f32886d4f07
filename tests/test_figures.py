"""Figures: the gold of the seeds, what holds for any text, and that reading takes linear work."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import find_figures
from corpus.locales.build import languages
from corpus.locales.cldr import currency_groups

SEEDS = Path(__file__).parent.parent / "seeds"
GOLD = [
    json.loads(line, parse_float=Decimal)
    for line in (Path(__file__).parent / "files" / "gold_seeds.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("gold", GOLD, ids=[gold["file"] for gold in GOLD])
def test_gold_of_the_raw_seeds(gold: dict) -> None:
    text = (SEEDS / gold["file"]).read_text(encoding="utf-8")
    found = [
        {
            "text": figure.quote,
            "start": figure.start_char,
            "end": figure.end_char,
            "kind": figure.kind,
            "low": figure.low,
            "high": figure.high,
            "currency": figure.currency,
            "qualifier": figure.qualifier,
            "vague": figure.vague,
            "magnitude": figure.magnitude,
            "magnitude_high": figure.magnitude_high,
            "unit": figure.unit,
        }
        for figure in find_figures(text, gold["language"])
    ]
    expected = [{key: figure.get(key) for key in found[0]} if found else figure for figure in gold["figures"]]
    assert found == expected


# Text that looks like figures more often than chance would have it.
PIECES = st.sampled_from(
    "7|1.5|1,500|Billionen|billion|трлн|兆|億|$|€|US$|%|Dollar|元|करोड़|-|–| |  |von|zwischen|und|to|between|"
    "mehr als|to to|"
    "Grafikprozessoren|H100|2024|٫|٧|مليار|\n|\u00a0|'|((|hundert|eine|a|ил|約|до".split("|")
    + ["x" * 40]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map(" ".join), st.lists(PIECES, max_size=30).map("".join))
LANGUAGES = st.sampled_from([*languages(), "und", "eu", "sw", "xx", "pt-BR", "zh-TW", "", "de-CH", "not a tag", "\0"])


@settings(max_examples=300, deadline=None)
@given(TEXTS, LANGUAGES)
def test_any_text_in_any_language(text: str, language: str) -> None:
    figures = find_figures(text, language)
    end = 0
    for figure in figures:
        assert figure.quote == text[figure.start_char : figure.end_char]
        assert figure.quote.strip() == figure.quote != ""
        assert figure.start_char >= end
        end = figure.end_char
        assert figure.rule
        if figure.vague:
            assert figure.low is None and figure.high is None and figure.magnitude is not None
        else:
            assert figure.low is not None or figure.high is not None
            if figure.low is not None and figure.high is not None:
                assert figure.low <= figure.high
        assert (figure.currency is None or figure.currency.isupper()) and figure.currency not in currency_groups()


def _work(text: str, language: str) -> int:
    """How many Python functions and lines of ours reading a text takes: the same on any machine."""
    count = 0

    def trace(frame, event, arg):
        nonlocal count
        if "corpus" not in frame.f_code.co_filename:
            return None
        count += 1
        return trace

    sys.settrace(trace)
    try:
        find_figures(text, language)
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize("language", ["en", "de", "zh", "hi"])
@pytest.mark.parametrize(
    "unit",
    "1|1,|1.000.|one hundred |1 000 |$|$ |-|1-|5-7-|billion |von |between 5 and |一百|兆|more than |'|x@|://|"
    "a.com/|H1|%|5% |"
    "1 of |Milliarden oder |several |fünfhundert|, 5|5 pesos |in 5 billion, ".split("|"),
)
def test_hostile_text_takes_linear_work(language: str, unit: str) -> None:
    find_figures(unit * 10, language)  # tables are compiled once
    small, large = (_work(unit * (size // len(unit)), language) for size in (1500, 6000))
    assert large < 6 * small + 2000


def test_unknown_language_reads_only_what_all_languages_share() -> None:
    text = "Altman $7 billion, 5 Billion Euro, $3 million, 80%, EUR 4"
    found = {figure.quote: figure.low for figure in find_figures(text, None)}
    assert found == {"$3 million": Decimal(3_000_000), "80%": Decimal(80), "EUR 4": Decimal(4)}


def test_offsets_hold_in_text_that_is_not_composed() -> None:
    text = "Cafe\u0301: dépenses de 7 milliards d'euros"
    figures = find_figures(text, "fr")
    assert [figure.quote for figure in figures] == ["7 milliards d'euros"]
    assert [text[f.start_char : f.end_char] for f in figures] == ["7 milliards d'euros"]
    # The letter ड़ as keyboards send it (one code point, which Unicode never composes to).
    hindi = "कंपनी ने 5 करो\u095c रुपये जुटाए"
    assert [(f.quote, f.low) for f in find_figures(hindi, "hi")] == [("5 करो\u095c रुपये", Decimal(50_000_000))]
