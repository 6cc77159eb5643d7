"""The object store contract, second part: what changes within a bucket, its versions and classes, and its documents."""

import errno

import pytest

from reshelve.executors.verbs.file_verbs import advice
from tests.support.object_bench import Bench, OnBench, rels, same, xxh3


class ObjectChanges(OnBench):
    """The promises of copies, removals, versions, classes and documents."""

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

    def test_the_version_beneath_an_archived_object(self, bench: Bench) -> None:
        """It is found by its ETag where versions are kept, and copied on top instead of the object that cannot be read."""
        if not bench.bucket.capabilities().storage_classes:
            return
        first = self.up(bench, "a", b"content").item
        assert bench.bucket.beneath("a", first.ino) is None
        bench.bucket.set_class("a", "GLACIER", token="run-1")
        if not bench.bucket.root.versioned:
            assert bench.bucket.beneath("a", first.ino) is None
            return
        under = bench.bucket.beneath("a", first.ino)
        assert under is not None and (under.size, under.storage_class) == (first.size, "STANDARD")
        assert bench.bucket.beneath("a", first.ino + 1) is None
        with pytest.raises(FileNotFoundError):
            bench.bucket.set_class("a", "STANDARD", token="run-2", beneath=first.ino + 1)
        changed = bench.bucket.set_class("a", "STANDARD_IA", token="run-2", beneath=first.ino)
        assert (changed.item.storage_class, changed.hash) == ("STANDARD_IA", xxh3(b"content"))
        assert bench.content("a") == b"content"
        assert bench.bucket.details("a")["token"] == "run-2"

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
            kind, hint = advice(caught.value)
            assert kind == "archived" and "asks for the object" in hint and "reshelve apply --wait" in hint
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
