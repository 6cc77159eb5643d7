"""Selecting: which of the items of one root a scan is about, and what it leaves where it is."""

import re
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import field

from reshelve.planner.left_alone.known_names import Kind, tables
from reshelve.planner.left_alone.known_names import is_hidden as is_hidden_name
from reshelve.planner.left_alone.marks import marks
from reshelve.planner.recognise.extension_tables import is_partial
from reshelve.planner.scanners.waiting_companions import waiting_companions
from reshelve.schemas.inventory import Item, Root
from reshelve.schemas.locations import ASSETS, is_hidden
from reshelve.schemas.patterns import globs
from reshelve.schemas.quick_dataclasses import dataclass

WORKSPACE = "reshelve.yaml"
DOCUMENTS = frozenset({WORKSPACE, "reshelve.local.yaml"})
"""A workspace's own documents are never filed, wherever they lie; nor is what lies beside it."""
BESIDE = frozenset({"layout.yaml", ASSETS})

Named = Callable[[str, Kind], frozenset[int]]
"""Which rules name a folder or file that is left alone otherwise, by its own name and by what it is."""


@dataclass(slots=True)
class Selected:
    """The files a scan is about, sorted by path; `young`, `under_way`, `left` and `on_two_roots` name those that stay.

    What travels with a young file, with one under way, or with a main that was left, stays with it: that is for whoever knows the
    bundles. `links` stay too, and what belongs to them with them. `folders` are left alone whole, and why; where rules name one,
    `only` says which of them its files are put to. `system` are files that are left alone otherwise by their own names. `out` names
    every single file that was left, and why.
    """

    items: list[Item] = field(default_factory=list)
    links: list[Item] = field(default_factory=list)
    young: set[str] = field(default_factory=set)
    under_way: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    on_two_roots: set[str] = field(default_factory=set)
    folders: dict[str, Kind] = field(default_factory=dict)
    only: dict[str, frozenset[int]] = field(default_factory=dict)
    system: set[str] = field(default_factory=set)
    out: list[tuple[str, str]] = field(default_factory=list)

    def leave(self, rel: str, why: str) -> None:
        """Leave a single file where it is."""
        self.out.append((rel, why))

    def stays(self, rel: str) -> bool:
        """Say whether a file stays where it is for now."""
        return rel in self.young or rel in self.under_way or bool(self.why_left(rel))

    def why_left(self, rel: str) -> str:
        """Return why a file is not put to the rules at all, as it is counted; "" for one that is."""
        return "left_as_told" if rel in self.left else "on_two_roots" if rel in self.on_two_roots else ""

    def why_not_named(self, rel: str) -> str:
        """Return why a file is left that was put to the rules of `only` alone, and that none of them is about, as it is counted."""
        return "system_files" if rel in self.system else "in_folders_left_alone"

    def leaves(self, folder: str) -> bool:
        """Say whether a folder is left alone, or lies in one that is."""
        at = folder if self.folders else ""
        while at and at not in self.folders:
            at = at.rpartition("/")[0]
        return at != ""


class Globs:
    """Exclude patterns, compiled once. Case does not matter.

    A pattern without `/` is about a name, wherever it is; one that ends in `/` about folders; any other about the whole path,
    where `*` crosses folders and a leading `*/` holds of the top too.
    """

    __slots__ = ("_folders", "_names", "_paths")

    def __init__(self, patterns: Iterable[str]) -> None:
        names: list[str] = []
        folders: list[str] = []
        paths: list[str] = []
        for pattern in patterns:
            body = pattern.rstrip("/")
            if not body:
                continue
            if "/" not in body:
                (folders if pattern.endswith("/") else names).append(body)
            else:
                paths.append(body if body[0] in "*/" else f"/{body}")
        self._names = _any(names)
        self._folders = _any(folders)
        self._paths = _any(paths)

    def match(self, rel: str, name: str, *, folder: bool) -> bool:
        """Say whether the item at `rel` is to be left out."""
        if self._names and self._names.match(name):
            return True
        if folder and self._folders and self._folders.match(name):
            return True
        return self._paths is not None and self._paths.match(f"/{rel}") is not None


class NotEntered:
    """Tells a walk which folders to go into: not those that are left alone for their names alone, unless rules name them.

    `folders` are those refused, and why.
    """

    def __init__(self, named: Named) -> None:
        self.folders: dict[str, Kind] = {}
        self._named = named
        self._known = tables().folders

    def __call__(self, rel: str) -> bool:
        """Say whether to go into the folder `rel`."""
        above, _, name = rel.rpartition("/")
        kind = self._known.kind(name, top=not above)
        if kind is None or self._named(name, kind):
            return True
        self.folders[rel] = kind
        return False


def _any(patterns: list[str]) -> re.Pattern[str] | None:
    return globs(patterns, ignore_case=True) if patterns else None


def _nobody(_name: str, _kind: Kind) -> frozenset[int]:
    return frozenset()


def select(
    items: Sequence[Item],
    *,
    exclude: Globs,
    inside: Container[str] = frozenset(),
    leave: Container[str] = frozenset(),
    named: Named = _nobody,
    settle_s: float = 0,
    now_ns: int = 0,
) -> Selected:
    """Return what of a root's items (sorted by path) is to be filed.

    `inside` are the paths of other roots that lie in this one; `leave` the paths never to file, files or folders. `named` says
    which rules have their way with what is left alone otherwise. A file written or changed less than `settle_s` seconds before
    `now_ns` is young.
    """
    folders = _Folders(items, exclude, inside, leave, named)
    files = _Files(folders, settle_s, now_ns)
    chosen = folders.chosen
    for item in items:
        folder, _, name = item.rel.rpartition("/")
        if folder in folders.aside:
            if item.kind == "dir":
                folders.aside.add(item.rel)
        elif folder in folders.closed:
            if item.kind == "dir":
                folders.closed.add(item.rel)
            else:
                chosen.leave(item.rel, "excluded")
        elif item.kind == "dir":
            folders.enter(item.rel, folder, name)
        elif is_hidden(name, folder=False):
            continue
        elif item.kind != "file":
            chosen.leave(item.rel, "links" if item.kind == "link" else "special_files")
            if item.kind == "link":
                chosen.links.append(item)
        else:
            files.take(item, folder, name)
    return chosen


class _Folders:
    """Which folders of a root are entered.

    `closed` are those that are not: sorted by path, a folder always comes before what is in it. `aside` are those that are left
    alone whole, which are counted as one.
    """

    def __init__(self, items: Sequence[Item], exclude: Globs, inside: Container[str], leave: Container[str], named: Named) -> None:
        self.chosen = Selected()
        self.closed: set[str] = set()
        self.aside: set[str] = set()
        self.exclude = exclude
        self.leave = leave
        self.named = named
        self.told = marks(items)
        self.told.under_way.update(waiting_companions(self.told, items))
        self.workspaces = {item.rel.rpartition("/")[0] for item in items if item.rel.endswith(WORKSPACE) and item.kind == "file"}
        self._inside = inside
        self._known = tables().folders

    def enter(self, rel: str, above: str, name: str) -> None:
        """Decide about a folder whose own folder is entered."""
        if is_hidden(name, folder=True) or rel in self._inside or rel in self.leave or self.exclude.match(rel, name, folder=True):
            self.closed.add(rel)
            return
        alone = self.told.folders.get(rel) or self._known.kind(name, top=not above)
        rules = self.chosen.only.get(above)
        if alone is not None:
            rules = self.named(name, alone) if rules is None else rules & self.named(name, alone)
        if rules:
            self.chosen.only[rel] = rules
        elif rules is not None:
            self.aside.add(rel)
            self.chosen.folders[rel] = alone or Kind("", name)


class _Files:
    """Which files in folders that are entered are filed."""

    def __init__(self, folders: _Folders, settle_s: float, now_ns: int) -> None:
        self._folders = folders
        self._known = tables().files
        self._settles = settle_s > 0
        self._now_ns = now_ns
        self._young_ns = now_ns - int(settle_s * 1e9)

    def take(self, item: Item, folder: str, name: str) -> None:
        """Put a file to those to be filed, or count it as left out."""
        rel, folders, chosen = item.rel, self._folders, self._folders.chosen
        ext = name.rpartition(".")[2].lower()
        own = name in DOCUMENTS or (name in BESIDE and folder in folders.workspaces)
        if own or folders.exclude.match(rel, name, folder=False):
            chosen.leave(rel, "excluded")
            return
        if is_partial(name):
            chosen.leave(rel, "unfinished_downloads")
            return
        rules = chosen.only.get(folder) if chosen.only else None
        system = self._system(name, ext)
        if system is not None:
            rules = folders.named(name, system) if rules is None else rules & folders.named(name, system)
            if not rules:
                chosen.leave(rel, "system_files")
                return
            chosen.system.add(rel)
        if rules is not None:
            chosen.only[rel] = rules
        chosen.items.append(item)
        if rel in folders.leave:
            chosen.left.add(rel)
        elif rel in folders.told.under_way:
            chosen.under_way.add(rel)
        elif self._settles and self._is_young(item):
            chosen.young.add(rel)

    def _system(self, name: str, ext: str) -> Kind | None:
        """Return what a file of systems or other programs is, None for any other."""
        if name[0] == "." or ext in self._known.endings or name[:2].lower() in self._known.starts:
            return Kind("", name) if is_hidden_name(name) else self._known.find(name)
        return None

    def _is_young(self, item: Item) -> bool:
        # A time of writing that lies ahead is a wrong clock's, and would never pass; a time of change is this system's.
        return self._young_ns < item.mtime_ns <= self._now_ns or self._young_ns < item.ctime_ns


def roots_inside(root: Root, others: Iterable[Root]) -> frozenset[str]:
    """Return the paths, relative to `root`, of the other roots that lie in it."""
    above = root.address.rstrip("/") + "/"
    paths = [other.address.rstrip("/") for other in others if other.key != root.key]
    return frozenset(path[len(above) :] for path in paths if path.startswith(above))
