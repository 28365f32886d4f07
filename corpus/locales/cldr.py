"""What CLDR, through Babel, says of a language, in the shape of our hand-written tables.

CLDR's compact number patterns carry scale words ("00 Millionen"), its unit patterns the names of
units and durations in every grammatical case, its currency section names and symbols.
"""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import babel
from babel import Locale, localedata
from babel.core import get_global

Tables = dict[str, Any]

# CLDR unit → UCUM code. Nanometres are left out: in the news they name a chip's process node.
UCUM = {
    "power-gigawatt": "GW",
    "power-megawatt": "MW",
    "power-kilowatt": "kW",
    "power-watt": "W",
    "power-horsepower": "[HP]",
    "energy-kilowatt-hour": "kW.h",
    "energy-kilojoule": "kJ",
    "energy-joule": "J",
    "energy-kilocalorie": "kcal",
    "mass-tonne": "t",
    "mass-kilogram": "kg",
    "mass-gram": "g",
    "mass-milligram": "mg",
    "length-kilometer": "km",
    "length-meter": "m",
    "length-centimeter": "cm",
    "length-millimeter": "mm",
    "length-mile": "[mi_i]",
    "length-foot": "[ft_i]",
    "area-square-kilometer": "km2",
    "area-square-meter": "m2",
    "area-hectare": "har",
    "area-acre": "[acr_us]",
    "area-square-foot": "[sft_i]",
    "area-square-mile": "[smi_us]",
    "volume-liter": "L",
    "volume-cubic-meter": "m3",
    "volume-cubic-kilometer": "km3",
    "volume-barrel": "[bbl_us]",
    "volume-gallon": "[gal_us]",
    "digital-petabyte": "PBy",
    "digital-terabyte": "TBy",
    "digital-gigabyte": "GBy",
    "digital-megabyte": "MBy",
    "digital-gigabit": "Gbit",
    "digital-megabit": "Mbit",
    "frequency-gigahertz": "GHz",
    "frequency-megahertz": "MHz",
    "frequency-hertz": "Hz",
    "electric-volt": "V",
    "electric-ampere": "A",
    "temperature-celsius": "Cel",
    "temperature-fahrenheit": "[degF]",
    "speed-kilometer-per-hour": "km/h",
    "speed-mile-per-hour": "[mi_i]/h",
    "pressure-bar": "bar",
}

DURATIONS = ("century", "decade", "year", "quarter", "month", "week", "day", "night", "hour", "minute", "second")

# Names of currencies that several countries share, as they end the English CLDR name ("Mexican Peso").
# The euro and the like are nobody else's; "sol" and "real" are words of their own.
GROUPS = (
    "dollar",
    "peso",
    "krone",
    "rupee",
    "pound",
    "franc",
    "dinar",
    "dirham",
    "rial",
    "lira",
    "shilling",
    "real",
    "won",
    "yuan",
)
_GROUP_SPELLINGS = {"krona": "krone", "króna": "krone", "koruna": "krone", "riyal": "rial", "rupiah": "rupiah"}


@cache
def active_currencies() -> Mapping[str, tuple[str, ...]]:
    """ISO codes in use today with the territories that use them, largest use first as CLDR lists them."""
    users: dict[str, list[str]] = {}
    for territory, currencies in get_global("territory_currencies").items():
        for code, _start, end, tender in currencies:
            if end is None and tender and not code.startswith("X") and len(territory) == 2:
                users.setdefault(code, []).append(territory)
    return {code: tuple(sorted(territories)) for code, territories in sorted(users.items())}


@cache
def currency_groups() -> Mapping[str, tuple[str, ...]]:
    """Group name → the ISO codes that share it ("peso" → ARS, CLP, …)."""
    names = Locale("en").currencies
    groups: dict[str, list[str]] = {}
    for code in active_currencies():
        last = names.get(code, "").lower().split(" ")[-1]
        group = _GROUP_SPELLINGS.get(last, last)
        if group in GROUPS:
            groups.setdefault(group, []).append(code)
    return {group: tuple(codes) for group, codes in groups.items()}


@cache
def load_locale(language: str) -> Locale | None:
    """Babel's locale for a BCP 47 tag, None for a language it does not know.

    Its data is a copy of its own: Babel resolves aliases inside tables that all locales share, so
    that month names of the language asked first turn up in others.
    """
    try:
        locale = Locale.parse(language, sep="-")
    except (babel.UnknownLocaleError, ValueError):
        return None
    own: Any = copy.deepcopy(localedata.load(str(locale)))
    setattr(locale, "_Locale__data", localedata.LocaleDataDict(own))  # noqa: B010
    return locale


def base_tables(language: str) -> Tables:
    """The tables CLDR gives for a BCP 47 tag; empty ones for a language it does not know."""
    locale = load_locale(language)
    if locale is None:
        return {}
    symbols = locale.number_symbols.get("latn", {})
    months = {
        name.rstrip(".")
        for context in locale.months.values()
        for width, names in context.items()
        if width != "narrow"
        for name in names.values()
        if not name[0].isdigit()
    }
    return {
        "decimal": symbols.get("decimal", "."),
        "group": _plain_space(symbols.get("group", ",")),
        "home": _home_currency(locale),
        "scales": _scales(locale),
        "currencies": _currency_names(locale),
        "symbols": _currency_symbols(locale),
        "units": {code: forms for unit, code in UCUM.items() if (forms := _unit_forms(locale, unit))},
        "not_figures": {
            "durations": sorted(
                {
                    form
                    for unit in DURATIONS
                    for form in _unit_forms(locale, f"duration-{unit}")
                    if len(form.lstrip("=")) > 1
                }
            ),
            "months": sorted(months),
        },
        "regions": _regions(locale),
    }


def _home_currency(locale: Locale) -> str | None:
    """The currency of the country a language is spoken in first of all."""
    tag = "_".join(part for part in (locale.language, locale.script, locale.territory) if part)
    likely = get_global("likely_subtags")
    territory = locale.territory or str(likely.get(tag, likely.get(locale.language, ""))).split("_")[-1]
    return next((code for code, users in active_currencies().items() if territory in users), None)


def _plain_space(separator: str) -> str:
    return " " if separator.isspace() else separator


def _scales(locale: Locale) -> dict[str, dict[str, list[str]]]:
    found: dict[int, dict[str, set[str]]] = {}
    several_forms = len(locale.plural_form.rules) > 0  # "other" is not among the rules
    for patterns in (locale.compact_decimal_formats, locale.compact_currency_formats):
        for width, categories in patterns.items():
            for category, magnitudes in categories.items():
                for magnitude, pattern in magnitudes.items():
                    text = str(getattr(pattern, "pattern", pattern)).split(";")[0]
                    zeros = text.count("0")
                    word = _bare(text.replace("0", "").replace("¤", "").replace("'", ""))
                    if not zeros or not word:
                        continue
                    value = int(magnitude) // 10 ** (zeros - 1)
                    if value < 1000:
                        continue
                    slot = "short"
                    if width == "long" and several_forms:
                        # Between "one" and "many" languages differ: Polish miliardy is a plural,
                        # Russian миллиарда a singular case. The hand layer says which.
                        if category == "one" and zeros == 1:
                            slot = "one"
                        elif category == ("many" if "many" in categories else "other"):
                            slot = "many"
                    if len(word) == 1 and word.isascii():
                        word = f"={word}"
                    found.setdefault(value, {}).setdefault(slot, set()).add(word)
    tables: dict[str, dict[str, list[str]]] = {}
    for value, slots in sorted(found.items()):
        one, many, short = (slots.get(slot, set()) for slot in ("one", "many", "short"))
        invariable = one & many
        tables[f"1e{len(str(value)) - 1}" if str(value).strip("0") == "1" else str(value)] = {
            slot: sorted(forms)
            for slot, forms in (
                ("one", one - invariable),
                ("many", many - invariable),
                ("short", (short | invariable) - (one ^ many)),
            )
            if forms
        }
    return tables


def _currency_names(locale: Locale) -> dict[str, list[str]]:
    plurals = locale._data["currency_names_plural"]
    names: dict[str, list[str]] = {}
    for code in active_currencies():
        forms = set(plurals.get(code, {}).values()) if code in plurals else set()
        forms.add(locale.currencies.get(code, code))
        # Explanations in brackets are not written in a text: "Kuna (1994)".
        forms = {form for form in forms if form != code and "(" not in form}
        if forms:
            names[code] = sorted(forms)
    return names


def _currency_symbols(locale: Locale) -> dict[str, list[str]]:
    symbols: dict[str, list[str]] = {}
    for code in active_currencies():
        symbol = locale.currency_symbols.get(code, code)
        # A bare dollar sign is decided by the text, and a bare letter ("F", "L") means too much.
        if symbol != code and symbol != "$" and (len(symbol) > 1 or not symbol.isalpha()):
            symbols[code] = [symbol]
    return symbols


def _unit_forms(locale: Locale, unit: str) -> list[str]:
    widths = locale._data["unit_patterns"].get(unit, {})
    forms = {
        _bare(pattern.replace("{0}", "")) for width in ("long", "short") for pattern in _strings(widths.get(width, {}))
    }
    return sorted(f"={form}" if len(form) == 1 and form.lower() != form.upper() else form for form in forms if form)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if "{0}" in value:
            yield value
    elif hasattr(value, "items"):
        for key, inner in value.items():
            if key != "per":  # "{0}/h" is a rate, not a name
                yield from _strings(inner)


def _regions(locale: Locale) -> dict[str, list[str]]:
    """Territory names by currency, for the currencies whose name is shared."""
    users = active_currencies()
    regions: dict[str, list[str]] = {}
    for codes in currency_groups().values():
        for code in codes:
            names = {locale.territories[territory] for territory in users[code] if territory in locale.territories}
            if names:
                regions[code] = sorted(names)
    return dict(sorted(regions.items()))


def _bare(text: str) -> str:
    cleaned = "".join(" " if char.isspace() else char for char in text if unicodedata.category(char) != "Cf")
    return " ".join(cleaned.split())
