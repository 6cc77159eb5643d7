"""Small files of a state folder: replaced as a whole, and what to say of one that is damaged."""

import errno
import os
from pathlib import Path

from reshelve.executors.state.run_journal import sync_folder
from reshelve.schemas.documents.atomic_files import naming
from reshelve.schemas.problems import ReshelveError, stop


def damaged_file(path: Path, hint: str) -> ReshelveError:
    """Return what to raise for a state file that says nothing."""
    return stop("state-damaged", "A state file cannot be read.", "It is not what reshelve wrote.", path=str(path), hint=hint)


def replace_state_file(path: Path, content: bytes) -> None:
    """Replace a state file: after a crash it holds the old content or the new, never a part.

    A link at its name, or at that of the new content, is replaced itself: what it leads to is left as it is. Raises OSError, also
    where its folder is a link.
    """
    if path.parent.is_symlink():
        raise OSError(errno.ELOOP, "its folder is a link", str(path.parent))
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with naming(path), fresh.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
