"""`undo`, `redo`, `log` and `release`: what was done, and taking it back."""

import shlex
from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.apply_confirmation import end_if_dry, end_if_only_told
from reshelve.cli.carry_out_plan import carry_out, perform
from reshelve.cli.runs_of import runs_of
from reshelve.cli.shared_options import age, exclude_each_other, full_option, json_option, yes_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.cli.terminal_questions import confirm
from reshelve.schemas.locations import printable
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem
from reshelve.schemas.quantities import human_size
from reshelve.session.session import Session
from reshelve.views.colour import count

if TYPE_CHECKING:
    from reshelve.executors.state.held_entries import Releasable
    from reshelve.executors.state.run_summaries import RunSummary
    from reshelve.schemas.cut_short import CutShort
    from reshelve.session.session_history import Reading

_by_content_option = click.option(
    "--by-content", is_flag=True, help="Recognize files by content, for a library restored from a backup. Says how much it reads."
)


@click.command(epilog=exit_codes.epilog(0, 1, 3, 4, 5, 6, 7, 130))
@click.argument("run", required=False, default="")
@yes_option
@click.option("--dry-run", "only_show", is_flag=True, help="Show what would be undone, and stop.")
@click.option("--only", multiple=True, metavar="GLOB", help="Only operations whose source or target matches.")
@click.option(
    "--partial", "--force", "partial", is_flag=True, help="Leave files that have changed since, name them, and undo the rest."
)
@click.option("--through", is_flag=True, help="First undo later runs that are in the way, newest first.")
@_by_content_option
@json_option
@full_option
@pass_shell
def undo(
    shell: Shell,
    run: str,
    yes: bool,
    only_show: bool,
    only: tuple[str, ...],
    partial: bool,
    through: bool,
    by_content: bool,
    full: bool,
) -> int:
    """Undo RUN (default: the newest run that is not undone) by an ordinary plan: show it, ask, apply. `redo` reverses it.

    With its id, a run can be undone from any folder; without it, from every folder that the run changed.

    Undone entries are held: not planned again until `reshelve release` or `reshelve redo`. If the undo needs archived objects,
    it only requests their thaw; undo again once they are thawed.

    The files of a library restored from a backup are new files: with --by-content they are recognized by their content.

    \b
    Examples:
      reshelve undo
      reshelve undo 3f9a1c2e --dry-run
      reshelve undo --only '*.srt'
    """
    for flag, given in (("only", only), ("partial", partial)):
        exclude_each_other(**{"through": through, flag: given})
    session = api.find_session(run=run, to="undo")
    if through:
        return _through(shell, session, run, yes=yes, only_show=only_show, full=full, by_content=by_content)
    with session.setting.state.keeping("no facts"):
        plan = session.history.plan_undo(run, only=only, partial=partial, by_content=_reading(shell) if by_content else None)
        if only_show:
            return _shown(shell, plan, full=full)
        return carry_out(shell, session, plan, yes=yes, full=full, question=f"Take back run {plan.of}?")


@click.command(epilog=exit_codes.epilog(0, 1, 3, 4, 5, 6, 7, 130))
@click.argument("run", required=False, default="")
@yes_option
@click.option("--dry-run", "only_show", is_flag=True, help="Show what would be redone, and stop.")
@click.option("--partial", is_flag=True, help="Leave files that have changed since, name them, and redo the rest.")
@_by_content_option
@json_option
@full_option
@pass_shell
def redo(shell: Shell, run: str, yes: bool, only_show: bool, partial: bool, by_content: bool, full: bool) -> int:
    """Redo what RUN, an undo, reversed (default: the newest undo); or redo RUN itself, if it was undone.

    \b
    Examples:
      reshelve redo
      reshelve redo 3f9a1c2e --dry-run
    """
    session = api.find_session(run=run, to="redo")
    plan = session.history.plan_redo(run, partial=partial, by_content=_reading(shell) if by_content else None)
    if only_show:
        return _shown(shell, plan, full=full)
    return carry_out(shell, session, plan, yes=yes, full=full, question=f"Do again what undo {plan.of} took back?")


class _Log(click.Group):
    """Tells who gives the id of a run here which command shows one."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of the arguments. Raises click.UsageError."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            raise click.UsageError(f"`log` lists all runs. To show one: reshelve show {shlex.quote(printable(args[0]))}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=_Log, invoke_without_command=True, epilog=exit_codes.epilog(0, 1, 6, 7))
@json_option
@click.pass_context
def log(context: click.Context) -> int:
    """List the runs, newest first: id, time, command, what was done, and whether it has been undone.

    This includes runs of this workspace, of `reshelve organize` from or into this folder or one above or below it, and of
    workspaces elsewhere that changed one of these.

    \b
    Examples:
      reshelve log
      reshelve log prune --keep 100
    """
    return _listed(context.ensure_object(Shell)) if context.invoked_subcommand is None else 0


@log.command(epilog=exit_codes.epilog(0, 1, 6, 7))
@click.option("--keep", type=click.IntRange(min=1), default=None, metavar="N", help="Keep the newest N runs.")
@click.option("--older-than", callback=age, metavar="AGE", help="Only runs that ended longer ago than this, such as 1y.")
@click.option("--also-undoable", is_flag=True, help="Also runs whose undo would still do something. They can then never be undone.")
@yes_option
@json_option
@pass_shell
def prune(shell: Shell, keep: int | None, older_than: float | None, also_undoable: bool, yes: bool) -> int:
    """Forget old runs. What they did stays as it is, but they can no longer be shown or undone.

    A run is kept while its undo would still do something, while it is unsettled, and while it is needed: for entries that an
    undo holds, or to find files in the trash. A run and its undo are forgotten together. The newest run is always kept.

    \b
    Examples:
      reshelve log prune --keep 100
      reshelve log prune --older-than 1y --yes
    """
    if keep is None and older_than is None:
        raise click.UsageError("Say which runs: --keep N, --older-than AGE, or both.")
    sessions = api.near_sessions() or [api.find_session()]
    chosen = [
        (session, session.pruning.choose(keep=keep, older_than=older_than, also_undoable=also_undoable)) for session in sessions
    ]
    going = sorted((run for _, one in chosen for run in one.go), key=lambda run: run.started, reverse=True)
    kept = {run: why for _, one in chosen for run, why in one.kept.items()}
    _show_pruned(shell, going, kept)
    if not going:
        return shell.finish(0, forgotten=0, kept=len(kept))
    end_if_only_told(shell, "", {"forgotten": 0, "kept": len(kept)})
    confirm(shell, f"Forget {'this run' if len(going) == 1 else f'these {len(going):,} runs'}? It cannot be undone.", yes=yes)
    forgotten = sum(session.pruning.prune(one) for session, one in chosen if one.go)
    shell.say([f"Forgotten: {forgotten:,} {'run' if forgotten == 1 else 'runs'}. Files are as they were."])
    return shell.finish(0, forgotten=forgotten, kept=len(kept))


def _show_pruned(shell: Shell, going: "list[RunSummary]", kept: dict[str, str]) -> None:
    """Show which runs go, and how many stay for which reason."""
    from collections import Counter
    from dataclasses import asdict

    from reshelve.views.runs import log_text

    if going:
        shell.answer(log_text(going, shell.colour))
    else:
        shell.say(["Nothing to forget."])
    same = "kept together with another run"
    why = Counter(same if reason.startswith("run ") else reason.partition(":")[0] for reason in kept.values())
    shell.answer(f"Kept: {count(number, 'run')}: {reason}." for reason, number in why.most_common())
    shell.events({"type": "run", **asdict(run)} for run in going)
    shell.events({"type": "kept-run", "run": run, "why": reason} for run, reason in kept.items())


def _listed(shell: Shell) -> int:
    from dataclasses import asdict, replace

    from reshelve.session.cut_short_runs import by_journal
    from reshelve.views.runs import log_text, with_progress

    damaged: list[Problem] = []
    runs: list[RunSummary] = []
    about: dict[str, dict[str, str]] = {}
    under_way: set[str] = set()
    cut_short: dict[str, CutShort] = {}
    others: list[Problem] = []
    for session in api.near_sessions(every=True, trouble=others) or [api.find_session()]:
        state, where = session.setting.state, runs_of(session)
        work = session.runs.at_work()
        found = state.runs(damaged)
        under_way |= {run.id for run in found if run.outcome == "unsettled" and work.on(run.id)}
        cut_short |= {cut.run: cut for cut in session.runs.cut_short()}
        begun = {run.id: by_journal(session.setting, run.id) for run in found if run.outcome == "unsettled"} | cut_short
        runs += [with_progress(run, begun.get(run.id)) for run in found]
        about |= {run.id: where for run in found if where}
    runs.sort(key=lambda run: run.started, reverse=True)
    if runs or not damaged:
        shell.answer(log_text(runs, shell.colour, under_way, about, cut_short))
    shell.events({"type": "run", **asdict(run), **about.get(run.id, {})} for run in runs)
    shell.problems([*damaged, *(replace(problem, severity="warning") for problem in others)])
    return shell.finish(1 if damaged else 0, runs=len(runs))


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("run", required=False)
@json_option
@pass_shell
def release(shell: Shell, run: str | None) -> int:
    """Allow entries held by RUN, or by an undo of it, to be planned again (default: all that are held).

    \b
    Example:
      reshelve release && reshelve plan
    """
    history = api.find_session(run=run or "").history
    end_if_only_told(shell, f"{_held_text(history.releasable(run))} would be planned again.", {"released": 0})
    released = history.release(run)
    shell.problems(released.damaged)
    shell.say([f"Released: {_held_text(released)} will be planned again."])
    return shell.finish(0, released=released.entries, unknown=released.unknown)


def _held_text(held: "Releasable") -> str:
    """Return what is let go of: how many entries, and whether there is more that cannot be told."""
    known = count(held.entries, "entry", "entries")
    if not held.unknown:
        return known
    return f"{known}, and what the damaged list held," if held.entries else "whatever the damaged list held"


def _reading(shell: Shell) -> "Reading":
    """Return what says how much will be read to know files by their content."""

    def say(files: int, size: int) -> None:
        shell.say([f"Reading {files:,} {'file' if files == 1 else 'files'} ({human_size(size)}) to know them by their content."])

    return say


def _through(shell: Shell, session: Session, run: str, *, yes: bool, only_show: bool, full: bool, by_content: bool) -> int:
    """Undo several runs, newest first: each plan can only be made once the run after it is taken back."""
    reading = _reading(shell) if by_content else None
    runs = session.history.through(run, restored=by_content)
    plan = session.history.plan_undo(runs[0], by_content=reading)
    if only_show:
        shell.say([f"These runs would be taken back, newest first: {', '.join(runs)}. The first:", ""])
        return _shown(shell, plan, full=full)
    shell.plan(plan, full=full)
    end_if_dry(shell, plan)
    confirm(shell, f"Take back {count(len(runs), 'run')} ({', '.join(runs)})?", yes=yes)
    for at, one in enumerate(runs):
        plan = plan if at == 0 else session.history.plan_undo(one, by_content=reading)
        last = at == len(runs) - 1 or bool(plan.waiting)
        if at and plan.waiting:
            shell.plan(plan, full=full)
        code = perform(shell, session, plan, last=last)
        if code or last:
            return code
    return 0


def _shown(shell: Shell, plan: Plan, *, full: bool) -> int:

    shell.plan(plan, full=full)
    return shell.finish_plan(0, plan)
