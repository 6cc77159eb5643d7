"""The run report: what one run came to, for people and programs; `report.json` in the run's folder."""

from collections.abc import Sequence
from dataclasses import field
from typing import Literal

from pydantic import ConfigDict

from reshelve.schemas.facts import Facts
from reshelve.schemas.plan import PlanCommand
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import OnError, Outcome

Result = Literal["done", "failed", "unsure", "not-done"]
"""done: it stands done; failed: taken back, and `why` says why; unsure: left as it is; not-done: not begun, or taken back."""


@dataclass(slots=True)
class OperationResult:
    """The result of one operation of a run. `src` and `dst` are places, "" if it has none; `bytes` is how much it transfers.

    `facts` are those of its entry; for a failed one, `why` and `hint` say what stopped it and what to do about it.
    """

    index: int
    op: str
    result: Result
    src: str = ""
    dst: str = ""
    bytes: int = 0
    facts: Facts | None = None
    why: str = ""
    hint: str = ""

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True)
class Report:
    """The outcome of a run. `counts` is operations done, by kind; `moved_bytes` what was renamed, `copied_bytes` what was copied,
    `service_copied_bytes` of it by a service within itself.

    `uploaded_bytes` and `downloaded_bytes` went into and out of buckets.

    Times are ISO 8601 in UTC, `seconds` is wall-clock. `failures` says what went wrong and what to do; `unsure` names places
    that could not be identified and were left as they are; `notes` are worth knowing, but are not failures. `whole` false: an
    undo of part of a run. `results` has one for every operation of its plan, in order; none if its plan is lost. `untouched`:
    it was cut short before it had done anything. `lost`: its plan could not be read, so what it did is not known.
    """

    run: str
    plan: str
    command: PlanCommand
    outcome: Outcome
    on_error: OnError
    started: str
    ended: str
    seconds: float
    of: str = ""
    who: str = ""
    host: str = ""
    operations: int = 0
    done: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    moved_bytes: int = 0
    copied_bytes: int = 0
    service_copied_bytes: int = 0
    uploaded_bytes: int = 0
    downloaded_bytes: int = 0
    trashed_bytes: int = 0
    freed_bytes: int = 0
    failures: list[Problem] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    interrupted: bool = False
    whole: bool = True
    untouched: bool = False
    lost: bool = False
    notes: list[Problem] = field(default_factory=list)
    results: Sequence[OperationResult] = ()
    version: Literal[1] = 1

    __pydantic_config__ = ConfigDict(extra="forbid")
