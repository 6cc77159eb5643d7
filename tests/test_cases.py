"""Every case of tests/cases, through the real command line."""

import os
from pathlib import Path

import pytest

from tests.support.cases import differs, play, read_case, update

CASES = sorted((Path(__file__).parent / "cases").glob("*.case"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, tmp_path: Path) -> None:
    case = read_case(path)
    played = play(case, tmp_path)
    if os.environ.get("UPDATE_CASES"):
        update(case, played)
        return
    for (name, expected), (_, actual) in zip(case.sections, played, strict=True):
        assert not (difference := differs(expected, actual)), f"{path.name}, section {name}:\n{difference}\n\nall of it:\n{actual}"


def test_a_difference_is_seen() -> None:
    assert differs("a\nb\n", "a\nc\n") == "expected: b\n   found: c"
    assert differs("a\n", "a\nb\n") == "unexpected: b"
    assert differs("a\nb\n", "a\n") == "expected: b\n   found: (nothing more)"
    assert not differs("a … c\n…\nd\n", "a b c\nx\ny\n\nd\n")
    assert differs("…\nd\n", "x\n") == "expected: d\n   found: (nothing more)"
