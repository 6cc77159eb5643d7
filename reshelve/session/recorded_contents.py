"""What was ever recorded of the content of files: by `catalog.db`, which remembers hashes, and by the catalog of assets."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from reshelve.executors.catalog import catalog_queries, catalog_tables
from reshelve.executors.state.cache_db import planted
from reshelve.executors.stores.digest_cache import DigestCache
from reshelve.opening.wiring import Setting, keeps_state


@contextmanager
def recorded_contents(setting: Setting) -> Iterator[Callable[[str, tuple[int, int, int]], set[str]]]:
    """Give what tells, of a place and a size (bytes), modification time (ns) and inode, the hashes recorded of such a file.

    Nothing is opened before it is asked; what cannot be read records nothing.
    """
    with ExitStack() as closing:
        sources: list[Callable[[str, tuple[int, int, int]], set[str]]] = []

        def open_all() -> None:
            cache = DigestCache(setting.state.folder / "catalog.db")
            closing.callback(cache.close)
            sources.append(lambda _, seen: cache.ever(*seen))
            path = setting.state.folder / catalog_tables.FILE
            if path.is_file() and not planted(path):
                assets = closing.enter_context(catalog_tables.opened(path))
                sources.append(lambda place, seen: catalog_queries.contents_at(assets, place, *seen))

        def recorded(place: str, seen: tuple[int, int, int]) -> set[str]:
            if not sources and keeps_state(setting):
                with suppress(catalog_tables.DamagedError, sqlite3.Error, OSError):
                    open_all()
            return {content for source in sources for content in source(place, seen)}

        yield recorded
