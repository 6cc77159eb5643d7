"""`status` and `doctor`: how things stand, and what would keep reshelve from working."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, ReshelveError

if TYPE_CHECKING:
    from reshelve.examining.findings import Finding
    from reshelve.executors.state.run_summaries import RunSummary


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[PATH]")
@json_option
@pass_shell
def status(shell: Shell, folder: Path | None) -> int:
    """Show the stores and their free space, the last run, held entries, unsettled runs, locks, and the trash.

    With PATH, show what is in that folder, without a workspace: files and sizes by kind, the largest, oldest and newest, the
    folders that a scan leaves alone, and the runs in its log. Nothing is written.

    \b
    Examples:
      reshelve status
      reshelve status ~/Downloads
    """
    if folder is not None:
        return _look_at(shell, folder)
    from reshelve.examining.status_and_doctor import status as examined
    from reshelve.views.status import status_text

    session = api.find_session()
    found = examined(session)
    shell.answer(status_text(found, shell.colour))
    shell.events([{"type": "status", **{name: value for name, value in asdict(found).items() if name != "problems"}}])
    # In words, those of this workspace have their line already.
    told = () if shell.json or shell.quiet else found.unsettled
    shell.problems(problem for problem in found.problems if problem.code != "unsettled-run" or problem.path not in told)
    return shell.finish(1 if any(problem.severity == "error" for problem in found.problems) else 0)


def _look_at(shell: Shell, folder: Path) -> int:
    """Show what a folder holds. Returns the exit code."""
    from reshelve.views.folders import figures_event, figures_text

    runs = _runs_at(folder)
    for figures in api.open_folder(folder).stores.figures():
        shell.answer(figures_text(figures, runs, shell.colour))
        shell.events([figures_event(figures, runs)])
        for rel, why in figures.unreadable.items():
            detail, path = f"{why}. Nothing in it was counted.", rel or figures.path
            shell.problems([Problem("unreadable", "A folder cannot be read.", detail, path, severity="warning")])
    return shell.finish(0)


def _runs_at(folder: Path) -> "list[RunSummary]":
    """Return the runs that the log of a folder lists, newest first; what is wrong with them is for `log` to say."""
    try:
        sessions = api.near_sessions(folder, every=True, trouble=[])
    except ReshelveError:
        return []
    found = [run for session in sessions for run in session.setting.state.runs([])]
    return sorted(found, key=lambda run: run.started, reverse=True)


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.option("--suggest", is_flag=True, help="Also ask the model of `suggest:` one small question, which costs a few tokens.")
@click.option("--probe", is_flag=True, help="Also test what each bucket's service supports, on keys that are removed again.")
@click.option(
    "--accept", multiple=True, metavar="FOLDER", help="Accept the disk that FOLDER of a store is on now as the right one."
)
@json_option
@pass_shell
def doctor(shell: Shell, suggest: bool, probe: bool, accept: tuple[str, ...]) -> int:
    """Find problems that would keep reshelve from working here: machine, stores, space, locks, runs. Nothing is written,
    except with --probe, which puts small test objects in each bucket and removes them, and with --accept: if another disk is in
    the place of a store's folder than in the last run, it is refused until you confirm that it is the right one.

    \b
    Examples:
      reshelve doctor
      reshelve doctor --suggest
      reshelve doctor --probe
      reshelve doctor --accept tv/attic
    """
    from reshelve.examining.status_and_doctor import accept_disks, as_problem, examine, machine
    from reshelve.views import ndjson

    if accept:
        accept_disks(api.near_sessions(), accept)

    try:
        session = api.find_session()
    except ReshelveError as error:
        found = list(machine())
        problems = error.problems
    else:
        found = list(examine(session))
        problems = []
        if suggest:
            from reshelve.examining.model_trial import examine_suggestions

            found += examine_suggestions(session)
        if probe:
            from reshelve.examining.service_trial import examine_services

            found += examine_services(session)
    for finding in found:
        shell.say([f"{'ok  ' if finding.well else 'BAD '} {printable(finding.what)}: {printable(finding.how)}"])
        if not finding.well and finding.advice:
            shell.say(f"       {printable(line)}" for line in finding.advice.splitlines())
    shell.events(_event(finding) for finding in found)
    if shell.json:
        # In words it was said above; a program finds it where every other command puts what is wrong.
        shell.events(ndjson.problem_event(as_problem(finding)) for finding in found if not finding.well)
    ill = sum(not finding.well for finding in found)
    wrong = ill + len(problems)
    if shell.quiet and not shell.json:
        problems = [*(as_problem(finding) for finding in found if not finding.well), *problems]
    shell.problems(problems)
    if problems and not shell.quiet and not shell.json:
        shell.tell([f"{wrong} to look at."])  # beside what is to be looked at
    else:
        shell.say(["Everything is well." if not wrong else f"{wrong} to look at."])
    return shell.finish(1 if wrong else 0, findings=len(found), bad=ill)


def _event(finding: "Finding") -> dict[str, Any]:
    """Return a finding as an event; advice is for what is not well."""
    return {"type": "finding", **asdict(finding), "advice": "" if finding.well else finding.advice}
