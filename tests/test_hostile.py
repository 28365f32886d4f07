"""Hostile text changes nothing but text: in every column, in every parameter, seen by a real browser.

Each trick would show itself: by a dialog, a request to another host, a message of the console, a variable that is
set, an element or an attribute that nobody of ours made, or by words that are missing where they should stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from site_data import build
from sqlite_utils import Database
from test_api import serving
from test_browser import CHROMIUM, FLAGS, playwright

import corpus
from corpus.site.openapi import description

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"),
]
TRICKS = (
    "<script data-evil>window.evil=1;alert(1)</script>",
    "<img data-evil src=//evil.example/x onerror=alert(2)>",
    "<svg data-evil onload=alert(3)><animate data-evil onbegin=alert(3) attributeName=x></svg>",
    "\"' autofocus onfocus=alert(4) data-evil=\"' style='background:url(//evil.example/s)'",
    "</title></textarea></style></script><script data-evil>alert(5)</script>",
    "<iframe data-evil src=javascript:alert(6)></iframe><base data-evil href=//evil.example/>",
    "<meta data-evil http-equiv=refresh content='0;url=//evil.example/'>",
    "<link data-evil rel=stylesheet href=//evil.example/c>",
    "<form data-evil action=//evil.example/><input data-evil name=q></form>",
    "<a data-evil href=javascript:alert(7)>x</a><details data-evil open ontoggle=alert(8)>",
    "]]><!--><x-evil data-evil>--!>&lt;b data-evil&gt;&#60;b data-evil&#62;",
    "{{7*7}}{% raw %}${7*7}#{7*7}",
    "\u202eesrever\u2066\u200f\u2028\u2029\ue000mark\ue001\ufff9",
    "javascript:alert(9)//https://evil.example/",
)
EVIL = " ".join(TRICKS)
ADDRESSES = (
    "javascript:alert(10)",
    "data:text/html,<script>alert(11)</script>",
    "//evil.example/x",
    'https://evil.example/"><img data-evil src=x onerror=alert(12)>',
)
# Columns whose values are keys, or told apart by the code: a hostile one is of no use to anybody.
KEPT = set(
    "id uid status first_ingested last_ingested first_seen last_seen started finished content_hash version raw".split()
)
# What comes from articles letter by letter; the rest are codes of ours and of standards, which have no direction.
FREE = frozenset(
    "headline text author name quote sentence subject attributed_to message evidence reason origin "
    "date_evidence source_evidence language_evidence claim_evidence".split()
)
TABLES = (
    "articles figures passages sources stories citations date_mentions article_links flags documents runs revisions"
).split()
# Elements that a page of ours may have; of script only data, of which the browser runs nothing.
SEEN = """() => {
  const faults = [];
  if (window.evil !== undefined) faults.push('a script ran');
  for (const e of document.querySelectorAll('*')) {
    const tag = e.localName, shown = e.outerHTML.slice(0, 160);
    if (e.hasAttribute('data-evil') || tag === 'x-evil') faults.push('element: ' + shown);
    if (OURS && ['iframe', 'object', 'embed', 'base', 'style', 'img', 'textarea', 'video', 'frame'].includes(tag))
      faults.push('tag: ' + shown);
    const own = tag === 'script' && e.src.startsWith(location.origin) && e.src.endsWith('/chipfab-corpus/site.js');
    if (OURS && tag === 'script' && e.type !== 'application/ld+json' && !own) faults.push('script: ' + shown);
    if (tag === 'meta' && e.httpEquiv) faults.push('meta: ' + shown);
    for (const a of e.attributes) {
      if (OURS && (/^on/i.test(a.name) || a.name === 'style')) faults.push('attribute: ' + shown);
      if (['href', 'src', 'action', 'formaction', 'xlink:href'].includes(a.name)
          && /^\\s*(javascript|data|vbscript):/i.test(a.value)) faults.push('address: ' + shown);
    }
  }
  return faults;
}"""
# Text that is turned round must not turn what stands beside it.
TURNED = """() => {
  const faults = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (!node.data.includes('\\u202e') || !node.parentElement.checkVisibility()) continue;
    let e = node.parentElement, isolated = false;
    while (e && getComputedStyle(e).display.startsWith('inline')) {
      const how = getComputedStyle(e).unicodeBidi;
      if (how.includes('isolate') || how === 'plaintext' || getComputedStyle(e).display !== 'inline') isolated = true;
      e = e.parentElement;
    }
    if (!isolated && e && e.textContent.trim() !== node.data.trim()
        && !e.closest('.prose, .snippet, option, select, text, title, q')) faults.push(e.outerHTML.slice(0, 300));
  }
  return faults;
}"""


LINKS = """[...document.querySelectorAll('a[href]')].map(
  a => new URL(a.getAttribute('href'), location).href.split('#')[0])"""


def _poison(path: Path) -> Path:
    """Write what is hostile into every column of text, past everything that would have stripped it."""
    db = Database(path)
    codes = re.sub("[\u200e-\u200f\u2028-\u202e\u2066-\u2069]", "", EVIL)
    db.conn.execute("PRAGMA foreign_keys = OFF")
    with db.conn:
        for table in TABLES:
            for column in db.table(table).columns:
                if column.type.upper() != "TEXT" or column.name in KEPT or column.is_pk:
                    continue
                if column.name in ("kind", "qualifier", "method", "role", "currency", "date_published"):
                    # Some rows keep a value of these that the pages know, so that all of a page is seen.
                    db.execute(f'UPDATE "{table}" SET "{column.name}" = ? WHERE rowid % 5 = 0', [codes])
                elif column.name == "slug":
                    db.execute(f'UPDATE "{table}" SET slug = slug || ?', [codes])
                elif column.name in ("url", "domain"):
                    for number, address in enumerate(ADDRESSES):
                        db.execute(f'UPDATE "{table}" SET "{column.name}" = ? WHERE rowid % 4 = ?', [address, number])
                else:
                    words = EVIL if column.name in FREE else codes
                    db.execute(f"UPDATE {table} SET {column.name} = coalesce({column.name}, '') || ?", [words])
        # A name as an address of ours, too.
        db.execute("UPDATE articles SET uid = ? WHERE uid = 'evil-six'", [f"x{TRICKS[3]}"])
    db.close()
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(_poison(build(tmp_path_factory.mktemp("hostile") / "corpus.db"))) as address:
        yield address


@pytest.fixture(scope="module")
def lined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What the real line makes of hostile files."""
    folder = tmp_path_factory.mktemp("files")
    given = {"title": f"Chips {EVIL}", "source": f"Evil {EVIL}", "author": EVIL}
    for number, url in enumerate(ADDRESSES):
        front = "\n".join(f"{name}: {json.dumps(value)}" for name, value in {**given, "url": url}.items())
        body = f"The plan, {EVIL}, costs $7 trillion, says {EVIL}.\n\n{EVIL} wants 8 billion dollars. {number}\n"
        (folder / f"{number}.txt").write_text(f"---\n{front}\n---\n\n{body}", "utf-8")
    head = f"<html><head><title>{EVIL}</title></head><body><article><h1>Chips {EVIL}</h1><p>$7 trillion {EVIL}. "
    (folder / "page.html").write_text(head + "It costs 8 billion dollars. " * 40 + "</article></body></html>", "utf-8")
    path = tmp_path_factory.mktemp("line") / "corpus.db"
    corpus.store(path, map(corpus.process, corpus.read([folder])))
    with serving(path) as address:
        yield address


class Watcher:
    """A browser's page; ``faults`` is everything it did that it should not have done."""

    def __init__(self, browser: Any) -> None:
        self.context = browser.new_context()
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.site = ""
        self.page.on("dialog", self._asked)
        self.page.on("request", self._requested)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("download", lambda download: self.faults.append(f"download: {download.url}"))

    def _asked(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _requested(self, request: Any) -> None:
        if not request.url.startswith(f"{self.site}/"):
            self.faults.append(f"request: {request.url}")

    def _said(self, message: Any) -> None:
        # That an answer is no 200 is said by the browser itself.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"{message.type}: {message.text[:300]}")

    def look(self, site: str, address: str, *, ours: bool = True, turned: bool = False) -> str:
        """Open an address and give its visible text."""
        self.site = site
        self.page.goto(site + address, wait_until="load")
        found = self.page.evaluate(SEEN.replace("OURS", "true" if ours else "false"))
        found += self.page.evaluate(TURNED) if turned else []
        self.faults += [f"{address[:120]}: {fault}" for fault in found]
        return str(self.page.evaluate("document.body.innerText"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def watcher(browser: Any) -> Iterator[Watcher]:
    """A watched page; afterwards it must have done nothing wrong."""
    made = Watcher(browser)
    yield made
    made.page.wait_for_timeout(200)
    made.context.close()
    assert made.faults == []


def _crawled(watcher: Watcher, site: str, start: list[str], *, most: int) -> dict[str, str]:
    """Pages of ours that can be got to, with their text."""
    waiting, seen = list(start), {}
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen[address] = watcher.look(site, address, turned=True)
        links = watcher.page.evaluate(LINKS)
        ours = re.compile(
            re.escape(site) + r"/(article|measure|story|source|quality|citations)\b(?!.*\.(json|csv|ndjson))"
        )
        kinds = [link.removeprefix(site) for link in links if ours.match(link)]
        waiting += sorted(set(kinds) - seen.keys(), key=lambda link: link.count("?"))
    return seen


START = ["/", "/about", "/quality", "/citations", "/search", "/search?q=chips&explain=1", "/search?q=7+trillion"]


def test_hostile_rows_are_only_text(site: str, watcher: Watcher) -> None:
    seen = _crawled(watcher, site, START, most=34)
    kinds = {address.split("/")[1].split("?")[0] for address in seen}
    assert {"article", "measure", "source", "quality", "search", "citations"} <= kinds
    for address, text in seen.items():
        if re.match(r"/(article|story|source|measure)/", address) and "nothing at this address" not in text:
            assert "<script data-evil>" in text and "<img data-evil" in text, address
            assert "{{7*7}}" in text and "49" not in re.findall(r"\b49\b", text), address


def test_hostile_rows_on_the_pages_of_datasette(site: str, watcher: Watcher) -> None:
    tables = [*TABLES, "claims", "evidence_mismatches", "rejected_documents", "who_cites_whom", "undated_articles"]
    for name in [*tables, "articles/1", "figures/1", "sources/4", "articles?_facet=author", "denials", "disagreements"]:
        watcher.look(site, f"/corpus/{name}", ours=False)
    assert "data-evil" in watcher.look(
        site, f"/corpus/articles?_search={quote(EVIL)}&author__contains=evil", ours=False
    )
    for query in ({"sql": f"select '{EVIL.replace(chr(39), '')}'"}, {"sql": EVIL}):
        watcher.look(site, f"/corpus?{urlencode(query)}", ours=False)


def test_what_the_line_makes_of_hostile_files(lined: str, watcher: Watcher) -> None:
    seen = _crawled(watcher, lined, START, most=16)
    articles = [text for address, text in seen.items() if address.startswith("/article/")]
    # A page of HTML was read as one: its elements are gone, where the plain files have theirs as text.
    assert len(articles) == 5 and sum("<script data-evil>" in text for text in articles) == 4


def test_hostile_parameters_are_only_text(site: str, watcher: Watcher) -> None:
    parameters = sorted({p["name"] for p in description()["components"]["parameters"].values() if p["in"] == "query"})
    parameters += ["new", "lang", "nonsense", EVIL]
    named = f"/article/{quote(EVIL, safe='')}", f"/measure/{quote(EVIL, safe='')}", f"/source/{quote(EVIL, safe='')}"
    for address in ("/", "/search", "/citations", "/quality", "/about", "/measure/fundraising_target", *named):
        watcher.look(site, f"{address}?{urlencode(dict.fromkeys(parameters, EVIL))}")
    for name in parameters:
        text = watcher.look(site, f"/search?{urlencode({name: EVIL})}")
        assert "{{7*7}}" in text or name not in ("q",)
    for name in ("q", "subject", "source", "measure", "language"):
        watcher.look(site, f"/search?{urlencode({'q': 'chips', name: EVIL, 'since': '2024'})}", turned=True)
    for address in ("/story/", "/article/", "/nonsense/", "/corpus/", "/", "/-/"):
        watcher.look(site, f"{address}{quote(EVIL, safe='')}", ours=False)


def test_the_policy_holds_where_a_text_would_get_through(site: str, watcher: Watcher) -> None:
    """The second wall: a script put into a page of ours is not run."""
    watcher.look(site, "/about")
    blocked = watcher.page.evaluate(
        """() => new Promise(done => {
          document.addEventListener('securitypolicyviolation', e => done(e.violatedDirective));
          const script = document.createElement('script');
          script.textContent = 'window.evil = 1';
          document.body.append(script);
          setTimeout(() => done('nothing was blocked'), 2000);
        })"""
    )
    assert blocked.startswith("script-src") and watcher.page.evaluate("window.evil") is None
    # The browser reported what it blocked, as it should.
    watcher.faults = [fault for fault in watcher.faults if "Content Security Policy" not in fault]
