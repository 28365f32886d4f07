"""A word and its language → the stem that its inflected forms share (PyStemmer, and endings as data)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import Stemmer

from corpus.indexing.segmenting import REMEMBERED_LETTERS, fold, script_of

# Fewer letters than this are left of no word.
_SHORTEST = 3
_LOAN = 4
# The longest form that is looked for at the end of a longer word.
_LONGEST_END = 12
# A part of a compound is at least this long, and a compound that can be taken apart at least the other.
PART_LETTERS = 4
COMPOUND_LETTERS = 8


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("corpus.indexing") / "stemming.toml").read_text("utf-8"))


def primary(language: str | None) -> str | None:
    """The language of a BCP 47 tag without script and country, None for none."""
    code = (language or "").partition("-")[0].lower()
    return code if code and code != "und" else None


@cache
def _stemmer(code: str) -> Callable[[str], str] | None:
    tables = _tables()
    proclitics = sorted(tables["proclitics"].get(code, "").split(), key=len, reverse=True)
    algorithm = tables["snowball"].get(code)
    if algorithm is not None:
        # The cache of the stemmer itself would be emptied in the middle of a word by another thread.
        word_stem: Callable[[str], str] = Stemmer.Stemmer(algorithm, 0).stemWord
        loans = tables["loans"].get(code, "").split()
        return lambda word: _cut(word_stem(_bare(word, proclitics)), loans, shortest=_LOAN)
    if code in tables["endings"]:
        endings = sorted(tables["endings"][code].split(), key=len, reverse=True)
        return lambda word: _cut(_bare(word, proclitics), endings)
    return None


def _bare(word: str, proclitics: list[str]) -> str:
    """A word without what is written together with it at its front."""
    for before in proclitics:
        if word.startswith(before) and len(word) - len(before) >= _SHORTEST:
            return word[len(before) :]
    return word


def attached(language: str, word: str) -> tuple[str, ...]:
    """What may be written together with a word at its front and is left there by ``stem``, none for most languages."""
    table = _tables()["attached"].get(language)
    if table is None or not table["from"] <= len(word) <= table["to"]:
        return ()
    return tuple(table["forms"].split())


def _cut(word: str, endings: list[str], *, shortest: int = _SHORTEST) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            return word[: -len(ending)]
    return word


@cache
def _irregular(code: str) -> tuple[dict[str, str], dict[str, str]]:
    """The folded forms of irregular words with the word they are of: whole words, and ends of longer ones."""
    table = tomllib.loads((files("corpus.indexing") / "irregular.toml").read_text("utf-8"))
    whole: dict[str, str] = {}
    ends: dict[str, str] = {}
    for line in table.get(code, "").splitlines():
        lemma, *forms = line.removeprefix("-").split() or [""]
        for form in (lemma, *forms):
            # Who types leaves accents out; a form of two words is one of the first.
            whole.setdefault(fold(form), lemma)
            if line.startswith("-"):
                ends.setdefault(fold(form), lemma)
    return whole, ends


def _lemma(word: str, code: str) -> str:
    """The word that an irregular form is of, any other as it is."""
    whole, ends = _irregular(code)
    if not whole:
        return word
    folded = fold(word)
    if folded in whole:
        return whole[folded]
    if ends:
        for length in range(min(len(folded) - 2, _LONGEST_END), _SHORTEST - 1, -1):
            if folded[-length:] in ends:
                return folded[:-length] + ends[folded[-length:]]
    proclitics = _tables()["proclitics"].get(code)
    if proclitics is not None:
        # The article as well, which the algorithm would take off itself.
        for before in ("ال", *sorted(proclitics.split(), key=len, reverse=True)):
            if word.startswith(before) and fold(word[len(before) :]) in whole:
                return whole[fold(word[len(before) :])]
    return word


@cache
def _ends(code: str) -> list[tuple[str, str]]:
    pairs = _tables()["ends"].get(code, "").split()
    return [(before, after.strip("-")) for before, after in zip(pairs[::2], pairs[1::2], strict=True)]


def stem(word: str, language: str | None) -> str | None:
    """The folded stem of a word as written; None where the language has no rules here.

    >>> stem("Halbleitern", "de"), stem("чипов", "ru"), stem("chips", None)
    ('halbleit', 'чип', None)
    """
    return _remembered(word, language) if len(word) <= REMEMBERED_LETTERS else _stemmed(word, language)


def _stemmed(word: str, language: str | None) -> str | None:
    code = primary(language)
    rules = None if code is None else _stemmer(code)
    if rules is None or not word or word[0].isdigit():
        return None
    code = code or ""
    found = fold(rules(_lemma(word.lower().replace("\u00ad", ""), code)))
    for before, after in _ends(code):
        if found.endswith(before) and len(found) - len(before) + len(after) >= _SHORTEST:
            return found[: len(found) - len(before)] + after
    return found or None


_remembered = lru_cache(maxsize=200_000)(_stemmed)


def writes_compounds(language: str | None) -> bool:
    """True for a language in which a word is also its parts written together (German, Finnish)."""
    return primary(language) in _compounding()


@cache
def _compounding() -> frozenset[str]:
    return frozenset(_tables()["compounds"]["languages"].split())


@cache
def script_of_language(code: str) -> str:
    """The script a language is stemmed in: LATIN, CYRILLIC, or ANY where it is written in two."""
    endings = _tables()["endings"].get(code)
    if endings is not None:
        return script_of(endings[0])
    script: str = _tables()["scripts"].get(code, "LATIN")
    return script
