"""An article as the rows of the database: pure, no identifier of a row is known here."""

from __future__ import annotations

import hashlib
import math
from base64 import b32encode
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from corpus.model import Article, Claim, CorpusError
from corpus.storing.rates import to_usd

Value = str | int | float | bytes | None
Row = dict[str, Value]

# Ten characters of base 32: fifty bits, at a million articles a collision once in two thousand corpora.
_UID_LENGTH = 10
_DEFAULT_PORTS = {"http": 80, "https": 443}


def text_hash(text: str) -> str:
    """The SHA-256 of a reading text in hexadecimal: equal texts are equal articles."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def uid_seed(article: Article) -> str:
    """What an article's uid is made from: its canonical address, else its text and who published it.

    The source belongs to it because the same text from two outlets is two articles.
    """
    address = canonical_url(article.url)
    if address is not None:
        return address
    source = article.provenance.source
    return article.text if source is None else f"{article.text}\n{source.slug}"


def make_uid(seed: str, *, attempt: int = 0) -> str:
    """A short, URL-safe name for a seed; ``attempt`` gives another one where it is taken."""
    salted = seed if attempt == 0 else f"{attempt}\n{seed}"
    return b32encode(hashlib.sha256(salted.encode("utf-8")).digest()).decode("ascii").lower()[:_UID_LENGTH]


def canonical_url(url: str | None) -> str | None:
    """An address without what does not change the page: scheme, default port, fragment, last slash.

    None where there is no address of the web. Case of host is folded, the query is kept.

    >>> canonical_url("HTTPS://Example.com:443/chips/?id=3#top")
    'example.com/chips?id=3'
    """
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if host is None or parts.scheme not in _DEFAULT_PORTS:
        return None
    shown_port = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{shown_port}{parts.path.rstrip('/')}{query}"


def check_storable(article: Article) -> None:
    """Raise CorpusError where a text cannot be kept exactly: SQLite cuts it at NUL, for one."""
    if "\x00" in article.text:
        raise CorpusError("the reading text has a NUL character")
    if not article.text.strip():
        raise CorpusError("nothing of the document is text to read; all of it was cut as furniture")
    try:
        article.text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CorpusError(f"the reading text has half a character at {error.start}") from error


def article_row(article: Article) -> Row:
    """The columns of ``articles`` that follow from the article alone."""
    published = article.published
    return {
        "headline": article.headline,
        "text": article.text,
        "language": article.language.code,
        "language_confidence": article.language.confidence,
        "language_method": article.language.method,
        "language_evidence": article.language.evidence,
        "date_published": published.value,
        "date_precision": published.precision,
        "date_method": published.method,
        "date_evidence": published.evidence,
        "source_method": article.provenance.method,
        "source_evidence": article.provenance.evidence,
        "author": article.provenance.author,
        "url": article.url,
        "word_count": article.word_count,
        "content_hash": text_hash(article.text),
        "version": article.version,
    }


def figure_rows(article: Article, *, published: str | None) -> list[Row]:
    """The columns of ``figures`` in the order of the text, with dollars at the rate of that day."""
    return [_figure_row(claim, published) for claim in article.claims]


def _figure_row(claim: Claim, published: str | None) -> Row:
    figure = claim.figure
    low, high = _real(figure.low), _real(figure.high)
    money = figure.currency if figure.kind == "money" else None
    return {
        "start_char": figure.start_char,
        "end_char": figure.end_char,
        "quote": figure.quote,
        "sentence": claim.sentence,
        "kind": figure.kind,
        "low": low,
        "high": high,
        "currency": figure.currency,
        "unit": figure.unit,
        "qualifier": figure.qualifier,
        "vague": int(figure.vague),
        "magnitude": _real(figure.magnitude) if figure.vague else None,
        "magnitude_high": _real(figure.magnitude_high) if figure.vague else None,
        "low_usd": to_usd(low, money, published),
        "high_usd": to_usd(high, money, published),
        "rule": figure.rule,
        "measure": claim.measure,
        "subject": claim.subject,
        "attributed_to": claim.attributed_to,
        "period": claim.period,
        "stance": claim.stance,
        "claim_rule": claim.rule,
        "claim_evidence": claim.evidence,
        "method": "text",
    }


def _real(number: Decimal | None) -> float | None:
    """A decimal as the nearest REAL; None where it is beyond all REALs, which JSON could not say either."""
    if number is None:
        return None
    real = float(number)
    return real if math.isfinite(real) else None


def passage_rows(article: Article) -> list[Row]:
    """The columns of ``passages``, those that were cut from the text among them."""
    return [
        {
            "position": passage.position,
            "role": passage.role,
            "rule": passage.rule,
            "language": passage.language,
            "text": passage.text,
            "start_char": passage.start_char,
            "end_char": passage.end_char,
        }
        for passage in article.passages
    ]


def mention_rows(article: Article) -> list[Row]:
    """The columns of ``date_mentions``."""
    return [
        {
            "start_char": mention.start_char,
            "end_char": mention.end_char,
            "quote": mention.quote,
            "date": mention.date,
            "precision": mention.precision,
            "role": mention.role,
        }
        for mention in article.date_mentions
    ]


def citation_rows(article: Article, source_ids: Mapping[str, int]) -> list[Row]:
    """The columns of ``citations``; ``source_ids`` are the rows of ``sources`` by slug."""
    return [
        {
            "source_id": source_ids[citation.source.slug],
            "start_char": citation.start_char,
            "end_char": citation.end_char,
            "quote": citation.quote,
        }
        for citation in article.citations
    ]
