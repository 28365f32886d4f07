"""Corrections in force: applied, kept through everything that is derived again, and taken back without a trace.

``corrections`` holds each correction that the file makes of an article which is there, with the values it
replaced. Whoever derives an article again first takes its corrections back (``lift``) and then puts them in
force again (``put``), in one transaction: what is derived never mixes with what is given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from corpus.indexing import index_stale
from corpus.model import Article, Document, Language, Passage, Provenance, PublicationDate, Source
from corpus.storing.children import convert_figures, delete_figures, store_children, store_source, store_sources
from corpus.storing.corrections import ARTICLE_FIELDS, Correction, Problem, read_corrections
from corpus.storing.rows import Row
from corpus.storing.schema import transaction
from corpus.storing.targets import NoTarget, find_article, find_figure, find_place
from corpus.storing.writing import insert, update, value_of

GIVEN = "given"
_COLUMNS = {
    "language": ("language", "language_confidence", "language_method", "language_evidence"),
    "date": ("date_published", "date_precision", "date_method", "date_evidence"),
    "source": ("source_id", "source_method", "source_evidence", "origin_source_id"),
}
_VALUES = ("low", "high", "currency", "kind", "unit", "qualifier")
_ENDS = {"low": ("at_least", "more_than"), "high": ("up_to", "less_than"), "both": ("exact", "about", "almost")}
# What is true of an article comes first: its figures are read by it. A figure is struck before one is added there.
_ORDER = (*ARTICLE_FIELDS, "strike", "change", "add")


@dataclass(frozen=True, slots=True)
class Force:
    """A correction of one article as it is kept: ``evidence`` names the file and the note, ids are kept where known."""

    correction: Correction
    evidence: str
    id: int | None = None
    figure_id: int | None = None

    @property
    def entry(self) -> str:
        """What the file says, for comparing; the way it names the article aside."""
        said = {key: value for key, value in asdict(self.correction).items() if key not in ("article", "line")}
        return json.dumps({key: value for key, value in said.items() if value not in (None, {})}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Corrected:
    """What became of a file of corrections: how many are in force, why others are not, which articles changed by it."""

    in_force: int = 0
    articles: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def synchronise(db: Database, path: Path, *, now: str) -> Corrected:
    """Bring the corrections in force in line with a file; one that is not there corrects nothing.

    Nothing is written where nothing changed. A file that cannot be understood leaves in force what it said before.
    """
    try:
        wanted, unclear = read_corrections(path) if path.exists() else ((), ())
    except OSError as error:
        wanted, unclear = None, (Problem(f"the file cannot be read ({error.strerror or error})"),)
    problems = list(unclear)
    changed: list[str] = []
    if wanted is not None:
        by_article: dict[int, list[Force]] = {}
        for one in wanted:
            try:
                article_id = find_article(db, one.article)
            except NoTarget as error:
                problems.append(Problem(str(error), one.line))
                continue
            by_article.setdefault(article_id, []).append(
                Force(one, f"{path.name}: {one.note}" if one.note else path.name)
            )
        present = _in_force(db)
        for article_id in sorted(by_article.keys() | present.keys()):
            if _bring(db, article_id, by_article.get(article_id, []), present.get(article_id, []), now):
                changed += db.execute(
                    "SELECT coalesce(headline, uid) FROM articles WHERE id = ?", [article_id]
                ).fetchone()
        lines = {(key, one.entry): one.correction for key, forces in by_article.items() for one in forces}
        for article_id, entry, problem in db.execute(
            "SELECT article_id, entry, problem FROM corrections WHERE problem IS NOT NULL"
        ).fetchall():
            said = lines[article_id, entry]
            problems.append(Problem(f"article {said.article}: {problem}", said.line))
    in_force = value_of(db, "SELECT count(*) FROM corrections WHERE problem IS NULL", [])
    problems.sort(key=lambda problem: (problem.line or 0, problem.column or 0))
    return Corrected(in_force, tuple(changed), tuple(f"{path}, {problem}" for problem in problems))


def _bring(
    db: Database, article_id: int, wanted: Sequence[Force], present: Sequence[tuple[str, str]], now: str
) -> bool:
    if sorted((one.entry, one.evidence) for one in wanted) == sorted(present):
        return False
    with transaction(db):
        before = {one.entry: one for one in lift(db, article_id)}
        known = [
            one if one.entry not in before else replace(before[one.entry], evidence=one.evidence) for one in wanted
        ]
        put(db, article_id, known)
        db.execute("UPDATE articles SET last_ingested = ? WHERE id = ?", [now, article_id])
        index_stale(db)
    return True


def _in_force(db: Database) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for article_id, entry, evidence in db.execute("SELECT article_id, entry, evidence FROM corrections"):
        found.setdefault(article_id, []).append((entry, evidence))
    return found


def lift(db: Database, article_id: int) -> list[Force]:
    """Take back the corrections of an article, so that it is as it was derived; what ``put`` puts in force again."""
    rows = list(db.query("SELECT * FROM corrections WHERE article_id = ? ORDER BY id DESC", [article_id]))
    if not rows:
        return []
    # First of all, for a figure cannot go while a correction names it.
    db.execute("DELETE FROM corrections WHERE article_id = ?", [article_id])
    applied = [row for row in rows if row["problem"] is None]
    for row in applied:
        if row["kind"] == "add":
            delete_figures(db, [row["figure_id"]])
        elif row["figure_id"] is not None:
            update(db, "figures", row["figure_id"], json.loads(row["replaced"]))
    fields = [row for row in applied if row["kind"] in ARTICLE_FIELDS]
    for row in fields:
        update(db, "articles", article_id, json.loads(row["replaced"]))
    if fields:
        derived = value_of(db, "SELECT language FROM articles WHERE id = ?", [article_id])
        _read_again(db, article_id, derived=derived)
    else:
        convert_figures(db, article_id)
    return [_kept(row) for row in reversed(rows)]


def _kept(row: Mapping[str, Any]) -> Force:
    return Force(Correction(article="", **json.loads(row["entry"])), row["evidence"], row["id"], row["figure_id"])


def put(db: Database, article_id: int, forces: Iterable[Force]) -> None:
    """Put corrections of an article in force; what cannot be is recorded with its reason."""
    ordered = sorted(forces, key=lambda one: (_ORDER.index(one.correction.kind), one.entry))
    fields = [one for one in ordered if one.correction.kind in ARTICLE_FIELDS]
    if not ordered:
        return
    taken: set[str] = set()
    derived = value_of(db, "SELECT language FROM articles WHERE id = ?", [article_id])
    for one in fields:
        kind = one.correction.kind
        if kind in taken:
            _record(db, article_id, one, problem=f"another entry corrects the {kind} of this article")
            continue
        taken.add(kind)
        values = _FIELD_ROWS[kind](db, article_id, one)
        replaced = _present(db, "articles", article_id, values)
        update(db, "articles", article_id, values)
        _record(db, article_id, one, replaced=replaced)
    if taken:
        _read_again(db, article_id, derived=derived)
    text = value_of(db, "SELECT text FROM articles WHERE id = ?", [article_id])
    for one in ordered[len(fields) :]:
        try:
            figure_id, replaced = _correct_figure(db, article_id, text, one)
        except NoTarget as error:
            _record(db, article_id, one, problem=str(error))
        else:
            _record(db, article_id, one, figure_id=figure_id, replaced=replaced)
    convert_figures(db, article_id)


def _record(
    db: Database,
    article_id: int,
    one: Force,
    *,
    figure_id: int | None = None,
    replaced: Row | None = None,
    problem: str | None = None,
) -> None:
    row: Row = {} if one.id is None else {"id": one.id}
    row |= {
        "article_id": article_id,
        "figure_id": figure_id,
        "kind": one.correction.kind,
        "entry": one.entry,
        "evidence": one.evidence,
        "replaced": None if replaced is None else json.dumps(replaced, ensure_ascii=False),
        "problem": problem,
    }
    insert(db, "corrections", [row])


def _present(db: Database, table: str, row_id: int, columns: Iterable[str]) -> Row:
    names = ", ".join(columns)
    return dict(next(db.query(f"SELECT {names} FROM {table} WHERE id = ?", [row_id])))


def derive_again(db: Database, article_id: int) -> None:
    """Read the text of an article again, as it is stored; its corrections stay in force."""
    forces = lift(db, article_id)
    language = value_of(db, "SELECT language FROM articles WHERE id = ?", [article_id])
    _read_again(db, article_id, derived=language)
    put(db, article_id, forces)


# What is true of an article


def _language(db: Database, article_id: int, one: Force) -> Row:
    return dict(zip(_COLUMNS["language"], (one.correction.values["language"], None, GIVEN, one.evidence), strict=True))


def _date(db: Database, article_id: int, one: Force) -> Row:
    from corpus.dates.publication import parse_stamp

    value = one.correction.values["date"]
    found = None if value is None else parse_stamp(value, None)
    stamp = (None, None) if found is None else (found.value, found.precision)
    return dict(zip(_COLUMNS["date"], (*stamp, GIVEN, one.evidence), strict=True))


def _source(db: Database, article_id: int, one: Force) -> Row:
    from corpus.sources import source_of

    name = one.correction.values["source"]
    origin: int | None = value_of(db, "SELECT origin_source_id FROM articles WHERE id = ?", [article_id])
    source_id: int | None = None
    if name is not None:
        source_id = value_of(db, "SELECT id FROM sources WHERE slug = ?", [name])
        source = source_of(name) if source_id is None else None
        if source is not None:
            source_id = store_source(db, source)
    origin = None if origin == source_id else origin
    return dict(zip(_COLUMNS["source"], (source_id, GIVEN, one.evidence, origin), strict=True))


_FIELD_ROWS = {"language": _language, "date": _date, "source": _source}


def _read_again(db: Database, article_id: int, *, derived: str | None) -> None:
    """Write what the text of an article says, read by the language, date and publisher it has now.

    ``derived`` is the language its passages are told by: those in it are in the article's language, whatever is
    given for that; a passage in a third language stays in its own.
    """
    from corpus.language import passage_language
    from corpus.pipeline import with_contents

    row = next(db.query("SELECT * FROM articles WHERE id = ?", [article_id]))
    publisher = None
    if row["source_id"] is not None:
        slug, name, domain, country = db.execute(
            "SELECT slug, name, domain, country FROM sources WHERE id = ?", [row["source_id"]]
        ).fetchone()
        publisher = Source(slug, name, domain, country)

    def language_of(text: str) -> str | None:
        told = passage_language(text, derived)
        return row["language"] if told == derived else told

    passages = tuple(
        Passage(**{**passage, "language": language_of(passage["text"])})
        for passage in db.query(
            "SELECT position, role, rule, text, language, start_char, end_char FROM passages WHERE article_id = ? "
            "ORDER BY position",
            [article_id],
        )
    )
    # A date that a version lent is not the article's own: nothing in its text is read by it.
    published = None if row["date_method"] == "sibling" else row["date_published"]
    article = with_contents(
        Article(
            document=Document(root="", origin=""),
            headline=row["headline"],
            text=row["text"],
            passages=passages,
            language=Language(row["language"]),
            published=PublicationDate(published),
            provenance=Provenance(publisher),
        )
    )
    store_children(db, article, article_id, store_sources(db, article))
    convert_figures(db, article_id)


# What is true of a figure


def _correct_figure(db: Database, article_id: int, text: str, one: Force) -> tuple[int, Row]:
    correction = one.correction
    if correction.kind == "add":
        return _add(db, article_id, text, one), {}
    figure = find_figure(db, article_id, text, correction)
    values: Row = {"method": GIVEN, "claim_rule": GIVEN, "claim_evidence": one.evidence}
    values |= {"struck": 1} if correction.kind == "strike" else _figure_values(figure, correction.values)
    replaced = {key: figure[key] for key in values}
    update(db, "figures", figure["id"], values)
    return figure["id"], replaced


def _figure_values(before: Mapping[str, Any], given: Mapping[str, str | None]) -> Row:
    """The columns of a figure that follow from what is given of it."""
    values: Row = dict(given)
    for end in ("low", "high"):
        number = given.get(end)
        if number is not None:
            values[end] = float(number)
    after = {**before, **values}
    low, high = after["low"], after["high"]
    if low is not None and high is not None and low > high:
        raise NoTarget(f"low would be {low:g} and high {high:g}; give both")
    if low is not None or high is not None:
        values |= {"vague": 0, "magnitude": None, "magnitude_high": None}
        fitting = _ENDS["both" if low is not None and high is not None else "low" if high is None else "high"]
        if given.get("qualifier") is None and after["qualifier"] not in fitting:
            values["qualifier"] = fitting[0]
    if any(key in given for key in _VALUES):
        values["rule"] = GIVEN
    return values


def _add(db: Database, article_id: int, text: str, one: Force) -> int:
    from corpus.words.sentences import sentence_spans

    start, end = find_place(text, one.correction)
    other = db.execute(
        "SELECT quote FROM figures WHERE article_id = ? AND struck = 0 AND start_char < ? AND end_char > ?",
        [article_id, end, start],
    ).fetchone()
    if other is not None:
        raise NoTarget(f'"{text[start:end]}": a figure is there already ("{other[0]}"); change or strike it')
    sentence = next((text[a:b] for a, b in sentence_spans(text) if a <= start and end <= b), text[start:end])
    nothing = dict.fromkeys(("low", "high", "qualifier"))
    row: Row = {} if one.figure_id is None else {"id": one.figure_id}
    row |= {"article_id": article_id, "start_char": start, "end_char": end, "quote": text[start:end]}
    row |= {"sentence": sentence, "claim_rule": GIVEN, "claim_evidence": one.evidence, "method": GIVEN}
    row |= _figure_values(nothing, one.correction.values)
    return insert(db, "figures", [row])
