"""JSON and JSON Lines as exporters write them → articles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import Any, BinaryIO

from corpus.model import Given
from corpus.reading.containers import MAX_DOCUMENT, Part, Unreadable, lines_of, megabytes, merged
from corpus.reading.decoding import decode
from corpus.reading.fields import articles_in, given_of, value_of, wrapped

_TEXTLESS = "there is no text in it (looked for text, html, content, body, summary and their like)"
# Two tags of a page make markup; one may be an example in a text.
_TAG = re.compile(
    r"</?(?:p|div|br|html|body|article|section|h[1-6]|ul|ol|li|blockquote|span|a|table)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_PAGE = re.compile(r"\s{0,200}(?:<!doctype\s+html|<html|<\?xml|<head|<body)", re.I)
_DEEP = "it is nested too deeply to be an article"


def read_json(text: str, *, encoding: str | None = None) -> Iterator[Part]:
    """The articles in a JSON text: one object, a list, an exporter's envelope, or one object a line.

    Raises Unreadable where it is no JSON.
    """
    shared = Given()
    try:
        value = _loads(text)
    except json.JSONDecodeError as error:
        first = text.lstrip().split("\n", 1)[0]
        if error.msg != "Extra data" or not _is_value(first):
            raise Unreadable(f"this is not valid JSON (line {error.lineno}: {error.msg})") from error
        rows = ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())
        for number, line in rows:
            yield from _from_line(line, number, encoding)
        return
    if isinstance(value, Mapping):
        found = None if _body(value) is not None else articles_in(value)
        if found is None:
            yield part_of(value, encoding=encoding)
            return
        shared, value = _envelope(value), found
    if not isinstance(value, list) or not any(isinstance(one, Mapping) for one in value):
        raise Unreadable("this JSON holds no articles: no object and no list of objects with a text")
    for number, one in enumerate(value, 1):
        part = part_of(one, encoding=encoding) if isinstance(one, Mapping) else Part(reason="it is no object")
        part = replace(part, given=merged(part.given, shared))
        yield part if part.reason is None else Part(given=part.given, reason=f"entry {number}: {part.reason}")


def _envelope(value: Mapping[str, Any]) -> Given:
    """What an envelope says of all its articles: a JSON Feed's title is the outlet's."""
    given = given_of(value)
    if "jsonfeed.org" in str(value.get("version")):
        return Given(source=given.title, language=given.language, author=given.author)
    return Given(source=given.source, language=given.language)


def read_json_lines(stream: BinaryIO) -> Iterator[Part]:
    """The articles in JSON Lines, one a line; a broken line is a part with its number and reason."""
    encoding: str | None = None
    for number, line in lines_of(stream):
        if line is None:
            yield Part(reason=f"line {number}: it is longer than {megabytes(MAX_DOCUMENT)}; that is no article")
        elif line.strip():
            decoded = decode(line, declared=encoding)
            if decoded.text is None:
                yield Part(reason=f"line {number}: {decoded.reason}")
                continue
            if decoded.encoding not in ("utf-8", "utf-8-sig"):
                encoding = decoded.encoding
            yield from _from_line(decoded.text, number, decoded.encoding)


def _from_line(line: str, number: int, encoding: str | None) -> Iterator[Part]:
    try:
        value = _loads(line.lstrip("\ufeff\x1e"))
    except json.JSONDecodeError as error:
        yield Part(reason=f"line {number}: this is not valid JSON ({error.msg}, column {error.colno})")
    except Unreadable as error:
        yield Part(reason=f"line {number}: {error}")
    else:
        part = part_of(value, encoding=encoding) if isinstance(value, Mapping) else Part(reason="it is no object")
        yield part if part.reason is None else Part(given=part.given, reason=f"line {number}: {part.reason}")


def _loads(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda name: None)
    except RecursionError as error:
        raise Unreadable(_DEEP) from error
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # a number of thousands of digits
        raise Unreadable(f"this is not valid JSON ({error})") from error


def _is_value(text: str) -> bool:
    try:
        return isinstance(_loads(text), dict | list)
    except (json.JSONDecodeError, Unreadable):
        return False


def part_of(row: Mapping[str, Any], *, encoding: str | None = None) -> Part:
    """The article in one object; a part with a reason where the object has no text."""
    body = _body(row)
    for _ in range(3):
        inner = None if body is not None else wrapped(row)
        if inner is None:
            break
        # What the wrapper says of the article counts where the article itself does not.
        row = {**{key: value for key, value in row.items() if value is not inner}, **inner}
        body = _body(row)
    given = given_of(row)
    if body is None:
        return Part(given=given, reason=_TEXTLESS)
    text, media_type = body
    if len(text) > MAX_DOCUMENT:
        return Part(given=given, reason=f"its text is longer than {megabytes(MAX_DOCUMENT)}; that is no article")
    return Part(text, media_type, given, encoding)


def _body(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """The text of a row and what kind of text it is: what an exporter took from a page before the page."""
    for field in ("text", "html", "either", "summary"):
        text = value_of(row, field)
        if text is not None:
            return as_body(text, markup=field == "html")
    return None


def as_body(text: str, *, markup: bool = False) -> tuple[str, str]:
    """A text and its media type; a fragment of markup is made a page, which is what can be cleaned."""
    if _PAGE.match(text) is not None:
        return text, "text/html"
    tags = 2 if markup else sum(1 for _, _ in zip(range(2), _TAG.finditer(text), strict=False))
    if markup or tags >= 2:
        return page_of(text), "text/html"
    return text, "text/plain"


def page_of(fragment: str, *, title: str | None = None) -> str:
    """A page around a fragment of markup."""
    head = "" if title is None else f"<title>{escape(title)}</title>"
    return f"<!DOCTYPE html><html><head>{head}</head><body><article>{fragment}</article></body></html>"
