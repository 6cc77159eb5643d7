"""A workspace that two machines share through a sync service: a run of the other one is refused with what to do."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from reshelve.executors.runs import apply as applying
from reshelve.executors.state.lock_holders import this_process
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.locations import LOCK
from tests.support.killed_runs import PowerCut, cut
from tests.support.shellcalls import call

WORKSPACE = "version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}}\n"
LAYOUT = 'version: 1\nfiles: {"tv:Show/a": {from: "inbox:a"}}\n'
MORE = 'version: 1\nfiles: {"tv:Show/a": {from: "inbox:a"}, "tv:Show/b": {from: "inbox:b"}}\n'
COMMANDS = [["apply", "--yes"], ["undo", "--yes"], ["recover"], ["recover", "--accept"], ["redo", "--yes"]]


@pytest.fixture
def synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace in which another machine has begun a run, as a sync service brought it here."""
    for folder in ("inbox", "tv"):
        (tmp_path / folder).mkdir()
    (tmp_path / "inbox/a").write_text("a")
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    (tmp_path / "layout.yaml").write_text(LAYOUT)
    with monkeypatch.context() as patched:
        patched.setattr(applying, "settle", cut)
        with pytest.raises(PowerCut):
            call(tmp_path, "apply", "--yes")
    state = State(tmp_path / ".reshelve")
    run = state.unsettled()[0]
    there = asdict(this_process(f"apply {run}", state)) | {"host": "attic-nas", "boot": "another", "pid": 4321}
    (tmp_path / ".reshelve" / LOCK).write_text(json.dumps(there))
    (tmp_path / "inbox/b").write_text("b")
    (tmp_path / "layout.yaml").write_text(MORE)
    return tmp_path


@pytest.mark.parametrize(
    "command", [["apply", "--yes"], ["undo", "--yes"], ["recover"], ["recover", "--accept"], ["redo", "--yes"]]
)
def test_a_run_of_another_machine_is_refused_with_what_to_do(synced: Path, command: list[str]) -> None:
    came = call(synced, *command)
    assert came.code in (4, 6) and "error[run-elsewhere]" in came.err, came.err
    words = " ".join(came.err.split())
    assert "rocess 4321 on host attic-nas" in words
    assert "whether it is still running cannot be seen from here" in words and "was cut short" not in words
    assert "On attic-nas: `reshelve recover --finish`" in words
    assert f"rm {synced / '.reshelve' / LOCK}" in words
    assert "sync service" in words and "under way" not in words


def test_who_only_looks_is_told_too(synced: Path) -> None:
    for command in (["status"], ["plan"], ["log"], ["doctor"]):
        came = call(synced, *command)
        words = came.out + came.err
        assert "under way" not in words, (command, words)
        if command != ["log"]:
            assert "attic-nas" in words and "cannot be seen from here" in words, (command, words)


def test_once_its_lock_is_removed_it_is_recovered(synced: Path) -> None:
    (synced / ".reshelve" / LOCK).unlink()
    assert call(synced, "recover").code == 0
    assert (synced / "inbox/a").exists()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A workspace whose only run ended, as it comes to another machine: all of it at another path, on another file system."""
    place = tmp_path / "there"
    for folder in ("inbox", "tv"):
        (place / folder).mkdir(parents=True)
    (place / "inbox/a").write_text("a")
    (place / "reshelve.yaml").write_text(WORKSPACE)
    (place / "layout.yaml").write_text(LAYOUT)
    assert call(place, "apply", "--yes").code == 0
    known = json.loads((place / ".reshelve/disks.json").read_text())
    for disk in known.values():
        disk["fs"] = disk["state"] = "ext4:0"
    (place / ".reshelve/disks.json").write_text(json.dumps(known))
    (place / "inbox/b").write_text("b")
    (place / "layout.yaml").write_text(MORE)
    return place.rename(tmp_path / "here")


def test_a_workspace_copied_to_another_machine_is_refused_until_that_is_accepted(copied: Path) -> None:
    came = call(copied, "apply", "--yes")
    assert came.code == 1 and (copied / "inbox/b").exists(), came.out + came.err
    words = " ".join((came.out + came.err).split())
    assert "inbox was at" in words or "Another disk was at" in words
    assert "reshelve doctor --accept inbox" in words and "sync service" in words
    assert "not available" in call(copied, "status").out
    assert call(copied, "doctor", "--accept", "inbox", "--accept", "tv").code == 0
    assert call(copied, "apply", "--yes").code == 0 and (copied / "tv/Show/b").exists()


def test_stores_that_went_to_another_disk_alone_are_taken_as_the_document_says(copied: Path) -> None:
    known = json.loads((copied / ".reshelve/disks.json").read_text())
    for disk in known.values():
        disk["state"] = ""
    (copied / ".reshelve/disks.json").write_text(json.dumps(known))
    assert call(copied, "apply", "--yes").code == 0 and (copied / "tv/Show/b").exists()
