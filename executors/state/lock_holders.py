"""Who holds a lock: what its file says of a process, and whether that lives."""

import errno
import json
import os
import socket
from pathlib import Path
from typing import Any

from reshelve.executors.state.workspace_state import State
from reshelve.schemas.locations import encode_path
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Holder:
    """Who holds a lock. `began` is the process's start in clock ticks since boot, "" where the system does not tell.

    `state` is the state folder of its workspace, and `home` where commands find that, both in document form. `space` is what its
    number counts in: each container counts its own processes.
    """

    host: str
    boot: str
    pid: int
    began: str
    what: str
    state: str = ""
    home: str = ""
    space: str = ""

    @property
    def told(self) -> str:
        """Who that is, in words."""
        where = f" on host {self.host}" if self.host else ""
        return f"process {self.pid}{where} ({self.what})" if self.pid else f"somebody{where}"


NOBODY_KNOWN = Holder("", "", 0, "", "")
"""Who holds a lock that does not tell."""

_MOST = 1 << 16


def this_process(what: str = "", state: State | None = None) -> Holder:
    """Describe this process as the holder of a lock, for a run of the workspace with this state."""
    process = (socket.gethostname(), boot_id(), os.getpid(), _began(os.getpid()), what)
    of = (encode_path(str(state.folder)), encode_path(str(state.home))) if state else ("", "")
    return Holder(*process, *of, _space())


def boot_id() -> str:
    """Return the id of this boot, "" where the system has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def is_elsewhere(holder: Holder) -> bool:
    """Say whether a lock was written on another machine, whose locks cannot be seen here.

    Containers of one machine have names of their own, and one kernel, whose boot has an id: it is that which keeps the locks.
    """
    return holder.host != socket.gethostname() and not (holder.boot and holder.boot == boot_id())


def _space() -> str:
    """Return the id of the space that this process is numbered in, "" where the system has none."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _began(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def written_in(fd: int) -> Holder | None:
    """Return who a lock file says holds it; None where nothing was written yet. What else it says is for others to know.

    Raises OSError where it cannot be understood: somebody wrote it.
    """
    written = os.pread(fd, _MOST, 0).rstrip(b"\0")
    if not written:
        return None
    try:
        said: Any = json.loads(written)
        host = said["host"]
    except (ValueError, TypeError, KeyError, RecursionError):
        host = None
    if not isinstance(host, str):
        raise OSError(errno.EINVAL, "it is not what reshelve writes")
    pid = said.get("pid")
    return Holder(
        host=host,
        boot=_text(said, "boot"),
        pid=pid if type(pid) is int else 0,
        began=_text(said, "began"),
        what=_text(said, "what"),
        state=_text(said, "state"),
        home=_text(said, "home"),
        space=_text(said, "space"),
    )


def _text(said: dict[str, Any], key: str) -> str:
    text = said.get(key)
    return text if isinstance(text, str) and "\0" not in text else ""


def living(holder: Holder | None) -> Holder | None:
    """Return a holder of this boot whose process lives; None for another: a lock may be held by who cannot write whose it is.

    Of one in another container only that its lock is held can be seen, and that it said so: its number is another's here.
    """
    if holder is None or holder.boot != boot_id():
        return None
    apart = bool(holder.space) and holder.space != _space()
    return holder if apart or holder.began == _began(holder.pid) else None
