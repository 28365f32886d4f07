"""What figures are said to measure, whose they are, on whose word, when and how firmly."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from claim_scores import judged, rates
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.claims import claim_figures
from corpus.model import Citation, Claim, Figure, Source
from corpus.pipeline import process
from corpus.reading import read
from corpus.topic import load_topic
from corpus.words.cues import KEYS, languages

HERE = Path(__file__).parent
KINDS = {"%": "percent", "n": "count", "x": "multiple", "q": "quantity"}
MARKED = re.compile(r"\{(?:([%nxq]):)?([^}]*)\}")


def figures_of(marked: str) -> tuple[str, list[Figure]]:
    """The text without its braces, and the figures that stood in them."""
    figures: list[Figure] = []
    text = ""
    position = 0
    for found in MARKED.finditer(marked):
        text += marked[position : found.start()]
        start = len(text)
        text += found[2]
        position = found.end()
        kind = KINDS.get(found[1] or "", "money")
        unit = found[2].split()[-1] if kind in ("count", "quantity") else None
        currency = "USD" if kind == "money" else None
        figures.append(Figure(start, len(text), found[2], kind, currency=currency, unit=unit))
    return text + marked[position:], figures


def rows() -> list[Any]:
    found = []
    for path in sorted((HERE / "claims").glob("*.toml")):
        for number, row in enumerate(tomllib.loads(path.read_text("utf-8"))["claims"]):
            marks = [pytest.mark.xfail(strict=True, reason=row["gap"])] if "gap" in row else []
            found.append(pytest.param(path.stem, row, id=f"{path.stem}-{number}", marks=marks))
    return found


@pytest.mark.parametrize(("language", "row"), rows())
def test_row(language: str, row: dict[str, Any]) -> None:
    text, figures = figures_of(row["text"])
    claims = claim_figures(text, figures, language=language, published=row.get("published"))
    assert len(claims) == len(row["is"])
    for claim, expected in zip(claims, row["is"], strict=True):
        wanted = [part.strip() for part in expected.split("|")]
        got = [claim.measure, claim.subject, claim.attributed_to, claim.stance, claim.period]
        seen = ["?" if want == "?" else value or "-" for want, value in zip(wanted, got, strict=False)]
        assert " | ".join(seen) == " | ".join(wanted), f"{claim.figure.quote}: {claim.rule}: {claim.evidence}"


# Words that the pages' links had fused; the cleaning step separates them before claims are read.
FUSED = (("Wall Street Journal", "Als"), ("Halbleiterindustrie", "sucht"), ("промышленности", "Альтман"))
FIELDS = {"metric": "measure", "about": "subject", "attributed_to": "attributed_to", "stance": "stance"}


def gold() -> list[Any]:
    lines = (HERE / "files" / "gold_seeds.jsonl").read_text("utf-8").splitlines()
    articles = [json.loads(line) for line in lines]
    return [pytest.param(article, id=article["file"][:3]) for article in articles]


def decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def differences(claims: tuple[Claim, ...], figures: list[dict[str, Any]]) -> list[str]:
    """Where the claims say something else than the gold; an outlet's article ("The") does not count."""
    found = []
    for claim, figure in zip(claims, figures, strict=True):
        for key, name in FIELDS.items():
            value = getattr(claim, name)
            if key in figure and (value or "").removeprefix("The ") != figure[key]:
                found.append(f"{figure['text']}: {name}: {value!r} instead of {figure[key]!r}")
    return found


@pytest.mark.parametrize("article", gold())
def test_seeds(article: dict[str, Any]) -> None:
    text = (HERE.parent / "seeds" / article["file"]).read_bytes().decode("utf-8")
    wanted = [figure for figure in article["figures"] if not figure.get("teaser")]
    for left, right in FUSED:
        place = text.find(left + right)
        if place >= 0:
            place += len(left)
            text = f"{text[:place]} {text[place:]}"
            for figure in wanted:
                shift = 1 if figure["start"] >= place else 0
                figure["start"], figure["end"] = figure["start"] + shift, figure["end"] + shift
    figures = [
        Figure(
            figure["start"],
            figure["end"],
            figure["text"],
            figure["kind"],
            low=decimal(figure["low"]),
            high=decimal(figure["high"]),
            currency=figure["currency"],
            unit=figure.get("unit"),
            vague=figure["vague"],
        )
        for figure in wanted
    ]
    assert all(text[one.start_char : one.end_char] == one.quote for one in figures)
    claims = claim_figures(text, figures, language=article["language"], published=article["published"])
    assert differences(claims, wanted) == []


@pytest.mark.parametrize("article", gold())
def test_seeds_through_the_whole_line(article: dict[str, Any]) -> None:
    (document,) = read([HERE.parent / "seeds" / article["file"]])
    wanted = [figure for figure in article["figures"] if not figure.get("teaser")]
    claims = process(document).claims
    assert [claim.figure.quote for claim in claims] == [figure["text"] for figure in wanted]
    assert differences(claims, wanted) == []


def test_scores_do_not_fall() -> None:
    table = rates([one for path in sorted((HERE / "claims" / "articles").glob("*.toml")) for one in judged(path)])
    floors = {"measure": 0.96, "subject": 0.96, "attributed_to": 0.96, "stance": 0.93, "period": 0.9}
    for field, floor in floors.items():
        right, wrong, missing = table["", field]
        assert right / (right + wrong + missing) >= floor, field
    for (language, field), (right, wrong, missing) in table.items():
        assert field not in ("measure", "subject") or right / (right + wrong + missing) >= 0.8, (language, field)


def test_every_language_has_a_dozen_rows() -> None:
    for path in (HERE / "claims").glob("*.toml"):
        assert len(tomllib.loads(path.read_text("utf-8"))["claims"]) >= 12, path.name


def test_the_topic_has_words_in_the_languages_that_have_cues() -> None:
    named = {code for measure in load_topic().measures for code in (*measure.cues, *measure.weak)}
    assert named == set(languages())  # YAML reads a bare no as a boolean


@pytest.mark.parametrize(
    "file", sorted((HERE.parent / "corpus" / "locales" / "claims").glob("*.toml")), ids=lambda file: file.stem
)
def test_cue_files_hold_known_lists_of_words(file: Path) -> None:
    table = tomllib.loads(file.read_text("utf-8"))
    assert set(table) <= KEYS
    for key, words in table.items():
        assert key == "verb_final" or all(isinstance(word, str) and word.strip("* ") for word in words), key


def test_what_was_read_is_evidence() -> None:
    text, figures = figures_of("According to Reuters, Nvidia had revenue of {$26 billion} in 2023.")
    (claim,) = claim_figures(text, figures, language="en")
    assert claim.rule == "measure:cue; subject:sentence; attributed:according; period"
    assert claim.evidence == "revenue; Nvidia; According to Reuters; 2023"
    assert claim.sentence == text


@pytest.mark.parametrize(
    ("text", "language", "published", "period"),
    [
        ("Der Umsatz lag im Jahr 2024 bei {5 Milliarden Dollar}.", "de", None, "2024"),
        ("Der Umsatz lag im Dezember bei {5 Milliarden Dollar}.", "de", None, None),
        ("Der Umsatz lag im Dezember bei {5 Milliarden Dollar}.", "de", "2024-02-09", "2023-12"),
        ("Der Umsatz lag im Dezember 2022 bei {5 Milliarden Dollar}.", "de", "2024-02-09", "2022-12"),
        ("Revenue reached {$5 billion} last year.", "en", "2024-02-09", "2023"),
        ("Revenue reached {$5 billion} last year.", "en", None, None),
        ("Revenue was $3 billion in 2021, and it reached {$5 billion} in 2022.", "en", None, "2022"),
        ("В прошлом году выручка достигла {5 млрд долларов}.", "ru", "2024-02-09", "2023"),
        ("2023年12月の売上高は{50億ドル}だった。", "ja", None, "2023-12"),
        ("去年营收为{50亿美元}。", "zh", "2024-02", "2023"),
        ("Les ventes de janvier 2024 ont atteint {5 milliards de dollars}.", "fr", None, "2024-01"),
        ("Revenue may reach {$5 billion}.", "en", "2024-02-09", None),
    ],
)
def test_period(text: str, language: str, published: str | None, period: str | None) -> None:
    plain, figures = figures_of(text)
    (claim,) = claim_figures(plain, figures, language=language, published=published)
    assert claim.period == period


@pytest.mark.parametrize("phrase", ["Reportedly,", "According to people familiar with the matter,", "Insiders say"])
def test_nobody_is_nobody(phrase: str) -> None:
    text, figures = figures_of(f"{phrase} revenue was {{$5 billion}}.")
    (claim,) = claim_figures(text, figures, language="en")
    assert claim.attributed_to is None


def test_a_name_the_topic_does_not_know_has_its_word() -> None:
    for text, name in [
        ("According to data from Northwind Research Group, revenue was {$5 billion}.", "Northwind Research Group"),
        ("Revenue was {$5 billion}, analyst Mary Overton said.", "Mary Overton"),
    ]:
        plain, figures = figures_of(text)
        (claim,) = claim_figures(plain, figures, language="en")
        assert claim.attributed_to == name


def test_an_unknown_outlet_that_was_cited_has_its_word() -> None:
    text, figures = figures_of("Wie die taz berichtet, liegt der Umsatz bei {5 Milliarden Dollar}.")
    start = text.index("taz")
    citation = Citation(Source("taz", "taz"), start, start + 3, "taz")
    (claim,) = claim_figures(text, figures, language="de", citations=[citation])
    assert claim.attributed_to == "taz"


def test_an_amount_means_what_it_meant_before() -> None:
    text = "OpenAI wants to raise {$7 trillion}.\n\nMany doubt it.\n\nThe {$7 trillion} would be a record."
    plain, figures = figures_of(text)
    figures = [replace(figure, low=Decimal(7), high=Decimal(7)) for figure in figures]
    claims = claim_figures(plain, figures, language="en")
    assert [claim.measure for claim in claims] == ["fundraising_target"] * 2
    assert claims[1].subject == "OpenAI"


LETTERS = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("  .,«»\n%$5年「」का는")),
    max_size=120,
)


@settings(deadline=None, max_examples=150)
@given(before=LETTERS, after=LETTERS, language=st.sampled_from(["en", "de", "ja", "ar", "nl", "xx", None]))
def test_any_text(before: str, after: str, language: str | None) -> None:
    text = f"{before}$5 bn{after}"
    figure = Figure(len(before), len(before) + 5, "$5 bn", "money", currency="USD")
    (claim,) = claim_figures(text, [figure], language=language, published="2024-02-09")
    assert claim.figure is figure


def test_no_figures_no_claims() -> None:
    assert claim_figures("Nvidia", [], language="en") == ()


@pytest.mark.parametrize("joint", [". ", ", ", " and Nvidia, ", " "])
def test_work_grows_with_the_text(joint: str) -> None:
    calls = []
    for size in (100, 400):
        text, figures = figures_of(joint.join(["Nvidia said revenue was {$5 billion}"] * size))
        claim_figures(text, figures, language="en")
        calls.append(_calls(text, figures))
    assert calls[1] < calls[0] * 4 * 1.2


def _calls(text: str, figures: list[Figure]) -> int:
    """How many functions are called while the claims are read."""
    count = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        claim_figures(text, figures, language="en")
    finally:
        sys.setprofile(None)
    return count
