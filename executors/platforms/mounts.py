"""What is mounted, and what a volume says of itself."""

import ctypes
import os
import re
import struct
import sys

from reshelve.executors.platforms.system_calls import LIBC
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Mount:
    """One mounted file system: where, its type, its source (a device, a server's export), its device as "major:minor", its options.

    The options are the file system's own, such as "rw,utf8".
    """

    point: str
    kind: str
    source: str
    device: str
    options: str = ""


_ESCAPED = re.compile(r"\\([0-7]{3})")


def mounts() -> list[Mount]:
    """Return what is mounted, oldest first where the system says so; empty where it does not say (only Linux does)."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as table:
            return parse_mounts(table.read())
    except OSError:
        return []


def parse_mounts(table: str) -> list[Mount]:
    """Read the text of /proc/self/mountinfo (its form: proc(5))."""
    found = []
    for line in table.splitlines():
        before, _, after = line.partition(" - ")
        parts, rest = before.split(" "), after.split(" ")
        if len(parts) > 4 and len(rest) > 1:
            found.append(Mount(_unescape(parts[4]), rest[0], _unescape(rest[1]), parts[2], *rest[2:3]))
    return found


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 8)), text)


def volume_uuid(path: str) -> str:
    """Return the volume's own UUID as macOS knows it (getattrlist, ATTR_VOL_UUID), or "" elsewhere."""
    if sys.platform == "darwin":
        ask = getattr(LIBC, "getattrlist", None)
        answer = ctypes.create_string_buffer(20)
        wanted = struct.pack("=HHIIIII", 5, 0, 0, 0x80000000 | 0x00040000, 0, 0, 0)
        if ask is not None and ask(os.fsencode(path), wanted, answer, ctypes.c_size_t(20), 0) == 0:
            return answer.raw[4:20].hex()
    return ""


def volume_kind(path: str) -> str:
    """Return the type of the file system a path lies on as macOS names it (statfs, f_fstypename: "apfs"), or "" elsewhere."""
    if sys.platform == "darwin":
        # Intel kept the old form of the answer under the plain name. In the new one the type stands at 72, 16 bytes long.
        ask = getattr(LIBC, "statfs$INODE64", None) or getattr(LIBC, "statfs", None)
        answer = ctypes.create_string_buffer(4096)
        if ask is not None and ask(os.fsencode(path), answer) == 0:
            name = answer.raw[72:88].partition(b"\0")[0]
            return name.decode() if name.isalnum() and name.isascii() else ""
    return ""
