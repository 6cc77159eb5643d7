"""The object store contract, fourth part: small objects that people who share a bucket tell each other by."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from reshelve.schemas.inventory import Item
from tests.support.object_bench import Bench, OnBench

MOST = 1 << 20


class ObjectRecords(OnBench):
    """The promises of records: written over what was read alone, as often as there is something new."""

    def test_a_record_is_written_and_renewed(self, bench: Bench) -> None:
        rel = "b63/.reshelve-sync/jan.json"
        with pytest.raises(FileNotFoundError):
            bench.bucket.read_small(rel, MOST)
        number = 0
        for text in (b"one", b"two", b"three", b"two"):
            made = bench.bucket.write_record(rel, text, number)
            assert bench.bucket.read_small(rel, MOST) == (text, made.ino)
            number = made.ino
        found = bench.bucket.look(rel)
        assert isinstance(found, Item)
        assert (found.ino, found.size) == (number, 3)

    def test_a_record_is_written_over_nothing_but_what_was_read(self, bench: Bench) -> None:
        rel = "b63/metadata.json"
        first = bench.bucket.write_record(rel, b"first", 0)
        bench.bucket.write_record(rel, b"theirs", first.ino)
        for over in (0, first.ino):
            with pytest.raises(FileExistsError):
                bench.bucket.write_record(rel, b"mine", over)
        assert bench.bucket.read_small(rel, MOST)[0] == b"theirs"

    def test_two_writers_at_once_lose_nothing(self, bench: Bench) -> None:
        if not self.one_winner:
            pytest.skip("nothing tells on this service that another came between")
        rel = "b63/metadata.json"
        bench.bucket.write_record(rel, b"", 0)

        def add(line: bytes) -> None:
            for _ in range(100):
                text, number = bench.bucket.read_small(rel, MOST)
                try:
                    bench.bucket.write_record(rel, text + line, number)
                except FileExistsError:
                    continue
                return
            raise AssertionError("the other was always first")

        def add_all(mine: list[bytes]) -> None:
            for line in mine:
                add(line)

        lines = [b"%d-%d\n" % (writer, count) for writer in range(2) for count in range(4)]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(add_all, (lines[:4], lines[4:])))
        assert sorted(bench.bucket.read_small(rel, MOST)[0].splitlines(keepends=True)) == lines
