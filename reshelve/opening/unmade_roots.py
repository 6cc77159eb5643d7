"""A root that is yet to be made: planning sees an empty folder on the file system that will hold it."""

from collections.abc import Callable, Iterable

from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.inventory import Item, Listing, Root, Space, SymbolicLink
from reshelve.schemas.verbs import Member


class Unmade:
    """A reader of a folder that does not exist, whose nearest existing folder is what `above` reads."""

    def __init__(self, root: Root, above: Reader) -> None:
        self.root = root
        self._above = above

    def stat(self, rel: str) -> Item | None:
        """Return the folder above for the root itself, and None for everything in it."""
        return self._above.stat("") if rel == "" else None

    def names(self, rel: str) -> set[str] | None:
        """Return no names for the root, and None below it."""
        return set() if rel == "" else None

    def walk(self, rel: str = "", enter: Callable[[str], bool] | None = None) -> Listing:
        """Return an empty listing."""
        del rel, enter
        return Listing(self.root)

    def links(self, enter: Callable[[str], bool]) -> list[SymbolicLink]:
        """Return none."""
        del enter
        return []

    def read_link(self, rel: str) -> str:
        """Raise FileNotFoundError: there is nothing."""
        raise FileNotFoundError(rel)

    def digest(self, rel: str) -> str:
        """Raise FileNotFoundError: there is nothing."""
        raise FileNotFoundError(rel)

    def tail(self, rel: str) -> str:
        """Raise FileNotFoundError: there is nothing."""
        raise FileNotFoundError(rel)

    def checksum(self, rel: str, kind: str) -> str:  # noqa: ARG002
        """Raise FileNotFoundError: there is nothing."""
        raise FileNotFoundError(rel)

    def record(self, rel: str) -> str:
        """Raise FileNotFoundError: there is nothing."""
        raise FileNotFoundError(rel)

    def manifest(self, rel: str) -> str:
        """Raise FileNotFoundError: there is nothing."""
        raise FileNotFoundError(rel)

    def archived(self, rel: str) -> list[tuple[Member, str]]:
        """Raise FileNotFoundError: there is nothing."""
        raise FileNotFoundError(rel)

    def space(self, rel: str = "") -> Space:
        """Return the room on the file system that will hold this root."""
        del rel
        return self._above.space("")

    def fs_of(self, rel: str) -> tuple[str, str]:
        """Return the file system that will hold this root, all of it one."""
        del rel
        return self._above.fs_of("")[0], ""

    def folds(self, rel: str = "") -> bool:
        """Say what holds of the folder above."""
        del rel
        return self._above.folds("")

    def being_written(self, items: Iterable[Item], unsure_ns: int | None = None) -> set[str]:
        """Return none: nothing is there."""
        del items, unsure_ns
        return set()

    def fingerprint(self, rel: str) -> None:
        """Return nothing."""
        del rel

    def owner(self, rel: str) -> tuple[int, int]:
        """Return the owner of the folder above."""
        del rel
        return self._above.owner("")
