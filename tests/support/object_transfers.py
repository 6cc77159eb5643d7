"""The object store contract, first part: what is seen of a bucket, and what goes up into it and comes down."""

import errno
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from reshelve.executors.contracts.object_store import Stored
from tests.support.object_bench import HOUR_AGO, NAMES, Bench, OnBench, rels, same, xxh3


class ObjectTransfers(OnBench):
    """The promises of reads, uploads and downloads."""

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
        assert [item.rel for item in bench.bucket.walk(enter=lambda rel: rel != "a/b").items] == ["a-b", "a.d/x", "a/d"]

    def test_reshelves_own_is_left_out(self, bench: Bench) -> None:
        for rel in (".reshelve-trash/run/f", "b/.reshelve-run-1.tmp", "b/x", ".reshelve/catalog.db"):
            bench.put(rel, b"x")
        assert rels(bench.bucket) == ["b/x"]
        assert bench.bucket.names("") == {"b", ".reshelve"}
        assert rels(bench.bucket, ".reshelve-trash") == [".reshelve-trash/run/f"]

    def test_keys_that_are_no_paths_are_set_aside(self, bench: Bench) -> None:
        odd = [rel for rel in ("/top", "a//b", "a/./dot", "a/../b", "in/full/") if rel.startswith(self.odd_keys)]
        if not odd:
            pytest.skip("the service makes paths of all keys")
        for rel in ("a/c", "in/file", *odd):
            bench.put(rel, b"1234")
        bench.put("in/empty/", b"")
        assert rels(bench.bucket) == ["a/c", "in/file"]
        assert [(item.rel, item.size) for item in bench.bucket.walk().odd] == [(rel, 4) for rel in sorted(odd)]
        assert bench.bucket.odd() == bench.bucket.walk().odd
        assert rels(bench.bucket, "a") == ["a/c"]
        assert [item.rel for item in bench.bucket.walk("a").odd] == [rel for rel in sorted(odd) if rel.startswith("a/")]
        bench.bucket.forget()
        assert bench.bucket.odd() == []
        assert bench.bucket.names("a") == {"c"}
        assert [item.rel for item in bench.bucket.odd()] == [rel for rel in sorted(odd) if rel.startswith("a/")]
        assert bench.bucket.names("") == {"a", "in"}
        assert [item.rel for item in bench.bucket.odd()] == [rel for rel in sorted(odd) if not rel.startswith("in/")]

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
