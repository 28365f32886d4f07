"""The pages of comparison for programs: as much of each list as is asked for, and how much there is."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.site.agreement import Group, Subject
from corpus.site.citing import Citing, Origin, Report
from corpus.site.format import ENGLISH

# So many of each list where no number is asked for: an answer stays small at any size of the corpus.
GIVEN = 10


def compared(
    by_subject: Sequence[Subject], flags: Sequence[Mapping[str, Any]], cited: Citing, *, most: int | None
) -> dict[str, Any]:
    """Give what the claims of a measure come to: subjects with their amounts, clashes, and what reports rest on."""
    return {
        "subjects": [_subject(one, most or GIVEN) for one in by_subject[: most or GIVEN]],
        "subjects_total": len(by_subject),
        "flags": [{"kind": flag["kind"], "message": flag["message"]} for flag in flags],
        "rests_on": cited_by(cited, most=most),
    }


def _subject(subject: Subject, most: int) -> dict[str, Any]:
    return {
        "subject": subject.name,
        "times_apart": subject.times,
        "groups": [_group(group) for group in subject.groups[:most]],
        "groups_total": len(subject.groups),
    }


def _group(group: Group) -> dict[str, Any]:
    return {
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


def cited_by(found: Citing, *, most: int | None) -> dict[str, Any]:
    """Give the reports that name nobody, and the outlets that others rest on, most echoed first."""
    most = most or GIVEN
    return {
        "articles": sum(report.articles for report in found.reports),
        "independent": [_report(report) for report in found.independent[:most]],
        "independent_total": len(found.independent),
        "origins": [_origin(origin, most) for origin in found.origins[:most]],
        "origins_total": len(found.origins),
    }


def _origin(origin: Origin, most: int) -> dict[str, Any]:
    return {
        "slug": origin.slug,
        "name": origin.name,
        "echoes_of_it_alone": origin.alone,
        "reports": [_report(report) for report in origin.reports[:most]],
        "reports_total": len(origin.reports),
    }


def _report(report: Report) -> dict[str, Any]:
    return dataclasses.asdict(report)
