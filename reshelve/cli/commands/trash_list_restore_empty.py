"""`trash`: what was put out of sight, brought back or removed for good."""

from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.carry_out_plan import carry_out
from reshelve.cli.shared_options import age, full_option, json_option, yes_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.locations import printable, split, store_of
from reshelve.schemas.problems import stop
from reshelve.schemas.quantities import human_size

if TYPE_CHECKING:
    from reshelve.planner.trash import TrashedItem


@click.group(epilog=exit_codes.epilog(0, 1, 3, 4, 6, 7))
def trash() -> None:
    """List, restore or empty the trash. Each file system of a store has its own; files stay there, by run, until you empty it.

    \b
    Examples:
      reshelve trash list
      reshelve trash restore inbox:old-render.mp4
      reshelve trash empty --older-than 30d
    """


@trash.command("list", epilog=exit_codes.epilog(0, 1, 7))
@json_option
@pass_shell
def list_(shell: Shell) -> int:
    """List the content of the trash by run, with size and former location. For kept originals the reason is shown.

    \b
    Example:
      reshelve trash list
    """
    trashed = shell.looking(api.find_session()).trash.find()
    items = trashed.items
    shell.problems(trashed.problems)
    for item in items:
        kept = f"  (kept: {item.why})" if item.why else ""
        shell.say([f"{item.run}  {human_size(item.size):>8}  {printable(item.original)}{kept}"])
        where = {"original": item.original, "place": item.place, "kept": item.why}
        shell.events([{"type": "trashed", "run": item.run, "size": item.size, **where}])
    total = sum(item.size for item in items)
    shell.say([f"Trash: {len(items):,} {'file' if len(items) == 1 else 'files'}, {human_size(total)}."])
    return shell.finish(0, files=len(items), bytes=total)


@trash.command(epilog=exit_codes.epilog(0, 1, 3, 4, 6, 7))
@click.argument("path")
@click.option("--run", default="", metavar="RUN", help="The version that this run put there, if several did.")
@yes_option
@json_option
@full_option
@pass_shell
def restore(shell: Shell, path: str, run: str, yes: bool, full: bool) -> int:
    """Restore PATH to where it was: a location (inbox:a/b.mkv), a folder, a whole store (inbox:), or a bare name.

    \b
    Example:
      reshelve trash restore inbox:old-render.mp4
    """
    session = api.find_session(run=run)
    items = _meant(session.trash.find().items, path, run)
    return carry_out(shell, session, session.trash.plan_restore(items), yes=yes, full=full)


@trash.command(epilog=exit_codes.epilog(0, 1, 3, 4, 6, 7))
@click.option("--older-than", callback=age, metavar="AGE", help="Only files that were trashed longer ago than this, such as 30d.")
@click.option("--run", default="", metavar="RUN", help="Only files that this run put there.")
@yes_option
@json_option
@full_option
@pass_shell
def empty(shell: Shell, older_than: float | None, run: str, yes: bool, full: bool) -> int:
    """Remove the content of the trash for good. This is the only command that cannot be undone.

    \b
    Example:
      reshelve trash empty --older-than 30d
    """
    session = api.find_session(run=run)
    plan = session.trash.plan_purge(older_than=older_than, run=run)
    question = "Remove these for good? It cannot be undone."
    return carry_out(shell, session, plan, yes=yes, full=full, on_error="continue", question=question)


def _meant(items: "list[TrashedItem]", path: str, run: str) -> "list[TrashedItem]":
    """Return the items a person means by `path`. Raises ReshelveError when there is none, or several runs trashed that place."""
    wanted = path.rstrip("/")
    mine = [item for item in items if item.run.startswith(run)]
    exact = [item for item in mine if wanted in (item.original, _location(item.original), item.place)]
    inside = wanted if wanted.endswith(":") else wanted + "/"
    below = [item for item in mine if item.original.startswith(inside) or _location(item.original).startswith(inside)]
    named = [item for item in mine if split(item.original)[1].rpartition("/")[2] == wanted]
    found = exact or below or named
    if not found:
        raise stop("not-in-trash", "That is not in the trash.", "Nothing is called this.", path=path, hint="reshelve trash list")
    places = [item.original for item in found]
    if len(set(places)) != len(places) or (found is named and len(found) > 1):
        runs = ", ".join(f"{item.run} ({printable(item.original)})" for item in found)
        hint = "Add --run RUN, or give the whole location."
        raise stop("several-in-trash", "That could be several things.", f"It is there from {runs}.", path=path, hint=hint)
    return found


def _location(place: str) -> str:
    key, _, rel = place.partition(":")
    return f"{store_of(key)}:{rel}"
