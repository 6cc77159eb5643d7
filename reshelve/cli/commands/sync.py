"""`sync`: what several people share of a project, by way of a bucket."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.apply_confirmation import show_and_ask
from reshelve.cli.shared_options import age, full_option, jobs_option, json_option, yes_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.planner.sync.decisions import DOWN, UP, Wish
from reshelve.planner.sync.sync_entries import BOTH
from reshelve.schemas.locations import printable
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError, Severity, errors, stop
from reshelve.schemas.run_record import OnError
from reshelve.session.session import Session
from reshelve.session.sync_look import Look
from reshelve.session.sync_sides import Looked

_CODES = exit_codes.epilog(0, 1, 3, 4, 5, 6, 7, 130)
_BOTH = "both"
_LONGEST_LINK = 7 * 86_400
_MOST_NAMED = 10


class SyncCommands(click.Group):
    """Takes what is no command for the projects of a sync both ways: `sync b63` as well as `sync up b63`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in that is left out."""
        words = [arg for arg in args if not arg.startswith("-")]
        asks = any(arg in ("-h", "--help") for arg in args)
        if not (words and words[0] in self.commands) and (words or not asks):
            args = [_BOTH, *args]
        return super().parse_args(ctx, args)


@click.group(cls=SyncCommands, subcommand_metavar="[COMMAND] [PROJECT]...", epilog=_CODES)
def sync() -> None:
    """Share projects with others through a bucket: `sync [PROJECT…]` syncs both ways. See `sync:` in `reshelve help sharing`.

    Contents are compared, never times. If two people changed the same file, both versions are kept: the one in the bucket
    keeps the name, the other is next to it as NAME-USER, for everybody. Without PROJECT: the project of this folder, else
    all.

    \b
    Examples:
      reshelve sync
      reshelve sync b63 --dry-run
      reshelve sync up b63 --yes
      reshelve sync status --all
    """


def _on_error(function: Any) -> Any:
    """Add `--on-error`: files are each for themselves here, so what was carried over is kept unless told otherwise."""
    return click.option(
        "--on-error",
        type=click.Choice(["continue", "stop", "rollback"]),
        default="continue",
        show_default=True,
        help="What to do when a file fails: continue with the rest, stop, or roll the run back.",
    )(function)


def _options(function: Any) -> Any:
    """Add what every way of syncing has in common."""
    delete = click.option("--delete", is_flag=True, help="Remove files from the bucket that were removed here.")
    again = click.option("--again", is_flag=True, help="Bring back files that were removed on one side.")
    dry = click.option("--dry-run", "only_show", is_flag=True, help="Show the plan, and do nothing.")
    function = _on_error(jobs_option(full_option(json_option(yes_option(dry(delete(again(function))))))))
    return click.argument("projects", nargs=-1, metavar="[PROJECT]...")(function)


@sync.command(_BOTH, hidden=True, epilog=_CODES)
@_options
@pass_shell
def both(shell: Shell, /, projects: tuple[str, ...], **how: Any) -> int:
    """Sync projects both ways.

    \b
    Examples:
      reshelve sync
      reshelve sync b63 --dry-run
    """
    return _sync(shell, projects, BOTH, **how)


@sync.command(epilog=_CODES)
@_options
@pass_shell
def up(shell: Shell, /, projects: tuple[str, ...], **how: Any) -> int:
    """Upload only: send local changes to the bucket.

    \b
    Example:
      reshelve sync up b63
    """
    return _sync(shell, projects, UP, **how)


@sync.command(epilog=_CODES)
@_options
@pass_shell
def down(shell: Shell, /, projects: tuple[str, ...], **how: Any) -> int:
    """Download only: bring changes from the bucket.

    \b
    Example:
      reshelve sync down b63
    """
    return _sync(shell, projects, DOWN, **how)


@sync.command(epilog=exit_codes.epilog(0, 1))
@click.argument("projects", nargs=-1, metavar="[PROJECT]...")
@click.option("--all", "everything", is_flag=True, help="All projects, one line each.")
@json_option
@pass_shell
def status(shell: Shell, projects: tuple[str, ...], everything: bool) -> int:
    """Show both sides of projects, what differs, and who synced last. Nothing is changed.

    \b
    Examples:
      reshelve sync status
      reshelve sync status --all
    """
    from reshelve.views import syncs

    session = shell.looking(api.open_workspace())
    with shell.working("Comparing"):
        look = session.syncs.look(projects, Path.cwd(), everything=everything, told=not everything)
    shell.problems(look.problems)
    brief = everything or (len(look.projects) > 1 and not projects)
    for looked in look.projects:
        shell.answer(syncs.status_text(looked, look.clock_ns, shell.colour, brief=brief))
        shell.events([syncs.project_event(looked)])
    if not look.projects:
        shell.say(["Nothing is shared yet."])
    return shell.finish(1 if errors(look.problems) else 0, projects=len(look.projects))


@sync.command(epilog=_CODES)
@click.argument("projects", nargs=-1, metavar="[PROJECT]...")
@click.option("--dry-run", "only_show", is_flag=True, help="Show the plan, and do nothing.")
@click.option("--only-copy", is_flag=True, help="Also remove files that are not here and may be the only copy.")
@yes_option
@json_option
@full_option
@pass_shell
def clean(shell: Shell, projects: tuple[str, ...], only_show: bool, only_copy: bool, yes: bool, full: bool) -> int:
    """Remove a finished project's shared files from the bucket: exactly those shown, and never a local file.

    The others see who cleaned up, and their next sync does not bring the files back. A file that is only in the bucket, or
    differs from the local one, may be the only copy: it is named, and removed only with --only-copy.

    \b
    Example:
      reshelve sync clean b63
    """
    session = shell.watching(api.open_workspace().sharing())
    with shell.working("Comparing"):
        look = session.syncs.look(projects, Path.cwd())
    if not projects and len(look.projects) != 1:
        raise stop(
            "which-project",
            "Which project is done?",
            "Name it, or go to its folder.",
            hint="reshelve sync clean PROJECT",
            kind="usage",
        )
    unseen = [
        (looked, name)
        for looked in look.projects
        for name, content in looked.sides.there.items()
        if content not in looked.sides.here.values()
    ]
    severity: Severity = "warning" if only_copy or only_show else "error"
    found = [_only_there(looked, name, severity) for looked, name in unseen[:_MOST_NAMED]]
    if len(unseen) > len(found):
        found.append(Problem("only-there", f"So are {len(unseen) - len(found):,} more.", severity=severity))
    if unseen and not (only_copy or only_show):
        raise ReshelveError(found, "declined")
    shell.problems(found)
    plan = session.syncs.plan_clean_up(look)
    if only_show:
        shell.plan(plan, full=full)
        return shell.finish(0, operations=len(plan.operations))
    show_and_ask(
        shell, session, plan, yes=yes, full=full, question=f"Remove {len(plan.operations):,} shared files from the bucket?"
    )
    return _carried_out(shell, session, look, plan, on_error="rollback", jobs=None, cleaned=True)


def _only_there(looked: Looked, name: str, severity: Severity) -> Problem:
    other = name in looked.project.here_items
    detail = "What is here under that name is another content." if other else "It is not here."
    project = shlex.quote(looked.name)
    hint = f"reshelve sync down {project}\nor remove it nevertheless: reshelve sync clean {project} --only-copy"
    where = printable(f"{looked.name}/{name}")
    return Problem("only-there", "A shared file may be only in the bucket.", detail, where, hint, severity=severity)


@sync.command(epilog=exit_codes.epilog(0, 1))
@click.argument("file")
@click.option(
    "--expires",
    default="1d",
    show_default=True,
    metavar="AGE",
    callback=age,
    help="How long the address works: 1h, 7d; at most 7d.",
)
@json_option
@pass_shell
def link(shell: Shell, file: str, expires: float) -> int:
    """Print an address where anybody can read a shared FILE (PROJECT/NAME, NAME in a project's folder, or a path) for some time.

    Anyone with the address can read the file, without an account.

    \b
    Example:
      reshelve sync link b63/draft.mp4 --expires 7d
    """
    if not 0 < expires <= _LONGEST_LINK:
        raise click.BadParameter("A link lasts at least a second, and at most 7d.", param_hint="--expires")
    session = api.open_workspace()
    address = session.syncs.link(file, Path.cwd(), int(expires))
    if not shell.json:
        shell.put([address])
    shell.events([{"type": "link", "file": file, "address": address, "seconds": int(expires)}])
    return shell.finish(0)


def _sync(
    shell: Shell,
    projects: Sequence[str],
    ways: tuple[type, ...],
    *,
    again: bool,
    delete: bool,
    only_show: bool,
    yes: bool,
    full: bool,
    jobs: int | None,
    on_error: OnError,
) -> int:
    from reshelve.views import syncs
    from reshelve.views.plan_counts import leave_unmet

    session = shell.watching(api.open_workspace().sharing())
    with shell.working("Comparing"):
        look = session.syncs.look(projects, Path.cwd(), Wish(again=again, delete=delete))
    # The plan that follows says this one itself, if it reads the bucket.
    shell.problems(problem for problem in look.problems if problem.code != "odd-keys")
    for looked in look.projects:
        shell.answer(syncs.conflicts_text(looked))
        shell.say(syncs.cleaned_text(looked, look.users[looked.sync]))
        shell.events([syncs.project_event(looked)])
    shell.say(syncs.same_text(look.projects))
    refused = [looked for looked in look.projects if looked.refused]
    if refused and len(refused) == len(look.projects):
        return shell.finish(exit_codes.code("declined"), refused=len(refused))
    plan = session.syncs.plan(look, ways)
    known = {problem.code for problem in plan.problems}
    shell.problems(problem for problem in look.problems if problem.code == "odd-keys" and problem.code not in known)
    kept = bool(refused) or leave_unmet(look.problems)
    if only_show:
        shell.plan(plan, full=full, kept=kept)
        return shell.finish(0, operations=len(plan.operations))
    show_and_ask(shell, session, plan, yes=yes, full=full, kept=kept)
    return _carried_out(shell, session, look, plan, on_error=on_error, jobs=jobs)


def _carried_out(
    shell: Shell, session: Session, look: Look, plan: Plan, *, on_error: OnError, jobs: int | None, cleaned: bool = False
) -> int:
    """Carry out a plan agreed to, then remember and tell what it did, however it ended."""
    if plan.can_apply():
        from reshelve.cli.carry_out_plan import perform
        from reshelve.cli.thaw_advice import advise_to_return

        code = perform(shell, session, plan, on_error=on_error, jobs=jobs, last=False)
        if code == 0:
            advise_to_return(shell, plan)
    elif errors(plan.problems):
        return shell.finish(1)
    else:
        code = 1 if plan.blocked else 0
    shell.problems(session.syncs.settled(look, plan, cleaned=cleaned))
    return code or shell.finish(0, operations=len(plan.operations))
