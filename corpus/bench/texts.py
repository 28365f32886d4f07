"""Generated articles: sentences of the seeds, put together anew with other numbers in them."""

from __future__ import annotations

import random
import re
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


def _other_number(digits: str, chance: random.Random) -> str:
    return str(chance.randint(10 ** (len(digits) - 1), 10 ** len(digits) - 1)) if len(digits) < 8 else digits
