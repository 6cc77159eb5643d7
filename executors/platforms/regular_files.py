"""Opening what may be written: a regular file and nothing else, never waiting for a pipe and never through a link."""

import os
from pathlib import Path

from reshelve.schemas.documents.source_lines import must_be_file

_HOW = os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def open_regular(path: str | Path, how: int, mode: int = 0o644) -> int:
    """Open a regular file with the flags `how` of open(2) and return it. OSError, also for a link and what is no file."""
    fd = os.open(path, how | _HOW, mode)
    try:
        must_be_file(Path(path), os.fstat(fd))
    except OSError:
        os.close(fd)
        raise
    return fd
