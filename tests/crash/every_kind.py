"""A plan with every kind of operation in it, on two file systems where the machine has two."""

import os
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.operations import Write
from reshelve.schemas.plan import Plan
from reshelve.schemas.verbs import Witness
from tests.support.plans import Planning, local, plan_of


def other_file_system(near: Path) -> Path | None:
    """Return a folder on another file system than `near`, or None where there is none."""
    shm = Path("/dev/shm")
    if not shm.is_dir() or shm.stat().st_dev == near.stat().st_dev or not os.access(shm, os.W_OK):
        return None
    return Path(tempfile.mkdtemp(prefix="reshelve-test-", dir=shm))


def lay(inbox: Path) -> None:
    """Lay the tree the plan is about, with old modification times so that a lost one shows."""
    _lay_files(inbox)
    (inbox / "given.tar.gz").write_bytes(_given_archive())
    os.utime(inbox / "given.tar.gz", ns=(1_500_000_000_123_456_789, 1_500_000_000_123_456_789))


def _lay_files(inbox: Path) -> None:
    texts = {
        "a/one.mkv": "one",
        "a/two.mkv": "two",
        "a/one.srt": "sub",
        "swap/x": "x was first",
        "swap/y": "y was second",
        "far/big.mkv": "big" * 50_000,
        "far/small.mkv": "small",
        "copy/me.txt": "copied",
        "link/me.txt": "linked",
        "old/render.mp4": "trash me",
        "old/keep.mp4": "keep me",
        "old/twin.mp4": "keep me",
        "project/Raw/a.mov": "raw" * 50_000,
        "project/notes.txt": "notes",
    }
    for rel, text in texts.items():
        path = inbox / rel
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, ns=(1_500_000_000_123_456_789, 1_500_000_000_123_456_789))
    os.chmod(inbox / "far/big.mkv", 0o640)
    with suppress(OSError):  # not every file system holds them
        os.setxattr(inbox / "far/big.mkv", "user.note", b"kept")
    os.link(inbox / "far/big.mkv", inbox / "far/twin.mkv")
    os.symlink("../a/one.mkv", inbox / "far/pointer")
    os.utime(inbox / "far/pointer", ns=(1_500_000_000_123_456_789, 1_500_000_000_123_456_789), follow_symlinks=False)
    os.symlink("Raw/a.mov", inbox / "project/latest")
    os.utime(inbox / "project/latest", ns=(1_500_000_000_000_000_001, 1_500_000_000_000_000_001), follow_symlinks=False)
    (inbox / "project/empty").mkdir()
    os.chmod(inbox / "project/Raw", 0o555)
    os.chmod(inbox / "a", 0o750)
    for folder in sorted(inbox.rglob("*"), reverse=True):
        if folder.is_dir():
            os.utime(folder, ns=(1_400_000_000_000_000_001, 1_400_000_000_000_000_001))


@cache
def _given_archive() -> bytes:
    """An archive as a stranger's tar would make it, of what the inbox's project holds; made once, the trees being laid so often."""
    with tempfile.TemporaryDirectory() as folder:
        _lay_files(Path(folder))
        return subprocess.run(["tar", "-C", f"{folder}/project", "-cz", "."], check=True, stdout=subprocess.PIPE).stdout


def stores_at(inbox: Path, shelf: Path, attic: Path) -> dict[str, LocalStore]:
    return {"inbox": local("inbox", inbox), "shelf": local("shelf", shelf), "attic": local("attic", attic)}


def packed(place: str, op: int, member: str) -> Witness:
    """An archive that operation `op` of the plan makes."""
    return Witness(place, 0, 0, 0, op=op, holding="within", member=member)


def every_kind(stores: dict[str, LocalStore], **sealed: Any) -> Plan:
    """Every operation kind, a chain, a swap through a temporary name, hard links and a symbolic link across file systems."""
    p = Planning(stores)
    across = stores["inbox"].root.fs != stores["attic"].root.fs
    twin_to = "attic:in/big.mkv" if across else ""
    return plan_of(
        stores,
        p.mkdir("shelf:Show"),
        p.mkdir("shelf:Show/Season 01", needs=(0,)),
        p.move("inbox:a/one.mkv", "shelf:Show/Season 01/one.mkv", needs=(1,)),
        p.move("inbox:a/one.srt", "shelf:Show/Season 01/one.srt", needs=(1,)),
        p.move("inbox:a/two.mkv", "inbox:a/one.mkv", needs=(2,)),
        p.move("inbox:swap/x", "inbox:swap/.reshelve-swap-0"),
        p.move("inbox:swap/y", "inbox:swap/x", needs=(5,)),
        p.move("inbox:swap/.reshelve-swap-0", "inbox:swap/y", "inbox:swap/x", needs=(6,)),
        p.mkdir("attic:in"),
        p.move("inbox:far/big.mkv", "attic:in/big.mkv", across=across, needs=(8,)),
        p.move("inbox:far/twin.mkv", "attic:in/twin.mkv", across=across, linked_to=twin_to, needs=(8, 9)),
        p.move("inbox:far/small.mkv", "attic:in/small.mkv", across=across, needs=(8,)),
        p.move("inbox:far/pointer", "attic:in/pointer", across=across, item="link", text="../a/one.mkv", needs=(8,)),
        p.copy("inbox:copy/me.txt", "shelf:me too.txt"),
        p.link("inbox:link/me.txt", "shelf:hard.txt"),
        p.link("inbox:link/me.txt", "shelf:soft.txt", how="symbolic", text="../inbox/link/me.txt"),
        Write("shelf:config.json", "{}\n"),
        p.trash("inbox:old/render.mp4"),
        p.rmdir("inbox:far", needs=(9, 10, 11, 12)),
        p.pack("inbox:project", "attic:project.tar.gz"),
        p.pack("inbox:project", "shelf:project.zip", format="zip"),
        p.unpack("inbox:given.tar.gz", "attic:given"),
        p.trash_of_many("inbox:project/notes.txt", packed("shelf:project.zip", 20, "notes.txt"), needs=(19, 20)),
        p.trash("inbox:project/latest", needs=(19, 20)),
        p.trash("inbox:given.tar.gz", needs=(21,)),
        p.trash_of_many("inbox:copy/me.txt", Witness("shelf:me too.txt", 0, 0, 0, op=13), needs=(13,)),
        p.trash_of_many("inbox:old/twin.mp4", p.witness("inbox:old/keep.mp4")),
        **sealed,
    )
