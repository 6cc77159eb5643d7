"""What a layout says twice, and not alike, is told at its line; the layout is read nevertheless."""

from pathlib import Path

import pytest

from reshelve.schemas.documents.layout_files import load_layout
from reshelve.schemas.documents.validation import validate_document

SOUND = """\
version: 1
files:
  "lib:a/x": {from: "in:1", facts: {kind: movie, title: Heat}}
  "lib:b/y": {from: "in:2"}
"""


def told(path: Path, *, impossible: bool = False) -> list[tuple[int, str, str]]:
    found = validate_document(path, {}, {"in": [], "lib": []})
    assert all((problem.severity == "error") == impossible and problem.where is not None for problem in found)
    return [(problem.where.line if problem.where else 0, problem.code, problem.hint) for problem in found]


@pytest.mark.parametrize(
    ("text", "line", "hint", "impossible"),
    [
        (SOUND.replace("lib:b/y", "lib:a/x/y"), 4, "choose another target", True),
        (SOUND + 'dirs: ["lib:c", "lib:b/y"]\n', 5, "remove one of them", True),
        (SOUND.replace('from: "in:2"', 'from: "in:2", with: "lib:b/y"'), 4, "remove `with`, or name another", True),
        (SOUND + 'absent: [{path: "lib:b/y"}]\n', 5, "give its `mtime` or `hash`, or remove one of them", True),
        (SOUND + 'absent: [{path: "in:2"}]\n', 5, "remove one of them", False),
        (SOUND + 'review: [{from: "in:2"}]\n', 5, "remove one of them", False),
        (
            SOUND + 'leave:\n  - "in:7"\n  - "in:2"\n',
            7,
            "remove its entry: the next scan does, if it is the scan's own; or remove this line",
            False,
        ),
        (SOUND.replace("title", "titel"), 3, "did you mean title?", False),
    ],
)
def test_a_contradiction_is_told_at_its_line(tmp_path: Path, text: str, line: int, hint: str, impossible: bool) -> None:
    file = tmp_path / "layout.yaml"
    file.write_text(text)
    code = "layout-fact" if "titel" in text else "layout-contradiction"
    assert told(file, impossible=impossible) == [(line, code, hint)]
    assert load_layout(file).files


@pytest.mark.parametrize(
    "text",
    [
        SOUND,
        SOUND + 'absent: [{path: "lib:b/y", size: 3}]\n',
        SOUND.replace('from: "in:2"', 'from: "in:2", transfer: copy')
        + 'absent: [{path: "in:2", copies: ["lib:b/y"]}]\nleave: ["in:2/"]\n',
        SOUND.replace("title: Heat", "project: Heat"),
        SOUND.replace('"lib:b/y": {from: "in:2"}', '"lib:b/": {from: "in:b/"}\n  "lib:b/z": {from: "in:2"}'),
    ],
)
def test_what_goes_together_is_not_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "layout.yaml"
    file.write_text(text)
    assert told(file) == []


def test_the_files_of_one_layout_are_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SOUND)
    (tmp_path / "b.yaml").write_text('version: 1\nleave: ["in:1"]\n')
    found = validate_document(tmp_path, {}, {"in": [], "lib": []})
    assert [Path(problem.path).name for problem in found] == ["b.yaml"]


def test_one_path_on_two_roots_is_told(tmp_path: Path) -> None:
    path = tmp_path / "layout.yaml"
    path.write_text(
        'version: 1\nfiles:\n  "lib:a/x": {from: "in:1"}\n  "lib/two:a/x": {from: "in:2"}\n  "lib/two:b": {from: "in:3"}\n'
    )
    found = validate_document(path, {}, {"in": [], "lib": ["one", "two"]})
    assert [(each.where.line if each.where else 0, each.code, each.severity) for each in found] == [
        (4, "layout-contradiction", "error")
    ]
    assert "lib:a/x" in found[0].detail
