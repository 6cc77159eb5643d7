"""Known workspaces: in which folders runs of which workspace acted, so that these are found from a store that lies elsewhere.

One small file a workspace, in `$XDG_STATE_HOME/reshelve/workspaces/`, written before a run begins. Losing it loses no run: the
workspace's own folder still has them all.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from reshelve.executors.state.state_files import replace_state_file
from reshelve.opening.workspace_search import WORKSPACE_FILE, folder_id, found_folder, related, state_base
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.locations import decode_path, encode_path
from reshelve.schemas.plan import Plan
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class KnownWorkspace:
    """One workspace: its folder, where it was last, that folder's id, and the folders in which its runs acted."""

    folder: Path
    known: str
    acted_in: tuple[Path, ...]


def note(folder: Path, plan: Plan, environ: Mapping[str, str]) -> None:
    """Keep in which folders a plan of the workspace in `folder` is about to act. Where that cannot be kept, nothing is."""
    file = _file(folder, environ)
    before = _read(file)
    roots = {Path(decode_path(root.path)) for root in plan.roots.values() if not root.path.startswith("s3://")}
    now = KnownWorkspace(folder, folder_id(folder), tuple(sorted(roots.union(before.acted_in if before else ()))))
    if now == before:
        return
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        told = {"folder": encode_path(str(folder)), "known": now.known, "acted_in": [encode_path(str(one)) for one in now.acted_in]}
        replace_state_file(file, json.dumps(told).encode() + b"\n")


def acted_in(folder: Path, root: str, environ: Mapping[str, str]) -> bool:
    """Say whether a run of the workspace in `folder` acted in the folder `root` (a real path), as a store's."""
    kept = _read(_file(folder, environ))
    return kept is not None and Path(root) in kept.acted_in


def acting_in(here: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the file of each workspace whose runs acted in a folder that contains `here`, or lies in it, in a fixed order."""
    return _there(here, (kept for kept in _known(environ) if any(related(here, folder) for folder in kept.acted_in)))


def every(here: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the file of every workspace in which this user had a run, in a fixed order."""
    return _there(here, _known(environ))


def _there(here: Path, known: Iterable[KnownWorkspace]) -> Iterator[Path]:
    """Yield the files of workspaces that are there; of one that was moved, as far as it is found around `here`."""
    for kept in known:
        file = found_folder(here, kept.folder, kept.known) / WORKSPACE_FILE
        if file.is_file():
            yield file


def _known(environ: Mapping[str, str]) -> Iterator[KnownWorkspace]:
    home = _home(environ)
    for file in sorted(home.glob("*.json")) if home.is_dir() else ():
        kept = _read(file)
        if kept is not None:
            yield kept


def _file(folder: Path, environ: Mapping[str, str]) -> Path:
    return _home(environ) / f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}.json"


def _home(environ: Mapping[str, str]) -> Path:
    return state_base(environ) / "workspaces"


def _read(file: Path) -> KnownWorkspace | None:
    try:
        told = json.loads(read_file(file).decode("utf-8"))
        folders = tuple(Path(decode_path(folder)) for folder in told["acted_in"])
        return KnownWorkspace(Path(decode_path(told["folder"])), str(told["known"]), folders)
    except (OSError, ValueError, KeyError, TypeError):
        return None
