"""`archive` and `restore`: projects by name, to and from the tiers where they rest."""

import shlex
from datetime import timedelta

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.carry_out_plan import advise_to_free, carry_out
from reshelve.cli.shared_options import (
    age,
    dry_run_option,
    exclude_each_other,
    full_option,
    jobs_option,
    json_option,
    on_error_option,
    yes_option,
)
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.cli.thaw_advice import Waits
from reshelve.planner.tiers.named_projects import Named
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable
from reshelve.schemas.manifest import ObjectCopy
from reshelve.schemas.plan import Plan, PlanCommand
from reshelve.schemas.problems import ReshelveError, errors
from reshelve.schemas.run_record import OnError
from reshelve.session.session import Session
from reshelve.views.colour import count

_LATELY = 90 * 86400.0
"""How far back `--suggest` looks, in seconds."""
_MOST = 10
"""How many projects are suggested: each is planned."""
_CODES = exit_codes.epilog(0, 1, 3, 4, 5, 6, 7, 130)


@click.command(epilog=_CODES)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--to", default="", metavar="TIER", help="The tier to archive to; otherwise where the tier's next move leads.")
@click.option("--replace", is_flag=True, help="Replace even an archive that has files the folder lacks; it goes to the trash.")
@click.option("--keep", is_flag=True, help="Only add a copy: the project also stays where it is.")
@yes_option
@dry_run_option
@on_error_option
@jobs_option
@json_option
@full_option
@pass_shell
def archive(
    shell: Shell,
    names: tuple[str, ...],
    to: str,
    replace: bool,
    keep: bool,
    yes: bool,
    on_error: OnError | None,
    jobs: int | None,
    full: bool,
) -> int:
    """Archive projects now, whatever their age: to TIER, or to where their tier's next move would take them.

    NAME is a name, the beginning of one (b63), or a glob. A project that changed since an earlier archive is packed again,
    unless that archive has files that the folder lacks.

    \b
    Examples:
      reshelve archive b63
      reshelve archive b63 b64 --to deep --yes
      reshelve archive b63 --to s3 --keep
    """
    session = shell.watching(api.open_workspace())
    with shell.working("Planning"):
        layout, plan, kept = _plan(shell, session, session.layouts.archived(names, to=to, anyway=replace, keep=keep), "archive")
    code = carry_out(shell, session, plan, yes=yes, full=full, on_error=on_error, jobs=jobs, kept=kept)
    if code == 0 or (code == 1 and plan.can_apply()):
        advise_to_free(shell, plan)
    if _let_go(session, layout, plan, code):
        _let_rest(session, layout)
    return code


@click.command(epilog=_CODES)
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option("--to", default="", metavar="TIER", help="The tier to restore to; otherwise the first one that stores folders.")
@click.option(
    "--from", "source", default="", metavar="TIER", help="The tier to restore from; otherwise that of its newest complete copy."
)
@click.option("--wait", is_flag=True, help="Wait until archived objects are thawed, then restore them.")
@click.option("--suggest", is_flag=True, help="Show which archived projects were used or asked for lately, with cost and wait.")
@click.option("--since", callback=age, metavar="AGE", help="With --suggest: how far back to look.  [default: 90d]")
@click.option("--status", "status", is_flag=True, help="Show what is being thawed, and until when it can be read.")
@yes_option
@dry_run_option
@on_error_option
@jobs_option
@json_option
@full_option
@pass_shell
def restore(
    shell: Shell,
    names: tuple[str, ...],
    to: str,
    source: str,
    wait: bool,
    suggest: bool,
    since: float | None,
    status: bool,
    yes: bool,
    on_error: OnError | None,
    jobs: int | None,
    full: bool,
) -> int:
    """Bring whole projects back by name, to TIER or the first tier that stores folders. Nothing is removed from the archive.

    A restored project stays until its age, counted from then, makes it due again. From a deep archive, the first run requests
    the thaw; use --wait, or run the same command again later, to bring it back.

    --suggest restores nothing. It names the projects that were restored or synced since, whose assets were used in other
    projects, or of whose remaining folder some files were read, where the file system keeps that.

    \b
    Examples:
      reshelve restore b40
      reshelve restore b40 --to ssd --wait --yes
      reshelve restore --suggest --since 30d
      reshelve restore --status
    """
    for flag, given in (("to", to), ("from", source), ("wait", wait), ("status", status)):
        exclude_each_other(**{"suggest": suggest, flag: given})
    if since is not None and not suggest:
        raise click.UsageError("--since goes with --suggest.")
    for flag, given in (("to", to), ("from", source), ("wait", wait)):
        exclude_each_other(**{"status": status, flag: given})
    session = shell.watching(api.open_workspace())
    if status:
        return _status(shell, session, names)
    if suggest:
        return _suggest(shell, session, names, _LATELY if since is None else since)
    if not names:
        raise click.UsageError("Name a project, or add --status or --suggest.")

    layout, kept = Layout(), False

    def plan_it() -> Plan:
        nonlocal layout, kept
        with shell.working("Planning"):
            layout, plan, kept = _plan(shell, session, session.layouts.restored(names, to=to, source=source), "restore")
        return plan

    last, waits = not wait, Waits(shell)
    plan = plan_it()
    while True:
        # While something is thawed, what stays does not end the waiting.
        code = carry_out(shell, session, plan, yes=yes, full=full, on_error=on_error, jobs=jobs, last=last, kept=kept and last)
        _let_go(session, layout, plan, code)
        if code or last:
            return code
        from reshelve.session.thaw_waiting import until_ready

        plan = until_ready(plan_it, session.now, waits)
        last = not plan.waiting and not any(operation.op == "thaw" for operation in plan.operations)


def _let_go(session: Session, layout: Layout, plan: Plan, code: int) -> bool:
    """Let what an undo holds be planned again, if it was asked for by name and is done, and say whether it is.

    What is done counts also if another project stays.
    """
    done = code == 0 or (code == 1 and plan.can_apply())
    if done:
        session.history.let_go(layout)
    return done


def _plan(shell: Shell, session: Session, named: Named, command: PlanCommand) -> tuple[Layout, Plan, bool]:
    """Return what is wanted of named projects, its plan, each whole or not at all, and whether one is kept that should not stay."""
    plan = session.plans.make_anew(named.layout, command)
    while blocked := named.blocked(plan):
        named = named.without(blocked)
        plan = session.plans.make_anew(named.layout, command)
    shell.problems(named.told(plan))
    return named.layout, plan, bool(errors(named.problems))


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


def _suggest(shell: Shell, session: Session, names: tuple[str, ...], seconds: float) -> int:
    """Say which archived projects there are signs of use of, and what restoring each would take."""
    from reshelve.planner.rules.project_names import chosen
    from reshelve.planner.tiers.missed_projects import away, missed
    from reshelve.session.restore_signs import signs_of
    from reshelve.views.restores import missed_event, missed_text

    with shell.working("Looking"):
        projects = away(session.costs.manifest(), session.workspace.tiers)
        meant, problems = chosen(names, sorted({project.id for project in projects})) if names else ([], [])
        if problems:
            raise ReshelveError(problems, "usage")
        asked = [project for project in projects if not names or project.id in meant]
        since = session.now() - timedelta(seconds=seconds)
        found = missed(asked, signs_of(session.setting, session.catalog.ask, asked, since))
    for each in found[:_MOST]:
        named = session.layouts.restored([each.project.id])
        plan = session.plans.make_anew(named.layout, "restore")
        command = f"reshelve restore {shlex.quote(each.project.id)}"
        shell.answer(missed_text(each, plan, command))
        shell.events([missed_event(each, plan, command)])
    if len(found) > _MOST:
        shell.say([f"… and {len(found) - _MOST:,} more, used longer ago."])
    if not asked:
        shell.say(["No project is away from where a restore would bring it."])
    elif not found:
        away_from = f"{count(len(asked), 'project')} that a restore would bring back"
        shell.say([f"Of {away_from}, none was used or asked for lately, as far as can be told."])
    return shell.finish(0, archived=len(asked), suggested=len(found))


def _status(shell: Shell, session: Session, names: tuple[str, ...]) -> int:
    """Say of every archived project what is known of its thaw."""
    from reshelve.planner.rules.project_names import chosen
    from reshelve.schemas.archived_classes import ARCHIVED
    from reshelve.views.manifests import thaw_text

    made = session.costs.manifest()
    meant, problems = chosen(names, sorted({project.id for project in made.projects})) if names else ([], [])
    if problems:
        raise ReshelveError(problems, "usage")
    rows: list[tuple[str, ...]] = []
    for project in made.projects:
        if names and project.id not in meant:
            continue
        for store, copy in project.storage.items():
            if not isinstance(copy, ObjectCopy) or copy.tier not in ARCHIVED:
                continue
            rows.append((printable(project.id), copy.stands_in, copy.tier, thaw_text(copy)))
            told = {"class": copy.tier, "thawed": copy.thawed, "ready": copy.thaw_ready}
            shell.events([{"type": "archived", "project": project.id, "store": store, "tier": copy.stands_in, **told}])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    shell.answer("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    if not rows:
        shell.say(["Nothing is in an archived class."])
    return shell.finish(0, archived=len(rows))
