"""Addresses of the web → what stands there, asked for politely: one request a host at a time.

Kept on a short lead, since an address may come from anybody: http and https only, every hop of a
redirect checked (see ``addresses``), robots.txt respected, size, time and redirects limited.
"""

from __future__ import annotations

import io
import time
import zlib
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from corpus.model import CorpusError
from corpus.reading.archives import split_content_type
from corpus.reading.containers import MAX_DOCUMENT, megabytes

# Loaded by the first that is fetched: most runs read files only.
if TYPE_CHECKING:
    import httpcore
    import httpx
    from protego import Protego

AGENT = "chipfab-corpus"
_LONGEST = 2000
_ROBOTS_BYTES = 512 * 1024
_KINDS = (
    "text/", "application/xhtml+xml", "application/xml", "application/rss+xml", "application/atom+xml",
    "application/rdf+xml", "application/json", "application/feed+json", "application/ld+json", "application/x-ndjson",
    "application/jsonl", "application/gzip", "application/x-gzip", "application/warc", "application/octet-stream",
)  # fmt: skip
_AS = {
    "application/xhtml+xml": "text/html",
    "application/feed+json": "application/json",
    "application/ld+json": "application/json",
    "application/jsonl": "application/x-ndjson",
    "text/xml": "application/xml",
    "text/json": "application/json",
    "text/x-markdown": "text/markdown",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for one connection's silence and for a whole answer, bytes, hops, and the pause between requests."""

    silence: float = 15.0
    whole: float = 60.0
    size: int = MAX_DOCUMENT
    redirects: int = 5
    pause: float = 1.0
    longest_pause: float = 30.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stood at an address; ``final`` is where redirects led, ``reason`` why there is no body."""

    address: str
    final: str = ""
    status: int = 0
    content_type: str | None = None
    body: bytes = b""
    reason: str | None = None

    @property
    def media_type(self) -> str | None:
        """The media type as a reader knows it; None where the content must say."""
        kind, _ = split_content_type(self.content_type)
        if kind in ("", "application/octet-stream", "application/gzip", "application/x-gzip"):
            return None
        if kind.endswith("+xml") and kind not in _AS:
            return "application/xml"
        return _AS.get(kind, kind)

    @property
    def charset(self) -> str | None:
        """The encoding that the server names."""
        return split_content_type(self.content_type)[1]

    @classmethod
    def from_warc(cls, address: str, raw: bytes) -> Fetched:
        """What ``as_warc`` kept."""
        from warcio.archiveiterator import ArchiveIterator

        for record in ArchiveIterator(io.BytesIO(raw)):
            return cls(
                address=address,
                final=record.rec_headers.get_header("WARC-Target-URI") or address,
                status=int(record.http_headers.get_statuscode()),
                content_type=record.http_headers.get_header("Content-Type"),
                body=record.content_stream().read(),
            )
        return cls(address, reason="what was fetched is not readable any more")


def as_warc(fetched: Fetched) -> bytes:
    """An answer as a WARC record, the form in which archives keep them; it can be read without a network."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    buffer = io.BytesIO()
    headers = [("Content-Type", fetched.content_type)] if fetched.content_type is not None else []
    status = f"{fetched.status} {_phrase(fetched.status)}"
    record = WARCWriter(buffer, gzip=False).create_warc_record(
        fetched.final,
        "response",
        payload=io.BytesIO(fetched.body),
        http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"),
    )
    WARCWriter(buffer, gzip=False).write_record(record)
    return buffer.getvalue()


def is_address(text: str) -> bool:
    """Whether what was given is an address of the web rather than a path."""
    return text.casefold().startswith(("http://", "https://"))


def check_address(text: str) -> str:
    """The address in its usual form, without a fragment. Raises CorpusError where it cannot be asked for."""
    import httpx

    try:
        url = httpx.URL(text.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise CorpusError(f"{text}: this is no address ({error})") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise CorpusError(f"{text}: only http and https addresses can be read")
    if url.port is not None and not 0 < url.port < 65_536:
        raise CorpusError(f"{text}: this is no address (there is no port {url.port})")
    if url.userinfo:
        raise CorpusError(f"{url.copy_with(userinfo=b'')}: addresses with a name or password in them are not asked for")
    if len(str(url)) > _LONGEST:
        raise CorpusError(f"{str(url)[:100]}…: the address is longer than {_LONGEST} characters")
    return str(url)


class _Failed(Exception):
    """Why an address gave nothing, in words for a person."""


class _Forbidden(_Failed):
    """An address that is not to be asked at all."""


@dataclass(slots=True)
class Fetcher:
    """Asks the web, remembering for one run what each host's robots.txt says and when it was last asked."""

    allow_private: bool = False
    limits: Limits = field(default_factory=Limits)
    _robots: dict[str, Protego | str] = field(default_factory=dict)
    _asked: dict[str, float] = field(default_factory=dict)

    def fetch(self, address: str) -> Fetched:
        """What stands at an address. Never raises for what the other end does: ``reason`` says it."""
        address = check_address(address)
        try:
            fetched = self._followed(address, self.limits.size, robots=True)
            if not 200 <= fetched.status < 300:
                raise _Failed(f"the server answered {fetched.status} {_phrase(fetched.status)}".rstrip())
            kind = split_content_type(fetched.content_type)[0]
            if kind and not kind.startswith(_KINDS) and not kind.endswith("+xml"):
                raise _Failed(f"this is {kind}; only pages, texts, feeds, JSON and WARC files can be read")
            return fetched
        except _Failed as error:
            return Fetched(address, reason=str(error))

    def _followed(self, address: str, size: int, *, robots: bool) -> Fetched:
        asked = address
        for _ in range(self.limits.redirects + 1):
            if robots:
                self._ask_robots(asked)
            answer, onward = self._once(asked, size)
            if onward is None:
                return replace(answer, address=address)
            try:
                asked = check_address(urljoin(asked, onward))
            except (CorpusError, ValueError) as error:
                raise _Failed(f"it redirects to what cannot be asked for ({error})") from error
        raise _Failed(f"it redirects more than {self.limits.redirects} times")

    def _ask_robots(self, address: str) -> None:
        import httpx

        url = httpx.URL(address)
        home = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if home not in self._robots:
            self._robots[home] = self._robots_of(home)
        rules = self._robots[home]
        if isinstance(rules, str):
            raise _Failed(rules)
        if not rules.can_fetch(address, AGENT):
            raise _Failed("the site's robots.txt asks programs not to read this address")

    def _robots_of(self, home: str) -> Protego | str:
        from protego import Protego

        try:
            answer = self._followed(f"{home}/robots.txt", _ROBOTS_BYTES, robots=False)
        except _Forbidden:
            raise
        except _Failed as error:
            return f"the site's robots.txt could not be asked for: {error}"
        if answer.status >= 500:
            # So RFC 9309: a site that cannot say now what it allows, allows nothing now.
            return f"the site's robots.txt could not be read (the server answered {answer.status}); try again later"
        text = answer.body.decode("utf-8", "replace") if answer.status < 300 else ""
        return Protego.parse(text)

    def _once(self, address: str, size: int) -> tuple[Fetched, str | None]:
        """One request: the answer, and where it redirects to."""
        import httpcore
        import httpx

        from corpus.reading.addresses import CheckedNetwork, Refused, TooSlow

        url = httpx.URL(address)
        self._wait(url)
        network = CheckedNetwork(deadline=time.monotonic() + self.limits.whole, allow_private=self.allow_private)
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self.limits.silence)
        headers: dict[bytes | str, bytes | str] = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": f"{AGENT} (reads single articles for analysts)",
            "Accept": "text/html, application/xhtml+xml, application/xml;q=0.9, text/plain;q=0.9, */*;q=0.5",
            "Accept-Encoding": "gzip",
        }
        origin = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            with (
                httpcore.ConnectionPool(network_backend=network, max_connections=1, retries=0) as pool,
                pool.stream("GET", origin, headers=headers, extensions={"timeout": timeout}) as answer,
            ):
                stated = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
                if answer.status in (301, 302, 303, 307, 308) and "location" in stated:
                    return Fetched(address, address, answer.status), stated["location"]
                body = _body(answer, stated.get("content-encoding", ""), size)
                return Fetched(address, address, answer.status, stated.get("content-type"), body), None
        except Refused as error:
            raise _Forbidden(str(error)) from error
        except TooSlow as error:
            raise _Failed(str(error)) from error
        except httpcore.TimeoutException as error:
            raise _Failed(f"the server said nothing for {self.limits.silence:g} seconds") from error
        except httpcore.ConnectError as error:
            raise _Failed(f"no connection could be made ({error})") from error
        except (httpcore.ProtocolError, httpcore.NetworkError) as error:
            raise _Failed(f"the answer broke off or was malformed ({error})") from error
        except zlib.error as error:
            raise _Failed(f"the answer was packed wrongly ({error})") from error
        finally:
            self._asked[url.host] = time.monotonic()

    def _wait(self, url: httpx.URL) -> None:
        """Leave a host the pause it asks for, or ours, between two requests."""
        last = self._asked.get(url.host)
        if last is None:
            return
        rules = self._robots.get(f"{url.scheme}://{url.netloc.decode('ascii')}")
        wanted = None if rules is None or isinstance(rules, str) else rules.crawl_delay(AGENT)
        pause = min(max(self.limits.pause, float(wanted or 0.0)), self.limits.longest_pause)
        time.sleep(max(0.0, last + pause - time.monotonic()))


def _body(answer: httpcore.Response, packing: str, size: int) -> bytes:
    """The body, unpacked as it comes, so that neither an endless nor a swelling one fills the memory."""
    packing = packing.strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise _Failed(f"the answer is packed as {packing[:40]}, which was not asked for")
    unpacker = zlib.decompressobj(47) if packing not in ("", "identity") else None
    body = bytearray()
    for piece in answer.iter_stream():
        body += piece if unpacker is None else unpacker.decompress(piece, size + 1 - len(body))
        if len(body) > size:
            raise _Failed(f"the answer is larger than {megabytes(size)}; that is no article")
    if unpacker is not None and not unpacker.eof:
        raise _Failed("the answer broke off before its end")
    return bytes(body)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
