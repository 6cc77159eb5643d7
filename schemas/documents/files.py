"""Writing a document whole: after a crash the file holds the old text or the new one, never a part."""

import os
from collections.abc import Iterable
from pathlib import Path


def replace_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write `chunks` as the new content of `path`: to a temporary beside it, synced, then renamed over it.

    A symbolic link is followed to the file it names; an existing file keeps its mode. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".reshelve-{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        with open(temporary, "xb", buffering=1 << 20) as stream:
            stream.writelines(chunks)
            stream.flush()
            if target.exists():
                os.fchmod(stream.fileno(), target.stat().st_mode & 0o7777)
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
