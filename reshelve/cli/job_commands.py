"""The commands of scheduled jobs: whether there is such a command, and whether it may run with nobody there."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from reshelve.cli.terminal import Shell
from reshelve.schemas.problems import Problem, Where
from reshelve.schemas.schedule_settings import Job, words_of

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


def job_problems(jobs: Mapping[str, Job], top: click.Group, file: Path) -> Iterator[Problem]:
    """Yield what is wrong with the commands of jobs, at their lines."""
    from reshelve.schemas.documents.source_lines import read_bytes
    from reshelve.schemas.documents.yaml_reader import locate

    for name, job in jobs.items():
        why = _fault(words_of(job.command), top)
        if why:
            spot = locate(read_bytes(file), str(file), None).get(("schedule", name, "command"))
            hint = "See what it takes: reshelve help commands"
            where = Where(str(file), spot.key_line, 1) if spot else None
            yield Problem("job-command", f"The job `{name}` cannot run.", why, hint=hint, where=where)


def _fault(words: list[str], top: click.Group) -> str:
    """Return what is wrong with a command, "" nothing. It is parsed, and not run."""
    if words[0] in NOT_ALONE:
        return f"`{words[0]}` is no job: {NOT_ALONE[words[0]]}."
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
    except click.exceptions.Exit:
        return "It only prints help."
    except click.ClickException as error:
        return error.format_message()
    return ""
