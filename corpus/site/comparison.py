"""The pages of comparison: a measure, and who cites whom."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.searching import QueryError
from corpus.site import queries
from corpus.site.agreement import Group, Subject, foremost, subjects
from corpus.site.charts import range_charts
from corpus.site.citing import NARROW, WIDE, Citing, Report, citing, draw, measure_flags
from corpus.site.format import ENGLISH, Form
from corpus.site.pages import Page, View, base_context, described, public
from corpus.site.wording import measure_label, message
from corpus.topic import several_measures

# What a page shows at most: nobody reads more at once, and its weight does not grow with the corpus. The JSON has all.
SUBJECTS_SHOWN = 5
SUBJECTS_NAMED = 12
GROUPS_OPEN = 10
GROUPS_SHOWN = 20
CONFLICT_NAMED = 5
DENIED_NAMED = 4
SAID = 8
WORDS_SHOWN = 6
FLAGS_SHOWN = 12
OUTLETS_SHOWN = 12


async def measure_page(view: View, slug: str) -> Page | None:
    """Every claim of one measure: the chart, who agrees with whom, what clashes, and each in time order."""
    after = _place(view, "next")
    before = None if view.as_json or after is not None else _place(view, "previous")
    if not view.as_json and (after is not None or before is not None):
        return await _further_claims(view, slug, after, before)
    claims, charted, flags, cited = await view.read(
        lambda connection: (
            queries.claims_after(connection, slug, after),
            queries.newest_claims(connection, slug),
            measure_flags(connection, slug),
            citing(connection, slug),
        )
    )
    if not charted:
        return None
    more = len(claims) > queries.CLAIMS_SHOWN
    claims = claims[: queries.CLAIMS_SHOWN]
    token = _token(claims[-1]) if more else None
    label = measure_label(slug)
    by_subject = subjects(charted, several=slug in several_measures())
    if view.as_json:
        return Page("measure.html", {}, _measure_payload(view, slug, claims, token, by_subject, flags, cited))
    form = view.form
    context = base_context(
        view,
        slug=slug,
        label=label,
        crumbs=[(message("base.measures"), f"{view.links.home()}#measures"), (label, None)],
        claims=[described(claim, form) for claim in claims],
        charts=range_charts(charted, view.links, slug=slug, title=label, form=form),
        charted=len(charted),
        chart_full=len(charted) == queries.CHART_CLAIMS,
        subjects=[_subject(one, form, first=one is by_subject[0]) for one in by_subject[:SUBJECTS_SHOWN]],
        further=[_further(one) for one in by_subject[SUBJECTS_SHOWN:][:SUBJECTS_NAMED]],
        further_left=max(0, len(by_subject) - SUBJECTS_SHOWN - SUBJECTS_NAMED),
        disagreed=[one.name for one in by_subject if one.conflicting],
        stories=len({claim["story_uid"] for claim in charted}),
        spoken=sorted({claim["language"] for claim in charted if claim["language"]}),
        flags=flags[:FLAGS_SHOWN],
        flags_more=len(flags) > FLAGS_SHOWN,
        citing=cited,
        drawings=[draw(cited, view.links, sheet=sheet, most=OUTLETS_SHOWN) for sheet in (WIDE, NARROW)],
        outlets_shown=OUTLETS_SHOWN,
        next_url=None if token is None else view.links.measure(slug, after=token),
        json_url=view.links.measure(slug, suffix=".json"),
    )
    return Page("measure.html", context, {})


async def _further_claims(
    view: View, slug: str, after: tuple[str | None, int] | None, before: tuple[str | None, int] | None
) -> Page | None:
    """A page of claims behind the first: the claims alone, since what they come to stands on the first."""

    def load(connection: Any) -> Any:
        if not queries.newest_claims(connection, slug, 1):
            return None
        if before is not None:
            return queries.claims_before(connection, slug, before)
        return queries.claims_after(connection, slug, after)

    found = await view.read(load)
    if found is None:
        return None
    more, most = len(found) > queries.CLAIMS_SHOWN, queries.CLAIMS_SHOWN
    claims = found[:most] if before is None else found[-most:]
    # Where one came from is there in any case.
    back = None if not claims or (before is not None and not more) else _token(claims[0])
    on = None if not claims or (before is None and not more) else _token(claims[-1])
    label = measure_label(slug)
    context = base_context(
        view,
        slug=slug,
        label=label,
        crumbs=[
            (message("base.measures"), f"{view.links.home()}#measures"),
            (label, view.links.measure(slug)),
            (message("measure.claims"), None),
        ],
        claims=[described(claim, view.form) for claim in claims],
        previous_url=None if back is None else view.links.measure(slug, before=back),
        next_url=None if on is None else view.links.measure(slug, after=on),
        json_url=view.links.measure(slug, suffix=".json", after=view.request.args.get("next") or None),
    )
    return Page("claims.html", context, {})


def _token(claim: Mapping[str, Any]) -> str:
    """Where a page ends or begins: the date and the figure."""
    return f"{claim['date_published'] or ''}~{claim['id']}"


def _measure_payload(
    view: View,
    slug: str,
    claims: Sequence[Mapping[str, Any]],
    token: str | None,
    by_subject: Sequence[Subject],
    flags: Sequence[Mapping[str, Any]],
    cited: Citing,
) -> dict[str, Any]:
    following = None if token is None else view.links.measure(slug, suffix=".json", after=token)
    return {
        "measure": slug,
        "label": measure_label(slug),
        "subjects": [_subject_payload(one) for one in by_subject],
        "flags": [{"kind": flag["kind"], "message": flag["message"]} for flag in flags],
        "rests_on": _citing_payload(cited),
        "claims": [public(claim, view, claim["uid"]) for claim in claims],
        "next": token,
        "next_url": None if following is None else view.links.absolute(following),
    }


def _subject(subject: Subject, form: Form, *, first: bool) -> dict[str, Any]:
    """A subject as the page shows it: as many groups as a reader takes in, of the first subject more than of others."""
    opened, most, said = (GROUPS_OPEN, GROUPS_SHOWN, SAID) if first else (4, 6, 3)
    groups = foremost(subject.groups, most)
    conflict = foremost(subject.conflicting, CONFLICT_NAMED)
    denied = subject.denied
    return {
        "name": subject.name,
        "groups": [_group(group, form, said) for group in groups[:opened]],
        "folded": [_group(group, form, said) for group in groups[opened:]],
        "more": len(subject.groups) - len(groups),
        "conflict": [_brief(group, form) for group in conflict],
        "conflict_more": len(subject.conflicting) - len(conflict),
        "denied": [_denial(group, form) for group in denied[:DENIED_NAMED]],
        "denied_more": max(0, len(denied) - DENIED_NAMED),
        "times": None if subject.times is None else _times(subject.times, form),
    }


def _further(subject: Subject) -> dict[str, Any]:
    claims = sum(len(group.claims) + len(group.denied) for group in subject.groups)
    return {"name": subject.name, "claims": claims, "amounts": len(subject.groups)}


def _times(value: float, form: Form) -> str:
    """A factor as people say it: 1.07, 2.5, 500."""
    return form.plain(round(value, 2 if value < 2 else 1 if value < 10 else 0))


def _brief(group: Group, form: Form) -> dict[str, Any]:
    """A group in a sentence: the amount, since when, on whose word."""
    return {"short": form.short(group.figure), "first": group.first, "words": [name for name, _ in group.words if name]}


def _denial(group: Group, form: Form) -> dict[str, Any]:
    claim = group.denied[0]
    return {"claim": claim, "short": form.short(claim)}


def _group(group: Group, form: Form, said: int) -> dict[str, Any]:
    figure = group.figure
    return {
        "short": form.short(figure),
        "reading": form.reading(figure),
        "kind": group.unit[0],
        "claims": group.claims[:said],
        "claims_more": max(0, len(group.claims) - said),
        "stated": bool(group.claims),
        "denied": group.denied[:DENIED_NAMED],
        "articles": group.articles,
        "stories": group.stories,
        "languages": group.languages,
        "first": group.first,
        "last": group.last,
        "words": group.words[:WORDS_SHOWN],
        "words_more": max(0, len(group.words) - WORDS_SHOWN),
    }


def _subject_payload(subject: Subject) -> dict[str, Any]:
    return {
        "subject": subject.name,
        "times_apart": subject.times,
        "groups": [
            {
                "reading": ENGLISH.reading(group.figure),
                "low": group.low,
                "high": group.high,
                "unit": group.unit[1],
                "kind": group.unit[0],
                "claims": [claim["id"] for claim in group.claims],
                "denied": [claim["id"] for claim in group.denied],
                "articles": group.articles,
                "stories": group.stories,
                "languages": group.languages,
                "first_published": group.first,
                "last_published": group.last,
                "attributed_to": [{"name": name, "stories": count} for name, count in group.words],
            }
            for group in subject.groups
        ],
    }


def _place(view: View, name: str) -> tuple[str | None, int] | None:
    """The date and the figure that a page is asked to go on from; raises QueryError for anything else."""
    token = view.request.args.get(name)
    if token is None or token == "":
        return None
    date, _, number = token.rpartition("~")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise QueryError(name, message("wrong.place", name=name))
    return date or None, int(number)


async def citations_page(view: View, _: str) -> Page:
    """Who cites whom, drawn and as a table: echoes of one report apart from those that name nobody."""
    found: Citing = await view.read(citing)
    if view.as_json:
        return Page("citations.html", {}, _citing_payload(found))
    context = base_context(
        view,
        citing=found,
        crumbs=[(message("base.citations"), None)],
        drawings=[draw(found, view.links, sheet=sheet) for sheet in (WIDE, NARROW)],
        json_url=view.links.citations(suffix=".json"),
    )
    return Page("citations.html", context, {})


def _citing_payload(found: Citing) -> dict[str, Any]:
    def told(report: Report) -> dict[str, Any]:
        return dataclasses.asdict(report)

    return {
        "independent": [told(report) for report in found.independent],
        "origins": [
            {
                "slug": origin.slug,
                "name": origin.name,
                "echoes_of_it_alone": origin.alone,
                "reports": [told(report) for report in origin.reports],
            }
            for origin in found.origins
        ],
    }
