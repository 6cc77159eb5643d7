"""The folders below its roots that a plan acts in: each may be a root of another workspace, whose run holds that folder's lock."""

import os
from collections.abc import Mapping

from reshelve.executors.state.root_locks import lock_folder
from reshelve.schemas.locations import decode_path, join, parent, split
from reshelve.schemas.operations import MakeDir, Move, Trash
from reshelve.schemas.plan import Plan


def acted_in(plan: Plan, paths: Mapping[str, str] | None = None) -> list[str]:
    """Return the folders below its roots, sorted, whose locks stand for what a plan reads, makes and frees; none is made.

    A folder that goes to the trash as a whole is looked through, since each folder in it goes with it. `paths` tell where the
    roots are now, by key; without them they are where the plan says.
    """
    paths = paths if paths is not None else {key: decode_path(root.path) for key, root in plan.roots.items()}
    texts: set[str] = set()
    made: set[str] = set()
    for operation in plan.operations:
        if isinstance(operation, Move):
            texts.add(operation.src.rpartition("/")[0])
            texts.add(operation.dst.rpartition("/")[0])
            continue
        texts.update(place.rpartition("/")[0] for place in (operation.reads, operation.makes, operation.frees) if place)
        if isinstance(operation, MakeDir):
            made.add(operation.dst)
        elif isinstance(operation, Trash) and not operation.away and operation.kept is None:
            texts.update(_whole(paths, operation.src))
    folders: set[tuple[str, str]] = set()
    # A folder that is yet to be made is nobody's root: those above it stand for it.
    for text in {*(texts - made), *(folder.rpartition("/")[0] for folder in made)} - made:
        root, rel = split(text) if ":" in text else ("", "")
        while root in paths and rel and (root, rel) not in folders:
            folders.add((root, rel))
            rel = parent(rel)
    return sorted(_lock_folder(paths[root], plan.roots[root].fs, rel) for root, rel in folders)


def _whole(paths: Mapping[str, str], place: str) -> list[str]:
    """Return the places of a folder and of every folder in it, none for what is no folder."""
    root, rel = split(place)
    if root not in paths:
        return []
    top = os.path.join(paths[root], rel)
    if os.path.islink(top) or not os.path.isdir(top):
        return []
    return [join(root, rel + folder[len(top) :]) for folder, _, _ in os.walk(top)]


def _lock_folder(path: str, fs: str, rel: str) -> str:
    if not path.startswith("s3://"):
        return os.path.join(path, rel)
    return lock_folder(f"{path.rstrip('/')}/{rel}", fs, make=False)
