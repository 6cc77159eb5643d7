"""Tidying: folders that a plan empties go too, with the junk left in them; what was empty before stays.

An empty folder goes with the one around it only where files leave that one themselves, or where it is called as a part of what
leaves: "Heat/Heat.mkv" takes "Heat/Empty" along, while "Movies/Heat/Heat.mkv" leaves "Movies/Alien" as it was.
"""

import errno
import re
from collections.abc import Container, Iterable, Mapping, Sequence

from reshelve.planner.bundles.junk import is_junk_folder
from reshelve.planner.left_alone.known_names import tables
from reshelve.planner.recognise.disc_folders import is_beside_disc
from reshelve.planner.recognise.extras import extra_folder, is_subtitle_folder
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import Folder, Want
from reshelve.schemas.inventory import Item, proof
from reshelve.schemas.locations import join, store_of
from reshelve.schemas.operations import AnyOperation, RemoveDir, Trash
from reshelve.schemas.patterns import globs
from reshelve.schemas.quick_dataclasses import dataclass


def tidy(
    operations: list[AnyOperation],
    junk: Mapping[str, Sequence[str]],
    wants: Iterable[Want],
    moved: Sequence[Folder],
    tree: Tree,
    empty: Sequence[Folder] = (),
    undone: Container[str] = (),
) -> None:
    """Add to `operations` the removal of every folder that they empty in the stores `junk` names, deepest first.

    `junk` holds globs of names by store: of files, of folders where they end in `/`, and of both where they have no wildcard.
    `moved` folders were moved with all that is in them: they go even if they were empty. `empty` folders hold nothing already,
    and go like those that the plan empties.
    Junk that was taken back, at the locations `undone`, is none: it stays, and so does its folder.
    Folders that a scan would leave alone stay, whatever leaves them, and so does all that is in them.
    """
    patterns = {store: _Junk(globs(names), globs(_of_folders(names))) for store, names in junk.items()}
    tidying = _Tidying(operations, patterns, tree, undone)
    tidying.moved = {id(folder) for folder in moved}
    tidying.asked = {id(folder) for folder in empty}
    starts: dict[int, Folder] = {id(folder): folder for folder in (*moved, *empty)}
    for want in wants:
        if want.deed == "pack" and want.index >= 0:
            # Empty folders, which nothing leaves, wait for the archive all the same.
            for part in want.contents.parts:
                if part.found is not None and part.found.item.kind == "dir":
                    tidying.seconds.setdefault(id(tree.folder(part.found.reader, part.found.item.rel)), []).append(want.index)
        if want.state == "pending" and want.takes and want.step is not None and want.step.index >= 0:
            folder = want.origin_folder
            starts.setdefault(id(folder), folder)
            if want.step.aside:
                tidying.seconds.setdefault(id(folder), []).append(want.step.index)
    tidying.run(list(starts.values()))


def _of_folders(names: Iterable[str]) -> list[str]:
    return [name.rstrip("/") for name in names if name.endswith("/") or not any(letter in name for letter in "*?[")]


@dataclass(slots=True, frozen=True)
class _Junk:
    """What names of files and of folders are junk."""

    files: re.Pattern[str]
    folders: re.Pattern[str]


@dataclass(slots=True, frozen=True)
class _Seen:
    """A folder to be removed as it was observed, and the junk in it."""

    item: Item
    owner: tuple[int, int]
    rubbish: list[Item]


class _Tidying:
    def __init__(
        self, operations: list[AnyOperation], patterns: Mapping[str, _Junk], tree: Tree, undone: Container[str] = ()
    ) -> None:
        self._undone = undone
        self._operations = operations
        self._patterns = patterns
        self._tree = tree
        self._verdicts: dict[int, bool] = {}
        self._inner: dict[int, list[Folder]] = {}
        self._seen: dict[int, _Seen] = {}
        self._alone: dict[int, bool] = {}
        self.moved: set[int] = set()
        self.asked: set[int] = set()
        self.seconds: dict[int, list[int]] = {}

    def run(self, starts: list[Folder]) -> None:
        emptied: list[Folder] = []
        levels: dict[int, dict[int, Folder]] = {}
        for folder in starts:
            levels.setdefault(_depth(folder), {})[id(folder)] = folder
        for depth in range(max(levels, default=0), -1, -1):
            for folder in levels.get(depth, {}).values():
                if not self._goes(folder):
                    continue
                emptied.append(folder)
                above = folder.above
                if above is not None and not folder.is_root:
                    levels.setdefault(depth - 1, {})[id(above)] = above
        gone: dict[int, Folder] = {}
        for folder in emptied:
            for each in self._with_inner(folder):
                gone[id(each)] = each
        # Deepest first, and by path among equals.
        for folder in sorted(gone.values(), key=lambda each: (-_depth(each), each.reader.root.key, each.rel)):
            self._remove(folder, gone)

    def _with_inner(self, folder: Folder) -> Iterable[Folder]:
        pending = [folder]
        while pending:
            at = pending.pop()
            yield at
            pending.extend(self._inner.get(id(at), ()))

    def _covered(self, folder: Folder) -> _Junk | None:
        return self._patterns.get(store_of(folder.reader.root.key))

    def _goes(self, folder: Folder) -> bool:
        """Say whether a folder from which something leaves is empty then, and may go."""
        known = self._verdicts.get(id(folder))
        if known is None:
            try:
                known = self._judge(folder)
            except OSError:
                # What cannot be read is not known to be empty.
                known = False
            self._verdicts[id(folder)] = known
        return known

    def _judge(self, folder: Folder) -> bool:
        patterns = self._covered(folder)
        forced = id(folder) in self.moved
        if (patterns is None and not forced) or folder.is_root or folder.kept or folder.made >= 0 or folder.standing() != "there":
            return False
        if folder.reader.root.kind == "bucket" or folder.fs[1] == folder.rel or _receives(folder):
            return False
        if not forced and self._is_alone(folder):
            return False
        rubbish: list[str] = []
        inner: list[Folder] = []
        hollow: list[str] = []
        left_by_files = forced or id(folder) in self.asked
        # The names that stay decide; those that leave need no look at the disk.
        for name in sorted(folder.names()):
            leaver = folder.leaver(name)
            if leaver is not None and leaver.state == "pending":
                left_by_files = True
                continue
            child = (folder.children or {}).get(folder.key(name))
            if child is not None and self._verdicts.get(id(child)):
                continue
            if child is None or id(child) not in self._verdicts:
                child = self._tree.folder(folder.reader, f"{folder.rel}/{name}", look=True)
                if child.standing() == "there":
                    is_junk = patterns is not None and patterns.folders.match(name) is not None
                    if not self._hollow(child, junk=is_junk):
                        return False
                    if not (is_junk or id(child) in self.moved or _is_part(name)):
                        hollow.append(name)
                    inner.append(child)
                    continue
            else:
                return False
            if patterns is None or not patterns.files.match(name) or self._is_back(folder, name):
                return False
            rubbish.append(name)
        if hollow and not left_by_files:
            return False
        self._seen[id(folder)] = _look(folder, rubbish)
        self._inner[id(folder)] = inner
        return True

    def _is_alone(self, folder: Folder) -> bool:
        """Say whether a folder is left alone by scans, or lies in one that is. Raises OSError."""
        above = folder.above
        if folder.is_root or above is None:
            return False
        known = self._alone.get(id(folder))
        if known is None:
            folders, top = tables().folders, above.is_root
            known = folders.kind(folder.name, top=top) is not None or folders.holds(folder.name, folder.names(), top=top)
            known = self._alone[id(folder)] = known or self._is_alone(above)
        return known

    def _hollow(self, folder: Folder, *, junk: bool) -> bool:
        """Say whether nothing but empty folders and junk lies below a folder that nothing leaves. All that lies in `junk` is."""
        pending = [(folder, junk)]
        while pending:
            at, junk = pending.pop()
            patterns = self._covered(at)
            if at.is_root or at.kept or at.made >= 0 or at.fs[1] == at.rel or _receives(at):
                return False
            if not junk and id(at) not in self.moved and self._is_alone(at):
                return False
            inner: list[Folder] = []
            rubbish: list[str] = []
            for name in sorted(at.names()):
                child = self._tree.folder(at.reader, f"{at.rel}/{name}", look=True)
                if child.standing() == "there":
                    inner.append(child)
                    pending.append((child, junk or (patterns is not None and patterns.folders.match(name) is not None)))
                elif (junk or (patterns is not None and patterns.files.match(name))) and not self._is_back(at, name):
                    rubbish.append(name)
                else:
                    return False
            self._inner[id(at)] = inner
            self._seen[id(at)] = _look(at, rubbish)
            if any(item.kind == "other" for item in self._seen[id(at)].rubbish):
                return False
        return True

    def _is_back(self, folder: Folder, name: str) -> bool:
        """Say whether junk was put away before, and taken back."""
        return join(store_of(folder.reader.root.key), f"{folder.rel}/{name}") in self._undone

    def _remove(self, folder: Folder, gone: Mapping[int, Folder]) -> None:
        seen, key = self._seen[id(folder)], folder.reader.root.key
        needs = list(self.seconds.get(id(folder), ()))
        leaving = (folder.leaving or {}).values()
        needs += [want.freed_by for want in leaving if want.state == "pending" and want.freed_by >= 0]
        needs += [child.made for child in (folder.children or {}).values() if id(child) in gone and child.made >= 0]
        for item in seen.rubbish:
            needs.append(len(self._operations))
            because = "junk in a folder that this plan empties"
            same = item.size, item.mtime_ns, item.ino
            self._operations.append(Trash(join(key, item.rel), *same, top=folder.fs[1], because=because, ctime_ns=proof(item)))
        folder.made = len(self._operations)
        because = "empty once this plan is done"
        place, mode, times = join(key, folder.rel), seen.item.mode & 0o7777, seen.item.mtime_ns
        self._operations.append(RemoveDir(place, mode, times, *seen.owner, because=because, needs=tuple(sorted(needs))))


def _is_part(name: str) -> bool:
    """Say whether a folder is called as a part of a film, show or release: there is nothing in it that it could be kept for."""
    return is_beside_disc(name) or is_subtitle_folder(name) or extra_folder(name) is not None or is_junk_folder(name)


def _look(folder: Folder, rubbish: Sequence[str]) -> _Seen:
    """Look at all that removing a folder must know, before anything is decided. Raises OSError."""
    reader = folder.reader
    found = [reader.stat(rel) for rel in (folder.rel, *(f"{folder.rel}/{name}" for name in rubbish))]
    items = [item for item in found if item is not None]
    if len(items) < len(found):
        raise FileNotFoundError(errno.ENOENT, "is gone now", folder.rel)
    try:
        owner = reader.owner(folder.rel)
    except OSError:
        # A saved inventory knows no owners.
        owner = -1, -1
    return _Seen(items[0], owner, items[1:])


def _receives(folder: Folder) -> bool:
    if any(want.state in ("pending", "settled") and want.index >= 0 for want in (folder.arriving or {}).values()):
        return True
    return any(child.made >= 0 or child.kept for child in (folder.children or {}).values())


def _depth(folder: Folder) -> int:
    depth = 0
    at = folder
    while at.above is not None:
        depth += 1
        at = at.above
    return depth
