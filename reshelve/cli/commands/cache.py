"""`cache`: what was worked out before and is remembered, so that nothing is read, asked or paid for twice."""

from pathlib import Path

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.apply_confirmation import end_if_only_told
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.opening.suggesters import remembered
from reshelve.schemas.locations import printable
from reshelve.views.colour import count


@click.group(epilog=exit_codes.epilog(0, 1, 7))
def cache() -> None:
    """Show, clear or import what is remembered: names, metadata, content hashes, answers of models and databases.

    Clearing it costs time, and money for answers. It never affects files or the layout.

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
    """Show how much is remembered, which model gave the answers, and when.

    \b
    Example:
      reshelve cache stats
    """
    from reshelve.executors.state.cache_db import TABLES, rows

    session = api.open_workspace()
    setting = session.setting
    held = rows(setting.state.folder / "catalog.db")
    for table, what in TABLES.items():
        shell.answer([f"{held.get(table, 0):>9,}  {what}"])
    kept = []
    if held.get("suggestions"):
        memory = remembered(setting, session.now)
        kept = memory.kept()
        memory.close()
    for one in kept:
        shell.answer([f"{one.answers:>9,}    of them by {printable(one.by)}, {one.oldest} to {one.newest}"])
    shell.events({"type": "answers", "by": one.by, "answers": one.answers, "from": one.oldest, "to": one.newest} for one in kept)
    return shell.finish(0, **{table: held.get(table, 0) for table in TABLES})


@cache.command(epilog=exit_codes.epilog(0, 1, 7))
@click.option("--answers", is_flag=True, help="Clear only models' answers and imported answers.")
@click.option("--by", metavar="MODEL", help="Clear only the answers of this model or imported file.")
@json_option
@pass_shell
def clear(shell: Shell, answers: bool, by: str | None) -> int:
    """Clear what is remembered. The next scan reads the names again, and the next `scan --suggest` and `scan --lookup` ask again.

    \b
    Examples:
      reshelve cache clear
      reshelve cache clear --by gpt-4o-mini
    """
    from reshelve.executors.state.cache_db import empty, rows

    session = api.open_workspace()
    path = session.setting.state.folder / "catalog.db"
    held = rows(path)
    gone = sum(held.values())
    memory = None
    if answers or by is not None:
        memory = remembered(session.setting, session.now) if held.get("suggestions") else None
        gone = sum(one.answers for one in memory.kept() if by in (None, one.by)) if memory is not None else 0
    try:
        end_if_only_told(shell, f"{count(gone, 'thing')} would be forgotten.", {"forgotten": 0})
        if memory is not None:
            gone = memory.clear(by)
        elif not answers and by is None:
            empty(path)
    finally:
        if memory is not None:
            memory.close()
    shell.say([f"Forgot {count(gone, 'thing')}."])
    return shell.finish(0, forgotten=gone)


@cache.command("import", epilog=exit_codes.epilog(0, 1, 7))
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@pass_shell
def import_(shell: Shell, file: Path) -> int:
    """Import answers from a CSV FILE with a header line and one row per file: location (inbox:a/b.mkv), path or bare name.

    The columns are named after the facts: filename, kind (or media_type), title, year, show, season, episodes, place,
    confidence. Like suggestions, the answers are used only for files that no rule decides.

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
    shell.say([f"Imported {count(len(answers), 'answer')} from {printable(file.name)}."])
    shell.advise(["Next: reshelve scan"])
    return shell.finish(0, imported=len(answers))
