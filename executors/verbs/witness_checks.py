"""Witnesses looked at: content goes to the trash because it stands elsewhere only while it does, right before and right after.

What planning knew may be old: a plan waits, a run is long, other programs go on. So the bytes of what goes are read in the run that
lets go of them, and each witness is looked at twice. Nothing here changes anything, but for an empty file of the run's own that
stands for a moment where one folder may be seen in two ways.
"""

import unicodedata
from collections.abc import Mapping

from reshelve.executors.archives.whole_archives import is_whole
from reshelve.executors.contracts.changed_since_plan import DriftedError, SameFileError, reading
from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.contracts.object_store import AnyStore, folder_store, object_store
from reshelve.executors.verbs.original_removal import LettingGo
from reshelve.schemas.inventory import Item, hides_writes, lasting_inodes, proof, same, tells_changes, tells_writes
from reshelve.schemas.locations import decode_path, is_own, join, name, parent, printable, split
from reshelve.schemas.operations import AnyOperation, Trash
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import Confirm, Witness

_CHANGED = "has changed, so the other copy stays"

_Seen = tuple[str, str, int, int, int]
"""An archive that was read through: root, path, inode, size and change time."""


class Witnesses:
    """Confirms for one run. `made` is what the run made so far, by operation; `letting_go` tells whether anybody may write."""

    def __init__(self, stores: Mapping[str, AnyStore], made: Mapping[int, Made], letting_go: LettingGo) -> None:
        self._stores = stores
        self._letting_go = letting_go
        self._read: dict[str, int] = {}
        self._inside: dict[str, dict[str, Item]] = {}
        self._made = made
        self._changed: dict[str, int] = {}
        self._at_start: dict[str, int] = {}
        self._published: dict[str, int] = {}
        self._confirmed: dict[str, int] = {}
        self._contents: dict[str, str] = {}
        self._read_anew: dict[str, str] = {}
        self._archives: dict[_Seen, dict[str, str]] = {}
        self._whole: set[_Seen] = set()
        self._one_folder: dict[tuple[str, str], bool] = {}

    def note(self, operations: list[AnyOperation]) -> None:
        """Note when what is to go after this run copied it was last changed: as long as that stays, the run has read its bytes."""
        for operation in operations:
            made = [witness.place for witness in operation.witnesses if witness.op >= 0] if isinstance(operation, Trash) else []
            if made:
                place = operation.reads or ""
                item = self._look(place)
                if item is not None and item.kind != "file" and tells_changes(item.fs):
                    self._changed[place] = item.ctime_ns
                elif item is not None and not self._at_bucket(place):
                    self._changed[place] = self._letting_go.vouch(place)
                    self._at_start[place] = item.ctime_ns if tells_changes(item.fs) else -1

    def published(self, place: str) -> None:
        """Note when what this run made got its name: as long as its change time stays, it holds what was read back.

        Where that cannot be looked at, it is read when it matters: what has its name already must not be told as failed.
        """
        root, rel = split(place)
        try:
            item = self._stores[root].stat(rel)
        except OSError:
            return
        if item is not None and tells_writes(item.fs):
            self._published[place] = item.ctime_ns

    def read_at(self, place: str) -> int:
        """Return the change time of what goes, as it was when it was last confirmed, -1 where that was not or proves nothing."""
        return self._read.get(place, -1)

    def forget(self) -> None:
        """Forget which folders are one: mounts may have changed."""
        self._one_folder.clear()

    def confirm(self, verb: Confirm) -> None:
        """Raise DriftedError, naming the place, unless what goes is what the plan saw and each witness holds it too."""
        if verb.gone:
            self._expect_unchanged_inside(verb)
            for witness in verb.witnesses:
                item = self._there(witness)
                # A further name of what went has its inode, whose change time is that of the rename.
                if item.ino != verb.ino and item.ctime_ns != self._confirmed.get(witness.place, item.ctime_ns):
                    raise DriftedError(witness.place, f"has changed, so {_stays(witness)}")
            self._expect_still(verb)
            return
        own = self._look(verb.place)
        if not self._is(verb.place, own, verb.size, verb.mtime_ns, verb.ino):
            raise DriftedError(verb.place, "is gone" if own is None else "has changed since the plan was made")
        assert own is not None
        found = [(witness, self._there(witness)) for witness in verb.witnesses]
        self._confirmed = {witness.place: item.ctime_ns for witness, item in found if tells_changes(item.fs)}
        for witness, item in found:
            self._expect_apart(verb, own, witness, item)
        if self._expect_backups(found) and not verb.hash:
            return  # what goes is told by its change time: no copy of it stands for it
        if own.kind == "dir":
            self._expect_whole(verb, found)
        elif own.kind == "file" and own.size:
            self._expect_content(verb, own, found)
            now = self._look(verb.place)
            touched = now is not None and now.ctime_ns != own.ctime_ns and tells_changes(own.fs)
            if touched or not self._is(verb.place, now, own.size, own.mtime_ns, own.ino):
                raise DriftedError(verb.place, "was changed as it was read")
        self._read[verb.place] = proof(own)

    def _expect_backups(self, found: list[tuple[Witness, Item]]) -> bool:
        """Raise DriftedError unless each backup among the witnesses is whole; say whether there is nothing else among them."""
        for witness, item in found:
            if witness.holding == "whole" and not self._untouched(witness, item):
                self._expect_backup(witness.place, item)
        return bool(found) and all(witness.holding == "whole" for witness, _ in found)

    def _expect_backup(self, place: str, item: Item) -> None:
        """Raise DriftedError unless the archive at a place, read through once while it stays the same, is whole."""
        root, rel = split(place)
        key = root, rel, item.ino, item.size, item.ctime_ns
        if key in self._whole or self._at_bucket(place):
            return
        try:
            whole = is_whole(self._stores[root], rel)
        except OSError as trouble:
            why = f"cannot be read through ({trouble.strerror or trouble})"
            raise DriftedError(place, f"{why}, so earlier backups stay") from trouble
        if not whole:
            raise DriftedError(place, "does not hold what its comment says it holds, so earlier backups stay")
        self._whole.add(key)

    def stands(self, verb: Confirm) -> bool:
        """Say whether each witness is there still. Raises OSError where one cannot be looked at."""
        try:
            for witness in verb.witnesses:
                self._there(witness)
        except DriftedError:
            return False
        return True

    def expect_held(self, verb: Confirm) -> None:
        """Raise DriftedError, naming it, unless each witness of what went long ago holds that still: it is read again."""
        for witness in verb.witnesses:
            item, made = self._look(witness.place), self._made.get(witness.op)
            known = (made.size, made.mtime_ns, made.ino) if made is not None else (witness.size, witness.mtime_ns, witness.ino)
            if item is None or not self._is(witness.place, item, *known):
                raise DriftedError(witness.place, "is gone" if item is None else "has changed")
            if witness.holding == "whole":
                self._expect_backup(witness.place, item)
                continue
            if witness.holding == "part" or item.kind != "file" or self._at_bucket(witness.place):
                continue
            if made is not None and made.hash:
                held = self._read_anew.get(witness.place) or self._digest(witness.place)
                self._read_anew[witness.place] = held
                lacking = held != made.hash
            else:
                lacking = bool(verb.hash) and self._held(verb, witness, item) != verb.hash
            if lacking:
                raise DriftedError(witness.place, "does not hold what it did")

    # Identity.

    def _look(self, place: str) -> Item | None:
        root, rel = split(place)
        store = self._stores[root]
        if store.root.kind == "bucket":
            return object_store(store).look(rel)
        store.forget()
        return store.stat(rel)

    def _is(self, place: str, item: Item | None, size: int, mtime_ns: int, ino: int) -> bool:
        if item is not None and self._stores[split(place)[0]].root.kind == "bucket":
            return item.kind == "file" and item.size == size and item.ino == ino
        if item is not None and item.kind == "dir":
            return item.ino == ino or not lasting_inodes(item.fs)
        return same(item, size, mtime_ns, ino)

    def _there(self, witness: Witness) -> Item:
        """Return what stands at a witness's place, when it is what should."""
        made = self._made.get(witness.op)
        known = (made.size, made.mtime_ns, made.ino) if made is not None else (witness.size, witness.mtime_ns, witness.ino)
        item = self._look(witness.place)
        if item is None:
            raise DriftedError(witness.place, f"is gone, so {_stays(witness)}")
        if not self._is(witness.place, item, *known):
            raise DriftedError(witness.place, f"has changed, so {_stays(witness)}")
        return item

    # Content.

    def _expect_content(self, verb: Confirm, own: Item, found: list[tuple[Witness, Item]]) -> None:
        """Raise DriftedError unless what goes holds what was planned, and each witness holds the same."""
        content = verb.hash or self._downloaded(verb, found)
        just_read = self._just_read(verb, own, found)
        as_published = not found and self._published.get(verb.place) == own.ctime_ns
        if not just_read and not as_published and not self._at_bucket(verb.place):
            content = self._digest(verb.place)
            if verb.hash and content != verb.hash:
                raise DriftedError(verb.place, "has different content from when this was planned")
            if any(hides_writes(item.fs) for item in (own, *(item for _, item in found))):
                self._contents = {verb.place: content}
        for witness, item in found:
            if witness.holding == "whole":
                continue
            if witness.holding == "part":
                self._expect_part(verb, own, witness, item)
            elif just_read and self._untouched(witness, item):
                continue  # this run made it of the bytes that go
            elif witness.holding == "within" and self._at_bucket(witness.place):
                self._expect_unread(verb, own, witness)
            elif self._held(verb, witness, item) != (content or self._digest(verb.place)):
                raise DriftedError(witness.place, f"does not hold what {printable(verb.place)} does, which stays")

    def _downloaded(self, verb: Confirm, found: list[tuple[Witness, Item]]) -> str:
        """Return the hash of an object that this run downloaded to its only witness: it is not fetched again. "" for others."""
        made = self._made.get(found[0][0].op) if len(found) == 1 and self._at_bucket(verb.place) else None
        return made.hash if made is not None else ""

    def _expect_still(self, verb: Confirm) -> None:
        """Read what went, and what is the same, once more where nothing but that tells whether somebody wrote to it meanwhile."""
        content = self._contents.pop(verb.place, "")
        places = [(witness.place, witness.place) for witness in verb.witnesses if witness.holding == "same"]
        for place, told in [*places, (verb.at, verb.place)] if content else ():
            if not place or self._at_bucket(place):
                continue
            item = self._look(place)
            if item is None or (hides_writes(item.fs) and item.kind == "file" and self._digest(place) != content):
                raise DriftedError(told, "was changed just now, so both copies stay")

    def _just_read(self, verb: Confirm, own: Item, found: list[tuple[Witness, Item]]) -> bool:
        """Say whether this run read what goes when it made the witnesses, and nobody touched it since."""
        made_here = all(witness.op >= 0 and witness.op in self._made for witness, _ in found)
        return not verb.hash and made_here and self._changed.get(verb.place) == own.ctime_ns

    def _untouched(self, witness: Witness, item: Item) -> bool:
        """Say whether a witness needs no reading: nobody touched it since planning read it, or since this run read it back."""
        if self._at_bucket(witness.place):
            return True
        known = self._published.get(witness.place, -1) if witness.op >= 0 else witness.ctime_ns
        return known == item.ctime_ns and tells_writes(item.fs)

    def _held(self, verb: Confirm, witness: Witness, item: Item) -> str:
        """Return the content hash of what a witness holds: known, or read now."""
        if witness.holding == "within":
            if witness.op < 0 and verb.hash and self._untouched(witness, item):
                return verb.hash  # as planning read it
            return self._archive(witness.place, item).get(witness.member, "")
        made = self._made.get(witness.op)
        known = made.hash if made is not None else verb.hash if witness.op < 0 else ""
        return known if known and self._untouched(witness, item) else self._digest(witness.place)

    def _expect_unread(self, verb: Confirm, own: Item, witness: Witness) -> None:
        """An archive in a bucket is not read again: its ETag says it is the one this run packed, or that planning read.

        Raises DriftedError where what goes was touched since it was packed. Where nobody vouches for it (`LettingGo.vouch`), its
        change time has to be what it was, if the file system tells it, and no program may have it open for writing.
        """
        if witness.op < 0 or verb.place not in self._changed:
            return
        began = self._at_start.get(verb.place, own.ctime_ns)
        root = split(verb.place)[0]
        if own.kind != "file" or began not in (-1, own.ctime_ns) or folder_store(self._stores[root]).being_written([own]):
            raise DriftedError(verb.place, "has changed since it was packed, so it stays")

    def _expect_part(self, verb: Confirm, own: Item, witness: Witness, item: Item) -> None:
        """Raise DriftedError unless a file that an archive was made of holds what the archive, which goes, says it did."""
        if self._untouched(witness, item) or item.kind != "file":
            return
        if self._at_bucket(verb.place):
            if witness.ctime_ns >= 0:
                raise DriftedError(witness.place, _CHANGED)
        elif self._archive(verb.place, own).get(witness.member) != self._digest(witness.place):
            raise DriftedError(witness.place, _CHANGED)

    def _archive(self, place: str, item: Item) -> dict[str, str]:
        """Return the content hash of each file in an archive, read through once while it stays the same."""
        root, rel = split(place)
        key = root, rel, item.ino, item.size, item.ctime_ns
        if key not in self._archives:
            with reading(place):
                self._archives = {key: {member.rel: content for member, content in self._stores[root].archived(rel)}}
        return self._archives[key]

    def _digest(self, place: str) -> str:
        root, rel = split(place)
        with reading(place):
            return self._stores[root].digest(rel)

    def _expect_whole(self, verb: Confirm, found: list[tuple[Witness, Item]]) -> None:
        """Raise DriftedError unless every file in a folder that goes is in an archive that it rests on."""
        root, rel = split(verb.place)
        store = self._stores[root]
        listing = store.walk(rel)
        if listing.unreadable:
            raise DriftedError(join(root, min(listing.unreadable)), "cannot be read, so the folder stays")
        self._inside[verb.place] = {each.rel[len(rel) + 1 :]: each for each in listing.items if each.kind == "file"}
        held: dict[str, set[str]] = {}
        for witness, item in found:
            for member, content in self._archive(witness.place, item).items():
                held.setdefault(decode_path(member), set()).add(content)
        archives = " or ".join(printable(witness.place) for witness, _ in found)
        for below, inside in self._inside[verb.place].items():
            if self._digest(join(root, inside.rel)) not in held.get(below, ()):
                raise DriftedError(join(root, inside.rel), f"is not in {archives} as it is, so the folder stays")

    def _expect_unchanged_inside(self, verb: Confirm) -> None:
        """Raise DriftedError where a file in a folder that went is not as it was when the archive was found to hold it."""
        inside = self._inside.pop(verb.place, None)
        if inside is None or not verb.at:
            return
        root, rel = split(verb.at)
        listing = self._stores[root].walk(rel)
        there = {each.rel[len(rel) + 1 :]: each for each in listing.items if each.kind == "file" and not is_own(name(each.rel))}
        for below in sorted(inside.keys() | there.keys()):
            was, now = inside.get(below), there.get(below)
            if was is None or not same(now, was.size, was.mtime_ns, was.ino, was.ctime_ns):
                raise DriftedError(f"{verb.place}/{below}", "was changed as the folder went, so that stays")

    # One thing seen in two ways.

    def _expect_apart(self, verb: Confirm, own: Item, witness: Witness, item: Item) -> None:
        """Raise DriftedError where a witness is the very thing that is to go, seen through another mount or view."""
        if witness.holding != "same" or self._at_bucket(verb.place) or self._at_bucket(witness.place):
            return
        if own.fs == item.fs and lasting_inodes(own.fs):
            if own.ino != item.ino:
                return
            if own.nlink < 2:
                raise SameFileError(witness.place, verb.place)
        if _alike(verb.place, witness.place) and self._one(verb, witness):
            raise SameFileError(witness.place, verb.place)

    def _one(self, verb: Confirm, witness: Witness) -> bool:
        """Say whether the folders of two places are one: an empty file put into the first is seen in the second."""
        root, rel = split(verb.place)
        other, at = split(witness.place)
        folders = join(root, parent(rel)), join(other, parent(at))
        if folders[0] == folders[1]:
            return verb.place == witness.place
        if folders not in self._one_folder:
            self._one_folder[folders] = self._seen_in(verb.tmp, folder_store(self._stores[other]), parent(at))
        return self._one_folder[folders]

    def _seen_in(self, tmp: str, other: Store, folder: str) -> bool:
        root, rel = split(tmp)
        store = folder_store(self._stores[root])
        store.write_to(b"", rel)
        try:
            other.forget()
            return other.stat(f"{folder}/{name(rel)}" if folder else name(rel)) is not None
        finally:
            store.remove(rel)

    def _at_bucket(self, place: str) -> bool:
        return self._stores[split(place)[0]].root.kind == "bucket"


def _stays(witness: Witness) -> str:
    return "earlier backups stay" if witness.holding == "whole" else "the other copy stays"


def _alike(one: str, other: str) -> bool:
    """Say whether two places end in names that some file system may take for one."""
    return _folded(one) == _folded(other)


def _folded(place: str) -> str:
    return unicodedata.normalize("NFC", name(split(place)[1])).casefold()
