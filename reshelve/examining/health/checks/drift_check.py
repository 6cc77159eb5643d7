"""Check: what the layout wants is as it wants it."""

from collections import Counter

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, ReshelveError

_SHOWN = 100
"""Entries named; more are counted."""


def summary_of(state: str) -> str:
    """Return what is said of an entry in such a state."""
    return f"An entry is {state}."


def drift(sight: Sight) -> CheckResult:
    """Find entries that do not stand as the layout says: lost, changed, blocked are errors; what a plan would do, a warning."""
    if sight.layout is None:
        return CheckResult(figures={"entries": 0})
    try:
        found = sight.session.layouts.check(sight.layout)
    except ReshelveError as error:
        return CheckResult(list(error.problems))
    found.drift = [one for one in found.drift if sight.wants(one.target)]
    states: Counter[str] = Counter(one.state for one in found.drift)
    result = CheckResult([broken.problem for broken in found.violations], {"entries": len(sight.layout.files), **states})
    pending = "reshelve recover" if _unsettled(sight) else "reshelve plan"
    for one in found.drift[:_SHOWN]:
        worse = one.state in ("lost", "changed", "blocked")
        hint = pending if one.state == "pending" else one.hint or "reshelve check"
        result.problems.append(
            Problem(
                "drift",
                summary_of(one.state),
                f"{one.detail.rstrip('.')}.",
                printable(one.target),
                hint,
                severity="error" if worse else "warning",
            )
        )
    if len(found.drift) > _SHOWN:
        detail = f"{len(found.drift) - _SHOWN:,} more entries differ."
        result.problems.append(Problem("drift", "More entries differ.", detail, hint="reshelve check", severity="warning"))
    return result


def _unsettled(sight: Sight) -> bool:
    """Say whether a run was cut short: nothing can be planned and applied before that is settled."""
    try:
        return bool(sight.session.runs.unsettled())
    except ReshelveError:
        return False  # told by the check of runs
