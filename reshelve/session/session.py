"""A session: the one door to a workspace (or an organize). What can be asked of it lies in its parts, each a module here."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from reshelve.opening.wiring import Setting
from reshelve.schemas import quantities
from reshelve.schemas.workspace import Workspace
from reshelve.session.scan_overrides import Only, Overrides, by_their_names, overridden
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    from reshelve.executors.state.last_times import LastTimes
    from reshelve.session.session_backups import Backups
    from reshelve.session.session_catalog import Catalog
    from reshelve.session.session_cleanup import Cleanup
    from reshelve.session.session_copies import Copies
    from reshelve.session.session_costs import Costs
    from reshelve.session.session_duplicates import Duplicates
    from reshelve.session.session_history import History
    from reshelve.session.session_layouts import Layouts
    from reshelve.session.session_notices import Notices
    from reshelve.session.session_plans import Plans
    from reshelve.session.session_pruning import Pruning
    from reshelve.session.session_reports import Reports
    from reshelve.session.session_rules import Rules
    from reshelve.session.session_runs import Runs
    from reshelve.session.session_stores import Stores
    from reshelve.session.session_syncs import Syncs
    from reshelve.session.session_trash import Trash


class Session:
    """One workspace, or one organize, with a clock. Each call looks at the stores anew; nothing is kept open between calls."""

    def __init__(self, setting: Setting, now: Callable[[], datetime]) -> None:
        self._context = Context(setting, now)
        self.now = now

    @property
    def setting(self) -> Setting:
        """What the session works on, as it is now: a run may make its destination, an answer may add a rule."""
        return self._context.setting

    @property
    def workspace(self) -> Workspace:
        """The workspace as declared."""
        return self._context.workspace

    def scanning(
        self,
        *,
        transfer: str | None = None,
        on_conflict: str | None = None,
        exclude: Sequence[str] = (),
        only: Only | None = None,
        rename: bool = True,
        junk: str | None = None,
        on_duplicate: str | None = None,
        reserve: str | None = None,
    ) -> "Session":
        """Return this session with each `scan:` overridden: how files get there, what a taken place means, what is left out.

        `only` "shows" or "films": their folders lie at the top of the library, and nothing else is filed. Without `rename`, every
        file keeps its name. `junk`: what becomes of what releases bring besides; `on_duplicate`: of content that is filed already.
        `reserve`: room to leave free in every store, a size. Raises ReshelveError.
        """
        over = Overrides(transfer, on_conflict, tuple(exclude), only, rename, junk, on_duplicate)
        setting = replace(self.setting, workspace=overridden(self.workspace, over))
        if reserve is not None:
            room, roots = quantities.size(reserve), setting.roots
            setting = replace(setting, roots=lambda: [replace(root, reserve=room) for root in roots()])
        return Session(setting, self.now)

    def watched(self, seen: Callable[[int], object]) -> "Session":
        """Return this session with `seen` told how many files each folder holds, whenever stores are looked through."""
        return Session(replace(self.setting, seen=seen), self.now)

    def times(self) -> "LastTimes | None":
        """Return how long work took here the last time, None where nothing is remembered."""
        from reshelve.executors.state.last_times import LastTimes

        return None if self.setting.forgetful else LastTimes(self.setting.state.folder)

    def making(self, store: str) -> "Session":
        """Return this session with a store whose folder may be made, where that lies in the workspace's own folder."""
        return Session(replace(self.setting, making=frozenset({store})), self.now)

    def sharing(self) -> "Session":
        """Return this session with uploads to the buckets of syncs noted as by the person that others know."""
        return Session(replace(self.setting, workspace=by_their_names(self.workspace, self.setting.environ)), self.now)

    @cached_property
    def stores(self) -> "Stores":
        """Which stores there are, and what is in them."""
        from reshelve.session.session_stores import Stores

        return Stores(self._context)

    @cached_property
    def layouts(self) -> "Layouts":
        """Layouts: proposed by a scan, and checked."""
        from reshelve.session.session_layouts import Layouts

        return Layouts(self._context)

    @cached_property
    def plans(self) -> "Plans":
        """Plans: made from a layout, and asked whether they may be applied."""
        from reshelve.session.session_plans import Plans

        return Plans(self._context)

    @cached_property
    def runs(self) -> "Runs":
        """Runs: a plan carried out, and what was cut short settled."""
        from reshelve.session.session_runs import Runs

        return Runs(self._context)

    @cached_property
    def reports(self) -> "Reports":
        """Reports of a month: what its runs did, and what the buckets cost."""
        from reshelve.session.session_reports import Reports

        return Reports(self._context)

    @cached_property
    def notices(self) -> "Notices":
        """Notices of how runs ended: kept until they are delivered."""
        from reshelve.session.session_notices import Notices

        return Notices(self._context)

    @cached_property
    def history(self) -> "History":
        """The runs that ended, and the plans that take them back."""
        from reshelve.session.session_history import History

        return History(self._context)

    @cached_property
    def pruning(self) -> "Pruning":
        """Which records of old runs may go."""
        from reshelve.session.session_pruning import Pruning

        return Pruning(self._context)

    @cached_property
    def catalog(self) -> "Catalog":
        """The catalog: which files there are, what they are, and where they have been."""
        from reshelve.session.session_catalog import Catalog

        return Catalog(self._context)

    @cached_property
    def trash(self) -> "Trash":
        """The trash, and the plans that restore or purge it."""
        from reshelve.session.session_trash import Trash

        return Trash(self._context)

    @cached_property
    def costs(self) -> "Costs":
        """Prices, what buckets keep, and the manifest of the projects."""
        from reshelve.session.session_costs import Costs

        return Costs(self._context)

    @cached_property
    def syncs(self) -> "Syncs":
        """What people share by way of a bucket: looked at, planned, and told to the others."""
        from reshelve.session.session_syncs import Syncs

        return Syncs(self._context)

    @cached_property
    def duplicates(self) -> "Duplicates":
        """Files of the same content, and the layout by which all but one of each go."""
        from reshelve.session.session_duplicates import Duplicates

        return Duplicates(self._context)

    @cached_property
    def cleanup(self) -> "Cleanup":
        """What nobody has changed for long, and the plan by which it goes."""
        from reshelve.session.session_cleanup import Cleanup

        return Cleanup(self._context)

    @cached_property
    def backups(self) -> "Backups":
        """Archives of folders: made, verified, removed, and unpacked again."""
        from reshelve.session.session_backups import Backups

        return Backups(self._context)

    @cached_property
    def copies(self) -> "Copies":
        """The copies of archives in other folders and buckets: what is lacking there, and what came whole."""
        from reshelve.session.session_copies import Copies

        return Copies(self._context)

    @cached_property
    def rules(self) -> "Rules":
        """Rules made from what a person files by hand."""
        from reshelve.session.session_rules import Rules

        return Rules(self._context)
