"""Stories in which content goes because it stands elsewhere, on a small desk of real folders."""

import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reshelve.executors.runs.apply import apply
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.local_store import LocalStore
from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.planner.undo.undo_plan import make_undo
from reshelve.schemas.inventory import proof
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.locations import split
from reshelve.schemas.plan import Plan
from reshelve.schemas.verbs import Witness
from tests.support.memory_folder import memory_folder
from tests.support.plans import clock, local

FILM = b"the film" * 500


class Desk:
    """An inbox and a shelf, with one film."""

    def __init__(self, base: Path, state: Path) -> None:
        self.base = base
        self.stores: dict[str, LocalStore] = {key: local(key, base / key) for key in ("inbox", "shelf")}
        self.state = State(state)
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


@contextmanager
def desk_at(base: Path) -> Iterator[Desk]:
    """Set up a desk in `base`, its state in memory, and clear both away."""
    with memory_folder() as memory:
        yield Desk(base, memory / "state")
    shutil.rmtree(base)


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


def _brought_by_a_twin(desk: Desk) -> Plan:
    desk.lay("inbox:b.mkv")
    return desk.plan(Absent("inbox:a.mkv", copies=["shelf:a.mkv"]), a_mkv=Entry(source="inbox:b.mkv"))


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


def _earlier_backup(desk: Desk) -> Plan:
    """An archive goes by rule, for one packed after it."""
    desk.path("inbox:a.mkv").unlink()
    desk.lay("inbox:b40/a.mkv")
    for name in ("first_tar_gz", "later_tar_gz"):
        desk.done(desk.plan(**{name: Entry(source="inbox:b40/", pack="tar.gz", transfer="copy")}))
    shutil.rmtree(desk.path("inbox:b40"))
    for store in desk.stores.values():
        store.forget()
    item = desk.stores["shelf"].stat("later.tar.gz")
    assert item is not None
    later = Witness("shelf:later.tar.gz", item.size, item.mtime_ns, item.ino, proof(item), holding="whole")
    layout = Layout(absent=[Absent("shelf:first.tar.gz")])
    return make_plan(layout, desk.stores, PlanRequest(later={"shelf:first.tar.gz": (later,)}))


STORIES = {
    "already there": Story(_already_there, "inbox:a.mkv", "shelf:a.mkv"),
    "already there, redone": Story(_redone, "inbox:a.mkv", "shelf:a.mkv"),
    "with copies": Story(_with_copies, "inbox:a.mkv", "shelf:a.mkv"),
    "copied first": Story(_copied_first, "inbox:a.mkv", "shelf:a.mkv"),
    "brought by a twin": Story(_brought_by_a_twin, "inbox:a.mkv", "shelf:a.mkv"),
    "packed": Story(_packed, "inbox:b40/a.mkv", "shelf:b40.tar.gz"),
    "archive stands": Story(_archive_stands, "inbox:b40/a.mkv", "shelf:b40.tar.gz"),
    "undo of a copy": Story(_undo_of("copy"), "shelf:a.mkv", "inbox:a.mkv"),
    "undo of a link": Story(_undo_of("hardlink"), "shelf:a.mkv", "inbox:a.mkv"),
    "undo of a pack": Story(_undo_of_pack, "shelf:b40.tar.gz", "inbox:b40/a.mkv"),
    "earlier backup": Story(_earlier_backup, "shelf:first.tar.gz", "shelf:later.tar.gz"),
    "undo of an unpack": Story(_undo_of_unpack, "inbox:back/a.mkv", "shelf:b40.tar.gz"),
}
"""The explicit list: every way in which content is let go of because it stands elsewhere."""
