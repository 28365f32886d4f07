"""What rows, sidecars and front matter call the same thing (a table in ``fields.toml``) → one set of names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from corpus.model import Given

# Seconds since 1970 from 1990 to 2100; a thousand and a million times that in milli- and microseconds.
_EPOCH = (631_152_000, 4_102_444_800)
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class _Table:
    names: dict[str, tuple[tuple[str, ...], ...]]
    envelopes: tuple[tuple[str, ...], ...]
    wrappers: tuple[str, ...]
    saved: tuple[str, ...]


@cache
def _table() -> _Table:
    data = tomllib.loads(files("corpus.reading").joinpath("fields.toml").read_text("utf-8"))
    names = {field: tuple(_path(name) for name in listed) for field, listed in data.items() if isinstance(listed, list)}
    envelopes = data["envelopes"]
    return _Table(
        names=names,
        envelopes=tuple(_path(name) for name in envelopes["names"]),
        wrappers=tuple(_folded(name) for name in envelopes["wrappers"]),
        saved=tuple(data["saved"]["endings"]),
    )


def saved_endings() -> tuple[str, ...]:
    """How browsers end the name of the folder that belongs to a saved page."""
    return _table().saved


def value_of(row: Mapping[str, Any], field: str) -> str | None:
    """What a row holds for a field under any of its names, as text; None where it holds nothing."""
    return _value(_folded_row(row), field)


def given_of(row: Mapping[str, Any]) -> Given:
    """What a row states about its article."""
    folded = _folded_row(row)
    return Given(**{one.name: _value(folded, one.name) for one in fields(Given)})


def articles_in(row: Mapping[str, Any]) -> list[Any] | None:
    """The list of articles in an envelope; None where there is none."""
    folded = _folded_row(row)
    for path in _table().envelopes:
        value = _step(folded, path)
        if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            return value
        if isinstance(value, Mapping) and value and all(isinstance(one, Mapping) for one in value.values()):
            return list(value.values())
    return None


def wrapped(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The object inside one that only wraps it (``_source``, ``article``); None where there is none."""
    folded = _folded_row(row)
    for name in _table().wrappers:
        inner = folded.get(name)
        if isinstance(inner, Mapping):
            return inner
    return None


def _path(name: str) -> tuple[str, ...]:
    return tuple(_folded(step) for step in name.split("."))


def _folded(name: str) -> str:
    return "".join(character for character in name.casefold() if character not in " _-:$.")


def _folded_row(row: Mapping[str, Any]) -> dict[str, Any]:
    folded: dict[str, Any] = {}
    for name, value in row.items():
        folded.setdefault(_folded(str(name)), value)
    return folded


def _step(folded: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = folded.get(path[0])
    for step in path[1:]:
        # A list stands for its first entry: "link": [{"href": …}].
        if isinstance(value, list):
            value = value[0] if value else None
        if not isinstance(value, Mapping):
            return None
        value = _folded_row(value).get(step)
    return value


def _value(folded: Mapping[str, Any], field: str) -> str | None:
    for path in _table().names[field]:
        found = _text(_step(folded, path), field)
        if found is not None:
            return found
    return None


def _text(value: Any, field: str) -> str | None:
    if isinstance(value, str):
        text = value.strip()
        if field in ("text", "html", "either", "summary"):
            return text or None
        if field == "date" and text.isdecimal() and len(text) in (10, 13, 16):
            return _moment(int(text)) or text
        if field == "url" and not text.casefold().startswith(("http://", "https://")):
            return None
        return " ".join(text.split())[:_LONGEST] or None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _moment(value) if field == "date" else None
    if isinstance(value, list) and field == "author":
        names = [name for one in value[:20] if (name := _name(one)) is not None]
        return ", ".join(names)[:_LONGEST] or None
    if isinstance(value, list) and field in ("text", "either"):
        return "\n\n".join(one for one in value if isinstance(one, str)).strip() or None
    if isinstance(value, list) and len(value) == 1:
        return _text(value[0], field)
    return None


def _name(value: Any) -> str | None:
    if isinstance(value, str):
        return " ".join(value.split()) or None
    if isinstance(value, Mapping):
        return _name(value.get("name"))
    return None


def _moment(number: float) -> str | None:
    """Seconds, milliseconds or microseconds since 1970 as ISO 8601; None for any other number."""
    for unit in (1, 1_000, 1_000_000):
        if _EPOCH[0] <= number / unit <= _EPOCH[1]:
            return datetime.fromtimestamp(number / unit, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return None
