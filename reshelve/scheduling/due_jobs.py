"""The jobs of a workspace: which are due, and each that is, run as a process of its own, one after the other."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from reshelve.executors.state.job_marks import JobMark, desk, load_mark, output_of, save_mark, stamp
from reshelve.executors.state.state_files import remove_or_put_aside
from reshelve.planner.schedule.due_times import due, known_until, upcoming
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.schedule_settings import Job, times_of, words_of
from reshelve.session.session import Session


@dataclass(slots=True, frozen=True)
class Ended:
    """What became of a job that was due at `at`: "ran" with its exit code, or "skipped" because that time was missed."""

    name: str
    at: str
    result: str
    exit: int = 0
    log: str = ""


def next_time(session: Session, job: Job) -> datetime | None:
    """Return when a job is due next, in the time zone it is meant in."""
    zone = job.zone_in(session.workspace.zone)
    found = upcoming(times_of(job.when), zone, session.now())
    return found.astimezone(zone) if found is not None else None


def run_due(session: Session, stop: Callable[[], bool] = lambda: False) -> Iterator[Ended]:
    """Run what is due, in the order of the workspace, until `stop` says so. A job that is new waits for its next time.

    A time is marked before its job starts: whatever happens, no time is run twice. Where another process runs jobs nothing is done.
    Raises OSError and ReshelveError where marks cannot be kept.
    """
    state = session.setting.state
    state.prepare()
    with desk(state.folder) as place:
        if place is None:
            return
        for name, job in session.workspace.jobs.items():
            if stop():
                return
            now = session.now().astimezone(UTC)
            mark = load_mark(state.folder, name)
            if mark is None:
                save_mark(state.folder, name, JobMark(stamp(now)))
                continue
            zone, told = job.zone_in(session.workspace.zone), datetime.fromisoformat(mark.dealt_with)
            dealt_with = known_until(times_of(job.when), zone, told, now)
            if dealt_with != told:
                save_mark(state.folder, name, replace(mark, dealt_with=stamp(dealt_with)))
                continue
            found = due(times_of(job.when), zone, job.missed, dealt_with, now)
            if found is None:
                continue
            at = stamp(found.at)
            if found.what == "skip":
                save_mark(state.folder, name, replace(mark, dealt_with=at, skipped=at))
                yield Ended(name, at, "skipped")
                continue
            mark = JobMark(at, started=stamp(now), skipped=mark.skipped)
            save_mark(state.folder, name, mark)
            log = output_of(state.folder, name)
            code = _run(session, job, name, place)
            save_mark(state.folder, name, replace(mark, ended=stamp(session.now()), exit=code))
            yield Ended(name, at, "ran", code, str(log))


def _run(session: Session, job: Job, name: str, place: int) -> int:
    """Run a job in the folder of the workspace; its output is kept. It holds the place of who runs jobs as long as it lives."""
    log = output_of(session.setting.state.folder, name)
    remove_or_put_aside(log)
    with log.open("xb") as output:
        command = [sys.executable, "-m", "reshelve", "-C", str(session.setting.folder), *words_of(job.command)]
        code = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, pass_fds=(place,), check=False
        ).returncode
    return code if code >= 0 else 128 - code
