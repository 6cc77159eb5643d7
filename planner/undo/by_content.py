"""Known by content: what a run left, told by what it holds, where a library restored from a backup has other inodes and times."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import field

from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.undo.later_runs import Identity, Since
from reshelve.schemas.inventory import Item, lasting_inodes
from reshelve.schemas.locations import decode_path, printable, split
from reshelve.schemas.operations import Copy, Download, Move, Trash, Upload
from reshelve.schemas.operations.base import trashed
from reshelve.schemas.problems import Problem
from reshelve.schemas.quantities import human_size
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Run

LINK = "link:"
"""What begins, in place of a hash, what a symbolic link holds."""

_SECOND = 10**9
_COARSEST = 2 * _SECOND
"""FAT and zip archives keep times to two seconds, tar archives to one."""


@dataclass(slots=True)
class ByContent:
    """What an undo goes by when it is asked to know things by content.

    `recorded` gives every hash that was ever recorded of a thing at a place, of this size, time and inode. `reading` is told how
    many files will be read, and their bytes, before the first is.
    """

    recorded: Callable[[str, Identity], Collection[str]]
    reading: Callable[[int, int], object]
    read: dict[str, tuple[int, str]] = field(default_factory=dict)
    by_time: set[str] = field(default_factory=set)

    def announce(self, things: Iterable[tuple[str, Identity, str]], readers: Readers) -> None:
        """Say how much will be read of these things: place, identity, and the hash the run recorded ("" none). Raises OSError."""
        files: dict[str, int] = {}
        for place, seen, content in things:
            root, rel = split(place)
            reader = readers.get(root)
            item = reader.stat(rel) if reader is not None and reader.root.available else None
            if item is not None and self._must_read(place, item, seen, content):
                files[place] = item.size
        if files:
            self.reading(len(files), sum(files.values()))

    def holds(self, place: str, item: Item, seen: Identity, content: str, readers: Readers, at: str) -> bool:
        """Say whether `item`, which lies `at` a place, holds what stood at `place` when the run left it so.

        A file whose content was recorded is read. Of anything else size and modification time have to do. Raises OSError.
        """
        root, rel = split(at)
        if item.kind == "link" and content.startswith(LINK):
            return readers[root].read_link(rel) == decode_path(content.removeprefix(LINK))
        if not self._must_read(place, item, seen, content):
            return self._by_time(place, item, seen, content)
        if at not in self.read:
            self.read[at] = item.size, readers[root].digest(rel)
        return self.read[at][1] in self._recorded(place, seen, content)

    def _by_time(self, place: str, item: Item, seen: Identity, content: str) -> bool:
        """Say whether size and time tell; of a link, whose time hardly any tool keeps, the size."""
        if item.kind == "file" and item.size == seen[0] == 0:
            return True
        alike = item.size == seen[0] if item.kind == "link" else _of_that_time(item, seen)
        if not alike or self._recorded(place, seen, content):
            return False
        self.by_time.add(place)
        return True

    def told(self, place: str) -> bool:
        """Say whether what is at a place was known by what it holds, or, that never having been recorded, by its time."""
        return place in self.read or place in self.by_time

    def unrecorded(self, place: str, seen: Identity, content: str) -> bool:
        """Say whether nothing tells what stood at a place."""
        return not self._recorded(place, seen, content)

    def notes(self) -> list[Problem]:
        """Return what is to be said of how things were known."""
        found = []
        if self.read:
            files, size = _counted(len(self.read), "file"), human_size(sum(size for size, _ in self.read.values()))
            detail = f"{files} of {size} {'was' if len(self.read) == 1 else 'were'} read."
            found.append(Problem("known-by-content", "Files are known by their content.", detail, severity="note"))
        if self.by_time:
            first, more = printable(min(self.by_time)), len(self.by_time) - 1
            others = f" and {more:,} more" if more else ""
            detail = f"{first}{others}: what this held was never recorded. Its size is the same, and a file's modification time."
            summary = "Some things are known by size and time only."
            found.append(Problem("known-by-time", summary, detail, min(self.by_time), severity="warning"))
        return found

    def _recorded(self, place: str, seen: Identity, content: str) -> set[str]:
        return {content} if content.startswith("xxh3:") else set(self.recorded(place, seen))

    def _must_read(self, place: str, item: Item, seen: Identity, content: str) -> bool:
        alike = item.kind == "file" and item.size == seen[0] > 0
        return alike and (item.size, item.mtime_ns, item.ino) != seen and bool(self._recorded(place, seen, content))


def looked_at(run: Run, chosen: Iterable[int], history: Since) -> Iterator[tuple[str, Identity, str]]:
    """Yield the files that taking operations back begins with: place, identity as the run left it, and its recorded hash."""
    for index in chosen:
        operation, made = run.plan.operations[index], run.made.get(index)
        if isinstance(operation, Trash) and not operation.away:
            place = history.trashed.get(operation.src) or trashed(operation.src, operation.top, run.id)
            yield place, (operation.size, operation.mtime_ns, operation.ino), operation.hash
        elif isinstance(operation, Copy | Move | Upload | Download):
            seen = operation.size, operation.mtime_ns, operation.ino
            left = (made.size, made.mtime_ns, made.ino) if made is not None else seen
            yield operation.dst, history.made.get(operation.dst, left), made.hash if made is not None else ""
            if not isinstance(operation, Move):
                yield operation.src, seen, made.hash if made is not None else ""


def may_be_restored(item: Item, seen: Identity) -> bool:
    """Say whether a thing may be what a run left, restored from a backup: it is alike, and another one by its inode."""
    if item.ino == seen[2] and lasting_inodes(item.fs):
        return False
    return item.size == seen[0] if item.kind in ("file", "link") else item.kind == "dir" and _of_that_time(item, seen)


def _of_that_time(item: Item, seen: Identity) -> bool:
    """Say whether size and time are those; a time that was kept in whole seconds only counts, too. A folder has no size."""
    if item.kind != "dir" and item.size != seen[0]:
        return False
    if item.mtime_ns == seen[1]:
        return True
    return item.mtime_ns % _SECOND == 0 and 0 <= abs(seen[1] - item.mtime_ns) < (
        _SECOND if item.mtime_ns % _COARSEST else _COARSEST
    )


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
