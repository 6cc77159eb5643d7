"""Known roots: which of today's roots is one that a plan acted on, by file system and folder first, by path second."""

from collections.abc import Mapping

from reshelve.schemas.inventory import Root, lasting_inodes
from reshelve.schemas.locations import encode_path, printable
from reshelve.schemas.plan import PlanRoot
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass

_FLEETING = frozenset({"tmpfs", "overlay"})
"""File systems whose ids last only as long as they are mounted."""


@dataclass(slots=True, frozen=True)
class KnownRoots:
    """`now` is today's key of each recorded root that is known again. `several` are those that two or more of today's could be."""

    now: Mapping[str, str]
    several: Mapping[str, tuple[str, ...]]

    def others(self, recorded: Mapping[str, PlanRoot]) -> list[str]:
        """Return the keys of the recorded roots that are not known again."""
        return sorted(key for key in recorded if key not in self.now)


def planned_root(root: Root) -> PlanRoot:
    """Return a root of today as a plan records it."""
    return PlanRoot(encode_path(root.path), root.fs, root.ino if root.available else 0)


def know_roots(recorded: Mapping[str, PlanRoot], today: Mapping[str, PlanRoot], *, by_key: bool = False) -> KnownRoots:
    """Find each recorded root among today's.

    A root is known by its file system and the number of its folder, wherever that is and whatever it is called.
    Only where no root of today has these, it is the one at the same path of what may be the same file system. `by_key`: and
    where none is that either, the one of the same key, wherever that is.
    """
    now: dict[str, str] = {}
    several: dict[str, tuple[str, ...]] = {}
    for key, root in recorded.items():
        found = sorted(each for each, one in today.items() if is_that_folder(root, one))
        if key in found:
            now[key] = key
        elif len(found) == 1:
            now[key] = found[0]
        elif found:
            several[key] = tuple(found)
    taken = set(now.values())
    for key, root in recorded.items():
        if key in now or key in several:
            continue
        found = sorted(each for each, one in today.items() if each not in taken and _is_that_path(root, one))
        if key in found or len(found) == 1:
            now[key] = key if key in found else found[0]
    taken = set(now.values())
    left = recorded.keys() & today.keys() - now.keys() - several.keys() - taken if by_key else ()
    now |= {key: key for key in sorted(left) if _is_that_kind(recorded[key], today[key])}
    return KnownRoots(now, several)


def is_that_folder(then: PlanRoot, now: PlanRoot) -> bool:
    """Say whether a root is the very folder it was, by its file system and number."""
    return then.ino != 0 and is_lasting(then.fs) and then.ino == now.ino and whatever_mount(then.fs) == whatever_mount(now.fs)


def _is_that_kind(then: PlanRoot, now: PlanRoot) -> bool:
    return bool(now.fs) and now.fs.startswith("s3:") == then.fs.startswith("s3:")


def is_lasting(fs: str) -> bool:
    """Say whether a file system's id and the number of a folder on it name that folder for good: an id may name but a port."""
    return lasting_inodes(fs) and not fs.partition(":")[2].startswith("/dev/")


def _is_that_path(then: PlanRoot, now: PlanRoot) -> bool:
    """Say whether a root stands at the path it had; of one that is away no more is known."""
    return bool(then.path) and then.path == now.path and (not now.fs or not is_other(then.fs, now.fs))


def is_other(then: str, now: str) -> bool:
    """Say whether two ids are of two file systems. An id that a kernel makes up anew, or that names a port, says nothing."""
    then, now = whatever_mount(then), whatever_mount(now)
    (kind, _, name), (kind_now, _, name_now) = then.partition(":"), now.partition(":")
    if kind == kind_now and (kind in _FLEETING or (name.startswith("/dev/") and name_now.startswith("/dev/"))):
        return False
    return then != now


def whatever_mount(fs: str) -> str:
    """Return the id of a file system without which of its mounts it is: which of two comes first is chance."""
    return fs.partition("@/")[0]


def why_unknown(key: str, then: PlanRoot, today: Mapping[str, PlanRoot], several: tuple[str, ...], again: str) -> Problem:
    """Say why a root that a run acted on is not known again; `again` is what to do once it is put right, as a phrase."""
    where = f"The run acted on {key} at {printable(then.path)}"
    if several:
        names = " and ".join(f"{each} ({printable(today[each].path)})" for each in several)
        detail, hint = f"{where}; it could be {names} now.", f"Leave all but one of them out of the workspace, then {again}."
        return Problem("store-ambiguous", "A store could be several folders now.", detail, key, hint)
    now = today.get(key)
    if now is None:
        detail, hint = f"{where}; the workspace no longer has this store.", f"Declare it again, then {again}."
        return Problem("store-unavailable", "A store is not available.", detail, key, hint)
    if now.path != then.path:
        detail = f"{where}; {key} is at {printable(now.path)} now, which is not known to be the same folder."
        return Problem("store-moved", "A store is a different folder now.", detail, key, f"Set its path back, then {again}.")
    detail, hint = f"{printable(then.path)} was on {then.fs}, and is on {now.fs} now.", f"Mount that disk, then {again}."
    return Problem("other-file-system", "A store is on another file system now.", detail, key, hint)
