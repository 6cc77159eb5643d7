"""Named places: the stores and folders that a person gives a command to look in."""

from collections.abc import Callable, Sequence

from reshelve.planner.backups.archive_names import is_backup
from reshelve.schemas.locations import split
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
        lies = not places or any(store == name and f"{rel}/".startswith(top) for name, top in places)
        return lies and not is_backup(rel.rpartition("/")[2])

    return wanted


def _place(text: str, workspace: Workspace) -> tuple[str, str]:
    store, rel = split(text if ":" in text else f"{text}:")
    if store not in workspace.stores:
        raise _unknown(text, workspace)
    return store, f"{rel.strip('/')}/" if rel.strip("/") else ""


def _unknown(text: str, workspace: Workspace) -> ReshelveError:
    there = f"The workspace has {', '.join(workspace.stores)}."
    hint = "Name a store (inbox) or a folder in one (inbox:Films)."
    return stop("no-such-store", "There is no such store.", there, path=text, hint=hint, kind="usage")
