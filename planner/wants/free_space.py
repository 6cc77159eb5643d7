"""Room: what a plan needs on each file system, summed over the whole plan, against what is free there less the reserve."""

from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.wants.want import Folder
from reshelve.schemas.inventory import Space
from reshelve.schemas.locations import join
from reshelve.schemas.plan import SpaceNeed
from reshelve.schemas.problems import Problem
from reshelve.schemas.quantities import finest_read, human_size, human_sum
from reshelve.schemas.quick_dataclasses import dataclass

OWN = 16
"""Blocks that a run takes for its own small files, such as its lock, and that none of its copies may count on."""


@dataclass(slots=True)
class _System:
    """One file system: the space seen, through which root and folder, and what has been asked of it."""

    fs: str
    place: str
    space: Space | None
    reserve: int
    needs: int = 0
    files: int = 0

    def left(self, reserve: int) -> int:
        """Return the room that is left beside the reserve and all that is promised."""
        assert self.space is not None
        return self.space.free - reserve - self.needs - self.own

    @property
    def own(self) -> int:
        """The bytes that are left for the run's own files; 0 where files take no whole blocks."""
        return OWN * (self.space.block - 1) if self.space is not None else 0

    def told(self, reserve: int, *, planned: bool = True) -> str:
        """Say what is left, and the sum that it is left of: "1.2 GB left (…)"; `planned` if what is promised is taken from it."""
        assert self.space is not None
        free = self.space.free
        taken = [(reserve, "kept as its reserve"), (self.needs if planned else 0, "planned before")]
        left = max(free - sum(size for size, _ in taken) - self.own, 0)
        taken = [(size, what) for size, what in taken if size]
        finest = min((size for size in (left, *(size for size, _ in taken)) if size), default=0)
        # Of a large disk the figures are too coarse for it to be seen in them.
        if self.own * 2 >= max(finest_read(finest), 2):
            taken.append((self.own, "for the run's own files"))
            finest = min(finest or self.own, self.own)
        if not taken:
            return f"{human_size(left)} left"
        if sum(size for size, _ in taken) > free:
            # Less than nothing is left: there is no sum.
            (most, *sizes), whole = [human_size(size) for size in (left, *(size for size, _ in taken))], human_size(free)
        else:
            (most, *sizes), whole = human_sum([left, *(size for size, _ in taken)], finest)
        sums = [f"{whole} free", *(f"{size} {what}" for size, (_, what) in zip(sizes, taken, strict=True))]
        return f"{most} left ({', '.join(sums)})"


class Room:
    """The promises made on each file system. Bytes and new files."""

    def __init__(self) -> None:
        self._systems: dict[str, _System] = {}

    def _system(self, reader: Reader, folder: Folder) -> _System:
        fs, top = folder.fs
        system = self._systems.get(fs)
        if system is None:
            try:
                space = reader.space(folder.rel)
            except OSError:
                space = None
            where = join(folder.reader.root.key, top) if top else folder.reader.root.key
            system = self._systems[fs] = _System(fs, where, space, reader.root.reserve)
        elif reader.root.reserve > system.reserve:
            system.reserve = reader.root.reserve
        return system

    def whole(self, folder: Folder, size: int) -> int:
        """Return what a file of `size` bytes takes on the file system of `folder`: whole blocks."""
        space = self._system(folder.reader, folder).space
        return size if space is None else -(-size // space.block) * space.block

    def fits(self, reader: Reader, folder: Folder, size: int, files: int) -> bool:
        """Say whether `size` bytes in `files` new files fit there beside all that is promised. What cannot be told fits."""
        if not size and not files:
            return True
        system = self._system(reader, folder)
        space = system.space
        if space is None:
            return True
        if size and size > system.left(reader.root.reserve):
            return False
        return not 0 <= space.free_inodes < system.files + files

    def promise(self, reader: Reader, folder: Folder, size: int, files: int = 1) -> None:
        """Ask for `size` bytes in `files` new files or folders on the file system of `folder`."""
        system = self._system(reader, folder)
        system.needs += size
        system.files += files

    def lack(self, folder: Folder, size: int, files: int) -> str:
        """Say why `size` bytes in `files` new files do not fit there beside what is promised; "" where they do or none can tell."""
        system = self._system(folder.reader, folder)
        space = system.space
        if space is None:
            return ""
        if size and size > max(system.left(system.reserve), 0):
            return f"it needs {human_size(size)}, and {system.place} has {system.told(system.reserve)}"
        if 0 <= space.free_inodes < system.files + files:
            spare = max(space.free_inodes - system.files, 0)
            made = "1 new file or folder" if files == 1 else f"{files} new files and folders"
            return f"it makes {made}, and {system.place} has room for {spare} more"
        return ""

    def left_on(self, reader: Reader, folder: Folder, files: int) -> str:
        """Say what is left for `files` new files on the file system of `folder` beside all that is promised: "1.2 GB left (…)"."""
        system = self._system(reader, folder)
        space = system.space
        if space is None:
            return "room that is not known"
        if 0 <= space.free_inodes < system.files + files:
            spare = max(space.free_inodes - system.files, 0)
            return f"room for {spare} more file{'' if spare == 1 else 's'} or folder{'' if spare == 1 else 's'}"
        return system.told(reader.root.reserve)

    def withdraw(self) -> None:
        """Take every promise back; what was seen of the file systems stays known."""
        for system in self._systems.values():
            system.needs = system.files = 0

    def needs(self) -> list[SpaceNeed]:
        """Return what is needed where, for every file system of which bytes or files are asked."""
        return [
            SpaceNeed(each.fs, each.place, each.needs, each.files)
            for each in sorted(self._systems.values(), key=lambda one: (one.place, one.fs))
            if (each.needs or each.files) and each.space is not None
        ]

    def problems(self) -> list[Problem]:
        """Return an error for each file system that cannot hold what is asked of it."""
        found: list[Problem] = []
        for system in self._systems.values():
            space = system.space
            if space is None:
                continue
            free = max(system.left(system.reserve) + system.needs, 0)
            if system.needs and system.needs > free:
                detail = f"The plan needs {human_size(system.needs)}, and there is {system.told(system.reserve, planned=False)}."
                hint = "Free some room, or plan less at once with --only."
                hint += " `reserve:` of the store says how much is kept." if system.reserve else ""
                found.append(Problem("no-room", "Not enough room.", detail, system.place, hint))
            elif 0 <= space.free_inodes < system.files:
                made = "1 file" if system.files == 1 else f"{system.files} files"
                detail = f"The plan makes {made}, and the file system has room for {space.free_inodes}."
                hint = "Remove some files first."
                found.append(Problem("no-room", "Not enough room for so many files.", detail, system.place, hint))
        return sorted(found, key=Problem.order)
