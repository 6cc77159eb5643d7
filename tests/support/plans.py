"""Plans made by hand for tests of the runner: what the stores hold now, bound to what should be done."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.archive_record import format_of
from reshelve.schemas.documents.plan_files import seal
from reshelve.schemas.inventory import Root
from reshelve.schemas.locations import encode_path, split
from reshelve.schemas.operations import AnyOperation, Copy, Link, MakeDir, Move, Pack, Purge, RemoveDir, Trash, Unpack
from reshelve.schemas.plan import Plan, PlanRoot
from reshelve.schemas.verbs import Member, Witness


def clock() -> datetime:
    """A clock that stands still."""
    return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def local(key: str, path: Path) -> LocalStore:
    """Open a folder as a store, as wiring would."""
    path.mkdir(parents=True, exist_ok=True)
    real = str(path.resolve())
    probe = LocalStore(Root(key, real))
    fs = probe.fs_of("")[0]
    probe.close()
    return LocalStore(Root(key, real, fs=fs))


def plan_of(stores: Mapping[str, Store], *operations: AnyOperation, **rest: Any) -> Plan:
    """Seal a plan of these operations over these stores."""
    roots = {key: PlanRoot(encode_path(store.root.path), store.root.fs) for key, store in stores.items()}
    return seal(Plan(roots=roots, operations=list(operations), **rest))


class Planning:
    """Makes operations that carry the identity of what stands in the stores now."""

    def __init__(self, stores: Mapping[str, Store]) -> None:
        self.stores = stores

    def _identity(self, place: str) -> tuple[int, int, int]:
        root, rel = split(place)
        item = self.stores[root].stat(rel)
        assert item is not None, place
        return item.size, item.mtime_ns, item.ino

    def move(self, src: str, dst: str, seen_at: str = "", **rest: Any) -> Move:
        """A move; `seen_at` is where the thing stands now, when an earlier move brings it to `src` first."""
        return Move(src, dst, *self._identity(seen_at or src), **rest)

    def copy(self, src: str, dst: str, **rest: Any) -> Copy:
        return Copy(src, dst, *self._identity(src), **rest)

    def link(self, src: str, dst: str, **rest: Any) -> Link:
        return Link(src, dst, *self._identity(src), **rest)

    def trash(self, src: str, **rest: Any) -> Trash:
        return Trash(src, *self._identity(src), **rest)

    def trash_of_many(self, src: str, *witnesses: Witness, **rest: Any) -> Trash:
        """Trash what rests on these: its own content is read for what stands already, not for what the plan makes first."""
        root, rel = split(src)
        known = any(each.op < 0 for each in witnesses)
        return Trash(src, *self._identity(src), hash=self.stores[root].digest(rel) if known else "", witnesses=witnesses, **rest)

    def witness(self, place: str) -> Witness:
        """What stands at a place, as planning sees it."""
        root, rel = split(place)
        item = self.stores[root].stat(rel)
        assert item is not None
        return Witness(place, item.size, item.mtime_ns, item.ino, item.ctime_ns)

    def purge(self, src: str, **rest: Any) -> Purge:
        return Purge(src, *self._identity(src), **rest)

    def pack(self, src: str, dst: str, **rest: Any) -> Pack:
        root, rel = split(src)
        store = self.stores[root]
        top = store.stat(rel)
        assert top is not None
        members = tuple(
            Member(
                encode_path(item.rel[len(rel) + 1 :]),
                item.kind,  # type: ignore[arg-type]
                item.size,
                item.mtime_ns,
                item.ino,
                item.mode,
                encode_path(store.read_link(item.rel)) if item.kind == "link" else "",
            )
            for item in [top, *store.walk(rel).items]
        )
        size = sum(member.size for member in members if member.kind == "file")
        return Pack(src, dst, **{"format": "tar.gz", "size": size, "members": members, **rest})

    def unpack(self, src: str, dst: str, **rest: Any) -> Unpack:
        form = format_of(src)
        assert form is not None
        return Unpack(src, dst, form, *self._identity(src), **rest)

    def mkdir(self, dst: str, **rest: Any) -> MakeDir:
        return MakeDir(dst, **rest)

    def rmdir(self, src: str, **rest: Any) -> RemoveDir:
        root, rel = split(src)
        item = self.stores[root].stat(rel)
        assert item is not None
        return RemoveDir(src, item.mode & 0o7777, item.mtime_ns, **rest)
