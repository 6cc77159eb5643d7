"""A service of buckets in memory: versions, delete markers, uploads in parts, classes that must thaw, and a clock of its own."""

import errno
import hashlib
from collections.abc import Callable
from dataclasses import field
from datetime import UTC, datetime
from threading import RLock

from reshelve.executors.contracts.archived_objects import no_such_tier, nothing_to_thaw
from reshelve.executors.contracts.object_store import Capabilities, CreateOnly
from reshelve.schemas.archived_classes import ARCHIVED, READY_SECONDS
from reshelve.schemas.quick_dataclasses import dataclass

HOUR = 3600


@dataclass(slots=True)
class Version:
    """One version of one key; a delete marker has no content. `etag` is the MD5, or for parts the MD5 of theirs and how many.

    `part` is the size of all parts but the last, 0 where there are none or nobody knows. The ETag of an `encrypted` one is no MD5.
    `sha256` is what the service tells of the content, if it does.
    """

    id: str
    marker: bool = False
    content: bytes = b""
    etag: str = ""
    at: int = 0
    storage_class: str = "STANDARD"
    metadata: dict[str, str] = field(default_factory=dict)
    thawed_at: int = -1
    frozen_at: int = -1
    part: int = 0
    encrypted: bool = False
    sha256: str = ""


@dataclass(slots=True)
class Parts:
    """An upload in parts under way: for which key, and the parts that have arrived."""

    key: str
    storage_class: str
    metadata: dict[str, str]
    parts: dict[int, bytes] = field(default_factory=dict)


class Killed(BaseException):
    """What stands for the sudden end of the process, where a test asked for it: nothing is tidied up on its way."""


class MemoryService:
    """One bucket of a service in memory. `create_only` and `multipart` say what it does about a key that is taken.

    `before_put` is called just before anything is put at a key, outside the lock: a test's way to be first. `kill_after` parts of
    an upload have arrived, the uploading process dies (`Killed`). The clock stands still but for `advance`.

    `calls` counts listings, `reads` the objects read. Without `storage_classes` every object is of the one class. `reserves`:
    copies cannot say that their key must be free, so an empty object takes it first; the process dies after the
    `kill_reserved`-th of those.
    """

    def __init__(
        self,
        *,
        versioned: bool = True,
        create_only: CreateOnly = "enforced",
        multipart: CreateOnly = "enforced",
        reserves: bool = False,
        storage_classes: bool = True,
        start: int = 1_700_000_000,
    ) -> None:
        self.lock = RLock()
        self.versioned = versioned
        self.create_only = create_only
        self.multipart = multipart
        self.now = start
        self.keys: dict[str, list[Version]] = {}
        self.uploads: dict[str, Parts] = {}
        self.documents: dict[str, str] = {}
        self.before_put: Callable[[str], None] | None = None
        self.kill_after: int | None = None
        self.reserves = reserves
        self.storage_classes = storage_classes
        self.kill_reserved = 0
        self.calls = 0
        self.reads = 0
        self._count = 0

    @property
    def capabilities(self) -> Capabilities:
        """What this service keeps."""
        return Capabilities(
            create_only=self.create_only,
            multipart=self.multipart,
            versioned=self.versioned,
            content_md5=True,
            checksums=True,
            storage_classes=self.storage_classes,
            restore=True,
            natively=("put", "multipart") if self.reserves else ("put", "multipart", "copy"),
        )

    def advance(self, seconds: int) -> None:
        """Let time pass; thaws become ready, and expire."""
        self.now += seconds

    def reserved(self) -> None:
        """Note that a key has been reserved, and die where a test asked for it."""
        self.kill_reserved -= 1
        if self.kill_reserved == 0:
            raise Killed

    def top(self, key: str) -> Version | None:
        """Return the version on top of a key, a delete marker too, or None."""
        versions = self.keys.get(key)
        return versions[-1] if versions else None

    def current(self, key: str) -> Version | None:
        """Return the object at a key, or None where there is none or it is hidden."""
        top = self.top(key)
        return None if top is None or top.marker else top

    def put(self, key: str, version: Version, *, create: CreateOnly | None) -> Version:
        """Put a version on top of a key. FileExistsError where `create` is "enforced" and the key is taken."""
        if self.before_put is not None:
            hook, self.before_put = self.before_put, None
            hook(key)
        with self.lock:
            if create == "enforced" and self.current(key) is not None:
                raise FileExistsError(errno.EEXIST, "there is an object already", key)
            version.id = self.new_id() if self.versioned else ""
            version.at = self.now
            if not self.storage_classes:
                version.storage_class = "STANDARD"
            if self.versioned:
                self.keys.setdefault(key, []).append(version)
            else:
                self.keys[key] = [version]
            return version

    def drop(self, key: str, version: str) -> None:
        """Remove one version for good; fine when it is gone."""
        with self.lock:
            left = [each for each in self.keys.get(key, ()) if each.id != version]
            if left:
                self.keys[key] = left
            else:
                self.keys.pop(key, None)

    def new_id(self) -> str:
        """Return an id never given before."""
        with self.lock:
            self._count += 1
            return f"v{self._count:06d}"

    def restored(self, version: Version) -> str:
        """Say whether an archived object is thawed: "" (no), "ongoing", or until when."""
        if version.thawed_at < 0 or self.now >= version.frozen_at:
            return ""
        if self.now < version.thawed_at:
            return "ongoing"
        return datetime.fromtimestamp(version.frozen_at, UTC).isoformat().replace("+00:00", "Z")

    def readable(self, version: Version) -> bool:
        """Say whether an object's content can be read now."""
        return version.storage_class not in ARCHIVED or self.restored(version) not in ("", "ongoing")

    def thaw(self, version: Version, days: int, tier: str, path: str) -> None:
        """Ask for an archived object at `path`. OSError(EINVAL) where it is not archived, or that tier is not for its class."""
        took = READY_SECONDS.get((version.storage_class, tier))
        if version.storage_class not in ARCHIVED:
            raise nothing_to_thaw(path)
        if took is None:
            raise no_such_tier(path, tier, f"of class {version.storage_class} cannot be thawed in tier {tier}")
        if self.restored(version) == "":
            version.thawed_at = self.now + took
            version.frozen_at = version.thawed_at + days * 24 * HOUR


def etag_of(parts: list[bytes]) -> str:
    """Return the ETag of content put whole (one part) or in several."""
    sums = [hashlib.md5(part, usedforsecurity=False) for part in parts]
    if len(sums) == 1:
        return sums[0].hexdigest()
    whole = hashlib.md5(b"".join(each.digest() for each in sums), usedforsecurity=False)
    return f"{whole.hexdigest()}-{len(sums)}"
