"""Stores gone: entries of stores that the workspace no longer has, as after one was renamed."""

from collections.abc import Container

from reshelve.planner.layouts.rescan_merge import Previous, stands
from reshelve.planner.ports.filed_before import FiledBefore
from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.locations import split, store_of


def let_go(previous: Previous, stores: Container[str], readers: Readers, filed_before: FiledBefore) -> dict[str, str]:
    """Take from `previous` what scan itself wrote of stores that are gone and nobody carried out; return why, by target or path.

    What was filed stays, and so does what a person wrote or noted: about those a person decides.
    """
    why: dict[str, str] = {}
    for target, entry in list(previous.ours.items()):
        gone = _gone((target, entry.source), stores)
        if gone and not stands(target, entry, readers) and filed_before(target) is None:
            del previous.ours[target]
            previous.before.pop(entry.source or "", None)
            why[target] = _because(gone)
    for thing in list(previous.our_absent):
        if gone := _gone((thing.path,), stores):
            previous.our_absent.remove(thing)
            why[thing.path] = _because(gone)
    previous.review = [item for item in previous.review if item.note is not None or not _gone((item.source,), stores)]
    previous.tidy = {store: junk for store, junk in previous.tidy.items() if store in stores}
    return why


def _gone(locations: tuple[str | None, ...], stores: Container[str]) -> str:
    """Return the first store of these locations that is gone, "" where none is."""
    named = (store_of(split(location)[0]) for location in locations if location is not None)
    return next((store for store in named if store not in stores), "")


def _because(store: str) -> str:
    return f"the workspace has no store {store} any more"
