"""Preserving: what of a file cannot be kept where it goes, told by the kinds of the file systems at both ends."""

from collections.abc import Iterable
from typing import cast

from reshelve.planner.ports.store_reader import BucketReader, Reader, Readers
from reshelve.planner.wants.want import Want
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem

_MODES, _OWNERS, _ATTRIBUTES = "modes", "owners", "extended attributes"
_LACKING = {
    **dict.fromkeys(("vfat", "exfat", "msdos", "umsdos"), (_MODES, _OWNERS, _ATTRIBUTES)),
    **dict.fromkeys(("cifs", "smb3", "smbfs"), (_MODES, _OWNERS)),
    "s3": (_OWNERS, _ATTRIBUTES),
}
"""What a kind of file system has no place for, as Linux mounts it. Of kinds that are not named here nothing is said."""


def unkept(want: Want) -> tuple[str, ...]:
    """Return what of a want's file its source holds and its target cannot, or a copy within a service lacks. Raises OSError."""
    if of_object := _of_object(want):
        return of_object
    if want.found is None or want.bound is None or want.deed not in ("move", "copy", "unpack"):
        return ()
    there, here = want.bound.reader.root.fs, want.found.reader.root.fs
    if there == here:
        return ()
    held_by_neither = _LACKING.get(_kind(here), ())
    return tuple(each for each in _LACKING.get(_kind(there), ()) if each not in held_by_neither)


def unpreserved(want: Want) -> tuple[str, str, str] | None:
    """Return (code, detail, hint) where a want would lose something, and everything is to be preserved."""
    lost = unkept(want)
    if not lost:
        return None
    reader = _target(want)
    why = "a copy within the service is made without" if _of_object(want) else f"{_kind(reader.root.fs)} has no place for them"
    detail = f"{printable(want.source or want.target)} would lose {_listed(lost)}: {why}"
    return "not-preserved", detail, "Choose another store, or leave out `preserve: strict`."


def losses(wants: Iterable[Want], readers: Readers) -> list[Problem]:
    """Say once for each file system how many files come to it without what it cannot hold, and of a bucket, how many copies.

    Of uploads it is known. Raises OSError.
    """
    if not any(_kind(reader.root.fs) in _LACKING for reader in readers.values()):
        return []
    coming: dict[tuple[str, str, tuple[str, ...]], int] = {}
    for want in wants:
        if want.index >= 0 and (lost := unkept(want)):
            root = _target(want).root
            if root.kind == "folder" or _is_of_objects(want):
                key = (root.key, _kind(root.fs), lost)
                coming[key] = coming.get(key, 0) + 1
    found = []
    for (place, kind, lost), count in sorted(coming.items()):
        come = "1 file comes" if count == 1 else f"{count:,} files come"
        detail = f"{place} is on {kind}, which has no place for {_listed(lost)}: {come} without."
        if kind == "s3":
            copies = "1 object" if count == 1 else f"{count:,} objects"
            detail = f"{copies} in {place} will be without {_listed(lost)}: a copy within the service is made without."
        found.append(Problem("not-preserved", "Not all of a file can be kept.", detail, place, severity="note"))
    return found


def _is_of_objects(want: Want) -> bool:
    """Say whether a want copies an object within a service; another class is a copy onto itself."""
    if want.found is None or want.deed not in ("move", "copy", "transition") or (want.bound is None and want.deed != "transition"):
        return False
    return want.found.reader.root.kind == _target(want).root.kind == "bucket"


def _of_object(want: Want) -> tuple[str, ...]:
    if not _is_of_objects(want):
        return ()
    found = want.origin
    return cast(BucketReader, found.reader).lost_by_copies(found.item.rel, _target(want))


def _target(want: Want) -> Reader:
    """Return the root a want's content goes to; of another class, the one it is in."""
    return want.bound.reader if want.bound is not None else want.origin.reader


def _kind(fs: str) -> str:
    return fs.partition(":")[0]


def _listed(lost: tuple[str, ...]) -> str:
    return lost[0] if len(lost) == 1 else f"{', '.join(lost[:-1])} and {lost[-1]}"
