"""Disks: what stood at the folders of stores when a run last saw them, held against what stands there now."""

import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from reshelve.executors.platforms.filesystem_ids import FileSystems
from reshelve.executors.state.known_disks import Disk, KnownDisks
from reshelve.opening.missing_folders import NOWHERE, Named, remedy_of
from reshelve.planner.ports.store_reader import Reader, Readers
from reshelve.schemas.inventory import Root
from reshelve.schemas.known_roots import is_lasting, is_other
from reshelve.schemas.locations import decode_path, encode_path, is_hidden, printable, split, store_of
from reshelve.schemas.plan import Plan
from reshelve.schemas.workspace import Workspace

_SHARED = (
    "\nThe state of this workspace came from another disk, too. Machines that share this folder through a sync service each need "
    "a .reshelve of their own: leave it out of the sync."
)
"""What is said, too, of a state folder that may be another machine's."""


def known(folder: Path) -> dict[str, Disk]:
    """Return what a state folder knows of disks, by root key."""
    return KnownDisks(folder).read()


def damage(folder: Path) -> tuple[Path, str] | None:
    """Return the record of disks in a state folder and why it cannot be read; None where it can, or there is none."""
    memory = KnownDisks(folder)
    fault = memory.fault()
    return (memory.file, fault) if fault else None


class Disks:
    """What a state folder knows of disks, held against the roots of a workspace.

    `declared` are their paths in it, and `written` where those are written, by key.
    """

    def __init__(self, folder: Path, declared: Mapping[str, str], written: Mapping[str, str] = MappingProxyType({})) -> None:
        self._known = known(folder)
        self._damaged = damage(folder) is not None
        self._state = file_system_of(folder) if self._known else ""
        self._declared = declared
        self._written = written

    def absent(self, reader: Reader) -> Root | None:
        """Return the root of a reader as one that is away, where another disk stood there; else None. See `absent`."""
        key = reader.root.key
        return absent(reader, self._known.get(key), self._state, self._declared.get(key, ""))

    def away(self, root: Root, *, mount: bool) -> Root:
        """Return a root that cannot be used, by what is known of it. See `away`; of a damaged record nothing is said to be new."""
        if self._damaged:
            return root
        named = Named(self._written.get(root.key, ""), others_than(root.key, self._declared))
        return away(root, self._known, self._declared.get(root.key, ""), named, mount=mount)


def others_than(key: str, declared: Mapping[str, str]) -> frozenset[str]:
    """Return the real paths of all roots but one, of the paths that a workspace declares."""
    return frozenset(os.path.realpath(path) for other, path in declared.items() if other != key)


def forget(folder: Path, keys: Collection[str]) -> None:
    """Forget what these roots stood on: what stands there counts, and the next run keeps it. Raises OSError."""
    memory = KnownDisks(folder)
    before = memory.read()
    if not before.keys().isdisjoint(keys):
        memory.write({key: disk for key, disk in before.items() if key not in keys})


def remembered(root: Root, disk: Disk | None) -> Root:
    """Return a root that is away with the shows and films that it held when last seen. It was there, so it is not to be made."""
    if disk is None or decode_path(disk.path) != root.path:
        return root
    return replace(root, remedy="", homes=tuple([decode_path(home) for home in disk.homes]))


def away(root: Root, known: Mapping[str, Disk], declared: str, named: Named = NOWHERE, *, mount: bool = False) -> Root:
    """Return a root that cannot be used, by what is known of disks: one that was there, or one that never was.

    `declared` is its path in the workspace; with `mount`, it has to be that of a mounted disk. A folder that no run saw may be on a
    disk that is yet to come, or misspelt. Of a group it is `unseen`: while the others of its store take what was meant for it,
    nobody would notice.
    """
    seen = {decode_path(path) for disk in known.values() for path in (disk.path, disk.declared) if path}
    if not seen.isdisjoint({root.path, declared}) or not _is_missing(root.path):
        return remembered(root, known.get(root.key))
    found = replace(root, remedy=remedy_of(root, named, mount=mount))
    if root.optional or root.key == store_of(root.key):
        return found
    return replace(found, why=f"{root.why}, and none was seen there before", unseen=True)


def _is_missing(path: str) -> bool:
    """Say whether there is certainly no folder at a path."""
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def file_system_of(folder: Path) -> str:
    """Return the id of the file system that a state folder is on, or will be; "" where that cannot be told."""
    nearest = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    try:
        return FileSystems().id_of(nearest.stat().st_dev, str(nearest))
    except OSError:
        return ""


def absent(reader: Reader, disk: Disk | None, state: str, declared: str = "") -> Root | None:
    """Return the root as one that is away, where it or a part of it stood on another disk when a run last saw it; else None.

    `state` is the file system that the state folder is on, `declared` the root's path in the workspace. A root that the workspace
    has at another path by now is not compared, unless only a link in it leads elsewhere, or the state itself came from another file
    system: then it may be a copy, made by a sync service, of another machine's.
    """
    root = reader.root
    if disk is None:
        return None
    copied = bool(disk.state and state) and is_other(disk.state, state)
    stays = decode_path(disk.path) == root.path
    led = bool(declared) and decode_path(disk.declared) == declared
    if not stays and not copied and not led:
        return None
    then, now, where = disk.fs, root.fs, decode_path(disk.path)
    if not is_other(then, now):
        inside = disk.inside.items() if stays else ()
        missing = ((rel, fs, seen) for rel, fs in inside if is_other(fs, seen := _fs_of(reader, decode_path(rel))))
        rel, then, now = next(missing, ("", "", ""))
        where = f"{root.path.rstrip('/')}/{decode_path(rel)}"
    if not then:
        return None
    place = "" if stays else f" at {printable(root.path)}"
    why = f"another disk was at {printable(where)} in the last run: {then} then, {now}{place} now"
    remedy = f"Mount that disk, then try again. If this one is right: reshelve doctor --accept {root.key}"
    return replace(remembered(root, disk), available=False, writable=False, why=why, remedy=remedy + (_SHARED if copied else ""))


def emptied(reader: Reader, disk: Disk | None) -> bool:
    """Say whether a root is an empty folder, and another on the same file system than a run last saw at its path.

    Nothing tells whether a disk that is away belongs there, or somebody began anew.
    """
    root = reader.root
    if disk is None or not disk.ino or not is_lasting(root.fs) or decode_path(disk.path) != root.path:
        return False
    another = (disk.fs, disk.ino) != (root.fs, root.ino) and not is_other(disk.fs, root.fs)
    return another and all(is_hidden(name, folder=True) for name in reader.names("") or ())


def remember(
    folder: Path,
    workspace: Workspace,
    readers: Readers,
    inside: Mapping[str, list[str]],
    plan: Plan,
    declared: Mapping[str, str],
) -> None:
    """Keep what stands at every root of folders now. `inside` are the disks mounted in each: those count that `plan` reached.

    `declared` are the paths of the roots in the workspace, by key. Raises OSError.
    """
    memory = KnownDisks(folder)
    before = memory.read()
    found, state = dict(before), file_system_of(folder)
    here = {key: reader for key, reader in readers.items() if reader.root.available and reader.root.kind == "folder"}
    homes = _homes(workspace, readers)
    for key, reader in here.items():
        root, last = reader.root, before.get(key)
        reached = {encode_path(rel): _fs_of(reader, rel) for rel in _reached(plan, key, inside.get(key, ()))}
        if last is not None and decode_path(last.path) == root.path:
            reached = {**last.inside, **reached}
        kept = tuple(sorted(map(encode_path, homes.get(key, ()))))
        link = path if (path := declared.get(key, root.path)) != root.path else ""
        found[key] = Disk(encode_path(root.path), root.fs, reached, kept, root.ino, state, encode_path(link))
    if found != before:
        memory.write(found)


def _fs_of(reader: Reader, rel: str) -> str:
    """Return the file system that `rel`, or its nearest parent, lies on; "" where that cannot be told."""
    try:
        return reader.fs_of(rel)[0]
    except OSError:
        return ""


def _reached(plan: Plan, key: str, points: Iterable[str]) -> Iterator[str]:
    """Yield those of the folders at which disks are mounted in a root that a plan put something into."""
    left = {f"{point}/": point for point in points}
    for operation in plan.operations if left else ():
        at, rel = split(operation.makes) if operation.makes is not None else ("", "")
        for top in [top for top in left if at == key and rel.startswith(top)]:
            yield left.pop(top)


def _homes(workspace: Workspace, readers: Readers) -> dict[str, set[str]]:
    """Return the folders of shows and films, by root, in the stores that have several roots."""
    found: dict[str, set[str]] = {}
    stores = [store_of(key) for key in readers]
    if len(set(stores)) == len(stores):
        return found
    from reshelve.planner.library.show_homes import Homes
    from reshelve.planner.rules.place_templates import PlaceError, PlaceTemplate, filled

    homes = Homes(readers)
    for store, config in workspace.scan.items():
        for rule in config.rules:
            try:
                place = PlaceTemplate(filled(rule.place, workspace.defaults)) if rule.place is not None else None
            except PlaceError:
                continue
            for key, rel in homes.held(place, store) if place is not None else ():
                found.setdefault(key, set()).add(rel)
    return found
