"""The question before a plan is applied: the plan is shown, what keeps it from being applied is said, and a person agrees."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from reshelve.cli.terminal import Shell
from reshelve.cli.terminal_questions import confirm
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError, errors
from reshelve.session.guards import only_plans
from reshelve.session.session import Session


def show_and_ask(
    shell: Shell,
    session: Session,
    plan: Plan,
    *,
    yes: bool,
    full: bool = False,
    brief: bool = False,
    max_delete: str = "",
    question: str = "",
    note: str = "",
    kept: bool = False,
) -> None:
    """Show a plan, and ask about one that has operations. Raises ReshelveError when it is declined, or cannot be applied now.

    Of a plan that cannot be applied only the errors are shown, unless `full`: why it is refused is not to be searched for.
    `note` is said before the question. `kept`: something asked for is not in the plan.
    """
    dry = _is_dry(shell)
    asked_about = plan.can_apply() and not yes and not dry
    try:
        if asked_about or errors(plan.problems):
            session.plans.ready(plan, max_delete=max_delete)
        elif plan.can_apply():
            session.plans.refuse(plan, max_delete=max_delete)
    except ReshelveError:
        show_refused(shell, plan, errors(plan.problems), full=full)
        raise
    shell.plan(plan, full=full, brief=brief and not dry, kept=kept)
    shell.say([note] if note and plan.can_apply() else [])
    if plan.can_apply():
        end_if_dry(shell, plan)
    if asked_about:
        number = len(plan.operations)
        words = question or ("Apply this operation?" if number == 1 else f"Apply these {number:,} operations?")
        confirm(shell, words, yes=yes, details=lambda: _details(plan))


def end_if_dry(shell: Shell, plan: Plan) -> None:
    """End the command with 0 for `--dry-run`, or where `DRY_RUN` is on: what it would do was shown."""
    if _is_dry(shell):
        from reshelve.views import ndjson

        end_if_only_told(shell, "", ndjson.plan_figures(plan))


def end_if_only_told(shell: Shell, would: str, figures: Mapping[str, Any]) -> None:
    """End the command with 0 and these figures if it is to do nothing, and say what it `would` have done; "" if that was shown."""
    if not _is_dry(shell):
        return
    shell.say([would] if would else [])
    shell.say([f"Nothing was done: {'this was a dry run' if shell.dry_run else 'DRY_RUN is on'}."])
    shell.last_word()
    raise click.exceptions.Exit(shell.finish(0, **figures))


def _is_dry(shell: Shell) -> bool:
    return shell.dry_run or only_plans(shell.environ)


def show_refused(shell: Shell, plan: Plan, why: Sequence[Problem], *, full: bool) -> None:
    """Show what keeps a plan from being applied; the plan itself with `full`, and to programs."""
    if full or shell.json:
        shell.plan(plan, full=full)
    else:
        shell.problems(why)


def _details(plan: Plan) -> Iterator[str]:
    from reshelve.views.plans import plan_text

    return plan_text(plan, full=True)
