"""`archive` and `restore`: projects by name, to and from the tiers where they rest."""

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.carry_out_plan import carry_out
from reshelve.cli.shared_options import full_option, jobs_option, json_option, yes_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable
from reshelve.schemas.manifest import ObjectCopy
from reshelve.schemas.plan import Plan
from reshelve.session.session import Session

_CODES = exit_codes.epilog(0, 1, 3, 4, 5, 6, 7, 130)
TO = click.option("--to", default="", metavar="TIER", help="The tier; otherwise the next one, or the first that holds folders.")


@click.command(epilog=_CODES)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@TO
@yes_option
@jobs_option
@json_option
@full_option
@pass_shell
def archive(shell: Shell, names: tuple[str, ...], to: str, yes: bool, jobs: int | None, full: bool) -> int:
    """Archive projects now, whatever their age: to TIER, or to where their tier's next move would bring them.

    NAME is a whole name, a glob, or the beginning of one (b63). What changed since an earlier archive is packed anew.

    \b
    Examples:
      reshelve archive b63
      reshelve archive b63 b64 --to deep --yes
    """
    session = api.open_workspace()
    layout, plan = _plan(shell, session, names, to, back=False)
    code = carry_out(shell, session, plan, yes=yes, full=full, jobs=jobs)
    if code == 0:
        session.history.let_go(layout)
        _let_rest(session, layout)
    return code


@click.command(epilog=_CODES)
@click.argument("names", nargs=-1, metavar="NAME...")
@TO
@click.option("--wait", is_flag=True, help="Wait until archived objects are thawed, then bring them back.")
@click.option("--status", "status", is_flag=True, help="Show what is being thawed, and until when it can be read.")
@yes_option
@jobs_option
@json_option
@full_option
@pass_shell
def restore(
    shell: Shell, names: tuple[str, ...], to: str, wait: bool, status: bool, yes: bool, jobs: int | None, full: bool
) -> int:
    """Bring whole projects back by name, to TIER or where they are worked on. Nothing goes from where they rest.

    A project that was restored stays until its age, counted from then, makes it due again. From a deep archive a first run asks for
    the thaw; with --wait, or by the same command later, it comes.

    \b
    Examples:
      reshelve restore b40
      reshelve restore b40 --to ssd --wait --yes
      reshelve restore --status
    """
    session = api.open_workspace()
    if status:
        return _status(shell, session, names)
    if not names:
        raise click.UsageError("Name a project, or add --status.")
    last = not wait
    layout, plan = _plan(shell, session, names, to, back=True)
    code = carry_out(shell, session, plan, yes=yes, full=full, jobs=jobs, last=last)
    if code == 0:
        session.history.let_go(layout)
    if code or last:
        return code
    from reshelve.session.thaw_waiting import until_ready

    while True:
        plan = until_ready(lambda: _plan(shell, session, names, to, back=True)[1], session.now)
        last = not plan.waiting and not any(operation.op == "thaw" for operation in plan.operations)
        code = carry_out(shell, session, plan, yes=yes, full=full, jobs=jobs, last=last)
        if code or last:
            return code


def _plan(shell: Shell, session: Session, names: tuple[str, ...], to: str, *, back: bool) -> tuple[Layout, Plan]:
    named = session.layouts.named(names, back=back, to=to)
    shell.problems(named.problems)
    return named.layout, session.plans.make_anew(named.layout, "restore" if back else "archive")


def _let_rest(session: Session, left: Layout) -> None:
    """Take out of the workspace's layout what templates laid out for the projects that left their places."""
    from reshelve.planner.tiers.resting_homes import at_rest

    path = session.layouts.path
    if not path.exists():
        return
    read = api.layout_versions(path)
    layout = api.load_layout(path)
    kept = at_rest(layout, left, session.workspace.tiers)
    if kept != layout:
        api.save_layout(kept, path, read)


def _status(shell: Shell, session: Session, names: tuple[str, ...]) -> int:
    """Say of every archived project what is known of its thaw."""
    from reshelve.schemas.archived_classes import ARCHIVED

    made = session.costs.manifest()
    shown = 0
    for project in made.projects:
        if names and not any(project.id.lower().startswith(name.lower()) for name in names):
            continue
        for store, copy in project.storage.items():
            if not isinstance(copy, ObjectCopy) or copy.tier not in ARCHIVED:
                continue
            thaw = copy.thawed
            said = "being thawed" if thaw == "ongoing" else f"readable until {thaw[:16].replace('T', ' ')}" if thaw else "archived"
            shell.say([f"{printable(project.id)}  {store}  {copy.tier}  {said}"])
            shell.events([{"type": "archived", "project": project.id, "store": store, "class": copy.tier, "thawed": thaw}])
            shown += 1
    if not shown:
        shell.say(["Nothing is in an archived class."])
    return shell.finish(0, archived=shown)
