"""Asking the libraries in another process: a file that crashes one, or keeps it busy for ever, costs that process only.

The file is opened here and handed over open, so that the other process reaches nothing by path.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from typing import BinaryIO

from reshelve.executors.metadata.media_libraries import Answer, ask

_GRACE = 5.0
"""Seconds that a helper has beyond the time it gives its libraries: to start, and to stop by itself."""
_LONGEST = 1 << 20
_CRASHES = frozenset(-number for number in (signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV))
_SERVE = "import sys; from reshelve.executors.metadata.helper_process import serve; serve(int(sys.argv[1]))"


class Helper:
    """One process that reads files, one after the other. Raises OSError where none can be started.

    It ends with `close`, and by itself when this process ends in whatever way. `alive` is False once it is of no more use.
    """

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        path = os.pathsep.join(folder for folder in sys.path if folder)
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-c", _SERVE, str(theirs.fileno())],
                    env={**os.environ, "PYTHONPATH": path},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
            except BaseException:
                ours.close()
                raise
        self._socket = ours
        self.alive = True

    def ask(self, medium: str, content: BinaryIO, name: str, seconds: float) -> Answer:
        """Return what an open file says of itself. Never raises, and ends within `seconds` a library and a few more."""
        try:
            self._socket.settimeout(2 * seconds + _GRACE)
            request = json.dumps([medium, name, seconds]).encode()
            socket.send_fds(self._socket, [len(request).to_bytes(4, "big") + request], [content.fileno()])
            facts, lasting = json.loads(_message(self._socket))
        except (OSError, ValueError):
            return Answer({}, lasting=self._end() in _CRASHES)
        return Answer(facts, lasting)

    def close(self) -> None:
        """End the process."""
        self._end()

    def _end(self) -> int:
        """End the process where it has not crashed of itself, and return its exit code."""
        self.alive = False
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(0.2)
        self._process.kill()
        return self._process.wait()


def serve(number: int) -> None:
    """Answer what comes in over the socket of this number, until its other end is closed."""
    with socket.socket(fileno=number) as link:
        while True:
            start, handed, _, _ = socket.recv_fds(link, 4, 1)
            if not start:
                return
            length = start if len(start) == 4 else start + _exactly(link, 4 - len(start))
            medium, name, seconds = json.loads(_exactly(link, int.from_bytes(length, "big")))
            with os.fdopen(handed[0], "rb") as content:
                answer = ask(medium, content, name, seconds)
            reply = json.dumps([answer.facts, answer.lasting]).encode()
            link.sendall(len(reply).to_bytes(4, "big") + reply)


def _message(link: socket.socket) -> bytes:
    length = int.from_bytes(_exactly(link, 4), "big")
    if length > _LONGEST:
        raise ValueError("an answer of that length is none")
    return _exactly(link, length)


def _exactly(link: socket.socket, length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        part = link.recv(length)
        if not part:
            raise ConnectionResetError("the other process is gone")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
