"""The saved inventory: what was seen, one JSON line each, so that planning and checking can go on without the disks.

The first line says when and in which roots, and how many lines follow, so that a file cut short is never taken for an empty disk.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from reshelve.schemas.documents.atomic_files import replace_file
from reshelve.schemas.documents.git_conflicts import conflicts
from reshelve.schemas.documents.source_lines import open_file
from reshelve.schemas.inventory import Inventory, Item, ItemKind, Listing, Root, Space
from reshelve.schemas.locations import decode_path, encode_path, fault, join, rel_fault, split
from reshelve.schemas.name_rules import NameRule
from reshelve.schemas.problems import Problem, ReshelveError, Where, stop
from reshelve.schemas.quick_dataclasses import dataclass

MOST = 50
"""Bad lines beyond this many are not read on: the file is not an inventory."""

Count = Annotated[int, Field(ge=0)]


@dataclass(slots=True, frozen=True)
class InventoryRoot:
    """One root as it was seen: `path` in document form, space in bytes on its own file system (`total` -1: not known)."""

    path: str
    fs: str
    available: bool = True
    why: str = ""
    writable: bool = True
    optional: bool = False
    reserve: Count = 0
    order: int = 0
    folds: bool = False
    free: int = 0
    total: int = -1
    free_inodes: int = -1
    kind: Literal["folder", "bucket"] = "folder"
    versioned: bool = False
    names: NameRule = "any"

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True, frozen=True)
class InventoryHeader:
    """The first line: when observing began (ISO 8601 in UTC, and ns since the epoch), the roots, and how many lines follow."""

    at: str
    at_ns: int
    roots: dict[str, InventoryRoot]
    lines: Count
    version: Literal[1] = 1
    kind: Literal["inventory"] = "inventory"

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True, frozen=True)
class InventoryItem:
    """One item, at `place` (`rootkey:relative/path`); times in ns since the epoch, sizes in bytes.

    For an object: its storage class, whether it is thawed (see `reshelve.schemas.inventory.Item`), and whether its key is
    odd, that is, not a path: then `place` has the key below the prefix, unchanged, after the root key.
    """

    place: str
    kind: ItemKind
    size: int
    mtime_ns: int
    ctime_ns: int
    ino: int
    nlink: int
    mode: int
    fs: str
    storage_class: str = ""
    restored: str = ""
    odd: bool = False

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True, frozen=True)
class InventoryUnreadable:
    """A folder that could not be read, and why: nothing is known about its content."""

    place: str
    unreadable: str

    __pydantic_config__ = ConfigDict(extra="forbid")


Record = InventoryHeader | InventoryItem | InventoryUnreadable

_KINDS = frozenset(get_args(ItemKind))
_NUMBERS = ("size", "mtime_ns", "ctime_ns", "ino", "nlink", "mode")
_FIELDS = frozenset(("place", "kind", "fs", *_NUMBERS))
_ODD = ', "odd": true'
_OF_OBJECTS = frozenset(("storage_class", "restored", "odd"))
_HEADER: TypeAdapter[InventoryHeader] = TypeAdapter(InventoryHeader)
_ITEM: TypeAdapter[InventoryItem] = TypeAdapter(InventoryItem)
_UNREADABLE: TypeAdapter[InventoryUnreadable] = TypeAdapter(InventoryUnreadable)


def inventory_lines(inventory: Inventory) -> Iterator[bytes]:
    """Yield the lines of a saved inventory; the same inventory gives the same bytes."""
    listings = sorted(inventory.listings.items())
    yield _line(
        {
            "version": 1,
            "kind": "inventory",
            "at": datetime.fromtimestamp(inventory.at_ns // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "at_ns": inventory.at_ns,
            "roots": {key: _root_of(listing) for key, listing in listings},
            "lines": sum(len(listing.items) + len(listing.odd) + len(listing.unreadable) for _, listing in listings),
        }
    )
    text = json.encoder.encode_basestring
    for key, listing in listings:
        for item, odd in chain(zip(listing.items, repeat(False)), zip(listing.odd, repeat(True))):
            yield (
                f'{{"place": {text(join(key, item.rel))}, "kind": "{item.kind}", "size": {item.size}, '
                f'"mtime_ns": {item.mtime_ns}, "ctime_ns": {item.ctime_ns}, "ino": {item.ino}, '
                f'"nlink": {item.nlink}, "mode": {item.mode}, "fs": {text(item.fs)}'
                f"{_of_object(item) if item.storage_class else ''}{_ODD if odd else ''}}}\n"
            ).encode()
        for rel, why in sorted(listing.unreadable.items()):
            yield _line({"place": join(key, rel), "unreadable": encode_path(why)})


def save_inventory(inventory: Inventory, path: Path, only: str | None = None) -> str:
    """Write an inventory, replacing the file whole, and return its version. Raises what `replace_file` does."""
    return replace_file(path, inventory_lines(inventory), only)


def load_inventory(path: Path) -> Inventory:
    """Load a saved inventory. Raises ReshelveError naming every bad line, and for a file that cannot be read or was cut short."""
    try:
        with open_file(path) as stream:
            try:
                return _Loading(str(path)).read(stream)
            except ReshelveError as trouble:
                stream.seek(0)
                raise ReshelveError(conflicts(stream.read(), str(path)) or trouble.problems) from trouble
    except OSError as trouble:
        reason = (trouble.strerror or str(trouble)).capitalize()
        hint = "reshelve observe -o FILE"
        raise stop("no-inventory", "The inventory cannot be read.", f"{reason}.", path=str(path), hint=hint) from trouble


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _of_object(item: Item) -> str:
    said = (("storage_class", item.storage_class), ("restored", item.restored))
    return "".join(f', "{name}": {json.dumps(text)}' for name, text in said if text)


def _root_of(listing: Listing) -> dict[str, Any]:
    root, space = listing.root, listing.space or Space(0, -1)
    return {
        "path": encode_path(root.path), "fs": root.fs, "available": root.available, "why": encode_path(root.why),
        "writable": root.writable, "optional": root.optional, "reserve": root.reserve, "order": root.order,
        "folds": listing.folds, "free": space.free, "total": space.total, "free_inodes": space.free_inodes,
        **({"kind": root.kind, "versioned": root.versioned} if root.kind != "folder" else {}),
        **({"names": space.names} if space.names != "any" else {}),
    }  # fmt: skip


def _listing_of(key: str, seen: InventoryRoot) -> Listing:
    path, why = decode_path(seen.path), decode_path(seen.why)
    root = Root(
        key,
        path,
        fs=seen.fs,
        available=seen.available,
        why=why,
        writable=seen.writable,
        optional=seen.optional,
        reserve=seen.reserve,
        order=seen.order,
        kind=seen.kind,
        versioned=seen.versioned,
    )
    space = Space(seen.free, seen.total, seen.free_inodes, names=seen.names) if seen.total >= 0 else None
    return Listing(root, folds=seen.folds, space=space)


class _Loading:
    """Reads one saved inventory, keeping what is wrong with each line."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[Problem] = []
        self._folders: dict[str, str] = {}

    def read(self, stream: Any) -> Inventory:
        header = self._header(stream.readline())
        inventory = Inventory(header.at_ns, {key: _listing_of(key, root) for key, root in header.roots.items()})
        count = 0
        for count, line in enumerate(stream, 1):
            try:
                self._record(line, inventory)
            except (ValueError, TypeError, KeyError, RecursionError) as trouble:
                self._bad(count + 1, line, _reason(trouble, line))
                if len(self._found) >= MOST:
                    raise ReshelveError(self._found) from trouble
        if count != header.lines:
            self._bad(1, b"", f"{header.lines} lines were to follow the first one, and {count} do")
        if self._found:
            raise ReshelveError(self._found)
        for listing in inventory.listings.values():
            _sort(listing)
        return inventory

    def _header(self, line: bytes) -> InventoryHeader:
        try:
            return _HEADER.validate_json(line)
        except ValidationError as trouble:
            self._bad(1, line, f"this is not the first line of an inventory: {_first(trouble)}")
            raise ReshelveError(self._found) from trouble

    def _record(self, line: bytes, inventory: Inventory) -> None:
        """Take one line in: items by hand, a million of them; what is not plainly one is left to the schema to word."""
        record = json.loads(line)
        if "unreadable" in record:
            seen = _UNREADABLE.validate_python(record)
            key, rel = self._place(seen.place)
            inventory.listings[key].unreadable[rel] = decode_path(seen.unreadable)
            return
        numbers = [record[name] for name in _NUMBERS]
        more = record.keys() - _FIELDS
        if len(record) != len(_FIELDS) + len(more) or not more <= _OF_OBJECTS or record["kind"] not in _KINDS:
            raise ValueError
        if record["fs"].__class__ is not str or record["place"].__class__ is not str or set(map(type, numbers)) != {int}:
            raise ValueError
        kept, restored = record.get("storage_class", ""), record.get("restored", "")
        odd = record.get("odd", False)
        if kept.__class__ is not str or restored.__class__ is not str or odd.__class__ is not bool:
            raise ValueError
        key, rel = self._odd_place(record["place"]) if odd else self._place(record["place"])
        size, mtime_ns, ctime_ns, ino, nlink, mode = numbers
        fs = self._folders.setdefault(record["fs"], record["fs"])
        item = Item(rel, record["kind"], size, mtime_ns, ctime_ns, ino, nlink, mode, fs, kept, restored)
        listing = inventory.listings[key]
        (listing.odd if odd else listing.items).append(item)

    def _place(self, place: str) -> tuple[str, str]:
        wrong = fault(place)
        if wrong:
            raise _BadPlaceError(wrong)
        return split(place)

    def _odd_place(self, place: str) -> tuple[str, str]:
        key, rel = split(place)
        if rel_fault(rel) is None and rel[-1:] not in ("", "/"):
            raise _BadPlaceError("a key that is a path is not odd")
        return key, rel

    def _bad(self, number: int, line: bytes, why: str) -> None:
        where = Where(self._file, number, 1, line.decode("utf-8", "replace").rstrip("\n")[:200])
        hint = "Make it again: reshelve observe -o FILE"
        self._found.append(Problem("bad-inventory", "The inventory is damaged.", f"{why}.", self._file, hint, where))


class _BadPlaceError(ValueError):
    """A place that names none."""


def _sort(listing: Listing) -> None:
    """Put items in order of path, as observing gives them, whatever order the file had."""
    items = listing.items
    if any(one.rel > two.rel for one, two in pairwise(items)):
        items.sort(key=lambda item: item.rel)


def _reason(trouble: Exception, line: bytes) -> str:
    if isinstance(trouble, _BadPlaceError):
        return str(trouble)
    if isinstance(trouble, KeyError) and trouble.args and trouble.args[0] not in _FIELDS:
        return f"the first line names no folder of a store {trouble.args[0]!r}"
    if isinstance(trouble, json.JSONDecodeError | UnicodeDecodeError | RecursionError):
        return "this line is not JSON"
    try:
        _ITEM.validate_json(line, strict=True)
    except ValidationError as wrong:
        return _first(wrong)
    return str(trouble) or "this line says nothing that an inventory could say"


def _first(trouble: ValidationError) -> str:
    error = trouble.errors(include_url=False)[0]
    where = ".".join(str(part) for part in error["loc"])
    return f"{where}: {error['msg']}" if where else error["msg"]
