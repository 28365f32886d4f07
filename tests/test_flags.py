"""What clashes is flagged in a sentence, what does not is left alone."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import make_article
from sqlite_utils import Database

from corpus.model import Article, Claim, Document, Figure, PublicationDate
from corpus.pipeline import process
from corpus.stories import link_stories
from corpus.stories.clashes import between_dates
from corpus.storing import store

CASES = tomllib.loads((Path(__file__).parent / "stories" / "clashes.toml").read_text(encoding="utf-8"))["case"]


def article(name: str, rows: list[dict[str, Any]]) -> Article:
    """An article of its own words with these figures, each in a sentence of its own unless one is named."""
    text = f"Headline {name}"
    claims = []
    for number, row in enumerate(rows):
        text += f"\n\nWords{name}{number} only of {name}{number} "
        low = Decimal(str(row["low"]))
        high = None if row.get("open") else Decimal(str(row.get("high", row["low"])))
        kind = row.get("kind", "money")
        currency = row.get("currency", "USD") if kind == "money" else None
        start = len(text)
        text += row["quote"]
        figure = Figure(
            start, len(text), row["quote"], kind, low, high, currency, qualifier=row.get("qualifier", "exact")
        )
        claims.append(
            Claim(
                figure,
                sentence=f"sentence {row.get('sentence', f'of its own {number}')}",
                measure=row.get("measure", "fundraising_target"),
                subject=row.get("subject", "OpenAI") or None,
                period=row.get("period"),
                stance=row.get("stance"),
            )
        )
    published = rows[0].get("published")
    return make_article(
        text,
        origin=name,
        claims=tuple(claims),
        published=PublicationDate(published, "day", "stated", published) if published else PublicationDate(),
    )


def flags(db: Database) -> list[dict[str, Any]]:
    return list(db.query("SELECT * FROM flags ORDER BY kind, message"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_clashes(db: Database, case: dict[str, Any]) -> None:
    names = dict.fromkeys(row["article"] for row in case["claims"])
    store(db, [article(name, [row for row in case["claims"] if row["article"] == name]) for name in names])
    link_stories(db)
    found = flags(db)
    assert [flag["kind"] for flag in found] == case["flags"]
    for words in case.get("says", ()):
        assert any(words in flag["message"] for flag in found), [flag["message"] for flag in found]
    for flag in found:
        assert flag["message"].endswith(".")
        assert None not in (flag["figure_id"], flag["other_figure_id"], flag["article_id"], flag["other_article_id"])


def test_a_flag_goes_with_its_reason(db: Database) -> None:
    rows = [{"low": 7e12, "quote": "$7 trillion"}]
    store(db, [article("a", rows), article("b", rows), article("c", [{"low": 7e9, "quote": "$7 billion"}])])
    link_stories(db)
    assert [flag["kind"] for flag in flags(db)] == ["scale"]
    store(db, [article("c", rows)])
    link_stories(db)
    assert flags(db) == []


def test_a_figure_that_is_struck_out_clashes_with_nothing(db: Database) -> None:
    store(
        db,
        [article("a", [{"low": 8e9, "high": 10e9, "quote": "8-10 bn"}]), article("b", [{"low": 7e12, "quote": "7tn"}])],
    )
    link_stories(db)
    assert len(flags(db)) == 1
    db.execute("UPDATE figures SET struck = 1 WHERE quote = '7tn'")
    link_stories(db)
    assert flags(db) == []


DE = """OpenAI sammelt Geld ein

OpenAI hat in einer Finanzierungsrunde 6,6 Milliarden Dollar erhalten und wird mit 157 Milliarden Dollar bewertet.

Microsoft gab 750 Millionen Dollar, SoftBank 500 Millionen Dollar und Nvidia 100 Millionen Dollar. Der Umsatz soll
3,7 Billionen Dollar erreichen, der Verlust 5 Milliarden Dollar."""
FR = """OpenAI lève des fonds

OpenAI a obtenu 6,6 milliards de dollars lors d'un tour de table et est valorisée à 157 milliards de dollars.

Microsoft a donné 750 millions de dollars, SoftBank 800 millions de dollars et Nvidia 100 millions de dollars.
Le chiffre d'affaires doit atteindre 3,7 milliards de dollars, la perte 5 milliards de dollars."""


def test_translations_that_disagree(db: Database) -> None:
    documents = [Document(root="t", origin=name, text=text) for name, text in (("de", DE), ("fr", FR))]
    store(db, [process(document) for document in documents])
    link_stories(db)
    assert [row["kind"] for row in db.query("SELECT kind FROM article_links")] == ["translation"]
    found = [flag["message"] for flag in flags(db) if flag["kind"] == "versions_disagree"]
    assert len(found) == 2
    assert any("3.7 trillion USD" in one and "3.7 billion USD" in one for one in found)
    assert any("500 million USD" in one and "800 million USD" in one for one in found)


@pytest.mark.parametrize(
    ("figure", "disagrees"),
    [("532 Millionen", True), ("500 Millionen", False), ("499,6 Millionen", False), ("0,5 Milliarden", False)],
)
def test_a_rounded_figure_is_no_disagreement(db: Database, figure: str, disagrees: bool) -> None:
    german = DE.replace("500 Millionen", figure).replace("3,7 Billionen", "3,7 Milliarden")
    french = FR.replace("800 millions", "500 millions")
    store(db, [process(Document(root="t", origin=name, text=text)) for name, text in (("de", german), ("fr", french))])
    link_stories(db)
    assert [row["kind"] for row in db.query("SELECT kind FROM article_links")] == ["translation"]
    assert [flag["kind"] for flag in flags(db)] == ["versions_disagree"] * disagrees


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("2024-02-09", "2024-02-12", None),
        ("2024-02-09", "2024-02-13", "4 days"),
        ("2024-02-13T10:00", "2024-02-09", "4 days"),
        ("2024-02", "2024-02-28", None),
        ("2024", "2023-12-01", "31 days"),
        ("2024-02-09", None, None),
        ("2024-02-09", "no date", None),
        ("2024-02-09", "9999-13-99", None),
    ],
)
def test_dates_apart(one: str, other: str | None, apart: str | None) -> None:
    rows = [
        {"date_published": value, "date_method": "stated", "language": "en", "source": None, "title": "Chips"}
        for value in (one, other)
    ]
    said = between_dates(rows[0], rows[1])
    assert (said is None) is (apart is None)
    assert apart is None or (said is not None and apart in said)


def test_a_lent_date_is_not_apart() -> None:
    row = {"date_published": "2024-02-09", "date_method": "stated", "language": "en", "source": None, "title": "Chips"}
    assert between_dates(row, row | {"date_published": "2023-01-01", "date_method": "sibling"}) is None
