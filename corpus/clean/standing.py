"""A passage on its way to its role, and what several steps ask of it."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.clean.bylines import Signal, outlets
from corpus.model import ROLES_IN_TEXT
from corpus.words.matching import fold
from corpus.words.wording import platforms


@dataclass(slots=True)
class Part:
    """A passage on its way to its role (None while none is known)."""

    text: str
    fresh: bool
    signal: Signal | None
    prose: bool
    role: str | None = None
    rule: str = ""

    def become(self, role: str, rule: str) -> None:
        self.role, self.rule = role, rule

    @property
    def open(self) -> bool:
        return self.role is None

    @property
    def states(self) -> dict[str, str]:
        """What the passage states of the article, by field."""
        return {} if self.signal is None else dict(self.signal.states)

    @property
    def in_text(self) -> bool:
        return self.role is None or self.role in ROLES_IN_TEXT


def masthead(text: str) -> bool:
    """Whether the line is just the name of an outlet."""
    if len(text) > 60:
        return False
    bare = text.strip(" |-–—•·.:")
    if fold(bare) in platforms():
        return False
    return any(end - start >= len(bare) - 4 for start, end, _ in outlets().find(bare))
