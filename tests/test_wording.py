"""Every word of the interface stands in ``wording.toml``: none in a template, none unused, none missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment, nodes
from markupsafe import Markup

from corpus.site.format import ENGLISH, Form
from corpus.site.wording import interface_language, message, messages

SITE = Path(__file__).parent.parent / "corpus" / "site"
TEMPLATES = sorted((SITE / "templates" / "corpus").glob("*.html"))
ENVIRONMENT = Environment(autoescape=True, extensions=["jinja2.ext.do"])
# Attributes that are read out or shown.
SPOKEN = {"aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt", "label", "summary"}
WORD = re.compile(r"[^\W\d_]{2}")
# A text in code that is meant for a reader: words with spaces between them.
SENTENCE = re.compile(r"[^\W\d_]+ [^\W\d_]+ [^\W\d_]+")

# A query, or a header.
OF_MACHINES = re.compile(r"\b(SELECT|FROM|JOIN|AND|OR|ORDER|WHERE|AS|IS|PRAGMA)\b|'self'")


class Spoken(HTMLParser):
    """The words of a piece of markup that a reader is shown or told."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_data(self, data: str) -> None:
        self.words += [data.strip()] if WORD.search(data) else []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words += [value for name, value in attrs if name in SPOKEN and WORD.search(value or "")]
        described = dict(attrs)
        if tag == "meta" and described.get("name") == "description" and WORD.search(described.get("content") or ""):
            self.words.append(described["content"] or "")


def literals(node: nodes.Node) -> Iterator[str]:
    """The texts that an expression may itself become, so not those it is only asked or chosen by."""
    if isinstance(node, nodes.Const):
        yield from [node.value] if isinstance(node.value, str) else []
    elif isinstance(node, nodes.CondExpr):
        for part in (node.expr1, node.expr2):
            if part is not None:
                yield from literals(part)
    elif isinstance(node, nodes.Add | nodes.Or | nodes.And):
        yield from literals(node.left)
        yield from literals(node.right)
    elif isinstance(node, nodes.Concat):
        for part in node.nodes:
            yield from literals(part)
    elif isinstance(node, nodes.Filter) and node.node is not None:
        yield from literals(node.node)


def unscripted(source: str) -> str:
    """A template's markup with each expression replaced by the texts it may become."""
    # The block of this name is a class, for the stylesheet.
    source = re.sub(r"\{% block page %\}.*?\{% endblock %\}", "", source)
    made, expression = [], None
    for _, kind, value in ENVIRONMENT.lex(source):
        if kind == "data":
            made.append(value)
        elif kind == "variable_begin":
            expression = ""
        elif kind == "variable_end" and expression is not None:
            parsed = ENVIRONMENT.parse(f"{{{{ {expression} }}}}")
            shown = [node for output in parsed.find_all(nodes.Output) for node in output.nodes]
            # An element that is named by an expression is an element.
            made += ["p"] if made and made[-1].endswith(("<", "</")) else []
            made += [text for node in shown for text in literals(node)]
            expression = None
        elif expression is not None:
            expression += value
    return "".join(made)


@cache
def called() -> dict[str, list[tuple[str, set[str] | None]]]:
    """Where each message is asked for, with the names of the values it is given (None: not told)."""
    found: dict[str, list[tuple[str, set[str] | None]]] = {}
    for path in TEMPLATES:
        for call in ENVIRONMENT.parse(path.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "say":
                key = call.args[0]
                assert isinstance(key, nodes.Const), (path.name, call.lineno, "a message is asked for by its name")
                found.setdefault(key.value, []).append((path.name, {given.key for given in call.kwargs}))
    for path in sorted(SITE.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", None))
            if name in ("say", "message") and call.args and isinstance(call.args[0], ast.Constant):
                given = {keyword.arg or "" for keyword in call.keywords}
                found.setdefault(str(call.args[0].value), []).append((path.name, given))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in messages():
                found.setdefault(str(node.value), []).append((path.name, None))
    return found


def forms(key: str) -> list[str]:
    text = messages()[key]
    return [text] if isinstance(text, str) else list(text.values())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_holds_words(path: Path) -> None:
    assert Spoken(unscripted(path.read_text("utf-8"))).words == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_words_are_handed_on_in_a_template(path: Path) -> None:
    tree = ENVIRONMENT.parse(path.read_text("utf-8"))
    texts = [node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)]
    assert [text for text in texts if re.search(r"[^\W\d_] [^\W\d_]|^[A-Z][a-z]+$", text)] == []


@pytest.mark.parametrize(
    "words",
    [
        "<p>Words</p>",
        "<p>{{ 'word' if a else 'words' }}</p>",
        "<p>{{ name or 'nobody' }}</p>",
        "<p title='Words'></p>",
        "<a aria-label=\"{{ 'Close ' ~ name }}\"></a>",
        "{% if a %}and{% endif %}",
        '<meta name="description" content="About">',
    ],
)
def test_words_in_a_template_would_be_found(words: str) -> None:
    assert Spoken(unscripted(words)).words != []


def test_no_page_is_written_in_python() -> None:
    """Sentences in code are docstrings, queries and headers."""
    found = []
    for path in sorted(SITE.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        documented = [
            node.body[0].value
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and isinstance(node.body[0], ast.Expr)
        ]
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and node not in documented else None
            if isinstance(text, str) and SENTENCE.search(text) and not OF_MACHINES.search(text):
                found.append((path.name, text))
    assert found == []


def test_every_message_is_used_and_every_used_one_exists() -> None:
    assert sorted(messages().keys() - called().keys()) == []
    assert sorted(called().keys() - messages().keys()) == []


def test_messages_are_given_the_values_they_name() -> None:
    for key, uses in called().items():
        named = {name for text in forms(key) for _, name, _, _ in Formatter().parse(text) if name is not None}
        chosen = set() if isinstance(messages()[key], str) else {"n"}
        for place, given in uses:
            assert given is None or given == named | chosen, (key, place)


def test_plural_forms_are_those_of_the_language() -> None:
    wanted = {*interface_language().plural_form.tags, "other"}
    for key, text in messages().items():
        assert isinstance(text, str) or set(text) == wanted, key


def test_markup_in_messages_is_whole_and_stays_out_of_attributes() -> None:
    for key in messages():
        for text in forms(key):
            opened = re.findall(r"<(\w+)[^>]*>", text)
            assert sorted(opened) == sorted(re.findall(r"</(\w+)>", text)), key
            assert not re.search(r"\son\w+=|javascript:|<(script|style|iframe)", text), key
    for path in TEMPLATES:
        for _, key in re.findall(r"""="\{\{[^}]*?say\((['"])([a-z._]+)\1[^}]*\}\}["]""", path.read_text("utf-8")):
            assert not any("<" in text for text in forms(key)), (path.name, key)


def test_values_are_escaped_and_numbers_are_the_readers() -> None:
    said = message("article.author", name="<b>&{n}")
    assert isinstance(said, Markup) and said == "By <bdi>&lt;b&gt;&amp;{n}</bdi>"
    assert message("base.titled", page=Markup("<i>x</i>"), site="<") == "<i>x</i> – &lt;"
    # Without markup it is text, which the template escapes.
    assert not isinstance(message("base.titled", page="<", site="x"), Markup)
    assert ENGLISH.say("count.articles", n=1) == "1 article"
    assert ENGLISH.say("count.articles", n=12_345) == "12,345 articles"
    assert Form("de").say("count.articles", n=12_345) == "12.345 articles"
