"""A plan with every kind of operation on objects in it, over a folder, a bucket that keeps versions, and one that keeps none."""

import os
from pathlib import Path
from typing import Any

from reshelve.executors.contracts.object_store import AnyStore
from reshelve.executors.stores.doubles.memory_bucket import MemoryBucket
from reshelve.executors.stores.doubles.memory_bucket_reads import hashes_of
from reshelve.executors.stores.doubles.memory_service import MemoryService
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.stores.object_metadata import Recorded
from reshelve.schemas.inventory import Root
from reshelve.schemas.locations import split
from reshelve.schemas.operations import Configure, Copy, Download, MakeDir, Move, Reveal, Thaw, Transition, Trash, Upload, Write
from reshelve.schemas.operations.trash import Kept
from reshelve.schemas.plan import Plan
from tests.support.plans import local, plan_of

PART = 1000
"""Bytes of one part: what is larger goes up in parts."""

RULES = '{"Rules":[]}'


class Place:
    """A folder, laid afresh, and two buckets in memory; `attic` keeps versions, `plain` keeps none."""

    def __init__(self, base: Path, state: Path) -> None:
        self.base, self.state = base, state
        self.attic = MemoryService()
        self.plain = MemoryService(versioned=False)
        home = base / "home"
        for rel, text in {"a": "a", "big": "big" * 1500, "b": "b", "vast": "vast" * 1000, "sub/c": "c", "kept": "kept"}.items():
            path = home / rel
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            os.utime(path, ns=(1_500_000_000_123_456_789, 1_500_000_000_123_456_789))
        stores = self.stores()
        for key, bucket in stores.items():
            if isinstance(bucket, MemoryBucket):
                for name in ("down", "gone", "moved", "x", "copied", "classed", "out"):
                    bucket.put(name, f"{key} {name}".encode())
                bucket.put("swap/x", b"x was first")
                bucket.put("swap/y", b"y was second, and longer")
                bucket.put("cold", b"cold", storage_class="GLACIER")
        plain = stores["plain"]
        assert isinstance(plain, MemoryBucket)
        for name, text in {"kept": b"kept", "twin": b"plain x"}.items():
            plain.put(name, text, storage_class="GLACIER", by=Recorded(hashes_of(text).hash, token="earlier-0"))
        attic = stores["attic"]
        assert isinstance(attic, MemoryBucket)
        attic.put("hidden", b"hidden")
        attic.hide("hidden")
        self.attic.advance(1)
        self.plain.advance(1)

    def stores(self) -> dict[str, AnyStore]:
        """Open everything anew, as a next process would."""
        found: dict[str, AnyStore] = {"home": local("home", self.base / "home")}
        for key, service in (("attic", self.attic), ("plain", self.plain)):
            root = Root(key, f"s3://{key}/media", f"s3:memory/{key}", kind="bucket")
            found[key] = MemoryBucket(root, service, part_size=PART)
        return found

    def objects(self) -> dict[str, Any]:
        """Return every version of every key, as far as it can be seen: content, class, whether it is a marker."""
        return {
            f"{name}:{key}": [(one.content, one.storage_class, one.marker) for one in versions]
            for name, service in (("attic", self.attic), ("plain", self.plain))
            for key, versions in service.keys.items()
        }

    def shown(self, run: str) -> dict[str, Any]:
        """Return the objects on top, the run's own id out of their keys."""
        top = ((key, versions[-1]) for key, versions in self.objects().items())
        return {key.replace(run, "RUN"): (content, kind) for key, (content, kind, marker) in top if not marker}

    def uploads(self) -> int:
        """Return how many uploads in parts are under way."""
        return len(self.attic.uploads) + len(self.plain.uploads)


def every_object_kind(stores: dict[str, AnyStore]) -> Plan:
    """Return the plan: into both buckets and out of them, within them, out of sight and back, and around in a circle."""

    def seen(place: str) -> tuple[int, int, int]:
        root, rel = split(place)
        store = stores[root]
        item = store.stat(rel)
        if item is None and isinstance(store, MemoryBucket):
            item = store.hidden(rel)
        assert item is not None, place
        return item.size, item.mtime_ns, item.ino

    def digest(place: str) -> str:
        root, rel = split(place)
        return stores[root].digest(rel)

    def within(src: str, dst: str, seen_at: str = "", **rest: Any) -> Move:
        return Move(src, dst, *seen(seen_at or src), across=True, objects=True, **rest)

    return plan_of(
        stores,
        MakeDir("home:new"),
        Upload("home:a", "attic:up/a", *seen("home:a")),
        Upload("home:big", "attic:up/big", *seen("home:big"), "STANDARD_IA"),
        Upload("home:b", "plain:up/b", *seen("home:b"), "", True),
        Upload("home:vast", "plain:up/vast", *seen("home:vast"), "", True),
        Download("attic:down", "home:new/down", *seen("attic:down"), needs=(0,)),
        Download("attic:out", "home:new/out", *seen("attic:out"), "marker", needs=(0,)),
        Download("plain:out", "home:new/out2", *seen("plain:out"), "copy", needs=(0,)),
        Copy("attic:copied", "attic:second", *seen("attic:copied"), "object"),
        within("attic:moved", "attic:to/moved"),
        within("plain:moved", "plain:to/moved"),
        within("attic:swap/x", "attic:swap/.reshelve-swap-0"),
        within("attic:swap/y", "attic:swap/x", needs=(11,)),
        within("attic:swap/.reshelve-swap-0", "attic:swap/y", "attic:swap/x", needs=(12,)),
        within("plain:swap/x", "plain:swap/.reshelve-swap-0"),
        within("plain:swap/y", "plain:swap/x", needs=(14,)),
        within("plain:swap/.reshelve-swap-0", "plain:swap/y", "plain:swap/x", needs=(15,)),
        Trash("attic:gone", *seen("attic:gone"), away="marker"),
        Trash("plain:gone", *seen("plain:gone"), away="copy"),
        Reveal("attic:hidden", *seen("attic:hidden")),
        Configure("attic", "lifecycle", "", RULES),
        Thaw("attic:cold", *seen("attic:cold"), 3, "Standard"),
        Transition("attic:classed", *seen("attic:classed"), "STANDARD", "STANDARD_IA"),
        Transition("plain:classed", *seen("plain:classed"), "STANDARD", "GLACIER_IR"),
        Write("attic:note", "generated", upload=True),
        Write("plain:note", "generated", upload=True, storage_class="STANDARD_IA"),
        Trash("plain:kept", *seen("plain:kept"), away="kept", kept=Kept("home:kept", digest("home:kept"), "GLACIER")),
        Trash("plain:twin", *seen("plain:twin"), away="kept", kept=Kept("plain:x", digest("plain:x"), "GLACIER")),
    )


def folder(stores: dict[str, AnyStore]) -> LocalStore:
    """Return the folder among the stores."""
    home = stores["home"]
    assert isinstance(home, LocalStore)
    return home
