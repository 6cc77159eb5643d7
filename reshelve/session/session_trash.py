"""The trash of a session: what lies in it, and the plans that bring back or remove it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from reshelve.opening import wiring
from reshelve.opening.guest_folders import with_guests
from reshelve.opening.wiring import opened
from reshelve.schemas.locations import printable, split, store_of
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.run_record import Run
from reshelve.session import run_history
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    from reshelve.planner.ports.store_reader import Readers
    from reshelve.planner.trash import Trashed, TrashedItem


class Trash:
    """The trash of every store of a session, and what its runs put under delete markers."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def find(self, *, quick: bool = False) -> "Trashed":
        """Return what lies in the trash of every store, and what runs put under delete markers.

        `quick` looks where file systems are mounted, instead of everywhere, and at no delete markers.
        """
        from reshelve.planner.trash import find_trash

        with opened(with_guests(self._context.setting)) as stores:
            if quick:
                return find_trash(stores.readers, wiring.mounted_inside(stores.readers), self._remembered(stores.readers))
            return self._everywhere(stores.readers)

    def plan_restore(self, items: "Sequence[TrashedItem]") -> Plan:
        """Return the plan that brings things back from the trash to where they were. Raises ReshelveError when a place is taken."""
        from reshelve.planner.trash import make_restore

        setting = self._context.setting
        with opened(with_guests(setting)) as stores:
            return make_restore(items, stores.readers, base=setting.state.base(), workspace=setting.name)

    def plan_purge(self, *, older_than: float | None = None, run: str = "") -> Plan:
        """Return the plan that removes for good what lies in the trash: all, one run's, or what is older than so many seconds."""
        from reshelve.planner.trash import make_purge

        setting = self._context.setting
        ended = {summary.id: summary.ended for summary in setting.state.runs() if summary.ended}
        with opened(with_guests(setting)) as stores:
            return make_purge(
                self._everywhere(stores.readers),
                stores.readers,
                older_than=older_than,
                run=run,
                ended=ended,
                now_ns=self._context.now_ns(),
                base=setting.state.base(),
                workspace=setting.name,
            )

    def _everywhere(self, readers: "Readers") -> "Trashed":
        """Return what lies in the trash of every store, looked for everywhere, and what runs put under delete markers."""
        from reshelve.planner.trash import find_trash, list_hidden
        from reshelve.planner.undo.moved_roots import told_now

        found = find_trash(readers, runs=self._remembered(readers))
        if self._context.has_buckets:
            hid = (told_now(run, readers).run for run in run_history.that_hid(self._context.setting.state))
            found.items.extend(list_hidden(hid, readers))
        return found

    def _remembered(self, readers: "Readers") -> Callable[[str], Run | None]:
        """Return what tells of a run, by its whole id, as it would be told today.

        None where nothing is known of it or its plan is lost; of an unsettled one just that.
        """
        from reshelve.planner.undo.moved_roots import told_now

        state = self._context.setting.state

        def remembered(run: str) -> Run | None:
            if run in state.unsettled():
                return Run(run, Plan(), "unsettled", "rollback", "")
            try:
                return told_now(state.run(run), readers).run if run in dict(state.run_folders()) else None
            except ReshelveError:
                return None

        return remembered


def meant(items: "list[TrashedItem]", path: str, run: str) -> "list[TrashedItem]":
    """Return the items a person means by `path`. Raises ReshelveError when there is none, or several runs trashed that place."""
    wanted = path.rstrip("/")
    mine = [item for item in items if item.run.startswith(run)]
    exact = [item for item in mine if wanted in (item.original, _location(item.original), item.place)]
    inside = wanted if wanted.endswith(":") else wanted + "/"
    below = [item for item in mine if item.original.startswith(inside) or _location(item.original).startswith(inside)]
    named = [item for item in mine if split(item.original)[1].rpartition("/")[2] == wanted]
    found = exact or below or named
    if not found:
        raise stop("not-in-trash", "That is not in the trash.", "Nothing is called this.", path=path, hint="reshelve trash list")
    places = [item.original for item in found]
    if len(set(places)) != len(places) or (found is named and len(found) > 1):
        runs = ", ".join(f"{item.run} ({printable(item.original)})" for item in found)
        hint = "Add --run RUN, or give the whole location."
        raise stop("several-in-trash", "That could be several things.", f"It is there from {runs}.", path=path, hint=hint)
    return found


def _location(place: str) -> str:
    key, _, rel = place.partition(":")
    return f"{store_of(key)}:{rel}"
