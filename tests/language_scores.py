"""How often the language is told right: of one sentence, of three, of an article.

``python tests/language_scores.py`` prints every text that is not.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from corpus.language import detect_language

TEXTS: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "languages.toml").read_text(encoding="utf-8")
)["texts"]
# A sentence need not show which region or script it is from; naming another is an error all the same.
OPEN = {"pt-BR": "pt", "pt-PT": "pt", "zh-Hans": "zh", "zh-Hant": "zh"}


def sentences() -> Iterator[tuple[str, str]]:
    for code, texts in TEXTS.items():
        for text in texts:
            yield code, text


def passages() -> Iterator[tuple[str, str]]:
    for code, texts in TEXTS.items():
        yield code, " ".join(texts)


def told(texts: Iterator[tuple[str, str]]) -> tuple[int, list[tuple[str, str | None, str]], int]:
    """How many texts there are, those told wrong (None is not wrong), and how many were not told."""
    wrong: list[tuple[str, str | None, str]] = []
    count = silent = 0
    for code, text in texts:
        count += 1
        found = detect_language(text).code
        if found is None:
            silent += 1
        elif found not in (code, OPEN.get(code)):
            wrong.append((code, found, text))
    return count, wrong, silent


if __name__ == "__main__":
    for name, texts in (("one sentence", sentences()), ("three sentences", passages())):
        count, wrong, silent = told(texts)
        print(f"{name}: {count} texts, {len(wrong)} wrong, {silent} not told")
        for code, found, text in wrong:
            print(f"  {code} read as {found}: {text}")
