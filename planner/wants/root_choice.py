"""Roots: which folder of a store a location means, and which one of a group a bundle goes to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field

from reshelve.planner.ports.store_reader import Reader, Readers
from reshelve.planner.wants.free_space import Room
from reshelve.planner.wants.plan_problems import Findings, Lack
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import Folder, Found, Want
from reshelve.schemas.archive_record import bytes_of
from reshelve.schemas.inventory import Item, Root
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.quantities import human_size
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True)
class Group:
    """The roots of one store, in order: those that can be read, and those that are away.

    `together`: what belongs together is never split over several of them.
    """

    store: str
    usable: list[Reader] = field(default_factory=list)
    away: list[Root] = field(default_factory=list)
    together: bool = False

    @property
    def single(self) -> Reader | None:
        """The one root, where the store is one folder and it is there."""
        return self.usable[0] if len(self.usable) == 1 and not self.away else None


class TwoRoots(Exception):  # noqa: N818 - it is what was found, not a failure
    """One path stands on two roots of a group; `keys` are the roots."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


def groups_of(readers: Readers, together: Collection[str] = ()) -> dict[str, Group]:
    """Return the stores by name, the roots of each in their order; and each root of a group by its key, as a store of one root.

    `together` are the stores that split nothing over several roots.
    """
    found: dict[str, Group] = {}
    for key, reader in sorted(readers.items(), key=lambda pair: (pair[1].root.order, pair[0])):
        for name in dict.fromkeys((store_of(key), key)):
            group = found.setdefault(name, Group(name, together=name in together))
            if reader.root.available:
                group.usable.append(reader)
            else:
                group.away.append(reader.root)
    return found


def locate(location: str) -> tuple[str, str]:
    """Return (store, path) of a location, quickly."""
    store, _, rel = location.partition(":")
    return (store, rel) if store[-1:] != "%" else split(location)


def find_item(group: Group, rel: str) -> tuple[Reader, Item] | None:
    """Return the item a location means, and its root. Raises OSError, and TwoRoots where two roots have it."""
    found: list[tuple[Reader, Item]] = []
    for reader in group.usable:
        item = reader.stat(rel)
        if item is not None:
            found.append((reader, item))
    if len(found) > 1:
        raise TwoRoots([reader.root.key for reader, _ in found])
    return found[0] if found else None


def holders(group: Group, tree: Tree, rel: str) -> list[tuple[Reader, str]]:
    """Return the roots on which path `rel` is taken, with the name it is taken by. Raises OSError."""
    above, _, name = rel.rpartition("/")
    found: list[tuple[Reader, str]] = []
    for reader in group.usable:
        taken = tree.folder(reader, above, look=True).find(name)
        if taken is not None:
            found.append((reader, taken))
    return found


def needed(want: Want, folder: Folder, room: Room) -> tuple[int, int]:
    """Return the bytes, in whole blocks, and new files that a want needs where `folder` is; none in a bucket. Raises OSError."""
    size, files = _asked(want, folder)
    return (room.whole(folder, size) if size else 0), files


def needed_beside(want: Want, folder: Folder, room: Room) -> tuple[int, int]:
    """Return what a want needs where `folder` is beside what stands there: a file of its size at its target is taken for itself.

    Contents are compared later. Raises OSError.
    """
    if want.found is None:
        return needed(want, folder, room)
    standing = folder.find(locate(want.target)[1].rpartition("/")[2])
    item = folder.reader.stat(f"{folder.rel}/{standing}" if folder.rel else standing) if standing is not None else None
    return (0, 0) if item is not None and item.size == want.found.item.size else needed(want, folder, room)


def _asked(want: Want, folder: Folder) -> tuple[int, int]:
    if folder.reader.root.kind == "bucket":
        return 0, 0
    if want.deed == "write":
        return len((want.asked.content or "").encode("utf-8", "replace")), 1
    if want.found is None or want.deed in ("trash", "mkdir", "hardlink", "transition"):
        return 0, 0
    if want.deed == "pack":
        # What is packed gets no larger than this and, being media, hardly smaller.
        return want.found.item.size, 1
    if want.deed == "unpack":
        return max(_unpacked(want.found), want.found.item.size) + sum(layer.size for layer in want.contents.layers), 1
    if want.deed == "move":
        return (0, 0) if want.origin_folder.fs[0] == folder.fs[0] else (want.found.item.size, 1)
    return (want.found.item.size if want.deed == "copy" else 0), 1


def _unpacked(found: Found) -> int:
    """Return the bytes that an archive says it holds, 0 where it does not say, or cannot be asked."""
    try:
        return bytes_of(found.reader.record(found.item.rel))
    except OSError:
        return 0


def choose_root(
    group: Group, bundle: list[Want], tree: Tree, room: Room, findings: Findings, homes: frozenset[str] = frozenset()
) -> Reader | None:
    """Return the first root of a group that is there, writable, and has room for the whole bundle.

    None where there is no such root: the bundle is then blocked, with each root that was tried and why. The roots of the keys
    `homes` come before all others, and are the only ones where the group splits nothing. What lies on a root of the same store
    already stays on it. Raises OSError.
    """
    stays = stays_on(group, bundle)
    if stays is not None:
        return stays
    bound = homes if group.together else frozenset()
    away = {(root.order, root.key): f"{root.key} is not available" + (f": {root.why}" if root.why else "") for root in group.away}
    name = locate(bundle[0].target)[1]
    reasons: dict[str, str] = {}
    short: dict[str, Lack] = {}
    systems: list[str] = []
    figures = list(away.values())
    needs = 0
    for reader in at_home_first(group, homes):
        if not reader.root.writable:
            reasons[reader.root.key] = f"{reader.root.key} cannot be written to"
            figures.append(reasons[reader.root.key])
            continue
        if fits(reader, bundle, tree, room):
            # What is away was passed over only where it would have come first.
            rank = (reader.root.order, reader.root.key)
            before = {} if reader.root.key in homes else {at[1]: reason for at, reason in away.items() if at < rank}
            for key, reason in (before | reasons).items():
                findings.fell_back(group.store, key, reason, name, bundle)
            for key, lack in short.items():
                findings.fell_back(group.store, key, no_room_left(key), name, bundle, lack)
            return reader
        needs, lack = lack_on(reader, bundle, tree, room)
        short[reader.root.key] = lack
        systems.append(tree.folder(reader, locate(bundle[0].target)[1].rpartition("/")[0], look=True).fs[0])
        figures.append(f"{reader.root.key} has {lack.left}")
    if bound:
        _block_at_home(findings, bundle, needs, {key: lack.left for key, lack in short.items()}, list(reasons.values()))
        return None
    for want in bundle:
        if needs:
            findings.no_root(want, group.store, human_size(needs), figures, tuple(systems))
        else:
            hint = f"Correct that, or add a folder on another disk to `paths:` of {group.store}; then plan again."
            findings.block(want, "no-root", "; ".join(figures), hint)
    return None


def lack_on(reader: Reader, wants: list[Want], tree: Tree, room: Room) -> tuple[int, Lack]:
    """Return the bytes that all of these need on a root that has no room for them, and in words what they lack. Raises OSError."""
    folder, needs, files = asked_of(reader, wants, tree, room)
    return needs, Lack(human_size(needs) if needs else "room for new files", room.left_on(reader, folder, files))


def no_room_left(key: str) -> str:
    """Say that a root was passed over for want of room."""
    return f"{key} has no room left for all of it"


def at_home_first(group: Group, homes: frozenset[str]) -> list[Reader]:
    """Return the roots of a group to be tried for what is at home on those of the keys `homes`, those first."""
    at_home = [reader for reader in group.usable if reader.root.key in homes]
    return (
        at_home if group.together and at_home else [*at_home, *(reader for reader in group.usable if reader.root.key not in homes)]
    )


def _block_at_home(findings: Findings, bundle: list[Want], needs: int, left: Mapping[str, str], reasons: Sequence[str]) -> None:
    """Block what has no room beside the rest of what it belongs to, and may go nowhere else."""
    told = [*reasons, *(f"{key}, where the rest of it is, has {room}" for key, room in left.items())]
    why = f"it needs {human_size(needs)}, and {' and '.join(told)}" if needs and left else " and ".join(told)
    hint = (
        "Free some room there, or move all of it to another disk; or let it be split: remove `together: required` from the store."
    )
    for want in bundle:
        findings.block(want, "home-full", why, hint)


def stays_on(group: Group, bundle: list[Want]) -> Reader | None:
    """Return the root of the same store that holds a part of a bundle already and is writable, or None."""
    held = {want.found.reader.root.key for want in bundle if want.found is not None}
    return next((reader for reader in group.usable if reader.root.key in held and reader.root.writable), None)


def fits(reader: Reader, wants: list[Want], tree: Tree, room: Room) -> bool:
    """Say whether a root has room for all of these. Raises OSError."""
    folder, size, files = asked_of(reader, wants, tree, room)
    return room.fits(reader, folder, size, files)


def asked_of(reader: Reader, wants: list[Want], tree: Tree, room: Room) -> tuple[Folder, int, int]:
    """Return the folder that the first of some wants goes to on a root, and the bytes and new files that all need there."""
    size = files = 0
    for want in wants:
        more, one = needed_beside(want, tree.folder(reader, locate(want.target)[1].rpartition("/")[0], look=True), room)
        size, files = size + more, files + one
    return tree.folder(reader, locate(wants[0].target)[1].rpartition("/")[0], look=True), size, files


def folder_of(want: Want) -> str:
    """Return the folder that a want goes to; of one that makes a folder, that folder."""
    return locate(want.target)[1].rstrip("/") if want.deed == "mkdir" else _above(want)


class HomeRoots:
    """The roots that shows and films live on, so that what comes to them joins them, whichever root of the group that is."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._chosen: dict[tuple[str, str], str] = {}
        self._named: dict[tuple[str, str], str] = {}
        self._held: dict[str, frozenset[str]] = {}

    def of(self, group: Group, want: Want) -> frozenset[str]:
        """Return the keys of the roots on which the show or film of a bundle's main has its folder, or gets it in this plan.

        Where no fact tells which folder that is, the folder it goes to counts. Raises OSError.
        """
        home = self._home(want)
        if not home and not _above(want):
            # The top of a root is nobody's home: every root has one.
            return frozenset()
        standing = self.standing(group, _above(want)) or self.standing(group, home)
        chosen = self._chosen.get((group.store, home))
        return frozenset(standing or ([chosen] if chosen is not None else []))

    def several(self, group: Group, want: Want) -> tuple[str, list[str]] | None:
        """Return the folder of the work that a bundle's main goes to, and the roots it stands on; None: at most one.

        A show may have its seasons on several: then the season's folder is what counts. Raises OSError.
        """
        above, title = _above(want), _title(want)
        if not title or not self._named_part(above, title):
            return None
        roots = self.standing(group, above)
        return (above, roots) if len(roots) > 1 else None

    def awaited(self, group: Group, want: Want) -> tuple[Root, str] | None:
        """Return the root that is away and held the home of a bundle's main, and that home; None: nothing to wait for.

        A season that stands on a root that is there goes on there. Raises OSError.
        """
        home = self._home(want)
        for root in group.away:
            held = self._held.get(root.key)
            if held is None:
                held = self._held[root.key] = frozenset(root.homes)
            if home in held and not self.standing(group, _above(want)):
                return root, home
        return None

    def lot(self, group: Group, want: Want) -> str:
        """Return the folder whose contents belong together with a bundle's main, "" where it belongs to nothing.

        That is its show's, album's or film's; without such facts the topmost one that is new, as of a project. A folder that
        stands already, such as a season's, is a lot of its own. Raises OSError.
        """
        above, title = folder_of(want), _title(want)
        home = self._named_part(above, title) if title else above
        if not home or self.standing(group, above):
            return above if home else ""
        if title:
            return home
        parts = above.split("/")
        tops = ("/".join(parts[:at]) for at in range(1, len(parts)))
        return next((top for top in tops if not self.standing(group, top)), above)

    def standing(self, group: Group, rel: str) -> list[str]:
        """Return the keys of the roots on which a folder stands. Raises OSError."""
        return [reader.root.key for reader in group.usable if self._tree.folder(reader, rel, look=True).standing() == "there"]

    def choose(self, group: Group, want: Want, reader: Reader) -> None:
        """Remember where a bundle goes: the next of the same show or film goes there too."""
        self._chosen.setdefault((group.store, self._home(want)), reader.root.key)

    def _home(self, want: Want) -> str:
        above, title = _above(want), _title(want)
        return (self._named_part(above, title) if title else "") or above

    def _named_part(self, above: str, title: str) -> str:
        found = self._named.get((above, title))
        if found is None:
            found = self._named[above, title] = _named_after(above, title)
        return found


def _title(want: Want) -> str:
    """Return what the home of a want is named after by its facts, "" where none says."""
    facts = want.entry.facts if want.entry is not None else None
    title = facts.get("show") or facts.get("album") or facts.get("title") if facts else None
    return title if isinstance(title, str) else ""


def _above(want: Want) -> str:
    """Return the folder that a want goes to."""
    return locate(want.target)[1].rstrip("/").rpartition("/")[0]


def _named_after(path: str, title: str) -> str:
    """Return the part of a path, with all above it, that is named after a work; "" where none is."""
    # What reads names takes a while to load, and only a group of roots needs it to plan.
    from reshelve.planner.library.title_matching import works_of
    from reshelve.planner.recognise.music_names import titled
    from reshelve.planner.recognise.same_title import normalise

    parts = path.split("/")
    for at, part in enumerate(parts):
        if any(normalise(work.title) == normalise(title) for work in works_of(part)):
            return "/".join(parts[: at + 1])
    # "2001 - Album" in its artist's folder.
    named = (at for at in range(1, len(parts)) if normalise(titled(parts[at], parts[at - 1])[0]) == normalise(title))
    return "/".join(parts[: at + 1]) if (at := next(named, 0)) else ""
