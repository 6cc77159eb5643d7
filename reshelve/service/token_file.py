"""The token of a workspace's service: made once, in a file that only its user can read."""

import os
import re
import secrets
from pathlib import Path

from reshelve.executors.state.workspace_state import State
from reshelve.schemas.problems import stop

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")


def token_of(state: State) -> str:
    """Return the token that the service of this state is asked with, made if there is none. Raises ReshelveError, OSError.

    A file that others can read, or that is another's, is refused: whoever read the token may ask too.
    """
    state.prepare()
    path = state.folder / "service-token"
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(file, "w", encoding="ascii") as made:
        token = secrets.token_urlsafe(32)
        made.write(token)
        made.flush()
        os.fsync(made.fileno())
    return token


def _read(path: Path) -> str:
    again = f"Remove it, and a new one is made: rm {path}"
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as trouble:
        raise stop("service-token", "The token cannot be read.", f"{trouble.strerror}.", path=str(path), hint=again) from None
    with os.fdopen(file, "rb") as held:
        stat = os.fstat(held.fileno())
        if hasattr(os, "getuid") and (stat.st_mode & 0o077 or stat.st_uid != os.getuid()):
            detail = "Others can read it, or it is another user's."
            raise stop("service-token", "The token is not secret.", detail, path=str(path), hint=again)
        text = held.read(200).decode("ascii", "replace").strip()
    if not _TOKEN.match(text):
        raise stop("service-token", "The token is damaged.", "It is not as it was made.", path=str(path), hint=again)
    return text
