"""Folders that another program keeps with a database of its own: what is put there without it, it never knows of."""

from reshelve.planner.left_alone.known_names import tables
from reshelve.planner.ports.store_reader import Reader, Readers, roots_of
from reshelve.schemas.locations import join, split

_KEPT = frozenset({"media library", "photo library"})
_DEPTH = 3
"""So many folders from the top of a store are looked at: a library that a place leads into begins there."""


class ProgramFolders:
    """Tells which folders of stores are such, each looked into once."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._kinds: dict[tuple[str, str], str] = {}

    def around(self, location: str) -> tuple[str, str] | None:
        """Return the location of the folder around a target that another program keeps, and what it is; None for no such."""
        store, rel = split(location)
        parts = rel.split("/")[:-1]
        for depth in range(1, min(len(parts), _DEPTH) + 1):
            folder = "/".join(parts[:depth])
            if kind := self._kind(store, folder):
                return join(store, folder), kind
        return None

    def _kind(self, store: str, folder: str) -> str:
        known = self._kinds.get((store, folder))
        if known is None:
            roots = [reader for reader in roots_of(self._readers, store) if reader.root.available and reader.root.kind != "bucket"]
            known = self._kinds[store, folder] = next((kind for reader in roots if (kind := _told(reader, folder))), "")
        return known


def _told(reader: Reader, folder: str) -> str:
    """Return what a folder is by what it holds, "" where that is nobody's library."""
    folders = tables().folders
    try:
        names = reader.names(folder) or set()
    except OSError:
        return ""
    for name in sorted(names):
        rel = f"{folder}/{name}"
        held = folders.kind_by(rel) if rel.endswith(folders.inner_endings) else None
        if held is not None and held[0] == folder and held[1].label in _KEPT:
            return held[1].label
    return ""
