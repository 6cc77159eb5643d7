"""`file`: file what one is told of by path, as a download client tells of what is complete."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.carry_out_plan import Watcher, cancelling
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.planner.scanners.file_outcomes import HELD
from reshelve.schemas import quantities
from reshelve.schemas.problems import Problem, errors
from reshelve.views.filed import filed_text, standing_text, why_left

if TYPE_CHECKING:
    from reshelve.watching.filing import Filed

_REVIEW = "reshelve scan, then reshelve review"
_FEW = 10
"""Files that are named of those that were left."""


def _seconds(context: click.Context, option: click.Parameter, text: str) -> float:
    try:
        return quantities.age(text)
    except ValueError as fault:
        raise click.BadParameter(str(fault), context, option) from fault


@click.command(epilog=exit_codes.epilog(0, 1, 3, 4, 6, 7, 64, 130))
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--wait",
    default="30s",
    show_default=True,
    callback=_seconds,
    metavar="AGE",
    help="How long to wait for what is still being written, and for another run.",
)
@json_option
@pass_shell
def file(shell: Shell, paths: tuple[str, ...], wait: float) -> int:
    """File exactly the file or folder PATH, which is complete: the program for download clients to run.

    It does what `watch` does, at once and for PATH alone: only files that rules decide with certainty are filed, nothing is
    removed or replaced, and the limits under `watch:` hold. PATH is in a store that `scan:` names. Exits with 1 if anything in it
    was left.

    \b
    Examples:
      reshelve -C /srv/library file "%F"
      reshelve -C /srv/library file "$TR_TORRENT_DIR/$TR_TORRENT_NAME"
    """
    from reshelve.session.told_paths import told_of
    from reshelve.watching.filing_told import file_told

    session = api.open_workspace()
    told = told_of(session.setting, paths)
    with cancelling() as cancel:
        filed = file_told(session, told, Watcher(shell), cancel, wait)
    if filed.report is not None:
        shell.say(filed_text(filed.report))
    shell.say(standing_text(filed.counts, filed.duplicates))
    kept = _kept(shell, filed)
    session.notices.send_briefly()
    run = filed.report.run if filed.report is not None else ""
    code = exit_codes.of_report(filed.report) if filed.report is not None else 0
    return shell.finish(code or (1 if kept else 0), run=run, counts=filed.counts, left=kept)


def _kept(shell: Shell, filed: "Filed") -> int:
    """Say what was not filed, and why. Return how many files that is."""
    from reshelve.views.plans import blocked_problems, held_text

    faults = [*filed.problems, *(blocked_problems(filed.plan) if filed.plan is not None else ())]
    shell.problems([*faults, *(filed.report.failures if filed.report is not None else ())])
    undecided = [Problem("undecided", "A file is for you to decide.", path=source, hint=_REVIEW) for source in filed.undecided]
    waits = [Problem("not-filed", "A file was left.", why_left(one.why), one.location, severity="warning") for one in filed.left]
    if held := filed.counts.get(HELD, 0):
        waits.append(Problem("not-filed", "What an undo took back was left.", held_text(held), hint="reshelve release"))
    left = [replace(problem, severity="warning") for problem in (*undecided, *waits)]
    shell.problems(left[:_FEW] if not shell.json else left)
    shell.say([f"… and {len(left) - _FEW:,} more files were left."] if len(left) > _FEW else [])
    return (
        len(undecided) + len(filed.left) + held + len(errors(faults)) + (len(filed.plan.blocked) if filed.plan is not None else 0)
    )
