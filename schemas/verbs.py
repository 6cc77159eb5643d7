"""Verbs: the few things a store can do. Every operation compiles to these, and the runner knows nothing else.

Each verb ends before or after, never between, and each can be told apart by the identity of what it touched:
that is argued once a verb (docs/design.md) and holds for every operation.
"""

from typing import Literal

from reshelve.schemas.quick_dataclasses import dataclass

ArchiveFormat = Literal["tar.gz", "zip"]


@dataclass(slots=True, frozen=True)
class MakeDir:
    """Make one folder; its parent exists and its name is free. `mode` None: as the process's umask says; -1: no owner is set."""

    place: str
    mode: int | None = None
    uid: int = -1
    gid: int = -1


@dataclass(slots=True, frozen=True)
class RemoveDir:
    """Remove one empty folder. `mode`, `uid`, `gid` rebuild it when this is taken back (-1: leave to the process)."""

    place: str
    mode: int
    uid: int = -1
    gid: int = -1


@dataclass(slots=True, frozen=True)
class Rename:
    """Give one item another name on the same file system, never replacing; the item keeps its inode.

    `aside`: it is the source of a copy and waits there until the run has settled. `ctime_ns` is known of what goes to the trash
    as it is, -1 where that proves nothing.
    """

    src: str
    dst: str
    size: int
    mtime_ns: int
    ino: int
    aside: bool = False
    ctime_ns: int = -1


@dataclass(slots=True, frozen=True)
class CopyTo:
    """Copy a file's content, times, mode, owner and extended attributes to a temporary name of this run, synced and verified.

    `how`: "copy" lets the system share blocks where it can; "reflink" fails where it cannot. `goes`: the source is set aside then.
    """

    src: str
    tmp: str
    size: int
    mtime_ns: int
    ino: int
    how: str = "copy"
    goes: bool = False


@dataclass(slots=True, frozen=True)
class WriteTo:
    """Write generated content to a temporary name of this run, synced."""

    content: str
    tmp: str


@dataclass(slots=True, frozen=True)
class Publish:
    """Give this run's own temporary file its final name, never replacing."""

    tmp: str
    dst: str


@dataclass(slots=True, frozen=True)
class HardLink:
    """Give a file a further name on the same file system. `ino` 0: the file is one this run made, at `src`.

    `tmp` is a name of this run's own beside it, by way of which it is taken back.
    """

    src: str
    dst: str
    ino: int
    tmp: str


@dataclass(slots=True, frozen=True)
class SymLink:
    """Make a symbolic link holding `text` (document form of a path).

    `tmp` is a name of this run's own beside it, under which it is made, and by way of which it is taken back.
    """

    text: str
    dst: str
    tmp: str
    mtime_ns: int = -1


@dataclass(slots=True, frozen=True)
class Remove:
    """Remove one file or link for good, by way of `tmp`, a name of this run's own beside it. Only `purge` compiles to this."""

    place: str
    size: int
    mtime_ns: int
    ino: int
    tmp: str


@dataclass(slots=True, frozen=True)
class Member:
    """One item in a folder to be packed, at `rel` below it. `text` is the target of a symbolic link (document form)."""

    rel: str
    kind: Literal["file", "dir", "link"]
    size: int
    mtime_ns: int
    ino: int
    mode: int
    text: str = ""


@dataclass(slots=True, frozen=True)
class PackTo:
    """Pack a folder into an archive under a temporary name of this run: the same members give the same bytes; synced, read back."""

    src: str
    tmp: str
    format: ArchiveFormat
    members: tuple[Member, ...]
    manifest: str = ""


@dataclass(slots=True, frozen=True)
class Layer:
    """An incremental backup, as the plan saw it, that is unpacked over the earlier ones."""

    src: str
    format: ArchiveFormat
    size: int
    mtime_ns: int
    ino: int


@dataclass(slots=True, frozen=True)
class UnpackTo:
    """Unpack an archive into a new folder under a temporary name of this run, every file verified and synced.

    Of it and the `layers` over it, each path is taken from the last that has it, and none that a later one lists as deleted.
    """

    src: str
    tmp: str
    format: ArchiveFormat
    size: int
    mtime_ns: int
    ino: int
    layers: tuple[Layer, ...] = ()


Holding = Literal["same", "within", "part", "whole"]
"""How a witness holds a content: it is the same, an archive with that in it, or one part of what the content is made of.

`whole`: it does not hold that, but is a later backup, for which an earlier one goes.
"""


@dataclass(slots=True, frozen=True)
class Witness:
    """Another copy of content that is removed: it must exist and have the content right before and right after the removal.

    `size`, `mtime_ns`, `ino` and `ctime_ns` are as planning saw it; if the change time differs by then, or is -1 because it
    proves nothing, the content is read. `op` is the operation of the same plan that brings it there, -1 if it is there
    already. `member` is the path in an archive (`within`), "" if a whole folder that must be in it is removed; a `part` is
    identified by its identity alone. `whole` is a backup for which an earlier one goes: its change time is that of when it was
    verified, and if it differs by then, the archive is read through: it must hold what its own record says.
    """

    place: str
    size: int
    mtime_ns: int
    ino: int
    ctime_ns: int = -1
    op: int = -1
    holding: Holding = "same"
    member: str = ""


@dataclass(slots=True, frozen=True)
class Confirm:
    """Confirm, changing nothing, that what goes is what the plan saw, down to its bytes (`hash`), and that its witnesses hold it.

    `gone`: it went, and its witnesses hold it still; `at` is where a folder lies by then. `tmp` is a name of this run's own, by
    which one folder is told that is seen in two ways. `hash` is "" for what has no content of its own, and where only what the
    witnesses were made of is known.
    """

    place: str
    hash: str
    size: int
    mtime_ns: int
    ino: int
    witnesses: tuple[Witness, ...]
    tmp: str
    gone: bool = False
    at: str = ""


@dataclass(slots=True, frozen=True)
class RemoveHidden:
    """Remove an object that lies under a delete marker for good, and the marker. Only `purge` compiles to this."""

    place: str
    size: int
    mtime_ns: int
    ino: int


# What a bucket can do. An object made by a run carries `token`, by which it is known again.


@dataclass(slots=True, frozen=True)
class Upload:
    """Put a file at a free key, create-only, verified end to end; `project` is noted with it. `goes`: it is set aside then."""

    src: str
    dst: str
    size: int
    mtime_ns: int
    ino: int
    storage_class: str
    token: str
    project: str = ""
    goes: bool = False


@dataclass(slots=True, frozen=True)
class UploadPacked:
    """Pack a folder straight into an object at a free key, create-only, verified end to end."""

    src: str
    dst: str
    format: ArchiveFormat
    members: tuple[Member, ...]
    storage_class: str
    token: str
    project: str = ""


@dataclass(slots=True, frozen=True)
class WriteObject:
    """Put generated content at a free key, create-only, verified."""

    content: str
    dst: str
    storage_class: str
    token: str


@dataclass(slots=True, frozen=True)
class CopyObject:
    """Copy an object to a free key of the same service, within it, create-only, verified."""

    src: str
    dst: str
    size: int
    mtime_ns: int
    ino: int
    storage_class: str
    token: str


@dataclass(slots=True, frozen=True)
class RemoveCopied:
    """Remove an object whose verified copy, made with `token`, stands at `copy`; taken back by copying it back.

    `storage_class` is the one it had, "" where its copy has the same.
    """

    place: str
    copy: str
    size: int
    mtime_ns: int
    ino: int
    token: str
    storage_class: str = ""


@dataclass(slots=True, frozen=True)
class RemoveKept:
    """Remove an object while a file or object at `kept` holds its content (`hash`); taken back by bringing that there again."""

    place: str
    kept: str
    hash: str
    size: int
    mtime_ns: int
    ino: int
    storage_class: str
    token: str


@dataclass(slots=True, frozen=True)
class Hide:
    """Put a delete marker over an object of a versioned bucket; taken back by removing the marker."""

    place: str
    size: int
    mtime_ns: int
    ino: int


@dataclass(slots=True, frozen=True)
class Reveal:
    """Remove the delete marker over an object of a versioned bucket; taken back by putting one over it again."""

    place: str
    size: int
    mtime_ns: int
    ino: int


@dataclass(slots=True, frozen=True)
class SetClass:
    """Give an object another storage class, its content staying; on a versioned bucket the old one stays as a version."""

    place: str
    size: int
    mtime_ns: int
    ino: int
    before: str
    after: str
    token: str
    beneath: int = 0
    """The number of the version whose content is taken, where the object itself is archived; else 0."""


@dataclass(slots=True, frozen=True)
class Thaw:
    """Ask for an archived object to be readable for so many days; asking twice is one request; it expires by itself."""

    place: str
    size: int
    mtime_ns: int
    ino: int
    days: int
    tier: str


@dataclass(slots=True, frozen=True)
class Configure:
    """Replace a bucket's own document (`what`), as canonical JSON; "" is none. Taken back by putting `before` again."""

    root: str
    what: Literal["lifecycle", "policy"]
    before: str
    after: str


Verb = (
    MakeDir | RemoveDir | Rename | CopyTo | WriteTo | Publish | HardLink | SymLink | Remove | RemoveHidden | PackTo | UnpackTo
    | Upload | UploadPacked | WriteObject | CopyObject | RemoveCopied | RemoveKept | Hide | Reveal | SetClass | Thaw | Configure
    | Confirm
)  # fmt: skip
