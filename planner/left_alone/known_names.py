"""The tables of this room, compiled: what the name of a folder or file, and what lies in or beside it, says of whose it is."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import translate
from functools import cache
from importlib.resources import files
from typing import Any

from reshelve.schemas.patterns import globs
from reshelve.schemas.quick_dataclasses import dataclass

_TABLES = ("not_ours", "one_thing", "under_way")
_WILD = re.compile(r"[*?\[]")
_NOT_TEXT = re.compile(r"[*?]|\[[^]]*\]")
HIDDEN = "hidden folder"


@dataclass(slots=True, frozen=True)
class Kind:
    """Why a folder is left alone: what it is ("recycle bin"), and the part of the shipped name that told it ("#recycle").

    `held`: what it holds told it; its own name may be any.
    """

    label: str
    core: str
    held: bool = False


class Names:
    """Globs, without regard to case, by what they stand for. Nearly all are whole names, endings or beginnings: quick to find.

    No name is found that neither ends in one of `endings` (after its last dot) nor starts with one of `starts`, two letters each.
    """

    __slots__ = ("_begin", "_beginnings", "_endings", "_first", "_kinds", "_others", "_whole", "endings", "starts")

    def __init__(self, kinds: Iterable[tuple[str, Kind]]) -> None:
        self._whole: dict[str, Kind] = {}
        self._endings: dict[str, Kind] = {}
        self._beginnings: dict[str, Kind] = {}
        others: list[str] = []
        self._kinds: list[Kind] = []
        for written, kind in kinds:
            glob = written.lower()
            if not _WILD.search(glob):
                self._whole[glob] = kind
            elif glob[:2] == "*." and not _WILD.search(glob, 1) and "." not in glob[2:]:
                self._endings[glob[2:]] = kind
            elif glob[-1] == "*" and not _WILD.search(glob[:-1]):
                self._beginnings[glob[:-1]] = kind
            else:
                others.append(glob)
                self._kinds.append(kind)
        self._others = re.compile("|".join(f"({translate(glob)})" for glob in others))
        self._begin = tuple(self._beginnings)
        self._first = frozenset(glob[0] for glob in others)
        self.endings = frozenset([*self._endings, *(glob.rpartition(".")[2] for glob in self._whole)])
        self.starts = frozenset(glob[:2] for glob in (*self._begin, *others))

    def find(self, name: str) -> Kind | None:
        """Return what a name stands for, None where no glob is like it."""
        name = name.lower()
        found = self._whole.get(name) or self._endings.get(name.rpartition(".")[2] if "." in name else "")
        if found is None and name.startswith(self._begin):
            found = next(kind for begin, kind in self._beginnings.items() if name.startswith(begin))
        if found is None and (name[0] in self._first or "*" in self._first) and (match := self._others.match(name)) is not None:
            assert match.lastindex is not None
            found = self._kinds[match.lastindex - 1]
        return found


@dataclass(slots=True, frozen=True)
class _Holder:
    """A folder like `outer`, right below the top of a store where `top`, that holds what ends in `ending`."""

    kind: Kind
    outer: Names
    ending: str
    top: bool


class Folders:
    """Folders by their names, and by what they hold. `inner_endings`: the endings of paths that may tell the folder above them."""

    __slots__ = ("_anywhere", "_holders", "_top", "inner_endings")

    def __init__(self, written: Iterable[tuple[str, str]]) -> None:
        anywhere: list[tuple[str, Kind]] = []
        below_top: list[tuple[str, Kind]] = []
        self._holders: list[_Holder] = []
        for label, name in written:
            top = name[0] == "/"
            outer, _, inner = name.removeprefix("/").partition("/")
            kind = Kind(label, max(_NOT_TEXT.split(outer), key=len))
            if inner:
                self._holders.append(_Holder(kind, Names([(outer, kind)]), inner[1:] if inner[0] == "*" else f"/{inner}", top))
            else:
                (below_top if top else anywhere).append((outer, kind))
        self._anywhere = Names(anywhere)
        self._top = Names(below_top)
        self.inner_endings = tuple(sorted({holder.ending for holder in self._holders}))

    def kind(self, name: str, *, top: bool) -> Kind | None:
        """Return what a folder is by its name alone; `top`: it lies right below the top of its store."""
        found = self._anywhere.find(name) or (self._top.find(name) if top else None)
        return found or (Kind(HIDDEN, name) if is_hidden(name) else None)

    def kind_by(self, rel: str) -> tuple[str, Kind] | None:
        """Return the folder that holds `rel`, and what it is, where a thing of this name in it tells it. A top is never told."""
        for holder in self._holders:
            if rel.endswith(holder.ending):
                # What tells may lie in a folder of the folder: "*/data/library.db".
                folder = rel.rsplit("/", max(holder.ending.count("/"), 1))[0] if "/" in rel else ""
                above, _, name = folder.rpartition("/")
                if folder and not (holder.top and above) and holder.outer.find(name):
                    return folder, Kind(holder.kind.label, name, held=True)
        return None

    def holds(self, name: str, names: Iterable[str], *, top: bool) -> bool:
        """Say whether a folder called `name` is told by one of the `names` in it; `top`: it lies right below a top."""
        return any(
            (top or not holder.top) and f"/{each}".endswith(holder.ending) and holder.outer.find(name) is not None
            for each in names
            if f"/{each}".endswith(self.inner_endings)
            for holder in self._holders
        )


@dataclass(slots=True, frozen=True)
class Tables:
    """All that is shipped. `not_ours`: folders of systems and other programs, without those that are one thing or under way.

    `beside`: the endings of a file and of the folder beside it that is its own; `state_endings`: of what calls a file unfinished.
    """

    folders: Folders
    not_ours: Folders
    files: Names
    beside: tuple[tuple[str, str], ...]
    state_endings: tuple[str, ...]


@cache
def tables() -> Tables:
    """Return the tables, read once."""
    read = {table: _read(table) for table in _TABLES}
    sections = [pair for table in _TABLES for pair in _pairs(read[table]["folders"])]
    beside = [(f".{ext}", ending) for ending, exts in read["one_thing"]["beside"].items() for ext in exts]
    return Tables(
        Folders(sections),
        Folders(_pairs(read["not_ours"]["folders"])),
        Names((name, Kind(label, name)) for label, name in _pairs(read["not_ours"]["files"])),
        tuple(beside),
        tuple(read["under_way"]["beside"]["endings"]),
    )


@cache
def strewn() -> tuple[str, ...]:
    """Return the globs of files and folders that systems leave in every folder, worth nothing once it is emptied."""
    known = _read("not_ours")["strewn"]
    return (*known["names"], *[f"{name}/" for name in known["folders"]])


@cache
def _strewn_names() -> re.Pattern[str]:
    return globs(strewn(), ignore_case=True)


def is_strewn(path: str) -> bool:
    """Say whether a file is one that systems leave in every folder, by its name."""
    return bool(_strewn_names().match(path.rpartition("/")[2]))


def is_hidden(name: str) -> bool:
    """Say whether a name begins with one dot, as programs call what people are not to see."""
    return name[0] == "." and name[1:2] != "." and _shown().find(name) is None


@cache
def _shown() -> Names:
    return Names((name, Kind("shown", name)) for name in _read("not_ours")["shown"]["names"])


def _read(table: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(files("reshelve.planner").joinpath("left_alone", f"{table}.toml").read_text(encoding="utf-8"))


def _pairs(sections: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for label, names in sections.items():
        for name in names:
            yield label, name
