"""The files of a state folder: what stands at the name of one and is no file holds nobody up, and nothing in it is lost."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reshelve.executors.hooks.notice_queue import Notice, NoticeQueue
from reshelve.executors.platforms.file_locks import is_held, sole
from reshelve.executors.platforms.regular_files import open_regular
from reshelve.executors.state import backup_memory_files, job_marks, sync_state
from reshelve.executors.state.known_disks import Disk, KnownDisks
from reshelve.executors.state.root_locks import locked
from reshelve.executors.state.state_files import replace_state_file
from reshelve.executors.state.watch_record import WatchDesk, watch_of
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.backup_memory import Memory
from reshelve.schemas.documents.source_lines import NoFileError
from reshelve.schemas.problems import ReshelveError


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()
    (path / "mine.txt").write_text("not to be lost")


def link(path: Path) -> None:
    path.with_name("precious").write_text("somebody's own")
    path.symlink_to("precious")


KINDS = pytest.mark.parametrize("make", [pipe, folder, link])


def kept(path: Path, make: Callable[[Path], None]) -> bool:
    if make is folder:
        return any((aside / "mine.txt").exists() for aside in path.parent.glob("*.damaged-1*"))
    return make is pipe or path.with_name("precious").read_text() == "somebody's own"


@KINDS
@pytest.mark.parametrize("name", ["known.json", "known.json.new"])
def test_a_file_is_replaced_and_a_folder_in_its_place_is_put_aside(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    make(tmp_path / name)
    replace_state_file(tmp_path / "known.json", b"{}")
    assert (tmp_path / "known.json").read_text() == "{}" and not (tmp_path / "known.json").is_symlink()
    assert kept(tmp_path / name, make)


@KINDS
def test_what_is_remembered_is_read_as_nothing_and_written_anew(tmp_path: Path, make: Callable[[Path], None]) -> None:
    between = ("here", "there")
    for sub in ("backups/set", "schedule", "sync", "notices"):
        (tmp_path / sub).mkdir(parents=True)
    sync, memory = tmp_path / "sync/s.json", tmp_path / "backups/set/p.json"
    marks = [tmp_path / "schedule/j.json", tmp_path / "schedule/j.copy.json"]
    notice, disks = tmp_path / "notices/abc.json", tmp_path / "disks.json"
    everything = [sync, memory, *marks, notice, disks]
    for path in everything:
        make(path)
    assert sync_state.load(sync, between) == {}
    assert backup_memory_files.load(tmp_path, "set", "p") == Memory()
    assert job_marks.load_mark(tmp_path, "j") is None
    assert NoticeQueue(tmp_path).waiting() == [] and KnownDisks(tmp_path).read() == {}
    sync_state.save(sync, between, {"p": sync_state.SeenProject({"f": sync_state.Seen("h")})})
    backup_memory_files.save(tmp_path, "set", "p", Memory())
    job_marks.save_mark(tmp_path, "j", job_marks.JobMark("2026-01-02T03:04:05+00:00"))
    NoticeQueue(tmp_path).add(Notice("abc", "n", "r", "apply", "done", "t", 1.0))
    KnownDisks(tmp_path).write({"tv": Disk("/tv", "fs")})
    assert list(sync_state.load(sync, between)) == ["p"] and job_marks.load_mark(tmp_path, "j") is not None
    assert [one.id for one in NoticeQueue(tmp_path).waiting()] == ["abc"] and list(KnownDisks(tmp_path).read()) == ["tv"]
    assert all(path.is_file() and not path.is_symlink() and kept(path, make) for path in everything)


@KINDS
def test_a_lock_that_is_no_file_is_never_waited_for_and_named(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "schedule").mkdir()
    (tmp_path / "notices").mkdir()
    for path in (queue := tmp_path / "notices/lock", lock := tmp_path / "schedule/lock", record := tmp_path / "watch.json"):
        make(path)
    assert not is_held(lock) and not job_marks.is_busy(tmp_path) and watch_of(tmp_path) is None
    with pytest.raises(OSError), sole(lock):
        pass
    with pytest.raises(ReshelveError) as unscheduled, job_marks.desk(tmp_path):
        pass
    with pytest.raises(ReshelveError) as unwatched:
        WatchDesk(tmp_path)
    with pytest.raises(ReshelveError) as unsent, NoticeQueue(tmp_path).alone():
        pass
    for refused, path in ((unsent, queue), (unscheduled, lock), (unwatched, record)):
        [problem] = refused.value.problems
        assert (problem.code, problem.path) == ("state-damaged", str(path))
        assert f"mv {path} {path}.damaged" in problem.hint


@KINDS
def test_a_note_of_times_that_is_no_file_keeps_no_lock_from_being_taken(tmp_path: Path, make: Callable[[Path], None]) -> None:
    state, root = State(tmp_path / "state"), tmp_path / "root"
    state.prepare()
    root.mkdir()
    make(state.folder / "lock-times.json")
    with locked([str(root)], "apply abc", state):
        pass
    assert kept(state.folder / "precious", make) or (state.folder / "lock-times.json/mine.txt").exists()


def test_only_a_regular_file_is_opened(tmp_path: Path) -> None:
    pipe(tmp_path / "pipe")
    with pytest.raises(NoFileError):
        open_regular(tmp_path / "pipe", os.O_RDWR)
    os.close(open_regular(tmp_path / "new", os.O_RDWR | os.O_CREAT))
    assert (tmp_path / "new").read_bytes() == b""
