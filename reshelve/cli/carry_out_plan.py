"""From a plan to its end: shown, asked about, carried out, reported. Every command that changes anything goes this way."""

import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypedDict

from reshelve.cli import exit_codes
from reshelve.cli.apply_confirmation import show_and_ask, show_refused
from reshelve.cli.ending_signals import Request, handled
from reshelve.cli.terminal import Shell
from reshelve.cli.thaw_advice import advise_to_return
from reshelve.executors.runs.run_events import Event
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, errors
from reshelve.schemas.run_record import OnError
from reshelve.schemas.run_report import Report
from reshelve.session.cut_short_runs import refuse_cut_short
from reshelve.session.session import Session

_EACH = "Each archive, upload and download is for itself: if one fails, the others stay."


class RunOptions(TypedDict):
    """What a command that plans and applies in one is told of the run, as its options give it."""

    yes: bool
    full: bool
    on_error: OnError | None
    jobs: int
    max_delete: str
    strict: bool


def carry_out(
    shell: Shell,
    session: Session,
    plan: Plan,
    *,
    yes: bool,
    full: bool = False,
    on_error: OnError | None = "rollback",
    jobs: int | None = None,
    max_delete: str = "",
    question: str = "",
    brief: bool = False,
    strict: bool = False,
    last: bool = True,
    kept: bool = False,
    told: Iterable[Problem] = (),
) -> int:
    """Show a plan, ask, carry out that very plan, and report. Returns the exit code; nothing to do is 0, unasked.

    `strict`: while an entry is blocked, nothing is carried out. `last`: nothing follows a success. `kept`: something asked for is
    not in the plan, and that was said: then a success is 1. `on_error` None: as the plan is, and that is said.
    `told` are the problems that were said before the plan: by one of them something may be left to do that is not in it.
    """
    from reshelve.session.independent_archives import usual_on_error
    from reshelve.views.plan_counts import leave_unmet

    if not plan.can_apply():
        # What looks done may be half done: an empty plan is refused as any other.
        refuse_cut_short(session.setting)
    elif session.setting.state.used(plan.id):
        # Nobody gave a plan: a command given again comes to the plan of its run that was cut short, or is under way.
        session.runs.refuse_unsettled()
    if strict and plan.blocked:
        return _refuse_blocked(shell, plan, full=full)
    usual = usual_on_error(plan)
    note = _EACH if on_error is None and usual == "continue" else ""
    asking = {"yes": yes, "full": full, "brief": brief, "kept": kept or leave_unmet(told)}
    show_and_ask(shell, session, plan, **asking, max_delete=max_delete, question=question, note=note)
    on_error = on_error or usual
    return perform(shell, session, plan, on_error=on_error, jobs=jobs, max_delete=max_delete, last=last, kept=kept)


def advise_to_free(shell: Shell, plan: Plan) -> None:
    """Say, after a run that was to make room, how what it put away frees that: until then it is on the same disk."""
    if any(operation.op == "trash" and operation.kept is None for operation in plan.operations):
        shell.advise([f"Free the space for good with: reshelve trash empty --run {plan.run}"])


def _refuse_blocked(shell: Shell, plan: Plan, *, full: bool) -> int:
    """Say that nothing was done because of what is blocked. Returns the exit code."""
    from reshelve.views.plans import blocked_problems

    show_refused(shell, plan, blocked_problems(plan), full=full)
    entries = "1 entry is" if len(plan.blocked) == 1 else f"{len(plan.blocked):,} entries are"
    hint = "Without --strict, the rest is done." if plan.can_apply() else "There is nothing else to do."
    if errors(plan.problems):
        hint = "What else there is cannot be done either, while the plan has errors."
    shell.problems([Problem("blocked", f"Nothing was done: {entries} blocked.", hint=hint)])
    return shell.finish_plan(1, plan)


def perform(
    shell: Shell,
    session: Session,
    plan: Plan,
    *,
    on_error: OnError = "rollback",
    jobs: int | None = None,
    max_delete: str = "",
    last: bool = True,
    kept: bool = False,
) -> int:
    """Carry out a plan already agreed to, and report how it ended. Returns the exit code. `last`: nothing follows a success.

    Where nothing can be done because all that there was to do is blocked, that is 1; so is a success if something asked for was
    `kept` out of the plan.
    """

    if not plan.can_apply():
        return shell.finish_plan(1 if plan.blocked or kept else 0, plan)
    report = run(shell, session, plan, on_error=on_error, jobs=jobs, max_delete=max_delete)
    code = exit_codes.of_report(report) or (1 if kept else 0)
    if code == 0 and not last:
        return 0
    if code == 0:
        advise_to_return(shell, plan)
        if plan.command in ("apply", "cleanup") and all(operation.op in ("trash", "rmdir") for operation in plan.operations):
            advise_to_free(shell, plan)
    return shell.finish_plan(code, plan, outcome=report.outcome, done=report.done)


def run(
    shell: Shell, session: Session, plan: Plan, *, on_error: OnError = "rollback", jobs: int | None = None, max_delete: str = ""
) -> Report:
    """Carry out a plan that has something to do and was agreed to, and say how it ended. The command goes on after it."""
    with cancelling() as cancel:
        report = session.runs.apply(plan, on_error=on_error, jobs=jobs, max_delete=max_delete, emit=Watcher(shell), cancel=cancel)
    shell.report(report)
    session.notices.send_briefly()
    return report


class Watcher:
    """Watches a run: as events, or as a progress line where somebody watches."""

    def __init__(self, shell: Shell) -> None:
        from reshelve.views import ndjson
        from reshelve.views.progress import progress

        self._shell = shell
        shell.acted = True
        self._events = ndjson.run_events
        self._line = progress(sys.stderr, time.monotonic, shown=shell.watched and not shell.json and not shell.quiet)

    def __call__(self, event: Event) -> None:
        """Take an event. A watcher that has gone away never stops a run."""
        try:
            self._line(event)
            self._shell.events(self._events(event))
        except OSError:
            self._line = _ignored


def _ignored(event: Event) -> None:
    del event


@contextmanager
def cancelling() -> Iterator[threading.Event]:
    """Turn interrupts (Ctrl-C, a closed terminal, a polite kill) into a request to end cleanly, for as long as this lasts."""
    asked = Request()

    def request(number: int) -> None:
        del number
        asked.note()
        os.write(2, b"\nInterrupted: finishing the step under way, then settling. Please wait.\n")

    if threading.current_thread() is not threading.main_thread():
        yield asked.event
        return
    with handled(request):
        yield asked.event
