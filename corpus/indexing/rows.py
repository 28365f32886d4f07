"""One article → its row of the index: words as written, what else they are found by, and facts to filter by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from corpus.indexing.concepts import find_concepts
from corpus.indexing.facts import Claimed, facts
from corpus.indexing.segmenting import Segment, run_tokens, segments
from corpus.indexing.sounding import names_in, sound_token
from corpus.indexing.stemming import COMPOUND_LETTERS, primary, stem, writes_compounds

# How often a stem counts at most: the words themselves carry their frequency.
MOST_STEMS = 3


def body_tokens(found: Iterable[Segment]) -> list[str]:
    """The words of a text in order, runs two characters at a time."""
    tokens: list[str] = []
    for segment in found:
        if segment.run:
            tokens += run_tokens(segment.folded, closed=True)
        else:
            tokens.append(segment.folded)
    return tokens


def word_tokens(text: str, found: Iterable[Segment], language: str | None) -> list[str]:
    """What else the words of a text are found by, without order: stems, ends of compounds, names, characters."""
    code = primary(language)
    compounds = writes_compounds(language)
    counts: Counter[str] = Counter()
    for segment in found:
        written = text[segment.start : segment.end]
        for script, key in names_in(written):
            counts[sound_token(script, key)] = 1
        if segment.run:
            counts.update([f"u·{char}" for char in dict.fromkeys(segment.folded)])
            continue
        stemmed = stem(written, language)
        if stemmed is not None:
            counts[f"{code}·{stemmed}"] += 1
            if compounds and len(stemmed) >= COMPOUND_LETTERS:
                counts[f"f·{stemmed}"] += 1
                counts[f"r·{stemmed[::-1]}"] += 1
    counts.update(key for _, _, key in find_concepts(text))
    # Those that stand often stand next to each other: that is how they are told from those that stand once.
    return [token for token, count in counts.items() for _ in range(min(count, MOST_STEMS))]


def words_row(headline: str | None, text: str, language: str | None) -> tuple[str, ...]:
    """The columns of ``search_index`` that follow from the words of an article alone: all but the last."""
    in_text, in_headline = list(segments(text)), list(segments(headline or ""))
    return (
        " ".join(body_tokens(in_headline)),
        " ".join(body_tokens(in_text)),
        " ".join(word_tokens(headline or "", in_headline, language)),
        " ".join(word_tokens(text, in_text, language)),
    )


def index_row(row: Sequence[Any], claimed: Sequence[Claimed], words: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """The columns of ``search_index`` from (id, headline, text, language, date_published, source slug).

    ``words`` are those of ``words_row`` where they are known.
    """
    number, headline, text, language, date, source = row
    words = words_row(headline, text, language) if words is None else words
    return (*words, " ".join(facts(number, language, date, source, claimed)))
