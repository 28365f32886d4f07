"""Pages as archives and browsers keep them: WARC files, MHTML, and the notes of saved pages."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any, BinaryIO

from corpus.model import Given
from corpus.reading.containers import MAX_DOCUMENT, Part, Unreadable, megabytes
from corpus.reading.declared import decode_page

_SAVED = (
    # Internet Explorer, Chrome and Edge: <!-- saved from url=(0036)https://example.com/a -->
    re.compile(r"<!--\s{0,9}saved from url=\(\d{4}\)(https?://[^\s<>]{1,2000})", re.IGNORECASE),
    # SingleFile: "url: https://example.com/a", a line of a comment.
    re.compile(r"<!--\s{0,9}Page saved with SingleFile\s{1,9}url:\s{0,9}(https?://[^\s<>]{1,2000})", re.IGNORECASE),
)
_TEXTS = {"text/html": "text/html", "application/xhtml+xml": "text/html", "text/plain": "text/plain"}


def saved_address(html: str) -> str | None:
    """The address a browser noted in a page that it saved."""
    for pattern in _SAVED:
        found = pattern.search(html[:5000])
        if found is not None:
            return found[1].rstrip("-")
    return None


def read_warc(stream: BinaryIO) -> Iterator[Part]:
    """The pages and texts of a WARC file: responses that succeeded, and resources.

    Raises Unreadable where the file ends early or is no WARC; what stood before it was given.
    """
    # Loaded by the first archive there is.
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    read = 0
    try:
        # The stream is unpacked already, and a record that cannot be parsed ends the reading.
        for record in ArchiveIterator(stream, arc2warc=False, check_digests=False):
            read += 1
            part = _record(record)
            if _is_cut_off(record):
                raise Unreadable(f"the WARC file is cut off in its record {read}")
            if part is not None:
                yield part
    except ArchiveLoadFailed as error:
        raise Unreadable(f"record {read + 1} of the WARC file cannot be read ({_first_line(error)})") from error
    except (ValueError, UnicodeError, AttributeError, IndexError) as error:
        raise Unreadable(f"record {read + 1} of the WARC file is malformed ({_first_line(error)})") from error


def _is_cut_off(record: Any) -> bool:
    """Whether the file ended before the record did, or within its headers; reads what is left of it."""
    if record.rec_headers.get_header("Content-Length") is None:
        return True
    while record.raw_stream.read(65536):
        pass
    return getattr(record.raw_stream, "limit", 0) > 0


def _record(record: Any) -> Part | None:
    if record.rec_type not in ("response", "resource"):
        return None
    content_type = record.rec_headers.get_header("Content-Type")
    if record.rec_type == "response":
        if record.http_headers is None or not str(record.http_headers.get_statuscode()).startswith("2"):
            return None
        content_type = record.http_headers.get_header("Content-Type")
    kind, charset = split_content_type(content_type)
    if kind not in _TEXTS:
        return None
    address = record.rec_headers.get_header("WARC-Target-URI")
    given = Given(url=address.strip("<>") if address is not None and "://" in address[:10] else None)
    body = record.content_stream().read(MAX_DOCUMENT + 1)
    if len(body) > MAX_DOCUMENT:
        return Part(given=given, reason=f"this page is larger than {megabytes(MAX_DOCUMENT)}; that is no article")
    decoded = decode_page(body, http=charset)
    if decoded.text is None:
        return Part(given=given, reason=f"{address}: {decoded.reason}")
    return Part(decoded.text, _TEXTS[kind], given, decoded.encoding)


def split_content_type(value: str | None) -> tuple[str, str | None]:
    """The media type of a header in small letters, and the encoding it names."""
    if value is None:
        return "", None
    kind, _, rest = value.partition(";")
    found = re.search(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", rest[:1000], re.IGNORECASE)
    return kind.strip().lower(), None if found is None else found[1]


def read_mhtml(raw: bytes) -> Part:
    """The page in an MHTML file. Raises Unreadable where there is none."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        return _page_of(message)
    except Unreadable:
        raise
    # The library promises nothing about hostile mail: it raises whatever its parsers meet.
    except Exception as error:
        raise Unreadable(f"this is no MHTML page ({type(error).__name__})") from error


def _page_of(message: EmailMessage) -> Part:
    for number, one in enumerate(message.walk()):
        if number > 2000:
            break
        kind = one.get_content_type()
        if kind in _TEXTS and not one.is_multipart():
            payload = one.get_payload(decode=True)
            decoded = decode_page(payload if isinstance(payload, bytes) else b"", http=one.get_content_charset())
            if decoded.text is None:
                raise Unreadable(decoded.reason or "its page cannot be read")
            address = one.get("Content-Location") or message.get("Snapshot-Content-Location")
            known = address is not None and str(address).startswith(("http://", "https://"))
            given = Given(url=str(address) if known else saved_address(decoded.text))
            return Part(decoded.text, _TEXTS[kind], given, decoded.encoding)
    raise Unreadable("this MHTML file holds no page")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
