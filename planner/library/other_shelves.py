"""Other shelves: a show or film that gets a new folder may have one already below a folder of another name, as on another disk."""

from collections.abc import Callable, Iterator

from reshelve.planner.library.root_listings import is_folder, names_in
from reshelve.planner.library.season_folders import season_named
from reshelve.planner.library.title_matching import Library
from reshelve.planner.ports.store_reader import Readers, roots_of
from reshelve.planner.recognise.extension_tables import halves, media_type
from reshelve.planner.recognise.same_title import Work


def on_other_shelves(
    readers: Readers, library: Callable[[str, str], Library], store: str, above: str, work: Work, *, film: bool
) -> tuple[str, ...]:
    """Return the folders that a work has beyond doubt below others of a store's own folders than `above`, and that hold videos."""
    shelves = {name for reader in roots_of(readers, store) if reader.root.available for name in names_in(reader, "")}
    found: list[str] = []
    for shelf in sorted(shelves - {above}):
        folder = library(store, shelf).find(work, film=film).folder
        if folder and _is_watched(readers, store, f"{shelf}/{folder}", work.title):
            found.append(f"{shelf}/{folder}")
    return tuple(found)


def _is_watched(readers: Readers, store: str, folder: str, title: str) -> bool:
    """Say whether a folder holds seasons or videos: one of music may be called as a show is."""
    return any(_tells(readers, store, folder, name, title) for name in _all(readers, store, folder))


def _all(readers: Readers, store: str, folder: str) -> Iterator[str]:
    for reader in roots_of(readers, store):
        if reader.root.available and is_folder(reader, folder):
            yield from names_in(reader, folder)


def _tells(readers: Readers, store: str, folder: str, name: str, title: str) -> bool:
    if media_type(halves(name)[1]) == "video":
        return True
    roots = [reader for reader in roots_of(readers, store) if reader.root.available]
    return season_named(name, title) is not None and any(is_folder(reader, f"{folder}/{name}") for reader in roots)
