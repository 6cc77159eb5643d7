"""The verbs of buckets: performed, taken back, and told apart by the token of the run that made an object (design §12)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from executors.drift import DriftedError, same_object
from executors.stores.base import Store
from executors.stores.objects import AnyStore, ObjectStore, Stored, folder_store, object_store
from schemas.inventory import Item
from schemas.locations import split
from schemas.records import Made
from schemas.verbs import (
    Configure,
    CopyObject,
    Hide,
    RemoveCopied,
    RemoveHidden,
    Reveal,
    SetClass,
    Thaw,
    Upload,
    UploadPacked,
    Verb,
)

MAKES_OBJECT = (Upload, UploadPacked, CopyObject)
"""The verbs that make an object at a free key, in one step, marked with their token."""


@dataclass(slots=True)
class Parts:
    """Uploads in parts of one run: `begun` is told (operation, ids of others at that key) before one begins.

    `mine` are ids an earlier, killed process of the run left, by operation.
    """

    begun: Callable[[int, Sequence[str]], None] = lambda _op, _foreign: None
    mine: dict[int, list[str]] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class _Brought:
    """What this run made at a place: its identity, and the token it carries."""

    size: int
    ino: int
    token: str

    def is_it(self, item: Item) -> bool:
        return same_object(item, self.size, self.ino)


class ObjectHands:
    """Performs the verbs of buckets. A verb that raised OSError changed nothing. Safe to share by threads."""

    def __init__(
        self,
        stores: Mapping[str, AnyStore],
        parts: Parts,
        progress: Callable[[int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._stores = stores
        self._parts = parts
        self._progress = progress
        self._cancelled = cancelled
        self._brought: dict[str, _Brought] = {}

    def at(self, place: str) -> tuple[ObjectStore, str]:
        """Return the bucket and key of a place."""
        root, rel = split(place)
        return object_store(self._stores[root]), rel

    def _folder(self, place: str) -> tuple[Store, str]:
        root, rel = split(place)
        return folder_store(self._stores[root]), rel

    def perform(self, verb: Verb, op: int) -> Made | None:
        """Perform one verb of operation number `op`; for one that makes something, return its identity."""
        match verb:
            case Upload() | UploadPacked():
                return self._upload(verb, op)
            case CopyObject():
                return self._copy(verb)
            case RemoveCopied():
                self._remove_copied(verb)
            case Hide():
                return self._hide(verb)
            case Reveal():
                return self._reveal(verb)
            case RemoveHidden():
                store, rel = self.at(verb.place)
                if not same_object(store.hidden(rel, verb.ino), verb.size, verb.ino):
                    raise DriftedError(verb.place, "does not lie under a delete marker any more")
                store.remove_hidden(rel, verb.ino)
            case SetClass():
                return self._set_class(verb)
            case Thaw():
                store, rel = self.at(verb.place)
                self._meant(verb.place, verb.size, verb.ino)
                store.thaw(rel, verb.days, verb.tier)
            case Configure():
                store, _ = self.at(f"{verb.root}:")
                if store.read_document(verb.what) != verb.before:
                    raise DriftedError(f"{verb.root}:", f"has another {verb.what} than the plan saw")
                store.write_document(verb.what, verb.after)
            case _:
                raise TypeError(f"{type(verb).__name__} is no verb of a bucket")
        return None

    def _upload(self, verb: Upload | UploadPacked, op: int) -> Made:
        source, src = self._folder(verb.src)
        store, dst = self.at(verb.dst)
        mine = self._parts.mine.pop(op, ())

        def began(foreign: Sequence[str]) -> None:
            self._parts.begun(op, foreign)

        if isinstance(verb, UploadPacked):
            made = store.upload_packed(
                src, source, dst, verb.format, verb.members, token=verb.token, storage_class=verb.storage_class,
                began=began, mine=mine, progress=self._progress, cancel=self._cancelled,
            )  # fmt: skip
            return self._made(verb.dst, made, verb.token)
        if source.fingerprint(src) != (verb.ino, verb.size, verb.mtime_ns):
            raise DriftedError(verb.src, "is not what the plan saw any more")
        made = store.upload(
            src, source, dst, token=verb.token, storage_class=verb.storage_class,
            began=began, mine=mine, progress=self._progress, cancel=self._cancelled,
        )  # fmt: skip
        return self._made(verb.dst, made, verb.token)

    def _copy(self, verb: CopyObject) -> Made:
        store, src = self.at(verb.src)
        to, dst = self.at(verb.dst)
        item = self._meant(verb.src, verb.size, verb.ino, verb.token)
        storage_class = verb.storage_class or item.storage_class
        made = store.copy_object(src, to, dst, token=verb.token, storage_class=storage_class, cancel=self._cancelled)
        return self._made(verb.dst, made, verb.token)

    def _made(self, place: str, stored: Stored, token: str) -> Made:
        item = stored.item
        self._brought[place] = _Brought(item.size, item.ino, token)
        return Made(-1, item.ino, item.size, item.mtime_ns, stored.hash, stored.version)

    def know(self, place: str, made: Made, token: str) -> None:
        """Know again what this run made at a place, as its journal tells."""
        self._brought[place] = _Brought(made.size, made.ino, token)

    def _remove_copied(self, verb: RemoveCopied) -> None:
        """Remove an object whose copy stands. What came between the look and the removal is lost where no versions are kept."""
        store, rel = self.at(verb.place)
        copies, copy = self.at(verb.copy)
        there = copies.stat(copy)
        if there is None or there.size != verb.size:
            raise DriftedError(verb.copy, "is not the copy this run made")
        self._meant(verb.place, verb.size, verb.ino, self.token_at(verb.copy), fresh=True)
        if store.root.versioned:
            store.hide(rel)
        else:
            store.remove(rel)

    def _hide(self, verb: Hide) -> Made:
        store, rel = self.at(verb.place)
        self._meant(verb.place, verb.size, verb.ino, fresh=True)
        return Made(-1, verb.ino, verb.size, verb.mtime_ns, "", store.hide(rel))

    def _reveal(self, verb: Reveal) -> Made:
        store, rel = self.at(verb.place)
        if not same_object(store.hidden(rel, verb.ino), verb.size, verb.ino):
            raise DriftedError(verb.place, "does not lie under a delete marker any more")
        item = store.reveal(rel, verb.ino)
        return Made(-1, item.ino, item.size, item.mtime_ns)

    def _set_class(self, verb: SetClass) -> Made:
        store, rel = self.at(verb.place)
        self._meant(verb.place, verb.size, verb.ino, verb.token, fresh=True)
        return self._made(verb.place, store.set_class(rel, verb.after, token=verb.token), verb.token)

    def _meant(self, place: str, size: int, ino: int, token: str = "", *, fresh: bool = False) -> Item:
        """Return the object at a place when it is the one the plan saw, or one this run itself brought there or back."""
        store, rel = self.at(place)
        item = store.look(rel) if fresh else store.stat(rel)
        brought = self._brought.get(place)
        if item is not None and item.size == size:
            if item.ino == ino or (brought is not None and brought.is_it(item)):
                return item
            tokens = {token, brought.token if brought is not None else ""} - {""}
            if tokens and self.token_at(place) in tokens:
                return item
        raise DriftedError(place, "is gone" if item is None else "is not what the plan saw any more")

    def is_meant(self, place: str, size: int, ino: int, token: str) -> bool:
        """Say whether the object at a place is the one the plan saw, or one this run brought there or back (`token`)."""
        try:
            self._meant(place, size, ino, token, fresh=True)
        except DriftedError:
            return False
        return True

    def token_at(self, place: str) -> str:
        """Return the token of the object at a place, "" where there is none or it has none."""
        store, rel = self.at(place)
        return store.details(rel).get("token", "") if store.look(rel) is not None else ""

    def holds(self, place: str, size: int, ino: int, content: str) -> bool:
        """Say whether the object at a place is the one the plan saw, or one that holds the same (`content`, its hash)."""
        store, rel = self.at(place)
        item = store.look(rel)
        if item is None or item.size != size:
            return False
        return same_object(item, size, ino) or (content != "" and store.digest(rel) == content)

    def identity(self, place: str, made: Made) -> Made:
        """Return what is known of a thing made, with the hash and version recorded with it where it is an object."""
        root, rel = split(place)
        store = self._stores[root]
        if store.root.kind != "bucket":
            return made
        said = object_store(store).details(rel)
        return replace(made, hash=said.get("hash", ""), version=said.get("version", "") if store.root.versioned else "")

    # Taking back.

    def take_back(self, verb: Verb, made: Made | None) -> None:
        """Undo one verb that was performed. Raises OSError, changing nothing, when what it made is not as it left it."""
        match verb:
            case Upload() | UploadPacked() | CopyObject():
                self._take_object(verb.dst, verb.token, made)
            case RemoveCopied():
                self._bring_back(verb)
            case Hide():
                store, rel = self.at(verb.place)
                if made is not None and made.version:
                    store.remove_version(rel, made.version)
                elif store.look(rel) is None:
                    store.reveal(rel)
            case Reveal():
                store, rel = self.at(verb.place)
                self._meant(verb.place, verb.size, verb.ino, fresh=True)
                store.hide(rel)
            case SetClass():
                self._class_back(verb, made)
            case Thaw():
                pass  # it expires by itself
            case RemoveHidden():
                raise DriftedError(verb.place, "is gone for good")
            case Configure():
                store, _ = self.at(f"{verb.root}:")
                if store.read_document(verb.what) != verb.after:
                    raise DriftedError(f"{verb.root}:", f"has another {verb.what} than this run gave it")
                store.write_document(verb.what, verb.before)
            case _:
                raise TypeError(f"{type(verb).__name__} is no verb of a bucket")

    def _take_object(self, place: str, token: str, made: Made | None) -> None:
        store, rel = self.at(place)
        if self.token_at(place) != token:
            raise DriftedError(place, "was changed since this run made it")
        if not store.root.versioned:
            store.remove(rel)
            return
        version = made.version if made is not None and made.version else store.details(rel).get("version", "")
        store.remove_version(rel, version)

    def _bring_back(self, verb: RemoveCopied) -> None:
        """Bring back what was removed: from under its delete marker, else by copying its copy back. May run twice."""
        store, rel = self.at(verb.place)
        if self.is_meant(verb.place, verb.size, verb.ino, self.token_at(verb.copy)):
            return
        brought = self._brought.get(verb.place)
        for ino in (verb.ino, brought.ino if brought is not None else 0) if store.root.versioned else ():
            if ino and same_object(store.hidden(rel, ino), verb.size, ino):
                store.reveal(rel, ino)
                return
        copies, copy = self.at(verb.copy)
        there = copies.stat(copy)
        storage_class = there.storage_class if there is not None else ""
        token = brought.token if brought is not None else self.token_at(verb.copy)
        copies.copy_object(copy, store, rel, token=token, storage_class=storage_class)

    def _class_back(self, verb: SetClass, made: Made | None) -> None:
        store, rel = self.at(verb.place)
        if self.token_at(verb.place) != verb.token:
            raise DriftedError(verb.place, "was changed since this run gave it another class")
        if store.root.versioned:
            store.remove_version(rel, made.version if made is not None and made.version else store.details(rel).get("version", ""))
        else:
            store.set_class(rel, verb.before, token=verb.token)

    # Telling apart.

    def stands(self, verb: Verb, verbs: Sequence[Verb], later: Sequence[tuple[str, str]]) -> bool | None:
        """Say whether a verb stands performed; None when that cannot be told.

        `later` are the (place, token) where other operations of the plan bring the same object on to.
        """
        match verb:
            case Upload() | UploadPacked():
                return self.token_at(verb.dst) == verb.token
            case CopyObject():
                return self.token_at(verb.dst) == verb.token or any(self.token_at(place) == token for place, token in later)
            case RemoveCopied():
                copied = next(one for one in verbs if isinstance(one, CopyObject))
                # Nothing is removed before its copy stands.
                return self.stands(copied, verbs, later) and not self._is_back(verb.place, verb, copied.token)
            case Hide():
                return not self.is_meant(verb.place, verb.size, verb.ino, "")
            case Reveal():
                store, rel = self.at(verb.place)
                return same_object(store.look(rel), verb.size, verb.ino)
            case RemoveHidden():
                store, rel = self.at(verb.place)
                return not same_object(store.hidden(rel, verb.ino), verb.size, verb.ino)
            case SetClass():
                store, rel = self.at(verb.place)
                item = store.look(rel)
                if item is not None and self.token_at(verb.place) == verb.token:
                    return item.storage_class == verb.after
                return False if same_object(item, verb.size, verb.ino) else None
            case Thaw():
                store, rel = self.at(verb.place)
                item = store.look(rel)
                return item is not None and item.restored != ""
            case Configure():
                store, _ = self.at(f"{verb.root}:")
                found = store.read_document(verb.what)
                return True if found == verb.after else False if found == verb.before else None
            case _:
                raise TypeError(f"{type(verb).__name__} is no verb of a bucket")

    def _is_back(self, place: str, verb: RemoveCopied, token: str) -> bool:
        """Say whether what was to be removed stands: not another object of the same content, which this run brought there since."""
        found, brought = self.token_at(place), self._brought.get(place)
        run = f"{token.rpartition('-')[0]}-"
        if found.startswith(run) and found != token and not (brought is not None and brought.token == found):
            return False
        return self.is_meant(place, verb.size, verb.ino, token)

    # Uploads in parts that a killed process left.

    def unfinished(self, verb: Verb, foreign: Sequence[str]) -> list[str]:
        """Return the ids of uploads in parts under way at a verb's key that were not there (`foreign`) when it began."""
        if not isinstance(verb, Upload | UploadPacked):
            return []
        store, rel = self.at(verb.dst)
        return [one for one in store.uploads(rel) if one not in foreign]

    def give_up(self, verb: Verb, ids: Sequence[str]) -> None:
        """Give up uploads in parts."""
        if isinstance(verb, Upload | UploadPacked):
            store, rel = self.at(verb.dst)
            for one in ids:
                store.abort(rel, one)
