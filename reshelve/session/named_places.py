"""Named places: the stores and folders that a person gives a command to look in."""

from collections.abc import Callable, Sequence

from reshelve.planner.backups.archive_names import is_backup
from reshelve.planner.ports.store_reader import Reader, Readers
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.workspace import Workspace

Wanted = Callable[[str, str], bool]
"""Whether a store, and a path in it (a folder's ends in `/`), is meant."""


def within(texts: Sequence[str], workspace: Workspace) -> Wanted:
    """Return what tells whether a path lies in the stores (`inbox`) or folders (`inbox:Films`) named; all do if none is.

    Archives that `backup` made are never meant, wherever they are: `keep:` alone says which of them go.
    Raises ReshelveError for a store that the workspace does not have.
    """
    places = [_place(text, workspace) for text in texts]

    def wanted(store: str, rel: str) -> bool:
        if places and not any(store == name and f"{rel}/".startswith(top) for name, top in places):
            return False
        return not is_backup(rel.rpartition("/")[2])

    return wanted


def refuse_missing(texts: Sequence[str], readers: Readers) -> None:
    """Raise, of kind "usage", where a folder was named that is in no root of its store. What cannot be told is not refused."""
    for text in texts:
        store, rel = split(text if ":" in text else f"{text}:")
        rel = rel.strip("/")
        roots = [reader for key, reader in readers.items() if store_of(key) == store]
        if rel and roots and not any(_may_be_there(reader, rel) for reader in roots):
            detail, hint = f"`{store}` holds nothing there.", "Name a store (inbox) or a folder in one (inbox:Films)."
            raise stop("no-such-folder", "There is no such folder.", detail, path=text, hint=hint, kind="usage")


def _may_be_there(reader: Reader, rel: str) -> bool:
    """Say whether a root holds a file or folder at `rel`, or that cannot be told now."""
    if not reader.root.available:
        return True
    try:
        return reader.stat(rel) is not None or bool(reader.names(rel))
    except OSError:
        return True


def _place(text: str, workspace: Workspace) -> tuple[str, str]:
    store, rel = split(text if ":" in text else f"{text}:")
    if store not in workspace.stores:
        raise _unknown(text, workspace)
    return store, f"{rel.strip('/')}/" if rel.strip("/") else ""


def _unknown(text: str, workspace: Workspace) -> ReshelveError:
    there = f"The workspace has {', '.join(workspace.stores)}."
    hint = "Name a store (inbox) or a folder in one (inbox:Films)."
    return stop("no-such-store", "There is no such store.", there, path=text, hint=hint, kind="usage")
