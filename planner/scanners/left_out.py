"""Selecting: which of the items of one root a scan is about, and what it leaves where it is."""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field

from reshelve.planner.left_alone.known_names import Kind, tables
from reshelve.planner.left_alone.known_names import is_hidden as is_hidden_name
from reshelve.planner.left_alone.marks import marks
from reshelve.planner.recognise.extension_tables import partial_suffixes
from reshelve.schemas.inventory import Item, Root
from reshelve.schemas.locations import is_hidden
from reshelve.schemas.patterns import globs

WORKSPACE = "reshelve.yaml"
DOCUMENTS = frozenset({WORKSPACE, "reshelve.local.yaml"})
"""A workspace's own documents are never filed, wherever they lie; its layout neither."""
LAYOUT = "layout.yaml"

Named = Callable[[str, Kind], frozenset[int]]
"""Which rules name a folder or file that is left alone otherwise, by its own name and by what it is."""


@dataclass(slots=True)
class Selected:
    """The files a scan is about, sorted by path; `young`, `under_way` and `left` name those of them that stay where they are.

    What travels with a young file, with one under way, or with a main that was left, stays with it: that is for whoever knows the
    bundles. `links` stay too, and what belongs to them with them. `folders` are left alone whole, and why; where rules name one,
    `only` says which of them its files are put to. `counts` says how many were left, by reason.
    """

    items: list[Item] = field(default_factory=list)
    links: list[Item] = field(default_factory=list)
    young: set[str] = field(default_factory=set)
    under_way: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    folders: dict[str, Kind] = field(default_factory=dict)
    only: dict[str, frozenset[int]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def stays(self, rel: str) -> bool:
        """Say whether a file stays where it is for now."""
        return rel in self.young or rel in self.under_way or rel in self.left

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
    chosen = Selected()
    counts = chosen.counts
    closed: set[str] = set()
    """Folders not entered: sorted by path, a folder always comes before what is in it."""
    aside: set[str] = set()
    """Those of them that are left alone whole: they are counted as one."""
    workspaces = {item.rel.rpartition("/")[0] for item in items if item.rel.endswith(WORKSPACE) and item.kind == "file"}
    told, known, only = marks(items), tables(), chosen.only
    partial, endings, starts = partial_suffixes(), known.files.endings, known.files.starts
    young_ns = now_ns - int(settle_s * 1e9)
    for item in items:
        rel = item.rel
        folder, _, name = rel.rpartition("/")
        ext = name.rpartition(".")[2].lower()
        kind = item.kind
        if folder in aside:
            if kind == "dir":
                aside.add(rel)
        elif folder in closed:
            if kind == "dir":
                closed.add(rel)
            else:
                counts["excluded"] += 1
        elif kind == "dir":
            if is_hidden(name, folder=True) or rel in inside or rel in leave or exclude.match(rel, name, folder=True):
                closed.add(rel)
                continue
            alone = told.folders.get(rel) or known.folders.kind(name, top=not folder)
            rules = only.get(folder)
            if alone is not None:
                rules = named(name, alone) if rules is None else rules & named(name, alone)
            if rules:
                only[rel] = rules
            elif rules is not None:
                aside.add(rel)
                chosen.folders[rel] = alone or Kind("", name)
        elif is_hidden(name, folder=False):
            continue
        elif kind != "file":
            counts["links" if kind == "link" else "special_files"] += 1
            if kind == "link":
                chosen.links.append(item)
        elif name in DOCUMENTS or (name == LAYOUT and folder in workspaces) or exclude.match(rel, name, folder=False):
            counts["excluded"] += 1
        elif f".{ext}" in partial:
            counts["unfinished_downloads"] += 1
        else:
            rules = only.get(folder) if only else None
            system = None
            if name[0] == "." or ext in endings or name[:3].lower() in starts:
                system = Kind("", name) if is_hidden_name(name) else known.files.find(name)
            if system is not None:
                rules = named(name, system) if rules is None else rules & named(name, system)
                if not rules:
                    counts["system_files"] += 1
                    continue
            if rules is not None:
                only[rel] = rules
            chosen.items.append(item)
            if rel in leave:
                chosen.left.add(rel)
            elif rel in told.under_way:
                chosen.under_way.add(rel)
            elif settle_s and (young_ns < item.mtime_ns <= now_ns or young_ns < item.ctime_ns):
                # A time of writing that lies ahead is a wrong clock's, and would never pass; a time of change is this system's.
                chosen.young.add(rel)
    return chosen


def roots_inside(root: Root, others: Iterable[Root]) -> frozenset[str]:
    """Return the paths, relative to `root`, of the other roots that lie in it."""
    above = root.address.rstrip("/") + "/"
    paths = [other.address.rstrip("/") for other in others if other.key != root.key]
    return frozenset(path[len(above) :] for path in paths if path.startswith(above))
