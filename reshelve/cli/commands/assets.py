"""`assets`: which files there are, what they are, and what people say of them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.schemas.asset_notes import AssetNotes, LinkKind
from reshelve.schemas.asset_questions import AssetPlace, Wanted
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
