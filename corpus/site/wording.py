"""The words of the interface, read once from ``wording.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale
from markupsafe import Markup

from corpus.model import CorpusError
from corpus.topic import load_topic


@dataclass(frozen=True, slots=True)
class Scale:
    """A power of ten and how it is said."""

    value: Decimal
    word: str
    plural: str
    short: str
    also: tuple[str, ...] = ()


@cache
def _wording() -> dict[str, Any]:
    return tomllib.loads((files("corpus.site") / "wording.toml").read_text("utf-8"))


@cache
def scales() -> tuple[Scale, ...]:
    """Give the scale words, the largest first."""
    return tuple(
        Scale(Decimal(row["value"]), row["word"], row["plural"], row["short"], tuple(row["also"]))
        for row in _wording()["scale"]
    )


def words_of(section: str) -> Mapping[str, str]:
    """Give all the words of a section by the values they stand for."""
    found: Mapping[str, str] = _wording()[section]
    return found


def word_for(section: str, value: str | None) -> str:
    """Give how a stored value reads; a value the interface has no word for reads as it is stored."""
    if value is None:
        return ""
    return str(_wording()[section].get(value, value.replace("_", " ")))


@cache
def messages() -> Mapping[str, str | Mapping[str, str]]:
    """Give every message by its name (``article.cut``), those with plural forms by form."""
    found: dict[str, str | Mapping[str, str]] = {}
    for section, held in _wording()["say"].items():
        if isinstance(held, dict):
            found |= {f"{section}.{name}": text for name, text in held.items()}
    return found


@cache
def interface_language() -> Locale:
    """Give the language that the messages are written in."""
    return Locale.parse(_wording()["say"]["language"])


def message(key: str, number: Callable[[Any], str] = str, /, **values: Any) -> str:
    """Give a message with its values in place; ``number`` writes those that are numbers.

    One with markup in it, or given a value that is markup, is markup: every other value is escaped. Of a message
    with plural forms ``n`` chooses the form.

    >>> message("count.articles", n=1), message("count.articles", n=5)
    ('1 article', '5 articles')
    """
    found = messages()[key]
    if not isinstance(found, str):
        found = found[interface_language().plural_form(values["n"])]
    if not values:
        return Markup(found) if "<" in found else found
    shown = {
        name: number(value) if isinstance(value, int | float | Decimal) else value for name, value in values.items()
    }
    if "<" in found or any(hasattr(value, "__html__") for value in shown.values()):
        return Markup(found).format(**shown)
    return found.format(**shown)


@cache
def measure_label(slug: str | None) -> str:
    """Give the topic's name of a measure, or the slug in words."""
    if slug is None:
        return message("unknown.measure")
    try:
        labels = {measure.slug: measure.label for measure in load_topic().measures}
    except CorpusError:  # a page is better served with a plain name than not at all
        labels = {}
    return labels.get(slug, slug.replace("_", " "))
