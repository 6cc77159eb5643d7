"""Copies that content rests on, on a file system where a mapping is written to with nothing telling (tmpfs)."""

import mmap
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.inventory import hides_writes
from reshelve.schemas.operations import Trash
from reshelve.schemas.problems import ReshelveError
from tests.support.plans import Planning, clock, local, plan_of
from tests.support.somebody import At

FILM, EDIT = b"the film", b"THE EDIT"


@pytest.fixture
def base() -> Iterator[Path]:
    shm = Path("/dev/shm")
    if not shm.is_dir():
        pytest.skip("needs a tmpfs")
    folder = Path(tempfile.mkdtemp(prefix="reshelve-test-", dir=shm))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("moment", ["before it goes", "as it goes"])
def test_a_copy_that_is_written_to_through_a_mapping_is_read_again(base: Path, moment: str) -> None:
    stores = {key: local(key, base / key) for key in ("inbox", "shelf")}
    if not hides_writes(stores["inbox"].root.fs):
        pytest.skip("/dev/shm is no tmpfs")
    for key in stores:
        (base / key / "film.mkv").write_bytes(FILM)
    planning = Planning(stores)
    with open(base / "shelf" / "film.mkv", "r+b") as file, mmap.mmap(file.fileno(), 0) as mapping:
        mapping[:] = FILM  # from here on no write to it changes its time
        file.close()
        digest = stores["shelf"].digest("film.mkv")
        trash = planning.trash("inbox:film.mkv", hash=digest, witnesses=(planning.witness("shelf:film.mkv"),))
        assert isinstance(trash, Trash)
        plan = plan_of(stores, trash)

        def edit() -> None:
            mapping[:] = EDIT

        if moment == "before it goes":
            edit()
        inbox = At(stores["inbox"], "rename" if moment == "as it goes" else "", "film.mkv", edit)
        try:
            report = apply(plan, {**stores, "inbox": inbox}, State(base / "state"), now=clock)
        except ReshelveError as refused:
            assert refused.kind == "stale"
        else:
            assert report.outcome == "rolled-back", report
    assert (base / "inbox" / "film.mkv").read_bytes() == FILM
    assert (base / "shelf" / "film.mkv").read_bytes() == EDIT
