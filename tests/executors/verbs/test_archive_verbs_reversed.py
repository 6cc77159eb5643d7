"""Taking back a pack or an unpack: only while what it was made of stands, and nobody changed what it made."""

from pathlib import Path

import pytest

from reshelve.executors.verbs.reversed_verbs import take_back_verbs
from reshelve.schemas.operations.base import temporary
from reshelve.schemas.verbs import PackTo, Publish, UnpackTo
from tests.support.archiving import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    (bench.src / "Raw").mkdir()
    (bench.src / "Raw/a.mov").write_text("film")
    (bench.src / "Raw/latest").symlink_to("a.mov")
    return bench


def done(bench: Bench, first: PackTo | UnpackTo, dst: str) -> tuple[tuple[PackTo | UnpackTo, Publish], object]:
    publish = Publish(first.tmp, dst)
    made = bench.hands.perform(first)
    bench.hands.perform(publish)
    return (first, publish), made


@pytest.mark.parametrize("changed", [False, True])
def test_an_archive_stays_when_its_folder_is_not_as_it_was(bench: Bench, changed: bool) -> None:
    verbs, made = done(bench, PackTo("in:src", temporary("out:a.zip", "r", 0), "zip", bench.members()), "out:a.zip")
    if changed:
        (bench.src / "Raw/a.mov").write_text("another")
    trouble = take_back_verbs(bench.hands, verbs, made, verbs)  # type: ignore[arg-type]
    assert (trouble is not None, (bench.out / "a.zip").exists()) == (changed, changed)
    assert [path.name for path in bench.out.iterdir()] == (["a.zip"] if changed else [])


@pytest.mark.parametrize("change", ["", "inside", "new", "archive"])
def test_an_unpacked_folder_stays_when_it_or_its_archive_was_changed(bench: Bench, change: str) -> None:
    archive = bench.pack()
    item = bench.stores["out"].stat("a.tar.gz")
    assert item is not None
    first = UnpackTo("out:a.tar.gz", temporary("out:b", "r", 0), "tar.gz", item.size, item.mtime_ns, item.ino)
    verbs, made = done(bench, first, "out:b")
    match change:
        case "inside":
            (bench.out / "b/Raw/a.mov").write_text("edited")
        case "new":
            (bench.out / "b/Raw/new").touch()
        case "archive":
            archive.unlink()
    bench.stores["out"].forget()
    trouble = take_back_verbs(bench.hands, verbs, made, verbs)  # type: ignore[arg-type]
    assert (trouble is None) == (change == "")
    assert (bench.out / "b").exists() == (change != "")
    assert not list(bench.out.glob(".reshelve-*"))
