"""exFAT numbers its inodes anew whenever it likes: a file is known by size and time there, and nothing is kept by such a number."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.digest_cache import DigestCache
from reshelve.executors.stores.local_store import LocalStore
from reshelve.planner.undo.undo_plan import make_undo
from reshelve.schemas.inventory import lasting_inodes
from tests.filesystems import mounts
from tests.support.plans import Planning, clock, local, plan_of


class Stick:
    """A memory stick that can be pulled out and put back, at the same place."""

    def __init__(self, base: Path) -> None:
        self.at = base / "stick"
        image = base / "image"
        base.mkdir()
        with image.open("wb") as file:
            file.truncate(64 << 20)
        mounts.run("mkfs.exfat", image)
        self._device = mounts.run("losetup", "-f", "--show", image)
        self.at.mkdir()

    def put_in(self) -> None:
        mounts.run("mount.exfat-fuse", self._device, self.at)

    def pull_out(self) -> None:
        mounts.unmount(self.at)

    def free(self) -> None:
        mounts.run("losetup", "-d", self._device)


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[Stick]:
    try:
        found = Stick(tmp_path / "base")
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))
        return
    try:
        found.put_in()
        yield found
        found.pull_out()
    finally:
        found.free()


def stores_on(stick: Stick) -> dict[str, LocalStore]:
    return {"inbox": local("inbox", stick.at / "inbox"), "shelf": local("shelf", stick.at / "shelf")}


def replug(stick: Stick, stores: dict[str, LocalStore]) -> dict[str, LocalStore]:
    """Take the stick out and put it in again, and touch files in another order, so that the numbers change."""
    for store in stores.values():
        store.close()
    stick.pull_out()
    stick.put_in()
    for path in sorted(stick.at.rglob("*"), reverse=True):
        path.stat()
    return stores_on(stick)


def test_a_plan_holds_after_the_stick_was_out(stick: Stick, tmp_path: Path) -> None:
    stores = stores_on(stick)
    for number in range(4):
        (stick.at / f"inbox/{number}.mkv").write_bytes(b"film" * number)
    state = State(tmp_path / "state")
    seen = {number: stores["inbox"].stat(f"{number}.mkv") for number in range(4)}
    p = Planning(stores)
    plan = plan_of(stores, *(p.move(f"inbox:{number}.mkv", f"shelf:{number}.mkv") for number in range(4)))
    stores = replug(stick, stores)
    now = {number: stores["inbox"].stat(f"{number}.mkv") for number in range(4)}
    assert [item.ino for item in seen.values() if item] != [item.ino for item in now.values() if item]
    assert not lasting_inodes(stores["inbox"].root.fs)
    report = apply(plan, stores, state, now=clock)
    assert (report.outcome, report.failures) == ("done", [])
    stores = replug(stick, stores)
    undo = make_undo(state.run(report.run), [], stores, base=state.base(), workspace="")
    assert apply(undo, stores, state, now=clock).outcome == "done"
    assert sorted(path.name for path in (stick.at / "inbox").iterdir()) == ["0.mkv", "1.mkv", "2.mkv", "3.mkv"]
    for store in stores.values():
        store.close()


def test_a_run_cut_short_is_told_after_the_stick_was_out(stick: Stick, tmp_path: Path) -> None:
    stores = stores_on(stick)
    for name in ("a.mkv", "b.mkv"):
        (stick.at / "inbox" / name).write_bytes(name.encode() * 3)
    state = State(tmp_path / "state")
    p = Planning(stores)
    plan = plan_of(stores, p.move("inbox:a.mkv", "shelf:a.mkv"), p.move("inbox:b.mkv", "shelf:b.mkv"))

    class PowerCut(BaseException):
        pass

    real = LocalStore.sync

    def cut(self: LocalStore, folders: object) -> None:
        raise PowerCut

    LocalStore.sync = cut  # type: ignore[assignment, method-assign]
    try:
        with pytest.raises(PowerCut):
            apply(plan, stores, state, now=clock)
    finally:
        LocalStore.sync = real  # type: ignore[method-assign]
    stores = replug(stick, stores)
    [report] = recover(state, stores, how="rollback", now=clock)
    assert (report.outcome, report.unsure) == ("rolled-back", [])
    assert sorted(path.name for path in (stick.at / "inbox").iterdir()) == ["a.mkv", "b.mkv"]
    for store in stores.values():
        store.close()


def test_no_hash_is_remembered_by_a_number_that_does_not_last(stick: Stick, tmp_path: Path) -> None:
    store = stores_on(stick)["inbox"]
    (stick.at / "inbox/a.mkv").write_bytes(b"a")
    item = store.stat("a.mkv")
    assert item is not None
    cache = DigestCache(tmp_path / "catalog.db", now_ns=lambda: item.mtime_ns + 10**12)
    cache.put(item, "xxh3:0")
    assert cache.get(item) is None
    cache.close()
    store.close()
