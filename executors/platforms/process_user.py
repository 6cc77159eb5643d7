"""Whose process this is."""

import getpass
import os


def who() -> str:
    """Return the name of the user this process runs as."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else ""
