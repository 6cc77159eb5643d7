"""The manifest: every project over all its tiers, as the stores show it. It is made anew whenever asked for."""

from dataclasses import field
from typing import Literal

from pydantic import ConfigDict

from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class NoCopy:
    """A store that has nothing of a project; `exists` null: the store could not be read."""

    exists: Literal[False] | None = False

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True, frozen=True)
class FolderCopy:
    """A project as a folder at location `path`, in the tier `tier`. Sizes in bytes; `last_used` is ISO 8601 in UTC."""

    path: str
    tier: str
    size_bytes: int
    files: int
    light_files: int
    heavy_files: int
    last_used: str
    exists: Literal[True] = True

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True, frozen=True)
class ObjectCopy:
    """A project in a bucket: an archive, or a folder of objects (`key` then ends in a slash), `objects` of them.

    `tier` is the storage class and `stands_in` the tier of the workspace. `transitioned_at` is null if it never was, or if
    the service did it. `thawed` is "" (archived, or readable anyway), "ongoing", "expired" (it was asked for, and is archived
    again), or until when; `thaw_ready` is about when what is ongoing can be read, where that is known. `differs_from` is the tier
    with a whole folder of the project that holds something else than this archive. Times: ISO 8601, UTC.
    """

    bucket: str
    key: str
    tier: str
    size_bytes: int
    uploaded_at: str
    transitioned_at: str | None
    stands_in: str
    thawed: str = ""
    thaw_ready: str = ""
    differs_from: str = ""
    objects: int = 1
    exists: Literal[True] = True

    __pydantic_config__ = ConfigDict(extra="forbid")


StoreCopy = ObjectCopy | FolderCopy | NoCopy


@dataclass(slots=True)
class ManifestProject:
    """One project: the tiers it is in, in order, and what each store has of it. `also` lists further places."""

    id: str
    line: str
    tiers: list[str]
    last_used: str
    storage: dict[str, StoreCopy]
    also: list[str] = field(default_factory=list)

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True, frozen=True)
class TierTotal:
    """How much is in one tier."""

    projects: int = 0
    size_bytes: int = 0


@dataclass(slots=True)
class Manifest:
    """Every project in the workspace's tiers. `at` is when the stores were read, ISO 8601 in UTC."""

    at: str
    version: Literal[1] = 1
    totals: dict[str, TierTotal] = field(default_factory=dict)
    projects: list[ManifestProject] = field(default_factory=list)

    __pydantic_config__ = ConfigDict(extra="forbid")
