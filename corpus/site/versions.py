"""The page of a story: its versions side by side, figure by figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus.site import queries
from corpus.site.citing import story_flags, story_links
from corpus.site.format import ENGLISH
from corpus.site.pages import Page, View, article_row, base_context, described, place_of, public, size_of
from corpus.site.wording import message

# Rows of the table; versions, and figures of each, in the JSON where no other number is asked for.
VALUES_SHOWN = 40
VERSIONS_GIVEN = 4
FIGURES_GIVEN = 20


async def story_page(view: View, uid: str) -> Page | None:
    """The versions of one story side by side, figure by figure, with what each has alone."""
    after = place_of(view.request.args.get("next"))
    size = size_of(view.request.args.get("size")) if view.as_json else None
    most = size or (VERSIONS_GIVEN if view.as_json else queries.VERSIONS_SHOWN)

    def load(connection: Any) -> Any:
        row = queries.story(connection, uid, after=after, most=most)
        if row is None:
            return None
        return row, story_links(connection, row["id"]), story_flags(connection, row["id"])

    found = await view.read(load)
    if found is None:
        return None
    row, linked, flags = found
    shown = row["versions"][:most]
    token = f"{shown[-1]['date_published'] or ''}~{shown[-1]['id']}" if len(row["versions"]) > most else None
    if view.as_json:
        return Page("story.html", {}, _story_payload(view, row, shown, linked, flags, token, size))
    versions = [
        version | {"figures": [described(figure, view.form) for figure in version["figures"]]} for version in shown
    ]
    disagreeing = {
        number
        for flag in flags
        if flag["kind"] == "versions_disagree"
        for number in (flag["figure_id"], flag["other_figure_id"])
    }
    grid = side_by_side(versions, row["values"], disagreeing)
    named = {version["uid"]: version for version in versions}
    context = base_context(
        view,
        story=row,
        crumbs=[(message("base.articles"), view.links.search()), (row["headline"] or message("story.story"), None)],
        versions=versions,
        total=row["versions_total"],
        grid=grid[:VALUES_SHOWN],
        grid_more=max(0, len(grid) - VALUES_SHOWN),
        shared=sum(holders == row["versions_total"] for holders in row["values"].values()),
        values=len(row["values"]),
        linked=[link for link in linked if link["one"] in named and link["other"] in named],
        named=named,
        flags=flags,
        next_url=None if token is None else view.links.story(uid, after=token),
        json_url=view.links.story(uid, suffix=".json", after=view.request.args.get("next") or None),
    )
    return Page("story.html", context, {})


def _story_payload(
    view: View,
    row: Mapping[str, Any],
    shown: Sequence[Mapping[str, Any]],
    linked: Sequence[Mapping[str, Any]],
    flags: Sequence[Mapping[str, Any]],
    token: str | None,
    size: int | None,
) -> dict[str, Any]:
    links = view.links
    following = None if token is None else links.story(row["uid"], suffix=".json", after=token, size=size)
    return {key: value for key, value in row.items() if key not in ("id", "versions", "values")} | {
        "url": links.absolute(links.story(row["uid"])),
        "links": linked,
        "flags": [{"kind": flag["kind"], "message": flag["message"]} for flag in flags],
        "versions": [_version(view, version, row, size) for version in shown],
        "next": token,
        "next_url": None if following is None else links.absolute(following),
    }


def _version(view: View, version: Mapping[str, Any], row: Mapping[str, Any], size: int | None) -> dict[str, Any]:
    figures, most = version["figures"], size or FIGURES_GIVEN
    several = row["versions_total"] > 1
    alone = [ENGLISH.reading(one) for one in figures if several and row["values"][queries.value_of(one)] == 1]
    return article_row({key: value for key, value in version.items() if key != "id"}, view) | {
        "figures": [public(figure, view, version["uid"]) for figure in figures[:most]],
        "figures_total": len(figures),
        "alone": list(dict.fromkeys(alone)),
    }


def side_by_side(
    versions: Sequence[Mapping[str, Any]], values: Mapping[tuple[Any, ...], int], disagreeing: set[int | None]
) -> list[dict[str, Any]]:
    """One row for each value stated, in the order of the first version: the figures of each version that state it.

    ``values`` says how many versions of all state a value; ``only`` is the number of the version that has it alone.
    """
    table: dict[tuple[Any, ...], dict[str, Any]] = {}
    for number, version in enumerate(versions):
        for figure in version["figures"]:
            value = queries.value_of(figure)
            line = table.setdefault(
                value,
                {
                    "reading": figure["reading"],
                    "kind": figure["kind"],
                    "figures": [[] for _ in versions],
                    "about": [],
                    "disagrees": False,
                    "only": number if values.get(value) == 1 and len(versions) > 1 else None,
                },
            )
            line["figures"][number].append(figure)
            line["about"] = line["about"] or figure["about"]
            line["disagrees"] |= figure["id"] in disagreeing
    return list(table.values())
