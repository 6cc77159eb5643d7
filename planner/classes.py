"""Storage classes: which a new object gets, and which objects that stand are of another than their entry says."""

from collections.abc import Iterable, Mapping

from planner.roots import locate
from planner.want import Want
from schemas.inventory import Item
from schemas.locations import store_of
from schemas.stores import Store


class Classes:
    """What the entries, and the stores they are in, say about classes."""

    def __init__(self, stores: Mapping[str, Store], held: frozenset[tuple[str, str]]) -> None:
        self._stores = stores
        self._held = held

    def of(self, want: Want) -> str:
        """Return the class of the object a want makes: its entry's, else its store's, else "" for the service's own."""
        if want.entry is not None and want.entry.storage_class is not None:
            return want.entry.storage_class
        assert want.dst is not None
        store = self._stores.get(store_of(want.dst.root.key))
        return store.storage_class or "" if store is not None else ""

    def differs(self, want: Want, there: Item) -> bool:
        """Say whether an entry asks for another class than the object at its target has. Of files in folders nothing is said."""
        entry = want.entry
        if entry is None or entry.storage_class is None or want.dst is None:
            return False
        return want.dst.root.kind != "bucket" or (there.storage_class or "STANDARD") != entry.storage_class

    def change(self, want: Want, there: Item) -> None:
        """Make a want one that changes the class of what stands at its target."""
        assert want.dst is not None
        want.deed = "transition"
        want.src, want.item, want.src_folder = want.dst, there, want.folder
        want.because = want.because or "another class is asked for"

    def changes(self, wants: Iterable[Want]) -> list[Want]:
        """Return a want for every object that stands where its entry wants it, in another class than it says. Raises OSError."""
        found: list[Want] = []
        for want in wants:
            if want.entry is None or want.entry.storage_class is None or want.dst is None or want.dst.root.kind != "bucket":
                continue
            if want.deed == "transition" or want.occupied is None or (want.state != "settled" and want.deed != "trash"):
                continue
            there = want.dst.stat(locate(want.place)[1])
            if there is not None and there.kind == "file" and self.differs(want, there) and (want.target, "") not in self._held:
                change = Want("transition", want.target, "", want.entry, "")
                change.dst, change.folder, change.dst_name, change.place = want.dst, want.folder, want.dst_name, want.place
                change.occupied = want.occupied
                self.change(change, there)
                found.append(change)
        return found
