"""Runs: one execution of a plan, as its journal tells it."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Literal

from reshelve.schemas.operations import AnyOperation
from reshelve.schemas.plan import Plan
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Witness

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


def renamed(run: Run, keys: Mapping[str, str]) -> Run:
    """Return a run with other root keys in every place of it, as `keys` tell of those that differ."""
    if all(key == new for key, new in keys.items()):
        return run

    def place(text: str) -> str:
        head, colon, rel = text.partition(":")
        encoded = "%" if head.endswith("%") else ""
        key = head.removesuffix("%")
        return f"{keys.get(key, key)}{encoded}{colon}{rel}" if colon else text

    def witnesses(those: tuple[Witness, ...]) -> tuple[Witness, ...]:
        return tuple(replace(one, place=place(one.place)) for one in those)

    def of(operation: AnyOperation) -> AnyOperation:
        changed: dict[str, Any] = {}
        for name in ("src", "dst", "linked_to"):
            if text := getattr(operation, name, ""):
                changed[name] = place(text)
        if operation.op == "configure":
            changed["root"] = keys.get(operation.root, operation.root)
        elif operation.op == "trash":
            if operation.kept is not None:
                changed["kept"] = replace(operation.kept, place=place(operation.kept.place))
            changed["witnesses"] = witnesses(operation.witnesses)
        return replace(operation, **changed)

    plan = replace(
        run.plan,
        operations=[of(operation) for operation in run.plan.operations],
        folder_times=[replace(time, place=place(time.place)) for time in run.plan.folder_times],
        rested=[replace(one, witnesses=witnesses(one.witnesses)) for one in run.plan.rested],
    )
    return replace(run, plan=plan, folders=[replace(folder, place=place(folder.place)) for folder in run.folders])
