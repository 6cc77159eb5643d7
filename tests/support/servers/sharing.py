"""One server for a whole run, whichever of its worker processes asks first."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.support.servers.keeper import SERVERS
from tests.support.servers.service import Endpoint

_REPOSITORY = Path(__file__).parents[3]


def shared(name: str) -> Endpoint:
    """Return where the run's server of this name listens, starting it where nobody has. Skips where it is not installed.

    With `RESHELVE_S3_SERVERS=required`, as `make test-s3` sets it, one that is not installed is a failure.
    """
    if lacking := SERVERS[name].missing():
        if os.environ.get("RESHELVE_S3_SERVERS") == "required":
            pytest.fail(f"needs {lacking}")
        pytest.skip(f"needs {lacking}")
    worker = "PYTEST_XDIST_WORKER" in os.environ
    run = os.getppid() if worker else os.getpid()
    # Not in pytest's own folders: the paths of Ceph's sockets have to be short.
    folder = Path(tempfile.gettempdir()) / f"reshelve-servers-{run}" / name
    folder.parent.mkdir(exist_ok=True)
    try:
        folder.mkdir()
    except FileExistsError:
        pass
    else:
        command = [sys.executable, "-m", "tests.support.servers.keeper", name, str(folder), str(run)]
        with (folder / "keeper.log").open("ab") as log:
            subprocess.Popen(command, cwd=_REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    end = time.monotonic() + 240
    while time.monotonic() < end:
        if (folder / "failed.txt").exists():
            pytest.fail((folder / "failed.txt").read_text())
        if (folder / "ready.json").exists():
            return Endpoint.read(folder / "ready.json")
        time.sleep(0.05)
    pytest.fail(f"{name} did not start within 240 s; see {folder}")
