"""May this plan run? Every refusal before the first effect, each with one text; `preflight` looks at what the plan touches."""

import os
import shlex
from collections.abc import Callable

from reshelve.executors.runs.preflight import again, check
from reshelve.executors.runs.run_progress import by_journal
from reshelve.executors.state.lock_holders import Holder, is_elsewhere
from reshelve.executors.state.root_locks import holder_of
from reshelve.executors.state.runs_at_work import at_work
from reshelve.executors.state.unsettled_elsewhere import refuse_unsettled_elsewhere
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.cut_short import CutShort, brief_ways
from reshelve.schemas.locations import LOCK, printable
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError, errors, stop

__all__ = [
    "check",
    "refuse_errors",
    "refuse_on_other_host",
    "refuse_unfit",
    "refuse_unsettled",
    "refuse_unsettled_elsewhere",
    "under_way",
    "unsettled",
]


def refuse_unfit(plan: Plan, state: State, workspace: str | None = None, saved: str = "plan.json", *, locked: bool = False) -> None:
    """Raise, of kind "stale", when a plan can never be applied here, in `workspace` (None: whichever), whatever the stores hold.

    While a run of it is under way that is of kind "locked", for then there is nothing to do but to wait; not where the caller
    has `locked` the state itself. `saved` is the file that the plan is in, for the command that makes a new one.
    """
    if plan.against:
        detail = "It was made from a saved inventory."
        raise stop("plan-for-reading", "This plan is for reading only.", detail, hint=_anew(plan, saved), kind="stale")
    if workspace is not None and plan.workspace != workspace:
        detail = f"It was made for {plan.workspace or 'no workspace'}; this is {workspace}."
        raise stop("foreign-plan", "This plan is not this workspace's.", detail, hint=_anew(plan, saved), kind="stale")
    if state.used(plan.id):
        work = at_work(state)
        if not locked and plan.run in state.unsettled():
            refuse_on_other_host(plan.run, state)
            if work.on(plan.run):
                raise under_way(plan.run)
        raise ReshelveError([_used(plan, state, saved)], "stale")


def under_way(run: str) -> ReshelveError:
    """Return the refusal while a living process is at work on a run."""
    hint = "Wait for it to end, then try again. `reshelve status` shows it."
    return stop("locked", "Another run holds the lock.", f"Run {run} is under way.", hint=hint, kind="locked")


def _anew(plan: Plan, saved: str) -> str:
    output = f" -o {shlex.quote(printable(saved))}" if plan.command == "apply" else ""
    return f"Make a new plan: {again(plan)}{output}"


def _used(plan: Plan, state: State, saved: str) -> Problem:
    """Say what became of a plan that was run, and how to do what it would do: that depends on how its run ended."""
    run = next((summary for summary in state.runs([]) if summary.id == plan.run), None)
    summary, show = "This plan was applied already.", f"reshelve show {plan.run}"
    became, hint = "", show
    if run is None or run.lost:
        pass
    elif run.outcome == "unsettled":
        summary, became, hint = "This plan was begun already.", ", which has not settled", f"{brief_ways(run.on_error)}\n{show}"
    elif run.undone_by:
        became, hint = f", which run {run.undone_by} took back", f"Do it again with: reshelve redo {run.undone_by}\n{show}"
    elif run.outcome == "rolled-back":
        summary, became = "This plan was tried already.", ", and all that this run had done was taken back"
        hint = f"{_anew(plan, saved)}\n{show}"
    elif run.outcome == "stopped":
        became, hint = ", which stopped part-way", f"For the rest: {_anew(plan, saved)}\n{show}"
    return Problem("plan-used", summary, f"It was run {plan.run}{became}. A plan is applied once.", hint=hint)


def refuse_errors(plan: Plan) -> None:
    """Raise when a plan lists errors: what it would do is not what its layout asks for."""
    number = len(errors(plan.problems))
    if number:
        detail = f"It lists {number:,} error{'s' if number > 1 else ''}. Nothing was done."
        raise stop("plan-has-errors", "This plan cannot be applied.", detail)


def unsettled(state: State, look: Callable[[str], CutShort] | None = None) -> list[Problem]:
    """Return a problem for every run of this workspace that was cut short, oldest first. One under way here is none of them.

    `look` tells how far one got; without it, its journal does.
    """
    if not state.unsettled():
        return []
    work = at_work(state)
    found = []
    for run in state.unsettled():
        if (holder := work.elsewhere(run)) is not None:
            found.append(_held_there(run, holder, state))
        elif not work.on(run):
            found.append(_cut_short(look(run) if look is not None else by_journal(state, run)))
    return found


def _cut_short(cut: CutShort) -> Problem:
    detail = f"Run {cut.run} was cut short, {cut.progress}. Nothing else can begin before it is settled."
    return Problem("unsettled-run", "A run never settled.", detail, cut.run, cut.ways)


def refuse_on_other_host(run: str, state: State) -> None:
    """Raise ReshelveError of kind "locked" where another machine holds the state for this run: it may still be at work."""
    holder = _on_other_host(state)
    if holder is not None and run in holder.what:
        raise ReshelveError([_held_there(run, holder, state)], "locked")


def _on_other_host(state: State) -> Holder | None:
    holder = holder_of(str(state.folder))
    return holder if holder is not None and is_elsewhere(holder) else None


def _held_there(run: str, holder: Holder, state: State) -> Problem:
    detail = f"{holder.told[0].upper()}{holder.told[1:]} holds run {run}: whether it is still running cannot be seen from here."
    away = printable(os.path.join(state.folder, LOCK))
    hint = (
        f"On {holder.host}: {brief_ways()}\n"
        f"If that machine is gone for good: rm {away}\n"
        "Machines that share this folder through a sync service each need a .reshelve of their own: leave it out of the sync."
    )
    return Problem("run-elsewhere", "Another machine has a run here.", printable(detail), run, hint)


def refuse_unsettled(state: State, look: Callable[[str], CutShort] | None = None) -> None:
    """Raise ReshelveError of kind "unsettled" while a run of this workspace never settled; `look` as for `unsettled`."""
    found = unsettled(state, look)
    if found:
        raise ReshelveError(found[:1], "unsettled")
