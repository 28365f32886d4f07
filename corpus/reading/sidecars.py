"""What stands beside a text: a sidecar file, or front matter at its top → what is given about the article."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import yaml

from corpus.model import Given
from corpus.reading.containers import Unreadable
from corpus.reading.fields import given_of

MAX_SIDECAR = 64 * 1024
_FENCES = {"---": ("---", "..."), "+++": ("+++",)}


class _Loader(yaml.BaseLoader):
    """Plain YAML: every scalar is the text that stands there, so that a date stays as it was written.

    References are refused: nested, a few lines of them stand for billions.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise Unreadable("its YAML has references (aliases), which are refused: they can swell without end")
        return super().compose_node(parent, index)


def read_sidecar(raw: bytes) -> Given:
    """What a sidecar in YAML gives. Raises Unreadable where it cannot be read."""
    if len(raw) > MAX_SIDECAR:
        raise Unreadable(f"it is larger than {MAX_SIDECAR // 1024} kB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"it is not UTF-8 (byte {error.start + 1})") from error
    value = _yaml(text)
    if value is None or value == "":
        return Given()
    if not isinstance(value, Mapping):
        raise Unreadable("it is no list of names and values (url: …, date: …, source: …)")
    return given_of(value)


def split_front_matter(text: str) -> tuple[Given, str]:
    """What the front matter of a text gives, and the text behind it.

    A rule of dashes over a text is no front matter: between two fences there must be names and values.
    Raises Unreadable where the front matter is hostile.
    """
    marked = text.removeprefix("\ufeff")
    fence = marked[:3]
    if fence not in _FENCES or marked[3:4] not in ("\n", "\r", " ", "\t") or marked.split("\n", 1)[0].strip() != fence:
        return Given(), text
    head = marked[: MAX_SIDECAR + 1]
    position = head.find("\n") + 1
    start = position
    while 0 < position <= len(head):
        end = head.find("\n", position)
        line = head[position:] if end < 0 else head[position:end]
        if line.rstrip() in _FENCES[fence]:
            rest = "" if end < 0 else marked[end + 1 :]
            return _front_matter(head[start:position], fence, text, rest)
        if end < 0:
            break
        position = end + 1
    return Given(), text


def _front_matter(head: str, fence: str, text: str, rest: str) -> tuple[Given, str]:
    try:
        value = _yaml(head) if fence == "---" else tomllib.loads(head)
    except _Malformed:
        return Given(), text
    except tomllib.TOMLDecodeError:
        return Given(), text
    except RecursionError as error:
        raise Unreadable("its front matter is nested too deeply") from error
    if not isinstance(value, Mapping) or not value:
        return Given(), text
    return given_of({name: _plain(one) for name, one in value.items()}), rest


def _plain(value: Any) -> Any:
    """TOML has dates of its own; everything else is as YAML gives it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


class _Malformed(Unreadable):
    pass


def _yaml(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f" (line {mark.line + 1}: {getattr(error, 'problem', '') or 'malformed'})"
        raise _Malformed(f"its YAML is malformed{where}") from error
    except RecursionError as error:
        raise Unreadable("its YAML is nested too deeply") from error
    except (ValueError, TypeError) as error:  # a mapping as the key of a mapping
        raise _Malformed(f"its YAML is malformed ({error})") from error
