"""Locks: one run at a time per store root, across workspaces and processes."""

import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from executors.state import State
from schemas.locations import LOCK, decode_path, encode_path, printable
from schemas.plan import Plan
from schemas.problems import ReshelveError, stop


@dataclass(slots=True, frozen=True)
class Holder:
    """Who holds a lock. `began` is the process's start in clock ticks since boot, "" where the system does not tell.

    `state` is the state folder of its workspace, and `home` where commands find that, both in document form.
    """

    host: str
    boot: str
    pid: int
    began: str
    what: str
    state: str = ""
    home: str = ""


def lock_folder(path: str, fs: str) -> str:
    """Return the folder whose lock stands for a root: its own, or for a bucket one of this machine, made when it is not there.

    Those of buckets lie in `$XDG_STATE_HOME/reshelve/locks`, nested as prefixes are. Raises ReshelveError where none can be made.
    """
    if not path.startswith("s3://"):
        return path
    base = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "state")
    prefix = path.removeprefix("s3://").partition("/")[2]
    parts = ["_" + quote(part, safe="") for part in (*fs.split("/"), *filter(None, prefix.split("/")))]
    folder = os.path.join(base, "reshelve", "locks", *parts)
    try:
        os.makedirs(folder, 0o700, exist_ok=True)
    except OSError as trouble:
        detail = f"{printable(folder)}: {trouble.strerror}."
        hint = "Give this user the right to write there, or set XDG_STATE_HOME."
        raise stop("no-lock", "A bucket cannot be locked.", detail, path=path, hint=hint) from None
    return os.path.realpath(folder)


def roots_of(plan: Plan) -> list[str]:
    """Return the folders whose locks stand for the roots a plan touches."""
    return [lock_folder(decode_path(root.path), root.fs) for root in plan.roots.values()]


def this_process(what: str = "", state: State | None = None) -> Holder:
    """Describe this process as the holder of a lock, for a run of the workspace with this state."""
    process = (socket.gethostname(), boot_id(), os.getpid(), _began(os.getpid()), what)
    return Holder(*process, *((encode_path(str(state.folder)), encode_path(str(state.home))) if state else ()))


def boot_id() -> str:
    """Return the id of this boot, "" where the system has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _began(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


@contextmanager
def locked(folders: Iterable[str], what: str, state: State | None = None) -> Iterator[None]:
    """Hold the locks of these folders, for a run of the workspace with this state.

    Raises ReshelveError of kind "locked", naming the holder, when one is taken.
    The system itself releases a lock when its process dies, however it dies: a lock file left behind by a dead process of
    this host is taken over. One written by another host is never broken, since this host cannot tell whether it lives.
    A folder that is missing or cannot be written to is not locked: nothing can be changed in it either.
    """
    wanted = sorted(set(folders))
    holder = this_process(what, state)
    with ExitStack() as held:
        for folder in wanted:
            _refuse_inside_locked(folder, wanted)
            held.enter_context(_one(folder, holder))
        yield


def holder_of(folder: str) -> Holder | None:
    """Return who holds a folder's lock now, or None. Never waits and takes nothing."""
    holder, alive = _look(folder)
    return (holder or Holder("?", "", 0, "", "starting")) if alive else None


def left_behind(folder: str) -> Iterator[tuple[str, Holder]]:
    """Yield (folder, whose) for each lock file that a dead process of this host left in a folder or in one above it."""
    for each in (folder, *map(str, Path(folder).parents)):
        holder, alive = _look(each)
        if holder is not None and not alive:
            yield each, holder


def _look(folder: str) -> tuple[Holder | None, bool]:
    """Return who wrote a folder's lock file, None where that cannot be told, and whether it holds the lock. Takes nothing."""
    try:
        fd = os.open(os.path.join(folder, LOCK), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None, False
    try:
        holder = _read(fd)
        if holder is not None and holder.host != socket.gethostname():
            return holder, True
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return holder, True
        return holder, False
    finally:
        os.close(fd)


@contextmanager
def _one(folder: str, holder: Holder) -> Iterator[None]:
    path = os.path.join(folder, LOCK)
    if not os.path.isdir(folder):
        yield
        return
    stood = _mtime(folder)
    fd = _open_locked(folder, path)
    if fd is None:
        yield
        return
    try:
        os.ftruncate(fd, 0)
        os.pwrite(fd, json.dumps(asdict(holder)).encode(), 0)
        _put_back(folder, stood)
        yield
    finally:
        # Removed while the lock is held: whoever waits on this inode finds it nameless and opens the next one. Where it cannot
        # be removed it stays, held by nobody: the run has ended, and ended as it did.
        try:
            stood = _mtime(folder)
            os.unlink(path)
            _put_back(folder, stood)
        except OSError:
            pass
        finally:
            os.close(fd)


def _open_locked(folder: str, path: str) -> int | None:
    while True:
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        except PermissionError:
            return None
        except OSError as error:
            if error.errno == errno.EROFS:
                return None
            raise
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = _read(fd)
            os.close(fd)
            raise _taken(folder, holder) from None
        holder = _read(fd)
        if holder is not None and holder.host != socket.gethostname():
            os.close(fd)
            raise _taken(folder, holder)
        if _same(fd, path):
            return fd
        os.close(fd)


def _refuse_inside_locked(folder: str, ours: list[str]) -> None:
    for above in Path(folder).parents:
        if str(above) in ours:
            continue
        holder = holder_of(str(above))
        if holder is not None:
            raise _taken(str(above), holder)


def _taken(folder: str, holder: Holder | None) -> ReshelveError:
    here = socket.gethostname()
    if holder is None:
        detail, hint = "Another run has just begun there.", "Wait for it to end, then try again."
    elif holder.host == here:
        detail = f"Process {holder.pid} on this host ({holder.what}) is at work there."
        hint = "Wait for it to end, then try again. `reshelve status` shows it."
    else:
        detail = f"Process {holder.pid} on host {holder.host} ({holder.what}) holds it; whether it lives cannot be told from here."
        hint = f"If no reshelve runs on {holder.host}, remove the lock file:\n    rm {printable(os.path.join(folder, LOCK))}"
    return stop("locked", "Another run holds the lock.", detail, path=printable(folder), hint=hint, kind="locked")


def _read(fd: int) -> Holder | None:
    """Return what a lock file says; None for one that no reshelve wrote: it lies where anybody may write."""
    try:
        holder = Holder(**json.loads(os.pread(fd, 4096, 0)))
    except (ValueError, TypeError, OSError, RecursionError):
        return None
    said = asdict(holder)
    fits = isinstance(said.pop("pid"), int) and all(isinstance(text, str) and "\0" not in text for text in said.values())
    return holder if fits else None


def _same(fd: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(path))
    except FileNotFoundError:
        return False


def _mtime(folder: str) -> int:
    return os.stat(folder).st_mtime_ns


def _put_back(folder: str, mtime_ns: int) -> None:
    """A lock leaves no trace, not even in the folder's modification time."""
    try:
        os.utime(folder, ns=(os.stat(folder).st_atime_ns, mtime_ns))
    except OSError:
        pass
