"""Check: no archive of a project is older than the folder it was made of."""

import shlex

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.schemas.locations import printable
from reshelve.schemas.manifest import FolderCopy, ObjectCopy
from reshelve.schemas.problems import Problem, ReshelveError


def archives(sight: Sight) -> CheckResult:
    """Find projects whose folder changed after their archive was made. Nothing is fetched for it."""
    if not sight.session.workspace.tiers:
        return CheckResult(figures={"projects": 0})
    try:
        made = sight.session.costs.manifest()
    except ReshelveError as error:
        return CheckResult(list(error.problems))
    names = {project.name for project in sight.projects}
    result = CheckResult(figures={"projects": len(made.projects)})
    for project in made.projects:
        copies = list(project.storage.values())
        folders = [copy for copy in copies if isinstance(copy, FolderCopy)]
        archived = [copy for copy in copies if isinstance(copy, ObjectCopy) and not copy.key.endswith("/")]
        if (names and project.id not in names) or not folders or not archived:
            continue
        newest = max(copy.last_used for copy in folders)
        for copy in archived:
            if copy.uploaded_at and copy.uploaded_at < newest:
                detail = f"The archive is of {copy.uploaded_at[:16]}, and the folder was changed on {newest[:16]}."
                hint = f"reshelve archive {shlex.quote(project.id)}"
                place = printable(f"s3://{copy.bucket}/{copy.key}")
                result.problems.append(
                    Problem("archive-stale", "An archive is older than its folder.", detail, place, hint, severity="warning")
                )
    return result
