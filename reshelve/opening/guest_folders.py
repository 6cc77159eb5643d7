"""Guest folders: those outside every store that a backup was restored into, known to the runs that concern them and nothing else.

`guests.json` of the state folder says where each is. Losing it costs the undo of what was restored there, and no file.
"""

import json
import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from reshelve.executors.state.state_files import replace_state_file
from reshelve.opening import store_folders
from reshelve.opening.wiring import Setting
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.locations import is_hidden, split, store_of
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.store_settings import Store
from reshelve.schemas.workspace import Workspace

_FILE = "guests.json"
_NAME = "restored"
_OF_DISKS = frozenset(
    ("lost+found", ".ds_store", ".fseventsd", ".spotlight-v100", ".trashes", "$recycle.bin", "system volume information")
)
"""What systems put at the top of an empty disk."""


def with_guests(setting: Setting, roots: Collection[str] | None = None) -> Setting:
    """Return a setting with the guest folders that `roots` (keys) name, all if None. A store of the workspace goes before any."""
    known = {name: path for name, path in known_guests(setting.state.folder).items() if name not in setting.workspace.stores}
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
    """Make a folder outside every store (an absolute path) a guest, and return its key. Raises ReshelveError if it is not empty."""
    real = os.path.realpath(path)
    known = known_guests(setting.state.folder)
    name = next((name for name, at in known.items() if at == real and name not in setting.workspace.stores), "")
    _fit(real, path, is_ours=name != "")
    if name:
        return name
    taken = {*known, *setting.workspace.stores}
    name = next(each for count in range(1, len(taken) + 2) if (each := f"{_NAME}-{count}" if count > 1 else _NAME) not in taken)
    setting.state.prepare()
    replace_state_file(setting.state.folder / _FILE, json.dumps({**known, name: real}, indent=1).encode())
    return name


def shown(setting: Setting, location: str) -> str:
    """Return where something is, for people: a path where it is in no store of the workspace."""
    guests = known_guests(setting.state.folder)
    store, rel = split(location)
    return os.path.join(guests[store], rel) if store in guests and store not in setting.workspace.stores else location


def _fit(real: str, path: str, *, is_ours: bool) -> None:
    """Raise ReshelveError unless a folder is empty, but for what disks and reshelve have there, or is a guest already."""
    try:
        names = os.listdir(real)
    except FileNotFoundError:
        hint = f"Make it: mkdir {path}. Or name a folder in a store, such as store:restored."
        raise stop("no-such-folder", "There is no such folder.", "It is in no store.", path=path, hint=hint, kind="usage") from None
    except OSError as trouble:
        raise stop("not-a-folder", "It cannot be restored into.", f"{trouble.strerror}.", path=path, kind="usage") from None
    mine = [name for name in names if name.lower() not in _OF_DISKS and not name.startswith(".Trash-")]
    if any(not is_hidden(name, folder=False) for name in mine) and not is_ours:
        detail = "It is in no store, and other files are in it."
        hint = "Name an empty folder, or one in a store, such as store:restored."
        raise stop("not-empty", "A backup is restored into an empty folder.", detail, path=path, hint=hint, kind="usage")


def known_guests(folder: Path) -> dict[str, str]:
    """Return the paths of guest folders by key, as a state folder has them; none where the record cannot be read."""
    try:
        held = json.loads(read_file(folder / _FILE))
    except (OSError, ValueError, RecursionError, ReshelveError):
        return {}
    pairs = held.items() if isinstance(held, dict) else ()
    return {name: path for name, path in pairs if isinstance(path, str) and os.path.isabs(path) and name.startswith(_NAME)}
