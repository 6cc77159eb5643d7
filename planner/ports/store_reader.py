"""What planning may touch: reading, and nothing else."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from reshelve.schemas.inventory import Item, Listing, Root, Space, SymbolicLink
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.verbs import Member

Enter = Callable[[str], bool]
"""Whether a walk goes into a folder, by its path."""


class Reader(Protocol):
    """One root, seen but never changed. Paths are relative to the root, in the file system's form.

    A missing path is None; any other trouble raises OSError.
    """

    root: Root

    def stat(self, rel: str) -> Item | None:
        """Return the item at `rel`, not following a symbolic link, or None where there is nothing."""

    def fingerprint(self, rel: str) -> tuple[int, int, int] | None:
        """Return (ino, size, mtime_ns) of what is at `rel`, or None as `stat` would: for those in a hurry."""

    def names(self, rel: str) -> set[str] | None:
        """Return the names in a folder (reshelve's own left out), or None where there is no folder."""

    def walk(self, rel: str = "", enter: Enter | None = None) -> Listing:
        """Return everything below `rel`, sorted by path; mounted file systems are entered, symbolic links never.

        Folders that `enter` refuses are listed, without what is in them; it is asked once for each.
        """

    def links(self, enter: Enter) -> list[SymbolicLink]:
        """Return the symbolic links that lead to something, sorted by path; what cannot be read has none.

        Folders that `enter` refuses are not looked into. Of a saved inventory, none are known.
        """

    def read_link(self, rel: str) -> str:
        """Return what a symbolic link holds."""

    def digest(self, rel: str) -> str:
        """Return the content hash of a file, "xxh3:" and 32 hex digits."""

    def tail(self, rel: str) -> str:
        """Return the hash of the last `TAIL` bytes of a file (schemas.inventory), "xxh3:" and 32 hex digits. Of folders only."""

    def checksum(self, rel: str, kind: str) -> str:
        """Return a sum of a file: "sha256:" or "md5:" and hex digits; "md5/N:" of parts of N bytes, as ETags are."""

    def record(self, rel: str) -> str:
        """Return the record of its members that an archive carries (reshelve.schemas.archive_record), "" where it has none."""

    def manifest(self, rel: str) -> str:
        """Return the manifest of a backup (reshelve.schemas.backup_manifest), "" where an archive has none."""

    def archived(self, rel: str) -> list[tuple[Member, str]]:
        """Return the members of an archive and the content hash of each file, by reading it through."""

    def space(self, rel: str = "") -> Space:
        """Return the room on the file system that holds `rel` (or its nearest existing parent)."""

    def fs_of(self, rel: str) -> tuple[str, str]:
        """Return the id of the file system that `rel` lies or would lie on, and the topmost folder of it in this root ("")."""

    def folds(self, rel: str = "") -> bool:
        """Say whether names that differ only by case or normal form are one name in folder `rel`'s file system."""

    def owner(self, rel: str) -> tuple[int, int]:
        """Return (uid, gid) of the item at `rel`."""

    def being_written(self, items: Iterable[Item], unsure_ns: int | None = None) -> set[str]:
        """Return the paths of those files that a program has open for writing, as far as it can be told.

        With `unsure_ns` (since the epoch) also those of which it cannot be told, and that changed later than that.
        """


class FolderReader(Reader, Protocol):
    """A root that is a folder: its files can be read by the dozen, which is asking less often than reading."""

    def contents(self, items: Sequence[Item], *, ends: bool = False) -> list[str | OSError]:
        """Return the content hash of each of these files, seen just before (`ends`: as `tail`), or why there is none."""


class BucketReader(Reader, Protocol):
    """A bucket, seen but never changed: what lies under delete markers, what is recorded with objects, its documents."""

    def hidden(self, rel: str, ino: int = 0) -> Item | None:
        """Return the object that lies under a delete marker; with `ino` the newest of that ETag under whatever stands; or None."""

    def beneath(self, rel: str, ino: int) -> Item | None:
        """Return the newest version with that ETag beneath what stands there that can be read at once, or None."""

    def details(self, rel: str) -> Mapping[str, str]:
        """Return what is recorded with an object, as far as it is: `hash sha256 mtime_ns mode token members version`.

        `hash`, `sha256` and `members` only while they were recorded of the content that stands there.
        """

    def known_digest(self, rel: str) -> str:
        """Return the content hash of an object as far as it is known without reading it: learnt, or recorded with it; else ""."""

    def checksums(self, rel: str) -> tuple[str, ...]:
        """Return the sums that the service tells of an object, each as `checksum` would return it of the same content in a file."""

    def made_by(self, rel: str) -> str:
        """Return the token of the operation that made what stands at `rel`; "" where none did, or its content is another by now."""

    def verified(self, rel: str) -> str:
        """Return what the files of an archive hold (schemas.archive_record.content_of), as this machine put or read it; else ""."""

    def odd(self) -> list[Item]:
        """Return the objects whose keys are no paths (`schemas.inventory.Listing.odd`), as far as what was listed showed any."""

    def lost_by_copies(self, rel: str, to: object) -> tuple[str, ...]:
        """Return what a copy of an object into the bucket of another reader is not given, in words. Raises OSError."""

    def read_document(self, what: str) -> str:
        """Return the bucket's lifecycle rules or policy as canonical JSON, "" where it has none."""


Readers = Mapping[str, Reader]
"""Readers by root key."""


def roots_of(readers: Readers, store: str) -> list[Reader]:
    """Return the readers of one store's roots, available or not, in the order of the group."""
    mine = [reader for key, reader in readers.items() if store_of(key) == store]
    return sorted(mine, key=lambda reader: (reader.root.order, reader.root.key))


def standing_at(location: str, readers: Readers) -> Item | None:
    """Return what stands at a location, on the first root of its store that has it; None where nothing can be seen."""
    store, rel = split(location)
    for reader in roots_of(readers, store):
        with suppress(OSError):
            item = reader.stat(rel) if reader.root.available else None
            if item is not None:
                return item
    return None


__all__ = ["BucketReader", "Enter", "Reader", "Readers", "roots_of", "standing_at"]
