"""Which format a file system mounted by FUSE has: the kernel knows only that a program serves it, and from which device."""

import contextlib
import os
import stat

from reshelve.executors.platforms.mounts import Mount

_AT_3 = {b"EXFAT   ": "exfat", b"NTFS    ": "ntfs"}
"""What the first sector names at its byte 3."""
_PROGRAMS = {"exfat": "exfat", "ntfs": "ntfs", "ntfs-3g": "ntfs", "lowntfs-3g": "ntfs"}
"""What programs write after "fuseblk." in the type."""
_UDEV = "/run/udev/data"


def format_of(mount: Mount) -> str:
    """Return "exfat" or "ntfs" for one of these that is mounted by FUSE, the type as it is for all else. Only reads.

    The type itself may tell; else the first sector of the device, or of the file, for who may read it; else what udev keeps of
    the device, for all.
    """
    family, _, program = mount.kind.partition(".")
    if family not in ("fuse", "fuseblk"):
        return mount.kind
    return _PROGRAMS.get(program) or _on_source(mount) or _known_to_udev(mount) or mount.kind


def _on_source(mount: Mount) -> str:
    """Return the format that the source's first sector names, or ""."""
    if not mount.source.startswith("/"):
        return ""
    with contextlib.suppress(OSError):
        # Neither a pipe nor a terminal is opened, nor a device that is no longer what is mounted.
        fd = os.open(mount.source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC) if _holds_it(mount) else -1
        if fd >= 0:
            try:
                return _AT_3.get(os.read(fd, 512)[3:11], "")
            finally:
                os.close(fd)
    return ""


def _holds_it(mount: Mount) -> bool:
    seen = os.stat(mount.source)
    if stat.S_ISBLK(seen.st_mode):
        return mount.kind != "fuseblk" or mount.device == f"{os.major(seen.st_rdev)}:{os.minor(seen.st_rdev)}"
    return stat.S_ISREG(seen.st_mode)


def _known_to_udev(mount: Mount) -> str:
    """Return the format that udev found on the device, or ""."""
    if not mount.kind.startswith("fuseblk"):
        return ""
    try:
        with open(f"{_UDEV}/b{mount.device}", encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return ""
    return next((line.partition("=")[2] for line in lines if line in ("E:ID_FS_TYPE=exfat", "E:ID_FS_TYPE=ntfs")), "")
