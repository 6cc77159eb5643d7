"""Observing: what is in every root now, and where nothing could be seen."""

from reshelve.planner.ports.store_reader import Enter, Reader, Readers
from reshelve.schemas.inventory import Inventory, Listing


def observe(readers: Readers, at_ns: int) -> Inventory:
    """Return what every root holds; `at_ns` is when observing began, ns since the epoch. A root that is away is listed empty."""
    return Inventory(at_ns, {key: look(reader) for key, reader in sorted(readers.items())})


def look(reader: Reader) -> Listing:
    """Return what one root holds, with what its file system is like. Trouble is never raised: it is in `unreadable`."""
    if not reader.root.available:
        return Listing(reader.root, unreadable={"": reader.root.why or "it is not available"})
    listing = seen(reader)
    try:
        listing.folds = reader.folds()
        listing.space = reader.space()
    except OSError as trouble:
        listing.unreadable.setdefault("", trouble.strerror or str(trouble))
    return listing


def seen(reader: Reader, enter: Enter | None = None) -> Listing:
    """Return the items of one available root, sorted by path, without what is in folders that `enter` refuses.

    Trouble is never raised: it is in `unreadable`.
    """
    try:
        return reader.walk(enter=enter)
    except OSError as trouble:
        return Listing(reader.root, unreadable={"": trouble.strerror or str(trouble)})
