"""The pages of comparison: a measure, a story, and who cites whom."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.searching import QueryError
from corpus.site import queries
from corpus.site.agreement import Group, Subject, foremost, subjects
from corpus.site.charts import range_charts
from corpus.site.citing import NARROW, WIDE, Citing, Report, citing, draw, measure_flags, story_flags, story_links
from corpus.site.format import ENGLISH, Form
from corpus.site.pages import Page, View, article_row, base_context, described, public
from corpus.site.wording import measure_label
from corpus.topic import several_measures

# What a page shows at most: nobody reads more at once, and its weight does not grow with the corpus. The JSON has all.
SUBJECTS_SHOWN = 6
SUBJECTS_NAMED = 30
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
    after = _after(view.request.args.get("next"))
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
    token = f"{claims[-1]['date_published'] or ''}~{claims[-1]['id']}" if more else None
    label = measure_label(slug)
    by_subject = subjects(charted, several=slug in several_measures())
    if view.as_json:
        return Page("measure.html", {}, _measure_payload(view, slug, claims, token, by_subject, flags, cited))
    form = view.form
    context = base_context(
        view,
        slug=slug,
        label=label,
        crumbs=[("Measures", f"{view.links.home()}#measures"), (label, None)],
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


def _after(token: str | None) -> tuple[str | None, int] | None:
    if token is None or token == "":
        return None
    date, _, number = token.rpartition("~")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise QueryError("next", "next is the value that the page before this one gave")
    return date or None, int(number)


async def story_page(view: View, uid: str) -> Page | None:
    """The versions of one story side by side, figure by figure, with what each has alone."""

    def load(connection: Any) -> Any:
        row = queries.story(connection, uid)
        if row is None:
            return None
        return row, story_links(connection, row["id"]), story_flags(connection, row["id"])

    found = await view.read(load)
    if found is None:
        return None
    row, linked, flags = found
    if view.as_json:
        return Page("story.html", {}, _story_payload(view, row, linked, flags))
    versions = [
        version | {"figures": [described(figure, view.form) for figure in version["figures"]]}
        for version in row["versions"]
    ]
    disagreeing = {
        number
        for flag in flags
        if flag["kind"] == "versions_disagree"
        for number in (flag["figure_id"], flag["other_figure_id"])
    }
    grid = side_by_side(versions, disagreeing)
    context = base_context(
        view,
        story=row,
        crumbs=[("Articles", view.links.search()), (row["headline"] or "Story", None)],
        versions=versions,
        grid=grid,
        shared=sum(line["everywhere"] for line in grid),
        linked=linked,
        named={version["uid"]: version for version in versions},
        flags=flags,
        json_url=view.links.story(uid, suffix=".json"),
    )
    return Page("story.html", context, {})


def _story_payload(
    view: View, row: Mapping[str, Any], linked: Sequence[Mapping[str, Any]], flags: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    versions = [
        version | {"figures": [described(figure) for figure in version["figures"]]} for version in row["versions"]
    ]
    grid = side_by_side(versions)
    return {key: value for key, value in row.items() if key not in ("id", "versions")} | {
        "url": view.links.absolute(view.links.story(row["uid"])),
        "links": linked,
        "flags": [{"kind": flag["kind"], "message": flag["message"]} for flag in flags],
        "versions": [
            article_row(version, view)
            | {
                "figures": [public(figure, view, version["uid"]) for figure in version["figures"]],
                "alone": [line["reading"] for line in grid if line["only"] == number],
            }
            for number, version in enumerate(row["versions"])
        ],
    }


def side_by_side(
    versions: Sequence[Mapping[str, Any]], disagreeing: set[int | None] | None = None
) -> list[dict[str, Any]]:
    """One row for each value stated, in the order of the first version: the figures of each version that state it.

    ``only`` is the number of the version that has it alone, ``everywhere`` true where all have it.
    """
    table: dict[tuple[Any, ...], dict[str, Any]] = {}
    for number, version in enumerate(versions):
        for figure in version["figures"]:
            keys = ("kind", "low", "high", "currency", "magnitude", "magnitude_high")
            line = table.setdefault(
                tuple(figure[name] for name in keys),
                {
                    "reading": figure["reading"],
                    "kind": figure["kind"],
                    "figures": [[] for _ in versions],
                    "about": [],
                    "disagrees": False,
                },
            )
            line["figures"][number].append(figure)
            line["about"] = line["about"] or figure["about"]
            line["disagrees"] |= figure["id"] in (disagreeing or set())
    for line in table.values():
        holders = [number for number, figures in enumerate(line["figures"]) if figures]
        line["only"] = holders[0] if len(holders) == 1 and len(versions) > 1 else None
        line["everywhere"] = len(holders) == len(versions)
    return list(table.values())


async def citations_page(view: View, _: str) -> Page:
    """Who cites whom, drawn and as a table: echoes of one report apart from those that name nobody."""
    found: Citing = await view.read(citing)
    if view.as_json:
        return Page("citations.html", {}, _citing_payload(found))
    context = base_context(
        view,
        citing=found,
        crumbs=[("Who cites whom", None)],
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
