"""The tests on FAT32 where the kernel here has no FAT: in a guest that has, Linux itself as a program (user-mode-linux).

python -m tests.filesystems.guest [PYTEST-ARGUMENTS]      as root; Debian: user-mode-linux, dosfstools

The guest sees the files of this machine, and keeps what the tests make in its own memory. Its system calls are slow, the more so
under strace: without arguments the slow tests are left out, which kill and fail.
"""

import ctypes
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.filesystems.mounts import knows_fat

PROGRAM = "linux.uml"
MEMORY = "1G"
PATIENCE = 3600
"""Seconds after which a guest that has not ended is ended."""
MODULES = ("fs/fat/fat", "fs/fat/vfat", "fs/nls/nls_cp437", "fs/nls/nls_iso8859-1", "drivers/block/loop")
ROOT = Path(__file__).parents[2]


def main() -> int:
    """Run the tests, and return pytest's exit code; 0 where there is nothing to run, and that was said."""
    if knows_fat():
        print("This kernel has FAT: its tests ran with the others.")
        return 0
    lacking = [name for name in (PROGRAM, "mkfs.vfat") if shutil.which(name) is None]
    if lacking or os.geteuid() != 0:
        print(f"NOT RUN: the tests on FAT32. This kernel has no FAT, and there is no {' and no '.join(lacking) or 'root'} here.")
        return 0
    with tempfile.TemporaryDirectory(prefix="reshelve-guest-") as folder:
        return _booted(Path(folder), sys.argv[1:])


def _booted(folder: Path, args: list[str]) -> int:
    """Boot a guest that runs the tests and ends; what it says is printed as it comes."""
    answer = folder / "code"
    pytest = [sys.executable, "-m", "pytest", "-q", "-k", "fat32", "-p", "no:cacheprovider", "--basetemp=/mnt/tests"]
    tests = shlex.join([*pytest, *(args or ["-m", "not slow"])])
    (folder / "init").write_text(
        f"""#!/bin/sh
export PATH={shlex.quote(os.environ["PATH"])} HOME=/mnt/home TMPDIR=/mnt/tmp PYTHONPATH={ROOT} RESHELVE_MUST_MOUNT=1
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mkdir -p /dev/shm
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /mnt
mkdir /mnt/home /mnt/tmp
cd {ROOT}
{sys.executable} -m tests.filesystems.guest --load-modules
{tests} tests/filesystems
echo $? > {answer}
sync
echo o > /proc/sysrq-trigger
sleep 60
"""
    )
    (folder / "init").chmod(0o755)
    root = ["root=/dev/root", "rootfstype=hostfs", "rw"]
    command = [PROGRAM, f"mem={MEMORY}", *root, f"init={folder}/init", "con=null", "con0=null,fd:1"]
    subprocess.run([*command, "quiet"], stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)
    return int(answer.read_text()) if answer.exists() else 1


def load_modules() -> None:
    """Load what the guest's kernel needs for FAT; no program for that has to be there. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    for name in MODULES:
        path = f"/usr/lib/uml/modules/{os.uname().release}/kernel/{name}.ko"
        fd = os.open(path, os.O_RDONLY)
        if libc.syscall(313, fd, b"", 0):  # finit_module; the guest is always x86_64
            raise OSError(ctypes.get_errno(), "cannot be loaded", path)
        os.close(fd)


if __name__ == "__main__":
    if sys.argv[1:] == ["--load-modules"]:
        load_modules()
    else:
        sys.exit(main())
