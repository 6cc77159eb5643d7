"""Calling the command line as somebody who may not read everything: the superuser gives that right up first."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def call_as_plain_user(folder: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    """Run one command line in `folder` without the right to read what the modes of files forbid."""
    command = [sys.executable, "-m", "reshelve", *args]
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        assert setpriv is not None, "setpriv is a part of util-linux"
        command = [setpriv, "--bounding-set", "-dac_override,-dac_read_search", *command]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
