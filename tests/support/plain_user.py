"""Calling the command line as somebody who may not read everything: the superuser gives that right up first."""

import os
import subprocess
import tempfile
from pathlib import Path

from tests.support.forked_program import Forked

_PROGRAM = """
import ctypes, os, sys
from reshelve.cli.entry import run
folder, told, *args = sys.argv[1:]
os.chdir(folder)
os.dup2(os.open(told, os.O_WRONLY), 2)
if os.geteuid() == 0:
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    read_all = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.prctl(24, 1, 0, 0, 0) == libc.prctl(24, 2, 0, 0, 0) == libc.capget(head, sets) == 0
    for at in range(3):
        sets[at] &= ~read_all
    assert libc.capset(head, sets) == 0, os.strerror(ctypes.get_errno())
raise SystemExit(run(args))
"""


def call_as_plain_user(folder: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    """Run one command line in `folder` without the right to read what the modes of files forbid."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as told:
        process = Forked(_PROGRAM, [str(folder), told.name, *args], os.environ, subprocess.DEVNULL)
        with process.stdout as out:
            said = out.read().decode()
        code = process.wait()
        assert code is not None
        return subprocess.CompletedProcess(args, code, said, told.read())
