"""Whether git tracks a file, read from git's own index: nothing is run, least of all what a stranger's repository configures."""

import os
import stat
import struct
from functools import lru_cache
from pathlib import Path
from typing import Literal

from reshelve.schemas.problems import Problem, Where

Tracked = Literal["tracked", "untracked", "unknown"]

_LENGTH = 0x0FFF
_LARGE = 1 << 28


def tracked(file: Path) -> bool:
    """Say whether git tracks a file, or whether that cannot be told: outside a repository, or of an index that is not plain.

    Every repository around the file is asked. Names are compared without case, as some file systems do.
    """
    return asked(file) != "untracked"


def asked(file: Path) -> Tracked:
    """Return whether git tracks a file; "unknown" outside a repository, or of an index that is not plain."""
    real = Path(os.path.realpath(file.parent), file.name)
    found: set[Tracked] = {_in_index(top, real.relative_to(top).as_posix()) for top in _tops(real)} or {"unknown"}
    return "tracked" if "tracked" in found else "unknown" if "unknown" in found else "untracked"


def tracked_overlay(file: Path) -> list[Problem]:
    """Return a warning if git tracks this machine's own file: its paths would be those of every clone."""
    if not file.exists() or asked(file) != "tracked":
        return []
    detail = "It holds what is this machine's own, such as where its disks are. In every clone it replaces what reshelve.yaml says."
    hint = f"git rm --cached {file.name} && echo {file.name} >> .gitignore"
    summary = "git tracks this machine's own file."
    return [Problem("local-tracked", summary, detail, str(file), hint, Where(str(file), 1, 1), "warning")]


def in_repository(file: Path) -> bool:
    """Say whether a file lies in the working tree of a git repository."""
    return bool(_tops(Path(os.path.realpath(file.parent), file.name)))


def _tops(real: Path) -> list[Path]:
    return [folder for folder in real.parents if os.path.lexists(folder / ".git")]


def _in_index(top: Path, rel: str) -> Tracked:
    try:
        folder = _git_folder(top / ".git")
        about = (folder / "index").stat()
        if any(folder.glob("sharedindex.*")) or not stat.S_ISREG(about.st_mode):
            return "unknown"
        index = _plain_index(folder / "index", (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns))
    except FileNotFoundError:
        # A repository in which nothing was added yet has no index, but it has a head.
        return "untracked" if (top / ".git" / "HEAD").is_file() and not _has_shared(top) else "unknown"
    except (OSError, ValueError):
        return "unknown"
    if index is None:
        return "unknown"
    return "tracked" if _names(index, rel) else "untracked"


def _has_shared(top: Path) -> bool:
    return any((top / ".git").glob("sharedindex.*"))


@lru_cache(maxsize=2)
def _plain_index(file: Path, seen: tuple[int, ...]) -> bytes | None:
    """Return a git index in lower case, None of one whose names cannot be read. `seen`: the state it is read in. Raises OSError."""
    del seen
    with open(file, "rb") as stream:
        index = stream.read(_LARGE)
    if len(index) == _LARGE or len(index) < 12 or index[:4] != b"DIRC":
        return None
    version = struct.unpack(">I", index[4:8])[0]
    # Version 4 cuts what names have in common, and a sparse index leaves names out.
    return None if version not in (2, 3) or b"sdir\0\0\0\0" in index else index


def _git_folder(git: Path) -> Path:
    """Return the folder that holds a repository's index; of a worktree or a submodule a file says which. Raises ValueError."""
    if git.is_dir():
        return git
    if not git.is_file():
        raise ValueError("is no repository")
    word, _, where = git.read_text(encoding="utf-8").strip().partition(": ")
    if word != "gitdir":
        raise ValueError("is no repository")
    return git.parent / where


def _names(index: bytes, rel: str) -> bool:
    """Say whether an index has an entry of that path: its name ends with a zero, and its length stands in the flags before it.

    A path that is not ASCII may be spelt in several ways: there any entry whose last part is the same counts.
    """
    whole = os.fsencode(rel).lower()
    exact = whole.isascii()
    wanted = (whole if exact else whole.rpartition(b"/")[2]) + b"\0"
    lower, at = index.lower(), -1
    while (at := lower.find(wanted, at + 1)) >= 0:
        # Version 3 may have two bytes more between the flags and the name.
        flags = [int.from_bytes(index[at - back : at - back + 2], "big") & _LENGTH for back in (2, 4) if at >= back]
        if not exact or min(len(whole), _LENGTH) in flags:
            return True
    return False
