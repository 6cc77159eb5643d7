"""`cache`: what was worked out before and is remembered, so that nothing is read, asked or paid for twice."""

from pathlib import Path

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.opening.suggesters import remembered
from reshelve.schemas.locations import printable
from reshelve.views.colour import count


@click.group(epilog=exit_codes.epilog(0, 1, 7))
def cache() -> None:
    """Show, forget or import what is remembered: names read, files looked into, contents hashed, answers of models.

    Losing it costs time, and for answers money; never a file, nor the layout.

    \b
    Examples:
      reshelve cache stats
      reshelve cache import known.csv
      reshelve cache clear --answers
    """


@cache.command(epilog=exit_codes.epilog(0, 1, 7))
@json_option
@pass_shell
def stats(shell: Shell) -> int:
    """Show how much is remembered, and of the answers, who gave them and when.

    \b
    Example:
      reshelve cache stats
    """
    from reshelve.executors.state.catalog_db import TABLES, rows

    session = api.open_workspace()
    setting = session.setting
    held = rows(setting.state.folder / "catalog.db")
    for table, what in TABLES.items():
        shell.say([f"{held.get(table, 0):>9,}  {what}"])
    kept = []
    if held.get("suggestions"):
        memory = remembered(setting, session.now)
        kept = memory.kept()
        memory.close()
    for one in kept:
        shell.say([f"{one.answers:>9,}    of them by {printable(one.by)}, {one.oldest} to {one.newest}"])
    shell.events({"type": "answers", "by": one.by, "answers": one.answers, "from": one.oldest, "to": one.newest} for one in kept)
    return shell.finish(0, **{table: held.get(table, 0) for table in TABLES})


@cache.command(epilog=exit_codes.epilog(0, 1, 7))
@click.option("--answers", is_flag=True, help="Forget the answers of models and imported ones alone.")
@click.option("--by", metavar="MODEL", help="Forget what this model (or imported file) answered alone.")
@pass_shell
def clear(shell: Shell, answers: bool, by: str | None) -> int:
    """Forget what is remembered. Names are read anew by the next scan, and models asked anew by the next `scan --suggest`.

    \b
    Examples:
      reshelve cache clear
      reshelve cache clear --by gpt-4o-mini
    """
    from reshelve.executors.state.catalog_db import empty, rows

    session = api.open_workspace()
    path = session.setting.state.folder / "catalog.db"
    held = rows(path)
    gone = sum(held.values())
    if answers or by is not None:
        gone = 0
        if held.get("suggestions"):
            memory = remembered(session.setting, session.now)
            gone = memory.clear(by)
            memory.close()
    else:
        empty(path)
    shell.say([f"Forgot {count(gone, 'thing')}."])
    return 0


@cache.command("import", epilog=exit_codes.epilog(0, 1, 7))
@click.argument("file", type=click.Path(path_type=Path))
@pass_shell
def import_(shell: Shell, file: Path) -> int:
    """Remember the answers of a CSV FILE: a head line, then a file a row, as its location (inbox:a/b.mkv), path or bare name.

    Columns are called as the facts they hold: filename, kind (or media_type), title, year, show, season, episodes, place,
    confidence. They count as suggestions do: for what no rule settles.

    \b
    Example:
      reshelve cache import known.csv
    """
    from reshelve.executors.suggest.csv_answers import read_csv

    session = api.open_workspace()
    answers = read_csv(file)
    memory = remembered(session.setting, session.now, make=True)
    memory.import_many(answers, file.name)
    memory.close()
    shell.say([f"Imported {count(len(answers), 'answer')} from {printable(file.name)}.", "Next: reshelve scan"])
    return 0
