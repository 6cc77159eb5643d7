"""Whether git tracks a file, read from git's own index: nothing is run, least of all what a stranger's repository configures."""

import os
import stat
import struct
from pathlib import Path

_LENGTH = 0x0FFF
_LARGE = 1 << 28


def tracked(file: Path) -> bool:
    """Say whether git tracks a file, or whether that cannot be told: outside a repository, or of an index that is not plain.

    Every repository around the file is asked. Names are compared without case, as some file systems do.
    """
    real = Path(os.path.realpath(file.parent), file.name)
    tops = [folder for folder in real.parents if os.path.lexists(folder / ".git")]
    return not tops or any(_in_index(top, real.relative_to(top).as_posix()) for top in tops)


def _in_index(top: Path, rel: str) -> bool:
    try:
        folder = _git_folder(top / ".git")
        if any(folder.glob("sharedindex.*")):
            return True
        if not stat.S_ISREG((folder / "index").stat().st_mode):
            return True
        with open(folder / "index", "rb") as stream:
            index = stream.read(_LARGE)
    except FileNotFoundError:
        # A repository in which nothing was added yet has no index, but it has a head.
        return not (top / ".git" / "HEAD").is_file()
    except (OSError, ValueError):
        return True
    if len(index) == _LARGE or len(index) < 12 or index[:4] != b"DIRC":
        return True
    version = struct.unpack(">I", index[4:8])[0]
    # Version 4 cuts what names have in common, and a sparse index leaves names out.
    if version not in (2, 3) or b"sdir\0\0\0\0" in index:
        return True
    return _names(index, rel)


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
