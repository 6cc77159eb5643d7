"""`init` and `new`: beginning a workspace, and beginning a project in one."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.carry_out_plan import perform, show_and_ask
from reshelve.cli.shared_options import full_option, json_option, set_option, yes_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.opening import wiring, workspace_search
from reshelve.schemas.documents.atomic_files import FREE, replace_file
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import errors, stop
from reshelve.schemas.reaches import LOCAL
from reshelve.schemas.workspace import Project
from reshelve.session.session import Session

if TYPE_CHECKING:
    from reshelve.documents.video_tools_import import Imported


@click.command(epilog=exit_codes.epilog(0, 1))
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--preset", type=click.Choice(wiring.PRESETS), default="plex", show_default=True, help="The rules to start with.")
@click.option("--from-env", "env", type=click.Path(path_type=Path), metavar="FILE", help="Take settings from a .video-tools.env.")
@pass_shell
def init(shell: Shell, folder: Path, preset: str, env: Path | None) -> int:
    """Create a reshelve.yaml in DIR. An existing file is never overwritten.

    \b
    Examples:
      reshelve init ~/media --preset jellyfin
      reshelve init v-appydave --from-env v-appydave/.video-tools.env
    """
    file = folder / workspace_search.WORKSPACE_FILE
    if os.path.lexists(file):
        raise stop("workspace-exists", "There is a workspace already.", "It is never overwritten.", path=str(file))
    local = folder / LOCAL
    if env is not None:
        imported = _imported(shell, env, os.path.basename(os.path.realpath(folder)))
        text, own = imported.text, imported.local
    else:
        text, own = starter(wiring.preset_path(preset).read_text(encoding="utf-8")), ""
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(file, [text.encode()], FREE)
    if own and not os.path.lexists(local):
        replace_file(local, [own.encode()], FREE)
        shell.say([f"Wrote {printable(str(local))}."])
    first = "look whether its stores are right" if env is not None else "set the paths of its stores"
    shell.say([f"Wrote {printable(str(file))}."])
    shell.advise([f"Next: {first}, then: reshelve scan"])
    return 0


@click.command(epilog=exit_codes.epilog(0, 1, 3, 4, 6, 7, 130))
@click.argument("name")
@click.option("--template", metavar="T", help="The template.  [default: standard_video]")
@click.option("--client", metavar="C", help="The client.")
@click.option("--in", "inside", metavar="LOCATION", help="Where to create it; else as in `projects:`, or next to the last.")
@set_option
@yes_option
@json_option
@full_option
@pass_shell
def new(
    shell: Shell,
    name: str,
    template: str | None,
    client: str | None,
    inside: str | None,
    values: dict[str, str],
    yes: bool,
    full: bool,
) -> int:
    """Create project NAME from a template: add it to the workspace, plan its folders and files, ask, and apply.

    \b
    Examples:
      reshelve new b63-flivideo --client Acme
      reshelve new night-shift --template documentary --set camera=A7S --yes
    """
    from reshelve.documents.project_insertion import add_project

    session = api.open_workspace()
    project = _project(session, name, template, client, inside, values)
    result = session.layouts.scan_project(project)
    shell.problems(result.problems)
    wrong = errors(result.problems)
    if wrong:
        return shell.finish(1)
    plan = session.plans.make(result.layout, command="new")
    show_and_ask(shell, session, plan, yes=yes, full=full)
    file = session.setting.file
    if file is not None and project.name not in {known.name for known in session.workspace.projects}:
        add_project(file, project, shell.environ)
        shell.say([f"Added {printable(name)} to {printable(file.name)}."])
    code = perform(shell, session, plan)
    if code == 0:
        session.history.let_go(result.layout)
    return code


def _imported(shell: Shell, env: Path, repo: str) -> "Imported":
    """Return the workspace an environment file comes to, having said what did not become part of it."""
    from reshelve.documents.video_tools_import import from_env
    from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes

    try:
        text = read_bytes(env, WRITTEN).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise stop("not-text", "That is not UTF-8 text.", "A workspace holds text only.", path=str(env)) from None
    imported = from_env(text, env.name, repo)
    shell.problems(imported.notes)
    return imported


def starter(preset: str) -> str:
    """Return a preset's text with folders beside it in place of SOURCE and INTO."""
    text = preset
    for name, folder in (("SOURCE", "inbox"), ("INTO", "library")):
        text = text.replace(f'"${{{name}}}"', folder).replace(f"${{{name}}}", folder)
    return text.replace("stores:\n", "# Set these to folders of your own: full paths, ~/… or paths from here.\nstores:\n", 1)


def _project(
    session: Session, name: str, template: str | None, client: str | None, inside: str | None, values: dict[str, str]
) -> Project:
    known = next((project for project in session.workspace.projects if project.name == name), None)
    if known is not None:
        return known
    where = inside or ("projects:" if "projects" in session.workspace.stores else "")
    if not where and session.workspace.projects:
        where = session.workspace.projects[-1].in_
    if not where:
        detail = "There is no store `projects`."
        raise stop("no-place-for-projects", "Where should the project lie?", detail, hint="Add --in STORE:", kind="usage")
    if ":" not in where:
        where += ":"
    if where.partition(":")[0] not in session.workspace.stores:
        stores = ", ".join(session.workspace.stores)
        raise stop("no-such-store", "There is no such store.", f"The workspace has {stores}.", path=where, kind="usage")
    if not name.strip():
        raise stop("no-name", "A project needs a name.", kind="usage")
    try:
        "".join((name, template or "", client or "", where, *values.values())).encode()
    except UnicodeEncodeError:
        raise stop("not-text", "That is not UTF-8 text.", "A workspace holds text only.", path=name, kind="usage") from None
    created = session.now().astimezone().date().isoformat()
    given = {"template": template} if template else {}
    return Project(name=name, client=client, created=created, vars=dict(values), **given, **{"in": where})
