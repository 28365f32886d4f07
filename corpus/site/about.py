"""The page about the corpus: how it is read, whose the texts are, and which versions made it."""

from __future__ import annotations

import sqlite3
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from corpus.site.pages import Page, View, base_context
from corpus.site.queries import rows, tallied
from corpus.site.wording import message
from corpus.topic import load_topic


def _facts(connection: sqlite3.Connection) -> dict[str, Any]:
    last = rows(connection, "SELECT started, finished, version FROM runs ORDER BY id DESC LIMIT 1")
    of = tallied(connection, "articles", "figures", "language")
    return {
        "articles": of["articles"].get("", 0),
        "figures": of["figures"].get("", 0),
        "languages": len([code for code in of["language"] if code]),
        "last_run": last[0]["finished"] or last[0]["started"] if last else None,
        "rules_version": last[0]["version"] if last else None,
        "sqlite": sqlite3.sqlite_version,
    }


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:  # run from a checkout that was not installed
        return None


async def about_page(view: View, _: str) -> Page:
    """How figures, dates and sources are read, whose the texts are, and which versions made this."""
    facts = await view.read(_facts)
    facts |= {"program": _installed("chipfab-corpus"), "datasette": _installed("datasette")}
    described = view.datasette.metadata()
    context = base_context(
        view,
        facts=facts,
        source_line=described.get("source"),
        measures=[{"slug": measure.slug, "label": measure.label} for measure in load_topic().measures],
        crumbs=[(message("base.about"), None)],
        json_url=view.links.about(suffix=".json"),
    )
    payload = {
        "title": described.get("title"),
        "description": described.get("description"),
        "license": described.get("license"),
        "source": described.get("source"),
        **facts,
    }
    return Page("about.html", context, payload)
