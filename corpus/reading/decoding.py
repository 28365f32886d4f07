"""Bytes → text, with the encoding that was used, or the reason why there is no text.

A wrong guess would put invented words before an analyst, so damaged text is refused with the
place of the damage rather than repaired by guessing.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from corpus.reading.guessing import guess
from corpus.words.mojibake import repair

# A longer mark first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")

_SAMPLE_BYTES = 16_384
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
# Everything in C0 and C1 that is not white space; the escape sequences of ISO 2022 are gone by now.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_INVISIBLE = "\ufeff\u200b\u2060"


_SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "an RTF document"),
)
# A stray control character is a slip in a text, one in two hundred is a file that is no text.
_CONTROLS_TOLERATED = 0.005
# How much likelier (as a natural logarithm) another reading must be before a declaration is not believed.
_OVERRULED = 12.0
# A page may have this many broken characters, or this share of them.
_DAMAGE, _DAMAGED_SHARE = 3, 0.001


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the encoding it was read in, or the reason why it could not be read."""

    text: str | None = None
    encoding: str | None = None
    reason: str | None = None


def decode(raw: bytes, *, declared: str | None = None, lenient: bool = False) -> Decoded:
    """The text of ``raw``: by its byte order mark, as UTF-8, as declared, or as detected.

    ``declared`` is what a header or the document itself says of its encoding; it is believed where
    the text it gives looks like one. ``lenient`` keeps UTF-8 in which a few bytes are broken, as
    pages often are, and marks the places. Mojibake is repaired where that is certain; ``encoding``
    says so. Time is linear in the length. Never raises; ``reason`` is a sentence for a person.
    """
    if not raw.strip():
        return Decoded(reason="the file is empty; there is nothing to store")
    for signature, what in _SIGNATURES:
        if raw.startswith(signature):
            return Decoded(reason=f"this is {what}, not text; save its text as a .txt file")
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _strictly(raw, encoding, lenient)
    if b"\x00" in raw:
        return _wide(raw)
    text = _try(raw, "utf-8")
    # UTF-8 proves itself: text in any other encoding is not valid in it, whatever it is declared to be.
    if text is not None and (b"\x1b$" not in raw or (japanese := _try(raw, "iso2022_jp")) is None):
        return _judged(text, "utf-8")
    if text is not None and japanese is not None:
        return _judged(japanese, "iso2022_jp")
    if _is_damaged_utf8(raw):
        return _strictly(raw, "utf-8", lenient)
    return _legacy(raw, declared)


def _legacy(raw: bytes, declared: str | None) -> Decoded:
    """As declared, unless the bytes say clearly that they are something else."""
    text = None if declared is None else _try(raw, declared)
    if text is None or declared is None or not _is_text(text):
        return _detected(raw)
    sample = _sample(raw)
    guessed = guess(sample)
    if (
        guessed is not None
        and guessed.margin >= _OVERRULED
        and _try(sample, guessed.encoding) != _try(sample, declared)
    ):
        return _detected(raw)
    return _judged(text, codecs.lookup(declared).name)


def _try(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _strictly(raw: bytes, encoding: str, lenient: bool) -> Decoded:
    try:
        text = raw.decode(encoding)
    except UnicodeError as error:
        marked = raw.decode(encoding, "replace") if lenient else ""
        if lenient and marked.count("\ufffd") <= max(_DAMAGE, len(marked) * _DAMAGED_SHARE):
            return _judged(marked, f"{encoding} (damaged)")
        at = getattr(error, "start", 0)
        name = encoding.removesuffix("-sig").upper()
        return Decoded(
            encoding=encoding,
            reason=f"the encoding is broken: this is {name} but for byte {at + 1}; save it again as UTF-8",
        )
    return _judged(text, encoding)


def _judged(text: str, encoding: str) -> Decoded:
    if not text.strip().strip(_INVISIBLE).strip():
        return Decoded(encoding=encoding, reason="the file holds only white space; there is nothing to store")
    # Before it is judged: mojibake is full of what looks like control characters.
    text, misread = (text, None) if text.isascii() else repair(text)
    if not _is_text(text):
        return Decoded(reason="the file is binary (it has control characters), not text; it was not stored")
    return Decoded(text, encoding if misread is None else f"{encoding}, misread as {misread} before and repaired")


def _is_text(text: str) -> bool:
    if "\x00" in text:
        return False
    return sum(1 for _ in _CONTROL.finditer(text)) <= len(text) * _CONTROLS_TOLERATED


def _is_damaged_utf8(raw: bytes) -> bool:
    """Whether most of what is beyond ASCII is UTF-8, so that a legacy encoding is out of the question."""
    lenient = raw.decode("utf-8", "surrogateescape")
    broken = sum(1 for character in lenient if "\udc80" <= character <= "\udcff")
    sound = sum(1 for _ in _NOT_ASCII.finditer(lenient)) - broken
    return sound > broken


def _wide(raw: bytes) -> Decoded:
    """NUL bytes without a byte order mark: UTF-16 or UTF-32 that reads as text, else binary."""
    best: tuple[float, str, str] | None = None
    for encoding in _WIDE:
        text = _try(raw, encoding)
        if text is None or not _is_text(text):
            continue
        likeness = _likeness(text)
        if best is None or likeness > best[0]:
            best = (likeness, encoding, text)
    if best is None or best[0] < 0.9:
        return Decoded(reason="the file is binary (it has NUL bytes), not text; it was not stored")
    return _judged(best[2], best[1])


def _likeness(text: str) -> float:
    """How much of a sample is letters, figures and marks of the few blocks a text is written in."""
    sample = text[: _SAMPLE_BYTES // 4]
    known = sum(1 for character in sample if unicodedata.category(character)[0] in "LMNPSZ" or character.isspace())
    # Read with its bytes exchanged, a text spreads over as many blocks of 256 as it has letters.
    blocks = {ord(character) >> 8 for character in sample if not 0x3400 <= ord(character) <= 0xD7FF}
    spread = len(blocks) / len(sample)
    plain = any(character in " \n\u3000\u3002" for character in sample)
    return known / len(sample) - spread * (0.0 if plain else 1.0) - (0.0 if plain else 0.05)


def _detected(raw: bytes) -> Decoded:
    """Legacy encodings, by how well what they would read as is written."""
    guessed = guess(_sample(raw))
    text = None if guessed is None else _try(raw, guessed.encoding)
    if guessed is not None and text is not None and _is_text(text) and _all_assigned(text):
        return _judged(text, guessed.encoding)
    where = _BEYOND_ASCII.search(raw)
    at = 1 if where is None else where.start() + 1
    return Decoded(reason=f"the encoding is not UTF-8, nor one that could be told (byte {at} on); save it as UTF-8")


def _all_assigned(text: str) -> bool:
    return all(unicodedata.category(character) not in ("Cn", "Co") for character in set(text))


def _sample(raw: bytes) -> bytes:
    """Lines with bytes beyond ASCII from the start of the file: the others say nothing."""
    if len(raw) <= _SAMPLE_BYTES:
        return raw
    telling = bytearray()
    for line in raw.splitlines(keepends=True):
        if _BEYOND_ASCII.search(line) is not None:
            telling += line
        if len(telling) >= _SAMPLE_BYTES:
            break
    return bytes(telling)
