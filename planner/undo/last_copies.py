"""Originals: an undo puts a copy out of sight only while what it was made of stands, so that it never trashes the last one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import xxhash

from reshelve.planner.undo.undo_blocked import BlockedError
from reshelve.schemas.inventory import Item, lasting_inodes, same, tells_changes, tells_writes
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
            work.expect_as_left(operation.dst, item, f"xxh3:{xxhash.xxh3_128_hexdigest(operation.content.encode())}")
            return None
        case Link():
            return _other_name(work, operation, item) if operation.how == "hard" else None
        case Pack():
            content = _recorded(work, index) if work.root(operation.dst).kind == "folder" else ""
            packed = _Packed(work, operation)
            members = (member for member in operation.members if member.kind != "dir")
            work.expect_as_left(operation.dst, item, content)
            return Rested(-1, content, tuple(_part(work, operation, member, packed) for member in members))
        case Unpack():
            archives: list[Unpack | Layer] = [operation, *operation.layers]
            witnesses = tuple(_archive(work, operation.dst, archive) for archive in archives)
            _refuse_unheld(work, operation.dst, witnesses)
            return Rested(-1, "", witnesses)
        case _:
            content = _content(work, index, operation.dst)
            source = _source(work, operation, content)
            _expect_as_left(work, operation.dst, item, _recorded(work, index), [source])
            return Rested(-1, content, (source,))


def _refuse_unheld(work: "UndoWork", place: str, archives: Sequence[Witness]) -> None:
    """Raise BlockedError where a file in a folder is in none of its archives, if it or they were written to since the run."""
    root, rel = split(work.tree.origin(place))
    reader = work.readers[root]
    items = [work.tree.item(archive.place) for archive in archives]
    known = ((archive.place, item) for archive, item in zip(archives, items, strict=True))
    sure = all(item is not None and (item.fs.startswith("s3:") or work.left_alone(at, item)) for at, item in known)
    files = [each for each in reader.walk(rel).items if each.kind == "file" and not (sure and work.left_alone(place, each))]
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


def brought_back(work: "UndoWork", index: int, operation: Download | Move | Upload) -> Rested:
    """Return what the last operation of the undo brought back: the original of what operation `index` made."""
    back = operation.src
    item = work.tree.item(back)
    assert item is not None
    seen = item.size, item.mtime_ns, item.ino
    return Rested(-1, _content(work, index, operation.dst), (Witness(back, *seen, op=len(work.operations) - 1),))


def rested_again(work: "UndoWork", index: int, here: str, item: Item) -> Rested | None:
    """Return what must stand so that a redo may let go again of what an undo (the run, by operation `index`) had brought back.

    None where it had not gone because of a copy. Raises BlockedError where that copy is gone, or where it may hold something else
    than when it was brought back, and OSError.
    """
    before = next((each for each in work.run.plan.rested if each.op == index), None)
    if before is None:
        work.expect_as_left(here, item, _recorded(work, index))
        return None
    content = before.hash
    for_copies = any(witness.holding != "whole" for witness in before.witnesses)
    if for_copies and not content and item.kind == "file" and item.size:
        content = work.digest(here)
    found = []
    for witness in before.witnesses:
        there = work.tree.item(witness.place)
        if there is None or there.kind == "dir":
            raise BlockedError("last-copy", witness.place, f"is gone, so {printable(here)} stays: it may be the last copy")
        found.append(_standing(work, here, witness, there, content))
    if item.kind == "dir":
        _refuse_unheld(work, here, found)
    else:
        _expect_as_left(work, here, item, before.hash, found)
    return Rested(-1, content, tuple(found))


def _recorded(work: "UndoWork", index: int) -> str:
    """Return the hash that the run recorded of what an operation made, "" where of nothing."""
    made = work.run.made.get(index)
    return made.hash if made is not None else ""


def _expect_as_left(work: "UndoWork", here: str, item: Item, recorded: str, found: Sequence[Witness]) -> None:
    """Raise BlockedError where what is to go was written to: by its hash, or without one by what it rests on. Raises OSError."""
    copies = (witness for witness in found if witness.holding in ("same", "within"))
    beside = [witness for witness in copies if work.root(witness.place).kind == "folder"]
    if recorded or not beside or item.kind != "file" or not item.size or work.root(here).kind == "bucket":
        work.expect_as_left(here, item, recorded)
    elif not work.left_alone(here, item) and not all(_holds(work, witness, here, work.digest(here)) for witness in beside):
        raise BlockedError("changed", here, "was touched since this run left it, and may hold something else by now, so it stays")


def _holds(work: "UndoWork", witness: Witness, here: str, content: str) -> bool:
    """Say whether a file in a folder, or one in an archive there, holds a content. Raises BlockedError, and OSError."""
    if witness.holding == "within":
        return _members(work, witness.place, here).get(decode_path(witness.member)) == content
    return _held(work, witness.place) == content


def _members(work: "UndoWork", archive: str, here: str) -> dict[str, str]:
    """Return the content hash of each file in an archive, which is read through once. Raises BlockedError."""
    if archive not in work.inside:
        work.inside[archive] = dict(_inside(work, archive, here))
    return work.inside[archive]


def _standing(work: "UndoWork", here: str, before: Witness, there: Item, content: str) -> Witness:
    """Return a witness of an earlier run as it stands by now, read once more. Raises BlockedError where it holds something else."""
    seen = _seen(work, before.place, there, before.holding, before.member)
    in_bucket = work.root(before.place).kind == "bucket"
    if before.holding == "whole":
        # The run reads it through, unless nobody touched it since it was verified.
        return replace(seen, ctime_ns=before.ctime_ns)
    if before.holding == "part":
        as_before = _is_part(work, here, before, there)
    elif not content or there.kind != "file":
        return seen
    elif in_bucket and (there.size, there.ino) != (before.size, before.ino):
        as_before = before.holding == "same" and _held(work, before.place) == content
    else:
        as_before = in_bucket or _holds(work, before, here, content)
    if not as_before:
        what = f"holds something else now, so {printable(here)} stays: it may be the last copy"
        raise BlockedError("last-copy", before.place, what)
    read = seen.op < 0 and before.holding == "same" and not in_bucket and tells_changes(there.fs)
    return replace(seen, ctime_ns=there.ctime_ns) if read else seen


def _is_part(work: "UndoWork", archive: str, part: Witness, item: Item) -> bool:
    """Say whether a file holds what an archive says it did; of an archive in a bucket, whether nobody touched the file since."""
    if item.kind != "file":
        return True
    if work.root(archive).kind == "bucket":
        return work.left_alone(part.place, item) or not tells_writes(item.fs)
    return _members(work, archive, archive).get(decode_path(part.member)) == _held(work, part.place)


def _held(work: "UndoWork", place: str) -> str:
    """Return the hash of the content at a place, or at where this undo brings that from. Raises OSError."""
    root, rel = split(work.tree.origin(place))
    return work.readers[root].digest(rel)


def _content(work: "UndoWork", index: int, place: str) -> str:
    if recorded := _recorded(work, index):
        return recorded
    item = work.tree.item(place)
    return work.digest(place) if item is not None and item.kind == "file" and item.size else ""


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
    return work.tree.brought_by(place) < 0 and work.digest(place) != content


def _other_name(work: "UndoWork", operation: Link, item: Item) -> Rested | None:
    place = operation.src
    there = work.tree.item(place)
    if there is not None and there.ino == item.ino and there.fs == item.fs:
        return Rested(-1, "", (_seen(work, place, there),))
    alike = there is not None and (there.kind, there.size) == (item.kind, item.size)
    if there is not None and alike and (work.by_content is not None or work.tree.brought_by(place) >= 0):
        # A backup may bring one file back as two, and so does this undo where the other name had gone into a bucket.
        content = work.digest(operation.dst)
        if (work.digest(place) if work.tree.brought_by(place) < 0 else _left_with(work, place)) == content:
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
        return self._contents.get(member.rel) == self._work.digest(place)


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
