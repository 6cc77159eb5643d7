"""Homes: shows and films are filed in the folder they have already, on whichever root, and those of one scan under one spelling."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from reshelve.planner.library import series_homes
from reshelve.planner.library.album_homes import TITLES, Albums
from reshelve.planner.library.folder_tags import FolderTags, is_of
from reshelve.planner.library.inner_shelves import InnerShelves, in_shelves
from reshelve.planner.library.kept_shelves import KeptShelves
from reshelve.planner.library.other_shelves import on_other_shelves
from reshelve.planner.library.program_folders import ProgramFolders
from reshelve.planner.library.root_listings import empty_check, folder_check, folders_of, is_folder, names_in, remembered_in
from reshelve.planner.library.season_folders import called_alike, is_kept_flat, is_of_one_episode, is_year, season_named, season_of
from reshelve.planner.library.title_matching import Found, Library, works_of
from reshelve.planner.library.title_years import TitleYears
from reshelve.planner.ports.store_reader import Reader, Readers, roots_of
from reshelve.planner.recognise.name_reading import FOLDER, Reading
from reshelve.planner.recognise.same_title import Work, canonical, normalise
from reshelve.planner.recognise.title_text import DATABASES, YEAR
from reshelve.planner.rules.place_templates import PlaceTemplate
from reshelve.planner.rules.sequence_numbers import OpenTarget
from reshelve.schemas.locations import join, split
from reshelve.schemas.quick_dataclasses import dataclass

_WORD = re.compile(r"[A-Za-z_]\w*")
_OF_A_WORK = frozenset({"show", "title", "show_year", "year", *DATABASES})
_OF_A_HOME = frozenset({"show", "title", "album", "series", "book"})
_OF_A_SEASON = frozenset({"season", "date"})
_ASKED = ("kind", "show", "title", "show_year", "year", *DATABASES)
_NO_NUMBERS: frozenset[tuple[str, str]] = frozenset()
FILMS = frozenset({"movie", "documentary", "standup"})


_Settled = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A folder put right, the folders it may be instead, and those that are called nearly like it."""


@dataclass(slots=True, frozen=True)
class _Home:
    """Which part of a place is the folder of a show or film: how many parts are above it, what it is named after, and where.

    `has_season`: the next part is the folder of a season.
    """

    at: int
    fact: str
    store: str
    above: str
    has_season: bool = False


class Homes:
    """The folders that shows and films have on the roots of every store. One listing a folder of folders, when first asked for.

    `scanned` are the stores whose own files are sorted: how these lie there, and in which folders of releases, sets no example.
    """

    def __init__(self, readers: Readers, scanned: Collection[str] = ()) -> None:
        self._readers = readers
        self._scanned = frozenset(scanned)
        self._libraries: dict[tuple[str, str], Library] = {}
        self._homes: dict[str, _Home | None] = {}
        self._spelled: dict[str, Library] = {}
        self._seasons: dict[tuple[str, str], tuple[dict[str, int], bool]] = {}
        self._years = TitleYears()
        self.tags = FolderTags()
        self.kept = KeptShelves()
        self._settled: dict[tuple[Any, ...], _Settled] = {}
        self._own: dict[str, str] = {}
        self._albums = Albums(self.library)
        self._inner = InnerShelves(readers, self.library)
        self.programs = ProgramFolders(readers)

    def note(self, store: str, rel: str, reading: Reading) -> None:
        """Note what the folders that a file lies in tell of its show or film."""
        self.tags.note(rel, reading)
        if store in self._scanned:
            self.kept.note(store, rel, reading)

    def spell_alike(self, readings: Collection[Reading], places: Iterable[PlaceTemplate], store: str) -> None:
        """Give every reading of a work the spelling that all of them are filed under. Changes the readings.

        `places` are those of the rules for `store`. What was settled on in one store holds in those scanned later.
        """
        homes = [home for place in places if (home := self._home(place)) is not None and "{" not in home.above]
        seen = {"show": Counter[Work](), "title": Counter[Work]()}
        for reading in readings:
            work = work_of(reading.facts)
            if work is not None:
                seen["show" if "show" in reading.facts else "title"][work] += 1
                if "show" in reading.facts:
                    self._years.note(work)
        instead: dict[str, dict[Work, Work]] = {}
        for fact, works in seen.items():
            shown = [home for home in homes if home.fact == fact]
            libraries = [self.library(store if "{" in home.store else home.store, home.above) for home in shown]
            earlier = self._spelled.get(fact)
            film = fact == "title"
            asked = [*dict.fromkeys(libraries), *([earlier] if earlier else [])]
            instead[fact] = canonical(works, _standing(asked, self._years, film=film), film=film)
            names = {_written(instead[fact].get(work, work)) for work in works}
            self._spelled[fact] = Library(names | (earlier.names if earlier else set()), lambda _: True)
        for reading in readings:
            fact = "show" if "show" in reading.facts else "title"
            best = instead[fact].get(work) if instead[fact] and (work := work_of(reading.facts)) is not None else None
            if best is not None:
                _respell(reading, best, fact)

    def settle(
        self, place: PlaceTemplate, target: str | OpenTarget, facts: Mapping[str, Any], source: str
    ) -> tuple[str | OpenTarget, tuple[str, ...], tuple[str, ...]]:
        """Return a target in the folder that its work has already, unchanged where it has none; and folders that may be its own.

        The last are, where it gets a new one, those that are called nearly like it. `source` is where the item is now: the folder
        that it leaves is none that it may have.
        """
        if facts.get("kind") in TITLES:
            return self._albums.settle(place, target, facts, source), (), ()
        if "series" in place.names:
            return series_homes.settle(self.library, place, target)
        home = self._home(place)
        if home is None:
            return target, (), ()
        store, rel = (target.store, target.before) if isinstance(target, OpenTarget) else split(target)
        folder, _, name = rel.rpartition("/")
        # A season has many episodes, and all of them ask the same.
        own = self._kept_own(home, store, folder, facts, source)
        asked = (home.at, store, folder, own, *[facts.get(fact) for fact in _ASKED])
        known = self._settled.get(asked)
        if known is None:
            known = self._settled[asked] = self._settle(home, store, folder, facts, own)
        settled, candidates, near = known
        if candidates:
            above = "/".join(folder.split("/")[: home.at])
            mine = tuple([f"{store}:{above}{'/' if above else ''}{candidate}/" for candidate in candidates])
            return target, tuple([each for each, at in zip(candidates, mine, strict=True) if not source.startswith(at)]), ()
        if settled == folder:
            if near and store in self._scanned:
                above = "".join(f"{part}/" for part in folder.split("/")[: home.at])
                left = [each for each in near if source.startswith(f"{store}:{above}{each}/") or is_kept_flat([f"{each}.mkv"])]
                near = tuple([each for each in near if each not in left])
            return target, (), near
        rel = f"{settled}/{name}"
        return replace(target, before=rel) if isinstance(target, OpenTarget) else join(store, rel), (), near

    def _kept_own(self, home: _Home, store: str, folder: str, facts: Mapping[str, Any], source: str) -> str:
        """Return the folder of its work that a file lies in already, on a shelf below the one that it would go to; "" for none."""
        work = work_of(facts) if store in self._scanned and source.startswith(f"{store}:") else None
        return self.kept.own((store, "/".join(folder.split("/")[: home.at])), work, source) if work is not None else ""

    def _settle(self, home: _Home, store: str, folder: str, facts: Mapping[str, Any], own: str) -> _Settled:
        """Return the folder with the part that is its work's put right, the names that part may have instead, and those near.

        `own` is where its work is kept already, below another folder.
        """
        work = work_of(facts)
        parts = folder.split("/")
        if work is None or len(parts) <= home.at:
            return folder, (), ()
        above = "/".join(parts[: home.at])
        found = Found() if own else self.library(store, above).find(work, film="show" not in facts)
        if found.folder and self._is_another_years(store, "/".join([*parts[: home.at], found.folder]), found.folder, work):
            return folder, (found.folder,), ()
        if "show" in facts and (several := self._years.folders(found, work)):
            return folder, several, ()
        new = not found.folder and not found.candidates
        kept = own or (self.kept.only((store, above), work) if new else "")
        if new and not kept and above and store not in self._scanned:
            inner, sure = self._inner.find(store, above, work, film="show" not in facts)
            if inner and not sure:
                return folder, tuple(inner), ()
            kept = f"{above}/{inner[0]}" if inner else ""
        mine = kept or found.folder or (self.tags.tagged(parts[home.at], work) if new else parts[home.at])
        if kept:
            mine = kept.removeprefix(f"{above}/") if above else kept
            parts[: home.at + 1] = kept.split("/")
        else:
            parts[home.at] = mine
        season = kept.count("/") + 1 if kept else home.at + 1
        if (found.folder or kept) and home.has_season and season < len(parts):
            names = self._season(store, "/".join(parts[:season]), parts[season], work.title)
            if len(names) > 1:
                return folder, tuple([f"{mine}/{name}" for name in names]), ()
            parts[season : season + 1] = [name for name in names if name]
        near = () if kept else found.near
        if new and not kept and not near and above and "/" not in above and store not in self._scanned:
            near = on_other_shelves(self._readers, self.library, store, above, work, film="show" not in facts)
        return "/".join(parts), found.candidates, near

    def _is_another_years(self, store: str, home: str, folder: str, work: Work) -> bool:
        """Say whether a folder whose name gives no year may be that of another work of this title: one of another year is about."""
        if work.year is None or any(one.year is not None for one in works_of(folder)) or _same_number(folder, work):
            return False
        title = normalise(work.title)
        others = self._years.of(work) - {work.year}
        return bool(others) or bool(self._years_in(store, home, title) - {work.year})

    def _years_in(self, store: str, home: str, title: str) -> set[int]:
        """Return the years that files in a folder, or in those in it, give after a title."""
        found: set[int] = set()
        for reader in roots_of(self._readers, store):
            inner = names_in(reader, home) if reader.root.available else set()
            names = inner.union(*[names_in(reader, f"{home}/{name}") for name in inner if "." not in name[-5:]])
            for name in names:
                years = [year for year in YEAR.finditer(name) if normalise(name[: year.start()]) == title]
                found.update(int(year.group()) for year in years[:1])
        return found

    def _season(self, store: str, above: str, wanted: str, show: str) -> tuple[str, ...]:
        """Return the folder in `above`, a show's own, that the season of a folder `wanted` has; "" for that folder itself.

        Several are what may be meant, and `wanted` where none stands yet.
        """
        standing = self._seasons.get((store, above))
        if standing is None:
            standing = self._seasons[store, above] = self._seasons_in(store, above, show)
        folders, flat = standing
        number = season_named(wanted, show)
        if wanted in folders or number is None:
            return (wanted,)
        mine = tuple([name for name in sorted(folders) if folders[name] == number]) or self._holding(
            store, above, number, [name for name in folders if is_year(folders[name]) == is_year(number)]
        )
        return mine or (("",) if flat else (called_alike(folders, number, show) or wanted,))

    def _seasons_in(self, store: str, above: str, show: str) -> tuple[dict[str, int], bool]:
        """Return the seasons that have a folder in a show's own, by its name, and whether its episodes stand beside each other."""
        folders: dict[str, int] = {}
        files: set[str] = set()
        for reader in roots_of(self._readers, store):
            here = reader.root.available
            for name in names_in(reader, above) if here else remembered_in(reader.root, above):
                number = season_named(name, show)
                if number is not None and (not here or is_folder(reader, f"{above}/{name}")):
                    folders[name] = number
                else:
                    files.add(name)
        return folders, not folders and store not in self._scanned and is_kept_flat(files)

    def _holding(self, store: str, above: str, number: int, told: Collection[str]) -> tuple[str, ...]:
        """Return the folders in a show's own that hold episodes of this season and of no other, but for those that are `told`."""
        if store in self._scanned:
            return ()
        found: set[str] = set()
        for reader in roots_of(self._readers, store):
            for name in sorted(names_in(reader, above) - set(told)) if reader.root.available else ():
                inner = f"{above}/{name}"
                if not is_of_one_episode(name) and is_folder(reader, inner) and season_of(names_in(reader, inner)) == number:
                    found.add(name)
        return tuple(sorted(found))

    def own_folder(self, place: PlaceTemplate, target: str | OpenTarget, facts: Mapping[str, Any]) -> str:
        """Return the location of the folder that is named after a target's work alone, "" where none is or it gives the year."""
        home, work = self._home(place), work_of(facts)
        if home is None or work is None:
            return ""
        store, rel = (target.store, target.before) if isinstance(target, OpenTarget) else split(target)
        parts = rel.split("/")
        # One on a kept shelf lies further down.
        at = next((at for at, part in enumerate(parts[home.at : -1], home.at) if is_of(facts, works_of(part)[0])), home.at)
        if len(parts) <= at + 1 or is_told(parts[at], work):
            return ""
        folder = join(store, "/".join(parts[: at + 1]))
        return self._own.setdefault(folder, folder)

    def standing(self, work: Work, places: Iterable[PlaceTemplate], store: str) -> Iterator[tuple[str, bool]]:
        """Yield the places, by root, of the folders that a show or film has, or may have, where these places would put it.

        With each comes whether its root is there: one that is away had that folder when it was last seen.
        """
        homes = [home for place in places if (home := self._home(place)) is not None and "{" not in home.above]
        for home in homes:
            name = store if "{" in home.store else home.store
            found = self.library(name, home.above).find(work, film=home.fact == "title")
            names = (found.folder,) if found.folder else found.candidates
            if not names and home.above:
                names = tuple(self._inner.find(name, home.above, work, film=home.fact == "title")[0])
            for folder in names:
                rel = f"{home.above}/{folder}" if home.above else folder
                for reader in roots_of(self._readers, name):
                    if is_folder(reader, rel) if reader.root.available else rel in reader.root.homes:
                        yield join(reader.root.key, rel), reader.root.available

    def held(self, place: PlaceTemplate, store: str) -> Iterator[tuple[str, str]]:
        """Yield (root key, path) of every folder that a work of this place may have on a root that is there.

        With a show's come those of its seasons, or where it has none an episode, which tells that the show is kept flat.
        """
        named, _, rel = place.text.partition(":")
        parts = rel.split("/")[:-1]
        asked = [place.names.intersection(_WORD.findall(part)) for part in parts]
        at = next((at for at, names in enumerate(asked) if names & _OF_A_HOME), None)
        if at is None or not asked[at] <= _OF_A_WORK | _OF_A_HOME:
            return
        for reader in roots_of(self._readers, store if "{" in named else named):
            for home in folders_of(reader, parts[: at + 1]) if reader.root.available else ():
                for each in [home, *in_shelves(reader, home)]:
                    yield reader.root.key, each
                    if "show" in asked[at]:
                        yield from ((reader.root.key, f"{each}/{name}") for name in _told_by(reader, each))

    def library(self, store: str, above: str) -> Library:
        """Return what stands in folder `above` of a store: on any root that is there, and on others when they were last seen."""
        known = self._libraries.get((store, above))
        if known is None:
            roots = roots_of(self._readers, store)
            readers = [reader for reader in roots if reader.root.available]
            names = {name for reader in readers for name in names_in(reader, above)}
            names_away = {name for reader in roots if not reader.root.available for name in remembered_in(reader.root, above)}
            known = self._libraries[store, above] = Library(
                names | names_away, folder_check(readers, above, names_away), empty_check(readers, above, names_away)
            )
        return known

    def _home(self, place: PlaceTemplate) -> _Home | None:
        """Return the part of a place that is named after a show or film and nothing else; the last part is a file's name."""
        if place.text not in self._homes:
            store, _, rel = place.text.partition(":")
            parts = rel.split("/")
            named = [place.names.intersection(_WORD.findall(part)) for part in parts]
            at = next((at for at, names in enumerate(named[:-1]) if names & {"show", "title"}), None)
            home = None
            if at is not None and named[at] <= _OF_A_WORK:
                seasons = at + 2 < len(parts) and (named[at + 1] & _OF_A_SEASON or season_named(parts[at + 1], "") is not None)
                home = _Home(at, "show" if "show" in named[at] else "title", store, "/".join(parts[:at]), bool(seasons))
            self._homes[place.text] = home
        return self._homes[place.text]


def is_told(path: str, work: Work) -> bool:
    """Say whether a path gives a work's year or one of its numbers, by which it is told from others of its title."""
    if work.year is not None and str(work.year) in YEAR.findall(path):
        return True
    return any(number in path.lower() for _, number in work.ids)


def work_of(facts: Mapping[str, Any]) -> Work | None:
    """Return the show or film that facts are about, or None."""
    if "show" in facts:
        title, year = facts["show"], facts.get("show_year")
    elif facts.get("kind") in FILMS and "title" in facts:
        title, year = facts["title"], facts.get("year")
    else:
        return None
    numbers = [(database, str(facts[database]).lower()) for database in DATABASES if database in facts]
    return Work(title, year, frozenset(numbers) if numbers else _NO_NUMBERS)


def _standing(libraries: Iterable[Library], years: TitleYears, *, film: bool) -> Callable[[Work], Work | None]:
    """Return what tells the work whose folder stands; of several that may be meant none is, and the work is left as it is.

    `years` are those that a scan's names give to titles: a bare title may be of any of them.
    """

    def standing(work: Work) -> Work | None:
        several = False
        for library in libraries:
            found = library.find(work, film=film)
            shelved = library.named(found.folder, work)
            if shelved is not None and years.may_be_another(work, shelved):
                return work
            if shelved is not None:
                return replace(shelved, year=work.year if shelved.year is None else shelved.year, ids=work.ids)
            several |= bool(found.candidates)
        return work if several else None

    return standing


def _same_number(folder: str, work: Work) -> bool:
    """Say whether a folder and a work give the same number in a database."""
    return any(not work.ids.isdisjoint(one.ids) for one in works_of(folder))


def _written(work: Work) -> str:
    return work.title if work.year is None else f"{work.title} ({work.year})"


def _respell(reading: Reading, work: Work, fact: str) -> None:
    facts = reading.facts
    facts[fact] = facts["title"] = work.title
    year = "show_year" if fact == "show" else "year"
    if work.year is not None and year not in facts:
        reading.add(FOLDER, {year: work.year, "year": work.year})


def _told_by(reader: Reader, home: str) -> list[str]:
    """Return the names in a show's folder that tell how it is kept: its seasons' folders, or one episode where it is kept flat."""
    show = works_of(home.rpartition("/")[2])[0].title
    names = sorted(names_in(reader, home))
    seasons = [name for name in names if season_named(name, show) is not None and is_folder(reader, f"{home}/{name}")]
    return seasons or [name for name in names if is_kept_flat([name])][:1]
