"""Claims of one measure and subject held against each other: slips of scale, and ranges that exclude a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corpus.stories.claimed import POWERS, Claimed, Clash, about, apart, same_time, spelled, trait_of, who


def in_group(claims: Sequence[Claimed]) -> tuple[list[Clash], list[Clash]]:
    """The clashes of scale and of range among claims of one measure and subject, in the order of the claims."""
    return list(_scales(claims)), list(_ranges(claims))


def _scales(claims: Sequence[Claimed]) -> Iterator[Clash]:
    """Claims a power of a thousand off what more stories say with the same digits; both, where as many say either."""
    forms: dict[str, list[Claimed]] = {}
    for claim in claims:
        trait = trait_of(claim)
        if trait is not None and claim.kind in ("money", "count", "quantity"):
            forms.setdefault(
                f"{trait.form} {claim.currency} {claim.unit if claim.kind == 'quantity' else ''}", []
            ).append(claim)
    for same_digits in forms.values():
        values: dict[Any, list[Claimed]] = {}
        for claim in same_digits:
            values.setdefault(claim.value, []).append(claim)
        if len(values) < 2:
            continue
        heads = {value: (len({_story(c) for c in held}), held) for value, held in values.items()}
        for value, (count, held) in heads.items():
            for claim in held:
                found = _outvoted(claim, value, count, heads)
                if found is not None:
                    yield found


def _outvoted(claim: Claimed, value: Any, count: int, heads: Mapping[Any, tuple[int, list[Claimed]]]) -> Clash | None:
    best: tuple[int, Claimed, int, bool] | None = None
    for other_value, (others, held) in heads.items():
        if other_value == value or others < count:
            continue
        other = next((one for one in held[:50] if one.article_id != claim.article_id and same_time(claim, one)), None)
        power = None if other is None else apart(claim, other)
        if other is None or power is None:
            continue
        larger = max(claim.low or 0, claim.high or 0) > max(other.low or 0, other.high or 0)
        if best is None or others > best[0]:
            best = (others, other, power, larger)
    if best is None:
        return None
    others, other, power, larger = best
    factor = POWERS[power]
    off = factor if larger else f"one {factor.removeprefix('a ').removesuffix(' times')}th of"
    says = "another article says" if others == 1 else f"{others} other stories say"
    return Clash(
        claim,
        other,
        f"{who(claim)} gives {spelled(claim)} as {about(claim)} (“{claim.quote}”), {off} what {says} with the same "
        f"digits: {spelled(other)} in {who(other)} (“{other.quote}”).",
    )


def _story(claim: Claimed) -> int:
    return claim.article_id * -1 if claim.story_id is None else claim.story_id


def _ranges(claims: Sequence[Claimed]) -> Iterator[Clash]:
    """Each range that is stated, against the point outside it that most stories state."""
    told = [claim for claim in claims if claim.stance != "denied"]
    points: dict[Any, list[Claimed]] = {}
    for claim in told:
        if claim.point is not None:
            points.setdefault((claim.value, claim.period), []).append(claim)
    # By number of stories, then by the first name: whatever came first makes no difference.
    ranked = sorted(
        points.values(), key=lambda held: (-len({_story(c) for c in held}), held[0].uid, held[0].start_char)
    )
    seen: set[Any] = set()
    for claim in told:
        if not claim.is_range or claim.value in seen:
            continue
        seen.add(claim.value)
        for held in ranked:
            other = held[0]
            if other.value[:3] == claim.value[:3] and same_time(claim, other) and _outside(claim, other):
                yield Clash(
                    claim,
                    other,
                    f"{who(claim)} gives {spelled(claim)} as {about(claim)} (“{claim.quote}”); "
                    f"{spelled(other)} in {who(other)} (“{other.quote}”) lies outside of it.",
                )
                break


def _outside(claim: Claimed, other: Claimed) -> bool:
    point = other.point
    return (
        point is not None and claim.low is not None and claim.high is not None and not claim.low <= point <= claim.high
    )
