"""Which article of a container is which, when rows were added, moved or edited since it was last read."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A part by what identifies it: its fingerprint (None where it had no text), and its address where it has one."""

    number: int
    content_hash: str | None
    address: str | None = None


def align(before: Sequence[Place], now: Iterable[Place]) -> dict[int, int]:
    """Old numbers → new numbers of the parts that are still the same article.

    The same are: equal content; else the same address; else the same place, where no address says
    otherwise. Old parts that are not in the result are gone.
    """
    fresh = list(now)
    moved: dict[int, int] = {}
    taken: set[int] = set()

    def pair(key: str) -> None:
        waiting: dict[Hashable, list[Place]] = {}
        for old in before:
            value = getattr(old, key)
            if old.number not in moved and value is not None:
                waiting.setdefault(value, []).append(old)
        for new in fresh:
            value = getattr(new, key)
            candidates = waiting.get(value) if new.number not in taken and value is not None else None
            if candidates and not (key == "number" and _differ(candidates[0], new)):
                moved[candidates.pop(0).number] = new.number
                taken.add(new.number)

    for key in ("content_hash", "address", "number"):
        pair(key)
    return moved


def _differ(old: Place, new: Place) -> bool:
    return old.address is not None and new.address is not None and old.address != new.address
