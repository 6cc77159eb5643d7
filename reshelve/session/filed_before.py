"""What the catalog knows of files that were filed, for plans and scans that find them gone."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from reshelve.opening.wiring import Setting
from reshelve.planner.ports.filed_before import Filed, FiledBefore

if TYPE_CHECKING:
    import sqlite3


@contextmanager
def filed_before(setting: Setting) -> Iterator[FiledBefore]:
    """Give what tells of a target whether a file was filed there, and where that may be now.

    Nothing is opened or loaded before it is asked. A catalog that is not there, or cannot be read, knows of nothing.
    """
    with ExitStack() as closing:
        asked: list[_Catalog] = []

        def known(target: str) -> Filed | None:
            if not asked:
                asked.append(_Catalog(setting, closing))
            return asked[0].known(target)

        yield known


class _Catalog:
    """The catalog of a setting, opened once it is asked, and until `closing` ends."""

    def __init__(self, setting: Setting, closing: ExitStack) -> None:
        self._setting = setting
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
        from reshelve.session.catalog_current import keyed

        if self._catalog is not None:
            with _trouble():
                places = became_of(self._catalog, keyed(self._setting, target))
                return Filed(tuple(places)) if places is not None else None
        return None


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
