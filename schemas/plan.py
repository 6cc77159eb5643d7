"""The plan: ordered operations, what must still be true, reasons, problems, and a digest over all of it."""

import shlex
from dataclasses import field
from typing import Literal

from pydantic import ConfigDict

from reshelve.schemas.cost_block import PlanCost
from reshelve.schemas.locations import TEMPORARY, printable, split
from reshelve.schemas.operations import Operation
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Witness

PlanCommand = Literal[
    "apply", "undo", "redo", "organize", "watch", "file", "new", "cleanup", "sync", "clean", "archive", "restore", "backup",
    "trash restore", "trash empty",
]  # fmt: skip


@dataclass(slots=True, frozen=True)
class PlanRoot:
    """A root as planning resolved it: the absolute path (document form), the file system's id, and the folder's inode number.

    `ino` is 0 if it is not known: for a bucket, or a folder that does not exist yet.
    """

    path: str
    fs: str
    ino: int = 0


@dataclass(slots=True, frozen=True)
class Blocked:
    """An entry that the plan leaves out because something is in its way."""

    target: str
    source: str
    code: str
    detail: str
    hint: str = ""


@dataclass(slots=True, frozen=True)
class Waiting:
    """An entry that waits for an archived object (`source`, a place) to be thawed; this does not count as a change.

    `asked` is when it was requested in which `tier`, `ready` about when it can be read (ISO 8601 in UTC); "" if not known.
    """

    target: str
    source: str
    tier: str = ""
    asked: str = ""
    ready: str = ""


@dataclass(slots=True, frozen=True)
class SpaceNeed:
    """Space that a plan needs on one file system, in bytes and new files.

    The free space there changes by itself, so it is not part of a plan.
    """

    fs: str
    root: str
    needs: int
    files: int = 0


@dataclass(slots=True, frozen=True)
class FolderTime:
    """A folder whose modification time an undo restores, if nobody else changed it: from `expect_ns` to `mtime_ns`.

    What restores from the trash, or empties it, keeps the time of the folder that the trash lies in: both are the same then.
    """

    place: str
    expect_ns: int
    mtime_ns: int


@dataclass(slots=True, frozen=True)
class Rested:
    """What operation `op` of an undo brings back was removed because its content (`hash`) was elsewhere; a redo checks again."""

    op: int
    hash: str
    witnesses: tuple[Witness, ...]


@dataclass(slots=True)
class Plan:
    """Ordered operations and everything that ties them to what was seen. A plan is used once.

    Everything an operation touches has its identity (size, mtime_ns, ino); every place it creates must be absent.
    `base` is the id of the last settled run, "" before the first. `of` is the run an undo or redo acts on.
    `against` true: made from a saved inventory, for reading only, never applied. `settled` counts entries already as desired.
    `whole` false: an undo of part of a run. `observed` is the number of files seen per store, the base of `guards.max_delete`.
    `rested` says, for an undo, why the content it brings back had been removed.
    `put_away` are entries of the workspace's layout (target, source) whose files it puts away: they are held once it did.
    `cost` is how it changes the cost of the buckets; null if it touches none, or cost was not requested.
    `known_as` maps, for an undo or redo, root keys of the original run to today's, where they differ.
    `id` is the digest of everything else here; `planfile.seal` computes it.
    """

    version: Literal[1] = 1
    id: str = ""
    command: PlanCommand = "apply"
    of: str = ""
    base: str = ""
    workspace: str = ""
    layout: str = ""
    against: bool = False
    roots: dict[str, PlanRoot] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    space: list[SpaceNeed] = field(default_factory=list)
    folder_times: list[FolderTime] = field(default_factory=list)
    settled: int = 0
    whole: bool = True
    observed: dict[str, int] = field(default_factory=dict)
    max_delete: str = ""
    cost: PlanCost | None = None
    max_cost: str = ""
    rested: list[Rested] = field(default_factory=list)
    known_as: dict[str, str] = field(default_factory=dict)
    put_away: list[tuple[str, str]] = field(default_factory=list)

    __pydantic_config__ = ConfigDict(extra="forbid")

    @property
    def run(self) -> str:
        """The id of the one run this plan may become."""
        return self.id[:12]

    def origin(self, index: int) -> str:
        """The place that what operation `index` takes stood at before the run: one that stepped aside has its name from before."""
        place = self.operations[index].frees or ""
        if split(place)[1].rpartition("/")[2].startswith(TEMPORARY):
            before = (operation.frees for operation in self.operations[:index] if operation.makes == place)
            place = next(before, None) or place
        return place

    def restoring(self, index: int) -> str:
        """Return the command that brings back what operation `index` set aside and the run then kept."""
        return f"reshelve trash restore {shlex.quote(printable(self.origin(index)))} --run {self.run}"

    def can_apply(self) -> bool:
        """Say whether there is anything to do: the only place that decides it."""
        return bool(self.operations)
