"""The clean-up of a session: what is old, and the plan by which it goes to the trash."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from reshelve.opening.wiring import opened
from reshelve.planner.recognise.extension_tables import adding
from reshelve.schemas.plan import Plan
from reshelve.schemas.project_config_parsing import CONFIG
from reshelve.schemas.quantities import human_span
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.session.named_places import refuse_missing
from reshelve.session.named_places import within as named
from reshelve.session.session_context import Context
from reshelve.session.session_plans import Plans

if TYPE_CHECKING:
    from reshelve.planner.cleanup.old_files import Cleanup as Found


@dataclass(slots=True, frozen=True)
class Meant:
    """What a clean-up is about: stores or folders (`inbox:old`), all if none; folders of a project or job, by their names."""

    within: tuple[str, ...] = ()
    project: str = ""
    job: str = ""
    exclude: tuple[str, ...] = ()
    empty_folders: bool = False


class Cleanup:
    """What a session's stores hold that nobody has changed for long. It goes by a plan, to the trash, and comes back by an undo."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def find(self, meant: Meant, *, older_than: float | None) -> "Found":
        """Return what was last written more than `older_than` seconds ago; None: all of it, whatever its clock says.

        Raises ReshelveError for a store or folder that there is not.
        """
        from reshelve.planner.cleanup.old_files import Old, clean_up

        lies = named(meant.within, self._context.workspace)
        project, job = meant.project.casefold(), meant.job.casefold()

        def wanted(store: str, rel: str) -> bool:
            *folders, name = rel.casefold().split("/")
            of_project = (not project or project in folders) and name != CONFIG
            return lies(store, rel) and of_project and (not job or job in folders or name.startswith(f"{job}_"))

        old = Old(
            sys.maxsize if older_than is None else self._context.now_ns() - int(older_than * 1e9),
            "asked for by name" if older_than is None else f"not changed for {human_span(older_than)}",
            wanted,
            meant.exclude,
            meant.empty_folders,
        )
        with adding(self._context.workspace.media.extensions), opened(self._context.setting) as stores:
            refuse_missing(meant.within, stores.readers)
            return clean_up(stores.readers, old)

    def plan(self, found: "Found", *, max_delete: str = "", by_name: bool = True) -> Plan:
        """Return the plan by which it goes; what is asked for `by_name` also where an undo brought it. Raises ReshelveError."""
        from reshelve.planner.make_plan import make_plan

        request = replace(Plans(self._context).request(max_delete=max_delete, command="cleanup"), empty=tuple(found.empty))
        if by_name:
            request = replace(request, held=frozenset())
        with opened(self._context.setting) as stores:
            return make_plan(found.layout, stores.readers, request)
