"""What encoding a page, a feed or a server says it is in, and the text read by it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from corpus.reading.decoding import Decoded, decode

_LOOKED_AT = 4096
_XML = re.compile(rb"^\s{0,100}<\?xml[^<>]{0,300}?encoding\s{0,20}=\s{0,20}[\"']([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^<>]{0,500}?charset\s{0,20}=\s{0,20}[\"']?\s{0,20}([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)


def stated_encoding(raw: bytes) -> str | None:
    """The encoding that an XML declaration or a meta element at the top names."""
    head = raw[:_LOOKED_AT]
    found = _XML.search(head) or _META.search(head)
    return None if found is None else found[1].decode("ascii")


def python_name(label: str | None) -> str | None:
    """What a label of the web means: browsers read "iso-8859-1" as windows-1252, "gb2312" as gb18030."""
    if label is None:
        return None
    name = label.strip().lower()
    return _labels().get(name.replace("_", "-"), name)


def decode_page(raw: bytes, *, http: str | None = None) -> Decoded:
    """The text of a page by what the server says, what the page says, or what it looks like, in this order."""
    for label in (http, stated_encoding(raw)):
        name = python_name(label)
        # A page that names UTF-16 in letters one byte wide is none.
        if name is not None and not name.startswith(("utf-16", "utf-32", "utf-7")):
            return decode(raw, declared=name, lenient=True)
    return decode(raw, lenient=True)


@cache
def _labels() -> dict[str, str]:
    table = tomllib.loads(files("corpus.reading").joinpath("encodings.toml").read_text("utf-8"))
    return {label: name for name, labels in table["labels"].items() for label in labels}
