"""A small invented corpus for the tests of the pages and of the search, written through the real schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from corpus.indexing import index_stale
from corpus.storing.schema import open_database

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>\u202e{{7*7}}"
BODY = ("headline", "subhead", "lead", "body", "list", "quote")

SOURCES = (
    {
        "id": 1,
        "slug": "the-daily-wafer",
        "name": "The Daily Wafer",
        "domain": "wafer.example",
        "country": "GB",
    },
    {"id": 2, "slug": "kanzlei-bote", "name": "Kanzlei-Bote", "domain": "bote.example", "country": "DE"},
    {"id": 3, "slug": "vestnik", "name": "Вестник", "domain": "vestnik.example", "country": "RU"},
    {"id": 4, "slug": "evil", "name": HOSTILE, "domain": "javascript:alert(4)", "country": None},
)


def figure(quote: str, kind: str, low: float | None = None, high: float | None = None, **rest: Any) -> dict[str, Any]:
    """Give a figure as it is stored, apart from its place; a point where only ``low`` is given."""
    if high is None and rest.get("qualifier", "exact") in ("exact", "about", "almost"):
        high = low
    if kind == "money" and not rest.get("vague"):
        rest.setdefault("low_usd", low)
        rest.setdefault("high_usd", high)
    return {"quote": quote, "kind": kind, "low": low, "high": high, "qualifier": "exact", "vague": 0, **rest}


TARGET = {"currency": "USD", "measure": "fundraising_target", "subject": "OpenAI"}
ARTICLES: tuple[dict[str, Any], ...] = (
    {
        "uid": "en-one",
        "language": "en",
        "source_id": 1,
        "date_published": "2024-02-09",
        "passages": [
            ("headline", "Altman wants trillions for chips"),
            ("lead", "OpenAI is looking for $5 trillion to $7 trillion, according to the Morning Ledger."),
            ("subhead", "A market of its own"),
            ("body", "Chip sales grew by 13.1% to $595.3 billion. Nvidia is worth almost $1.72 trillion."),
            ("list", "About 350,000 processors"),
            ("list", "at least 10 GW of power"),
            ("quote", "“Billions of dollars, or many more,” said a banker."),
            ("newsletter", "Sign up for our newsletter today"),
            ("byline", "By Jane Doe"),
        ],
        "figures": [
            figure("$5 trillion to $7 trillion", "money", 5e12, 7e12, attributed_to="Morning Ledger", **TARGET),
            figure("13.1%", "percent", 13.1, measure="growth", subject="semiconductor industry"),
            figure("$595.3 billion", "money", 595.3e9, currency="USD", measure="market_size"),
            figure("$1.72 trillion", "money", 1.72e12, currency="USD", qualifier="almost", measure="market_cap"),
            figure("350,000 processors", "count", 350000, unit="processors", qualifier="about"),
            figure("10 GW", "quantity", 10, unit="GW", qualifier="at_least"),
            figure("Billions of dollars", "money", vague=1, magnitude=1e9, **TARGET),
        ],
    },
    {
        "uid": "de-two",
        "language": "de",
        "source_id": 2,
        "date_published": "2024-01",
        "origin_source_id": 1,
        "passages": [
            ("headline", "KI-Chips: Altman sucht Geld für die Halbleiterindustrie"),
            (
                "body",
                "Das Ziel liegt zwischen 8 und 10 Milliarden US-Dollar. Der Bau in C++-Straße 7 kostet 1,72 Mio. Euro.",
            ),
            ("body", "Der Umsatz soll sich mehr als verdreifachen."),
        ],
        "figures": [
            figure("8 und 10 Milliarden US-Dollar", "money", 8e9, 10e9, **TARGET),
            figure("1,72 Mio. Euro", "money", 1.72e6, currency="EUR", low_usd=None, high_usd=None),
            figure("verdreifachen", "multiple", 3, None, qualifier="more_than"),
        ],
    },
    {
        "uid": "ru-three",
        "story": "en-one",
        "language": "ru",
        "source_id": 3,
        "date_published": "2024-02-10T08:30",
        "passages": [
            ("headline", "Альтман отрицает триллионы"),
            (
                "body",
                "Глава компании отверг сообщения о том, что Альтману нужно более 7 триллионов долларов.",
            ),
        ],
        "figures": [
            figure("7 триллионов долларов", "money", 7e12, None, qualifier="more_than", stance="denied", **TARGET)
        ],
    },
    {
        "uid": "zh-four",
        "language": "zh-Hans",
        "date_published": "2024",
        "passages": [
            ("headline", "奥特曼的芯片计划"),
            ("body", "奥特曼正在为芯片工厂寻求7万亿美元的资金，人工智能芯片短缺。"),
        ],
        "figures": [figure("7万亿美元", "money", 7e12, **TARGET)],
    },
    {
        "uid": "ar-five",
        "language": "ar",
        "passages": [("body", "قال سام ألتمان إن الشركة تحتاج إلى 7 تريليونات دولار لبناء مصانع الرقائق.")],
        "figures": [figure("7 تريليونات دولار", "money", 7e12, **TARGET)],
    },
    {
        "uid": "evil-six",
        "language": "en",
        "source_id": 4,
        "date_published": "2024-03-01",
        "author": HOSTILE,
        "url": "javascript:alert(5)",
        "date_evidence": HOSTILE,
        "source_evidence": HOSTILE,
        "language_evidence": HOSTILE,
        "passages": [
            ("headline", f"Evil {HOSTILE}"),
            ("body", f"Before {HOSTILE} costs $9 trillion & <b>more</b> chips after {HOSTILE}."),
            ("furniture", HOSTILE),
        ],
        "figures": [
            figure(
                f"{HOSTILE} costs $9 trillion",
                "money",
                9e12,
                currency="USD",
                measure="fundraising_target",
                subject=HOSTILE,
                attributed_to=HOSTILE,
                unit=HOSTILE,
                claim_evidence=HOSTILE,
            )
        ],
    },
)


def _precision(date: str | None) -> str | None:
    return None if date is None else {4: "year", 7: "month", 10: "day", 16: "minute", 19: "second"}[len(date)]


def add_article(db: Database, spec: Mapping[str, Any], *, position: int) -> int:
    """Write one article with its passages and figures, placed by their quotes in order; give its id."""
    text, passages = "", []
    for place, (role, words) in enumerate(spec["passages"]):
        start = None
        if role in BODY:
            text += "\n\n" if text else ""
            start = len(text)
            text += words
        passages.append(
            {"position": place, "role": role, "rule": "given", "text": words, "language": spec["language"]}
            | {"start_char": start, "end_char": None if start is None else len(text)}
        )
    date = spec.get("date_published")
    headline = next((words for role, words in spec["passages"] if role == "headline"), None)
    if "story" in spec:
        story = next(iter(db.query("SELECT id FROM stories WHERE uid = ?", [spec["story"]])))["id"]
        db.table("stories").update(story, {"article_count": 2})
    else:
        story = (
            db.table("stories")
            .insert({"uid": spec["uid"], "headline": headline, "first_published": date, "article_count": 1})
            .last_pk
        )
    row = {key: value for key, value in spec.items() if key not in ("passages", "figures", "story")}
    row |= {
        "headline": headline,
        "text": text,
        "story_id": story,
        "language_confidence": 0.9999,
        "language_method": "langdetect",
        "date_precision": _precision(date),
        "date_method": None if date is None else "dateline",
        "source_method": "masthead" if "source_id" in spec else None,
        "word_count": len(text.split()),
        "content_hash": spec["uid"],
        "first_ingested": f"2024-04-0{position + 1}T00:00:00Z",
        "last_ingested": f"2024-04-0{position + 1}T00:00:00Z",
        "version": "test",
    }
    article = int(db.table("articles").insert(row).last_pk)
    db.table("passages").insert_all([{"article_id": article, **passage} for passage in passages])
    at = 0
    for values in spec["figures"]:
        start = text.index(values["quote"], at)
        at = start + len(values["quote"])
        sentence = text[max(0, start - 40) : at + 20]
        db.table("figures").insert(
            {
                "article_id": article,
                "start_char": start,
                "end_char": at,
                "sentence": sentence,
                "rule": "given",
            }
            | values
        )
    return article


def build(path: Path, articles: Sequence[Mapping[str, Any]] = ARTICLES) -> Path:
    """Make a database of the invented corpus at ``path``."""
    db = open_database(path)
    with db.conn:
        db.table("sources").insert_all(SOURCES)
        ids = {spec["uid"]: add_article(db, spec, position=at) for at, spec in enumerate(articles)}
        if "de-two" in ids:
            quote = "Altman"
            db.table("citations").insert(
                {
                    "article_id": ids["de-two"],
                    "source_id": 1,
                    "start_char": 10,
                    "end_char": 16,
                    "quote": quote,
                }
            )
            db.table("article_links").insert(
                {"article_id": ids["de-two"], "other_id": ids["en-one"], "kind": "translation", "score": 0.8}
                | {"evidence": json.dumps(["figures"])}
            )
            db.table("flags").insert(
                {
                    "article_id": ids["de-two"],
                    "kind": "scale",
                    "message": f"8 billion or 8 trillion? {HOSTILE}",
                }
            )
        common = {"part": 0, "first_seen": "2024-04-01T00:00:00Z", "last_seen": "2024-04-01T00:00:00Z"}
        db.table("documents").insert_all(
            [
                {
                    "id": 1,
                    "root": "files",
                    "origin": "one.txt",
                    "status": "ok",
                    "article_id": min(ids.values(), default=None),
                    **common,
                },
                {
                    "id": 2,
                    "root": "files",
                    "origin": HOSTILE,
                    "status": "rejected",
                    "reason": "it is empty",
                    **common,
                },
            ]
        )
        db.table("runs").insert({"started": "2024-04-01T00:00:00Z", "new": len(ids)})
        index_stale(db)
    db.close()
    return path
