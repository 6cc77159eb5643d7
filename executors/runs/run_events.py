"""Events: what just happened in a run, as values for whoever watches."""

from collections.abc import Callable

from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_report import Report


@dataclass(slots=True, frozen=True)
class RunStarted:
    """A run begins: how many operations, and how many bytes will be copied."""

    run: str
    operations: int
    copy_bytes: int


@dataclass(slots=True, frozen=True)
class Progress:
    """So many operations are done in all, so many bytes copied in all. Sent a batch or a copied chunk at a time, not a file."""

    done: int
    copied_bytes: int


@dataclass(slots=True, frozen=True)
class OperationFailed:
    """Operation number `index` failed."""

    index: int
    problem: Problem


@dataclass(slots=True, frozen=True)
class RollingBack:
    """What was done is being taken back: so many operations to go."""

    remaining: int


@dataclass(slots=True, frozen=True)
class RunSettled:
    """The run has ended, and its journal says how."""

    report: Report


Event = RunStarted | Progress | OperationFailed | RollingBack | RunSettled
Emit = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Take an event and do nothing with it."""
