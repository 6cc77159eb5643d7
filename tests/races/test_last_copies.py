"""Between plan and settle: whatever a person does to a copy, at whichever moment, the content that rested on it stays in sight.

At no instant does a content whose author did not remove it exist only in a trash, or in a hidden place, without that being told.
"""

import os
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from reshelve.executors.runs.apply import apply
from reshelve.executors.runs.recover import recover
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.local_store import LocalStore
from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.planner.undo.undo_plan import make_undo
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.locations import split
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError
from tests.support.moments import Moments
from tests.support.plans import clock, local

FILM = b"the film" * 500
OTHER = b"not that" * 500


class Desk:
    """An inbox and a shelf, with one film."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.stores: dict[str, LocalStore] = {key: local(key, base / key) for key in ("inbox", "shelf")}
        self.state = State(base / "state")
        self.mine = base / "mine"
        self.mine.mkdir()
        self.lay("inbox:a.mkv")

    def path(self, place: str) -> Path:
        root, rel = split(place)
        return self.base / root / rel

    def lay(self, place: str, content: bytes = FILM) -> None:
        path = self.path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(10**18, 10**18 + len(place)))

    def plan(self, *absent: Absent, **files: Entry) -> Plan:
        for store in self.stores.values():
            store.forget()
        named = {f"shelf:{name.replace('__', '/').replace('_', '.')}": entry for name, entry in files.items()}
        plan = make_plan(Layout(files=named, absent=list(absent)), self.stores, PlanRequest())
        assert plan.operations
        assert not plan.blocked
        return plan

    def done(self, plan: Plan) -> str:
        report = apply(plan, self.stores, self.state, now=clock)
        assert report.outcome == "done", report.failures
        return report.run

    def undo(self, run: str, command: str = "undo") -> Plan:
        for store in self.stores.values():
            store.forget()
        return make_undo(self.state.run(run), [], self.stores, command=command, base=self.state.base(), workspace="")  # type: ignore[arg-type]

    def visible(self) -> list[bytes]:
        """Every content in sight: of files, and in archives, but for the trash and what has a name of reshelve's own."""
        found = []
        for root in (self.base / "inbox", self.base / "shelf", self.mine):
            for path in root.rglob("*"):
                if not path.is_file() or any(part.startswith(".reshelve") for part in path.relative_to(root).parts):
                    continue
                if path.name.endswith(".tar.gz"):
                    try:
                        with tarfile.open(path) as archive:
                            found += [file.read() for member in archive if (file := archive.extractfile(member)) is not None]
                    except (tarfile.TarError, EOFError, OSError):
                        pass
                else:
                    found.append(path.read_bytes())
        return found


@dataclass(frozen=True)
class Story:
    """A plan in which content goes because it stands elsewhere: `goes` rests on what is at `rests`."""

    plan: Callable[[Desk], Plan]
    goes: str
    rests: str


def _already_there(desk: Desk) -> Plan:
    desk.lay("shelf:a.mkv")
    return desk.plan(a_mkv=Entry(source="inbox:a.mkv"))


def _with_copies(desk: Desk) -> Plan:
    desk.lay("shelf:a.mkv")
    return desk.plan(Absent("inbox:a.mkv", copies=["shelf:a.mkv"]))


def _copied_first(desk: Desk) -> Plan:
    return desk.plan(Absent("inbox:a.mkv", copies=["shelf:a.mkv"]), a_mkv=Entry(source="inbox:a.mkv", transfer="copy"))


def _packed(desk: Desk) -> Plan:
    desk.path("inbox:a.mkv").unlink()
    desk.lay("inbox:b40/a.mkv")
    return desk.plan(b40_tar_gz=Entry(source="inbox:b40/", pack="tar.gz"))


def _archive_stands(desk: Desk) -> Plan:
    desk.path("inbox:a.mkv").unlink()
    desk.lay("inbox:b40/a.mkv")
    desk.done(desk.plan(b40_tar_gz=Entry(source="inbox:b40/", pack="tar.gz", transfer="copy")))
    return desk.plan(b40_tar_gz=Entry(source="inbox:b40/", pack="tar.gz"))


def _undo_of(transfer: str) -> Callable[[Desk], Plan]:
    return lambda desk: desk.undo(desk.done(desk.plan(a_mkv=Entry(source="inbox:a.mkv", transfer=transfer))))  # type: ignore[arg-type]


def _undo_of_pack(desk: Desk) -> Plan:
    desk.path("inbox:a.mkv").unlink()
    desk.lay("inbox:b40/a.mkv")
    return desk.undo(desk.done(desk.plan(b40_tar_gz=Entry(source="inbox:b40/", pack="tar.gz", transfer="copy"))))


def _undo_of_unpack(desk: Desk) -> Plan:
    _undo_of_pack(desk)
    shutil.rmtree(desk.path("inbox:b40"))
    for store in desk.stores.values():
        store.forget()
    layout = Layout(files={"inbox:back/": Entry(unpack="shelf:b40.tar.gz")})
    return desk.undo(desk.done(make_plan(layout, desk.stores, PlanRequest())))


def _redone(desk: Desk) -> Plan:
    return desk.undo(desk.done(desk.undo(desk.done(_already_there(desk)))), "redo")


STORIES = {
    "already there": Story(_already_there, "inbox:a.mkv", "shelf:a.mkv"),
    "already there, redone": Story(_redone, "inbox:a.mkv", "shelf:a.mkv"),
    "with copies": Story(_with_copies, "inbox:a.mkv", "shelf:a.mkv"),
    "copied first": Story(_copied_first, "inbox:a.mkv", "shelf:a.mkv"),
    "packed": Story(_packed, "inbox:b40/a.mkv", "shelf:b40.tar.gz"),
    "archive stands": Story(_archive_stands, "inbox:b40/a.mkv", "shelf:b40.tar.gz"),
    "undo of a copy": Story(_undo_of("copy"), "shelf:a.mkv", "inbox:a.mkv"),
    "undo of a link": Story(_undo_of("hardlink"), "shelf:a.mkv", "inbox:a.mkv"),
    "undo of a pack": Story(_undo_of_pack, "shelf:b40.tar.gz", "inbox:b40/a.mkv"),
    "undo of an unpack": Story(_undo_of_unpack, "inbox:back/a.mkv", "shelf:b40.tar.gz"),
}
"""The explicit list: every way in which content is let go of because it stands elsewhere."""


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


def moments_of(calm: Moments, until: int, *, every: bool) -> list[int]:
    """Return the moments to try up to one: all of them, or a fixed choice, the last ones always.

    Left out is that between a copy getting its name and the look that follows at once, whose change time is that of the naming.
    """
    named = {number + 1 for number, (method, paths) in enumerate(calm.calls) if method == "rename" and "tmp" in paths[0]}
    return [at for at in range(until + 1) if at not in named and (every or at % 4 == 1 or at > until - 6)]


def rests_on_a_copy_only_while_that_stands(base: Path, story: str, deed: str, *, every: bool) -> None:
    told = STORIES[story]
    calm = Moments()
    desk = Desk(base / "calm")
    assert _go(desk, told.plan(desk), calm) == "done"
    assert FILM in desk.visible()
    watched = max(calm.last(method, told.rests) for method in ("stat", "open"))
    assert watched > 0
    for at in moments_of(calm, watched, every=every):
        desk = Desk(base / str(at))
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
        shutil.rmtree(base / str(at))


def what_goes_is_read_as_it_goes(base: Path, story: str, deed: str, *, every: bool) -> None:
    told = STORIES[story]
    calm = Moments()
    desk = Desk(base / "calm")
    _go(desk, told.plan(desk), calm)
    for at in moments_of(calm, calm.last("stat", told.goes), every=every):
        desk = Desk(base / str(at))
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
        shutil.rmtree(base / str(at))


READ = [name for name in STORIES if "link" not in name and "unpack" not in name]


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("deed", DEEDS)
def test_content_rests_on_a_copy_only_while_that_stands(tmp_path: Path, story: str, deed: str) -> None:
    rests_on_a_copy_only_while_that_stands(tmp_path, story, deed, every=False)


@pytest.mark.parametrize("story", READ)
@pytest.mark.parametrize("deed", ["rewrites", "replaces", "appends to"])
def test_what_goes_is_read_as_it_goes(tmp_path: Path, story: str, deed: str) -> None:
    what_goes_is_read_as_it_goes(tmp_path, story, deed, every=False)


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("deed", DEEDS)
def test_at_every_moment_content_rests_on_a_copy_only_while_that_stands(tmp_path: Path, story: str, deed: str) -> None:
    rests_on_a_copy_only_while_that_stands(tmp_path, story, deed, every=True)


@pytest.mark.slow
@pytest.mark.parametrize("story", READ)
@pytest.mark.parametrize("deed", ["rewrites", "replaces", "appends to"])
def test_at_every_moment_what_goes_is_read_as_it_goes(tmp_path: Path, story: str, deed: str) -> None:
    what_goes_is_read_as_it_goes(tmp_path, story, deed, every=True)
