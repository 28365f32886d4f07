"""One article → its row of the index: words as written, what else they are found by, and facts to filter by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from corpus.indexing.concepts import find_concepts
from corpus.indexing.facts import Claimed, facts
from corpus.indexing.segmenting import REMEMBERED_LETTERS, fold, run_tokens, runs_and_words
from corpus.indexing.sounding import names_in, sound_token
from corpus.indexing.stemming import COMPOUND_LETTERS, primary, stem, writes_compounds

# How often a stem counts at most: the words themselves carry their frequency.
MOST_STEMS = 3


class _Word(NamedTuple):
    """A word as it is compared; by what of it names are found, once however often it stands; and its stems."""

    folded: str
    sounds: tuple[str, ...]
    stems: tuple[str, ...]


def _sounds(written: str) -> tuple[str, ...]:
    return tuple(sound_token(script, key) for script, key in names_in(written))


def _read(word: str, language: str | None) -> _Word:
    folded = fold(word)
    stemmed = stem(word, language) if folded else None
    if stemmed is None:
        return _Word(folded, _sounds(word) if folded else (), ())
    stems: tuple[str, ...] = (f"{primary(language)}·{stemmed}",)
    if writes_compounds(language) and len(stemmed) >= COMPOUND_LETTERS:
        stems = (*stems, f"f·{stemmed}", f"r·{stemmed[::-1]}")
    return _Word(folded, _sounds(word), stems)


_remembered = lru_cache(maxsize=50_000)(_read)


def text_tokens(text: str, language: str | None) -> tuple[list[str], list[str]]:
    """The words of a text in order, runs two characters at a time; and what else they are found by, without order.

    That is stems, ends of compounds, names, characters.
    """
    found = runs_and_words(text)
    tokens: dict[tuple[str, str], Sequence[str]] = {}
    others: Sequence[str]
    counts: Counter[str] = Counter()
    for (run, word), times in Counter(found).items():
        if run:
            folded = fold(run)
            sounds, others = (_sounds(run), [f"u·{char}" for char in dict.fromkeys(folded)]) if folded else ((), [])
            tokens[run, word] = run_tokens(folded, closed=True) if folded else ()
        else:
            folded, sounds, others = (_remembered if len(word) <= REMEMBERED_LETTERS else _read)(word, language)
            tokens[run, word] = (folded,) if folded else ()
        for token in sounds:
            counts[token] = 1
        for token in others:
            counts[token] += times
    counts.update(key for _, _, key in find_concepts(text))
    # Those that stand often stand next to each other: that is how they are told from those that stand once.
    return (
        list(chain.from_iterable(map(tokens.__getitem__, found))),
        [token for token, count in counts.items() for _ in range(min(count, MOST_STEMS))],
    )


def words_row(headline: str | None, text: str, language: str | None) -> tuple[str, ...]:
    """The columns of ``search_index`` that follow from the words of an article alone: all but the last."""
    head, head_words = text_tokens(headline or "", language)
    body, words = text_tokens(text, language)
    return (" ".join(head), " ".join(body), " ".join(head_words), " ".join(words))


def index_row(row: Sequence[Any], claimed: Sequence[Claimed], words: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """The columns of ``search_index`` from (id, headline, text, language, date_published, source slug).

    ``words`` are those of ``words_row`` where they are known.
    """
    number, headline, text, language, date, source = row
    words = words_row(headline, text, language) if words is None else words
    return (*words, " ".join(facts(number, language, date, source, claimed)))
