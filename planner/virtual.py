"""The virtual tree: what is in each folder, what this plan takes out of it, and what it brings in.

Folders are one tree even where a root lies inside another, so that one place has one `Folder` whatever store names it.
A folder is read only when somebody asks what is free in it, and nothing below a missing folder is looked at.
"""

from typing import TYPE_CHECKING, Final, Literal

from planner.portable import fold
from planner.ports import Reader, Readers

if TYPE_CHECKING:
    from planner.want import Want

Standing = Literal["there", "free", "taken"]
"""A folder is there, its place is free, or something that is no folder (or a road through a link) stands at its place."""


NOT_MADE: Final = -1
TO_MAKE: Final = -2


class Folder:
    """One folder of a root, observed and planned.

    `leaving` and `arriving` are by `key` of the name: what a plan takes out and brings in. `made` is the number of the operation
    that makes or removes it, or NOT_MADE or TO_MAKE. `kept` folders are never removed.
    """

    __slots__ = (
        "_actual", "_folds", "_fs", "_names", "_standing", "above", "arriving", "children", "folding", "kept", "leaving", "made",
        "name", "needs", "obstacle", "reader", "rel",
    )  # fmt: skip

    def __init__(self, reader: Reader, rel: str, name: str, above: "Folder | None", folding: dict[str, bool]) -> None:
        self.reader: Final = reader
        self.rel: Final = rel
        self.name: Final = name
        self.above: Final = above
        self.folding: Final = folding
        self.children: dict[str, Folder] | None = None
        self.leaving: dict[str, Want] | None = None
        self.arriving: dict[str, Want] | None = None
        self.kept = False
        self.made = NOT_MADE
        self.needs: tuple[int, ...] = ()
        self.obstacle: Want | str = "unknown"
        self._standing: Standing | None = None
        self._names: set[str] | None = None
        self._actual: dict[str, str] | None = None
        self._fs: tuple[str, str] | None = None
        self._folds: bool | None = None

    @property
    def is_root(self) -> bool:
        """Whether this is the topmost folder of a root."""
        return self.rel == ""

    @property
    def fs(self) -> tuple[str, str]:
        """The id of its file system, and the topmost folder of it in its root. Raises OSError."""
        found = self._fs
        if found is None:
            above = self.above
            missing = above is not None and not self.is_root and self._standing == "free"
            found = self._fs = above.fs if missing and above is not None else self.reader.fs_of(self.rel)
        return found

    @property
    def folds(self) -> bool:
        """Whether names that differ only by case or normal form are one name here."""
        if self._folds is None:
            if self.above is not None and not self.is_root and self._standing == "free":
                self._folds = self.above.folds
            else:
                system = self.fs[0]
                known = self.folding.get(system)
                if known is None:
                    known = self.folding[system] = self.reader.folds(self.rel)
                self._folds = known
        return self._folds

    def key(self, name: str) -> str:
        """Return what this folder compares names by."""
        return fold(name) if self.folds else name

    def standing(self) -> Standing:
        """Say what stands at its place, reading it the first time. Raises OSError where that cannot be read."""
        known = self._standing
        if known is not None:
            return known
        way: list[Folder] = [self]
        while not way[-1].is_root and (up := way[-1].above) is not None and up.looked is None:
            way.append(up)
        for folder in reversed(way):
            folder.look()
        assert self._standing is not None
        return self._standing

    @property
    def looked(self) -> Standing | None:
        """What stands at its place, or None where nobody looked yet."""
        return self._standing

    def look(self) -> None:
        """Read what stands at its place, that of the folder above being known. Raises OSError."""
        above = self.above
        if above is not None and not self.is_root:
            if above.looked != "there":
                self._standing = "free"
                return
            if above.find(self.name) is None:
                # In a bucket every folder counts as there.
                self._standing = "there" if self.reader.root.kind == "bucket" else "free"
                return
        names = self.reader.names(self.rel)
        if names is None:
            self._standing = "taken" if not self.is_root else "free"
        else:
            self._names = names
            self._standing = "there"

    def adopt(self, key: str, child: "Folder") -> None:
        """Take a folder in by what its name is compared by."""
        if self.children is None:
            self.children = {}
        self.children[key] = child

    def names(self) -> set[str]:
        """Return the names observed in it: none where there is no folder. Raises OSError."""
        self.standing()
        return self._names or set()

    def find(self, name: str) -> str | None:
        """Return the observed name that `name` means here, or None where it is free. Raises OSError."""
        names = self.names()
        if name in names:
            return name
        if not names or not self.folds:
            return None
        if self._actual is None:
            self._actual = {fold(each): each for each in sorted(names, reverse=True)}
        return self._actual.get(fold(name))

    def leaver(self, name: str) -> "Want | None":
        """Return what this plan takes from `name`."""
        return self.leaving.get(self.key(name)) if self.leaving else None

    def arrival(self, name: str) -> "Want | None":
        """Return what this plan, or the layout, puts at `name`."""
        return self.arriving.get(self.key(name)) if self.arriving else None


class Tree:
    """All folders a plan looks at, by root and path."""

    def __init__(self, readers: Readers) -> None:
        self._folding: dict[str, bool] = {}
        self._folders: dict[str, dict[str, Folder]] = {}
        by_path: dict[str, Reader] = {}
        usable = (reader for reader in readers.values() if reader.root.available)
        for reader in sorted(usable, key=lambda each: (len(each.root.address), each.root.key)):
            path = reader.root.address.rstrip("/")
            if path in by_path:
                same = self._folders[by_path[path].root.key][""]
                self._folders[reader.root.key] = {"": same}
                continue
            self._folders[reader.root.key] = {"": self._top(reader, path, by_path)}
            by_path[path] = reader

    def _top(self, reader: Reader, path: str, by_path: dict[str, Reader]) -> Folder:
        ancestor, _, name = path.rpartition("/")
        above: Folder | None = None
        outer = ancestor
        while outer:
            holder = by_path.get(outer)
            if holder is not None:
                above = self.folder(holder, ancestor[len(outer) + 1 :])
                break
            outer = outer.rpartition("/")[0]
        top = Folder(reader, "", name, above, self._folding)
        top.kept = True
        if above is not None:
            above.adopt(above.key(name), top)
        return top

    def folder(self, reader: Reader, rel: str, *, look: bool = False) -> Folder:
        """Return the folder `rel` of a root; with `look`, its standing is known. Raises OSError where it cannot be read."""
        known = self._folders[reader.root.key]
        found = known.get(rel)
        if found is None:
            way = [rel]
            above = rel.rpartition("/")[0]
            while above not in known:
                way.append(above)
                above = above.rpartition("/")[0]
            found = known[above]
            for part in reversed(way):
                if look and found.looked is None:
                    # Looked at from the top, a missing folder answers for all below it without being asked.
                    found.standing()
                found = known[part] = self._child(found, part.rpartition("/")[2])
        if look:
            found.standing()
        return found

    def _child(self, above: Folder, name: str) -> Folder:
        key = above.key(name)
        child = above.children.get(key) if above.children else None
        if child is None:
            if above.folds:
                # Known by the name it has on disk, so that one folder has one place in the plan.
                name = above.find(name) or name
            rel = f"{above.rel}/{name}" if above.rel else name
            child = Folder(above.reader, rel, name, above, above.folding)
            above.adopt(key, child)
        return child
