"""The object store contract, written once: a subclass gives the bucket, and every promise is put to it."""

import errno
import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
import xxhash

from executors.stores.base import Store
from executors.stores.objects import ObjectStore, Stored
from schemas.inventory import Item

HOUR_AGO = 1_700_000_000_123_456_789
NAMES = [
    "plain.mkv", "with space", "new\nline", "née.mkv", "日本語.mkv", "a+b&c=d?e#f%20g", "-rf", "x" * 255, "q'u\"o`te", "a:b%c",
    "~{}[]|^",
]  # fmt: skip
KIB = 1 << 10


@dataclass
class Bench:
    """A bucket under test, a folder beside it, and hands: what another program would put there, and what it would read."""

    bucket: ObjectStore
    folder: Store
    put: Callable[[str, bytes], None]
    content: Callable[[str], bytes]
    write: Callable[[str, bytes], Item]
    again: Callable[[], ObjectStore]
    part: int = 5 << 20
    """More than this goes up in parts."""


def xxh3(content: bytes) -> str:
    return f"xxh3:{xxhash.xxh3_128(content).hexdigest()}"


def same(item: Item | None, other: Item) -> bool:
    """Say whether an object is seen to be the one that was made. When it was written is told within a few seconds."""
    return item is not None and abs(item.mtime_ns - other.mtime_ns) < 10**10 and replace(item, mtime_ns=0, ctime_ns=0) == replace(
        other, mtime_ns=0, ctime_ns=0
    )


def rels(store: ObjectStore, rel: str = "") -> list[str]:
    store.forget()
    return [item.rel for item in store.walk(rel).items]


class ObjectContract:
    """The promises. `bench` is given by the subclass."""

    odd_names = True
    """Whether a key may hold a newline."""

    one_winner_in_parts = True
    """Whether the service keeps conditions when two uploads in parts end at the same moment."""

    one_winner = True
    """Whether the service can tell who was first."""

    @pytest.fixture
    def bench(self) -> Iterator[Bench]:
        raise NotImplementedError

    def up(self, bench: Bench, rel: str, content: bytes, **rest: object) -> Stored:
        bench.write("source", content)
        try:
            return bench.bucket.upload("source", bench.folder, rel, token="run-0", **rest)  # type: ignore[arg-type]
        finally:
            bench.folder.remove("source")

    # Reads.

    @pytest.mark.parametrize("name", NAMES, ids=ascii)
    def test_any_name_goes_up_is_seen_and_comes_down(self, bench: Bench, name: str) -> None:
        if "\n" in name and not self.odd_names:
            pytest.skip("the service loses keys with newlines")
        stored = self.up(bench, f"in/{name}", b"content")
        assert same(bench.bucket.stat(f"in/{name}"), stored.item)
        bench.bucket.forget()
        assert same(bench.bucket.stat(f"in/{name}"), stored.item)
        assert bench.bucket.names("in") == {name}
        assert rels(bench.bucket) == [f"in/{name}"]
        item, content = bench.bucket.copy_to(f"in/{name}", bench.folder, "down")
        assert (item.size, content) == (7, xxh3(b"content"))
        with bench.folder.open("down") as file:
            assert file.read() == b"content"

    def test_what_is_not_there(self, bench: Bench) -> None:
        bench.put("file", b"")
        assert bench.bucket.stat("nothing") is None
        assert bench.bucket.fingerprint("no/thing") is None
        assert bench.bucket.names("nothing") == set()
        assert bench.bucket.names("file") is None
        assert bench.bucket.walk("nothing").items == []
        with pytest.raises(FileNotFoundError):
            bench.bucket.digest("nothing")
        with pytest.raises(FileNotFoundError):
            bench.bucket.open("nothing").close()
        with pytest.raises(FileNotFoundError):
            bench.bucket.details("nothing")
        with pytest.raises(FileNotFoundError):
            bench.bucket.copy_to("nothing", bench.folder, "down")
        assert bench.folder.stat("down") is None

    def test_paths_with_keys_below_look_like_folders(self, bench: Bench) -> None:
        for rel in ("a/b/c", "a/d", "a-b", "a.d/x"):
            bench.put(rel, b"x")
        bench.bucket.forget()
        seen = bench.bucket.stat("a/b")
        assert seen is not None
        assert seen.kind == "dir"
        assert bench.bucket.names("") == {"a", "a-b", "a.d"}
        assert bench.bucket.names("a") == {"b", "d"}
        assert rels(bench.bucket) == ["a-b", "a.d/x", "a/b/c", "a/d"]
        assert rels(bench.bucket, "a") == ["a/b/c", "a/d"]

    def test_reshelves_own_is_left_out(self, bench: Bench) -> None:
        for rel in (".reshelve-trash/run/f", "b/.reshelve-run-1.tmp", "b/x", ".reshelve/catalog.db"):
            bench.put(rel, b"x")
        assert rels(bench.bucket) == ["b/x"]
        assert bench.bucket.names("") == {"b", ".reshelve"}
        assert rels(bench.bucket, ".reshelve-trash") == [".reshelve-trash/run/f"]

    def test_no_path_leaves_the_prefix(self, bench: Bench) -> None:
        bench.put("in/file", b"x")
        for bad in ("../x", "in/../../x", "..", "in/..", "/etc/x", "in//file", "in/./file", "./file", "in/", "nul\0name"):
            for verb in (bench.bucket.stat, bench.bucket.remove, bench.bucket.hide, bench.bucket.digest):
                with pytest.raises(OSError) as caught:
                    verb(bad)
                assert caught.value.errno == errno.EINVAL
            with pytest.raises(OSError):
                self.up(bench, bad, b"x")
        assert rels(bench.bucket) == ["in/file"]

    # Uploads.

    def test_an_upload_records_what_it_is(self, bench: Bench) -> None:
        content = bytes(range(256)) * 40
        stored = self.up(bench, "a/film.mkv", content)
        assert stored.hash == xxh3(content)
        said = bench.bucket.details("a/film.mkv")
        assert said["hash"] == xxh3(content)
        assert said["sha256"] == hashlib.sha256(content).hexdigest()
        assert said["token"] == "run-0"
        assert said.get("version", "") == stored.version
        assert bool(stored.version) == bench.bucket.capabilities().versioned
        assert bench.bucket.digest("a/film.mkv") == xxh3(content)
        assert bench.content("a/film.mkv") == content
        with bench.bucket.open("a/film.mkv") as file:
            assert file.read() == content

    def test_a_taken_key_is_never_replaced(self, bench: Bench) -> None:
        bench.put("a", b"theirs")
        with pytest.raises(FileExistsError):
            self.up(bench, "a", b"ours")
        with pytest.raises(FileExistsError):
            self.up(bench, "a", b"o" * (bench.part + 1))
        assert bench.content("a") == b"theirs"
        assert bench.bucket.uploads("a") == []

    @pytest.mark.parametrize("large", [False, True], ids=["whole", "parts"])
    def test_a_race_has_one_winner(self, bench: Bench, large: bool) -> None:
        size = bench.part + 100 if large else 100
        for number in range(12):
            bench.write(f"source{number}", bytes([number]) * size)

        def go(number: int) -> Stored | None:
            try:
                return bench.bucket.upload(f"source{number}", bench.folder, "goal", token=f"run-{number}")
            except FileExistsError:
                return None

        if large and not self.one_winner_in_parts:
            pytest.skip("the service looks at the key and then writes, and two can come between")
        if not self.one_winner:
            pytest.skip("the service cannot tell who was first, and the workspace accepted that")
        with ThreadPoolExecutor(12) as pool:
            outcomes = list(pool.map(go, range(12)))
        won = [number for number, stored in enumerate(outcomes) if stored is not None]
        assert len(won) == 1
        assert bench.content("goal") == bytes(won) * size
        assert bench.bucket.details("goal")["token"] == f"run-{won[0]}"
        assert bench.bucket.uploads("goal") == []

    def test_nothing_at_all_goes_up_too(self, bench: Bench) -> None:
        stored = self.up(bench, "empty", b"")
        assert (stored.item.size, stored.hash) == (0, xxh3(b""))
        item, content = bench.bucket.copy_to("empty", bench.folder, "down")
        assert (item.size, content) == (0, xxh3(b""))

    def test_generated_content_is_put_like_a_file(self, bench: Bench) -> None:
        stored = bench.bucket.write_object(b"{}", "a.json", token="run-0")
        assert (stored.item.size, stored.hash) == (2, xxh3(b"{}"))
        assert same(bench.bucket.stat("a.json"), stored.item)
        said = bench.bucket.details("a.json")
        assert (said["hash"], said["token"]) == (xxh3(b"{}"), "run-0")
        with pytest.raises(FileExistsError):
            bench.bucket.write_object(b"[]", "a.json", token="run-1")
        assert bench.content("a.json") == b"{}"

    def test_the_project_is_noted_and_copied_along(self, bench: Bench) -> None:
        for rel, content in (("a", b"x"), ("large", b"x" * (bench.part + 1))):
            self.up(bench, rel, content, project="b63  flivideo, ünïcode")
            assert bench.bucket.details(rel)["project_id"] == "b63 flivideo, %C3%BCn%C3%AFcode"
            bench.bucket.copy_object(rel, bench.bucket, f"{rel}2", token="run-1")
            assert bench.bucket.details(f"{rel}2")["project_id"] == "b63 flivideo, %C3%BCn%C3%AFcode"
            assert bench.bucket.details(f"{rel}2")["token"] == "run-1"

    def test_many_parts(self, bench: Bench) -> None:
        content = bytes(range(251)) * (2 * bench.part // 251 + 500)
        told: list[int] = []
        before: list[object] = []
        stored = self.up(bench, "large", content, progress=told.append, began=before.append)
        assert sum(told) == len(content)
        assert before == [[]]
        assert stored.hash == xxh3(content)
        assert bench.content("large") == content
        assert bench.bucket.uploads("large") == []
        told.clear()
        item, got = bench.bucket.copy_to("large", bench.folder, "down", progress=told.append)
        assert (item.size, got, sum(told)) == (len(content), xxh3(content), len(content))

    def test_times_and_modes_come_back(self, bench: Bench) -> None:
        bench.write("source", b"x")
        bench.folder.set_times("source", HOUR_AGO)
        there = bench.folder.stat("source")
        assert there is not None
        bench.bucket.upload("source", bench.folder, "a", token="t")
        item, _ = bench.bucket.copy_to("a", bench.folder, "down")
        assert (item.mtime_ns, item.mode) == (HOUR_AGO, there.mode)

    def test_a_download_replaces_nothing(self, bench: Bench) -> None:
        bench.put("a", b"x")
        bench.write("here", b"mine")
        with pytest.raises(FileExistsError):
            bench.bucket.copy_to("a", bench.folder, "here")
        with bench.folder.open("here") as file:
            assert file.read() == b"mine"

    def test_interrupted_leaves_nothing(self, bench: Bench) -> None:
        with pytest.raises(OSError) as caught:
            self.up(bench, "a", b"x" * (bench.part + 1), cancel=lambda: True)
        assert caught.value.errno == errno.ECANCELED
        assert rels(bench.bucket) == []
        assert bench.bucket.uploads("a") == []
        bench.put("b", b"x")
        with pytest.raises(OSError) as caught:
            bench.bucket.copy_to("b", bench.folder, "down", cancel=lambda: True)
        assert caught.value.errno == errno.ECANCELED
        assert bench.folder.stat("down") is None

    def test_a_source_that_changes_meanwhile_is_not_uploaded(self, bench: Bench) -> None:
        content = b"x" * (bench.part + 1)
        bench.write("source", content)

        def edit(count: int) -> None:
            del count
            if bench.folder.stat("source"):
                bench.folder.remove("source")
                bench.write("source", content)

        with pytest.raises(OSError) as caught:
            bench.bucket.upload("source", bench.folder, "a", token="t", progress=edit)
        assert caught.value.errno == errno.ESTALE
        assert rels(bench.bucket) == []
        assert bench.bucket.uploads("a") == []

    def test_a_same_size_edit_of_parts_is_noticed(self, bench: Bench) -> None:
        content = b"x" * (bench.part + 1)
        self.up(bench, "a", content)
        edited = content[:-1] + b"y"
        bench.write("edited", edited)
        assert bench.bucket.digest("a") == xxh3(content)
        assert bench.bucket.digest("a") != bench.folder.digest("edited")

    # Copies, removals, versions.

    def test_copies_within_the_service(self, bench: Bench) -> None:
        self.up(bench, "a", b"content")
        stored = bench.bucket.copy_object("a", bench.bucket, "b/c", token="run-1")
        assert stored.hash == xxh3(b"content")
        assert bench.content("b/c") == b"content"
        assert bench.bucket.details("b/c")["token"] == "run-1"
        assert bench.bucket.details("a")["token"] == "run-0"
        bench.put("theirs", b"theirs")
        with pytest.raises(FileExistsError):
            bench.bucket.copy_object("a", bench.bucket, "theirs", token="run-1")
        assert bench.content("theirs") == b"theirs"
        assert rels(bench.bucket) == ["a", "b/c", "theirs"]

    def test_removed_is_gone(self, bench: Bench) -> None:
        self.up(bench, "a", b"x")
        bench.bucket.remove("a")
        assert bench.bucket.stat("a") is None
        assert rels(bench.bucket) == []
        with pytest.raises(FileNotFoundError):
            bench.bucket.remove("a")

    def test_hide_and_reveal(self, bench: Bench) -> None:
        stored = self.up(bench, "a", b"x")
        if not bench.bucket.capabilities().versioned:
            with pytest.raises(OSError) as caught:
                bench.bucket.hide("a")
            assert caught.value.errno == errno.EOPNOTSUPP
            return
        assert bench.bucket.hidden("a") is None
        with pytest.raises(FileNotFoundError):
            bench.bucket.reveal("a")
        marker = bench.bucket.hide("a")
        assert marker
        assert bench.bucket.stat("a") is None
        assert rels(bench.bucket) == []
        under = bench.bucket.hidden("a")
        assert under is not None
        assert (under.ino, under.size) == (stored.item.ino, stored.item.size)
        assert same(bench.bucket.reveal("a"), stored.item)
        assert rels(bench.bucket) == ["a"]
        assert bench.content("a") == b"x"

    def test_a_look_goes_past_what_was_listed(self, bench: Bench) -> None:
        stored = self.up(bench, "a", b"x")
        assert bench.bucket.names("") == {"a"}
        found = bench.bucket.look("a")
        assert found is not None
        assert (found.ino, found.size) == (stored.item.ino, 1)
        assert bench.bucket.look("b") is None
        assert bench.bucket.look("a/b") is None

    def test_what_lies_deeper_comes_to_the_top(self, bench: Bench) -> None:
        if not bench.bucket.capabilities().versioned:
            assert bench.bucket.hidden("a", 1) is None
            return
        first = self.up(bench, "a", b"first").item
        bench.bucket.hide("a")
        second = self.up(bench, "a", b"the second").item
        assert bench.bucket.hidden("a") is None
        under = bench.bucket.hidden("a", first.ino)
        assert under is not None
        assert (under.ino, under.size) == (first.ino, 5)
        with pytest.raises(FileNotFoundError):
            bench.bucket.reveal("a", first.ino)
        bench.bucket.hide("a")
        top = bench.bucket.hidden("a")
        assert top is not None
        assert top.ino == second.ino
        assert bench.bucket.reveal("a", first.ino).size == 5
        assert bench.content("a") == b"first"
        assert rels(bench.bucket) == ["a"]
        still = bench.bucket.hidden("a", second.ino)
        assert still is not None

    def test_what_is_hidden_is_removed_for_good(self, bench: Bench) -> None:
        if not bench.bucket.capabilities().versioned:
            return
        first = self.up(bench, "a", b"first").item
        bench.bucket.hide("a")
        second = self.up(bench, "a", b"the second").item
        bench.bucket.hide("a")
        bench.bucket.remove_hidden("a", first.ino)
        assert bench.bucket.hidden("a", first.ino) is None
        top = bench.bucket.hidden("a")
        assert top is not None
        assert top.ino == second.ino
        bench.bucket.remove_hidden("a")
        assert bench.bucket.hidden("a") is None
        with pytest.raises(FileNotFoundError):
            bench.bucket.reveal("a")
        with pytest.raises(FileNotFoundError):
            bench.bucket.remove_hidden("a")

    def test_one_version_is_removed_and_the_other_stands(self, bench: Bench) -> None:
        if not bench.bucket.capabilities().versioned:
            return
        bench.put("a", b"theirs")
        bench.bucket.hide("a")
        stored = self.up(bench, "a", b"ours")
        bench.bucket.remove_version("a", stored.version)
        assert bench.bucket.stat("a") is None
        bench.bucket.remove_version("a", stored.version)
        bench.bucket.reveal("a")
        assert bench.content("a") == b"theirs"

    def test_a_copy_in_parts(self, bench: Bench) -> None:
        """What is larger than the service copies at once is copied part by part, in order, and what is recorded comes along."""
        content = bytes(range(251)) * (2 * bench.part // 251 + 500)
        first = self.up(bench, "large", content)
        before: list[object] = []
        stored = bench.bucket.copy_object("large", bench.bucket, "b/large", token="run-1", began=before.append)
        assert (stored.item.size, stored.hash) == (first.item.size, xxh3(content))
        assert bench.content("b/large") == content
        assert bench.bucket.details("b/large")["token"] == "run-1"
        assert all(under_way == [] for under_way in before)
        bench.put("theirs", b"theirs")
        with pytest.raises(FileExistsError):
            bench.bucket.copy_object("large", bench.bucket, "theirs", token="run-1")
        with pytest.raises(OSError) as caught:
            bench.bucket.copy_object("large", bench.bucket, "c", token="run-1", cancel=lambda: True)
        assert caught.value.errno == errno.ECANCELED
        assert bench.bucket.uploads("c") == bench.bucket.uploads("b/large") == bench.bucket.uploads("theirs") == []
        assert rels(bench.bucket) == ["b/large", "large", "theirs"]

    # Classes and documents.

    def test_another_class(self, bench: Bench) -> None:
        if not bench.bucket.capabilities().storage_classes:
            return
        content = b"content"
        stored = self.up(bench, "a", content, storage_class="STANDARD_IA")
        assert stored.item.storage_class == "STANDARD_IA"
        bench.bucket.forget()
        assert same(bench.bucket.stat("a"), stored.item)
        changed = bench.bucket.set_class("a", "GLACIER_IR", token="run-1")
        assert changed.item.storage_class == "GLACIER_IR"
        assert changed.hash == xxh3(content)
        bench.bucket.forget()
        assert same(bench.bucket.stat("a"), changed.item)
        said = bench.bucket.details("a")
        assert (said["hash"], said["token"]) == (xxh3(content), "run-1")
        assert bench.content("a") == content

    def test_archived_objects_are_verified_then_archived(self, bench: Bench) -> None:
        if not bench.bucket.capabilities().storage_classes:
            return
        stored = self.up(bench, "a", b"content", storage_class="DEEP_ARCHIVE")
        assert stored.item.storage_class == "DEEP_ARCHIVE"
        bench.bucket.forget()
        assert same(bench.bucket.stat("a"), stored.item)
        assert bench.bucket.digest("a") == xxh3(b"content")
        if not bench.bucket.capabilities().restore:
            return
        for verb in (
            lambda: bench.bucket.open("a"),
            lambda: bench.bucket.copy_to("a", bench.folder, "down"),
            lambda: bench.bucket.set_class("a", "STANDARD", token="t"),
            lambda: bench.bucket.copy_object("a", bench.bucket, "b", token="t"),
        ):
            with pytest.raises(BlockingIOError) as caught:
                verb()
            assert "thaw" in str(caught.value)
        bench.bucket.thaw("a", 3, "Bulk")
        bench.bucket.thaw("a", 3, "Bulk")

    def test_documents(self, bench: Bench) -> None:
        rules = '{"Rules":[{"Expiration":{"Days":7},"Filter":{"Prefix":"tmp/"},"ID":"tmp","Status":"Enabled"}]}'
        try:
            assert bench.bucket.read_document("lifecycle") == ""
        except OSError as trouble:
            assert trouble.errno == errno.EOPNOTSUPP
            return
        bench.bucket.write_document("lifecycle", rules)
        assert bench.bucket.read_document("lifecycle") == rules
        bench.bucket.write_document("lifecycle", "")
        assert bench.bucket.read_document("lifecycle") == ""

    def test_there_are_no_folders(self, bench: Bench) -> None:
        assert bench.bucket.writable("any") is None
        assert bench.bucket.fs_of("any") == (bench.bucket.root.fs, "")
        assert bench.bucket.root.kind == "bucket"
        assert bench.bucket.root.fs
        assert not bench.bucket.folds()
        bench.bucket.sync(["any"])
