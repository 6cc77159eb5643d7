"""Kept shelves: a folder that a household has between the shelf of films or shows and their own folders, such as "Kids" or "4K"."""

import re
from collections import defaultdict
from collections.abc import Iterator

from reshelve.planner.library.folder_tags import is_of
from reshelve.planner.library.title_matching import works_of
from reshelve.planner.recognise.folder_names import GENERIC, folder_reading
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
_SHELVES_ALONE = frozenset({"anime", "animes", "cartoons", "kids", "children", "kinder", "enfants"})
"""What is a shelf of its own beside those of films and shows without more words: other names mean the shelf itself."""
_WORDS_OF_SHELVES = _SHELVES_ALONE | {"movies", "movie", "films", "film", "filme", "kino", "shows", "series", "serien", "tv"}
_UNSORTED = frozenset(
    word
    for line in (
        "new,neu,neue,downloads,download,downloaded,unsorted,unsortiert,incoming,temp,tmp,inbox,to,sort,trier,backup,desktop,usb",
        "torrents,torrent,seeding,complete,completed,incomplete,done,misc,stuff,recorded,recordings,aufnahmen",
    )
    for word in line.split(",")
)
"""Words of folders that films or shows only wait in, whatever else they are called: "Films à trier", "Recorded TV"."""
_WORD = re.compile(r"[^\W_]+")


class KeptShelves:
    """The folders of their own in which shows and films of scanned stores lie, by title."""

    def __init__(self) -> None:
        self._homes: dict[str, dict[tuple[str, str], Work]] = defaultdict(dict)

    def note(self, store: str, rel: str, reading: Reading) -> None:
        """Note the folder that is named after the show or film of a file, some folders down."""
        folders = rel.split("/")[:-1]
        for at in range(len(folders) - 1, 0, -1):
            named = works_of(folders[at])[0]
            if is_of(reading.facts, named) and (named.year is not None or "show" in reading.facts):
                self._homes[normalise(named.title)][store, "/".join(folders[: at + 1])] = named
                return

    def own(self, shelf: tuple[str, str], work: Work, source: str) -> str:
        """Return the folder of a work that a file at location `source` lies in: below a shelf (store, path), with folders between.

        Or that is on a shelf of its own beside it, "Kids Movies". "" where it lies in none.
        """
        return next((path for path in self._below(shelf, work) if source.startswith(f"{shelf[0]}:{path}/")), "")

    def only(self, shelf: tuple[str, str], work: Work) -> str:
        """Return the only folder of a work that is kept below a shelf or on one beside it; "" where there is none, or several."""
        found = list(self._below(shelf, work))
        return found[0] if len(found) == 1 else ""

    def _below(self, shelf: tuple[str, str], work: Work) -> Iterator[str]:
        store, above = shelf
        for (one, path), named in self._homes.get(normalise(work.title), {}).items():
            if one != store or named.differs(work):
                continue
            below = path.removeprefix(f"{above}/") if above else path
            between = below.split("/")[:-1]
            # "Dark/Dark" is a show unpacked into a folder of its own; "Alien/Alien (1979)" may be all films of that name.
            doubled = named.year is None and any(normalise(folder) == normalise(named.title) for folder in between)
            if above and below == path:
                kept = bool(between) and _is_beside(between[0]) and all(map(is_kept, between[1:]))
            else:
                kept = all(map(is_kept, between))
            if kept and 0 < len(between) <= _DEEPEST and not doubled:
                yield path


def _is_beside(folder: str) -> bool:
    """Say whether a folder is a shelf of its own beside those of films and shows: "Kids Movies", "4K Movies", "Anime"."""
    words = _WORD.findall(folder.lower())
    if folder.lower() in GENERIC or not _UNSORTED.isdisjoint(words) or folder_reading(folder) is not None:
        return folder.lower() in _SHELVES_ALONE
    return not _WORDS_OF_SHELVES.isdisjoint(words)


def is_kept(folder: str) -> bool:
    """Say whether films or shows may be kept in a folder of this name for good: it is no release's, and none of downloads."""
    name = folder.lower()
    if name in _RESOLUTIONS:
        return True
    return name not in _NO_SHELF and folder_reading(folder) is None and QUALITY.search(folder) is None
