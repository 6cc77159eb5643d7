"""Check: the trash can be read, and holds no original that a run was not sure of."""

import shlex

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, ReshelveError


def trash(sight: Sight) -> CheckResult:
    """Count the trash; find originals that runs kept because their copy was not what they are."""
    try:
        found = sight.session.trash.find(quick=True)
    except ReshelveError as error:
        return CheckResult(list(error.problems))
    # That a store is away is told by another check.
    problems = [problem for problem in found.problems if problem.path.partition(":")[0] in sight.listings]
    for item in found.items:
        if item.why:
            hint = f"reshelve trash restore {shlex.quote(printable(item.original))}"
            detail = f"It was kept: {item.why}."
            problems.append(
                Problem("original-kept", "A run kept an original.", detail, printable(item.original), hint, severity="warning")
            )
    size = sum(item.size for item in found.items)
    return CheckResult(problems, {"files": len(found.items), "size_gb": round(size / (1 << 30), 3)})
