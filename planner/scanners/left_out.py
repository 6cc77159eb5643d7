"""Selecting: which of the items of one root a scan is about, and what it leaves where it is."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

from reshelve.planner.recognise.extension_tables import partial_suffixes
from reshelve.schemas.inventory import Item, Root
from reshelve.schemas.locations import is_hidden
from reshelve.schemas.patterns import globs

WORKSPACE = "reshelve.yaml"
DOCUMENTS = frozenset({WORKSPACE, "reshelve.local.yaml"})
"""A workspace's own documents are never filed, wherever they lie; its layout neither."""
LAYOUT = "layout.yaml"
COMPANION = ".aria2"
"""A file beside which one of the same name and this suffix lies is still being downloaded."""


@dataclass(slots=True)
class Selected:
    """The files a scan is about, sorted by path; `young` and `left` name those of them that stay where they are.

    What travels with a young file, or with a main that was left, stays with it: that is for whoever knows the bundles.
    `counts` says how many were left, by reason.
    """

    items: list[Item] = field(default_factory=list)
    young: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)


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


def _any(patterns: list[str]) -> re.Pattern[str] | None:
    return globs(patterns, ignore_case=True) if patterns else None


def select(
    items: Sequence[Item],
    *,
    exclude: Globs,
    inside: Container[str] = frozenset(),
    leave: Container[str] = frozenset(),
    settle_s: float = 0,
    now_ns: int = 0,
) -> Selected:
    """Return what of a root's items (sorted by path) is to be filed.

    `inside` are the paths of other roots that lie in this one; `leave` the paths never to file, files or folders. A file
    written or changed less than `settle_s` seconds before `now_ns` is young.
    """
    chosen = Selected()
    counts = chosen.counts
    closed: set[str] = set()
    """Folders not entered: sorted by path, a folder always comes before what is in it."""
    workspaces = {item.rel.rpartition("/")[0] for item in items if item.rel.endswith(WORKSPACE) and item.kind == "file"}
    companions = {item.rel[: -len(COMPANION)] for item in items if item.rel.endswith(COMPANION)}
    partial = partial_suffixes()
    young_ns = now_ns - int(settle_s * 1e9)
    for item in items:
        rel = item.rel
        folder, _, name = rel.rpartition("/")
        kind = item.kind
        if folder in closed:
            if kind == "dir":
                closed.add(rel)
            else:
                counts["excluded"] += 1
        elif kind == "dir":
            if is_hidden(name, folder=True) or rel in inside or rel in leave or exclude.match(rel, name, folder=True):
                closed.add(rel)
        elif is_hidden(name, folder=False):
            continue
        elif kind != "file":
            counts["links" if kind == "link" else "special_files"] += 1
        elif name in DOCUMENTS or (name == LAYOUT and folder in workspaces) or exclude.match(rel, name, folder=False):
            counts["excluded"] += 1
        elif rel in companions or f".{name.rpartition('.')[2].lower()}" in partial:
            counts["unfinished_downloads"] += 1
        else:
            chosen.items.append(item)
            if rel in leave:
                chosen.left.add(rel)
            elif settle_s and (young_ns < item.mtime_ns <= now_ns or young_ns < item.ctime_ns):
                # A time of writing that lies ahead is a wrong clock's, and would never pass; a time of change is this system's.
                chosen.young.add(rel)
    return chosen


def roots_inside(root: Root, others: Iterable[Root]) -> frozenset[str]:
    """Return the paths, relative to `root`, of the other roots that lie in it."""
    above = root.address.rstrip("/") + "/"
    paths = [other.address.rstrip("/") for other in others if other.key != root.key]
    return frozenset(path[len(above) :] for path in paths if path.startswith(above))
