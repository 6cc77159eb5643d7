"""Inner shelves: the folders in a shelf of films or shows that part it, by collection, letter or viewer, and the homes in them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator

from reshelve.planner.library.kept_shelves import is_kept
from reshelve.planner.library.root_listings import folder_check, is_folder, names_in, remembered_in
from reshelve.planner.library.season_folders import is_kept_flat, season_named
from reshelve.planner.library.title_matching import Library, counted, works_of
from reshelve.planner.ports.store_reader import Reader, Readers, roots_of
from reshelve.planner.recognise.extension_tables import halves, media_type
from reshelve.planner.recognise.same_title import Work, normalise

_Homes = dict[str, list[tuple[str, Work]]]


class InnerShelves:
    """The folders of films and shows one folder further down than a shelf, listed once. `library` tells what a shelf has."""

    def __init__(self, readers: Readers, library: Callable[[str, str], Library]) -> None:
        self._readers = readers
        self._library = library
        self._homes: dict[tuple[str, str, bool], _Homes] = {}

    def find(self, store: str, above: str, work: Work, *, film: bool) -> tuple[list[str], bool]:
        """Return the folders of a work on the shelves in a shelf `above`, as paths below it, and whether they are beyond doubt.

        A film's gives its year. A show's is beyond doubt if its videos are called after it: "Star Trek/Discovery" may be for short.
        """
        if film and work.year is None:
            return [], False
        known = self._homes.get((store, above, film))
        if known is None:
            known = self._homes[store, above, film] = self._listed(store, above, film)
        named = [(path, one) for path, one in known.get(counted(work.title), ()) if not one.differs(work)]
        counts = self._holds if film else self._has_episodes
        found = [path for path, one in named if (not film or one.year == work.year) and counts(store, f"{above}/{path}")]
        titled = all(normalise(one.title) == normalise(work.title) for path, one in named if path in found)
        sure = film or (titled and all(self._is_called_after(store, f"{above}/{path}", work) for path in found))
        return found, sure and len(found) == 1

    def _listed(self, store: str, above: str, film: bool) -> _Homes:
        """Return the folders on all shelves in a shelf, by title."""
        homes: _Homes = defaultdict(list)
        roots = roots_of(self._readers, store)
        away = {name for root in roots if not root.root.available for name in remembered_in(root.root, above)}
        is_one = folder_check([root for root in roots if root.root.available], above, away)
        for name in sorted(self._library(store, above).names):
            if _is_shelf(name) and is_one(name):
                inner = self._library(store, f"{above}/{name}").names
                if film or not _is_show(name, inner):
                    for each in sorted(inner):
                        for one in works_of(each):
                            homes[counted(one.title)].append((f"{name}/{each}", one))
        return homes

    def _holds(self, store: str, home: str) -> bool:
        above, _, name = home.rpartition("/")
        return bool(self._library(store, above).folders(lambda each: each == name))

    def _has_episodes(self, store: str, home: str) -> bool:
        """Say whether a folder is a show's: it holds seasons or episodes, or did when its root was seen."""
        title = home.rpartition("/")[2]
        roots = roots_of(self._readers, store)
        return any(
            _is_show(title, names_in(root, home) if root.root.available else remembered_in(root.root, home)) for root in roots
        )

    def _is_called_after(self, store: str, home: str, work: Work) -> bool:
        """Say whether the videos in a show's folder and in those of its seasons begin with its title.

        Where its root is there, there has to be one; where that is away, none can be seen.
        """
        title = normalise(work.title)
        there = [root for root in roots_of(self._readers, store) if root.root.available and is_folder(root, home)]
        stems = [stem for root in there for stem in _videos(root, home)]
        return (bool(stems) or not there) and all(normalise(stem).startswith(title) for stem in stems)


def in_shelves(reader: Reader, above: str) -> Iterator[str]:
    """Yield the folders in a folder that is no film's and no show's but may part a shelf."""
    name = above.rpartition("/")[2]
    if _is_shelf(name) and not _is_show(name, inner := names_in(reader, above)):
        yield from (f"{above}/{each}" for each in sorted(inner) if is_folder(reader, f"{above}/{each}"))


def _is_shelf(name: str) -> bool:
    return is_kept(name) and works_of(name)[0].year is None


def _is_show(title: str, inner: Collection[str]) -> bool:
    return is_kept_flat(inner) or any(season_named(name, title) is not None for name in inner)


def _videos(reader: Reader, home: str) -> Iterator[str]:
    for name in sorted(names_in(reader, home)):
        if media_type(halves(name)[1]) == "video":
            yield halves(name)[0]
        elif season_named(name, home.rpartition("/")[2]) is not None:
            yield from (halves(each)[0] for each in names_in(reader, f"{home}/{name}") if media_type(halves(each)[1]) == "video")
