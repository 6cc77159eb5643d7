"""Verbs: the few things a store can do. Every operation compiles to these, and the runner knows nothing else.

Each verb ends before or after, never between, and each can be told apart by the identity of what it touched:
that is argued once a verb (docs/design.md) and holds for every operation.
"""

from dataclasses import dataclass


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
    """Give one item another name on the same file system, never replacing; the item keeps its inode."""

    src: str
    dst: str
    size: int
    mtime_ns: int
    ino: int


@dataclass(slots=True, frozen=True)
class CopyTo:
    """Copy a file's content, times, mode, owner and extended attributes to a temporary name of this run, synced and verified.

    `how`: "copy" lets the system share blocks where it can; "reflink" fails where it cannot.
    """

    src: str
    tmp: str
    size: int
    mtime_ns: int
    ino: int
    how: str = "copy"


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
    """Give a file a further name on the same file system. `ino` 0: the file is one this run made, at `src`."""

    src: str
    dst: str
    ino: int


@dataclass(slots=True, frozen=True)
class SymLink:
    """Make a symbolic link holding `text` (document form of a path)."""

    text: str
    dst: str
    mtime_ns: int = -1


@dataclass(slots=True, frozen=True)
class Remove:
    """Remove one file or link for good. Only `purge` compiles to this."""

    place: str
    size: int
    mtime_ns: int
    ino: int


Verb = MakeDir | RemoveDir | Rename | CopyTo | WriteTo | Publish | HardLink | SymLink | Remove
