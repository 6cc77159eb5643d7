"""What every step of an undo needs: what still stands as the run left it, a free place to bring it to, and the trash."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, cast

from reshelve.planner.buckets.transfer_routes import one_service, put_away_in, route_of
from reshelve.planner.ports.store_reader import BucketReader, Readers
from reshelve.planner.undo.by_content import LINK, ByContent, may_be_restored
from reshelve.planner.undo.later_runs import Identity, Since
from reshelve.planner.undo.names_left_behind import Twin
from reshelve.planner.undo.obstacles import Obstacle
from reshelve.planner.undo.swap_detours import is_aside
from reshelve.planner.undo.undo_blocked import BlockedError
from reshelve.planner.undo.undo_folders import UndoFolders
from reshelve.planner.undo.undo_space import UndoRoom
from reshelve.planner.undo.undo_tree import UndoTree, ready_after, spot
from reshelve.schemas.archived_classes import is_frozen
from reshelve.schemas.differences import difference
from reshelve.schemas.inventory import Item, Root, proof, same, tells_changes, tells_writes
from reshelve.schemas.locations import TRASH, encode_path, printable, split
from reshelve.schemas.operations import AnyOperation, Copy, Download, Move, Trash, Upload
from reshelve.schemas.operations.trash import Kept
from reshelve.schemas.plan import Rested
from reshelve.schemas.quantities import time_ns
from reshelve.schemas.run_record import Run
from reshelve.schemas.verbs import Witness


class UndoWork:
    """Collects the operations of one undo, in order, tried on what stands now. `narrow`, `away`, `by_content` as for UndoSteps."""

    def __init__(
        self,
        run: Run,
        history: Since,
        readers: Readers,
        *,
        narrow: bool,
        away: Mapping[str, str],
        by_content: ByContent | None = None,
    ) -> None:
        self.operations: list[AnyOperation] = []
        self.obstacles: list[Obstacle] = []
        self.run = run
        self.history = history
        self.readers = readers
        self.by_content = by_content
        self.tree = UndoTree(readers, self.operations)
        self.room = UndoRoom(readers, self.tree)
        again = run.plan.of if run.plan.command == "undo" else ""
        self.because = f"does again run {again}" if again else f"takes back run {run.id}"
        self.folders = UndoFolders(run, readers, self.tree, self.operations, self.because, narrow=narrow)
        self.asides: dict[str, tuple[Item, str, str]] = {}
        self.rested: list[Rested] = []
        self.inside: dict[str, dict[str, str]] = {}
        self.away = away
        self._stays: set[str] = set()
        self._missing: set[str] = set()

    def note(self, index: int, here: str, back: str, code: str, place: str, what: str, *, restored: bool = False) -> None:
        """Note what stands in the way of taking back operation `index`, which was to go from `here` to `back`."""
        self.obstacles.append(Obstacle(index, here, back, code, place, f"{printable(place)} {what}.", restored))
        if here:
            self._stays.add(here)
        if back:
            self._missing.add(back)

    def missing_below(self, place: str) -> str:
        """Return a place below a folder to which something is not brought back, or ""."""
        above = f"{place.rstrip('/')}/"
        return min((each for each in self._missing if each.startswith(above)), default="")

    def refuse_away(self, *places: str) -> None:
        """Raise BlockedError for a place in a store that is not available."""
        for place in places if self.away else ():
            why = self.away.get(split(place)[0]) if place else None
            if why:
                raise BlockedError("store-unavailable", place, f"is in a store that is not available: {why}")

    def root(self, place: str) -> Root:
        """Return the root a place is in."""
        return self.readers[spot(place)[0]].root

    def bucket(self, place: str) -> tuple[BucketReader, str]:
        """Return the reader of the bucket a place is in, and its key."""
        root, rel = split(place)
        return cast(BucketReader, self.readers[root]), rel

    def identity_of(self, index: int) -> Identity:
        """Return the identity by which what an operation brought to its place is known again."""
        operation = self.run.plan.operations[index]
        place = operation.makes or operation.reads or ""
        redone = self.history.made.get(place)
        if redone is not None:
            return redone
        made = self.run.made.get(index)
        if made is not None:
            return made.size, made.mtime_ns, made.ino
        if isinstance(operation, Move) and not operation.across:
            return operation.size, operation.mtime_ns, operation.ino
        raise BlockedError("not-told", place, "cannot be told apart from another file: the run left no record of what it made")

    def recorded(self, index: int) -> str:
        """Return the hash of what an operation brought to its place, or what the link holds; "" where the run did not record it."""
        operation, made = self.run.plan.operations[index], self.run.made.get(index)
        if isinstance(operation, Move) and operation.item == "link" and operation.text:
            return f"{LINK}{operation.text}"
        if isinstance(operation, Trash):
            return operation.hash
        return made.hash if made is not None else ""

    def still(self, place: str, known: Identity, content: str = "", by: str = "", held: str = "") -> Item:
        """Return what stands at `place` when it is still what the run left there.

        `content` is its hash, where a later run may have brought that again; `by` the token of an object that the run made, which
        some services give another time than they first said; `held` what it held, by which an undo by content knows it.
        """
        item = self.tree.item(place)
        if item is None:
            if place in self._missing:
                raise BlockedError("depends", place, "is not brought back, and this needs it")
            if in_trash(place):
                raise BlockedError("gone-for-good", place, "is no longer in the trash")
            raise BlockedError("gone", place, "is gone")
        size, mtime_ns, ino = known
        if same(item, size, mtime_ns, ino):
            return item
        if content and self.history.brought_again(place, item, content):
            return item
        if self.history.only_reclassed(place, item, known):
            return item
        if by and self.root(place).kind == "bucket" and (item.size, item.ino) == (size, ino) and self._token(place) == by:
            return item
        if place in self._missing:
            raise BlockedError("depends", place, "is something else until another file is back")
        if self.is_held(place, item, known, content or held):
            return item
        restored = self.by_content is None and may_be_restored(item, known)
        raise BlockedError("changed", place, self._how(place, item, known, content or held), restored=restored)

    def is_held(self, place: str, item: Item, known: Identity, content: str) -> bool:
        """Say whether an undo by content knows `item` for what stood at `place`. Raises BlockedError where it is archived."""
        if self.by_content is None:
            return False
        self.readable(place, item)
        return self.by_content.holds(place, item, known, content, self.readers, self.tree.origin(place))

    def _how(self, place: str, item: Item, known: Identity, content: str) -> str:
        size, mtime_ns, ino = known
        how = difference(item, size, mtime_ns, ino, "when this run left it")
        if self.by_content is None or item.kind != "file" or item.size != size:
            return how
        if self.by_content.unrecorded(place, known, content):
            return f"{how}; what it held then was never recorded"
        return "holds other content than when this run left it"

    def _token(self, place: str) -> str:
        reader, rel = self.bucket(place)
        return reader.made_by(rel)

    def bring(self, here: str, item: Item, back: str, text: str, twin: Twin | None = None) -> None:
        """Add the operation that brings what stands at `here` to `back`, whatever lies between; `text` is what a link holds."""
        tree, kept_text = self.tree, text
        self.free(back)
        made_folder = self.folders.stand_for(back)
        index = len(self.operations)
        needs = {made_folder, tree.freed_by(back), tree.brought_by(here)}
        route = route_of(self.root(here), self.root(back))
        if route == "folders":
            self._rename(here, item, back, text, twin, needs)
        else:
            self._carry(route, here, item, back, ready_after(needs))
        tree.take(here, index)
        if twin is not None and route == "folders" and (fs := tree.filesystem(back)[0]) != tree.filesystem(here)[0]:
            # It is that file again, by a link.
            item = replace(item, ino=twin[1], fs=fs)
        tree.put(back, item, index, here)
        self.asides.pop(here, None)
        if is_aside(back):
            self.asides[back] = item, here, kept_text

    def _rename(self, here: str, item: Item, back: str, text: str, twin: Twin | None, needs: set[int]) -> None:
        tree = self.tree
        here_fs, top = tree.filesystem(here)
        across = here_fs != tree.filesystem(back)[0]
        link = item.kind == "link"
        linked_to, linked_ino = "", 0
        if across:
            if link and not text:
                text = encode_path(self.readers[split(here)[0]].read_link(split(here)[1]))
            if not link:
                linked_to, linked_ino = twin or (self.room.copied_once(here_fs, item, back), 0)
        if linked_to:
            needs.add(tree.brought_by(linked_to))
        if across:
            self.folders.keep_time(here, top)
        else:
            top = text = ""
        kind: Literal["file", "link"] = "link" if link else "file"
        seen = item.size, item.mtime_ns, item.ino
        self.operations.append(
            Move(
                here,
                back,
                *seen,
                item=kind,
                across=across,
                top=top,
                linked_to=linked_to,
                linked_ino=linked_ino,
                text=text,
                nlink=item.nlink,
                because=self.because,
                needs=ready_after(needs),
            )
        )

    def _carry(self, route: str, here: str, item: Item, back: str, ready: tuple[int, ...]) -> None:
        """Add the operation that brings a thing into a bucket, out of one, or from one to another."""
        seen, because = (item.size, item.mtime_ns, item.ino), self.because
        if route == "upload":
            top = self.tree.filesystem(here)[1]
            self.folders.keep_time(here, top)
            self.operations.append(Upload(here, back, *seen, takes=True, top=top, because=because, needs=ready))
            return
        self.readable(here, item)
        if route == "download":
            self.room.copied_once(self.tree.filesystem(here)[0], item, back)
            away = put_away_in(self.root(here))
            self.operations.append(Download(here, back, *seen, away=away, because=because, needs=ready))
            return
        if not one_service(self.root(here).fs, self.root(back).fs):
            raise BlockedError("two-services", here, "is in a bucket of another service now")
        self.operations.append(Move(here, back, *seen, across=True, because=because, needs=ready, objects=True))

    def left_alone(self, place: str, item: Item) -> bool:
        """Say whether nobody touched a file since the run, or a redo of it, left it there, as its change time tells."""
        ended = self.history.ended.get(place, self.run.ended)
        return bool(ended) and tells_changes(item.fs) and item.ctime_ns <= time_ns(ended)[0]

    def expect_as_left(self, place: str, item: Item, content: str) -> None:
        """Raise BlockedError where a file that is to go holds, or may hold, something else than when the run left it.

        `content` is the hash of that, "" where it is not known: then nobody may have touched it, as far as the file system tells
        that by this machine's clock. An object is known by its ETag. Raises OSError.
        """
        if item.kind != "file" or not item.size or self.root(place).kind == "bucket" or self.tree.brought_by(place) >= 0:
            return
        if self.left_alone(place, item):
            return
        if content and self.digest(place) != content:
            raise BlockedError("changed", place, "holds other content than when this run left it")
        if not content and tells_writes(item.fs) and (self.by_content is None or not self.by_content.told(place)):
            what = "was touched since this run left it, and what it held then was not recorded, so it stays"
            raise BlockedError("changed", place, what)

    def digest(self, place: str) -> str:
        """Return the content hash of the file at a place. Raises OSError."""
        root, rel = split(place)
        return self.readers[root].digest(rel)

    def readable(self, place: str, item: Item) -> None:
        """Raise BlockedError for an archived object that is not thawed: nothing can be done with its content."""
        if is_frozen(item):
            raise BlockedError("archived", place, f"is archived ({item.storage_class}), and has to be thawed first")

    def trash(
        self,
        here: str,
        item: Item,
        needs: tuple[int, ...] = (),
        kept: Kept | None = None,
        rested: Rested | None = None,
    ) -> None:
        """Add the operation that puts what stands at `here` out of sight. `kept`: where its content may stand too.

        `rested` is where it must stand (planner.undo.last_copies); without it, ask `expect_as_left` before. An archived object that
        could only be copied to the trash is removed instead, while `kept` is seen to hold the same.
        """
        away = put_away_in(self.root(here))
        if away == "copy" and is_frozen(item) and kept is not None and self._holds(kept):
            away = "kept"
        elif away == "copy":
            self.readable(here, item)
        index = len(self.operations)
        top = self.tree.filesystem(here)[1]
        if not away:
            self.folders.keep_time(here, top)
        brought = (witness.op for witness in rested.witnesses) if rested is not None else ()
        ready = ready_after({self.tree.brought_by(here), *needs, *brought})
        kept = kept if away == "kept" else None
        content, witnesses = (rested.hash, rested.witnesses) if rested is not None and kept is None else ("", ())
        seen = item.size, item.mtime_ns, item.ino
        files, inside = self._inside(here) if item.kind == "dir" else (-1, 0)
        self.operations.append(
            Trash(
                here,
                *seen,
                files=files,
                inside=inside,
                top=top,
                because=self.because,
                needs=ready,
                away=away,
                kept=kept,
                hash=content,
                witnesses=witnesses,
                ctime_ns=proof(item) if not (away or witnesses or self.tree.brought_by(here) >= 0) else -1,
            )
        )
        self.tree.take(here, index)

    def _inside(self, here: str) -> tuple[int, int]:
        """Return how many files a folder holds, and their bytes. Raises OSError."""
        root, rel = split(self.tree.origin(here))
        sizes = [each.size for each in self.readers[root].walk(rel).items if each.kind != "dir"]
        return len(sizes), sum(sizes)

    def note_rested(self, operation: Trash) -> None:
        """Note of what was just brought back why it had gone, for a redo."""
        if operation.witnesses:
            witnesses = tuple(map(self._as_made, operation.witnesses))
            self.rested.append(Rested(len(self.operations) - 1, operation.hash, witnesses))

    def _as_made(self, witness: Witness) -> Witness:
        """Return a witness that the run made with the identity that it got."""
        made = self.run.made.get(witness.op)
        if made is None:
            return witness
        return replace(witness, op=-1, size=made.size, mtime_ns=made.mtime_ns, ino=made.ino)

    def kept_at(self, place: str, index: int, item: Item) -> Kept:
        """Return where the content of what operation `index` made should stand too, and in which class that is now."""
        made = self.run.made.get(index)
        return Kept(place, made.hash if made is not None else "", item.storage_class)

    def bring_again(self, kept: Kept, back: str) -> None:
        """Add the operation that brings an object there again that was removed because `kept` holds the same."""
        if not self._holds(kept):
            raise BlockedError("changed", kept.place, f"no longer has the content of {printable(back)}")
        self.free(back)
        item = self.tree.item(kept.place)
        assert item is not None
        seen = item.size, item.mtime_ns, item.ino
        ready = ready_after({self.tree.freed_by(back), self.tree.brought_by(kept.place)})
        index = len(self.operations)
        if self.root(kept.place).kind == "folder":
            again: AnyOperation = Upload(kept.place, back, *seen, kept.storage_class, because=self.because, needs=ready)
        else:
            again = Copy(kept.place, back, *seen, "object", self.because, ready, kept.storage_class)
        self.operations.append(again)
        self.tree.put(back, item, index, "")

    def _holds(self, kept: Kept) -> bool:
        """Say whether a place holds the content it is said to: a file is read through, and an object of which that is not known.

        Raises BlockedError where that would have to be thawed first.
        """
        item = self.tree.item(kept.place)
        if not kept.hash or item is None or item.kind != "file" or self.tree.brought_by(kept.place) >= 0:
            return False
        root, rel = split(kept.place)
        try:
            return self.readers[root].digest(rel) == kept.hash
        except BlockingIOError:
            self.readable(kept.place, item)
            raise

    def free(self, place: str) -> None:
        """Raise BlockedError where a place is taken."""
        if not self.tree.taken(place):
            return
        if place in self._stays:
            raise BlockedError("depends", place, "is still taken by what is not taken back")
        raise BlockedError("in-the-way", place, "is taken: something else is there now")


def in_trash(place: str) -> bool:
    """Say whether a place lies in a trash folder."""
    return TRASH in place and f"/{TRASH}/" in f"/{split(place)[1]}"
