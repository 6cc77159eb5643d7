"""Undo and redo put nothing out of sight that somebody rewrote since, its size and times kept: they say so while planning."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.quiet_rewrites import rewrite
from tests.support.shellcalls import Came, call

WORKSPACE = "version: 1\nstores:\n  inbox: {path: inbox, reserve: 0B}\n  out: {path: out, reserve: 0B}\n"
LAID = {
    "inbox/a.mkv": b"a" * 500,
    "inbox/twin.mkv": b"a" * 500,
    "inbox/b40/cut.mov": b"cut" * 300,
    "inbox/b40/notes/idea.md": b"light",
    "out/taken.mkv": b"taken" * 90,
}
STORIES = {
    "copy": 'files: {"out:n.mkv": {from: "inbox:a.mkv", transfer: copy}}',
    "move": 'files: {"out:n.mkv": {from: "inbox:a.mkv"}}',
    "hardlink": 'files: {"out:n.mkv": {from: "inbox:a.mkv", transfer: hardlink}}',
    "replaced by a move": 'files: {"out:taken.mkv": {from: "inbox:a.mkv", on_conflict: replace}}',
    "replaced by a copy": 'files: {"out:taken.mkv": {from: "inbox:a.mkv", transfer: copy, on_conflict: replace}}',
    "written": 'files: {"out:list.txt": {content: "words"}}',
    "packed": 'files: {"out:b40.zip": {from: "inbox:b40/", pack: zip}}',
    "packed and kept": 'files: {"out:b40.tar.gz": {from: "inbox:b40/", pack: tar.gz, transfer: copy}}',
    "to the trash": 'absent: [{path: "out:taken.mkv"}]',
    "for its copy": 'absent: [{path: "inbox:a.mkv", copies: ["inbox:twin.mkv"]}]',
    "for what a twin brings": 'files: {"out:n.mkv": {from: "inbox:twin.mkv"}}\n'
    'absent: [{path: "inbox:a.mkv", copies: ["out:n.mkv"]}]',
}


def _lay(folder: Path, story: str) -> None:
    for rel, content in LAID.items():
        path = folder / rel
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "reshelve.yaml").write_text(WORKSPACE)
    (folder / "layout.yaml").write_text(f"version: 1\n{STORIES[story]}\n")
    assert call(folder, "apply", "--yes").code == 0


def _visible(folder: Path) -> Iterator[Path]:
    for root in ("inbox", "out"):
        for path in sorted((folder / root).rglob("*")):
            if path.is_file() and not any(part.startswith(".reshelve") for part in path.parts):
                yield path


def _told(came: Came) -> bool:
    return came.code in (0, 1) and "Make a new plan" not in came.out + came.err


@pytest.mark.parametrize("story", STORIES)
def test_what_nobody_touched_goes_back_and_forth(tmp_path: Path, story: str) -> None:
    _lay(tmp_path, story)
    left = {path: path.read_bytes() for path in _visible(tmp_path)}
    for _ in range(2):
        assert call(tmp_path, "undo", "--yes").code == 0
        came = call(tmp_path, "redo", "--yes")
        assert came.code == 0, came.out + came.err
        assert {path: path.read_bytes() for path in _visible(tmp_path)} == left


STEPS = ("undo", "redo", "undo", "redo")


@pytest.mark.parametrize(
    "steps", [STEPS[:1], STEPS[:2], *(pytest.param(STEPS[:number], marks=pytest.mark.slow) for number in (3, 4))], ids="-".join
)
@pytest.mark.parametrize("story", STORIES)
def test_what_was_rewritten_stays_in_sight(tmp_path: Path, story: str, steps: tuple[str, ...]) -> None:
    *before, last = steps
    _lay(tmp_path / "first", story)
    for step in before:
        assert call(tmp_path / "first", step, "--yes").code == 0
    names = [path.relative_to(tmp_path / "first") for path in _visible(tmp_path / "first")]
    for number, name in enumerate(names):
        folder = tmp_path / str(number)
        _lay(folder, story)
        for step in before:
            assert call(folder, step, "--yes").code == 0
        content = rewrite(folder / name)
        for more in ((), ("--partial",)):
            came = call(folder, last, "--yes", *more)
            assert _told(came), (name, more, came.out + came.err)
            assert content in [path.read_bytes() for path in _visible(folder)], (name, more, came.out + came.err)


def test_what_was_replaced_stays_while_what_replaces_it_cannot_come(tmp_path: Path) -> None:
    _lay(tmp_path, "replaced by a move")
    assert call(tmp_path, "undo", "--yes").code == 0
    (tmp_path / "inbox/a.mkv").unlink()
    came = call(tmp_path, "redo", "--yes", "--partial")
    assert "out:taken.mkv stays, because what would replace it cannot come." in came.out + came.err
    assert (tmp_path / "out/taken.mkv").read_bytes() == LAID["out/taken.mkv"]
