"""Names and paths that a file system, or a bucket, cannot hold, found before anything is done."""

from typing import NamedTuple

from reshelve.planner.rules.portable_names import encoded
from reshelve.planner.wants.want import Folder
from reshelve.schemas.inventory import Space
from reshelve.schemas.locations import printable
from reshelve.schemas.name_rules import NameRule, refused
from reshelve.schemas.quick_dataclasses import dataclass

_BY_UNITS = frozenset({"vfat", "exfat", "fuseblk", "ntfs", "ntfs3", "hfs", "hfsplus", "apfs"})
"""Types that hold names of 255 UTF-16 units, however many bytes of UTF-8 those are. NTFS and exFAT over FUSE are "fuseblk"."""
_UNITS = 255
_KEY = 1024
"""The bytes of a key, its prefix included, that S3 takes."""
_BESIDE = 40
"""The bytes of what reshelve puts before a path for its trash, or in place of a short name while it copies."""


class NameFault(NamedTuple):
    """Why a name cannot be: the code and the detail of what is said of it, and what to do."""

    code: str
    detail: str
    hint: str


@dataclass(slots=True, frozen=True)
class _Limits:
    """What a folder holds: names of so many bytes, or UTF-16 units, in paths with so many bytes left, and none that `rule` refuses.

    `fault` says that the folder itself cannot be.
    """

    name: int
    by_units: bool
    path: int
    rule: NameRule = "any"
    fault: NameFault | None = None

    @property
    def quick(self) -> int:
        """The characters of a name that fits whatever they are."""
        return 0 if self.fault or self.rule != "any" else min(self.name, self.path) // 4


class StorableNames:
    """Says what cannot be where it goes. Each file system is asked once; what cannot be asked takes any 255 bytes for a name."""

    def __init__(self) -> None:
        self._spaces: dict[str, Space] = {}
        self._known: dict[Folder, _Limits] = {}

    def fault(self, folder: Folder, name: str) -> NameFault | None:
        """Say why nothing can be made as `name` in `folder`, or None. Raises OSError."""
        limits = self._known.get(folder) or self._of(folder)
        return None if len(name) <= limits.quick else limits.fault or _fault(limits, name)

    def _of(self, folder: Folder) -> _Limits:
        way = [folder]
        while way[-1].standing() != "there" and (above := way[-1].above) is not None and not way[-1].is_root:
            if above in self._known:
                break
            way.append(above)
        for each in reversed(way):
            self._known[each] = self._limits(each)
        return self._known[folder]

    def _limits(self, folder: Folder) -> _Limits:
        above = self._known.get(folder.above) if folder.above is not None else None
        if above is not None and folder.standing() != "there" and not folder.is_root:
            left = above.path - len(encoded(folder.name)) - 1
            return _Limits(above.name, above.by_units, left, above.rule, above.fault or _fault(above, folder.name))
        root = folder.reader.root
        if root.kind == "bucket":
            prefix = root.path.removeprefix("s3://").partition("/")[2].strip("/")
            taken = "/".join(part for part in (prefix, folder.rel) if part)
            left = _KEY - len(encoded(taken)) - bool(taken)
            return _Limits(_KEY, by_units=False, path=left)
        space = self._space(folder)
        left = space.longest_path - len(encoded(f"{root.path.rstrip('/')}/{folder.rel}".rstrip("/"))) - 1 - _BESIDE
        by_units = folder.fs[0].partition(":")[0] in _BY_UNITS
        return _Limits(_UNITS if by_units else space.longest_name, by_units, left, space.names)

    def _space(self, folder: Folder) -> Space:
        found = self._spaces.get(folder.fs[0])
        if found is None:
            try:
                found = folder.reader.space(folder.rel)
            except OSError:
                found = Space(0, 0)
            self._spaces[folder.fs[0]] = found
        return found


def _fault(limits: _Limits, name: str) -> NameFault | None:
    if detail := _too_long(limits, name):
        return NameFault("name-too-long", detail, "Choose a shorter target.")
    if why := refused(name, limits.rule):
        detail = f"{printable(name)} cannot be stored there: its file system takes no name {why}"
        return NameFault("name-refused", detail, "Choose another name for the target.")
    return None


def _too_long(limits: _Limits, name: str) -> str:
    size = len(encoded(name))
    shown = printable(f"{name[:60]}…" if len(name) > 60 else name)
    if limits.by_units and (units := len(name.encode("utf-16-le", "surrogatepass")) // 2) > limits.name:
        return f"{shown} is {units} UTF-16 units long, and its file system holds names of {limits.name}"
    if not limits.by_units and size > limits.name:
        return f"{shown} is {size} bytes long, and its file system holds names of {limits.name}"
    if size > limits.path:
        return f"the whole path of {shown} is {size - limits.path} bytes longer than can be used here"
    return ""
