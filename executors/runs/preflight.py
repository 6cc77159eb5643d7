"""Before the first effect: is everything the plan will touch still as the plan saw it?"""

from reshelve.executors.contracts.changed_since_plan import same_object
from reshelve.executors.contracts.object_store import object_store
from reshelve.executors.verbs.file_verbs import Folder, Stores, folder_of, same
from reshelve.schemas.differences import difference
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import decode_path, join, name, printable, split
from reshelve.schemas.operations import (
    AnyOperation,
    Configure,
    Copy,
    Download,
    Link,
    MakeDir,
    Move,
    Pack,
    Purge,
    RemoveDir,
    Reveal,
    Thaw,
    Transition,
    Trash,
    Unpack,
    Upload,
    Write,
)
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Kind, Problem, ReshelveError, stop
from reshelve.schemas.quantities import human_size

SHOWN = 50
"""Problems beyond this many are counted, not listed: a refusal is read by a person."""
_KNOWS_ITS_SOURCE = (Move, Trash, Purge, Link, Copy, Upload, Download, Transition, Thaw, Unpack)
"""Operations that carry the size, time and inode number of what they take, as the plan saw it."""


def check(plan: Plan, stores: Stores) -> None:
    """Refuse a plan that no longer holds, before anything is touched.

    Raises ReshelveError: of kind "stale" when a root or anything the plan touches changed, naming what; of kind "error" when
    a folder cannot be written to or room is short.
    """
    _check_roots(plan, stores)
    stale = _Expectations(plan, stores).problems()
    if stale:
        raise _refusal(stale, "stale")
    unfit = _unwritable(plan, stores) + _no_room(plan, stores) + _not_create_only(plan, stores) + _no_classes(plan, stores)
    if unfit:
        raise _refusal(unfit, "error")


def _refusal(problems: list[Problem], kind: Kind) -> ReshelveError:
    shown = problems[:SHOWN]
    if len(problems) > SHOWN:
        shown.append(Problem("and-more", f"And {len(problems) - SHOWN} more.", severity="note"))
    return ReshelveError(shown, kind)


def again(plan: Plan) -> str:
    """Return what makes a plan like this one anew; only that of a layout has a command of its own."""
    return "reshelve plan" if plan.command == "apply" else "give the same command again"


def _check_roots(plan: Plan, stores: Stores) -> None:
    for key, root in plan.roots.items():
        store = stores.get(key)
        if store is None or store.root.path != decode_path(root.path):
            raise stop(
                "foreign-plan",
                "This plan is not this workspace's.",
                f"It was made for {key} at {printable(root.path)}"
                + (f", which is at {printable(store.root.path)} here." if store else ", which this workspace does not have."),
                hint=f"Make a new plan: {again(plan)}",
                kind="stale",
            )
        if not store.root.available:
            raise stop(
                "store-unavailable",
                "A store is not available.",
                store.root.why,
                path=key,
                hint=store.root.way_back("apply again."),
                kind="stale",
            )
        if store.root.fs != root.fs:
            raise stop(
                "other-file-system",
                "A store is on another file system now.",
                f"{printable(store.root.path)} was on {root.fs}, and is on {store.root.fs} now.",
                path=key,
                hint=f"Mount the right disk, or make a new plan: {again(plan)}",
                kind="stale",
            )


class _Expectations:
    """Walks the plan once, in order, keeping what earlier operations will have made and freed."""

    def __init__(self, plan: Plan, stores: Stores) -> None:
        self._plan = plan
        self._stores = stores
        self._made: set[str] = set()
        self._freed: set[str] = set()
        self._names: dict[Folder, set[str] | None] = {}
        self._found: list[Problem] = []

    def problems(self) -> list[Problem]:
        for operation in self._plan.operations:
            if type(operation) is Move and not operation.across:
                # The many: everything below, for the one case, without asking the operation twice.
                if operation.src not in self._made:
                    self._expect_source(operation)
                self._made.discard(operation.src)
                self._freed.add(operation.src)
                self._expect_free(operation.dst)
                self._made.add(operation.dst)
                self._freed.discard(operation.dst)
                continue
            if operation.frees is not None:
                self._expect_source(operation)
                if operation.op == "rmdir" and operation.src not in self._made:
                    self._expect_empty(operation.src)
                self._made.discard(operation.frees)
                self._freed.add(operation.frees)
            elif operation.reads is not None:
                self._expect_source(operation)
            if operation.makes is not None:
                if isinstance(operation, Reveal):
                    self._expect_hidden(operation, operation.dst)
                self._expect_free(operation.makes)
                self._made.add(operation.makes)
                self._freed.discard(operation.makes)
        return self._found

    def _expect_source(self, operation: AnyOperation) -> None:
        if isinstance(operation, MakeDir) or operation.reads is None or operation.reads in self._made:
            return
        place = operation.reads
        if isinstance(operation, Purge) and operation.item == "hidden":
            self._expect_hidden(operation, place)
            return
        if isinstance(operation, Trash) and operation.witnesses:
            self._expect_witnesses(operation)
        if (isinstance(operation, Move) and not operation.across) or isinstance(operation, Trash):
            root, rel = split(place)
            known = isinstance(operation, Trash) and operation.ctime_ns >= 0
            if not known and self._stores[root].fingerprint(rel) == (operation.ino, operation.size, operation.mtime_ns):
                return
        if isinstance(operation, Pack):
            self._expect_members(operation)
            return
        item = self._seen(place)
        if isinstance(operation, RemoveDir) or (isinstance(operation, Purge) and operation.item == "dir"):
            if item is None or item.kind != "dir":
                self._stale(place, "is gone" if item is None else "is no longer a folder")
            return
        if isinstance(operation, Configure):
            if object_store(self._stores[operation.root]).read_document(operation.what) != operation.before:
                self._stale(place, f"has another {operation.what} than when this was planned")
            return
        if not isinstance(operation, _KNOWS_ITS_SOURCE):
            return
        ctime_ns = operation.ctime_ns if isinstance(operation, Trash) else -1
        if not same(item, operation.size, operation.mtime_ns, operation.ino):
            self._stale(place, difference(item, operation.size, operation.mtime_ns, operation.ino, "when planned"))
        elif not same(item, operation.size, operation.mtime_ns, operation.ino, ctime_ns):
            self._stale(place, "was written to or changed since this was planned, its size and time of modification aside")
        for layer in operation.layers if isinstance(operation, Unpack) else ():
            over = self._seen(layer.src)
            if layer.src not in self._made and not same(over, layer.size, layer.mtime_ns, layer.ino):
                self._stale(layer.src, difference(over, layer.size, layer.mtime_ns, layer.ino, "when planned"))
        if isinstance(operation, Move) and operation.linked_ino and operation.linked_to not in self._made:
            twin = self._seen(operation.linked_to)
            if not same(twin, operation.size, operation.mtime_ns, operation.linked_ino):
                self._stale(operation.linked_to, "is gone" if twin is None else "has changed")

    def _expect_witnesses(self, operation: Trash) -> None:
        """What a thing may go for stands as it was; whether it still holds the same is looked at when that one goes."""
        for witness in operation.witnesses:
            if witness.op >= 0 or witness.place in self._made:
                continue
            root, rel = split(witness.place)
            if self._stores[root].root.kind == "bucket":
                found = object_store(self._stores[root]).look(rel)
                there = same_object(found, witness.size, witness.ino)
            else:
                found = self._stores[root].stat(rel)
                there = same(found, witness.size, witness.mtime_ns, witness.ino)
            if not there:
                how = difference(found, witness.size, witness.mtime_ns, witness.ino, "when planned")
                self._stale(witness.place, f"{how}, so {printable(operation.src)} has to stay")

    def _expect_members(self, operation: Pack) -> None:
        root, rel = split(operation.src)
        store = self._stores[root]
        for member in operation.members:
            at = "/".join(filter(None, (rel.rstrip("/"), decode_path(member.rel))))
            if operation.manifest and member.kind == "dir":
                # A backup holds what was seen in a folder, whatever comes to it by now.
                folder = store.stat(at)
                if folder is None or folder.kind != "dir":
                    self._stale(join(root, at), "is gone" if folder is None else "is no longer a folder")
                continue
            found = store.fingerprint(at)
            seen = member.size, member.mtime_ns, member.ino
            if found != (member.ino, member.size, member.mtime_ns) and not same(store.stat(at), *seen):
                changed = "has had something added or removed" if found and member.kind == "dir" else "was changed since"
                self._stale(join(root, at), changed if found else "is gone")

    def _expect_hidden(self, operation: Reveal | Purge, place: str) -> None:
        root, rel = split(place)
        if not same_object(object_store(self._stores[root]).hidden(rel, operation.ino), operation.size, operation.ino):
            self._stale(place, "is no longer under a delete marker")

    def _expect_empty(self, place: str) -> None:
        root, rel = split(place)
        names = self._stores[root].names(rel) or ()
        above = f"{rel}/" if rel else ""
        if self._freed.issuperset([f"{root}:{above}{one}" for one in names]):
            return
        # A name that is not text is spelled otherwise in a place.
        left = {one: there for one in names if (there := join(root, above + one)) not in self._freed}
        if left and self._stores[root].folds(rel):
            freed = self._freed_folded()
            left = {one: there for one, there in left.items() if there.casefold() not in freed}
        if left:
            self._stale(place, f"should be empty by then, but also contains {printable(min(left))}")

    def _expect_free(self, place: str) -> None:
        if place in self._made:
            self._stale(place, "would be made twice")
            return
        folder = folder_of(place)
        if folder in self._names:
            names = self._names[folder]
        else:
            names = self._names[folder] = self._stores[folder[0]].names(folder[1])
        if names is None:
            if join(*folder) not in self._made:
                self._stale(join(*folder), "is gone, but should contain " + printable(name(split(place)[1])))
        elif names and name(split(place)[1]) in names and place not in self._freed and not self._free_after_all(place):
            self._stale(place, "was free when planned, and is taken now")

    def _free_after_all(self, place: str) -> bool:
        return self._only_a_prefix(place) or self._freed_by_another_case(place)

    def _only_a_prefix(self, place: str) -> bool:
        """Say whether nothing stands at a place but keys below it: in a bucket a name may be both."""
        root, rel = split(place)
        store = self._stores[root]
        return store.root.kind == "bucket" and (item := store.stat(rel)) is not None and item.kind == "dir"

    def _freed_by_another_case(self, place: str) -> bool:
        """Say whether the plan itself frees this name, spelled otherwise, where the file system takes the two for one."""
        root, rel = folder_of(place)
        return self._stores[root].folds(rel) and place.casefold() in self._freed_folded()

    def _freed_folded(self) -> set[str]:
        return {freed.casefold() for freed in self._freed}

    def _seen(self, place: str) -> Item | None:
        root, rel = split(place)
        return self._stores[root].stat(rel)

    def _stale(self, place: str, what: str) -> None:
        self._found.append(
            Problem(
                "stale-plan",
                "The stores changed since this plan was made.",
                f"{printable(place)} {what}.",
                place,
                f"Nothing was touched. Make a new plan: {again(self._plan)}",
            )
        )


def _unwritable(plan: Plan, stores: Stores) -> list[Problem]:
    found: list[Problem] = []
    made: set[str] = set()
    asked: set[tuple[str, str]] = set()
    for operation in plan.operations:
        for place in (operation.makes, operation.frees):
            if place is None:
                continue
            folder = folder_of(place)
            if folder in asked:
                continue
            asked.add(folder)
            if join(*folder) in made:
                continue
            why = stores[folder[0]].writable(folder[1])
            if why:
                found.append(
                    Problem(
                        "not-writable",
                        "A folder cannot be written to.",
                        f"{printable(join(*folder))}: {why}.",
                        join(*folder),
                        "Nothing was touched. Check its owner and mode (`ls -ld`), then apply again.",
                    )
                )
        if operation.op == "mkdir":
            made.add(operation.dst)
    return found


def _not_create_only(plan: Plan, stores: Stores) -> list[Problem]:
    """Find out what the services keep that objects are to be made on; one that would replace what is there is refused."""
    if not any(stores[key].root.kind == "bucket" for key in plan.roots):
        return []
    made = {split(operation.makes)[0] for operation in plan.operations if operation.makes is not None}
    made |= {split(operation.src)[0] for operation in plan.operations if operation.op == "trash" and operation.away == "copy"}
    found: list[Problem] = []
    for key in sorted(made):
        if stores[key].root.kind != "bucket":
            continue
        store = object_store(stores[key])
        keeps = store.capabilities()
        if "none" in (keeps.create_only, keeps.multipart) and not store.accept_race:
            detail = "It replaces objects and keeps no versions: in a race, one upload would be lost."
            hint = "Turn versioning on; or set `accept_race: true` for the store, if nobody else writes to it."
            found.append(Problem("not-create-only", "The service cannot refuse to replace an object.", detail, key, hint))
    return found


def _no_classes(plan: Plan, stores: Stores) -> list[Problem]:
    """Find the services that keep no storage classes, where the plan asks for one: it would never be had."""
    if not any(stores[key].root.kind == "bucket" for key in plan.roots):
        return []
    asked: dict[str, list[str]] = {}
    for operation in plan.operations:
        if isinstance(operation, Transition):
            place, kind = operation.src, operation.after
        elif isinstance(operation, Upload | Pack | Copy | Move | Write):
            place, kind = operation.dst, operation.storage_class
        else:
            continue
        if kind not in ("", "STANDARD"):
            asked.setdefault(split(place)[0], []).append(f"{printable(place)} ({kind})")
    found: list[Problem] = []
    for key, wanted in sorted(asked.items()):
        keeps = object_store(stores[key]).capabilities()
        if "storage_classes" in keeps.unknown:
            detail = f"A class is asked for {wanted[0]}, and this user may not upload an object to try it."
            hint = "Let this user put objects in every class; or leave out `class`."
            found.append(
                Problem("classes-unknown", "It is not known whether the service keeps storage classes.", detail, key, hint)
            )
        elif not keeps.storage_classes:
            more = f" and {len(wanted) - 1:,} more" if len(wanted) > 1 else ""
            detail = f"A class is asked for {wanted[0]}{more}, and none is kept there."
            hint = "Leave out `class`; or set `classes: false` for the store, and none is asked for."
            found.append(Problem("no-classes", "The service keeps no storage classes.", detail, key, hint))
    return found


def _no_room(plan: Plan, stores: Stores) -> list[Problem]:
    found: list[Problem] = []
    for need in plan.space:
        root, rel = split(need.root if ":" in need.root else need.root + ":")
        space = stores[root].space(rel)
        if need.needs and need.needs > space.free - stores[root].root.reserve:
            kept = human_size(stores[root].root.reserve)
            detail = f"{human_size(need.needs)} needed, {human_size(space.free)} free, {kept} kept in reserve."
            found.append(
                Problem("no-room", "Not enough room.", detail, root, "Nothing was touched. Free some room, then make a new plan.")
            )
        elif 0 <= space.free_inodes < need.files:
            detail = f"{need.files} new files, and the file system has room for {space.free_inodes}."
            found.append(
                Problem(
                    "no-room", "Not enough room for so many files.", detail, root, "Nothing was touched. Remove some files first."
                )
            )
    return found
