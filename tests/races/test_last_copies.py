"""Between plan and settle: whatever a person does to a copy, at whichever moment, the content that rested on it stays in sight.

At no instant does a content whose author did not remove it exist only in a trash, or in a hidden place, without that being told.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from tests.races.stories import FILM, STORIES, Desk, desk_at
from tests.support.moments import Moments
from tests.support.plans import clock

OTHER = b"not that" * 500


def _rewrite(path: Path) -> None:
    """Put another content into a file, in place, its times kept."""
    seen = path.stat()
    path.write_bytes((OTHER * 9)[: seen.st_size])
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def _replace(path: Path) -> None:
    """Put another file in its place, of the same size and time."""
    seen = path.stat()
    new = path.with_name("new")
    new.write_bytes((OTHER * 9)[: seen.st_size])
    os.utime(new, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    new.rename(path)


DEEDS: dict[str, Callable[[Desk, Path], object]] = {
    "removes": lambda desk, path: path.unlink(),
    "rewrites": lambda desk, path: _rewrite(path),
    "replaces": lambda desk, path: _replace(path),
    "takes": lambda desk, path: path.rename(desk.mine / "mine"),
    "appends to": lambda desk, path: path.open("ab").write(b"more"),
}


def _go(desk: Desk, plan: Plan, moments: Moments) -> str:
    try:
        return apply(plan, moments.over(desk.stores), desk.state, now=clock).outcome
    except ReshelveError as error:
        return error.kind


def moments_of(calm: Moments, until: int, *, few: bool) -> list[int]:
    """Return the moments to try up to one: a fixed choice, with the last ones, or all the others.

    Left out is that between a copy getting its name and the look that follows at once, whose change time is that of the naming.
    """
    named = {number + 1 for number, (method, paths) in enumerate(calm.calls) if method == "rename" and "tmp" in paths[0]}
    return [at for at in range(until + 1) if at not in named and few == (at % 4 == 1 or at > until - 6)]


def rests_on_a_copy_only_while_that_stands(base: Path, story: str, deed: str, *, few: bool) -> None:
    told = STORIES[story]
    calm = Moments()
    with desk_at(base / "calm") as desk:
        assert _go(desk, told.plan(desk), calm) == "done"
        assert FILM in desk.visible()
    watched = max(calm.last(method, told.rests) for method in ("stat", "open"))
    assert watched > 0
    for at in moments_of(calm, watched, few=few):
        with desk_at(base / str(at)) as desk:
            plan = told.plan(desk)

            def meddle(desk: Desk = desk) -> None:
                if desk.path(told.rests).exists() and (story != "undo of a link" or deed in ("removes", "replaces", "takes")):
                    DEEDS[deed](desk, desk.path(told.rests))

            outcome = _go(desk, plan, Moments(at, meddle))
            assert outcome in ("done", "stale", "rolled-back", "error", "unsettled"), (at, outcome)
            assert FILM in desk.visible(), (at, calm.calls[at])
            if desk.state.unsettled():
                recover(desk.state, desk.stores, how="rollback", now=clock)
                assert FILM in desk.visible(), at


def what_goes_is_read_as_it_goes(base: Path, story: str, deed: str, *, few: bool) -> None:
    told = STORIES[story]
    calm = Moments()
    with desk_at(base / "calm") as desk:
        _go(desk, told.plan(desk), calm)
    for at in moments_of(calm, calm.last("stat", told.goes), few=few):
        with desk_at(base / str(at)) as desk:
            plan = told.plan(desk)
            went: list[bytes] = []

            def meddle(desk: Desk = desk, went: list[bytes] = went) -> None:
                path = desk.path(told.goes)
                if path.exists():
                    DEEDS[deed](desk, path)
                    went.append(path.read_bytes())

            _go(desk, plan, Moments(at, meddle))
            hidden = {path.read_bytes() for path in desk.base.rglob("*") if ".reshelve-trash" in path.parts and path.is_file()}
            assert not hidden & set(went) - set(desk.visible()), (at, calm.calls[at])


READ = [name for name in STORIES if "link" not in name and "unpack" not in name]


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("deed", DEEDS)
def test_content_rests_on_a_copy_only_while_that_stands(tmp_path: Path, story: str, deed: str) -> None:
    rests_on_a_copy_only_while_that_stands(tmp_path, story, deed, few=True)


@pytest.mark.parametrize("story", READ)
@pytest.mark.parametrize("deed", ["rewrites", "replaces", "appends to"])
def test_what_goes_is_read_as_it_goes(tmp_path: Path, story: str, deed: str) -> None:
    what_goes_is_read_as_it_goes(tmp_path, story, deed, few=True)


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("deed", DEEDS)
def test_at_every_other_moment_content_rests_on_a_copy_only_while_that_stands(tmp_path: Path, story: str, deed: str) -> None:
    rests_on_a_copy_only_while_that_stands(tmp_path, story, deed, few=False)


@pytest.mark.slow
@pytest.mark.parametrize("story", READ)
@pytest.mark.parametrize("deed", ["rewrites", "replaces", "appends to"])
def test_at_every_other_moment_what_goes_is_read_as_it_goes(tmp_path: Path, story: str, deed: str) -> None:
    what_goes_is_read_as_it_goes(tmp_path, story, deed, few=False)
