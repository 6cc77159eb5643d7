"""Wants and the folders they come from and go to, which know each other: one thing the layout asks for, and what became of it."""

from collections.abc import Sequence
from typing import Final, Literal

from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Entry
from reshelve.schemas.locations import join
from reshelve.schemas.name_rules import fold
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Layer, Member, Witness

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

    `member` is its path (document form) in an archive that is that item, or that `by` makes. `seen` is a later backup instead, as
    it was when it was last verified.
    """

    reader: Reader | None = None
    item: Item | None = None
    by: "Want | None" = None
    member: str = ""
    seen: Witness | None = None


@dataclass(slots=True, eq=False)
class Found:
    """The source as it was observed, and its root. `folder` is the one it lies in, once that was looked up."""

    reader: Reader
    item: Item
    folder: "Folder | None" = None


@dataclass(slots=True, eq=False)
class Bound:
    """Where a want goes: to a name in a folder of a root, which `place` says as one. `occupied` is the name that stands there."""

    reader: Reader
    folder: "Folder"
    name: str
    place: str
    occupied: str | None = None


@dataclass(slots=True, eq=False, frozen=True)
class Contents:
    """What a folder or an archive comes to: a want for each of its `parts`, the `members` packed, the `layers` unpacked over it."""

    parts: "Sequence[Want]" = ()
    members: tuple[Member, ...] = ()
    layers: tuple[Layer, ...] = ()


@dataclass(slots=True, eq=False, frozen=True)
class Decided:
    """How a want gets round what stands in its way: `after` vacates its destination; `trashing` puts what it replaces away.

    `text` is what a symbolic link holds, in document form.
    """

    after: "Want | None" = None
    trashing: "Want | None" = None
    text: str = ""


@dataclass(slots=True, eq=False)
class Step:
    """When a want is done: after all of `ahead`. `linked` is the want that brings another name of the same file across.

    `index` is the operation that carries it out, `freed_by` the one that frees its source; `aside` is the place of its step aside.
    """

    ahead: "Sequence[Want]" = ()
    linked: "Want | None" = None
    index: int = -1
    freed_by: int = -1
    aside: str = ""

    def wait_for(self, other: "Want") -> None:
        """Come after another want. Most wait for nothing, and hold no list for that."""
        if isinstance(self.ahead, list):
            self.ahead.append(other)
        else:
            self.ahead = [*self.ahead, other]


NO_CONTENTS: Final = Contents()
UNDECIDED: Final = Decided()


class Want:
    """One thing to be done. Mutable while the diff engine works on it; never leaves planning.

    `target` and `source` are locations as the layout has them; `group` is what stands or falls with it; `rests` is where its
    content stands besides, for one that may go to the trash only because of that. `folder_instead`: a folder stands where its
    source, a file, should be. `archive` is the target of the entry that packs what goes, where one does.

    The stages hand on a value each: `found` by the sources, `contents` where those are folders or archives, `bound` by the
    targets, `decided` by the conflicts, `step` by the order. Those after a stage ask by `origin` and `destination`.
    """

    __slots__ = (
        "archive", "because", "bound", "contents", "decided", "deed", "entry", "folder_instead", "found", "group", "rests",
        "source", "state", "step", "target",
    )  # fmt: skip

    def __init__(self, deed: Deed, target: str, source: str, entry: Entry | None, because: str) -> None:
        self.deed: Deed = deed
        self.target = target
        self.source = source
        self.entry = entry
        self.because = because
        self.state: State = "pending"
        self.group: list[Want] | None = None
        self.rests: tuple[Rest, ...] = ()
        self.folder_instead = False
        self.archive = ""
        self.found: Found | None = None
        self.contents = NO_CONTENTS
        self.bound: Bound | None = None
        self.decided = UNDECIDED
        self.step: Step | None = None

    @property
    def origin(self) -> Found:
        """The source as it was observed. Only for a want whose source was found."""
        assert self.found is not None
        return self.found

    @property
    def origin_folder(self) -> "Folder":
        """The folder its source lies in. Only for a want whose source was found and looked up."""
        found = self.origin
        assert found.folder is not None
        return found.folder

    @property
    def destination(self) -> Bound:
        """Where it goes. Only for a want whose target was bound."""
        assert self.bound is not None
        return self.bound

    @property
    def scheduled(self) -> Step:
        """When it is done, and by what. Only for a want that was put in order."""
        assert self.step is not None
        return self.step

    @property
    def asked(self) -> Entry:
        """The entry it is for. Only for a want that an entry of the layout asks for."""
        assert self.entry is not None
        return self.entry

    @property
    def place(self) -> str:
        """The place it goes to; of what goes away, the place it leaves."""
        return self.bound.place if self.bound is not None else self.source

    @property
    def occupied(self) -> bool:
        """Whether something stands at its destination."""
        return self.bound is not None and self.bound.occupied is not None

    @property
    def index(self) -> int:
        """The operation that carries it out, -1 where none does (yet)."""
        return self.step.index if self.step is not None else -1

    @property
    def freed_by(self) -> int:
        """The operation that frees its source, -1 where none does (yet)."""
        return self.step.freed_by if self.step is not None else -1

    @property
    def src_name(self) -> str:
        """The last part of the source's path."""
        return self.origin.item.rel.rpartition("/")[2]

    @property
    def src_place(self) -> str:
        """The place the source was observed at."""
        found = self.origin
        key, rel = found.reader.root.key, found.item.rel
        source = self.source
        if source[len(key) + 1 :] == rel and source.startswith(key) and source[len(key)] == ":":
            return source
        return join(key, rel)

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
