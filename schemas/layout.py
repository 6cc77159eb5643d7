"""The layout: the desired state, as people review, edit and commit it."""

from dataclasses import field, fields
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.fields import FieldInfo

from reshelve.schemas.backup_manifest import Kind
from reshelve.schemas.facts import Facts
from reshelve.schemas.patterns import GlobText
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import ArchiveFormat

Transfer = Literal["move", "copy", "hardlink", "symlink", "reflink"]
OnConflict = Literal["fail", "keep-both", "skip", "replace"]
ANSWERED = "your answer"
"""How the reason of an entry begins that a person's answer in a review made."""
ALREADY_AT = "already at "
SAME_CONTENT = "same content as "
"""How the reason begins for which a file is not filed: its content is at a place that follows, or in a file that does."""
OF_TIERS = "tiers "
"""How the reason begins of what a project's move from tier to tier asks for."""
StorageClass = Annotated[
    str, Field(title="storage class", pattern=r"^[A-Z][A-Z0-9_]{1,40}$", description="a storage class: STANDARD, DEEP_ARCHIVE")
]


@dataclass(slots=True)
class Backup:
    """What makes an archive a backup: when it was taken, what it builds on, and which parts of the folder it contains."""

    of: Annotated[
        str, Field(description="What it is a backup of: the name in `backups`, and the project's.", examples=["work/b63"])
    ]
    kind: Annotated[Kind, Field(description="Its kind of backup.", examples=["daily"])]
    taken: Annotated[
        str, Field(description="When the folder was read: ISO 8601, in UTC.", examples=["2026-03-01T02:00:00.000000Z"])
    ]
    since: Annotated[
        str | None,
        Field(
            description="The file name of the archive that it builds on; without it, it is a full backup.",
            examples=["daily_20260301.tar.gz"],
        ),
    ] = None
    exclude: Annotated[
        list[GlobText],
        Field(
            description="What is left out: globs on `/` plus the path in the folder; `*` also matches `/`.",
            examples=[["*/Cache/*"]],
        ),
    ] = field(default_factory=list)
    leave: Annotated[list[str], Field(description="Paths that are left out, with everything in them.", examples=[["Backups"]])] = (
        field(default_factory=list)
    )
    take: Annotated[
        list[str] | None,
        Field(description="The paths that are packed. Default: everything that is not left out.", examples=[["a.mov"]]),
    ] = None
    deleted: Annotated[
        list[str], Field(description="The paths removed since the archive that it builds on.", examples=[["old.mov"]])
    ] = field(default_factory=list)

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True)
class Entry:
    """What should be at one target: exactly one of `from`, `content`, `unpack`, or only `class`.

    Locations are in their document form.
    """

    source: Annotated[
        str | None,
        Field(
            alias="from",
            description="The location of the file or folder that becomes the target.",
            examples=["inbox:Heat (1995).mkv"],
        ),
    ] = None
    content: Annotated[
        str | None,
        Field(
            description="The text of a generated file. Anything else at the target is a conflict, handled by `on_conflict`.",
            examples=["made by reshelve\n"],
        ),
    ] = None
    unpack: Annotated[
        str | None, Field(description="The archive whose content the target folder should have.", examples=["bucket:old.tar.gz"])
    ] = None
    then: Annotated[
        tuple[str, ...],
        Field(
            description="The incremental backups that are unpacked over `unpack`, oldest first.",
            examples=[["work:Backups/incremental_20260301_140000.tar.gz"]],
        ),
    ] = ()
    transfer: Annotated[
        Transfer, Field(description="How the source gets there. All but `move` leave it where it is.", examples=["copy"])
    ] = "move"
    on_conflict: Annotated[
        OnConflict,
        Field(
            description="What happens if another file has the target: `fail`, `keep-both` (the new file gets a number), "
            "`skip` or `replace` (the other one goes to the trash).",
            examples=["skip"],
        ),
    ] = "fail"
    size: Annotated[
        Annotated[int, Field(ge=0)] | None,
        Field(description="The size the source must have, in bytes; of a file only.", examples=[734003200]),
    ] = None
    hash: Annotated[
        str | None,
        Field(
            description="The content the source must have: xxh3-128; of a file only.",
            examples=["xxh3:9f2c0d4e5b6a79880123456789abcdef"],
        ),
    ] = None
    over: Annotated[
        str | None,
        Field(
            description="The content that an entry with `on_conflict: replace` replaces; anything else at the target blocks it.",
            examples=["xxh3:9f2c0d4e5b6a79880123456789abcdef"],
        ),
    ] = None
    pack: Annotated[
        ArchiveFormat | None, Field(description="The folder `from` is packed into one archive.", examples=["tar.gz"])
    ] = None
    backup: Annotated[
        Backup | None,
        Field(
            description="The archive is a backup, and lists what it builds on.",
            examples=[{"of": "work/b63", "kind": "daily", "taken": "2026-03-01T02:00:00.000000Z"}],
        ),
    ] = None
    storage_class: Annotated[
        StorageClass | None,
        Field(alias="class", description="The storage class of an object in a bucket.", examples=["STANDARD_IA"]),
    ] = None
    beside: Annotated[
        str | None,
        Field(
            alias="with", description="The target that this entry travels with.", examples=["library:Heat (1995)/Heat (1995).mkv"]
        ),
    ] = None
    facts: Annotated[
        Facts | None, Field(description="What is known about the file.", examples=[{"kind": "movie", "title": "Heat"}])
    ] = None
    because: Annotated[str | None, Field(description="Why the entry exists.", examples=["rule films"])] = None
    mark: Annotated[
        str | None,
        Field(
            description="The digest of what scan wrote. Without a mark, or with a different digest, the entry is yours: "
            "scans leave it alone.",
            examples=["3f2a9c"],
        ),
    ] = None
    note: Annotated[str | None, Field(description="A note of your own.", examples=["the restored version"])] = None

    __pydantic_config__ = ConfigDict(extra="forbid", populate_by_name=True)


@dataclass(slots=True)
class Absent:
    """A file (not a place) that should be gone: satisfied when the path is free or has something else.

    Without `size`, `mtime` and `hash`, any file at `path` is meant.
    """

    path: Annotated[str, Field(description="The location of the file.", examples=["inbox:old.mkv"])]
    size: Annotated[
        Annotated[int, Field(ge=0)] | None, Field(description="The size of the file that is meant, in bytes.", examples=[734003200])
    ] = None
    mtime: Annotated[
        str | None,
        Field(description="When the file that is meant was last modified: ISO 8601, in UTC.", examples=["2026-01-31T14:05:00Z"]),
    ] = None
    hash: Annotated[
        str | None,
        Field(description="The content of the file that is meant: xxh3-128.", examples=["xxh3:9f2c0d4e5b6a79880123456789abcdef"]),
    ] = None
    copies: Annotated[
        list[str],
        Field(
            description="Targets of this layout, or locations of existing files. The file is removed only "
            "while each of them has its content, verified: as a file or in an archive. Of the targets that a plan fills, it counts "
            "files of the same content that it moves or copies (`copy`, `reflink`) there, and archives that it packs from a folder "
            "with this file in it. A target filled in another way counts only in the next plan.",
            examples=[["library:Heat (1995)/Heat (1995).mkv"]],
        ),
    ] = field(default_factory=list)
    because: Annotated[str | None, Field(description="Why it should be gone.", examples=["rule samples"])] = None
    mark: Annotated[
        str | None,
        Field(
            description="The digest of what scan wrote. Without a mark, or with a different digest, the entry is yours: "
            "scans leave it alone.",
            examples=["3f2a9c"],
        ),
    ] = None
    note: Annotated[str | None, Field(description="A note of your own.", examples=["seen"])] = None

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True)
class Suggestion:
    """What a scanner would have done with an undecided item."""

    to: Annotated[str, Field(description="The target.", examples=["library:Heat (1995)/Heat (1995).mkv"])]
    facts: Annotated[Facts | None, Field(description="What is known about the file.", examples=[{"kind": "movie"}])] = None
    because: Annotated[str | None, Field(description="Why it would go there.", examples=["the model says: a film"])] = None
    confidence: Annotated[
        Annotated[float, Field(ge=0, le=1)] | None, Field(description="How certain it is, from 0 to 1.", examples=[0.8])
    ] = None

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True)
class Review:
    """An undecided item; nothing is done with it."""

    source: Annotated[str, Field(alias="from", description="The location of the file.", examples=["inbox:notes.txt"])]
    because: Annotated[str | None, Field(description="Why it is undecided.", examples=["no rule matched"])] = None
    facts: Annotated[Facts | None, Field(description="What is known about the file.", examples=[{"kind": "other"}])] = None
    suggestion: Annotated[
        Suggestion | None, Field(description="What a scanner would have done.", examples=[{"to": "library:notes.txt"}])
    ] = None
    note: Annotated[
        str | None,
        Field(description="A note of your own. If the file is moved to `leave`, it becomes a comment there.", examples=["ask Ann"]),
    ] = None

    __pydantic_config__ = ConfigDict(extra="forbid", populate_by_name=True)


@dataclass(slots=True)
class Layout:
    """The desired state."""

    version: Annotated[Literal[1], Field(description="The version of this format.", examples=[1])] = 1
    dirs: Annotated[list[str], Field(description="Folders that should be there, even empty.", examples=[["library:Movies"]])] = (
        field(default_factory=list)
    )
    files: Annotated[
        dict[str, Entry],
        Field(
            description="What should be at each target, by location; two sources cannot have the same target.",
            examples=[{"library:a.mkv": {"from": "inbox:a.mkv"}}],
        ),
    ] = field(default_factory=dict)
    absent: Annotated[list[Absent], Field(description="What should be gone.", examples=[[{"path": "inbox:old.mkv"}]])] = field(
        default_factory=list
    )
    review: Annotated[
        list[Review],
        Field(description="Files left undecided. Nothing is done with them.", examples=[[{"from": "inbox:notes.txt"}]]),
    ] = field(default_factory=list)
    leave: Annotated[list[str], Field(description="Files that stay where they are.", examples=[["inbox:keep.mkv"]])] = field(
        default_factory=list
    )
    tidy: Annotated[
        dict[str, list[GlobText]],
        Field(
            description="The stores in which folders emptied by a plan are removed, and which junk goes with them (see "
            "`tidy_junk`).",
            examples=[{"inbox": [".DS_Store"]}],
        ),
    ] = field(default_factory=dict)
    values: Annotated[
        dict[str, str],
        Field(alias="set", description="The values from `--set`, for the next scan.", examples=[{"project": "Acme"}]),
    ] = field(default_factory=dict)

    __pydantic_config__ = ConfigDict(extra="forbid", populate_by_name=True)

    @property
    def asks(self) -> int:
        """How many entries it has that a plan is made of: files, folders, and what should be gone."""
        return len(self.dirs) + len(self.files) + len(self.absent)


def written_names(kind: type[Entry] | type[Review] | type[Layout]) -> dict[str, str]:
    """Return what documents call each field, by its name in the class."""
    found = {each.name: each.name for each in fields(kind)}
    for each in fields(kind):
        for said in getattr(each.type, "__metadata__", ()):
            if isinstance(said, FieldInfo) and said.alias is not None:
                found[each.name] = said.alias
    return found
