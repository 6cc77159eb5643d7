"""`assets`, `history`, `stats` and `catalog`: which files there are, what they are, and where they have been."""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.runs_of import runs_of
from reshelve.cli.shared_options import age, json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.asset_notes import AssetNotes, LinkKind
from reshelve.schemas.asset_questions import AssetPlace, HistoryRow, Wanted
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.session.session import Session
from reshelve.session.session_catalog import said, used
from reshelve.views.colour import count
from reshelve.views.printed_paths import shown

if TYPE_CHECKING:
    from reshelve.views.asset_exports import ExportFormat

_CODES = exit_codes.epilog(0, 1)
_TAG = click.option("--tag", "tags", multiple=True, metavar="TAG", help="Add a tag.")
_NOTE = click.option("--note", default=None, metavar="TEXT", help="Replace the note; an empty one removes it.")
_META = click.option("--meta", multiple=True, metavar="K=V", help="Set a value of your own.")
_STATUS = click.option("--status", default=None, metavar="WORD", help="Replace the status; an empty one removes it.")
_FILES = click.argument("files", nargs=-1, required=True, metavar="FILE|ID...")


@click.group(invoke_without_command=True, epilog=_CODES)
@click.option("--project", default="", metavar="NAME", help="Only files of this project.")
@click.option("--job", default="", metavar="NAME", help="Only files of this job.")
@click.option("--tag", default="", metavar="TAG", help="Only assets with this tag.")
@click.option("--type", "kind", default="", metavar="TYPE", help="Only video, image, audio, subtitle, document or other.")
@click.option("--status", default="", metavar="WORD", help="Only assets with this status.")
@json_option
@pass_shell
@click.pass_context
def assets(context: click.Context, shell: Shell, project: str, job: str, tag: str, kind: str, status: str) -> int:
    """List the files in the stores by the catalog, and record what they are.

    A file is known once a run put it in its place, or after `catalog update`. Files with the same content are one asset; its
    id is the beginning of its SHA-256. Tags, notes, status, uses and links are kept in assets.yaml.

    \b
    Examples:
      reshelve assets --project b63 --type video
      reshelve assets register library:b63/cut.mp4 --tag hero
    """
    if context.invoked_subcommand is not None:
        return 0
    from reshelve.views.assets import assets_text

    session = api.find_session()
    found = session.catalog.assets(Wanted(project, job, tag, kind, status))
    shell.problems(session.catalog.problems)
    shell.answer(assets_text(found, colour=shell.colour))
    if not found:
        shell.say(["No such file is in the catalog. `reshelve catalog update` looks at the stores."])
    shell.events(map(_event, found))
    return shell.finish(0, files=len(found), bytes=sum(place.size for place in found))


@assets.command(epilog=_CODES)
@click.argument("named", metavar="FILE|ID")
@json_option
@pass_shell
def show(shell: Shell, named: str) -> int:
    """Show everything known about a file or an asset: places, hashes, facts, tags, uses, links, history.

    \b
    Example:
      reshelve assets show library:b63/cut.mp4
    """
    from reshelve.views.assets import asset_text

    session = api.find_session()
    detail = session.catalog.show(_named(session, named))
    shell.problems(session.catalog.problems)
    shell.answer(asset_text(detail, colour=shell.colour))
    shell.events(map(_event, detail.places))
    if detail.notes is not None:
        shell.events([{"type": "asset-notes", **detail.notes.model_dump(by_alias=True, exclude_defaults=True)}])
    shell.events({"type": "asset-link", "as": kind, "of": other} for kind, other in detail.links_from)
    shell.events({"type": "asset-link", "as": kind, "by": other} for kind, other in detail.links_to)
    shell.events({"type": "history", **asdict(row)} for row in detail.history)
    return shell.finish(0, places=len(detail.places))


@assets.command(epilog=_CODES)
@click.option("--format", "form", type=click.Choice(["csv", "ndjson", "file_metadata"]), default="csv", show_default=True)
@click.option("-o", "out", type=click.Path(path_type=Path), default=None, help="The file to write; otherwise standard output.")
@json_option
@pass_shell
def export(shell: Shell, form: "ExportFormat", out: Path | None) -> int:
    """Export every file in the catalog. `file_metadata` is a JSON list of the records for generated files.

    \b
    Example:
      reshelve assets export --format file_metadata -o file_metadata.json
    """
    from reshelve.documents import output_files
    from reshelve.schemas.documents.atomic_files import replace_file
    from reshelve.views.asset_exports import exported

    printed = out is None or out == output_files.PRINTED
    if printed and shell.json:
        raise click.UsageError("The export and events would both go to standard output: add -o FILE, or leave out --json.")
    session = api.find_session()
    places = session.catalog.assets(Wanted())
    roots = {root.key: root.path for root in session.stores.roots()}
    text = exported(places, form, roots)
    shell.problems(session.catalog.problems)
    if out is None or printed:
        shell.put("".join(text).splitlines())
    else:
        output = output_files.claim(out, output_files.EXPORT, session.setting)
        output.put(lambda path, version: replace_file(path, (piece.encode("utf-8", "backslashreplace") for piece in text), version))
        shell.say([f"Wrote {shown(out)}: {count(len(places), 'file')}."])
        shell.events([{"type": "written", "path": str(out)}])
    unread = sum(not place.sha256 for place in places)
    if unread:
        shell.tell([f"{count(unread, 'file')} without a SHA-256. To read what nobody has read: reshelve catalog update --hash"])
    return shell.finish(0, files=len(places), unread=unread)


@assets.command(epilog=_CODES)
@_FILES
@_TAG
@_NOTE
@_META
@_STATUS
@json_option
@pass_shell
def register(
    shell: Shell, files: tuple[str, ...], tags: tuple[str, ...], note: str | None, meta: tuple[str, ...], status: str | None
) -> int:
    """Register files as assets, with tags, a note and values, and print their ids. Registering again updates them.

    \b
    Example:
      reshelve assets register library:b63/cut.mp4 --tag hero --note "graded" --meta camera=A7
    """
    return _note(shell, files, said(tags=tags, note=note, status=status, meta=_pairs(meta)), ids=True)


@assets.command(epilog=_CODES)
@_FILES
@click.option("--add", multiple=True, metavar="TAG", help="Add a tag.")
@click.option("--remove", multiple=True, metavar="TAG", help="Remove a tag.")
@json_option
@pass_shell
def tag(shell: Shell, files: tuple[str, ...], add: tuple[str, ...], remove: tuple[str, ...]) -> int:
    """Add and remove tags.

    \b
    Example:
      reshelve assets tag library:b63/cut.mp4 --add hero --remove draft
    """
    return _note(shell, files, said(tags=add, without=remove))


@assets.command(epilog=_CODES)
@_FILES
@click.option("--text", default=None, metavar="TEXT", help="The note; an empty one removes it.")
@_META
@_STATUS
@json_option
@pass_shell
def note(shell: Shell, files: tuple[str, ...], text: str | None, meta: tuple[str, ...], status: str | None) -> int:
    """Set the note, the status and values of your own.

    \b
    Example:
      reshelve assets note library:b63/cut.mp4 --text "graded by Ana" --status approved
    """
    return _note(shell, files, said(note=text, status=status, meta=_pairs(meta)))


@assets.command(epilog=_CODES)
@_FILES
@click.option("--project", required=True, metavar="NAME", help="The project it is used in.")
@click.option("--sequence", default="", metavar="NAME", help="The sequence or timeline.")
@click.option("--duration", type=float, default=None, metavar="SECONDS", help="For how long.")
@click.option("--date", default="", metavar="DAY", help="The day (2026-11-26); otherwise today.")
@json_option
@pass_shell
def use(shell: Shell, files: tuple[str, ...], project: str, sequence: str, duration: float | None, date: str) -> int:
    """Record that assets are used in a project; each use counts.

    \b
    Example:
      reshelve assets use library:b63/cut.mp4 --project b64 --sequence opening --duration 12.5
    """
    import math

    if duration is not None and not (math.isfinite(duration) and duration >= 0):
        raise click.UsageError("--duration is a number of seconds.")
    return _note(shell, files, lambda notes: used(project, sequence, date or _today(), duration)(notes))


@assets.command(epilog=_CODES)
@click.argument("file", metavar="FILE|ID")
@click.argument("of", metavar="OF")
@click.option("--as", "kind", type=click.Choice(["version", "derived", "proxy", "export"]), default="derived", show_default=True)
@json_option
@pass_shell
def link(shell: Shell, file: str, of: str, kind: LinkKind) -> int:
    """Record that FILE is a version, a derivative, a proxy or an export of OF. A version's number and parent follow from that.

    \b
    Example:
      reshelve assets link library:b63/cut-v2.mp4 library:b63/cut-v1.mp4 --as version
    """
    session = api.find_session()
    one, other = session.catalog.link(_named(session, file), _named(session, of), kind)
    shell.problems(session.catalog.problems)
    shell.say([f"{one[:12]} is {kind if kind == 'derived' else f'a {kind}' if kind != 'export' else 'an export'} of {other[:12]}."])
    return shell.finish(0, sha256=one, of=other)


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


def _note(shell: Shell, files: Iterable[str], change: Callable[[AssetNotes], AssetNotes], *, ids: bool = False) -> int:
    session = api.find_session()
    found = session.catalog.note([_named(session, file) for file in files], change)
    shell.problems(session.catalog.problems)
    shell.say([sha256[:12] if ids else f"{sha256[:12]} noted in assets.yaml." for sha256 in found])
    shell.events({"type": "asset-noted", "id": sha256[:12], "sha256": sha256} for sha256 in found)
    return shell.finish(0, assets=len(found))


def _named(session: Session, named: str) -> str:
    """Return the location or the id that a person means; what looks like an id and is a file here is the file."""
    from reshelve.session.catalog_notes import is_id

    return named if is_id(named) and not Path(named).exists() else session.stores.locate(named)


def _event(place: AssetPlace) -> dict[str, object]:
    told = asdict(place)
    objects = {name: json.loads(told[name] or "{}") for name in ("metadata", "facts")}
    return {"type": "asset", **{("kind" if name == "type" else name): objects.get(name, value) for name, value in told.items()}}


def _pairs(texts: Iterable[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.UsageError(f"{text!r} is not written NAME=VALUE.")
        pairs[name] = value
    return pairs


def _today() -> str:
    return api.utc_now().date().isoformat()
