"""Which shared file a person means by a name or a path, for the address at which anybody can read it."""

import os
import shlex
from difflib import get_close_matches
from pathlib import Path

from reshelve.schemas.archived_classes import is_frozen
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.session.sync_look import Look, look_at
from reshelve.session.sync_opened import OpenSyncs
from reshelve.session.sync_sides import Looked

_Shared = tuple[Looked, str]


def meant(syncs: OpenSyncs, file: str, inside: Path) -> _Shared:
    """Return the project and name of the shared file that is meant. Raises ReshelveError of none, several, or an archived one.

    `file` is a path here, from `inside`; PROJECT/NAME, PROJECT being a short name too; or NAME, in the project of `inside` or any.
    """
    look = look_at(syncs, (), inside)
    found = _called(look, file)
    if not found and (here := _here(syncs, Path(inside, file))):
        look = look_at(syncs, [here[0]])
        found = _called(look, "/".join(here))
    project, slash, name = file.partition("/")
    if not found and slash and project and project not in {each.name for each in look.projects}:
        look = look_at(syncs, [project])
        found = [(each, name) for each in look.projects if name in each.project.there_items]
    if len(found) != 1:
        raise _unclear(look, file, found)
    each, name = found[0]
    item = each.project.there_items[name]
    if is_frozen(item):
        detail = f"It is in {item.storage_class}, and nobody can read it there until it is thawed."
        down = f"reshelve sync down {shlex.quote(printable(each.name))}"
        hint = f"If it is not here, `{down}` asks for it; else your service's own tools do."
        raise stop("archived", "That file is archived.", detail, path=printable(file), hint=hint)
    return each, name


def _called(look: Look, file: str) -> list[_Shared]:
    return [(each, name) for each in look.projects for name in each.project.there_items if file in (name, f"{each.name}/{name}")]


def _here(syncs: OpenSyncs, path: Path) -> tuple[str, str] | None:
    """Return (project, name) of what a path here is, None where it is no part of what is shared."""
    at = Path(os.path.realpath(path.parent), path.name)
    with syncs.sides() as sides:
        for side in sides:
            top = Path(os.path.realpath(side.reader.root.path))
            if at.is_relative_to(top) and (found := side.here.find(at.relative_to(top).as_posix())) is not None:
                return found
    return None


def _unclear(look: Look, file: str, found: list[_Shared]) -> ReshelveError:
    names = sorted({f"{each.name}/{name}" for each in look.projects for name in each.project.there_items})
    if found:
        told = ", ".join(printable(f"{each.name}/{name}") for each, name in found[:8])
        detail, hint = f"{told}.", "write PROJECT/NAME"
        return stop("no-such-file", "Several shared files are called that.", detail, path=printable(file), hint=hint)
    near = get_close_matches(file, names, 2, 0.5)
    hint = f"Did you mean {' or '.join(map(printable, near))}?" if near else "share it first: reshelve sync up"
    detail = "The bucket has no such shared file."
    return stop("no-such-file", "There is nothing to link to.", detail, path=printable(file), hint=hint)
