"""What must hold across a layout beyond its schema: locations, companions, and one target for one source."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from reshelve.schemas import locations
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.near_words import near
from reshelve.schemas.secret_texts import names_secret, secret_of

_HASH = re.compile(r"xxh3:[0-9a-f]{32}\Z")

Path = tuple[str | int, ...]
Stores = Mapping[str, Sequence[str]]
"""The stores of a workspace, each with the names of its roots: none where it is one folder or bucket."""


class ObjectStore(tuple[str, ...]):
    """What `Stores` has of a bucket: it has no roots, and its objects have classes."""


class AwsStore(ObjectStore):
    """What `Stores` has of a bucket at AWS, whose classes are known."""


class Fault(NamedTuple):
    """One broken demand: where in the document, and the parts of the problem to be worded. `near`: what `given` may have meant.

    `piece` is the part of a text that it is about, if that is not all of it.
    """

    path: Path
    code: str
    summary: str
    detail: str
    hint: str = ""
    on_key: bool = False
    given: str = ""
    piece: str = ""


def part_of(path: Path) -> str:
    """Return how a problem names a part of a document."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif not text:
            text = part
        else:
            text += f".{part}" if part.isidentifier() else f"[{part!r}]"
    return f"`{text}`" if text else "the document"


def location_fault(location: str) -> str | None:
    """Say what is wrong with a location in a document, or None. A needless `%:` form is wrong: it would be a second name."""
    wrong = locations.fault(location)
    if wrong is None and "%:" in location:
        plain = locations.join(*locations.split(location))
        if plain != location:
            return f"this place is written {plain}"
    return wrong


def secret_fault(path: Path, what: str) -> Fault:
    """Return the fault of a secret that stands in a document."""
    hint = "take it out, and use a new one if others could read it; credentials come from the environment or the AWS profile"
    return Fault(path, "document-secret", "a secret in a document", f"{what}.", hint, True)


def set_faults(raw: Any) -> Iterator[Fault]:
    """Yield a fault for each name of a secret in a document's `set:`: its value would be kept in layout.yaml, and go into names."""
    values = raw.get("set") if isinstance(raw, dict) else None
    for name in values if isinstance(values, dict) else ():
        if names_secret(str(name)):
            yield secret_fault(("set", name), f"`{str(name)[:100]}` names a secret, and values of `set` are kept in layout.yaml")


def faults(layout: Layout, also: Container[str] = ()) -> Iterator[Fault]:
    """Yield every fault of a layout read from one file; `also` holds targets that are known though not in it."""
    good: set[str] = set()
    files = layout.files
    movers: dict[str, str] = {}
    paths: dict[str, str] = {}
    for target, entry in files.items():
        source = entry.source
        if not _fine(target, good):
            yield from _location(target, ("files", target), good, True)
        if source is not None:
            if not _fine(source, good):
                yield from _location(source, ("files", target, "from"), good)
            if entry.transfer == "move" and (first := movers.setdefault(source, target)) != target:
                yield moved_twice(target, source, first)
        if entry.beside is not None and entry.beside not in files:
            yield from _location(entry.beside, ("files", target, "with"), good)
            if entry.beside not in also:
                paths = paths or {key.partition(":")[2]: key for key in files}
                yield _not_there(target, entry.beside, paths)
        if entry.unpack is not None and not _fine(entry.unpack, good):
            yield from _location(entry.unpack, ("files", target, "unpack"), good)
        for number, location in enumerate(entry.then):
            yield from _location(location, ("files", target, "then", number), good)
        odd = entry.unpack is not None or entry.pack is not None or bool(entry.then) or entry.backup is not None
        if odd or (source is None) == (entry.content is None) or _odd_hash(entry):
            yield from _shape(target, entry)
        if source is not None and source[-1:] == "/" and (entry.size is not None or entry.hash is not None):
            yield from _of_folder(target, source, entry)
        if entry.content is not None and (what := secret_of(entry.content)):
            yield secret_fault(("files", target, "content"), what)
    for number, place in enumerate(layout.dirs):
        yield from _location(place, ("dirs", number), good)
    for number, thing in enumerate(layout.absent):
        yield from _location(thing.path, ("absent", number, "path"), good)
        for copy, place in enumerate(thing.copies):
            yield from _location(place, ("absent", number, "copies", copy), good)
        if thing.hash is not None and not _HASH.match(thing.hash):
            yield _bad_hash(("absent", number, "hash"), thing.hash)
    for number, item in enumerate(layout.review):
        yield from _location(item.source, ("review", number, "from"), good)
        if item.suggestion is not None:
            yield from _location(item.suggestion.to, ("review", number, "suggestion", "to"), good)
    for number, place in enumerate(layout.leave):
        yield from _location(place, ("leave", number), good)
    yield from set_faults({"set": layout.values})


def unknown_stores(layout: Layout, stores: Stores) -> Iterator[Fault]:
    """Yield a fault for each location of a layout whose store, or root of one, is not among `stores`.

    What is no location at all is another fault.
    """
    known: dict[str, bool] = {}
    for path, location, on_key in _locations(layout):
        root = location.partition(":")[0].removesuffix("%")
        if root not in known:
            name, slash, part = root.partition("/")
            known[root] = name in stores and (not slash or part in stores[name])
        if not known[root] and (path[0] == "tidy" or not locations.fault(location)):
            yield _unknown_store(path, root, stores, on_key)


def _locations(layout: Layout) -> Iterator[tuple[Path, str, bool]]:
    """Yield every location of a layout: where it stands, what it says, and whether it is a key."""
    for target, entry in layout.files.items():
        yield ("files", target), target, True
        if entry.source is not None:
            yield ("files", target, "from"), entry.source, False
        if entry.unpack is not None:
            yield ("files", target, "unpack"), entry.unpack, False
        for number, location in enumerate(entry.then):
            yield ("files", target, "then", number), location, False
    for number, place in enumerate(layout.dirs):
        yield ("dirs", number), place, False
    for number, thing in enumerate(layout.absent):
        yield ("absent", number, "path"), thing.path, False
        for copy, place in enumerate(thing.copies):
            yield ("absent", number, "copies", copy), place, False
    for number, item in enumerate(layout.review):
        yield ("review", number, "from"), item.source, False
        if item.suggestion is not None:
            yield ("review", number, "suggestion", "to"), item.suggestion.to, False
    for number, place in enumerate(layout.leave):
        yield ("leave", number), place, False
    for store in layout.tidy:
        yield ("tidy", store), store, True


def _unknown_store(path: Path, root: str, stores: Stores, on_key: bool) -> Fault:
    name, _, part = root.partition("/")
    if name in stores:
        summary, detail = "an unknown folder of a store", f"{name!r} has no folder {part!r}."
        meant, others = (
            near(part, stores[name]),
            f"its folders: {', '.join(stores[name])}" if stores[name] else f"it is one place: write {name}:",
        )
    else:
        summary, detail = "an unknown store", f"{name!r} is not among the stores of the workspace."
        meant, others = near(name, stores), f"stores: {', '.join(stores) or 'none'}"
    return Fault(path, "unknown-store", summary, detail, f"did you mean {meant}?" if meant else others, on_key)


def _not_there(target: str, beside: str, paths: Mapping[str, str]) -> Fault:
    """Return the fault of an entry that travels with no target. `paths` are the targets that are there, by their paths."""
    at, summary = ("files", target, "with"), "an entry travels with a target that is not there"
    detail = f"{locations.shown(beside)} is not among the files of this layout."
    if alike := paths.get(beside.partition(":")[2]):
        # Which of the two names the wrong store is not known here, so neither is proposed.
        hint = f"`files` has {locations.shown(alike)}: make the store of both the same"
        return Fault(at, "layout-with", summary, detail, hint)
    return Fault(at, "layout-with", summary, detail, "name a target of `files`, or remove `with`", given=beside)


def moved_twice(target: str, source: str, first: str) -> Fault:
    """Return the fault of an entry whose source `first` moves as well."""
    detail = f"{locations.shown(source)} is moved to {locations.shown(first)} as well."
    hint = "keep one, or give one `transfer: copy`"
    return Fault(("files", target, "from"), "layout-source-twice", "one source is moved to two targets", detail, hint)


def _fine(location: str, good: set[str]) -> bool:
    """Say quickly whether a location is surely well-formed; `good` collects the store parts seen to be."""
    root, colon, rel = location.partition(":")
    if not colon or not rel or rel[0] in "/." or "/." in rel or "//" in rel or "\0" in rel:
        return False
    if len(rel) > locations.LEVELS and locations.bound_fault(rel):
        return False
    if root in good:
        return True
    if root.endswith("%") or not locations.ROOT_KEY.match(root):
        return False
    good.add(root)
    return True


def _location(location: str, path: Path, good: set[str], on_key: bool = False) -> Iterator[Fault]:
    if _fine(location, good):
        return
    wrong = location_fault(location)
    if wrong is None and path[0] == "files" and len(path) == 2 and location.endswith(":"):
        wrong = "a store itself is not a file"
    if wrong is not None:
        detail = f"{locations.shown(location)}: {wrong}."
        yield Fault(path, "location", "not a location", detail, "write store:relative/path", on_key)


def _shape(target: str, entry: Entry) -> Iterator[Fault]:
    forms = {"from": entry.source, "content": entry.content, "unpack": entry.unpack}
    given = [f"`{name}`" for name, value in forms.items() if value is not None]
    one_of = "an entry has exactly one of `from`, `content`, `unpack`, or only `class`"
    at = ("files", target)
    if len(given) > 1:
        yield Fault(at, "layout-entry", one_of, f"It has {' and '.join(given)}.", "keep one", True)
    elif not given and entry.storage_class is None:
        hint = 'say where it comes from: from: "store:path"'
        yield Fault(at, "layout-entry", one_of, "It has none of them.", hint, True)
    if entry.pack is not None and (entry.source is None or not entry.source.endswith("/")):
        detail = "`pack` goes with a `from` that ends in /."
        yield Fault((*at, "pack"), "layout-pack", "only a folder is packed", detail, "add the /")
    if entry.backup is not None and (entry.pack is None or entry.transfer != "copy"):
        detail = "What is backed up stays: `backup` goes with `pack` and `transfer: copy`."
        yield Fault((*at, "backup"), "layout-backup", "a backup is a packed copy", detail, "add them, or remove `backup`")
    if entry.then and entry.unpack is None:
        detail = "`then` goes with `unpack`."
        yield Fault(
            (*at, "then"), "layout-then", "there is nothing to unpack over", detail, "name the full backup: unpack: LOCATION"
        )
    if entry.unpack is not None and not target.endswith("/"):
        detail = "What an archive holds is unpacked into a folder, whose name ends in /."
        yield Fault(at, "layout-unpack", "the target of `unpack` is not a folder", detail, "add a / to the target", True)
    if entry.hash is not None and not _HASH.match(entry.hash):
        yield _bad_hash(("files", target, "hash"), entry.hash)
    if entry.over is not None and not _HASH.match(entry.over):
        yield _bad_hash(("files", target, "over"), entry.over)
    elif entry.over is not None and entry.on_conflict != "replace":
        detail = "`over` says which content an entry replaces."
        yield Fault((*at, "over"), "layout-over", "nothing is replaced", detail, "set `on_conflict: replace`, or remove `over`")


def _of_folder(target: str, source: str, entry: Entry) -> Iterator[Fault]:
    """Yield a fault for each of what an entry says that only a file has: nothing could be compared with it."""
    for name, given in (("size", entry.size), ("hash", entry.hash)):
        if given is not None:
            detail = f"{locations.shown(source)} is a folder, and only a file has a {name} that could be compared."
            hint = f"remove `{name}`, or name the files one by one"
            yield Fault(("files", target, name), "layout-folder", "a folder has neither size nor hash", detail, hint)


def _odd_hash(entry: Entry) -> bool:
    return (entry.hash is not None and not _HASH.match(entry.hash)) or entry.over is not None


def _bad_hash(path: Path, given: str) -> Fault:
    detail = f"{given[:100]!r} is not xxh3: and 32 hex digits."
    return Fault(path, "layout-hash", "not a content hash", detail, "remove it, or write xxh3: and 32 hex digits")
