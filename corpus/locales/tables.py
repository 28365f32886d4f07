"""The tables of a language merged from their layers, and their forms one by one."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from corpus.locales.build import languages, merge
from corpus.locales.cldr import Tables, base_tables

HERE = Path(__file__).parent


class Scale(NamedTuple):
    """What a scale word is worth, and what it says without a number: one of it, many of it (or either), nothing."""

    value: Decimal
    slots: frozenset[str]


def entries(tables: Tables) -> Iterator[tuple[str, str, Any]]:
    """Every form of the tables with its category and what it means."""

    def forms(*path: str) -> list[str]:
        table: Any = tables
        for key in path:
            table = table.get(key, {})
        return table or []

    for key, words in tables.get("numbers", {}).items():
        cat = "part" if key[0] in "+-" else "number"
        for form in words:
            yield form, cat, Decimal(key)
    for form in forms("joins", "and"):
        yield form, "join", True
    for form in forms("joins", "article"):
        yield form, "article", True
    for form in forms("joins", "point"):
        yield form, "point", True
    for form in forms("joins", "minus"):
        yield form, "minus", True
    for form in forms("percent", "hundredths"):
        yield form, "hundredth", True
    for key, slots in tables.get("scales", {}).items():
        stated: dict[str, set[str]] = {}
        for slot in ("one", "many", "short"):
            for form in slots.get(slot, []):
                stated.setdefault(form, set()).add(slot)
        for form, found in stated.items():
            yield form, "scale", Scale(Decimal(key), frozenset(found))
    for key, words in tables.get("vague", {}).items():
        for form in words:
            yield form, "few", Decimal(1) if key == "few" else Decimal(key)
    for table, cat in (("symbols", "symbol"), ("currencies", "currency")):
        for code, words in tables.get(table, {}).items():
            for form in words:
                yield form, cat, code
    percent = tables.get("percent", {})
    for key, factor in (("percent", "1"), ("permille", "0.1"), ("basis", "0.01"), ("tenths", "10")):
        for form in percent.get(key, []):
            yield form, "percent", Decimal(factor)
    for form in percent.get("points", []):
        yield form, "points", True
    for form in percent.get("before", []):
        yield form, "percent_before", True
    for side in ("before", "inside", "after", "verb"):
        for qualifier, words in tables.get("bounds", {}).get(side, {}).items():
            for form in words:
                yield form, f"bound_{side}", qualifier
    for key, words in tables.get("ranges", {}).items():
        for form in words if isinstance(words, list) else ():
            yield form, f"range_{key}", True
    for form in forms("links", "of"):
        yield form, "of", True
    for key, words in tables.get("multiples", {}).items():
        for form in words:
            if key == "occasions":
                yield form, "times", "occasions"
            elif key in _MULTIPLES:
                yield form, _MULTIPLES[key], True
            else:
                yield form, "multiple", Decimal(key)
    for code, words in tables.get("units", {}).items():
        for form in words:
            yield form, "unit", code
    for key, cat in (
        ("durations", "duration"),
        ("after", "never"),
        ("labels", "label"),
        ("months", "month"),
        ("time", "time"),
    ):
        for form in forms("not_figures", key):
            yield form.lstrip("-"), cat, True
    for key, cat in (("function", "function"), ("adjectives", "adjective"), ("classifiers", "classifier")):
        for form in forms("nouns", key):
            yield form, cat, True


_MULTIPLES = {
    "times": "times",
    "before_times": "before_times",
    "before": "times_before",
    "frequency": "frequency",
    "not_before": "not_multiple",
    "comparative": "comparative",
}


@cache
def tables_of(tag: str) -> Tables:
    """The merged tables of one language: hand-written over CLDR over the parent's over the common ones."""
    path = HERE / f"{tag}.toml"
    own: Tables = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    generated = HERE / "cldr" / f"{tag}.json"
    base = json.loads(generated.read_text(encoding="utf-8")) if generated.exists() else base_tables(tag)
    parent = own.get("parent")
    below = tables_of(parent) if parent else _common()
    dropped = {form.lstrip("=").casefold() for form in own.get("drop", [])}
    return _under(own, _under(_without(base, dropped), below))


def _without(tables: Tables, dropped: set[str]) -> Tables:
    """The tables less the forms that a hand-written one takes out."""
    kept: Tables = {}
    for key, value in tables.items():
        if isinstance(value, dict):
            kept[key] = _without(value, dropped)
        elif isinstance(value, list):
            kept[key] = [form for form in value if form.lstrip("=").casefold() not in dropped]
        else:
            kept[key] = value
    return kept


def _under(over: Tables, base: Tables) -> Tables:
    """Both in one with the forms of `over` first and its single values winning."""
    merged = merge(over, base)
    for key, value in over.items():
        if not isinstance(value, dict | list):
            merged[key] = value
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merged[key] = _under(value, base[key])
    return merged


@cache
def _common() -> Tables:
    return tomllib.loads((HERE / "common.toml").read_text(encoding="utf-8"))


def file_tag(language: str | None) -> str:
    """The tag our tables know a language by: pt-BR → pt, zh-Hans → zh, zh-TW → zh-Hant, nb → no."""
    if not language:
        return "und"
    parts = language.replace("_", "-").split("-")
    base = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "fil": "tl", "sh": "sr"}.get(
        parts[0].lower(), parts[0].lower()
    )
    rest = [part.lower() for part in parts[1:]]
    if base == "zh":
        return "zh-Hant" if {"hant", "tw", "hk", "mo"} & set(rest) else "zh"
    if base == "pt":
        return "pt-PT" if {"pt", "ao", "mz", "cv"} & set(rest) else "pt"
    return base


def shared_tables() -> Tables:
    """What can be read in a text of unknown language: words that mean the same in every language that has them.

    A scale word whose value differs ("billion") stays known as SCALE_UNKNOWN, so that the number before it
    is not read without it.
    """
    values: dict[str, set[Decimal]] = {}
    currencies: dict[str, set[str]] = {}
    for language in languages():
        tables = tables_of(language)
        for key, slots in tables.get("scales", {}).items():
            for forms in slots.values():
                for form in forms:
                    values.setdefault(form.casefold(), set()).add(Decimal(key))
        for code, forms in tables.get("currencies", {}).items():
            for form in forms:
                currencies.setdefault(form.casefold(), set()).add(code)
    scales: Tables = {}
    for form, found in values.items():
        key = str(found.pop()) if len(found) == 1 and len(form.lstrip("=")) > 2 else "0"
        scales.setdefault(key, {"short": []})["short"].append(form)
    names: Tables = {}
    for form, codes in currencies.items():
        if len(codes) == 1 and len(form) > 3:
            names.setdefault(codes.pop(), []).append(form)
    return merge(_common(), {"scales": scales, "currencies": names})
