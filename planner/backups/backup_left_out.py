"""What of a folder is backed up: all but what a person excludes, and what is left out by its path."""

from collections.abc import Iterable, Iterator, Sequence

from reshelve.planner.ports.store_reader import Enter
from reshelve.planner.scanners.left_out import Globs
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import encode_path


class LeftOut:
    """Tells what is left out of the backup of folder `top`. `exclude` are globs, `leave` exact paths below it (document form)."""

    def __init__(self, top: str, exclude: Sequence[str], leave: Iterable[str]) -> None:
        self._skip = len(top) + 1 if top else 0
        self._globs = Globs(exclude)
        self._paths = frozenset(leave)

    def below(self, rel: str) -> str:
        """Return a path of the store as one below the folder."""
        return rel[self._skip :]

    def has(self, rel: str, *, folder: bool) -> bool:
        """Say whether a path of the store is left out itself; what is in a folder that is left out is, too."""
        below = self.below(rel)
        return encode_path(below) in self._paths or self._globs.match(below, below.rpartition("/")[2], folder=folder)

    def holds(self, rel: str) -> bool:
        """Say whether a path of the store is left out, or lies in a folder that is."""
        parts = self.below(rel).split("/")
        top = rel[: self._skip]
        heads = (top + "/".join(parts[: number + 1]) for number in range(len(parts)))
        return any(self.has(head, folder=number < len(parts) - 1) for number, head in enumerate(heads))

    @property
    def enter(self) -> Enter:
        """What a walk asks before it goes into a folder."""
        return lambda folder: not self.has(folder, folder=True)

    def kept(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield of the items of a walk that asked `enter` those that are backed up."""
        for item in items:
            if not self.has(item.rel, folder=item.kind == "dir"):
                yield item
