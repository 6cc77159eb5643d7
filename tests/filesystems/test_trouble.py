"""Disks that fill up, run out of inodes, turn read-only under a run, or lie behind a bind mount."""

import contextlib
import errno
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.runs.run_events import Event, RunStarted
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.local_store import LocalStore
from reshelve.opening.organize_setting import preset_path
from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from tests.crash.standing import Standing, look, unlike
from tests.filesystems import mounts
from tests.support.plans import Planning, clock, local, plan_of
from tests.support.shellcalls import call


@contextlib.contextmanager
def disk(tmp_path: Path, options: str) -> Iterator[Path]:
    """A small tmpfs, or a skip with the reason."""
    try:
        with mounts.tmpfs(tmp_path / "small", options) as at:
            yield at
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))


def stores_of(tmp_path: Path, small: Path) -> dict[str, LocalStore]:
    return {"inbox": local("inbox", tmp_path / "inbox"), "shelf": local("shelf", small / "shelf")}


def test_a_disk_that_fills_up_half_way_is_as_before(tmp_path: Path) -> None:
    with disk(tmp_path, "size=3m") as small:
        stores = stores_of(tmp_path, small)
        for number in range(5):
            (tmp_path / f"inbox/{number}.mkv").write_bytes(bytes([number]) * (1 << 20))
        p = Planning(stores)
        moves = [p.move(f"inbox:{number}.mkv", f"shelf:{number}.mkv", across=True) for number in range(5)]
        roots = {"inbox": tmp_path / "inbox", "shelf": small / "shelf"}
        before = look(roots)
        report = apply(plan_of(stores, *moves), stores, State(tmp_path / "state"), now=clock)
        assert report.outcome == "rolled-back"
        assert [problem.code for problem in report.failures] == ["no-room"]
        assert unlike(before, look(roots)) == []


def test_on_a_disk_that_fills_up_the_rest_is_left_out_and_other_disks_go_on(tmp_path: Path) -> None:
    with disk(tmp_path, "size=3m") as small:
        stores = {**stores_of(tmp_path, small), "other": local("other", tmp_path / "other")}
        for number in range(20):
            (tmp_path / f"inbox/{number:02}.mkv").write_bytes(bytes([number]) * (1 << 20))
        p = Planning(stores)
        to = ("shelf", "other")
        moves = [p.move(f"inbox:{number:02}.mkv", f"{to[number % 2]}:{number:02}.mkv", across=True) for number in range(20)]
        plan = plan_of(stores, *moves)
        report = apply(plan, stores, State(tmp_path / "state"), on_error="continue", jobs=2, now=clock)
        assert [problem.code for problem in report.failures] == ["no-room", "store-left-out"]
        there = set(os.listdir(small / "shelf")) | set(os.listdir(tmp_path / "inbox")) | set(os.listdir(tmp_path / "other"))
        assert {f"{number:02}.mkv" for number in range(20)} <= there
        assert len(list((tmp_path / "other").glob("*.mkv"))) == 10


@pytest.mark.parametrize("how", ["rollback", "finish"])
@pytest.mark.parametrize("when", [1, 2, 4, 7])
def test_a_killed_run_is_settled_on_disks_without_any_room(tmp_path: Path, how: Literal["rollback", "finish"], when: int) -> None:
    """Four moves across disks, killed before the `when`-th rename: of a copy to its name, or of an original out of the way."""
    try:
        with mounts.ext4(tmp_path / "one") as one, mounts.ext4(tmp_path / "two") as two:
            roots, state = {"inbox": one / "inbox", "shelf": two / "shelf"}, State(tmp_path / "state")
            stores = {key: local(key, path) for key, path in roots.items()}
            for number in range(4):
                (one / f"inbox/{number}.mkv").write_bytes(bytes([number]) * 300_000)
            os.sync()
            before = look(roots)
            p = Planning(stores)
            plan = plan_of(stores, *(p.move(f"inbox:{n}.mkv", f"shelf:{n}.mkv", across=True) for n in range(4)))
            _killed_before(plan, stores, state, "rename", when)
            for at in (one, two):
                _fill(at / "filling")
            [settled] = recover(state, stores, how=how, now=clock)
            content = _content(look(roots))
            if how == "finish" and when > 1:
                assert (settled.outcome, sorted(content.values())) == ("done", sorted(_content(before).values()))
            else:  # nothing has its name yet: all is copied again, and that has no room
                assert (settled.outcome, content) == ("rolled-back", _content(before))
                assert how == "rollback" or [problem.code for problem in settled.failures] == ["no-room"]
            for store in stores.values():
                store.close()
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))


def test_a_lock_that_a_full_disk_has_no_room_for_is_told_as_that_and_nothing_is_touched(tmp_path: Path) -> None:
    try:
        with mounts.ext4(tmp_path / "disk") as at:
            stores = {"shelf": local("shelf", at / "shelf")}
            (at / "shelf/a.mkv").write_bytes(b"a")
            (at / "shelf/old.mkv").write_bytes(bytes(50_000))
            plan = plan_of(stores, Planning(stores).move("shelf:a.mkv", "shelf:b.mkv"))
            purging = plan_of(stores, Planning(stores).purge("shelf:old.mkv"))
            _fill(at / "filling")
            with pytest.raises(ReshelveError) as refused:
                apply(plan, stores, State(tmp_path / "state"), now=clock)
            [problem] = refused.value.problems
            assert (problem.code, problem.path) == ("no-lock", str(at / "shelf"))
            assert "No space left on device" in problem.detail and "Free some room on that disk" in problem.hint
            assert sorted(os.listdir(at / "shelf")) == ["a.mkv", "old.mkv"]
            # What is for good makes room, and needs none.
            assert apply(purging, stores, State(tmp_path / "state"), now=clock).outcome == "done"
            assert os.listdir(at / "shelf") == ["a.mkv"]
            assert apply(plan, stores, State(tmp_path / "state"), now=clock).outcome == "done"
            stores["shelf"].close()
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))


def _killed_before(plan: Plan, stores: dict[str, LocalStore], state: State, verb: str, when: int) -> None:
    """Apply a plan in a process that is killed just before the `when`-th time that it performs a verb."""
    child = os.fork()
    if child == 0:
        real, calls = getattr(LocalStore, verb), iter(range(1, when + 1))

        def performed(*args: Any) -> Any:
            if next(calls) == when:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args)

        setattr(LocalStore, verb, performed)
        LocalStore.rename_many = lambda *_: 0  # type: ignore[method-assign]
        apply(plan, stores, state, now=clock)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _fill(path: Path) -> None:
    """Take all the room that a disk has."""
    for size in (1 << 20, 1 << 12, 1):
        with contextlib.suppress(OSError), path.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(size))
    os.sync()


def test_attributes_beyond_what_a_file_may_have_are_left_out_unless_the_disk_is_full(tmp_path: Path) -> None:
    try:
        with mounts.xfs(tmp_path / "xfs") as large, mounts.ext4(tmp_path / "ext4") as small:
            source, target = local("inbox", large / "inbox"), local("shelf", small / "shelf")
            (large / "inbox/a").write_bytes(b"a" * 10_000)
            for name in ("user.a", "user.b", "user.c"):
                os.setxattr(large / "inbox/a", name, b"x" * 600)
            source.copy_to("a", target, "copy")
            assert len(os.listxattr(small / "shelf/copy")) == 1
            with (small / "filling").open("wb", buffering=0) as file:
                while os.statvfs(small).f_bavail:
                    file.write(bytes(64 << 10))
            with pytest.raises(OSError) as caught:
                source.copy_to("a", target, "again")
            assert caught.value.errno == errno.ENOSPC
            assert target.names("") == {"copy"}
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))


def test_a_full_disk_is_found_before_the_first_effect_when_planned(tmp_path: Path) -> None:
    with disk(tmp_path, "size=3m") as small:
        stores = stores_of(tmp_path, small)
        (tmp_path / "inbox/big.mkv").write_bytes(bytes(5 << 20))
        layout = Layout(files={"shelf:big.mkv": Entry(source="inbox:big.mkv")})
        plan = make_plan(layout, stores, PlanRequest())
        assert "no-room" in {problem.code for problem in plan.problems} or plan.blocked


def test_a_disk_out_of_inodes_is_as_before(tmp_path: Path) -> None:
    with disk(tmp_path, "size=8m,nr_inodes=12") as small:
        stores = stores_of(tmp_path, small)
        p = Planning(stores)
        report = apply(
            plan_of(stores, *(p.mkdir(f"shelf:{number}") for number in range(20))), stores, State(tmp_path / "state"), now=clock
        )
        assert report.outcome == "rolled-back"
        assert [problem.code for problem in report.failures] == ["no-room"]
        assert os.listdir(small / "shelf") == []


def test_no_room_for_the_journal_stops_a_run_before_it_begins(tmp_path: Path) -> None:
    with disk(tmp_path, "size=1m") as small:
        (small / "filler").write_bytes(bytes((1 << 20) - 40_000))
        stores = {"inbox": local("inbox", tmp_path / "inbox")}
        (tmp_path / "inbox/a.mkv").write_bytes(b"a")
        state = State(small / "state")
        plan = plan_of(stores, Planning(stores).move("inbox:a.mkv", "inbox:b.mkv"))
        with pytest.raises(ReshelveError) as refused:
            apply(plan, stores, state, now=clock)
        assert (refused.value.kind, refused.value.problems[0].code) == ("error", "cannot-begin")
        assert state.unsettled() == []
        assert os.listdir(tmp_path / "inbox") == ["a.mkv"]
        (small / "filler").unlink()
        assert apply(plan, stores, state, now=clock).outcome == "done"


@pytest.mark.parametrize("on_error", ["rollback", "stop", "continue"])
def test_a_disk_that_turns_read_only_under_a_run_is_settled_once_it_is_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_error: Any
) -> None:
    """ext4 does that when it finds itself damaged."""
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(64 << 20)
    state = State(tmp_path / "state")
    try:
        mounts.run("mkfs.ext4", "-q", image)
        with mounts.mounted(tmp_path / "disk", "mount", "-o", "loop,errors=remount-ro", image) as at:
            stores = {"shelf": local("shelf", at / "shelf")}
            for number in range(3):
                (at / f"shelf/{number}.mkv").write_bytes(b"film %d" % number)
            os.sync()
            before = look({"shelf": at / "shelf"})
            p = Planning(stores)
            first, last = p.move("shelf:0.mkv", "shelf:new 0.mkv"), p.move("shelf:2.mkv", "shelf:new 2.mkv", needs=(0,))
            plan = plan_of(stores, first, p.link("shelf:1.mkv", "shelf:new 1.mkv"), last)
            _break_after(monkeypatch, "link", at)
            kind, detail = _broken_off(plan, stores, state, on_error)
            monkeypatch.undo()
            assert kind == "unsettled"
            assert "Read-only" in detail
            assert state.unsettled() == [plan.run]
            stores["shelf"].close()
        subprocess.run(["e2fsck", "-fy", image], capture_output=True)
        at.rmdir()
        with mounts.mounted(at, "mount", "-o", "loop", image):
            stores = {"shelf": local("shelf", at / "shelf")}
            [settled] = recover(state, stores, how="rollback", now=clock)
            assert (settled.outcome, settled.unsure) == ("rolled-back", [])
            assert _content(before) == _content(look({"shelf": at / "shelf"}))
            stores["shelf"].close()
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))


def _broken_off(plan: Plan, stores: dict[str, LocalStore], state: State, on_error: Any) -> tuple[str, str]:
    """Apply a plan that must break off, and keep nothing of the error that could hold a folder of the disk open."""
    try:
        apply(plan, stores, state, on_error=on_error, now=clock)
    except ReshelveError as error:
        return error.kind, error.problems[0].detail
    raise AssertionError("the run did not break off")


def _break_after(monkeypatch: pytest.MonkeyPatch, verb: str, at: Path) -> None:
    """Have the file system find itself damaged once the verb was performed."""
    source = mounts.run("findmnt", "-n", "-o", "SOURCE", at)
    real = getattr(LocalStore, verb)

    def performed(*args: Any) -> None:
        real(*args)
        mounts.run("sh", "-c", f"echo 1 > /sys/fs/ext4/{Path(source).name}/trigger_fs_error")

    monkeypatch.setattr(LocalStore, verb, performed)


def _content(standing: Standing) -> dict[str, str]:
    return {place: thing.content for place, thing in standing.items()}


def test_a_read_only_disk_is_refused_before_the_first_effect(tmp_path: Path) -> None:
    with disk(tmp_path, "size=8m") as small:
        stores = {"shelf": local("shelf", small / "shelf")}
        (small / "shelf/a.mkv").write_bytes(b"a")
        plan = plan_of(stores, Planning(stores).move("shelf:a.mkv", "shelf:b.mkv"))
        stores["shelf"].close()
        mounts.run("mount", "-o", "remount,ro", small)
        with pytest.raises(ReshelveError) as refused:
            apply(plan, stores, State(tmp_path / "state"), now=clock)
        assert (refused.value.kind, refused.value.problems[0].code) == ("error", "not-writable")
        stores["shelf"].close()


def test_a_bind_mount_is_another_place_though_its_device_is_the_same(tmp_path: Path) -> None:
    with disk(tmp_path, "size=8m") as small:
        (small / "films").mkdir()
        with mounts.bound(small / "films", tmp_path / "films") as films:
            stores = {"inbox": local("inbox", small / "inbox"), "films": local("films", films)}
            (small / "inbox/a.mkv").write_bytes(b"film")
            assert os.stat(small / "inbox").st_dev == os.stat(films).st_dev
            naive = plan_of(stores, Planning(stores).move("inbox:a.mkv", "films:a.mkv"))
            report = apply(naive, stores, State(tmp_path / "naive"), now=clock)
            assert report.outcome == "rolled-back"
            assert [problem.code for problem in report.failures] == ["other-file-system"]
            assert os.listdir(small / "inbox") == ["a.mkv"]
            plan = make_plan(Layout(files={"films:a.mkv": Entry(source="inbox:a.mkv")}), stores, PlanRequest())
            [move] = plan.operations
            assert (move.op, move.across) == ("move", True)
            assert apply(plan, stores, State(tmp_path / "state"), now=clock).outcome == "done"
            assert (films / "a.mkv").read_bytes() == b"film"
            assert os.listdir(small / "inbox") == []
            for store in stores.values():
                store.close()


def test_files_of_an_overlays_lower_layer_are_moved_and_brought_back(tmp_path: Path) -> None:
    try:
        with mounts.tmpfs(tmp_path / "under") as under:
            for name in ("lower/inbox", "upper", "work"):
                (under / name).mkdir(parents=True)
            (under / "lower/inbox/a.mkv").write_bytes(b"film")
            layers = f"lowerdir={under}/lower,upperdir={under}/upper,workdir={under}/work"
            with mounts.mounted(tmp_path / "overlay", "mount", "-t", "overlay", "-o", layers, "overlay") as at:
                stores = {"inbox": local("inbox", at / "inbox")}
                p = Planning(stores)
                plan = plan_of(stores, p.mkdir("inbox:new"), p.move("inbox:a.mkv", "inbox:new/a.mkv", needs=(0,)))

                def fail(event: Event) -> None:
                    if isinstance(event, RunStarted):
                        (at / "inbox/a.mkv").touch()

                before = look({"inbox": at / "inbox"})
                changed = apply(plan, stores, State(tmp_path / "one"), now=clock, emit=fail)
                assert (changed.outcome, changed.failures[0].code) == ("rolled-back", "drifted")
                assert look({"inbox": at / "inbox"}).keys() == before.keys()
                again = plan_of(stores, p.mkdir("inbox:new"), p.move("inbox:a.mkv", "inbox:new/a.mkv", needs=(0,)))
                assert apply(again, stores, State(tmp_path / "two"), now=clock).outcome == "done"
                assert (at / "inbox/new/a.mkv").read_bytes() == b"film"
                stores["inbox"].close()
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))


def test_a_mount_that_refuses_modes_owners_or_attributes_is_told_and_fails_nothing(tmp_path: Path) -> None:
    try:
        with mounts.exfat(tmp_path / "disk") as at:
            stores = {"home": local("home", tmp_path / "home"), "disk": local("disk", at / "in")}
            for name in ("a", "b"):
                file = tmp_path / "home" / name
                file.write_text(name)
                os.setxattr(file, "user.note", b"mine")
                os.chown(file, 4321, 4321)
                file.chmod(0o640)
            planning = Planning(stores)
            moves = [planning.move(f"home:{name}", f"disk:{name}", across=True) for name in ("a", "b")]
            report = apply(plan_of(stores, *moves), stores, State(tmp_path / "state"), now=clock)
            assert (report.outcome, report.failures) == ("done", [])
            assert [(note.code, note.path) for note in report.notes] == [("not-set", "disk:")]
            assert "extended attributes (Operation not supported); owners (Operation not permitted)" in report.notes[0].detail
            for store in stores.values():
                store.close()
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))


def test_a_plan_of_many_small_files_leaves_the_reserve_free_and_is_applied(tmp_path: Path) -> None:
    with disk(tmp_path, "size=1m") as small:
        stores = stores_of(tmp_path, small)
        stores["shelf"] = LocalStore(replace(stores["shelf"].root, reserve=200_000))
        for number in range(120):
            (tmp_path / f"inbox/{number}.bin").write_bytes(b"x" * 9001)
        files = {f"shelf:{number}.bin": Entry(source=f"inbox:{number}.bin") for number in range(120)}
        plan = make_plan(Layout(files=files), stores, PlanRequest())
        assert {each.code for each in plan.blocked} == {"no-room"}
        report = apply(plan, stores, State(tmp_path / "state"), now=clock)
        assert report.outcome == "done"
        assert report.counts["move"] == len(plan.operations) > 40
        free = os.statvfs(small)
        assert 200_000 <= free.f_bavail * free.f_frsize < 200_000 + 32 * 4096


def test_a_workspace_works_within_the_second_mount_of_a_disk_as_in_a_container(tmp_path: Path) -> None:
    with disk(tmp_path, "size=8m") as small:
        for name in ("media/inbox", "media/library", "config"):
            (small / name).mkdir(parents=True)
        film = small / "media/inbox/Heat (1995).mkv"
        film.write_bytes(b"film")
        os.utime(film, (1_700_000_000, 1_700_000_000))
        with mounts.bound(small / "media", tmp_path / "media") as media:
            text = preset_path("plex").read_text().replace("${SOURCE}", f"{media}/inbox").replace("${INTO}", f"{media}/library")
            (small / "config/reshelve.yaml").write_text(text)
            for args in (["scan"], ["apply", "--yes"], ["undo", "--yes"], ["redo", "--yes"]):
                came = call(small / "config", *args)
                assert came.code == 0, came
            assert (media / "library/Movies/Heat (1995)/Heat (1995).mkv").read_bytes() == b"film"
