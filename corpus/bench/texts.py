"""Generated articles: sentences of the seeds, put together anew with other numbers in them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

SEEDS = Path(__file__).parent.parent.parent / "seeds"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜА-ЯЁ])|\n+")
_DIGIT = re.compile(r"(?<![A-Za-z0-9])[0-9]+(?![A-Za-z0-9])")


def seed_texts() -> dict[str, str]:
    """The seed articles as (language, text): one in Russian, the others in German."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))}


def language_of(name: str) -> str:
    """The language of a seed by its file name."""
    return "ru" if name.startswith("003") else "de"


def sentences(language: str) -> list[str]:
    """The sentences of the seeds in a language."""
    return [
        sentence
        for name, text in seed_texts().items()
        if language_of(name) == language
        for sentence in _SENTENCE_END.split(text)
        if sentence.strip()
    ]


def generated_text(language: str, characters: int, *, seed: int = 0) -> str:
    """About so many characters of sentences in paragraphs, the same for the same `seed`."""
    chance = random.Random(seed)
    pool = sentences(language)
    parts: list[str] = []
    length = 0
    while length < characters:
        sentence = _DIGIT.sub(lambda match: _other_number(match.group(), chance), chance.choice(pool))
        parts.append(sentence + ("\n\n" if chance.random() < 0.25 else " "))
        length += len(parts[-1])
    return "".join(parts)


def generated_articles(count: int, *, seed: int = 0) -> Iterator[tuple[str, str]]:
    """So many articles of about the length of a news report, as (language, text)."""
    chance = random.Random(seed)
    for number in range(count):
        language = "ru" if chance.random() < 0.2 else "de"
        yield language, generated_text(language, chance.randint(1500, 6000), seed=seed * 1_000_003 + number)


def _other_number(digits: str, chance: random.Random) -> str:
    return str(chance.randint(10 ** (len(digits) - 1), 10 ** len(digits) - 1)) if len(digits) < 8 else digits
