"""What stands in the folders of roots: names, folders, and which of these are empty."""

from collections.abc import Callable, Collection, Iterator, Sequence

from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.inventory import Root


def names_in(reader: Reader, above: str) -> set[str]:
    """Return the names in a folder of a root, none where it cannot be read."""
    try:
        return reader.names(above) or set()
    except OSError:
        # A folder that cannot be read has no say; the scan itself says what it could not read.
        return set()


def is_folder(reader: Reader, rel: str) -> bool:
    """Say whether a path of a root is a folder."""
    try:
        item = reader.stat(rel)
    except OSError:
        return False
    return item is not None and item.kind == "dir"


def folders_of(reader: Reader, parts: Sequence[str], above: str = "") -> Iterator[str]:
    """Yield the folders that a place may mean, by its parts: any name stands for one that facts decide, and so for the last."""
    if not parts:
        yield above
        return
    top = f"{above}/" if above else ""
    for name in sorted(names_in(reader, above)) if len(parts) == 1 or "{" in parts[0] else parts[:1]:
        if is_folder(reader, f"{top}{name}"):
            yield from folders_of(reader, parts[1:], f"{top}{name}")


def remembered_in(root: Root, above: str) -> list[str]:
    """Return what a root that is away held right in a folder, as far as it is remembered."""
    top = f"{above}/" if above else ""
    return [home[len(top) :] for home in root.homes if home.startswith(top) and "/" not in home[len(top) :]]


def folder_check(readers: list[Reader], above: str, away: Collection[str]) -> Callable[[str], bool]:
    """Return what says whether a name is a folder of `above` on any root that is there, or of one that is `away`."""
    return lambda name: name in away or any(is_folder(reader, f"{above}/{name}" if above else name) for reader in readers)


def empty_check(readers: list[Reader], above: str, away: Collection[str]) -> Callable[[str], bool]:
    """Return what says whether a folder holds nothing on any root that is there, and in the folders in it neither."""

    def is_bare(reader: Reader, rel: str) -> bool:
        below = [f"{rel}/{name}" for name in names_in(reader, rel)]
        return all(is_folder(reader, each) and not names_in(reader, each) for each in below)

    def is_empty(name: str) -> bool:
        rel = f"{above}/{name}" if above else name
        return name not in away and all(is_bare(reader, rel) for reader in readers)

    return is_empty
