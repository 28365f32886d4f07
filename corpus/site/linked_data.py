"""An article and its claims in the words of schema.org, for programs that read pages.

It says what the article states, and judges nothing: there is no ClaimReview, since nobody here reviewed a claim.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from jinja2.utils import htmlsafe_json_dumps

from corpus.site import pages
from corpus.site.links import outside
from corpus.site.pages import Page, View
from corpus.site.responses import tidy

# A page stays small: the claims of a long table are in its JSON.
MOST_CLAIMS = 40


async def article_page(view: View, uid: str) -> Page | None:
    """The article to read, with what programs are told of it."""
    page = await pages.article_page(view, uid)
    if page is None or view.as_json:
        return page
    # Escaped so that no text ends the element it stands in.
    told = htmlsafe_json_dumps(tidy(article(page.payload)), dumps=partial(json.dumps, ensure_ascii=False))
    return dataclasses.replace(page, context={**page.context, "linked_data": told})


def article(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Give a NewsArticle with its claims from the JSON of its page; what is unknown is left out."""
    original = outside(payload["original_url"])
    known = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": original or payload["url"],
        "url": original or payload["url"],
        "mainEntityOfPage": payload["url"],
        "headline": payload["headline"],
        "inLanguage": payload["language"],
        "datePublished": payload["date_published"],
        "wordCount": payload["word_count"],
        "author": _named("Person", payload["author"]),
        "publisher": _named("NewsMediaOrganization", payload["source"]),
        "citation": list(dict.fromkeys(citation["name"] for citation in payload["citations"])),
        "hasPart": [_claim(figure, original or payload["url"]) for figure in payload["figures"][:MOST_CLAIMS]],
    }
    return {key: value for key, value in known.items() if value not in (None, [])}


def _claim(figure: Mapping[str, Any], article_id: str) -> dict[str, Any]:
    known = {
        "@type": "Claim",
        "@id": figure["url"],
        "url": figure["url"],
        "name": figure["reading"],
        "text": figure["sentence"] or figure["quote"],
        "appearance": {"@id": article_id},
        "creditText": figure["attributed_to"],
        "creativeWorkStatus": figure["stance"],
        "about": [part for part in (_value(figure), _named("Thing", figure["subject"])) if part is not None],
    }
    return {key: value for key, value in known.items() if value not in (None, [])}


def _value(figure: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is claimed as a value between two ends, None where no number is given."""
    ends = {"minValue": figure["low"], "maxValue": figure["high"]}
    if ends["minValue"] is None and ends["maxValue"] is None:
        return None
    if figure["kind"] == "money":
        kind = {"@type": "MonetaryAmount", "currency": figure["currency"]}
    else:
        unit = {"percent": "%", "multiple": "times"}.get(figure["kind"], figure["unit"])
        kind = {"@type": "QuantitativeValue", "unitText": figure["unit"] or unit}
    return {key: value for key, value in (kind | ends).items() if value is not None}


def _named(kind: str, name: str | None) -> dict[str, str] | None:
    return None if not name else {"@type": kind, "name": name}
