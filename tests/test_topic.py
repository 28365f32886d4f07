"""The topic file: complete, and clear about what is wrong with a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.model import KINDS, CorpusError
from corpus.topic import load_topic
from corpus.words.matching import Matcher

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
