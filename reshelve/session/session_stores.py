"""The stores of a session, as they are now."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reshelve.opening.wiring import opened
from reshelve.schemas.documents.layout_files import load_layout
from reshelve.schemas.inventory import Inventory, Root
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import join, printable
from reshelve.schemas.near_words import near
from reshelve.schemas.problems import Problem, ReshelveError, sentence, stop
from reshelve.session.meant_files import meant_text
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

    def locate(self, file: str) -> str:
        """Return the location that a person means: as it stands, or that of a path on this machine. Raises ReshelveError."""
        roots = self.roots()
        known = {root.key.partition("/")[0] for root in roots} | {root.key for root in roots}
        head, colon, rel = file.partition(":")
        if head.removesuffix("%") in known:
            return file
        path = Path(os.path.abspath(file))
        real = path.parent.resolve() / path.name
        inside = [root for root in roots if root.kind == "folder" and real.is_relative_to(os.path.realpath(root.path))]
        if not inside and colon and not os.path.lexists(path) and (meant := near(head, known)):
            detail, hint = f"There is no store {printable(head)}.", f"Did you mean {printable(f'{meant}:{rel}')}?"
            raise stop("no-such-store", "There is no such store.", detail, path=file, hint=hint, kind="usage")
        if not inside:
            raise self._in_no_store(file, path, ", ".join(root.key for root in roots))
        nearest = max(inside, key=lambda root: len(os.path.realpath(root.path)))
        rel = str(real.relative_to(os.path.realpath(nearest.path)))
        return join(nearest.key, "" if rel == "." else rel)

    def _in_no_store(self, file: str, path: Path, stores: str) -> ReshelveError:
        """Return that a path is in no store, or is no file at all: then with the file of that name that the layout has."""
        if os.path.lexists(path):
            return stop("in-no-store", "That file is in no store.", f"Stores: {stores}.", path=file, kind="usage")
        detail = f"There is nothing at {printable(str(path))}, and it is in no store (stores: {stores})."
        with opened(self._context.setting) as there:
            meant = meant_text(path.name, self._layout(), there.readers)
        hint = meant or "A path begins in this folder, or write a location, such as inbox:film.mkv."
        return stop("no-such-file", "There is no such file.", detail, path=file, hint=hint, kind="usage")

    def _layout(self) -> Layout | None:
        setting = self._context.setting
        file = setting.layout or setting.folder / "layout.yaml"
        with suppress(ReshelveError, OSError):
            return load_layout(file) if file.exists() else None
        return None


def unavailable(root: Root) -> Problem:
    """Return the problem of a root that is not available."""
    hint = root.way_back("try again.")
    return Problem("store-unavailable", "A store is not available.", f"{sentence(root.why)}.", root.key, hint)
