"""`backup`: archives made by a plan, verified, copied, removed by rule, and unpacked again as the folder was."""

import json
import os
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.casebuckets import CaseBuckets
from tests.support.shellcalls import Meanwhile, call

SETTINGS = "version: 1\nstores:\n  work: {path: work}\n  vault: {path: vault}\nzone: Europe/Berlin\nbackups:\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "vault").mkdir()
    for number in range(10):
        put(tmp_path, f"b63/f{number}", str(number))
    return tmp_path


def put(desk: Path, name: str, text: str) -> Path:
    path = desk / "work" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def declare(desk: Path, settings: str = 'of: "work:{project}"') -> None:
    (desk / "reshelve.yaml").write_text(f"{SETTINGS}  main: {{{settings}}}\n")


def run(desk: Path, *args: str, code: int = 0) -> Any:
    came = call(desk, "backup", *args, *(("--yes",) if args[:1] not in (("list",), ("verify",)) else ()))
    assert came.code == code, f"{came.out}\n{came.err}"
    return came


def files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def archives(desk: Path, folder: str = "work/b63/Backups") -> list[Path]:
    return sorted((desk / folder).glob("*.*"), key=lambda path: path.stat().st_mtime_ns)


def inside(archive: Path) -> set[str]:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as zipped:
            return {name for name in zipped.namelist() if not name.endswith("/")} - {".reshelve-backup.json"}
    with tarfile.open(archive) as tar:
        return {member.name for member in tar if not member.isdir()} - {".reshelve-backup.json"}


def in_bucket(desk: Path, store: str) -> None:
    text = (desk / "reshelve.yaml").read_text()
    (desk / "reshelve.yaml").write_text(text.replace("  vault: {path: vault}\n", f"  cloud: {store}\n"))


def rows(desk: Path, what: str) -> list[dict[str, Any]]:
    return [event for event in run(desk, what, "--json").events if event["type"] == "archive"]


def tree(folder: Path) -> dict[str, str]:
    """Return what is in a folder: files with their content, links, folders; the backups left out."""
    found = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if not name.startswith("Backups"):
            found[name] = os.readlink(path) if path.is_symlink() else "/" if path.is_dir() else path.read_text()
    return found


def test_a_full_backup_holds_all_but_what_is_excluded_and_itself(desk: Path) -> None:
    declare(desk)
    for name in ("Cache/x", "a/Cache/b/y", "Temp/x", ".DS_Store", "a/.DS_Store", "Thumbs.db"):
        put(desk, f"b63/{name}", "no")
    put(desk, "b63/a/Cached", "yes")
    came = run(desk, "b63")
    (made,) = archives(desk)
    assert made.name.startswith("daily_2") and made.name.endswith(".tar.gz")
    assert inside(made) == {*(f"f{number}" for number in range(10)), "a/Cached"}
    assert f"main/b63: {made.name}, 11 files. Verified." in came.out
    run(desk)
    assert [inside(path) for path in archives(desk)] == [inside(made)] * 2
    assert archives(desk)[1].name == made.name.replace(".tar.gz", "_2.tar.gz")
    assert call(desk, "undo", "--yes").code == 0
    assert archives(desk) == [made]


def test_an_incremental_holds_what_changed_and_there_is_none_of_nothing(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", format: zip')
    run(desk)
    assert "nothing changed" in run(desk, "--kind", "incremental").out
    assert len(archives(desk)) == 1
    put(desk, "b63/f1", "one")
    put(desk, "b63/f2", "two")
    (desk / "work/b63/f3").unlink()
    run(desk, "--kind", "incremental")
    assert inside(archives(desk)[-1]) == {"f1", "f2"}
    assert "nothing changed" in run(desk, "--kind", "incremental").out


def test_what_mtimes_do_not_tell_is_told(desk: Path) -> None:
    declare(desk)
    edited = desk / "work/b63/f1"
    old = put(desk, "elsewhere/old", "from elsewhere")
    os.utime(old, (0, 0))
    run(desk, "b63")
    times = edited.stat()
    edited.write_text("x")
    os.utime(edited, ns=(times.st_atime_ns, times.st_mtime_ns))
    old.rename(desk / "work/b63/moved-in")
    (desk / "work/b63/f5").chmod(0o600)
    run(desk, "b63", "--kind", "incremental")
    assert inside(archives(desk)[-1]) == {"f1", "f5", "moved-in"}


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
    away = disk.rename(disk.with_name("away"))
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


def test_retention_leaves_the_newest_and_what_it_builds_on(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", keep: {daily: {keep_last: 2}, incremental: {keep_last: 1}}')
    for number in range(4):
        put(desk, "b63/f0", f"again {number}")
        run(desk)
    names = [path.name for path in archives(desk)]
    assert len(names) == 2
    put(desk, "b63/f0", "more")
    run(desk, "--kind", "incremental")
    run(desk)
    run(desk)
    assert [path.name for path in archives(desk)][:2] == [names[1], archives(desk)[1].name]
    assert len(archives(desk)) == 4
    assert "builds on it" in run(desk, "list").out


def test_an_archive_that_is_damaged_or_unknown_counts_for_nothing(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", keep: {daily: {keep_last: 1}}')
    run(desk)
    (first,) = archives(desk)
    (desk / ".reshelve/backups/main/b63.json").unlink()
    assert "not verified" in run(desk, "list").out
    run(desk)
    assert len(archives(desk)) == 2
    run(desk, "verify")
    second = archives(desk)[1]
    content = bytearray(second.read_bytes())
    content[len(content) // 2] ^= 255
    second.write_bytes(content)
    assert "damaged" in call(desk, "backup", "verify").out
    assert call(desk, "backup", "verify").code == 1
    assert call(desk, "backup", "restore", "b63", "--to", "work:back", "--yes").code == 0
    assert first.exists() and second.exists()


def test_copies_are_verified_and_one_that_fails_spoils_nothing(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", copies: ["vault:{project}"], keep: {daily: {keep_last: 1}}')
    run(desk)
    (made,) = archives(desk)
    assert archives(desk, "vault/b63")[0].read_bytes() == made.read_bytes()
    (desk / "vault").rename(desk / "gone")
    put(desk, "b63/f0", "more")
    came = run(desk, code=1)
    assert "not-copied" in came.err
    (second,) = archives(desk)
    assert second.name != made.name
    assert [row["state"] for row in rows(desk, "list")] == ["verified"]
    (desk / "gone").rename(desk / "vault")
    put(desk, "b63/f0", "and more")
    run(desk)
    assert [path.read_bytes() for path in archives(desk, "vault/b63")] == [path.read_bytes() for path in archives(desk)]


def test_weekly_archives_go_where_they_are_stored(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", archive_storage_path: "vault:weekly/{project}"')
    run(desk, "--kind", "weekly")
    (made,) = archives(desk, "vault/weekly/b63")
    assert "_week_" in made.name
    assert not (desk / "work/b63/Backups").exists()
    run(desk, "restore", "b63", "--to", "work:back")
    assert tree(desk / "work/back") == tree(desk / "work/b63")


def test_backups_of_others_are_not_backed_up_whatever_their_folder_is_called(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", projects: [b63], to: "work:b64/{project}"')
    put(desk, "b64/own", "x")
    run(desk)
    with (desk / "reshelve.yaml").open("a") as settings:
        settings.write('  other: {of: "work:b64"}\n')
    run(desk, "other")
    assert inside(archives(desk, "work/b64/Backups")[0]) == {"own"}


def test_a_project_says_its_own_schedule(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", schedule: weekly')
    put(desk, "b63/project_config.json", '{"settings": {"backup_schedule": "off"}}')
    put(desk, "b64/x", "x")
    run(desk, "due")
    assert not archives(desk)
    assert len(archives(desk, "work/b64/Backups")) == 1
    assert "Nothing is due." in run(desk, "due").out
    put(desk, "b63/project_config.json", '{"settings": {"backup_schedule": "often"}}')
    assert "project-setting" in run(desk, "due").err
    assert len(archives(desk)) == 1


def test_what_cannot_be_packed_is_told_and_the_rest_is_backed_up(desk: Path) -> None:
    declare(desk)
    (desk / "work/b63/out").symlink_to("/etc/passwd")
    os.mkfifo(desk / "work/b63/pipe")
    came = run(desk)
    assert came.err.count("not-backed-up") == 2
    assert len(inside(archives(desk)[0])) == 10


def test_names_that_are_none_and_workspaces_without_backups(desk: Path) -> None:
    declare(desk)
    assert call(desk, "backup", "b99", "--yes").code == 64
    (desk / "reshelve.yaml").write_text("version: 1\nstores: {work: {path: work}}\n")
    assert call(desk, "backup", "--yes").code == 1


def test_copies_in_a_bucket_are_kept_listed_verified_and_restored_from(desk: Path) -> None:
    buckets = CaseBuckets()
    with buckets.served():
        declare(desk, 'of: "work:{project}", format: zip, copies: ["cloud:project_backups/{project}"]')
        in_bucket(desk, "{s3: bucket, region: us-east-1}")
        put(desk, "b63/f1", "one")
        run(desk)
        put(desk, "b63/f1", "again")
        run(desk, "--kind", "incremental")
        names = [path.name for path in archives(desk)]
        service = buckets.service("bucket")
        assert sorted(key for key in service.keys) == [f"project_backups/b63/{name}" for name in names]
        for path in archives(desk):
            path.unlink()
        assert {row["folder"] for row in rows(desk, "list")} == {"cloud:project_backups/b63"}
        run(desk, "restore", "b63", "--to", "work:back")
        assert tree(desk / "work/back") == tree(desk / "work/b63")
        assert {row["state"] for row in rows(desk, "verify")} == {"verified"}


@pytest.mark.slow
def test_a_bucket_that_does_not_answer_spoils_nothing_here(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    declare(desk, 'of: "work:{project}", copies: ["cloud:{project}"]')
    in_bucket(desk, "{s3: bucket, region: us-east-1, endpoint_url: 'http://127.0.0.1:9'}")
    came = run(desk, code=1)
    assert "not-copied" in came.err and "Verified." in came.out
    assert [row["state"] for row in rows(desk, "list")] == ["verified"]


def test_a_whole_store_and_names_that_are_no_text(desk: Path) -> None:
    declare(desk, 'of: "work:"')
    odd = os.fsdecode(b"caf\xe9")
    put(desk, f"{odd}/x", "x")
    put(desk, "b63/[a]*?", "globs")
    run(desk)
    put(desk, f"{odd}/x", "again")
    (desk / "work/b63/[a]*?").unlink()
    run(desk, "--kind", "incremental")
    run(desk, "restore", "main", "--to", "vault:back")
    assert tree(desk / "vault/back") == tree(desk / "work")
    declare(desk, 'of: "work:{project}"')
    run(desk, odd)
    put(desk, f"{odd}/x", "and again")
    run(desk, odd, "--kind", "incremental")
    run(desk, "restore", odd, "--to", "vault:odd")
    assert tree(desk / "vault/odd") == {"x": "and again"}


LOST = 'of: "work:{project}", to: "vault:{project}"'


def test_a_folder_that_is_gone_comes_back_from_its_archives(desk: Path) -> None:
    declare(desk, LOST)
    run(desk)
    put(desk, "b63/f1", "again")
    run(desk, "--kind", "incremental")
    before = tree(desk / "work/b63")
    shutil.rmtree(desk / "work/b63")
    assert {(row["of"], row["state"]) for row in rows(desk, "list")} == {("main/b63", "verified")}
    assert [row["state"] for row in rows(desk, "verify")] == ["verified", "verified"]
    shutil.rmtree(desk / ".reshelve/backups")
    assert [row["state"] for row in rows(desk, "list")] == ["not verified", "not verified"]
    assert [row["state"] for row in rows(desk, "verify")] == ["verified", "verified"]
    run(desk, "restore", "b63", "--to", "vault:back")
    assert tree(desk / "vault/back") == before
    run(desk, "restore", "main/b63", "--to", "work:b63")
    assert tree(desk / "work/b63") == before
    assert "folder-gone" not in run(desk).err


def test_a_folder_that_is_gone_is_told_and_no_archive_of_it_is_made_or_goes(desk: Path) -> None:
    declare(desk, f"{LOST}, keep: {{daily: {{keep_last: 3}}}}, schedule: hourly")
    put(desk, "b64/x", "x")
    for _ in range(3):
        run(desk)
    declare(desk, f"{LOST}, keep: {{daily: {{keep_last: 1}}}}, schedule: hourly")
    shutil.rmtree(desk / "work/b63")
    there = set(archives(desk, "vault/b63"))
    came = run(desk)
    assert "warning[folder-gone]" in came.err and "reshelve backup restore main/b63 --to work:b63" in came.err
    assert "error[folder-gone]" in run(desk, "b63", code=1).err
    assert "folder-gone" in run(desk, "due").err
    assert set(archives(desk, "vault/b63")) == there and len(archives(desk, "vault/b64")) == 2
    kept = [event["kept"] for event in rows(desk, "list") if event["of"] == "main/b63"]
    assert len(kept) == 3 and kept.count(["its folder is gone"]) == 2
    came = call(desk, "health")
    assert came.code == 0 and "work:b63: The folder of a project is gone." in came.out
    declare(desk, f"{LOST}, except: [b63]")
    assert {row["of"] for row in rows(desk, "list")} == {"main/b64"}
    assert "is gone" not in call(desk, "health").out


def test_a_folder_that_is_gone_with_its_archives_comes_back_from_a_copy(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", copies: ["vault:copies/{project}/all"]')
    run(desk)
    before = tree(desk / "work/b63")
    shutil.rmtree(desk / "work/b63")
    assert {row["folder"] for row in rows(desk, "list")} == {"vault:copies/b63/all"}
    run(desk, "restore", "b63")
    assert tree(desk / "work/b63") == before


def test_archives_of_another_set_are_no_lost_project(desk: Path) -> None:
    declare(desk, LOST)
    with (desk / "reshelve.yaml").open("a") as settings:
        settings.write('  other: {of: "vault:of/{project}", to: "vault:{project}"}\n')
    (desk / "vault/of").mkdir()
    run(desk, "main")
    shutil.rmtree(desk / "work/b63")
    (desk / "vault/notes").mkdir()
    assert {row["of"] for row in rows(desk, "list")} == {"main/b63"}
    run(desk, "restore", "b63", "--to", "vault:back")


def test_of_a_store_that_is_away_every_archive_stays(desk: Path) -> None:
    declare(desk, f"{LOST}, keep: {{daily: {{keep_last: 3}}}}")
    run(desk)
    run(desk)
    declare(desk, f"{LOST}, keep: {{daily: {{keep_last: 1}}}}")
    (desk / "work").rename(desk / "away")
    there = set(archives(desk, "vault/b63"))
    said = run(desk, "due", code=1).err
    assert "store-unavailable" in said and "folder-gone" not in said
    assert set(archives(desk, "vault/b63")) == there
    run(desk, "restore", "b63", "--to", "vault:back")
    assert len(files(desk / "vault/back")) == 10
