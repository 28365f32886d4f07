"""The page of a story: its versions side by side, figure by figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpus.site import queries
from corpus.site.citing import story_flags, story_links
from corpus.site.pages import Page, View, article_row, base_context, described, public
from corpus.site.wording import message


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
        crumbs=[(message("base.articles"), view.links.search()), (row["headline"] or message("story.story"), None)],
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
