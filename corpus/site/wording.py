"""The words of the interface, read once from ``wording.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

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
def measure_label(slug: str | None) -> str:
    """Give the topic's name of a measure, or the slug in words."""
    if slug is None:
        return "not classified"
    try:
        labels = {measure.slug: measure.label for measure in load_topic().measures}
    except CorpusError:  # a page is better served with a plain name than not at all
        labels = {}
    return labels.get(slug, slug.replace("_", " "))
