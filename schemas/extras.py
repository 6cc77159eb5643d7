"""Extras: how what is optional is installed beside the reshelve that runs."""

import shlex
import sys


def install(extra: str) -> str:
    """Return the command that installs an extra for the Python that runs: any other `pip` would look for reshelve elsewhere."""
    return f"{shlex.quote(sys.executable)} -m pip install 'reshelve[{extra}]'"
