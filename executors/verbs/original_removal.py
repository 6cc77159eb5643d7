"""Letting go of files: an original goes only while its copy holds its newest bytes, a file only while nobody writes to it.

A program may rewrite a file in place and put its size and times back. Its change time tells that, and a lease (`Store.held`) tells
whether anybody may be writing right now, by a mapping too. Both together vouch for a source from when it was copied until it goes:
it is looked at before the copy, as it is set aside, and as it is removed. Where they cannot, its bytes are read again.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress

from reshelve.executors.contracts.changed_since_plan import BusyError, DriftedError
from reshelve.executors.contracts.folder_store import Held, Store
from reshelve.executors.contracts.object_store import AnyStore, folder_store
from reshelve.schemas.inventory import Item, same, tells_writes
from reshelve.schemas.locations import split
from reshelve.schemas.operations import AnyOperation
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.verbs import Rename

TICK_NS = 50_000_000
"""Two changes so close may have one change time: some kernels' clocks for that tick every 10 ms."""

WRITTEN = "It was written to while it was being moved"
_OPEN = "A program has it open for writing"
_AT_ONCE = 256
"""Originals for which processes are looked at in one pass."""


@dataclass(slots=True, frozen=True)
class Original:
    """A source that was set aside by operation `op`, as it was seen there; `content` returns the hash of its copy."""

    op: int
    place: str
    item: Item
    content: Callable[[], str]


class LettingGo:
    """What one run knows of the files that it lets go of. Safe to share by threads.

    `left` holds, by operation, the change times of sources that are vouched for, as setting them aside left them: a process that
    goes on with the run later is told by the journal.
    """

    def __init__(self, stores: Mapping[str, AnyStore]) -> None:
        self.left: dict[int, int] = {}
        self._stores = stores
        self._vouched: dict[tuple[str, int], int] = {}
        self._put_back: set[str] = set()
        self._several: frozenset[int] | None = None
        self._operations: Sequence[AnyOperation] = ()

    def note(self, operations: Sequence[AnyOperation]) -> None:
        """Note which operations the run has: one may change the change time of a file that another takes by another name."""
        self._operations, self._several = operations, None

    def put_back(self, place: str) -> None:
        """Note that this run itself took a file away from a place and brought it back, which changed its change time."""
        self._put_back.add(place)

    # Originals.

    def vouch(self, place: str) -> int:
        """Look at a file about to be copied; return its change time if whatever is written to it later changes that, or -1."""
        root, rel = split(place)
        try:
            with folder_store(self._stores[root]).held(rel) as held:
                fresh = held.item().ctime_ns + TICK_NS - time.time_ns()
                if 0 < fresh <= TICK_NS:
                    time.sleep(fresh / 1e9)
                item = held.item()
                still = item.ctime_ns <= time.time_ns() - TICK_NS
                sure = tells_writes(item.fs) and held.alone() is True and still
        except OSError:
            return -1
        return self._keep(item, item.ctime_ns if sure else -1)

    def vouches(self, item: Item) -> bool:
        """Say whether nothing was written to a file since it was vouched for, if nobody may write to it now."""
        return self._vouched.get(_name(item)) == item.ctime_ns and tells_writes(item.fs)

    def set_aside(self, verb: Rename, op: int, store: Store, to: Store) -> None:
        """Set aside the source of a copy, and note whether it was written to since it was copied. Raises OSError."""
        src, dst = split(verb.src)[1], split(verb.dst)[1]
        with held_if_readable(store, src) as held:
            before = held.item() if held is not None else None
            store.rename(src, to, dst)
            if held is None or before is None:
                return
            known = self._vouched.get(_name(before)) == before.ctime_ns
            self._keep(before, -1)
            # It is set aside by now, whatever a look at it says: nothing vouches for what cannot be looked at.
            with suppress(OSError):
                after = held.item()
                if known and same(after, verb.size, verb.mtime_ns, verb.ino) and held.alone() is True:
                    self.left[op] = self._keep(after, after.ctime_ns)

    def remove(self, originals: Iterable[Original]) -> Iterable[tuple[Original, str | OSError]]:
        """Remove originals whose copies hold what they do, and yield each with why it stays, "" for one that went."""
        unsure: list[Original] = []
        for original in originals:
            why = self._remove(original)
            if why is None:
                unsure.append(original)
                continue
            yield original, why
            if len(unsure) >= _AT_ONCE:
                yield from self._remove_unleased(unsure)
                unsure = []
        yield from self._remove_unleased(unsure)

    def _remove(self, original: Original) -> str | OSError | None:
        """Remove an original, or say why it stays; None where the system does not say whether anybody writes to it.

        Its bytes are read where nothing vouches for it.
        """
        store, rel = self._at(original.place)
        try:
            if original.item.kind != "file":
                store.remove(rel)
                return ""
            with store.held(rel) as held:
                item = held.item()
                vouched = self._is_vouched(original, item)
                if not vouched and (store.digest(rel) != original.content() or not _alike(held.item(), item)):
                    return WRITTEN
                alone = held.alone()
                if not alone or not _alike(item, original.item):
                    return None if alone is None else _OPEN if alone is False else WRITTEN
                store.remove(rel)
                if item.nlink > 1:
                    with suppress(OSError):
                        self._keep(item, held.item().ctime_ns)  # its other names go on from there
                return ""
        except OSError as trouble:
            return trouble

    def _remove_unleased(self, originals: Sequence[Original]) -> Iterable[tuple[Original, str | OSError]]:
        """Remove originals just read of which the system did not say whether anybody writes to them: processes are looked at."""
        by_root: dict[str, list[Original]] = {}
        for original in originals:
            by_root.setdefault(split(original.place)[0], []).append(original)
        for those in by_root.values():
            store = self._at(those[0].place)[0]
            written = store.being_written(each.item for each in those)
            for original in those:
                yield original, _removed(store, original, written)

    def _is_vouched(self, original: Original, item: Item) -> bool:
        known = (self._vouched.get(_name(item)), self.left.get(original.op))
        return item.ctime_ns in known and tells_writes(item.fs)

    def _keep(self, item: Item, ctime_ns: int) -> int:
        self._vouched[_name(item)] = ctime_ns
        return ctime_ns

    def _at(self, place: str) -> tuple[Store, str]:
        root, rel = split(place)
        return folder_store(self._stores[root]), rel

    # The trash.

    def trash(self, verb: Rename, read_ns: int, store: Store, to: Store) -> None:
        """Rename a thing into the trash unless it was changed since planning, or since its bytes were read (at `read_ns`, or -1).

        Raises DriftedError, the thing being where it was, where somebody has it open for writing, or changes it meanwhile.
        """
        src, dst = split(verb.src)[1], split(verb.dst)[1]
        known = read_ns if read_ns >= 0 else -1 if verb.src in self._put_back else verb.ctime_ns
        with held_if_readable(store, src) as held:
            item = held.item() if held is not None else store.stat(src)
            if item is None or (item.kind == "file" and not self._is_as_known(verb, item, known)):
                raise DriftedError(verb.src, "is gone" if item is None else "has changed since the plan was made")
            if held is not None and held.alone() is False:
                raise BusyError(verb.src)
            store.rename(src, to, dst)
            try:
                there = to.stat(dst)
                busy = held is not None and held.alone() is False
            except OSError:
                to.rename(dst, store, src)
                raise
            went = there is not None and (there.kind != "file" or same(there, verb.size, verb.mtime_ns, verb.ino))
            if not went or busy:
                to.rename(dst, store, src)
                raise BusyError(verb.src) if went else DriftedError(verb.src, "was changed as it went to the trash")

    def _is_as_known(self, verb: Rename, item: Item, ctime_ns: int) -> bool:
        if same(item, verb.size, verb.mtime_ns, verb.ino, ctime_ns):
            return True
        # This run renamed or linked the file by another of its names.
        return item.nlink > 1 and verb.ino in self._by_several() and same(item, verb.size, verb.mtime_ns, verb.ino)

    def _by_several(self) -> frozenset[int]:
        if self._several is None:
            count = Counter(getattr(operation, "ino", 0) for operation in self._operations)
            self._several = frozenset(ino for ino, times in count.items() if times > 1)
        return self._several


def _removed(store: Store, original: Original, written: set[str]) -> str | OSError:
    rel = split(original.place)[1]
    if rel in written:
        return _OPEN
    try:
        store.forget()
        now = store.stat(rel)
        if not _alike(now, original.item) and not _is_twin(store, original, now):
            return WRITTEN
        store.remove(rel)
    except OSError as trouble:
        return trouble
    return ""


def _is_twin(store: Store, original: Original, now: Item | None) -> bool:
    """Say whether only another name of it went meanwhile, which changes its change time: it is read once more. Raises OSError."""
    was = original.item
    if was.nlink < 2 or not same(now, was.size, was.mtime_ns, was.ino):
        return False
    return store.digest(split(original.place)[1]) == original.content()


@contextmanager
def held_if_readable(store: Store, rel: str) -> Iterator[Held | None]:
    """Hold a file; None for what is no file, or may not be read."""
    with ExitStack() as stack:
        held = None
        with suppress(OSError):
            held = stack.enter_context(store.held(rel))
        yield held


def _alike(item: Item | None, other: Item) -> bool:
    return same(item, other.size, other.mtime_ns, other.ino, other.ctime_ns)


def _name(item: Item) -> tuple[str, int]:
    return item.fs, item.ino
