"""`backup`: what happens to archives while a question waits. None goes to the trash for a newer one that is not whole any more."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.backups import archives, backup_desk, declare, in_bucket, put, rows, run
from tests.support.casebuckets import CaseBuckets
from tests.support.shellcalls import Came, Meanwhile, call

KEEP = "keep: {daily: {keep_last: 1}}"
HERE, COPIES = f'of: "work:{{project}}", {KEEP}', f'of: "work:{{project}}", copies: ["vault:{{project}}"], {KEEP}'


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return backup_desk(tmp_path)


def zeroed(path: Path) -> None:
    """Write as many zeros over a file, its times kept."""
    seen = path.stat()
    path.write_bytes(bytes(seen.st_size))
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


DEEDS: dict[str, Callable[[Path], object]] = {
    "removed": lambda path: path.unlink(),
    "zeroed": zeroed,
    "truncated": lambda path: path.write_bytes(b""),
    "moved away": lambda path: path.rename(path.parents[3] / "away"),
}


def asked(desk: Path, *args: str, at: int, done: Callable[[], object]) -> Came:
    """Call `backup`, `done` by somebody before the answer number `at`, from 0."""

    def meanwhile(number: int) -> None:
        if number == at:
            done()

    return call(desk, "backup", *args, answers=Meanwhile("y\n" * 9, meanwhile))


def two(desk: Path, deed: str, *folders: str) -> tuple[bytes, Came]:
    """Back up once, then again, and do something to the new archive in these folders before the last question is answered."""
    run(desk)
    first = archives(desk)[0].read_bytes()
    put(desk, "b63/f0", "more")

    def done() -> None:
        for folder in folders:
            DEEDS[deed](archives(desk, folder)[-1])

    return first, asked(desk, at=len(folders), done=done)


@pytest.mark.parametrize("deed", DEEDS)
def test_old_archives_stay_where_the_newest_is_not_whole_any_more(desk: Path, deed: str) -> None:
    declare(desk, HERE)
    first, came = two(desk, deed, "work/b63/Backups")
    assert archives(desk)[0].read_bytes() == first, came
    assert came.code in (3, 5), came
    assert "2.tar.gz" in came.out + came.err


@pytest.mark.parametrize("deed", DEEDS)
def test_old_copies_stay_where_the_newest_is_not_whole_any_more(desk: Path, deed: str) -> None:
    declare(desk, COPIES)
    first, came = two(desk, deed, "work/b63/Backups", "vault/b63")
    assert archives(desk)[0].read_bytes() == first, came
    assert archives(desk, "vault/b63")[0].read_bytes() == first, came
    assert came.code in (3, 5), came


def test_one_that_was_zeroed_before_with_its_times_kept_lets_none_go(desk: Path) -> None:
    declare(desk, 'of: "work:{project}"')
    run(desk)
    put(desk, "b63/f0", "more")
    run(desk)
    zeroed(archives(desk)[-1])
    declare(desk, f'of: "work:{{project}}", {KEEP}, schedule: "off"')
    came = call(desk, "backup", "due", "--yes")
    assert len(archives(desk)) == 2, came
    assert came.code == 3, came
    run(desk, "verify", code=1)
    assert call(desk, "backup", "due", "--yes").code == 0
    assert len(archives(desk)) == 2


def test_one_that_was_only_touched_is_read_again_and_counts(desk: Path) -> None:
    declare(desk, HERE)
    run(desk)
    put(desk, "b63/f0", "more")
    came = asked(desk, at=1, done=lambda: archives(desk)[-1].chmod(0o600))
    assert came.code == 0, came
    assert len(archives(desk)) == 1


def test_what_the_newest_builds_on_has_to_be_whole_too(desk: Path) -> None:
    declare(desk, 'of: "work:{project}", keep: {daily: {keep_last: 1}, incremental: {keep_last: 1}}')
    run(desk)
    put(desk, "b63/f1", "one")
    run(desk, "--kind", "incremental")
    run(desk)
    put(desk, "b63/f1", "two")
    daily, incremental, new = archives(desk)
    came = asked(desk, "--kind", "incremental", at=1, done=lambda: zeroed(new))
    assert daily.exists() and incremental.exists(), came
    assert came.code == 3, came


def test_a_redo_lets_old_archives_go_only_while_the_newest_is_whole(desk: Path) -> None:
    declare(desk, HERE)
    run(desk)
    put(desk, "b63/f0", "more")
    run(desk)
    assert call(desk, "undo", "--yes").code == 0
    assert len(archives(desk)) == 2
    assert call(desk, "redo", "--yes").code == 0
    assert len(archives(desk)) == 1
    assert call(desk, "undo", "--yes").code == 0
    zeroed(archives(desk)[-1])
    came = call(desk, "redo", "--yes")
    assert len(archives(desk)) == 2, came
    assert came.code != 0


@pytest.mark.parametrize("versioned", [True, False], ids=["versioned", "unversioned"])
def test_old_copies_in_a_bucket_stay_where_the_newest_is_gone(desk: Path, versioned: bool) -> None:
    buckets = CaseBuckets()
    if not versioned:
        buckets.lay("s3://kept unversioned\n")
    declare(desk, f'of: "work:{{project}}", copies: ["cloud:b/{{project}}"], {KEEP}')
    in_bucket(desk, "{s3: kept}")

    def there() -> list[str]:
        keys = buckets.service("kept").keys
        return sorted(key for key, versions in keys.items() if key.startswith("b/") and not versions[-1].marker)

    with buckets.served():
        run(desk)
        (old,) = there()
        put(desk, "b63/f0", "more")
        came = asked(desk, at=2, done=lambda: buckets.service("kept").keys.pop(there()[-1]))
    assert there() == [old], came
    assert came.code in (3, 5), came


def test_what_is_damaged_before_it_is_copied_is_told_as_that(desk: Path) -> None:
    declare(desk, COPIES)
    run(desk)
    put(desk, "b63/f0", "more")

    def damage() -> None:
        made = archives(desk)[-1]
        made.write_bytes(bytes(made.stat().st_size))

    came = asked(desk, at=1, done=damage)
    assert came.code == 5, came
    told = came.out + came.err
    assert "not-copied" in told and "backup verify" in told
    assert "are whole, and count" not in told and "can be reached" not in told and "reshelve plan" not in told
    assert len(archives(desk)) == 2 and len(archives(desk, "vault/b63")) == 1


def test_a_copy_of_what_was_zeroed_with_its_times_kept_does_not_count(desk: Path) -> None:
    declare(desk, COPIES)
    run(desk)
    first = archives(desk)[0].read_bytes()
    put(desk, "b63/f0", "more")
    came = asked(desk, at=1, done=lambda: zeroed(archives(desk)[-1]))
    assert came.code != 0, came
    told = came.out + came.err
    assert "backup-damaged" in told and "are whole, and count" not in told and "Traceback" not in told
    assert archives(desk)[0].read_bytes() == archives(desk, "vault/b63")[0].read_bytes() == first
    assert [row["state"] for row in rows(desk, "list") if "_2" in row["name"] and row["folder"] == "vault:b63"] != ["verified"]
