"""One document → one article: the only place that knows the order of the steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from corpus.claims import claim_figures
from corpus.clean import Cleaned, clean, with_languages
from corpus.dates import find_dates
from corpus.dates.publication import find_publication_date, latest_day
from corpus.figures import find_figures
from corpus.language import detect_language, passage_language
from corpus.model import (
    RULES_VERSION,
    Article,
    Citation,
    DateMention,
    Document,
    Figure,
    Language,
    Passage,
)
from corpus.sources import find_citations, find_provenance, stated_url


def process(document: Document) -> Article:
    """Everything one document yields: text, language, date, provenance, figures and what they are about.

    A document that could not be read gives an article with an empty text.
    """
    cleaned = clean(document)
    given = document.given
    language = language_of(cleaned, declared=given.language or cleaned.metadata.language)
    cleaned = with_languages(cleaned, [passage_language(passage.text, language.code) for passage in cleaned.passages])
    url = given.url or cleaned.metadata.url or stated_url(cleaned)
    published = find_publication_date(cleaned, given, language.code, url=url, latest=latest_day(date.today()))
    return with_contents(
        Article(
            document=document,
            headline=cleaned.headline,
            text=cleaned.text,
            passages=cleaned.passages,
            language=language,
            published=published,
            provenance=find_provenance(cleaned, given, url=url),
            url=url,
            version=RULES_VERSION,
        )
    )


def with_contents(article: Article) -> Article:
    """The article with what is read in its text: outlets cited, figures and what they are about, dates named.

    All of it follows from the passages and from the article's language, date and publisher, so that it can be
    read again where one of these was set by hand.
    """
    language, published, source = article.language.code, article.published.value, article.provenance.source
    citations = citations_of(article.passages, language)
    if source is not None:
        citations = tuple(citation for citation in citations if citation.source.slug != source.slug)
    figures = figures_of(article.passages)
    return replace(
        article,
        claims=claim_figures(article.text, figures, language=language, citations=citations, published=published),
        date_mentions=mentions_of(article.passages, published=published),
        citations=citations,
    )


def language_of(cleaned: Cleaned, *, declared: str | None) -> Language:
    """The language of the article: of its paragraphs, since headings are short and furniture speaks English."""
    body = [passage.text for passage in cleaned.passages if passage.role in ("lead", "body", "list", "quote")]
    return detect_language("\n".join(body) or cleaned.text, declared=declared)


def figures_of(passages: Sequence[Passage]) -> tuple[Figure, ...]:
    """The figures of the reading text, each read in the language of its passage."""
    return tuple(
        replace(figure, start_char=figure.start_char + start, end_char=figure.end_char + start)
        for passage, start in _placed(passages)
        for figure in find_figures(passage.text, passage.language or "")
    )


def citations_of(passages: Sequence[Passage], language: str | None) -> tuple[Citation, ...]:
    """The outlets cited in the reading text."""
    return tuple(
        replace(citation, start_char=citation.start_char + start, end_char=citation.end_char + start)
        for passage, start in _placed(passages)
        for citation in find_citations(passage.text, passage.language or language)
    )


def mentions_of(passages: Sequence[Passage], *, published: str | None) -> tuple[DateMention, ...]:
    """The dates named in the reading text; those of an embedded post have the role ``post``."""
    mentions = []
    for passage, start in _placed(passages):
        for found in find_dates(passage.text, passage.language, published=published):
            role = "post" if passage.rule == "post" else found.role
            mentions.append(
                replace(found, start_char=found.start_char + start, end_char=found.end_char + start, role=role)
            )
    return tuple(mentions)


def _placed(passages: Sequence[Passage]) -> list[tuple[Passage, int]]:
    """The passages of the reading text in the order of that text, each with its offset."""
    placed = [(passage, passage.start_char) for passage in passages if passage.start_char is not None]
    return sorted(((passage, start) for passage, start in placed), key=lambda pair: pair[1])
