"""Kept shelves: a folder that a household has between the shelf of films or shows and their own folders, such as "Kids" or "4K"."""

from collections import defaultdict
from collections.abc import Iterator

from reshelve.planner.library.folder_tags import is_of
from reshelve.planner.library.title_matching import works_of
from reshelve.planner.recognise.folder_names import folder_reading
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.same_title import Work, normalise
from reshelve.planner.recognise.title_text import QUALITY

_DEEPEST = 2
_NO_SHELF = frozenset(
    name
    for line in (
        "downloads,download,complete,completed,incoming,incomplete,done,torrents,torrent,seeding,temp,tmp,new folder,desktop,links",
        "usb,unsorted,_unsorted,unsortiert,inbox,backup,old,new,neu,misc,other,stuff,sort,to sort,recordings",
        "movies,films,tv,tv shows,series",
    )
    for name in line.split(",")
)
"""Folders that nobody keeps films or shows in for good, and shelves themselves."""
_RESOLUTIONS = frozenset({"4k", "uhd", "4k uhd", "3d", "hd", "1080p", "2160p", "720p"})
"""Folders of words of quality that are shelves."""


class KeptShelves:
    """The folders of their own in which shows and films of scanned stores lie, by title."""

    def __init__(self) -> None:
        self._homes: dict[str, dict[tuple[str, str], Work]] = defaultdict(dict)

    def note(self, store: str, rel: str, reading: Reading) -> None:
        """Note the folder that is named after the show or film of a file, some folders down."""
        folders = rel.split("/")[:-1]
        for at in range(len(folders) - 1, 1, -1):
            named = works_of(folders[at])[0]
            if is_of(reading.facts, named) and (named.year is not None or "show" in reading.facts):
                self._homes[normalise(named.title)][store, "/".join(folders[: at + 1])] = named
                return

    def own(self, shelf: tuple[str, str], work: Work, source: str) -> str:
        """Return the folder below a shelf (store, path), with folders between, that a file at location `source` lies in; or ""."""
        return next((path for path in self._below(shelf, work) if source.startswith(f"{shelf[0]}:{path}/")), "")

    def only(self, shelf: tuple[str, str], work: Work) -> str:
        """Return the only folder of a work that is kept below a shelf, with folders between; "" where there is none, or several."""
        found = list(self._below(shelf, work))
        return found[0] if len(found) == 1 else ""

    def _below(self, shelf: tuple[str, str], work: Work) -> Iterator[str]:
        store, above = shelf
        for (one, path), named in self._homes.get(normalise(work.title), {}).items():
            if above and one == store and path.startswith(f"{above}/") and not named.differs(work):
                between = path[len(above) + 1 :].split("/")[:-1]
                # "Dark/Dark" is a show unpacked into a folder of its own; "Alien/Alien (1979)" may be all films of that name.
                doubled = named.year is None and any(normalise(folder) == normalise(named.title) for folder in between)
                if 0 < len(between) <= _DEEPEST and not doubled and all(map(_is_kept, between)):
                    yield path


def _is_kept(folder: str) -> bool:
    name = folder.lower()
    if name in _RESOLUTIONS:
        return True
    return name not in _NO_SHELF and folder_reading(folder) is None and QUALITY.search(folder) is None
