"""The texts that `reshelve --help` prints without making them anew: as click makes them, for each width of `MADE_FOR`."""

from pathlib import Path

import click

from reshelve.cli.entry import cli
from reshelve.cli.first_help import MADE_FOR, file_for


def made(columns: int) -> str:
    """Return the help of `reshelve` itself as click makes it for so many columns."""
    context = click.Context(cli, info_name="reshelve", terminal_width=columns - 2, **cli.context_settings)
    return f"{cli.get_help(context)}\n"


def write() -> None:
    """Write each text to where it is read from."""
    for columns in MADE_FOR:
        file = Path(file_for(columns))
        file.parent.mkdir(exist_ok=True)
        file.write_text(made(columns), encoding="utf-8")
