"""Symbolic links that a plan leaves behind: what they lead to goes elsewhere, or they go themselves and are relative."""

import shlex
from collections.abc import Iterator, Sequence
from posixpath import dirname, isabs, join, normpath, relpath

from reshelve.planner.left_alone.known_names import tables
from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas import locations
from reshelve.schemas.inventory import SymbolicLink
from reshelve.schemas.locations import is_reserved, printable
from reshelve.schemas.operations import AnyOperation
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass

_SUMMARY = "A symbolic link will not lead where it does now."


@dataclass(slots=True, frozen=True)
class _Step:
    """What becomes of one thing: from which place, by which operation, and where to: a place, and its path on this machine."""

    place: str
    op: str
    to: str
    path: str


def left_behind(operations: Sequence[AnyOperation], readers: Readers) -> list[Problem]:
    """Return a warning for each symbolic link in a folder store that these operations leave dangling, or leading elsewhere.

    Lists every folder of the stores, once, if the operations take anything away; folders of other programs are not looked into.
    """
    if all(operation.frees is None for operation in operations):
        return []
    paths = {key: reader.root.path for key, reader in readers.items() if reader.root.kind == "folder"}
    links: dict[str, tuple[str, SymbolicLink]] = {}
    # Of two roots, one in the other, the inner one names the link.
    for key in sorted(paths, key=lambda each: len(paths[each])):
        found = readers[key].links(_enter) if readers[key].root.available else ()
        links |= {join(paths[key], link.rel): (locations.join(key, link.rel), link) for link in found}
    if not links:
        return []
    steps: dict[str, _Step] = {}
    made: set[str] = set()
    for operation in operations:
        source, target = _path(operation.frees, paths), _path(operation.makes, paths)
        if source:
            steps[source] = _Step(operation.frees or "", operation.op, operation.makes or "", target)
        made.add(target)
    return sorted(_told(links, steps, made), key=Problem.order)


def _path(place: str | None, paths: dict[str, str]) -> str:
    key, rel = locations.split(place) if place is not None else ("", "")
    return join(paths[key], rel) if key in paths else ""


def _enter(rel: str) -> bool:
    above, _, name = rel.rpartition("/")
    return tables().folders.kind(name, top=not above) is None


def _told(links: dict[str, tuple[str, SymbolicLink]], steps: dict[str, _Step], made: set[str]) -> Iterator[Problem]:
    for at, (place, link) in links.items():
        own, of_target = _final(at, steps), _final(link.leads, steps)
        if (own is None and of_target is None) or (own is not None and not own.path):
            continue
        stands = at if own is None else own.path
        meant = link.leads if of_target is None else of_target.path
        leads = link.leads if isabs(link.text) else normpath(join(dirname(stands), link.text))
        moved_with_its_folder = own is not None and of_target is not None and of_target.op == "rmdir" and leads in made
        if leads == meant or moved_with_its_folder:
            continue
        if of_target is not None:
            detail = f"It leads to {printable(of_target.place)}, {_fate(of_target)}."
        else:
            assert own is not None
            detail = f"It goes to {printable(own.to)}, and {printable(link.text)} does not lead to the same from there."
        hint = "reshelve leaves the link as it is. Once the plan is applied, "
        if meant:
            text = meant if isabs(link.text) else relpath(meant, dirname(stands))
            hint += f"point it to the new place: ln -sfn {shlex.quote(printable(text))} {shlex.quote(printable(stands))}"
        else:
            hint += "remove it, or point it elsewhere."
        yield Problem("link-left", _SUMMARY, detail, place, hint, severity="warning")


def _final(path: str, steps: dict[str, _Step]) -> _Step | None:
    """Return what becomes of the thing at a path: a swap takes it by way of a name of our own."""
    first = step = steps.get(path)
    while step is not None and is_reserved(step.path.rpartition("/")[2]) and (later := steps.get(step.path)) is not None:
        step = _Step(first.place if first is not None else "", later.op, later.to, later.path)
    return step


def _fate(step: _Step) -> str:
    if step.op == "trash":
        return "which goes to the trash"
    if step.op == "rmdir":
        return "a folder that is removed because nothing is left in it"
    return f"which goes to {printable(step.to)}" if step.to else "which goes away"
