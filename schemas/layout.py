"""The layout: the desired state, as people review, edit and commit it."""

from dataclasses import dataclass, field, fields
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.fields import FieldInfo

from reshelve.schemas.facts import Facts
from reshelve.schemas.patterns import GlobText
from reshelve.schemas.verbs import ArchiveFormat

Transfer = Literal["move", "copy", "hardlink", "symlink", "reflink"]
OnConflict = Literal["fail", "keep-both", "skip", "replace"]
StorageClass = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,40}$", description="a storage class: STANDARD, DEEP_ARCHIVE")]


@dataclass(slots=True)
class Entry:
    """What should stand at one target: exactly one of `source` (written `from`), `content`, `unpack`, or only `storage_class`.

    `pack` makes one archive of the folder `source`; `unpack` names the archive whose content a target folder holds.
    `storage_class` (written `class`) is the class of an object in a bucket.
    `beside` (written `with`) names the target this entry travels with. `mark` is the digest of what scan wrote;
    no mark, or another digest, and the entry is the user's. Locations are in their document form.
    """

    source: Annotated[str | None, Field(alias="from")] = None
    content: str | None = None
    unpack: str | None = None
    transfer: Transfer = "move"
    on_conflict: OnConflict = "fail"
    size: Annotated[int, Field(ge=0)] | None = None
    hash: str | None = None
    pack: ArchiveFormat | None = None
    storage_class: Annotated[StorageClass | None, Field(alias="class")] = None
    beside: Annotated[str | None, Field(alias="with")] = None
    facts: Facts | None = None
    because: str | None = None
    mark: str | None = None
    note: str | None = None

    __pydantic_config__ = ConfigDict(extra="forbid", populate_by_name=True)


@dataclass(slots=True)
class Absent:
    """A thing (not a place) that should be gone: satisfied when the path is free or holds something else.

    Without `size`, `mtime` and `hash`, whatever file is at `path` is meant. `mtime` is ISO 8601 in UTC. It goes only while each of
    `copies` (targets of this layout, or locations of standing files) holds its content, verified: itself, or the archive it is in.
    """

    path: str
    size: Annotated[int, Field(ge=0)] | None = None
    mtime: str | None = None
    hash: str | None = None
    copies: list[str] = field(default_factory=list)
    because: str | None = None
    mark: str | None = None
    note: str | None = None

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True)
class Suggestion:
    """What a scanner would have done with an undecided item."""

    to: str
    facts: Facts | None = None
    because: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True)
class Review:
    """An item left undecided, which the engine never acts on."""

    source: Annotated[str, Field(alias="from")]
    because: str | None = None
    facts: Facts | None = None
    suggestion: Suggestion | None = None
    note: str | None = None

    __pydantic_config__ = ConfigDict(extra="forbid", populate_by_name=True)


@dataclass(slots=True)
class Layout:
    """The desired state. `files` is keyed by target location, so two sources cannot name one target unnoticed.

    `tidy` says of which stores the folders emptied by a plan go too, and which junk names go to the trash with them. `values` are
    what `--set` gave the rules, `set:` in the document, for the next scan to go on with.
    """

    version: Literal[1] = 1
    dirs: list[str] = field(default_factory=list)
    files: dict[str, Entry] = field(default_factory=dict)
    absent: list[Absent] = field(default_factory=list)
    review: list[Review] = field(default_factory=list)
    leave: list[str] = field(default_factory=list)
    tidy: dict[str, list[GlobText]] = field(default_factory=dict)
    values: Annotated[dict[str, str], Field(alias="set")] = field(default_factory=dict)

    __pydantic_config__ = ConfigDict(extra="forbid", populate_by_name=True)


def written_names(kind: type[Entry] | type[Review]) -> dict[str, str]:
    """Return what documents call each field, by its name in the class."""
    found = {each.name: each.name for each in fields(kind)}
    for each in fields(kind):
        for said in getattr(each.type, "__metadata__", ()):
            if isinstance(said, FieldInfo) and said.alias is not None:
                found[each.name] = said.alias
    return found
