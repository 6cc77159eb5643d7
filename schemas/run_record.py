"""Runs: one execution of a plan, as its journal tells it."""

from dataclasses import dataclass, field
from typing import Literal

from reshelve.schemas.plan import Plan

Outcome = Literal["done", "rolled-back", "stopped", "unsettled"]
"""done: every operation; rolled-back: none; stopped: those in `done`; unsettled: `recover` must decide."""

OnError = Literal["rollback", "stop", "continue"]


@dataclass(slots=True, frozen=True)
class Made:
    """A file this run made (copied, written or linked): its identity, by which it is known again. `hash` is "xxh3:…" or "",
    of an unpacked folder the record of what is in it (reshelve.schemas.archive_record).

    `version` is the version id of an object, or of the delete marker put over one, in a versioned bucket.
    """

    op: int
    ino: int
    size: int
    mtime_ns: int
    hash: str = ""
    version: str = ""


@dataclass(slots=True, frozen=True)
class FolderTouched:
    """A folder that stood before the run and that the run touched: its modification time before and after."""

    place: str
    before_ns: int
    after_ns: int


@dataclass(slots=True)
class Run:
    """What a run did. `done` holds the indices of the operations that stand done, `unsure` those that could not be told.

    Times are ISO 8601 in UTC. `undone_by` is the run that took this one back, "" while it stands.
    """

    id: str
    plan: Plan
    outcome: Outcome
    on_error: OnError
    started: str
    ended: str = ""
    who: str = ""
    host: str = ""
    done: set[int] = field(default_factory=set)
    unsure: set[int] = field(default_factory=set)
    made: dict[int, Made] = field(default_factory=dict)
    folders: list[FolderTouched] = field(default_factory=list)
    undone_by: str = ""
