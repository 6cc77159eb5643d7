"""The journal: what was synced is read back, and a torn tail is never acted on."""

from pathlib import Path

import pytest

from reshelve.executors.state import run_journal
from reshelve.executors.state.run_journal import Journal
from reshelve.schemas.journal_records import Began, Done, Folders, Intended, MadeFiles, Record

BEGAN = Began("abc", "abcdef", "apply", "", "rollback", "2026-01-02T03:04:05Z", "me", "here", "boot", 1)
RECORDS: list[Record] = [
    BEGAN,
    Folders([("inbox:a\nb", 5)]),
    Intended(3),
    MadeFiles([(1, 2, 3, 4, "xxh3:00")]),
    Done(3, [1]),
]


def written(path: Path, reserve: int = 0) -> None:
    with Journal(path, reserve) as log:
        for record in RECORDS:
            log.write(record)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    written(tmp_path / "j", reserve=1 << 16)
    assert list(run_journal.read(tmp_path / "j")) == RECORDS
    assert (tmp_path / "j").stat().st_size < 1 << 12


def test_a_record_is_there_only_once_synced(tmp_path: Path) -> None:
    log = Journal(tmp_path / "j", reserve=4096)
    log.write(RECORDS[0])
    assert list(run_journal.read(tmp_path / "j")) == []
    log.sync()
    log.write(RECORDS[1])
    log.abandon()
    assert list(run_journal.read(tmp_path / "j")) == RECORDS[:1]


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_torn_tail_is_left_out(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "j"
    written(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    assert list(run_journal.read(path)) == RECORDS[: whole[:-cut].count(b"\n")]


def test_a_flipped_bit_ends_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "j"
    written(path)
    damaged = bytearray(path.read_bytes())
    damaged[len(run_journal.encode(RECORDS[0])) + 12] ^= 1
    path.write_bytes(damaged)
    assert list(run_journal.read(path)) == RECORDS[:1]


def test_it_goes_on_after_the_last_whole_record(tmp_path: Path) -> None:
    path = tmp_path / "j"
    written(path)
    path.write_bytes(path.read_bytes()[:-5] + b"\0" * 40)
    with Journal(path) as log:
        log.write(Done(9))
    assert list(run_journal.read(path)) == [*RECORDS[:-1], Done(9)]
