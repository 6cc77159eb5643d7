"""When files were last read, as far as the file system keeps that (relatime, the default of Linux, does about once a day)."""

import os
import stat
from pathlib import Path

from reshelve.schemas.quick_dataclasses import dataclass

_SLACK_NS = 60 * 10**9
"""So long after its last change a file counts as read by whoever wrote it."""


@dataclass(slots=True, frozen=True)
class Reads:
    """How many of the files below a folder were read after they were last changed, and when last, ns since the epoch."""

    files: int = 0
    read: int = 0
    last_ns: int = 0


def reads_below(folder: Path, since_ns: int) -> Reads:
    """Return what was read below a folder since a time. What cannot be looked at does not count; links are not followed."""
    files = read = last = 0
    for top, _, names in os.walk(folder):
        for name in names:
            try:
                seen = os.lstat(os.path.join(top, name))
            except OSError:
                continue
            if stat.S_ISREG(seen.st_mode):
                files += 1
                if seen.st_atime_ns > max(seen.st_mtime_ns, seen.st_ctime_ns) + _SLACK_NS and seen.st_atime_ns >= since_ns:
                    read, last = read + 1, max(last, seen.st_atime_ns)
    return Reads(files, read, last)
