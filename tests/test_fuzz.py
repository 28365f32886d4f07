"""Damaged and hostile input: nothing raises, and what is said of a text is true of it.

Seconds of it in the ordinary suite; ``FUZZ=100 python -m pytest tests/test_fuzz.py`` tries a hundred times as
much. What was once found stands as an explicit example.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from corpus.bench.reports import as_page, as_text, reports
from corpus.claims import claim_figures
from corpus.clean import clean
from corpus.dates import find_dates
from corpus.figures import find_figures
from corpus.indexing.rows import index_row
from corpus.language import detect_language
from corpus.model import ROLES_CUT, ROLES_IN_TEXT, Article, Document, Given
from corpus.pipeline import process
from corpus.reading import read, read_stdin
from corpus.searching.expanding import understand
from corpus.searching.querying import parse_query
from corpus.sources import find_citations
from corpus.words.normalising import normalise
from corpus.words.sentences import sentence_spans

MORE = int(os.environ.get("FUZZ", "1"))


def examples(count: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    # The ordinary suite tries the same each time.
    return settings(max_examples=count * MORE, derandomize=MORE == 1, deadline=None, suppress_health_check=checks)


REPORTS = list(reports(24, seed=5))
LANGUAGES = st.sampled_from(["en", "de", "ru", "fr", "es", "zh-Hans", "ja", "ar", "th", "hi", "ko", "tr", "fa", None])

# What texts, pages and containers hang on, so that chance meets it.
PIECES = st.sampled_from(
    "$7 billion|7 Billionen|5-7tn|7兆|一百二十亿|سبعة مليارات|12 %|+-|€|between |von | bis |mehr als | to |約|以上|- |"
    "9. Februar 2024|2024-02-09|2024年2月9日|1/2/24|٢٠٢٤|next year|13:37|T00:00Z|B.E. 2567|Mar|"
    "said |laut |по данным |Reuters|(dpa) - |OpenAI|Sam Altman|Nvidia's |„|“|«|»|「|」|\"|'|"
    "By |Von |Datum: |©|Read also|Newsletter|# |* |1. |> |@a (@b) |https://a.example/2024/02/09/x|a@b.example|"
    "\n|\n\n|\r\n|\t|\u00a0|\u200b|\u202e|\u0301|\ufeff|\x00|\ud800|\ue000|\U0001f600|ﬁ|İ|ß|ς|ё|가|ก|ក|"
    "<p>|</p>|<div>|</article>|<!--|-->|<script>|</script>|<![CDATA[|]]>|&amp;|&#x2;|&#0;|&#xd800;|<br|>|<|"
    '{"|"}|":|[|]|,|null|1e999|\\u0000|\\ud800|---\n|title: |date: |WARC/1.0\r\n|'
    "Content-Length: 9\r\n\r\n|<rss>|<item>|<feed".split("|")
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=40).map("".join),
    st.lists(PIECES, max_size=60).map(" ".join),
)


@st.composite
def damaged(draw: st.DrawFn, sources: list[bytes]) -> bytes:
    """Bytes that were sound, with pieces cut out, repeated, moved, or written over."""
    raw = bytearray(draw(st.sampled_from(sources)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(raw)))
        end = min(len(raw), at + draw(st.sampled_from([0, 1, 2, 17, 300, 5000])))
        how = draw(st.sampled_from(["cut", "repeat", "put", "flip", "end"]))
        if how == "cut":
            del raw[at:end]
        elif how == "repeat":
            raw[at:at] = raw[at:end] * draw(st.integers(1, 4))
        elif how == "put":
            piece = draw(st.one_of(PIECES, st.text(max_size=8)))
            raw[at:at] = piece.encode("utf-8", "surrogatepass")
        elif how == "flip" and at < len(raw):
            raw[at] ^= draw(st.integers(1, 255))
        elif how == "end":
            del raw[max(at, 40) :]
    return bytes(raw)


def warc(page: bytes) -> bytes:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
        "WARC-Target-URI: https://a.example/x\r\nWARC-Date: 2024-02-09T00:00:00Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


def feed(texts: list[str]) -> bytes:
    items = "".join(
        f"<item><title>a &amp; b</title><link>https://a.example/{number}</link><pubDate>Fri, 09 Feb 2024 08:30:00 GMT"
        f"</pubDate><description><![CDATA[<p>{text}</p>]]></description></item>"
        for number, text in enumerate(texts)
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{items}</channel></rss>'.encode()


TEXT_FILES = [as_text(report).encode() for report in REPORTS[:8]]
PAGES = [re.sub(r"<(style|script)>.*?</\1>", "", as_page(report), flags=re.DOTALL).encode() for report in REPORTS[:4]]
ROWS = [{"title": report.title, "text": as_text(report)[:900], "date": report.day} for report in REPORTS[8:11]]
MHTML = (
    b"From: <Saved>\r\nSubject: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    b"Content-Location: https://a.example/x\r\n\r\n" + PAGES[0] + b"\r\n--x--\r\n"
)
CONTAINERS = {
    "json": [json.dumps(ROWS, ensure_ascii=False).encode(), json.dumps({"articles": ROWS}).encode()],
    "jsonl": ["\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS).encode()],
    "xml": [feed([as_text(report)[:500] for report in REPORTS[:3]])],
    "warc": [warc(PAGES[0]) + warc(PAGES[1])],
    "mhtml": [MHTML],
    "txt.gz": [gzip.compress(TEXT_FILES[0])],
    "txt": [*TEXT_FILES, TEXT_FILES[0].decode().encode("utf-16"), "Größe: 7 Mrd. €\n\nDas ist Text.".encode("cp1252")],
    "html": PAGES,
    "md": [b"---\ntitle: A\ndate: 2024-02-09\ntags: [a, b]\n---\n" + TEXT_FILES[0]],
}


def spans_hold(text: str, spans: list[tuple[int, int, str]]) -> None:
    """Each span lies in the text and says what stands there."""
    for start, end, quote in spans:
        assert 0 <= start < end <= len(text)
        assert text[start:end] == quote


def is_date(value: str) -> bool:
    if re.fullmatch(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2}|Z)?)?)?)?", value) is None:
        return False
    date.fromisoformat((value + "-01-01")[:10] if len(value) < 10 else value[:10])
    return True


def holds(article: Article) -> None:
    """What is true of every article."""
    text = article.text
    position = 0
    placed = [passage for passage in article.passages if passage.start_char is not None]
    for passage in sorted(placed, key=lambda passage: passage.start_char or 0):
        assert passage.role in ROLES_IN_TEXT
        assert passage.start_char == position
        assert text[passage.start_char : passage.end_char] == passage.text
        position = (passage.end_char or 0) + 2
    assert position == (len(text) + 2 if text else 0)
    assert all(passage.role in ROLES_CUT for passage in article.passages if passage.start_char is None)
    spans_hold(text, [(each.start_char, each.end_char, each.quote) for each in article.figures])
    spans_hold(text, [(each.start_char, each.end_char, each.quote) for each in article.citations])
    spans_hold(text, [(each.start_char, each.end_char, each.quote) for each in article.date_mentions])
    ordered = [(figure.start_char, figure.end_char) for figure in article.figures]
    assert all(one[1] <= two[0] for one, two in pairwise(ordered)), "figures overlap"
    for claim in article.claims:
        assert claim.figure.quote in claim.sentence
    assert article.published.value is None or is_date(article.published.value), article.published
    for mention in article.date_mentions:
        assert is_date(mention.date)


@examples(60)
@given(st.one_of(st.binary(max_size=400), TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))))
@example(b"{}")
@example(b"\x1f\x8b")
@example(b"\xff\xfe")
def test_any_bytes_are_documents(raw: bytes) -> None:
    for document in read_stdin(io.BytesIO(raw)):
        assert (document.text is None) == (document.reason is not None)
        holds(process(document))


@pytest.mark.parametrize("kind", CONTAINERS)
def test_damaged_files_are_documents(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"file.{kind}"

    @examples(14)
    @given(damaged(CONTAINERS[kind]))
    def run(raw: bytes) -> None:
        path.write_bytes(raw)
        found = list(read([path]))
        assert found, "a file disappeared"
        for document in found:
            assert (document.text is None) == (document.reason is not None)
            if document.text is not None:
                holds(process(document))

    run()


@examples(80)
@given(TEXTS, LANGUAGES, st.sampled_from(["text/plain", "text/html"]))
def test_any_text_is_an_article(text: str, language: str | None, kind: str) -> None:
    article = process(
        Document("fuzz", "a.txt", text=text, media_type=kind, given=Given(language=language, title=text[:20] or None))
    )
    holds(article)


@examples(60)
@given(TEXTS)
def test_clean_text_stays_as_it_is(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    cleaned = clean(Document("fuzz", "a.txt", text=text))
    assert normalise(cleaned.text) == cleaned.text
    shown = "".join(passage.text for passage in cleaned.passages)
    kept = {char for char in shown if char.isalnum()}
    assert {char for char in once if char.isalnum()} == kept, "letters were lost or made"


@examples(80)
@given(TEXTS, LANGUAGES, st.sampled_from([None, "2024", "2024-02", "2024-02-29", "2024-02-29T10:00"]))
def test_dates_of_any_text(text: str, language: str | None, published: str | None) -> None:
    reached = 0
    for mention in find_dates(text, language, published=published):
        assert mention.start_char >= reached
        reached = mention.end_char
        spans_hold(text, [(mention.start_char, mention.end_char, mention.quote)])
        assert is_date(mention.date)
        assert {"year": 4, "month": 7, "day": 10}[mention.precision] == len(mention.date)


@examples(80)
@given(TEXTS, LANGUAGES)
def test_figures_and_claims_of_any_text(text: str, language: str | None) -> None:
    figures = find_figures(text, language)
    reached = 0
    for figure in figures:
        assert figure.start_char >= reached
        reached = figure.end_char
        spans_hold(text, [(figure.start_char, figure.end_char, figure.quote)])
        assert figure.vague == (figure.low is None and figure.high is None)
        assert figure.low is None or figure.high is None or figure.low <= figure.high
        assert all(value is None or value.is_finite() for value in (figure.low, figure.high, figure.magnitude))
    citations = find_citations(text, language)
    claims = claim_figures(text, figures, language=language, citations=citations, published="2024-02-29")
    assert tuple(claim.figure for claim in claims) == figures
    for claim in claims:
        assert claim.sentence in text and claim.figure.quote in claim.sentence
        assert claim.period is None or is_date(claim.period.partition("/")[0][:4])


@examples(60)
@given(TEXTS)
def test_sentences_language_and_index_of_any_text(text: str) -> None:
    spans = sentence_spans(text)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    found = detect_language(text)
    assert found.confidence is None or 0 <= found.confidence <= 1
    row = index_row((1, text[:30], text, found.code, None, None), [])
    assert all(isinstance(value, int | str) for value in row)


@examples(100)
@given(TEXTS, st.booleans())
def test_any_text_is_a_query(text: str, exact: bool) -> None:
    query = parse_query(text, exact=exact)
    for term in query.terms:
        assert 0 <= term.start <= term.end <= len(query.text)
    understand(query, ["en", "de", "ru", "zh-Hans"])
