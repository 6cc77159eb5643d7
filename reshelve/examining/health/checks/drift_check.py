"""Check: what the layout wants is as it wants it."""

from collections import Counter
from collections.abc import Collection, Sequence

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.planner.check import Drift
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, ReshelveError, Severity, sentence

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
    entries = {*sight.layout.files, *(one.path for one in sight.layout.absent), *(one.rstrip("/") for one in sight.layout.dirs)}
    # What a plan does besides, such as removing emptied folders, is no entry: more pending than there are reads as a mistake.
    states: Counter[str] = Counter(one.state for one in found.drift if one.state != "pending" or one.target in entries)
    result = CheckResult([broken.problem for broken in found.violations], {"entries": sight.layout.asks, **states})
    pending = [one for one in found.drift if one.state == "pending"]
    wrong = [one for one in found.drift if one.state != "pending"]
    result.problems += [_told(one, one.hint or "reshelve check") for one in wrong[:_SHOWN]]
    if pending:
        result.problems.append(_pending(pending, entries, "reshelve recover" if _unsettled(sight) else "reshelve plan"))
    if len(wrong) > _SHOWN:
        detail = f"{len(wrong) - _SHOWN:,} more entries differ."
        result.problems.append(Problem("drift", "More entries differ.", detail, hint="reshelve check", severity="warning"))
    return result


def _told(one: Drift, hint: str) -> Problem:
    severity: Severity = "error" if one.state in ("lost", "changed", "blocked") else "warning"
    return Problem(
        "drift", summary_of(one.state), f"{sentence(one.detail).rstrip('.')}.", printable(one.target), hint, severity=severity
    )


def _pending(pending: Sequence[Drift], entries: Collection[str], hint: str) -> Problem:
    """Return one problem for all that a plan would do: nothing is wrong with them, and one command does them all."""
    if len(pending) == 1:
        return _told(pending[0], hint)
    first, what = pending[0], "entries" if all(one.target in entries for one in pending) else "changes"
    detail = f"A plan brings them to where the layout wants them; the first is {printable(first.target)}."
    return Problem("drift", f"{len(pending):,} {what} are pending.", detail, hint=hint, severity="warning")


def _unsettled(sight: Sight) -> bool:
    """Say whether a run was cut short: nothing can be planned and applied before that is settled."""
    try:
        return bool(sight.session.runs.unsettled())
    except ReshelveError:
        return False  # told by the check of runs
