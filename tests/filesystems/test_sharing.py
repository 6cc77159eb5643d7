"""Shared blocks, on the file systems that have them: a copy takes no room, and differs from its source from the first write on."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.local_store import LocalStore
from tests.filesystems import mounts
from tests.support.plans import Planning, clock, local, plan_of

SIZE = 8 << 20


@pytest.fixture(params=["xfs", "btrfs"])
def sharing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    try:
        with mounts.KINDS[request.param](tmp_path / "disk") as at:
            yield at
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))


def used(at: Path) -> int:
    os.sync()
    seen = os.statvfs(at)
    return (seen.f_blocks - seen.f_bfree) * seen.f_frsize


@pytest.mark.parametrize("how", ["copy", "reflink"])
def test_a_copy_takes_no_room(sharing: Path, tmp_path: Path, how: str) -> None:
    content = os.urandom(SIZE)
    stores: dict[str, LocalStore] = {"a": local("a", sharing / "a"), "b": local("b", sharing / "b")}
    (sharing / "a/film.mkv").write_bytes(content)
    before = used(sharing)
    report = apply(
        plan_of(stores, Planning(stores).copy("a:film.mkv", "b:film.mkv", how=how)), stores, State(tmp_path / "s"), now=clock
    )
    assert (report.outcome, report.failures) == ("done", [])
    assert used(sharing) - before < SIZE // 4
    assert (sharing / "b/film.mkv").read_bytes() == content
    with (sharing / "b/film.mkv").open("r+b") as file:
        file.write(b"changed")
    assert (sharing / "a/film.mkv").read_bytes() == content


def test_where_blocks_cannot_be_shared_a_reflink_is_refused_and_told(tmp_path: Path) -> None:
    try:
        with mounts.ext4(tmp_path / "disk") as at:
            stores: dict[str, LocalStore] = {"a": local("a", at / "a")}
            (at / "a/film.mkv").write_bytes(b"film")
            plan = plan_of(stores, Planning(stores).copy("a:film.mkv", "a:second.mkv", how="reflink"))
            report = apply(plan, stores, State(tmp_path / "s"), now=clock)
            assert report.outcome == "rolled-back"
            assert "transfer: copy" in report.failures[0].hint
            assert os.listdir(at / "a") == ["film.mkv"]
            stores["a"].close()
    except mounts.CannotMountError as why:
        mounts.unavailable(str(why))
