"""Bytes → text, with the encoding that was used, or the reason why there is no text.

A wrong guess would put invented words before an analyst, so damaged text is refused with the
place of the damage rather than repaired by guessing.
"""

from __future__ import annotations

import codecs
import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from corpus.mojibake import repair

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

# A longer mark first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")

# What news was written in before UTF-8, the likelier first. The detector knows many more (EBCDIC,
# DOS box graphics), whose only effect on articles is to win by accident: German in windows-1252
# came out as Big5.
_LEGACY = [
    "cp1252", "cp1251", "cp1250", "cp1254", "cp1253", "cp1255", "cp1256", "cp1257", "cp1258",
    "iso8859_2", "iso8859_5", "iso8859_6", "iso8859_7", "koi8_r", "koi8_u", "cp866",
    "gb18030", "big5", "cp932", "shift_jis", "euc_jp", "cp949", "euc_kr", "cp874", "tis_620",
]  # fmt: skip

_SAMPLE_BYTES = 16_384
_KANA = re.compile(r"[\u3041-\u30ff]")
# Signs of trade and arithmetic at the edge of a word: letters read in a neighbouring code page.
_ODD = re.compile(
    r"(?<=[^\W\d_])[\xa1-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7](?=[^\W\d_])|(?<!\w)[\xa9\xae\xb9\xbe](?=[^\W\d_])"
)
# Another script in the middle of a Latin word: "f乺" for "für".
_GRAFTED = re.compile(
    r"(?<=[a-z])[^\x00-\u024f\u1e00-\u1eff\u2000-\u206f](?=[a-z])|(?<=[a-z]{2})[\u0370-\u1cff\u3040-\ud7ff]"
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
# Everything in C0 and C1 that is not white space; the escape sequences of ISO 2022 are gone by now.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_INVISIBLE = "\ufeff\u200b\u2060"

_LATIN = re.compile(r"[\u00df-\u00f6\u00f8-\u024f\u0300-\u0323\u1e00-\u1eff]")

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
# Right guesses stay under a tenth, wrong ones reach a half.
_DOUBT_ALLOWED = 0.3
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
    decoded = _decode(raw, declared, lenient)
    if decoded.text is None or decoded.text.isascii():
        return decoded
    repaired, was = repair(decoded.text)
    return decoded if was is None else Decoded(repaired, f"{decoded.encoding}, misread as {was} before and repaired")


def _decode(raw: bytes, declared: str | None, lenient: bool) -> Decoded:
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
    """As declared where the text looks right, else as detected, else as declared after all."""
    text = None if declared is None else _try(raw, declared)
    if text is None or declared is None or not _is_text(text):
        return _detected(raw)
    name = codecs.lookup(declared).name
    if is_plausible(text[:_SAMPLE_BYTES]):
        return _judged(text, name)
    detected = _detected(raw)
    return _judged(text, name) if detected.text is None else detected


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
    if not _is_text(text):
        return Decoded(reason="the file is binary (it has control characters), not text; it was not stored")
    return Decoded(text=text, encoding=encoding)


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
    """Legacy encodings: Japanese by its kana, everything else by the detector's statistics."""
    for encoding in ("euc_jp", "cp932"):
        # Kana are a third of Japanese and absent from all else; the detector reads EUC-JP as Thai.
        text = _try(raw, encoding)
        if text is not None:
            foreign = len(_NOT_ASCII.findall(text[:_SAMPLE_BYTES]))
            if foreign and len(_KANA.findall(text[:_SAMPLE_BYTES])) / foreign >= 0.2:
                return _judged(text, encoding)
    from charset_normalizer import from_bytes  # loads for a tenth of a second, and is seldom needed

    sample = _sample(raw)
    matches = from_bytes(sample, steps=8, chunk_size=1024, cp_isolation=_LEGACY, enable_fallback=False)

    def doubt(match: CharsetMatch) -> tuple[float, float, int]:
        text = str(match)
        return (
            round(match.chaos + _oddness(text) + _strangeness(text), 2),
            -match.coherence,
            _LEGACY.index(match.encoding),
        )

    for match in sorted(matches, key=doubt):
        text = _try(raw, match.encoding)
        if text is not None and _is_text(text) and _all_assigned(text) and doubt(match)[0] <= _DOUBT_ALLOWED:
            return _judged(text, match.encoding)
    where = _BEYOND_ASCII.search(raw)
    at = 1 if where is None else where.start() + 1
    return Decoded(reason=f"the encoding is not UTF-8, nor one that could be told (byte {at} on); save it as UTF-8")


def _oddness(text: str) -> float:
    """The share of what is beyond ASCII that stands where no text has it."""
    return (len(_ODD.findall(text)) + len(_GRAFTED.findall(text))) / max(1, len(_NOT_ASCII.findall(text)))


def is_plausible(text: str) -> bool:
    return _all_assigned(text) and _oddness(text) + _strangeness(text) <= 0.1


def _strangeness(text: str) -> float:
    """The share of the accented Latin letters that the language which fits them best does not have."""
    letters = Counter(character for character in text.lower() if _LATIN.match(character) is not None)
    total = letters.total()
    if total == 0:
        return 0.0
    return 1 - max(sum(letters[c] for c in alphabet) for alphabet in _alphabets()) / total


@cache
def _alphabets() -> tuple[frozenset[str], ...]:
    table = tomllib.loads(files("corpus").joinpath("letters.toml").read_text("utf-8"))
    return tuple(frozenset(letters) for letters in table.values())


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
