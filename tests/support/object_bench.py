"""What the object store contract is put to: a bucket, a folder beside it, and hands of another program."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import xxhash

from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.contracts.object_store import ObjectStore, Stored
from reshelve.schemas.inventory import Item

HOUR_AGO = 1_700_000_000_123_456_789
NAMES = [
    "plain.mkv", "with space", "new\nline", "née.mkv", "日本語.mkv", "a+b&c=d?e#f%20g", "-rf", "x" * 255, "q'u\"o`te", "a:b%c",
    "~{}[]|^",
]  # fmt: skip
KIB = 1 << 10


@dataclass
class Bench:
    """A bucket under test, a folder beside it, and hands: what another program would put there, and what it would read.

    `rewrite` puts other content at a key and keeps what is recorded there, as a mount or a tag editor does.
    """

    bucket: ObjectStore
    folder: Store
    put: Callable[[str, bytes], None]
    content: Callable[[str], bytes]
    rewrite: Callable[[str, bytes], None]
    write: Callable[[str, bytes], Item]
    again: Callable[[], ObjectStore]
    part: int = 5 << 20
    """More than this goes up in parts."""


def xxh3(content: bytes) -> str:
    return f"xxh3:{xxhash.xxh3_128(content).hexdigest()}"


def same(item: Item | None, other: Item) -> bool:
    """Say whether an object is seen to be the one that was made. When it was written is told within a few seconds."""
    return (
        item is not None
        and abs(item.mtime_ns - other.mtime_ns) < 10**10
        and replace(item, mtime_ns=0, ctime_ns=0) == replace(other, mtime_ns=0, ctime_ns=0)
    )


def rels(store: ObjectStore, rel: str = "") -> list[str]:
    store.forget()
    return [item.rel for item in store.walk(rel).items]


class OnBench:
    """What a service is known to keep less of than others, and one upload."""

    odd_names = True
    """Whether a key may hold a newline."""

    odd_keys: tuple[str, ...] = ("/top", "a//b", "a/./dot", "a/../b", "in/full/")
    """Which keys that are no paths the service and its clients leave as they are."""

    one_winner_in_parts = True
    """Whether the service keeps conditions when two uploads in parts end at the same moment."""

    one_winner = True
    """Whether the service can tell who was first."""

    def up(self, bench: Bench, rel: str, content: bytes, **rest: object) -> Stored:
        bench.write("source", content)
        try:
            return bench.bucket.upload("source", bench.folder, rel, token="run-0", **rest)  # type: ignore[arg-type]
        finally:
            bench.folder.remove("source")
