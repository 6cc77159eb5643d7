"""Options that a command does not have: one that others have is told with them, one called like a value with how that is given."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

_UNSAID = "…"
_FEW = 2


def as_value(error: click.NoSuchOption, args: Sequence[str]) -> click.UsageError:
    """Return how the value is given that was written as an option, or which commands have it; else the error itself."""
    context = error.ctx
    takes_values = context is not None and any("--set" in option.opts for option in context.command.params)
    name = error.option_name.lstrip("-").replace("-", "_")
    if context is None or not takes_values or name not in _declared(context.params.get("preset")):
        return _of_others(error) or error
    given = next((arg.partition("=")[2] for arg in args if arg.startswith(f"{error.option_name}=")), "") or _UNSAID
    told = f"No such option '{error.option_name}'. It is a value of the rules: --set {name}={given}"
    return click.UsageError(told, context)


def _of_others(error: click.NoSuchOption) -> click.UsageError | None:
    """Return the error with the commands that have the option, if they are few: what many have is no clue."""
    top = error.ctx.find_root().command if error.ctx is not None else None
    if error.ctx is None or not isinstance(top, click.Group):
        return None
    having = [f"`{name}`" for name in top.list_commands(error.ctx) if _has(top.get_command(error.ctx, name), error.option_name)]
    if not 0 < len(having) <= _FEW:
        return None
    return click.UsageError(f"No such option '{error.option_name}'. It is an option of {' and '.join(having)}.", error.ctx)


def _has(command: click.Command | None, option: str) -> bool:
    return command is not None and any(option in parameter.opts for parameter in command.params)


def _declared(preset: object) -> Iterator[str]:
    """Yield the names that `set:` declares in the workspace here and in the presets, or in the one that was chosen."""
    from reshelve.opening.organize_setting import PRESETS, preset_path
    from reshelve.opening.workspace_search import find_workspace
    from reshelve.schemas.documents.readable_rules import readable_rules

    files = [preset_path(name) for name in PRESETS if preset in (None, name)]
    here = find_workspace(Path(os.getcwd()))
    for file in (*files, *([here] if here is not None else [])):
        workspace = readable_rules(file)
        if workspace is not None:
            yield from workspace.set_
