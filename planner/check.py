"""Check: does every entry stand where it should? What a plan would do, or cannot, is drift, so the two never disagree."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Literal

from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.rules.policies import Violation, violations
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import TEMPORARY, location_of, name, split
from reshelve.schemas.operations import AnyOperation, MakeDir, Move, RemoveDir
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, Where
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.workspace import Policy

DriftState = Literal["pending", "lost", "changed", "blocked", "unknown"]

_STATES: dict[str, DriftState] = {"lost": "lost", "changed": "changed", "unreadable": "unknown", "unknown": "unknown"}
"""Problems of a plan that are about one entry, and the state they put it in."""

_OF_STORES = frozenset({"store-unavailable", "store-unseen"})
"""Problems of a plan whose path is the key of a root."""

_OF_APPLYING = ("entries-held",)
"""Problems that tell what applying a plan leads to."""

_WITHOUT_THEM = "Documents and policies can be checked without the stores: reshelve check --offline"

Places = Callable[[Iterable[str]], Mapping[str, Where]]
"""What tells of many names at once where a document has them; those it does not have are left out."""


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

    `unsound` is what is wrong with the documents themselves. `policies` names those that were asked of the layout.
    `looked`: the stores were looked at; without, nothing is known of drift.
    """

    drift: list[Drift] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unsound: list[Problem] = field(default_factory=list)
    policies: tuple[str, ...] = ()
    satisfied: int = 0
    pending: int = 0
    held: int = 0
    looked: bool = True

    @property
    def broken(self) -> list[Problem]:
        """The violations as problems."""
        return [violation.problem for violation in self.violations]

    def placed(self, entries: Places, stores: Places, policies: Places, most: int | None = None) -> "CheckResult":
        """Return the same, each finding with its line. Without `most`, each is looked for, else the first so many of a kind.

        `entries` tells the line that asks for each of many targets, `stores` the one that declares each of many roots, `policies`
        the one of each policy, given the names of all.
        """
        broken, drifted = self.violations[:most], self.drift[:most]
        asked = entries([*(one.problem.path for one in broken if one.problem.path), *(one.target for one in drifted)])
        declared = stores(problem.path for problem in self.problems if problem.code in _OF_STORES)
        asking = policies(self.policies) if broken else {}
        placed = [one.at(asked.get(one.problem.path), asking.get(one.policy)) for one in broken]
        return replace(
            self,
            drift=[replace(one, where=asked.get(one.target)) for one in drifted] + self.drift[len(drifted) :],
            violations=sorted(placed, key=lambda one: one.problem.order()) + self.violations[len(broken) :],
            problems=[replace(each, where=each.where or declared.get(each.path)) for each in self.problems],
        )


def check(layout: Layout, readers: Readers | None, policies: Sequence[Policy], request: PlanRequest) -> CheckResult:
    """Return drift and broken policies. `readers` None: offline, the documents alone. `request` says what a plan would be for."""
    broken = violations(layout, policies)
    names = tuple(policy.name for policy in policies)
    if readers is None:
        return CheckResult(violations=broken, policies=names, looked=False)
    plan = make_plan(layout, readers, replace(request, policies=()))
    drift = _drift(plan, layout)
    return CheckResult(
        drift=sorted(drift, key=lambda one: (one.target, one.state, one.detail)),
        violations=broken,
        problems=[_as_untold(problem, request) for problem in plan.problems if problem.code not in (*_STATES, *_OF_APPLYING)],
        policies=names,
        satisfied=plan.settled,
        pending=sum(one.state == "pending" for one in drift),
        held=len(plan.held),
    )


def _as_untold(problem: Problem, request: PlanRequest) -> Problem:
    """Return a problem of a plan as one of a check: a plan goes round a disk that is away, but of its entries nothing is known.

    Where no disks are, as in CI, the way on is to do without them.
    """
    if problem.code not in _OF_STORES or problem.severity == "note":
        return problem
    hint = problem.hint if request.against else "\n".join(filter(None, (problem.hint, _WITHOUT_THEM)))
    return replace(problem, hint=hint, severity="error" if problem.code == "store-unavailable" else problem.severity)


def _drift(plan: Plan, layout: Layout) -> list[Drift]:
    dirs = {location.rstrip("/") for location in layout.dirs}
    called_for = (operation for operation in plan.operations if _counts(operation, dirs))
    drift = [Drift(_target(operation), "pending", operation.describe()) for operation in called_for]
    drift += [Drift(one.target or one.source, "blocked", one.detail, hint=one.hint) for one in plan.blocked]
    for problem in plan.problems:
        state = _STATES.get(problem.code)
        if state is not None:
            drift.append(Drift(problem.path, state, problem.detail, hint=problem.hint))
    return drift


def _target(operation: AnyOperation) -> str:
    return location_of(operation.makes or operation.frees or "")


def _counts(operation: AnyOperation, dirs: set[str]) -> bool:
    """Say whether an operation is what the layout asks for, not only a step on the way to it."""
    if isinstance(operation, MakeDir):
        return location_of(operation.dst) in dirs
    if isinstance(operation, RemoveDir):
        return not operation.needs
    return not (isinstance(operation, Move) and name(split(operation.dst)[1]).startswith(TEMPORARY))
