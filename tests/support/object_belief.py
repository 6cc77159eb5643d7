"""The object store contract, third part: what is recorded with an object counts only for the content it was recorded with."""

import pytest

from reshelve.executors.archives import packed
from reshelve.executors.contracts.object_store import ObjectStore
from reshelve.schemas.archive_record import content_of, record_of
from reshelve.schemas.verbs import ArchiveFormat
from tests.support.archiving import members_of
from tests.support.object_bench import Bench, OnBench, xxh3


class ObjectBelief(OnBench):
    """The promises about objects that another program wrote anew, with their metadata kept."""

    def both(self, bench: Bench) -> list[ObjectStore]:
        """Return the bucket as this command sees it, and as another does that looks at it anew."""
        bench.bucket.forget()
        return [bench.bucket, bench.again()]

    @pytest.mark.parametrize("parts", [0, 1], ids=["whole", "parts"])
    def test_what_was_written_anew_is_what_it_holds(self, bench: Bench, parts: int) -> None:
        content = b"content" + bytes(bench.part * parts)
        other = b"another" + bytes(bench.part * parts)
        stored = self.up(bench, "a", content)
        for bucket in self.both(bench):
            assert (bucket.digest("a"), bucket.made_by("a")) == (stored.hash, "run-0")
            assert bucket.details("a")["hash"] == stored.hash
        bench.rewrite("a", other)
        for bucket in self.both(bench):
            assert "hash" not in bucket.details("a")
            assert bucket.made_by("a") == ""
            assert bucket.digest("a") == xxh3(other)
            assert bucket.copy_to("a", bench.folder, "down")[1] == xxh3(other)
            bench.folder.remove("down")

    def test_what_copies_and_other_classes_say_is_true_of_what_was_copied(self, bench: Bench) -> None:
        self.up(bench, "a", b"content")
        bench.rewrite("a", b"another")
        for bucket in self.both(bench):
            copied = bucket.copy_object("a", bucket, f"b{id(bucket)}", token="run-1")
            assert copied.hash in ("", xxh3(b"another"))
            assert bench.again().digest(f"b{id(bucket)}") == xxh3(b"another")
        if bench.bucket.capabilities().storage_classes:
            bench.bucket.set_class("a", "STANDARD_IA", token="run-2")
            assert bench.again().digest("a") == xxh3(b"another")

    @pytest.mark.parametrize("form", ["tar.gz", "zip"])
    def test_an_archive_is_what_it_holds(self, bench: Bench, form: ArchiveFormat) -> None:
        bench.folder.make_dir("job")
        bench.write("job/a", b"film")
        members = members_of(bench.folder, "job")
        key, held = f"job.{form}", content_of({"a": xxh3(b"film")})
        bench.bucket.upload_packed("job", bench.folder, key, form, members, token="run-0")
        bench.put(f"theirs.{form}", b"".join(packed(bench.folder, "job", form, members)))
        assert bench.bucket.verified(key) == held
        assert bench.again().verified(key) in (held, "")
        for bucket in self.both(bench):
            for rel in (key, f"theirs.{form}"):
                assert bucket.record(rel) == record_of(members)
                assert [(member.rel, content) for member, content in bucket.archived(rel) if content] == [("a", xxh3(b"film"))]
                assert bucket.verified(rel) == held
        bench.rewrite(key, bytes(len(bench.content(key))))
        for bucket in self.both(bench):
            assert (bucket.record(key), bucket.verified(key)) == ("", "")
            with pytest.raises(OSError):
                bucket.archived(key)

    @pytest.mark.parametrize("parts", [0, 1], ids=["whole", "parts"])
    def test_the_sums_that_a_service_tells_are_those_of_a_file_of_the_same_content(self, bench: Bench, parts: int) -> None:
        content = b"content" + bytes(bench.part * parts)
        self.up(bench, "ours", content)
        bench.put("theirs", content)
        bench.write("here", content)
        bench.write("other", b"x" + content[1:])
        told = {}
        for bucket in self.both(bench):
            for rel in ("ours", "theirs"):
                told[rel] = bucket.checksums(rel)
                assert bucket.was_asked(rel)
                for each in told[rel]:
                    kind = each.partition(":")[0]
                    assert bench.folder.checksum("here", kind) == each != bench.folder.checksum("other", kind)
        assert told["theirs"], "an object that was put whole has an ETag that is its MD5"
        bench.rewrite("ours", b"another")
        bench.bucket.forget()
        assert set(bench.bucket.checksums("ours")).isdisjoint(told["ours"])

    def test_what_is_known_of_an_object_without_reading_it(self, bench: Bench) -> None:
        stored = self.up(bench, "ours", b"content")
        bench.put("theirs", b"content")
        bench.bucket.forget()
        assert (bench.bucket.known_digest("ours"), bench.bucket.known_digest("theirs")) in (
            (stored.hash, ""),
            (stored.hash, stored.hash),  # as an object of the same ETag is
        )
        bench.bucket.digest("theirs")
        assert bench.bucket.known_digest("theirs") == stored.hash
        bench.rewrite("theirs", b"what no other object of this service has held")  # else its ETag tells it
        bench.bucket.forget()
        assert bench.bucket.known_digest("theirs") == ""
