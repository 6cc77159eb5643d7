"""Locks: one at a time, released by death, never broken across hosts, and no trace left."""

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from reshelve.executors.state import root_locks
from reshelve.executors.state.lock_holders import this_process
from reshelve.executors.state.root_locks import clear_abandoned, holder_of, left_behind, locked
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.locations import LOCK
from reshelve.schemas.problems import ReshelveError

ANYBODY, SOMEBODY = 65534, 65533
"""Two users that are not root."""


def in_child(folder: Path, user: int = -1) -> tuple[int, int]:
    """Hold the lock in another process until it is killed; return its pid. `user` is who that process belongs to."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        if user >= 0:
            os.setgroups([])
            os.setgid(ANYBODY)
            os.setuid(user)
        with locked([str(folder)], "apply abc"):
            os.write(writer, b"x")
            time.sleep(60)
        os._exit(0)
    os.read(reader, 1)
    return child, reader


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    child, _ = in_child(tmp_path)
    try:
        with pytest.raises(ReshelveError) as caught, locked([str(tmp_path)], "apply def"):
            pass
        assert caught.value.kind == "locked"
        assert f"Process {child} on this host (apply abc)" in caught.value.problems[0].detail
        assert holder_of(str(tmp_path)).pid == child  # type: ignore[union-attr]
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_dead_holders_lock_heals(tmp_path: Path) -> None:
    child, _ = in_child(tmp_path)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert (tmp_path / LOCK).exists()
    assert holder_of(str(tmp_path)) is None
    with locked([str(tmp_path)], "apply def"):
        pass
    assert not (tmp_path / LOCK).exists()


def test_a_folder_inside_a_locked_one_is_locked_too(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    with locked([str(tmp_path)], "apply abc"), pytest.raises(ReshelveError), locked([str(tmp_path / "a/b")], "apply def"):
        pass


@pytest.mark.parametrize(
    "strange", [{"pid": "1"}, {"what": 7}, {"state": ["x"]}, {"home": None}, {"state": "a\0b"}, {"more": ""}], ids=ascii
)
def test_what_a_dead_process_of_this_host_left_is_taken_over(tmp_path: Path, strange: dict[str, object]) -> None:
    (tmp_path / LOCK).write_text(json.dumps(asdict(this_process("apply abc", State(tmp_path / "s"))) | strange))
    assert holder_of(str(tmp_path)) is None
    assert all(isinstance(one.state + one.what, str) and "\0" not in one.state for _, one in left_behind([str(tmp_path)]))
    with locked([str(tmp_path)], "apply def"):
        pass


@pytest.mark.parametrize(
    "written",
    [
        json.dumps({"host": "elsewhere", "pid": 1, "what": "apply abc", "tomorrow": [1]}),
        json.dumps({"host": "elsewhere"}),
        json.dumps({"host": "elsewhere", "pid": "one", "what": None}),
        json.dumps({"machine": "elsewhere"}),
        "[" * 4096,
        "not what reshelve writes",
        "[]",
        "\xff",
    ],
    ids=range(8),
)
def test_what_cannot_be_understood_is_somebodys(tmp_path: Path, written: str) -> None:
    (tmp_path / LOCK).write_bytes(written.encode("latin-1"))
    assert holder_of(str(tmp_path)) is not None and list(left_behind([str(tmp_path)])) == []
    with pytest.raises(ReshelveError) as caught, locked([str(tmp_path)], "apply def"):
        pass
    assert caught.value.kind == "locked"
    assert f"rm {tmp_path / LOCK}" in caught.value.problems[0].hint
    assert (tmp_path / LOCK).read_bytes() == written.encode("latin-1")


def test_it_can_be_read_whenever_its_process_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written over a longer one of a dead process, and killed before that is cut off."""
    (tmp_path / LOCK).write_text(json.dumps(asdict(this_process("apply " + "x" * 900, State(tmp_path / "s")))))
    with monkeypatch.context() as patched:
        patched.setattr(os, "ftruncate", lambda *_: None)
        with locked([str(tmp_path)], "apply def"):
            assert holder_of(str(tmp_path)).what == "apply def"  # type: ignore[union-attr]


@pytest.mark.parametrize("written", [b"", b"\0" * 300])
def test_one_that_was_never_written_is_nobodys(tmp_path: Path, written: bytes) -> None:
    (tmp_path / LOCK).write_bytes(written)
    assert holder_of(str(tmp_path)) is None
    with locked([str(tmp_path)], "apply def"):
        pass


@pytest.mark.parametrize("what", ["folder", "link", "pipe"])
def test_what_is_no_file_is_refused_and_left(tmp_path: Path, what: str) -> None:
    path = tmp_path / LOCK
    {"folder": path.mkdir, "link": lambda: path.symlink_to("precious"), "pipe": lambda: os.mkfifo(path)}[what]()
    (tmp_path / "precious").write_text("precious")
    assert holder_of(str(tmp_path)) is not None
    with pytest.raises(ReshelveError) as caught, locked([str(tmp_path)], "apply def"):
        pass
    assert (caught.value.kind, caught.value.problems[0].path) == ("locked", str(tmp_path))
    advice = f"\n    {'rm -r' if what == 'folder' else 'rm'} {path}"
    assert caught.value.problems[0].hint.endswith(advice)
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_long_path_is_read_back_whole(tmp_path: Path) -> None:
    long = asdict(this_process("apply abc")) | {"host": "elsewhere", "boot": "b", "state": "s" * 9000}
    (tmp_path / LOCK).write_text(json.dumps(long))
    holder = holder_of(str(tmp_path))
    assert holder is not None and len(holder.state) == 9000


@pytest.fixture
def shared() -> Iterator[Path]:
    """A library that a group may write to; root steps down to another user of that group."""
    if os.geteuid() != 0:
        pytest.skip("only root can be two other users")
    folder = Path(tempfile.mkdtemp(prefix="reshelve-test-"))
    os.chown(folder, SOMEBODY, ANYBODY)
    folder.chmod(0o2775)
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(ANYBODY)
    os.seteuid(ANYBODY)
    try:
        yield folder
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)
        shutil.rmtree(folder)


def held_by_another(folder: Path) -> int:
    """Hold a folder's lock in a process of another user."""
    os.seteuid(0)
    try:
        return in_child(folder, SOMEBODY)[0]
    finally:
        os.seteuid(ANYBODY)


def killed(child: int) -> None:
    os.seteuid(0)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.seteuid(ANYBODY)


def test_another_users_lock_is_a_lock(shared: Path) -> None:
    child = held_by_another(shared)
    try:
        with pytest.raises(ReshelveError) as caught, locked([str(shared)], "apply def"):
            pass
        assert caught.value.kind == "locked" and f"Process {child} on this host" in caught.value.problems[0].detail
    finally:
        killed(child)


def test_what_another_users_dead_process_left_is_taken_over(shared: Path) -> None:
    killed(held_by_another(shared))
    assert (shared / LOCK).stat().st_uid == SOMEBODY
    with locked([str(shared)], "apply def"):
        holder = holder_of(str(shared))
        assert holder is not None and (holder.pid, holder.what) == (os.getpid(), "apply def")
    assert not (shared / LOCK).exists()


def test_where_it_cannot_be_taken_away_it_is_locked_as_it_is(shared: Path) -> None:
    killed(held_by_another(shared))
    os.seteuid(0)
    shared.chmod(0o3775)
    os.seteuid(ANYBODY)
    with locked([str(shared)], "apply def"):
        holder = holder_of(str(shared))
        assert holder is not None and holder.what != "apply abc"
        with pytest.raises(ReshelveError) as caught, locked([str(shared)], "apply ghi"):
            pass
        assert caught.value.kind == "locked" and "apply abc" not in caught.value.problems[0].detail
    assert (shared / LOCK).exists() and holder_of(str(shared)) is None


def test_one_that_may_not_be_read_is_somebodys(shared: Path) -> None:
    killed(held_by_another(shared))
    os.seteuid(0)
    (shared / LOCK).chmod(0o600)
    os.seteuid(ANYBODY)
    assert holder_of(str(shared)) is not None
    with pytest.raises(ReshelveError) as caught, locked([str(shared)], "apply def"):
        pass
    assert caught.value.kind == "locked" and f"rm {shared / LOCK}" in caught.value.problems[0].hint


def test_a_lock_can_be_read_by_others_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with locked([str(tmp_path)], "apply abc"):
            assert (tmp_path / LOCK).stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(before)


def test_where_no_lock_file_can_be_made_the_folder_itself_is_locked(shared: Path) -> None:
    os.seteuid(0)
    shared.chmod(0o755)
    os.seteuid(ANYBODY)
    with locked([str(shared)], "apply abc"):
        assert not (shared / LOCK).exists() and holder_of(str(shared)) is not None
        with pytest.raises(ReshelveError), locked([str(shared)], "apply def"):
            pass
        os.seteuid(0)
        try:
            with pytest.raises(ReshelveError), locked([str(shared)], "apply by one who may write there"):
                pass
            assert not (shared / LOCK).exists()
        finally:
            os.seteuid(ANYBODY)
    os.seteuid(0)
    with locked([str(shared)], "apply by one who may write there"):
        os.seteuid(ANYBODY)
        with pytest.raises(ReshelveError), locked([str(shared)], "apply def"):
            pass
        os.seteuid(0)
    os.seteuid(ANYBODY)


def test_a_dead_process_leaves_word_of_its_run(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    child, _ = in_child(tmp_path)
    assert list(left_behind([str(tmp_path / "a/b")])) == []
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    ((folder, holder),) = left_behind([str(tmp_path / "a/b")])
    assert (folder, holder.pid, holder.what) == (str(tmp_path), child, "apply abc")


def test_another_hosts_lock_is_never_broken(tmp_path: Path) -> None:
    other = {"host": "elsewhere", "boot": "b", "pid": 1, "began": "1", "what": "apply abc"}
    (tmp_path / LOCK).write_text(json.dumps(other))
    with pytest.raises(ReshelveError) as caught, locked([str(tmp_path)], "apply def"):
        pass
    assert "host elsewhere" in caught.value.problems[0].detail
    assert "rm " in caught.value.problems[0].hint
    assert json.loads((tmp_path / LOCK).read_text()) == other


def test_a_container_of_this_machine_is_this_machine(tmp_path: Path) -> None:
    """A container that was killed and the next one have other names, and one kernel: its boot tells, and its locks are real."""
    gone = asdict(this_process("apply abc", State(tmp_path / "s"))) | {"host": "3f2a90c1b7de", "pid": 1, "began": "1"}
    (tmp_path / LOCK).write_text(json.dumps(gone))
    assert holder_of(str(tmp_path)) is None
    ((folder, holder),) = left_behind([str(tmp_path)])
    assert (folder, holder.host) == (str(tmp_path), "3f2a90c1b7de")
    with locked([str(tmp_path)], "apply def"):
        pass
    assert not (tmp_path / LOCK).exists()


def test_a_container_that_lives_holds_its_lock(tmp_path: Path) -> None:
    child, _ = in_child(tmp_path)
    try:
        living = json.loads((tmp_path / LOCK).read_text()) | {"host": "3f2a90c1b7de"}
        (tmp_path / LOCK).write_text(json.dumps(living))
        with pytest.raises(ReshelveError) as caught, locked([str(tmp_path)], "apply def"):
            pass
        assert caught.value.kind == "locked" and "rm " not in caught.value.problems[0].hint
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_process_of_another_container_is_told_by_name(tmp_path: Path) -> None:
    """Its number says nothing here, where processes are counted for themselves; the lock that is held tells that it lives."""
    child, _ = in_child(tmp_path)
    try:
        holder = json.loads((tmp_path / LOCK).read_text())
        there = holder | {"host": "3f2a90c1b7de", "pid": 7, "began": "1", "space": "pid:[1]"}
        (tmp_path / LOCK).write_text(json.dumps(there))
        seen = holder_of(str(tmp_path))
        assert seen is not None and seen.told == "process 7 on host 3f2a90c1b7de (apply abc)"
        with pytest.raises(ReshelveError) as caught, locked([str(tmp_path)], "apply def"):
            pass
        assert "Process 7 on host 3f2a90c1b7de (apply abc) is at work there" in caught.value.problems[0].detail
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.mark.parametrize("boot", ["", "b"])
def test_another_boot_is_another_machine(tmp_path: Path, boot: str) -> None:
    other = asdict(this_process("apply abc")) | {"host": "3f2a90c1b7de", "boot": boot}
    (tmp_path / LOCK).write_text(json.dumps(other))
    with pytest.raises(ReshelveError, match="lock"), locked([str(tmp_path)], "apply def"):
        pass


def test_it_leaves_no_trace_in_the_folders_time(tmp_path: Path) -> None:
    os.utime(tmp_path, ns=(1_400_000_000_000_000_001,) * 2)
    with locked([str(tmp_path)], "apply abc"):
        assert tmp_path.stat().st_mtime_ns == 1_400_000_000_000_000_001
    assert tmp_path.stat().st_mtime_ns == 1_400_000_000_000_000_001


def test_a_folder_inside_another_is_locked_by_the_same_run(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with locked([str(tmp_path), str(tmp_path / "a")], "apply abc"):
        assert (tmp_path / "a" / LOCK).exists()


LONG_AGO_NS = 1_500_000_000_123_456_700


def killed_holding(folders: list[Path], state: State, at: str) -> None:
    """Hold the locks of these folders, in a process that is killed as it sets a folder's time: "NAME NTH"."""

    def die(folder: str, mtime_ns: int) -> None:
        if Path(folder).name == at.partition(" ")[0] and calls.append(folder) is None and len(calls) == int(at.partition(" ")[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        real(folder, mtime_ns)

    calls: list[str] = []
    real = root_locks.set_time
    child = os.fork()
    if child == 0:
        try:
            root_locks.set_time = die
            with locked([str(folder) for folder in folders], "apply abc", state):
                pass
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


@pytest.mark.parametrize("at", ["inbox 1", "shelf 1", "inbox 2", "shelf 2"])
def test_a_kill_as_a_lock_file_comes_or_goes_loses_no_folders_time(tmp_path: Path, at: str) -> None:
    state = State(tmp_path / "state")
    state.prepare()
    roots = [tmp_path / "inbox", tmp_path / "shelf"]
    for number, root in enumerate(roots):
        root.mkdir()
        os.utime(root, ns=(LONG_AGO_NS, LONG_AGO_NS + number))
    killed_holding([state.folder, *roots], state, at)
    assert [root.stat().st_mtime_ns - LONG_AGO_NS for root in roots] != [0, 1]
    with locked([str(state.folder)], "recover", state):
        clear_abandoned([str(root) for root in roots], state)
    assert [root.stat().st_mtime_ns - LONG_AGO_NS for root in roots] == [0, 1]
    assert [os.listdir(root) for root in roots] == [[], []]
    assert sorted(os.listdir(state.folder)) == [".gitignore", "runs"]


def test_a_folder_that_somebody_changed_after_the_kill_keeps_its_time(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.prepare()
    root = tmp_path / "inbox"
    root.mkdir()
    killed_holding([state.folder, root], state, "inbox 1")
    theirs = root.stat().st_mtime_ns + 5 * 10**9
    os.utime(root, ns=(theirs, theirs))
    with locked([str(state.folder)], "recover", state):
        clear_abandoned([str(root)], state)
    assert root.stat().st_mtime_ns == theirs


@pytest.mark.parametrize("note", ["", "{", "[1]", '{"/nowhere": 5, "x": "y"}', '{"INBOX": -1}'])
def test_a_damaged_note_of_times_changes_nothing(tmp_path: Path, note: str) -> None:
    state = State(tmp_path / "state")
    state.prepare()
    root = tmp_path / "inbox"
    root.mkdir()
    stood = root.stat().st_mtime_ns
    (state.folder / "lock-times.json").write_text(note.replace("INBOX", str(root)))
    with locked([str(state.folder), str(root)], "apply abc", state):
        pass
    assert root.stat().st_mtime_ns == stood
    assert sorted(os.listdir(state.folder)) == [".gitignore", "runs"]
