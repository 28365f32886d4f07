# ruff: noqa: E501  (markup stays on one line)
"""HTML pages as sites build them, written for the evaluation: one function a template."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Story:
    """What a page is about: the article's parts, and the furniture's words in its language."""

    language: str
    title: str
    paragraphs: Sequence[str]
    furniture: Sequence[str]
    date: str | None
    source: str | None
    author: str | None

    @property
    def ps(self) -> str:
        return "\n".join(f"<p>{escape(text)}</p>" for text in self.paragraphs)

    @property
    def menu(self) -> str:
        return "".join(f'<li><a href="/s{n}">{escape(text)}</a></li>' for n, text in enumerate(self.furniture[:4]))

    @property
    def linked(self) -> str:
        items = "".join(f'<li><a href="/r{n}">{escape(text)}</a></li>' for n, text in enumerate(self.furniture[4:]))
        return f"<ul>{items}</ul>"

    def data(self, kind: str = "NewsArticle", **more: object) -> str:
        entry = {
            "@context": "https://schema.org",
            "@type": kind,
            "headline": self.title,
            "datePublished": self.date,
            "author": {"@type": "Person", "name": self.author},
            "publisher": {"@type": "Organization", "name": self.source},
            **more,
        }
        return json.dumps({key: value for key, value in entry.items() if value is not None}, ensure_ascii=False)


def page(story: Story, head: str, body: str, *, attributes: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="{story.language}"{attributes}><head><meta charset="utf-8">'
        f"<title>{escape(story.title)}</title>{head}</head><body>{body}</body></html>"
    )


def script(content: str) -> str:
    return f'<script type="application/ld+json">{content}</script>'


def graph(story: Story) -> str:
    """JSON-LD in a graph whose web page is older than its article."""
    site = {"@type": "WebPage", "datePublished": "2015-01-01", "name": "Site"}
    content = json.dumps({"@context": "https://schema.org", "@graph": [site, json.loads(story.data())]})
    return page(
        story,
        script(content),
        f"<header><nav><ul>{story.menu}</ul></nav></header><main><article><h1>{escape(story.title)}</h1>{story.ps}"
        f"</article></main><aside>{story.linked}</aside><footer>© 2026</footer>",
    )


def opengraph(story: Story) -> str:
    """OpenGraph, a share bar and a cookie overlay in front."""
    head = (
        f'<meta property="og:title" content="{escape(story.title)}">'
        f'<meta property="og:site_name" content="{escape(story.source or "")}">'
        f'<meta content="{story.date}" property="article:published_time"/>'
        f'<meta name="author" content="{escape(story.author or "")}">'
    )
    overlay = '<div id="cookie-consent" class="overlay"><p>We use cookies. Accept all cookies or manage preferences.</p></div>'
    return page(
        story,
        head,
        f'{overlay}<ul class="share"><li>Facebook</li><li>X</li></ul><article><h1>{escape(story.title)}</h1>{story.ps}'
        f'</article><div class="related">{story.linked}</div>',
    )


def microdata(story: Story) -> str:
    """schema.org as attributes, the date in a span."""
    return page(
        story,
        "",
        f'<div itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{escape(story.title)}</h1>'
        f'<span itemprop="author">{escape(story.author or "")}</span>'
        f'<span itemprop="datePublished" content="{story.date}">gestern</span>'
        f'<span itemprop="publisher" itemscope><meta itemprop="name" content="{escape(story.source or "")}"></span>'
        f'<div itemprop="articleBody">{story.ps}</div></div><nav>{story.linked}</nav>',
    )


def tables(story: Story) -> str:
    """A layout of tables from the time before style sheets."""
    cells = "<br><br>".join(escape(text) for text in story.paragraphs)
    return page(
        story,
        f'<meta name="pubdate" content="{story.date}">',
        f'<table width="100%"><tr><td valign="top"><font size="1">{story.menu}</font></td><td>'
        f'<font size="5"><b>{escape(story.title)}</b></font><br><br>{cells}</td></tr></table>',
    )


def amp(story: Story) -> str:
    """AMP with JSON-LD."""
    return page(
        story,
        script(story.data(dateModified="2026-01-01T00:00:00Z")),
        f'<amp-sidebar id="s">{story.menu}</amp-sidebar><article><h1>{escape(story.title)}</h1>'
        f'<amp-img src="a.jpg" width="1" height="1"></amp-img>{story.ps}</article><amp-ad>{story.linked}</amp-ad>',
        attributes=" amp",
    )


def weblog(story: Story) -> str:
    """A weblog: a time element, related links inside the text, comments with dates of their own."""
    half = max(1, len(story.paragraphs) // 2)
    first = "".join(f"<p>{escape(text)}</p>" for text in story.paragraphs[:half])
    second = "".join(f"<p>{escape(text)}</p>" for text in story.paragraphs[half:])
    return page(
        story,
        f'<meta property="og:site_name" content="{escape(story.source or "")}">',
        f'<article class="post"><h1 class="entry-title">{escape(story.title)}</h1>'
        f'<time class="entry-date published" datetime="{story.date}" itemprop="datePublished">x</time>'
        f'<div class="entry-content">{first}<div class="related-posts"><h4>Related</h4>{story.linked}</div>{second}</div>'
        f'</article><section id="comments"><h2>Comments</h2><ol><li class="comment"><time datetime="2026-05-05">May</time>'
        f"<p>First! I do not agree with this at all, sorry.</p></li></ol></section>",
    )


def undated(story: Story) -> str:
    """No date anywhere but in a life, a sidebar and a footer."""
    side = "".join(
        f'<li><time datetime="2023-0{n}-11">{n}</time> {escape(text)}</li>' for n, text in enumerate(story.furniture, 1)
    )
    return page(
        story,
        "",
        f"<main><h1>{escape(story.title)}</h1>{story.ps}<p class='bio'>Born on 3 May 1971 in Leeds, she joined the paper"
        f" on 30 June 2019.</p></main><aside><ul>{side}</ul></aside><footer>Copyright 2008-2021. Updated daily.</footer>",
    )


def live(story: Story) -> str:
    """A live blog with a time at each entry."""
    entries = "".join(
        f'<div class="entry"><time datetime="2025-09-0{n}T10:00:00Z">10.00</time><p>{escape(text)}</p></div>'
        for n, text in enumerate(story.paragraphs, 1)
    )
    return page(
        story,
        script(story.data("LiveBlogPosting", coverageEndTime="2025-12-31T00:00:00Z")),
        f"<article><h1>{escape(story.title)}</h1>{entries}</article><nav>{story.menu}</nav>",
    )


def paywall(story: Story) -> str:
    """A paywall's offers before and behind the text."""
    offer = "<div class='paywall'><h3>Subscribe to continue reading</h3><p>Only 1 € a month. Cancel anytime.</p></div>"
    return page(
        story,
        script(story.data(isAccessibleForFree="False")),
        f"<header>{story.menu}</header><article><h1>{escape(story.title)}</h1>{story.ps}{offer}</article>{story.linked}",
    )


def visible(story: Story) -> str:
    """The date only where a reader sees it, under the headline; a clock of today above."""
    return page(
        story,
        "",
        f'<div class="top">Sunday, 22 November 2026</div><nav><ul>{story.menu}</ul></nav><article><h1>{escape(story.title)}</h1>'
        f'<p class="meta">{story.date}</p>{story.ps}</article><footer>{story.linked}</footer>',
    )


def epoch(story: Story) -> str:
    """JSON-LD dated to the beginning of time; the meta element is right."""
    wrong = story.data().replace(str(story.date), "1970-01-01T00:00:00Z")
    return page(
        story,
        script(wrong) + f'<meta name="date" content="{story.date}">',
        f"<article><h1>{escape(story.title)}</h1>{story.ps}</article><aside>{story.linked}</aside>",
    )


def broken(story: Story) -> str:
    """JSON-LD with a raw line end and a comma too many, inside a comment."""
    content = story.data().replace('", "', '",\n"')[:-1] + ",}"
    return page(
        story,
        script(f"<!-- {content} -->") + f'<meta name="DC.date.issued" content="{story.date}">',
        f"<div id='content'><h1>{escape(story.title)}</h1>{story.ps}</div><div class='sidebar'>{story.linked}</div>",
    )


def several(story: Story) -> str:
    """Many dates: changed, made, a video's, an event's; one is the publication's."""
    video = script('{"@type": "VideoObject", "name": "v", "uploadDate": "2020-02-02", "datePublished": "2020-02-02"}')
    return page(
        story,
        video
        + '<meta property="article:modified_time" content="2026-03-03T00:00:00Z">'
        + script(story.data(dateCreated="2019-01-01", dateModified="2026-03-03"))
        + '<meta name="revised" content="2026-04-04">',
        f"<article><h1>{escape(story.title)}</h1>{story.ps}<p><time datetime='2027-06-01'>1 June</time></p></article>{story.linked}",
    )


def breaks(story: Story) -> str:
    """Paragraphs that are only line breaks in one division."""
    text = "<br/><br/>".join(escape(paragraph) for paragraph in story.paragraphs)
    return page(
        story,
        f'<meta property="article:published_time" content="{story.date}">',
        f"<div class='nav'>{story.menu}</div><div class='story-text'><h1>{escape(story.title)}</h1>{text}</div>",
    )


def address(story: Story) -> str:
    """The date only in the canonical address."""
    path = str(story.date).replace("-", "/")
    return page(
        story,
        f'<link rel="canonical" href="https://www.example.org/{path}/story">',
        f"<article><h1>{escape(story.title)}</h1>{story.ps}</article><footer>{story.linked}</footer>",
    )


def future(story: Story) -> str:
    """A date to come, as placeholders have it: none is to be read."""
    return page(
        story,
        '<meta property="article:published_time" content="2099-01-01T00:00:00Z">',
        f"<article><h1>{escape(story.title)}</h1>{story.ps}</article>{story.linked}",
    )


TEMPLATES: dict[str, Callable[[Story], str]] = {
    template.__name__: template
    for template in (
        graph, opengraph, microdata, tables, amp, weblog, undated, live, paywall, visible, epoch, broken, several,
        breaks, address, future,
    )
}  # fmt: skip
