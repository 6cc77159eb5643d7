"""Recorded roots: those of a plan, with the number of a folder that was made only after the plan."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reshelve.executors.state.known_disks import KnownDisks
from reshelve.schemas.plan import PlanRoot


def recorded_roots(roots: Mapping[str, PlanRoot], state: Path) -> dict[str, PlanRoot]:
    """Return roots with the numbers of their folders, as far as a state folder knows them from runs that ended."""
    if all(root.ino or root.path.startswith("s3://") for root in roots.values()):
        return dict(roots)
    disks = KnownDisks(state).read()
    return {
        key: replace(root, ino=disk.ino)
        if not root.ino and (disk := disks.get(key)) is not None and (disk.path, disk.fs) == (root.path, root.fs)
        else root
        for key, root in roots.items()
    }
