"""The stores of a session, as they are now."""

from typing import TYPE_CHECKING

from reshelve.opening.wiring import opened
from reshelve.schemas.inventory import Inventory, Root
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    from reshelve.planner.folder_figures import FolderFigures


class Stores:
    """The stores of a session: which there are, and what is in them."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def roots(self) -> list[Root]:
        """Return every root as it is now, available or saying why not."""
        with opened(self._context.setting) as stores:
            return [reader.root for reader in stores.readers.values()]

    def figures(self) -> "list[FolderFigures]":
        """Return what each root that is available holds, by kind."""
        from reshelve.planner.folder_figures import figures_of

        with opened(self._context.setting) as stores:
            return [figures_of(reader) for reader in stores.readers.values() if reader.root.available]

    def observe(self) -> Inventory:
        """Return what is in the stores now. Raises ReshelveError when a store that is not optional is away."""
        from reshelve.planner.observing.observe import observe
        from reshelve.planner.observing.saved_inventory import with_room

        with opened(self._context.setting) as stores:
            away = [reader.root for reader in stores.readers.values() if not reader.root.available and not reader.root.optional]
            if away:
                raise ReshelveError([unavailable(root) for root in away])
            return with_room(observe(stores.readers, self._context.now_ns()), stores.readers)


def unavailable(root: Root) -> Problem:
    """Return the problem of a root that is not available."""
    hint = "mount it, or correct its path in reshelve.yaml" if root.kind == "folder" else "put that right, then try again"
    return Problem("store-unavailable", "A store is not available.", f"{root.why}.", root.key, root.remedy or hint)
