"""Journal records: what a run writes down, in order, so that any later process can tell what it did.

Each record is one JSON line; `t` names it. `reshelve.executors.state.run_journal` adds a check sum to each line.
"""

from dataclasses import field
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from reshelve.schemas.plan import PlanCommand
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import OnError, Outcome


@dataclass(slots=True, frozen=True)
class Began:
    """A run begins: the plan next to this journal, by whom, on which host and boot, in which process."""

    run: str
    plan: str
    command: PlanCommand
    of: str
    on_error: OnError
    at: str
    who: str
    host: str
    boot: str
    pid: int
    t: Literal["began"] = "began"

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True, frozen=True)
class Folders:
    """Folders about to be changed for the first time: place and current modification time (ns)."""

    before: list[tuple[str, int]]
    t: Literal["folders"] = "folders"


@dataclass(slots=True, frozen=True)
class Intended:
    """Operations up to (not including) `until` may have begun from here on."""

    until: int
    t: Literal["intended"] = "intended"


@dataclass(slots=True, frozen=True)
class MadeFiles:
    """Files this run made: operation, inode, size, mtime_ns, hash. Written before such a file gets its final name.

    `versions` are the version ids of objects and delete markers, by operation.
    """

    files: list[tuple[int, int, int, int, str]]
    versions: dict[int, str] = field(default_factory=dict)
    t: Literal["made"] = "made"


@dataclass(slots=True, frozen=True)
class Uploading:
    """Operation `op` is about to begin an upload in parts; `foreign` are uploads that others have already begun at its key."""

    op: int
    foreign: list[str]
    t: Literal["uploading"] = "uploading"

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True, frozen=True)
class Done:
    """Operations up to `until` are done and their folders synced, except for those in `without`.

    `unsure` are those of `without` of which it could not be told whether they are done: to be looked at again.
    `aside` has, by operation, the change times (ns) of sources that nobody wrote to between being copied and being set aside;
    `returned` those of what came out of a trash folder, as its rename left them.
    """

    until: int
    without: list[int] = field(default_factory=list)
    aside: dict[int, int] = field(default_factory=dict)
    returned: dict[int, int] = field(default_factory=dict)
    unsure: list[int] = field(default_factory=list)
    t: Literal["done"] = "done"


@dataclass(slots=True, frozen=True)
class Failed:
    """Operation `op` failed and was itself rolled back."""

    op: int
    code: str
    detail: str
    path: str
    hint: str = ""
    t: Literal["failed"] = "failed"


@dataclass(slots=True, frozen=True)
class Undoing:
    """The run is being rolled back from here on.

    `returned` has what no `done` has; 0 is of what somebody had changed by then.
    """

    returned: dict[int, int] = field(default_factory=dict)
    t: Literal["undoing"] = "undoing"


@dataclass(slots=True, frozen=True)
class Undone:
    """Operations from `down_to` on are rolled back and their folders synced."""

    down_to: int
    t: Literal["undone"] = "undone"


@dataclass(slots=True, frozen=True)
class Committed:
    """Every operation that will be done is done: files set aside may be removed. From here the run can only be finished."""

    outcome: Outcome
    t: Literal["committed"] = "committed"


@dataclass(slots=True, frozen=True)
class Left:
    """Changed folders that still exist: place and modification time (ns) as the run leaves them."""

    after: list[tuple[str, int]]
    t: Literal["left"] = "left"


@dataclass(slots=True, frozen=True)
class Settled:
    """The run has ended. `done` has ranges [from, until) of operations that are done; `unsure` those not identified."""

    outcome: Outcome
    at: str
    done: list[tuple[int, int]]
    unsure: list[int] = field(default_factory=list)
    t: Literal["settled"] = "settled"


@dataclass(slots=True, frozen=True)
class Doubted:
    """From here on, operations are identified by what is there, not by this journal: it is damaged or may be incomplete.

    `why` says what is damaged, "" if nothing visibly is.
    """

    why: str
    t: Literal["doubted"] = "doubted"

    __pydantic_config__ = ConfigDict(extra="forbid")


Record = Annotated[
    Began | Folders | Intended | MadeFiles | Uploading | Done | Failed | Undoing | Undone | Committed | Left | Settled | Doubted,
    Field(discriminator="t"),
]
