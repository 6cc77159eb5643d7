"""Paths that one is told of: what each is in the stores that a workspace scans."""

import os
from collections.abc import Sequence

from reshelve.opening.wiring import Setting
from reshelve.schemas.hook_settings import here
from reshelve.schemas.locations import printable, store_of
from reshelve.schemas.problems import stop
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Told:
    """A file or folder that one is told of: its path on this machine, the store that it lies in, and its path there."""

    path: str
    store: str
    rel: str
    folder: bool

    @property
    def around(self) -> str:
        """The path of the folder that it is or lies in; its own if that is the store."""
        return self.path if self.folder or "/" not in self.rel else os.path.dirname(self.path)

    def holds(self, store: str, rel: str) -> bool:
        """Say whether a path is what one is told of, or lies in it."""
        return store == self.store and (rel == self.rel or rel.startswith(f"{self.rel}/"))


def told_of(setting: Setting, paths: Sequence[str]) -> list[Told]:
    """Return what each path is. Raises ReshelveError where it is in no store that is scanned, is a whole store, or is not there.

    A path is one of this machine, or as Sonarr, Radarr or a download client name it.
    """
    roots = [root for root in setting.roots() if root.kind == "folder" and store_of(root.key) in setting.workspace.scan]
    tops = sorted(((os.path.realpath(root.path), store_of(root.key)) for root in roots), key=lambda top: -len(top[0]))
    named = [setting.workspace.hooks.map, *(client.map for client in setting.workspace.clients.values())]
    return [_told(_here(path, named), tops) for path in paths]


def _here(path: str, named: Sequence[dict[str, str]]) -> str:
    """Return a path as this machine has it: as it is, or by the first of others' names for folders under which it is there."""
    return next((found for found in (path, *(here(path, names) for names in named)) if os.path.lexists(found)), path)


def _told(path: str, tops: Sequence[tuple[str, str]]) -> Told:
    # The last part is not followed: a link is filed as one, or not at all.
    whole = os.path.join(os.path.realpath(os.path.dirname(os.path.abspath(path))), os.path.basename(os.path.abspath(path)))
    for top, store in tops:
        if whole == top:
            detail = "It is a whole store. A torrent of several files without a folder of its own has its store as its folder."
            hint = "Name a file or folder in it; for everything in the store: reshelve scan"
            raise stop("whole-store", "Everything at once is too much.", detail, path=printable(path), hint=hint, kind="usage")
        if whole.startswith(f"{top.rstrip('/')}/"):
            if not os.path.lexists(whole):
                raise stop("no-such-file", "There is no such file.", path=printable(path), hint="Is it filed already? reshelve log")
            return Told(whole, store, whole[len(top.rstrip("/")) + 1 :], os.path.isdir(whole))
    detail = f"`scan:` names {', '.join(sorted({store for _, store in tops})) or 'no store with a folder here'}."
    hint = "If a program in a container calls it so: `map: {/srv/media: /data}`, in `clients:` or in `hooks:`"
    raise stop(
        "not-scanned-path", "That path is in no store that is scanned.", detail, path=printable(path), hint=hint, kind="usage"
    )
