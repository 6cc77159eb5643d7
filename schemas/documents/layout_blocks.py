"""What a plan would block, as far as a layout alone tells it: times that are none, reserved places, classes that cannot be."""

from collections.abc import Iterator

from reshelve.schemas import locations
from reshelve.schemas.archived_classes import class_meant
from reshelve.schemas.documents.layout_checks import AwsStore, Fault, ObjectStore, Path, Stores
from reshelve.schemas.layout import Layout
from reshelve.schemas.quantities import time_ns


def blocks(layout: Layout, stores: Stores | None) -> Iterator[Fault]:
    """Yield a fault for each part of a sound layout that no plan can carry out; of classes only where the stores are known."""
    for target, entry in layout.files.items():
        yield from _reserved(target, ("files", target), is_target=True)
        if entry.source is not None:
            yield from _reserved(entry.source, ("files", target, "from"))
        if entry.storage_class is not None and stores is not None:
            yield from _class(target, entry.storage_class, stores)
    for number, place in enumerate(layout.dirs):
        yield from _reserved(place, ("dirs", number), is_target=True)
    for number, thing in enumerate(layout.absent):
        yield from _reserved(thing.path, ("absent", number, "path"))
        if thing.mtime is not None and not _is_time(thing.mtime):
            detail = f"{thing.mtime[:100]!r} is not a time."
            yield Fault(("absent", number, "mtime"), "bad-time", "not a time", detail, "write it as 2026-09-01T10:00:00Z")


def _reserved(location: str, path: Path, *, is_target: bool = False) -> Iterator[Fault]:
    if "/." not in location and ":." not in location and "%:" not in location:
        return
    if locations.is_kept(locations.split(location)[1], is_target=is_target):
        detail = f"{locations.shown(location)}: this name is reserved for reshelve."
        yield Fault(path, "bad-location", "a reserved place", detail, "name another place", is_target and path[0] == "files")


def _class(target: str, given: str, stores: Stores) -> Iterator[Fault]:
    store = stores.get(locations.store_of(locations.split(target)[0]))
    at = ("files", target, "class")
    if store is None:
        return
    if not isinstance(store, ObjectStore):
        detail = f"{locations.shown(target)} is in a folder, and only objects have a class."
        yield Fault(at, "no-class", "a class without an object", detail, "leave out `class`")
    elif isinstance(store, AwsStore) and (meant := class_meant(given)):
        yield Fault(at, "no-class", "an unknown storage class", f"AWS has no storage class {given!r}.", f"did you mean {meant}?")


def _is_time(text: str) -> bool:
    try:
        time_ns(text)
    except (ValueError, OverflowError):
        return False
    return True
