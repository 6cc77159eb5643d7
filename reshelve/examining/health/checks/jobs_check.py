"""Check: scheduled jobs run, end, and end well."""

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.examining.status_and_doctor import job_standings
from reshelve.executors.state.job_marks import output_of
from reshelve.schemas.problems import Problem
from reshelve.views.status import JobStanding


def jobs(sight: Sight) -> CheckResult:
    """Find jobs of `schedule:` whose last run failed or was cut short, and those that should have run and did not."""
    state = sight.session.setting.state.folder
    standings = job_standings(sight.session)
    problems = []
    for job in standings:
        found = _fault(job)
        if found is not None:
            detail, hint = found
            output = hint or f"See {output_of(state, job.name)}"
            problems.append(Problem("job-failed", "A scheduled job needs attention.", detail, f"schedule.{job.name}", output))
    return CheckResult(problems, {"jobs": len(standings), "failed": len(problems)})


def _fault(job: JobStanding) -> tuple[str, str] | None:
    """Return what is wrong with a job and what to do, "" to read its output; None where nothing is."""
    if job.cut_short:
        return f"Its run of {job.started} did not end: the machine went down, or it was killed.", "reshelve status"
    if job.exit:
        return f"Its run of {job.started} ended with exit code {job.exit}.", ""
    if job.overdue:
        hint = "Let cron, systemd or a process call it: reshelve schedule show"
        return f"It should have run at {job.overdue}: nobody starts what is due.", hint
    return None
