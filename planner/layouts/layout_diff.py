"""Comparing two layouts: which entries came, went, moved to another target, or were edited, and how."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import field, fields
from typing import Any

from reshelve.schemas.layout import Absent, Entry, Layout, Review, written_names
from reshelve.schemas.quick_dataclasses import dataclass

_WRITTEN = written_names(Entry) | written_names(Review)
_UNTOLD = frozenset({"mark"})
"""A mark follows from the rest of its entry."""


@dataclass(slots=True, frozen=True)
class Edit:
    """One field, by its path in the entry (`facts.year`, `facts.episodes[1]`), before and after; None where it is not there."""

    path: str
    before: Any
    after: Any


@dataclass(slots=True, frozen=True)
class Edited:
    """One entry that both layouts have, and what differs in it."""

    key: str
    edits: tuple[Edit, ...]


@dataclass(slots=True, frozen=True)
class Moved:
    """One source that goes to another target now, and what else differs."""

    source: str
    before: str
    after: str
    edits: tuple[Edit, ...] = ()


@dataclass(slots=True)
class SectionDiff:
    """What differs in one section, by key, sorted."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    edited: list[Edited] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Say whether anything differs."""
        return bool(self.added or self.removed or self.edited)


@dataclass(slots=True)
class LayoutDiff:
    """What differs between two layouts: in `files` by target, and in the other sections that differ, by their names."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    edited: list[Edited] = field(default_factory=list)
    others: dict[str, SectionDiff] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Say whether anything differs."""
        return bool(self.added or self.removed or self.moved or self.edited or self.others)


def compare(before: Layout, after: Layout) -> LayoutDiff:
    """Return what differs between two layouts. Equal entries cost one comparison; an entry's mark is not compared."""
    files = _section(before.files, after.files)
    diff = LayoutDiff(edited=files.edited)
    diff.added, diff.removed, diff.moved = _moves(before, after, files)
    others = {
        "dirs": _section(dict.fromkeys(before.dirs), dict.fromkeys(after.dirs)),
        "absent": _section({one.path: one for one in before.absent}, {one.path: one for one in after.absent}),
        "review": _section({one.source: one for one in before.review}, {one.source: one for one in after.review}),
        "leave": _section(dict.fromkeys(before.leave), dict.fromkeys(after.leave)),
        "tidy": _section(before.tidy, after.tidy),
        "set": _section(before.values, after.values),
    }
    diff.others = {name: section for name, section in others.items() if section}
    return diff


def _section(before: Mapping[str, Any], after: Mapping[str, Any]) -> SectionDiff:
    section = SectionDiff(sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys()))
    for key, one in before.items():
        other = after.get(key, one)
        if one != other:
            edits = tuple(_edits(one, other))
            if edits:
                section.edited.append(Edited(key, edits))
    section.edited.sort(key=lambda edited: edited.key)
    return section


def _moves(before: Layout, after: Layout, files: SectionDiff) -> tuple[list[str], list[str], list[Moved]]:
    """Pair what went with what came from the same source, in order of target."""
    came: dict[str, list[str]] = {}
    for target in reversed(files.added):
        source = after.files[target].source
        if source is not None:
            came.setdefault(source, []).append(target)
    moved: list[Moved] = []
    for target in files.removed:
        source = before.files[target].source
        if source is not None and came.get(source):
            now = came[source].pop()
            moved.append(Moved(source, target, now, tuple(_edits(before.files[target], after.files[now]))))
    gone, new = {one.before for one in moved}, {one.after for one in moved}
    added = [target for target in files.added if target not in new]
    removed = [target for target in files.removed if target not in gone]
    return added, removed, moved


def _edits(before: Any, after: Any) -> Iterator[Edit]:
    """Yield what differs, field by field; whole values are compared here, and only nested ones that differ are taken apart."""
    one, other = _reduced(before), _reduced(after)
    for name in sorted(one.keys() | other.keys()):
        yield from _differing(name, one.get(name), other.get(name))


def _differing(path: str, before: Any, after: Any) -> Iterator[Edit]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            yield from _differing(f"{path}.{name}", before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _nested(path, before, after)
    else:
        yield Edit(path, before, after)


def _nested(path: str, before: list[Any], after: list[Any]) -> Iterator[Edit]:
    from deepdiff import DeepDiff

    found = DeepDiff(before, after, view="tree", verbose_level=2)
    changes = ((change.path(output_format="list"), change.t1, change.t2) for changed in found.values() for change in changed)
    for steps, one, other in sorted(changes, key=lambda change: str(change[0])):
        yield Edit(path + "".join(_step(step) for step in steps), _there(one), _there(other))


def _step(step: Hashable) -> str:
    return f"[{step}]" if isinstance(step, int) else f".{step}"


def _there(value: Any) -> Any:
    return None if type(value).__name__ == "NotPresent" else value


def _reduced(value: Any) -> dict[str, Any]:
    """Return an entry as its document has it, without what is not set."""
    if isinstance(value, Entry | Absent | Review):
        return {_WRITTEN.get(name, name): _plain(one) for name, one in _set_fields(value)}
    return {"": value}


def _set_fields(value: Any) -> Iterable[tuple[str, Any]]:
    for each in fields(value):
        one = getattr(value, each.name)
        if one is not None and each.name not in _UNTOLD:
            yield each.name, one


def _plain(value: Any) -> Any:
    return dict(_set_fields(value)) if hasattr(value, "__dataclass_fields__") else value
