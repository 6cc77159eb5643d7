"""No fault of a rule hides another: what `validate` tells of each of two parts alone, it tells of both together."""

import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.support.shellcalls import call

SOUND = {
    "name": "- name: films",
    "when": "  when:\n          kind: movie",
    "year": "    year: {known: true}",
    "size": "    size: {over: 1MB}",
    "path": "    path: {glob: 'a/**'}",
    "place": "  place: 'movies:{{ title }} ({{ year }})/{{ filename }}'",
    "transfer": "  transfer: copy",
    "accept": "  accept: likely",
}
"""The parts of a rule, each on lines of its own."""
FAULTS = {
    "name": ["- name: ''", "- nam: films", "- name: [films]", "- name: films\n        nonsense: 5"],
    "when": [
        "  when:\n          kind: movi", "  when:\n          kind: {equls: movie}", "  when:\n          kind: {regex: '['}",
        "  when:\n          kind: null", "  when:\n          kind: {in: movie}", "  when:\n          knd: {equls: movie}",
    ],
    "year": [
        "    year: {over: many, under: few}", "    yeer: {known: true}", "    year: '>2000'", "    year: {known: yess}",
        "    any: [{year: {over: x}}, {yer: 1}, {year: {ovr: 1}}]", "    any: {year: 1}",
        "    not: [yer]", "    all: [{yer: {known: 5}}]",
    ],
    "size": ["    size: {over: 1 banana, under: 2 apples}", "    size: {ovr: 1MB}", "    age: 5"],
    "path": ["    path: {regex: '('}", "    paht: x", "    path: {regex: '(?P<part>'}", "    stem: {regex: 5, glbo: x}"],
    "place": [
        "  place: 'movis:{{ titel }}/{{ filename }}'", "  place: 'movies:{{ title }/{{ filename }}'",
        "  place: 'movies/{{ title }}'",
        "  place: 'movies:{{ title | foo }}/{{ yeer }}/{{ filename }}'", "  place: 'movies:../{{ titel }}/{{ filename }}'",
        "  place: 'movies:{{ title | foo }}/{{ year | bar }}/{{ filename }}'", "  place: [1]",
    ],
    "transfer": ["  transfer: coppy", "  transfr: copy", "  review: true"],
    "accept": ["  accept: likly", "  on_conflict: replac"],
}  # fmt: skip
ALL = [(part, text) for part, texts in FAULTS.items() for text in texts]
_HEAD = "version: 1\nstores:\n  inbox: {path: inbox}\n  movies: {path: movies}\nscan:\n  inbox:\n    rules:\n"


def told(place: Path, parts: dict[str, str], head: str = _HEAD) -> dict[str, set[tuple[Any, ...]]]:
    """Return what `validate` tells of each part of one rule, by what it says, where."""
    text, spans = head, {}
    for part, lines in parts.items():
        first = text.count("\n") + 1
        text += f"      {lines}\n"
        spans[part] = range(first, text.count("\n") + 1)
    (place / "reshelve.yaml").write_text(text)
    found: dict[str, set[tuple[Any, ...]]] = {part: set() for part in parts}
    for event in call(place, "validate", "--json").events:
        if event["type"] == "problem":
            (part,) = (part for part, span in spans.items() if event["where"]["line"] in span)
            at = event["where"]["line"] - spans[part][0], event["where"]["column"]
            found[part].add((event["code"], event["detail"], event.get("hint", ""), *at))
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for folder in ("inbox", "movies"):
        (tmp_path / folder).mkdir()
    return tmp_path


def test_the_sound_rule_is_sound(place: Path) -> None:
    assert not any(told(place, SOUND).values())


@pytest.mark.parametrize(("part", "text"), ALL, ids=lambda text: text.strip()[:40])
def test_each_fault_is_told_where_it_is_and_hides_none(place: Path, part: str, text: str) -> None:
    alone = told(place, {**SOUND, part: text})
    assert alone.pop(part)
    assert not any(alone.values())
    for other, its in ALL:
        if other == part:
            continue
        lonely = told(place, {**SOUND, other: its})[other]
        assert told(place, {**SOUND, part: text, other: its})[other] >= lonely, (text, its)


def test_faults_of_every_part_at_once_are_all_told(place: Path) -> None:
    for texts in itertools.zip_longest(*FAULTS.values()):
        parts = {part: text or FAULTS[part][0] for part, text in zip(FAULTS, texts, strict=True)}
        together = told(place, parts)
        for part, text in parts.items():
            assert together[part] >= told(place, {**SOUND, part: text})[part], parts


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("    path: {regex: '(?P<part>'}", "  place: 'movies:{{ part }}/{{ filename }}'"),
        ("    path: {regex: '(?P<part>.)', glbo: x}", "  place: 'movies:{{ part }}/{{ filename }}'"),
    ],
)
def test_a_group_of_a_pattern_that_cannot_be_read_is_not_called_unknown(place: Path, text: str, others: str) -> None:
    found = told(place, {**SOUND, "path": text, "place": others})
    assert found["path"] and not found["place"]


def test_a_store_asked_for_beside_a_fault_is_known(place: Path) -> None:
    found = told(place, {**SOUND, "path": "    store: inbox", "transfer": "  transfr: copy"})
    assert found["transfer"] and not found["path"]


def test_several_bounds_are_told_each_at_its_own(place: Path) -> None:
    assert len(told(place, {**SOUND, "size": "    size: {over: 1 banana, under: 2 apples}"})["size"]) == 2
    assert len(told(place, {**SOUND, "year": "    year: {over: many, under: few}"})["year"]) == 2


def test_a_policys_faults_hide_none_of_each_other(place: Path) -> None:
    policy = {
        "name": "- nam: films",
        "when": "  when: {knd: movie}",
        "require": "  require: {year: {known: 5}, yeer: {known: true}}",
    }
    found = told(place, policy, "version: 1\nstores:\n  movies: {path: movies}\npolicies:\n")
    assert {code for code, *_ in found["when"]} == {"rule-name"}
    assert {code for code, *_ in found["require"]} == {"rule-name", "document-type"}
