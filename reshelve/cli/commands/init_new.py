"""`init` and `new`: beginning a workspace, and beginning a project in one."""

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.apply_confirmation import show_and_ask
from reshelve.cli.carry_out_plan import perform
from reshelve.cli.shared_options import dry_run_option, exclude_each_other, full_option, json_option, set_option, yes_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.documents import output_files
from reshelve.opening import wiring, workspace_search
from reshelve.opening.organize_setting import PRESETS, preset_path
from reshelve.schemas.consent_needs import LOCAL
from reshelve.schemas.documents.atomic_files import FREE, replace_file
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, errors, stop
from reshelve.schemas.project_settings import Project
from reshelve.session.session import Session
from reshelve.views.printed_paths import shown

FOLDER_OF_CLIENT = "{{ name }}_{{ client }}"
"""The folder of a new project that is for somebody, unless its template names it. The name is first: by it projects are called."""

if TYPE_CHECKING:
    from reshelve.documents.video_tools_import import Imported


@click.command(epilog=exit_codes.epilog(0, 1))
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--preset", type=click.Choice(PRESETS), help="The rules to start with.  [default: plex]")
@click.option(
    "--from-env", "env", type=click.Path(path_type=Path), metavar="FILE", help="Take settings from a .env or .video-tools.env file."
)
@click.option(
    "--source", type=click.Path(path_type=Path), help="The folder to file from, as that of organize.  [default: inbox in DIR]"
)
@click.option("--into", type=click.Path(path_type=Path), metavar="DEST", help="The folder to file into.  [default: library in DIR]")
@json_option
@pass_shell
def init(shell: Shell, folder: Path, preset: str | None, env: Path | None, source: Path | None, into: Path | None) -> int:
    """Create a reshelve.yaml in DIR. An existing file is never overwritten.

    If there is one and it has a sync, --from-env writes your own settings beside it, in reshelve.local.yaml.

    \b
    Examples:
      reshelve init ~/media --preset jellyfin
      reshelve init ~/films --source ~/Downloads --into ~/Media
      reshelve init --from-env .env
      reshelve init v-appydave --from-env v-appydave/.video-tools.env
    """
    for flag, given in (("preset", preset), ("source", source), ("into", into)):
        exclude_each_other(from_env=env, **{flag: given})
    preset = preset or "plex"
    file = folder / workspace_search.WORKSPACE_FILE
    local = folder / LOCAL
    if os.path.lexists(file):
        if env is None or os.path.lexists(local):
            raise stop("workspace-exists", "There is a workspace already.", "It is never overwritten.", path=str(file))
        return _join(shell, file, env)
    if env is not None:
        imported = _imported(shell, env, os.path.basename(os.path.realpath(folder)))
        text, own = imported.text, imported.local
    else:
        text, own = starter(preset_path(preset).read_text(encoding="utf-8"), source, into), ""
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(file, [text.encode()], FREE)
    if own and not os.path.lexists(local):
        replace_file(local, [own.encode()], FREE)
        _wrote(shell, local)
    first = "look whether its stores are right" if env is not None else "set the paths of its stores"
    _wrote(shell, file)
    there = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(printable(str(folder)))}, then "
    shell.advise([f"Next: {there}reshelve scan" if source and into else f"Next: {first}, then: reshelve scan"])
    return shell.finish(0, preset=None if env is not None else preset)


@click.command(epilog=exit_codes.epilog(0, 1, 3, 4, 6, 7, 130))
@click.argument("name")
@click.option("--template", metavar="T", help="The template.  [default: standard_video]")
@click.option("--client", metavar="C", help="The client.")
@click.option(
    "--in",
    "inside",
    metavar="LOCATION",
    help="Where to create it, such as library:{{ client }}.  [default: store projects, or next to the last]",
)
@set_option
@yes_option
@dry_run_option
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
    session = session.making(project.in_.partition(":")[0])
    result = session.layouts.scan_project(project)
    shell.problems(result.problems)
    wrong = errors(result.problems)
    if wrong:
        return shell.finish(1)
    plan = session.plans.make(result.layout, command="new")
    if plan.can_apply():
        shell.problems(_made_first(session))
    show_and_ask(shell, session, plan, yes=yes, full=full)
    file = session.setting.file
    if file is not None and project.name not in {known.name for known in session.workspace.projects}:
        add_project(file, project, shell.environ)
        shell.say([f"Added {printable(name)} to {printable(file.name)}."])
    code = perform(shell, session, plan)
    if code == 0:
        session.history.let_go(result.layout)
        _begin_layout(shell, session, result.layout)
        if plan.can_apply():
            shell.advise(_next(session, result.layout))
    return code


def _join(shell: Shell, file: Path, env: Path) -> int:
    """Write what an environment file says of this machine alone beside a workspace that others made. Returns the exit code."""
    from reshelve.documents.video_tools_import import differing, local_text
    from reshelve.schemas.documents.workspace_files import stores_as_written

    imported = _imported(shell, env, os.path.basename(os.path.realpath(file.parent)))
    own = local_text(env.name, differing(imported.mine, stores_as_written(file)), imported.user) if imported.user else ""
    if not own:
        raise stop("workspace-exists", "There is a workspace already.", "It is never overwritten.", path=str(file))
    local = file.with_name(LOCAL)
    replace_file(local, [own.encode()], FREE)
    _wrote(shell, local)
    shell.advise(["Next: reshelve sync status --all"])
    return shell.finish(0, preset=None)


def _wrote(shell: Shell, file: Path) -> None:
    """Say that a file was written."""
    shell.say([f"Wrote {shown(file)}."])
    shell.events([{"type": "written", "path": str(file)}])


def _made_first(session: Session) -> list[Problem]:
    """Return a note for each store whose folder is made before anything goes into it."""
    found = []
    for root in wiring.to_be_made(session.setting):
        detail = f"{printable(root.path)} does not exist; it will be made."
        found.append(Problem("store-made", "The folder of a store is made first.", detail, root.key, severity="note"))
    return found


def _begin_layout(shell: Shell, session: Session, layout: Layout) -> None:
    """Write the layout of a project where the workspace has no layout yet, so that `plan` has one to go by."""
    path = session.layouts.path
    if os.path.lexists(path):
        return
    output_files.claim(path, output_files.LAYOUT, session.setting)
    api.save_layout(layout, path, api.layout_versions(path))
    shell.say([f"Wrote {printable(path.name)}."])


def _next(session: Session, layout: Layout) -> list[str]:
    """Return how what is scanned comes into the new project, where the workspace asks for a project by name."""
    tops = {place.partition("/")[0].partition(":")[2] for place in (*layout.dirs, *layout.files)}
    if "project" not in session.workspace.set_ or not session.workspace.scan or len(tops) != 1:
        return []
    return [f"Next: reshelve scan --set project={shlex.quote(tops.pop())}"]


def _imported(shell: Shell, env: Path, repo: str) -> "Imported":
    """Return the workspace an environment file comes to, having said what did not become part of it."""
    from reshelve.documents.media_env_import import from_media_env, is_media_env
    from reshelve.documents.video_tools_import import from_env, read_env
    from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes

    try:
        text = read_bytes(env, WRITTEN).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise stop("not-text", "That is not UTF-8 text.", "A workspace holds text only.", path=str(env)) from None
    given, notes = read_env(text, env.name)
    if is_media_env(given):
        imported = from_media_env(given, env.name)
        shell.problems(notes)
    else:
        imported = from_env(text, env.name, repo)
    shell.problems(imported.notes)
    return imported


def starter(preset: str, source: Path | None = None, into: Path | None = None) -> str:
    """Return a preset's text with these folders in place of SOURCE and INTO, else with folders beside it."""
    text = preset
    for name, given, beside in (("SOURCE", source, "inbox"), ("INTO", into, "library")):
        folder = json.dumps(os.path.abspath(given), ensure_ascii=False) if given is not None else beside
        text = text.replace(f'"${{{name}}}"', folder).replace(f"${{{name}}}", folder)
    if source is None or into is None:
        text = text.replace("stores:\n", "# Set these to folders of your own: full paths, ~/… or paths from here.\nstores:\n", 1)
    return text.replace("\nscan:\n", f"\nscan:\n{_ALIKE}", 1)


_ALIKE = "  # Another folder with the same rules: a store of its own above, and here `NAME: {like: inbox}`.\n"


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
        # What files are only brought to, as the library of the presets, is where projects lie.
        brought_to = [
            store for store, each in session.workspace.stores.items() if each.s3 is None and store not in session.workspace.scan
        ]
        where = f"{brought_to[0]}:" if len(brought_to) == 1 else ""
    if not where:
        detail = "There is no store `projects`, and not just one that files are only brought to."
        hint = f"Add --in STORE:, one of {', '.join(session.workspace.stores)}."
        raise stop("no-place-for-projects", "Where should the project be?", detail, hint=hint, kind="usage")
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
    own = session.workspace.templates.get(template or "")
    # Of projects that are declared already, the folder stays what it is: this is said of a new one alone.
    folder = {"folder": FOLDER_OF_CLIENT} if client and "folder" not in (own.vars if own is not None else {}) else {}
    return Project(name=name, client=client, created=created, vars={**folder, **values}, **given, **{"in": where})
