"""Wants and the folders they come from and go to, which know each other: one thing the layout asks for, and what became of it."""

from dataclasses import dataclass
from typing import Final, Literal

from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.rules.portable_names import fold
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Entry
from reshelve.schemas.locations import join
from reshelve.schemas.verbs import Layer, Member

Deed = Literal["move", "copy", "hardlink", "symlink", "reflink", "write", "mkdir", "trash", "transition", "pack", "unpack"]
"""What is to be done: a transfer, a generated file, a folder, out of sight, another storage class, an archive made or opened."""

State = Literal["pending", "settled", "blocked", "lost", "changed", "unknown", "held", "skipped", "dropped", "waiting"]
"""pending: becomes operations; settled: as desired already; skipped: left by `on_conflict: skip`; dropped: no longer called for;
waiting: for an archived object to be thawed."""

STAYING = frozenset(("blocked", "changed", "unknown", "skipped", "waiting"))
"""States of what stays where it is although the layout wants it elsewhere: its bundle stays with it."""

Standing = Literal["there", "free", "taken"]
"""A folder is there, its place is free, or something that is no folder (or a road through a link) stands at its place."""

NOT_MADE: Final = -1
TO_MAKE: Final = -2


@dataclass(slots=True, frozen=True)
class Rest:
    """Where the content of what goes stands besides: an `item` seen in `reader`, or what the want `by` brings there.

    `member` is its path (document form) in an archive that is that item, or that `by` makes.
    """

    reader: Reader | None = None
    item: Item | None = None
    by: "Want | None" = None
    member: str = ""


class Want:
    """One thing to be done. Mutable while the diff engine works on it; never leaves planning.

    `target` and `source` are locations as the layout has them; `place` is where it goes. `after` is the want that vacates the
    destination; `ahead` are those that must be done before; `trashing` puts a replaced file away; `linked` is the want that
    brings another name of the same file across; `aside` is the place of its step aside. `text` is what a symbolic link holds,
    in document form. `group` is what stands or falls with it. `index` is the operation that carries it out, `freed_by` the one
    that frees the source. `members` are those of a folder to be packed, `layers` what is unpacked over an archive. `rests` is where
    its content stands besides, for one that may go to the trash only because of that.

    Each stage sets its own; those after it ask by `asked`, `origin` and `destination`, which hold from that stage on.
    """

    __slots__ = (
        "after", "ahead", "aside", "because", "deed", "dst", "dst_name", "entry", "folder", "freed_by", "group", "index", "item",
        "layers", "linked", "members", "occupied", "parts", "place", "rests", "source", "src", "src_folder", "state", "target",
        "text", "trashing",
    )  # fmt: skip

    def __init__(self, deed: Deed, target: str, source: str, entry: Entry | None, because: str) -> None:
        self.deed: Deed = deed
        self.target = target
        self.source = source
        self.entry = entry
        self.because = because
        self.state: State = "pending"
        self.group: list[Want] | None = None
        self.item: Item | None = None
        self.src: Reader | None = None
        self.src_folder: Folder | None = None
        self.dst: Reader | None = None
        self.folder: Folder | None = None
        self.dst_name = ""
        self.occupied: str | None = None
        self.place = ""
        self.after: Want | None = None
        self.ahead: list[Want] | None = None
        self.trashing: Want | None = None
        self.linked: Want | None = None
        self.aside = ""
        self.text = ""
        self.parts: list[Want] | None = None
        self.members: tuple[Member, ...] = ()
        self.layers: tuple[Layer, ...] = ()
        self.rests: list[Rest] | None = None
        self.index = -1
        self.freed_by = -1

    @property
    def origin(self) -> tuple[Reader, Item]:
        """The source as it was observed, and its root. Only for a want whose source was found."""
        assert self.src is not None
        assert self.item is not None
        return self.src, self.item

    @property
    def origin_folder(self) -> "Folder":
        """The folder its source lies in. Only for a want whose source was found."""
        assert self.src_folder is not None
        return self.src_folder

    @property
    def destination(self) -> tuple[Reader, "Folder"]:
        """The root and the folder it goes to. Only for a want whose target was bound."""
        assert self.dst is not None
        assert self.folder is not None
        return self.dst, self.folder

    @property
    def asked(self) -> Entry:
        """The entry it is for. Only for a want that an entry of the layout asks for."""
        assert self.entry is not None
        return self.entry

    @property
    def src_name(self) -> str:
        """The last part of the source's path."""
        return self.origin[1].rel.rpartition("/")[2]

    @property
    def src_place(self) -> str:
        """The place the source was observed at."""
        reader, item = self.origin
        key = reader.root.key
        source = self.source
        if source[len(key) + 1 :] == item.rel and source.startswith(key) and source[len(key)] == ":":
            return source
        return join(key, item.rel)

    @property
    def takes(self) -> bool:
        """Whether doing it frees the source's place."""
        return self.deed in ("move", "trash")


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
