"""How often claims are read rightly, by field and language: `python tests/claim_scores.py [FOLDER]... [--faults]`.

The articles in `tests/claims/articles/*.toml` mark each figure with what it means:
`{quote | measure | subject | attributed to | stance | period}`. "-" is none, "?" or nothing is not checked; several
right answers are parted by " or ". Articles go down the whole line; what no figure was found for is counted apart.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.model import Claim, Document, Given
from corpus.pipeline import process

HOME = Path(__file__).parent / "claims" / "articles"
FIELDS = ("measure", "subject", "attributed_to", "stance", "period")
MARKED = re.compile(r"\{(?:[%nxq]:)?([^|{}]*)\|?([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Judged:
    """One field of one figure: what was wanted and what was read; ``found`` is the claim, if there is one."""

    language: str
    quote: str
    field: str
    wanted: tuple[str, ...]
    got: str
    found: Claim | None

    @property
    def right(self) -> bool:
        return self.got in self.wanted


def judged(path: Path) -> Iterator[Judged]:
    """Every field of every figure that the articles of one file say something about."""
    for article in tomllib.loads(path.read_text("utf-8"))["articles"]:
        marked = article["text"].strip()
        plain = MARKED.sub(lambda found: found[1].strip(), marked)
        given = Given(date=article.get("published"))
        read = process(Document(root="", origin=path.name, text=plain, given=given))
        for mark in MARKED.finditer(marked):
            quote = mark[1].strip()
            before = MARKED.sub(lambda found: found[1].strip(), marked[: mark.start()])
            start = _place(read.text, quote, before.count(quote))
            claim = None if start < 0 else _overlapping(read.claims, start, start + len(quote))
            values = [part.strip() for part in mark[2].split("|")] if mark[2] else []
            for field, value in zip(FIELDS, values, strict=False):
                if value not in ("?", ""):
                    got = "" if claim is None else (getattr(claim, field) or "-").removeprefix("The ")
                    wanted = tuple(one.removeprefix("The ") for one in value.split(" or "))
                    yield Judged(path.stem, quote, field, wanted, got, claim)


def _place(text: str, quote: str, earlier: int) -> int:
    """Where a quote stands that was there ``earlier`` times before, -1 where it does not."""
    start = text.find(quote)
    for _ in range(earlier):
        start = text.find(quote, start + 1) if start >= 0 else start
    return start


def _overlapping(claims: tuple[Claim, ...], start: int, end: int) -> Claim | None:
    for claim in claims:
        if claim.figure.start_char < end and start < claim.figure.end_char:
            return claim
    return None


def rates(all_judged: list[Judged]) -> dict[tuple[str, str], tuple[int, int, int]]:
    """How many were right, wrong and missing, by language ("" for all together) and field."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for one in all_judged:
        if one.found is None:
            continue
        outcome = "right" if one.right else "missing" if one.got == "-" else "wrong"
        counts[one.language, one.field, outcome] += 1
        counts["", one.field, outcome] += 1
    keys = sorted({(language, field) for language, field, _ in counts})
    return {key: (counts[*key, "right"], counts[*key, "wrong"], counts[*key, "missing"]) for key in keys}


def main(arguments: list[str]) -> None:
    folders = [Path(argument) for argument in arguments if not argument.startswith("-")] or [HOME]
    files = [file for folder in folders for file in (sorted(folder.glob("*.toml")) if folder.is_dir() else [folder])]
    found = [one for file in files for one in judged(file)]
    if "--faults" in arguments:
        for one in found:
            if not one.right:
                rule = "  [no figure]" if one.found is None else f"  [{one.found.rule}: {one.found.evidence}]"
                print(f"{one.language} {one.field}: {one.quote}: {one.got!r}, not {' or '.join(one.wanted)!r}{rule}")
    table = rates(found)
    print(f"{'':5}" + "".join(f"{field:>20}" for field in FIELDS))
    for language in sorted({language for language, _ in table}, key=lambda code: (code == "", code)):
        line = f"{language or 'all':5}"
        for field in FIELDS:
            right, wrong, missing = table.get((language, field), (0, 0, 0))
            total = right + wrong + missing
            line += f"{f'{right}/{total} {right / total:.2f} w{wrong}' if total else '':>20}"
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
