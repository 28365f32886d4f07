"""RSS 2.0, RSS 1.0, Atom and JSON Feed → articles.

The XML is read by lxml with everything switched off that a hostile file could use: no entities
but those of HTML, no files or addresses from outside, no depth or length without a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from html import unescape
from html.entities import html5
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from corpus.model import Given
from corpus.reading.containers import Part, Unreadable
from corpus.reading.records import as_body, page_of

if TYPE_CHECKING:
    from lxml import etree

_DECLARATION = re.compile(r"\s{0,1000}<\?xml\b[^<>]{0,1000}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^<>\[]{0,2000}(\[)?", re.IGNORECASE)
_REFERENCE = re.compile(r"<!\[CDATA\[.*?\]\]>|&([A-Za-z][A-Za-z0-9]{1,40});|&(?!#?\w{1,40};)", re.DOTALL)
_XML_OWN = ("amp", "lt", "gt", "quot", "apos")
_NOT_XML = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    r"|&#(?:x0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read_feed(text: str, *, encoding: str | None = None, address: str | None = None) -> Iterator[Part]:
    """The entries of a feed; ``address`` is where it was fetched, for links that are relative.

    Raises Unreadable where the file is no feed or declares entities of its own.
    """
    root = _parse(text)
    kind = _name(root)
    base = _join(address, root.get(_BASE)) or address
    if kind == "feed":
        yield from _atom(root, base, encoding)
    elif kind in ("rss", "rdf"):
        yield from _rss(root, base, encoding)
    else:
        raise Unreadable(f"this XML is no feed: its outermost element is <{kind}>, not rss, rdf or feed")


def _parse(text: str) -> etree._Element:
    # Loaded by the first feed there is.
    from lxml import etree

    text = _DECLARATION.sub("", text.lstrip("\ufeff"), count=1)
    doctype = _DOCTYPE.search(text[:10_000])
    if doctype is not None:
        if doctype[1] is not None:
            raise Unreadable("this XML declares entities of its own, which is refused: they can swell without end")
        text = text[: doctype.start()] + text[doctype.end() :].removeprefix(">")
    if "<!entity" in text.casefold() and re.search(r"<!ENTITY\s", text[:100_000], re.IGNORECASE):
        raise Unreadable("this XML declares entities of its own, which is refused: they can swell without end")
    text = _REFERENCE.sub(_character, _NOT_XML.sub("", text))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"this is not valid XML ({error})") from error
    if root is None:
        raise Unreadable("this is not valid XML")
    return root


def _character(match: re.Match[str]) -> str:
    """References of HTML, which XML does not know, as the character; a bare ampersand as XML wants it."""
    if match[0].startswith("<![CDATA["):
        return match[0]
    if match[1] is None:
        return "&amp;"
    if match[1] in _XML_OWN:
        return match[0]
    found = html5.get(f"{match[1]};")
    return f"&amp;{match[1]};" if found is None else found.replace("&", "&amp;").replace("<", "&lt;")


def _rss(root: etree._Element, base: str | None, encoding: str | None) -> Iterator[Part]:
    channel = next((one for one in root if _name(one) == "channel"), root)
    link = _text(_child(channel, "link"))
    source = _line(_child(channel, "title"))
    language = _line(_child(channel, "language"))
    home = _join(base, _join(link, channel.get(_BASE)) or link)
    for holder in (channel, root) if channel is not root else (root,):
        for item in holder:
            if _name(item) != "item":
                continue
            guid = _child(item, "guid")
            permanent = guid is not None and guid.get("isPermaLink", "true").lower() != "false"
            address = _text(_child(item, "link")) or (_text(guid) if permanent else None)
            given = Given(
                url=_address(_join(_join(home, item.get(_BASE)) or home, address)),
                title=_line(_child(item, "title")),
                date=feed_date(_line(_child(item, "pubdate", "date", "published", "issued", "created"))),
                source=_line(_child(item, "source")) or source,
                language=_line(_child(item, "language")) or item.get(_LANG) or language,
                author=_author(_line(_child(item, "creator", "author"))),
            )
            body = _text(_child(item, "encoded")) or _text(_child(item, "description", "summary"))
            yield _entry(body, given, encoding)


def _atom(root: etree._Element, base: str | None, encoding: str | None) -> Iterator[Part]:
    source = _line(_child(root, "title"))
    language = root.get(_LANG)
    writer = _atom_author(root)
    for item in root:
        if _name(item) != "entry":
            continue
        own = _child(item, "source")
        inner = _join(base, item.get(_BASE)) or base
        given = Given(
            url=_address(_join(inner, _atom_link(item))),
            title=_markup_line(_child(item, "title")),
            date=feed_date(_line(_child(item, "published", "issued", "created", "updated", "modified"))),
            source=(None if own is None else _line(_child(own, "title"))) or source,
            language=item.get(_LANG) or language,
            author=_atom_author(item) or writer,
        )
        content = _child(item, "content")
        body = None if content is None or content.get("src") else _atom_text(content)
        yield _entry(body or _atom_text(_child(item, "summary")), given, encoding)


def _atom_text(element: etree._Element | None) -> str | None:
    """Atom's text: plain, escaped markup, or markup as it stands."""
    if element is None:
        return None
    if element.get("type", "text") in ("xhtml", "application/xhtml+xml"):
        from lxml import etree

        inner = "".join(etree.tostring(one, encoding="unicode", method="html") for one in element)
        return inner or None
    return _text(element)


def _atom_link(item: etree._Element) -> str | None:
    links = [one for one in item if _name(one) == "link" and one.get("href")]
    best = next((one for one in links if one.get("rel", "alternate") == "alternate"), links[0] if links else None)
    return None if best is None else best.get("href")


def _atom_author(item: etree._Element) -> str | None:
    names = [_line(_child(one, "name")) for one in item if _name(one) == "author"]
    return ", ".join(name for name in names if name is not None) or None


def _entry(body: str | None, given: Given, encoding: str | None) -> Part:
    if body is None:
        if given.title is None:
            return Part(given=given, reason="this entry of the feed has neither a title nor a text")
        return Part("", "text/plain", given, encoding)
    text, media_type = as_body(body)
    if media_type == "text/plain" and "&" in text:
        # Escaped twice, as many feeds do: "R&amp;amp;D".
        text = unescape(text)
        if text != body:
            text, media_type = as_body(text)
    elif media_type == "text/plain" and "<" in text:
        text, media_type = page_of(text), "text/html"
    return Part(text, media_type, given, encoding)


def feed_date(text: str | None) -> str | None:
    """A date as feeds write it ("Fri, 09 Feb 2024 10:00:00 GMT") as ISO 8601; any other as it stands."""
    if text is None:
        return None
    if not text[:4].isdecimal():
        try:
            return parsedate_to_datetime(text).isoformat()
        except (ValueError, TypeError, IndexError, OverflowError):
            return text
    return text


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _child(element: etree._Element, *names: str) -> etree._Element | None:
    """The first child of one of the names that holds something, the earlier name first."""
    for name in names:
        for one in element:
            if _name(one) == name and (len(one) or (one.text or "").strip() or one.get("src")):
                return one
    return None


def _text(element: etree._Element | None) -> str | None:
    return None if element is None else "".join(element.itertext()).strip() or None


def _line(element: etree._Element | None) -> str | None:
    text = _text(element)
    return None if text is None else " ".join(unescape(text).split())[:2000] or None


def _markup_line(element: etree._Element | None) -> str | None:
    line = _line(element)
    if element is not None and line is not None and element.get("type") in ("html", "text/html"):
        line = " ".join(re.sub(r"<[^<>]{1,1000}>", "", line).split())
    return line


def _author(text: str | None) -> str | None:
    """RSS writes "mail@example.com (Name)"."""
    if text is None:
        return None
    named = re.fullmatch(r"\S+@\S+ \(([^()]{1,200})\)", text)
    return named[1] if named is not None else text


def _join(base: str | None, address: str | None) -> str | None:
    if address is None or base is None:
        return address
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _address(url: str | None) -> str | None:
    return url if url is not None and url.casefold().startswith(("http://", "https://")) else None
