"""What a layout says twice, and not alike: it can be read, but no plan can do both. What can never be is an error."""

from collections.abc import Iterator

from reshelve.schemas import locations
from reshelve.schemas.documents.layout_checks import Fault
from reshelve.schemas.fact_vocabulary import FACTS
from reshelve.schemas.layout import Layout
from reshelve.schemas.near_words import near


def impossible(part: Layout, whole: Layout) -> Iterator[Fault]:
    """Yield a fault for each thing in one file of a layout, `part`, that can never be while something in the `whole` layout is."""
    for number, thing in enumerate(part.absent):
        if thing.path in whole.files and thing.size is None and thing.mtime is None and thing.hash is None:
            detail = f"{locations.shown(thing.path)} is a target of `files` too."
            hint = "give its `mtime` or `hash`, or remove one of them"
            yield Fault(("absent", number, "path"), "layout-contradiction", "what is wanted should be gone as well", detail, hint)
    for number, place in enumerate(part.dirs):
        if place.rstrip("/") in whole.files:
            detail = f"{locations.shown(place.rstrip('/'))} is a target of `files` too, and that of a folder ends in /."
            yield Fault(("dirs", number), "layout-contradiction", "a file is to be a folder", detail, "remove one of them")
    twice = _on_two_roots(whole)
    for target, entry in part.files.items():
        if target in twice:
            detail = f"{locations.shown(twice[target])} is a target too: in a store of several folders that is one path."
            hint = "keep one of them, or change a name"
            yield Fault(("files", target), "layout-contradiction", "one path in two folders of a store", detail, hint, True)
        if entry.beside == target:
            detail, hint = "Its `with` is its own target.", "remove `with`, or name another"
            yield Fault(("files", target, "with"), "layout-contradiction", "an entry travels with itself", detail, hint)
        above = _file_above(target, whole)
        if above:
            detail = f"{locations.shown(above)} is a file's target: nothing can be below it."
            yield Fault(
                ("files", target), "layout-contradiction", "a file is to be a folder", detail, "choose another target", True
            )


def contradictions(part: Layout, whole: Layout) -> Iterator[Fault]:
    """Yield a fault for each thing in `part` that something in the `whole` layout goes against, and that a plan has a way with."""
    movers = {entry.source: target for target, entry in whole.files.items() if entry.source and entry.transfer == "move"}
    yield from _of_facts(part)
    yield from _of_left(part, whole, movers)
    for number, thing in enumerate(part.absent):
        if thing.path in movers:
            at, detail = ("absent", number, "path"), f"{_moved(thing.path, movers)}."
            yield Fault(at, "layout-contradiction", "what is to be moved should be gone as well", detail, "remove one of them")
    for number, item in enumerate(part.review):
        if item.source in movers:
            at, detail = ("review", number, "from"), f"{_moved(item.source, movers)}."
            yield Fault(at, "layout-contradiction", "what is decided is left for review as well", detail, "remove one of them")


def _of_facts(part: Layout) -> Iterator[Fault]:
    meant: dict[str, str] = {}
    for target, entry in part.files.items():
        for name in entry.facts or ():
            if name in FACTS:
                continue
            if name not in meant:
                meant[name] = near(name, FACTS) or ""
            if meant[name]:
                at, detail = ("files", target, "facts", name), f"`{locations.shown(name)}` is no fact that reshelve knows."
                yield Fault(at, "layout-fact", "an unknown fact", detail, f"did you mean {meant[name]}?", True)


def _on_two_roots(layout: Layout) -> dict[str, str]:
    """Return the targets that name the path of an earlier one on another root of its store, or on none, each with that one."""
    first: dict[str, str] = {}
    found: dict[str, str] = {}
    for target in layout.files:
        key, rel = locations.split(target)
        other = first.setdefault(locations.join(locations.store_of(key), rel), target)
        if other != target:
            found[target] = other
    return found


def _file_above(target: str, layout: Layout) -> str:
    """Return the file's target that a target would be below, or ""."""
    above = target.rstrip("/").rpartition("/")[0]
    while ":" in above:
        if above in layout.files:
            return above
        above = above.rpartition("/")[0]
    return ""


def _of_left(part: Layout, whole: Layout, movers: dict[str, str]) -> Iterator[Fault]:
    """Yield a fault for each thing left that an entry takes away: it stays, and the entry waits."""
    taken = sorted({*movers, *(thing.path for thing in whole.absent)})
    for number, place in enumerate(part.leave):
        below = [one for one in taken if one == place or (place.endswith("/") and one.startswith(place))]
        if below:
            first = below[0]
            told = _moved(first, movers) if first in movers else f"{locations.shown(first)} is among `absent`"
            more = f", and {len(below) - 1} more" if below[1:] else ""
            at, hint = ("leave", number), "remove its entry: the next scan does, if it is the scan's own; or remove this line"
            yield Fault(at, "layout-contradiction", "what is to stay is taken away as well", f"{told}{more}. It stays.", hint)


def _moved(source: str, movers: dict[str, str]) -> str:
    return f"{locations.shown(source)} is moved to {locations.shown(movers[source])}"
