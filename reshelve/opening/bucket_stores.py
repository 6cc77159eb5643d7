"""Opening buckets: the one place that knows which store speaks to them, loaded when a workspace has one."""

from dataclasses import replace
from pathlib import Path

from reshelve.executors.contracts.object_store import ObjectStore
from reshelve.executors.platforms.process_user import who
from reshelve.schemas.inventory import Root
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.store_settings import Store


def open_bucket(store: Store, root: Root, catalog: Path | None, *, ask: bool = True) -> ObjectStore:
    """Open a bucket for one action. Raises ReshelveError, with advice, where it cannot be reached or used.

    Without `ask` the bucket is asked nothing yet: the first listing tells whether it is there. Such a one is for reading, and for
    what people tell each other.
    """
    from reshelve.executors.stores.s3 import open_bucket as opened

    return opened(store, root, catalog=catalog, user=who(), ask=ask)


def away(root: Root, trouble: ReshelveError) -> Root:
    """Return a root that is not available, saying why as the trouble does: what is wrong, and what to do about it."""
    problem = trouble.problems[0]
    said = (problem.detail or problem.summary, problem.hint)
    return replace(root, available=False, writable=False, why="; ".join(part.rstrip(".") for part in said if part))
