"""Storage classes: which a new object gets, and which objects that stand are of another than their entry says."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reshelve.planner.wants.plan_problems import counted
from reshelve.planner.wants.root_choice import locate
from reshelve.planner.wants.want import Found, Want
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import store_of
from reshelve.schemas.problems import Problem
from reshelve.schemas.store_settings import Store


class Classes:
    """What the entries, and the stores they are in, say about classes."""

    def __init__(self, stores: Mapping[str, Store], held: frozenset[tuple[str, str]]) -> None:
        self._stores = stores
        self._held = held
        self._unasked: dict[str, set[str]] = {}

    def of(self, want: Want) -> str:
        """Return the class of the object a want makes: its entry's, else its store's, else "" for the service's own."""
        asked = self.asked(want)
        if asked is not None:
            return asked
        store = self._stores.get(store_of(want.destination.reader.root.key))
        return store.storage_class or "" if store is not None else ""

    def of_copy(self, want: Want) -> str:
        """Return the class of a copy within a service: from another store as of anything new, else its entry's; "" keeps it."""
        stores = {store_of(root.key) for root in (want.origin.reader.root, want.destination.reader.root)}
        return self.of(want) if len(stores) > 1 else self.asked(want) or ""

    def asked(self, want: Want) -> str | None:
        """Return the class that the entry of a want asks for; "" where its store keeps none, None where it asks for none."""
        if want.entry is None or want.entry.storage_class is None or want.bound is None:
            return None
        name = store_of(want.bound.reader.root.key)
        store = self._stores.get(name)
        if store is None or store.classes:
            return want.entry.storage_class
        self._unasked.setdefault(name, set()).add(want.target)
        return ""

    def problems(self) -> list[Problem]:
        """Say once for each store that keeps no classes how many entries ask for one all the same."""
        return [
            Problem(
                "no-classes",
                "A service keeps no storage classes.",
                f"{name} says `classes: false`: the `class` of {counted(len(targets))} is left out.",
                name,
                severity="note",
            )
            for name, targets in self._unasked.items()
        ]

    def differs(self, want: Want, there: Item) -> bool:
        """Say whether an entry asks for another class than the object at its target has. Of files in folders nothing is said."""
        asked = self.asked(want)
        if not asked or want.bound is None:
            return False
        return want.bound.reader.root.kind != "bucket" or (there.storage_class or "STANDARD") != asked

    def change(self, want: Want, there: Item) -> None:
        """Make a want one that changes the class of what stands at its target."""
        bound = want.destination
        want.deed, want.found = "transition", Found(bound.reader, there, bound.folder)
        want.because = want.because or "another class is asked for"

    def changes(self, wants: Iterable[Want]) -> list[Want]:
        """Return a want for every object that stands where its entry wants it, in another class than it says. Raises OSError."""
        found: list[Want] = []
        for want in wants:
            if want.entry is None or want.entry.storage_class is None or want.bound is None:
                continue
            if want.bound.reader.root.kind != "bucket":
                continue
            if want.deed == "transition" or not want.occupied or (want.state != "settled" and want.deed != "trash"):
                continue
            there = want.bound.reader.stat(locate(want.place)[1])
            if there is not None and there.kind == "file" and self.differs(want, there) and (want.target, "") not in self._held:
                change = Want("transition", want.target, "", want.entry, "")
                change.bound = replace(want.bound)
                self.change(change, there)
                found.append(change)
        return found
