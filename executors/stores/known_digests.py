"""What is known of the content of objects: learnt here, by reading or by an upload that was verified, or said by the object itself.

What an object says of itself may be out of date: a mount or a tag editor writes other content and keeps the metadata. So a record
counts only for content that it is bound to: it names the ETag and size it was recorded with, and those stand there; or the hash it
names is that of this very ETag and size, as learnt here. Else it is nothing, and whoever needs to know reads the object.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from reshelve.executors.stores.digest_cache import DigestCache
from reshelve.executors.stores.object_metadata import Recorded
from reshelve.schemas.inventory import Item

What = Literal["members", "content", "sums"]
"""What is noted of an object beside its hash: of an archive the record of its members, and what its files hold, as it was packed
or read; the sums that the service told of it."""


class Known:
    """Hashes of objects, by ETag and size, in `catalog`; without one, as long as this lives. Safe to share by threads."""

    def __init__(self, catalog: Path | None) -> None:
        self._cache = DigestCache(catalog if catalog is not None else ":memory:")

    def hash(self, item: Item, said: Recorded | None = None) -> str:
        """Return the content hash of an object: learnt, or as it says itself where that is bound to what stands; else ""."""
        learnt = self._cache.get(_known_by(item)) or ""
        return learnt or (said.hash if said is not None and said.is_of(item) else "")

    def learn(self, item: Item, digest: str) -> None:
        """Remember the hash of an object, "" being none: of content that was read, or sent and verified."""
        if digest:
            self._cache.put(_known_by(item), digest)

    def believes(self, item: Item, said: Recorded) -> bool:
        """Say whether what an object says of itself was said of the content that stands there."""
        return said.hash != "" and self.hash(item, said) == said.hash

    def details(self, item: Item, said: Recorded) -> dict[str, str]:
        """Return what an object says of itself; of its content, only what is believed."""
        believed = said if self.believes(item, said) else replace(said, hash="", sha256="", members="")
        return believed.details()

    def noted(self, what: What, item: Item) -> str:
        """Return what was noted of this very object, or ""."""
        return self._cache.get(_known_by(item, what)) or ""

    def note(self, what: What, item: Item, text: str) -> None:
        """Note something of an object, "" being nothing."""
        if text:
            self._cache.put(_known_by(item, what), text)

    def carry(self, item: Item, said: Recorded, to: "Known", copy: Item) -> str:
        """Know of a copy that the service itself made what is known of the object; return its hash, "" where that is not known."""
        found = self.hash(item, said)
        to.learn(copy, found)
        to.note("members", copy, self.noted("members", item))
        to.note("content", copy, self.noted("content", item))
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._cache.close()


def hash_of(cache: DigestCache | None) -> Callable[[Item], str | None]:
    """Return what tells the hash that is remembered of a file, or of an object by its ETag; without a cache, none is."""
    if cache is None:
        return lambda _: None
    return lambda item: cache.get(_known_by(item) if item.fs.startswith("s3:") else item)


def _known_by(item: Item, what: str = "") -> Item:
    """Return an item as what is known of it is remembered: ETag and size tell its content, whenever it was written."""
    return replace(item, mtime_ns=0, ctime_ns=0, fs=f"{item.fs} {what}" if what else item.fs)
