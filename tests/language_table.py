"""The README's table of languages, made from the specs: ``python tests/language_table.py`` writes it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from specs_format import FOLDER

from corpus.locales.build import HERE

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(r"(<!-- languages:[^\n]*-->\n).*?(<!-- /languages -->)", re.DOTALL)


def table() -> str:
    """One row a language: its names, sentences with figures, sentences without, known gaps."""
    lines = ["| language | | with figures | without | gaps |", "|---|---|--:|--:|--:|"]
    for path in sorted(FOLDER.glob("*.toml")):
        spec = tomllib.loads(path.read_text(encoding="utf-8"))
        names = tomllib.loads((HERE / path.name).read_text(encoding="utf-8"))
        counts = " | ".join(str(len(spec.get(kind, []))) for kind in ("accept", "reject", "gap"))
        lines.append(f"| {names['name']} ({names['native']}) | `{path.stem}` | {counts} |")
    return "\n".join(lines) + "\n"


def with_table(readme: str) -> str:
    """The README with the table as it should be."""
    return _BLOCK.sub(lambda match: match.group(1) + table() + match.group(2), readme)


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
