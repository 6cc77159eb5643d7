"""Reading files of a store: side by side, remembered, in processes of their own, and never by way of a link."""

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.metadata import helper_process, media_libraries
from reshelve.executors.metadata.helper_process import Helper
from reshelve.executors.metadata.media_libraries import Answer
from reshelve.executors.metadata.metadata_cache import MetadataCache
from reshelve.executors.metadata.metadata_reader import FileMetadata
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.inventory import Item, Root
from tests.support import media


def store(folder: Path, **files: bytes) -> LocalStore:
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content)
        os.utime(path, (1_600_000_000, 1_600_000_000))
    return LocalStore(Root("in", str(folder)))


def item(of: LocalStore, rel: str) -> Item:
    found = of.stat(rel)
    assert found is not None
    return found


def test_files_are_read_side_by_side_and_remembered(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    files = store(folder, a__mp4=media.mp4(3), b__wav=media.wav(2), c__png=media.png(), d__mkv=b"", e__mp4=b"x")
    wanted = [(item(files, f"{name}"), medium) for name, medium in _five()]
    cache = MetadataCache(tmp_path / "catalog.db", now_ns=lambda: time.time_ns() + 10**10)
    reader = FileMetadata({"in": files}, cache, jobs=2)
    reader.expect("in", wanted)
    told = [reader.read("in", each, medium) for each, medium in wanted]
    reader.close()
    assert [facts.get("duration") or facts.get("width") for facts in told] == [3.0, 2.0, 8, None, None]

    class Shut(LocalStore):
        def open(self, rel: str) -> Any:
            raise AssertionError(rel)

    again = FileMetadata({"in": Shut(files.root)}, cache)
    assert [again.read("in", each, medium) for each, medium in wanted] == told
    again.close()
    cache.close()


def _five() -> list[tuple[str, str]]:
    return [("a.mp4", "video"), ("b.wav", "audio"), ("c.png", "image"), ("d.mkv", "video"), ("e.mp4", "video")]


def test_the_cache_knows_a_file_by_its_identity_and_its_reader(tmp_path: Path) -> None:
    cache = MetadataCache(tmp_path / "catalog.db", now_ns=lambda: 100 * 10**9)
    old = Item("a", "file", 1, 10**9, 0, 1 << 63, 1, 0, "ext4:id")
    cache.put(old, "1", {"width": 1})
    assert cache.get(old, "1") == {"width": 1}
    assert cache.get(old, "2") is None
    young = Item("b", "file", 1, 99 * 10**9, 0, 2, 1, 0, "ext4:id")
    cache.put(young, "1", {"width": 1})
    assert cache.get(young, "1") is None
    cache.close()


def test_a_link_is_no_road(tmp_path: Path) -> None:
    outside = tmp_path / "outside.wav"
    outside.write_bytes(media.wav())
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link.wav").symlink_to(outside)
    files = LocalStore(Root("in", str(folder)))
    seen = item(files, "link.wav")
    reader = FileMetadata({"in": files})
    assert reader.read("in", seen, "audio") == {}
    seen.kind = "file"  # as if the link had been put there since
    assert reader.read("in", seen, "audio") == {}
    reader.close()


def test_a_file_that_is_another_by_now_says_nothing(tmp_path: Path) -> None:
    files = store(tmp_path, a__wav=media.wav())
    seen = item(files, "a.wav")
    (tmp_path / "a.wav").write_bytes(media.wav(9))
    reader = FileMetadata({"in": files})
    assert reader.read("in", seen, "audio") == {}
    assert reader.read("elsewhere", seen, "audio") == {}
    reader.close()


@pytest.mark.parametrize(
    ("body", "lasting"),
    [("import os; os.abort()", True), ("import os; os._exit(1)", False), ("import time; time.sleep(60)", False)],
    ids=["crashes", "goes", "hangs"],
)
def test_a_library_that_crashes_or_hangs_takes_only_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, lasting: bool
) -> None:
    monkeypatch.setattr(helper_process, "_SERVE", body)
    monkeypatch.setattr(helper_process, "_GRACE", 0.5)
    (tmp_path / "a").write_bytes(b"x")
    one = Helper()
    began = time.monotonic()
    with open(tmp_path / "a", "rb") as content:
        answer = one.ask("video", content, "a", 0.1)
    assert (answer, one.alive) == (Answer({}, lasting=lasting), False)
    assert time.monotonic() - began < 10


def test_a_helper_answers_as_this_process_would(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(media.mp4(7))
    one = Helper()
    for _ in range(2):
        with open(tmp_path / "a", "rb") as content:
            assert one.ask("video", content, "\ud800.mp4", 10) == media_libraries.ask("video", content, "a.mp4", 10)
    assert one.alive
    one.close()


def test_what_is_not_installed_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise ImportError

    monkeypatch.setattr("reshelve.executors.metadata.video_files.version", missing)
    assert FileMetadata({}).media == {"audio", "image", "look"}
    monkeypatch.setattr("reshelve.executors.metadata.music_files.version", missing)
    assert media_libraries.ask("audio", io.BytesIO(media.wav()), "a.wav", 5) == Answer({}, lasting=True)
