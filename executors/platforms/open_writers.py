"""Which files some process has open or mapped for writing, as far as this one may see: on Linux, from /proc, in one pass."""

import os
import stat


def open_for_writing(proc: str = "/proc") -> frozenset[tuple[int, int]]:
    """Return (device, inode) of every regular file open for writing, or mapped so that others see what is written to it.

    Other users' processes are seen by root only. Never raises.
    """
    found: set[tuple[int, int]] = set()
    for process in _listed(proc):
        if not process.isdecimal():
            continue
        for number in _listed(f"{proc}/{process}/fd"):
            try:
                seen = os.stat(f"{proc}/{process}/fd/{number}")
                if stat.S_ISREG(seen.st_mode) and _writes(f"{proc}/{process}/fdinfo/{number}"):
                    found.add((seen.st_dev, seen.st_ino))
            except (OSError, ValueError):
                continue
        found |= _mapped(f"{proc}/{process}/maps")
    return frozenset(found)


def _mapped(maps: str) -> set[tuple[int, int]]:
    """Return the files that a process has mapped shared and writable: closing a file leaves its mappings (proc(5), maps)."""
    found: set[tuple[int, int]] = set()
    try:
        with open(maps, "rb") as lines:
            shared = {parts[5] for parts in (line.rstrip(b"\n").split(None, 5) for line in lines) if _is_shared(parts)}
    except OSError:
        return found
    for path in shared:
        try:
            seen = os.stat(path)
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(seen.st_mode):
            found.add((seen.st_dev, seen.st_ino))
    return found


def _is_shared(parts: list[bytes]) -> bool:
    return len(parts) == 6 and parts[1][1:2] == b"w" and parts[1][3:4] == b"s" and parts[5].startswith(b"/")


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _writes(fdinfo: str) -> bool:
    with open(fdinfo, "rb") as lines:
        for line in lines:
            if line.startswith(b"flags:"):
                return int(line.split()[1], 8) & (os.O_WRONLY | os.O_RDWR) != 0
    return False
