"""`validate`, `fmt`, `schema` and `diff`: documents as documents, without the stores."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import click

from reshelve import api
from reshelve.cli import exit_codes, input_documents
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.opening import workspace_search
from reshelve.schemas import locations
from reshelve.schemas.problems import Problem, errors
from reshelve.views.colour import count
from reshelve.views.printed_paths import quoted, shown

FILES = click.Path(path_type=Path)
_NEARLY = {
    "layout.yaml": ("layout.yml", "Layout.yaml", "Layout.yml", "layout.yaml.txt"),
    "reshelve.local.yaml": ("reshelve.local.yml", "reshelve.yaml.local", "reshelve.local.yaml.txt"),
}
"""What a document is called, and what people call it who mean it."""


@click.command(epilog=exit_codes.epilog(0, 1))
@click.argument("files", nargs=-1, type=FILES, metavar="[FILE...]")
@json_option
@pass_shell
def validate(shell: Shell, files: tuple[Path, ...]) -> int:
    """Check FILEs and list every problem with file, line and column. Without FILEs: the documents of the workspace.

    \b
    Example:
      reshelve validate reshelve.yaml layout.yaml
    """
    asked = [input_documents.must_exist(file) for file in files]
    chosen = asked or [*_own(), *_assets()]
    # A workspace is checked with what this machine lays over it, and that by itself too.
    found = list(dict.fromkeys(api.validate(asked or _whole(chosen))))
    if not errors(found):
        found += _of_workspaces(chosen, shell)
    if not files:
        found += _nearly_named()
    shell.problems(found)
    wrong = errors(found)
    if not wrong:
        shell.say([f"{len(chosen)} {'document is' if len(chosen) == 1 else 'documents are'} sound."])
    return shell.finish(1 if wrong else 0, documents=len(chosen), problems=len(found))


@click.command(epilog=exit_codes.epilog(0, 1))
@click.argument("files", nargs=-1, type=FILES, metavar="[FILE...]")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with 1 if a file is not formatted.")
@json_option
@pass_shell
def fmt(shell: Shell, files: tuple[Path, ...], only_check: bool) -> int:
    """Format FILEs, so that git diffs are readable. Without FILEs: the documents of the workspace.

    Comments are kept, each above what it refers to.

    \b
    Example:
      reshelve fmt --check
    """
    from reshelve.schemas.documents.atomic_files import replace_file, version
    from reshelve.schemas.documents.source_lines import read_bytes
    from reshelve.schemas.documents.validation import format_document, kind_of

    changed, wrong = 0, False
    chosen = [input_documents.must_exist(file) for file in files] or _own()
    if not files and (layout := _folder()) is not None:
        api.load_layout(layout)
    for file in chosen:
        read = version(file) if file.is_file() else ""
        formatted = format_document(file).encode()
        if formatted != read_bytes(file):
            changed += 1
            if only_check:
                shell.problems([_not_formatted(file)])
            else:
                replace_file(file, [formatted], read)
                shell.say([f"changed: {shown(file)}"])
                shell.events([{"type": "formatted", "path": str(file)}])
        if only_check and kind_of(file) == "layout":
            unknown = api.store_problems(file)
            shell.problems(unknown)
            wrong = wrong or bool(unknown)
    shell.say(_formatted(len(chosen), changed, only_check=only_check))
    return shell.finish(1 if (changed and only_check) or wrong else 0, documents=len(chosen), changed=changed)


@click.command(epilog=exit_codes.epilog(0))
@click.argument("name", metavar="NAME")
@json_option
@pass_shell
def schema(shell: Shell, name: str) -> int:
    """Print the JSON Schema of a document.

    NAME: workspace, local, template, layout, manifest, prices, plan, journal, inventory or report.

    \b
    Example:
      reshelve schema layout > layout.schema.json
    """
    from reshelve.schemas.documents.json_schemas import NAMES, schema_for

    if name not in NAMES:
        raise click.UsageError(f"There is no schema `{name}`: there is {', '.join(NAMES)}.")
    shell.put_text([json.dumps(schema_for(name), indent=2, ensure_ascii=False)])
    shell.events([{"type": "schema", "name": name, "schema": schema_for(name)}])
    return shell.finish(0)


@click.command(epilog=exit_codes.epilog(0, 1))
@click.argument("before", type=FILES)
@click.argument("after", type=FILES)
@json_option
@pass_shell
def diff(shell: Shell, before: Path, after: Path) -> int:
    """Show the differences between two layouts: entries added, removed, moved and edited.

    Of a version in git, write a file first.

    \b
    Examples:
      reshelve diff layout.yaml new-layout.yaml
      git show main:layout.yaml > before.yaml && reshelve diff before.yaml layout.yaml
    """
    from reshelve.views.diffs import diff_events, diff_text

    difference = api.compare(api.load_layout(before), api.load_layout(after))
    shell.answer(diff_text(difference))
    shell.events(diff_events(difference))
    return shell.finish(0)


def _formatted(documents: int, changed: int, *, only_check: bool) -> Iterator[str]:
    """Yield how many documents are formatted, or, with `only_check`, are not; what was changed was named one by one."""
    if not changed:
        yield f"{documents:,} {'document is' if documents == 1 else 'documents are'} formatted already."
    elif only_check:
        yield f"Not formatted: {changed:,} of {count(documents, 'document')}."
    else:
        yield f"Changed: {changed:,} of {count(documents, 'document')}."


def _not_formatted(file: Path) -> Problem:
    hint = f"reshelve fmt {quoted(file)}"
    return Problem("not-formatted", "The file is not formatted.", path=str(file), hint=hint)


def _of_workspaces(files: list[Path], shell: Shell) -> Iterator[Problem]:
    """Yield what is wrong with the jobs' commands, and perhaps with the stores' paths, of workspaces that are sound otherwise."""
    from reshelve.cli.job_commands import job_problems
    from reshelve.documents.misspelt_paths import misspelt_paths
    from reshelve.schemas.documents.validation import kind_of

    top = click.get_current_context().find_root().command
    for file in files:
        if kind_of(file) == "workspace" and isinstance(top, click.Group):
            session = api.open_workspace(file, environ=shell.environ)
            yield from job_problems(session.workspace, top, file)
            yield from misspelt_paths(session.setting)


def _own() -> list[Path]:
    """Return the documents of the workspace here. Raises ReshelveError outside any."""
    file = workspace_search.need_workspace(Path(os.getcwd()))
    layout = workspace_search.layout_beside(file)
    layouts = sorted(layout.glob("*.yaml")) if layout.is_dir() else [layout]
    candidates = [file, file.with_name("reshelve.local.yaml"), *layouts]
    # What is no file is told as what it is, not passed over.
    return [candidate for candidate in candidates if os.path.lexists(candidate)]


def _folder() -> Path | None:
    """Return the folder that is the layout of the workspace here; None where it is one file."""
    layout = workspace_search.layout_beside(workspace_search.need_workspace(Path(os.getcwd())))
    return layout if layout.is_dir() else None


def _whole(documents: list[Path]) -> list[Path]:
    """Return the workspace's documents, a layout of several files as one: what is wrong may be between two of them."""
    folder = _folder()
    if folder is None:
        return documents
    return [*(file for file in documents if file.parent != folder), folder]


def _assets() -> list[Path]:
    """Return the notes of assets beside the workspace here: `fmt` has nothing to do with them, but they are its documents too."""
    notes = workspace_search.need_workspace(Path(os.getcwd())).with_name(locations.ASSETS)
    return [notes] if os.path.lexists(notes) else []


def _nearly_named() -> Iterator[Problem]:
    """Yield a warning for each file beside the workspace here that only its name keeps from being read."""
    folder = workspace_search.need_workspace(Path(os.getcwd())).parent
    for meant, others in _NEARLY.items():
        found = next((folder / name for name in others if (folder / name).is_file()), None)
        if found is not None and not (folder / meant).exists():
            hint = f"mv {quoted(found)} {quoted(folder / meant)}"
            detail = f"Only {meant} is read."
            yield Problem("nearly-named", "A document has another name.", detail, str(found), hint, severity="warning")
