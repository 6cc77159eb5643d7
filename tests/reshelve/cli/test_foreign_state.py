"""A state folder that is none of ours, or damaged: each command names it, and tells what can be told."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xxhash

from tests.support.memory_folder import memory_folder
from tests.support.shellcalls import Came, call

COMMANDS = ["doctor", "status", "log", "undo", "redo", "plan", "recover", "show last"]
COMMANDS += ["trash list", "cache stats", "release", "apply --yes"]


@pytest.fixture
def place() -> Iterator[Path]:
    """In memory, so that all the runs wait for no disk."""
    with memory_folder() as folder:
        for store in ("inbox", "tv"):
            (folder / store).mkdir()
        for name in ("a", "b", "c"):
            (folder / "inbox" / name).write_text(name)
        (folder / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}}\n")
        yield folder


def filed(place: Path, name: str) -> Path:
    """File one thing, and return the folder of that run."""
    (place / "layout.yaml").write_text(f'version: 1\nfiles: {{"tv:{name}": {{from: "inbox:{name}"}}}}\n')
    assert call(place, "apply", "--yes").code == 0
    return max((place / ".reshelve/runs").iterdir())


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir(parents=True)


def text(path: Path) -> None:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text('{"of": "something else"}\n')


def newer(path: Path) -> None:
    """Write a record that only a later version knows, whole and with its sum."""
    body = json.dumps({"kind": "later", "what": 1}, separators=(",", ":")).encode()[:-1]
    path.write_bytes(body + b',"sum":"' + xxhash.xxh3_64_hexdigest(body).encode() + b'"}\n')


def answered(place: Path) -> dict[str, Came]:
    found = {command: call(place, *command.split()) for command in COMMANDS}
    for command, came in found.items():
        told = came.out + came.err
        assert "bug" not in told and "Traceback" not in told, (command, told)
        assert came.code in (0, 1, 4, 5, 7), (command, told)
    return found


@pytest.mark.parametrize("make", [text, pipe])
@pytest.mark.parametrize("at", [".reshelve", ".reshelve/runs"])
def test_what_is_no_folder(place: Path, at: str, make: Callable[[Path], None]) -> None:
    (place / "layout.yaml").write_text('version: 1\nfiles: {"tv:a": {from: "inbox:a"}}\n')
    (place / at).parent.mkdir(exist_ok=True)
    make(place / at)
    found = answered(place)
    for command in ("doctor", "status", "log"):
        assert found[command].code == 1 and ".reshelve" in found[command].out + found[command].err, found[command]
    assert "inbox" in found["doctor"].out and "inbox" in found["status"].out
    assert found["apply --yes"].code == 1 and ".reshelve" in found["apply --yes"].err
    assert sorted(os.listdir(place / "inbox")) == ["a", "b", "c"]


@pytest.mark.parametrize("make", [text, pipe, folder])
def test_a_catalog_that_is_something_else(place: Path, make: Callable[[Path], None]) -> None:
    filed(place, "a")
    (place / ".reshelve/catalog.db").unlink(missing_ok=True)
    make(place / ".reshelve/catalog.db")
    found = answered(place)
    assert found["status"].code == found["log"].code == 0


@pytest.mark.parametrize("make", [text, folder])
def test_a_damaged_record_of_disks(place: Path, make: Callable[[Path], None]) -> None:
    filed(place, "a")
    disks = place / ".reshelve/disks.json"
    make(disks)
    found = answered(place)
    assert found["doctor"].code == 1 and str(disks) in found["doctor"].out and f"rm -r {disks}" in found["doctor"].out
    assert found["status"].code == found["log"].code == 0


@pytest.mark.parametrize("make", [pipe, folder])
def test_whatever_is_remembered_that_is_no_file(place: Path, make: Callable[[Path], None]) -> None:
    filed(place, "a")
    for name in (
        "disks.json",
        "watch.json",
        "told.json",
        "times.json",
        "declined.json",
        "lock-times.json",
        ".gitignore",
        "schedule/lock",
    ):
        (place / ".reshelve" / name).parent.mkdir(exist_ok=True)
        make(place / ".reshelve" / name)
    found = answered(place)
    assert found["log"].code == 0
    filed(place, "b")


@pytest.mark.parametrize("make", [text, pipe, folder])
@pytest.mark.parametrize("file", ["report.json", "held.json", "plan.json", "journal.ndjson"])
def test_a_damaged_run_beside_a_sound_one(place: Path, file: str, make: Callable[[Path], None]) -> None:
    damaged = filed(place, "a")
    sound = filed(place, "b")
    make(damaged / file)
    (place / "layout.yaml").write_text('version: 1\nfiles: {"tv:c": {from: "inbox:c"}}\n')
    found = answered(place)
    assert sound.name.partition("-")[2][:6] in found["log"].out
    if file == "report.json":
        for command in ("doctor", "status", "log"):
            assert found[command].code == 1
            assert str((damaged / file).relative_to(place)) in found[command].out + found[command].err
        assert "Last run:" in found["status"].out and "inbox" in found["doctor"].out


def test_a_journal_of_a_later_version_is_told(place: Path) -> None:
    run = filed(place, "a")
    newer(run / "journal.ndjson")
    (run / "report.json").unlink()
    found = answered(place)
    for command in ("status", "log", "doctor"):
        told = found[command].out + found[command].err
        assert "reshelve recover" in told, told
    assert (place / "tv/a").exists() != (place / "inbox/a").exists()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


@pytest.mark.parametrize("make", [text, pipe, cut])
@pytest.mark.parametrize("file", ["report.json", "plan.json"])
def test_a_damaged_run_stops_no_undo_of_others(place: Path, file: str, make: Callable[[Path], None]) -> None:
    sound, damaged, newest = filed(place, "a"), filed(place, "b"), filed(place, "c")
    make(damaged / file)
    for run in (sound, newest):
        undone = call(place, "undo", run.name.partition("-")[2], "--yes")
        assert undone.code == 0, undone.err
    assert sorted(os.listdir(place / "inbox")) == ["a", "c"]
    assert call(place, "redo", "--yes").code == 0


@pytest.mark.parametrize("make", [text, pipe, cut])
def test_what_a_damaged_report_would_say_is_told_by_plan_and_journal(place: Path, make: Callable[[Path], None]) -> None:
    damaged = filed(place, "a")
    run = damaged.name.partition("-")[2]
    make(damaged / "report.json")
    listed = call(place, "log")
    assert f"{run}  20" in listed.out and "1 file moved" in listed.out
    assert str((damaged / "report.json").relative_to(place)) in listed.err
    shown = call(place, "show", run)
    assert shown.code == 0, shown.err
    assert f"Done: run {run}: 1 file moved" in shown.out and str((damaged / "report.json").relative_to(place)) in shown.err
    assert call(place, "undo", "--yes").code == 0
    assert (place / "inbox/a").exists()


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def junk(path: Path) -> None:
    path.write_bytes(b"\x00\xff junk" * 10)


def loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


@pytest.mark.parametrize("make", [text, pipe, folder, half, junk, loop])
@pytest.mark.parametrize("file", ["held.json", "plan.json", "report.json", "journal.ndjson"])
def test_no_file_of_a_run_stops_what_is_about_others(place: Path, file: str, make: Callable[[Path], None]) -> None:
    first, damaged, _ = filed(place, "a"), filed(place, "b"), filed(place, "c")
    assert call(place, "undo", damaged.name.partition("-")[2], "--yes").code == 0
    make(damaged / file)
    (place / "layout.yaml").write_text('version: 1\nfiles: {"tv:b": {from: "inbox:b"}}\n')
    for command in ("log", "status", "doctor"):
        told = call(place, *command.split())
        assert told.code in (0, 1), told
        assert "inbox" in told.out or command != "status"
    assert str(damaged) in call(place, "doctor").out
    assert "1 held" in call(place, "plan").out
    undone = call(place, "undo", first.name.partition("-")[2], "--yes")
    assert undone.code == 0, undone.err
    assert call(place, "undo", "--yes").code == 0
    assert sorted(os.listdir(place / "inbox")) == ["a", "b", "c"]


@pytest.mark.parametrize("make", [text, pipe, folder, half, junk])
def test_a_damaged_list_of_what_is_held_is_told_again_by_what_the_undo_did(place: Path, make: Callable[[Path], None]) -> None:
    run = filed(place, "a")
    assert call(place, "undo", "--yes").code == 0
    make(run / "held.json")
    assert "held" in call(place, "plan").out and "nothing to do" in call(place, "plan").out.lower()
    assert call(place, "status").code == 1
    redone = call(place, "redo", "--yes")
    assert redone.code == 0, redone.err
    assert not (run / "held.json").exists() and (place / "tv/a").exists()


@pytest.mark.parametrize("journal", [half, Path.unlink, junk])
@pytest.mark.parametrize("report", [half, Path.unlink, junk, folder])
def test_a_finished_run_of_which_neither_report_nor_journal_tells_the_end_is_not_taken_back(
    place: Path, report: Callable[[Path], None], journal: Callable[[Path], None]
) -> None:
    old, _ = filed(place, "a"), filed(place, "b")
    report(old / "report.json")
    journal(old / "journal.ndjson")
    assert "recover\n" not in call(place, "log").err
    came = call(place, "recover")
    assert came.code in (1, 4) and "-damaged" in came.err and "recover --accept" in came.err
    if "How run" in came.err and report is not half and report is not folder:
        assert "reshelve recover --finish" in came.err
    assert sorted(os.listdir(place / "tv")) == ["a", "b"]
    if report is half:
        assert f"mv {old}/report.json {old}/report.json.damaged && reshelve recover --accept" in call(place, "log").err
    if report in (half, folder):
        (old / "report.json").rename(old / "report.json.damaged")
    assert call(place, "recover", "--accept").code == 0
    assert sorted(os.listdir(place / "tv")) == ["a", "b"]
    assert call(place, "log").code == 0 and call(place, "recover").code == 0


def test_the_advice_for_a_damaged_report_can_be_followed(place: Path) -> None:
    old, _ = filed(place, "a"), filed(place, "b")
    half(old / "report.json")
    came = call(place, "recover")
    assert came.code == 1 and str((old / "report.json").relative_to(place)) in came.err and "Nothing to recover" not in came.out
    assert f"mv {old}/report.json {old}/report.json.damaged && reshelve recover\n" in came.err
    (old / "report.json").rename(old / "report.json.damaged")
    assert call(place, "recover").code == 0
    assert sorted(os.listdir(place / "tv")) == ["a", "b"] and call(place, "log").code == 0


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def no_entries(path: Path) -> None:
    path.write_text("[]")


def no_pairs(path: Path) -> None:
    path.write_text('[["nope", "inbox:a"]]')


@pytest.mark.parametrize("make", [nothing, no_entries, no_pairs])
def test_a_list_that_holds_nothing_that_can_be_an_entry_is_damaged_and_holds(place: Path, make: Callable[[Path], None]) -> None:
    run = filed(place, "a")
    assert call(place, "undo", "--yes").code == 0
    make(run / "held.json")
    planned = call(place, "plan")
    assert "1 held" in planned.out and str((run / "held.json").relative_to(place)) in planned.out
    assert f"reshelve release {run.name[-12:]}" in planned.out
    assert str((run / "held.json").relative_to(place)) in call(place, "check").out
    released = call(place, "release")
    assert released.code == 0 and "Released: 1 entry will be" in released.out
    assert str((run / "held.json").relative_to(place)) in released.err
    assert call(place, "apply", "--yes").code == 0 and (place / "tv/a").exists()


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("make", [nothing, gone])
@pytest.mark.parametrize("file", ["journal.ndjson", "plan.json"])
def test_what_a_finished_run_lost_is_named_once(place: Path, file: str, make: Callable[[Path], None]) -> None:
    run, _ = filed(place, "a"), filed(place, "b")
    make(run / file)
    for command in ("log", "status", "doctor"):
        came = call(place, command)
        told = came.out + came.err
        assert came.code == 1 and told.count(str((run / file).relative_to(place))) == 1, (command, told)


def test_an_undo_that_meets_a_damaged_newest_run_names_it_and_the_one_before(place: Path) -> None:
    before, newest = filed(place, "a"), filed(place, "b")
    nothing(newest / "plan.json")
    came = call(place, "undo", "--yes")
    assert came.code == 1 and str((newest / "plan.json").relative_to(place)) in came.err
    assert f"To take back the run before it: reshelve undo {before.name[-12:]}" in came.err
    assert call(place, "undo", before.name[-12:], "--yes").code == 0 and (place / "inbox/a").exists()


def test_a_run_folder_that_was_emptied_is_named(place: Path) -> None:
    run, _ = filed(place, "a"), filed(place, "b")
    for file in run.iterdir():
        file.unlink()
    for command in ("log", "status", "doctor"):
        came = call(place, command)
        assert came.code == 1 and run.name in came.out + came.err, command


def test_a_run_with_two_folders_is_named_with_both(place: Path) -> None:
    run = filed(place, "a")
    copy = run.with_name(f"000007-{run.name[-12:]}")
    shutil.copytree(run, copy)
    came = call(place, "undo", run.name[-12:], "--yes")
    assert came.code == 1 and run.name in came.err and copy.name in came.err
    assert copy.name in call(place, "log").err and run.name in call(place, "doctor").out


def test_what_a_damaged_list_held_and_nothing_tells_is_not_told_as_none(place: Path) -> None:
    run = filed(place, "a")
    assert call(place, "undo", "--yes").code == 0
    nothing(run / "held.json")
    nothing(run / "journal.ndjson")
    nothing(run / "plan.json")
    assert call(place, "apply", "--yes").code == 1 and not (place / "tv/a").exists()
    released = call(place, "release", "--json")
    assert released.code == 0 and '"unknown":true' in released.out.replace(" ", "") and "held.json" in released.out
    filed(place, "b")
    assert call(place, "undo", "--yes").code == 0
    nothing(run / "held.json")
    assert "Released: 1 entry, and what the damaged list held, will be planned again." in call(place, "release").out


@pytest.mark.parametrize("make", [text, folder])
def test_release_lets_go_of_a_damaged_list(place: Path, make: Callable[[Path], None]) -> None:
    run = filed(place, "a")
    assert call(place, "undo", "--yes").code == 0
    make(run / "held.json")
    assert call(place, "release").code == 0
    assert call(place, "apply", "--yes").code == 0 and (place / "tv/a").exists()


def test_what_several_undos_of_parts_took_back_is_held_together(place: Path) -> None:
    (place / "layout.yaml").write_text('version: 1\nfiles: {"tv:a": {from: "inbox:a"}, "tv:b": {from: "inbox:b"}}\n')
    assert call(place, "apply", "--yes").code == 0
    run = max((place / ".reshelve/runs").iterdir()).name.partition("-")[2]
    for name in ("a", "b"):
        assert call(place, "undo", run, "--only", f"*{name}", "--yes").code == 0
    assert call(place, "apply", "--yes").code == 0
    assert sorted(os.listdir(place / "inbox")) == ["a", "b", "c"]
