"""A workspace that makes backups, and what is asked of its archives."""

import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

from tests.support.shellcalls import call

SETTINGS = "version: 1\nstores:\n  work: {path: work}\n  vault: {path: vault}\nzone: Europe/Berlin\nbackups:\n"


def backup_desk(folder: Path) -> Path:
    """Return a folder with a project of ten files; `declare` makes it a workspace."""
    (folder / "vault").mkdir()
    for number in range(10):
        put(folder, f"b63/f{number}", str(number))
    return folder


def put(desk: Path, name: str, text: str) -> Path:
    """Write a file of a project, and return its path."""
    path = desk / "work" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def declare(desk: Path, settings: str = 'of: "work:{project}"') -> None:
    """Write the workspace, with these settings for its one set of backups."""
    (desk / "reshelve.yaml").write_text(f"{SETTINGS}  main: {{{settings}}}\n")


def run(desk: Path, *args: str, code: int = 0) -> Any:
    """Call `backup` with these words, and `--yes` where it asks; return what came."""
    came = call(desk, "backup", *args, *(("--yes",) if args[:1] not in (("list",), ("verify",)) else ()))
    assert came.code == code, f"{came.out}\n{came.err}"
    return came


def files(folder: Path) -> dict[str, str]:
    """Return the texts of the files in a folder, by path."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def archives(desk: Path, folder: str = "work/b63/Backups") -> list[Path]:
    """Return the archives in a folder, oldest first."""
    return sorted((desk / folder).glob("*.*"), key=lambda path: path.stat().st_mtime_ns)


def inside(archive: Path) -> set[str]:
    """Return the names of the files in an archive, its manifest left out."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as zipped:
            return {name for name in zipped.namelist() if not name.endswith("/")} - {".reshelve-backup.json"}
    with tarfile.open(archive) as tar:
        return {member.name for member in tar if not member.isdir()} - {".reshelve-backup.json"}


def in_bucket(desk: Path, store: str) -> None:
    """Declare a bucket in place of the vault."""
    text = (desk / "reshelve.yaml").read_text()
    (desk / "reshelve.yaml").write_text(text.replace("  vault: {path: vault}\n", f"  cloud: {store}\n"))


def rows(desk: Path, what: str) -> list[dict[str, Any]]:
    """Return what `backup list` or `backup verify` tells of each archive."""
    return [event for event in run(desk, what, "--json").events if event["type"] == "archive"]


def tree(folder: Path) -> dict[str, str]:
    """Return what is in a folder: files with their content, links, folders; the backups left out."""
    found = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if not name.startswith("Backups"):
            found[name] = os.readlink(path) if path.is_symlink() else "/" if path.is_dir() else path.read_text()
    return found
