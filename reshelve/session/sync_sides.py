"""The two sides of a sync as they are now: one listing of the bucket, the folders here, and records only where they are needed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from itertools import islice
from pathlib import Path

from reshelve.executors.contracts.object_store import ObjectStore
from reshelve.executors.state.sync_state import SeenProject
from reshelve.executors.stores.listing_cache import is_odd
from reshelve.opening import git_tracked
from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.sync.decisions import Decision, Sides
from reshelve.planner.sync.sync_entries import Project
from reshelve.planner.sync.sync_left_out import IGNORE, PRIVATE, RECORDS, VIEW, kept_apart
from reshelve.planner.sync.sync_places import SharedPlace
from reshelve.planner.sync.sync_records import LARGEST, SyncRecord, Told, read_record
from reshelve.schemas.archived_classes import is_frozen
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import is_reserved, printable
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass

_MOST_ASKED = 50
"""Of how many files git is asked at most whether it tracks them: each searches its whole index."""


@dataclass(slots=True)
class Looked:
    """One project as sync saw it, and what that comes to.

    `refused` is the side that was emptied, "" for none. `records` are the objects of people's records by user, `view` that of
    metadata.json. `unknown` are names of objects whose content is not known, for none here can be the same. `held` are names that
    an undo holds back.
    """

    sync: str
    project: Project
    seen: SeenProject
    sides: Sides
    told: Told
    records: dict[str, Item] = field(default_factory=dict)
    view: Item | None = None
    decisions: list[Decision] = field(default_factory=list)
    refused: str = ""
    problems: list[Problem] = field(default_factory=list)
    ignore: bool = False
    held: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The project's name."""
        return self.project.name

    @property
    def last(self) -> tuple[str, int]:
        """Who synced last, and when by the bucket's clock, ns since the epoch; ("", 0) for nobody yet.

        Many services tell whole seconds: all who share the latest one are named, as their order is not known.
        """
        at = max((item.mtime_ns for item in self.records.values()), default=0)
        return " and ".join(sorted(user for user, item in self.records.items() if item.mtime_ns == at)), at


@dataclass(slots=True)
class Bucket:
    """What one listing of a sync's part of the bucket showed, by project.

    `apart` are names that are never shared (`kept_apart`), `odd` the ends of keys that are no paths: all of them are left alone.
    """

    shared: dict[str, dict[str, Item]] = field(default_factory=dict)
    records: dict[str, dict[str, Item]] = field(default_factory=dict)
    views: dict[str, Item] = field(default_factory=dict)
    apart: dict[str, list[str]] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)


def listed(store: ObjectStore, place: SharedPlace, folders: Iterable[str], shared: Callable[[str], bool]) -> Bucket:
    """List what lies below some folders of the bucket. Raises OSError: what cannot be listed is never taken for empty."""
    found = Bucket()
    for folder in folders:
        for item in store.list_all(folder):
            if is_odd(item.rel):
                found.odd.append(item.rel)
                continue
            which = place.find(item.rel)
            if which is None:
                continue
            project, name = which
            head, _, rest = name.partition("/")
            if head == RECORDS and rest.endswith(".json") and "/" not in rest:
                found.records.setdefault(project, {})[rest.removesuffix(".json")] = item
            elif name == VIEW:
                found.views[project] = item
            elif shared(name) and item.kind == "file":
                found.shared.setdefault(project, {})[name] = item
            elif _is_told(name):
                found.apart.setdefault(project, []).append(name)
    return found


def _is_told(name: str) -> bool:
    """Say whether a name is left out because it is never shared, and not because reshelve itself made it."""
    return kept_apart(name) and not any(is_reserved(part) for part in name.split("/"))


def told_apart(here: Iterable[str], there: Iterable[str]) -> list[Problem]:
    """Return what is said once of names that are never shared, in either direction."""
    found = []
    for names, where, hint in (
        (sorted(here), "here", ""),
        (sorted(there), "in the bucket", "Ask who put it there; it is not brought here."),
    ):
        if names:
            few = ", ".join(map(printable, names[:3])) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
            detail = f"{few} ({where}): such a file speaks in a person's name, or has programs run."
            found.append(Problem("never-shared", "Something is never shared.", detail, printable(names[0]), hint, severity="note"))
    return found


def projects_here(reader: Reader, place: SharedPlace) -> dict[str, bool]:
    """Return the folders here that can be projects, each with whether it has a shared folder. Raises OSError."""
    found: dict[str, bool] = {}
    for name in sorted(reader.names(place.top) or ()):
        if name.startswith("."):
            continue
        item = reader.stat(f"{place.before}{name}")
        if item is not None and item.kind == "dir":
            inner = reader.stat(place.folder(name)) if place.after else item
            found[name] = inner is not None and inner.kind == "dir"
    return found


def files_here(
    reader: Reader, place: SharedPlace, project: str, shared: Callable[[str], bool]
) -> tuple[dict[str, Item], list[Problem]]:
    """Return a project's files here, and what of it is left out. Raises OSError where a folder cannot be read."""
    folder = place.folder(project)
    top = reader.stat(folder)
    if top is None or top.kind != "dir":
        return {}, []
    listing = reader.walk(folder)
    if listing.unreadable:
        rel, why = min(listing.unreadable.items())
        raise OSError(0, why, f"{reader.root.path}/{rel}")
    found: dict[str, Item] = {}
    left: list[Problem] = told_apart(_apart_below(folder, listing.items), ())
    for item in listing.items:
        name = item.rel[len(folder) + 1 :]
        if item.kind == "dir" or not shared(name):
            continue
        why = "" if item.kind == "file" else "it is no plain file"
        try:
            name.encode()
        except UnicodeEncodeError:
            why = "its name is not UTF-8"
        if why:
            detail = f"{printable(item.rel)}: {why}."
            left.append(Problem("not-shared", "Something cannot be shared.", detail, printable(name), severity="warning"))
        else:
            found[name] = item
    return found, left


def _apart_below(folder: str, items: Iterable[Item]) -> list[str]:
    """Return the names below a folder that are never shared; of a folder that is not, it alone."""
    names = [item.rel[len(folder) + 1 :] for item in items if _is_told(item.rel[len(folder) + 1 :])]
    return [name for name in names if not kept_apart(name.rpartition("/")[0])]


def records_of(store: ObjectStore, records: Mapping[str, Item]) -> dict[str, SyncRecord]:
    """Read people's records of one project; one that went meanwhile counts as none. Raises OSError."""
    found = {}
    for user, item in sorted(records.items()):
        try:
            found[user] = read_record(store.read_small(item.rel, LARGEST + 1)[0], user)
        except FileNotFoundError:
            continue
    return found


def contents_there(
    store: ObjectStore, items: Mapping[str, Item], seen: SeenProject, told: Told, here: Mapping[str, Item], base: Mapping[str, str]
) -> dict[str, str]:
    """Return what each object holds: as seen before or as recorded, else by asking. Raises OSError, of an archived one too.

    Where nothing here or known has its size, it can be none of those, and is not asked for: it is told by its ETag. What is known
    of a name without its object, as after an undo, is known without a size. Of an archived one nothing is asked either: as long as
    it cannot be read it counts as another content, and a plan that needs it thaws it.
    """
    sizes = {item.size for item in here.values()} | {each.size for each in seen.files.values()}
    sizeless = {name for name, each in seen.files.items() if not each.object or base.get(name) != each.hash}
    found = {}
    for name, item in items.items():
        known = seen.files.get(name)
        shared = told.shared(name, item)
        if known is not None and known.object == item.ino and known.size == item.size:
            found[name] = known.hash
        elif shared is not None:
            store.learn(item, shared.hash)
            found[name] = shared.hash
        elif (item.size in sizes or name in sizeless) and not is_frozen(item):
            found[name] = store.digest(item.rel)
        else:
            found[name] = f"object:{item.ino}:{item.size}"
    return found


def settled_before(items: Mapping[str, Item], here: Mapping[str, str], seen: SeenProject) -> bool:
    """Say whether everything is as it was last seen: then nobody's record has to be read."""
    return (
        seen.files.keys() == items.keys() == here.keys()
        and all(seen.files[name].hash == content for name, content in here.items())
        and all((seen.files[name].object, seen.files[name].size) == (item.ino, item.size) for name, item in items.items())
    )


def wants_ignoring(reader: Reader, folder: str) -> bool:
    """Say whether a shared folder lies in a git repository, and nothing in it yet keeps git from it."""
    return git_tracked.in_repository(Path(reader.root.path, folder, IGNORE)) and reader.stat(f"{folder}/{IGNORE}") is None


def tracked_by_git(reader: Reader, rels: Iterable[str]) -> list[str]:
    """Return the paths of files, of some of them, that git tracks as far as that can be told."""
    root = Path(reader.root.path)
    if not git_tracked.in_repository(root / IGNORE):
        return []
    return [rel for rel in islice(rels, _MOST_ASKED) if git_tracked.asked(root / rel) == "tracked"]


@dataclass(slots=True, frozen=True)
class IgnoreLines:
    """The list of what git leaves alone beside the projects, as it should be: `text` in place of `over` (a hash, "" for none)."""

    store: str
    text: str
    over: str


def lines_to_ignore(reader: Reader, store: str) -> IgnoreLines | None:
    """Return the list beside the projects with the lines that it lacks, None where it lacks none, or is none of plain text."""
    root = Path(reader.root.path)
    private = [name for name in PRIVATE if reader.stat(name) is not None]
    if not private or not git_tracked.in_repository(root / IGNORE):
        return None
    there = reader.stat(IGNORE)
    if there is not None and (there.kind != "file" or there.size > LARGEST):
        return None
    over = reader.digest(IGNORE) if there is not None else ""
    try:
        text = (root / IGNORE).read_bytes().decode() if there is not None else ""
    except UnicodeDecodeError:
        return None
    said = {line.strip().removeprefix("!").removeprefix("**/").removeprefix("/") for line in text.splitlines()}
    lacking = [name for name in private if name not in said]
    begun = text if not text or text.endswith("\n") else f"{text}\n"
    return IgnoreLines(store, begun + "".join(f"{name}\n" for name in lacking), over) if lacking else None
