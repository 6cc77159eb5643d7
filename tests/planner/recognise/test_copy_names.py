"""Copy names: as desktops and browsers write them, and what only looks like one."""

import pytest

from reshelve.planner.recognise.copy_names import original_of


@pytest.mark.parametrize(
    ("copy", "original"),
    [
        ("a (1)", "a"),
        ("a(12)", "a"),
        ("Film (2001) (1)", "Film (2001)"),
        ("a copy", "a"),
        ("a copy 3", "a"),
        ("a - Copy", "a"),
        ("a - Copy (2)", "a"),
        ("a (copy)", "a"),
        ("a (copy 1)", "a"),
        ("a (another copy)", "a"),
        ("a (3rd copy)", "a"),
        ("a_copy", "a"),
        ("a - Kopie (2)", "a"),
        ("a (3. Kopie)", "a"),
        ("a - Copie", "a"),
        ("a - копия (2)", "a"),
        ("a のコピー", "a"),
        ("aのコピー2", "a"),
        ("a - 副本 (2)", "a"),
        ("a副本", "a"),
        ("Copy of a", "a"),
        ("Kopie von a", "a"),
    ],
)
def test_the_original_of_a_copy(copy: str, original: str) -> None:
    assert original_of(copy) == original


@pytest.mark.parametrize("name", ["a", "Film (2001)", "copy", "(1)", "Hardcopy", "a 2", "a_2", "Carbon Copying", "photocopy"])
def test_what_is_no_copy_by_its_name(name: str) -> None:
    assert original_of(name) == ""
