"""Colons that are missing: each is told at its key, and nothing else is judged by a workspace that lacks one."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import FILES, WORKSPACE, lay


@pytest.mark.parametrize(
    ("whole", "broken", "line", "hint"),
    [
        ("stores:", "stores", 2, "write stores:"),
        ("scan:", "scan", 7, "write scan:"),
        ("  inbox:\n", "  inbox\n", 8, "write inbox:"),
        ("    rules:", "    rules  # all of them", 10, "write rules:"),
        ("  inbox: {path", "  inbox {path", 3, "write inbox: with a colon"),
        ("  tv: {path", "  tv {path", 4, "write tv: with a colon"),
        ("tidy: true", "tidy {a: b}", 9, "write tidy: with a colon"),
        ("stores:", "stors:", 2, "did you mean `stores`?"),
    ],
)
def test_a_missing_colon_is_one_fault_at_its_line(tmp_path: Path, whole: str, broken: str, line: int, hint: str) -> None:
    place = lay(tmp_path, FILES)
    assert call(place, "scan").code == 0
    (place / "reshelve.yaml").write_text(WORKSPACE.replace(whole, broken, 1))
    for command in (["validate"], ["check", "--offline"]):
        found = [event for event in call(place, *command, "--json").events if event["type"] == "problem"]
        told = [
            (Path(event["where"]["file"]).name, event["where"]["line"], event["hint"])
            for event in found
            if event["hint"] != "add `stores:`"
        ]
        assert told == [("reshelve.yaml", line, hint)], found
    assert "layout.yaml" not in call(place, "fmt", "--check").err


@pytest.mark.parametrize("text", ["a: one\n  two\n  three: 3\n", "a: [1\nb: 2\n", "a: b: c\n"])
def test_what_else_is_not_yaml_is_not_taken_for_a_missing_colon(tmp_path: Path, text: str) -> None:
    (tmp_path / "reshelve.yaml").write_text(text)
    came = call(tmp_path, "validate")
    assert came.code == 1 and "no colon" not in came.err
