"""The values that travel down the line. This module imports nothing of ours.

Offsets are half-open, count code points and index the reading text (``Article.text``).
Unknown is ``None`` or ``()``, never a guess. Every inferred value carries the rule
(``method`` or ``rule``) it came from and the words (``evidence``) it was read in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

# The version of the rules that articles are derived by, written beside each; raising it makes the next
# ingest derive all of them again.
RULES_VERSION = "2"

# Roles of a passage that is part of the reading text, and of one that was cut from it.
ROLES_IN_TEXT = ("headline", "subhead", "lead", "body", "list", "quote")
ROLES_CUT = (
    "byline",
    "dateline",
    "label",
    "caption",
    "teaser",
    "bio",
    "newsletter",
    "share",
    "disclaimer",
    "furniture",
)

KINDS = ("money", "percent", "count", "multiple", "quantity")
QUALIFIERS = ("exact", "about", "almost", "more_than", "at_least", "less_than", "up_to")
STANCES = ("asserted", "denied", "planned", "forecast")
PRECISIONS = ("year", "month", "day", "minute", "second")


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody stated about a document outside its text (sidecar, front matter, JSON field)."""

    url: str | None = None
    title: str | None = None
    date: str | None = None
    source: str | None = None
    language: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One raw document as it arrived.

    ``root`` is the label of the path that was given, ``origin`` the path within it (or the URL),
    ``part`` the place inside a container (0 for a plain file): the three name the document.
    ``text`` is the decoded content, None where ``reason`` says why it cannot be read.
    """

    root: str
    origin: str
    part: int = 0
    raw: bytes = b""
    text: str | None = None
    encoding: str | None = None
    media_type: str = "text/plain"
    content_hash: str = ""
    size: int = 0
    mtime_ns: int | None = None
    given: Given = field(default_factory=Given)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of the document with its role; ``start_char`` is None where it was cut from the text."""

    position: int
    role: str
    rule: str
    text: str
    language: str | None = None
    start_char: int | None = None
    end_char: int | None = None


@dataclass(frozen=True, slots=True)
class Language:
    """A BCP 47 tag (None where it cannot be told) with confidence from 0 to 1."""

    code: str | None
    confidence: float | None = None
    method: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class PublicationDate:
    """An ISO 8601 prefix cut to what is known; precision is one of PRECISIONS."""

    value: str | None = None
    precision: str | None = None
    method: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date named in the reading text that is not its publication date."""

    start_char: int
    end_char: int
    quote: str
    date: str
    precision: str
    role: str


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet. ``slug`` is its key, ``domain`` its registrable domain, ``country`` ISO 3166-1 alpha-2."""

    slug: str
    name: str
    domain: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """An outlet named in the reading text as the origin of information."""

    source: Source
    start_char: int
    end_char: int
    quote: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who published an article, the outlet it was republished from, and who wrote it."""

    source: Source | None = None
    method: str | None = None
    evidence: str | None = None
    origin: Source | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity as the text states it.

    ``low`` and ``high`` are in units (dollars, not billions; percent as 13.1; multiples as 14);
    None is an open end. ``vague`` figures have neither and a ``magnitude`` (1e9 for "billions of
    dollars"). ``unit`` is the counted noun as written, or a UCUM code for a quantity.
    """

    start_char: int
    end_char: int
    quote: str
    kind: str
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str | None = None
    unit: str | None = None
    qualifier: str = "exact"
    vague: bool = False
    magnitude: Decimal | None = None
    magnitude_high: Decimal | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure and what it is about. ``subject`` joins several with "; "; ``period`` is an ISO prefix."""

    figure: Figure
    sentence: str
    measure: str | None = None
    subject: str | None = None
    attributed_to: str | None = None
    period: str | None = None
    stance: str | None = None
    rule: str | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """Everything one document yields. ``text`` is what a reader reads, headline first where there is one.

    ``words`` is what search finds it by, where whoever derived it has worked that out: by which version of the
    index, and the columns of headline, text and language.
    """

    document: Document
    headline: str | None
    text: str
    passages: tuple[Passage, ...]
    language: Language
    published: PublicationDate
    provenance: Provenance
    url: str | None = None
    claims: tuple[Claim, ...] = ()
    date_mentions: tuple[DateMention, ...] = ()
    citations: tuple[Citation, ...] = ()
    version: str = ""
    words: tuple[str, tuple[str, ...]] | None = None

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of the reading text, in order."""
        return tuple(claim.figure for claim in self.claims)

    @property
    def word_count(self) -> int:
        """Words separated by white space."""
        return len(self.text.split())


class CorpusError(Exception):
    """What went wrong at one of the two I/O ends, said so that a user can act on it."""
