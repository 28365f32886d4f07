"""Containers, sidecars and saved pages: what is in them, what is refused, and that nothing swells without end."""

from __future__ import annotations

import gzip
import io
import json
import os
import tomllib
import tracemalloc
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus.ingesting import Line, ingest, standard_line
from corpus.ingesting.explaining import explain
from corpus.model import Document, Given
from corpus.reading import read, read_stdin
from corpus.reading.containers import Part, Unreadable, fingerprint, pack, unpack
from corpus.reading.feeds import read_feed
from corpus.reading.records import read_json
from corpus.reading.sidecars import split_front_matter
from corpus.reading.sniffing import sniff
from corpus.reading.walking import Skipped
from corpus.storing.aligning import Place, align

FILES = Path(__file__).parent / "files" / "reading"
ENVELOPES = tomllib.loads((FILES / "envelopes.toml").read_text("utf-8"))["row"]
TEXT = "Der Plan kostet 5 Milliarden Dollar, größer als gedacht, sagte der Chef der Firma."


def one(path: Path) -> Document:
    (document,) = read([path])
    return document


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Sidecars and front matter


def test_front_matter_is_given_and_not_text(tmp_path: Path) -> None:
    document = one(write(tmp_path / "a.md", f"---\ntitle: Plan\ndate: 2024-02-09\nsource: Blatt\n---\n\n{TEXT}\n"))
    assert document.given == Given(title="Plan", date="2024-02-09", source="Blatt")
    assert (document.text or "").strip() == TEXT
    assert b"title: Plan" in document.raw


@pytest.mark.parametrize(
    "text",
    [
        "---\nA rule, not front matter.\n---\nText",
        "---\n\nText",
        "---",
        "--- \n: : [\n---\nText",
        "----\na: b\n---\nText",
    ],
)
def test_a_rule_is_no_front_matter(text: str) -> None:
    assert split_front_matter(text) == (Given(), text)


def test_other_fences() -> None:
    assert split_front_matter('+++\ntitle = "T"\ndate = 2024-02-09\n+++\nText')[0] == Given(
        title="T", date="2024-02-09"
    )
    assert split_front_matter("\ufeff---\r\nurl: https://e.example/\r\n...\r\nText") == (
        Given(url="https://e.example/"),
        "Text",
    )


def test_a_sidecar_wins_over_front_matter_and_its_change_is_seen(tmp_path: Path, line: Line) -> None:
    news = tmp_path / "news"
    text = write(news / "a.txt", f"---\nsource: Vorn\nauthor: Eva\n---\n{TEXT}")
    sidecar = write(news / "a.txt.yml", "source: Daneben\ndate: 2024-02-09\nurl: https://e.example/a\n")
    skipped = Skipped()
    (document,) = read([news], skipped=skipped)
    assert document.given == Given("https://e.example/a", None, "2024-02-09", "Daneben", None, "Eva")
    assert skipped.total == 0
    database = tmp_path / "corpus.db"

    def counts() -> tuple[int, int, int]:
        report = ingest([str(news)], database=database, default=news, line=standard_line())
        return report.new.count, report.changed.count, report.unchanged.count

    assert counts() == (1, 0, 0)
    assert counts() == (0, 0, 1)
    times = text.stat()
    sidecar.write_text("source: Neu\n")
    os.utime(sidecar, ns=(times.st_atime_ns, times.st_mtime_ns))  # older than what is known
    assert counts() == (0, 1, 0)
    sidecar.unlink()
    assert counts() == (0, 1, 0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: &a [x, x]\nb: [*a, *a]\n", "references"),
        ("a: " + "[" * 5000, "too deeply"),
        ("a: b: c: d\n", "malformed (line 1"),
        ("- a\n- b\n", "no list of names"),
        ("a: " + "x" * 70_000, "larger than 64 kB"),
        (b"a: \xff\xfe\xfa", "not UTF-8"),
        ("!!python/object/apply:os.system [true]", "no list of names"),
    ],
)
def test_a_bad_sidecar_is_a_rejection_with_its_reason(tmp_path: Path, content: str | bytes, words: str) -> None:
    write(tmp_path / "a.txt", TEXT)
    write(tmp_path / "a.txt.yml", content)
    document = one(tmp_path)
    assert document.text is None
    assert "a.txt.yml" in (document.reason or "") and words in (document.reason or "")


# JSON


@pytest.mark.parametrize("row", ENVELOPES, ids=lambda row: row["name"])
def test_what_exporters_call_the_same(row: dict[str, object]) -> None:
    (part,) = read_json(str(row["json"]))
    url, title, text, *rest = row["want"]  # type: ignore[misc]
    assert part.reason is None
    assert [part.given.url, part.given.title] == [url, title]
    assert text in (part.text or "")
    given_rest = (part.given.date, part.given.source, part.given.language, part.given.author)
    assert [value or "" for value in given_rest] == rest
    assert part.media_type == ("text/html" if "<p>" in text else "text/plain")


def test_lines_of_json_and_the_broken_ones(tmp_path: Path) -> None:
    rows = ['{"text": "Eins."}', "", '{"text": ', "[1]", '{"title": "T"}', '{"text": "Zwei."}', "[" * 5000, "\xff"]
    documents = list(read([write(tmp_path / "rows.jsonl", "\n".join(rows).encode("latin-1"))]))
    assert [(d.part, d.text) for d in documents if d.reason is None] == [(0, "Eins."), (4, "Zwei.")]
    reasons = [d.reason or "" for d in documents if d.reason is not None]
    assert [reason.split(":")[0] for reason in reasons] == ["line 3", "line 4", "line 5", "line 7", "line 8"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 100_000, "too deeply"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "too deeply"),
        ("[1, 2, 3]", "holds no articles"),
        ('"text"', "holds no articles"),
        ('{"text": "x"', "not valid JSON (line 1"),
        ('{"name": "x", "version": "1"}', "no text in it"),
        ('{"text": ' + "9" * 5000 + "}", ""),
    ],
)
def test_json_without_articles_is_one_rejection(tmp_path: Path, text: str, words: str) -> None:
    document = one(write(tmp_path / "a.json", text))
    assert document.text is None
    assert words in (document.reason or "")


def test_json_lines_in_a_file_of_another_name(tmp_path: Path) -> None:
    documents = list(read([write(tmp_path / "a.json", '{"text": "Eins."}\n{"text": "Zwei."}\n')]))
    assert [document.text for document in documents] == ["Eins.", "Zwei."]


NAMES = ["url", "title", "text", "content", "articles", "date", "author", "_source", "html"]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=20,
)


@given(JSON)
def test_no_json_raises(value: object) -> None:
    try:
        for part in read_json(json.dumps(value)):
            assert (part.text is None) == (part.reason is not None)
    except Unreadable as error:
        assert str(error)


# Feeds


def test_rss() -> None:
    one, two, three = read([FILES / "rss2.xml"])
    assert one.given == Given(
        "https://werkblatt.example/artikel/1?a=1&b=2",
        "Fabriken für Chips",
        "2024-02-09T10:00:00+01:00",
        "Werk\u00adblatt & Markt",
        "de",
        "Mara Beispiel",
    )
    assert one.media_type == "text/html"
    assert "<p>Mehr am Montag.</p>" in (one.text or "")
    assert two.given.url == "https://werkblatt.example/2"
    assert (two.given.date, two.given.author) == ("2024-02-09T10:00:00+00:00", "Jon Muster")
    assert "<b>fett</b>" in (two.text or "")
    assert "neither a title nor a text" in (three.reason or "")


def test_rss_one() -> None:
    document = one(FILES / "rss1.rdf")
    assert document.given == Given("https://rdf.example/r1", "Eins", "2024-02-08", "RDF-Blatt")
    assert document.text == "Ein Text ohne Auszeichnung: R&D."


def test_atom() -> None:
    one, two = read([FILES / "atom.xml"])
    assert one.given == Given(
        "https://atom.example/blog/x/1", "Chips & Strom", "2024-02-09T10:00:00Z", "Atomblatt", "de", "Haus Redaktion"
    )
    assert "<p" in (one.text or "") and "Ein Absatz." in (one.text or "")
    assert two.given == Given(
        "https://atom.example/2", "Two", "2024-02-10T10:00:00Z", "Atomblatt", "en", "A. Writer, B. Writer"
    )
    assert (two.text, two.media_type) == ("Plain words.", "text/plain")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '<!DOCTYPE lolz [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'
            "<rss><channel><item><title>&c;</title></item></channel></rss>",
            "entities",
        ),
        ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>', "entities"),
        ("<svg/>", "no feed"),
        ("", "not valid XML"),
        ("just words", "not valid XML"),
    ],
)
def test_hostile_xml_is_refused(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        list(read_feed(text))


def test_deep_xml_ends() -> None:
    try:
        parts = list(read_feed("<rss><channel>" + "<item>" * 100_000))
    except Unreadable as error:
        assert "XML" in str(error)
    else:
        assert all(part.text is None for part in parts)


@given(st.text(max_size=200))
def test_no_feed_raises(text: str) -> None:
    try:
        list(read_feed(f"<rss><channel><item><title>{text}</title><link>{text}</link></item></channel></rss>"))
    except Unreadable as error:
        assert str(error)


# Pages


def test_a_page_in_its_own_encoding(tmp_path: Path) -> None:
    page = f'<html><head><meta charset="windows-1252"></head><body><p>{TEXT}</p></body></html>'
    document = one(write(tmp_path / "a.htm", page.encode("cp1252")))
    assert (document.text, document.encoding, document.media_type) == (page, "cp1252", "text/html")
    wrong = one(write(tmp_path / "b" / "b.html", page.encode("utf-8")))
    assert (wrong.text, wrong.encoding) == (page, "utf-8")


def test_a_page_with_a_broken_byte_is_kept_and_marked(tmp_path: Path) -> None:
    page = f"<html><body><p>{TEXT}</p></body></html>".encode() + b"<!-- \xff -->"
    document = one(write(tmp_path / "a.html", page))
    assert document.encoding == "utf-8 (damaged)"
    assert (document.text or "").count("\ufffd") == 1


def test_saved_pages_know_their_address_and_their_frames_are_passed_over(tmp_path: Path) -> None:
    page = f"<html>\n<!-- saved from url=(0025)https://e.example/page --><body>{TEXT}</body></html>"
    write(tmp_path / "n" / "Seite.html", page)
    write(tmp_path / "n" / "Seite-Dateien" / "werbung.html", "<html>Werbung</html>")
    write(tmp_path / "n" / "Andere_files" / "artikel.html", "<html>Ein Artikel</html>")
    documents = list(read([tmp_path / "n"]))
    assert [document.origin for document in documents] == ["Andere_files/artikel.html", "Seite.html"]
    assert documents[1].given.url == "https://e.example/page"


MHTML = (
    "From: <Saved by a browser>\r\nSnapshot-Content-Location: https://e.example/m\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; type="text/html"; boundary="B"\r\n\r\n--B\r\n'
    "Content-Type: text/html; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    "<html><body><p>Gr=F6=DFer als gedacht.</p></body></html>\r\n--B\r\nContent-Type: image/png\r\n\r\nx\r\n--B--\r\n"
)


@pytest.mark.parametrize("name", ["a.mhtml", "a.mht", "a.html"])
def test_mhtml(tmp_path: Path, name: str) -> None:
    document = one(write(tmp_path / name, MHTML))
    assert (document.media_type, document.encoding) == ("text/html", "cp1252")
    assert "Größer als gedacht." in (document.text or "")
    assert document.given.url == "https://e.example/m"


def test_mhtml_without_a_page(tmp_path: Path) -> None:
    assert "no page" in (one(write(tmp_path / "a.mht", MHTML.replace("text/html;", "image/gif;"))).reason or "")


# WARC


def warc(*, packed: bool) -> bytes:
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=packed)

    def response(url: str, body: bytes, kind: str, status: str = "200 OK") -> None:
        headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=headers))

    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "a test"}))
    page = f"<html><body><p>{TEXT}</p></body></html>"
    response("https://e.example/1", page.encode("cp1252"), "text/html; charset=ISO-8859-1")
    response("https://e.example/2", b"\x89PNG", "image/png")
    response("https://e.example/3", page.encode(), "text/html", "404 Not Found")
    response("https://e.example/4", b"", "text/html")
    resource = writer.create_warc_record(
        "https://e.example/5", "resource", payload=io.BytesIO(TEXT.encode()), warc_content_type="text/plain"
    )
    writer.write_record(resource)
    return buffer.getvalue()


@pytest.mark.parametrize(("name", "packed"), [("a.warc", False), ("a.warc.gz", True), ("a.warc", True)])
def test_warc(tmp_path: Path, name: str, packed: bool) -> None:
    documents = list(read([write(tmp_path / name, warc(packed=packed))]))
    assert [(d.part, d.given.url, d.media_type, d.encoding) for d in documents if d.reason is None] == [
        (0, "https://e.example/1", "text/html", "cp1252"),
        (2, "https://e.example/5", "text/plain", "utf-8"),
    ]
    assert "empty" in (documents[1].reason or "")


@pytest.mark.parametrize(("packed", "cut"), [(False, 100), (False, 400), (True, 100), (True, 300)])
def test_a_warc_that_is_cut_off_gives_what_is_whole(tmp_path: Path, packed: bool, cut: int) -> None:
    documents = list(read([write(tmp_path / ("a.warc.gz" if packed else "a.warc"), warc(packed=packed)[:-cut])]))
    assert documents[0].given.url == "https://e.example/1"
    assert "cut off" in (documents[-1].reason or "")
    assert all(document.reason for document in documents[1:])


@pytest.mark.parametrize(
    "content", [b"no warc at all", b"WARC/1.0\r\nnonsense\r\n\r\n", b"WARC/1.0\r\nContent-Length: x\r\n\r\n"]
)
def test_what_is_no_warc_is_one_rejection(tmp_path: Path, content: bytes) -> None:
    assert one(write(tmp_path / "a.warc", content)).reason


# Packed files


def test_any_file_may_be_packed(tmp_path: Path) -> None:
    write(tmp_path / "a.txt.gz", gzip.compress(TEXT.encode("cp1252")))
    write(tmp_path / "b.gz", gzip.compress(f"<html><body>{TEXT}</body></html>".encode()))
    write(tmp_path / "c.jsonl.gz", gzip.compress(b'{"text": "Eins."}\n{"text": "Zwei."}'))
    documents = list(read([tmp_path]))
    assert [(d.origin, d.part, d.media_type) for d in documents] == [
        ("a.txt.gz", 0, "text/plain"),
        ("b.gz", 0, "text/html"),
        ("c.jsonl.gz", 0, "text/plain"),
        ("c.jsonl.gz", 1, "text/plain"),
    ]
    assert documents[0].text == TEXT


@pytest.mark.parametrize("name", ["a.txt.gz", "a.json.gz", "a.html.gz", "a.xml.gz"])
def test_a_damaged_archive_is_one_rejection(tmp_path: Path, name: str) -> None:
    packed = gzip.compress(os.urandom(50_000))
    assert "damaged or cut off" in (one(write(tmp_path / name, packed[:20_000])).reason or "")
    assert "damaged or cut off" in (one(write(tmp_path / name, packed[:-5] + b"xxxxx")).reason or "")
    assert "more than once" in (one(write(tmp_path / name, gzip.compress(packed))).reason or "")


def test_rows_before_the_damage_are_read(tmp_path: Path) -> None:
    rows = "\n".join(json.dumps({"text": f"Zeile {n} " + os.urandom(100).hex()}) for n in range(300))
    documents = list(read([write(tmp_path / "a.jsonl.gz", gzip.compress(rows.encode())[:20_000])]))
    assert len(documents) > 50
    assert [d.part for d in documents if d.reason is not None] == [len(documents) - 1]


@pytest.mark.parametrize(("name", "megabytes"), [("a.txt.gz", 60), ("a.jsonl.gz", 60), ("a.html.gz", 60)])
def test_a_bomb_ends_early_and_in_little_memory(tmp_path: Path, name: str, megabytes: int) -> None:
    with gzip.open(tmp_path / name, "wb", compresslevel=1) as file:
        for _ in range(megabytes):
            file.write(b"0" * 1_000_000)
    tracemalloc.start()
    document = one(tmp_path / name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "20 MB" in (document.reason or "")
    assert peak < 70_000_000


# Standard input


@pytest.mark.parametrize(
    ("raw", "kinds"),
    [
        (TEXT.encode(), ["text/plain"]),
        (f"<!-- x --><!DOCTYPE html><p>{TEXT}".encode(), ["text/html"]),
        (b'[{"text": "Eins."}, {"text": "Zwei."}]', ["text/plain", "text/plain"]),
        (b'{"text": "Eins."}\n{"text": "Zwei."}', ["text/plain", "text/plain"]),
        ((FILES / "atom.xml").read_bytes(), ["text/html", "text/plain"]),
        ((FILES / "rss1.rdf").read_bytes(), ["text/plain"]),
        ((FILES / "rss2.xml").read_bytes().split(b"<item><guid ")[0] + b"</channel></rss>", ["text/html"] * 2),
        (gzip.compress(TEXT.encode(), mtime=0), ["text/plain"]),
        (MHTML.encode(), ["text/html"]),
    ],
)
def test_standard_input_is_looked_at(raw: bytes, kinds: list[str]) -> None:
    documents = list(read_stdin(io.BytesIO(raw)))
    assert [(d.media_type, d.reason) for d in documents] == [(kind, None) for kind in kinds]


@given(st.binary(max_size=300))
def test_no_bytes_raise_whatever_their_name(raw: bytes) -> None:
    sniff(raw)
    for document in read_stdin(io.BytesIO(raw)):
        assert (document.text is None) == (document.reason is not None)


# The same articles again


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_part_comes_back_as_it_was_kept(text: str, title: str) -> None:
    part = Part(text, "text/html", Given(title=title), "utf-8")
    assert unpack(pack(part)) == part
    assert fingerprint(part) == fingerprint(Part(text, "text/html", Given(title=title), "koi8-r"))
    assert unpack(b"any text") is None and unpack(b'{"corpus_part": 1') is None


def places(text: str) -> list[Place]:
    """ "a b@x -": contents, some with an address; "-" has no text."""
    found = []
    for number, word in enumerate(text.split()):
        content, _, address = word.partition("@")
        found.append(Place(number, None if content == "-" else content, address or None))
    return found


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ("a b c", "a b c", {0: 0, 1: 1, 2: 2}),
        ("a b c", "n a b c", {0: 1, 1: 2, 2: 3}),
        ("a b c", "c a b", {0: 1, 1: 2, 2: 0}),
        ("a b c", "a x c", {0: 0, 1: 1, 2: 2}),
        ("a b c", "a c", {0: 0, 2: 1}),
        ("a@1 b@2", "n@0 x@1 b@2", {0: 1, 1: 2}),
        ("a@1 b@2", "n@3 b@2", {1: 1}),
        ("a a", "a", {0: 0}),
        ("a b", "a -", {0: 0, 1: 1}),
        ("a b", "- a b", {0: 1, 1: 2}),
    ],
)
def test_articles_of_a_container_are_known_again(before: str, now: str, same: dict[int, int]) -> None:
    assert align(places(before), places(now)) == same


def test_rows_added_moved_edited_and_broken_keep_their_articles(tmp_path: Path) -> None:
    news = tmp_path / "news"
    database = tmp_path / "corpus.db"
    line = standard_line()

    def row(number: int, text: str) -> str:
        return json.dumps({"url": f"https://e.example/{number}", "title": f"Titel {number}", "text": text})

    def run(*rows: str) -> tuple[int, ...]:
        write(news / "rows.jsonl", "\n".join(rows))
        report = ingest([str(news)], database=database, default=news, line=line)
        kinds = (report.new, report.changed, report.unchanged, report.rejected, report.gone)
        return tuple(tally.count for tally in kinds)

    def uids() -> dict[str, str]:
        return {row["url"]: row["uid"] for row in Database(database).table("articles").rows}

    first = [row(n, f"{TEXT} Nummer {n}.") for n in range(3)]
    assert run(*first) == (3, 0, 0, 0, 0)
    before = uids()
    assert run(*first) == (0, 0, 3, 0, 0)
    assert run(row(9, f"{TEXT} Neu."), first[2], row(0, f"{TEXT} Geändert."), first[1]) == (1, 1, 2, 0, 0)
    assert before.items() <= uids().items()
    assert run(first[1], '{"broken') == (0, 0, 1, 1, 2) or len(uids()) == 4
    assert before.items() <= uids().items()
    assert len(uids()) == 4
    rows = list(Database(database).table("documents").rows)
    assert len({row["part"] for row in rows}) == len(rows)


def test_a_container_that_cannot_be_read_any_more_loses_nothing(tmp_path: Path, line: Line) -> None:
    news, database = tmp_path / "news", tmp_path / "corpus.db"
    write(news / "a.json", '[{"text": "Eins."}, {"text": "Zwei."}]')
    ingest([str(news)], database=database, default=news, line=line)
    write(news / "a.json", '[{"text": "Eins.')
    report = ingest([str(news)], database=database, default=news, line=line)
    assert (report.rejected.count, report.gone.count) == (1, 0)
    assert Database(database).table("articles").count == 2


# Telling a person


def test_explain_says_what_was_read_and_why(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", f"Der Plan\n\n{TEXT}\n")
    write(tmp_path / "a.txt.yml", "source: Blatt\ndate: 2024-02-09\n")
    lines, code = explain(read([tmp_path / "a.txt"]))
    told = "\n".join(lines)
    assert code == 0
    for words in ("text/plain", "utf-8", "given source:   Blatt", "de (", "2024-02-09", "5 Milliarden Dollar",
                  "5,000,000,000 USD", "+ headline", "by rule"):  # fmt: skip
        assert words in told


def test_explain_lists_a_container_and_shows_a_part() -> None:
    lines, code = explain(read([FILES / "atom.xml"]))
    told = list(lines)
    assert code == 0 and "--part" in told[0] and "Chips & Strom" in told[1]
    lines, code = explain(read([FILES / "atom.xml"]), part=2)
    assert code == 0 and "Plain words." in "\n".join(lines)
    lines, code = explain(read([FILES / "atom.xml"]), part=9)
    assert (list(lines), code) == (["There is no part 9."], 1)
    lines, code = explain(read([FILES / "rss2.xml"]), part=3)
    assert code == 1 and "neither a title" in "\n".join(lines)


def test_given_has_no_field_that_rows_do_not() -> None:
    assert astuple(Given()) == (None,) * 6
