"""What an analyst corrects by hand: the file it is written in, and the lines that go into it.

``corrections.yml`` is a list. Every entry names an article, by its uid or address, and says what is so:

    - article: 4pj2xk7qaz
      date: 2024-02-09            # or language: de, or source: The Register; null says that nobody knows
      note: the page of the printed issue
    - article: 4pj2xk7qaz
      figure: 7 Billionen Dollar  # as the article has it; at: 1234 (start_char) or nth: 2 where it stands twice
      strike: true                # or change: {low: 7e12, high: 7e12} or add: {kind: money, low: 7e12, high: 7e12}

Every value is read as it is written (``no`` is Norwegian, ``2024-02`` a month), so that nothing needs quoting
but what YAML itself asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from corpus.model import KINDS, QUALIFIERS, STANCES

FILE = "corrections.yml"
ARTICLE_FIELDS = ("language", "date", "source")
FIGURE_ACTIONS = ("strike", "change", "add")
_NUMBERS = ("low", "high")
FIGURE_FIELDS = (
    *_NUMBERS,
    "currency",
    "kind",
    "unit",
    "qualifier",
    "measure",
    "subject",
    "attributed_to",
    "stance",
    "period",
)
_CHOICES = {"kind": KINDS, "qualifier": QUALIFIERS, "stance": STANCES}
_KEYS = ("article", "figure", "at", "nth", "note", *FIGURE_ACTIONS, *ARTICLE_FIELDS)
_UNKNOWN = ("", "~", "null", "Null", "NULL")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_PERIOD = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ISO_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2})?([+-]\d{2}:?\d{2}|Z)?)?)?)?")
# A file that says more than this in one value is not one of corrections.
_LONGEST = 10_000

Values = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that is so: ``kind`` is one of FIGURE_ACTIONS or ARTICLE_FIELDS; ``values`` are as written.

    ``line`` is where it stands in the file, counted from 1. ``quote``, ``at`` and ``nth`` are those of a figure.
    """

    article: str
    kind: str
    values: Values = field(default_factory=dict)
    quote: str | None = None
    at: int | None = None
    nth: int | None = None
    note: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a correction is not in force, and where it stands in the file (line and column from 1)."""

    message: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.message
        where = f"line {self.line}" if self.column is None else f"line {self.line}, column {self.column}"
        return f"{where}: {self.message}"


def lines_for(
    article: str,
    *,
    figure: str | None = None,
    at: int | None = None,
    strike: bool = False,
    change: Mapping[str, str | int | float | Decimal | None] | None = None,
    add: Mapping[str, str | int | float | Decimal | None] | None = None,
    note: str | None = None,
    **fields: str | None,
) -> str:
    """The lines to paste into corrections.yml: an article by its uid, and what is so of it or of one figure.

    ``at`` is the figure's start_char, for a quote that stands more than once. ``fields`` are ``date``,
    ``language`` and ``source``; None is "nobody knows". Whatever the words are, the lines are sound YAML.

    >>> print(lines_for("4pj2xk7qaz", figure="$7 trillion", change={"low": 7e12, "high": None}, note="more"), end="")
    - article: 4pj2xk7qaz
      figure: $7 trillion
      change: {low: 7e12, high: null}
      note: more
    """
    entry: dict[str, object] = {"article": article}
    if figure is not None:
        entry["figure"] = figure
    if at is not None:
        entry["at"] = at
    if strike:
        entry["strike"] = True
    for action, values in (("change", change), ("add", add)):
        if values is not None:
            entry[action] = _Flow({key: _written(value) for key, value in values.items()})
    entry |= fields
    if note is not None:
        entry["note"] = note
    return yaml.dump([entry], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=float("inf"))


class _Flow(dict[str, object]):
    """A mapping written in one line."""


class _Dumper(yaml.SafeDumper):
    """Writes mappings of figures in braces."""


def _flow(dumper: yaml.SafeDumper, values: _Flow) -> Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", values.items(), flow_style=True)


_Dumper.add_representer(_Flow, _flow)


def _written(value: str | int | float | Decimal | None) -> str | int | None:
    """A number with its power of a thousand: 7000000000000.0 is ``7e12``."""
    if value is None or isinstance(value, str):
        return value
    number = Decimal(str(value))
    power = max(number.adjusted() // 3 * 3, 0) if number.is_finite() else 0
    if power < len("1,000,000"):
        return int(number) if number == number.to_integral_value() else f"{number:f}"
    return f"{number.scaleb(-power).normalize():f}e{power}"


def read_corrections(path: Path) -> tuple[tuple[Correction, ...] | None, tuple[Problem, ...]]:
    """What a file of corrections says, in its order, and what in it cannot be understood.

    An entry that cannot be understood is left out; None where the file as a whole is no list of corrections.
    Raises OSError where it cannot be read.
    """
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, (Problem(f"the file is not UTF-8 (byte {error.start})", 1, 1),)
    return parse_corrections(text)


def parse_corrections(text: str) -> tuple[tuple[Correction, ...] | None, tuple[Problem, ...]]:
    """``read_corrections`` of a text."""
    try:
        # Nothing but plain text, lists and mappings is made of what stands there.
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = "; ".join(part for part in (error.context, error.problem) if part)
        return None, (Problem(f"this is not YAML ({said})", *((mark.line + 1, mark.column + 1) if mark else ())),)
    except yaml.reader.ReaderError as error:
        return None, (Problem(f"the file has a character that YAML does not allow ({error.reason})"),)
    except RecursionError:
        return None, (Problem("the file is nested too deeply to be one of corrections"),)
    if root is None or (isinstance(root, ScalarNode) and root.value == ""):
        return (), ()
    if not isinstance(root, SequenceNode):
        return None, (_problem(root, 'this is not a list of corrections; every entry begins with "- article:"'),)
    found: list[Correction] = []
    problems: list[Problem] = []
    for node in root.value:
        try:
            found.extend(_entry(node))
        except _Unclear as unclear:
            problems.append(unclear.problem)
    return _settled(found, problems)


class _Unclear(Exception):
    """An entry that cannot be understood."""

    def __init__(self, node: Node, message: str) -> None:
        super().__init__(message)
        self.problem = _problem(node, message)


def _problem(node: Node, message: str) -> Problem:
    return Problem(message, node.start_mark.line + 1, node.start_mark.column + 1)


def _settled(found: list[Correction], problems: list[Problem]) -> tuple[tuple[Correction, ...], tuple[Problem, ...]]:
    """The corrections without those that say another time what was said before."""
    first: dict[tuple[object, ...], Correction] = {}
    for one in found:
        place = (one.article, one.kind in ARTICLE_FIELDS and one.kind, one.kind == "add", one.quote, one.at, one.nth)
        if place not in first:
            first[place] = one
        elif first[place] != one:
            what = f"the {one.kind} of this article" if one.kind in ARTICLE_FIELDS else f'"{one.quote}"'
            problems.append(Problem(f"{what} is already corrected in line {first[place].line}", one.line))
    return tuple(first.values()), tuple(sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0)))


def _entry(node: Node) -> Iterator[Correction]:
    given = _mapping(node, "an entry", _KEYS)
    article, note = _text(given, "article"), _text(given, "note")
    if article is None:
        raise _Unclear(node, "the entry does not say which article it is about (article: its uid or its address)")
    actions = [key for key in FIGURE_ACTIONS if key in given]
    fields = [key for key in ARTICLE_FIELDS if key in given]
    line = node.start_mark.line + 1
    if "figure" not in given:
        stray = next((key for key in (*actions, "at", "nth") if key in given), None)
        if stray is not None:
            raise _Unclear(given[stray], f'"{stray}" is about a figure; name it (figure: its words in the article)')
        if not fields:
            raise _Unclear(node, "the entry says nothing; it takes date, language or source, or a figure")
        for key in fields:
            yield Correction(article, key, {key: _FIELD[key](given[key], key)}, note=note, line=line)
        return
    quote = _text(given, "figure")
    if quote is None or fields or len(actions) != 1:
        raise _Unclear(
            given["figure"], "a figure takes one of strike: true, change: {…} and add: {…}, and nothing else"
        )
    action = actions[0]
    values: Values = {}
    if action == "strike":
        if _scalar(given[action], action).lower() not in ("true", "yes"):
            raise _Unclear(given[action], "strike takes true; to take the correction back, remove the entry")
    else:
        values = _figure_values(given[action], action)
    yield Correction(
        article, action, values, quote, _whole(given, "at", least=0), _whole(given, "nth", least=1), note, line
    )


def _mapping(node: Node, what: str, keys: tuple[str, ...]) -> dict[str, Node]:
    if not isinstance(node, MappingNode):
        raise _Unclear(node, f"{what} is a mapping (key: value)")
    found: dict[str, Node] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) else None
        if name not in keys:
            raise _Unclear(key, f"{what} has no {str(name)[:40]!r}; it has {', '.join(keys)}")
        if name in found:
            raise _Unclear(key, f"{name!r} is said twice")
        found[name] = value
    return found


def _scalar(node: Node, key: str) -> str:
    if not isinstance(node, ScalarNode) or len(node.value) > _LONGEST:
        raise _Unclear(node, f'"{key}" takes one value')
    return str(node.value)


def _value(node: Node, key: str) -> str | None:
    """The text of a value; None where it is left empty or is null, and not in quotation marks."""
    text = _scalar(node, key).strip()
    quoted = isinstance(node, ScalarNode) and node.style is not None
    if text == "" or (text in _UNKNOWN and not quoted):
        return None
    return text


def _text(given: Mapping[str, Node], key: str) -> str | None:
    return _value(given[key], key) if key in given else None


def _whole(given: Mapping[str, Node], key: str, *, least: int) -> int | None:
    text = _text(given, key)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) >= least):
        raise _Unclear(given[key], f'"{key}" takes a whole number from {least}')
    return int(text)


def _figure_values(node: Node, action: str) -> Values:
    given = _mapping(node, action, FIGURE_FIELDS)
    values = {key: _figure_value(one, key) for key, one in given.items()}
    if not values:
        raise _Unclear(node, f"{action} says nothing; it takes {', '.join(FIGURE_FIELDS)}")
    if "kind" in values and values["kind"] is None:
        raise _Unclear(given["kind"], f"a figure has a kind: {', '.join(KINDS)}")
    if action == "add":
        if "kind" not in values:
            raise _Unclear(node, f"a figure that is added needs its kind: {', '.join(KINDS)}")
        if values.get("low") is None and values.get("high") is None:
            raise _Unclear(node, "a figure that is added needs low or high, or both (the same for one amount)")
    low, high = values.get("low"), values.get("high")
    if low is not None and high is not None and Decimal(low) > Decimal(high):
        raise _Unclear(given["low"], f"low ({low}) is above high ({high})")
    return values


def _figure_value(node: Node, key: str) -> str | None:
    text = _value(node, key)
    if text is None:
        return None
    if key in _NUMBERS:
        return _number(node, key, text)
    choices = _CHOICES.get(key)
    if choices is not None and text not in choices:
        raise _Unclear(node, f"{key} is one of {', '.join(choices)}; not {text[:40]!r}")
    if key == "currency" and not _CURRENCY.fullmatch(text):
        raise _Unclear(node, f"currency takes three capital letters (ISO 4217), such as EUR; not {text[:40]!r}")
    if key == "period" and not _PERIOD.fullmatch(text):
        raise _Unclear(node, f"period takes a year, a month or a day (2024, 2024-02, 2024-02-09); not {text[:40]!r}")
    if key == "measure":
        from corpus.topic import load_topic

        known = [measure.slug for measure in load_topic().measures]
        if text not in known:
            raise _Unclear(node, f"the topic has no measure {text[:40]!r}; it has {', '.join(known)}")
    return text


def _number(node: Node, key: str, text: str) -> str:
    plain = text.replace("_", "")
    try:
        number = Decimal(plain) if plain.isascii() else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number.adjusted()) > 300:
        raise _Unclear(node, f"{key} takes a number, such as 7e12, 7_000_000 or 13.1; not {text[:40]!r}")
    return plain


def _language(node: Node, key: str) -> str | None:
    text = _value(node, key)
    if text is not None and not _LANGUAGE.fullmatch(text):
        raise _Unclear(node, f"language takes a tag such as de, pt-BR or zh-Hant; not {text[:40]!r}")
    return text


def _date(node: Node, key: str) -> str | None:
    from corpus.dates.publication import parse_stamp

    text = _value(node, key)
    if text is not None and (not _ISO_DATE.fullmatch(text) or parse_stamp(text, None) is None):
        raise _Unclear(
            node, f"date takes what is known of it (2024, 2024-02, 2024-02-09, 2024-02-09T11:14); not {text[:40]!r}"
        )
    return text


def _source(node: Node, key: str) -> str | None:
    from corpus.sources import source_of

    text = _value(node, key)
    if text is not None and source_of(text) is None:
        raise _Unclear(node, f"source takes the name, the domain or the slug of an outlet; not {text[:40]!r}")
    return text


_FIELD = {"language": _language, "date": _date, "source": _source}
