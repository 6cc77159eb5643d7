"""Generated files by job and project: listed, filed, and moved to the trash at once. Each change is a plan, and can be undone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from typing import Any

from reshelve.executors.state.kept_plans import KeptPlan, KeptPlans
from reshelve.schemas.asset_questions import Wanted
from reshelve.schemas.locations import split
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service import job_models, processes
from reshelve.service.models import PlanAsked
from reshelve.service.plan_kinds import KINDS
from reshelve.service.routes import Answer, Here
from reshelve.views.asset_exports import metadata_record
from reshelve.views.ndjson import problem_event

_FILING = ("move", "copy", "hardlink", "reflink", "symlink")
"""The operations that bring a file to its place."""
_TOLD = ("blocked", "problem")
"""The events about a plan that say why something is not done."""
_WHOLE = "success"
"""The status of what was done, and wholly."""
_LOOK_UP = 0.5
"""Seconds between two looks at whether the service ends."""


@dataclass(slots=True, frozen=True)
class _Done:
    """A plan, the run that it became ("" for none), and the problem of each operation that failed, by its number."""

    kept: KeptPlan
    run: str = ""
    failed: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def operations(self) -> list[dict[str, Any]]:
        """The operations that were done, or would be."""
        found = self.kept.operations(0, self.kept.figures["operations"])
        return [operation for index, operation in enumerate(found) if index not in self.failed]

    @property
    def filed(self) -> list[str]:
        """The paths at which files stand after it."""
        return [self.path(operation["dst"]) for operation in self.operations if operation["op"] in _FILING]

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The events of what was not done, or could not be looked at."""
        return [*(event for event in self.kept.figures["besides"] if event["type"] in _TOLD), *self.failed.values()]

    def status(self, *, dry_run: bool) -> str:
        """Return the status of the answer: no success where something is blocked, failed, or could not be looked at."""
        whole = not (self.kept.figures["unmet"] or self.failed)
        return "planned" if dry_run else _WHOLE if whole else "partial"

    def path(self, location: str) -> str:
        """Return the path of a place on this machine; of a bucket, its address."""
        key, rel = split(location)
        root = self.kept.figures["roots"].get(key, {}).get("path", "")
        return f"{root.rstrip('/')}/{rel}" if root else location


def of_job(here: Here, asked: job_models.JobNamed) -> Answer:
    """List the files of a job; none where no file is of it."""
    files, errors = _records(here, Wanted(job=asked.job_id))
    return Answer(job_models.JobFiles(_whole(errors), asked.job_id, files, len(files), errors))


def of_project(here: Here, asked: job_models.ProjectNamed) -> Answer:
    """List the files of a project; none where no file is of it."""
    files, errors = _records(here, Wanted(project=asked.project_id))
    times = sorted((file["timestamp"] for file in files), key=int)
    return Answer(
        job_models.ProjectFiles(
            _whole(errors),
            asked.project_id,
            files,
            len(files),
            sum(file["file_size"] for file in files),
            dict(Counter(file["file_type"] for file in files)),
            sorted({file["job_id"] for file in files if file["job_id"]}),
            times[0] if times else "",
            times[-1] if times else "",
            errors,
        )
    )


def organize(here: Here, asked: job_models.JobOrganized) -> Answer:
    """File the files of a job."""
    return Answer(_organized(here, asked))


def complete(here: Here, asked: job_models.JobOrganized) -> Answer:
    """File the files of a completed job."""
    done = _organized(here, asked)
    return Answer(replace(done, status="completed") if done.status == _WHOLE else done)


def migrate(here: Here, asked: job_models.Migrated) -> Answer:
    """File what lies about, by the workspace's rules."""
    done = _act(here, PlanAsked("job migrate", project=asked.project_id), dry_run=asked.dry_run)
    files, figures = done.filed, done.kept.figures
    status, left, held = done.status(dry_run=asked.dry_run), figures["left"], figures["held"]
    errors, guards = done.errors, figures["guards"]
    return Answer(job_models.FilesMigrated(status, files, len(files), left, held, errors, guards, done.kept.digest, done.run))


def cleanup(here: Here, asked: job_models.JobsCleaned) -> Answer:
    """Move files of jobs to the trash that nobody changed for long."""
    wanted = PlanAsked("job delete", project=asked.project_id, job=asked.job_id, older_than=f"{asked.days}d")
    return _deleted(here, wanted, dry_run=asked.dry_run)


def delete(here: Here, asked: job_models.JobDeleted) -> Answer:
    """Move the files of a job to the trash."""
    return _deleted(here, PlanAsked("job delete", job=asked.job_id), dry_run=asked.dry_run)


def _organized(here: Here, asked: job_models.JobOrganized) -> job_models.FilesOrganized:
    wanted = PlanAsked("job organize", project=asked.project_id, job=asked.job_id, only=asked.files, newer_than=asked.newer_than)
    done = _act(here, wanted, dry_run=asked.dry_run)
    files, figures = done.filed, done.kept.figures
    return job_models.FilesOrganized(
        done.status(dry_run=asked.dry_run),
        asked.job_id,
        asked.project_id,
        files,
        len(files),
        figures["left"],
        figures["held"],
        done.errors,
        figures["guards"],
        done.kept.digest,
        done.run,
    )


def _deleted(here: Here, wanted: PlanAsked, *, dry_run: bool) -> Answer:
    done = _act(here, wanted, dry_run=dry_run)
    gone = [operation for operation in done.operations if operation["op"] == "trash"]
    files = [done.path(operation["src"]) for operation in gone]
    size = sum(operation.get("size", 0) for operation in gone)
    status, held, guards = done.status(dry_run=dry_run), done.kept.figures["held"], done.kept.figures["guards"]
    return Answer(
        job_models.FilesDeleted(status, files, len(files), size, 0, held, done.errors, guards, done.kept.digest, done.run)
    )


def _act(here: Here, wanted: PlanAsked, *, dry_run: bool) -> _Done:
    """Make a plan and carry it out to its end. Raises ReshelveError where it failed; then a run that was begun was rolled back.

    A plan with errors in which there is nothing to do has failed, too: what was asked for was not done.
    """
    with _turn(here):
        kept = KeptPlans(here.session().setting.state).find(processes.make_plan(here, wanted))
        if dry_run or not kept.figures["changes"]:
            wrong = [] if dry_run else [processes.problem_of(event) for event in _Done(kept).errors if _is_error(event)]
            if wrong:
                raise ReshelveError(wrong)
            return _Done(kept)
        on_error = KINDS[wanted.command].on_error
        words = ("apply", str(kept.file), "--yes", "--json", f"--on-error={on_error}")
        code, printed = processes.run_command(here, words)
    events = processes.events_of(printed)
    ended = any(event.get("type") == "report" for event in events)
    if code != 0 and not (ended and on_error == "continue"):
        problems = [processes.problem_of(event) for event in events if event.get("type") == "problem"]
        raise ReshelveError(problems or [processes.ended(code)], processes.kind_of(code))
    failed = {event["index"]: event["problem"] for event in events if event.get("type") == "operation-failed"}
    return _Done(kept, kept.digest[:12], failed)


@contextmanager
def _turn(here: Here) -> Iterator[None]:
    """Wait until nobody else of this service plans and acts in one. Raises ReshelveError where the service ends meanwhile."""
    while not here.turn.acquire(timeout=_LOOK_UP):
        if here.ending.is_set():
            raise processes.is_ending()
    try:
        yield
    finally:
        here.turn.release()


def _is_error(event: dict[str, Any]) -> bool:
    return (event["type"], event.get("severity")) == ("problem", "error")


def _whole(errors: Sequence[object]) -> str:
    """Return the status of a list, which is no success where something could not be told of it."""
    return "partial" if errors else _WHOLE


def _records(here: Here, wanted: Wanted) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the records of files that stand, and events of what the catalog could not tell."""
    session = here.session()
    roots = {root.key: root.path for root in session.stores.roots()}
    standing = [place for place in session.catalog.assets(wanted) if not place.gone_at and not place.in_trash]
    # What a run that has not ended filed, the catalog does not know yet.
    problems = [*session.catalog.problems, *session.runs.unsettled()]
    return [metadata_record(place, roots) for place in standing], [*map(problem_event, problems)]
