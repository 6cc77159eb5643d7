"""One command line in a process of its own under strace, which kills it or fails it at a chosen system call.

The process is forked from this one, where everything is loaded, and waits at a gate until strace holds it: so calls are counted
from the command's first, and a run costs a tenth of a second. `fresh` starts a new interpreter instead, as a person would.
"""

import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60
"""Seconds after which a command that has not ended counts as hanging."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, or minus the signal that killed it; and all it said."""

    code: int
    said: str

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


def warm_up() -> None:
    """Load every module, so that processes forked from here have them."""
    import importlib
    import pkgutil

    import reshelve

    for module in pkgutil.walk_packages(reshelve.__path__, "reshelve."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def run(argv: Sequence[str], folder: Path, *, strace: Sequence[str] = (), fresh: bool = False) -> Ended:
    """Run `reshelve ARGV` in `folder` to its end; with `strace` options, under strace from the command's first call on."""
    out = folder.parent / "said"
    with out.open("wb") as said:
        pid = _started(argv, folder, said.fileno(), strace) if fresh else _forked(argv, folder, said.fileno(), strace)
        code = _ended(pid)
    return Ended(code, out.read_text(errors="backslashreplace"))


def environment(folder: Path) -> dict[str, str]:
    """Return what a command finds in its environment: nothing of the person's own."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    own = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "xdg"), "NO_COLOR": "1", "CI": "true"}
    python = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONPATH": str(Path(__file__).parents[2])}
    return {**kept, **own, **python}


def _started(argv: Sequence[str], folder: Path, said: int, strace: Sequence[str]) -> int:
    # -P: no module is looked for in the folder that is to fail.
    command = [sys.executable, "-P", "-m", "reshelve", *argv]
    if strace:
        command = ["strace", "-f", "-qq", *strace, *command]
    return subprocess.Popen(command, cwd=folder, env=environment(folder), stdin=subprocess.DEVNULL, stdout=said, stderr=said).pid


def _forked(argv: Sequence[str], folder: Path, said: int, strace: Sequence[str]) -> int:
    gate, opener = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(opener)
            _become(argv, folder, said, environment(folder), gate)
        finally:
            os._exit(70)
    os.close(gate)
    try:
        if strace:
            _attach(pid, strace)
    finally:
        os.write(opener, b"!")
        os.close(opener)
    return pid


def _become(argv: Sequence[str], folder: Path, said: int, environ: Mapping[str, str], gate: int) -> None:
    """Be the command, in the child: never returns."""
    from reshelve.__main__ import main

    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.closerange(3, gate)
    os.closerange(gate + 1, 64)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, closefd=False) for number, mode in enumerate("rww"))
    sys.argv = ["reshelve", *argv]
    code = 70
    select.select([gate], [], [])  # no read: reads are counted
    try:
        main()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 70
    except BaseException:  # noqa: BLE001  # told, and judged by whoever waits
        traceback.print_exc()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code or 70
    os._exit(code)


def _attach(pid: int, options: Sequence[str]) -> None:
    """Have strace hold a waiting process; return once it does."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-p", str(pid), *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert tracer.stderr is not None
    line = tracer.stderr.readline().decode()
    if "attached" not in line:
        os.kill(pid, signal.SIGKILL)
        raise RuntimeError(f"strace cannot hold a process: {line.strip() or 'it said nothing'}")
    _TRACERS.append(tracer)


_TRACERS: list[subprocess.Popen[bytes]] = []


def _ended(pid: int) -> int:
    handle = os.pidfd_open(pid)
    try:
        if not select.select([handle], [], [], PATIENCE)[0]:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return -signal.SIGALRM
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        os.close(handle)
        while _TRACERS:
            tracer = _TRACERS.pop()
            tracer.communicate()
    # strace itself ends by the signal that ended what it ran.
    return code
