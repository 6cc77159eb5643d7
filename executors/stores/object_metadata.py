"""What is recorded with an object as its own metadata, and the hashes it is made of. One form for every kind of bucket."""

import hashlib
from collections.abc import Mapping
from dataclasses import field, replace
from urllib.parse import quote, unquote

import xxhash

from reshelve.schemas.inventory import Item, object_ino
from reshelve.schemas.quick_dataclasses import dataclass

PREFIX = "reshelve-"
"""What every name of ours begins with in an object's metadata, beside other programs' names."""

RESERVATION = f"{PREFIX}reserved"
"""The name under which an empty object that only takes a key says for whom: the token of an operation."""

RESERVED = "reserved:"
"""What the id of a reservation begins with among uploads under way; the token follows."""


class Hashes:
    """The hashes of one content, as it is read from its beginning to its end: ours (xxh3), the world's (SHA-256), and its size."""

    __slots__ = ("_sha256", "_xxh3", "size")

    def __init__(self) -> None:
        self._xxh3 = xxhash.xxh3_128()
        self._sha256 = hashlib.sha256()
        self.size = 0

    def update(self, chunk: bytes | bytearray | memoryview) -> None:
        """Take in the next bytes."""
        self._xxh3.update(chunk)
        self._sha256.update(chunk)
        self.size += len(chunk)

    @property
    def hash(self) -> str:
        """The content hash, "xxh3:" and 32 hex digits."""
        return f"xxh3:{self._xxh3.hexdigest()}"

    @property
    def sha256(self) -> str:
        """The SHA-256, 64 hex digits."""
        return self._sha256.hexdigest()


@dataclass(slots=True, frozen=True)
class Recorded:
    """What an object says of itself: content hash, SHA-256, the file's times and mode, and the token of the run that made it.

    `members` is the record of what was packed into it (archive_record.record_of). `of` is the ETag and size of the object that
    all this was recorded with, where they could be known before (`standing`): unless encrypted, an ETag is the MD5 of the content.
    `uploaded_by` and `project_id` are for people and other programs: they stand under their plain names. Two records that
    differ only in these three are equal. Whatever is not known is "" (mtime_ns and mode: -1).
    """

    hash: str = ""
    sha256: str = ""
    mtime_ns: int = -1
    mode: int = -1
    token: str = ""
    members: str = ""
    of: str = field(default="", compare=False)
    uploaded_by: str = field(default="", compare=False)
    project_id: str = field(default="", compare=False)

    def metadata(self) -> dict[str, str]:
        """Return it as an object's metadata: names and values that every service takes."""
        said = {
            "hash": self.hash,
            "sha256": self.sha256,
            "mtime-ns": str(self.mtime_ns) if self.mtime_ns >= 0 else "",
            "mode": f"{self.mode:o}" if self.mode >= 0 else "",
            "token": self.token,
            "members": self.members,
            "of": self.of,
        }
        plain = {"uploaded-by": _plain(self.uploaded_by), "project-id": _plain(self.project_id)}
        found = {PREFIX + name: text for name, text in said.items() if text}
        return found | {name: text for name, text in plain.items() if text}

    def details(self) -> dict[str, str]:
        """Return what is known, by the names of `ObjectStore.details`: times in decimal, the mode in octal."""
        said = replace(self, of="").metadata()
        return {name.removeprefix(PREFIX).replace("-", "_"): text for name, text in said.items()}

    def is_of(self, item: Item) -> bool:
        """Say whether this was recorded with the very object that stands there."""
        etag, _, size = self.of.partition(" ")
        return etag != "" and (object_ino(etag), size) == (item.ino, str(item.size))

    def by(self, token: str) -> "Recorded":
        """Return the same, made by another run."""
        return replace(self, token=token)


def standing(etag: str, size: int) -> str:
    """Return what a record says of the object it is recorded with: its ETag, without quotes, and its size in bytes."""
    return f"{etag} {size}"


def recorded(metadata: Mapping[str, str]) -> Recorded:
    """Read what an object says of itself. Names count in any case: some services change it."""
    said = {name.lower(): text for name, text in metadata.items()}

    def get(name: str) -> str:
        return said.get(PREFIX + name, "")

    return Recorded(
        hash=get("hash"),
        sha256=get("sha256"),
        mtime_ns=_number(get("mtime-ns"), 10),
        mode=_number(get("mode"), 8),
        token=get("token"),
        members=get("members"),
        of=get("of"),
        uploaded_by=unquote(said.get("uploaded-by", "")),
        project_id=unquote(said.get("project-id", "")),
    )


def _plain(text: str) -> str:
    """Return text as metadata holds it: printable ASCII without spaces at its ends or side by side, the rest percent-encoded."""
    return quote(" ".join(text.split()), safe=" !#$&'()*+,-./:;<=>?@[]^_`{|}~")


def _number(text: str, base: int) -> int:
    try:
        return max(-1, int(text, base))
    except ValueError:
        return -1
