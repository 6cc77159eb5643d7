"""What a run did with films and episodes, as its report tells it: which came into a store, were renamed in one, or went.

That is what Sonarr and Radarr tell of: an import, a rename, a deletion.
"""

import os
from collections.abc import Callable, Container, Iterator
from typing import Any, Literal

from reshelve.schemas.locations import in_trash, split, store_of
from reshelve.schemas.quick_dataclasses import dataclass

Event = Literal["came", "renamed", "went"]
FILMS = frozenset({"movie", "documentary", "standup"})
EPISODES = frozenset({"episode"})
_TAKES_AWAY = ("move", "trash", "purge")


@dataclass(slots=True, frozen=True)
class ToldFile:
    """A film's or an episode's file, and what became of it. `path` is where it is, or was; `before` where it was before, if here.

    `folder` is the show's or film's own, where one bears its title. `replaced` is what stood there before, in the trash now.
    """

    event: Event
    path: str
    folder: str
    facts: dict[str, Any]
    size: int
    before: str = ""
    replaced: str = ""


Named = Callable[[str], dict[str, Any]]
"""Returns the facts that the path of a place tells for certain, none if it is no film's or episode's main file."""
Paths = Callable[[str], tuple[str, str] | None]
"""Returns the folder of a root on this machine, and the path of a place in it; None of a place in a bucket."""


def told_files(report: dict[str, Any], kinds: Container[str], paths: Paths, named: Named) -> Iterator[ToldFile]:
    """Yield every file of these kinds that a run put, renamed or took away, in the order of its operations.

    `report` is the run's report as JSON values: it has the facts of what was filed, of other files their names tell what they are.
    An undo that takes a file back out of a store is its leaving.
    """
    results = [one for one in report.get("results", ()) if one["result"] == "done"]
    trashed = {one.get("src", ""): one.get("dst", "") for one in results if one["op"] == "trash"}
    for one in results:
        src, dst = (_local(one.get(name, ""), paths) for name in ("src", "dst"))
        within = bool(src and dst) and store_of(split(one["src"])[0]) == store_of(split(one["dst"])[0])
        back = report.get("command") == "undo" and not within
        facts = one.get("facts") or named(one["dst"] if dst is not None and not back else one.get("src", ""))
        if facts.get("kind") not in kinds:
            continue
        size, away = one.get("bytes", 0), _local(trashed.get(one.get("dst", ""), ""), paths, of_trash=True)
        if dst is not None and not back:
            event: Event = "renamed" if within and one["op"] == "move" else "came"
            yield ToldFile(event, dst[1], _own(dst, facts), facts, size, src[1] if src else "", away[1] if away else "")
        elif src is not None and one["op"] in _TAKES_AWAY:
            yield ToldFile("went", src[1], _own(src, facts), facts, size)


def _local(place: str, paths: Paths, *, of_trash: bool = False) -> tuple[str, str] | None:
    """Return root and path of a place that a receiver can be told: one on this machine, whose name is text."""
    if not place or (in_trash(split(place)[1]) and not of_trash):
        return None
    found = paths(place)
    try:
        return found if found is not None and found[1].encode() else None
    except UnicodeEncodeError:
        return None


def _own(at: tuple[str, str], facts: dict[str, Any]) -> str:
    """Return the topmost folder below the root that begins with the show's or film's title; without one, the file's folder."""
    root, path = at
    title = _plain(str(facts.get("show") or facts.get("title") or ""))
    folder, found = os.path.dirname(path), ""
    step = folder
    while title and len(step) > len(root.rstrip("/")) and step != "/":
        if _plain(os.path.basename(step)).startswith(title):
            found = step
        step = os.path.dirname(step)
    return found or folder


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
