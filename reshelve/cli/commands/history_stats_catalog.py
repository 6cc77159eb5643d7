"""`history`, `stats` and `catalog`: where files have been, how many there are, and how what is known of them is kept."""

import os
from collections.abc import Iterable
from dataclasses import asdict, replace

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.runs_of import runs_of
from reshelve.cli.shared_options import age, json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.asset_questions import HistoryRow
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.session.session import Session
from reshelve.views.colour import count

_CODES = exit_codes.epilog(0, 1)


@click.command(epilog=_CODES)
@click.argument("path", metavar="PATH")
@json_option
@pass_shell
def history(shell: Shell, path: str) -> int:
    """Show what runs did to a file, under all its names; PATH may be any of them. For a folder: what they did to files in it.

    This includes runs of this workspace, of `reshelve organize` from or into a folder here or around PATH, and of workspaces
    elsewhere that changed one of these. Moves by hand are shown once `reshelve catalog update` found them.

    \b
    Examples:
      reshelve history "library:TV/Nordlys/Season 01/Nordlys.S01E01.mkv"
      reshelve history downloads/old-name.mkv
    """
    from reshelve.views.assets import history_text

    rows: list[HistoryRow] = []
    about: dict[str, dict[str, str]] = {}
    for session, location in _knowing(shell, path):
        found = session.catalog.history(location)
        shell.problems(session.catalog.problems)
        if (away := session.catalog.archived(location)) is not None:
            shell.problems([away])
        rows += found
        where = runs_of(session)
        about |= {row.run: where for row in found if where and row.run}
    rows.sort(key=lambda row: row.when)
    shell.answer(history_text(rows, about, colour=shell.colour))
    if not rows and _is_nowhere(path):
        shell.say(["There is no such file, and no run is known to have done anything to it. Check the name."])
    elif not rows:
        shell.say(["No run is known to have done anything to it. If people moved or renamed it, first: reshelve catalog update"])
    shell.events({"type": "history", **asdict(row), **about.get(row.run, {})} for row in rows)
    return shell.finish(0, operations=len(rows))


def _knowing(shell: Shell, named: str) -> list[tuple[Session, str]]:
    """Return the sessions that may know a file, each with its location there: those near here, and those near the file.

    Raises ReshelveError where it is in no store of any of them.
    """
    trouble: list[Problem] = []
    nearby = api.near_sessions(every=True, trouble=trouble)
    path = _path_of(nearby, named)
    if path:
        try:
            nearby += api.near_sessions(os.path.dirname(path), every=True, trouble=trouble)
        except ReshelveError as error:
            trouble += error.problems
    shell.problems([replace(problem, severity="warning") for problem in dict.fromkeys(trouble)])
    found: list[tuple[Session, str]] = []
    refused: ReshelveError | None = None
    for session in {one.setting.state.folder: one for one in nearby}.values() or [api.find_session()]:
        try:
            found.append((session, session.stores.locate(path or named)))
        except ReshelveError as error:
            refused = refused or error
    if refused is not None and not found:
        raise refused
    return found if path else found[:1]


def _is_nowhere(named: str) -> bool:
    """Say whether nothing is at what a person named; False where that cannot be told, as in a bucket."""
    path = _path_of(api.near_sessions(every=True), named)
    return bool(path) and not os.path.lexists(path)


def _path_of(sessions: Iterable[Session], named: str) -> str:
    """Return the path of what a person named: a location as the first means it that has its store, else ""."""
    key, rel = split(named) if ":" in named else ("", "")
    for session in sessions if key else ():
        roots = [root for root in session.stores.roots() if key in (root.key, store_of(root.key))]
        if roots:
            return os.path.join(roots[0].path, rel) if len(roots) == 1 and roots[0].kind == "folder" else ""
    return os.path.abspath(named)


@click.command(epilog=_CODES)
@click.option("--project", default="", metavar="NAME", help="Only files of this project.")
@json_option
@pass_shell
def stats(shell: Shell, project: str) -> int:
    """Count files and bytes in the catalog by type, project and job.

    \b
    Example:
      reshelve stats --project b63
    """
    from reshelve.views.assets import totals_text

    session = api.find_session()
    totals = session.catalog.stats(project)
    shell.problems(session.catalog.problems)
    shell.answer(totals_text(totals, colour=shell.colour))
    return shell.finish(0, **asdict(totals))


@click.group(epilog=_CODES)
def catalog() -> None:
    """Update the catalog from the stores, or rebuild it. Runs are added automatically.

    \b
    Examples:
      reshelve catalog update --hash --max-time 30m
      reshelve catalog rebuild
    """


@catalog.command(epilog=_CODES)
@click.option("--hash", "read", is_flag=True, help="Read files whose content is not known.")
@click.option("--max-time", callback=age, default=None, metavar="AGE", help="Read for at most this long (30m); the rest next time.")
@json_option
@pass_shell
def update(shell: Shell, read: bool, max_time: float | None) -> int:
    """Look at all stores: which files are new, changed, moved by hand or gone. Content is identified by remembered hashes.

    \b
    Example:
      reshelve catalog update --hash --max-time 30m
    """
    if max_time is not None and not read:
        raise click.UsageError("--max-time bounds --hash.")
    session = shell.watching(api.find_session())
    with shell.working("Looking"):
        found = session.catalog.update(read=read, max_seconds=max_time)
    return _looked(shell, session, found)


@catalog.command(epilog=_CODES)
@click.option("--hash", "read", is_flag=True, help="Read files whose content is not known.")
@json_option
@pass_shell
def rebuild(shell: Shell, read: bool) -> int:
    """Rebuild the catalog from the runs, the stores and assets.yaml.

    \b
    Example:
      reshelve catalog rebuild
    """
    session = shell.watching(api.find_session())
    with shell.working("Looking"):
        found = session.catalog.rebuild(read=read)
    return _looked(shell, session, found)


def _looked(shell: Shell, session: Session, found: object) -> int:
    from reshelve.session.catalog_current import Looked

    assert isinstance(found, Looked)
    shell.problems([*session.catalog.problems, *found.away])
    parts = [
        (found.new, "new"),
        (found.changed, "changed"),
        (found.followed, "moved by hand"),
        (found.gone, "gone"),
    ]
    told = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    shell.say([f"{count(found.files, 'file')} in the stores{f': {told}' if told else ''}."])
    if found.read:
        shell.say([f"Read {count(found.read, 'file')}."])
    if found.unread:
        shell.say([f"{count(found.unread, 'file')} not read yet. To read what is not: reshelve catalog update --hash"])
    if found.untold:
        objects, them = ("1 object", "it") if found.untold == 1 else (f"{found.untold:,} objects", "them")
        shell.say(
            [f"The content of {objects} is not known: nothing recorded with {them} tells it, and objects are not downloaded."]
        )
    figures = {name: getattr(found, name) for name in ("files", "new", "changed", "followed", "gone", "read", "unread", "untold")}
    return shell.finish(0, **figures)
