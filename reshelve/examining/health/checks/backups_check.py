"""Check: every project that has backups still has its folder."""

from reshelve.examining.health.check_inputs import CheckResult, Sight


def backups(sight: Sight) -> CheckResult:
    """Find projects that have archives and whose folder is gone. No archive is read through."""
    if not sight.session.workspace.backups:
        return CheckResult(figures={"gone_count": 0})
    problems = [problem for subject, problem in sight.session.backups.gone() if sight.wants(subject.source)]
    return CheckResult(problems, {"gone_count": len(problems)})
