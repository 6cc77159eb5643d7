"""Files that some process has open for writing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reshelve.executors.platforms.open_writers import open_for_writing
from reshelve.executors.stores import local_store_reads
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.inventory import Root

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="told from /proc")


def test_what_another_process_writes_to_is_told_and_what_it_reads_is_not(tmp_path: Path) -> None:
    for name in ("written", "read", "quiet"):
        (tmp_path / name).write_text("x")
    (tmp_path / "linked").hardlink_to(tmp_path / "written")
    store = LocalStore(Root("inbox", str(tmp_path)))
    items = store.walk().items
    code = "import sys; a = open('written', 'a'); r = open('read'); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdin=-1, stdout=-1) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == b"\n"
        assert store.being_written(items) == {"written", "linked"}
        assert store.being_written(item for item in items if item.rel == "quiet") == set()
        writer.communicate()
    assert store.being_written(items) == set()


def test_what_another_process_has_mapped_is_told_when_it_has_closed_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (kinds := ("shared", "its own", "read")):
        (tmp_path / name).write_text("x")
    store = LocalStore(Root("inbox", str(tmp_path)))
    code = """import mmap, os, sys
kinds = {"shared": mmap.ACCESS_WRITE, "its own": mmap.ACCESS_COPY, "read": mmap.ACCESS_READ}
mapped = [mmap.mmap(os.open(name, os.O_RDWR), 0, access=kind) for name, kind in kinds.items()]
os.closerange(3, 100)
print(flush=True)
sys.stdin.read()"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdin=-1, stdout=-1) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == b"\n"
        # Those that were opened for writing are still so by way of their mappings, which may be turned into ones that write.
        assert store.being_written(store.walk().items) == {"shared", "its own", "read"}
        for name in kinds:
            os.utime(tmp_path / name, (0, 0))
        monkeypatch.setattr(local_store_reads, "RECENT_NS", 0)
        assert store.being_written(store.walk().items) == {"shared"}
        writer.communicate()


def test_where_it_cannot_be_told_nothing_is_said(tmp_path: Path) -> None:
    assert open_for_writing(str(tmp_path / "none")) == frozenset()
    (tmp_path / "7" / "fd").mkdir(parents=True)
    (tmp_path / "7" / "fd" / "3").write_text("")
    assert open_for_writing(str(tmp_path)) == frozenset()
