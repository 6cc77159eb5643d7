"""Taking back a pack or an unpack: only while what it was made of stands, and nobody changed what it made."""

import os
from pathlib import Path

import pytest

from reshelve.executors.verbs.reversed_verbs import take_back_verbs
from reshelve.schemas.operations.base import temporary
from reshelve.schemas.verbs import Layer, PackTo, Publish, UnpackTo
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


def test_an_archive_that_is_damaged_by_now_is_named(bench: Bench) -> None:
    """Its folder stays, for what the archive holds is not known; what is told is which archive, and not only which folder."""
    archive = bench.pack()
    item = bench.stores["out"].stat("a.tar.gz")
    assert item is not None
    first = UnpackTo("out:a.tar.gz", temporary("out:b", "r", 0), "tar.gz", item.size, item.mtime_ns, item.ino)
    verbs, made = done(bench, first, "out:b")
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    os.utime(archive, ns=(item.mtime_ns, item.mtime_ns))
    bench.stores["out"].forget()
    trouble = take_back_verbs(bench.hands, verbs, made, verbs)  # type: ignore[arg-type]
    assert trouble is not None
    assert trouble.path == "out:a.tar.gz"
    assert trouble.detail.startswith("out:a.tar.gz cannot be read: the archive is damaged")
    assert (bench.out / "b").is_dir()


def test_the_one_of_several_archives_that_is_damaged_is_named(bench: Bench) -> None:
    bench.pack()
    later = bench.pack(name="later")
    content = bytearray(later.read_bytes())
    content[-6] ^= 1
    later.write_bytes(content)
    stores = bench.stores["out"]
    stores.forget()
    whole, part = stores.stat("a.tar.gz"), stores.stat("later.tar.gz")
    assert whole is not None and part is not None
    layer = Layer("out:later.tar.gz", "tar.gz", part.size, part.mtime_ns, part.ino)
    verb = UnpackTo("out:a.tar.gz", temporary("out:b", "r", 0), "tar.gz", whole.size, whole.mtime_ns, whole.ino, (layer,))
    with pytest.raises(OSError, match="cannot be unpacked: the archive is damaged") as caught:
        bench.hands.perform(verb)
    assert caught.value.filename == "out:later.tar.gz"
    assert not list(bench.out.glob(".reshelve-*"))


def test_what_is_made_under_a_temporary_name_is_told_by_the_name_it_gets(bench: Bench) -> None:
    verb = PackTo("in:src", temporary("out:a.zip", "r", 0), "zip", bench.members())
    made = bench.hands.perform(verb)
    unfinished = bench.out / verb.tmp.partition(":")[2]
    unfinished.unlink()
    (unfinished / "somebody's").mkdir(parents=True)
    trouble = take_back_verbs(bench.hands, (verb,), made, (verb, Publish(verb.tmp, "out:a.zip")))
    assert trouble is not None and trouble.path == "out:a.zip"
