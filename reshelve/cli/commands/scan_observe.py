"""`scan` and `observe`: proposing where every file belongs, and saving what is there."""

import shlex
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.shared_options import exclude_each_other, full_option, json_option, set_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.documents import output_files
from reshelve.opening.lookups import LookUp, always_looks_up
from reshelve.opening.organize_setting import PRESETS
from reshelve.opening.suggesters import NOBODY, REMEMBERED, Asking, always, host_of, loose_secrets
from reshelve.planner.observing.identity import time_text
from reshelve.schemas.inventory import Inventory
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import join, printable
from reshelve.schemas.problems import ReshelveError, errors
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.views.colour import count
from reshelve.views.printed_paths import shown
from reshelve.views.scans import (
    counts_text,
    decided_text,
    filed_text,
    next_text,
    remembered_text,
    review_text,
    scan_events,
    scan_figures,
    scan_text,
)
from reshelve.views.suggestions import asking_text

if TYPE_CHECKING:
    from reshelve.opening.wiring import Setting
    from reshelve.planner.scan import ScanResult
    from reshelve.schemas.suggestion_protocol import Estimate
    from reshelve.session.session import Session

FILE = click.Path(path_type=Path)


@dataclass(slots=True, frozen=True)
class _Asked:
    """What a scan of a workspace was asked for, as its options say."""

    output: str | None
    only: str | None
    against: Path | None
    prune: bool
    follow: bool
    suggest: bool | None
    lookup: bool | None
    record: Path | None
    values: dict[str, str]


@click.command(epilog=exit_codes.epilog(0, 1, 4, 6, 7))
@click.argument("folder", required=False, type=FILE, metavar="[PATH]")
@click.option("-o", "--output", metavar="LAYOUT", help="Where to write the layout; - prints it.  [default: layout.yaml]")
@click.option("--only", metavar="STORE", help="Scan only this store.")
@click.option("--against", type=FILE, metavar="INVENTORY", help="Scan a saved inventory, without the disks.")
@click.option("--prune", is_flag=True, help="Remove entries whose file is already in place, or was filed and is gone.")
@click.option("--follow", is_flag=True, help="Take the new places of files that were moved by hand into the layout.")
@click.option("--suggest/--no-suggest", default=None, help="Ask the model of `suggest:`, or use only rules.")
@click.option("--lookup/--no-lookup", default=None, help="Ask the databases of `lookup:`, or use only names and rules.")
@click.option("--record", type=click.Path(path_type=Path), metavar="FILE", help="Record the model's requests and replies.")
@click.option("--preset", type=click.Choice(PRESETS), help="With PATH: the rules to use.  [default: plex]")
@full_option
@set_option
@json_option
@pass_shell
def scan(
    shell: Shell,
    folder: Path | None,
    output: str | None,
    only: str | None,
    against: Path | None,
    prune: bool,
    follow: bool,
    suggest: bool | None,
    lookup: bool | None,
    record: Path | None,
    preset: str | None,
    full: bool,
    values: dict[str, str],
) -> int:
    """Propose where every file belongs, as a layout to review, edit and commit. No file is touched.

    Entries that you edited or decided in `reshelve review` stay as they are. With --suggest, the workspace's model is asked
    about the files that no rule decides; without it, remembered answers are used. With --no-suggest, only rules decide.
    --lookup and --no-lookup say the same of databases of films and shows, which tell what names leave in doubt, such as years.

    With --against, no disk is read: the inventory says what was there, and earlier scans what is in the files. Ages are
    counted from the time of the inventory, unclear files are left alone or for review, and no file counts as gone.

    While a run is under way or unsettled, no layout is written: what is there is half done. `-o -` still prints one.

    With --follow, files that were filed and that somebody moved or renamed since are looked for, as `reshelve health` does: their
    entries get the targets where these are now, and are yours from then on. The catalog is brought up to date.

    With PATH, look at a folder without a workspace: what is in it, which names are read with certainty, and what a preset's
    rules would do with it. Nothing is written.

    \b
    Examples:
      reshelve scan
      reshelve scan ~/Downloads
      reshelve scan --suggest
      reshelve scan --lookup
      reshelve scan --against inventory.ndjson
      reshelve scan --only inbox -o - | less
    """
    if folder is not None and (output or only or against or prune or follow or suggest or lookup or record):
        raise click.UsageError("PATH is only looked at: leave out the options of a workspace's scan.")
    if folder is not None:
        return _look_at(shell, folder, preset or "plex", values, full=full)
    exclude_each_other(follow=follow, against=against)
    if preset:
        raise click.UsageError("--preset is for a look at a folder: scan PATH --preset NAME. A workspace has its own rules.")
    asked = _Asked(output, only, against, prune, follow, suggest, lookup, record, values)
    return _scan_workspace(shell, asked, full=full)


def _refuse_half_done(session: "Session") -> None:
    """Raise while a run is under way or was cut short here, or was cut short in the same folders: what is seen is half done.

    Of kind "locked" or "unsettled". A layout that is written of that would lose entries of the run.
    """
    session.runs.refuse_under_way()
    if found := session.runs.unsettled():
        half = "What is there is half done: no layout is written of it."
        told = [replace(problem, severity="error", detail=f"{problem.detail} {half}") for problem in found[:1]]
        raise ReshelveError(told, "unsettled")


def _scan_workspace(shell: Shell, asked: _Asked, *, full: bool) -> int:
    """Scan the stores of a workspace, and write the layout or print it. Returns the exit code."""
    session = api.open_workspace()
    if asked.output != "-":
        _refuse_half_done(session)
    session = shell.looking(session)
    path = _claimed(session, asked.output, asked.record)
    read = api.layout_versions(path)
    previous = api.load_layout(path) if path.exists() else None
    asking = _asking(shell, session.setting, asked.suggest, asked.record)
    look_up = _look_up(shell, session.setting, asked.lookup)
    if asking.who == "model" or look_up == "databases":
        shell.problems(loose_secrets(session.setting.folder, session.setting.environ))
    observed = api.load_inventory(asked.against) if asked.against else None
    with shell.working("Scanning", session.times()) as seen:
        scanning = session.watched(seen)
        moved = _moved(session) if asked.follow else None
        result = scanning.layouts.scan(
            previous,
            only=asked.only,
            values=asked.values,
            prune=asked.prune,
            follow=moved,
            asking=asking,
            look_up=look_up,
            against=observed,
        )
    shell.problems(result.problems)
    nothing = _came_to_nothing(result, previous)
    if asked.output != "-" and not nothing:
        # A run may have begun since.
        _refuse_half_done(session)
        api.save_layout(result.layout, path, read)
        if result.followed:
            session.catalog.update()
    if asked.output == "-" and not shell.json:
        _put_layout(shell, result.layout, path)
    else:
        shell.say(remembered_text(result.layout.values, asked.values))
        _say_scan(shell, result, path, asked.against, observed, full=full, previous=previous, written=not nothing)
    shell.events(scan_events(result))
    figures = scan_figures(result)
    if asked.against and observed:
        figures["against"] = {"inventory": str(asked.against), "at": taken(observed)}
    return shell.finish(1 if errors(result.problems) else 0, **figures, layout=str(path))


def _moved(session: "Session") -> dict[str, str]:
    """Return where files are now that were moved by hand, by where they were."""
    from reshelve.examining.health.moved_files import moved_files

    return moved_files(session)


def _came_to_nothing(result: "ScanResult", previous: Layout | None) -> bool:
    """Say whether a store to be scanned is not there, and nothing else was found: then no layout says that all is as desired."""
    away = any(problem.code == "store-unavailable" for problem in errors(result.problems))
    before = previous if previous is not None else Layout()
    return away and result.layout == replace(before, tidy=result.layout.tidy, values=result.layout.values)


def _put_layout(shell: Shell, layout: Layout, path: Path) -> None:
    """Print a layout as it would be written over the one at `path`, whose comments it keeps."""
    from reshelve.schemas.documents.layout_files import lines_over

    shell.put(line.rstrip("\n") for line in lines_over(layout, path))


def _claimed(session: "Session", output: str | None, record: Path | None) -> Path:
    """Return where the layout is, once this scan may write what it is asked to write. Raises ReshelveError where it may not."""
    path = Path(output) if output and output != "-" else session.layouts.path
    if output != "-":
        output_files.claim(path, output_files.LAYOUT, session.setting)
    if record is not None:
        output_files.claim(record, output_files.RECORDING, session.setting)
    return path


def _say_scan(
    shell: Shell,
    result: "ScanResult",
    path: Path,
    against: Path | None,
    observed: Inventory | None,
    *,
    full: bool,
    previous: Layout | None,
    written: bool,
) -> None:
    if against and observed:
        shell.say([f"Read against {printable(str(against))}, taken {taken(observed)}: no disk was looked at."])
    shell.say(decided_text(result.layout) if shell.verbose else ())
    shell.say(scan_text(result, path if written else None, full=full or shell.verbose, previous=previous))
    if not written:
        kept = "is as it was" if previous is not None else "was not written"
        shell.say([f"{shown(path)} {kept}: a store to be scanned is not there, and nothing else was found."])
    shell.advise(next_text(result))


def taken(inventory: Inventory) -> str:
    """Return when an inventory was taken, ISO 8601 in UTC."""
    return time_text(inventory.at_ns) or "at a time that no calendar has"


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("folder", required=False, type=FILE, metavar="[PATH]")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="INVENTORY", help="Write it to this file. Default: print it."
)
@click.option("--tree", is_flag=True, help="Print a tree of folders and files, with sizes, instead of an inventory.")
@json_option
@full_option
@pass_shell
def observe(shell: Shell, folder: Path | None, output: Path | None, tree: bool, full: bool) -> int:
    """Save an inventory of the stores, so that `scan`, `plan` and `check` with --against work without the disks, as in CI.

    With PATH, look at that folder instead, without a workspace. --tree shows only the first of many files in a folder, with
    --full all of them. --json prints an event for each item.

    \b
    Examples:
      reshelve observe -o inventory.ndjson
      reshelve observe ~/Downloads --tree
    """
    from reshelve.planner.observing.odd_keys import odd_keys
    from reshelve.planner.observing.saved_inventory import readers_from
    from reshelve.schemas.documents.inventory_files import inventory_lines, save_inventory
    from reshelve.views.folders import tree_text

    if tree and (output is not None or shell.json):
        raise click.UsageError("--tree prints a tree alone: leave out -o and --json.")
    session = shell.looking(api.open_workspace()) if folder is None else api.open_folder(folder)
    saved = (
        output_files.claim(output, output_files.INVENTORY, session.setting) if output not in (None, output_files.PRINTED) else None
    )
    with shell.working("Looking") as seen:
        inventory = session.watched(seen).stores.observe()
    if tree:
        for listing in inventory.listings.values():
            shell.answer(tree_text(listing, full=full or shell.verbose, colour=shell.colour))
    elif saved is None and shell.json:
        shell.events(_item_events(inventory))
    elif saved is None:
        shell.put(line.decode().rstrip("\n") for line in inventory_lines(inventory))
    else:
        saved.put(lambda path, version: save_inventory(inventory, path, version))
        items = sum(len(listing.items) for listing in inventory.listings.values())
        folders = count(len(inventory.listings), "folder or bucket", "folders and buckets")
        shell.say([f"Wrote {shown(saved.path)}: {count(items, 'item')} in {folders}."])
    unread = [
        f"{join(key, folder) if folder else key}: {why}"
        for key, listing in inventory.listings.items()
        for folder, why in listing.unreadable.items()
    ]
    if not shell.json:
        shell.tell(f"Could not be read: {printable(text)}" for text in unread)
    shell.problems(list(odd_keys(readers_from(inventory))))
    every = [item for listing in inventory.listings.values() for item in listing.items]
    return shell.finish(0, items=len(every), bytes=sum(item.size for item in every if item.kind == "file"), unreadable=len(unread))


def _item_events(inventory: Inventory) -> Iterator[dict[str, Any]]:
    """Yield an event for each item that was seen, and for each folder that could not be read."""
    for key, listing in inventory.listings.items():
        for item in listing.items:
            yield {"type": "item", "place": join(key, item.rel), "kind": item.kind, "size": item.size, "mtime_ns": item.mtime_ns}
        for rel, why in sorted(listing.unreadable.items()):
            yield {"type": "unreadable", "place": join(key, rel), "why": why}


def _asking(shell: Shell, setting: "Setting", suggest: bool | None, record: Path | None) -> Asking:
    """Return whether the model is asked: as told, else as the workspace says, with consent. What it will come to is told before."""
    if suggest is False:
        return NOBODY
    if not suggest:
        every = always(setting)
        if every is None:
            why, hint = "`always: true` has no consent on this machine", "reshelve trust"
            shell.say([f"Suggestions are off: {why}. Turn them on: {hint}"])
            shell.events([{"type": "suggestions-off", "why": why, "hint": hint}])
        if not every:
            return REMEMBERED
    host = host_of(setting)

    def announce(estimate: "Estimate") -> None:
        shell.say([asking_text(estimate, setting.workspace.suggest, host)])
        shell.events([{"type": "asking", **asdict(estimate), "host": host}])
        sys.stdout.flush()

    return Asking("model", announce, record)


def _look_up(shell: Shell, setting: "Setting", lookup: bool | None) -> LookUp:
    """Return whom names are looked up with: as told, else as the workspace says, with consent."""
    if lookup is False:
        return "nobody"
    if lookup:
        return "databases"
    every = always_looks_up(setting)
    if every is None:
        why, hint = "`always: true` has no consent on this machine", "reshelve trust"
        shell.say([f"Looking up is off: {why}. Turn it on: {hint}"])
        shell.events([{"type": "lookups-off", "why": why, "hint": hint}])
    return "databases" if every else "memory"


def _look_at(shell: Shell, folder: Path, preset: str, values: dict[str, str], *, full: bool) -> int:
    """Say what the rules of a preset would make of a folder; nothing is written. Returns the exit code."""
    from reshelve.views.folders import names_text

    with shell.working("Scanning") as seen:
        result = api.open_folder(folder, preset).watched(seen).layouts.scan(values=values, asking=NOBODY)
    shell.problems(result.problems)
    shell.answer([f"Folder {printable(str(folder))}, by the rules of the preset {preset}:"])
    shell.answer(names_text(result.kinds))
    shell.say(decided_text(result.layout) if shell.verbose else ())
    shell.answer(filed_text(result.layout, full=full) if not shell.verbose else ())
    shell.answer(review_text(result.layout, full=full or shell.verbose))
    shell.answer(counts_text(result, full=full or shell.verbose))
    shell.events(scan_events(result))
    if result.layout.files and not errors(result.problems):
        again = f"reshelve organize {shlex.quote(printable(str(folder)))} --preset {preset}"
        shell.advise([f"Nothing was written. To see it as a plan: {again}"])
    else:
        shell.advise(["Nothing was written."])
    return shell.finish(1 if errors(result.problems) else 0, **scan_figures(result), folder=printable(str(folder)), preset=preset)
