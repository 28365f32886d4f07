"""The markup of a page: its elements, and its visible text line by line. No markup raises; time is linear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from corpus.words.normalising import normalise

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})[^<>]{0,4000}>")
_HIDDEN = re.compile(r"<(?:(script|style|noscript|template|svg|head)\b[^<>]{0,4000}>|!--)", re.IGNORECASE)
_BLOCKS = frozenset(
    "address article aside blockquote body br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5"
    " h6 header hr li main nav ol p pre section table td th tr ul".split()
)


# Elements whose end nobody has to write, and which so say nothing of depth.
_LOOSE = frozenset("p br hr li dt dd td th tr".split())
_INLINE = frozenset("span b i em strong font a u small center".split())
_COUNTED = (_BLOCKS | _INLINE) - _LOOSE


def depth(html: str) -> int:
    """How deep the page's elements nest, closing tags trusted."""
    reached = deepest = 0
    for closing, name in _TAG.findall(html):
        if name in _COUNTED or name.lower() in _COUNTED:
            if not closing:
                reached += 1
                if reached > deepest:
                    deepest = reached
            elif reached:
                reached -= 1
    return deepest


def elements(html: str, opening: re.Pattern[str]) -> Iterator[tuple[int, int, re.Match[str]]]:
    """Where comments and elements of some kinds begin and end; one that never ends is none."""
    lowered = html.lower() if len(html.lower()) == len(html) else html
    unclosed: set[str] = set()
    position = 0
    while (match := opening.search(html, position)) is not None:
        closing = "-->" if match[1] is None else f"</{match[1].lower()}"
        end = -1 if closing in unclosed else lowered.find(closing, match.end())
        if end < 0:
            unclosed.add(closing)
            position = match.end()
            continue
        yield match.start(), end, match
        position = end + len(closing)


def page_lines(html: str) -> tuple[str, ...]:
    """The visible text of a page, a line for each block."""
    shown: list[str] = []
    reached = 0
    for start, end, match in elements(html, _HIDDEN):
        shown += (html[reached:start], " ")
        reached = html.find(">", end) + 1 if match[1] is not None else end + 3
        reached = reached or len(html)
    body = "".join((*shown, html[reached:]))
    pieces: list[str] = []
    position = 0
    for match in _TAG.finditer(body):
        pieces.append(body[position : match.start()].replace("\n", " ").replace("\r", " "))
        if match[2].lower() in _BLOCKS:
            pieces.append("\n")
        position = match.end()
    pieces.append(body[position:])
    return tuple(line for line in normalise(unescape("".join(pieces))).split("\n") if line.strip())
