"""Addresses: what is asked for, what is refused, and what a hostile server can do; only this machine is asked."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlite_utils import Database

from corpus.ingesting import Line, ingest, standard_line
from corpus.model import CorpusError
from corpus.reading import addresses, read, read_address, restore
from corpus.reading.addresses import is_public
from corpus.reading.fetching import Fetched, Fetcher, Limits, as_warc, check_address, is_address

PAGE = (
    "<html><head><title>Chips</title></head><body><h1>Chips</h1>"
    "<p>Der Plan kostet 5 Milliarden Dollar, größer als gedacht.</p></body></html>"
)
FEED = (
    "<rss version='2.0'><channel><title>Blatt</title><link>/</link>"
    "<item><title>Eins</title><link>/1</link><description>Der erste Text, lang genug.</description></item>"
    "<item><title>Zwei</title><link>/2</link><description>Der zweite Text, lang genug.</description></item>"
    "</channel></rss>"
)

Answer = tuple[int, dict[str, str], bytes]


class Site:
    """A web server on this machine: answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer | Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                page = site.pages.get(self.path, (404, {}, b""))
                if not isinstance(page, tuple):
                    page(self)
                    return
                status, headers, body = page
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.home = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def page(self, path: str, body: bytes | str = PAGE, status: int = 200, **headers: str) -> str:
        body = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, {"Content-Type": "text/html; charset=utf-8"} | named, body)
        return self.home + path


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def quick(**limits: float) -> Fetcher:
    values = {"silence": 0.5, "whole": 1.0, "pause": 0.0} | limits
    return Fetcher(allow_private=True, limits=Limits(**values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        *[
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.1",
            "127.1.2.3",
            "0.0.0.0",
            "100.64.0.1",
            "169.254.169.254",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2002:a00:1::",
            "nonsense",
        ]
    ],
)
def test_what_is_not_the_open_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_what_is_the_open_internet(address: str) -> None:
    assert is_public(address) == (address != "")


@pytest.mark.parametrize(
    ("given", "usual"),
    [
        ("HTTP://Example.ORG:80/a b#top", "http://example.org/a%20b"),
        ("https://bücher.example/ä?q=ü", "https://xn--bcher-kva.example/%C3%A4?q=%C3%BC"),
        ("http://example.org", "http://example.org"),
    ],
)
def test_addresses_have_one_form(given: str, usual: str) -> None:
    assert is_address(given)
    assert check_address(given).rstrip("/") == usual


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://", "only http"),
        ("ftp://example.org/", "only http"),
        ("http://user:secret@example.org/", "password"),
        ("http://[::1", "no address"),
        ("http://example.org:99999/", "no address"),
        ("http://example.org/" + "a" * 3000, "longer than"),
    ],
)
def test_addresses_that_are_not_asked_for(address: str, words: str) -> None:
    with pytest.raises(CorpusError, match=words) as raised:
        check_address(address)
    assert "secret" not in str(raised.value)


def test_a_page_comes_as_a_document_and_can_be_read_again_without_the_site(site: Site) -> None:
    address = site.page("/a", PAGE.encode("cp1252"), Content_Type="text/html; charset=ISO-8859-1")
    (document,) = read_address(address, quick())
    assert document.reason is None
    assert (document.root, document.origin, document.media_type) == ("web", address, "text/html")
    assert document.text == PAGE
    assert document.encoding == "cp1252"
    assert document.given.url == address
    again = restore("web", address, 0, document.raw)
    assert again is not None
    assert (again.text, again.given, again.encoding, again.content_hash) == (
        document.text,
        document.given,
        document.encoding,
        document.content_hash,
    )
    assert site.asked == ["/robots.txt", "/a"]


def test_a_feed_is_one_document_an_entry(site: Site) -> None:
    address = site.page("/feed", FEED, Content_Type="application/rss+xml")
    one, two = read_address(address, quick())
    assert [d.given.url for d in (one, two)] == [f"{site.home}/1", f"{site.home}/2"]
    assert two.part == 1
    again = restore("web", address, 1, two.raw)
    assert again is not None
    assert (again.text, again.given, again.part) == (two.text, two.given, 1)


def test_redirects_are_followed_and_the_last_address_is_given(site: Site) -> None:
    site.page("/b")
    site.page("/a", b"", 302, Location="/b")
    (document,) = read_address(f"{site.home}/a", quick())
    assert (document.origin, document.given.url) == (f"{site.home}/a", f"{site.home}/b")


def test_a_packed_answer_is_unpacked(site: Site) -> None:
    address = site.page("/a", gzip.compress(PAGE.encode()), Content_Encoding="gzip")
    (document,) = read_address(address, quick())
    assert document.text == PAGE


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    try:
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.1)
    except OSError:
        pass


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            handler.wfile.write(f"X-{number}: y\r\n".encode())
            time.sleep(0.1)
    except OSError:
        pass


def hang(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    try:
        while True:
            handler.wfile.write(b"<p>more</p>" * 10_000)
    except OSError:
        pass


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"\x00\x01 what is this\r\n\r\n")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ((404, {}, b""), "404 Not Found"),
        ((503, {}, b""), "503 Service Unavailable"),
        ((999, {}, b""), "answered 999"),
        ((200, {"Content-Type": "image/png"}, b"\x89PNG"), "this is image/png"),
        ((200, {"Content-Length": "5000"}, b"short"), "broke off"),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip at all"), "packed wrongly"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 9000)[:-20]), "broke off"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 40_000_000)), "larger than 20 MB"),
        ((200, {"Content-Encoding": "br"}, b"x"), "packed as br"),
        ((200, {}, b""), "empty"),
        ((302, {"Location": "/page"}, b""), "redirects more than 5 times"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "redirects to what cannot be asked for"),
        ((302, {"Location": "http://u:p@127.0.0.1/"}, b""), "redirects to what cannot be asked for"),
        (hang, "said nothing for 0.5 seconds"),
        (drip, "in time"),
        (drip_headers, "in time"),
        (endless, "larger than 20 MB"),
        (nonsense, "malformed"),
    ],
)
def test_what_goes_wrong_is_one_rejection_with_a_reason(
    site: Site, page: Answer | Callable[[BaseHTTPRequestHandler], None], words: str
) -> None:
    site.pages["/page"] = page
    begun = time.monotonic()
    (document,) = read_address(f"{site.home}/page", quick(whole=2.0 if page is endless else 1.0))
    assert document.text is None
    assert words in (document.reason or "")
    assert time.monotonic() - begun < 4


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (document,) = read_address(f"http://127.0.0.1:{port}/", quick())
    assert "no connection could be made" in (document.reason or "")


def test_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "not known" in (Fetcher().fetch("http://nowhere.example/").reason or "")


def test_a_name_server_that_hangs_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3) or [])
    assert "looked up in time" in (quick().fetch("http://slow.example/").reason or "")


# Where it must not lead


@pytest.mark.parametrize("path", ["/", "/a"])
def test_this_machine_is_not_asked_unless_it_is_allowed(site: Site, path: str) -> None:
    site.page(path)
    assert (Fetcher().fetch(site.home + path).reason or "").startswith("127.0.0.1 leads to 127.0.0.1, which is not an")
    assert site.asked == []


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0"])
def test_other_names_of_this_machine_are_not_asked(site: Site, host: str) -> None:
    port = site.server.server_address[1]
    assert Fetcher(limits=Limits(pause=0)).fetch(f"http://{host}:{port}/").reason is not None
    assert site.asked == []


def test_a_name_that_changes_its_address_gains_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was checked is the one connected to: a second look-up would have given another."""
    real = socket.getaddrinfo
    answers = ["127.0.0.1", "10.9.9.9"]

    def rebinding(host: str, port: int, *rest: object, **more: object) -> object:
        return real(answers.pop(0) if host == "trap.example" else host, port, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    site.page("/a")
    port = site.server.server_address[1]
    fetcher = Fetcher(limits=Limits(pause=0, silence=0.5, whole=1))
    # The first look-up is for robots.txt, the second, for the page, leads into a private network.
    assert "10.9.9.9" in (fetcher.fetch(f"http://trap.example:{port}/a").reason or "")
    assert site.asked == ["/robots.txt"]


def test_a_redirect_into_a_private_network_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    site.page("/a", b"", 302, Location="http://10.1.2.3/secret")
    fetcher = Fetcher(limits=Limits(pause=0, silence=0.5, whole=1))
    assert "10.1.2.3" in (fetcher.fetch(f"{site.home}/a").reason or "")


# Manners


def test_robots_are_asked_once_and_respected(site: Site) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /private/*.html$\n", Content_Type="text/plain")
    site.page("/private/a.html")
    site.page("/public.html")
    fetcher = quick()
    assert "robots.txt asks programs not to" in (fetcher.fetch(f"{site.home}/private/a.html").reason or "")
    assert fetcher.fetch(f"{site.home}/public.html").reason is None
    assert site.asked == ["/robots.txt", "/public.html"]


def test_robots_count_at_every_hop(site: Site) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /b\n", Content_Type="text/plain")
    site.page("/a", b"", 301, Location="/b")
    site.page("/b")
    assert "robots.txt" in (quick().fetch(f"{site.home}/a").reason or "")
    assert "/b" not in site.asked


def test_a_site_whose_robots_cannot_be_read_is_left_alone(site: Site) -> None:
    site.page("/robots.txt", b"", 500)
    site.page("/a")
    assert "robots.txt could not be read" in (quick().fetch(f"{site.home}/a").reason or "")
    assert site.asked == ["/robots.txt"]


def test_a_host_is_left_a_pause(site: Site) -> None:
    site.page("/robots.txt", "User-agent: *\nCrawl-delay: 0.3\n", Content_Type="text/plain")
    site.page("/a")
    fetcher = quick()
    fetcher.fetch(f"{site.home}/a")
    begun = time.monotonic()
    fetcher.fetch(f"{site.home}/a")
    assert time.monotonic() - begun >= 0.29


def test_an_answer_is_kept_as_archives_keep_it() -> None:
    fetched = Fetched(
        "http://a.example/1", "http://a.example/2", 200, "text/html; charset=koi8-r", b"<p>\xd7</p>\r\n\r\n"
    )
    assert Fetched.from_warc("http://a.example/1", as_warc(fetched)) == fetched


# Runs


def ingested(site: Site, database: Path, line: Line, *paths: str) -> tuple[int, ...]:
    report = ingest(paths, database=database, default=database.parent, line=line, fetcher=quick())
    kinds = (report.new, report.changed, report.unchanged, report.duplicate, report.rejected, report.gone)
    return tuple(tally.count for tally in kinds)


def rows(database: Path) -> dict[str, list[dict[str, object]]]:
    return {name: list(Database(database).table(name).rows) for name in ("articles", "documents")}


def test_an_address_again_changes_nothing_and_an_error_keeps_what_was_there(
    site: Site, tmp_path: Path, line: Line
) -> None:
    database = tmp_path / "corpus.db"
    address = site.page("/a", "Chips\n\nDer Plan kostet 5 Milliarden.", Content_Type="text/plain")
    assert ingested(site, database, line, address) == (1, 0, 0, 0, 0, 0)
    before = rows(database)
    assert ingested(site, database, line, f"{address}#top") == (0, 0, 1, 0, 0, 0)
    assert rows(database)["articles"] == before["articles"]
    site.page("/a", "Chips\n\nDer Plan kostet jetzt 6 Milliarden.", Content_Type="text/plain")
    assert ingested(site, database, line, address) == (0, 1, 0, 0, 0, 0)
    site.pages.clear()
    assert ingested(site, database, line, address) == (0, 0, 0, 0, 1, 0)
    (document,) = rows(database)["documents"]
    assert document["raw"] is not None
    assert len(rows(database)["articles"]) == 1


def test_new_rules_need_no_network(site: Site, tmp_path: Path, line: Line) -> None:
    database = tmp_path / "corpus.db"
    empty = tmp_path / "empty"
    empty.mkdir()
    address = site.page("/feed", FEED, Content_Type="application/rss+xml")
    assert ingested(site, database, line, str(empty), address) == (2, 0, 0, 0, 0, 0)
    asked = len(site.asked)
    newer = Line(lambda document: _newer(line, document), "2")
    assert ingested(site, database, newer) == (0, 2, 0, 0, 0, 0)
    assert ingested(site, database, newer) == (0, 0, 0, 0, 0, 0)
    assert len(site.asked) == asked


def _newer(line: Line, document: object) -> object:
    from dataclasses import replace

    return replace(line.process(document), version="2")  # type: ignore[arg-type, type-var]


def test_a_feed_that_moves_on_keeps_its_articles(site: Site, tmp_path: Path) -> None:
    line = standard_line()
    database = tmp_path / "corpus.db"
    address = site.page("/feed", FEED, Content_Type="application/rss+xml")
    ingested(site, database, line, address)
    uids = {row["headline"]: row["uid"] for row in rows(database)["articles"]}
    newest = "<item><title>Null</title><link>/0</link><description>Der neueste Text.</description></item>"
    moved = FEED.replace("<item>", newest + "<item>", 1).replace("Der erste Text", "Der geänderte Text")
    site.page("/feed", moved, Content_Type="application/rss+xml")
    assert ingested(site, database, line, address) == (1, 1, 1, 0, 0, 0)
    after = {row["headline"]: row["uid"] for row in rows(database)["articles"]}
    assert {name: after[name] for name in uids} == uids
    assert [row["part"] for row in rows(database)["documents"]] == [1, 2, 0]


def test_reading_addresses_and_files_together(site: Site, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ein Text.")
    documents = list(read([tmp_path, site.page("/a")], fetcher=quick()))
    assert [document.root for document in documents] == [tmp_path.name, "web"]
