"""The tables of one language, compiled for looking up: from a place in folded text to what stands there.

``get_locale("de")`` merges the common, the CLDR and the hand-written tables (and those of the
parent language) once a process. Words of scripts with spaces are looked up token by token in a
tree; scripts without spaces, and Korean, by the longest form that starts at a place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from corpus.locales.cldr import Tables, active_currencies, currency_groups
from corpus.locales.compounds import ENDING, read_compound
from corpus.locales.tables import entries, file_tag, shared_tables, tables_of
from corpus.words.folding import fold

Cats = dict[str, Any]

# Scripts whose words are not parted by spaces, and Hangul, whose endings are glued to the word.
CONTINUOUS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Myanmar, Khmer
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"  # Hangul
    "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Kana
    "\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_CONTINUOUS = re.compile(f"[{CONTINUOUS}]")
# Categories a figure can begin with.
HOT = ("number", "scale", "few", "symbol", "multiple", "percentage", "percent_before", "part")
# Categories of the pieces of a number written as one word.
_GLUES = ("number", "part", "join", "scale", "times", "percent")
# Categories looked up backwards, from where a figure starts.
_STANDS_BEFORE = {
    "bound_before",
    "range_open",
    "range_between",
    "range_change",
    "times_before",
    "before_times",
    "range_change_open",
    "label",
    "time",
    "month",
    "article",
    "of",
    "function",
    "few",
    "range_and",
    "range_to",
    "bound_after",
    "minus",
    "stop",
}


# The letters and marks of scripts with spaces.
LETTERS = frozenset(
    char for char in map(chr, range(0x10000)) if unicodedata.category(char)[0] in "LM" and not _CONTINUOUS.match(char)
)


def _letter_class() -> str:
    """The same as the inside of a character class."""
    ranges: list[str] = []
    start: int | None = None
    for code in range(0x10000):
        is_letter = chr(code) in LETTERS
        if is_letter and start is None:
            start = code
        elif not is_letter and start is not None:
            ranges.append(f"{re.escape(chr(start))}-{re.escape(chr(code - 1))}")
            start = None
    return "".join(ranges)


LETTER = _letter_class()
# A word, with the apostrophe that ends it; a quote sign inside a Hebrew word is part of it.
WORD = f"[{LETTER}]+(?:\"[\u05d0-\u05ea]+)?'?"
# One token: digits, a word, or any other single character.
TOKEN = re.compile(f"[0-9]+|{WORD}|[^ ]", re.DOTALL)


GLUED = "\0"
# Words remembered at a time, so that memory does not grow with what is read.
_REMEMBERED = 50_000
_LONGEST = 60


def _form_tokens(folded: str) -> list[str]:
    """The tokens of a form; one that follows without a space or hyphen is marked as GLUED."""
    tokens: list[str] = []
    glued = False
    for match in re.finditer(f"{TOKEN.pattern}| ", folded, re.DOTALL):
        token = match.group()
        inside = (
            token == "-" and folded[match.start() - 1].isalpha() and folded[match.end() : match.end() + 1].isalpha()
        )
        if token == " " or inside:
            glued = False
            continue
        tokens.append(GLUED + token if glued and tokens else token)
        glued = True
    return tokens


class Match(NamedTuple):
    """What stands at a place: offsets and, by category, what it means there."""

    start: int
    end: int
    cats: Cats


class _Known(NamedTuple):
    """A word: whether a figure can begin with it, where it leads in the tree, and whether any form goes on there.

    The number beside a node says how many letters are a proclitic that was cut off.
    """

    hot: bool
    roots: tuple[tuple[int, _Node], ...]
    goes_on: bool


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = field(default_factory=dict)
    stems: dict[str, _Node] = field(default_factory=dict)
    cats: Cats | None = None
    cased: dict[str, Cats] | None = None

    def step(self, token: str) -> Iterator[_Node]:
        """The nodes a token leads to, exact before stems, longer stems first.

        A token that a form writes without a space before it has the mark GLUED in front.
        """
        node = self.next.get(token)
        if node is not None:
            yield node
        if self.stems:
            for length in range(len(token), max(0, len(token) - ENDING - 1), -1):
                node = self.stems.get(token[:length])
                if node is not None:
                    yield node

    @property
    def hot(self) -> bool:
        """Whether a figure can begin here."""
        return (
            any(cat in cats for cats in (self.cats, *(self.cased or {}).values()) if cats for cat in HOT)
            or any(node.hot for node in self.next.values())
            or any(node.hot for node in self.stems.values())
        )


class Locale:
    """Everything the figures need to know of one language."""

    def __init__(self, tag: str, tables: Tables) -> None:
        self.tag = tag
        self.decimal: str = tables.get("decimal", ".")
        self.group: str = tables.get("group", ",")
        self.attached = {form: Decimal(value) for value, forms in tables.get("attached", {}).items() for form in forms}
        self.colon_endings: bool = tables.get("colon_endings", False)
        self.slash_decimals: bool = tables.get("slash_decimals", False)
        self.glue: bool = tables.get("glue", False)
        self.dotless = tag.split("-")[0] in ("tr", "az")
        self.right_to_left = tag in ("ar", "fa", "he", "ur")
        self.defaults: Mapping[str, str] = tables.get("defaults", {})
        self.home: str | None = tables.get("home")
        self._root = _Node()
        self._continuous: dict[str, list[tuple[str, Cats]]] = {}
        self.change_after: bool = tables.get("ranges", {}).get("change_after", False)
        self.has_change_open = bool(tables.get("ranges", {}).get("change_open"))
        endings = "|".join(re.escape(self.fold(ending)) for ending in tables.get("number_endings", []))
        # Case endings tied on to digits with a hyphen: "7-ми триллионов".
        self.number_ending = re.compile(f"-(?:{endings})(?![{LETTER}0-9])") if endings else None
        self._stop_exact: set[str] = set()
        self._stop_stems: set[str] = set()
        self._proclitics = tuple(sorted((self.fold(p) for p in tables.get("proclitics", [])), key=len, reverse=True))
        self._regions = {
            code: tuple(self.fold(name).rstrip("*") for name in names)
            for code, names in tables.get("regions", {}).items()
        }
        # Morphemes of numbers written as one word, and those that may carry an ending, at the end of it.
        self._glued: dict[str, tuple[str, Any]] = {}
        self._glued_stems: dict[str, tuple[str, Any]] = {}
        for form in tables.get("stop", []):
            folded = self.fold(form)
            if " " in folded or _CONTINUOUS.search(folded):
                self._add(form, "stop", True)
                continue
            (self._stop_stems if folded.endswith("*") else self._stop_exact).add(folded.rstrip("*"))
        self._stop_lengths = {len(stem) for stem in self._stop_stems}
        codes = set(active_currencies()) - set(tables.get("drop_codes", []))
        for code in codes:
            self._add(f"={code}", "symbol", code)
        for form, cat, value in entries(tables):
            self._add(form, cat, value)
        for bucket in self._continuous.values():
            bucket.sort(key=lambda item: -len(item[0]))
        # Forms looked up backwards, by their last letter.
        self._endings: dict[str, list[tuple[str, Cats]]] = {}
        for bucket in self._continuous.values():
            for form, cats in bucket:
                if _STANDS_BEFORE & cats.keys():
                    self._endings.setdefault(form[-1], []).append((form, cats))
        self._longest_glued = max(map(len, self._glued), default=0)
        self._known: dict[str, _Known] = {}
        # Words of the texts read so far that no figure begins with, wherever they stand.
        self.cold: set[str] = set()
        self.needs_comparative = bool(tables.get("multiples", {}).get("comparative"))
        self.needs_before_times = bool(tables.get("multiples", {}).get("before_times"))
        nouns = tables.get("nouns", {})
        self.counts = bool(nouns.get("function"))
        self.noun_of: bool = nouns.get("of", False)
        self.capital_nouns: bool = nouns.get("capitals", False)
        self.adjective_endings = tuple(self.fold(ending.lstrip("-*")) for ending in nouns.get("adjective_endings", []))
        cancelling = [self.fold(form) for form in tables.get("bounds", {}).get("not_after", [])]
        self._cancels = {form for form in cancelling if "*" not in form}
        self._cancels_by_start = tuple(form[:-1] for form in cancelling if form.endswith("*"))
        self._cancels_by_end = tuple(form[1:] for form in cancelling if form.startswith("*"))
        hot = "".join(
            re.escape(first)
            for first, forms in self._continuous.items()
            if any(cat in cats for _, cats in forms for cat in HOT)
        )
        # What a figure can begin with, for one pass over the text: digits, words, signs, and in scripts
        # without spaces the first letters of the words that matter.
        self.anchor = re.compile(
            f"[0-9]|{WORD}" + (f"|[{hot}]" if hot else "") + f"|[^ 0-9{LETTER}{CONTINUOUS}.,;:!?()\"'-]"
        )

    def fold_composed(self, text: str) -> str:
        """Text in NFC folded as this language folds case, of the same length."""
        return fold(text, dotless=self.dotless)

    def fold(self, form: str) -> str:
        """A form of the tables as it is looked up."""
        return self.fold_composed(unicodedata.normalize("NFC", form))

    def starts_with_scale(self, word: str) -> bool:
        """Whether a word is a compound of a scale word and a noun ("Millionenprojekt"), which counts nothing."""
        parts = (self._glued.get(word[:length]) for length in range(5, min(len(word), self._longest_glued) + 1))
        return any(part is not None and part[0] == "scale" for part in parts)

    def cancels_hedge(self, word: str) -> bool:
        """Whether a hedge right behind this word is a plain preposition ("eine Runde über 5 Mio.")."""
        return (
            word in self._cancels
            or (bool(self._cancels_by_start) and word.startswith(self._cancels_by_start))
            or (bool(self._cancels_by_end) and word.endswith(self._cancels_by_end))
        )

    def meanings(self, word: str) -> set[str]:
        """The categories of a folded word that stands by itself."""
        return {cat for match in self.look(word, word, 0) if match.end == len(word) for cat in match.cats}

    def is_proclitic(self, word: str) -> bool:
        """Whether a word is written together with the next one ("ב", "و")."""
        return word in self._proclitics

    def _add(self, form: str, cat: str, value: Any) -> None:
        exact = form.startswith("=") and len(form) > 1
        form = form[1:] if exact else form
        star = form.endswith("*") and len(form) > 1
        form = form[:-1] if star else form
        folded = self.fold(form).strip()
        if not folded:
            return
        if _CONTINUOUS.search(folded):
            for variant in {folded, folded.replace(" ", "")}:
                bucket = self._continuous.setdefault(variant[0], [])
                for known, cats in bucket:
                    if known == variant:
                        cats.setdefault(cat, value)
                        break
                else:
                    bucket.append((variant, {cat: value}))
            return
        tokens = _form_tokens(folded)
        node = self._root
        for token in tokens[:-1]:
            node = node.next.setdefault(token, _Node())
        node = (node.stems if star else node.next).setdefault(tokens[-1], _Node())
        if exact:
            if node.cased is None:
                node.cased = {}
            node.cased.setdefault(form, {}).setdefault(cat, value)
        else:
            if node.cats is None:
                node.cats = {}
            node.cats.setdefault(cat, value)
        if cat in _GLUES and len(tokens) == 1 and tokens[0].isalpha():
            (self._glued_stems if star else self._glued).setdefault(tokens[0], (cat, value))

    def words(self, word: str) -> _Known:
        """For a word of the text: whether a figure can begin with it, and where it leads in the tree."""
        known = self._known.get(word)
        if known is None:
            if len(word) > _LONGEST:
                return self._roots(word)
            if len(self._known) > _REMEMBERED:
                self._known.clear()
                self.cold.clear()
            known = self._known[word] = self._roots(word)
            if not known.hot and word[:1] not in "0123456789" and not _CONTINUOUS.match(word):
                self.cold.add(word)
        return known

    def _roots(self, word: str) -> _Known:
        found = [(0, node) for node in self._steps(word)]
        if self.glue and not any(node.cats and "number" in node.cats for _, node in found):
            glued = read_compound(word, self._glued, self._glued_stems)
            if glued is not None:
                found.insert(0, (0, _Node(cats=glued)))
        if not found:
            for proclitic in self._proclitics:
                if word.startswith(proclitic) and len(word) > len(proclitic) + 1:
                    found = [(len(proclitic), node) for node in self._steps(word[len(proclitic) :])]
                    if found:
                        break
        return _Known(
            any(node.hot for _, node in found), tuple(found), any(node.next or node.stems for _, node in found)
        )

    def _steps(self, word: str) -> Iterator[_Node]:
        if word in self._stop_exact:
            return
        stopped = any(word[:length] in self._stop_stems for length in self._stop_lengths)
        for node in self._root.step(word):
            exact = self._root.next.get(word) is node
            if exact or not stopped:
                yield node

    def look(self, text: str, folded: str, pos: int) -> list[Match]:
        """What the tables know at a place of the text, the longest form first."""
        matches: list[Match] = []
        for form, cats in self._continuous.get(folded[pos : pos + 1], ()):
            if folded.startswith(form, pos):
                matches.append(Match(pos, pos + len(form), cats))
        token = TOKEN.match(folded, pos)
        if token is None:
            return matches
        word, end = token.group(), token.end()
        roots = self.words(word).roots
        if not roots and word.endswith("'"):
            end -= 1  # an ending tied on with an apostrophe: "TL'ye"
            roots = self.words(word[:-1]).roots
        for cut, node in roots:
            self._walk(text, folded, pos + cut, end, node, matches)
        matches.sort(key=lambda match: -match.end)
        for index, match in enumerate(matches):
            if "stop" in match.cats:
                return matches[:index]  # a phrase that is no figure hides the words it is made of
        return matches

    def look_back(self, text: str, folded: str, end: int) -> list[Match]:
        """What the tables know to end at a place of the text (white space and a hyphen aside), the longest first."""
        while end and folded[end - 1] in " -":
            end -= 1
        if not end:
            return []
        matches = [
            Match(end - len(form), end, cats)
            for form, cats in self._endings.get(folded[end - 1], ())
            if folded.endswith(form, 0, end)
        ]
        # Only what ends here is read, so that a word glued to the amount is seen for itself: "ממיליארד".
        window = max(0, end - 48)
        said, near = text[window:end], folded[window:end]
        if near.isascii():
            tokens = list(TOKEN.finditer(near))
        elif not _CONTINUOUS.match(near[-1]):
            tokens = [token for token in TOKEN.finditer(near) if not _CONTINUOUS.match(token.group())]
        else:
            tokens = []  # in these scripts the forms by their endings are all there is
        for token in tokens[-6:]:
            start = token.start()
            if start == 0 and window and folded[window - 1].isalpha():
                continue
            if near[start] not in self._continuous and not self._reaches(token.group(), last=token.end() == len(near)):
                continue
            matches += [
                Match(window + match.start, end, match.cats)
                for match in self.look(said, near, start)
                if match.end == len(near)
            ]
        matches.sort(key=lambda match: match.start)
        return matches

    def _reaches(self, word: str, *, last: bool) -> bool:
        """Whether a form of the tables can begin with a word and, where it is not the last, go on behind it."""
        known = self.words(word)
        if not known.roots:
            return word.endswith("'")
        return last or known.goes_on

    def _walk(self, text: str, folded: str, start: int, end: int, node: _Node, found: list[Match]) -> None:
        cats = node.cats
        if node.cased:
            cased = node.cased.get(text[start:end])
            if cased is not None:
                cats = {**(cats or {}), **cased}
        if cats:
            found.append(Match(start, end, cats))
        if not node.next and not node.stems:
            return
        pos = end
        while folded.startswith((" ", "-"), pos) and pos - end < 3:
            pos += 1
        token = TOKEN.match(folded, pos)
        if token is not None:
            for child in node.step(token.group()):
                self._walk(text, folded, start, token.end(), child, found)
        token = TOKEN.match(folded, end)
        if token is not None:
            for child in node.step(GLUED + token.group()):
                self._walk(text, folded, start, token.end(), child, found)

    def currency_of(self, group: str, folded: str, stated: Collection[str]) -> str | None:
        """The currency that a shared name ("peso", "krone") means in a text; None where nothing says.

        A currency of that name which the text states in full decides, then the language's own country,
        then the countries the text names, then the usual reading of the language. A bare dollar and
        pound are never moved by countries.
        """
        members = currency_groups().get(group, ())
        default = self.defaults.get(group)
        if group in ("dollar", "pound") and default is not None:
            return default
        named = {code for code in members if code in stated}
        if len(named) == 1:
            return named.pop()
        if default is not None and default == self.home:
            return default
        counts = {code: sum(_count(folded, name) for name in self._regions.get(code, ())) for code in members}
        best = max(counts.values(), default=0)
        leaders = [code for code, count in counts.items() if count == best]
        return leaders[0] if best and len(leaders) == 1 else default


def _count(folded: str, name: str) -> int:
    count = 0
    pos = folded.find(name)
    while pos >= 0:
        if pos == 0 or not folded[pos - 1].isalpha() or _CONTINUOUS.match(name):
            count += 1
        pos = folded.find(name, pos + len(name))
    return count


@cache
def get_locale(language: str | None) -> Locale:
    """The compiled tables of a BCP 47 tag; of no language in particular where it is None."""
    tag = file_tag(language)
    return Locale(tag, shared_tables() if tag == "und" else tables_of(tag))
