"""Check: no run was left unsettled, and what is remembered of runs can be read."""

from dataclasses import replace

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.schemas.problems import Problem, ReshelveError


def runs(sight: Sight) -> CheckResult:
    """Find runs that were cut short, and damaged records of runs."""
    state = sight.session.setting.state
    damaged: list[Problem] = []
    known = state.runs(damaged)
    try:
        unsettled = sight.session.runs.unsettled()
    except ReshelveError as error:
        damaged += error.problems
        unsettled = []
    problems = [replace(problem, severity="error") for problem in [*unsettled, *dict.fromkeys(damaged)]]
    return CheckResult(problems, {"runs": len(known), "unsettled": len(unsettled)})
