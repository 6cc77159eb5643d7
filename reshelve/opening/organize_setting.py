"""Organizing one folder by a preset, outside any workspace: a setting whose stores are two folders, or one."""

import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from reshelve.executors.state.workspace_state import State
from reshelve.opening import store_folders, workspace_search
from reshelve.opening.consent import trust_in
from reshelve.opening.missing_folders import meant_for
from reshelve.opening.wiring import Setting
from reshelve.opening.workspace_search import OrganizeState
from reshelve.schemas.inventory import Root
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import stop
from reshelve.schemas.workspace import Workspace

PRESETS = ("plex", "jellyfin", "video", "comfyui")
"""The shipped presets: workspace files over `${SOURCE}` and `${INTO}`."""

_INBOX, _LIBRARY = "inbox", "library"
"""The stores of every preset. Organizing one folder in place, there is the library alone, and it is what is scanned."""
_SOURCE, _INTO = "/.reshelve-source", "/.reshelve-into"
"""What stands for the two folders while a preset is read: their real names may be no valid text."""


def of_organize(source: Path, dest: Path, preset: str, environ: Mapping[str, str]) -> Setting:
    """Set up organizing `source` into `dest` by a preset, outside any workspace. `dest` need not exist yet, and may be `source`."""
    real_source, real_dest = Path(os.path.realpath(source)), Path(os.path.realpath(dest))
    _fit_to_organize(real_source, real_dest)
    return of_organize_state(workspace_search.organize_state(real_source, real_dest, preset, environ), environ)


def of_organize_state(state: OrganizeState, environ: Mapping[str, str]) -> Setting:
    """Set up acting on what an earlier organize did."""
    from reshelve.schemas.documents.workspace_files import load_workspace

    path = preset_path(state.preset)
    loaded = load_workspace(path, {**environ, "SOURCE": _SOURCE, "INTO": _INTO})
    in_place = state.source == state.dest
    workspace = _in_place(loaded.workspace) if in_place else loaded.workspace

    def cite(at: tuple[str | int, ...]) -> str:
        line = loaded.line(("scan", _INBOX, *at[2:]) if in_place and at[:2] == ("scan", _LIBRARY) else at)
        return f"preset {state.preset}:{line}" if line else f"preset {state.preset}"

    def resolved() -> list[Root]:
        return store_folders.resolve(_placed(workspace, state), state.source, environ)

    return Setting(
        name=f"organize {state.folder.name}",
        workspace=workspace,
        folder=state.source,
        state=State(state.folder, state.source),
        roots=resolved,
        cite=cite,
        trust=trust_in(state.source, environ),
        fresh=True,
        made_for=state,
        environ=environ,
    )


def preset_path(name: str) -> Path:
    """Return the file of a shipped preset. Raises ReshelveError naming the presets there are."""
    path = Path(str(files("reshelve"))) / "presets" / f"{name}.yaml"
    if name not in PRESETS or not path.is_file():
        raise stop("no-such-preset", "There is no such preset.", f"{name!r} is none of {', '.join(PRESETS)}.", kind="usage")
    return path


def _placed(workspace: Workspace, state: OrganizeState) -> Workspace:
    """Put the real folders where a preset says SOURCE and INTO."""
    stores = {}
    for name, store in workspace.stores.items():
        path = store.path or ""
        for stand_in, real in ((_SOURCE, state.source), (_INTO, state.dest)):
            if path == stand_in or path.startswith(stand_in + "/"):
                path = str(real) + path[len(stand_in) :]
        stores[name] = store.model_copy(update={"path": path})
    return workspace.model_copy(update={"stores": stores})


def _in_place(workspace: Workspace) -> Workspace:
    """Return a preset for one folder that is source and library: nothing there is copied beside itself."""
    scan = workspace.scan[_INBOX]
    rules = [rule.model_copy(update={"transfer": None}) for rule in scan.rules]
    scanned = scan.model_copy(update={"transfer": "move", "rules": rules})
    return workspace.model_copy(update={"stores": {_LIBRARY: workspace.stores[_LIBRARY]}, "scan": {_LIBRARY: scanned}})


def _fit_to_organize(source: Path, dest: Path) -> None:
    if not source.is_dir():
        detail = "It is not a folder." if source.exists() else _nowhere("folder", source)
        raise stop("no-source", "There is no such folder.", detail, path=str(source), hint=_did_you_mean(source, dest))
    if dest.exists() and not dest.is_dir():
        raise stop("not-a-folder", "The destination is not a folder.", path=str(dest))


def refuse_no_folder(dest: Path, source: Path) -> None:
    """Raise ReshelveError where the folder that is to have copies of what is in `source` does not exist."""
    if not dest.exists():
        detail = _nowhere("folder with the copies", dest)
        raise stop("no-copies", "There is no such folder.", detail, path=str(dest), hint=_did_you_mean(dest, source))


def _nowhere(what: str, path: Path) -> str:
    return f"The {what} does not exist: {printable(os.path.abspath(path))}."


def _did_you_mean(path: Path, other: Path) -> str:
    """Return the question whether a folder of nearly that name was meant, unless it is the `other` one given; "" if none is."""
    whole = os.path.abspath(path)
    meant = meant_for(whole, {str(other)}) if not os.path.lexists(whole) else ""
    return f"Did you mean {printable(meant)}?" if meant else ""
