"""What reshelve keeps for itself in a store: one answer, whoever asks."""

import ast
from pathlib import Path

import pytest

import reshelve
from reshelve.schemas.locations import LOCK, STATE, TEMPORARY, TRASH, holds_hidden, in_trash, is_hidden, is_own, is_reserved

HOUSE = Path(reshelve.__file__).resolve().parent.parent

NAMES = """
name              | own | hidden file | hidden folder | reserved
.reshelve-trash   | yes | yes         | yes           | yes
.reshelve-1.tmp   | yes | yes         | yes           | yes
.reshelve.lock    | yes | yes         | yes           | yes
.reshelve         |     |             | yes           | yes
.Reshelve-Trash   |     |             |               | yes
.reshelved        |     |             |               |
reshelve-trash    |     |             |               |
"""


@pytest.mark.parametrize("line", NAMES.strip().splitlines()[1:])
def test_a_name(line: str) -> None:
    name, *said = (cell.strip() for cell in line.split("|"))
    found = (is_own(name), is_hidden(name, folder=False), is_hidden(name, folder=True), is_reserved(name))
    assert ["yes" if each else "" for each in found] == said


@pytest.mark.parametrize(
    ("rel", "hidden"),
    [
        ("a/.reshelve", False), ("a/.reshelve/", True), ("a/.reshelve/b", True), (".reshelve.lock", True), (".reshelve-x/a", True),
        ("a.reshelve-x", False), ("", False), ("b/.reshelved/c", False),
    ],
)  # fmt: skip
def test_a_path(rel: str, hidden: bool) -> None:
    assert holds_hidden(rel) == hidden


@pytest.mark.parametrize(
    ("rel", "inside"),
    [(TRASH, True), (f"{TRASH}/x", True), (f"a/{TRASH}/x", True), (f"a{TRASH}/x", False), (f"{TRASH}s", False), ("", False)],
)
def test_the_trash(rel: str, inside: bool) -> None:
    assert in_trash(rel) == inside


def test_no_other_module_writes_these_names() -> None:
    modules = [path for room in ("planner", "executors", "schemas", "reshelve") for path in (HOUSE / room).rglob("*.py")]
    writing = {
        path.name
        for path in modules
        if STATE in (text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and node.value in {STATE, TRASH, LOCK, TEMPORARY}
    }
    assert writing == {"locations.py"}
