"""Text that was once read in the wrong encoding ("GrÃ¶ÃŸe") → as it was written, where that is certain."""

from __future__ import annotations

import re
from functools import cache

_NAMES = {"latin-1": "iso-8859-1", "macroman": "macintosh"}


def repair(text: str) -> tuple[str, str | None]:
    """The text with its mojibake undone, and the encoding it was misread in; None where there is none.

    Line by line, for a quoted line may be damaged in a sound text. Certain is a line whose letters,
    taken back to bytes, are valid UTF-8 and read better. Linear in the length.
    """
    if not _is_suspect(text):
        return text, None
    from ftfy import fix_encoding_and_explain
    from ftfy.badness import badness, is_bad

    if not is_bad(text):
        return text, None
    lines = text.split("\n")
    misread: dict[str, int] = {}
    for number, line in enumerate(lines):
        if line.isascii() or not is_bad(line):
            continue
        fixed = fix_encoding_and_explain(line)
        steps = fixed.explanation or []
        done = [step.parameter for step in steps if step.action == "encode"]
        lossy = any(step.parameter == "replace_lossy_sequences" for step in steps)
        if not steps or lossy or "\ufffd" in fixed.text or badness(fixed.text) >= badness(line):
            continue
        lines[number] = fixed.text
        name = (done[0] if done else "windows-1252").removeprefix("sloppy-")
        misread[_NAMES.get(name, name)] = misread.get(_NAMES.get(name, name), 0) + 1
    if not misread:
        return text, None
    return "\n".join(lines), max(misread, key=lambda name: misread[name])


# How far beside its telling character ftfy looks, and more.
_AROUND = 8
_LITERAL = "ŒœÂÃÎÐ×ØÙà√≈‚Ђў€°µ"


@cache
def _telling() -> re.Pattern[str]:
    """A character of those without which no mojibake is: accented letters and signs, not the letters of a script."""
    from ftfy.badness import MOJIBAKE_CATEGORIES as KINDS

    letters = ("common", "upper_common", "lower_common", "kaomoji")
    signs = "".join(chars for kind, chars in KINDS.items() if kind not in letters)
    return re.compile(f"(?![\\x00-\\x7f])[{signs}{_LITERAL}]")


def _is_suspect(text: str) -> bool:
    """Whether ftfy sees mojibake in the text; it is shown only where one of its characters stands."""
    from ftfy.badness import BADNESS_RE

    begin = end = -1
    for found in _telling().finditer(text):
        if found.start() - _AROUND > end:
            if end >= 0 and BADNESS_RE.search(text, max(0, begin), end) is not None:
                return True
            begin = found.start() - _AROUND
        end = found.end() + _AROUND
    return end >= 0 and BADNESS_RE.search(text, max(0, begin), end) is not None
