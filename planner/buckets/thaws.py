"""Thawing: what cannot be done before an archived object can be read. It is asked for once, and then waited for: no change."""

from collections.abc import Mapping
from typing import cast

from reshelve.planner.buckets.transfer_routes import put_away_in, route_of
from reshelve.planner.ports.store_reader import BucketReader, Reader
from reshelve.planner.wants.plan_problems import Findings
from reshelve.planner.wants.want import Want
from reshelve.schemas.archived_classes import READY_SECONDS, is_frozen, ready_after
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import printable, store_of
from reshelve.schemas.operations import Thaw
from reshelve.schemas.plan import Waiting
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.store_settings import Store, ThawTerms


@dataclass(slots=True, frozen=True)
class Asked:
    """When an object was asked for (ISO 8601 in UTC), and in which retrieval tier."""

    at: str
    tier: str


def ready_about(storage_class: str, asked: Asked) -> str:
    """Return about when an object that was asked for can be read, ISO 8601 in UTC to the minute; "" where that cannot be told."""
    return ready_after(storage_class, asked.tier, asked.at)


def readable_beneath(reader: Reader, item: Item) -> int:
    """Return the number of a version that holds what an archived object holds, and can be read; 0 where none is, or none needed.

    The same ETag and size are the same content: whatever changes the class of an object leaves the old one as a version.
    """
    if not is_frozen(item) or not reader.root.versioned:
        return 0
    found = cast(BucketReader, reader).beneath(item.rel, item.ino)
    return found.ino if found is not None and found.size == item.size else 0


class Thawing:
    """Holds back what reads an archived object, and collects what to ask for. `asked` is what earlier runs asked for, by place."""

    def __init__(self, stores: Mapping[str, Store], asked: Mapping[str, Asked], findings: Findings) -> None:
        self._stores = stores
        self._asked = asked
        self._findings = findings
        self._thaws: dict[str, Thaw] = {}
        self._waiting: dict[str, Waiting] = {}

    def holds(self, want: Want) -> bool:
        """Say whether a want has to wait for a thaw, or cannot have one; its state then says so."""
        if want.found is None or not is_frozen(want.found.item) or not _reads_content(want):
            return False
        if want.deed == "transition" and readable_beneath(want.found.reader, want.found.item):
            return False
        item, root = want.found.item, want.found.reader.root
        terms = self._terms(root.key)
        if item.restored == "ongoing":
            self._wait(want, want.src_place, item.storage_class)
        elif (item.storage_class, terms.tier) not in READY_SECONDS:
            detail = f"{printable(want.source)} is in {item.storage_class}, which has no tier {terms.tier}"
            hint = f"Set `thaw: {{tier: Standard}}` for `{store_of(root.key)}` in the workspace."
            self._findings.block(want, "no-such-tier", detail, hint)
        else:
            want.state = "waiting"
            because = f"to {_does(want)} {want.target}" if want.deed != "trash" else want.because
            place = want.src_place
            seen = item.size, item.mtime_ns, item.ino
            self._thaws.setdefault(place, Thaw(place, *seen, days=terms.days, tier=terms.tier, because=because))
        return True

    def along(self, want: Want, other: Want) -> None:
        """Let a want wait because `other`, with which it travels or whose place it takes, does."""
        want.state = "waiting"
        place = other.src_place if other.found is not None else other.source
        known = self._waiting.get(other.target)
        self._waiting[want.target] = Waiting(want.target, place, known.tier if known else "", known.asked if known else "",
                                             known.ready if known else "")  # fmt: skip

    def operations(self) -> list[Thaw]:
        """Return what to ask for, by place."""
        return [self._thaws[place] for place in sorted(self._thaws)]

    def waiting(self) -> list[Waiting]:
        """Return what waits, by target."""
        return [self._waiting[target] for target in sorted(self._waiting)]

    def _wait(self, want: Want, place: str, storage_class: str) -> None:
        want.state = "waiting"
        asked = self._asked.get(place)
        ready = ready_about(storage_class, asked) if asked is not None else ""
        self._waiting[want.target] = Waiting(want.target, place, asked.tier if asked else "", asked.at if asked else "", ready)

    def _terms(self, key: str) -> ThawTerms:
        store = self._stores.get(store_of(key))
        return store.thaw if store is not None else ThawTerms()


def _reads_content(want: Want) -> bool:
    if want.deed == "trash":
        return put_away_in(want.origin.reader.root) == "copy"
    return want.deed in ("move", "copy", "transition", "unpack")


def _does(want: Want) -> str:
    if want.deed == "transition":
        return "change the class of"
    return "download" if route_of(want.origin.reader.root, want.destination.reader.root) == "download" else want.deed
