"""What the catalog knows of what runs did: for plans and scans that find files gone or changed, and for one asked about."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from reshelve.opening.wiring import Setting
from reshelve.planner.ports.brought_by import Brought, BroughtBy
from reshelve.planner.ports.copied_before import Copied
from reshelve.planner.ports.earlier_runs import EarlierRuns
from reshelve.planner.ports.filed_before import Filed, Taken
from reshelve.schemas.operations import Copy, Download, Upload
from reshelve.schemas.plan import Plan
from reshelve.schemas.run_record import Run

if TYPE_CHECKING:
    import sqlite3


@contextmanager
def earlier_runs(setting: Setting) -> Iterator[EarlierRuns]:
    """Give what tells what runs did before, by the catalog.

    Nothing is opened or loaded before it is asked. A catalog that is not there, or cannot be read, knows of nothing.
    """
    with ExitStack() as closing:
        asked: list[_Catalog] = []

        def catalog() -> _Catalog:
            if not asked:
                asked.append(_Catalog(setting, closing))
            return asked[0]

        yield EarlierRuns(
            filed=lambda target: catalog().known(target),
            brought=lambda source: catalog().went(source),
            copied=lambda place: catalog().copied(place),
        )


@contextmanager
def brought_by(setting: Setting) -> Iterator[BroughtBy]:
    """Give what tells of a location which run brought the file that stands there, as far as the catalog and the runs know."""
    with ExitStack() as closing:
        asked: list[_Catalog] = []

        def known(location: str) -> Brought | None:
            if not asked:
                asked.append(_Catalog(setting, closing))
            return asked[0].brought(location)

        yield known


class _Catalog:
    """The catalog of a setting, opened once it is asked, and until `closing` ends."""

    def __init__(self, setting: Setting, closing: ExitStack) -> None:
        self._setting = setting
        self._plans: dict[str, Plan] = {}
        self._catalog: sqlite3.Connection | None = None
        with _trouble():
            self._catalog = self._open(closing)

    def _open(self, closing: ExitStack) -> "sqlite3.Connection | None":
        from reshelve.executors.catalog import catalog_tables
        from reshelve.executors.state.cache_db import planted
        from reshelve.session.catalog_current import make_good
        from reshelve.session.catalog_keeping import path_of

        path = path_of(self._setting)
        if not path.is_file() or planted(path):
            return None
        found = closing.enter_context(catalog_tables.opened(path))
        make_good(found, self._setting, [])
        return found

    def known(self, target: str) -> Filed | None:
        """Return what was filed at a target, None where nothing is known to have been."""
        from reshelve.executors.catalog.catalog_queries import became_of
        from reshelve.executors.catalog.catalog_whereabouts import taken_from
        from reshelve.session.catalog_current import keyed

        if self._catalog is not None:
            with _trouble():
                at = keyed(self._setting, target)
                places = became_of(self._catalog, at)
                taken = next((found for place in at if (found := taken_from(self._catalog, place))), None)
                return Filed(tuple(places), Taken(*taken) if taken else None) if places is not None else None
        return None

    def brought(self, location: str) -> Brought | None:
        """Return which run brought the file that stands at a location; its reason as long as its records are kept."""
        from reshelve.executors.catalog.catalog_queries import brought_to
        from reshelve.session.catalog_current import keyed

        told: Brought | None = None
        if self._catalog is not None:
            with _trouble():
                row = brought_to(self._catalog, keyed(self._setting, location))
                if row is not None:
                    told = Brought(row.run, row.command, row.when, row.was, row.now)
                    told = _by_its_records(told, self._setting.state.run(row.run))
        return told

    def went(self, source: str) -> Filed | None:
        """Return where runs brought what was at a source, None where none did."""
        from reshelve.executors.catalog.catalog_whereabouts import brought_from
        from reshelve.session.catalog_current import keyed

        if self._catalog is not None:
            with _trouble():
                places = [at for place in keyed(self._setting, source) for at in brought_from(self._catalog, place)]
                return Filed(tuple(places)) if places else None
        return None

    def copied(self, place: str) -> Copied | None:
        """Return what a run copied to a place last, by the run's own record."""
        from reshelve.executors.catalog.catalog_whereabouts import copied_to

        if self._catalog is not None:
            with _trouble():
                row = copied_to(self._catalog, place)
                operation = self._plan(row[0]).operations[row[1]] if row is not None else None
                if row is not None and isinstance(operation, Copy | Upload | Download):
                    return Copied(row[0], operation.src, operation.size, operation.mtime_ns)
        return None

    def _plan(self, run: str) -> Plan:
        if run not in self._plans:
            self._plans[run] = self._setting.state.plan_of(run)
        return self._plans[run]


def _by_its_records(told: Brought, run: Run) -> Brought:
    """Return what a run's records add: why it brought the file there, and how it left it."""
    from reshelve.executors.catalog.run_changes import changes_of

    operations = run.plan.operations
    because = next((operations[index].because for index in sorted(run.done) if operations[index].makes == told.now), "")
    left = changes_of(run.id, operations, sorted(run.done), run.made).here.get(told.now)
    if left is None or not left.mtime_ns:
        return replace(told, because=because)
    return replace(told, because=because, size=left.size, mtime_ns=left.mtime_ns)


@contextmanager
def _trouble() -> Iterator[None]:
    """Make nothing of a catalog that cannot be read: what is told is only less."""
    import sqlite3

    from reshelve.executors.catalog.catalog_tables import DamagedError
    from reshelve.schemas.problems import ReshelveError

    try:
        yield
    except (DamagedError, sqlite3.Error, ReshelveError, OSError):
        return
