"""Many contents: each file's own hash in its own place, whatever is small, large, gone or changed among them."""

import errno
import os
import resource
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import xxhash

from reshelve.executors.platforms.open_folders import Folders
from reshelve.executors.stores import local_copies, many_contents
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.inventory import TAIL, Item, Root


def made(base: Path) -> list[Item]:
    """Return the items of 150 files in three folders: empty, small, just small enough, large; some with holes."""
    for number in range(150):
        path = base / str(number % 3) / f"{number:03}"
        path.parent.mkdir(exist_ok=True)
        size = (0, 10, TAIL, TAIL + 1, 1 << 20, (1 << 20) + 1, 3 << 20)[number % 7]
        with path.open("wb") as file:
            file.write(f"{number}".encode()[:size])
            file.truncate(size)
    return list(LocalStore(Root("a", str(base))).walk().items)


def expected(base: Path, item: Item, *, ends: bool) -> str:
    content = (base / item.rel).read_bytes()
    return f"xxh3:{xxhash.xxh3_128_hexdigest(content[-TAIL:] if ends else content)}"


def held() -> list[str]:
    """Return the paths of what this process has open, where the system tells."""
    found = []
    for fd in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ():
        with suppress(OSError):
            found.append(os.readlink(f"/proc/self/fd/{fd}"))
    return found


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("fs", ["", "nfs4:1"])
def test_each_file_has_its_own_hash_whether_it_is_here_or_far_away(tmp_path: Path, fs: str, ends: bool) -> None:
    files = [replace(item, fs=fs or item.fs) for item in made(tmp_path) if item.kind == "file"]
    gone, changed, swapped = files[40], files[81], files[100]
    (tmp_path / gone.rel).unlink()
    (tmp_path / changed.rel).write_bytes(b"longer than it ever was" * 10)
    (tmp_path / swapped.rel).unlink()
    os.mkfifo(tmp_path / swapped.rel)
    folders = Folders(str(tmp_path), 8)
    told = many_contents.contents(folders, files, ends=ends)
    folders.close()
    assert len(told) == len(files)
    for item, one in zip(files, told, strict=True):
        if item in (gone, changed, swapped):
            assert isinstance(one, OSError)
            assert one.errno == (errno.ENOENT if item is gone else errno.ESTALE)
        else:
            assert one == expected(tmp_path, item, ends=ends)
    assert not [path for path in held() if path.startswith(str(tmp_path))], "everything is closed again"


def test_few_descriptors_are_no_fault_of_any_file(tmp_path: Path) -> None:
    files = [item for item in made(tmp_path) if item.kind == "file"]
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(held()) + 12, before[1]))
    try:
        told = many_contents.contents(Folders(str(tmp_path), 64), files, ends=True)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert told == [expected(tmp_path, item, ends=True) for item in files]


def test_an_interruption_ends_the_reading_of_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "large").write_bytes(bytes(40 << 20))
    files = [item for item in LocalStore(Root("a", str(tmp_path))).walk().items if item.kind == "file"]
    chunks = 0

    def slowly(fd: int, room: memoryview) -> int:
        nonlocal chunks
        chunks += 1
        if chunks == 2:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        time.sleep(0.02)
        return os.readv(fd, [room])

    monkeypatch.setattr(local_copies, "read", slowly)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            many_contents.contents(Folders(str(tmp_path), 8), files, ends=False)
    finally:
        signal.signal(signal.SIGINT, before)
    assert 1 < chunks < 40, "the rest of the file was left unread"
