"""What the catalog knows of files that were filed, for plans and scans that find them gone."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from reshelve.executors.catalog import catalog_tables
from reshelve.executors.catalog.catalog_queries import became_of
from reshelve.executors.state.cache_db import planted
from reshelve.opening.wiring import Setting
from reshelve.planner.ports.filed_before import Filed, FiledBefore
from reshelve.schemas.problems import ReshelveError
from reshelve.session import catalog_current
from reshelve.session.catalog_keeping import path_of


@contextmanager
def filed_before(setting: Setting) -> Iterator[FiledBefore]:
    """Give what tells of a target whether a file was filed there, and where that may be now.

    Nothing is opened before it is asked. A catalog that is not there, or cannot be read, knows of nothing.
    """
    with ExitStack() as closing:
        opened: list[sqlite3.Connection | None] = []

        def catalog() -> sqlite3.Connection | None:
            path = path_of(setting)
            if not path.is_file() or planted(path):
                return None
            found = closing.enter_context(catalog_tables.opened(path))
            catalog_current.make_good(found, setting, [])
            return found

        def known(target: str) -> Filed | None:
            with suppress(catalog_tables.DamagedError, sqlite3.Error, ReshelveError, OSError):
                if not opened:
                    opened.append(None)
                    opened[0] = catalog()
                if opened[0] is not None:
                    places = became_of(opened[0], catalog_current.keyed(setting, target))
                    return Filed(tuple(places)) if places is not None else None
            return None

        yield known
