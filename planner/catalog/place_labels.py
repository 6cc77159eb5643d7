"""The type, project and job of a file, by its place and its facts. Pure.

Its own facts count first. Else the workspace tells: a declared project's folder, a sync's or a tier's `{project}`, and place
templates of rules in which `{{ project }}` or `{{ job }}` is a folder of its own.
"""

import re
from collections.abc import Iterator

from reshelve.planner.recognise.extension_tables import MediaType, halves, media_type
from reshelve.planner.rules.portable_names import portable_part
from reshelve.planner.tiers.tier_places import place_of
from reshelve.schemas.facts import Facts
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.sync_settings import PROJECT
from reshelve.schemas.tier_settings import RANGE
from reshelve.schemas.workspace import Workspace

_NAMED = re.compile(r"\{\{\s*(project|job)\s*(?:\|[^{}]*)?\}\}\Z")
_STATEMENT = re.compile(r"\{%")


@dataclass(slots=True, frozen=True)
class _Part:
    """One folder on the way: `text` is its name ("" any), `names` what it is the name of. `suffix`: it is an archive so named."""

    text: str = ""
    names: str = ""
    suffix: str = ""


Shape = tuple[_Part, ...]
"""The first folders of a path."""


class PlaceLabels:
    """Tells type, project and job; what is told of a folder is worked out once."""

    def __init__(self, workspace: Workspace) -> None:
        self._shapes: dict[str, list[Shape]] = {}
        for store, shape in _shapes(workspace):
            known = self._shapes.setdefault(store, [])
            if shape not in known:
                known.append(shape)
        self._folders: dict[str, tuple[str | None, str | None]] = {}
        self._types: dict[str, MediaType] = {}

    def of(self, place: str, facts: Facts | None) -> tuple[MediaType, str | None, str | None]:
        """Return the type of a file ("video", "image", …, "other"), its project and its job (None: it has none)."""
        folder, slash, name = place.rpartition("/")
        if not slash:
            folder, _, name = place.partition(":")
            folder += ":"
        told = self._folders.get(folder)
        if told is None:
            told = self._folders[folder] = self._told(folder)
        project, job = told
        ext = halves(name)[1]
        kind = self._types.get(ext)
        if kind is None:
            kind = self._types[ext] = media_type(ext)
        if project is None and kind == "other":
            key, rel = split(place)
            project, job = self._match(store_of(key), rel.split("/"), archives=True)
        if facts:
            project, job = _text(facts.get("project")) or project, _text(facts.get("job")) or job
        return kind, project, job

    def _told(self, folder: str) -> tuple[str | None, str | None]:
        key, rel = split(folder)
        return self._match(store_of(key), rel.split("/"), archives=False)

    def _match(self, store: str, parts: list[str], *, archives: bool) -> tuple[str | None, str | None]:
        for shape in self._shapes.get(store, ()):
            if bool(shape[-1].suffix) is archives and len(parts) >= len(shape) and (len(parts) == len(shape) or not archives):
                found = _read(shape, parts)
                if found:
                    return found.get("project"), found.get("job")
        return None, None


def _read(shape: Shape, parts: list[str]) -> dict[str, str]:
    """Return what the folders of a path name by a shape; nothing where it is not of that shape."""
    found: dict[str, str] = {}
    for part, name in zip(shape, parts, strict=False):
        if (part.text and part.text != name) or not name.endswith(part.suffix):
            return {}
        if part.names:
            found[part.names] = name.removesuffix(part.suffix)
    return found


def _shapes(workspace: Workspace) -> Iterator[tuple[str, Shape]]:
    for project in workspace.projects:
        store, _, rel = project.in_.partition(":")
        above = [_Part(name) for name in rel.split("/") if name]
        yield store, (*above, _Part(portable_part(project.name), "project"))
    for tiers in workspace.tiers.values():
        for tier in tiers.order.values():
            place = place_of(tier)
            named = [_Part() if part == RANGE else _Part(part) for part in place.parts[:-1]]
            yield place.store, (*named, _Part("", "project", place.suffix))
    for sync in workspace.sync.values():
        for text in (sync.here, sync.there):
            store, _, rel = text.partition(":")
            yield store, tuple(_Part("", "project") if name == PROJECT else _Part(name) for name in rel.split("/") if name)
    for scan in workspace.scan.values():
        for rule in scan.rules:
            if rule.place:
                yield from _of_template(rule.place)


def _of_template(place: str) -> Iterator[tuple[str, Shape]]:
    """Yield the shape of a place template, as far as it names a project or a job by whole folders."""
    store, _, rel = place.partition(":")
    shape: list[_Part] = []
    for text in _STATEMENT.split(rel)[0].split("/")[:-1]:
        named = _NAMED.match(text)
        shape.append(_Part("", named[1]) if named else _Part() if "{" in text else _Part(text))
    while shape and not shape[-1].names:
        shape.pop()
    if shape:
        yield store, tuple(shape)


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) and value != "" else None
