"""`explain`: why a scan does what it does with one file."""

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import json_option, set_option
from reshelve.cli.terminal import Shell, pass_shell


@click.command(epilog=exit_codes.epilog(0, 1))
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@set_option
@json_option
@pass_shell
def explain(shell: Shell, files: tuple[str, ...], values: dict[str, str]) -> int:
    """Explain what a scan does with each FILE: what it travels with, its facts, and the rules that were tried.

    Of a file that is filed already, it tells the entry of the layout and the run that brought it there.

    FILE is a path, or a location such as inbox:film.mkv. Nothing is written.

    \b
    Examples:
      reshelve explain downloads/Heat.1995.mkv
      reshelve explain inbox:Heat.1995.mkv --set project=kai
    """
    from dataclasses import asdict

    from reshelve.views.explanations import explanation_text

    session = api.open_workspace()
    previous = api.load_layout(session.layouts.path) if session.layouts.path.exists() else None
    for number, file in enumerate(files):
        told = session.layouts.explain(session.stores.locate(file), previous, values=values)
        shell.answer([*([""] if number else []), *explanation_text(told)])
        shell.events([{"type": "explanation", **asdict(told)}])
    return shell.finish(0, files=len(files))
