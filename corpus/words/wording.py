"""The words of site furniture, bylines, labels and reports in each language, as data (locales/reading)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

from corpus.words.matching import REMEMBERED, REMEMBERED_LETTERS, Matcher, first_of, fold

T = TypeVar("T")

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Scripts whose vowel signs are no letters to ``re`` are cut at white space and punctuation instead.
_ROUGH = re.compile(r"[^\s.,;:!?()\[\]\"“”„«»।॥۔،؛؟…–—-]+")
_MARKED = re.compile("[\u0900-\u0dff\u0f00-\u109f\u0600-\u06ff]")


@cache
def tables() -> Mapping[str, Mapping[str, Any]]:
    """Every language's table, by its file's name."""
    folder = files("corpus.locales").joinpath("reading")
    return {
        entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }


def words_of(text: str) -> list[str]:
    """The text's words, folded."""
    pattern = _ROUGH if _MARKED.search(text) else _TOKEN
    return pattern.findall(fold(text))


@cache
def functions() -> Mapping[str, frozenset[str]]:
    """Each language's most frequent words, folded, by language."""
    return {
        code: frozenset(fold(table["functions"]).split()) for code, table in tables().items() if "functions" in table
    }


@cache
def all_functions() -> frozenset[str]:
    """The frequent words of all languages together."""
    return frozenset().union(*functions().values())


@cache
def _owners() -> Mapping[str, tuple[str, ...]]:
    owners: dict[str, list[str]] = {}
    for code, words in functions().items():
        for word in words:
            owners.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in owners.items()}


# A stem that tells a language from its neighbours has four letters at least.
_STEM = range(4, 11)


@cache
def _telling() -> Mapping[str, tuple[str, ...]]:
    """Words and stems (``posl*``) that only some of a group of close languages have, folded, with those that do."""
    owners: dict[str, list[str]] = {}
    for code, table in tables().items():
        for word in dict.fromkeys(fold(table.get("telling", "")).split()):
            owners.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in owners.items()}


def _told_by(word: str) -> tuple[str, ...]:
    telling = _telling()
    found = telling.get(word)
    if found is None:
        found = next((telling[stem] for size in _STEM if (stem := f"{word[:size]}*") in telling), ())
    return found


def _votes_of(word: str) -> tuple[tuple[str, float], ...]:
    """The languages a folded word speaks for, and how much."""
    told = _told_by(word)
    # Short words stand in languages of other groups too.
    weight = 1.5 if len(told) == 1 and len(word) > 3 else 0.5
    given = [(code, weight) for code in told] if len(told) <= 2 else []
    codes = _owners().get(word, ())
    return (*given, *((code, 1.0 if len(codes) <= 2 else 0.5) for code in codes))


_known_votes = lru_cache(50_000)(_votes_of)
# Longer ones are no words; hostile ones would fill the memory.
_WORD = 40


def votes(text: str) -> Mapping[str, float]:
    """How many of the text's words are frequent words of each language, words of few languages counting more.

    A word that tells a language from its neighbours counts as well.
    """
    return _remembered_votes(text) if len(text) <= REMEMBERED_LETTERS else _counted(text)


def _counted(text: str) -> Mapping[str, float]:
    counted: dict[str, float] = {}
    for word, times in Counter(words_of(text)).items():
        for code, weight in _known_votes(word) if len(word) <= _WORD else _votes_of(word):
            counted[code] = counted.get(code, 0.0) + weight * times
    return counted


_remembered_votes = lru_cache(REMEMBERED)(_counted)


def guess(text: str) -> str | None:
    """The language whose frequent words the text clearly has (three at least, half as many again as any other)."""
    ranked = sorted(votes(text).items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < 3:
        return None
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] >= 1.5 * ranked[1][1] else None


def _gather(section: str) -> dict[str, str]:
    """The folded forms of one section of all tables, each with its kind; English first where two disagree."""
    gathered: dict[str, str] = {}
    every = tables()
    for code in sorted(every, key=lambda code: (code != "en", code)):
        for kind, forms in every[code].get(section, {}).items():
            for form in forms:
                gathered.setdefault(form, kind)
                # Greek in capitals is written without its accents.
                if code == "el":
                    gathered.setdefault(_bare(form), kind)
    return gathered


def _bare(form: str) -> str:
    plain = unicodedata.normalize("NFD", form)
    return "".join(char for char in plain if not unicodedata.combining(char))


class Words(Generic[T]):
    """Phrases of all languages with their kinds; those of a script are compiled once a text has letters of it.

    Most documents are in one script, and compiling all takes longer than reading a few of them.
    """

    def __init__(self, forms: Mapping[str, T]) -> None:
        self._forms: dict[str, dict[str, T]] = {}
        for form, kind in forms.items():
            self._forms.setdefault(_script_of(form), {})[form] = kind
        self._matchers: dict[str, Matcher[T]] = {}
        self._remembered = lru_cache(REMEMBERED)(self._found)

    def find(self, text: str) -> Iterator[tuple[int, int, T]]:
        """Each phrase as (start, end, kind), from left to right, the longest first, none overlapping."""
        return iter(self._remembered(text) if len(text) <= REMEMBERED_LETTERS else self._found(text))

    def _found(self, text: str) -> Sequence[tuple[int, int, T]]:
        scripts = _scripts_in(text) if len(text) <= REMEMBERED_LETTERS else _scripts_of(text)
        return first_of(
            [hit for script in self._forms if script in scripts for hit in self._matcher(script).find(text)]
        )

    def _matcher(self, script: str) -> Matcher[T]:
        if script not in self._matchers:
            self._matchers[script] = Matcher(self._forms[script])
        return self._matchers[script]


@cache
def _ranges() -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(f"[{ranges}]") for name, ranges in tables()["scripts"]["ranges"].items()}


def _script_of(form: str) -> str:
    """The script of the form's first letter; empty where it has none."""
    for char in form:
        if char.isalpha():
            return next(iter(scripts_of_char(char)), "")
    return ""


@lru_cache(20_000)
def scripts_of_char(char: str) -> tuple[str, ...]:
    """The scripts a character is a letter of; none for most signs."""
    return tuple(name for name, pattern in _ranges().items() if pattern.match(char))


def _scripts_of(text: str) -> frozenset[str]:
    """The scripts that letters of the text are in, and the one of forms that have none."""
    return frozenset(("",)).union(*map(scripts_of_char, set(text)))


_scripts_in = lru_cache(REMEMBERED)(_scripts_of)


@cache
def date_words() -> frozenset[str]:
    """Words that stand in a dateline of any language beside the date itself."""
    words: set[str] = set()
    for table in tables().values():
        dates = table.get("dates", {})
        for section in ("links", "after_year", "beside", "weekdays"):
            words.update(fold(word) for form in dates.get(section, ()) for word in form.split())
    for form, kind in labels().items():
        if kind in ("published", "updated"):
            words.update(form.split())
    words.update(fold(zone) for zone in tables()["zones"]["offsets"])
    for names in tables()["names"]["weekdays"].values():
        words.update(fold(name) for name in names)
    return frozenset(words)


@cache
def addressing() -> frozenset[str]:
    """Words by which a site speaks to its readers or of itself ("your", "our"), folded, of all languages."""
    return frozenset(word for table in tables().values() for word in fold(table.get("address", "")).split())


@cache
def platforms() -> frozenset[str]:
    """The names of the places where readers share, folded."""
    return frozenset(fold(name) for name in tables()["names"]["platforms"])


@cache
def labels() -> Mapping[str, str]:
    """A field's name as sites print it, folded → what it names (published, updated, author, source, other…)."""
    return {fold(form): kind for form, kind in _gather("labels").items()}


@cache
def starts() -> Words[str]:
    """What a byline, a teaser, a caption begins with."""
    return Words(_gather("starts"))


@cache
def phrases() -> Words[str]:
    """What a newsletter offer, a cookie notice, a share bar, a disclaimer contains."""
    return Words(_gather("phrases"))


@cache
def cues() -> Words[str]:
    """Words that say somebody reported something: "laut", "according to", "berichtet"."""
    return Words(_gather("citing"))


def starting(text: str) -> tuple[str, int] | None:
    """The kind of opening the text has ("byline", "teaser", …) and where that opening ends."""
    for start, end, kind in starts().find(text[:80]):
        if start > 2 or text[:start].strip(" \t*-–—[(>#•→▶»"):
            return None
        return kind, end
    return None


@dataclass(frozen=True, slots=True)
class LabelledField:
    """A field of a labelled line: what it names, where its label begins, and its value (empty where it has none)."""

    kind: str
    start: int
    value: str


_COLON = re.compile(r"[:：︰]|(?<=[文图圖])/")
# How far into a line labels are looked for, and how many words one may have.
_LABELLED = 240
_LABEL_WORDS = 4


def fields(text: str) -> tuple[LabelledField, ...]:
    """The labelled fields of a line: ``来源：新华网 作者：张三`` has two; a label alone on a line has no value."""
    alone = labels().get(fold(text).strip(" :：|.·*[]【】-–—")) if len(text) <= 48 else None
    if alone is not None:
        return (LabelledField(alone, 0, ""),)
    marks: list[tuple[str, int, int]] = []
    for colon in _COLON.finditer(text, 0, _LABELLED):
        found = _label_before(text, marks[-1][2] if marks else 0, colon.start())
        if found is not None:
            marks.append((*found, colon.end()))
    if not marks:
        return ()
    starts_of_next = [start for _, start, _ in marks[1:]] + [len(text)]
    return tuple(
        LabelledField(kind, start, text[end:stop].strip(" |·*•/,;，；\t　[]【】"))
        for (kind, start, end), stop in zip(marks, starts_of_next, strict=True)
    )


def _label_before(text: str, low: int, high: int) -> tuple[str, int] | None:
    """The label that ends at ``high``: the longest of its last words that is one."""
    head = text[max(low, high - 40) : high].rstrip()
    shift = max(low, high - 40)
    starts_of_words = [match.start() for match in re.finditer(r"[^\s|·•/,;，；(（\[【*]+", head)]
    for begin in starts_of_words[-_LABEL_WORDS:]:
        kind = labels().get(fold(head[begin:]).strip(" |.·*#"))
        if kind is not None:
            return kind, shift + begin
    return None


def label_at(text: str) -> tuple[str, str] | None:
    """The kind of a line that begins with a label, and its value; None where it does not.

    ``Published At`` → ("published", ""), ``Datum: 9. Februar`` → ("published", "9. Februar").
    """
    found = fields(text)
    if not found or text[: found[0].start].strip(" *#•·-–—|>[【"):
        return None
    return found[0].kind, found[0].value


@cache
def endings() -> tuple[str, ...]:
    """Words a byline ends with ("기자", "記者")."""
    return tuple(form for table in tables().values() for form in table.get("ends", {}).get("byline", ()))
