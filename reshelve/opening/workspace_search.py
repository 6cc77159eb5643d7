"""Finding what a command works on: the workspace above the current folder, or the state of an earlier `organize`."""

import hashlib
import json
import os
import shlex
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reshelve.executors.state.state_files import replace_state_file
from reshelve.schemas.documents.source_lines import must_be_file, read_file, unreadable
from reshelve.schemas.known_roots import is_lasting
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass

WORKSPACE_FILE = "reshelve.yaml"
_NEARLY = ("reshelve.yml", "Reshelve.yaml", "Reshelve.yml", ".reshelve.yaml", "reshelve.yaml.txt")
LAYOUT_NAME = "layout.yaml"
_META = "meta.json"


@dataclass(slots=True, frozen=True)
class OrganizeState:
    """Where one pair of source and destination keeps its runs. `made` names folders made so that DEST exists, outermost first.

    `known` are the ids of the two folders (`folder_id`), by which they are found again where they were moved to.
    """

    folder: Path
    source: Path
    dest: Path
    preset: str
    made: tuple[str, ...] = ()
    known: tuple[str, str] = ("", "")


def find_workspace(start: Path) -> Path | None:
    """Return the nearest `reshelve.yaml` in `start` or a folder above it, or None.

    One of nearly that name, or that is no file, nearer than any, is not passed over, for it is the one that was meant: raises
    ReshelveError.
    """
    for folder in (start, *start.parents):
        candidate = folder / WORKSPACE_FILE
        if candidate.is_file():
            return candidate
        if os.path.lexists(candidate):
            raise _no_file(candidate)
        near = next((folder / name for name in _NEARLY if (folder / name).is_file()), None)
        if near is not None:
            hint = f"mv {shlex.quote(str(near))} {shlex.quote(str(candidate))}"
            detail = f"It is called {WORKSPACE_FILE}."
            raise stop("workspace-name", "A workspace has another name.", detail, path=str(near), hint=hint)
    return None


def _no_file(candidate: Path) -> ReshelveError:
    """Return the error for a pipe, a folder, a link to nothing or the like that has a workspace's name."""
    try:
        must_be_file(candidate, os.stat(candidate))
    except FileNotFoundError:
        hint = f"ls -l {shlex.quote(str(candidate))}"
        detail = f"It is a link to {printable(os.readlink(candidate))}, where nothing is."
        return stop("document-missing", "no such document", detail, path=str(candidate), hint=hint)
    except OSError as trouble:
        return unreadable(candidate, trouble)
    return stop("document-unreadable", "a document cannot be read", "It changes at this moment.", path=str(candidate))


def need_workspace(start: Path) -> Path:
    """Return the nearest `reshelve.yaml` upward from `start`. Raises ReshelveError when there is none, or one of another name."""
    found = find_workspace(start)
    if found is None:
        detail = f"No {WORKSPACE_FILE} in this folder or any above it."
        hint = "reshelve init --preset plex"
        raise stop("no-workspace", "There is no workspace here.", detail, path=str(start), hint=hint)
    return found


def layout_beside(workspace: Path) -> Path:
    """Return where a workspace's layout lies unless told otherwise: `layout.yaml`, or the folder `layout`."""
    folder = workspace.parent / "layout"
    if folder.is_dir() and not (workspace.parent / LAYOUT_NAME).exists():
        return folder
    return workspace.parent / LAYOUT_NAME


def in_repository(file: str) -> str:
    """Return a file's path from the top of the git repository around it, "/" between names; outside any, as it is."""
    path = Path(os.path.abspath(file))
    top = next((folder for folder in path.parents if (folder / ".git").exists()), None)
    return path.relative_to(top).as_posix() if top else file


def state_base(environ: Mapping[str, str]) -> Path:
    """Return the folder for what this user's reshelve keeps outside workspaces: `$XDG_STATE_HOME/reshelve`."""
    base = environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".local", "state")
    return Path(base) / "reshelve"


def state_home(environ: Mapping[str, str]) -> Path:
    """Return the folder below which organize keeps its states: `$XDG_STATE_HOME/reshelve/organize`."""
    return state_base(environ) / "organize"


def organize_state(source: Path, dest: Path, preset: str, environ: Mapping[str, str]) -> OrganizeState:
    """Return the state of one source and destination (real paths); nothing is written."""
    digest = hashlib.sha256(os.fsencode(source) + b"\0" + os.fsencode(dest)).hexdigest()[:16]
    folder = state_home(environ) / digest
    known = _read(folder)
    return OrganizeState(folder, source, dest, preset, known.made if known else (), known.known if known else ("", ""))


def save_organize_state(state: OrganizeState) -> None:
    """Write what the state belongs to, so that `log`, `undo` and `recover` find it. May run twice."""
    state.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = [folder_id(folder) for folder in (state.source, state.dest)]
    told = {"source": str(state.source), "dest": str(state.dest), "preset": state.preset, "made": list(state.made), "known": known}
    replace_state_file(state.folder / _META, json.dumps(told).encode() + b"\n")


def organize_states(environ: Mapping[str, str]) -> Iterator[OrganizeState]:
    """Yield every organize state there is, in a fixed order."""
    home = state_home(environ)
    if not home.is_dir():
        return
    for folder in sorted(home.iterdir()):
        known = _read(folder)
        if known is not None:
            yield known


def near(here: Path, states: Iterator[OrganizeState]) -> list[OrganizeState]:
    """Return the states whose source or destination contains `here`, or lies in it, wherever those were moved to."""
    found = (found_again(here, state) for state in states)
    return [state for state in found if any(related(here, place) for place in (state.source, state.dest))]


def found_again(here: Path, state: OrganizeState) -> OrganizeState:
    """Return a state with its source and destination where they are now, as far as they are found around `here`."""
    source, dest = (found_folder(here, path, known) for path, known in zip((state.source, state.dest), state.known, strict=True))
    return replace(state, source=source, dest=dest)


def found_folder(here: Path, path: Path, known: str) -> Path:
    """Return where the folder is that was at `path`: there, in `here` or a folder above, or under another name beside it."""
    if not known or folder_id(path) == known:
        return path
    tails = [Path(*path.parts[-count:]) for count in range(1, len(path.parts))]
    around = (each for top in (here, *here.parents) for each in (top, *(top / tail for tail in tails)))
    beside = (each for folder in (path.parent, here) for each in _folders_in(folder))
    return next((each for each in (*around, *beside) if folder_id(each) == known), path)


def _folders_in(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())
    except OSError:
        return []


def folder_id(folder: Path) -> str:
    """Return the file system and number of a folder as text; "" where there is none, or they do not last."""
    from reshelve.executors.platforms.filesystem_ids import FileSystems

    try:
        seen = os.stat(folder)
        fs = FileSystems().id_of(seen.st_dev, str(folder))
    except OSError:
        return ""
    return f"{fs} {seen.st_ino}" if is_lasting(fs) and stat.S_ISDIR(seen.st_mode) else ""


def related(one: Path, other: Path) -> bool:
    """Say whether one folder is the other, or lies in it, either way."""
    return one == other or one in other.parents or other in one.parents


def _read(folder: Path) -> OrganizeState | None:
    try:
        known = json.loads(read_file(folder / _META).decode("ascii"))
        return OrganizeState(
            folder, Path(known["source"]), Path(known["dest"]), known["preset"], tuple(known["made"]), _known(known)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _known(meta: Mapping[str, Any]) -> tuple[str, str]:
    source, dest = meta.get("known", ("", ""))
    return str(source), str(dest)
