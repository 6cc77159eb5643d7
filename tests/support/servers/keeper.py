"""Keeps one server for a test run: starts it, says where it listens, and stops it when the run's process is gone.

Run as a process of its own, so that however the run ends its servers end too.
"""

import contextlib
import os
import shutil
import sys
import time
import traceback
from pathlib import Path

from tests.support.servers.ceph import Ceph
from tests.support.servers.moto import Moto
from tests.support.servers.rclone import Rclone

SERVERS: dict[str, type[Ceph] | type[Moto] | type[Rclone]] = {"ceph": Ceph, "moto": Moto, "rclone": Rclone}


def keep(name: str, folder: Path, run: int) -> None:
    """Start a server in `folder`, write `ready.json` there (or `failed.txt`), and stop it once process `run` is no more."""
    server = SERVERS[name](folder)
    try:
        server.start().write(folder / "ready.json")
    except BaseException:  # noqa: BLE001 - the run is told, whatever it was
        said = [f"{log}\n{log.read_text(errors='replace')[-2000:]}" for log in sorted(folder.rglob("*.out"))]
        (folder / "failed.txt").write_text("\n".join([traceback.format_exc(), *said]))
        server.stop()
        return
    while _alive(run):
        time.sleep(0.3)
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.parent.rmdir()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
