"""Small files of a state folder: replaced as a whole, and what to say of one that is damaged."""

import errno
import os
import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from reshelve.executors.platforms import system_calls
from reshelve.executors.platforms.exclusive_renames import rename_new
from reshelve.executors.platforms.file_locks import sole
from reshelve.schemas.documents.atomic_files import naming
from reshelve.schemas.documents.source_lines import NoFileError, must_be_file
from reshelve.schemas.problems import ReshelveError, stop


def damaged_file(path: Path, hint: str) -> ReshelveError:
    """Return what to raise for a state file that says nothing."""
    return stop("state-damaged", "A state file cannot be read.", "It is not what reshelve wrote.", path=str(path), hint=hint)


def no_file(path: Path) -> ReshelveError | None:
    """Return what to raise where a link, a folder or the like stands at the name of a file of the state; None where none does."""
    try:
        if not path.is_symlink():
            must_be_file(path, os.lstat(path))
            return None
        why = "it is a link"
    except NoFileError as trouble:
        why = trouble.strerror or "it is no file"
    except OSError:
        return None
    hint = f"Move it away, then try again: mv {shlex.quote(str(path))} {shlex.quote(f'{path}.damaged')}"
    return stop("state-damaged", "A state file is no file.", f"{why.capitalize()}.", path=str(path), hint=hint)


@contextmanager
def place_of(lock: Path) -> Iterator[int | None]:
    """Hold a lock file of the state as `sole` does. Raises OSError, and ReshelveError where what has its name is no file."""
    if (stands := no_file(lock)) is not None:
        raise stands
    with sole(lock) as place:
        yield place


def replace_state_file(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Replace a state file, whole or piece by piece: after a crash it holds the old content or the new, never a part.

    A link or a pipe at its name, or at that of the new content, is replaced itself: what a link leads to is left as it is. A folder
    there is put aside. Raises OSError, also where its folder is a link.
    """
    if path.parent.is_symlink():
        raise OSError(errno.ELOOP, "its folder is a link", str(path.parent))
    fresh = path.with_name(path.name + ".new")
    remove_or_put_aside(fresh)
    with naming(path), fresh.open("xb") as file:
        file.writelines([content] if isinstance(content, bytes) else content)
        file.flush()
        os.fsync(file.fileno())
    if _is_folder(path):
        put_aside(path)
    fresh.replace(path)
    sync_folder(path.parent)


def remove_or_put_aside(path: Path) -> None:
    """Make a name of the state free: a folder there, which may hold what is somebody's, is put aside. Raises OSError."""
    if _is_folder(path):
        put_aside(path)
    else:
        path.unlink(missing_ok=True)


def put_aside(path: Path) -> Path:
    """Give what stands where a state file belongs a free name beside it, unopened, and return that. Raises OSError."""
    for aside in names_aside(path):
        try:
            rename_new(system_calls.AT_CWD, str(path), system_calls.AT_CWD, str(aside))
        except FileExistsError:
            continue
        sync_folder(path.parent)
        break
    return aside


def names_aside(path: Path) -> Iterator[Path]:
    """Yield the names beside a state file that a damaged one may get: `journal.damaged-1.ndjson`, and so on."""
    return (path.with_name(f"{path.stem}.damaged-{number}{path.suffix}") for number in count(1))


def sync_folder(folder: Path) -> None:
    """Make the entries of a folder durable, where the system lets a folder be synced."""
    try:
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as trouble:
        if trouble.errno not in system_calls.MAY_NOT:
            raise


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
