"""One verb on the stores, forwards and backwards: the only effects in the house."""

import errno
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache

from reshelve.executors.contracts.changed_since_plan import DriftedError
from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.contracts.object_store import AnyStore, folder_store, object_store
from reshelve.executors.verbs.object_verbs import ObjectHands, Parts
from reshelve.executors.verbs.original_removal import LettingGo
from reshelve.executors.verbs.returned_files import Returned, comes_back
from reshelve.executors.verbs.withdrawing import Withdrawing
from reshelve.executors.verbs.witness_checks import Witnesses
from reshelve.schemas.inventory import Item, lasting_inodes, proof, same, same_folder
from reshelve.schemas.locations import TRASH, decode_path, join, parent, split
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import (
    Confirm,
    CopyTo,
    HardLink,
    MakeDir,
    PackTo,
    Publish,
    Remove,
    RemoveDir,
    Rename,
    SymLink,
    UnpackTo,
    Upload,
    Verb,
    WriteTo,
)

__all__ = ["DriftedError", "Folder", "Hands", "Stores", "advice", "folder_of", "folders_of", "same"]

Stores = Mapping[str, AnyStore]
Folder = tuple[str, str]
"""A folder by root key and path."""


class Hands:
    """Performs verbs on stores. A verb that raised OSError changed nothing. `objects` does what is done in buckets.

    `made` is what `run` made so far, by operation; `witnesses` looks at what lets content go.
    """

    def __init__(
        self,
        stores: Stores,
        *,
        progress: Callable[[int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        parts: Parts | None = None,
        made: Mapping[int, Made] | None = None,
        run: str = "",
    ) -> None:
        self._stores = stores
        self.letting_go = LettingGo(stores)
        self.witnesses = Witnesses(stores, made if made is not None else {}, self.letting_go)
        self.withdrawing = Withdrawing(stores, self.letting_go, self.witnesses, run)
        self.returned = Returned(stores)
        self._progress = progress
        self._cancelled = cancelled
        self._trash_ready: set[Folder] = set()
        self.parts = parts or Parts()
        self.objects = ObjectHands(stores, self.parts, progress, cancelled)

    def at(self, place: str) -> tuple[Store, str]:
        """Return the store and path of a place in a folder. Raises OSError for one in a bucket."""
        root, rel = split(place)
        return folder_store(self._stores[root]), rel

    def in_bucket(self, place: str) -> bool:
        """Say whether a place is in a bucket."""
        return self._stores[split(place)[0]].root.kind == "bucket"

    def is_as_made(self, place: str, made: Made) -> bool:
        """Say whether what a run made still stands at a place as it was made."""
        if self.in_bucket(place):
            return self.objects.is_meant(place, made.size, made.ino, "")
        return same(self.seen(place), made.size, made.mtime_ns, made.ino)

    def seen(self, place: str) -> Item | None:
        """Return what stands at a place now."""
        root, rel = split(place)
        return self._stores[root].stat(rel)

    def perform(self, verb: Verb, op: int = -1) -> Made | None:
        """Perform one verb of operation `op`; for one that makes something new, return its identity (with operation number -1)."""
        match verb:
            case Rename():
                self._rename(verb, op)
            case MakeDir():
                self._make_dir(verb)
            case RemoveDir():
                store, rel = self.at(verb.place)
                store.remove_dir(rel)
            case Publish():
                store, tmp = self.at(verb.tmp)
                store.rename(tmp, store, self.at(verb.dst)[1])
                self.witnesses.published(verb.dst)
            case CopyTo():
                return self._copy(verb)
            case WriteTo():
                return self._write(verb)
            case HardLink():
                return self._hard_link(verb)
            case SymLink():
                return self._symlink(verb)
            case Remove():
                self._remove(verb)
            case PackTo() | UnpackTo():
                return self._archive(verb)
            case Confirm():
                self.witnesses.confirm(verb)
            case _:
                if isinstance(verb, Upload) and verb.goes:
                    self.letting_go.vouch(verb.src)
                return self.objects.perform(verb, op)
        return None

    def rename_many(self, verbs: Sequence[Rename]) -> int:
        """Perform the first so many of these renames, which lie in one pair of roots, and return how many."""
        if len(verbs) < 2:
            return 0
        store, _ = self.at(verbs[0].src)
        to, _ = self.at(verbs[0].dst)
        renames = [(split(v.src)[1], split(v.dst)[1], v.ino, v.size, v.mtime_ns) for v in verbs]
        inos = self.returned.inos
        follow = {verb.ino for verb in verbs if TRASH in verb.src or verb.ino in inos}
        return store.rename_many(to, renames, follow, lambda number, *seen: self.returned.renamed(verbs[number], *seen))

    def _make_dir(self, verb: MakeDir | RemoveDir) -> None:
        store, rel = self.at(verb.place)
        store.make_dir(rel, verb.mode)
        try:
            if verb.uid >= 0:
                store.set_owner(rel, verb.uid, verb.gid)
        except OSError:
            store.remove_dir(rel)
            raise

    def dress(self, verb: MakeDir | RemoveDir) -> None:
        """Give a folder that stands the mode and owner it was to be made with: a kill may have come between. May run twice."""
        store, rel = self.at(verb.place)
        if verb.mode is not None:
            store.set_mode(rel, verb.mode)
        if verb.uid >= 0:
            store.set_owner(rel, verb.uid, verb.gid)

    def _rename(self, verb: Rename, op: int) -> None:
        store, src = self.at(verb.src)
        to, dst = self.at(verb.dst)
        found = store.fingerprint(src)
        if found != (verb.ino, verb.size, verb.mtime_ns) and not same(store.stat(src), verb.size, verb.mtime_ns, verb.ino):
            raise DriftedError(verb.src, "is gone" if found is None else "has changed since the plan was made")
        follows = self.returned.follows(verb)
        if TRASH not in dst and follows:
            store.rename(src, to, dst, lambda *seen: self.returned.renamed(verb, *seen))
            return
        if TRASH not in dst:
            store.rename(src, to, dst)
            return
        before = store.stat(src) if follows else None
        self._ready_trash(to, dst)
        if verb.aside:
            self.letting_go.set_aside(verb, op, store, to)
        else:
            self.letting_go.trash(verb, self.witnesses.read_at(verb.src), store, to)
        if before is not None:
            self.returned.renamed(verb, before, self._seen_after(verb.dst))

    def _seen_after(self, place: str) -> Item | None:
        with suppress(OSError):
            return self.seen(place)
        return None

    def _rename_back(self, verb: Rename) -> None:
        """Take a rename back. A folder goes back as it is by now: whatever somebody did in it, it is the one that was renamed.

        What came out of a trash goes back there only as it came.
        """
        size, mtime_ns, ctime_ns = verb.size, verb.mtime_ns, -1
        there = self.seen(verb.dst)
        if there is not None and same_folder(there, verb.ino):
            size, mtime_ns = there.size, there.mtime_ns
        if comes_back(verb) and there is not None and same(there, size, mtime_ns, verb.ino):
            self.returned.expect_as_left(verb, there)
            ctime_ns = proof(there)
        try:
            self.perform(Rename(verb.dst, verb.src, size, mtime_ns, verb.ino, ctime_ns=ctime_ns))
        except FileNotFoundError:
            store, rel = self.at(verb.src)
            folder = parent(rel)
            if self.seen(verb.dst) is None or store.stat(folder) is not None:
                raise
            raise DriftedError(join(store.root.key, folder), "is gone, so what was in it cannot go back") from None

    def _copy(self, verb: CopyTo) -> Made:
        root, src = split(verb.src)
        store = self._stores[root]
        to, tmp = self.at(verb.tmp)
        if not same(store.stat(src), verb.size, verb.mtime_ns, verb.ino):
            raise DriftedError(verb.src, "has changed since the plan was made")
        if verb.goes:
            self.letting_go.vouch(verb.src)
        item, digest = store.copy_to(src, to, tmp, verb.how, progress=self._progress, cancel=self._cancelled)
        return Made(-1, item.ino, item.size, item.mtime_ns, digest)

    def _write(self, verb: WriteTo) -> Made:
        store, tmp = self.at(verb.tmp)
        item = store.write_to(verb.content.encode(), tmp)
        return Made(-1, item.ino, item.size, item.mtime_ns)

    def _hard_link(self, verb: HardLink) -> Made:
        store, src = self.at(verb.src)
        to, dst = self.at(verb.dst)
        item = store.stat(src)
        if item is None or (verb.ino and item.ino != verb.ino and lasting_inodes(item.fs)):
            raise DriftedError(verb.src, "has changed since the plan was made")
        store.link(src, to, dst)
        if self.returned.inos:
            self.returned.stepped(item, self._seen_after(verb.src))
        return Made(-1, item.ino, item.size, item.mtime_ns)

    def _symlink(self, verb: SymLink) -> Made:
        # Under a name of the run's own until nothing can fail: what failed is removed, and at `dst` it might be another's by then.
        store, tmp = self.at(verb.tmp)
        store.symlink(decode_path(verb.text), tmp, verb.mtime_ns)
        try:
            item = store.stat(tmp)
            if item is None:
                raise DriftedError(verb.dst, "was removed as it was made")
            store.rename(tmp, store, self.at(verb.dst)[1])
        except OSError:
            self.clear_link(verb)
            raise
        return Made(-1, item.ino, item.size, item.mtime_ns)

    def clear_link(self, verb: SymLink) -> None:
        """Remove what is left of the making of a symbolic link under its temporary name; fine when nothing is. Raises OSError."""
        store, tmp = self.at(verb.tmp)
        with suppress(FileNotFoundError):
            store.remove(tmp)

    def _remove(self, verb: Remove) -> None:
        root, rel = split(verb.place)
        if not self.in_bucket(verb.place):
            self.withdrawing.purge(verb)
        elif not same(self._stores[root].stat(rel), verb.size, verb.mtime_ns, verb.ino):
            raise DriftedError(verb.place, "has changed since the plan was made")
        else:
            object_store(self._stores[root]).remove(rel, verb.ino)

    def _archive(self, verb: PackTo | UnpackTo) -> Made:
        from reshelve.executors.verbs import archive_verbs as archives

        to, tmp = self.at(verb.tmp)
        if isinstance(verb, PackTo):
            source, src = self.at(verb.src)
            return archives.pack(source, src, to, tmp, verb, self._progress, self._cancelled)
        return archives.unpack(self._stores, to, tmp, verb, self._progress, self._cancelled)

    def _ready_trash(self, store: Store, rel: str) -> None:
        folder = (store.root.key, parent(rel))
        if folder not in self._trash_ready:
            store.make_trash(folder[1])
            self._trash_ready.add(folder)

    # Taking back.

    def take_back(self, verb: Verb, made: Made | None) -> None:
        """Undo one verb that was performed. Raises DriftedError, changing nothing, when what it made is not as it left it."""
        match verb:
            case MakeDir():
                store, rel = self.at(verb.place)
                store.remove_dir(rel)
            case RemoveDir():
                self._make_dir(verb)
            case Rename():
                self._rename_back(verb)
                self.letting_go.put_back(verb.src)
            case UnpackTo():
                self.withdrawing.tree(verb.tmp)
            case CopyTo() | WriteTo() | PackTo():
                store, tmp = self.at(verb.tmp)
                if store.stat(tmp) is not None:
                    store.remove(tmp)
            case Publish():
                raise TypeError("what was published is taken back by what it was made with (reversed_verbs)")
            case HardLink() | SymLink():
                before = self.seen(verb.src) if self.returned.inos and isinstance(verb, HardLink) else None
                self.withdrawing.link(verb)
                if before is not None and isinstance(verb, HardLink):
                    self.returned.stepped(before, self._seen_after(verb.src))
            case Remove():
                raise DriftedError(verb.place, "is gone for good")
            case Confirm():
                # Nothing was changed, but where looking failed a file of the run's own may be left.
                if verb.tmp and not self.in_bucket(verb.tmp) and self.seen(verb.tmp) is not None:
                    store, tmp = self.at(verb.tmp)
                    store.remove(tmp)
            case _:
                self.objects.take_back(verb, made)


def folders_of(verb: Verb) -> Iterable[Folder]:
    """Return the folders whose entries a verb changes, trash folders' own insides left out. What is in a bucket is in none."""
    places: tuple[str, ...]
    match verb:
        case Rename():
            places = (verb.src, verb.dst)
        case MakeDir() | RemoveDir() | Remove():
            places = (verb.place,)
        case CopyTo() | WriteTo() | PackTo() | UnpackTo():
            places = (verb.tmp,)
        case Publish() | HardLink() | SymLink():
            places = (verb.dst,)
        case _:
            places = ()
    return [folder_of(place) for place in places]


def folder_of(place: str) -> Folder:
    """Return the folder that holds a place."""
    slash = place.rfind("/")
    colon = place.find(":")
    return _folder(place[:slash] if slash > colon else place[: colon + 1])


@lru_cache(8192)
def _folder(location: str) -> Folder:
    return split(location)


CANCELLED = "cancelled"
"""The code of a step that was under way when the run was interrupted: nothing is wrong with it."""


def advice(error: OSError) -> tuple[str, str]:
    """Return (code, what to do) for a failed system call; buckets know better what to do about their own."""
    if (hint := getattr(error, "hint", None)) is not None:
        return str(getattr(error, "kind", "failed")), str(hint)
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "no-room", "Free some room there, or choose another disk, then make a new plan."
        case errno.EACCES | errno.EPERM:
            return "not-allowed", "Check the owner and mode of the folder (`ls -ld`), then make a new plan."
        case errno.EROFS:
            return "read-only", "The file system is mounted read-only: remount it writable, then make a new plan."
        case errno.ENODEV:
            return "store-unavailable", "Mount or connect it, then make a new plan."
        case errno.EEXIST | errno.ENOTEMPTY:
            return "in-the-way", "Something appeared there since the plan was made. Make a new plan."
        case errno.ESTALE | errno.ENOENT:
            return "drifted", "It changed since the plan was made. Make a new plan."
        case errno.EXDEV:
            return "other-file-system", "The folder is on another file system than planned. Make a new plan."
        case errno.EIO:
            return "disk-error", "The disk reported an error: check it before anything else (`dmesg`, SMART)."
        case errno.ECANCELED:
            return CANCELLED, ""
        case errno.EOPNOTSUPP:
            return "not-supported", "The file system cannot do this; `transfer: copy` works everywhere. Make a new plan with it."
        case errno.EBADMSG:
            return "bad-archive", "The archive is damaged: look into it with tar or unzip, or put a whole copy of it in its place."
        case errno.ENAMETOOLONG:
            return "name-too-long", "Choose a shorter name in the layout, then make a new plan."
        case _:
            return "failed", "Put that right, then make a new plan."


SETTLE = "reshelve recover\nOr record the step as it stands: reshelve recover --accept"
_ANEW = ", then make a new plan."


def advice_back(error: OSError) -> str:
    """Return what to do where a step can be neither taken back nor told: until its run is settled, no new plan can be applied."""
    if isinstance(error, DriftedError):
        return f"Put that right, then: {SETTLE}"
    if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
        return f"Move away what has its name, then: {SETTLE}"
    told = advice(error)[1]
    remedy = told.removesuffix(_ANEW) if told.endswith(_ANEW) else "Put that right"
    return f"{remedy}, then: {SETTLE}"
