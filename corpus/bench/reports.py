"""Generated news reports in several languages, as pasted text and as pages: phrases put together anew for each."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

# Pages of one site share their furniture; a collection of articles has many of a few sites.
SITES = 30
_LINKS = 40
_TEASERS = 26
# Most sentences of a report state no figure: with this share there are two or three in a thousand characters.
_PLAIN = 0.7
_STATING = ("{amount}", "{share}", "{number}")


@dataclass(frozen=True, slots=True)
class Report:
    """A report before it is text or a page: ``day`` is ISO 8601, ``site`` the number of its site."""

    number: int
    language: str
    title: str
    author: str
    dated: str
    day: str
    paragraphs: tuple[str, ...]
    site: int


@cache
def _phrases() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("corpus.bench").joinpath("phrases.toml").read_text(encoding="utf-8"))


def reports(count: int, *, seed: int = 0) -> Iterator[Report]:
    """So many reports of 2,000 to 6,000 characters, no two alike, the same for the same `seed`."""
    chance = random.Random(seed)
    languages = list(_phrases())
    shares = [entry["share"] for entry in _phrases().values()]
    for number in range(count):
        language = chance.choices(languages, shares)[0]
        yield _report(number, language, random.Random(f"{seed} {number}"))


def _report(number: int, language: str, chance: random.Random) -> Report:
    words = _phrases()[language]
    joined = words.get("joined", False)
    # Han characters say in a third of the length what letters say.
    wanted = chance.randint(2000, 6000) // (3 if joined else 1)
    paragraphs: list[str] = []
    length = 0
    while length < wanted:
        told = [_sentence(words, chance) for _ in range(chance.randint(1, 4))]
        paragraphs.append(("" if joined else " ").join(told))
        length += len(paragraphs[-1]) + 2
    title = ("" if joined else " ").join(chance.choice(words[part]) for part in ("who", "did", "what", "where"))
    iso, day = _day(words, chance)
    author = chance.choice(words["names"])
    return Report(
        number,
        language,
        title,
        author,
        words["dated"].format(day=day),
        iso,
        tuple(paragraphs),
        chance.randrange(SITES),
    )


def _sentence(words: Mapping[str, Any], chance: random.Random) -> str:
    """One sentence, its slots filled by chance."""
    filled = {
        **{part: chance.choice(words[part]) for part in ("who", "did", "what", "where", "why")},
        "name": chance.choice(words["names"]),
        "outlet": chance.choice(words["outlets"]),
        "amount": _amount(words, chance),
        "share": words["percent"].format(n=chance.randint(2, 95)),
        "number": str(chance.randint(12, 999) * chance.choice((1, 10, 50))),
        "day": _day(words, chance)[1],
    }
    plain = [form for form in words["sentences"] if not any(slot in form for slot in _STATING)]
    forms = plain if chance.random() < _PLAIN else words["sentences"]
    made = str(chance.choice(forms)).format(**filled)
    return made[:1].upper() + made[1:]


def _amount(words: Mapping[str, Any], chance: random.Random) -> str:
    low = chance.randint(1, 700)
    return str(chance.choice(words["amount"])).format(n=low, m=low + chance.randint(1, 300))


def _day(words: Mapping[str, Any], chance: random.Random) -> tuple[str, str]:
    year, month, day = chance.randint(2022, 2024), chance.randint(1, 12), chance.randint(1, 28)
    written = words["day"].format(year=year, month=words["months"][month - 1], d=day)
    return f"{year}-{month:02}-{day:02}", written


def as_text(report: Report) -> str:
    """The report as somebody pastes it: headline, byline, date, and what the site has around it."""
    words = _phrases()[report.language]
    chance = random.Random(report.number)
    before = list(words["menu"][: chance.randint(0, 4)]) if chance.random() < 0.3 else []
    byline = words["byline"].format(name=report.author)
    after = list(chance.sample(words["boxes"], chance.randint(0, 2)))
    inside = list(report.paragraphs)
    if chance.random() < 0.3:
        inside.insert(len(inside) // 2, words["boxes"][2])
    gap = "\n\n" if chance.random() < 0.7 else "\n"
    return gap.join([*before, report.title, byline, report.dated, *inside, *after]) + "\n"


def as_page(report: Report) -> str:
    """The report as a page of its site: metadata, navigation, boxes, teasers of other articles, a footer."""
    words = _phrases()[report.language]
    site = random.Random(report.site)
    name, address = f"Paper {report.site}", f"https://paper{report.site}.example"
    path = f"{address}/{report.day.replace('-', '/')}/{report.number}"
    sections = words["menu"]
    menu = "".join(
        f'<li class="nav-item"><a href="{address}/{number}">{escape(site.choice(sections))}</a></li>'
        for number in range(_LINKS)
    )
    teasers = "".join(
        _teaser(words, address, number, random.Random(f"{report.number} {number}")) for number in range(8)
    )
    boxes = [f'<div class="box box-{number}"><p>{escape(text)}</p></div>' for number, text in enumerate(words["boxes"])]
    body = [f"<p>{_linked(text, address)}</p>" for text in report.paragraphs]
    body.insert(len(body) // 2, f'<aside class="ad-slot"><span>{escape(words["boxes"][2])}</span></aside>')
    stated = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": report.title,
        "datePublished": f"{report.day}T08:30:00Z",
        "author": {"@type": "Person", "name": report.author},
        "publisher": {"@type": "Organization", "name": name},
    }
    style = "".join(f".c{number}{{margin:{site.randint(0, 9)}px;color:#{number:03}}}" for number in range(200))
    script = "".join(f"window.v{number}={site.randint(0, 999_999)};" for number in range(300))
    return f"""<!DOCTYPE html>
<html lang="{report.language}"><head><meta charset="utf-8"><title>{escape(report.title)} | {name}</title>
<meta property="og:title" content="{escape(report.title)}"><meta property="og:site_name" content="{name}">
<meta property="article:published_time" content="{report.day}T08:30:00Z">
<meta name="author" content="{escape(report.author)}">
<link rel="canonical" href="{path}"><style>{style}</style>
<script type="application/ld+json">{json.dumps(stated, ensure_ascii=False)}</script><script>{script}</script></head>
<body class="theme-{report.site}"><div id="consent">{boxes[1]}</div>
<header><a class="logo" href="{address}">{name}</a><nav><ul>{menu}</ul></nav></header>
<main><article><h1>{escape(report.title)}</h1><div class="meta"><span class="author">{escape(report.author)}</span>
<time datetime="{report.day}T08:30:00Z">{escape(report.dated)}</time></div>
<figure><img src="/i/{report.number}.jpg" alt=""><figcaption>{escape(report.author)}</figcaption></figure>
<ul class="share"><li>Facebook</li><li>X</li><li>WhatsApp</li></ul>
{chr(10).join(body)}
{boxes[0]}</article>
<section class="related"><h2>{escape(words["related"])}</h2>{"".join(teasers[:6])}</section></main>
<aside class="sidebar">{"".join(teasers[6:])}</aside>
<footer><ul>{menu}</ul>{boxes[-1]}<p>© 2024 {name}</p></footer><script>{script}</script></body></html>
"""


def _teaser(words: Mapping[str, Any], address: str, number: int, chance: random.Random) -> str:
    gap = "" if words.get("joined", False) else " "
    title = gap.join(chance.choice(words[part]) for part in ("who", "did", "what"))
    return (
        f'<div class="card" data-position="{number}"><a class="card-link" href="{address}/a/{number}"><picture>'
        f'<source srcset="/t/{number}.webp" type="image/webp"><img src="/t/{number}.jpg" alt="" loading="lazy">'
        f'</picture><span class="kicker">{escape(chance.choice(words["menu"]))}</span>'
        f'<h3 class="card-title">{escape(title)}</h3></a></div>'
    )


def _linked(text: str, address: str) -> str:
    """A paragraph as markup; every third has a link in it."""
    if len(text) % 3:
        return escape(text)
    middle = len(text) // 2
    parts = [escape(part) for part in (text[:middle], text[middle : middle + 12], text[middle + 12 :])]
    return f'{parts[0]}<a href="{address}/topic">{parts[1]}</a>{parts[2]}'
