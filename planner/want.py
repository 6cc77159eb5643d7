"""A want: one thing the layout asks for, bound to what was observed, and what became of it."""

from dataclasses import dataclass
from typing import Literal

from planner.ports import Reader
from planner.virtual import Folder
from schemas.inventory import Item
from schemas.layout import Entry
from schemas.locations import join
from schemas.verbs import Member

Deed = Literal["move", "copy", "hardlink", "symlink", "reflink", "write", "mkdir", "trash", "transition", "pack", "unpack"]
"""What is to be done: a transfer, a generated file, a folder, out of sight, another storage class, an archive made or opened."""

State = Literal["pending", "settled", "blocked", "lost", "changed", "unknown", "held", "skipped", "dropped", "waiting"]
"""pending: becomes operations; settled: as desired already; skipped: left by `on_conflict: skip`; dropped: no longer called for;
waiting: for an archived object to be thawed."""

STAYING = frozenset(("blocked", "changed", "unknown", "skipped", "waiting"))
"""States of what stays where it is although the layout wants it elsewhere: its bundle stays with it."""


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
    that frees the source. `members` are those of a folder to be packed. `rests` is where its content stands besides, for one that
    may go to the trash only because of that.
    """

    __slots__ = (
        "after", "ahead", "aside", "because", "deed", "dst", "dst_name", "entry", "folder", "freed_by", "group", "index", "item",
        "linked", "members", "occupied", "parts", "place", "rests", "source", "src", "src_folder", "state", "target", "text",
        "trashing",
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
        self.rests: list[Rest] | None = None
        self.index = -1
        self.freed_by = -1

    @property
    def src_name(self) -> str:
        """The last part of the source's path."""
        assert self.item is not None
        return self.item.rel.rpartition("/")[2]

    @property
    def src_place(self) -> str:
        """The place the source was observed at."""
        assert self.src is not None
        assert self.item is not None
        key = self.src.root.key
        source = self.source
        if source[len(key) + 1 :] == self.item.rel and source.startswith(key) and source[len(key)] == ":":
            return source
        return join(key, self.item.rel)

    @property
    def takes(self) -> bool:
        """Whether doing it frees the source's place."""
        return self.deed in ("move", "trash")
