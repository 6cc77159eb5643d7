"""Roots that fail in a run under way: each is told once, and what is still to do there is left out and counted."""

import errno
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from reshelve.executors.verbs.file_verbs import Stores
from reshelve.schemas.known_roots import whatever_mount
from reshelve.schemas.locations import printable
from reshelve.schemas.operations import AnyOperation
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem

Fault = Literal["full", "read-only", "gone"]
"""How a root fails: nothing can be put there; nothing can be changed there; nothing can be done there at all."""

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
_ONE_FILES = frozenset(
    (errno.EACCES, errno.EPERM, errno.EEXIST, errno.ENOTEMPTY, errno.EXDEV, errno.ENAMETOOLONG, errno.ECANCELED, errno.EBADMSG,
     errno.EOPNOTSUPP)
)  # fmt: skip
"""What fails one file, and says nothing of the root it lies on."""
_SERVICE = frozenset((errno.ENODEV, errno.EHOSTUNREACH, errno.EREMOTE))
_CREDENTIALS = frozenset(("no-credentials", "no-profile", "wrong-credentials", "expired-credentials", "clock"))
_GONE = "it is gone, or another disk is mounted in its place"
_BAD_READS = 3
"""So many errors of a disk, not of a file, are taken for the whole of it."""
_HINTS: dict[Fault, str] = {
    "full": "Free some room there",
    "read-only": "Make it writable again",
    "gone": "Mount or connect it again",
}
_SERVICE_HINT = "Put that right"
"""What to do about a bucket that is gone: what it says of itself tells how."""


class FailingRoots:
    """Which roots have failed, how, and how many operations were left out on each."""

    def __init__(self, plan: Plan, stores: Stores) -> None:
        self._plan = plan
        self._stores = stores
        self._failed: dict[str, tuple[Fault, str]] = {}
        self._left: Counter[str] = Counter()
        self._behind: dict[int, str] = {}
        self._told: set[str] = set()
        self._disk_errors: Counter[str] = Counter()

    def note(self, operation: AnyOperation, error: OSError, *, first: bool) -> str:
        """Note what a failure says of a root; `first`: nothing of the operation had been done. Asks no store."""
        makes, frees = _root(operation.makes), _root(operation.frees)
        blamed = makes or frees
        if not first and frees and frees != makes and str(error.filename or "").startswith(self._stores[frees].root.path):
            blamed = frees
        if not blamed:
            return ""
        if error.errno in _FULL:
            return self._fail(blamed, "full", error)
        if error.errno == errno.EROFS:
            return self._fail(blamed, "read-only", error)
        if error.errno in _SERVICE or getattr(error, "kind", "") in _CREDENTIALS:
            buckets = [key for key in roots_of(operation) if self._stores[key].root.kind == "bucket"]
            return self._fail(buckets[-1], "gone", error) if buckets else ""
        return ""

    def look(self, operation: AnyOperation, error: OSError, *, first: bool) -> str:
        """Return the root that a failure is of, or ""; folders are asked whether they still stand."""
        if noted := self.note(operation, error, first=first):
            return noted
        if error.errno in _ONE_FILES:
            return ""
        roots = roots_of(operation)
        for key in roots:
            if not self.stands(key):
                self.fallen(key)
                return key
        if error.errno == errno.EIO:
            for key in roots:
                self._disk_errors[key] += 1
                if self._disk_errors[key] == _BAD_READS:
                    return self._fail(key, "gone", error)
        return ""

    def stands(self, key: str) -> bool:
        """Say whether the disk that a root was planned on still stands there; a bucket does."""
        store = self._stores[key]
        if store.root.kind == "bucket" or not store.root.fs:
            return True
        try:
            store.forget()
            # Of a second mount of one file system, as containers have them, `fs_of` names the mount too; the root does not.
            return whatever_mount(store.fs_of("")[0]) == whatever_mount(store.root.fs)
        except OSError:
            return False

    def is_gone(self, key: str) -> bool:
        """Say whether a root is known to be away, or not to answer."""
        return key in self._failed and self._failed[key][0] == "gone"

    def any(self) -> bool:
        """Say whether a root has failed; while none has, no operation is barred, and none behind another."""
        return bool(self._failed or self._behind)

    def bars(self, operation: AnyOperation) -> str:
        """Return the failed root on which an operation cannot be done, or ""."""
        if not self._failed:
            return ""
        makes, frees = _root(operation.makes), _root(operation.frees)
        for key, (fault, _) in self._failed.items():
            puts = makes == key or (operation.op == "trash" and frees == key)
            if puts or (fault == "read-only" and frees == key) or (fault == "gone" and key in roots_of(operation)):
                return key
        return ""

    def fallen(self, key: str) -> OSError:
        """Note that a root does not stand any more; return the error to tell."""
        gone = OSError(errno.ENODEV, _GONE, self._stores[key].root.path)
        self._fail(key, "gone", gone)
        return gone

    def behind_of(self, index: int, key: str) -> None:
        """Know that an operation failed for a root: what needs it is left out for that, too."""
        self._behind[index] = key

    def leave_out(self, index: int, key: str) -> None:
        """Count an operation that is left out for a root that has failed."""
        self._left[key] += 1
        self._behind[index] = key

    def left_out(self, key: str) -> list[int]:
        """Return the operations that came to nothing for a root."""
        return [index for index, root in self._behind.items() if root == key]

    def behind(self, needs: Iterable[int]) -> str:
        """Return the failed root for which one of these operations was left out, or ""."""
        return next((self._behind[need] for need in needs if need in self._behind), "")

    def tells(self, key: str) -> bool:
        """Say whether the failure of a root is to be told: once."""
        first = key not in self._told
        self._told.add(key)
        return first

    def problems(self) -> list[Problem]:
        """Return a problem for each root on which something was left out."""
        found = []
        of = f"reshelve {self._plan.command} {self._plan.of}" if self._plan.of else "the same command"
        again = "reshelve plan" if self._plan.command == "apply" else of
        for key, count in sorted(self._left.items()):
            fault, why = self._failed[key]
            left = f"{count:,} operation{'s' if count != 1 else ''} that would need it {'were' if count != 1 else 'was'} not tried"
            bucket = self._stores[key].root.kind == "bucket"
            hint = f"{_SERVICE_HINT if bucket else _HINTS[fault]}, then do the rest with: {again}"
            summary = "The rest of the run left a store out."
            found.append(Problem("store-left-out", summary, f"{printable(why)}: {left}.", key, hint, severity="warning"))
        return found

    def _fail(self, key: str, fault: Fault, error: OSError) -> str:
        why = str(getattr(error, "what", None) or error.strerror or error)
        self._failed.setdefault(key, (fault, why))
        if fault == "gone":
            self._failed[key] = (fault, why)
        return key


def _root(place: str | None) -> str:
    return place.partition(":")[0].removesuffix("%") if place else ""


def roots_of(operation: AnyOperation) -> list[str]:
    """Return the roots that an operation reads from, frees something on, or makes something on, in this order."""
    places = (operation.reads, operation.frees, operation.makes)
    return list(dict.fromkeys(_root(place) for place in places if place))
