"""Writing a document whole: after a crash the file holds the old text or the new one, never a part; what came meanwhile stays."""

import ctypes
import errno
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

import xxhash

from reshelve.schemas.documents.source_lines import open_file
from reshelve.schemas.locations import TEMPORARY
from reshelve.schemas.problems import ReshelveError, stop

FREE = ""
"""The version of a path where nothing is."""
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS, errno.EACCES}
_NUMBERS = count(1)
_PIECE = 1 << 20
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform != "win32" else None
_EXCHANGE: Callable[..., int] | None = getattr(_LIBC, "renameatx_np" if sys.platform == "darwin" else "renameat2", None)


def version(path: Path) -> str:
    """Return what tells one text of a document from another: the xxh3 of its bytes; FREE where nothing is. Raises OSError."""
    digest = xxhash.xxh3_128()
    try:
        with open_file(path) as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
    except FileNotFoundError:
        return FREE
    return digest.hexdigest()


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Give an OSError that names no file the name of `path`: a full disk shows while writing, where the system knows no name."""
    try:
        yield
    except OSError as trouble:
        if trouble.filename is None:
            trouble.filename = str(path)
        raise


def replace_file(path: Path, chunks: Iterable[bytes], only: str | None = None) -> str:
    """Write `chunks` as the new content of `path`: to a temporary beside it, synced, then renamed over it. Return its version.

    With `only`, while the document still has that version. A symbolic link is followed to the file it names; an existing file
    keeps its mode and owner. Raises OSError, and ReshelveError where it is write-protected or another document by now.
    """
    fresh = Fresh(path, only)
    digest = xxhash.xxh3_128()
    try:
        for chunk in chunks:
            digest.update(chunk)
            with naming(path):
                fresh.stream.write(chunk)
    except BaseException:
        fresh.drop()
        raise
    fresh.publish()
    return digest.hexdigest()


class Fresh:
    """New content of a document on its way: `stream` takes it, `publish` puts it in place, `drop` leaves things as they were."""

    def __init__(self, path: Path, only: str | None = None) -> None:
        refuse_protected(path)
        self.target = Path(os.path.realpath(path))
        self._path = path
        self._only = only
        self._temporary = self.target.with_name(f"{TEMPORARY}{os.getpid()}-{next(_NUMBERS)}.tmp")
        self._temporary.unlink(missing_ok=True)
        self.stream: BinaryIO = open(self._temporary, "xb", buffering=1 << 20)  # noqa: SIM115 - closed by publish and drop

    def publish(self) -> None:
        """Put the content in place, durably. Raises OSError, and ReshelveError where the document is another by now."""
        try:
            with naming(self._path):
                self.stream.flush()
                self._dress(self.stream.fileno())
                os.fsync(self.stream.fileno())
                self.stream.close()
            self._place()
        except BaseException:
            self.drop()
            raise
        folder = os.open(self.target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def drop(self) -> None:
        """Remove what was written so far. May run twice."""
        with suppress(OSError):
            self.stream.close()
        self._temporary.unlink(missing_ok=True)

    def _dress(self, handle: int) -> None:
        """Give the new file the mode and owner of the old one."""
        try:
            old = self.target.stat()
        except FileNotFoundError:
            return
        if (old.st_uid, old.st_gid) != (os.fstat(handle).st_uid, os.fstat(handle).st_gid):
            with suppress(PermissionError):
                os.fchown(handle, old.st_uid, old.st_gid)
        os.fchmod(handle, old.st_mode & 0o7777)

    def _place(self) -> None:
        if self._only == FREE:
            try:
                os.link(self._temporary, self.target)
            except FileExistsError:
                raise changed(self._path) from None
            except OSError as trouble:
                if trouble.errno not in _NO_LINKS:
                    raise
            else:
                self._temporary.unlink()
                return
        if self._only is not None and version(self.target) != self._only:
            raise changed(self._path)
        if self._only is None or not _exchange(self._temporary, self.target):
            os.replace(self._temporary, self.target)
            return
        # What stood there until that very moment is at hand now: it is put back where it is not what was expected.
        try:
            expected = version(self._temporary) == self._only
        except OSError:
            expected = False
        if not expected:
            _exchange(self._temporary, self.target)
            raise changed(self._path)
        self._temporary.unlink()


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two files in one step (Linux renameat2, macOS renameatx_np); False, nothing done, where the system cannot."""
    call = _EXCHANGE
    if call is None:
        return False
    here = -2 if sys.platform == "darwin" else -100
    return call(here, os.fsencode(one), here, os.fsencode(other), 2) == 0


def refuse_protected(path: Path) -> None:
    """Raise ReshelveError where a file is there that its owner keeps from being written: a rename over it would not ask."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return
    if not mode & 0o222 or not os.access(path, os.W_OK):
        if on_read_only(path):
            detail, hint = "Its file system is mounted read-only.", "Mount it writable, then try again."
            raise stop("write-protected", "The file cannot be written to.", detail, path=str(path), hint=hint)
        detail = "Its permissions say that it is not to be changed."
        hint = f"chmod u+w {shlex.quote(str(path))}"
        raise stop("write-protected", "The file is write-protected.", detail, path=str(path), hint=hint)


def on_read_only(path: Path) -> bool:
    """Say whether what stands at `path` lies on a file system that is mounted read-only; False where that cannot be told."""
    try:
        return hasattr(os, "statvfs") and bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def changed(path: Path) -> ReshelveError:
    """Return the refusal to write over what another wrote since the document was read."""
    return stop(
        "document-changed",
        "The document was changed meanwhile.",
        "It has changed since it was read, and is left as it is now.",
        path=str(path),
        hint="Run the command again: it goes by what the document says now.",
    )
