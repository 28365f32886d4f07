"""The language of a text: by script where that decides, else by langdetect and frequent words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.model import Language
from corpus.words.wording import scripts_of_char, tables, votes

if TYPE_CHECKING:
    from corpus.words.profiles import Profiles

# langdetect gives the same answers on these as on a whole article, at half the cost.
READ = 1000
LEAST_LETTERS = 20
# Below this many letters a statistical guess is worth nothing unless frequent words agree.
FEW_LETTERS = 60
# Texts of up to so many characters come again, in other documents.
SHORT = 420

_LETTER = re.compile(r"[^\W\d_]")
_URL = re.compile(r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]{3,255}|[@#]\w+")


@cache
def _only() -> Mapping[str, str]:
    """Scripts that one language of the news is written in."""
    return dict(tables()["scripts"]["languages"])


@cache
def _marks() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    """By script, the letters that only some of its languages use."""
    return {
        script: {code: re.compile(f"[{letters}]") for code, letters in entry.items()}
        for script, entry in tables()["scripts"]["letters"].items()
    }


def script_of(text: str) -> tuple[str | None, float]:
    """The script most letters of the text are in (kana before Han) and its share of all letters."""
    counts: Counter[str] = Counter()
    for char, times in Counter(text).items():
        for name in scripts_of_char(char):
            counts[name] += times
    total = counts.total()
    if total == 0:
        return None, 0.0
    if (
        counts["kana"] >= max(2, 0.04 * (counts["kana"] + counts["han"]))
        and counts["kana"] + counts["han"] > 0.3 * total
    ):
        return "kana", (counts["kana"] + counts["han"]) / total
    if counts["hangul"] > 0.25 * total:
        return "hangul", counts["hangul"] / total
    # A Han character says as much as several letters; names in Latin letters stand in every text.
    weights = {name: count * (3 if name == "han" else 0.4 if name == "latin" else 1) for name, count in counts.items()}
    best = max(sorted(weights), key=lambda name: weights[name])
    return best, counts[best] / total


@cache
def _profiles(script: str) -> Profiles:
    """The profiles of a script, loaded in one order, with one seed: a text gives the same answer everywhere."""
    from langdetect import detector_factory

    from corpus.words.profiles import Profiles

    factory = detector_factory.DetectorFactory()
    folder = Path(detector_factory.PROFILES_DIRECTORY)
    profiles = tables()["scripts"]["profiles"]
    # What is written in no other script is written in Latin letters.
    others = {name for names in profiles.values() for name in names}
    paths = sorted(path for path in folder.glob("[a-z]*"))
    if script in profiles:
        paths = [path for path in paths if path.name in profiles[script]]
    else:
        paths = [path for path in paths if path.name not in others]
    factory.load_json_profile([path.read_text(encoding="utf-8") for path in paths])
    factory.set_seed(0)
    return Profiles(factory)


@cache
def _profiled(script: str) -> frozenset[str]:
    return frozenset(_NAMES.get(code, code) for code in _profiles(script).languages)


def _probabilities(text: str, script: str) -> list[tuple[str, float]]:
    return [(name, round(probability, 4)) for name, probability in _profiles(script).probabilities(text)]


def detect_language(text: str, *, declared: str | None = None) -> Language:
    """The language of the text as a BCP 47 tag with a confidence from 0 to 1, the method and its evidence.

    The methods are ``script``, ``letters``, ``words`` and ``langdetect``. Too little text gives no code.
    ``declared`` is what a page or a sidecar says; it settles a region or a script the text leaves open, and
    is recorded in the evidence where the text contradicts it.
    """
    found = _detect(_URL.sub(" ", text[: 3 * READ])[:READ])
    if declared is None:
        return found
    tag = declared.replace("_", "-").strip()
    base = tag.split("-")[0].lower()
    if found.code is None:
        return Language(None, None, found.method, f"declared {tag}, too little text to tell")
    if base != found.code.split("-")[0] and {base, found.code} not in ({"nb", "no"}, {"nn", "no"}):
        note = f"declared {tag}, contradicted by the text"
        return Language(found.code, found.confidence, found.method, f"{note}; {found.evidence}")
    region = tag.split("-")[-1].upper()
    if found.code == "pt" and region in ("BR", "PT"):
        return Language(f"pt-{region}", found.confidence, found.method, f"region declared: {tag}; {found.evidence}")
    return found


def _detect(text: str) -> Language:
    letters = len(_LETTER.findall(text))
    script, share = script_of(text)
    if script is None:
        return Language(None)
    confidence = round(min(1.0, 0.5 + share / 2), 4)
    if script in _only() and letters >= 4:
        return Language(_only()[script], confidence, "script", f"{script} letters: {share:.0%}")
    if script == "han":
        return _chinese(text, confidence) if letters >= 4 else Language(None, None, None, "too little text")
    if letters < LEAST_LETTERS:
        return Language(None, None, None, f"too little text: {letters} letters")
    counted = votes(text)
    if script in ("cyrillic", "arabic", "devanagari"):
        told = _by_letters(text, script, counted)
        if told is not None:
            return _variant(told, text)
    return _variant(_by_words_and_profiles(text, script, counted, letters), text)


def _by_letters(text: str, script: str, counted: Mapping[str, float]) -> Language | None:
    """The language whose own letters stand in the text and whose frequent words do not speak against it."""
    hits = {code: len(pattern.findall(text)) for code, pattern in _marks()[script].items()}
    hits = {code: count for code, count in hits.items() if count}
    if not hits:
        return None
    ranked = sorted(hits, key=lambda code: (-(hits[code] + 3 * counted.get(code, 0)), code))
    best = ranked[0]
    rival = hits[ranked[1]] + 3 * counted.get(ranked[1], 0) if len(ranked) > 1 else 0
    score = hits[best] + 3 * counted.get(best, 0)
    others = max((count for code, count in counted.items() if code != best), default=0.0)
    if hits[best] < 2 or score < 1.3 * rival or others > 1.5 * counted.get(best, 0) + 1:
        return None
    seen = "".join(sorted(set(_marks()[script][best].findall(text))))
    return Language(best, round(score / (score + rival), 4), "letters", f"letters {seen[:12]}")


def _by_words_and_profiles(text: str, script: str, counted: Mapping[str, float], letters: int) -> Language:
    """langdetect's answer, unless the frequent words of a language of the same script clearly disagree."""
    usable = {code: count for code, count in counted.items() if _script_of_table(code, script)}
    ranked = sorted(usable, key=lambda code: (-usable[code], code))
    words = ranked[0] if ranked else None
    top = usable[words] if words is not None else 0.0
    second = usable[ranked[1]] if len(ranked) > 1 else 0.0
    guesses = [(_NAMES.get(code, code), prob) for code, prob in _probabilities(text, script)]
    if letters < FEW_LETTERS and top < 2 and (not guesses or guesses[0][1] < 0.99 or letters < 40):
        return Language(None, None, None, f"too little text: {letters} letters")
    if not guesses:
        if words is None or top < 2:
            return Language(None, None, None, "no language recognised")
        return Language(words, round(top / (top + second), 4), "words", f"{top:g} frequent words")
    best, probability = guesses[0]
    clear = top >= 3 and top >= 1.15 * second + 0.5
    # The profiles take a language they do not know for its neighbour (Serbian for Croatian).
    clear = clear or (words not in _profiled(script) and top > second and top >= usable.get(best, 0.0) + 1.5)
    if words is not None and words != best and clear and top > usable.get(best, 0.0):
        confidence = round(top / (top + second), 4)
        return Language(words, confidence, "words", f"{top:g} frequent words; langdetect said {best} {probability}")
    if letters < FEW_LETTERS and probability < 0.9 and best != words:
        return Language(None, None, None, f"too little text: {letters} letters")
    support = f"; {usable[best]:g} frequent words" if best in usable else ""
    return Language(best, probability, "langdetect", f"langdetect {best} {probability}{support}")


_NAMES: Mapping[str, str] = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}


@cache
def _script_of_table(code: str, script: str) -> bool:
    """Whether the language's frequent words are written in the script."""
    table = tables().get(code, {})
    return script_of(str(table.get("functions", "")))[0] == script or (code == "sr" and script in ("latin", "cyrillic"))


def _chinese(text: str, confidence: float) -> Language:
    """Simplified or traditional by the characters that only one of the two writes."""
    entry = tables()["scripts"]["chinese"]
    simple = sum(text.count(char) for char in entry["simplified"])
    full = sum(text.count(char) for char in entry["traditional"])
    if simple == full:
        return Language("zh", confidence, "script", "Han characters common to both scripts")
    code = "zh-Hans" if simple > full else "zh-Hant"
    return Language(code, confidence, "script", f"{simple} simplified, {full} traditional characters")


def _variant(found: Language, text: str) -> Language:
    """The region of Portuguese and the script of Serbian, where the text shows them."""
    if found.code == "sr":
        script = "Cyrl" if script_of(text)[0] == "cyrillic" else "Latn"
        return Language(f"sr-{script}", found.confidence, found.method, found.evidence)
    if found.code == "pt":
        counted = _regions(text)
        if counted["BR"] != counted["PT"]:
            region = "BR" if counted["BR"] > counted["PT"] else "PT"
            return Language(
                f"pt-{region}",
                found.confidence,
                found.method,
                f"{found.evidence}; words of {region}: {counted[region]}",
            )
    return found


def _regions(text: str) -> dict[str, int]:
    entry = tables()["pt"]["regions"]
    lowered = text.lower()
    return {
        region: len(re.findall(rf"\b(?:{'|'.join(map(re.escape, words))})", lowered)) for region, words in entry.items()
    }


def passage_language(text: str, article: str | None) -> str | None:
    """The passage's own language where its script or its frequent words disagree with the article's."""
    return _remembered(text, article) if len(text) <= SHORT else _passage_language(text, article)


def _passage_language(text: str, article: str | None) -> str | None:
    script, share = script_of(text[:READ])
    if script is None:
        return article
    counted = votes(text[:READ])
    own = article.split("-")[0] if article is not None else None
    mine = max((count for code, count in counted.items() if code.split("-")[0] == own), default=0.0)
    ranked = sorted(
        (code for code in counted if _script_of_table(code, script)), key=lambda code: (-counted[code], code)
    )
    foreign_script = article is not None and not _writes(article, script) and share > 0.6
    if not ranked or (counted[ranked[0]] < 3 and not foreign_script):
        if foreign_script and len(_LETTER.findall(text)) >= LEAST_LETTERS:
            return detect_language(text).code or article
        return article
    if ranked[0].split("-")[0] == own or counted[ranked[0]] < 2 * mine + 2:
        return article
    return detect_language(text).code or article


# Headings and furniture stand in many documents.
_remembered = lru_cache(4_096)(_passage_language)


@cache
def _writes(code: str, script: str) -> bool:
    """Whether the language is written in the script; a Latin passage is foreign to all others."""
    base = code.split("-")[0]
    native = tables()["scripts"]["native"].get(base, ["latin"])
    return script in native
