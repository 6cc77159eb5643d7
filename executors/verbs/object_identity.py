"""Objects known again: is it the one the plan saw, or one this run made, took away, or brought back? By ETag, size and token."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reshelve.executors.contracts.changed_since_plan import DriftedError, same_object
from reshelve.executors.contracts.object_store import AnyStore, ObjectStore, object_store
from reshelve.schemas.inventory import Item
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


@dataclass(slots=True, frozen=True)
class _Brought:
    """What this run made at a place: its identity, and the token it carries."""

    size: int
    ino: int
    token: str

    def is_it(self, item: Item) -> bool:
        return same_object(item, self.size, self.ino)


def _number(token: str) -> int:
    """Return the number of the operation that a token was made for."""
    return int(token.rpartition("-")[2])


class ObjectSight:
    """Looks at objects for one run. `_brought` is what it made at which places. Safe to share by threads."""

    def __init__(self, stores: Mapping[str, AnyStore]) -> None:
        self._stores = stores
        self._brought: dict[str, list[_Brought]] = {}

    def at(self, place: str) -> tuple[ObjectStore, str]:
        """Return the bucket and key of a place."""
        root, rel = split(place)
        return object_store(self._stores[root]), rel

    def know(self, place: str, made: Made, token: str) -> None:
        """Know again what this run made at a place, as its journal tells."""
        self._brought.setdefault(place, []).append(_Brought(made.size, made.ino, token))

    def brought_before(self, place: str, token: str) -> _Brought | None:
        """Return what the run made at a place before the operation of `token` came to it: the last of that, as it was made last."""
        found = [each for each in self._brought.get(place, ()) if token and _number(each.token) < _number(token)]
        return max(found, key=lambda each: _number(each.token)) if found else None

    def brought_by(self, place: str, token: str) -> _Brought | None:
        """Return what the operation of `token` made at a place, as it was made last, None where this process did not see that."""
        return next((each for each in reversed(self._brought.get(place, ())) if each.token == token), None)

    def meant(self, place: str, size: int, ino: int, token: str = "", *, fresh: bool = False) -> Item:
        """Return the object at a place when it is the one the plan saw, or one this run itself brought there or back."""
        store, rel = self.at(place)
        item = store.look(rel) if fresh else store.stat(rel)
        brought = self.brought_before(place, token)
        if item is not None and item.size == size:
            if item.ino == ino or (brought is not None and brought.is_it(item)):
                return item
            tokens = {token, brought.token if brought is not None else ""} - {""}
            if tokens and self.token_at(place) in tokens:
                return item
        raise DriftedError(place, "is gone" if item is None else "has changed since the plan was made")

    def is_meant(self, place: str, size: int, ino: int, token: str) -> bool:
        """Say whether the object at a place is the one the plan saw, or one this run brought there or back (`token`)."""
        try:
            self.meant(place, size, ino, token, fresh=True)
        except DriftedError:
            return False
        return True

    def token_at(self, place: str) -> str:
        """Return the token of the object at a place, "" where there is none, it has none, or it was written anew since."""
        store, rel = self.at(place)
        return store.made_by(rel) if store.look(rel) is not None else ""

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

    # Telling apart.

    def stands(self, verb: Verb, verbs: Sequence[Verb], later: Sequence[tuple[str, str]]) -> bool | None:
        """Say whether a verb stands performed; None when that cannot be told.

        `later` are the (place, token) where other operations of the plan bring the same object on to.
        """
        match verb:
            case Upload() | UploadPacked() | WriteObject():
                return self.token_at(verb.dst) == verb.token
            case CopyObject():
                return self.token_at(verb.dst) == verb.token or any(self.token_at(place) == token for place, token in later)
            case RemoveCopied():
                copied = next(one for one in verbs if isinstance(one, CopyObject))
                # Nothing is removed before its copy stands.
                return self.stands(copied, verbs, later) and not self.is_back(verb)
            case RemoveKept():
                return not self.is_meant(verb.place, verb.size, verb.ino, verb.token)
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

    def is_half_done(self, verb: Verb) -> bool:
        """Say whether an object stands that has not the class it was to get, or, of an archive, whose hash is not recorded.

        Both are done by a copy onto itself, after what was sent has arrived whole.
        """
        if not isinstance(verb, Upload | UploadPacked):
            return False
        store, rel = self.at(verb.dst)
        item = store.look(rel)
        if item is None or self.token_at(verb.dst) != verb.token:
            return False
        wrong_class = verb.storage_class not in ("", item.storage_class)
        return wrong_class or (isinstance(verb, UploadPacked) and not store.details(rel).get("hash"))

    def is_back(self, verb: RemoveCopied) -> bool:
        """Say whether what was to be removed stands: not another object of the same content, which this run brought there since."""
        found, brought = self.token_at(verb.place), self.brought_before(verb.place, verb.token)
        run = f"{verb.token.rpartition('-')[0]}-"
        if found.startswith(run) and found not in (verb.token, brought.token if brought is not None else ""):
            return False
        return self.is_meant(verb.place, verb.size, verb.ino, verb.token)

    def unfinished(self, verbs: Sequence[Verb], foreign: Sequence[str]) -> list[str]:
        """Return the ids of uploads under way at the key these verbs put an object at that were not there (`foreign`) before."""
        return [one for store, rel in self.putting(verbs) for one in store.uploads(rel) if one not in foreign]

    def putting(self, verbs: Sequence[Verb]) -> list[tuple[ObjectStore, str]]:
        """Return the bucket and key at which verbs of one operation put an object, if they do."""
        return [self.at(verb.dst) for verb in verbs if isinstance(verb, Upload | UploadPacked | CopyObject)]
