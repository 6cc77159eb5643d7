"""The contract of a bucket: what it can be asked (reads), told (verbs), and what each promises.

Paths are keys below the store's prefix; "" is the prefix itself. There are no folders: every folder counts as there, `names`
returns what lies below it, `stat` shows one where keys lie below a path, and `walk` lists objects only. Verbs raise OSError, and
a verb that raised changed nothing. Nothing is ever replaced but by `set_class`: a taken key raises FileExistsError, enforced by
the service itself where it can (`capabilities`); OSError(EOPNOTSUPP) is raised where it cannot. The content of an object that is
archived and not thawed raises ArchivedError (EAGAIN). What a verb did is durable when it returns.

An object made here carries, as its own metadata, the content's hashes, the file's mtime and mode, and a `token`, by which the run
that made it knows it again. Others may write other content and keep all of that: it counts only for the ETag and size that it was
recorded with, or where this machine knows that ETag to be of that hash.
"""

import errno
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import BinaryIO, Literal, Protocol, cast

from reshelve.executors.contracts.folder_store import Store
from reshelve.schemas.inventory import Item, Listing, Root, Space, SymbolicLink
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import ArchiveFormat, Member

CreateOnly = Literal["enforced", "versioned", "none"]
"""Whether a service refuses to replace; else whether it keeps what was replaced as an older version; else neither."""


@dataclass(slots=True, frozen=True)
class Capabilities:
    """What a service was found to keep: see `CreateOnly`; `multipart` says it of uploads in parts.

    `natively` names the requests (put, multipart, copy) that can say themselves that the key must be free. Where put can, the
    others are as safe: the key is first taken by an empty object of ours, which they replace. `content_md5`: it refuses what
    arrived with another MD5 than it was sent with. `checksums`: it tells the SHA-256 it was given. `part_etags`: unless it encrypts
    with keys told apart, the ETag of an object in parts is made of their MD5s. `conditional_delete`: it
    removes an object only while that has the ETag it is told. `unknown` names what this user may not try out: it
    counts as not kept, and is asked anew each time.
    """

    create_only: CreateOnly
    multipart: CreateOnly
    versioned: bool
    content_md5: bool
    checksums: bool
    storage_classes: bool
    restore: bool
    natively: Sequence[str] = ("put", "multipart", "copy")
    part_etags: bool = True
    conditional_delete: bool = False
    unknown: Sequence[str] = ()


@dataclass(slots=True, frozen=True)
class Stored:
    """What a verb made: the object's item, its content hash ("xxh3:…"), and its version id, "" in an unversioned bucket.

    When it was written is told within a few seconds: an object is known by its ETag and size. The hash of a copy is "" where
    that of its source is not known.
    """

    item: Item
    hash: str
    version: str = ""


Progress = Callable[[int], None]
Cancel = Callable[[], bool]


class ObjectStore(Protocol):
    """One bucket and prefix. It satisfies the planner's Reader. Safe to share by threads.

    `accept_race`: the workspace takes the risk of a service that can neither refuse to replace nor keep what was replaced.
    """

    root: Root
    accept_race: bool

    # Reads: as reshelve.planner.ports.store_reader.Reader says. Listings are kept until `forget`, so that planning costs only them.
    def stat(self, rel: str) -> Item | None: ...
    def fingerprint(self, rel: str) -> tuple[int, int, int] | None: ...
    def names(self, rel: str) -> set[str] | None: ...
    def walk(self, rel: str = "", enter: Callable[[str], bool] | None = None) -> Listing: ...
    def links(self, enter: Callable[[str], bool]) -> list[SymbolicLink]: ...
    def read_link(self, rel: str) -> str: ...
    def space(self, rel: str = "") -> Space: ...
    def fs_of(self, rel: str) -> tuple[str, str]: ...
    def folds(self, rel: str = "") -> bool: ...
    def owner(self, rel: str) -> tuple[int, int]: ...
    def being_written(self, items: Iterable[Item], unsure_ns: int | None = None) -> set[str]: ...

    def look(self, rel: str) -> Item | None:
        """Return the object at `rel` as the service has it at this moment, whatever was listed; None where there is none."""

    def digest(self, rel: str) -> str:
        """Return the content hash of an object: as it is known (reshelve.executors.stores.known_digests), else by reading it, once.

        OSError of an archived one that nobody has read or put there from here.
        """

    def record(self, rel: str) -> str:
        """Return the record of its members that an archive carries, "" where it has none: as it is known, else as it holds it."""

    def manifest(self, rel: str) -> str:
        """Return the manifest of a backup, "" where an archive has none."""

    def archived(self, rel: str) -> list[tuple[Member, str]]:
        """Return the members of an archive and the content hash of each file, by reading it through."""

    def verified(self, rel: str) -> str:
        """Return what the files of an archive hold (schemas.archive_record.content_of), as this machine put or read it; else ""."""

    def details(self, rel: str) -> Mapping[str, str]:
        """Return what is recorded with an object, as far as it is: `hash sha256 mtime_ns mode token members version`.

        `hash`, `sha256` and `members` only while they were recorded of the content that stands there.
        """

    def known_digest(self, rel: str) -> str:
        """Return the content hash of an object as far as it is known without reading it, else "": learnt, or recorded with it."""

    def checksums(self, rel: str) -> tuple[str, ...]:
        """Return the sums that the service tells of an object (`content_sums`), asked once for each ETag. Nothing is read.

        None is of parts of several sizes, and none is an ETag that is no MD5 because the object is encrypted.
        """

    def was_asked(self, rel: str) -> bool:
        """Say whether `checksums` was asked of this very object before."""

    def made_by(self, rel: str) -> str:
        """Return the token of the operation that made what stands at `rel`; "" where none did, or its content is another by now."""

    def open(self, rel: str) -> BinaryIO:
        """Open an object for reading, as a stream; the caller closes it. Raises OSError of an archived one."""

    def capabilities(self, *, probe: bool = False) -> Capabilities:
        """Return what the service keeps, as remembered; where nothing is, and with `probe`, it is tried out, on keys of our own.

        So a plan never asks: only what is about to change something does.
        """

    # Verbs.
    def upload(
        self,
        src: str,
        source: Store,
        dst: str,
        *,
        token: str,
        storage_class: str = "",
        project: str = "",
        began: Callable[[Sequence[str]], None] | None = None,
        mine: Sequence[str] = (),
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Stored:
        """Put the file `src` of `source` at the free key `dst`, its hash computed as it is read and verified as the store asks.

        Before an upload in parts begins, `began` is given the ids of those already under way at that key (to be journaled); `mine`
        are ids of this run's own, to be gone on with. `project` is noted in its metadata. When it raises it leaves no upload in
        parts, but for a kill.
        """

    def upload_packed(
        self,
        src: str,
        source: Store,
        dst: str,
        form: ArchiveFormat,
        members: Sequence[Member],
        *,
        token: str,
        storage_class: str = "",
        project: str = "",
        began: Callable[[Sequence[str]], None] | None = None,
        mine: Sequence[str] = (),
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Stored:
        """Pack a folder of `source` straight into the free key `dst`, as `upload` puts a file there. Same members, same bytes."""

    def write_object(self, content: bytes, rel: str, *, token: str, storage_class: str = "") -> Stored:
        """Put content that is in memory at the free key `rel`, verified as an upload is."""

    def uploads(self, rel: str) -> list[str]:
        """Return the ids of uploads in parts under way at a key, and of an empty object that only reserves it."""

    def abort(self, rel: str, upload: str) -> None:
        """Give up an upload in parts, or a reservation; fine when it is gone."""

    def copy_to(
        self,
        src: str,
        to: Store,
        tmp: str,
        how: str = "copy",
        *,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> tuple[Item, str]:
        """Download an object to the new file `tmp` of `to`, with its recorded mtime and mode, hashed, synced and read back."""

    def copy_object(
        self,
        src: str,
        to: "ObjectStore",
        dst: str,
        *,
        token: str,
        storage_class: str = "",
        began: Callable[[Sequence[str]], None] | None = None,
        cancel: Cancel | None = None,
    ) -> Stored:
        """Copy an object within its service to the free key `dst` of `to`, in parts where it is large; verified by its head.

        Where a kill could leave an upload in parts or a reservation, `began` is told before, as by `upload`.
        """

    def remove(self, rel: str, ino: int = 0) -> None:
        """Remove an object: for good in an unversioned bucket. The caller answers for its content being elsewhere.

        With `ino` only the object of that ETag: OSError(ESTALE) where another stands there, which stays as far as the service
        itself compares them (`Capabilities.conditional_delete`); else one that comes between the look and the removal is removed.
        """

    def remove_version(self, rel: str, version: str) -> None:
        """Remove one version of an object, or one delete marker, for good; fine when it is gone."""

    def hide(self, rel: str, ino: int = 0) -> str:
        """Put a delete marker over an object of a versioned bucket, with `ino` as `remove`; return the marker's version id."""

    def reveal(self, rel: str, ino: int = 0) -> Item:
        """Remove the delete marker over an object, and return what then stands there. FileNotFoundError where none lies on top.

        With `ino` the newest object of that ETag is meant: where others lie over it, it is copied on top instead.
        """

    def hidden(self, rel: str, ino: int = 0) -> Item | None:
        """Return the object that lies under a delete marker; with `ino` the newest of that ETag under whatever stands; or None."""

    def beneath(self, rel: str, ino: int) -> Item | None:
        """Return the newest version with that ETag beneath what stands there that can be read at once, or None."""

    def remove_hidden(self, rel: str, ino: int = 0) -> None:
        """Remove an object that is hidden (see `hidden`) for good; the markers over it too, when they hide nothing more.

        FileNotFoundError where there is none.
        """

    def set_class(self, rel: str, storage_class: str, *, token: str, beneath: int = 0) -> Stored:
        """Give an object another storage class by copying it onto itself, what is recorded with it kept.

        `beneath`: the ETag's number of the version that is copied in its stead (see `beneath`), as it cannot be read itself.
        FileNotFoundError where there is none.
        """

    def thaw(self, rel: str, days: int, tier: str) -> None:
        """Ask for an archived object; fine when that was asked already."""

    def odd(self) -> list[Item]:
        """Return the objects whose keys are no paths (`schemas.inventory.Listing.odd`), as far as what was listed showed any."""

    def lost_by_copies(self, rel: str, to: object) -> tuple[str, ...]:
        """Return what a copy of an object into another store of this service is not given, in words."""

    def read_document(self, what: str) -> str:
        """Return the bucket's lifecycle rules or policy as canonical JSON, "" where it has none."""

    def write_document(self, what: str, text: str) -> None:
        """Replace the bucket's lifecycle rules or policy; "" removes them."""

    # What people who share a bucket tell each other (planner.sync.sync_records). No content of anybody's is ever written so.
    def list_all(self, rel: str) -> Iterable[Item]:
        """Yield every object below `rel`, reshelve's own too, sorted by path, as the service has them now. Raises OSError."""

    def learn(self, item: Item, digest: str) -> None:
        """Take what somebody recorded of the content of this very object (its ETag and size) for known."""

    def read_small(self, rel: str, most: int) -> tuple[bytes, int]:
        """Return the first `most` bytes of an object, and its number (`Item.ino`). FileNotFoundError where there is none."""

    def write_record(self, rel: str, content: bytes, over: int) -> Item:
        """Write a small object in place of the one numbered `over` (0: of none). FileExistsError where another stands there.

        On a service that keeps no conditions another writer may come between unseen: read it back.
        """

    def md5(self, rel: str) -> str:
        """Return the MD5 of an object's content, 32 hex digits, where the service knows it; else ""."""

    def clock_ns(self) -> int:
        """Return the time by the service's clock, ns since the epoch, as last heard; 0 before anything was."""

    def link(self, rel: str, seconds: int) -> str:
        """Return an address at which anybody can read an object for so many seconds. Raises OSError."""

    # What a folder store has too, for whoever runs a plan over both.
    def writable(self, rel: str) -> str | None: ...
    def sync(self, folders: Sequence[str]) -> None: ...
    def forget(self) -> None: ...
    def close(self) -> None: ...


AnyStore = Store | ObjectStore
"""Whatever a root is opened as: `root.kind` tells which."""


def folder_store(store: AnyStore) -> Store:
    """Return a store as one of folders. Raises OSError of a bucket."""
    if store.root.kind != "folder":
        raise OSError(errno.EOPNOTSUPP, "is in a bucket, which has no folders and no rename", store.root.path)
    return cast(Store, store)


def object_store(store: AnyStore) -> ObjectStore:
    """Return a store as a bucket. Raises OSError of a folder."""
    if store.root.kind != "bucket":
        raise OSError(errno.EOPNOTSUPP, "is in a folder, not in a bucket", store.root.path)
    return cast(ObjectStore, store)
