"""The commands of scheduled jobs: whether there is such a command, and whether it may run with nobody there."""

from collections.abc import Iterable
from pathlib import Path

import click

from reshelve.cli.terminal import Shell
from reshelve.schemas.near_words import near
from reshelve.schemas.problems import Problem
from reshelve.schemas.schedule_settings import words_of
from reshelve.schemas.workspace import Workspace

NOT_ALONE = {
    "init": "it makes workspaces",
    "new": "it asks for what it needs",
    "review": "it asks questions",
    "trust": "only a person can consent",
    "undo": "a person decides what is taken back",
    "redo": "a person decides what is done again",
    "release": "a person decides what is planned again",
    "organize": "it works without a workspace",
    "watch": "it does not end",
    "serve": "it does not end",
    "schedule": "it would wait for itself",
}
"""Commands that are no jobs, and why."""
_OF_SHELLS = frozenset({">", ">>", "<", "|", "||", "&&", "&", ";", "2>&1", "2>", "&>"})


def job_problems(workspace: Workspace, top: click.Group, file: Path) -> list[Problem]:
    """Return what is wrong with the commands of the jobs of a workspace, which is in `file`, where they are written."""
    from reshelve.schemas.documents.layout_checks import Fault
    from reshelve.schemas.documents.schema_diagnostics import problems
    from reshelve.schemas.documents.source_lines import read_bytes

    faults = []
    for name, job in workspace.schedule.items():
        words = words_of(job.command)
        why = _fault(words, top, workspace)
        if why:
            known = words[0] in top.list_commands(click.Context(top))
            hint = f"see what it takes: reshelve {f'{words[0]} --help' if known else 'help commands'}"
            faults.append(Fault(("schedule", name, "command"), "job-command", f"The job `{name}` cannot run.", why, hint))
    return problems(faults, read_bytes(file), str(file), []) if faults else []


def _fault(words: list[str], top: click.Group, workspace: Workspace) -> str:
    """Return what is wrong with a command, "" nothing. It is parsed, and not run."""
    if words[0] in NOT_ALONE:
        return f"`{words[0]}` is no job: {NOT_ALONE[words[0]]}."
    if of_shell := next((word for word in words if word in _OF_SHELLS), ""):
        return f"`{of_shell}` is a shell's, and no shell runs it: leave that out. What it prints is kept with the job."
    if words[0].startswith("-"):
        return "It begins with a command, as in backup due --yes."
    command: click.Command = top
    context = click.Context(top, info_name="reshelve", obj=Shell({}))
    args = words
    try:
        while isinstance(command, click.Group):
            if not args and command.invoke_without_command:
                return ""
            if command is not top:
                _, args, _ = command.make_parser(context).parse_args(list(args))
            name, inner, args = command.resolve_command(context, args)
            if inner is None:
                return f"There is no command `{name}`."
            command = inner
            context = click.Context(command, info_name=name, parent=context, obj=context.obj)
        with command.make_context(context.info_name, args, parent=context.parent) as parsed:
            asks = any(option.name == "yes" for option in command.params)
            if asks and not parsed.params.get("yes"):
                return "It would ask, and nobody is there: add --yes."
            unknown = _unknown_name(parsed, workspace)
    except click.exceptions.Exit:
        return "It only prints help."
    except click.ClickException as error:
        return error.format_message()
    return unknown


def _unknown_name(parsed: click.Context, workspace: Workspace) -> str:
    """Return which name that a command was given the workspace does not have, "" where it has all."""
    path = parsed.command_path.partition(" ")[2]
    only = parsed.params.get("only")
    if path == "scan" and isinstance(only, str) and only not in workspace.scan:
        return f"`scan:` has no {only!r}: {_others(only, workspace.scan)}"
    for text in parsed.params.get("within", ()) if path in ("cleanup", "duplicates") and workspace.stores else ():
        store = text.partition(":")[0].partition("/")[0]
        if store not in workspace.stores:
            return f"There is no store {store!r}: {_others(store, workspace.stores)}"
    return ""


def _others(given: str, names: Iterable[str]) -> str:
    meant = near(given, names)
    return f"did you mean {meant}?" if meant else f"there is {', '.join(names) or 'none'}."
