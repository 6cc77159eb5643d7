"""What planning says of a name is what the file system itself says, and what is learned only as it runs is told truly."""

import os
import tarfile
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.local_store import LocalStore
from reshelve.planner.wants.storable_names import StorableNames
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.schemas.operations import AnyOperation, Write
from reshelve.schemas.problems import Problem
from tests.filesystems import mounts
from tests.support.plans import Planning, clock, local, plan_of
from tests.support.shellcalls import call

NAMES = ["x" * 255, "x" * 256, "é" * 127, "é" * 128, "é" * 255, "é" * 256, "😀" * 63, "😀" * 64, "😀" * 127, "😀" * 128]
TEXT = ["a:b", "q?", "s*", "p|", "l<", "g>", 'q"', "b\\s", "t\tb", "b\udcff"]
ENDS = ["dot.", "blank ", "dot. ", "CON", "nul.mkv", "..a", " a", "ok"]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: f"{len(name)}-of-{len(name[0].encode())}-bytes")
def test_a_name_is_told_too_long_where_it_is(disk: Path, name: str) -> None:
    store = local("disk", disk)
    told = StorableNames().fault(Tree({"disk": store}).folder(store, "", look=True), name)
    try:
        os.close(os.open(disk / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except OSError:
        assert told
    else:
        assert not told
    store.close()


@pytest.mark.parametrize("name", [*TEXT, *ENDS], ids=ascii)
def test_a_name_is_told_refused_where_it_is(disk: Path, kind: str, name: str) -> None:
    store = local("disk", disk)
    told = StorableNames().fault(Tree({"disk": store}).folder(store, "", look=True), name)
    try:
        os.close(os.open(disk / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        taken = name in os.listdir(disk)
    except OSError:
        taken = False
    # Whether NTFS was mounted to refuse the names that Windows refuses, nothing tells before it does.
    assert (told is None) == taken or (kind == "ntfs" and told is None)
    store.close()


@pytest.mark.parametrize("way", ["rename", "copy", "folder", "content"])
def test_a_refused_name_that_planning_let_through_is_told_as_that(disk: Path, kind: str, tmp_path: Path, way: str) -> None:
    """The run was planned without knowing what the file system refuses: its report says it, and not that something changed."""
    stores = {"disk": local("disk", disk), "far": local("far", tmp_path / "far")}
    (disk / "a").write_text("a")
    (tmp_path / "far/b").write_text("b")
    p = Planning(stores)
    operation = {
        "rename": lambda: p.move("disk:a", "disk:What?"),
        "copy": lambda: p.move("far:b", "disk:What?", across=True),
        "folder": lambda: p.mkdir("disk:What?"),
        "content": lambda: Write("disk:What?", "c"),
    }[way]()
    failure = _failed(kind, stores, tmp_path, operation)
    if failure is not None:
        assert failure.code == "name-refused" and "does not take the name What?" in failure.detail
        assert sorted(os.listdir(disk)) == ["a"]


def test_a_refused_name_in_an_archive_is_told_as_that(disk: Path, kind: str, tmp_path: Path) -> None:
    stores = {"disk": local("disk", disk), "far": local("far", tmp_path / "far")}
    with tarfile.open(tmp_path / "far/a.tar.gz", "w:gz") as tar:
        for name in ("ok", "What?/in"):
            tar.addfile(tarfile.TarInfo(name))
    operation = Planning(stores).unpack("far:a.tar.gz", "disk:a")
    failure = _failed(kind, stores, tmp_path, operation)
    if failure is not None:
        assert failure.code == "name-refused" and "does not take What?/in in the archive: it takes no name with ?" in failure.detail
        assert os.listdir(disk) == []


def test_two_names_that_are_one_there_are_told_as_that(disk: Path, kind: str, tmp_path: Path) -> None:
    stores = {"disk": local("disk", disk), "far": local("far", tmp_path / "far")}
    for name in ("a", "b"):
        (tmp_path / f"far/{name}").write_text(name)
    p = Planning(stores)
    moves = [p.move("far:a", "disk:Film", across=True), p.move("far:b", "disk:film", across=True)]
    failure = _failed(kind, stores, tmp_path, *moves)
    if failure is not None:
        assert failure.code == "names-fold" and "film and Film are the same name" in failure.detail
        assert os.listdir(disk) == []


def test_an_empty_folder_is_known_to_fold_where_it_does(disk: Path, kind: str) -> None:
    (disk / "Empty").mkdir()
    for at in (disk / "Empty", disk):
        store = local("disk", at)
        expected = _folds(at)
        assert store.folds() is expected
        assert (kind in ("exfat", "ntfs", "fat32")) is expected
        store.close()


def test_an_empty_file_system_is_known_to_fold_by_its_format(tmp_path: Path) -> None:
    try:
        with mounts.exfat(tmp_path / "DISK") as at:
            assert os.listdir(at) == []
            assert local("disk", at).folds() is True
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))


def test_a_rename_in_other_letters_is_done_and_taken_back(disk: Path, kind: str, tmp_path: Path) -> None:
    for name in ("Film.mkv", "Other.mkv"):
        (disk / name).write_text("film")
    (tmp_path / "reshelve.yaml").write_text(f"version: 1\nstores: {{disk: {{path: {disk}, reserve: 0}}}}\n")
    (tmp_path / "layout.yaml").write_text('version: 1\nfiles:\n  "disk:film.mkv": {from: "disk:Film.mkv"}\n')
    if kind == "ntfs":
        # It was mounted to show all names in small letters: there is nothing to do.
        assert "Nothing to do" in call(tmp_path, "plan").out
        return
    for word, there in (("apply", "film.mkv"), ("apply", "film.mkv"), ("undo", "Film.mkv"), ("redo", "film.mkv")):
        came = call(tmp_path, word, "--yes")
        assert came.code == 0, came.err
        names = os.listdir(disk)
        assert there in names
        assert len([name for name in names if name.lower() == "film.mkv"]) == 1
        assert "Other.mkv" in names


def _failed(kind: str, stores: dict[str, LocalStore], base: Path, *operations: AnyOperation) -> Problem | None:
    """Run a plan; return why it was rolled back where names are refused or fold, None where it has to be done, and was."""
    report = apply(plan_of(stores, *operations), stores, State(base / "state"), now=clock)
    if kind not in ("exfat", "ntfs", "fat32"):
        assert report.outcome == "done"
        return None
    assert report.outcome == "rolled-back"
    (failure,) = report.failures
    return failure


def _folds(folder: Path) -> bool:
    """Try it in a folder, and leave that as it was."""
    (folder / "Tried").touch()
    try:
        return os.path.exists(folder / "tRIED")
    finally:
        (folder / "Tried").unlink()
