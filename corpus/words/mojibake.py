"""Text that was once read in the wrong encoding ("GrÃ¶ÃŸe") → as it was written, where that is certain."""

from __future__ import annotations

_NAMES = {"latin-1": "iso-8859-1", "macroman": "macintosh"}


def repair(text: str) -> tuple[str, str | None]:
    """The text with its mojibake undone, and the encoding it was misread in; None where there is none.

    Line by line, for a quoted line may be damaged in a sound text. Certain is a line whose letters,
    taken back to bytes, are valid UTF-8 and read better. Linear in the length.
    """
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
