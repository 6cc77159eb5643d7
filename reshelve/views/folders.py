"""Folders for people: what one holds by kind, and as a tree."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reshelve.planner.folder_figures import FolderFigures
from reshelve.planner.observing.identity import time_text
from reshelve.planner.scanners.scan_findings import NameFigures
from reshelve.schemas.inventory import Item, Listing
from reshelve.schemas.locations import encode_path, printable
from reshelve.schemas.quantities import human_size
from reshelve.views.colour import Paint, count
from reshelve.views.moments import moment

if TYPE_CHECKING:
    from reshelve.executors.state.run_summaries import RunSummary

FEW = 10
"""Files of one folder, or folders left alone, that are listed one by one."""


def figures_text(figures: FolderFigures, runs: "Sequence[RunSummary]" = (), colour: bool = False) -> Iterator[str]:
    """Yield what a folder holds: by kind, what is largest, oldest and newest, and what a scan leaves alone; the sum last.

    `runs` are those that its log lists, newest first.
    """
    paint = Paint(colour)
    yield paint("bold", f"Folder {printable(figures.path)}")
    for kind, amount in figures.kinds.items():
        yield f"  {kind:<10} {count(amount.files, 'file'):>14}  {human_size(amount.bytes):>8}"
    if figures.largest:
        yield "Largest:"
        yield from (f"  {human_size(item.size):>8}  {printable(item.rel)}" for item in figures.largest)
    for word, item in (("Oldest", figures.oldest), ("Newest", figures.newest)):
        if item is not None:
            yield f"{word}: {printable(item.rel)}, {_when(item)}"
    if figures.left_alone:
        yield f"A scan leaves {count(len(figures.left_alone), 'folder')} alone:"
        for rel in list(figures.left_alone)[:FEW]:
            yield f"  {printable(rel)} ({figures.left_alone[rel]})"
        if len(figures.left_alone) > FEW:
            yield f"  … and {len(figures.left_alone) - FEW:,} more"
    if runs:
        last = f"{runs[0].id} of {moment(runs[0].started)}"
        yield f"Its log has {count(len(runs), 'run')}, the last {last}: reshelve log, in this folder"
    links = f", {count(figures.links, 'link')}" if figures.links else ""
    total = f"{count(figures.total.files, 'file')}, {human_size(figures.total.bytes)}"
    yield paint("bold", f"{total}, in {count(figures.folders, 'folder')}{links}.")


def figures_event(figures: FolderFigures, runs: "Sequence[RunSummary]" = ()) -> dict[str, Any]:
    """Return the figures of a folder, and which runs its log lists, as an event."""
    return {
        "type": "folder",
        "path": encode_path(figures.path),
        "files": figures.total.files,
        "bytes": figures.total.bytes,
        "folders": figures.folders,
        "links": figures.links,
        "kinds": {kind: {"files": amount.files, "bytes": amount.bytes} for kind, amount in figures.kinds.items()},
        "largest": [_event(item) for item in figures.largest],
        "oldest": _event(figures.oldest) if figures.oldest is not None else None,
        "newest": _event(figures.newest) if figures.newest is not None else None,
        "left_alone": [{"folder": encode_path(rel), "what": what} for rel, what in figures.left_alone.items()],
        "runs": len(runs),
        "last_run": runs[0].id if runs else None,
    }


def names_text(kinds: Mapping[str, NameFigures]) -> Iterator[str]:
    """Yield what a scan read from names: for each kind how many files, and how many names are certain or in doubt."""
    if not kinds:
        return
    yield f"  {'':<12} {'files':>9}  {'size':>8}  {'names':>9}  {'certain':>9}  {'in doubt':>9}"
    for kind, of in sorted(kinds.items(), key=lambda pair: (pair[0] == "other", -pair[1].bytes, pair[0])):
        doubt = f"{of.certain:>9,}  {of.names - of.certain:>9,}" if kind != "other" else f"{'-':>9}  {'-':>9}"
        yield f"  {kind:<12} {of.files:>9,}  {human_size(of.bytes):>8}  {of.names:>9,}  {doubt}"


def tree_text(listing: Listing, *, full: bool = False, colour: bool = False) -> Iterator[str]:
    """Yield a listing as a tree, each folder with all that is in it; of many files in a folder the first, or with `full` each."""
    paint = Paint(colour)
    inside: dict[str, list[Item]] = defaultdict(list)
    files: dict[str, int] = defaultdict(int)
    sizes: dict[str, int] = defaultdict(int)
    for item in listing.items:
        folder = item.rel.rpartition("/")[0]
        inside[folder].append(item)
        while item.kind != "dir":
            files[folder] += 1
            sizes[folder] += item.size if item.kind == "file" else 0
            if not folder:
                break
            folder = folder.rpartition("/")[0]
    yield f"{paint('bold', printable(listing.root.path))}  {_total(files[''], sizes[''])}"
    waiting = [(item, 1) for item in reversed(inside[""]) if item.kind == "dir"]
    yield from _files(inside[""], 1, full)
    while waiting:
        folder_item, depth = waiting.pop()
        rel = folder_item.rel
        name = printable(rel.rpartition("/")[2])
        unread = f"  {paint('warn', 'could not be read')}" if rel in listing.unreadable else f"  {_total(files[rel], sizes[rel])}"
        yield f"{'  ' * depth}{paint('bold', name)}/{unread}"
        yield from _files(inside[rel], depth + 1, full)
        waiting += [(item, depth + 1) for item in reversed(inside[rel]) if item.kind == "dir"]


def _files(items: list[Item], depth: int, full: bool) -> Iterator[str]:
    there = [item for item in items if item.kind != "dir"]
    shown = there if full or len(there) <= FEW + 1 else there[:FEW]
    for item in shown:
        what = human_size(item.size) if item.kind == "file" else "link" if item.kind == "link" else "special file"
        yield f"{'  ' * depth}{printable(item.rel.rpartition('/')[2])}  {what}"
    if len(shown) < len(there):
        rest = there[len(shown) :]
        yield f"{'  ' * depth}… and {_total(len(rest), sum(item.size for item in rest if item.kind == 'file'))} more"


def _total(files: int, size: int) -> str:
    return f"{count(files, 'file')}, {human_size(size)}"


def _when(item: Item) -> str:
    return (time_text(item.mtime_ns) or "at no time").replace("T", " ").replace("Z", " UTC")


def _event(item: Item) -> dict[str, Any]:
    return {"path": encode_path(item.rel), "bytes": item.size, "mtime": time_text(item.mtime_ns)}
