"""Real file systems for tests: made in a file, mounted as root, and always unmounted again, their loop devices freed."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

MUST = "RESHELVE_MUST_MOUNT"
"""Set in the environment where nothing may be skipped: what cannot be mounted there fails."""


class CannotMountError(Exception):
    """This machine does not mount that: it says why."""


def unavailable(why: str) -> None:
    """Skip the test that needs a mount, or fail where nothing may be skipped."""
    if os.environ.get(MUST):
        pytest.fail(why)
    pytest.skip(why)


def run(*command: str | Path) -> str:
    """Run a command and return what it said. Raises CannotMountError with its own words."""
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        raise CannotMountError(f"`{words[0]}` needs root")
    if shutil.which(words[0]) is None:
        raise CannotMountError(f"there is no `{words[0]}` here")
    done = subprocess.run(words, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise CannotMountError(f"`{' '.join(words)}`: {(done.stderr or done.stdout).strip()}")
    return done.stdout.strip()


@contextlib.contextmanager
def mounted(at: Path, *command: str | Path) -> Iterator[Path]:
    """Mount something at a new folder by a command whose last word is that folder, for as long as this lasts."""
    at.mkdir(parents=True)
    run(*command, at)
    try:
        yield at
    finally:
        unmount(at)


def unmount(at: Path) -> None:
    """Unmount, waiting for what still uses it; at last let go of it all the same."""
    for _ in range(50):
        if subprocess.run(["umount", at], capture_output=True).returncode == 0:
            return
        if _is_open_here(at):
            break  # by stores of the test that is ending: they close after it, however long this waits
        time.sleep(0.1)
    subprocess.run(["umount", "-l", at], capture_output=True)


def _is_open_here(at: Path) -> bool:
    """Say whether this process has something open below a place."""
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/self/fd/{number}").startswith(f"{at}/"):
                return True
    return False


@contextlib.contextmanager
def on_loop(base: Path, size_mb: int, make: Callable[[Path], None], options: str = "") -> Iterator[Path]:
    """Make a file system in a file below `base` and mount it by the kernel."""
    image = _image(base, size_mb, make)
    with mounted(base / "mount", "mount", "-o", ",".join(("loop", *filter(None, [options]))), image) as at:
        yield at


@contextlib.contextmanager
def ext4(base: Path) -> Iterator[Path]:
    with on_loop(base, 64, lambda image: _quiet("mkfs.ext4", "-q", image)) as at:
        yield at


@contextlib.contextmanager
def xfs(base: Path) -> Iterator[Path]:
    with on_loop(base, 320, lambda image: _quiet("mkfs.xfs", "-q", image)) as at:
        yield at


@contextlib.contextmanager
def btrfs(base: Path) -> Iterator[Path]:
    with on_loop(base, 128, lambda image: _quiet("mkfs.btrfs", "-q", image)) as at:
        yield at


@contextlib.contextmanager
def tmpfs(base: Path, options: str = "size=64m") -> Iterator[Path]:
    with mounted(base / "mount", "mount", "-t", "tmpfs", "-o", options, "tmpfs") as at:
        yield at


@contextlib.contextmanager
def ntfs_ignoring_case(base: Path) -> Iterator[Path]:
    """NTFS over FUSE that takes names differing in case for one: no rename without replacing."""
    image = _image(base, 64, lambda image: _quiet("mkfs.ntfs", "-Q", "-F", "-q", image))
    with mounted(base / "mount", "lowntfs-3g", "-o", "ignore_case,windows_names", image) as at:
        yield at


@contextlib.contextmanager
def exfat(base: Path) -> Iterator[Path]:
    """exFAT over FUSE: ignores case, has no links, no modes, no rename without replacing."""
    image = _image(base, 64, lambda image: _quiet("mkfs.exfat", image))
    device = run("losetup", "-f", "--show", image)
    try:
        with mounted(base / "mount", "mount.exfat-fuse", device) as at:
            yield at
    finally:
        run("losetup", "-d", device)


@contextlib.contextmanager
def fat32(base: Path) -> Iterator[Path]:
    """FAT32 by the kernel: ignores case, has no links and modes, times in steps of two seconds, inodes that do not last."""
    with on_loop(base, 64, lambda image: _quiet("mkfs.vfat", "-F", "32", "-s", "1", image), "utf8") as at:
        yield at


def knows_fat() -> bool:
    """Say whether this kernel has FAT, by itself or as a module."""
    with contextlib.suppress(OSError):
        subprocess.run(["modprobe", "-q", "vfat"], check=False)
    return "\tvfat\n" in Path("/proc/filesystems").read_text()


@contextlib.contextmanager
def overlay(base: Path) -> Iterator[Path]:
    """An overlay over two folders of a tmpfs."""
    with tmpfs(base / "under") as under:
        for name in ("lower", "upper", "work"):
            (under / name).mkdir()
        options = f"lowerdir={under}/lower,upperdir={under}/upper,workdir={under}/work"
        with mounted(base / "mount", "mount", "-t", "overlay", "-o", options, "overlay") as at:
            yield at


@contextlib.contextmanager
def bound(source: Path, at: Path) -> Iterator[Path]:
    """Show the folder `source` at a second place."""
    with mounted(at, "mount", "--bind", source) as place:
        yield place


KINDS = {
    "ext4": ext4,
    "xfs": xfs,
    "btrfs": btrfs,
    "tmpfs": tmpfs,
    "overlay": overlay,
    "ntfs": ntfs_ignoring_case,
    "exfat": exfat,
    **({"fat32": fat32} if sys.platform == "linux" and knows_fat() else {}),
}  # fmt: skip
"""The explicit list: every test over file systems runs on each of them. `guest` runs those of FAT32 where the kernel has none."""


def _image(base: Path, size_mb: int, make: Callable[[Path], None]) -> Path:
    base.mkdir(parents=True, exist_ok=True)
    image = base / "image"
    with image.open("wb") as file:
        file.truncate(size_mb << 20)
    make(image)
    return image


def _quiet(*command: str | Path) -> None:
    run(*command)
