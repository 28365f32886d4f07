"""What kind of file some bytes begin, where their name does not say."""

from __future__ import annotations

import re

_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,200}(?:<\?xml[^<>]{0,500}\?>\s{0,200})?(?:<!--.{0,2000}?-->\s{0,200}){0,4}"
    rb"<(!doctype\s{1,20}[\w:-]{1,40}|[a-zA-Z][\w:-]{0,40})",
    re.IGNORECASE | re.DOTALL,
)
_MHTML = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\r\n]{0,2000}\r?\n(?:[ \t][^\r\n]{0,2000}\r?\n){0,20}){1,40}")
_FEEDS = (b"rss", b"rdf:rdf", b"feed")
_PAGES = (b"html", b"head", b"body")

GZIP = b"\x1f\x8b"


def sniff(head: bytes) -> str | None:
    """The media type of what begins with these bytes (some kilobytes are enough); None for plain text."""
    if head.startswith(b"WARC/"):
        return "application/warc"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"[") and start[1:].lstrip()[:1] in (b'"', b"{", b"[", b"}", b"]"):
        return "application/json"
    markup = _MARKUP.match(head)
    if markup is not None:
        name = markup[1].lower()
        if name in _FEEDS:
            return "application/xml"
        if name in _PAGES or (name.startswith(b"!doctype") and name.endswith(b"html")):
            return "text/html"
        if name.startswith(b"!doctype"):
            return "application/xml"
        if b"<?xml" in head[:200]:
            return "application/xml"
    mail = _MHTML.match(head[:8000])
    if mail is not None and b"mime-version:" in mail[0].lower() and b"multipart/related" in mail[0].lower():
        return "multipart/related"
    return None
