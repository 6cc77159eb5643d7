"""Options that are none: one that is called like a value of the rules is told how such a value is given."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

_UNSAID = "…"


def as_value(error: click.NoSuchOption, args: Sequence[str]) -> click.UsageError:
    """Return how the value is given that was written as an option; the error itself where there is no such value."""
    context = error.ctx
    takes_values = context is not None and any("--set" in option.opts for option in context.command.params)
    name = error.option_name.lstrip("-").replace("-", "_")
    if context is None or not takes_values or name not in _declared(context.params.get("preset")):
        return error
    given = next((arg.partition("=")[2] for arg in args if arg.startswith(f"{error.option_name}=")), "") or _UNSAID
    told = f"No such option '{error.option_name}'. It is a value of the rules: --set {name}={given}"
    return click.UsageError(told, context)


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
