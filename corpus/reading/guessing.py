"""The encoding of text that declares none, by how well what it would read as is written in any language.

For every encoding that may be, the text is read in it, and the letters beyond ASCII are weighed, with
their neighbours, by how often they follow each other in a language: the letter pairs that langdetect
counted in 55 languages. Chinese, Japanese and Korean are weighed by how common their characters are.
"""

from __future__ import annotations

import codecs
import json
import math
import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from string import ascii_lowercase

# A language shows in a few hundred letters.
_WEIGHED = 4096
# Natural logarithms of how likely a character is where no table says it.
_UNSEEN = -11.0
_FOREIGN = -14.0
_QUOTE, _COMMON_SIGN, _SIGN, _ODD_SIGN = -4.0, -6.0, -8.0, -12.0
_CASE_BROKEN = -4.0
_COMMON_HAN, _RARE_HAN, _KANA, _HALF_KANA, _WIDE_SIGN = -7.0, -11.5, -4.3, -9.5, -4.0
_HANGUL, _RARE_HANGUL = -6.5, -12.0
# A sign or a digit in the middle of a word, unless it is one that joins words.
_GRAFTED, _JOINED = -8.0, -3.0
# One or two characters of Chinese or Japanese within a Latin word.
_STRAY = -12.0
_STRAYS = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]{1,2}(?=[A-Za-z])")
_BESIDE = re.compile(r"(?<=[a-z])[^\x00-\x7f]{1,2}(?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f]{1,2}(?=[a-z])")
_JOINERS = frozenset("'’‘-‐‑–·`´.\u00ad\u200c\u200d״׳־")
# On average a letter of the right reading has -3 and one of a wrong one -8; a Chinese character, two bytes, -7.
_WORST = -6.2
_WORST_WIDE = -8.6
# What separates two readings before the better one is taken: e³, twenty to one.
_MARGIN = 3.0

_QUOTES = frozenset("\u00a0«»“”„’–—…،؛؟")
_SIGNS = frozenset("\u00a0«»“”„‘’‚‹›–—…·°§€£©®™№•¿¡´`²³½º ª×\u00ad\u200c\u200d\u200e\u200f،؛؟")
_SAME = str.maketrans({"ș": "ş", "ț": "ţ", "ی": "ي", "ک": "ك", "ё": "е"})
_WIDE = {
    "gb18030": ("gb2312", range(0xB0, 0xD8), "han"),
    "big5hkscs": ("big5", range(0xA4, 0xC7), "han"),
    "cp932": ("euc_jp", range(0xB0, 0xD0), "ja"),
    "euc_jp": ("euc_jp", range(0xB0, 0xD0), "ja"),
    "cp949": ("euc_kr", range(0xB0, 0xC9), "ko"),
    "johab": ("euc_kr", range(0xB0, 0xC9), "ko"),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding and how many times (as a natural logarithm) likelier it is than the next one that reads otherwise."""

    encoding: str
    margin: float


@dataclass(frozen=True, slots=True)
class _Model:
    """How often letters follow each other in a language."""

    pairs: dict[str, float]
    singles: dict[str, float]
    latin: bool

    def weight(self, pair: str) -> float:
        found = self.pairs.get(pair)
        if found is not None:
            return found
        # Profiles leave out what is rare: a known letter in a new pair is likelier than an unknown letter.
        single = self.singles.get(pair[1])
        if not self.latin and (pair[0] in ascii_lowercase or pair[1] in ascii_lowercase):
            # Two scripts in one word.
            return _FOREIGN
        return _FOREIGN if single is None else max(_UNSEEN, single - 1.0)


def guess(sample: bytes) -> Guess | None:
    """The encoding some bytes are in; None where none reads as text, or two that differ read alike."""
    sample = sample[:_WEIGHED]
    base = _base(sample)
    weighed: list[tuple[float, str, str]] = []
    for encoding, prior in _likely().items():
        text = _read(sample, encoding)
        if text is None:
            continue
        total = _wide(text, encoding) if encoding in _WIDE else _narrow(text, base)
        if total is not None:
            weighed.append((total + prior, encoding, text))
    if not weighed:
        return None
    weighed.sort(key=lambda one: -one[0])
    best, encoding, text = weighed[0]
    rival = next((weight for weight, _, other in weighed[1:] if other != text), -math.inf)
    # One accent in a text is little to go by, and little to go wrong: what is usual is taken.
    units = sum(1 for character in text if not character.isascii())
    return Guess(encoding, best - rival) if best - rival >= min(_MARGIN, units) else None


@cache
def _likely() -> dict[str, float]:
    table: dict[str, float] = tomllib.loads(files("corpus.reading").joinpath("encodings.toml").read_text("utf-8"))[
        "likely"
    ]
    return table


def _read(sample: bytes, encoding: str) -> str | None:
    """The sample in an encoding; the last character may be cut."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(sample, final=False)
    except (UnicodeError, LookupError):
        return None


def _narrow(text: str, base: dict[str, float]) -> float | None:
    """The weight of a reading in the best language, None where it is no text in any.

    Weights count from what the ASCII letters alone say of each language.
    """
    signs = 0.0
    units = 0
    pairs: Counter[str] = Counter()
    last = " "
    grafted = 0.0
    text = unicodedata.normalize("NFC", text)
    for character in text:
        if grafted and character.isalpha():
            signs += grafted
        if character.isascii():
            letter = character.lower() if character.isalpha() else " "
            grafted = _GRAFTED if character.isdigit() and not last.isascii() else 0.0
            if not last.isascii():
                pairs[last + letter] += 1
            last = letter
            continue
        kind = unicodedata.category(character)
        units += 1
        if kind in ("Cc", "Cn", "Co", "Cs"):
            return None
        if kind[0] in "LM":
            grafted = 0.0
            letter = character.lower().translate(_SAME)[:1]
            if kind == "Lu" and last.isalpha() and last == last.lower() and last != last.upper():
                signs += _CASE_BROKEN
            pairs[last + letter] += 1
            last = character.translate(_SAME)[:1] if kind != "Lu" else letter.upper()
            continue
        signs += _sign(character, kind)
        grafted = 0.0 if last == " " else _JOINED if character in _JOINERS else _GRAFTED
        last = " "
    if units == 0:
        return None
    folded: Counter[str] = Counter()
    for pair, count in pairs.items():
        folded[pair.lower()[:2] if len(pair.lower()) == 2 else pair] += count
    highest = max(base.values())
    best = -math.inf
    sharpest = -math.inf
    for code, model in _models().items():
        weight = sum(model.weight(pair) * count for pair, count in folded.items())
        total = weight + base.get(code, highest) - highest
        if total > best:
            best, sharpest = total, weight
    letters = folded.total()
    if letters and (sharpest + signs) / (letters + units - _letters(pairs)) < _WORST:
        return None
    if not letters and signs / units < _ODD_SIGN + 1:
        return None
    return best + signs


def _sign(character: str, kind: str) -> float:
    if character in _QUOTES:
        return _QUOTE
    return _COMMON_SIGN if character in _SIGNS else _SIGN if kind[0] == "P" else _ODD_SIGN


def _letters(pairs: Counter[str]) -> int:
    """How many of the pairs end in a letter beyond ASCII: those were counted as units already."""
    return sum(count for pair, count in pairs.items() if not pair[1:].isascii())


def _wide(text: str, encoding: str) -> float | None:
    """The weight of a reading in Chinese, Japanese or Korean."""
    common, kind = _characters(encoding)
    total = _STRAY * len(_STRAYS.findall(text)) + _STRAY / 2 * len(_BESIDE.findall(text))
    units = 0
    for character in text:
        if character.isascii():
            continue
        units += 1
        code = ord(character)
        if 0x4E00 <= code <= 0x9FFF:
            weight = _COMMON_HAN if character in common else _RARE_HAN
            total += weight if kind != "ko" else _RARE_HANGUL
        elif 0x3041 <= code <= 0x30FF:
            total += _KANA if kind == "ja" else _RARE_HAN
        elif 0xAC00 <= code <= 0xD7A3:
            total += (_HANGUL if character in common else _RARE_HANGUL) if kind == "ko" else _UNSEEN * 2
        elif 0x3000 <= code <= 0x303F or 0xFF01 <= code <= 0xFF60 or character in _SIGNS:
            total += _WIDE_SIGN
        elif 0xFF61 <= code <= 0xFF9F:
            total += _HALF_KANA
        elif unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs"):
            return None
        else:
            total += _UNSEEN * 1.3
    if units == 0 or total / units < _WORST_WIDE:
        return None
    return total


@cache
def _characters(encoding: str) -> tuple[frozenset[str], str]:
    """The characters of the first plane of a standard, in which the common ones stand."""
    standard, rows, kind = _WIDE[encoding]
    found = set()
    for row in rows:
        for cell in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            try:
                found.add(bytes((row, cell)).decode(standard))
            except UnicodeDecodeError:
                continue
    return frozenset(found), kind


def _base(sample: bytes) -> dict[str, float]:
    """What the ASCII letters of a sample say of each language written with them."""
    text = sample.decode("ascii", "replace").lower()
    pairs: Counter[str] = Counter()
    for first, second in pairwise(text):
        if first.isascii() and second.isascii() and (first.isalpha() or second.isalpha()):
            pairs[(first if first.isalpha() else " ") + (second if second.isalpha() else " ")] += 1
    # What stands around the letters in question is a few hundred pairs at most; more would outvote them.
    scale = min(1.0, 400 / max(1, pairs.total()))
    return {
        code: scale * sum(model.weight(pair) * count for pair, count in pairs.items())
        for code, model in _models().items()
        if model.latin
    }


@cache
def _models() -> dict[str, _Model]:
    """The letter pairs of the languages in alphabets, from the profiles that langdetect carries."""
    found = {}
    for profile in files("langdetect").joinpath("profiles").iterdir():
        if profile.name.startswith((".", "_")) or profile.name in ("ja", "ko", "zh-cn", "zh-tw"):
            continue
        counts: Counter[str] = Counter()
        for gram, count in json.loads(profile.read_text("utf-8"))["freq"].items():
            if len(gram) <= 2:
                folded = gram.lower().translate(_SAME)
                if len(folded) == len(gram):
                    counts[folded] += count
        found[profile.name] = _model(counts)
    return found


def _model(counts: Counter[str]) -> _Model:
    letters = sum(count for gram, count in counts.items() if len(gram) == 1)
    firsts: Counter[str] = Counter()
    for gram, count in counts.items():
        if len(gram) == 2:
            firsts[gram[0]] += count
    pairs = {gram: max(_UNSEEN, math.log(count / firsts[gram[0]])) for gram, count in counts.items() if len(gram) == 2}
    singles = {gram: max(_UNSEEN, math.log(count / letters)) for gram, count in counts.items() if len(gram) == 1}
    latin = sum(count for gram, count in counts.items() if len(gram) == 1 and gram.isascii())
    return _Model(pairs, singles, latin * 2 > letters)
