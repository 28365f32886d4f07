"""A site for everybody: no SQL of one's own, limits, and no path of a file anywhere a visitor can get to."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

import httpx
import pytest
import yaml
from click.testing import CliRunner
from datasette.app import Datasette
from site_data import build
from sqlite_utils import Database

import ingest
from corpus.serving import PUBLIC_SETTINGS, SETTINGS, command, metadata_for

METADATA = Path(__file__).parent.parent / "metadata.yml"
SECRET = "cellar-shelf"
FLAGS = {"allow_csv_stream", "allow_download", "allow_facet", "default_allow_sql", "suggest_facets", "trace_debug"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose documents have names nobody is to see, in a folder nobody is to know of."""
    path = build(tmp_path_factory.mktemp("hidden-folder") / "corpus.db")
    db = Database(path)
    with db.conn:
        db.execute("UPDATE documents SET root = ?, origin = ? || '/' || id || '.txt'", [SECRET, SECRET])
    db.close()
    return path


def site(path: Path, folder: Path, **more: Any) -> Datasette:
    """A public site, configured as ``ingest.py --serve --public`` does."""
    described = yaml.safe_load(metadata_for(path, METADATA, folder=folder, public=True).read_text("utf-8"))
    # A command line turns 0 and 1 of a switch into what it means.
    settings = {name: bool(value) if name in FLAGS else value for name, value in PUBLIC_SETTINGS.items()}
    return Datasette([str(path)], metadata=described, settings=settings | more)


@pytest.fixture(scope="module")
def public(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    return site(path, tmp_path_factory.mktemp("metadata"))


class Links(HTMLParser):
    """The addresses a page leads to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src", "action") and value]


@pytest.mark.asyncio
async def test_no_path_of_a_file_is_anywhere_a_visitor_gets_to(public: Datasette, path: Path) -> None:
    waiting, seen = ["/", "/corpus", "/corpus.json", "/index.json", "/-/openapi.json", "/corpus/rejected_documents"], {}
    waiting += ["/corpus/documents", "/corpus/documents.json", "/corpus/documents/1.json", "/quality", "/quality.json"]
    while waiting and len(seen) < 250:
        address = waiting.pop(0)
        if address in seen:
            continue
        response = await public.client.get(address)
        seen[address] = response.status_code
        assert SECRET not in response.text and str(path.parent) not in response.text, address
        assert response.status_code < 500, address
        for link in Links(response.text).found if "html" in response.headers.get("content-type", "") else ():
            there = urldefrag(str(httpx.URL(f"http://localhost{address}").join(link)))[0]
            if urlsplit(there).netloc == "localhost":
                waiting.append(there.removeprefix("http://localhost"))
    assert len(seen) > 100 and seen["/corpus/figures"] == 200


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/corpus?sql=select+1", 403),
        ("/corpus.json?sql=select+1", 403),
        ("/corpus/articles.json?_where=1", 403),
        ("/corpus/articles.json?_through=%7B%22table%22%3A%22documents%22%7D", 403),
        ("/corpus/articles.json?%5Fthrough=%7B%22table%22%3A%22documents%22%7D", 403),
        ("/corpus/articles.json?_facet=language", 400),
        ("/corpus/articles.csv?_stream=on", 400),
        ("/corpus/documents", 403),
        ("/corpus/documents/1", 403),
        ("/corpus/rejected_documents", 403),
        ("/corpus.db", 403),
        ("/_internal", 403),
        *((f"/-/{name}", 404) for name in (
            "databases", "databases.json", "threads.json", "plugins.json", "settings", "metadata.json", "versions.json",
            "permissions", "allow-debug", "messages", "actor.json", "patterns", "config.json")),
        ("/corpus/fundraising_over_time.json", 200),
        ("/corpus/claims", 200),
        ("/search", 200),
        ("/claims.csv", 200),
        ("/-/openapi.json", 200),
        ("/robots.txt", 200),
    ],
)  # fmt: skip
async def test_what_is_closed_and_what_stays_open(public: Datasette, address: str, status: int) -> None:
    response = await public.client.get(address)
    assert response.status_code == status, response.text[:300]
    if status != 200 and ".json" in address:
        assert response.json()["ok"] is False and response.json()["error"]


@pytest.mark.asyncio
async def test_at_home_everything_is_open(path: Path) -> None:
    served = Datasette([str(path)], metadata=yaml.safe_load(METADATA.read_text("utf-8")))
    for address in ("/corpus?sql=select+1", "/corpus/documents", "/-/databases.json", "/corpus/rejected_documents"):
        assert (await served.client.get(address)).status_code == 200
    assert SECRET in (await served.client.get("/corpus/documents.json")).text


@pytest.mark.asyncio
async def test_crawlers_are_asked_to_stay_away(path: Path) -> None:
    assert (await Datasette([str(path)]).client.get("/robots.txt")).text == "User-agent: *\nDisallow: /"


@pytest.mark.asyncio
async def test_under_another_path_and_behind_a_proxy(path: Path, tmp_path: Path) -> None:
    served = site(path, tmp_path, base_url="/news/")
    data = (await served.client.get("/article/en-one.json", headers={"host": "claims.example"})).json()
    assert data["url"] == "http://claims.example/news/article/en-one"
    assert (await served.client.get("/-/databases.json")).status_code == 404
    for link in Links((await served.client.get("/")).text).found:
        assert link.startswith(("/news/", "http://localhost/news/", "#", "https://datasette.io/")), link


def test_the_command_says_what_is_public() -> None:
    words = command(Path("x.db"), metadata=METADATA, host="::1", port=1, public=True, base_url="/n/")
    chosen = {name: value for name, value in pairwise(words) if name in PUBLIC_SETTINGS}
    assert chosen["default_allow_sql"] == "0" and chosen["allow_download"] == "0"
    assert words[words.index("base_url") + 1] == "/n/"
    assert all(PUBLIC_SETTINGS[name] <= value for name, value in SETTINGS.items() if name.endswith("_ms"))
    refused = CliRunner().invoke(ingest.main, ["--public"])
    assert refused.exit_code == 2 and re.search("needs --serve", refused.output)
