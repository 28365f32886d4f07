"""A database of generated articles in eight languages, words as frequent as Zipf has them, to measure search on."""

from __future__ import annotations

import datetime
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy
from sqlite_utils import Database

from corpus.bench.texts import seed_texts
from corpus.indexing import INSERT, configure, index_version
from corpus.indexing.facts import Claimed, facts
from corpus.indexing.numbering import day_of, day_range
from corpus.indexing.rows import MOST_STEMS, text_tokens
from corpus.indexing.segmenting import run_tokens, segments
from corpus.indexing.sounding import names_in, sound_token
from corpus.storing.schema import open_database

_CODES = ("en", "de", "ru", "zh", "fr", "es", "ja", "ar")
_SUMS = (40, 55, 65, 75, 83, 91, 96, 100)
_WORDS = 30_000
_LETTERS = {"ru": "оеаинтсрвлкмдпу", "ar": "المنتربويدسعكقف"}
_UNSPACED = ("zh", "ja")
_NAMES = {
    "en": ("Altman", "chips", "OpenAI"), "de": ("Altman", "Halbleiterindustrie", "OpenAI"),
    "ru": ("Альтмана", "чипов", "OpenAI"), "zh": ("奥特曼", "芯片", "OpenAI"), "fr": ("Altman", "puces", "OpenAI"),
    "es": ("Altman", "semiconductores", "OpenAI"), "ja": ("アルトマン", "半導体", "OpenAI"),
    "ar": ("ألتمان", "الرقائق", "OpenAI"),
}  # fmt: skip
_NAME_SHARES = (0.5, 0.35, 0.6)
_RARE = ("quasarium", "amber", "lantern")
# Words between two marks of punctuation in scripts that have no spaces.
_RUN = 9
_AMOUNTS = (1e9, 2e9, 5e9, 7e9, 1e10, 5e10, 1e11, 1e12, 5e12, 7e12)
_MEASURES = ("fundraising_target", "investment", "market_cap", "revenue", "growth")
_SUBJECTS = ("OpenAI", "SoftBank", "TSMC", "Nvidia", "semiconductor industry")
_FLAGGED = 1_000
_SOURCES = 200
_FIRST_DAY = datetime.date(2019, 1, 1)
_DAYS = 6 * 365
# Articles that are made, indexed and written together, and those of one piece of work within.
_BATCH, _PIECE = 20_000, 1_000
_HASH = 1 << 28


class Made(NamedTuple):
    """Rows of a piece: articles, figures, and of the index (day, article id, columns)."""

    articles: list[tuple[Any, ...]]
    figures: list[tuple[Any, ...]]
    rows: list[tuple[Any, ...]]


class Vocabulary(NamedTuple):
    """Words of a language, the sums of their frequencies, and what the index holds of each: as in ``index_row``."""

    words: list[str]
    sums: Any
    folded: list[str]
    counted: list[tuple[str, ...]]
    once: list[tuple[str, ...]]


@cache
def _vocabulary(language: str) -> Vocabulary:
    """Words of the seeds, then invented ones in the script of the language, then the names."""
    chance = random.Random(language)
    known = [word for text in seed_texts().values() for word in text.split() if word.isalpha() and language == "de"]
    letters = _LETTERS.get(language, "etaoinshrdlucmfgp")
    if language in _UNSPACED:
        made = ["".join(chr(chance.randint(0x4E00, 0x5FFF)) for _ in range(2)) for _ in range(6_000)]
    else:
        made = ["".join(chance.choices(letters, k=chance.randint(3, 11))) for _ in range(_WORDS)]
    words = list(dict.fromkeys([*known, *made]))
    sums = numpy.cumsum([1 / (rank + 2.7) for rank in range(len(words))])
    words += [*_NAMES[language], *_RARE]
    folded, counted, once = [], [], []
    for word in words:
        segment = next(segments(word))
        sounds = {sound_token(script, key) for script, key in names_in(word)}
        _, tokens = text_tokens(word, language)
        folded.append(segment.folded)
        counted.append(tuple(token for token in tokens if token not in sounds and not token.startswith("u·")))
        once.append(tuple(sounds))
    return Vocabulary(words, sums / sums[-1], folded, counted, once)


def _made(number: int, language: str, chance: random.Random, source: Any) -> tuple[str, str, tuple[str, ...]]:
    """(headline, text, columns of words) of an article."""
    known = _vocabulary(language)
    picked: list[int] = numpy.searchsorted(known.sums, source.random(chance.randint(60, 160))).tolist()
    names = len(known.words) - len(_RARE) - len(_NAME_SHARES)
    for place, share in enumerate(_NAME_SHARES):
        if chance.random() < share:
            picked[chance.randrange(len(picked))] = names + place
    # Words that few articles have, and one phrase.
    if number % 1_000 == 7:
        picked[5] = len(known.words) - 3
    if number % 200 == 3:
        picked[8:10] = (len(known.words) - 2, len(known.words) - 1)
    head, body = picked[:8], picked[8:]
    headline = _prose(head, known, language)
    return (
        headline,
        f"{headline}\n\n{_prose(body, known, language)}.",
        (
            " ".join(_body_tokens((head,), known, language)),
            " ".join(_body_tokens((head, body), known, language)),
            " ".join(_word_tokens((head,), known, language)),
            " ".join(_word_tokens((head, body), known, language)),
        ),
    )


def _runs(picked: Sequence[int]) -> Iterator[Sequence[int]]:
    return (picked[at : at + _RUN] for at in range(0, len(picked), _RUN))


def _prose(picked: Sequence[int], known: Vocabulary, language: str) -> str:
    words = known.words
    if language not in _UNSPACED:
        return " ".join([words[number] for number in picked])
    return "，".join("".join([words[number] for number in run]) for run in _runs(picked))


def _body_tokens(parts: Iterable[Sequence[int]], known: Vocabulary, language: str) -> list[str]:
    folded = known.folded
    if language not in _UNSPACED:
        return [folded[number] for part in parts for number in part]
    return [
        token
        for part in parts
        for run in _runs(part)
        for segment in segments("".join([known.words[number] for number in run]))
        for token in (run_tokens(segment.folded, closed=True) if segment.run else [segment.folded])
    ]


def _word_tokens(parts: Sequence[Sequence[int]], known: Vocabulary, language: str) -> list[str]:
    """What ``text_tokens`` gives, from what is known of each word."""
    counts: Counter[str] = Counter()
    for part in parts:
        for number in part:
            if known.counted[number]:
                counts.update(known.counted[number])
            for token in known.once[number]:
                counts[token] = 1
        if language in _UNSPACED:
            for run in _runs(part):
                for segment in segments("".join([known.words[number] for number in run])):
                    if segment.run:
                        counts.update({f"u·{char}" for char in segment.folded})
    return [token for token, count in counts.items() for _ in range(min(count, MOST_STEMS))]


def _make(piece: tuple[int, int, int]) -> Made:
    """The articles numbered from the first to the second, of as many as the third says."""
    first, last, count = piece
    chance = random.Random(first)
    drawn = numpy.random.default_rng(first)
    made = Made([], [], [])
    for number in range(first, last):
        language = chance.choices(_CODES, cum_weights=_SUMS)[0]
        headline, text, columns = _made(number, language, chance, drawn)
        # Articles come in as they are published, some of them late; one of twenty has no date, a few no day.
        late = int(chance.expovariate(0.2)) if chance.random() < 0.3 else 0
        day = _FIRST_DAY + datetime.timedelta(days=max(0, number * _DAYS // count - late))
        date = None if chance.random() < 0.05 else day.isoformat()[: chance.choices((10, 7, 4), (97, 2, 1))[0]]
        source = min(int(chance.expovariate(0.05)) + 1, _SOURCES)
        claimed = [_claim(chance) for _ in range(chance.randint(0, 4))]
        story = number if number % 5 else number - 1
        stamp = (_FIRST_DAY + datetime.timedelta(days=number * _DAYS // count)).isoformat() + "T12:00:00Z"
        made.articles.append(
            (number, f"u{number}", headline, text, language, date, source, story, len(text), str(number), stamp, stamp)
        )
        made.figures.extend(
            (number, place, place + 1, text[place], *one, one.low, one.high) for place, one in enumerate(claimed)
        )
        filtered = " ".join(facts(number, language, date, f"outlet-{source}", claimed))
        made.rows.append((day_of(date), number, *columns, filtered))
    return made


def _claim(chance: random.Random) -> Claimed:
    low = chance.choice(_AMOUNTS) if chance.random() < 0.7 else round(10 ** chance.uniform(6, 13), -5)
    high = low if chance.random() < 0.85 else None if chance.random() < 0.5 else low * 1.5
    return Claimed(chance.choice(_MEASURES), chance.choice(_SUBJECTS), "money", low, high, "USD", None, 0)


def build(path: Path, count: int) -> dict[str, float]:
    """Make a database of so many generated articles; seconds for all of it, and for the index of search alone.

    The index is given the same rows as ``index_stale`` gives it, in larger portions. A file that is there and is
    not whole is begun anew.
    """
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    begun = time.monotonic()
    db = open_database(unfinished)
    spent = {"index": 0.0}
    # Nothing reads the file until it has its name: no journal is needed, and no trigger.
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000", "foreign_keys = OFF"):
        db.execute(f"PRAGMA {pragma}")
    aside = _put_aside(db)
    configure(db, "hashsize", _HASH)
    db.conn.executemany(
        "INSERT INTO sources (id, slug, name) VALUES (?, ?, ?)",
        [(number, f"outlet-{number}", f"Outlet {number}") for number in range(1, _SOURCES + 1)],
    )
    pieces = [(first, min(first + _PIECE, count + 1), count) for first in range(1, count + 1, _PIECE)]
    given: dict[int, int] = {}
    for language in _CODES:
        _vocabulary(language)  # before the processes part, so that they share it
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        batches = list(_portions(pieces, _BATCH // _PIECE))
        making = pool.map(_make, batches[0])
        for following in [*batches[1:], ()]:
            made, making = making, pool.map(_make, following)
            spent["index"] += _write(db, made, given)
    middle = time.monotonic()
    db.conn.commit()
    db.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
    configure(db, "hashsize", 1 << 20)
    db.conn.commit()
    spent["index"] += time.monotonic() - middle
    db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")
    for sql in aside:
        db.execute(sql)
    db.execute("ANALYZE")
    db.conn.commit()
    db.execute("PRAGMA journal_mode = WAL")
    db.close()
    unfinished.rename(path)
    return {"all": time.monotonic() - begun, **spent}


def _put_aside(db: Database) -> list[str]:
    """Take triggers and indexes away; the statements that make them again, indexes first."""
    kept = db.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type"
    ).fetchall()
    for kind, name, _ in kept:
        db.execute(f'DROP {kind} "{name}"')
    return [sql for _, _, sql in kept]


def _write(db: Database, pieces: Iterable[Made], given: dict[int, int]) -> float:
    """Write what was made; seconds that the index of search took."""
    index: list[tuple[Any, ...]] = []
    articles: list[tuple[Any, ...]] = []
    insert = db.conn.executemany
    for made in pieces:
        articles += made.articles
        insert(
            "INSERT INTO figures (article_id, start_char, end_char, quote, measure, subject, kind, low, high, "
            "currency, unit, vague, low_usd, high_usd, qualifier, method, struck) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'exact', 'text', 0)",
            made.figures,
        )
        for day, number, *columns in made.rows:
            doc = given[day] = given.get(day, day_range(day)[0] - 1) + 1
            index.append((doc, number, *columns))
    insert(
        "INSERT INTO articles (id, uid, headline, text, language, date_published, source_id, story_id, word_count, "
        "content_hash, first_ingested, last_ingested) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        articles,
    )
    insert(
        "INSERT INTO stories (id, uid) VALUES (?, ?)", ((row[7], f"s{row[0]}") for row in articles if row[7] == row[0])
    )
    insert(
        "INSERT INTO flags (article_id, kind, message) VALUES (?, 'scale', '')",
        ((row[0],) for row in articles if row[0] % _FLAGGED == 0),
    )
    begun = time.monotonic()
    index.sort(key=lambda row: row[0])
    for rows in _portions(index, 200):
        places = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(rows))
        db.execute(INSERT + places, [value for row in rows for value in (row[0], *row[2:])])
    taken = time.monotonic() - begun
    docs = {row[1]: row[0] for row in index}
    insert(
        "INSERT INTO search_facts (article_id, date_published, language, source_id, story_id, first_ingested, indexed, "
        "doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((row[0], row[5], row[4], row[6], row[7], row[10], index_version(), docs[row[0]]) for row in articles),
    )
    return taken


def _portions(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))
