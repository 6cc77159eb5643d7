"""Plans small enough for a second kill at every call after many a first one."""

import os
from pathlib import Path
from typing import Any

from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.operations import Write
from reshelve.schemas.plan import Plan
from tests.support.plans import Planning, plan_of

OLD = 1_500_000_000_123_456_789


def lay_few(inbox: Path) -> None:
    """Lay the tree the plan is about."""
    for rel in ("a/one.mkv", "far/big.mkv", "old.mp4", "b/gone.mkv"):
        path = inbox / rel
        path.parent.mkdir(exist_ok=True)
        path.write_text(rel * 9)
        os.utime(path, ns=(OLD, OLD))
    for folder in ("a", "b", "far"):
        os.utime(inbox / folder, ns=(OLD, OLD))


def plain(stores: dict[str, LocalStore], **sealed: Any) -> Plan:
    """What every file system can hold: no links. A name that changes by case alone goes by a step aside."""
    p = Planning(stores)
    across = stores["inbox"].root.fs != stores["attic"].root.fs
    return plan_of(
        stores,
        p.mkdir("shelf:Show"),
        p.move("inbox:a/one.mkv", "shelf:Show/one.mkv", needs=(0,)),
        p.move("inbox:old.mp4", "inbox:.reshelve-swap-0"),
        p.move("inbox:.reshelve-swap-0", "inbox:OLD.mp4", "inbox:old.mp4", needs=(2,)),
        p.copy("inbox:far/big.mkv", "shelf:copy.mkv"),
        p.move("inbox:far/big.mkv", "attic:big.mkv", across=across, needs=(4,)),
        Write("shelf:note.txt", "written\n"),
        p.trash("inbox:b/gone.mkv"),
        p.rmdir("inbox:far", needs=(5,)),
        **sealed,
    )


def few(stores: dict[str, LocalStore], **sealed: Any) -> Plan:
    """A folder, a rename, a move across file systems, a link, a written file, trash, and an emptied folder."""
    p = Planning(stores)
    across = stores["inbox"].root.fs != stores["attic"].root.fs
    return plan_of(
        stores,
        p.mkdir("shelf:Show"),
        p.move("inbox:a/one.mkv", "shelf:Show/one.mkv", needs=(0,)),
        p.move("inbox:far/big.mkv", "attic:big.mkv", across=across),
        p.link("inbox:old.mp4", "shelf:old.mp4"),
        Write("shelf:note.txt", "written\n"),
        p.trash("inbox:old.mp4", needs=(3,)),
        p.rmdir("inbox:far", needs=(2,)),
        **sealed,
    )
