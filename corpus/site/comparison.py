"""The pages of comparison: a measure, and who cites whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus.site import queries
from corpus.site.agreement import Group, Subject, foremost, subjects
from corpus.site.charts import range_charts
from corpus.site.citing import NARROW, WIDE, Citing, article_before, citing, draw, measure_flags
from corpus.site.comparison_json import cited_by, compared
from corpus.site.format import Form
from corpus.site.pages import Page, View, base_context, described, place_of, public, size_of
from corpus.site.wording import measure_label, message
from corpus.topic import several_measures

# What a page shows at most: nobody reads more at once, and its weight does not grow with the corpus.
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
    after = place_of(view.request.args.get("next"))
    if view.as_json:
        return await _measure_json(view, slug, after)
    before = None if after is not None else place_of(view.request.args.get("previous"), "previous")
    if after is not None or before is not None:
        return await _further_claims(view, slug, after, before)
    claims, charted, flags, cited = await view.read(
        lambda connection: (
            queries.claims_after(connection, slug, None),
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


async def _measure_json(view: View, slug: str, after: tuple[str | None, int] | None) -> Page | None:
    """The claims of a measure for programs; what they come to stands on the first page."""
    asked = size_of(view.request.args.get("size"))
    most = asked or queries.CLAIMS_SHOWN

    def load(connection: Any) -> Any:
        charted = queries.newest_claims(connection, slug, queries.CHART_CLAIMS if after is None else 1)
        if not charted:
            return None
        claims = queries.claims_after(connection, slug, after, most)
        if after is not None:
            return claims, {}
        several = slug in several_measures()
        cited = citing(connection, slug)
        return claims, compared(subjects(charted, several=several), measure_flags(connection, slug), cited, most=asked)

    found = await view.read(load)
    if found is None:
        return None
    claims, come_to = found
    token = _token(claims[most - 1]) if len(claims) > most else None
    following = None if token is None else view.links.measure(slug, suffix=".json", after=token, size=asked)
    payload = {
        "measure": slug,
        "label": measure_label(slug),
        **come_to,
        "claims": [public(claim, view, claim["uid"]) for claim in claims[:most]],
        "next": token,
        "next_url": None if following is None else view.links.absolute(following),
    }
    return Page("measure.html", {}, payload)


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


async def citations_page(view: View, _: str) -> Page:
    """Who cites whom, drawn and as a table: echoes of one report apart from those that name nobody.

    It is told from the articles stored last; ``next`` goes on with those before them.
    """
    before = article_before(view.request.args.get("next"))
    most = size_of(view.request.args.get("size"))
    found: Citing = await view.read(lambda connection: citing(connection, before=before))
    links = view.links
    if view.as_json:
        following = None if found.next is None else links.citations(suffix=".json", next=found.next, size=most)
        paged = {"next": found.next, "next_url": None if following is None else links.absolute(following)}
        return Page("citations.html", {}, cited_by(found, most=most) | paged)
    context = base_context(
        view,
        citing=found,
        further=before is not None,
        articles=sum(report.articles for report in found.reports),
        next_url=None if found.next is None else links.citations(next=found.next),
        crumbs=[(message("base.citations"), None)],
        drawings=[draw(found, links, sheet=sheet) for sheet in (WIDE, NARROW)],
        json_url=links.citations(suffix=".json", next=view.request.args.get("next") or None),
    )
    return Page("citations.html", context, {})
