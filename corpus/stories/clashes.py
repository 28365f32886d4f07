"""Contradictions of one article with itself, and of its versions with each other."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from corpus.stories.claimed import Claimed, Clash, about, apart, by_chance, interval, same_time, spelled, trait_of, who
from corpus.stories.fingerprints import FIGURE, Trait
from corpus.stories.likeness import align

# "14 times" is said of anything that is nearer to 14 than this.
_ABOUT = 0.2
_DAYS_APART = 3
# Of figures that stand between the same neighbours, so many are held against each other.
_MOST_FACING = 3
Side = tuple[Sequence[Trait], Sequence[Claimed | None]]


# One article with itself


def within_article(claims: Sequence[Claimed], *, several: Container[str | None] = ()) -> list[Clash]:
    """The clashes among the claims of one article: a slip of scale, and a multiple that does not work out.

    ``several`` are the measures of which a subject may well have more than one at a time.
    """
    return [*_own_scales(claims, several), *_multiples(claims)]


def _own_scales(claims: Sequence[Claimed], several: Container[str | None]) -> Iterator[Clash]:
    def key(claim: Claimed) -> tuple[str, str]:
        return claim.measure or "", claim.subject or ""

    for (measure, subject), held in groupby(sorted(claims, key=lambda c: (*key(c), c.start_char)), key=key):
        if not measure or not subject:
            continue
        first: dict[str, list[Claimed]] = {}
        for claim in held:
            trait = trait_of(claim)
            if trait is None or claim.kind not in ("money", "count", "quantity"):
                continue
            if measure in several and by_chance(claim):
                continue
            before = first.setdefault(trait.form, [])
            other = next((one for one in before if apart(claim.value, one.value) and same_time(claim, one)), None)
            if other is not None:
                yield Clash(
                    claim,
                    other,
                    f"{who(claim)} gives {about(claim)} once as {spelled(other)} (“{other.quote}”) and once, "
                    f"with the same digits, as {spelled(claim)} (“{claim.quote}”).",
                )
            if all(one.value != claim.value for one in before):
                before.append(claim)


def _multiples(claims: Sequence[Claimed]) -> Iterator[Clash]:
    """An amount said to be so many times another, where the article states that other one differently."""
    for multiple in claims:
        times = multiple.low
        if multiple.kind != "multiple" or not times or times <= 1 or multiple.measure is None:
            continue
        amount = next(
            (
                claim
                for claim in reversed([c for c in claims if c.start_char < multiple.start_char])
                if claim.kind == "money" and claim.sentence == multiple.sentence and claim.measure != multiple.measure
            ),
            None,
        )
        bases = [
            claim
            for claim in claims
            if claim.kind == "money"
            and claim.point
            and claim.measure == multiple.measure
            and claim.subject == multiple.subject
            and same_time(claim, multiple)
            and amount is not None
            and claim.currency == amount.currency
        ]
        if amount is None or not bases:
            continue
        ends = [end for end in (amount.low, amount.high) if end]
        base = min(bases, key=lambda claim: min(abs(end / (claim.point or 1) / times - 1) for end in ends))
        ratios = [end / (base.point or 1) for end in ends]
        fits = any(abs(ratio / times - 1) <= _ABOUT for ratio in ratios)
        fits = fits or (len(ratios) == 2 and min(ratios) <= times <= max(ratios))
        fits = fits or (multiple.high is None and max(ratios) >= times * (1 - _ABOUT))
        if not fits:
            yield Clash(
                multiple,
                base,
                f"{who(multiple)} calls {spelled(amount)} {spelled(multiple)} the {about(multiple)} "
                f"(“{multiple.quote}”), but gives that as {spelled(base)} (“{base.quote}”), of which it is "
                f"{' to '.join(dict.fromkeys(f'{ratio:.3g}' for ratio in ratios))} times.",
            )


# Two versions of one article


def between_versions(one: Side, other: Side) -> list[Clash]:
    """The figures in which two versions of one article differ: of other scale, or others in the same place.

    A side is a trace, and the claims its traits stand for by their place.
    """
    pairs = align(one[0], other[0]).pairs
    clashes = []
    edges = [(-1, -1), *pairs, (len(one[0]), len(other[0]))]
    for before, after in pairwise(edges):
        gaps = [
            [
                claim
                for at in range(before[side] + 1, after[side])
                if (claim := _claim_at(one if side == 0 else other, at))
            ]
            for side in (0, 1)
        ]
        if len(gaps[0]) == len(gaps[1]) <= _MOST_FACING:
            # One figure between the same neighbours is the same one, whatever is known of it.
            alone = len(gaps[0]) == 1 and before[0] >= 0 and after in pairs
            facing = zip(*gaps, strict=True)
            clashes += [_disagree(a, b) for a, b in facing if _is_same(a, b, alone) and not _agree(a, b)]
        if after in pairs:
            a, b = _claim_at(one, after[0]), _claim_at(other, after[1])
            if a is not None and b is not None and apart(a.value, b.value):
                clashes.append(_disagree(a, b))
    return clashes


def _claim_at(side: Side, at: int) -> Claimed | None:
    trait = side[0][at]
    return side[1][trait.place] if trait.sort == FIGURE and 0 <= trait.place < len(side[1]) else None


def _is_same(one: Claimed, other: Claimed, alone: bool) -> bool:
    """True where two figures in one place are meant to be the same one."""
    if (one.kind, one.currency) != (other.kind, other.currency) or not same_time(one, other):
        return False
    if one.measure is None or other.measure is None:
        return alone
    return one.measure == other.measure and (one.subject == other.subject or None in (one.subject, other.subject))


def _agree(one: Claimed, other: Claimed) -> bool:
    """True where each end of one is that of the other, if rounded."""
    return all(
        a is None or b is None or _rounded(a, b) or _rounded(b, a)
        for a, b in ((one.low, other.low), (one.high, other.high))
    )


def _rounded(value: float, exact: float) -> bool:
    """True where a value is another one with fewer digits, or the same."""
    if not value:
        return value == exact
    # To two digits at least: five for five and a half is another figure.
    digits = max(2, len(Decimal(repr(abs(value))).normalize().as_tuple().digits))
    return abs(float(f"{exact:.{digits - 1}e}") / value - 1) < 1e-9


def _disagree(one: Claimed, other: Claimed) -> Clash:
    one, other = sorted((one, other), key=lambda claim: claim.uid)
    return Clash(
        one,
        other,
        f"Two versions of one article disagree: {spelled(one)} in {who(one)} (“{one.quote}”) stands where "
        f"{who(other)} has {spelled(other)} (“{other.quote}”).",
    )


def between_dates(one: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """A sentence where two versions state dates that are more than three days apart, else None."""
    spans = []
    for row in (one, other):
        if row["date_published"] is None or row["date_method"] == "sibling":
            return None
        span = interval(row["date_published"])
        if span is None:
            return None
        spans.append(span)
    days = max(spans[1][0] - spans[0][1], spans[0][0] - spans[1][1])
    if days <= _DAYS_APART:
        return None
    return f"Two versions of one article are dated {days} days apart: {who(one)} and {who(other)}."
