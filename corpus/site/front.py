"""The front page: what there is to find, the claims at a glance, and what needs attention."""

from __future__ import annotations

from corpus.site import queries
from corpus.site.charts import range_charts
from corpus.site.pages import Page, View, article_row, base_context, described
from corpus.site.timeline import timeline
from corpus.site.wording import measure_label, words_of

# Claims that stand beside the chart of the front page; the page of the measure has them all.
_CLAIMS = 8


async def landing_page(view: View, _: str) -> Page:
    """The claims at a glance, when the articles were published, and what needs attention."""
    data = await view.read(queries.overview)
    leading = data["leading"]
    charts = None
    if leading is not None:
        charts = range_charts(data["claims"], view.links, slug=leading, title=measure_label(leading), form=view.form)
    # Undated claims stand at the end, as in every order of time.
    newest = sorted(data["claims"], key=lambda claim: claim["date_published"] or "", reverse=True)[:_CLAIMS]
    context = base_context(
        view,
        examples=words_of("examples").values(),
        data=data,
        charts=charts,
        times=timeline(data["months"], view.links, view.form),
        claims=[described(claim, view.form) for claim in newest],
        json_url=view.links.index_json(),
    )
    payload = {
        "counts": data["counts"],
        "languages": data["languages"],
        "sources": data["sources"],
        "measures": [
            {**row, "url": view.links.absolute(view.links.measure(row["measure"]))} for row in data["measures"]
        ],
        "months": [{"published": month or None, "articles": count} for month, count in sorted(data["months"].items())],
        "leading_measure": leading,
        "articles": [article_row(row, view) for row in data["articles"]],
        "attention": data["attention"],
    }
    return Page("landing.html", context, payload)
