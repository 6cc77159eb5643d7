"""Guest folders: those outside every store that a backup was restored into, known to the runs that concern them and nothing else.

`$XDG_STATE_HOME/reshelve/guests/` says where each is, a file a workspace: what comes with a workspace may be a stranger's, and must
not name folders of this user. Losing it costs the undo of what was restored there, and no file.
"""

import hashlib
import json
import os
import shlex
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from reshelve.executors.state.state_files import replace_state_file
from reshelve.opening import known_workspaces, store_folders
from reshelve.opening.wiring import Setting
from reshelve.opening.workspace_search import folder_id, state_base
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.locations import is_hidden, join, printable, split, store_of
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.store_settings import Store
from reshelve.schemas.workspace import Workspace

_NAME = "restored"
_OF_DISKS = frozenset(
    ("lost+found", ".ds_store", ".fseventsd", ".spotlight-v100", ".trashes", "$recycle.bin", "system volume information")
)
"""What systems put at the top of an empty disk."""


def with_guests(setting: Setting, roots: Collection[str] | None = None) -> Setting:
    """Return a setting with the guest folders that `roots` (keys) name, all if None. A store of the workspace goes before any."""
    known = {name: path for name, path in _known(setting).items() if name not in setting.workspace.stores}
    chosen = {name: path for name, path in known.items() if roots is None or name in {store_of(key) for key in roots}}
    if not chosen:
        return setting
    stores = {name: Store(path=path, optional=True) for name, path in chosen.items()}
    guests = Workspace.model_construct(stores=stores)
    workspace = setting.workspace.model_copy(update={"stores": {**setting.workspace.stores, **stores}})
    return replace(
        setting,
        workspace=workspace,
        roots=lambda: [*setting.roots(), *store_folders.resolve(guests, setting.folder, setting.environ)],
    )


def invite(setting: Setting, path: str) -> str:
    """Make a folder outside every store (an absolute path) a guest, and return its key. Raises ReshelveError if it is not empty.

    Only one in which a run of this workspace acted before may have something in it.
    """
    real = os.path.realpath(path)
    if (lost := damage(setting)) is not None:
        # Written anew, it would lose what it may still tell.
        raise ReshelveError([replace(lost, severity="error")])
    known = _known(setting)
    _fit(real, path, is_ours=known_workspaces.acted_in(setting.folder, real, setting.environ))
    name = next((name for name, at in known.items() if at == real and name not in setting.workspace.stores), "")
    if name:
        return name
    taken = {*known, *setting.workspace.stores}
    name = next(each for count in range(1, len(taken) + 2) if (each := f"{_NAME}-{count}" if count > 1 else _NAME) not in taken)
    setting.state.prepare()
    file = _file(setting)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = {"state": folder_id(setting.state.folder), "guests": {**known, name: real}}
    replace_state_file(file, json.dumps(told, indent=1).encode())
    return name


def shown(setting: Setting, location: str) -> str:
    """Return where something is, for people: a path where it is in no store of the workspace."""
    guests = _known(setting)
    store, rel = split(location)
    return os.path.join(guests[store], rel) if store in guests and store not in setting.workspace.stores else location


def location_of(setting: Setting, named: str) -> str:
    """Return the location of what `shown` printed as a path; anything else as it is."""
    guests = ((name, path) for name, path in _known(setting).items() if name not in setting.workspace.stores)
    inside = (
        (name, os.path.relpath(named, path)) for name, path in guests if os.path.isabs(named) and f"{named}/".startswith(f"{path}/")
    )
    return next((join(name, "" if rel == "." else rel) for name, rel in inside), named)


def told_of(setting: Setting, roots: Collection[str]) -> list[Problem]:
    """Return what to say of guests among the roots (keys) of a run: which folder each is, or that this is known no more."""
    names = sorted({store_of(key) for key in roots} - setting.workspace.stores.keys())
    known, lost = _known(setting), damage(setting)
    summary = "A folder outside all stores."
    told = [
        Problem("guest-folder", summary, f"`{name}:` is {printable(known[name])}.", name, severity="note")
        for name in names
        if name in known
    ]
    return told if lost is None or not any(name.startswith(_NAME) for name in names) else [*told, lost]


def damage(setting: Setting) -> Problem | None:
    """Return a warning where the record of guests cannot be read, None where it can, or there is none."""
    file = _file(setting)
    try:
        held = json.loads(read_file(file))
        if isinstance(held, dict) and isinstance(held.get("guests"), dict):
            return None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError, ReshelveError):
        pass
    detail = "What was restored outside all stores stays there, but cannot be undone, and the trash there is not looked at."
    away = f"mv {shlex.quote(str(file))} {shlex.quote(f'{file}.damaged')}"
    hint = f"If you have it in a backup, put it back. Else put it aside, and remove by hand what was restored there: {away}"
    summary = "The record of where backups were restored to is damaged."
    return Problem("guests-damaged", summary, detail, str(file), hint, severity="warning")


def _fit(real: str, path: str, *, is_ours: bool) -> None:
    """Raise ReshelveError unless a folder is empty, but for what disks and reshelve have there, or is a guest already."""
    try:
        names = os.listdir(real)
    except FileNotFoundError:
        hint = f"Make it: mkdir {shlex.quote(path)}. Or name a folder in a store, such as store:restored."
        raise stop("no-such-folder", "There is no such folder.", "It is in no store.", path=path, hint=hint, kind="usage") from None
    except OSError as trouble:
        raise stop("not-a-folder", "It cannot be restored into.", f"{trouble.strerror}.", path=path, kind="usage") from None
    mine = [name for name in names if name.lower() not in _OF_DISKS and not name.startswith(".Trash-")]
    if any(not is_hidden(name, folder=False) for name in mine) and not is_ours:
        detail = "It is in no store, and other files are in it."
        hint = "Name an empty folder, or one in a store, such as store:restored."
        raise stop("not-empty", "A backup is restored into an empty folder.", detail, path=path, hint=hint, kind="usage")


def _known(setting: Setting) -> dict[str, str]:
    return guests_in(_file(setting), folder_id(setting.state.folder))


def _file(setting: Setting) -> Path:
    name = hashlib.sha256(os.fsencode(os.path.realpath(setting.state.folder))).hexdigest()[:16]
    return state_base(setting.environ) / "guests" / f"{name}.json"


def guests_in(file: Path, state: str) -> dict[str, str]:
    """Return the paths of guest folders by key, as a record has them for the state folder of this id; none if it is another's."""
    try:
        held = json.loads(read_file(file))
    except (OSError, ValueError, RecursionError, ReshelveError):
        return {}
    guests = held.get("guests") if isinstance(held, dict) and held.get("state") == state else None
    pairs = guests.items() if isinstance(guests, dict) else ()
    return {name: path for name, path in pairs if isinstance(path, str) and os.path.isabs(path) and name.startswith(_NAME)}
