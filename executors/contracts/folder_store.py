"""The store contract: what one root can be asked (reads), told (verbs), and what each promises.

Paths are relative to the root, in the file system's form; "" is the root. Nothing leaves the root: a symbolic link
is never followed on the way to a path, only ever named by its last part. Verbs raise OSError, and a verb that raised
changed nothing. No verb replaces anything: a taken name raises FileExistsError. What a verb did is durable only after
`sync` of the folders it touched.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, BinaryIO, Protocol

from reshelve.schemas.inventory import Item, ItemKind, Listing, Root, Space, SymbolicLink
from reshelve.schemas.verbs import Member

if TYPE_CHECKING:
    from reshelve.executors.platforms.refused_attributes import Refusal

Renaming = tuple[str, str, int, int, int]
"""What `rename_many` is told of one thing: from where, to where, and its ino, size and mtime_ns."""

Seen = Callable[[Item, Item | None], object]
"""What `rename` tells of a thing: what was seen just before and just after, None where that failed."""
Renamed = Callable[[int, Item, Item | None], object]
"""What `rename_many` tells of one thing: its number, and what was seen just before and just after, None where that failed."""

BLOCK = 8 << 20
"""Bytes of a block that content is received in: enough that a disk with a moving head may write several files at once."""


class Receiver(Protocol):
    """A new file while its content comes. Several threads may use it at once."""

    def write_at(self, offset: int, chunk: bytes | memoryview) -> None:
        """Write bytes at an offset. They must not change afterwards; memory that is from `block` is given back by it."""

    def block(self) -> memoryview:
        """Return BLOCK bytes of memory to read into: much is written fastest from there, at offsets that are multiples of that."""


class Held(Protocol):
    """One file held open for a moment, to tell whether anybody may write to it as it is let go of."""

    def item(self) -> Item:
        """Return what the file is now, wherever its name is by now."""

    def alone(self) -> bool | None:
        """Say whether nobody has had it open or mapped for writing since, or has asked to; None where that cannot be told."""


class Store(Protocol):
    """One root that can be read and changed. It satisfies the planner's Reader."""

    root: Root

    # Reads: as reshelve.planner.ports.store_reader.Reader says.
    def stat(self, rel: str) -> Item | None: ...
    def names(self, rel: str) -> set[str] | None: ...
    def walk(self, rel: str = "", enter: Callable[[str], bool] | None = None) -> Listing: ...
    def links(self, enter: Callable[[str], bool]) -> list[SymbolicLink]: ...
    def read_link(self, rel: str) -> str: ...
    def digest(self, rel: str) -> str: ...
    def tail(self, rel: str) -> str: ...
    def contents(self, items: Sequence[Item], *, ends: bool = False) -> list[str | OSError]: ...
    def checksum(self, rel: str, kind: str) -> str: ...
    def record(self, rel: str) -> str: ...
    def manifest(self, rel: str) -> str: ...
    def archived(self, rel: str) -> list[tuple[Member, str]]: ...
    def space(self, rel: str = "") -> Space: ...
    def fs_of(self, rel: str) -> tuple[str, str]: ...
    def folds(self, rel: str = "") -> bool: ...
    def owner(self, rel: str) -> tuple[int, int]: ...
    def being_written(self, items: Iterable[Item], unsure_ns: int | None = None) -> set[str]: ...

    def fingerprint(self, rel: str) -> tuple[int, int, int] | None:
        """Return (ino, size, mtime_ns) of what is at `rel`, or None as `stat` would: what is asked before every rename."""

    def open(self, rel: str) -> BinaryIO:
        """Open a regular file for reading; the caller closes it. Raises OSError for anything else, a symbolic link included."""

    def held(self, rel: str) -> AbstractContextManager[Held]:
        """Hold a regular file open. Whoever opens it for writing may have to wait until this ends. Raises OSError like `open`."""

    # Verbs.
    def make_dir(self, rel: str, mode: int | None = None) -> None:
        """Make one folder. `mode` None: 0o777 less the umask; else exactly `mode`."""

    def make_trash(self, rel: str) -> None:
        """Make `rel`, a folder inside a trash folder, and every missing folder above it (0700); fine when it is there."""

    def remove_dir(self, rel: str) -> None:
        """Remove one empty folder."""

    def rename(self, src: str, to: "Store", dst: str, seen: "Seen | None" = None) -> None:
        """Rename `src` of this store to `dst` of store `to`, atomically, on one file system. Raises OSError(EXDEV) across.

        `seen` is told of it, with no other call in between.
        """

    def rename_many(
        self,
        to: "Store",
        renames: Sequence[Renaming],
        follow: Container[int] = (),
        renamed: "Renamed | None" = None,
    ) -> int:
        """Rename one after the other, each as `rename` does, and return how many were done: all, or those before the first doubt.

        Each thing is looked at just before: one that is not (ino, size, mtime_ns) as given, and one that cannot be renamed, ends
        it, itself untouched. The caller finds out why by `rename`. `renamed` is told of each whose ino is in
        `follow`.
        """

    def copy_to(
        self,
        src: str,
        to: "Store",
        tmp: str,
        how: str = "copy",
        *,
        progress: Callable[[int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> tuple[Item, str]:
        """Copy `src` to the new file `tmp` of `to`, with mode, times, owner and extended attributes as far as they can be set.

        The copy's data is synced and read back: returns the copy's item and its content hash, equal to the source's.
        Holes stay holes. `how` "reflink" raises OSError where blocks cannot be shared. A failed copy leaves no `tmp`.
        `progress` is told of bytes as they are copied; when `cancel` says so, OSError(ECANCELED) is raised.
        """

    def write_to(self, content: bytes, tmp: str) -> Item:
        """Write `content` to the new file `tmp`, synced."""

    def receive(
        self,
        tmp: str,
        fill: Callable[[Receiver], None],
        *,
        mtime_ns: int = -1,
        mode: int = -1,
        from_disk: bool = True,
        cancel: Callable[[], bool] | None = None,
    ) -> tuple[Item, str]:
        """Make the new file `tmp` of what `fill` writes into it, with that time and mode where they are given; synced.

        Returns its item, and the content hash: as it was read back from the disk itself, or with `from_disk` False as it was
        written, for content that is known by a hash from elsewhere. What is written must not change afterwards: it may be kept.
        Whatever `fill` raises is raised, and then there is no `tmp`.
        """

    def link(self, src: str, to: "Store", dst: str) -> None:
        """Give the file `src` the further name `dst` in `to`."""

    def symlink(self, text: str, dst: str, mtime_ns: int = -1) -> None:
        """Make a symbolic link holding `text`, with that modification time when one is given."""

    def remove(self, rel: str) -> None:
        """Remove one file or link. The caller answers for its content being elsewhere, or being meant to go."""

    def set_times(self, rel: str, mtime_ns: int) -> None:
        """Set the modification time of a folder or file, keeping its access time; not allowed is not an error."""

    def set_mode(self, rel: str, mode: int) -> None:
        """Set the permissions of a folder; not allowed is not an error."""

    def set_owner(self, rel: str, uid: int, gid: int) -> None:
        """Set the owner of a folder as far as this process may; not allowed is not an error."""

    def refused(self) -> "list[Refusal]":
        """Return what file systems would not have set of what was to be: once a file system and kind."""

    def sync(self, folders: Iterable[str]) -> None:
        """Make the entries of these folders durable. Missing folders are passed over; many are synced as one file system."""

    def reserves(self, rel: str, kind: ItemKind = "file") -> bool:
        """Say whether a rename of a file (or "dir") into folder `rel` reserves its name by an empty one, which a kill may leave.

        Found by trying.
        """

    def writable(self, rel: str) -> str | None:
        """Say why nothing can be made in folder `rel` (or its nearest existing parent), or None when it can."""

    def forget(self) -> None:
        """Forget what is remembered of folders, so that the next verb looks anew. The runner says so before every batch."""

    def close(self) -> None:
        """Let go of descriptors held."""
