"""The trash: what lies in it, and the plans that bring things back or remove them for good."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, cast

from reshelve.planner.observing.kept_originals import Original, Runs, is_waiting, original_of
from reshelve.planner.ports.store_reader import BucketReader, Reader, Readers
from reshelve.planner.undo.undo_tree import InTheWayError, UndoTree
from reshelve.schemas.inventory import Item, Listing, lasting_inodes, tells_changes
from reshelve.schemas.known_roots import planned_root
from reshelve.schemas.locations import TRASH, around_trash, in_trash, join, parent, printable, split
from reshelve.schemas.operations import AnyOperation, Download, MakeDir, Move, Purge, Reveal, Trash
from reshelve.schemas.operations.base import ASIDE
from reshelve.schemas.plan import FolderTime, Plan, PlanCommand
from reshelve.schemas.problems import Problem, ReshelveError, sentence
from reshelve.schemas.quantities import time_ns
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Run

_EARLIEST_NS = 1_420_070_400 * 10**9
"""The beginning of 2015. A run that ended earlier had a wrong clock: machines without one of their own begin in 1970 or 2000."""
_COARSE_NS = 10_000_000
"""A time that is a multiple of this may be one that a file system rounds, so that two things have it."""


@dataclass(slots=True, frozen=True)
class TrashedItem:
    """One file or link in the trash: where it lies, the run that put it there, the place it had, and its identity.

    `size` is in bytes; `since_ns` when that run's trash folder was last changed, ns since the epoch. A "hidden" object lies where
    it was, under a delete marker. `why` says of an original that a move left there why it was kept; "" of what was trashed.
    """

    place: str
    run: str
    original: str
    kind: Literal["file", "link", "hidden"]
    size: int
    mtime_ns: int
    ino: int
    since_ns: int
    why: str = ""


@dataclass(slots=True, frozen=True)
class Trashed:
    """What lies in the trash, and what of it could not be read."""

    items: list[TrashedItem]
    problems: list[Problem]


def _forgotten(run: str) -> None:
    """Remember no run."""


def list_trash(readers: Readers, tops: Mapping[str, Collection[str]] | None = None, runs: Runs = _forgotten) -> list[TrashedItem]:
    """Return what lies in the trash of every available root, sorted by root, run and original place.

    Each file system inside a root keeps its own trash in its topmost folder: `tops` names these folders by root key, where they are
    known; without it they are looked for, which walks every root. What a run set aside and has not removed is listed once it has
    settled; `runs` tell where it stood.
    """
    return find_trash(readers, tops, runs).items


def find_trash(readers: Readers, tops: Mapping[str, Collection[str]] | None = None, runs: Runs = _forgotten) -> Trashed:
    """Return what `list_trash` does, and a warning for every store and folder of it that cannot be read: it may hold more."""
    found: list[TrashedItem] = []
    problems: list[Problem] = []
    for key, reader in sorted(readers.items()):
        if not reader.root.available:
            detail = f"{sentence(printable(reader.root.why))}. Its trash was not listed."
            hint = reader.root.way_back("try again.")
            problems.append(Problem("store-unavailable", "The trash cannot be read.", detail, key, hint, severity="warning"))
    seen: set[tuple[str | int, ...]] = set()
    for reader, top in _trashes(readers, tops):
        listing = _once(reader.walk(f"{top}/{TRASH}" if top else TRASH), f"{top}/{TRASH}".lstrip("/"), seen)
        found += _in_trash(reader, top, listing, runs)
        for rel, why in sorted(listing.unreadable.items()):
            place = join(reader.root.key, rel)
            detail, hint = f"{printable(place)}: {why}. It was not listed.", "Give read access, then try again."
            problems.append(Problem("trash-unreadable", "The trash cannot be read.", detail, place, hint, severity="warning"))
    return Trashed(sorted(found, key=lambda item: (split(item.original)[0], item.run, item.original, item.place)), problems)


def _once(listing: Listing, base: str, seen: set[tuple[str | int, ...]]) -> Listing:
    """Return the listing of a trash without the folders of runs that were `seen` through another root: one may show another's."""
    twice = set()
    for item in listing.items:
        if item.kind == "dir" and parent(item.rel) == base:
            known = _known_as(item)
            if known in seen:
                twice.add(item.rel)
            elif known:
                seen.add(known)
    if not twice:
        return listing
    depth = base.count("/") + 2
    return replace(listing, items=[item for item in listing.items if "/".join(item.rel.split("/")[:depth]) not in twice])


def _known_as(item: Item) -> tuple[str | int, ...]:
    """Return what a run's trash folder is known by, through whatever mount it is seen; () where nothing tells it.

    A mount by FUSE passes on the inode number and the change time of what it shows, or none so exact.
    """
    run = item.rel.rpartition("/")[2]
    if not (tells_changes(item.fs) or item.fs.startswith("fuse")):
        return run, item.fs, item.ino
    return (run, item.ino, item.ctime_ns) if item.ctime_ns % _COARSE_NS else ()


def list_hidden(runs: Iterable[Run], readers: Readers) -> list[TrashedItem]:
    """Return what these runs (oldest first) put under delete markers, as far as it lies there still, sorted as `list_trash` does.

    One call an object: a bucket's listing does not show what is hidden in it.
    """
    found: dict[str, TrashedItem] = {}
    for run in runs:
        for index in sorted(run.done):
            operation = run.plan.operations[index]
            if not isinstance(operation, Trash | Download) or operation.away != "marker":
                continue
            root, rel = split(operation.src)
            reader = readers.get(root)
            if reader is None or not reader.root.available or not reader.root.versioned:
                continue
            item = cast(BucketReader, reader).hidden(rel, operation.ino)
            if item is None or item.size != operation.size:
                continue
            since_ns = time_ns(run.ended or run.started)[0]
            same = item.size, item.mtime_ns, item.ino
            found[operation.src] = TrashedItem(operation.src, run.id, operation.src, "hidden", *same, since_ns)
    return sorted(found.values(), key=lambda item: (split(item.original)[0], item.run, item.original))


def make_restore(items: Sequence[TrashedItem], readers: Readers, *, base: str, workspace: str) -> Plan:
    """Return the sealed plan that brings `items` back to where they were, their missing folders made.

    Raises ReshelveError naming every place that is taken.
    """
    operations: list[AnyOperation] = []
    tree = UndoTree(readers, operations)
    problems: list[Problem] = []
    for item in items:
        try:
            if tree.taken(item.original):
                raise InTheWayError(item.original, "is taken: something is there now")
            _restore(item, tree, readers, operations)
        except InTheWayError as why:
            hint = "Move what is there out of the way, then restore again."
            problems.append(Problem("in-the-way", "A place is taken.", f"{printable(why.place)} {why.what}.", item.original, hint))
        except OSError as trouble:
            reason = f"{printable(item.original)}: {trouble.strerror or trouble}."
            hint = "Give read access, then restore again."
            problems.append(Problem("unreadable", "Something cannot be read.", reason, item.original, hint))
    if problems:
        raise ReshelveError(problems)
    return _sealed("trash restore", operations, readers, base, workspace)


def make_purge(
    trash: Trashed,
    readers: Readers,
    *,
    now_ns: int,
    base: str,
    workspace: str,
    older_than: float | None = None,
    run: str = "",
    ended: Mapping[str, str] | None = None,
) -> Plan:
    """Return the sealed plan that removes what lies in the trash for good, and the trash folders that this empties.

    `older_than` (seconds) and `run` (the beginning of an id) narrow it. A thing's age counts from the end of its run, as `ended`
    tells (ISO 8601, by run), else from when its run's trash folder was last changed; one whose time cannot be right is not old.
    """
    known = {one: time_ns(text)[0] for one, text in (ended or {}).items() if text}
    latest = None if older_than is None else now_ns - int(older_than * 1e9)
    since = {item.place: known.get(item.run, item.since_ns) for item in trash.items if item.run.startswith(run)}
    chosen = [
        item
        for item in trash.items
        if item.place in since and (latest is None or _EARLIEST_NS <= since[item.place] <= latest)
    ]  # fmt: skip
    operations: list[AnyOperation] = [
        Purge(item.place, item.size, item.mtime_ns, item.ino, item.kind, _from(item)) for item in chosen
    ]
    numbers = {item.place: index for index, item in enumerate(chosen)}
    in_folders = (item for item in chosen if readers[split(item.place)[0]].root.kind == "folder")
    for folder in sorted({_run_folder(item) for item in in_folders}):
        _purge_folders(folder, numbers, readers, operations)
    # What is gone for good is chosen with all of a trash in sight, or not at all.
    problems = [replace(each, severity="error") if each.code == "trash-unreadable" else each for each in trash.problems]
    problems += _newest(chosen)
    if latest is not None:
        problems += _undated(item for item in trash.items if item.place in since and since[item.place] < _EARLIEST_NS)
    return _sealed("trash empty", operations, readers, base, workspace, problems)


def _trashes(readers: Readers, tops: Mapping[str, Collection[str]] | None) -> Iterator[tuple[Reader, str]]:
    """Yield each trash once, as (reader, topmost folder), though roots may lie inside each other."""
    available = (reader for reader in readers.values() if reader.root.available)
    # What is seen in two ways is listed where it lies, and not where a mount shows it.
    present = sorted(available, key=lambda reader: (not lasting_inodes(reader.root.fs), reader.root.key))
    places = [(reader, "") for reader in present]
    for reader in present:
        if reader.root.kind == "bucket":
            continue
        inner = _inner_tops(reader) if tops is None else sorted(tops.get(reader.root.key, ()))
        places += [(reader, top) for top in inner]
    seen: set[str] = set()
    for reader, top in places:
        path = f"{reader.root.address.rstrip('/')}/{top}".rstrip("/")
        if path not in seen:
            seen.add(path)
            yield reader, top


def _inner_tops(reader: Reader) -> list[str]:
    """Return the topmost folders of the other file systems inside a root."""
    systems = {"": reader.root.fs}
    found = []
    for item in reader.walk().items:
        if item.kind == "dir":
            systems[item.rel] = item.fs
            if item.fs != systems.get(parent(item.rel), reader.root.fs):
                found.append(item.rel)
    return found


def _newest(chosen: Sequence[TrashedItem]) -> list[Problem]:
    """Warn where originals that moves kept are among what goes for good: they are in the trash because something was wrong."""
    kept = [item for item in chosen if item.why]
    if not kept:
        return []
    names = ", ".join(printable(item.original) for item in kept[:3]) + (", …" if len(kept) > 3 else "")
    summary = "Kept originals would be removed for good."
    detail = f"{names}: the last changes to them may be nowhere else."
    return [Problem("originals-go", summary, detail, kept[0].original, "reshelve trash list", severity="warning")]


def _undated(items: Iterable[TrashedItem]) -> Iterator[Problem]:
    """Tell of each run whose time cannot be right: what it put into the trash is not old for that."""
    for run in sorted({item.run for item in items}):
        detail = f"Run {run} ended before 2015, so the clock was wrong. What it put into the trash stays."
        hint = f"If you want it gone: reshelve trash empty --run {run}"
        yield Problem("wrong-time", "A time cannot be right.", detail, run, hint, severity="warning")


def _from(item: TrashedItem) -> str:
    return f"original kept by run {item.run}" if item.why else f"trash of run {item.run}"


def _in_trash(reader: Reader, top: str, listing: Listing, runs: Runs) -> Iterator[TrashedItem]:
    trash = f"{top}/{TRASH}" if top else TRASH
    key = reader.root.key
    changed: dict[str, int] = {}
    known: dict[str, Run | None] = {}
    for item in listing.items:
        run, _, below = item.rel[len(trash) + 1 :].partition("/")
        if not below:
            changed[run] = item.mtime_ns
        elif item.kind in ("file", "link"):
            found = Original(join(key, f"{top}/{below}" if top else below), "")
            if below.startswith(f"{ASIDE}/"):
                if run not in known:
                    known[run] = runs(run)
                if is_waiting(known[run]):
                    continue
                found = original_of(reader, item, top, run, below[len(ASIDE) + 1 :], known[run]) or found
            kind: Literal["file", "link"] = "link" if item.kind == "link" else "file"
            place, since_ns = join(key, item.rel), changed.get(run, item.ctime_ns)
            same = item.size, item.mtime_ns, item.ino
            yield TrashedItem(place, run, found.place, kind, *same, since_ns, found.why)


def _restore(item: TrashedItem, tree: UndoTree, readers: Readers, operations: list[AnyOperation]) -> None:
    key, rel = split(item.original)
    folder = key, parent(rel)
    because = _from(item) if item.why else f"out of the trash of run {item.run}"
    same = item.size, item.mtime_ns, item.ino
    if item.kind == "hidden":
        seen = cast(BucketReader, readers[key]).hidden(rel, item.ino)
        if seen is None or seen.size != item.size:
            raise InTheWayError(item.place, "is no longer under a delete marker")
        tree.put(item.original, seen, len(operations), "")
        operations.append(Reveal(item.original, *same, because))
        return
    for one in tree.missing(folder):
        made = tree.made_by((one[0], parent(one[1])))
        tree.make(one, len(operations))
        operations.append(MakeDir(join(*one), because=because, needs=(made,) if made >= 0 else ()))
    seen = readers[key].stat(split(item.place)[1])
    if seen is None or (seen.ino, seen.size, seen.mtime_ns) != (item.ino, item.size, item.mtime_ns):
        raise InTheWayError(item.place, "has changed since it was listed")
    made = tree.made_by(folder)
    needs = (made,) if made >= 0 else ()
    tree.put(item.original, seen, len(operations), item.place)
    inside = readers[key].root.kind == "bucket"
    operations.append(
        Move(item.place, item.original, *same, item.kind, across=inside, objects=inside, because=because, needs=needs)
    )


def _run_folder(item: TrashedItem) -> tuple[str, str]:
    key, rel = split(item.place)
    return key, f"{around_trash(rel)}/{TRASH}/{item.run}".lstrip("/")


def _purge_folders(folder: tuple[str, str], numbers: Mapping[str, int], readers: Readers, operations: list[AnyOperation]) -> None:
    """Add the removal of a run's trash folder, and of those in it, as far as nothing else is left in them: deepest first."""
    key, top = folder
    reader = readers[key]
    first = reader.stat(top)
    if first is None:
        return
    stays: set[str] = set()
    emptied: dict[str, list[int]] = {}
    folders: list[Item] = [first]
    for item in reader.walk(top).items:
        if item.kind == "dir":
            folders.append(item)
        elif (number := numbers.get(join(key, item.rel))) is not None:
            emptied.setdefault(parent(item.rel), []).append(number)
        else:
            stays.add(parent(item.rel))
    for item in sorted(folders, key=lambda one: (-one.rel.count("/"), one.rel)):
        above = parent(item.rel)
        if item.rel in stays:
            stays.add(above)
            continue
        emptied.setdefault(above, []).append(len(operations))
        because = "empty by then"
        needs = tuple(emptied.get(item.rel, ()))
        operations.append(Purge(join(key, item.rel), 0, item.mtime_ns, item.ino, item="dir", because=because, needs=needs))


def _sealed(
    command: PlanCommand,
    operations: list[AnyOperation],
    readers: Readers,
    base: str,
    workspace: str,
    problems: Sequence[Problem] = (),
) -> Plan:
    from reshelve.schemas.documents.plan_files import seal

    used = sorted({split(operation.frees or operation.makes or operation.reads or "")[0] for operation in operations})
    roots = {key: planned_root(readers[key].root) for key in used}
    plan = Plan(command=command, base=base, workspace=workspace, roots=roots, operations=operations, problems=list(problems))
    return seal(replace(plan, folder_times=list(_kept_times(operations, readers))))


def _kept_times(operations: Iterable[AnyOperation], readers: Readers) -> Iterator[FolderTime]:
    """Yield the time of each folder that a trash lies in and nothing else is done in: only what is ours goes from there."""
    around, changed = set(), set()
    for operation in operations:
        for place in filter(None, (operation.frees, operation.makes)):
            key, rel = split(place)
            if in_trash(rel):
                around.add((key, around_trash(rel)))
            else:
                changed.add((key, parent(rel)))
    for key, rel in sorted(around - changed):
        seen = readers[key].stat(rel) if readers[key].root.kind == "folder" else None
        if seen is not None:
            yield FolderTime(join(key, rel), seen.mtime_ns, seen.mtime_ns)
