"""`undo`, `redo`, `log` and `release`: what was done, and taking it back."""

from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.carry_out_plan import carry_out, perform
from reshelve.cli.confirmation import confirm
from reshelve.cli.shared_options import full_option, json_option, yes_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem
from reshelve.session.session import Session

if TYPE_CHECKING:
    from reshelve.executors.state.workspace_state import RunSummary


@click.command(epilog=exit_codes.epilog(0, 1, 3, 4, 5, 6, 7, 130))
@click.argument("run", required=False, default="")
@yes_option
@click.option("--dry-run", "only_show", is_flag=True, help="Show what would be undone, and stop.")
@click.option("--only", multiple=True, metavar="GLOB", help="Only operations whose source or target matches.")
@click.option(
    "--partial", "--force", "partial", is_flag=True, help="Leave what changed since where it is, name it, and undo the rest."
)
@click.option("--through", is_flag=True, help="Undo later runs that are in the way first, the newest first.")
@json_option
@full_option
@pass_shell
def undo(
    shell: Shell, run: str, yes: bool, only_show: bool, only: tuple[str, ...], partial: bool, through: bool, full: bool
) -> int:
    """Undo RUN (default: the newest run that is not undone) by an ordinary plan: show it, ask, apply. `redo` reverses it.

    A run of `reshelve organize` can be undone by its id from any folder.

    Undone entries are held: not planned again until `reshelve release` or `reshelve redo`. If the undo needs archived objects,
    it only requests their thaw; undo again once they are thawed.

    \b
    Examples:
      reshelve undo
      reshelve undo 3f9a1c2e --dry-run
      reshelve undo --only '*.srt'
    """
    session = api.find_session(run=run, to="undo")
    if through:
        return _through(shell, session, run, yes=yes, only_show=only_show, full=full)
    plan = session.history.plan_undo(run, only=only, partial=partial)
    if only_show:
        return _shown(shell, plan, full=full)
    return carry_out(shell, session, plan, yes=yes, full=full, question=f"Take back run {plan.of}?")


@click.command(epilog=exit_codes.epilog(0, 1, 3, 4, 5, 6, 7, 130))
@click.argument("run", required=False, default="")
@yes_option
@json_option
@full_option
@pass_shell
def redo(shell: Shell, run: str, yes: bool, full: bool) -> int:
    """Redo what RUN, an undo, took back (default: the newest undo); or redo RUN itself, if it was undone.

    \b
    Examples:
      reshelve redo
      reshelve redo 3f9a1c2e
    """
    session = api.find_session(run=run, to="redo")
    plan = session.history.plan_redo(run)
    return carry_out(shell, session, plan, yes=yes, full=full, question=f"Take back the undo {plan.of}?")


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@json_option
@pass_shell
def log(shell: Shell) -> int:
    """List the runs, newest first: id, time, command, what was done, and whether it has been undone.

    Those of this workspace, and of every `reshelve organize` from or into this folder, one above it or one below it.

    \b
    Example:
      reshelve log
    """
    from dataclasses import asdict

    from reshelve.views import log_text

    damaged: list[Problem] = []
    runs: list[RunSummary] = []
    about: dict[str, dict[str, str]] = {}
    under_way = set()
    for session in api.near_sessions() or [api.find_session()]:
        state, made_for = session.setting.state, session.setting.made_for
        found = state.runs(damaged)
        runs += found
        if made_for is not None:
            about |= {run.id: {"source": str(made_for.source), "dest": str(made_for.dest)} for run in found}
        under_way.add(session.runs.under_way())
    runs.sort(key=lambda run: run.started, reverse=True)
    if runs or not damaged:
        shell.say(log_text(runs, shell.colour, under_way, about))
    shell.events({"type": "run", **asdict(run), **about.get(run.id, {})} for run in runs)
    shell.problems(damaged)
    return shell.finish(1 if damaged else 0, runs=len(runs))


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("run", required=False)
@json_option
@pass_shell
def release(shell: Shell, run: str | None) -> int:
    """Let the entries that undoing RUN (default: any run) took back be planned again.

    \b
    Example:
      reshelve release && reshelve plan
    """
    count = api.find_session(run=run or "").history.release(run)
    shell.say([f"Released: {count:,} {'entry' if count == 1 else 'entries'} will be planned again."])
    return shell.finish(0, released=count)


def _through(shell: Shell, session: Session, run: str, *, yes: bool, only_show: bool, full: bool) -> int:
    """Undo several runs, newest first: each plan can only be made once the run after it is taken back."""
    runs = session.history.through(run)
    plan = session.history.plan_undo(runs[0])
    if only_show:
        shell.say([f"These runs would be taken back, newest first: {', '.join(runs)}. The first:", ""])
        return _shown(shell, plan, full=full)
    shell.plan(plan, full=full)
    confirm(shell, f"Take back {len(runs)} runs ({', '.join(runs)})?", yes=yes)
    for at, one in enumerate(runs):
        plan = plan if at == 0 else session.history.plan_undo(one)
        last = at == len(runs) - 1 or bool(plan.waiting)
        if at and plan.waiting:
            shell.plan(plan, full=full)
        code = perform(shell, session, plan, last=last)
        if code or last:
            return code
    return 0


def _shown(shell: Shell, plan: Plan, *, full: bool) -> int:
    from reshelve.views import ndjson

    shell.plan(plan, full=full)
    return shell.finish(0, **ndjson.plan_figures(plan))
