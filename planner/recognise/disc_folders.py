"""Discs as folders (VIDEO_TS, BDMV): many files that are one thing and keep their places beside each other."""

from collections.abc import Iterable

from reshelve.schemas.inventory import Item

_FOLDERS = frozenset({"video_ts", "bdmv"})
_INDEXES = ("video_ts.ifo", "index.bdmv", "movieobject.bdmv")


def disc_top(path: str) -> str | None:
    """Return the path of the disc's own folder (ending in VIDEO_TS or BDMV) that folder `path` is or lies in, or None."""
    upper = path.upper()
    if "VIDEO_TS" not in upper and "BDMV" not in upper:
        return None
    parts = path.split("/")
    at = next((at for at, part in enumerate(parts) if part.lower() in _FOLDERS), None)
    return None if at is None else "/".join(parts[: at + 1])


def disc_index(files: Iterable[Item]) -> Item:
    """Return the file that stands for a disc: its index, or the first of its files."""
    ordered = sorted(files, key=lambda item: (item.rel.count("/"), item.rel))
    by_name: dict[str, Item] = {}
    for item in ordered:
        by_name.setdefault(item.rel.rpartition("/")[2].lower(), item)
    return next((by_name[name] for name in _INDEXES if name in by_name), ordered[0])
