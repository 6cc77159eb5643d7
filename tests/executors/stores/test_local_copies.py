"""Copies on this machine: whole, with all that a file is, past the page cache where that goes, and never of what changes."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from reshelve.executors.contracts.folder_store import BLOCK, Receiver
from reshelve.executors.platforms import system_calls
from reshelve.executors.stores import incoming_files
from reshelve.executors.stores.transfer_memory import Budget
from tests.support.local_stores import content, far_folder, local, put
from tests.support.store_contract import HOUR_AGO

__all__ = ["far_folder"]


def test_blocks_go_past_the_page_cache_or_through_it_where_that_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = local(tmp_path / "s")
    with open(tmp_path / "tried", "wb") as file:
        opened = system_calls.open_direct(file.fileno())
    if opened < 0:
        pytest.skip("nothing is written past the page cache here")
    os.close(opened)
    native, direct, refused = os.pwrite, list[int](), list[bool]()

    def pwrite(fd: int, piece: memoryview, offset: int) -> int:
        if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_DIRECT:
            direct.append(len(piece))
            if refused:
                raise OSError(errno.EINVAL, "Invalid argument")
        return native(fd, piece, offset)

    def fill(into: Receiver) -> None:
        for offset in (BLOCK, 0):
            block = into.block()
            block[:] = bytes([1 + offset // BLOCK]) * BLOCK
            into.write_at(offset, block)

    monkeypatch.setattr(os, "pwrite", pwrite)
    for name in ("past", "through"):
        _, digest = store.receive(name, fill, from_disk=False)
        assert digest == store.digest(name)
        assert content(store, name) == b"\1" * BLOCK + b"\2" * BLOCK
        assert direct == [BLOCK, BLOCK]
        direct.clear()
        refused.append(True)


def test_what_comes_early_is_held_up_to_a_bound_and_else_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = Budget(2 * BLOCK)
    monkeypatch.setattr(incoming_files, "_WAITING", waiting)
    store, held = local(tmp_path / "s"), list[int]()

    def fill(into: Receiver) -> None:
        for number in (1, 3, 4, 5, 0, 2):
            block = into.block()
            block[:] = bytes([number]) * BLOCK
            into.write_at(number * BLOCK, block)
            held.append(waiting.held // BLOCK)

    item, digest = store.receive("new", fill, from_disk=False)
    assert held == [1, 2, 2, 2, 1, 0]
    assert (item.size, digest) == (6 * BLOCK, store.digest("new"))
    assert content(store, "new") == b"".join(bytes([number]) * BLOCK for number in range(6))


def test_holes_stay_holes(tmp_path: Path, far_folder: Path | None) -> None:
    store = local(tmp_path / "s")
    far = local(far_folder, "far") if far_folder else store
    path = tmp_path / "s/sparse"
    with open(path, "wb") as file:
        file.seek(50 << 20)
        file.write(b"middle")
        file.truncate(100 << 20)
    item, digest = store.copy_to("sparse", far, "copy")
    copied = os.stat(f"{far.root.path}/copy")
    assert item.size == 100 << 20
    assert copied.st_blocks * 512 < 4 << 20
    assert digest == store.digest("sparse") == far.digest("copy")
    assert content(far, "copy")[50 << 20 :][:6] == b"middle"


def test_attributes_and_modes_come_along(tmp_path: Path) -> None:
    store = local(tmp_path / "s")
    put(store, "f", b"x")
    os.chmod(tmp_path / "s/f", 0o440)
    try:
        os.setxattr(tmp_path / "s/f", "user.reshelve", b"kept")
    except (OSError, AttributeError):
        pytest.skip("no extended attributes here")
    store.set_times("f", HOUR_AGO)
    item, _ = store.copy_to("f", store, "g")
    assert os.getxattr(tmp_path / "s/g", "user.reshelve") == b"kept"
    assert (item.mode, item.mtime_ns) == (0o440, HOUR_AGO)


def test_a_source_that_changes_while_it_is_copied_is_noticed(tmp_path: Path) -> None:
    store = local(tmp_path / "s")
    put(store, "f", b"x" * (3 << 20))

    def meddle(_: int) -> None:
        with open(tmp_path / "s/f", "ab") as file:
            file.write(b"more")

    with pytest.raises(OSError) as caught:
        store.copy_to("f", store, "g", progress=meddle)
    assert caught.value.errno == errno.ESTALE
    assert store.stat("g") is None


def test_reflink_is_refused_where_blocks_cannot_be_shared(tmp_path: Path, far_folder: Path | None) -> None:
    if far_folder is None:
        pytest.skip("only one file system here")
    store, far = local(tmp_path / "s"), local(far_folder, "far")
    put(store, "f", b"x")
    with pytest.raises(OSError):
        store.copy_to("f", far, "g", "reflink")
    assert far.names("") == set()
