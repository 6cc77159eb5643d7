"""What a workspace remembers of the backups of one project. Losing it loses no archive: `backup verify` reads them anew."""

from dataclasses import field

from reshelve.schemas.backup_manifest import Kind
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True)
class Mark:
    """That an archive was read through and found whole: when (ISO 8601, UTC), and which file or object it was then.

    `ctime_ns` is its change time then, -1 where that proves nothing.
    """

    size: int
    mtime_ns: int
    ino: int
    verified: str
    kind: Kind
    taken: str
    since: str = ""
    ctime_ns: int = -1


@dataclass(slots=True)
class Known:
    """One thing of the folder as the archive `tip` and those it builds on have it. `hash` is that of a file's content."""

    kind: str
    size: int
    mtime_ns: int
    ctime_ns: int
    ino: int
    mode: int
    fs: str
    text: str = ""
    hash: str = ""


@dataclass(slots=True)
class Memory:
    """The marks of success by folder (a location) and archive name, and the folder as the last archive has it.

    `tip` is that archive's name, `looked_ns` when the folder was looked at for it. Paths in `known` are in document form.
    """

    marks: dict[str, dict[str, Mark]] = field(default_factory=dict)
    tip: str = ""
    looked_ns: int = 0
    known: dict[str, Known] = field(default_factory=dict)
