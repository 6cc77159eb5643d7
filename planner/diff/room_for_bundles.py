"""Room for what a plan brings: where a file system cannot hold all of it, the bundles that do not fit stay, and the rest goes.

Bundles are taken in the order in which a plan carries them out, each whole or not at all.
"""

from collections.abc import Iterator

from reshelve.planner.wants.free_space import Room
from reshelve.planner.wants.root_choice import locate, needed
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import Folder, Want

Name = tuple[str, int, str]


def without_room(wants: list[Want], tree: Tree, room: Room) -> Iterator[tuple[Want, str]]:
    """Yield one want of each pending bundle that does not fit, with need and room; `room` is asked, and left without promises.

    Whoever takes them blocks the bundle before taking the next. Raises OSError where a file system stopped answering.
    """
    asking = [want for want in wants if want.state == "pending" and want.bound is not None and want.deed != "trash"]
    everything = _Needs(tree, room)
    everything.add(asking)
    for folder, size, files in everything.sums():
        room.promise(folder.reader, folder, size, files)
    enough = not room.problems()
    room.withdraw()
    if enough:
        return
    judged: set[int] = set()
    taken = _Needs(tree, room)
    for want in sorted(asking, key=lambda each: each.place):
        if id(want) in judged or want.state != "pending":
            continue
        bundle = [each for each in want.group or (want,) if each.state == "pending" and each.bound is not None]
        judged.update(map(id, bundle))
        needs = _Needs(tree, room, taken)
        needs.add(bundle)
        why = next((lack for folder, size, files in needs.sums() if (lack := room.lack(folder, size, files))), "")
        if why:
            yield want, why
            continue
        for folder, size, files in needs.sums():
            room.promise(folder.reader, folder, size, files)
        taken.take(needs)
    room.withdraw()


def further_name(want: Want) -> Name | None:
    """Return what the names of one file that move to another file system together share: only the first of them is copied."""
    item = want.found.item if want.found is not None else None
    if want.deed != "move" or item is None or item.nlink < 2 or item.kind != "file" or not item.ino:
        return None
    folder = want.destination.folder
    fs = folder.fs[0]
    return None if fs == want.origin_folder.fs[0] or folder.reader.root.kind == "bucket" else (item.fs, item.ino, fs)


class _Needs:
    """What some wants need, summed for each file system, beside what `known` has already: folders and names are counted once."""

    def __init__(self, tree: Tree, room: Room, known: "_Needs | None" = None) -> None:
        self._tree = tree
        self._room = room
        self._known = known
        self.folders: set[int] = set()
        self.names: set[Name] = set()
        self._sums: dict[str, tuple[Folder, int, int]] = {}

    def add(self, wants: list[Want]) -> None:
        for want in wants:
            if want.bound is None or want.deed in ("trash", "transition"):
                continue
            folder = want.bound.folder
            if want.deed == "mkdir":
                folder = self._tree.folder(want.bound.reader, locate(want.place)[1], look=True)
            if folder.reader.root.kind == "bucket":
                continue
            self._make(folder)
            name = further_name(want)
            if name is not None:
                if self._has_name(name):
                    continue
                self.names.add(name)
            self._count(folder, *needed(want, folder, self._room))

    def take(self, other: "_Needs") -> None:
        """Know what `other` counted, too."""
        self.folders |= other.folders
        self.names |= other.names

    def sums(self) -> list[tuple[Folder, int, int]]:
        """Return a folder of each file system, and the bytes and new files needed there."""
        return list(self._sums.values())

    def _make(self, folder: Folder) -> None:
        at: Folder | None = folder
        while at is not None and not at.is_root and at.standing() != "there" and not self._has_folder(id(at)):
            self.folders.add(id(at))
            self._count(at, 0, 1)
            at = at.above

    def _count(self, folder: Folder, size: int, files: int) -> None:
        if size or files:
            first, bytes_before, files_before = self._sums.get(folder.fs[0], (folder, 0, 0))
            self._sums[folder.fs[0]] = first, bytes_before + size, files_before + files

    def _has_folder(self, folder: int) -> bool:
        return folder in self.folders or (self._known is not None and folder in self._known.folders)

    def _has_name(self, name: Name) -> bool:
        return name in self.names or (self._known is not None and name in self._known.names)
