"""The pages as a person sees them: a served database, a real browser, pictures to look at.

Pictures are written to ``tests/pictures``. Without Chromium and Playwright these tests say so and are skipped.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from site_data import HOSTILE, build

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed (extra: test)")
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"),
]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
FLAGS += ["--disable-component-update", "--disable-sync"]
HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
PAGES = {
    "landing": "/",
    "article": "/article/en-one",
    "article-german": "/article/de-two",
    "article-arabic": "/article/ar-five",
    "article-hostile": "/article/evil-six",
    "search": "/search?q=Altman",
    "search-filtered": "/search?q=chips&language=en&since=2024",
    "search-nothing": "/search?q=zzzz",
    "search-hostile": f"/search?q={quote(HOSTILE)}",
    "measure": "/measure/fundraising_target",
    "story": "/story/en-one",
    "citations": "/citations",
    "source": "/source/the-daily-wafer",
    "quality": "/quality",
    "about": "/about",
    "search-amount": "/search?q=7+trillion",
    "missing": "/article/nope",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Datasette process serving the invented corpus; its address."""
    database = build(tmp_path_factory.mktemp("browser") / "corpus.db")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (database.parent / "log").open("w+")
    command = [sys.executable, "-m", "datasette", "serve", str(database), "-m", str(HERE.parent / "metadata.yml")]
    server = subprocess.Popen([*command, "-p", str(port)], stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/-/versions.json").close()
                break
            except (urllib.error.URLError, ConnectionError):
                assert server.poll() is None, Path(log.name).read_text()
                time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(10)
        log.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page and everything it did that it should not have done."""

    page: Any
    site: str
    wrong: list[str] = field(default_factory=list)

    def open(self, address: str) -> Any:
        return self.page.goto(self.site + address, wait_until="load")

    def noticed(self, request: Any) -> None:
        if not request.url.startswith(self.site):
            self.wrong.append(f"request to {request.url}")

    def said(self, message: Any) -> None:
        # A page that is meant to be missing is reported by the browser itself.
        if message.type in ("error", "warning") and "404" not in message.text:
            self.wrong.append(f"{message.type}: {message.text}")

    def asked(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture
def visit(site: str, chromium: Any) -> Iterator[Any]:
    """Make watched pages; afterwards none of them may have done anything wrong."""
    contexts, pages = [], []

    def make(size: str = "desktop", **options: Any) -> Watched:
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        watched = Watched(context.new_page(), site)
        pages.append(watched)
        watched.page.on("request", watched.noticed)
        watched.page.on("console", watched.said)
        watched.page.on("dialog", watched.asked)
        watched.page.on("pageerror", lambda error: watched.wrong.append(str(error)))
        return watched

    yield make
    wrong = [fault for watched in pages for fault in watched.wrong]
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_page_looks_right(visit: Any, name: str, size: str) -> None:
    watched = visit(size)
    watched.open(PAGES[name])
    page = watched.page
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-{size}.png", full_page=True)
    assert page.locator("h1").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    assert page.locator("script:not([type='application/ld+json'], [src$='/site.js']), img, iframe").count() == 0
    small = page.evaluate(
        """[...document.querySelectorAll('body *')].filter(e => e.childNodes.length && e.checkVisibility()
           && !e.closest('svg') && parseFloat(getComputedStyle(e).fontSize) < 12).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desktop", "dark")])
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_it(visit: Any, name: str, size: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed (extra: test)")
    watched = visit(size, color_scheme=scheme)
    watched.open(PAGES[name])
    # What unfolds is looked at as well, and a reading that is open.
    watched.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    if watched.page.locator("mark a").count():
        watched.page.locator("mark a").first.focus()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]}
    found = axe.Axe().run(watched.page, options=options).response["violations"]
    assert [(fault["id"], [node["html"][:120] for node in fault["nodes"]][:4]) for fault in found] == []


@pytest.mark.parametrize("name", ["landing", "article", "search", "measure", "source"])
def test_dark_and_printed_pages(visit: Any, name: str) -> None:
    dark = visit(color_scheme="dark")
    dark.open(PAGES[name])
    PICTURES.mkdir(exist_ok=True)
    dark.page.screenshot(path=PICTURES / f"{name}-dark.png", full_page=True)
    red, green, blue = dark.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")[
        :3
    ]
    assert max(red, green, blue) < 60
    dark.page.emulate_media(media="print", color_scheme="light")
    dark.page.screenshot(path=PICTURES / f"{name}-print.png", full_page=True)
    assert not dark.page.locator(".masthead nav").is_visible()


@pytest.mark.parametrize("size", SIZES)
def test_a_reading_shows_on_hover_focus_and_tap(visit: Any, size: str) -> None:
    watched = visit(size, has_touch=size == "phone", is_mobile=size == "phone")
    watched.open("/article/en-one")
    page = watched.page
    reading = page.locator(".reading", has_text="5–7 trillion US dollars")
    figure = page.locator("mark a", has_text="$5 trillion to $7 trillion")
    assert not reading.is_visible()
    if size == "phone":
        figure.tap()
    else:
        figure.hover()
    assert reading.is_visible()
    page.screenshot(path=PICTURES / f"reading-{size}.png")
    box = reading.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= SIZES[size][0]
    if size == "phone":
        reading.get_by_label("Close this reading").tap()
        assert not reading.is_visible()
    page.mouse.move(1, 1)
    if size == "desktop":
        assert not reading.is_visible()
        figure.focus()
        assert reading.is_visible()


def test_escape_closes_a_reading_until_it_is_come_to_again(visit: Any) -> None:
    watched = visit()
    watched.open("/article/en-one")
    page = watched.page
    reading = page.locator(".reading", has_text="5–7 trillion US dollars")
    figure = page.locator("mark a", has_text="$5 trillion to $7 trillion")
    figure.hover()
    assert reading.is_visible()
    page.keyboard.press("Escape")
    # The pointer has not moved.
    assert not reading.is_visible()
    page.mouse.move(1, 1)
    figure.hover()
    assert reading.is_visible()
    page.mouse.move(1, 1)
    figure.focus()
    page.keyboard.press("Tab")
    assert reading.get_by_role("link", name="Link to this figure").evaluate("e => e === document.activeElement")
    page.keyboard.press("Escape")
    assert not reading.is_visible()
    assert figure.evaluate("e => e === document.activeElement")
    figure.click()
    page.mouse.move(1, 1)
    page.evaluate("document.activeElement.blur()")
    # Come to by its address, it stays open without pointer and focus, and closes the same way.
    assert reading.is_visible()
    page.keyboard.press("Escape")
    assert not reading.is_visible()
    page.locator(".figures a").nth(1).click()
    page.locator(".figures a").first.click()
    page.mouse.move(1, 1)
    assert reading.is_visible()


def test_an_address_with_a_figure_leads_to_it(visit: Any) -> None:
    watched = visit()
    watched.open("/article/en-one")
    start = watched.page.locator("mark").last.get_attribute("id")
    watched.open(f"/article/en-one#{start}")
    watched.page.reload()
    assert watched.page.locator(f"#{start} ~ .reading").is_visible()
    assert watched.page.locator(f"#{start}").is_visible()


def test_a_wrong_reading_leads_to_the_lines_that_correct_it(visit: Any) -> None:
    watched = visit(java_script_enabled=False)
    watched.open("/article/en-one")
    page = watched.page
    page.locator("mark a", has_text="13.1%").focus()
    page.get_by_role("link", name="What to do if this reading is wrong: 13.1%").click()
    lines = page.locator("pre", has_text="strike: true").filter(has_text="13.1%")
    assert lines.is_visible() and "article: en-one" in lines.inner_text()


def test_numbers_and_dates_follow_the_reader_and_can_be_chosen(visit: Any) -> None:
    watched = visit(locale="de-DE", java_script_enabled=False)
    watched.open("/article/en-one")
    page = watched.page
    assert page.locator(".figures b").first.inner_text() == "5–7\u00a0Bio. $"
    assert "9. Feb. 2024" in page.locator(".kicker").inner_text()
    page.get_by_label("Numbers and dates as in").select_option("zh")
    page.get_by_role("button", name="Show").click()
    assert page.locator(".figures b").first.inner_text() == "US$5–7万亿"
    # Kept for the pages that follow.
    watched.open("/search?q=Altman")
    assert "US$5–7万亿" in page.locator(".hits").inner_text()
    page.get_by_label("Numbers and dates as in").select_option("")
    page.get_by_role("button", name="Show").click()
    assert page.url.endswith("/search?q=Altman&lang=") and "5–7\u00a0Bio. $" in page.locator(".hits").inner_text()


def test_a_question_is_answered_on_the_way_to_its_citation(visit: Any) -> None:
    watched = visit(locale="en-GB")
    watched.open("/")
    page = watched.page
    page.locator("#ask").fill("7 trillion")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    answer = page.locator(".answer")
    assert "Stated in 3 articles" in answer.inner_text() and "denied in 1" in answer.inner_text()
    assert "Morning Ledger" in answer.inner_text()
    answer.get_by_text("Cite these claims").click()
    cited = answer.locator(".cites li", has_text="Morning Ledger").inner_text()
    assert "“$5 trillion to $7 trillion” (5–7 trillion US dollars" in cited
    assert "The Daily Wafer, 9 February 2024" in cited and "/article/en-one#f" in cited


def test_a_mark_of_the_chart_leads_to_its_words(visit: Any) -> None:
    watched = visit()
    watched.open("/")
    mark = watched.page.locator("svg.chart-wide a").filter(has_text="$8–10 bn")
    assert not watched.page.locator("svg.chart-narrow").first.is_visible()
    mark.locator(".body").click()
    watched.page.wait_for_url("**/article/de-two#f*")
    assert watched.page.locator("mark:target").inner_text() == "8 und 10 Milliarden US-Dollar"


def test_labels_of_the_chart_stand_apart(visit: Any) -> None:
    for size, name in (("desktop", "wide"), ("phone", "narrow")):
        watched = visit(size)
        watched.open("/measure/fundraising_target")
        boxes = watched.page.evaluate(
            f"""[...document.querySelectorAll('svg.chart-{name} .stated text')].map(e => {{
                const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom] }})"""
        )
        assert len(boxes) >= 4
        overlaps = [
            (one, other)
            for at, one in enumerate(boxes)
            for other in boxes[at + 1 :]
            if one[0] < other[2] - 1 and other[0] < one[2] - 1 and one[1] < other[3] - 1 and other[1] < one[3] - 1
        ]
        assert overlaps == []


def test_everything_works_without_a_script_and_by_keyboard(visit: Any) -> None:
    watched = visit(java_script_enabled=False)
    watched.open("/")
    page = watched.page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/#main")
    page.locator("#ask").fill("芯片")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    page.locator(".hits a").first.click()
    page.wait_for_url("**/article/zh-four")
    watched.open("/article/en-one")
    assert not page.get_by_text("Sign up for our newsletter today").is_visible()
    page.get_by_text("What was cut from this article").click()
    assert page.get_by_text("Sign up for our newsletter today").is_visible()


def test_a_filter_is_removed_with_a_click(visit: Any) -> None:
    watched = visit()
    watched.open("/search?q=Altman&language=de")
    page = watched.page
    assert page.locator(".hits > li").count() == 1
    page.get_by_label("Remove the filter language").click()
    page.wait_for_url("**/search?q=Altman")
    assert page.locator(".hits > li").count() == 4  # Altman, 奥特曼 and ألتمان


def test_hostile_words_change_nothing_but_text(visit: Any) -> None:
    watched = visit()
    page = watched.page
    for address in (
        PAGES["article-hostile"],
        PAGES["search-hostile"],
        "/",
        "/measure/fundraising_target",
        "/corpus/articles",
    ):
        watched.open(address)
        page.wait_for_timeout(50)
        assert page.locator("img, [onerror], [onload], svg[onload]").count() == 0
    watched.open(PAGES["article-hostile"])
    assert "<script>alert(1)</script>" in page.locator("h1").inner_text()
    assert page.locator("h1 *").count() == 0


@pytest.fixture(scope="module", autouse=True)
def quiet_browser() -> None:
    # Chromium asks the session bus for a keyring, which containers do not have.
    os.environ.setdefault("DBUS_SESSION_BUS_ADDRESS", "/dev/null")
