"""Withdrawing what a run made, and whatever else is removed: it is brought to a name of the run's own, looked at there, and
removed or put back. Where its name was taken again meanwhile it goes to the run's trash, from where it can be restored.

Between a look at a name and its removal somebody may put something else there, or write to what is there. A rename loses nothing:
what it brought away is looked at once nobody finds it any more. Only then it goes, and anything else is put back. A kill on the way
leaves it under the run's own name, from where `put_back` returns it.
"""

import errno
import shlex
from collections.abc import Mapping
from contextlib import suppress

from reshelve.executors.contracts.changed_since_plan import BusyError, DriftedError
from reshelve.executors.contracts.folder_store import Held, Store
from reshelve.executors.contracts.object_store import AnyStore, folder_store
from reshelve.executors.verbs.original_removal import LettingGo, held_if_readable
from reshelve.executors.verbs.witness_checks import Witnesses
from reshelve.schemas.inventory import Item, lasting_inodes, same
from reshelve.schemas.locations import decode_path, in_trash, join, parent, printable, split
from reshelve.schemas.operations.base import trashed
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import Confirm, HardLink, Publish, Remove, SymLink

_SAVED_INTO = frozenset({errno.ESTALE, errno.ENOTEMPTY, errno.EEXIST})
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_CHANGED = "was changed since this run made it"


class BroughtAwayError(DriftedError):
    """What was brought away to be removed holds somebody's changes and stays at `at`; `hint` says what brings it back."""

    kind = "in-the-way"

    def __init__(self, place: str, why: str, at: str, run: str) -> None:
        super().__init__(place, f"{why} {printable(at)}")
        restore = f"reshelve trash restore {shlex.quote(printable(place))} --run {run}"
        self.hint = restore if in_trash(split(at)[1]) else f"rename {printable(at)}"


class NameTakenError(BroughtAwayError):
    """It cannot go back: something else has its name."""

    def __init__(self, place: str, at: str, run: str) -> None:
        super().__init__(place, "was changed, and its name is taken again; what was there is at", at, run)
        self.hint = f"Move away what has its name, then: {self.hint}"


class SavedIntoError(BroughtAwayError):
    """A folder was saved into as it was cleared away, and what is left of it may be restored as `place`."""

    def __init__(self, place: str, at: str, run: str) -> None:
        super().__init__(place, "is what somebody saved into a folder as it was cleared away; it is at", at, run)
        self.hint = f"Bring it back with: {self.hint}"


class Withdrawing:
    """What one run takes back of what it made. Raises DriftedError, that being where it was, when it is not as the run left it."""

    def __init__(self, stores: Mapping[str, AnyStore], letting_go: LettingGo, witnesses: Witnesses, run: str = "") -> None:
        self._stores = stores
        self._run = run
        self._letting_go = letting_go
        self._witnesses = witnesses

    def file(self, verb: Publish, made: Made, content: str) -> None:
        """Remove a published file that holds `content`, a hash, and that nobody has open for writing. Raises OSError."""
        store, rel, back = self._ready(verb.dst, verb.tmp)
        if not same(there := store.stat(rel), made.size, made.mtime_ns, made.ino):
            raise DriftedError(verb.dst, "is gone" if there is None else _CHANGED)
        with store.held(rel) as held:
            before = held.item()
            known = self._letting_go.vouches(before)
            if held.alone() is False:
                raise BusyError(verb.dst)
            store.rename(rel, store, back)
            try:
                self._expect_file(verb, store, made, held, "" if known else content)
                store.remove(back)
            except OSError:
                self._give_back(verb.dst, back, store)
                raise

    def folder(self, verb: Publish, made: Made) -> None:
        """Bring a published folder back to its temporary name, from where it is cleared away. Raises OSError."""
        from reshelve.executors.archives.archive_contents import record_in

        store, rel, back = self._ready(verb.dst, verb.tmp)
        if not same(there := store.stat(rel), made.size, made.mtime_ns, made.ino):
            raise DriftedError(verb.dst, "is gone" if there is None else _CHANGED)
        store.rename(rel, store, back)
        try:
            store.forget()
            if record_in(store, back) != made.hash:
                raise DriftedError(verb.dst, "was changed inside since this run made it")
            seen = made.size, made.mtime_ns, made.ino
            self._witnesses.confirm(Confirm(verb.dst, "", *seen, (), "", gone=True, at=f"{split(verb.dst)[0]}:{back}"))
            if store.being_written(item for item in store.walk(back).items if item.kind == "file"):
                raise BusyError(verb.dst)
            store.rename(back, store, split(verb.tmp)[1])
        except OSError:
            self._give_back(verb.dst, back, store)
            raise

    def tree(self, tmp: str) -> None:
        """Clear away an unpacked folder that lies under its temporary name. Raises OSError.

        Whoever has one of its folders open can still save into it. What is left with that goes to the trash.
        """
        from reshelve.executors.verbs.archive_verbs import clear_tree

        root, rel = split(tmp)
        store = folder_store(self._stores[root])
        try:
            clear_tree(store, rel)
        except OSError as trouble:
            if trouble.errno not in _SAVED_INTO or not self._run:
                raise
            place = join(root, f"{parent(rel)}/unpacked-{self._run}".lstrip("/"))
            raise SavedIntoError(place, self._into_trash(place, rel, store), self._run) from None

    def link(self, verb: HardLink | SymLink) -> None:
        """Remove a link that the run made. Raises OSError."""
        store, rel, back = self._ready(verb.dst, verb.tmp)
        if not self._is_link(verb, store, rel):
            raise DriftedError(verb.dst, "is not the link this run made")
        store.rename(rel, store, back)
        try:
            if not self._is_link(verb, store, back):
                raise DriftedError(verb.dst, "is not the link this run made")
            store.remove(back)
        except OSError:
            self._give_back(verb.dst, back, store)
            raise

    def purge(self, verb: Remove) -> None:
        """Remove a thing of the trash for good, unless it is another by now or somebody writes to it. Raises OSError."""
        store, rel, back = self._ready(verb.place, verb.tmp)
        with held_if_readable(store, rel) as held:
            self._expect_idle(verb.place, held.item() if held is not None else store.stat(rel), held, verb)
            try:
                store.rename(rel, store, back)
            except OSError as trouble:
                if trouble.errno not in _NO_ROOM:
                    raise
                # A second name may need room that a full disk has not, and emptying the trash is how it gets some.
                store.remove(rel)
                return
            try:
                self._expect_idle(verb.place, store.stat(back), held, verb)
                store.remove(back)
            except OSError:
                self._give_back(verb.place, back, store)
                raise

    def leftover(self, place: str, tmp: str, item: Item) -> None:
        """Remove a second name of a file, or an empty file that reserved a name, which is `item`. Raises OSError."""
        store, rel, back = self._ready(place, tmp)
        store.rename(rel, store, back)
        try:
            there = store.stat(back)
            if not same(there, item.size, item.mtime_ns, item.ino):
                raise DriftedError(place, "was changed since it was looked at")
            if not item.size and there is not None and store.being_written([there]):
                raise BusyError(place)
            store.remove(back)
        except OSError:
            self._give_back(place, back, store)
            raise

    def put_back(self, place: str, tmp: str) -> None:
        """Return what a kill left on its way, so that it is told by its own name. May run twice. Raises OSError."""
        store, rel, back = self._ready(place, tmp)
        left = store.stat(back)
        if left is None:
            return
        there = store.stat(rel)
        # Killed between the steps of a rename, where a file system has no single one.
        second = there is not None and there.ino == left.ino and lasting_inodes(there.fs)
        if second or (there is not None and not left.size and left.kind == "file" and store.reserves(parent(rel))):
            store.remove(back)
        else:
            self._give_back(place, back, store)

    def _ready(self, place: str, tmp: str) -> tuple[Store, str, str]:
        root, rel = split(place)
        return folder_store(self._stores[root]), rel, f"{split(tmp)[1]}.back"

    def _expect_idle(self, place: str, item: Item | None, held: Held | None, verb: Remove) -> None:
        if not same(item, verb.size, verb.mtime_ns, verb.ino):
            raise DriftedError(place, "has changed since the plan was made")
        if held is not None and held.alone() is False:
            raise BusyError(place)

    def _expect_file(self, verb: Publish, store: Store, made: Made, held: Held, content: str) -> None:
        """Raise DriftedError unless what was brought away is what the run made, read again where a `content` is given."""
        back = f"{split(verb.tmp)[1]}.back"
        there = store.stat(back)
        if there is None or not _alike(there, held.item()) or not same(there, made.size, made.mtime_ns, made.ino):
            raise DriftedError(verb.dst, _CHANGED)
        if content and (store.digest(back) != content or not _alike(there, held.item())):
            raise DriftedError(verb.dst, _CHANGED)
        alone = held.alone()
        if alone is False or (alone is None and store.being_written([there])):
            raise BusyError(verb.dst)

    def _is_link(self, verb: HardLink | SymLink, store: Store, rel: str) -> bool:
        item = store.stat(rel)
        if isinstance(verb, SymLink):
            return item is not None and item.kind == "link" and store.read_link(rel) == decode_path(verb.text)
        root, src = split(verb.src)
        source = self._stores[root].stat(src)
        return item is not None and source is not None and item.ino == source.ino

    def _give_back(self, place: str, back: str, store: Store) -> None:
        _, rel = split(place)
        try:
            store.rename(back, store, rel)
        except FileExistsError:
            raise NameTakenError(place, self._into_trash(place, back, store), self._run) from None

    def _into_trash(self, place: str, back: str, store: Store) -> str:
        """Bring what has lost its name to the run's trash, where it is listed and restored; return where it lies then."""
        root, rel = split(place)
        if self._run and not in_trash(rel):
            with suppress(OSError):
                at = split(trashed(place, store.fs_of(rel)[1], self._run))[1]
                store.make_trash(parent(at))
                store.rename(back, store, at)
                return join(root, at)
        return join(root, back)


def _alike(one: Item, other: Item) -> bool:
    return same(one, other.size, other.mtime_ns, other.ino, other.ctime_ns)
