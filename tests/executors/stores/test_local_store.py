"""LocalStore: the contract, with and without what the system offers; and what only a real disk shows."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.platforms import exclusive_renames, system_calls
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.inventory import Root
from reshelve.schemas.locations import LEVELS
from tests.support.local_stores import content, far_folder, local, put, staged
from tests.support.store_contract import Stage, StoreContract, tree

__all__ = ["far_folder"]


class TestLocalStore(StoreContract):
    @pytest.fixture
    def stage(self, tmp_path: Path, far_folder: Path | None) -> Stage:
        return staged(tmp_path, far_folder)


class TestFewDescriptors(StoreContract):
    @pytest.fixture
    def stage(self, tmp_path: Path, far_folder: Path | None) -> Stage:
        return staged(tmp_path, far_folder, max_open=1)


class TestWithoutNoReplaceRename(StoreContract):
    @pytest.fixture
    def stage(self, tmp_path: Path, far_folder: Path | None, monkeypatch: pytest.MonkeyPatch) -> Stage:
        monkeypatch.setattr(exclusive_renames, "rename_new", exclusive_renames.rename_by_link)
        return staged(tmp_path, far_folder)


class TestWithoutHardLinks(StoreContract):
    @pytest.fixture
    def stage(self, tmp_path: Path, far_folder: Path | None, monkeypatch: pytest.MonkeyPatch) -> Stage:
        def rename(src_dir: int, src: str, dst_dir: int, dst: str) -> None:
            folder = stat.S_ISDIR(os.stat(src, dir_fd=src_dir, follow_symlinks=False).st_mode)
            (exclusive_renames.rename_by_link if folder else exclusive_renames.rename_by_reserving)(src_dir, src, dst_dir, dst)

        monkeypatch.setattr(exclusive_renames, "rename_new", rename)
        return staged(tmp_path, far_folder)


class TestWithoutFolderDescriptors(StoreContract):
    @pytest.fixture
    def stage(self, tmp_path: Path, far_folder: Path | None, monkeypatch: pytest.MonkeyPatch) -> Stage:
        monkeypatch.setattr(system_calls, "DIR_FDS", False)
        return staged(tmp_path, far_folder)


def test_a_link_swapped_in_on_the_way_leads_nowhere(tmp_path: Path) -> None:
    store = local(tmp_path / "s")
    outside = tmp_path / "outside"
    outside.mkdir()
    put(store, "f", b"f")
    (tmp_path / "s/d").mkdir()
    assert store.stat("d") is not None
    assert store.names("d") == set()
    (tmp_path / "s/d").rmdir()
    (tmp_path / "s/d").symlink_to(outside)
    for verb in (
        lambda: store.rename("f", store, "d/f"),
        lambda: store.copy_to("f", store, "d/f"),
        lambda: store.write_to(b"", "d/f"),
        lambda: store.make_dir("d/e"),
        lambda: store.link("f", store, "d/f"),
    ):
        with pytest.raises(NotADirectoryError, match="link"):
            verb()
    store.forget()
    assert store.stat("d/f") is None
    assert list(outside.iterdir()) == []


def test_a_folder_moved_away_within_a_batch_takes_its_renames_along(tmp_path: Path) -> None:
    store = local(tmp_path / "s")
    for name in "abc":
        put(store, name, name.encode())
    store.make_dir("d")
    store.rename("a", store, "d/a")
    os.rename(tmp_path / "s/d", tmp_path / "s/moved")
    store.rename("b", store, "d/b")
    assert sorted(os.listdir(tmp_path / "s/moved")) == ["a", "b"]
    store.forget()
    with pytest.raises(FileNotFoundError):
        store.rename("c", store, "d/c")
    assert content(store, "c") == b"c"


def test_a_root_that_became_another_folder_is_refused(tmp_path: Path) -> None:
    store = local(tmp_path / "s")
    put(store, "f", b"f")
    store.rename("f", store, "g")
    os.rename(tmp_path / "s", tmp_path / "unmounted")
    (tmp_path / "s").mkdir()
    store.forget()
    for ask in (lambda: store.stat("g"), lambda: store.names(""), lambda: store.make_dir("x"), lambda: store.fs_of("x")):
        with pytest.raises(OSError, match="another folder"):
            ask()
    assert "" in store.walk().unreadable
    assert store.writable("") is not None


def test_a_root_that_is_not_there_is_unreadable_not_empty(tmp_path: Path) -> None:
    store = LocalStore(Root("s", str(tmp_path / "gone"), available=False, why="no such folder"))
    assert store.root.fs == ""
    assert "" in store.walk().unreadable
    with pytest.raises(FileNotFoundError):
        store.stat("x")


def test_reads_and_removals_by_others_do_not_hold_descriptors_forever(tmp_path: Path) -> None:
    store = local(tmp_path / "s", max_open=8)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for number in range(100):
        store.make_dir(f"d{number}")
        store.write_to(b"x", f"d{number}/f")
    if before:
        assert len(os.listdir("/proc/self/fd")) <= before + 8
        store.close()
        assert len(os.listdir("/proc/self/fd")) <= before


def test_running_out_of_descriptors_lets_go_of_those_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = local(tmp_path / "s")
    put(store, "a/f", b"x")
    put(store, "b/g", b"x")
    store.rename("a/f", store, "a/f2")
    native = os.open
    refusals = [OSError(errno.EMFILE, "Too many open files")]

    def short(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if refusals:
            raise refusals.pop()
        return native(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", short)
    store.rename("a/f2", store, "b/f")
    assert store.names("b") == {"f", "g"}
    assert not refusals


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    store = local(tmp_path / "s")
    os.mkfifo(tmp_path / "s/pipe")
    for ask in (lambda: store.digest("pipe"), lambda: store.copy_to("pipe", store, "copy")):
        with pytest.raises(OSError, match="regular"):
            ask()
    item = store.stat("pipe")
    assert item is not None
    assert item.kind == "other"


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """A folder where something can be forbidden: root, to whom nothing is, steps down to another user meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="reshelve-test-"))
    folder.chmod(0o755)
    root = os.geteuid() == 0
    if root:
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        shutil.rmtree(folder)


def test_what_may_not_be_read_is_named(forbidden: Path) -> None:
    store = local(forbidden / "s")
    put(store, "shut/f", b"")
    put(store, "open/f", b"")
    os.chmod(forbidden / "s/shut", 0)
    try:
        listing = store.walk()
        assert [item.rel for item in listing.items] == ["open", "open/f", "shut"]
        assert set(listing.unreadable) == {"shut"}
        assert store.writable("shut/x") is not None
    finally:
        os.chmod(forbidden / "s/shut", 0o755)


def test_the_umask_governs_what_is_made(tmp_path: Path) -> None:
    store = local(tmp_path / "s")
    old = os.umask(0o027)
    try:
        store.make_dir("d")
        store.write_to(b"", "f")
        store.make_dir("e", 0o777)
    finally:
        os.umask(old)
    modes = [stat.S_IMODE(os.stat(tmp_path / "s" / name).st_mode) for name in "dfe"]
    assert modes == [0o750, 0o640, 0o777]


def test_a_taken_placeholder_is_left_alone_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = local(tmp_path / "s")
    put(store, "f", b"f")

    def no_links(*_: object) -> None:
        with open(tmp_path / "s/g", "wb") as file:
            file.write(b"somebody else's")
        raise OSError(errno.EPERM, "no hard links")

    monkeypatch.setattr(exclusive_renames, "link", no_links)
    monkeypatch.setattr(exclusive_renames, "rename_new", exclusive_renames.rename_by_link)
    with pytest.raises(FileExistsError):
        store.rename("f", store, "g")
    assert content(store, "g") == b"somebody else's"
    assert set(tree(store)) == {"f", "g"}


class _Busy:
    """The module `os`, with somebody who does something just before call number `at`."""

    def __init__(self, at: int, deed: Callable[[], None]) -> None:
        self.at, self.deed, self.calls = at, deed, 0

    def __getattr__(self, name: str) -> Any:
        return self.before(getattr(os, name)) if name in ("stat", "rename", "unlink") else getattr(os, name)

    def before(self, real: Any) -> Any:
        def call(*args: Any, **rest: Any) -> Any:
            self.calls += 1
            if self.calls - 1 == self.at:
                self.deed()
            return real(*args, **rest)

        return call


def _renamed_by_link(folder: Path, busy: _Busy, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Rename `f` to `g` while somebody is busy; say whether there were calls enough for them to come to it."""
    monkeypatch.setattr(system_calls, "os", busy)
    monkeypatch.setattr(exclusive_renames, "link", busy.before(exclusive_renames.link))
    fd = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            exclusive_renames.rename_by_link(fd, "f", fd, "g")
    finally:
        monkeypatch.undo()
        os.close(fd)
    return busy.calls > busy.at


def test_whichever_call_of_a_rename_by_a_link_fails_the_file_has_a_name_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise OSError(errno.EIO, "a disk that fails once")

    for at in range(100):
        folder = tmp_path / str(at)
        folder.mkdir()
        (folder / "f").write_bytes(b"film")
        if not _renamed_by_link(folder, _Busy(at, fails), monkeypatch):
            return
        there = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert there.keys() & {"f", "g"}, (at, there)
        assert set(there.values()) == {b"film"}, (at, there)
        assert not [name for name in there if name.startswith(".reshelve-")], (at, there)
    raise AssertionError("it never ends")


@pytest.mark.parametrize("place", ["f", "g"])
@pytest.mark.parametrize("holder", ["moves what is there away", "leaves nothing of it"])
def test_what_takes_a_name_while_a_file_is_renamed_by_a_link_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, holder: str
) -> None:
    for at in range(100):
        folder = tmp_path / str(at)
        folder.mkdir()
        (folder / "f").write_bytes(b"film")

        def deed(folder: Path = folder) -> None:
            if (folder / place).exists() and holder.startswith("moves"):
                os.rename(folder / place, folder / "moved")
            (folder / "new").write_bytes(b"theirs")
            os.replace(folder / "new", folder / place)

        if not _renamed_by_link(folder, _Busy(at, deed), monkeypatch):
            return
        there = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert there.get(place) == b"theirs" or (place == "f" and there.get("g") == b"theirs"), (at, there)
        assert b"film" in there.values() or holder.startswith("leaves"), (at, there)
        assert not [name for name in there if name.startswith(".reshelve-")], (at, there)
    raise AssertionError("it never ends")


def test_what_lies_deeper_than_any_path_may_is_told_and_not_looked_at(tmp_path: Path) -> None:
    store = local(tmp_path / "deep")
    at = os.open(tmp_path / "deep", os.O_RDONLY)
    for _ in range(LEVELS + 100):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    listing = store.walk("")
    (rel,) = listing.unreadable
    assert rel.count("/") == LEVELS and "128 folders deep" in listing.unreadable[rel]
    assert len(listing.items) == LEVELS + 1
    assert store.stat("d/" * (LEVELS + 3000) + "x") is None
