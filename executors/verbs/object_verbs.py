"""The verbs of buckets, forwards and backwards (design §12)."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field

from reshelve.executors.contracts.changed_since_plan import DriftedError, same_object
from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.contracts.object_store import AnyStore, ObjectStore, Stored, folder_store
from reshelve.executors.verbs.object_identity import ObjectSight
from reshelve.schemas.inventory import Item, same
from reshelve.schemas.locations import split
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import (
    Configure,
    CopyObject,
    Hide,
    RemoveCopied,
    RemoveHidden,
    RemoveKept,
    Reveal,
    SetClass,
    Thaw,
    Upload,
    UploadPacked,
    Verb,
    WriteObject,
)


@dataclass(slots=True)
class Parts:
    """Uploads in parts of one run: `begun` is told (operation, ids of others at that key) before one begins.

    `mine` are ids an earlier, killed process of the run left, by operation.
    """

    begun: Callable[[int, Sequence[str]], None] = lambda _op, _foreign: None
    mine: dict[int, list[str]] = field(default_factory=dict)


class ObjectHands(ObjectSight):
    """Performs the verbs of buckets. A verb that raised OSError changed nothing. Safe to share by threads."""

    def __init__(
        self,
        stores: Mapping[str, AnyStore],
        parts: Parts,
        progress: Callable[[int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        super().__init__(stores)
        self._parts = parts
        self._progress = progress
        self._cancelled = cancelled

    def _folder(self, place: str) -> tuple[Store, str]:
        root, rel = split(place)
        return folder_store(self._stores[root]), rel

    def perform(self, verb: Verb, op: int) -> Made | None:
        """Perform one verb of operation number `op`; for one that makes something, return its identity."""
        match verb:
            case Upload() | UploadPacked():
                return self._upload(verb, op)
            case WriteObject():
                store, rel = self.at(verb.dst)
                written = store.write_object(verb.content.encode(), rel, token=verb.token, storage_class=verb.storage_class)
                return self._made(verb.dst, written, verb.token)
            case CopyObject():
                return self._copy(verb, op)
            case RemoveCopied():
                self._remove_copied(verb)
            case RemoveKept():
                store, rel = self.at(verb.place)
                item = self.meant(verb.place, verb.size, verb.ino, verb.token, fresh=True)
                self._expect_kept(verb)
                store.remove(rel, item.ino)
            case Hide():
                return self._hide(verb)
            case Reveal():
                return self._reveal(verb)
            case RemoveHidden():
                store, rel = self.at(verb.place)
                if not same_object(store.hidden(rel, verb.ino), verb.size, verb.ino):
                    raise DriftedError(verb.place, "is no longer under a delete marker")
                store.remove_hidden(rel, verb.ino)
            case SetClass():
                return self._set_class(verb)
            case Thaw():
                store, rel = self.at(verb.place)
                self.meant(verb.place, verb.size, verb.ino)
                store.thaw(rel, verb.days, verb.tier)
            case Configure():
                self._configure(verb, verb.before, verb.after, "the plan saw")
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
                project=verb.project, began=began, mine=mine, progress=self._progress, cancel=self._cancelled,
            )  # fmt: skip
            return self._made(verb.dst, made, verb.token)
        found = source.fingerprint(src)
        if found != (verb.ino, verb.size, verb.mtime_ns) and not same(source.stat(src), verb.size, verb.mtime_ns, verb.ino):
            raise DriftedError(verb.src, "has changed since the plan was made")
        made = store.upload(
            src, source, dst, token=verb.token, storage_class=verb.storage_class,
            project=verb.project, began=began, mine=mine, progress=self._progress, cancel=self._cancelled,
        )  # fmt: skip
        return self._made(verb.dst, made, verb.token)

    def _copy(self, verb: CopyObject, op: int) -> Made:
        store, src = self.at(verb.src)
        to, dst = self.at(verb.dst)
        for left in self._parts.mine.pop(op, ()):
            to.abort(dst, left)

        def began(foreign: Sequence[str]) -> None:
            self._parts.begun(op, foreign)

        item = self.meant(verb.src, verb.size, verb.ino, verb.token)
        storage_class = verb.storage_class or item.storage_class
        made = store.copy_object(src, to, dst, token=verb.token, storage_class=storage_class, began=began, cancel=self._cancelled)
        return self._made(verb.dst, made, verb.token)

    def _made(self, place: str, stored: Stored, token: str) -> Made:
        item = stored.item
        made = Made(-1, item.ino, item.size, item.mtime_ns, stored.hash, stored.version)
        self.know(place, made, token)
        return made

    def _remove_copied(self, verb: RemoveCopied) -> None:
        """Remove an object whose copy stands. What comes between the look and the removal is lost where neither versions are kept
        nor the service compares what it removes."""
        store, rel = self.at(verb.place)
        copies, copy = self.at(verb.copy)
        there, made = copies.look(copy), self.brought_by(verb.copy, verb.token)
        is_it = made.is_it(there) if made is not None and there is not None else self.token_at(verb.copy) == verb.token
        if there is None or there.size != verb.size or not is_it:
            raise DriftedError(verb.copy, "is not the copy this run made")
        item = self.meant(verb.place, verb.size, verb.ino, verb.token, fresh=True)
        if store.root.versioned:
            self._put_under(verb.place, item)
        else:
            store.remove(rel, item.ino)

    def _hide(self, verb: Hide) -> Made:
        item = self.meant(verb.place, verb.size, verb.ino, fresh=True)
        return Made(-1, verb.ino, verb.size, verb.mtime_ns, "", self._put_under(verb.place, item))

    def _put_under(self, place: str, item: Item) -> str:
        """Put a delete marker over this very object, and return the marker's version id.

        What somebody put there between the look and the marker comes to light again: DriftedError.
        """
        store, rel = self.at(place)
        marker = store.hide(rel, item.ino)
        under = store.hidden(rel)
        if under is not None and not same_object(under, item.size, item.ino):
            store.reveal(rel)
            raise DriftedError(place, "has changed since the plan was made")
        return marker

    def _reveal(self, verb: Reveal) -> Made:
        store, rel = self.at(verb.place)
        if not same_object(store.hidden(rel, verb.ino), verb.size, verb.ino):
            raise DriftedError(verb.place, "is no longer under a delete marker")
        item = store.reveal(rel, verb.ino)
        return Made(-1, item.ino, item.size, item.mtime_ns)

    def _set_class(self, verb: SetClass) -> Made:
        store, rel = self.at(verb.place)
        self.meant(verb.place, verb.size, verb.ino, verb.token, fresh=True)
        return self._made(verb.place, store.set_class(rel, verb.after, token=verb.token, beneath=verb.beneath), verb.token)

    def _expect_kept(self, verb: RemoveKept) -> None:
        """Raise DriftedError unless what is to stand for an object holds its content: a file is read through."""
        root, rel = split(verb.kept)
        store = self._stores[root]
        if store.root.kind == "bucket":
            self.at(verb.kept)[0].look(rel)  # what was listed of it may be out of date
        if store.digest(rel) != verb.hash:
            raise DriftedError(verb.kept, f"does not hold what {verb.place} does any more")

    # Taking back.

    def take_back(self, verb: Verb, made: Made | None) -> None:
        """Undo one verb that was performed. Raises OSError, changing nothing, when what it made is not as it left it."""
        match verb:
            case Upload() | UploadPacked() | WriteObject() | CopyObject():
                self._take_object(verb.dst, verb.token, made)
            case RemoveCopied():
                self._bring_back(verb)
            case RemoveKept():
                self._bring_again(verb)
            case Hide():
                store, rel = self.at(verb.place)
                if made is not None and made.version:
                    store.remove_version(rel, made.version)
                item = store.look(rel)
                if item is None:
                    # A killed process put the marker down again before it could say so, or one lies over what was revealed since.
                    item = store.reveal(rel, verb.ino)
                if not same_object(item, verb.size, verb.ino):
                    raise DriftedError(verb.place, "is another object now: what this run hid stays hidden")
            case Reveal():
                self._put_under(verb.place, self.meant(verb.place, verb.size, verb.ino, fresh=True))
            case SetClass():
                self._class_back(verb)
            case Thaw():
                pass  # it expires by itself
            case RemoveHidden():
                raise DriftedError(verb.place, "is gone for good")
            case Configure():
                self._configure(verb, verb.after, verb.before, "the one this run set")
            case _:
                raise TypeError(f"{type(verb).__name__} is no verb of a bucket")

    def _configure(self, verb: Configure, expected: str, wanted: str, seen: str) -> None:
        """Give a bucket the document that is wanted, while it has the one that is expected. Raises DriftedError."""
        store, _ = self.at(f"{verb.root}:")
        if store.read_document(verb.what) != expected:
            raise DriftedError(f"{verb.root}:", f"has another {verb.what} than {seen}")
        store.write_document(verb.what, wanted)

    def _take_object(self, place: str, token: str, made: Made | None) -> None:
        store, rel = self.at(place)
        version = _version_of(store, rel)
        item = store.look(rel)
        if item is None or store.made_by(rel) != token:
            raise DriftedError(place, "was changed since this run made it")
        # Brought back once already, it is another object of the same content.
        if made is not None and not same_object(item, made.size, made.ino) and store.digest(rel) != made.hash:
            raise DriftedError(place, "is not what this run made there")
        if store.root.versioned:
            store.remove_version(rel, version)
        else:
            store.remove(rel, item.ino)

    def _bring_back(self, verb: RemoveCopied) -> None:
        """Bring back what was removed: from under its delete marker, else by copying its copy back. May run twice."""
        store, rel = self.at(verb.place)
        if self.is_back(verb):
            return
        brought = self.brought_before(verb.place, verb.token)
        for ino in (verb.ino, brought.ino if brought is not None else 0) if store.root.versioned else ():
            if ino and same_object(store.hidden(rel, ino), verb.size, ino):
                store.reveal(rel, ino)
                return
        copies, copy = self.at(verb.copy)
        there = copies.stat(copy)
        storage_class = verb.storage_class or (there.storage_class if there is not None else "")
        token = brought.token if brought is not None else verb.token
        copies.copy_object(copy, store, rel, token=token, storage_class=storage_class)

    def _bring_again(self, verb: RemoveKept) -> None:
        """Bring the content of a removed object from where it is kept. May run twice."""
        store, rel = self.at(verb.place)
        if self.is_meant(verb.place, verb.size, verb.ino, verb.token):
            return
        self._expect_kept(verb)
        root, kept = split(verb.kept)
        if self._stores[root].root.kind == "folder":
            store.upload(kept, self._folder(verb.kept)[0], rel, token=verb.token, storage_class=verb.storage_class)
        else:
            self.at(verb.kept)[0].copy_object(kept, store, rel, token=verb.token, storage_class=verb.storage_class)

    def _class_back(self, verb: SetClass) -> None:
        store, rel = self.at(verb.place)
        version = _version_of(store, rel)
        if self.token_at(verb.place) != verb.token:
            raise DriftedError(verb.place, "was changed since this run gave it another class")
        if store.root.versioned:
            store.remove_version(rel, version)
        else:
            store.set_class(rel, verb.before, token=verb.token)

    def give_up(self, verbs: Sequence[Verb], ids: Sequence[str]) -> None:
        """Give up what was under way at the key these verbs put an object at."""
        for store, rel in self.putting(verbs):
            for one in ids:
                store.abort(rel, one)


def _version_of(store: ObjectStore, rel: str) -> str:
    """Return the version to take back, "" for none. Asked before the object is looked at: what comes later has its own."""
    with suppress(FileNotFoundError):
        return store.details(rel).get("version", "") if store.root.versioned else ""
    return ""
