"""`cleanup`: what nobody has changed for long goes to the trash, by a plan that is shown, asked about and undone like any other."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.carry_out_plan import carry_out
from reshelve.cli.shared_options import age, dry_run_option, full_option, json_option, max_delete_option, yes_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.quantities import human_size
from reshelve.session.session_cleanup import Meant
from reshelve.views.colour import count

if TYPE_CHECKING:
    from reshelve.planner.cleanup.old_files import Cleanup
    from reshelve.session.session import Session


@click.command(epilog=exit_codes.epilog(0, 1, 3, 4, 5, 6, 7, 130))
@click.argument("within", nargs=-1, metavar="[STORE|FOLDER]...")
@click.option(
    "--older-than",
    callback=age,
    default="30d",
    show_default=True,
    metavar="AGE",
    help="Files not changed for this long.",
)
@click.option("--project", default="", metavar="NAME", help="Only files in a folder of this name.")
@click.option("--job", default="", metavar="NAME", help="Only files in a folder of this name, or whose names begin with NAME_.")
@click.option("--empty-folders", is_flag=True, help="Also remove folders that were already empty.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files and folders that match.")
@yes_option
@dry_run_option
@max_delete_option
@json_option
@full_option
@pass_shell
def cleanup(
    shell: Shell,
    within: tuple[str, ...],
    older_than: float,
    project: str,
    job: str,
    empty_folders: bool,
    exclude: tuple[str, ...],
    yes: bool,
    max_delete: str,
    full: bool,
) -> int:
    """Put files that have not changed for a while in the trash, and remove folders that this empties.

    Name STOREs or FOLDERs of the workspace (inbox:renders), a project or a job. Name a folder outside all stores by its path,
    and no other with it. Files that belong together go together, once all of them are old. A file that fails does not stop the
    others.
    `reshelve undo` brings everything back, until `reshelve trash empty` frees the space.

    \b
    Examples:
      reshelve cleanup inbox --older-than 7d
      reshelve cleanup library --project kai --job legacy_1700000000 --yes
      reshelve cleanup ~/ComfyUI/output --empty-folders
    """
    if not (within or project or job):
        raise click.UsageError("Name a store or a folder, or add --project or --job: everything at once is too much.")
    session, places = _session(within)
    meant = Meant(places, project, job, exclude, empty_folders)
    session = shell.looking(session)
    with shell.working("Looking"):
        found = session.cleanup.find(meant, older_than=older_than)
    shell.problems(found.problems)
    shell.say(_found_text(found))
    shell.events([{"type": "cleanup", "files": found.files, "bytes": found.bytes, "looked": found.looked, "kept": found.kept}])
    plan = session.cleanup.plan(found, max_delete=max_delete)
    return carry_out(shell, session, plan, yes=yes, full=full, on_error="continue", max_delete=max_delete, told=found.problems)


def _session(within: Sequence[str]) -> "tuple[Session, tuple[str, ...]]":
    """Return the session, and the places named: a path into a store is that place, one outside all stores is for itself."""
    from reshelve.session.paths_in_stores import place_of

    paths = [text for text in within if (":" not in text and os.sep in text) or text in (".", "..")]
    here = _here(within)
    if here is not None:
        places = tuple(place_of(here.setting, text) if text in paths else text for text in within)
        if all(places):
            return here, places
    if len(within) > 1 or not Path(within[0]).expanduser().is_dir():
        raise click.UsageError("By their paths, clean up one folder at a time; in a workspace, name stores: inbox, inbox:renders.")
    _refuse_anothers(within[0])
    return api.open_organize(within[0], preset="comfyui"), ()


def _here(within: Sequence[str]) -> "Session | None":
    """Return the workspace here. Raises ReshelveError where there is none, and what is named cannot be but in one."""
    try:
        return api.open_workspace()
    except ReshelveError as refused:
        # Where there are no stores, a bare name can only be a folder's.
        is_path = any(":" not in text and os.sep in text for text in within) or any(Path(text).is_dir() for text in within)
        if refused.problems[0].code != "no-workspace" or not is_path:
            raise
    return None


def _refuse_anothers(path: str) -> None:
    """Raise, of kind "usage", where a path lies in a store of a workspace that is not the one here."""
    from reshelve.opening.workspace_search import find_workspace
    from reshelve.session.paths_in_stores import of_another, place_of

    file = find_workspace(Path(os.path.realpath(os.path.expanduser(path))))
    if file is not None:
        setting = api.open_workspace(file).setting
        if place := place_of(setting, path):
            raise of_another(setting, path, place, "cleanup")


def _found_text(found: "Cleanup") -> Iterator[str]:
    """Yield what is old, in figures."""
    old = f"{count(found.files, 'file')} of {found.looked:,}, {human_size(found.bytes)}"
    yield f"Old enough to go: {old}." if found.files else f"Nothing is old enough to go, of {count(found.looked, 'file')}."
    if found.kept:
        yield f"{count(found.kept, 'old file')} {'stays' if found.kept == 1 else 'stay'} with newer files that belong to them."
