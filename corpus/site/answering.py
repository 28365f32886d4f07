"""An answer to "who claims this?": the figures that a search found, put together by whose word they stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Claim = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody on whose word articles state it; None for those that name nobody."""

    name: str | None
    articles: int
    stories: int


@dataclass(frozen=True, slots=True)
class Answer:
    """How many articles, stories, outlets and languages state it, how many deny it, and on whose word.

    ``claims`` has one figure an article: the one that says on whose word, where one does.
    """

    claims: tuple[Claim, ...]
    articles: int
    stories: int
    sources: int
    languages: int
    denied: int
    voices: tuple[Voice, ...]


def answer(claims: Sequence[Claim]) -> Answer | None:
    """Put the figures together that state what was asked for; None where there are none."""
    if not claims:
        return None
    by_article: dict[str, list[Claim]] = {}
    for claim in claims:
        by_article.setdefault(claim["uid"], []).append(claim)
    stating: dict[str, list[Claim]] = {}
    denying = 0
    for uid, held in by_article.items():
        stated = [claim for claim in held if claim["stance"] != "denied"]
        denying += not stated
        if stated:
            stating[uid] = stated
    voices: dict[str | None, set[str]] = {}
    stories = {uid: held[0]["story_uid"] or uid for uid, held in by_article.items()}
    for uid, held in stating.items():
        for name in {claim["attributed_to"] for claim in held if claim["attributed_to"]} or {None}:
            voices.setdefault(name, set()).add(uid)
    told = [Voice(name, len(uids), len({stories[uid] for uid in uids})) for name, uids in voices.items()]
    told.sort(key=lambda voice: (voice.name is None, -voice.articles, voice.name or ""))
    return Answer(
        tuple(_telling(held) for held in by_article.values()),
        len(stating),
        len({stories[uid] for uid in stating}),
        len({held[0]["source_slug"] for held in stating.values() if held[0]["source_slug"]}),
        len({held[0]["language"] for held in stating.values() if held[0]["language"]}),
        denying,
        tuple(told),
    )


def _telling(held: Sequence[Claim]) -> Claim:
    """The figure that says the most: on whose word, of whom, of what."""
    return max(held, key=lambda claim: [bool(claim[name]) for name in ("attributed_to", "subject", "measure")])
