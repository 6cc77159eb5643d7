"""`schedule`: the workspace's own commands, run by themselves at their times."""

import shlex
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.ending_signals import asked_to_end
from reshelve.cli.job_commands import job_problems
from reshelve.cli.shared_options import exclude_each_other, json_option, one_of
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.executors.platforms.service_manager import ServiceManager
from reshelve.opening.workspace_log import log_of
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.system_errors import problem_of
from reshelve.session.session import Session
from reshelve.session.undelivered_notices import UndeliveredNotices

_EVERY = 20
"""Seconds between two looks at the clock."""


@click.group(epilog=exit_codes.epilog(*exit_codes.MEANINGS))
def schedule() -> None:
    """Run commands of this workspace automatically, as declared under `schedule:` in reshelve.yaml. See `reshelve help schedule`.

    `schedule show --crontab` prints a line to add with `crontab -e`.

    \b
    Examples:
      reshelve schedule show
      reshelve schedule show --crontab
      reshelve schedule run
    """


@schedule.command(epilog=exit_codes.epilog(0, 1))
@one_of(
    "form",
    crontab="Print only the line for crontab.",
    service="Print only the systemd service.",
    timer="Print only the systemd timer.",
)
@json_option
@pass_shell
def show(shell: Shell, form: str | None) -> int:
    """List the jobs and when each runs next, and print the configuration for cron or systemd.

    \b
    Example:
      reshelve schedule show --timer > ~/.config/systemd/user/reshelve.timer
    """
    from reshelve.scheduling.due_jobs import next_time

    exclude_each_other(**{form or "": form, "json": shell.json})
    session = _session()
    folder = str(session.setting.folder)
    printed = {"crontab": [_crontab(folder)], "service": _service(folder), "timer": _TIMER}
    if form is not None:
        shell.put(printed[form])
        return 0
    for name, job in session.workspace.jobs.items():
        at = next_time(session, job)
        told = at.isoformat(sep=" ", timespec="minutes") if at else "never"
        shell.answer([f"{name}: {printable(job.command)}", f"  {job.when}; next {told}"])
        shell.events([{"type": "job", "name": name, **job.model_dump(), "next": at.isoformat() if at else ""}])
    shell.answer(["", "For crontab:", *printed["crontab"]])
    shell.answer(["", "For systemd, reshelve.service:", *printed["service"], "", "and reshelve.timer:", *printed["timer"]])
    return shell.finish(0, jobs=len(session.workspace.jobs))


@schedule.command(epilog=exit_codes.epilog(*exit_codes.MEANINGS))
@json_option
@pass_shell
def due(shell: Shell) -> int:
    """Run the jobs that are due, one at a time. Let cron call this every minute. If nothing is due, it prints nothing.

    It exits with the jobs' exit code, the most severe of several. While another process runs jobs, it does nothing.

    \b
    Example:
      reshelve schedule due
    """
    session = _session()
    codes = _run_due(shell, session)
    session.notices.send_briefly()
    return shell.finish(exit_codes.first(codes) or next((code for code in codes if code), 0), jobs=len(codes))


@schedule.command(epilog=exit_codes.epilog(0, 1, 130))
@json_option
@pass_shell
def run(shell: Shell) -> int:
    """Run jobs at their times, in the foreground, until SIGTERM or Ctrl-C. A running job finishes first.

    A changed reshelve.yaml takes effect without a restart. While it has an error, or the state cannot be written, no job runs.

    \b
    Example:
      reshelve schedule run
    """
    with asked_to_end() as asked:
        session, manager, notices = _session(), ServiceManager(shell.environ), UndeliveredNotices()
        said: list[Problem] = []
        manager.ready()
        while not asked.event.is_set():
            session, said = _turn(shell, session, asked.event.is_set, said)
            shell.problems(notices.send(session.notices))
            sys.stdout.flush()
            asked.wait(_EVERY)
        manager.ending()
    return shell.finish(exit_codes.code("interrupted") if asked.interrupted else 0)


def _turn(shell: Shell, session: Session, asked: Callable[[], bool], said: list[Problem]) -> tuple[Session, list[Problem]]:
    """Run what is due of the workspace as it is now, and return it; and what kept that from being done, told but if `said`."""
    problems: list[Problem] = []
    try:
        session = _session(session.setting.folder)
        _run_due(shell, session, asked)
    except ReshelveError as error:
        problems = list(error.problems)
    except OSError as error:
        problems = [problem_of(error)]
    if problems != said:
        shell.problems(problems)
        sys.stderr.flush()
    return session, problems


def _session(folder: Path = Path()) -> Session:
    """Open the workspace of a folder, with jobs that can all run. Raises ReshelveError."""
    session = api.open_workspace(folder)
    jobs, file = session.workspace.jobs, session.setting.file
    if not jobs or file is None:
        hint = "Say in reshelve.yaml under `schedule:` what runs when: reshelve help schedule"
        raise stop("no-jobs", "This workspace has no jobs.", "", path=str(file or ""), hint=hint)
    top = click.get_current_context().find_root().command
    if isinstance(top, click.Group) and (wrong := job_problems(session.workspace, top, file)):
        raise ReshelveError(wrong)
    return session


def _run_due(shell: Shell, session: Session, asked: Callable[[], bool] = lambda: False) -> list[int]:
    from reshelve.scheduling.due_jobs import run_due

    codes, log = [], log_of(session.setting)
    for ended in run_due(session, asked):
        codes.append(ended.exit)
        level = "error" if ended.exit not in (0, 2) else "info" if ended.result == "ran" else "warning"
        about = {"command": f"schedule {click.get_current_context().info_name}", "job": ended.name, "due": ended.at}
        log.write(level, "job-ended", "A job ended.", {**about, "result": ended.result, "exit": ended.exit})
        told = f"exit code {ended.exit}" if ended.result == "ran" else "skipped: it was missed"
        shell.say([f"{ended.name}, due {ended.at}: {told}"])
        shell.events([{"type": "job-ended", **asdict(ended)}])
        if ended.exit:
            shell.tell([f"Job {ended.name} ended with exit code {ended.exit}. Its output: {printable(ended.log)}"])
    return codes


def _crontab(folder: str) -> str:
    command = shlex.join([sys.executable, "-m", "reshelve", "-C", folder, "schedule", "due"])
    return "* * * * * " + command.replace("%", r"\%")


def _service(folder: str) -> list[str]:
    words = [sys.executable, "-m", "reshelve", "-C", folder, "schedule", "due"]
    command = " ".join(_unit_word(word) for word in words)
    return ["[Unit]", "Description=Jobs of reshelve", "", "[Service]", "Type=oneshot", f"ExecStart={command}"]


_TIMER = [
    *("[Unit]", "Description=Jobs of reshelve, every minute", "", "[Timer]", "OnCalendar=minutely", "AccuracySec=1s"),
    *("Unit=reshelve.service", "", "[Install]", "WantedBy=timers.target"),
]


def _unit_word(word: str) -> str:
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"'
