"""The topic file: complete, and clear about what is wrong with a broken one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.model import KINDS, CorpusError
from corpus.topic import load_topic
from corpus.words.matching import Matcher

README = Path(__file__).parent.parent / "README.md"
LANGUAGES = {"ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pl", "pt", "ru", "tr", "uk", "zh"}


def test_every_measure_has_cues_in_every_language() -> None:
    for measure in load_topic().measures:
        assert set(measure.cues) >= LANGUAGES, measure.slug
        assert measure.admits and set(measure.admits) <= set(KINDS)


def test_every_alias_and_cue_compiles() -> None:
    topic = load_topic()
    listed = [alias for outlet in topic.outlets for alias in outlet.aliases]
    listed += [alias for one in (*topic.subjects, *topic.people) for alias in one.aliases]
    listed += [cue for measure in topic.measures for cues in measure.cues.values() for cue in cues]
    for alias in listed:
        plain = alias.replace("=", "").replace("|", "").replace("*", "")
        assert list(Matcher({alias: True}).find(plain)), alias


def test_loaded_once() -> None:
    assert load_topic() is load_topic()


def test_another_topic(tmp_path: Path) -> None:
    file = tmp_path / "bridge.yml"
    file.write_text(
        "measures:\n  - {slug: toll, admits: [money], cues: {en: [toll*]}}\n"
        "subjects:\n  - {name: Harbour Bridge}\n"
        "people:\n  - {name: Ada Quill, acts_for: Harbour Bridge}\n",
        "utf-8",
    )
    topic = load_topic(file)
    assert topic.measures[0].label == "toll"
    assert topic.subjects[0].aliases == ("Harbour Bridge",)
    assert topic.outlets == ()


READ = """
import json, sys
from pathlib import Path
import corpus.topic
corpus.topic.HOME = Path(sys.argv[1])
from corpus.model import Document
from corpus.pipeline import process
articles = [process(Document(root="", origin=str(n), text=text)) for n, text in enumerate(json.loads(sys.argv[2]))]
claims = [[[c.measure, c.subject, c.attributed_to] for c in article.claims] for article in articles]
print(json.dumps([[article.language.code, claimed] for article, claimed in zip(articles, claims)]))
"""
BRIDGE = {
    "en": "The toll on the Quill Bridge will rise to $5 million a year, the Harbour Post reported on Monday.\n\n"
    "About 40,000 cars use the Quill Bridge, said Ada Quill, who runs it and wants to keep it open.",
    "de": "Die Maut auf der Quill-Brücke bringt jedes Jahr 5 Millionen Dollar ein, berichtet die Harbour Post.\n\n"
    "Über die Quill-Brücke fahren nach Angaben von Ada Quill am Tag 40.000 Autos.",
    "fr": "Le péage du pont Quill atteint chaque année 5 millions de dollars, selon le Harbour Post.\n\n"
    "D'après Ada Quill, le pont Quill voit passer 40 000 voitures par jour.",
}


def test_the_topic_of_the_readme_makes_another_corpus(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(outlets:.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert block is not None
    file = tmp_path / "bridge.yml"
    file.write_text(block[1], "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", READ, str(file), json.dumps(list(BRIDGE.values()))],
        capture_output=True,
        text=True,
        cwd=README.parent,
        check=True,
    )
    toll, cars = ["toll", "Quill Bridge", "Harbour Post"], ["vehicles", "Quill Bridge", "Ada Quill"]
    assert json.loads(done.stdout) == [[language, [toll, cars]] for language in BRIDGE]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("outlets: 7", "outlets: a list is expected"),
        ("outlets: [7]", r"outlets\[0\]: a mapping is expected, not int"),
        ("outlets:\n  - {slug: a}", r"outlets\[0\]: name: is missing"),
        ("outlets:\n  - {slug: a, name: A, country: NO}", r"outlets\[0\]: country: .*False"),
        ("outlets:\n  - {slug: a, name: A}\n  - {slug: a, name: B}", "outlets: 'a' is there twice"),
        ("outlets:\n  - {slug: a, name: A, aliases: [1]}", r"outlets\[0\]: aliases: .* not 1"),
        ("measures:\n  - {slug: m, admits: [colour]}", r"measures\[0\]: admits: 'colour'"),
        ("measures:\n  - {slug: m, of_industry: n}", "'m': no measure 'n'"),
        ("subjects:\n  - {name: S, kind: animal}", r"subjects\[0\]: kind: 'animal'"),
        ("people:\n  - {name: P, acts_for: Nobody}", "'P' acts for 'Nobody'"),
        ("places: []", "unknown key 'places'"),
        ("{", "cannot be read"),
    ],
)
def test_broken_files_say_what_and_where(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "broken.yml"
    file.write_text(content, "utf-8")
    with pytest.raises(CorpusError, match=message) as raised:
        load_topic(file)
    assert "broken.yml" in str(raised.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"none\.yml: cannot be read"):
        load_topic(tmp_path / "none.yml")
