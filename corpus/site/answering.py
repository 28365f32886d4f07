"""An answer to "who claims this?": the figures that a search found, put together by whose word they stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Claim = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody on whose word articles state it; None for those that name nobody.

    ``alone`` counts the articles that state it on this word and no other.
    """

    name: str | None
    articles: int
    stories: int
    alone: int


@dataclass(frozen=True, slots=True)
class Answer:
    """How many articles, stories and languages state it, which outlets, how many deny it, and on whose word.

    ``claims`` has one figure an article for each on whose word it states it, in time order.
    """

    claims: tuple[Claim, ...]
    articles: int
    stories: int
    outlets: tuple[Mapping[str, Any], ...]
    languages: int
    denied: int
    voices: tuple[Voice, ...]


def _in_time(claim: Claim) -> tuple[bool, str]:
    return claim["date_published"] is None, claim["date_published"] or ""


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
    alone: dict[str | None, int] = {}
    stories = {uid: held[0]["story_uid"] or uid for uid, held in by_article.items()}
    for uid, held in stating.items():
        names = _named(held)
        for name in names:
            voices.setdefault(name, set()).add(uid)
            alone[name] = alone.get(name, 0) + (len(names) == 1)
    told = [Voice(name, len(uids), len({stories[uid] for uid in uids}), alone[name]) for name, uids in voices.items()]
    told.sort(key=lambda voice: (voice.name is None, -voice.articles, voice.name or ""))
    return Answer(
        tuple(
            sorted((one for uid, held in by_article.items() for one in _telling(stating.get(uid, held))), key=_in_time)
        ),
        len(stating),
        len({stories[uid] for uid in stating}),
        _outlets([held[0] for held in stating.values()]),
        len({held[0]["language"] for held in stating.values() if held[0]["language"]}),
        denying,
        tuple(told),
    )


def _outlets(claims: Sequence[Claim]) -> tuple[Mapping[str, Any], ...]:
    """The outlets of articles with the number of these, those unknown at the end."""
    counted: dict[tuple[str | None, str | None], int] = {}
    for claim in claims:
        outlet = (claim["source_slug"], claim["source"])
        counted[outlet] = counted.get(outlet, 0) + 1
    ranked = sorted(counted.items(), key=lambda item: (item[0][0] is None, -item[1], item[0][1] or ""))
    return tuple({"slug": slug, "name": name, "articles": count} for (slug, name), count in ranked)


def _named(held: Sequence[Claim]) -> set[str | None]:
    """On whose word an article states it; None alone where it names nobody."""
    return {claim["attributed_to"] for claim in held if claim["attributed_to"]} or {None}


def _telling(held: Sequence[Claim]) -> list[Claim]:
    """The figures that say the most, of whom and of what: one for each on whose word they stand."""
    return [
        max(
            (claim for claim in held if name is None or claim["attributed_to"] == name),
            key=lambda claim: [bool(claim[part]) for part in ("subject", "measure")],
        )
        for name in sorted(_named(held), key=str)
    ]
