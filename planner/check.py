"""Check: does every entry stand where it should? What a plan would do, or cannot, is drift, so the two never disagree."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.rules.policies import violations
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import TEMPORARY, join, name, split, store_of
from reshelve.schemas.operations import AnyOperation, MakeDir, Move, RemoveDir
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, Where
from reshelve.schemas.workspace import Policy

DriftState = Literal["pending", "lost", "changed", "blocked", "unknown"]

_STATES: dict[str, DriftState] = {"lost": "lost", "changed": "changed", "unreadable": "unknown", "unknown": "unknown"}
"""Problems of a plan that are about one entry, and the state they put it in."""


@dataclass(slots=True, frozen=True)
class Drift:
    """One entry that is not as desired. pending: a plan would see to it; lost, changed, blocked, unknown: no plan can as it is.

    `hint` is what to do about one that no plan sees to. `where` is the line of the layout that asks for it, once it was looked for.
    """

    target: str
    state: DriftState
    detail: str
    where: Where | None = None
    hint: str = ""


@dataclass(slots=True)
class CheckResult:
    """What a check came to. `satisfied`, `pending` and `held` count entries; `problems` are what else a plan would say.

    `looked`: the stores were looked at; without, nothing is known of drift.
    """

    drift: list[Drift] = field(default_factory=list)
    violations: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    satisfied: int = 0
    pending: int = 0
    held: int = 0
    looked: bool = True

    def placed(self, places: Callable[[Iterable[str]], Mapping[str, Where]]) -> "CheckResult":
        """Return the same, each finding about an entry with the line that asks for it: `places` tells it of many at once."""
        lines = places([*(broken.path for broken in self.violations), *(drift.target for drift in self.drift)])
        return replace(
            self,
            drift=[replace(drift, where=lines.get(drift.target)) for drift in self.drift],
            violations=[replace(broken, where=broken.where or lines.get(broken.path)) for broken in self.violations],
        )


def check(layout: Layout, readers: Readers | None, policies: Sequence[Policy], request: PlanRequest) -> CheckResult:
    """Return drift and broken policies. `readers` None: offline, the documents alone. `request` says what a plan would be for."""
    broken = violations(layout, policies)
    if readers is None:
        return CheckResult(violations=broken, looked=False)
    plan = make_plan(layout, readers, replace(request, policies=()))
    drift = _drift(plan, layout)
    return CheckResult(
        drift=sorted(drift, key=lambda one: (one.target, one.state, one.detail)),
        violations=broken,
        problems=[_as_untold(problem) for problem in plan.problems if problem.code not in _STATES],
        satisfied=plan.settled,
        pending=sum(one.state == "pending" for one in drift),
        held=len(plan.held),
    )


def _as_untold(problem: Problem) -> Problem:
    """Return a problem of a plan as one of a check: a plan goes round a disk that is away, but of its entries nothing is known."""
    away = problem.code == "store-unavailable" and problem.severity == "warning"
    return replace(problem, severity="error") if away else problem


def _drift(plan: Plan, layout: Layout) -> list[Drift]:
    dirs = {location.rstrip("/") for location in layout.dirs}
    called_for = (operation for operation in plan.operations if _counts(operation, dirs))
    drift = [Drift(_target(operation), "pending", operation.describe()) for operation in called_for]
    drift += [Drift(one.target or one.source, "blocked", one.detail) for one in plan.blocked]
    for problem in plan.problems:
        state = _STATES.get(problem.code)
        if state is not None:
            drift.append(Drift(problem.path, state, problem.detail, hint=problem.hint))
    return drift


def _target(operation: AnyOperation) -> str:
    return _location(operation.makes or operation.frees or "")


def _counts(operation: AnyOperation, dirs: set[str]) -> bool:
    """Say whether an operation is what the layout asks for, not only a step on the way to it."""
    if isinstance(operation, MakeDir):
        return _location(operation.dst) in dirs
    if isinstance(operation, RemoveDir):
        return not operation.needs
    return not (isinstance(operation, Move) and name(split(operation.dst)[1]).startswith(TEMPORARY))


def _location(place: str) -> str:
    root, rel = split(place)
    return join(store_of(root), rel)
