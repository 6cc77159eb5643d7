"""What this user may not read: said by every command, and never taken for empty, for lost or for something else."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.plain_user import call_as_plain_user

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no modes")
RULES = (
    "version: 1\nstores:\n  inbox: {path: in}\n  library: {path: lib}\nscan:\n  inbox:\n    rules:\n"
    '      - {name: all, when: {ext: [txt]}, place: "library:All/{{ filename }}"}\n'
    '      - {name: shots, when: {ext: [png]}, place: "library:Shots/{{ seq }}.png"}\n'
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "reshelve.yaml").write_text(RULES)
    for name in ("in", "lib/All", "lib/Shots"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


@contextmanager
def shut(*paths: Path) -> Iterator[None]:
    """Take every right away for as long as this lasts."""
    modes = [path.stat().st_mode & 0o7777 for path in paths]
    for path in reversed(paths):
        path.chmod(0)
    try:
        yield
    finally:
        for path, mode in zip(paths, modes, strict=True):
            path.chmod(mode)


@pytest.mark.parametrize("which", ["in/a.txt", "lib/All/a.txt", "lib/All/a_1.txt", "in/b.png", "lib/Shots/1.png"])
def test_a_file_that_cannot_be_compared_with_what_stands_there_is_left_for_review(place: Path, which: str) -> None:
    alike = ("in/a.txt", "lib/All/a.txt") if which != "lib/All/a_1.txt" else ("in/a.txt", "lib/All/a_1.txt")
    for name in (*alike, "in/b.png", "lib/Shots/1.png"):
        (place / name).write_text("same" + name[-4:])
    if which == "lib/All/a_1.txt":
        (place / "lib/All/a.txt").write_text("another")
    with shut(place / which):
        said = call_as_plain_user(place, "scan")
        assert said.returncode == 0, said.stderr
        told = "may hold the same already, which cannot be told: one of the two cannot be read (Permission denied)"
        assert told in said.stdout, said
        source = "inbox:b.png" if which.endswith(".png") else "inbox:a.txt"
        assert f'from: "{source}"' not in (place / "layout.yaml").read_text().partition("review:")[0]
        assert call_as_plain_user(place, "apply", "--yes").returncode == 0
    assert (place / source.replace("inbox:", "in/")).exists()


@pytest.mark.slow
def test_a_folder_that_cannot_be_read_is_named_and_what_is_in_it_is_neither_lost_nor_moved(place: Path) -> None:
    (place / "in/secret").mkdir()
    for name in ("in/a.txt", "in/secret/c.txt"):
        (place / name).write_text(name)
    with shut(place / "in/secret"):
        for command in (["scan"], ["duplicates"]):
            said = call_as_plain_user(place, *command)
            assert said.returncode == 0 and "inbox:secret" in said.stderr, said
        assert call_as_plain_user(place, "apply", "--yes").returncode == 0
    assert os.listdir(place / "in") == ["secret"] and (place / "in/secret/c.txt").exists()
    assert call_as_plain_user(place, "scan").returncode == 0
    assert call_as_plain_user(place, "apply", "--yes").returncode == 0
    with shut(place / "lib/All"):
        said = call_as_plain_user(place, "plan")
        assert "library:All: Permission denied. Nothing is planned for 2 entries." in said.stdout, said
        assert call_as_plain_user(place, "check").returncode == 2
        said = call_as_plain_user(place, "undo", "--yes")
        assert (said.returncode, "cannot be looked at: Permission denied" in said.stderr) == (1, True), said
    assert sorted(os.listdir(place / "lib/All")) == ["a.txt", "c.txt"]
    for _ in range(2):
        assert call_as_plain_user(place, "undo", "--yes").returncode == 0
    assert (place / "in/a.txt").read_text() == "in/a.txt" and (place / "in/secret/c.txt").read_text() == "in/secret/c.txt"
