"""Random worlds: trees on two disks and in two buckets in memory, what is wished for them, and what stands in them."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from reshelve.executors.contracts.object_store import Stored
from reshelve.executors.stores.doubles.memory_bucket import MemoryBucket
from reshelve.executors.stores.doubles.memory_disk import MemoryDisk
from reshelve.executors.stores.doubles.memory_service import MemoryService
from reshelve.executors.stores.doubles.memory_store import MemoryStore
from reshelve.executors.stores.doubles.memory_store_reads import content_hash
from reshelve.executors.stores.object_metadata import recorded
from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.schemas.inventory import Root
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.locations import store_of
from tests.support.shares import examples

Made = MemoryStore | MemoryBucket

SLOW = settings(max_examples=examples(100), deadline=None, derandomize=True)
"""Always the same ones; how many, the suite says."""

names = st.sampled_from(["a", "b", "c", "x.mkv", "y.mkv", "é.srt", "Ж", "d"])
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
contents = st.sampled_from([b"", b"one", b"two", b"three"])

ROOTS = {"inbox": 0, "shelf": 0, "attic": 1, "pool/near": 0, "pool/far": 1, "nest": 0}
"""Roots by the disk they lie on. `pool` is a group of two roots, and `nest` is the folder `d` of `inbox`."""
BUCKETS = {"vault": True, "box": False}
"""Buckets of one service, and whether they keep versions."""


@dataclass(frozen=True)
class Wish:
    """One entry: a file that is there (by number) to go somewhere, which may be where another is."""

    source: int
    target: tuple[str, str] | int
    transfer: str = "move"
    known: str = "size"
    beside: int | None = None
    folder: bool = False


@dataclass
class World:
    """Six roots on two disks, and two buckets; `twins` are further names of files that are there."""

    files: dict[tuple[str, str], bytes]
    wishes: list[Wish]
    gone: list[int] = field(default_factory=list)
    dirs: list[tuple[str, str]] = field(default_factory=list)
    on_conflict: str = "fail"
    tidy: bool = False
    twins: list[tuple[int, str]] = field(default_factory=list)
    disks: list[MemoryDisk] = field(default_factory=list)
    services: dict[str, MemoryService] = field(default_factory=dict)

    def stores(self) -> dict[str, Made]:
        self.disks = [MemoryDisk("disk1"), MemoryDisk("disk2")]
        self.services = {key: MemoryService(versioned=versioned) for key, versioned in BUCKETS.items()}
        made = self.reopened()
        for (store, rel), content in sorted(self.files.items()):
            with suppress(OSError):  # a file stands where this one needs a folder
                lay(made[store], rel, content)
        there = sorted(self.files)
        for number, rel in self.twins if there else ():
            store, known = there[number % len(there)]
            home = made[store]
            with suppress(OSError):
                if isinstance(home, MemoryStore):
                    home.link(known, home, rel)
                    home.sync([rel.rpartition("/")[0]])
        return made

    def reopened(self) -> dict[str, Made]:
        found: dict[str, Made] = {}
        for order, (key, disk) in enumerate(ROOTS.items()):
            path = "/inbox/d" if key == "nest" else f"/{key}"
            found[key] = MemoryStore(Root(key, path, fs=f"disk{disk + 1}", order=order), self.disks[disk])
        for key, service in self.services.items():
            service.advance(1)
            root = Root(key, f"s3://{key}", f"s3:memory/{key}", kind="bucket")
            found[key] = SharedBucket(root, service, self.services, part_size=4)
        return found

    def layout(self, shuffled: bool = False) -> Layout:
        files: dict[str, Entry] = {}
        wanted: set[str] = set()
        there = sorted(self.files) or [("inbox", "nothing")]
        for wish in self.wishes:
            to = there[wish.target % len(there)] if isinstance(wish.target, int) else wish.target
            observed = there[wish.source % len(there)]
            origin, place = location(observed), location(to)
            if wish.folder and "/" in observed[1]:
                origin = origin.rpartition("/")[0] + "/"
            if place not in files and origin not in wanted and not _through_folders({**files, place: Entry(source=origin)}):
                files[place] = Entry(source=origin, transfer=wish.transfer, on_conflict=self.on_conflict)  # type: ignore[arg-type]
                content = self.files.get(observed, b"")
                if wish.known and origin[-1] != "/":
                    files[place].size = len(content)
                    files[place].hash = content_hash(content) if wish.known == "hash" else None
                wanted.add(origin)
        for wish, place in zip(self.wishes, list(files), strict=False):
            leader = sorted(files)[wish.beside % len(files)] if wish.beside is not None else place
            if leader != place:
                files[place].beside = leader
        if shuffled:
            files = dict(reversed(files.items()))
        unwanted = {location(there[one % len(there)]) for one in self.gone} - wanted
        # Wanted and unwanted under two names is a contradiction that only one name shows.
        targets = {_path(place): place for place in files}
        absent = [Absent(one) for one in sorted(unwanted) if targets.get(_path(one), one) == one]
        tidy: dict[str, list[str]] = {"inbox": ["junk"]} if self.tidy else {}
        return Layout(files=files, absent=absent, dirs=sorted({location(one) for one in self.dirs}), tidy=tidy)


class SharedBucket(MemoryBucket):
    """A bucket that copies to the others of `services` too, as buckets of one service do."""

    def __init__(self, root: Root, service: MemoryService, services: dict[str, MemoryService], *, part_size: int) -> None:
        super().__init__(root, service, part_size=part_size)
        self.services = services

    def copy_object(self, src: str, to: Any, dst: str, **rest: Any) -> Stored:
        if to.service is self.service:
            return super().copy_object(src, to, dst, **rest)
        one = MemoryBucket(to.root, self.service)
        one.service = to.service
        version = self.service.current(src)
        if version is None:
            raise FileNotFoundError(src)
        said = recorded(version.metadata)
        staged = MemoryBucket(Root("staged", "s3://staged", "s3:memory/staged", kind="bucket"), to.service)
        by = replace(said, hash=said.hash or content_hash(version.content))
        staged.put(f".reshelve-staged-{dst}", version.content, storage_class=version.storage_class, by=by)
        try:
            return staged.copy_object(f".reshelve-staged-{dst}", to, dst, **rest)
        finally:
            to.service.keys.pop(f".reshelve-staged-{dst}")


def lay(store: Made, rel: str, content: bytes) -> None:
    """Lay a file, unless another stands on its way: that is no trouble to a bucket, but is more than these worlds are about."""
    if isinstance(store, MemoryStore):
        store.put(rel, content, mtime_ns=1_500_000_000_000_000_000 + len(rel))
        return
    parts = rel.split("/")
    above = ["/".join(parts[:end]) for end in range(1, len(parts))]
    if store.stat(rel) is None and all((item := store.stat(each)) is None or item.kind == "dir" for each in above):
        store.put(rel, content)


def _through_folders(files: dict[str, Entry]) -> bool:
    """Say whether an entry takes from the target of a folder entry, or brings to its source.

    Folder entries mean what is in a folder when it is planned. What a folder brought is not told once its source is gone, and
    what comes into its source is taken on by the next plan.
    """
    folders = {_path(target): _path(entry.source) for target, entry in files.items() if entry.source and entry.source[-1] == "/"}
    return any(
        f"{_path(entry.source or '')}/".startswith(f"{into}/") or f"{_path(target)}/".startswith(f"{out_of}/")
        for target, entry in files.items() for into, out_of in folders.items()
    )  # fmt: skip


def _path(place: str) -> str:
    return place.replace("nest:", "inbox:d/").rstrip("/")


def location(place: tuple[str, str]) -> str:
    return f"{store_of(place[0])}:{place[1]}"


places = st.tuples(st.sampled_from(["inbox", "inbox", "shelf", "attic", *ROOTS, *BUCKETS]), paths)
worlds = st.builds(
    World,
    files=st.dictionaries(places, contents, max_size=9),
    wishes=st.lists(
        st.builds(
            Wish,
            source=st.integers(0, 20),
            target=places | st.integers(0, 20),
            transfer=st.sampled_from(["move"] * 4 + ["copy", "hardlink", "symlink"]),
            known=st.sampled_from(["size", "size", "hash", ""]),
            beside=st.none() | st.none() | st.integers(0, 8),
            folder=st.sampled_from([False, False, False, True]),
        ),
        max_size=8,
    ),
    gone=st.lists(st.integers(0, 20), max_size=2),
    dirs=st.lists(places, max_size=2),
    on_conflict=st.sampled_from(["fail", "keep-both", "skip", "replace"]),
    tidy=st.booleans(),
    twins=st.lists(st.tuples(st.integers(0, 20), paths), max_size=2),
)


def tree(store: Made) -> dict[str, Any]:
    """Everything in a store but the trash: kind, mode, mtime, content. An object's time is when it was last written."""
    found = {}
    if isinstance(store, MemoryBucket):
        return {item.rel: ("object", item.storage_class, 0, store.content(item.rel)) for item in store.walk("").items}
    for item in store.walk("").items:
        content: Any = ""
        if item.kind == "file":
            content = store.content(item.rel)
        elif item.kind == "link":
            content = store.read_link(item.rel)
        found[item.rel] = (item.kind, item.mode, item.mtime_ns, content)
    return found


def trees(made: dict[str, Made]) -> list[dict[str, Any]]:
    """All trees, and which names are of one file."""
    names_of: dict[tuple[str, int], list[str]] = {}
    for key, store in made.items():
        for item in store.walk("").items:
            if item.kind == "file" and isinstance(store, MemoryStore):
                names_of.setdefault((item.fs, item.ino), []).append(f"{key}:{item.rel}")
    linked = {min(several): tuple(sorted(several)) for several in names_of.values() if several[1:]}
    return [*(tree(store) for store in made.values()), linked]


def held(world: World) -> Counter[bytes]:
    """Every content on the disks, under whatever name: the trash and temporary names too."""
    found: Counter[bytes] = Counter()
    for service in world.services.values():
        found.update(version.content for versions in service.keys.values() for version in versions if not version.marker)
    for disk in world.disks:
        folders, seen = [disk.top], set()
        while folders:
            for node in folders.pop().entries.values():
                if node.kind == "dir":
                    folders.append(node)
                elif node.kind == "file" and node.ino not in seen:
                    seen.add(node.ino)
                    found[node.content] += 1
    return found


def nothing_to_do(world: World, made: dict[str, Made], first: Any) -> bool:
    """A second plan is empty, unless the first warned that it would not be; what was in the way of an entry may be gone by then."""
    if any(problem.code in ("swap-untold", "source-comes") for problem in first.problems):
        return True
    left = {place for blocked in first.blocked for place in (blocked.target, blocked.source)}
    return all(
        operation.op in ("mkdir", "rmdir") or left & {location(tuple(place.split(":"))) for place in _touched(operation)}  # type: ignore[arg-type]
        for operation in planned(world, made).operations
    )


def _touched(operation: Any) -> list[str]:
    return [place for place in (operation.reads, operation.makes, operation.frees) if place]


def planned(world: World, made: dict[str, Made], shuffled: bool = False) -> Any:
    return make_plan(world.layout(shuffled), made, PlanRequest())


def comparable(found: list[dict[str, Any]], plan: Any) -> list[dict[str, Any]]:
    """A bucket keeps no two names of one file: what comes out of it again is a file of its own."""
    return found[:-1] if any(operation.op == "upload" for operation in plan.operations) else found


VERBS = [
    "rename", "make_dir", "copy_to", "link", "symlink", "remove_dir",
    "upload", "copy_object", "hide", "reveal", "set_class", "remove_version", "receive",
]  # fmt: skip
"""The verbs that a test may fail, or cut the power before."""
