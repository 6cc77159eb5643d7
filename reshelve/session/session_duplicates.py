"""The duplicates of a session: found, decided, and written as a layout."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reshelve.executors.contracts.object_store import object_store
from reshelve.opening.wiring import looking_inside, opened, remembering
from reshelve.planner.recognise.extension_tables import adding
from reshelve.schemas.extras import install
from reshelve.schemas.layout import Layout
from reshelve.schemas.problems import Problem, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.session.named_places import refuse_missing
from reshelve.session.named_places import within as named
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    from reshelve.planner.duplicates.alike_pictures import Alike
    from reshelve.planner.duplicates.duplicate_layout import Going
    from reshelve.planner.duplicates.duplicate_sets import Duplicates as Found
    from reshelve.planner.duplicates.emptied_sources import Emptied
    from reshelve.planner.duplicates.keep_rules import Kept


@dataclass(slots=True, frozen=True)
class Decided:
    """What was found, and which file of each set stays."""

    found: "Found"
    sets: "Sequence[Kept]"


class Duplicates:
    """Files of the same content in the stores of a session. Nothing here lets go of any: that is for a plan of the layout."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def find(
        self,
        within: Sequence[str] = (),
        *,
        keep: Sequence[str] = (),
        layout: Layout | None = None,
        exclude: Sequence[str] = (),
        least: int = 1,
    ) -> Decided:
        """Return the duplicates in the stores or folders `within` (all, if none), decided by the rules `keep`.

        `layout` tells which places are wanted; `least` is the smallest size looked at, in bytes. Raises ReshelveError for a store
        or folder that there is not.
        """
        from reshelve.planner.duplicates.duplicate_sets import Scope, find_duplicates
        from reshelve.planner.duplicates.keep_rules import decide

        wanted = named(within, self._context.workspace)
        targets = layout.files if layout is not None else {}
        setting = self._context.setting
        with remembering(setting), opened(setting) as stores:
            refuse_missing(within, stores.readers)
            found = find_duplicates(stores.readers, Scope(wanted, tuple(exclude), least))
            for name, digest in found.matched:
                object_store(stores.stores[name.reader.root.key]).learn(name.item, digest)
        return Decided(found, [decide(one, keep, targets) for one in found.sets])

    def emptied(self, store: str, kept: str, *, exclude: Sequence[str] = ()) -> "tuple[Emptied, list[Problem]]":
        """Return the layout by which the files of `store` go of which `kept` has a copy, what stays, and what could not be told."""
        from reshelve.planner.duplicates.emptied_sources import emptied

        found = self.find((store, kept), exclude=exclude).found
        return emptied(found, store, kept), found.problems

    def alike(self, within: Sequence[str] = (), *, exclude: Sequence[str] = (), least: int = 1, most: int = 10) -> "Alike":
        """Return the pictures in the stores or folders `within` (all, if none) that look alike: up to `most` of 128 bits differ.

        Raises ReshelveError for a store or folder that there is not, and where the library that reads pictures is not installed.
        """
        from reshelve.planner.duplicates.alike_pictures import LOOK, find_alike
        from reshelve.planner.duplicates.duplicate_sets import Scope

        wanted = named(within, self._context.workspace)
        setting = self._context.setting
        with remembering(setting), opened(setting) as stores, looking_inside(setting, stores) as metadata:
            refuse_missing(within, stores.readers)
            if LOOK not in metadata.media:
                detail, hint = "Pillow is not installed.", install("media")
                raise stop("not-installed", "Pictures cannot be looked at.", detail, path="--alike", hint=hint)
            with adding(self._context.workspace.media.extensions):
                return find_alike(stores.readers, metadata, Scope(wanted, tuple(exclude), least), most)

    def layout(self, decided: Decided) -> "Going":
        """Return the layout by which all go but the one of each set that stays."""
        from reshelve.planner.duplicates.duplicate_layout import layout_of

        with adding(self._context.workspace.media.extensions):
            return layout_of(decided.sets, decided.found.seen)
