"""Locks: one run at a time per store root, across workspaces and processes."""

import errno
import fcntl
import json
import os
import shlex
import socket
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote

from reshelve.executors.platforms.file_locks import try_lock
from reshelve.executors.platforms.regular_files import open_regular
from reshelve.executors.state import lock_times
from reshelve.executors.state.lock_holders import NOBODY_KNOWN, Holder, is_elsewhere, living, this_process, written_in
from reshelve.executors.state.lock_times import set_time
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.locations import LOCK, decode_path, printable
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError, stop

_WAITS = (0.0, 0.005, 0.02)
"""Seconds between tries: who only looks whether a lock is held holds it for a moment."""


def lock_folder(path: str, fs: str, *, make: bool = True) -> str:
    """Return the folder whose lock stands for a root: its own, or for a bucket one of this machine, made when it is not there.

    Those of buckets lie in `$XDG_STATE_HOME/reshelve/locks`, nested as prefixes are. Raises ReshelveError where none can be made;
    with `make` False none is.
    """
    if not path.startswith("s3://"):
        return path
    base = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "state")
    prefix = path.removeprefix("s3://").partition("/")[2]
    parts = ["_" + quote(part, safe="") for part in (*fs.split("/"), *filter(None, prefix.split("/")))]
    folder = os.path.join(base, "reshelve", "locks", *parts)
    if not make:
        return os.path.realpath(folder)
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


@contextmanager
def locked(
    folders: Iterable[str], what: str, state: State | None = None, *, inside: Collection[str] = (), makes_room: bool = False
) -> Iterator[None]:
    """Hold the locks of these folders, for a run of the workspace with this state that acts in the folders `inside` them.

    A disk too full to say in the lock file who holds it is refused, but not to what only `makes_room`.

    Raises ReshelveError of kind "locked", naming the holder, when one is taken, or that of a folder above or inside.
    The system itself releases a lock when its process dies, however it dies: a lock file left behind by a dead process of this
    host, or of another container on it, is taken over. One written by another host is never broken, since this host cannot tell
    whether it lives; nor is one that cannot be understood or locked: it is somebody's. Where no lock file may be made, the folder
    itself is locked.
    A folder that is missing, or on a file system mounted read-only, is not locked: nothing can be changed in it either.
    """
    wanted = sorted(set(folders))
    holder = this_process(what, state)
    # The state first: who holds it may note there what times the other folders have.
    own = [folder for folder in wanted if state is not None and folder == str(state.folder)]
    others = [folder for folder in wanted if folder not in own]
    with ExitStack() as state_held, ExitStack() as held:
        _refuse_overlapping(wanted, inside)
        for folder in own:
            state_held.enter_context(_one(folder, holder, makes_room=makes_room))
        if state is not None:
            lock_times.put_back(state)
        try:
            with lock_times.noted(state, others):
                for folder in others:
                    held.enter_context(_one(folder, holder, makes_room=makes_room))
            # Who began at the same moment above or inside looks for these by now, or finds nothing of the other's and is found.
            _refuse_overlapping(wanted, inside)
            yield
        finally:
            with lock_times.noted(state, others):
                held.close()


def holder_of(folder: str) -> Holder | None:
    """Return who holds a folder's lock now, or None. Never waits and takes nothing."""
    holder, held = _look(folder)
    return (holder or NOBODY_KNOWN) if held else None


def left_behind(folders: Collection[str], inside: Iterable[str] = ()) -> Iterator[tuple[str, Holder]]:
    """Yield (folder, whose) for each lock file that a dead process of this host left in these folders, above them or `inside`."""
    above = {str(each) for folder in folders for each in Path(folder).parents}
    for each in dict.fromkeys([*folders, *sorted(above, reverse=True), *_with_lock_file(inside)]):
        holder, held = _look(each)
        if holder is not None and not held:
            yield each, holder


def _with_lock_file(folders: Iterable[str]) -> list[str]:
    return [folder for folder in folders if os.path.lexists(os.path.join(folder, LOCK))]


def clear_abandoned(folders: Iterable[str], state: State) -> None:
    """Remove the lock files that dead processes of the workspace with this state left in these folders, and those that say nothing.

    For when none of its runs is unsettled: until then they are how others are told of that. What is held stays.
    """
    mine = this_process(state=state).state
    for folder in sorted(set(folders)):
        holder, held = _look(folder)
        with suppress(OSError, ReshelveError):
            untold = holder is None and os.path.getsize(os.path.join(folder, LOCK)) == 0
            if not held and (untold or (holder is not None and holder.state == mine)):
                with locked([folder], "recover", state):
                    pass


def _look(folder: str) -> tuple[Holder | None, bool]:
    """Return who wrote a folder's lock file, None where that cannot be told, and whether it holds the lock. Takes nothing."""
    try:
        fd = open_regular(os.path.join(folder, LOCK), os.O_RDONLY)
    except OSError as error:
        return None, error.errno not in _NO_FILE or _folder_is_locked(folder)
    try:
        holder = written_in(fd)
        if holder is not None and is_elsewhere(holder):
            return holder, True
        if not _flock(fd, fcntl.LOCK_SH):
            return living(holder), True
        return holder, _folder_is_locked(folder)
    except OSError:
        return None, True
    finally:
        os.close(fd)


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_FILE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})


def _flock(fd: int, how: int) -> bool:
    """Take a file's lock, and say whether that could be done. Raises OSError where it cannot be locked at all."""
    for wait in _WAITS:
        if wait:
            time.sleep(wait)
        if try_lock(fd, how):
            return True
    return False


def _lock_folder_itself(folder: str, how: int) -> int | None:
    """Lock a folder, not a file in it; return what holds that, None where it cannot be done. Raises ReshelveError: it is taken."""
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        if _flock(fd, how):
            return fd
    except OSError:
        os.close(fd)
        return None
    os.close(fd)
    raise _taken(folder, None)


def _folder_is_locked(folder: str) -> bool:
    try:
        fd = _lock_folder_itself(folder, fcntl.LOCK_SH)
    except ReshelveError:
        return True
    if fd is not None:
        os.close(fd)
    return False


@contextmanager
def _one(folder: str, holder: Holder, *, makes_room: bool) -> Iterator[None]:
    path = os.path.join(folder, LOCK)
    if not os.path.isdir(folder):
        yield
        return
    stood = _mtime(folder)
    with ExitStack() as held:
        fd, ours = _open_locked(folder, path)
        if fd is None:
            if not ours:
                _hold(held, _lock_folder_itself(folder, fcntl.LOCK_EX))
            yield
            return
        # Removed while the lock is held: whoever waits on this inode finds it nameless and opens the next one.
        held.callback(_close, fd, folder)
        held.callback(_remove, folder, path)
        # Whoever may make no lock file here locks the folder alone: that keeps them out, and not one another's lock files.
        _hold(held, _lock_folder_itself(folder, fcntl.LOCK_SH))
        if ours:
            _sign(fd, folder, holder, makes_room=makes_room)
            if os.fstat(fd).st_mode & 0o044 != 0o044:
                with suppress(OSError):
                    os.fchmod(fd, 0o644)  # whoever else may write here has to be able to read it
        set_time(folder, stood)
        yield


def _sign(fd: int, folder: str, holder: Holder, *, makes_room: bool) -> None:
    """Write who holds a lock into its file. Raises ReshelveError.

    It is written over what is there, in one call and with blanks to its end: a full disk has the room for that, and whenever
    this process is killed the file can be read.
    """
    said = json.dumps(asdict(holder)).encode()
    try:
        os.pwrite(fd, said.ljust(os.fstat(fd).st_size), 0)
        os.ftruncate(fd, len(said))
    except OSError as trouble:
        if not makes_room or trouble.errno not in _FULL:
            raise _unwritten(folder, trouble) from None


def _hold(held: ExitStack, fd: int | None) -> None:
    if fd is not None:
        held.callback(os.close, fd)


def _remove(folder: str, path: str) -> None:
    """Remove a lock file. Where that cannot be done it stays, held by nobody: the run has ended, and ended as it did."""
    with suppress(OSError):
        stood = _mtime(folder)
        os.unlink(path)
        set_time(folder, stood)


def _close(fd: int, folder: str) -> None:
    """Close a lock file. Over FUSE one that was removed while open has a hidden name, whose removal changes its folder's time."""
    hidden, stood = -1, -1
    with suppress(OSError):
        hidden, stood = os.fstat(fd).st_nlink, _mtime(folder)
    os.close(fd)
    if hidden > 0 and stood >= 0:
        set_time(folder, stood)


def _open_locked(folder: str, path: str) -> tuple[int | None, bool]:
    """Return the locked lock file of a folder, and whether it is ours to write; no file where none can be made.

    Then it is "ours" where the file system is read-only, so that nothing need be locked.
    """
    while True:
        ours = True
        try:
            try:
                fd = open_regular(path, os.O_RDWR | os.O_CREAT)
            except PermissionError:
                ours = False
                fd = open_regular(path, os.O_RDONLY)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.EROFS):
                return None, error.errno == errno.EROFS
            if error.errno in _FULL:
                raise _unwritten(folder, error) from None
            raise _unclear(folder, f"its lock file cannot be opened ({error.strerror})") from None
        with ExitStack() as opened:
            opened.callback(os.close, fd)
            try:
                free, said = _flock(fd, fcntl.LOCK_EX), written_in(fd)
            except OSError as error:
                raise _unclear(folder, f"its lock file cannot be locked, or not understood ({error.strerror})") from None
            if not free or (said is not None and is_elsewhere(said)):
                raise _taken(folder, said if free else living(said))
            if not _same(fd, path):
                continue
            if not ours:
                # Left by a dead process of another user: away with it, so that ours can say whose it is.
                with suppress(OSError):
                    os.unlink(path)
                    continue
            opened.pop_all()
            return fd, ours


def _refuse_overlapping(ours: list[str], inside: Collection[str]) -> None:
    """Raise ReshelveError where somebody else holds the lock of a folder above ours, or of one inside that is acted in."""
    above = {str(each) for folder in ours for each in Path(folder).parents}
    for folder in sorted(above.union(_with_lock_file(inside)).difference(ours)):
        holder = holder_of(folder)
        if holder is not None:
            raise _taken(folder, holder)


def _taken(folder: str, holder: Holder | None) -> ReshelveError:
    if holder is not None and is_elsewhere(holder):
        return _unclear(folder, f"{holder.told} holds it; whether it is still running cannot be seen from here")
    if holder is None:
        detail, hint = "Another run is at work there, and has not said which it is.", "Wait for it to end, then try again."
    else:
        host = "this host" if holder.host == socket.gethostname() else f"host {holder.host}"
        detail = f"Process {holder.pid} on {host} ({holder.what}) is at work there."
        hint = "Wait for it to end, then try again. `reshelve status` shows it."
    return stop("locked", "Another run holds the lock.", detail, path=printable(folder), hint=hint, kind="locked")


def _unwritten(folder: str, trouble: OSError) -> ReshelveError:
    detail = f"Its lock file cannot be written: {trouble.strerror}. Nothing was touched."
    hint = "Free some room on that disk (4 kB are enough for the lock), then try again."
    if trouble.errno not in _FULL:
        hint = "Put that right, then try again."
    return stop("no-lock", "A folder cannot be locked.", detail, path=printable(folder), hint=hint)


def _unclear(folder: str, why: str) -> ReshelveError:
    """Tell of a lock that may be somebody's."""
    path = os.path.join(folder, LOCK)
    folders = os.path.isdir(path) and not os.path.islink(path)
    away = f"{'rm -r' if folders else 'rm'} {shlex.quote(printable(path))}"
    hint = f"If no reshelve is at work there, on this host or another, remove the lock file:\n    {away}"
    detail = f"{printable(why[0].upper() + why[1:])}."
    return stop("locked", "Another run may hold the lock.", detail, path=printable(folder), hint=hint, kind="locked")


def _same(fd: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(path))
    except FileNotFoundError:
        return False


def _mtime(folder: str) -> int:
    return os.stat(folder).st_mtime_ns
