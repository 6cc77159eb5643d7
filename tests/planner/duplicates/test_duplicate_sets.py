"""Duplicate sets: the same as comparing every file with every other, with as little read as that takes."""

import hashlib
import json
import os
import random
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from reshelve.executors.stores.digest_cache import CachedDigests, DigestCache
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.read_only import ReadOnly
from reshelve.planner.duplicates.duplicate_sets import Duplicates, Scope, find_duplicates
from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.inventory import TAIL, Item, Root, seen_twice

JDUPES = shutil.which("jdupes")


class Counted(ReadOnly):
    """A store that counts what is read of it."""

    def __init__(self, store: LocalStore) -> None:
        super().__init__(store)
        self.tails: list[str] = []
        self.wholes: list[str] = []

    def contents(self, items: Sequence[Item], *, ends: bool = False) -> list[str | OSError]:
        (self.tails if ends else self.wholes).extend(item.rel for item in items)
        return super().contents(items, ends=ends)


def readers(base: Path, *stores: str) -> dict[str, Reader]:
    found: dict[str, Reader] = {}
    for store in stores or ("a",):
        (base / store).mkdir(exist_ok=True)
        found[store] = Counted(LocalStore(Root(store, str(base / store))))
    return found


def found(result: Duplicates) -> set[frozenset[str]]:
    return {frozenset(copy.first.location for copy in one.copies) for one in result.sets}


def by_comparing(base: Path, store: str) -> set[frozenset[str]]:
    """Return the sets by the whole content of every file, each inode once."""
    same: dict[bytes, dict[int, str]] = defaultdict(dict)
    for path in sorted(path for path in (base / store).rglob("*") if path.is_file() and not path.is_symlink()):
        content = path.read_bytes()
        if content:
            same[hashlib.sha256(content).digest()].setdefault(path.stat().st_ino, f"{store}:{path.relative_to(base / store)}")
    return {frozenset(names.values()) for names in same.values() if len(names) > 1}


def lay(base: Path, seed: int) -> None:
    """Make a store with copies, hard links, sparse and empty files, and files that are equal only at their heads or tails."""
    rng = random.Random(seed)
    (base / "a").mkdir()
    contents = [rng.randbytes(rng.choice((1, 5, 5, TAIL - 1, TAIL, TAIL + 1, 3 * TAIL))) for _ in range(12)]
    # The same head, the same tail, the same both and another middle.
    long = rng.randbytes(4 * TAIL)
    contents += [long, long[:-1] + b"x", b"x" + long[1:], long[: 2 * TAIL] + b"x" + long[2 * TAIL + 1 :], b""]
    paths: list[Path] = []
    for number in range(60):
        path = base / "a" / f"folder {rng.randrange(4)}" / f"file {number}"
        path.parent.mkdir(exist_ok=True)
        if paths and rng.random() < 0.15:
            os.link(rng.choice(paths), path)
        elif rng.random() < 0.1:
            with path.open("wb") as stream:
                stream.truncate(3 * TAIL)
        else:
            path.write_bytes(rng.choice(contents))
        paths.append(path)
    (base / "a" / "link").symlink_to(paths[0])


@pytest.mark.parametrize("seed", range(12))
def test_any_tree_gives_the_sets_of_comparing_all_of_it(tmp_path: Path, seed: int) -> None:
    lay(tmp_path, seed)
    assert found(find_duplicates(readers(tmp_path), Scope())) == by_comparing(tmp_path, "a")


@pytest.mark.skipif(JDUPES is None, reason="jdupes is not installed: apt install jdupes")
@pytest.mark.parametrize("seed", range(20, 32))
def test_any_tree_gives_the_sets_that_jdupes_finds(tmp_path: Path, seed: int) -> None:
    lay(tmp_path, seed)
    told = subprocess.run([JDUPES or "jdupes", "-r", "-q", "-j", "a"], cwd=tmp_path, capture_output=True, check=True).stdout
    sets = [[tmp_path / file["filePath"] for file in one["fileList"]] for one in json.loads(told)["matchSets"]]
    ours = found(find_duplicates(readers(tmp_path), Scope()))
    assert {frozenset((tmp_path / place.replace(":", "/", 1)).stat().st_ino for place in one) for one in ours} == {
        frozenset(path.stat().st_ino for path in one) for one in sets
    }


def test_a_file_whose_size_is_its_own_is_never_read_and_one_with_another_end_not_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/alone").write_bytes(b"alone")
    head = bytes(2 * TAIL)
    (tmp_path / "a/one").write_bytes(head + b"1")
    (tmp_path / "a/two").write_bytes(head + b"2")
    opened = readers(tmp_path)
    assert find_duplicates(opened, Scope()).sets == []
    store = opened["a"]
    assert isinstance(store, Counted)
    assert (sorted(store.tails), store.wholes) == (["one", "two"], [])


def test_a_second_search_reads_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for number in range(4):
        path = tmp_path / "a" / str(number)
        path.write_bytes(bytes(2 * TAIL) + str(number // 2).encode())
    local = Counted(LocalStore(Root("a", str(tmp_path / "a"))))
    # What changed just now may change again unseen: the cache waits a while before it believes.
    cache = DigestCache(tmp_path / "catalog.db", now_ns=lambda: (tmp_path / "a/0").stat().st_ctime_ns + 60 * 10**9)
    reader = CachedDigests(local, cache)
    first = find_duplicates({"a": reader}, Scope())
    assert len(first.sets) == 2
    local.tails, local.wholes = [], []
    assert found(find_duplicates({"a": reader}, Scope())) == found(first)
    assert (local.tails, local.wholes) == ([], [])
    cache.close()


def test_hard_links_are_one_file_by_all_their_names_and_two_ways_to_a_file_are_one_name(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/one").write_bytes(b"same")
    os.link(tmp_path / "a/one", tmp_path / "a/one again")
    (tmp_path / "a/two").write_bytes(b"same")
    both = readers(tmp_path) | {"b": Counted(LocalStore(Root("b", str(tmp_path / "a"))))}
    (only,) = find_duplicates(both, Scope()).sets
    assert [[name.location for name in copy.names] for copy in only.copies] == [["a:one", "a:one again"], ["a:two"]]


def test_a_file_that_another_file_system_shows_is_told_by_inode_and_change_time_and_a_cloned_disk_is_a_copy() -> None:
    file = replace(_item("a", 7), ctime_ns=5, fs="ext4:1")
    for view in ("fuse.bindfs:1", "overlay:1", "nfs4:1", "virtiofs:1"):
        assert seen_twice(file, replace(file, fs=view)) and seen_twice(replace(file, fs=view), file)
        for change in ({"ino": 8}, {"ctime_ns": 6}, {"mtime_ns": 6}, {"size": 6}):
            assert not seen_twice(file, replace(file, fs=view, **change))
    assert not seen_twice(file, replace(file, fs="ext4:2"))
    assert not seen_twice(file, replace(file, rel="b"))


def test_a_file_that_changes_meanwhile_is_told_and_the_rest_is_compared(tmp_path: Path) -> None:
    class Busy(Counted):
        def contents(self, items: Sequence[Item], *, ends: bool = False) -> list[str | OSError]:
            (tmp_path / "a" / "busy").write_bytes(b"longer than it was")
            return super().contents(items, ends=ends)

    (tmp_path / "a").mkdir()
    for name in ("busy", "one", "two"):
        (tmp_path / "a" / name).write_bytes(b"same")
    result = find_duplicates({"a": Busy(LocalStore(Root("a", str(tmp_path / "a"))))}, Scope())
    assert found(result) == {frozenset({"a:one", "a:two"})}
    assert [(problem.code, problem.path) for problem in result.problems] == [("not-compared", "a:busy")]


def test_what_cannot_be_read_is_told_and_the_rest_is_compared(tmp_path: Path) -> None:
    class Closed(Counted):
        def contents(self, items: Sequence[Item], *, ends: bool = False) -> list[str | OSError]:
            told = super().contents(items, ends=ends)
            refused = PermissionError(13, "Permission denied", "closed")
            return [refused if item.rel == "closed" else one for item, one in zip(items, told, strict=True)]

    (tmp_path / "a").mkdir()
    for name in ("closed", "one", "two"):
        (tmp_path / "a" / name).write_bytes(b"same")
    away = ReadOnly(LocalStore(Root("away", str(tmp_path / "gone"), available=False, why="it is not mounted")))
    result = find_duplicates({"a": Closed(LocalStore(Root("a", str(tmp_path / "a")))), "away": away}, Scope())
    assert found(result) == {frozenset({"a:one", "a:two"})}
    told = [(problem.code, problem.path) for problem in result.problems]
    assert told == [("store-unavailable", "away"), ("unreadable", "a:closed")]


def test_the_scope_bounds_what_is_looked_at(tmp_path: Path) -> None:
    opened = readers(tmp_path, "a", "b")
    for place in ("a/in", "b/in", "a/out", "a/tmp"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "f").write_bytes(b"same")
        (tmp_path / place / "small").write_bytes(b"s")
    scope = Scope(lambda store, rel: f"{store}:{rel}".startswith(("a:in/", "a:tmp/", "b:")), ("tmp/",), least=2)
    assert found(find_duplicates(opened, scope)) == {frozenset({"a:in/f", "b:in/f"})}


def test_folders_that_are_one_thing_and_unfinished_downloads_are_left_alone(tmp_path: Path) -> None:
    opened = readers(tmp_path)
    for name in ("x.photoslibrary/one.jpg", "@eaDir/one.jpg", "one.jpg", "one.jpg.part", ".git/one.jpg"):
        (tmp_path / "a" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "a" / name).write_bytes(b"same")
    assert find_duplicates(opened, Scope()).sets == []


def _item(rel: str, ino: int) -> Item:
    return Item(rel, "file", 4, 0, 0, ino, 1, 0o644, "s3:x")


def test_objects_are_compared_by_their_recorded_hash_and_never_fetched(tmp_path: Path) -> None:
    class Bucket(Counted):
        def walk(self, rel: str = "", enter: object = None):  # type: ignore[no-untyped-def]
            del rel, enter
            from reshelve.schemas.inventory import Listing

            return Listing(self.root, [_item("known", 1), _item("unknown", 2)])

        def known_digest(self, rel: str) -> str:
            return LocalStore(Root("a", str(tmp_path / "a"))).digest("one") if rel == "known" else ""

        def checksums(self, rel: str) -> tuple[str, ...]:
            return () if rel == "known" else ("md5:" + "0" * 32,)

        def digest(self, rel: str) -> str:
            raise AssertionError(f"{rel} would be fetched")

    opened = readers(tmp_path)
    (tmp_path / "a/one").write_bytes(b"same")
    opened["bucket"] = Bucket(LocalStore(Root("bucket", str(tmp_path), kind="bucket")))
    result = find_duplicates(opened, Scope())
    assert found(result) == {frozenset({"a:one", "bucket:known"})}
    assert [(problem.code, problem.severity) for problem in result.problems] == [("not-compared", "note")]
