"""Check: no project has grown too large."""

import shlex
from collections import Counter

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.schemas import quantities
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem
from reshelve.schemas.quantities import human_size

_GIB = 1 << 30


def storage(sight: Sight) -> CheckResult:
    """Count files and bytes of everything, and of each project. Sizes are what files hold, not what they take on the disk."""
    warn, error = quantities.size(sight.limits.warn_size), quantities.size(sight.limits.error_size)
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    owners = {(project.root, project.rel): project for project in sight.every_project}
    total = files = 0
    for key, item in sight.files():
        total += item.size
        files += 1
        at = item.rel
        while owners:
            at = at.rpartition("/")[0]
            project = owners.get((key, at))
            if project is not None:
                sizes[project.location] += item.size
                counts[project.location] += 1
            if not at:
                break
    projects = {
        location: {"size_gb": round(size / _GIB, 3), "file_count": counts[location]} for location, size in sorted(sizes.items())
    }
    result = CheckResult(figures={"size_gb": round(total / _GIB, 3), "file_count": files, "projects": projects})
    for location, size in sorted(sizes.items()):
        if size > warn:
            grave = size > error
            limit = sight.limits.error_size if grave else sight.limits.warn_size
            name = shlex.quote(printable(location.rpartition("/")[2].rpartition(":")[2]))
            result.problems.append(
                Problem(
                    "project-large",
                    "A project is very large.",
                    f"{human_size(size)} in {counts[location]:,} files; the limit is {limit}.",
                    printable(location),
                    f"reshelve archive {name}" if sight.session.workspace.tiers else f"reshelve cleanup --project {name}",
                    severity="error" if grave else "warning",
                )
            )
    return result
