"""Roots of groups that no run ever saw: the others of their store would take what is meant for them, and nobody would notice."""

from collections.abc import Container

from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.inventory import Root
from reshelve.schemas.locations import printable, store_of
from reshelve.schemas.problems import Problem, Severity, sentence


def unseen_roots(readers: Readers, stores: Container[str] | None = None) -> list[Root]:
    """Return the roots that are not there and never were, of these stores (None: of all), by key.

    Of a store of which no folder is there, nothing goes elsewhere: whatever needs it says that it is away.
    """
    here = {store_of(key) for key, reader in readers.items() if reader.root.available}
    return [
        reader.root
        for key, reader in sorted(readers.items())
        if reader.root.unseen and store_of(key) in here and (stores is None or store_of(key) in stores)
    ]


def unseen_problem(root: Root, severity: Severity) -> Problem:
    """Return what is to be said of such a root."""
    others = f"what belongs there goes to the other folders of {store_of(root.key)}"
    detail = f"{sentence(printable(root.why))}. What is in it is not seen, and {others}."
    return Problem(
        "store-unseen", "A folder of a store is not there, and no run saw it.", detail, root.key, root.remedy, severity=severity
    )
