"""What a site for everybody does not show: paths of files, the server's own pages, and queries of one's own.

A site is public where the configuration of this plugin says so, as ``ingest.py --serve --public`` writes it.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from corpus.site.responses import failure, json_response
from corpus.site.wording import message

PLUGIN = "chipfab-corpus"
# Tables that name files of the machine the corpus was read on.
CLOSED_TABLES = frozenset({"documents"})
# Of the server's own pages, those that pages and programs need.
_OPEN = ("static/", "static-plugins/", "openapi.json")
_CLOSED_ACTIONS = frozenset({"execute-sql", "view-database-download", "debug-menu", "permissions-debug"})
# A filter by rows of another table would answer questions about a closed one.
_CLOSED_PARAMETERS = ("_through", "_where")
_NAMES_CLOSED = re.compile(rf"\b(?:{'|'.join(CLOSED_TABLES)})\b", re.IGNORECASE)


def is_public(datasette: Any) -> bool:
    """Whether the site is served to everybody."""
    return bool((datasette.plugin_config(PLUGIN) or {}).get("public"))


async def is_allowed(datasette: Any, action: str, resource: Any) -> bool | None:
    """Give False for what a public site keeps to itself, None where others decide."""
    if not is_public(datasette):
        return None
    if action in _CLOSED_ACTIONS:
        return False
    if action == "view-table" and resource[1] in CLOSED_TABLES:
        return False
    if action == "view-query":
        query = await datasette.get_canned_query(resource[0], resource[1], None)
        return False if query is None or _NAMES_CLOSED.search(query["sql"]) else None
    return None


def refusal(datasette: Any, path: str, query_string: str) -> Any | None:
    """Give the answer to an address that a public site does not have, None for all others.

    ``path`` is the path without the base address.
    """
    if not is_public(datasette):
        return None
    if path.startswith("/-/") and not path.removeprefix("/-/").startswith(_OPEN):
        return json_response(failure(404, message("wrong.nothing_here")), status=404)
    if any(name in _CLOSED_PARAMETERS for name, _ in parse_qsl(query_string, keep_blank_values=True)):
        return json_response(failure(403, message("wrong.filter_closed")), status=403)
    return None
