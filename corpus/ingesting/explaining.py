"""One document told to a person: what was read as what, and why. Writes nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import fields
from decimal import Decimal

from corpus.model import Article, Claim, Document, Figure, Given

_WIDTH = 100
_LISTED = 200


def explain(documents: Iterable[Document], *, part: int | None = None) -> tuple[Iterator[str], int]:
    """What became of one document, line by line, and an exit code (1 where it was rejected).

    Of a container ``part`` (from 1) is explained; without it, and where there are several, they are listed.
    """
    if part is not None:
        wanted = next((one for one in documents if one.part == part - 1), None)
        if wanted is None:
            return iter([f"There is no part {part}."]), 1
        return _document(wanted), 0 if wanted.reason is None else 1
    several = iter(documents)
    first = next(several, None)
    if first is None:
        return iter(["There is nothing to read."]), 1
    second = next(several, None)
    if second is None:
        return _document(first), 0 if first.reason is None else 1
    return _list([first, second], several), 0


def _list(begun: list[Document], rest: Iterator[Document]) -> Iterator[str]:
    yield f"{_place(begun[0])} holds several articles; choose one with --part:"
    count = 0
    for document in (*begun, *rest):
        count += 1
        if count <= _LISTED:
            what = f"rejected: {document.reason}" if document.reason is not None else _title(document)
            yield f"  {document.part + 1:>5}  {what}"
    if count > _LISTED:
        yield f"  and {count - _LISTED} more"


def _title(document: Document) -> str:
    title = document.given.title or " ".join((document.text or "").split())
    return _short(title or document.given.url or "(no text)", 90)


def _document(document: Document) -> Iterator[str]:
    yield from _read(document)
    if document.reason is not None:
        yield from _field("rejected", document.reason)
        return
    # Loaded only here: the line is not needed to say why a document was rejected.
    from corpus.pipeline import process

    yield from _article(process(document))


def _read(document: Document) -> Iterator[str]:
    yield _place(document)
    part = "" if document.part == 0 else f", part {document.part + 1}"
    yield from _field("read as", f"{document.media_type}{part}, {document.size:,} bytes")
    if document.encoding is not None:
        yield from _field("encoding", document.encoding)
    for name, value in _given(document.given):
        yield from _field(f"given {name}", value)


def _given(given: Given) -> Iterator[tuple[str, str]]:
    for one in fields(given):
        value = getattr(given, one.name)
        if value is not None:
            yield one.name, value


def _article(article: Article) -> Iterator[str]:
    language, published, provenance = article.language, article.published, article.provenance
    sure = "" if language.confidence is None else f" ({language.confidence:.0%})"
    yield from _found(
        "language", None if language.code is None else language.code + sure, language.method, language.evidence
    )
    precise = None if published.value is None else f"{published.value} (to the {published.precision})"
    yield from _found("date", precise, published.method, published.evidence)
    source = provenance.source
    named = None if source is None else " · ".join(x for x in (source.name, source.domain, source.country) if x)
    yield from _found("source", named, provenance.method, provenance.evidence)
    if provenance.origin is not None:
        yield from _field("taken from", provenance.origin.name)
    if provenance.author is not None:
        yield from _field("author", provenance.author)
    if article.url is not None:
        yield from _field("address", article.url)
    yield from _field("words", f"{article.word_count:,}")
    yield ""
    yield f"Passages ({len(article.passages)}; + in the text, - cut)"
    for passage in article.passages:
        sign = "-" if passage.start_char is None else "+"
        tag = "" if passage.language is None else f" [{passage.language}]"
        yield f"  {sign} {passage.role}, by rule: {passage.rule}{tag}"
        yield from _quoted(passage.text)
    yield ""
    yield f"Figures ({len(article.claims)})"
    for claim in article.claims:
        yield from _claim(claim)
    if article.date_mentions:
        yield ""
        yield f"Dates mentioned ({len(article.date_mentions)})"
        for date in article.date_mentions:
            yield f"  {date.start_char:>6}  {_short(date.quote, 50)} = {date.date} ({date.role})"
    if article.citations:
        yield ""
        yield f"Outlets cited ({len(article.citations)})"
        for citation in article.citations:
            yield f"  {citation.start_char:>6}  {_short(citation.quote, 50)} = {citation.source.name}"


def _claim(claim: Claim) -> Iterator[str]:
    figure = claim.figure
    yield f"  {figure.start_char:>6}  {_short(figure.quote, 70)}"
    yield f"          {figure.kind}: {reading_of(figure)}, by rule: {figure.rule}"
    said = [
        f"{name}: {value}"
        for name, value in (
            ("measure", claim.measure),
            ("subject", claim.subject),
            ("on the word of", claim.attributed_to),
            ("period", claim.period),
            ("stance", claim.stance),
        )
        if value is not None
    ]
    if not said:
        yield "          what it is about is not said"
        return
    yield from textwrap.wrap("; ".join(said), _WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 12)
    if claim.rule is not None:
        why = claim.rule if claim.evidence is None else f"{claim.rule}: “{claim.evidence}”"
        yield from textwrap.wrap(f"by rule {why}", _WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 12)


def reading_of(figure: Figure) -> str:
    """The value of a figure in digits, with its unit ("5,000,000,000 to 7,000,000,000 USD")."""
    unit = f" {figure.currency or figure.unit or ''}".rstrip()
    if figure.vague:
        top = "" if figure.magnitude_high is None else f" to {_number(figure.magnitude_high)}"
        return f"in the order of {_number(figure.magnitude)}{top}{unit}, no number stated"
    low, high = _number(figure.low), _number(figure.high)
    if figure.low is None:
        return f"at most {high}{unit} ({figure.qualifier})"
    if figure.high is None:
        return f"at least {low}{unit} ({figure.qualifier})"
    value = low if figure.low == figure.high else f"{low} to {high}"
    return f"{value}{unit}" + ("" if figure.qualifier == "exact" else f" ({figure.qualifier})")


def _number(value: Decimal | None) -> str:
    return "?" if value is None else f"{value.normalize():,f}"


def _found(name: str, value: str | None, method: str | None, evidence: str | None) -> Iterator[str]:
    why = ", ".join(x for x in (method, None if evidence is None else f"“{_short(evidence, 160)}”") if x)
    yield from _field(name, f"{value or 'not stated'}{f'  ← {why}' if why else ''}")


def _field(name: str, value: str) -> Iterator[str]:
    indent = " " * 16
    yield from textwrap.wrap(
        " ".join(value.split()), _WIDTH, initial_indent=f"{name + ':':<16}", subsequent_indent=indent
    ) or [f"{name}:"]


def _quoted(text: str) -> Iterator[str]:
    shown = _short(" ".join(text.split()), 400)
    yield from textwrap.wrap(shown, _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)


def _place(document: Document) -> str:
    return (
        document.origin
        if "://" in document.origin
        else f"{document.root}/{document.origin}".removeprefix(f"{document.origin}/")
    )


def _short(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
