"""Paths of documents as people read them: from where they stand, as git prints them."""

import os
import shlex
from pathlib import Path

from reshelve.schemas.locations import printable


def from_here(path: Path | str) -> str:
    """Return the path of a file from the current folder, where it is in that or in a folder above it; any other unchanged."""
    if not os.path.isabs(path):
        return str(path)
    try:
        here = os.getcwd()
    except OSError:
        return str(path)
    above = os.path.dirname(path)
    if above == os.path.sep or not (_is_in(above, here) or _is_in(here, above)):
        return str(path)
    return os.path.relpath(path, here)


def shown(path: Path | str) -> str:
    """Return the path of a file as it is printed within a sentence."""
    return printable(from_here(path))


def quoted(path: Path | str) -> str:
    """Return the path of a file as it is written in a command."""
    return shlex.quote(from_here(path))


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.path.sep) + os.path.sep)
