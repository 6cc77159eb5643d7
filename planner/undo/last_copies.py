"""Originals: an undo puts a copy out of sight only while what it was made of stands, so that it never trashes the last one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reshelve.planner.undo.undo_blocked import BlockedError
from reshelve.schemas.inventory import Item, lasting_inodes, same, tells_changes
from reshelve.schemas.locations import decode_path, join, printable, split
from reshelve.schemas.operations import Copy, Download, Link, Move, Pack, Unpack, Upload, Write
from reshelve.schemas.plan import Rested
from reshelve.schemas.quantities import time_ns
from reshelve.schemas.verbs import Holding, Layer, Member, Witness

if TYPE_CHECKING:
    from reshelve.planner.undo.undo_context import UndoWork

Copied = Copy | Link | Write | Pack | Unpack | Upload | Download


def original(work: "UndoWork", index: int, operation: Copied, item: Item) -> Rested | None:
    """Return what must stand so that what operation `index` made (`item`) may go; None where it is nobody's only copy.

    Raises BlockedError where the original is gone or holds something else now, or what was made of it does, and OSError. The run
    compares both by their bytes: what was written to with its size and times kept would only fail there, each time anew.
    """
    match operation:
        case Write():
            return None
        case Link():
            return _other_name(work, operation, item) if operation.how == "hard" else None
        case Pack():
            made = work.run.made.get(index)
            content = made.hash if made is not None and work.root(operation.dst).kind == "folder" else ""
            packed = _Packed(work, operation)
            members = (member for member in operation.members if member.kind != "dir")
            _refuse_rewritten(work, operation.dst, item, content)
            return Rested(-1, content, tuple(_part(work, operation, member, packed) for member in members))
        case Unpack():
            archives: list[Unpack | Layer] = [operation, *operation.layers]
            witnesses = tuple(_archive(work, operation.dst, archive) for archive in archives)
            _refuse_unheld(work, operation.dst, witnesses)
            return Rested(-1, "", witnesses)
        case _:
            content = _content(work, index, operation.dst)
            source = _source(work, operation, content)
            _refuse_rewritten(work, operation.dst, item, content)
            return Rested(-1, content, (source,))


def _refuse_rewritten(work: "UndoWork", place: str, item: Item, content: str) -> None:
    """Raise BlockedError where a file was written to since the run, and no longer holds `content` (a hash, "" for unknown)."""
    in_bucket = work.root(place).kind == "bucket"
    if not content or in_bucket or item.kind != "file" or not item.size or work.tree.brought_by(place) >= 0:
        return
    if not _left_alone(work, item) and _digest(work, place) != content:
        raise BlockedError("changed", place, "holds other content than when this run left it")


def _refuse_unheld(work: "UndoWork", place: str, archives: Sequence[Witness]) -> None:
    """Raise BlockedError where a file in a folder is in none of its archives, if it or they were written to since the run."""
    root, rel = split(work.tree.origin(place))
    reader = work.readers[root]
    items = [work.tree.item(archive.place) for archive in archives]
    sure = all(item is not None and (item.fs.startswith("s3:") or _left_alone(work, item)) for item in items)
    files = [each for each in reader.walk(rel).items if each.kind == "file" and not (sure and _left_alone(work, each))]
    held: dict[str, set[str]] = {}
    for archive in archives if files else ():
        for below, content in _inside(work, archive.place, place):
            held.setdefault(below, set()).add(content)
    for each in files:
        if reader.digest(each.rel) not in held.get(each.rel[len(rel) + 1 :], ()):
            named = " or ".join(printable(archive.place) for archive in archives)
            what = f"is not in {named} as it is, so it stays: it may be the last copy"
            raise BlockedError("last-copy", join(root, each.rel), what)


def _inside(work: "UndoWork", archive: str, place: str) -> Iterator[tuple[str, str]]:
    """Yield the path and content hash of each file in an archive, which the folder at a place was unpacked from."""
    root, rel = split(work.tree.origin(archive))
    try:
        for member, content in work.readers[root].archived(rel):
            yield decode_path(member.rel), content
    except OSError as trouble:
        why = trouble.strerror or str(trouble)
        what = f"cannot be read: {why}, so {printable(place)}, unpacked from it, stays: it may be the last copy"
        raise BlockedError("last-copy", archive, what) from trouble


def _left_alone(work: "UndoWork", item: Item) -> bool:
    """Say whether nobody touched a file since the run ended, as its change time tells."""
    return bool(work.run.ended) and tells_changes(item.fs) and item.ctime_ns <= time_ns(work.run.ended)[0]


def brought_back(work: "UndoWork", index: int, operation: Download | Move | Upload) -> Rested:
    """Return what the last operation of the undo brought back: the original of what operation `index` made."""
    back = operation.src
    item = work.tree.item(back)
    assert item is not None
    seen = item.size, item.mtime_ns, item.ino
    return Rested(-1, _content(work, index, operation.dst), (Witness(back, *seen, op=len(work.operations) - 1),))


def rested_again(work: "UndoWork", index: int, here: str, item: Item) -> Rested | None:
    """Return what must stand so that a redo may let go again of what an undo (the run, by operation `index`) had brought back.

    None where it had not gone because of a copy. Raises BlockedError where that copy is gone, and OSError.
    """
    before = next((each for each in work.run.plan.rested if each.op == index), None)
    if before is None:
        return None
    content = before.hash
    if not content and item.kind == "file" and item.size:
        content = _digest(work, here)
    found = []
    for witness in before.witnesses:
        there = work.tree.item(witness.place)
        if there is None or there.kind == "dir":
            raise BlockedError("last-copy", witness.place, f"is gone, so {printable(here)} stays: it may be the last copy")
        found.append(_seen(work, witness.place, there, witness.holding, witness.member))
    if item.kind == "dir":
        _refuse_unheld(work, here, found)
    else:
        _refuse_rewritten(work, here, item, before.hash)
    return Rested(-1, content, tuple(found))


def _content(work: "UndoWork", index: int, place: str) -> str:
    made = work.run.made.get(index)
    if made is not None and made.hash:
        return made.hash
    item = work.tree.item(place)
    return _digest(work, place) if item is not None and item.kind == "file" and item.size else ""


def _digest(work: "UndoWork", place: str) -> str:
    root, rel = split(place)
    return work.readers[root].digest(rel)


def _source(work: "UndoWork", operation: Copy | Upload | Download, content: str) -> Witness:
    place = operation.src
    item = work.tree.item(place)
    if item is None or item.kind != "file":
        raise BlockedError("last-copy", place, f"is gone, so {printable(operation.dst)}, its copy, stays: it may be the last one")
    known = same(item, operation.size, operation.mtime_ns, operation.ino) and _untouched(work, item)
    if not known and (item.size != operation.size or _differs(work, place, content)):
        what = f"holds something else now, so {printable(operation.dst)}, its copy, stays: it may be the last one"
        raise BlockedError("last-copy", place, what)
    return _seen(work, place, item)


def _untouched(work: "UndoWork", item: Item) -> bool:
    """Say whether nobody touched a file since before the run; an object is known by its ETag."""
    if item.fs.startswith("s3:"):
        return True
    return item.ctime_ns < time_ns(work.run.started)[0] and tells_changes(item.fs)


def _differs(work: "UndoWork", place: str, content: str) -> bool:
    # What this undo itself brings back is the content by its own identity.
    return work.tree.brought_by(place) < 0 and _digest(work, place) != content


def _other_name(work: "UndoWork", operation: Link, item: Item) -> Rested | None:
    place = operation.src
    there = work.tree.item(place)
    if there is not None and there.ino == item.ino and there.fs == item.fs:
        return Rested(-1, "", (_seen(work, place, there),))
    alike = there is not None and (there.kind, there.size) == (item.kind, item.size)
    if there is not None and alike and (work.by_content is not None or work.tree.brought_by(place) >= 0):
        # A backup may bring one file back as two, and so does this undo where the other name had gone into a bucket.
        content = _digest(work, operation.dst)
        if (_digest(work, place) if work.tree.brought_by(place) < 0 else _left_with(work, place)) == content:
            return Rested(-1, content, (_seen(work, place, there),))
    if item.nlink > 1 or (there is not None and not lasting_inodes(item.fs)):
        return None
    what = "is gone" if there is None else "is another file now"
    what = f"{what}, so {printable(operation.dst)} stays: it is the last name of that file"
    restored = work.by_content is None and there is not None and there.size == item.size
    raise BlockedError("last-copy", place, what, restored=restored)


def _left_with(work: "UndoWork", place: str) -> str:
    """Return the content hash that the run recorded of what it took from a place, "" where of nothing."""
    operations = work.run.plan.operations
    left = (index for index in work.run.made if operations[index].frees == place)
    return next((work.run.made[index].hash for index in left), "")


class _Packed:
    """What the files in an archive hold that the run packed: read through once, when somebody first asks."""

    def __init__(self, work: "UndoWork", operation: Pack) -> None:
        self._work, self._place = work, operation.dst
        self._contents: dict[str, str] | None = None

    def holds(self, member: Member, place: str) -> bool:
        """Say whether the file at a place holds what a member does. Raises OSError."""
        if self._contents is None:
            root, rel = split(self._work.tree.origin(self._place))
            self._contents = {each.rel: content for each, content in self._work.readers[root].archived(rel)}
        return self._contents.get(member.rel) == _digest(self._work, place)


def _part(work: "UndoWork", operation: Pack, member: Member, packed: _Packed) -> Witness:
    root, rel = split(operation.src)
    place = join(root, f"{rel}/{decode_path(member.rel)}".strip("/"))
    item = work.tree.item(place)
    if item is None:
        raise BlockedError("last-copy", place, f"is gone, so {printable(operation.dst)} stays: it may hold the last copy")
    back = work.tree.brought_by(place) >= 0
    if not back and _was_changed(work, operation, member, item, place, packed):
        what = f"was changed since it was packed, so {printable(operation.dst)} stays: it may hold the last copy"
        alike = item.size == member.size and work.root(operation.dst).kind == "folder"
        raise BlockedError("last-copy", place, what, restored=alike and item.ino != member.ino and work.by_content is None)
    witness = _seen(work, place, item, "part", member.rel)
    return replace(witness, ctime_ns=item.ctime_ns) if not back and _untouched(work, item) else witness


def _was_changed(work: "UndoWork", operation: Pack, member: Member, item: Item, place: str, packed: _Packed) -> bool:
    """Say whether what an archive was made of was changed since. Raises OSError."""
    known, untouched = same(item, member.size, member.mtime_ns, member.ino), _untouched(work, item)
    if work.root(operation.dst).kind == "bucket":
        return not known or (not untouched and tells_changes(item.fs))
    if known and untouched:
        return False
    if item.size != member.size or not (known or work.by_content is not None):
        return True
    # Size and times can be set to what they were. The run reads both anyway, and would only fail, each time anew.
    return item.kind == "file" and item.size > 0 and not packed.holds(member, place)


def _archive(work: "UndoWork", unpacked: str, archive: Unpack | Layer) -> Witness:
    place = archive.src
    item = work.tree.item(place)
    if item is None or item.kind != "file" or item.size != archive.size:
        what = f"is gone or changed, so {printable(unpacked)}, unpacked from it, stays: it may be the last copy"
        raise BlockedError("last-copy", place, what)
    return _seen(work, place, item, "within")


def _seen(work: "UndoWork", place: str, item: Item, holding: Holding = "same", member: str = "") -> Witness:
    """Return a witness as it stands by now; nobody read it for this plan, so the run does."""
    seen = item.size, item.mtime_ns, item.ino
    return Witness(place, *seen, op=work.tree.brought_by(place), holding=holding, member=member)
