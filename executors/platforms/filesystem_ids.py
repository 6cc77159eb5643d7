"""Which file system a folder lies on, by the file system's own id: never a bare st_dev, which changes with every boot.

The *identity* (`FileSystems.id_of`) is "type:id". Where the kernel derives f_fsid from the file system's UUID (ext, btrfs,
bcachefs, zfs, tmpfs, overlay) that is the id, and it holds for as long as the file system exists (tmpfs: while it is mounted).
Elsewhere it is the UUID of the device, where /dev/disk/by-uuid names it; else the mount's source ("nfs4:server:/export",
"vfat:/dev/sdb1"), or its mount point where the source says nothing. On macOS it is the volume's UUID.

Two mounts of one file system (bind mounts) share the identity, so a file is known wherever it is seen; but nothing can be renamed
between them. `FileSystems.place_of` therefore adds "@<mount point>" for every mount but the first of its file system.
"""

import os
import sys
from functools import cached_property
from urllib.parse import quote_from_bytes

from reshelve.executors.platforms import mounts
from reshelve.executors.platforms.fuse_formats import format_of
from reshelve.executors.platforms.mounts import Mount
from reshelve.schemas.name_rules import NameRule

_FSID_FROM_UUID = frozenset({"ext2", "ext3", "ext4", "btrfs", "bcachefs", "zfs", "tmpfs", "overlay", "ubifs", "gfs2"})
FOLDING = frozenset({"vfat", "exfat", "msdos", "umsdos", "hfs", "hfsplus", "cifs", "smb3", "smbfs", "ncpfs"})
"""Types that, unless the mount says otherwise, take names which differ only by case for one name."""
FOLDS_BY_FOLDER = frozenset({"ext4", "f2fs"})
"""Types where each folder has its own mark for being blind to case, off by default."""


class FileSystems:
    """What is mounted, as seen when first asked. Make a new one to see anew."""

    def __init__(self) -> None:
        self._ids: dict[int, str] = {}
        self._formats: dict[str, str] = {}

    @cached_property
    def _points(self) -> dict[str, Mount]:
        return {mount.point: mount for mount in mounts.mounts()}

    @cached_property
    def _first(self) -> dict[str, str]:
        first: dict[str, str] = {}
        for mount in self._points.values():
            first.setdefault(mount.device, mount.point)
        return first

    def is_mount_point(self, path: str) -> bool:
        """Say whether something is mounted at this real, absolute path."""
        return path in self._points

    def mount_of(self, path: str) -> Mount | None:
        """Return the mount that a real, absolute path lies in, or None where the system does not say."""
        while path not in self._points:
            above = os.path.dirname(path)
            if above == path:
                return None
            path = above
        return self._points[path]

    def id_of(self, device: int, path: str) -> str:
        """Return the identity of the file system with this st_dev, on which the folder `path` lies."""
        known = self._ids.get(device)
        if known is None:
            known = self._ids[device] = self._identify(path)
        return known

    def place_of(self, device: int, path: str) -> str:
        """Return the id that two folders share exactly when a file can be renamed between them."""
        mount = self.mount_of(path)
        identity = self.id_of(device, path)
        if mount is None or self._first[mount.device] == mount.point:
            return identity
        return f"{identity}@{_plain(mount.point)}"

    def kind_of(self, path: str) -> str:
        """Return the file system's type by its Linux name, or "" where the system does not say."""
        mount = self.mount_of(path)
        return mount.kind if mount else ""

    def format_of(self, path: str) -> str:
        """Return the type as `kind_of` does, but exFAT's and NTFS's own where FUSE mounts them."""
        mount = self.mount_of(path)
        if mount is None:
            return ""
        known = self._formats.get(mount.point)
        if known is None:
            known = self._formats[mount.point] = format_of(mount)
        return known

    def names_of(self, path: str) -> NameRule:
        """Return what the file system of `path` refuses of names, as far as its type and its options tell."""
        if sys.platform == "win32":
            return "windows"
        mount = self.mount_of(path)
        return _rule(mount.kind, self.format_of(path), mount.options.split(",")) if mount is not None else "any"

    def _identify(self, path: str) -> str:
        if sys.platform == "win32":
            return f"volume:{os.stat(path).st_dev:x}"
        seen = os.statvfs(path)
        mount = self.mount_of(path)
        if mount is None:
            uuid = mounts.volume_uuid(path)
            kind = mounts.volume_kind(path) or "volume"
            return f"{kind}:{uuid}" if uuid else f"fsid:{seen.f_fsid:x}"
        if mount.kind in _FSID_FROM_UUID and seen.f_fsid:
            return f"{mount.kind}:{seen.f_fsid:x}"
        name = _uuid_of(mount.source) if mount.source.startswith("/") else ""
        if not name:
            name = mount.source if ":" in mount.source or "/" in mount.source else mount.point
        return f"{mount.kind}:{_plain(name)}"


def _rule(kind: str, form: str, options: list[str]) -> NameRule:
    by_fuse = kind.startswith("fuse")
    if form == "exfat":
        return "exfat" if by_fuse or "keep_last_dots" in options else "exfat-ends"
    if form == "vfat":
        return "vfat" if "utf8" in options else "vfat-bytes"
    if form == "ntfs3" and "windows_names" in options:
        return "windows"
    return "unicode" if by_fuse and form == "ntfs" else "any"


def _uuid_of(device: str) -> str:
    """Return the UUID that udev gives a device, or ""."""
    folder = "/dev/disk/by-uuid"
    real = os.path.realpath(device)
    try:
        return min((name for name in os.listdir(folder) if os.path.realpath(f"{folder}/{name}") == real), default="")
    except OSError:
        return ""


def _plain(text: str) -> str:
    return quote_from_bytes(os.fsencode(text), safe="/:@+,=.- ")
