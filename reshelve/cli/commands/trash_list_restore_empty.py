"""`trash`: what was put out of sight, brought back or removed for good."""

from collections.abc import Iterable, Iterator

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.carry_out_plan import carry_out
from reshelve.cli.runs_of import runs_of
from reshelve.cli.shared_options import age, full_option, json_option, yes_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.opening import guest_folders
from reshelve.planner.trash import TrashedItem
from reshelve.schemas.locations import printable, split
from reshelve.schemas.quantities import human_size
from reshelve.session.session import Session
from reshelve.session.session_trash import meant
from reshelve.views.colour import count
from reshelve.views.runs import whose_text


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
    """List the content of the trash by run, with size and former location, and for kept originals the reason.

    That is of one workspace or `organize`, the same as `trash empty` empties here. Others that are near are named at the end.

    \b
    Example:
      reshelve trash list
    """
    session = shell.looking(api.find_session())
    trashed = session.trash.find()
    items = trashed.items
    shell.problems(trashed.problems)
    for item in items:
        kept = f"  (kept: {item.why})" if item.why else ""
        was = printable(guest_folders.shown(session.setting, item.original))
        shell.answer([f"{item.run}  {human_size(item.size):>8}  {was}{kept}"])
        where = {"original": item.original, "place": item.place, "kept": item.why}
        shell.events([{"type": "trashed", "run": item.run, "size": item.size, **where}])
    total = sum(item.size for item in items)
    shell.say([f"Trash: {len(items):,} {'file' if len(items) == 1 else 'files'}, {human_size(total)}."])
    if not shell.json:
        shell.say(_elsewhere(session, items))
    return shell.finish(0, files=len(items), bytes=total)


def _elsewhere(session: Session, listed: Iterable[TrashedItem]) -> Iterator[str]:
    """Yield how much more is in the trash of each other `organize` and workspace near here, and where that is listed and emptied.

    Stores of several may be one folder: what lies there is counted once.
    """
    seen = {session.setting.state.folder}
    counted = _addresses(session, listed)
    for other in api.near_sessions(every=True, trouble=[]):
        if other.setting.state.folder not in seen:
            seen.add(other.setting.state.folder)
            more, whose = _addresses(other, other.trash.find().items) - counted, runs_of(other)
            counted |= more
            if more and whose:
                folder = whose.get("source") or whose["workspace"]
                of = f"what was organized {told}" if (told := whose_text(whose, several=True).strip()).startswith("from") else (
                    f"the workspace {printable(folder)}"
                )  # fmt: skip
                yield f"{count(len(more), 'more file')} in the trash of {of}: list and empty it in {printable(folder)}"


def _addresses(session: Session, items: Iterable[TrashedItem]) -> set[str]:
    """Return where things in the trash lie: paths, and addresses of objects."""
    roots = {root.key: root.address.rstrip("/") for root in session.setting.roots()}
    return {f"{roots.get(key, key)}/{rel}" for key, rel in (split(item.place) for item in items)}


@trash.command(epilog=exit_codes.epilog(0, 1, 3, 4, 6, 7))
@click.argument("path")
@click.option("--run", default="", metavar="RUN", help="The version that this run put in the trash, if there are several.")
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
    items = meant(session.trash.find().items, guest_folders.location_of(session.setting, path), run)
    return carry_out(shell, session, session.trash.plan_restore(items), yes=yes, full=full)


@trash.command(epilog=exit_codes.epilog(0, 1, 3, 4, 6, 7))
@click.option("--older-than", callback=age, metavar="AGE", help="Only files that were trashed longer ago than this, such as 30d.")
@click.option("--run", default="", metavar="RUN", help="Only files that this run put in the trash.")
@yes_option
@json_option
@full_option
@pass_shell
def empty(shell: Shell, older_than: float | None, run: str, yes: bool, full: bool) -> int:
    """Delete the content of the trash permanently. This is the only command that cannot be undone.

    \b
    Example:
      reshelve trash empty --older-than 30d
    """
    session = api.find_session(run=run)
    plan = session.trash.plan_purge(older_than=older_than, run=run)
    whose = runs_of(session)
    if "source" in whose:
        # Its stores have names of their own, which the workspace around this folder may use for others, or not at all.
        roots = ", ".join(f"`{root.key}:` is {printable(root.path)}" for root in session.stores.roots() if root.key in plan.roots)
        shell.say([f"What was organized {whose_text(whose, several=True).strip()}: {roots}."] if roots else [])
    folders = sum(operation.op == "purge" and operation.item == "dir" for operation in plan.operations)
    if folders:
        others = count(sum(operation.op == "purge" for operation in plan.operations) - folders, "file")
        shell.say([f"In the trash: {others}, and {count(folders, 'folder')} of the trash, which go with them.", ""])
    question = "Remove these for good? It cannot be undone."
    return carry_out(shell, session, plan, yes=yes, full=full, on_error="continue", question=question)
