"""Files, folders and encodings: what is read, and what is refused with which reason."""

from __future__ import annotations

import io
import os
import random
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import CorpusError
from corpus.reading import read, read_entry, read_stdin
from corpus.reading.containers import MAX_DOCUMENT
from corpus.reading.declared import decode_page, python_name
from corpus.reading.decoding import decode
from corpus.reading.walking import Entry, Root, Skipped, printable_name, walk

FILES = Path(__file__).parent / "files" / "reading"
ENCODINGS = tomllib.loads((FILES / "encodings.toml").read_text("utf-8"))
LEGACY = [(language, name) for language, row in ENCODINGS.items() for name in row["encodings"]]


# Encodings


@pytest.mark.parametrize(("language", "encoding"), LEGACY)
@pytest.mark.parametrize("times", [1, 300])
def test_a_legacy_encoding_is_told(language: str, encoding: str, times: int) -> None:
    text = (ENCODINGS[language]["text"] + "\n") * times
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.encoding is not None


@pytest.mark.parametrize("language", ENCODINGS)
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"],
)
def test_unicode_is_told_with_and_without_a_mark(language: str, encoding: str) -> None:
    text = ENCODINGS[language]["text"] + "\n\n" + ENCODINGS[language]["text"]
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert (decoded.encoding or "").startswith(encoding.removesuffix("-sig"))


def test_a_declared_encoding_is_believed_where_it_fits() -> None:
    raw = "Größe und Maß".encode("cp850")
    assert decode(raw, declared="cp850").text == "Größe und Maß"
    assert decode("Größe".encode(), declared="ascii").text == "Größe"
    assert decode("Größe".encode(), declared="no-such-encoding").text == "Größe"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "cp1252"), ("koi8_r", "cp1251"), ("cp1251", "cp1252"), ("cp1251", "koi8_r"), ("iso8859_5", "cp1251")],
)
def test_a_wrong_declaration_is_survived(encoding: str, declared: str) -> None:
    text = ENCODINGS["ru"]["text"]
    assert decode(text.encode(encoding), declared=declared).text == text


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("ISO-8859-1", "Das kostet „5 €“ – mehr als gedacht"),
        ("gb2312", "该公司首席执行官朱镕基正在寻求数十亿美元"),
        ("x-sjis", "髙島屋の資金は①億ドル"),
        ("ks_c_5601-1987", "이 회사의 최고경영자는 똠방각하"),
        ("TIS-620", "ผู้บริหารของบริษัท “ชิป”"),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, text: str) -> None:
    name = python_name(label) or ""
    decoded = decode_page(f"<p>{text}".encode(name), http=label)
    assert (decoded.text, decoded.encoding) == (f"<p>{text}", name)


@pytest.mark.parametrize("language", ["de", "pl", "ru", "uk", "el", "tr", "ja", "zh", "ko"])
@pytest.mark.parametrize("misread", ["latin_1", "cp1252"])
def test_mojibake_is_repaired_where_it_is_certain(language: str, misread: str) -> None:
    text = ENCODINGS[language]["text"]
    try:
        wrong = text.encode("utf-8").decode(misread)
    except UnicodeDecodeError:
        pytest.skip("cannot have been misread so")
    decoded = decode(f"{wrong}\nA line in order – “quoted”.".encode())
    assert decoded.text == f"{text}\nA line in order – “quoted”."
    assert "repaired" in (decoded.encoding or "")


@pytest.mark.parametrize("language", ENCODINGS)
def test_what_is_no_mojibake_stays(language: str) -> None:
    text = ENCODINGS[language]["text"] + "\nÅngström, Ærø, «œuvre» – 5 € · ¿qué? ÃO ÀS ÂNSIAS"
    assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b" \r\n\t \n", "empty"),
        ("\ufeff".encode("utf-8"), "only white space"),
        ("\u00a0\u200b\u3000\n".encode(), "only white space"),
        ("\n ".encode("utf-16"), "only white space"),
        (b"text\x00with\x00holes in it\x00", "binary"),
        (bytes(range(256)) * 4, "binary"),
        (b"\x01\x02\x03\x04 words \x05\x06", "binary"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
        (b"PK\x03\x04\x14\x00", "ZIP"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        ("Milliarden für Chips, größer".encode() + b"\xff", "byte 32"),
        ("миллиарды".encode()[:-1], "byte 17"),
        (b"\xff\xfe" + "odd".encode("utf-16-le") + b"\x00", "UTF-16"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(raw: bytes, words: str) -> None:
    decoded = decode(raw)
    assert decoded.text is None
    assert words in (decoded.reason or "")


def test_a_stray_control_character_is_no_reason_to_refuse() -> None:
    text = "A page break\x0c and a slip of the pen in a long enough text." * 10 + "\x02"
    assert decode(text.encode()).text == text


@given(st.binary(max_size=400))
def test_no_bytes_raise(raw: bytes) -> None:
    decoded = decode(raw)
    assert (decoded.text is None) == (decoded.reason is not None)
    if decoded.text is not None:
        assert "\x00" not in decoded.text
        decoded.text.encode("utf-8")


@given(st.text(max_size=200))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    decoded = decode(text.encode("utf-8", "ignore"))
    if decoded.text is not None and decoded.encoding == "utf-8":
        assert decoded.text == text.encode("utf-8", "ignore").decode()


def test_random_bytes_are_seldom_taken_for_text() -> None:
    dice = random.Random(7)
    read_as_text = sum(decode(dice.randbytes(600)).text is not None for _ in range(200))
    assert read_as_text == 0


# Files and folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with something of everything."""
    news = tmp_path / "news"
    for name, content in {
        "b.txt": "two",
        "a.md": "# one",
        "sub/deeper/c.TXT": "three",
        "sub-2/d.txt": "four",
        ".hidden.txt": "no",
        ".git/config.txt": "no",
        "picture.png": "no",
        "README": "no",
    }.items():
        (news / name).parent.mkdir(parents=True, exist_ok=True)
        (news / name).write_text(content)
    return news


def test_a_folder_is_read_in_order_and_the_rest_is_counted(folder: Path) -> None:
    skipped = Skipped()
    documents = list(read([folder], skipped=skipped))
    assert [(d.root, d.origin, d.text) for d in documents] == [
        ("news", "a.md", "# one"),
        ("news", "b.txt", "two"),
        ("news", "sub/deeper/c.TXT", "three"),
        ("news", "sub-2/d.txt", "four"),
    ]
    assert [d.media_type for d in documents[:2]] == ["text/markdown", "text/plain"]
    assert documents[1].size == 3
    assert documents[1].mtime_ns == (folder / "b.txt").stat().st_mtime_ns
    assert documents[1].content_hash == "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"
    assert skipped.hidden == 2
    assert skipped.unknown == {".png": 1, "": 1}


def test_a_file_given_by_itself_goes_by_its_name(folder: Path) -> None:
    (document,) = read([str(folder / "b.txt")])
    assert (document.root, document.origin, document.text) == ("b.txt", "b.txt", "two")


def test_a_file_of_unknown_type_given_by_name_is_refused(folder: Path) -> None:
    documents = list(read([folder / "picture.png", folder / "README"]))
    assert [document.text for document in documents] == [None, None]
    assert ".png cannot be read; known are .atom, .htm, .html" in (documents[0].reason or "")
    assert "without a suffix" in (documents[1].reason or "")


def test_a_missing_path_is_an_error_before_anything_is_read(folder: Path) -> None:
    with pytest.raises(CorpusError, match="no such file or folder"):
        read([folder, folder / "nowhere"])


def test_loops_of_links_end_and_every_file_is_read_once(folder: Path) -> None:
    (folder / "sub" / "up").symlink_to(folder)
    (folder / "sub" / "self").symlink_to(folder / "sub")
    (folder / "aa").symlink_to(folder / "sub-2")
    origins = [document.origin for document in read([folder])]
    assert origins == ["a.md", "b.txt", "sub/deeper/c.TXT", "sub-2/d.txt"]


def test_a_link_to_a_folder_elsewhere_is_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "e.txt").write_text("five")
    (folder / "link").symlink_to(tmp_path / "far")
    assert "link/e.txt" in [document.origin for document in read([folder])]


def test_a_folder_with_the_name_of_a_text_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.txt").mkdir()
    (tmp_path / "x.txt" / "inner.txt").write_text("in")
    assert [document.origin for document in read([tmp_path])] == ["x.txt/inner.txt"]


def test_files_that_cannot_be_read_have_a_reason(tmp_path: Path) -> None:
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    reasons = {document.origin: document.reason for document in read([tmp_path])}
    assert "the link leads nowhere" in (reasons["dangling.txt"] or "")
    assert "not a regular file" in (reasons["pipe.txt"] or "")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that exists and cannot be read")
def test_an_error_while_reading_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.txt").symlink_to("/proc/self/mem")
    (document,) = read([tmp_path])
    assert document.text is None
    assert "cannot be read" in (document.reason or "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_permissions_are_a_reason(folder: Path) -> None:
    (folder / "b.txt").chmod(0)
    (folder / "sub").chmod(0)
    try:
        reasons = {document.origin: document.reason for document in read([folder])}
    finally:
        (folder / "sub").chmod(0o755)
    assert "check its permissions" in (reasons["b.txt"] or "")
    assert "cannot be listed" in (reasons["sub"] or "")


def test_a_file_that_vanishes_after_the_listing_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("now")
    (entry,) = walk(Root(str(tmp_path), "news"))
    (tmp_path / "a.txt").unlink()
    (document,) = read_entry(entry)
    assert "cannot be read (No such file or directory)" in (document.reason or "")


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "big.txt").open("wb") as file:
        file.truncate(MAX_DOCUMENT + 1)  # a hole: takes no space
    (document,) = read([tmp_path])
    assert "too large (20,971,521 bytes; the limit is 20 MB)" in (document.reason or "")
    assert document.raw == b""


def test_a_deep_folder_does_not_end_the_recursion(tmp_path: Path) -> None:
    folders = [str(tmp_path)]
    for _ in range(1200):
        folders.append(folders[-1] + "/d")
        os.mkdir(folders[-1])
    file = Path(folders[-1] + "/a.txt")
    file.write_text("down here")
    assert sys.getrecursionlimit() <= 1200
    assert [document.text for document in read([tmp_path])] == ["down here"]
    file.unlink()
    for folder in folders[:0:-1]:
        os.rmdir(folder)


def test_names_that_are_not_utf8_become_text(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "w") as file:
        file.write("bon")
    (document,) = read([tmp_path])
    assert (document.origin, document.text) == ("caf\\xe9.txt", "bon")
    assert printable_name("café") == "café"


def test_standard_input_is_named_by_its_content(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO("Ein Text".encode("utf-16"))

    monkeypatch.setattr(sys, "stdin", Stdin)
    (document,) = read(["-"])
    assert (document.root, document.text, document.encoding) == ("stdin", "Ein Text", "utf-16")
    assert document.mtime_ns is None
    (other,) = read_stdin(io.BytesIO(b"another"))
    assert other.origin != document.origin == document.content_hash[:16]
    (nothing,) = read_stdin(io.BytesIO(b""))
    assert "empty" in (nothing.reason or "")


def test_an_entry_of_unknown_type_is_a_rejection() -> None:
    (document,) = read_entry(Entry("x.bin", "news", "x.bin"))
    assert document.reason is not None
