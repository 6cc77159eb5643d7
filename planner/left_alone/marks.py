"""One look over all items of a root for what tells of its neighbours: what a folder holds, what lies beside it, state files."""

import re
from collections.abc import Sequence
from dataclasses import field

from reshelve.planner.left_alone.known_names import Kind, tables
from reshelve.schemas.inventory import Item
from reshelve.schemas.quick_dataclasses import dataclass

_PIECE = re.compile(r"(?P<stem>.+)\.(?:f(?P<format>\d+(?:-\w+)?|(?:hls|dash|http|fallback)[\w-]*)|temp)\.[A-Za-z0-9]{2,5}\Z")
"""What yt-dlp calls a picture or a sound that it has not put together yet, and the film it is just making of them."""

_DOT = re.compile(r"\.")
_OF_PIECES = frozenset("ft")


@dataclass(slots=True)
class Marks:
    """Folders that are told by what they hold or what lies beside them, and files that something beside them calls unfinished.

    `in_pieces`: the paths, without an ending, of films that are still to be put together.
    """

    folders: dict[str, Kind] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)
    in_pieces: set[str] = field(default_factory=set)


def marks(items: Sequence[Item]) -> Marks:
    """Return what the items of one root (sorted by path) tell of each other. A root's own top is never told."""
    known = tables()
    found = Marks()
    inner, state = known.folders.inner_endings, known.state_endings
    owners = tuple(ending for ending, _ in known.beside)
    names = frozenset(ending.rpartition("/")[2] for ending in inner if ending[0] == "/")
    exts = frozenset(ending.rpartition(".")[2] for ending in (*inner, *state, *owners) if ending[0] != "/")
    pieces: dict[str, dict[str, list[str]]] = {}
    beside: dict[str, Kind] = {}
    started: list[str] = []
    for item in items:
        rel = item.rel
        name = rel.rpartition("/")[2]
        head, _, ext = name.rpartition(".")
        if ext in exts or name in names:
            if rel.endswith(inner) and (held := known.folders.kind_by(rel)) is not None:
                found.folders.setdefault(*held)
            if rel.endswith(state) and item.kind == "file":
                started.append(rel)
            if rel.endswith(owners) and item.kind == "file":
                stem = rel.rpartition(".")[0]
                beside.update({f"{stem}{folder}": Kind("its file's", head) for owner, folder in known.beside if owner == f".{ext}"})
        if head and head.rpartition(".")[2][:1] in _OF_PIECES and item.kind == "file" and (piece := _PIECE.match(rel)) is not None:
            pieces.setdefault(piece["stem"], {}).setdefault(piece["format"] or "", []).append(rel)
    if beside:
        found.folders |= {item.rel: beside[item.rel] for item in items if item.kind == "dir" and item.rel in beside}
    names_there = {item.rel for item in items} if started else set()
    for rel in started:
        begun_files = {rel.removesuffix(ending) for ending in state if rel.endswith(ending)}
        found.under_way |= begun_files
        if not begun_files.isdisjoint(names_there):
            # The state file itself is no file of anybody's as long as there is what it tells of.
            found.under_way.add(rel)
    begun = {rel[: dot.start()] for rel in started for dot in _DOT.finditer(rel)} if pieces else set()
    for stem, formats in pieces.items():
        if len(formats) > 1 or stem in begun:
            found.under_way.update(rel for rels in formats.values() for rel in rels)
            found.in_pieces.add(stem)
    return found
