"""`backup restore`: a folder as it was, in a store or outside all of them, and what undo and redo make of it."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.support.backups import archives, backup_desk, declare, files, put, rows, run, tree
from tests.support.shellcalls import Meanwhile, call


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return backup_desk(tmp_path)


def test_restoring_honours_what_was_deleted(desk: Path) -> None:
    declare(desk)
    put(desk, "b63/sub/deep/x", "x")
    (desk / "work/b63/link").symlink_to("f1")
    was = [tree(desk / "work/b63")]
    run(desk)
    for change in (1, 2, 3):
        put(desk, "b63/f1", f"again {change}")
        put(desk, f"b63/new{change}/y", "y")
        (desk / f"work/b63/f{change + 4}").unlink()
        if change == 2:
            (desk / "work/b63/sub/deep/x").unlink()
            (desk / "work/b63/sub/deep").rmdir()
            (desk / "work/b63/link").unlink()
            put(desk, "b63/link", "a file now")
        if change == 3:
            (desk / "work/b63/sub").rmdir()
            put(desk, "b63/sub", "a file now")
        was.append(tree(desk / "work/b63"))
        run(desk, "--kind", "incremental")
    times = sorted(row["taken"] for row in rows(desk, "list"))
    assert len(times) == 4
    for number, taken in enumerate(times):
        run(desk, "restore", "b63", "--at", taken, "--to", f"work:then{number}")
        assert tree(desk / f"work/then{number}") == was[number]
        assert call(desk, "undo", "--yes").code == 0
        assert not (desk / f"work/then{number}").exists()


def test_an_empty_folder_outside_every_store_takes_a_restored_one_and_gives_it_back(
    tmp_path_factory: pytest.TempPathFactory, desk: Path
) -> None:
    declare(desk)
    disk = tmp_path_factory.mktemp("disk")
    (disk / "lost+found").mkdir()
    run(desk)
    came = run(desk, "restore", "b63", "--to", str(disk))
    back = disk / "b63"
    assert f"Restored into {back}." in came.out + came.err
    assert {path.name: path.read_text() for path in back.iterdir()} == {f"f{number}": str(number) for number in range(10)}
    assert call(desk, "backup", "restore", "b63", "--to", str(disk), "--yes").code == 1, "it is there by now"
    for command in (("status",), ("catalog", "update"), ("duplicates",), ("observe", "-o", "seen.json")):
        came = call(desk, *command, "--json")
        assert came.code == 0 and str(disk) not in came.out and "restored:" not in came.out, command
    (back / "f1").write_text("edited since")
    refused = call(desk, "undo", "--yes")
    assert refused.code == 1 and f"`restored:` is {disk}." in refused.err
    assert (back / "f1").read_text() == "edited since" and (back / "f2").exists()


def test_what_was_restored_outside_is_named_by_its_path_and_a_damaged_record_of_it_is_told(
    tmp_path_factory: pytest.TempPathFactory, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    declare(desk)
    disk = tmp_path_factory.mktemp("disk")
    run(desk)
    run(desk, "restore", "b63", "--to", str(disk))
    (record,) = (state / "reshelve/guests").iterdir()
    whole = record.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"[]"):
        record.write_bytes(damaged)
        for command in (("doctor",), ("status",), ("undo", "--yes")):
            came = call(desk, *command)
            assert f"mv {record} {record}.damaged" in came.out + came.err, command
        refused = call(desk, "backup", "restore", "b63", "--to", str(tmp_path_factory.mktemp("other")), "--yes")
        assert refused.code == 1 and f"mv {record}" in refused.err and record.read_bytes() == damaged
    record.write_bytes(whole)
    undone = call(desk, "undo", "--yes")
    assert f"`restored:` is {disk}." in undone.out + undone.err
    listed = call(desk, "trash", "list").out
    assert "restored:" not in listed and f"  {disk}/b63" in listed
    back = call(desk, "trash", "restore", f"{disk}/b63", "--yes")
    assert back.code == 0 and (disk / "b63/f2").read_text() == "2", back.err


def test_a_folder_that_others_name_is_none_of_the_workspaces(
    tmp_path_factory: pytest.TempPathFactory, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workspace is a stranger's document, its state too: only this user's own record says where backups were restored to."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    declare(desk)
    run(desk)
    home = tmp_path_factory.mktemp("home")
    put(home, ".reshelve-trash/0123456789ab/kept", "mine")
    trash = home / "work"
    (desk / ".reshelve/guests.json").write_text(json.dumps({"restored": str(trash), "guests": {"restored": str(trash)}}))
    assert "restored:" not in call(desk, "trash", "list").out
    call(desk, "trash", "empty", "--yes")
    assert (trash / ".reshelve-trash/0123456789ab/kept").read_text() == "mine"
    # Nor does the record of another workspace, which stood here before.
    disk = tmp_path_factory.mktemp("disk")
    run(desk, "restore", "b63", "--to", str(disk))
    (desk / ".reshelve").rename(desk / "before")
    shutil.copytree(desk / "before", desk / ".reshelve")
    assert call(desk, "undo", "--yes").code == 1 and (disk / "b63/f1").exists()


def test_a_plan_declined_leaves_a_folder_as_strange_as_it_was(tmp_path_factory: pytest.TempPathFactory, desk: Path) -> None:
    declare(desk)
    run(desk)
    disk = tmp_path_factory.mktemp("disk")
    assert call(desk, "backup", "restore", "b63", "--to", str(disk), answers="n\n").code != 0
    (disk / "letter").write_text("to a friend")
    assert "not-empty" in call(desk, "backup", "restore", "b63", "--to", str(disk), "--yes").err


@pytest.mark.parametrize("kind", ["full", "incremental"])
# What is in archives is compared with them; it may go while all that is left of it is in there.
@pytest.mark.parametrize(("change", "code"), [("edited", 1), ("added", 1), ("gone", 0)])
def test_what_a_redo_brought_again_stays_once_a_person_changed_it(desk: Path, kind: str, change: str, code: int) -> None:
    declare(desk)
    put(desk, "b63/deep/f1", "one")
    run(desk)
    if kind == "incremental":
        put(desk, "b63/deep/f1", "longer by now")
        run(desk, "b63", "--kind", "incremental")
    run(desk, "restore", "b63", "--to", "work:then")
    whole = files(desk / "work/then")
    for command in ("undo", "redo", "undo", "redo"):
        came = call(desk, command, "--yes")
        assert came.code == 0, came.err
    assert files(desk / "work/then") == whole
    inside = desk / "work/then/deep"
    match change:
        case "edited":
            (inside / "f1").write_text("written by a person")
        case "added":
            (inside / "new").write_text("written by a person")
        case "gone":
            (inside / "f1").unlink()
    changed = files(desk / "work/then")
    assert call(desk, "undo", "--yes").code == code
    assert (files(desk / "work/then") == changed) == (code != 0)


@pytest.mark.parametrize("kind", ["full", "incremental"])
@pytest.mark.parametrize("again", [False, True])
def test_what_is_edited_in_a_restored_folder_while_the_question_waits_stays(desk: Path, kind: str, again: bool) -> None:
    declare(desk)
    put(desk, "b63/deep/f1", "one")
    run(desk)
    if kind == "incremental":
        put(desk, "b63/deep/f1", "longer by now")
        run(desk, "b63", "--kind", "incremental")
    run(desk, "restore", "b63", "--to", "work:then")
    for command in ("undo", "redo") if again else ():
        assert call(desk, command, "--yes").code == 0
    edited = desk / "work/then/deep/f1"
    came = call(desk, "undo", answers=Meanwhile("y\n", lambda _: edited.write_text("written by a person")))
    assert came.code == 3, came.err
    assert edited.read_text() == "written by a person"


@pytest.mark.parametrize("which", ["full", "incremental"])
@pytest.mark.parametrize("how", ["gone", "cut short", "another content"])
@pytest.mark.parametrize("again", [False, True])
def test_what_was_restored_of_archives_stays_when_one_of_them_holds_it_no_more(
    desk: Path, which: str, how: str, again: bool
) -> None:
    declare(desk)
    run(desk)
    put(desk, "b63/f1", "longer by now")
    run(desk, "b63", "--kind", "incremental")
    full, incremental = archives(desk)
    run(desk, "restore", "b63", "--to", "work:then")
    for command in ("undo", "redo") if again else ():
        assert call(desk, command, "--yes").code == 0
    archive = full if which == "full" else incremental
    seen, content = archive.stat(), archive.read_bytes()
    match how:
        case "gone":
            archive.unlink()
        case "cut short":
            archive.write_bytes(content[:-20])
        case "another content":
            archive.write_bytes(content[: len(content) // 2] + bytes(len(content) - len(content) // 2))
            os.utime(archive, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    whole = files(desk / "work/then")
    came = call(desk, "undo", "--yes")
    assert came.code == 1 and "last-copy" in came.err
    assert archive.name in came.err
    assert files(desk / "work/then") == whole


def test_what_incremental_archives_restore_is_told_to_programs(desk: Path) -> None:
    declare(desk)
    run(desk)
    put(desk, "b63/f1", "longer by now")
    run(desk, "b63", "--kind", "incremental")
    full, incremental = archives(desk)
    came = run(desk, "restore", "b63", "--to", "work:then", "--json")
    (told,) = (event for event in came.events if event["type"] == "operation")
    assert told["src"] == f"work:b63/Backups/{full.name}"
    assert [layer["src"] for layer in told["layers"]] == [f"work:b63/Backups/{incremental.name}"]


def test_undo_and_redo_of_what_was_restored_outside(tmp_path_factory: pytest.TempPathFactory, desk: Path) -> None:
    declare(desk)
    disk = tmp_path_factory.mktemp("disk")
    run(desk)
    run(desk, "restore", "b63", "--to", str(disk))
    assert call(desk, "undo", "--yes").code == 0
    assert not (disk / "b63").exists()
    assert call(desk, "trash", "list").code == 0
    assert call(desk, "redo", "--yes").code == 0
    assert (disk / "b63/f3").read_text() == "3"
    assert call(desk, "undo", "--yes").code == 0
    assert call(desk, "trash", "empty", "--yes").code == 0
    assert [path.name for path in disk.iterdir()] == []
    run(desk, "restore", "b63", "--to", str(disk))
    away = disk.rename(disk.with_name(f"{disk.name}-away"))
    came = call(desk, "undo", "--yes")
    assert came.code != 0 and (away / "b63/f3").exists()
    assert call(desk, "status").code == call(desk, "log").code == 0
    run(desk, "restore", "b63", "--to", "work:here")  # goes on without that disk


@pytest.mark.parametrize("there", ["letter.txt", ".hidden", "folder/"])
def test_a_folder_outside_every_store_that_is_not_empty_is_refused(
    tmp_path_factory: pytest.TempPathFactory, desk: Path, there: str
) -> None:
    declare(desk)
    disk = tmp_path_factory.mktemp("disk")
    (disk / there).mkdir() if there.endswith("/") else (disk / there).write_text("mine")
    run(desk)
    came = call(desk, "backup", "restore", "b63", "--to", str(disk), "--yes")
    assert came.code == 64 and "not-empty" in came.err
    assert [path.name for path in disk.iterdir()] == [there.rstrip("/")]


def test_a_folder_that_is_there_takes_the_restored_one_in_it(desk: Path) -> None:
    declare(desk)
    run(desk)
    (desk / "work/there").mkdir()
    run(desk, "restore", "b63", "--to", str(desk / "work/there"))
    assert tree(desk / "work/there/b63") == tree(desk / "work/b63")
    assert call(desk, "backup", "restore", "b63", "--to", str(desk / "work/there"), "--yes").code == 1
    assert call(desk, "backup", "restore", "b63", "--to", "/nowhere/else", "--yes").code == 64
    assert call(desk, "backup", "restore", "b63", "--to", str(desk / "reshelve.yaml"), "--yes").code == 64
    assert call(desk, "backup", "restore", "b63", "--at", "2001-01-01", "--yes").code == 1
    run(desk, "restore", "b63")
    (made,) = (path for path in (desk / "work/b63/Backups").iterdir() if path.is_dir())
    assert tree(made) == tree(desk / "work/b63")
    assert "nothing changed" in run(desk, "b63", "--kind", "incremental").out
