"""What a query means: amounts and names recognised in it, and for each word the other forms it is found by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.indexing.concepts import Concept, concept_named, readable
from corpus.indexing.rows import MOST_STEMS
from corpus.indexing.segmenting import run_tokens, script_of, segments
from corpus.indexing.sounding import SCRIPTS, sound, sound_token
from corpus.indexing.stemming import PART_LETTERS, attached, script_of_language, stem, writes_compounds
from corpus.searching.asked import Amount, find_amounts
from corpus.searching.querying import Query, Term

# Words of a name that are looked for together.
_NAME_WORDS = 5
# Words with more hyphens than this are found as they are typed only.
_PIECES = 4
_SOUND_LETTERS = 4
_LONG_SOUND = 4
_OF_SEVERAL = ("ARABIC", "CYRILLIC")
# The end of a compound says which word it is only when it is long enough, or other words stand beside it.
_TAIL_LETTERS = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to find and all that it is found by.

    ``tokens`` are the words as typed, in order; ``stems`` are (language, stem); ``parts`` are stems that compounds
    begin with, ``tails`` those they end with; ``concept`` is the topic's; ``sounds`` are (script, key). Of a word with
    hyphens ``pieces`` are the words of it, which are found apart and in other forms too.
    """

    term: Term
    tokens: tuple[str, ...]
    open: bool
    stems: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()
    concept: Concept | None = None
    sounds: tuple[tuple[str, str], ...] = ()
    pieces: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """A query understood: of each group one thing must be found; amounts are all to be claimed."""

    query: Query
    groups: tuple[tuple[Wanted, ...], ...] = ()
    excluded: tuple[Wanted, ...] = ()
    amounts: tuple[Amount, ...] = ()

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """Everything that may be found in a result."""
        return tuple(wanted for group in self.groups for wanted in group)

    @property
    def marked(self) -> tuple[Wanted, ...]:
        """Everything that is marked in a text: the pieces of words as well."""
        return (*self.wanted, *(piece for wanted in self.wanted for piece in wanted.pieces))

    @property
    def hopeless(self) -> bool:
        """True where something was typed and none of it can be looked for: then nothing is found."""
        asked = self.groups or self.excluded or self.amounts or self.query.parts
        return bool(self.query.ignored) and not asked


def understand(query: Query, languages: Sequence[str]) -> Meaning:
    """Give a query its meaning; ``languages`` are the tags of the corpus, so that no other is looked for."""
    groups: list[tuple[Wanted, ...]] = []
    amounts: list[Amount] = []
    for run in _runs(query):
        if len(run) == 1 and (len(run[0]) > 1 or run[0][0].kind != "word"):
            groups.append(tuple(_wanted(term, query, languages) for term in run[0]))
            continue
        terms = [group[0] for group in run]
        begin = terms[0].start
        found = find_amounts(query.text[begin : terms[-1].end], languages)
        for amount in found:
            others = tuple(
                replace(other, start=amount.start + begin, end=amount.end + begin) for other in amount.others
            )
            amounts.append(replace(amount, start=amount.start + begin, end=amount.end + begin, others=others))
        terms = [left for term in terms for left in _left(term, amounts)]
        for term in _joined(terms, query):
            groups.append((_wanted(term, query, languages),))
    return Meaning(
        query,
        tuple(groups),
        tuple(_wanted(term, query, languages) for term in query.excluded),
        tuple(amounts),
    )


def _runs(query: Query) -> Iterator[list[tuple[Term, ...]]]:
    """Groups that stand next to each other as plain words, and every other group alone."""
    run: list[tuple[Term, ...]] = []
    for group in query.groups:
        plain = len(group) == 1 and group[0].kind == "word" and not (group[0].exact or query.exact)
        follows = bool(run) and not query.text[run[-1][0].end : group[0].start].strip()
        if run and not (plain and follows):
            yield run
            run = []
        if plain:
            run.append(group)
        else:
            yield [group]
    if run:
        yield run


def _left(term: Term, amounts: Sequence[Amount]) -> Iterator[Term]:
    """What of a word no amount has taken: 7兆ドルのアルトマン leaves の and the name."""
    spans = [(term.start, term.end)]
    for amount in amounts:
        spans = [
            piece
            for start, end in spans
            for piece in ((start, min(end, amount.start)), (max(start, amount.end), end))
            if piece[0] < piece[1]
        ]
    if spans == [(term.start, term.end)]:
        yield term
        return
    for start, end in spans:
        text = term.text[start - term.start : end - term.start]
        found = tuple(segments(text))
        if found:
            yield Term(text, "word", start, end, found)


def _joined(terms: list[Term], query: Query) -> Iterator[Term]:
    """Words one after the other, those that are a name of the topic together as one."""
    at = 0
    while at < len(terms):
        for last in range(min(len(terms), at + _NAME_WORDS), at + 1, -1):
            start, end = terms[at].start, terms[last - 1].end
            text = query.text[start:end]
            if concept_named(text) is not None:
                yield Term(text, "word", start, end, tuple(segments(text)))
                at = last
                break
        else:
            yield terms[at]
            at += 1


def _wanted(term: Term, query: Query, languages: Sequence[str]) -> Wanted:
    tokens: list[str] = []
    last = len(term.segments) - 1
    for place, segment in enumerate(term.segments):
        if segment.run:
            tokens += run_tokens(segment.folded, closed=place < last)
        else:
            tokens.append(segment.folded)
    # A single character at the end of a run begins a pair in the index wherever the run goes on.
    ends_in_one = term.segments[last].run and len(term.segments[last].folded) == 1
    wanted = Wanted(term, tuple(tokens), term.kind == "beginning" or ends_in_one)
    if term.exact or query.exact or term.kind != "word":
        return wanted
    concept = concept_named(term.text)
    stems: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()
    sounds: tuple[tuple[str, str], ...] = ()
    if len(term.segments) == 1 and not term.segments[0].run:
        stems, parts = _forms(term, languages)
    # A short name that the topic knows is sounded only in scripts it has no alias in; two scripts are
    # those of languages that write a longer one each in their way.
    if len(term.segments) == 1:
        known = set() if concept is None else {script_of(readable(alias)[:1]) for alias in concept.aliases}
        sounds = tuple((script, key) for script, key in _sounds(term) if script not in known or len(key) >= _LONG_SOUND)
    pieces = () if concept is not None else tuple(_wanted(piece, query, languages) for piece in _pieces(term))
    tails = tuple(part for part in parts if len(part) >= _TAIL_LETTERS or len(query.groups) > 1)
    return replace(wanted, stems=stems, parts=parts, tails=tails, concept=concept, sounds=sounds, pieces=pieces)


def _pieces(term: Term) -> list[Term]:
    """The words of a word with hyphens (KI-Chips); none where one of them is a number or a letter (C-3PO, 1,72)."""
    if not 2 <= len(term.segments) <= _PIECES or any(
        one.run or len(one.folded) < 2 or not one.folded.isalpha() for one in term.segments
    ):
        return []
    texts = [term.text[one.start : one.end] for one in term.segments]
    return [
        Term(text, "word", term.start + one.start, term.start + one.end, tuple(segments(text)))
        for text, one in zip(texts, term.segments, strict=True)
    ]


def _forms(term: Term, languages: Sequence[str]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    written = term.text[term.segments[0].start : term.segments[0].end]
    folded = term.segments[0].folded
    script = script_of(written[0])
    stems: dict[tuple[str, str], None] = {}
    parts: dict[str, None] = {}
    for code in dict.fromkeys(tag.partition("-")[0] for tag in languages):
        if script_of_language(code) not in (script, "ANY"):
            continue
        # Who types leaves accents out; the rules were made for words that have them. A short word keeps in a text
        # what is written together with it, since that may as well be its beginning.
        for form in dict.fromkeys((written, folded, *(f"{before}{written}" for before in attached(code, written)))):
            found = stem(form, code)
            if found is not None:
                stems[code, found] = None
                # A form that looks like an ending is cut once more on one side only: микросхема, микросхем.
                stems[code, stem(found, code) or found] = None
                stems[code, folded] = None
                if writes_compounds(code) and len(found) >= PART_LETTERS:
                    parts[found] = None
    return tuple(stems), tuple(parts)


def _sounds(term: Term) -> tuple[tuple[str, str], ...]:
    written = term.text[term.segments[0].start : term.segments[0].end]
    own = script_of(written[0])
    own = "KATAKANA" if own in ("HIRAGANA", "CJK") else own
    key = sound(written) if len(written) >= _SOUND_LETTERS or own in ("HANGUL", "KATAKANA") else None
    if key is None:
        return ()
    return tuple((script, key) for script in SCRIPTS if script != own)


def quoted(token: str) -> str:
    """A token as an FTS5 string: inside the quotes it knows no operators."""
    return '"' + token.replace('"', '""') + '"'


def literal(wanted: Wanted) -> str:
    """The FTS5 expression of one thing in the words or the language that were typed."""
    forms = [_as_typed(wanted)]
    if wanted.stems:
        stems = " OR ".join(quoted(f"{code}·{found}") for code, found in wanted.stems)
        forms.append(f"{{headline_words words}} : ({stems})")
    if wanted.pieces:
        forms.append(f"({' AND '.join(map(literal, wanted.pieces))})")
    return f"({' OR '.join(forms)})"


def _as_typed(wanted: Wanted) -> str:
    if wanted.open and len(wanted.tokens) == 1 and wanted.term.kind != "beginning":
        # One character of a script without spaces: the index has each of them.
        return f"{{words}} : {quoted('u·' + wanted.tokens[0])}"
    return f"{{headline body}} : {quoted(' '.join(wanted.tokens))}{' *' if wanted.open else ''}"


def expression(wanted: Wanted, *, scored: bool = False) -> str:
    """The FTS5 expression of one thing: its words next to each other, or any of its other forms.

    What is ``scored`` by it does not count a name's sound beside the name itself.
    """
    forms = [_as_typed(wanted)]
    others = [quoted(f"{code}·{found}") for code, found in wanted.stems]
    if wanted.concept is not None:
        others.append(quoted(wanted.concept.key))
    if wanted.concept is None or not scored:
        others += [quoted(sound_token(script, key)) for script, key in wanted.sounds]
    others += [f"{quoted('f·' + part)} *" for part in wanted.parts]
    others += [f"{quoted('r·' + tail[::-1])} *" for tail in wanted.tails]
    if others:
        forms.append(f"{{headline_words words}} : ({' OR '.join(others)})")
    if wanted.pieces:
        forms.append(f"({' AND '.join(expression(one, scored=scored) for one in wanted.pieces)})")
    return f"({' OR '.join(forms)})"


def often(groups: Sequence[Sequence[Wanted]]) -> str | None:
    """The FTS5 expression of articles that have things of every group again and again, None where none can be told.

    What stands often in a text stands so often in a row in the column of its stems.
    """
    wanted = []
    for group in groups:
        tokens = [f"{code}·{found}" for one in group for code, found in one.stems]
        tokens += [one.concept.key for one in group if one.concept is not None]
        wanted += [" OR ".join(quoted(" ".join([token] * MOST_STEMS)) for token in tokens)] if tokens else []
    return " AND ".join(f"{{words}} : ({one})" for one in wanted) or None
