"""Discs as folders (VIDEO_TS, BDMV): many files that are one thing and keep their places beside each other.

The cards of AVCHD cameras hold a BDMV folder too: their clips are files like any other.
"""

import re
from collections.abc import Container, Iterable

from reshelve.schemas.inventory import Item

_FOLDERS = frozenset({"video_ts", "bdmv"})
_BESIDE = frozenset({"certificate", "aacs", "any!", "audio_ts", "jacket_p"})
"""Folders that belong to the disc whose own folder they lie beside."""
_OF_CARDS = (".mts", ".cpi", ".mpl", ".bdm", ".tdt", ".tid")
"""Endings of files on a card, where a disc has .m2ts, .clpi, .mpls and .bdmv."""
_OF_DVDS = re.compile(r"(?:video_ts|vts_\d\d_\d)\.(?:vob|ifo|bup)", re.IGNORECASE)
_INDEXES = ("video_ts.ifo", "index.bdmv", "movieobject.bdmv")


def disc_top(rel: str) -> str | None:
    """Return the path of the disc's own folder (ending in VIDEO_TS or BDMV) that the file at `rel` lies in, or None."""
    folders, at = _disc_at(rel)
    return None if at is None or _is_card(rel, folders, at) else "/".join(folders[: at + 1])


def on_card(rel: str) -> bool:
    """Say whether the file at `rel` lies in the BDMV folder of an AVCHD camera's card."""
    folders, at = _disc_at(rel)
    return at is not None and _is_card(rel, folders, at)


def is_of_dvd(name: str) -> bool:
    """Say whether a file is called as every DVD calls its files: that says nothing of what is on it, and is no number."""
    return _OF_DVDS.fullmatch(name) is not None


def is_beside_disc(name: str) -> bool:
    """Say whether a folder of this name belongs to the disc that it lies beside, where it lies beside one."""
    return name.lower() in _BESIDE


def beside_disc(path: str, discs: Container[str]) -> str | None:
    """Return which of the `discs` (their own folders) folder `path` belongs to, though it lies beside it; None where to none."""
    folders = path.split("/")
    for at, name in enumerate(folders):
        if name.lower() in _BESIDE:
            above = "/".join(folders[:at])
            owners = [f"{above}/{own}".lstrip("/") for own in ("BDMV", "VIDEO_TS", "bdmv", "video_ts")]
            return next((owner for owner in owners if owner in discs), None)
    return None


def _disc_at(rel: str) -> tuple[list[str], int | None]:
    upper = rel.upper()
    if "VIDEO_TS" not in upper and "BDMV" not in upper:
        return [], None
    folders = rel.split("/")[:-1]
    return folders, next((at for at, part in enumerate(folders) if part.lower() in _FOLDERS), None)


def _is_card(rel: str, folders: list[str], at: int) -> bool:
    return folders[at].lower() == "bdmv" and ((at > 0 and folders[at - 1].lower() == "avchd") or rel.lower().endswith(_OF_CARDS))


def disc_index(files: Iterable[Item]) -> Item:
    """Return the file that stands for a disc: its index, or the first of its files."""
    ordered = sorted(files, key=lambda item: (item.rel.count("/"), item.rel))
    by_name: dict[str, Item] = {}
    for item in ordered:
        by_name.setdefault(item.rel.rpartition("/")[2].lower(), item)
    return next((by_name[name] for name in _INDEXES if name in by_name), ordered[0])
