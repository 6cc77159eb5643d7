"""`apply` and `recover`: carrying out a plan, and settling one that was cut short."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import cast

import click

from reshelve import api
from reshelve.cli import exit_codes, input_documents
from reshelve.cli.carry_out_plan import Watcher, cancelling, carry_out
from reshelve.cli.recover_confirmation import say_and_ask
from reshelve.cli.shared_options import (
    dry_run_option,
    full_option,
    jobs_option,
    json_option,
    max_delete_option,
    on_error_option,
    one_of,
    strict_option,
    yes_option,
)
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.cli.thaw_advice import Waits
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, stop
from reshelve.schemas.run_record import OnError
from reshelve.schemas.run_report import Report
from reshelve.session.applying import How
from reshelve.session.guards import refuse_dry
from reshelve.session.session import Session


@click.command(epilog=exit_codes.epilog(0, 1, 3, 4, 5, 6, 7, 130))
@click.argument("what", metavar="[PLAN|LAYOUT]", required=False, type=click.Path(path_type=Path))
@yes_option
@dry_run_option
@on_error_option
@jobs_option
@max_delete_option
@strict_option
@click.option("--wait", is_flag=True, help="Wait until archived objects are thawed, then plan and apply the rest.")
@json_option
@full_option
@pass_shell
def apply(
    shell: Shell,
    what: Path | None,
    yes: bool,
    on_error: OnError | None,
    jobs: int | None,
    max_delete: str,
    strict: bool,
    wait: bool,
    full: bool,
) -> int:
    """Apply a saved PLAN. Or make a plan from LAYOUT (default: layout.yaml), show it, ask, and apply it.

    A saved plan that is applied with --yes is not shown again; use `reshelve show PLAN`.

    A failed step rolls the whole run back, unless --on-error says otherwise; if the plan is several independent archives,
    uploads or downloads, the others stay. A plan can be applied once, and is refused if
    anything it touches has changed.

    \b
    Examples:
      reshelve apply
      reshelve apply plan.json --yes
      reshelve apply --wait --yes
    """
    session = api.open_workspace()
    shell.problems(session.runs.unknown())
    path = input_documents.must_exist(what) if what else session.layouts.path
    saved = False
    if what and input_documents.is_plan(path):
        plan = input_documents.load_plan(path)
        session.plans.refuse_unfit(plan, str(path))
        saved = True
    else:
        layout, digest = api.layout_with_digest(path, facts=session.plans.uses_facts)
        with shell.working("Planning", session.times()) as seen:
            plan = session.watched(seen).plans.make(layout, digest=digest, max_delete=max_delete)
    carry = partial(
        carry_out, shell, session, yes=yes, full=full, on_error=on_error, jobs=jobs, max_delete=max_delete, strict=strict
    )
    if not wait:
        return carry(plan, brief=saved and yes)
    code = carry(plan, brief=saved and yes, last=False) if plan.can_apply() or plan.blocked else 0
    return code or _the_rest(shell, session, session.layouts.path if saved else path, carry, max_delete)


def _the_rest(shell: Shell, session: Session, path: Path, carry: Callable[..., int], max_delete: str) -> int:
    """Wait, plan and carry out, until nothing of the layout waits any more. Each plan is shown, and asked about, as any other."""
    from reshelve.session.thaw_waiting import until_ready

    def again() -> Plan:
        layout, digest = api.layout_with_digest(path, facts=session.plans.uses_facts)
        return session.plans.make(layout, digest=digest, max_delete=max_delete)

    waits = Waits(shell)
    while True:
        plan = until_ready(again, session.now, waits)
        last = not plan.waiting and not any(operation.op == "thaw" for operation in plan.operations)
        code = carry(plan, last=last)
        if code or last:
            return code


@click.command(epilog=exit_codes.epilog(0, 1, 4, 6, 7))
@one_of(
    "how",
    rollback="Roll back what the run had done.",
    finish="Finish the run.",
    accept="Record what is there if steps or the plan are unknown.",
)
@click.argument("run", required=False, default="")
@yes_option
@click.option("--dry-run", "only_show", is_flag=True, help="Say how far each run got and what would be done with it, and stop.")
@json_option
@pass_shell
def recover(shell: Shell, how: str | None, run: str, yes: bool, only_show: bool) -> int:
    """Settle RUN, or every unsettled run here, after it was cut short by a power loss or a kill.

    What is on the disk decides whether a step was done. How far each run got, and what will be done with it, is said first; on a
    terminal you are asked. Without one it is done at once, also without --yes; --dry-run only says it.

    Without an option, the run's own --on-error decides: `rollback` rolls it back, the others keep what was done.

    \b
    Examples:
      reshelve recover --dry-run
      reshelve recover
      reshelve recover --finish
    """
    sessions = [_of_run(run)] if run else api.near_sessions() or [api.find_session()]
    with ExitStack() as keeping:
        for session in sessions:
            keeping.enter_context(session.setting.state.keeping("all"))
        return _settled(shell, sessions, cast("How | None", how), yes=yes, only_show=only_show)


def _settled(shell: Shell, sessions: Sequence[Session], how: How | None, *, yes: bool, only_show: bool) -> int:
    """Say how far each unsettled run got, ask, and settle it. Returns the exit code."""
    from reshelve.views.ndjson import report_events

    reports, damaged = list[Report](), list[Problem]()

    def told(report: Report) -> None:
        shell.report(report)
        shell.events(report_events(report) if report.outcome == "unsettled" else ())
        reports.append(report)

    cut = [one for session in sessions for one in session.runs.cut_short()]
    if cut and not only_show:
        refuse_dry(shell.environ)
    say_and_ask(shell, cut, how, yes=yes, only_show=only_show)
    if only_show:
        shell.say(["This was a dry run: nothing was settled." if cut else "Nothing to recover: every run has settled."])
        return shell.finish(0, runs=len(cut))
    with cancelling() as cancel:
        watcher = Watcher(shell)
        for session in sessions:
            # Told one by one: another that cannot be settled takes nothing from what is.
            session.runs.recover(how, emit=watcher, cancel=cancel, tell=told)
            session.setting.state.runs(damaged)
            session.notices.send_briefly()
    shell.problems(damaged)
    if not reports and not damaged:
        shell.say(["Nothing to recover: every run has settled."])
    codes = [exit_codes.of_recovery(report) for report in reports]
    return shell.finish(exit_codes.first(codes) or (1 if damaged else 0), runs=len(reports))


def _of_run(run: str) -> Session:
    """Open the session that has a run, wherever its state lies. Raises ReshelveError when none has."""
    session = api.find_session(run=run)
    if not session.history.knows(run):
        detail = f"No run is called {run}, here or of any organize or workspace of yours on this machine."
        raise stop("no-such-run", "No such run.", detail, hint="reshelve log")
    return session
