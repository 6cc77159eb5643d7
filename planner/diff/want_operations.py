"""From wants to operations: one want, one operation, or two where it steps aside first."""

from dataclasses import replace
from typing import Literal

from reshelve.planner.buckets.storage_classes import Classes
from reshelve.planner.buckets.thaws import readable_beneath
from reshelve.planner.buckets.transfer_routes import project_of, put_away_in, route_of
from reshelve.planner.diff import packing
from reshelve.planner.wants.free_space import Room
from reshelve.planner.wants.root_choice import needed
from reshelve.planner.wants.want import Folder, Want
from reshelve.planner.wants.witnesses import content_of, witness_of
from reshelve.schemas.facts import Facts, identifying
from reshelve.schemas.inventory import Item, proof
from reshelve.schemas.locations import TEMPORARY, join
from reshelve.schemas.operations import AnyOperation, Copy, Download, Link, MakeDir, Move, Transition, Trash, Upload, Write
from reshelve.schemas.operations.make_dir import NEEDED


class Emitter:
    """Collects operations in the order emitted, numbering the wants they carry out."""

    def __init__(self, room: Room, classes: Classes) -> None:
        self.operations: list[AnyOperation] = []
        self._classes = classes
        self._room = room
        self._asides = 0

    def make_dir(self, folder: Folder, want: Want | None) -> None:
        """Emit the making of a folder whose parent is there or made already."""
        self._make(folder, want, ())

    def _make(self, folder: Folder, want: Want | None, more: tuple[int, ...]) -> None:
        above = folder.above
        needs = above.needs if above is not None else ()
        if more:
            needs = _tidy(needs + more)
        mode: int | None = None
        if want is not None and want.found is not None and want.found.item.mode & 0o700 == 0o700:
            mode = want.found.item.mode & 0o7777
        because = want.because if want is not None and want.because else NEEDED
        folder.made = len(self.operations)
        folder.needs = (folder.made,)
        if above is not None:
            self._room.promise(folder.reader, above, 0)
        self.operations.append(MakeDir(join(folder.reader.root.key, folder.rel), mode, because=because, needs=needs))

    def emit(self, want: Want) -> None:
        """Emit a want, all that it needs being emitted."""
        more: tuple[int, ...] = ()
        if want.decided.after is not None:
            more = (want.decided.after.freed_by,)
        step = want.scheduled
        if step.ahead:
            more += tuple(each.index for each in step.ahead)
        if want.deed == "mkdir":
            folder = want.destination.folder
            self._make(folder, want, more)
            step.index = folder.made
            return
        if want.deed == "trash":
            self._trash(want, more)
            return
        if want.deed == "transition":
            self._transition(want)
            return
        folder = want.destination.folder
        if want.deed == "move" and step.freed_by < 0 and folder is want.origin_folder and _one_name(want, folder):
            # Where names fold, its other spelling is taken by itself.
            self.step_aside(want)
        if step.freed_by >= 0:
            more = (step.freed_by, *more)
        needs = _tidy(folder.needs + more) if more else folder.needs
        if want.deed != "move" or not step.linked:
            size, files = needed(want, folder, self._room)
            if files:
                self._room.promise(want.destination.reader, folder, size, files)
        step.index = len(self.operations)
        self.operations.append(self._transfer(want, folder, needs))
        if step.freed_by < 0:
            step.freed_by = step.index

    def step_aside(self, want: Want) -> None:
        """Emit the first half of a move: to a name of reshelve's own beside its source, which vacates the source's place."""
        reader, item, step = want.origin.reader, want.origin.item, want.scheduled
        above = item.rel.rpartition("/")[0]
        while True:
            aside = f"{TEMPORARY}swap-{self._asides}"
            self._asides += 1
            rel = f"{above}/{aside}" if above else aside
            if reader.stat(rel) is None:
                break
        ahead = tuple(each.index for each in step.ahead if each.index >= 0)
        dst = join(reader.root.key, rel)
        step.freed_by = len(self.operations)
        because = "makes room for a swap"
        move = Move(
            want.src_place,
            dst,
            *_identity(item),
            item=_kind(item),
            text=want.decided.text,
            nlink=item.nlink,
            because=because,
            needs=ahead,
        )
        inside = reader.root.kind == "bucket"
        self.operations.append(replace(move, across=True, objects=True) if inside else move)
        step.aside = dst

    def _trash(self, want: Want, more: tuple[int, ...]) -> None:
        item, step = want.origin.item, want.scheduled
        step.index = step.freed_by = len(self.operations)
        away = put_away_in(want.origin.reader.root)
        trash = Trash(want.src_place, *_identity(item), top=top_of(want), because=want.because, needs=_tidy(more), away=away)
        if target := want.target if want.entry is not None else want.archive:
            trash = replace(trash, target=target)
        if want.rests:
            trash = replace(trash, hash=content_of(want), witnesses=tuple(map(witness_of, want.rests)))
        if not away and all(rest.seen is not None for rest in want.rests):
            trash = replace(trash, ctime_ns=proof(item))
        self.operations.append(trash)

    def _transition(self, want: Want) -> None:
        item = want.origin.item
        before, after = item.storage_class or "STANDARD", self._classes.of(want)
        want.scheduled.index = len(self.operations)
        change = Transition(want.place, *_identity(item), before=before, after=after, because=want.because)
        self.operations.append(replace(change, beneath=readable_beneath(want.origin.reader, item)))

    def _transfer(self, want: Want, folder: Folder, needs: tuple[int, ...]) -> AnyOperation:
        if want.found is None:
            made = _transfer(want, folder, needs)
            if isinstance(made, Write) and folder.reader.root.kind == "bucket":
                return replace(made, upload=True, storage_class=self._classes.of(want))
            return made
        if want.deed in ("pack", "unpack"):
            return packing.operation(want, needs, self._classes.of(want) if folder.reader.root.kind == "bucket" else "")
        route = route_of(want.found.reader.root, want.destination.reader.root)
        if route == "folders":
            return _transfer(want, folder, needs)
        item, src, moves = want.found.item, want.scheduled.aside or want.src_place, want.deed == "move"
        same = _identity(item)
        if route == "upload":
            return Upload(
                src,
                want.place,
                *same,
                storage_class=self._classes.of(want),
                takes=moves,
                top=top_of(want) if moves else "",
                because=want.because,
                needs=needs,
                project=project_of(want.entry),
                facts=_facts(want),
            )
        if route == "download":
            away = put_away_in(want.found.reader.root) if moves else ""
            return Download(src, want.place, *same, away=away, because=want.because, needs=needs, facts=_facts(want))
        facts, kind = _facts(want), self._classes.of_copy(want)
        if moves:
            before = item.storage_class or "STANDARD"
            move = Move(src, want.place, *same, across=True, because=want.because, needs=needs, facts=facts)
            return replace(move, objects=True, storage_class=kind, before=before if kind not in ("", before) else "")
        return Copy(src, want.place, *same, how="object", because=want.because, needs=needs, storage_class=kind, facts=facts)


def _transfer(want: Want, folder: Folder, needs: tuple[int, ...]) -> AnyOperation:
    place, because, step, text = want.place, want.because, want.scheduled, want.decided.text
    if want.found is None:
        return Write(place, want.asked.content or "", because, needs)
    item, src = want.found.item, step.aside or want.src_place
    same, kind, facts = _identity(item), _kind(item), _facts(want)
    if want.deed == "move":
        above = want.origin_folder
        if above is folder or above.fs[0] == folder.fs[0]:
            return Move(src, place, *same, item=kind, text=text, nlink=item.nlink, because=because, needs=needs, facts=facts)
        return Move(
            src,
            place,
            *same,
            item=kind,
            across=True,
            top=top_of(want),
            linked_to=step.linked.place if step.linked is not None else "",
            text=text,
            nlink=item.nlink,
            because=because,
            needs=needs,
            facts=facts,
        )
    if want.deed == "hardlink":
        return Link(src, place, *same, how="hard", because=because, needs=needs, facts=facts)
    if want.deed == "symlink" or item.kind == "link":
        return Link(src, place, *same, how="symbolic", text=text, because=because, needs=needs, facts=facts)
    how: Literal["reflink", "copy"] = "reflink" if want.deed == "reflink" else "copy"
    return Copy(src, place, *same, how=how, because=because, needs=needs, facts=facts)


def _facts(want: Want) -> Facts | None:
    """Return what is noted with an operation of the entry it carries out."""
    return identifying(want.entry.facts) if want.entry is not None else None


def top_of(want: Want) -> str:
    """Return the topmost folder of the source's file system in the root its place names. Raises OSError."""
    return want.origin_folder.fs[1]


def _identity(item: Item) -> tuple[int, int, int]:
    """Return what every operation knows its thing by, in the order in which they take it."""
    return item.size, item.mtime_ns, item.ino


def _kind(item: Item) -> Literal["file", "link"]:
    return "link" if item.kind == "link" else "file"


def _one_name(want: Want, folder: Folder) -> bool:
    return folder.folds and folder.key(want.src_name) == folder.key(want.destination.name)


def _tidy(needs: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({need for need in needs if need >= 0}))
