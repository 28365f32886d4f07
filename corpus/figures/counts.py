"""Bare numbers: whether the number counts something ("350.000 H100-Grafikprozessoren") or is a year, an age, a name."""

from __future__ import annotations

import re
from typing import NamedTuple

from corpus.figures.amounts import Amount
from corpus.figures.scanning import Scan

_CHUNK = re.compile(r"[^\s,;:!?()\[\]{}«»“”„\"|/…。，、；：！？（）「」『』《》【】]+")
_CLOCK = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}")
_NOT_COUNTED = {"duration", "never", "month", "percent", "symbol", "currency", "number", "label"}


class Counted(NamedTuple):
    """The counted noun as written, without a model name, where it ends, and a hedge between number and noun."""

    unit: str
    end: int
    hedge: str | None = None


def find_counted(scan: Scan, amount: Amount, start: int) -> Counted | None:
    """What a bare number counts; None where it counts nothing."""
    if amount.implied_one and scan.is_continuous(start):
        return None
    if amount.value == 1 and scan.text[amount.end + 1 : amount.end + 2].isupper():
        return None  # "1 World Trade Center"
    if not scan.locale.counts or amount.value is None or not (amount.digits or amount.scale >= 100):
        return None
    if _is_name(scan, amount, start) or is_date_part(scan, amount, start):
        return None
    if _is_postal_code(scan, amount, start) or _is_score(scan, amount):
        return None
    pos = scan.gap(amount.end)
    hedge: str | None = None
    between = scan.look(pos, "bound_after")
    if between is not None:  # "25 करोड़ से अधिक लोगों"
        hedge, pos = between.cats["bound_after"], scan.gap(between.end)
    classifier = scan.look(pos, "classifier", "duration", "never")
    if classifier is not None and "classifier" in classifier.cats and not scan.is_letter(pos):
        if "duration" in classifier.cats or "never" in classifier.cats:
            return None
        return Counted(*_behind_classifier(scan, classifier.start, classifier.end), hedge)
    if pos == amount.end or scan.is_continuous(pos):
        return None  # scripts without spaces tell a counted noun by its counting word alone
    if amount.plain and 1900 <= amount.value < 2100 and not _is_hedged(scan, start):
        return None  # a year
    if scan.locale.decimal == "," and _CLOCK.fullmatch(scan.folded, start, amount.end):
        return None  # "v 14.30 ztrácely": where the comma is the decimal sign, this is a time or a version
    if scan.folded.startswith("-", pos - 1) and not scan.text[pos : pos + 1].isupper():
        return None  # "20-osobowy zespół", "a 20-strong team"; but "a 350,000-GPU cluster"
    if (
        scan.folded.startswith(".", amount.end - 1)
        and scan.text[pos : pos + 1].isupper()
        and not scan.locale.capital_nouns
    ):
        return None  # the dot of "12 тыс." ended the sentence
    if scan.locale.noun_of and amount.scales and amount.scales[-1] >= 1_000_000 and scan.look(pos, "of") is None:
        return None  # "8.000 millones anunciados"
    if amount.scaled and scan.folded.startswith("-", pos - 1):
        return None  # "das 1,5-Milliarden-Projekt"
    noun = _noun(scan, pos)
    return None if noun is None else Counted(*noun, hedge)


def _is_hedged(scan: Scan, start: int) -> bool:
    """Whether a hedge says that a number like a year is none: "mehr als 2000 Rechenzentren"."""
    hedge = scan.look_back(start, "bound_before")
    return hedge is not None and not hedge.cats.keys() & {"time", "range_to", "range_open"}


def is_date_part(scan: Scan, amount: Amount, start: int) -> bool:
    """Whether a plain number stands beside a month name or what else makes it a date or a time."""
    if not amount.plain:
        return False
    before = scan.folded[start - 1 : start]
    if before and before in "/:.":
        return True
    if _is_phone_part(scan, amount, start):
        return True
    after = scan.folded[amount.end : amount.end + 2]
    if len(after) == 2 and after[0] in "/:" and after[1].isdigit():
        return True
    back = start
    if scan.folded.endswith((", ", ",", ". "), 0, start):
        back = start - len(scan.folded[:start]) + len(scan.folded[:start].rstrip(" ,."))
    if scan.look_back(back, "month") is not None:
        return True
    pos = scan.gap(amount.end)
    of = scan.look(pos, "of", "article")
    if scan.look(pos, "month") is not None:
        return True
    return of is not None and scan.look(scan.gap(of.end), "month") is not None


def _is_phone_part(scan: Scan, amount: Amount, start: int) -> bool:
    """Whether other digits stand beside the number, a space away: "111 35", "030 1234"; a year before it may."""
    if scan.folded.startswith(" ", amount.end) and scan.is_digit(amount.end + 1):
        return True
    if not scan.folded.endswith(" ", 0, start) or not scan.is_digit(start - 2):
        return False
    begin = start - 2
    while begin and scan.is_digit(begin - 1) and start - begin < 12:
        begin -= 1
    before = scan.folded[begin : start - 1]
    return not (len(before) == 4 and before[:2] in ("19", "20"))


def _is_name(scan: Scan, amount: Amount, start: int) -> bool:
    """Whether the number belongs to what stands before it: "Seite 5", "Windows 11", "GPT-4"."""
    if amount.value is None or amount.scaled:
        return False
    if (amount.value < 5000 and _has_label(scan, start)) or scan.folded.endswith((" x ", " × "), 0, start):
        return True
    if amount.value >= 10000:
        return False
    if not amount.plain and amount.value == amount.value.to_integral_value():
        return False  # grouped digits are a quantity; a version has a point: "iOS 17.4"
    end = start
    while end and scan.folded[end - 1] == " ":
        end -= 1
    if not scan.is_letter(end - 1):
        return False
    begin = end
    while scan.is_letter(begin - 1) and end - begin < 40:
        begin -= 1
    word = scan.text[begin:end]
    opening = scan.text[:begin].rstrip(" \"'„“«(") if begin < 200 else scan.text[begin - 8 : begin].rstrip(" \"'„“«(")
    if (not opening or opening[-1] in ".!?:\n") and word[1:].islower():
        return False  # any word has a capital at the start of a sentence
    if scan.locale.capital_nouns or word.islower() or word.lower() == word:
        return False
    # What the language knows as an ordinary word is no name, also where it is written with a capital.
    known = {"function", "bound_before", "adjective", "time", "article", "of", "join", "range_open", "range_to"}
    return not any(match.cats.keys() & known for match in scan.matches(begin))


def _is_postal_code(scan: Scan, amount: Amount, start: int) -> bool:
    """A plain number of four to six digits between a comma and a name: "…, 75002 Paris"."""
    return (
        amount.plain
        and 4 <= amount.end - start <= 6
        and scan.folded.endswith((", ", "- ", "-"), 0, start)
        and scan.text[amount.end : amount.end + 1] == " "
        and scan.text[amount.end + 1 : amount.end + 2].isupper()
    )


def _is_score(scan: Scan, amount: Amount) -> bool:
    """Whether a sign and more digits follow right behind: "3-1", "2024/25"."""
    sign = scan.folded[amount.end : amount.end + 1]
    return bool(sign) and sign in "-–—:/" and scan.is_digit(amount.end + 1)


def _has_label(scan: Scan, start: int) -> bool:
    """Whether a label stands before the number, or before the one it is linked to: "Seite 12 und 15"."""
    if scan.look_back(start, "label") is not None:
        return True
    link = scan.look_back(start, "range_and", "range_to")
    if link is None:
        return False
    end = link.start
    while end and scan.folded[end - 1] == " ":
        end -= 1
    first = end
    while first and scan.is_digit(first - 1) and end - first < 6:
        first -= 1
    return first < end and scan.look_back(first, "label") is not None


def _behind_classifier(scan: Scan, start: int, end: int) -> tuple[str, int]:
    """A counting word, or the Latin noun right behind it: "35万个GPU"."""
    pos = scan.gap(end)
    match = _CHUNK.match(scan.text, pos)
    if match is not None and scan.is_letter(pos):
        stop = pos
        while scan.is_letter(stop):
            stop += 1
        if scan.is_digit(stop):
            return scan.text[start:end], end  # a model: "35万块H100"
        return scan.text[pos:stop], stop
    return scan.text[start:end], end


def _noun(scan: Scan, pos: int) -> tuple[str, int] | None:
    of = scan.look(pos, "of")
    if of is not None:
        pos = scan.gap(of.end)
        if scan.text[pos : pos + 1].isupper() and not scan.locale.capital_nouns:
            return None  # a place: "3000 in Limburg"
    fallback: tuple[str, int] | None = None
    for _ in range(5):
        known = scan.matches(pos)[:1]
        if known and known[0].cats.keys() & _NOT_COUNTED and not scan.is_digit(known[0].end):
            return fallback
        counted = scan.look(pos, "classifier")
        if counted is not None and " " in scan.text[pos : counted.end]:
            return scan.text[pos : counted.end], counted.end  # a noun of several words: "nhân viên"
        adjective = scan.look(pos, "adjective")
        if adjective is not None and adjective.end > pos:
            pos = _after_space(scan, adjective.end)
            continue
        if scan.look(pos, "function", "range_to", "range_and", "range_or", "bound_before") is not None:
            return fallback
        chunk = _CHUNK.match(scan.text, pos)
        if chunk is None:
            return fallback
        word = _without_model(chunk.group().rstrip(".-–—'’"))
        if word is None:
            model = chunk.group().rstrip(".-–—'’")
            if not any(char.isascii() and char.isalpha() for char in model):
                return fallback
            end = chunk.start() + len(model)
            fallback = model, end
            if model.endswith("s"):
                return fallback  # "350,000 H100s"
            pos = _after_space(scan, chunk.end())
            continue
        noun, offset = word
        if len(noun) == 1 or (scan.locale.capital_nouns and fallback is not None and noun[0].islower()):
            return fallback
        if scan.locale.starts_with_scale(scan.locale.fold_composed(noun)):
            return fallback
        found = noun, pos + offset + len(noun)
        if scan.locale.adjective_endings and noun.lower().endswith(scan.locale.adjective_endings):
            following = _CHUNK.match(scan.text, found[1] + 1) if scan.folded.startswith(" ", found[1]) else None
            if following is not None and fallback is None:
                fallback = found
            if following is not None and scan.look(found[1] + 1, "function") is None:
                pos = found[1] + 1
                continue
        if scan.locale.capital_nouns and noun[0].islower():
            # German writes the counted noun with a capital; what comes before it is an adjective.
            pos = _after_space(scan, found[1])
            continue
        if (
            not scan.locale.capital_nouns
            and noun[0].isupper()
            and fallback is None
            and not _is_model_or_acronym(noun)
            and scan.folded.startswith(" ", found[1])
        ):
            following = _CHUNK.match(scan.text, found[1] + 1)
            if following is not None and _is_model_or_acronym(following.group()):
                fallback = found
                pos = found[1] + 1
                continue
        return found
    return fallback


def _after_space(scan: Scan, pos: int) -> int:
    return pos + 1 if scan.folded.startswith((" ", "-"), pos) else pos


def _is_model_or_acronym(word: str) -> bool:
    letters = word.rstrip(".s")
    return any(char.isdigit() for char in word) or (len(letters) > 1 and letters.isupper())


def _without_model(word: str) -> tuple[str, int] | None:
    """The part of a word behind a model name ("H100-Grafikprozessoren"), with its offset; None for a model alone."""
    if not any(char.isdigit() for char in word):
        return (word, 0) if any(char.isalpha() for char in word) else None
    head, _, tail = word.rpartition("-")
    if head and len(tail) > 2 and tail.isalpha():
        return tail, len(head) + 1
    return None
