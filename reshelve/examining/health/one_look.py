"""One look at the stores of a session, for the health checks and for what else they know."""

from collections.abc import Iterator
from contextlib import contextmanager

from reshelve.examining.health.check_inputs import Sight
from reshelve.executors.stores.digest_cache import DigestCache
from reshelve.opening.wiring import keeps_state, opened, remembering
from reshelve.planner.observing.observe import look
from reshelve.session.session import Session


@contextmanager
def looking(session: Session) -> Iterator[Sight]:
    """Look at every store that is there, and give what was seen."""
    setting = session.setting
    with remembering(setting), opened(setting) as stores:
        listings = {key: look(reader) for key, reader in stores.readers.items() if reader.root.available}
        cache = DigestCache(setting.state.folder / "catalog.db") if keeps_state(setting) else None
        try:
            yield Sight(session, stores, listings, setting.workspace.health, digests=cache)
        finally:
            if cache is not None:
                cache.close()
