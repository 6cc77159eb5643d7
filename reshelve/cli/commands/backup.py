"""`backup`: folders packed into archives again and again; verified, copied, listed, removed by rule, and unpacked again."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.apply_confirmation import show_and_ask
from reshelve.cli.carry_out_plan import carry_out, run
from reshelve.cli.shared_options import dry_run_option, full_option, json_option, max_delete_option, yes_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.opening import guest_folders
from reshelve.schemas.backup_manifest import KINDS, Kind
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, ReshelveError, errors
from reshelve.views.colour import count

if TYPE_CHECKING:
    from reshelve.planner.backups.backup_scanner import Found
    from reshelve.schemas.layout import Layout
    from reshelve.schemas.plan import Plan
    from reshelve.session.session import Session

_CODES = exit_codes.epilog(0, 1, 3, 4, 5, 6, 7, 130)
_NOW = "now"
_TRIES = 3


class BackupCommands(click.Group):
    """Takes what is no command for the projects to back up: `backup b63`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command in that is left out."""
        words = [arg for arg in args if not arg.startswith("-")]
        asks = any(arg in ("-h", "--help") for arg in args)
        if not (words and words[0] in self.commands) and (words or not asks):
            args = [_NOW, *args]
        return super().parse_args(ctx, args)


@click.group(cls=BackupCommands, subcommand_metavar="[COMMAND] [PROJECT|NAME]...", epilog=_CODES)
def backup() -> None:
    """Back up projects: `backup [PROJECT|NAME…]` makes a full archive of each. See `backups:` in `reshelve help backups`.

    Each archive is verified before it counts. Then copies are made, and archives that `keep:` does not keep go to the trash.
    A failed copy does not affect the archive. `reshelve undo` undoes a run.

    \b
    Examples:
      reshelve backup
      reshelve backup b63 --kind incremental --yes
      reshelve backup due --yes
      reshelve backup list b63
      reshelve backup restore b63 --at 2026-03-05
    """


def _options(function: Any) -> Any:
    """Add what making backups has in common."""
    return click.argument("names", nargs=-1, metavar="[PROJECT|NAME]...")(
        yes_option(max_delete_option(json_option(full_option(function))))
    )


@backup.command(_NOW, epilog=_CODES)
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="daily",
    show_default=True,
    help="daily and weekly: all files; incremental: what changed since the last archive.",
)
@_options
@pass_shell
def now(shell: Shell, names: tuple[str, ...], kind: Kind, yes: bool, max_delete: str, full: bool) -> int:
    """Back up projects now. You can leave out the word `now`.

    \b
    Examples:
      reshelve backup b63
      reshelve backup --kind weekly --yes
    """
    return _back_up(shell, names, kind, yes=yes, max_delete=max_delete, full=full)


@backup.command("due", epilog=_CODES)
@_options
@pass_shell
def due(shell: Shell, names: tuple[str, ...], yes: bool, max_delete: str, full: bool) -> int:
    """Make the backups that are due by each project's schedule. Run it from cron, once an hour.

    \b
    Example:
      reshelve backup due --yes
    """
    return _back_up(shell, names, None, yes=yes, max_delete=max_delete, full=full)


@backup.command("list", epilog=exit_codes.epilog(0, 1))
@click.argument("names", nargs=-1, metavar="[PROJECT|NAME]...")
@json_option
@pass_shell
def list_archives(shell: Shell, names: tuple[str, ...]) -> int:
    """List the archives, what is known about each, and why `keep:` keeps it.

    \b
    Example:
      reshelve backup list b63
    """
    from reshelve.views.backups import archive_events, archives_text

    session = shell.looking(api.open_workspace())
    with shell.working("Looking"):
        rows = session.backups.archives(names)
        kept = session.backups.retention(names).kept
    shell.answer(archives_text(rows, kept, session.backups.zone))
    shell.events(archive_events(rows, kept))
    return shell.finish(0, archives=len(rows))


@backup.command("verify", epilog=exit_codes.epilog(0, 1))
@click.argument("names", nargs=-1, metavar="[PROJECT|NAME]...")
@json_option
@pass_shell
def verify(shell: Shell, names: tuple[str, ...]) -> int:
    """Verify archives by reading them. Intact ones count again, damaged ones no longer do. Archives in buckets are downloaded.

    \b
    Example:
      reshelve backup verify b63
    """
    from reshelve.views.backups import archive_events, archives_text

    session = shell.looking(api.open_workspace())
    with shell.working("Verifying"):
        rows = session.backups.verify(names)
    shell.answer(archives_text(rows, {}, session.backups.zone))
    shell.events(archive_events(rows, {}))
    bad = sum(row.state != "verified" for row in rows)
    return shell.finish(1 if bad else 0, archives=len(rows), bad=bad)


@backup.command("restore", epilog=_CODES)
@click.argument("name", metavar="PROJECT|NAME")
@click.option("--at", "at", default="", metavar="TIME", help="As it was then: 2026-03-05, 2026-03-05T14:00. Default: the latest.")
@click.option(
    "--to",
    default="",
    metavar="FOLDER",
    help="A new folder in a store, or a folder to put it in; outside the stores an empty one. Default: next to the archives.",
)
@yes_option
@dry_run_option
@json_option
@full_option
@pass_shell
def restore(shell: Shell, name: str, at: str, to: str, yes: bool, full: bool) -> int:
    """Restore the folder of a project as it was, to a new folder. No existing file is touched.

    \b
    Examples:
      reshelve backup restore b63
      reshelve backup restore b63 --at 2026-03-05 --to work:b63-of-march
    """
    from reshelve.session.session_backups import time_of

    session = shell.looking(api.open_workspace())
    moment: datetime | None = None
    if at:
        try:
            moment = time_of(at, session.backups.zone)
        except ValueError:
            raise click.UsageError(f"--at {at} is no time: write 2026-03-05, or 2026-03-05T14:00.") from None
    with shell.working("Planning"):
        layout, target = session.backups.restore(name, at=moment, to=to)
        plan = session.backups.plan(layout)
    code = carry_out(shell, session, plan, yes=yes, full=full)
    if code == 0:
        shell.say([f"Restored into {printable(guest_folders.shown(session.setting, target))}."])
    return code


def _back_up(shell: Shell, names: tuple[str, ...], kind: Kind | None, *, yes: bool, max_delete: str, full: bool) -> int:
    """Make archives, verify them, let go of those that no rule holds, and copy the rest. Returns the exit code."""
    from reshelve.views.backups import made_events, made_text

    session = shell.looking(api.open_workspace())
    found, code = _packed(shell, session, names, kind, yes=yes, full=full, max_delete=max_delete)
    codes = [1 if errors(found.problems) else 0, code]
    with shell.working("Verifying"):
        made, problems = session.backups.settle(found)
    shell.problems(problems)
    shell.say(made_text(made))
    shell.events(made_events(found, made))
    codes.append(1 if problems else 0)
    copied = _copy(shell, session, names, yes=yes, full=full, max_delete=max_delete)
    if not exit_codes.first(codes):
        codes.append(_let_go(shell, session, names, yes=yes, full=full, max_delete=max_delete))
    codes += copied
    if kind is None and not found.taken and not found.problems and not found.unchanged:
        shell.say(["Nothing is due."])
    return shell.finish(exit_codes.first(codes), made=len(made), unchanged=len(found.unchanged))


def _packed(
    shell: Shell, session: "Session", names: tuple[str, ...], kind: Kind | None, *, yes: bool, full: bool, max_delete: str
) -> tuple["Found", int]:
    """Pack what is to be packed. If a file changed after it was looked at, nothing was done yet, and all is looked at again."""
    from reshelve.views.backups import unchanged_text

    tries = _TRIES if yes else 1
    while True:
        tries -= 1
        with shell.working("Looking"):
            found = session.backups.find(names, kind)
        try:
            code = _carry_out(shell, session, found.layout, yes=yes, full=full, max_delete=max_delete)
        except ReshelveError as error:
            if error.kind != "stale" or not tries:
                raise
            continue
        shell.problems(found.problems)
        shell.say(unchanged_text(found))
        return found, code


def _let_go(shell: Shell, session: "Session", names: tuple[str, ...], **how: Any) -> int:
    """Put the archives that no rule holds into the trash."""
    with shell.working("Looking"):
        retained = session.backups.retention(names)
    if not retained.absent:
        return 0
    with shell.working("Planning"):
        plan = session.backups.plan_retention(retained)
    return _carry_out_plan(shell, session, plan, **how)


def _copy(shell: Shell, session: "Session", names: tuple[str, ...], **how: Any) -> list[int]:
    """Bring copies to each store, one after the other: what goes wrong with one is told, and stops none of the others."""
    codes: list[int] = []
    with shell.working("Looking"):
        missing = session.copies.missing(names)
    for store, layout in missing.items():
        try:
            code = _carry_out(shell, session, layout, **how)
            marked, problems = session.copies.settle(names, store)
            shell.problems(problems)
            if marked:
                shell.say([f"{count(marked, 'archive')} verified in {printable(store)}."])
            short = 1 if problems or (marked < len(layout.files) and not session.workspace.stores[store].optional) else 0
            codes.append(exit_codes.first([code, short]))
        except ReshelveError as error:
            shell.problems(error.problems)
            codes.append(exit_codes.code(error.kind))
        if codes[-1]:
            shell.problems(_not_copied(session.copies.damaged(names, layout), store))
    return codes


def _not_copied(damaged: list[Problem], store: str) -> list[Problem]:
    """Return what is said where copies were not brought to a store, and of archives here that are `damaged` by now."""
    detail, hint = "The archives here are whole, and count.", "The next backup copies them: reshelve backup"
    if damaged:
        detail, hint = "Not all archives here are whole any more.", "Make a new archive, and copy it: reshelve backup"
    return [*damaged, Problem("not-copied", "Backups were not copied.", detail, printable(store), hint)]


def _carry_out(shell: Shell, session: "Session", layout: "Layout", *, yes: bool, full: bool, max_delete: str) -> int:
    """Carry a layout out by a plan, and go on. Returns the exit code."""
    if not layout.files:
        return 0
    with shell.working("Planning"):
        plan = session.backups.plan(layout)
    return _carry_out_plan(shell, session, plan, yes=yes, full=full, max_delete=max_delete)


def _carry_out_plan(shell: Shell, session: "Session", plan: "Plan", *, yes: bool, full: bool, max_delete: str) -> int:
    if not plan.operations and not plan.blocked and not plan.problems:
        return 0
    show_and_ask(shell, session, plan, yes=yes, full=full, max_delete=max_delete)
    if not plan.can_apply():
        return 1 if plan.blocked else 0
    report = run(shell, session, plan, on_error="continue", max_delete=max_delete)
    return exit_codes.first([exit_codes.of_report(report), 1 if plan.blocked else 0])
