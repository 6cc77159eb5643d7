"""Folders above a file: what their names say of it, and which of them are never a show's or a film's."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from reshelve.planner.recognise import kind_words, title_text
from reshelve.planner.recognise.episodes import read_episode, read_pack, read_show, season_of_folder
from reshelve.planner.recognise.film_parts import without_disc
from reshelve.planner.recognise.films import leading_title, read_film
from reshelve.planner.recognise.name_reading import FILE, FOLDER, Reading
from reshelve.planner.recognise.same_title import has_more_accents, normalise, same_title
from reshelve.planner.recognise.title_text import until_quality

GENERIC = frozenset(
    name
    for line in (
        "downloads,download,complete,completed,incoming,incomplete,done,torrents,torrent,seeding,temp,tmp,new folder,desktop",
        "tv,tv shows,tv series,shows,series,television,episodes,anime,movies,movie,films,film,videos,video,media,library,misc",
        "plex,jellyfin,kodi,unsorted,_unsorted,documents,home,mnt,data,nas,share,public,inbox,backup,old,links,usb,dvd,disk",
        "talk shows,sports,recordings,tv recordings,recorded tv,recorded,aufnahmen,enregistrements,grabaciones,dvr,pvr",
        "documentaries,documentary,stand-up,standup,standups,comedy,kids,subs,sample,extras,server,users,stuff,other",
    )
    for name in line.split(",")
)
"""Folder names that are never a show's or a film's."""
SHELVES = frozenset({"tv", "tv shows", "tv series", "shows", "series", "television", "anime"})
"""Folders of shows: what lies in one, and is no season, is called after a show."""
_OF_A_SHOW = ("title", "year", "show_year", *title_text.DATABASES)


def dated_film(stem: str, folders: list[str]) -> Reading | None:
    """Read a film, documentary or stand-up special that has a title and a year, in its own name or its folder's."""
    seen = read_film(stem)
    if seen is None:
        above = folder_reading(folders[-1]) if folders else None
        if above is None or above.facts["kind"] == "episode" or "year" not in above.facts:
            return None
        title = leading_title(stem)
        same = same_title(title, above.facts["title"])
        if not same and (above.doubtful or not title_text.QUALITY.search(stem)):
            return None
        reading = Reading(doubtful=above.doubtful)
        reading.add(FOLDER, above.facts)
        if not same:
            reading.doubtful = frozenset({"title", "year"})
        return reading
    facts, sure = seen
    kind, by_folder = kind_words.film_kind(stem, folders)
    title, channel = kind_words.bare_title(facts["title"], kind)
    reading = Reading()
    if by_folder:
        reading.add(FOLDER, {"kind": kind})
    reading.add(FILE, {"kind": kind, "title": title, **facts, "channel": channel} | {"title": title, "kind": kind})
    if not sure and kind == "movie":
        reading.doubtful = frozenset({"title", "year"})
    if kind_words.is_kind_in_doubt(kind, stem, title, folders):
        reading.doubtful |= {"kind"}
    return reading


def season_above(folders: list[str]) -> tuple[int | None, Mapping[str, Any]]:
    """Return (season, the show's facts) when the file's folder is a season's; the show is the folder above that."""
    season = season_of_folder(folders[-1]) if folders else None
    if season is None or len(folders) < 2 or folders[-2].lower() in GENERIC:
        return season, {}
    return season, read_show(folders[-2])


@lru_cache(maxsize=4096)
def folder_reading(name: str) -> Reading | None:
    """Return what a folder's own name says, or None. Readings are shared: read, never changed."""
    facts = read_episode(name)
    if facts is None:
        film = dated_film(name, [])
        if film is not None:
            return film
        facts = read_pack(name)
    if facts is None:
        return None
    reading = Reading()
    reading.add(FOLDER, facts)
    return reading


def season_here(folders: list[str]) -> tuple[int | None, Mapping[str, Any]]:
    """Return (season, the show's facts) of a folder that is a season's, or a release's of a whole season."""
    season, show = season_above(folders)
    above = folder_reading(folders[-1]) if folders and season is None else None
    if above is None or above.facts["kind"] != "episode" or above.facts.get("episodes") or "season" not in above.facts:
        return season, show
    return above.facts["season"], {fact: above.facts[fact] for fact in ("show", *_OF_A_SHOW) if fact in above.facts}


def after_show(stem: str, show: str) -> str | None:
    """Return what stands after a show's name, and its year, at the front of a stem; None where it does not, or two numbers do."""
    wanted, at = [word.casefold() for word in _WORD.findall(show)], 0
    initials = "".join(word[0] for word in wanted)
    if (
        len(initials) > 1
        and stem[: len(initials)].casefold() == initials
        and stem[len(initials) : len(initials) + 1] in {".", "-", "_"}
    ):
        wanted = [initials]
    for word, found in zip(wanted, _WORD.finditer(stem), strict=False):
        if found.group().casefold() != word:
            return None
        at = found.end()
    rest = _YEAR_FIRST.sub("", stem[at:]).lstrip(" ._-")
    return rest if at and rest and len(_WORD.findall(stem)) > len(wanted) and not _TWO_NUMBERS.match(rest) else None


_WORD = re.compile(r"[^\W_]+")
_TWO_NUMBERS = re.compile(r"(?:ep?[ ._]?)?\d{1,4}(?:v\d)?[ ._]?[-&+,~ ._][ ._]?(?:ep?[ ._]?)?\d", re.IGNORECASE)
"""Several episodes, or a date."""
_YEAR_FIRST = re.compile(r"\A[ ._-]*[(\[](?:19|20)\d\d[)\]]")


def is_initials(stem: str, folders: list[str]) -> bool:
    """Say whether a stem is what the words of a film begin with, in a folder called by its title and year."""
    above = folder_reading(folders[-1]) if folders and stem.isalpha() else None
    if above is None or above.doubtful or above.facts["kind"] != "movie" or "year" not in above.facts:
        return False
    letters = [word[0].casefold() for word in _WORD.findall(above.facts["title"])]
    return len(letters) > 1 and stem.casefold() in {"".join(letters), "".join(letters[1:]) if len(letters) > 2 else ""}


def is_grouped(stem: str, folders: list[str]) -> bool:
    """Say whether a stem is the title and year of its folder, run together, with a group before or after it: "grp-openroad"."""
    short = folders and "-" in stem and " " not in stem and len(stem) <= len(folders[-1])
    above = folder_reading(folders[-1]) if short else None
    if above is None or above.doubtful or above.facts["kind"] != "movie" or "year" not in above.facts:
        return False
    bare = until_quality(without_disc(stem)).strip(" ._-")
    title, year = normalise(above.facts["title"]), str(above.facts["year"])
    first, _, after = bare.partition("-")
    before, _, last = bare.rpartition("-")
    told = [piece for group, piece in ((first, after), (last, before)) if group.isalnum() and not group.isdecimal()]
    return any(normalise(piece) in {title, title + year} for piece in told)


def by_folder_alone(folders: list[str]) -> Reading:
    """Read a file whose own name says nothing by the folder it is in."""
    above = folder_reading(folders[-1]) if folders and folders[-1].lower() not in GENERIC else None
    if above is None:
        return Reading({"kind": "other"}, {"kind": FILE})
    reading = Reading(doubtful=above.doubtful)
    reading.add(FOLDER, above.facts)
    if (
        reading.facts["kind"] == "episode"
        and "show" not in reading.facts
        and len(folders) > 1
        and folders[-2].lower() not in GENERIC
    ):
        reading.add(FOLDER, read_show(folders[-2]))
        reading.doubtful |= {"show", "title"}
    if reading.facts["kind"] == "episode" and not reading.facts.get("episodes") and "date" not in reading.facts:
        # One of a season's files, but which?
        reading.doubtful |= {"kind"}
    return reading


def keep_to_the_day(reading: Reading, folders: list[str]) -> None:
    """Give the episode of a day the show that its folder is called after; what stands beside the day is then its title."""
    facts, day = reading.facts, str(reading.facts.get("date", ""))
    if not day or facts.get("episodes") or reading.sources.get("show") != FILE:
        return
    above = folders[:-1] if folders and folders[-1] == day[:4] else folders
    if not above or above[-1].lower() in GENERIC or title_text.QUALITY.search(above[-1]) or season_of_folder(above[-1]) is not None:
        return
    show, own = read_show(above[-1]), str(facts["show"])
    if not show or normalise(own) in normalise(show["show"]) or normalise(show["show"]) in normalise(own):
        return
    for fact in ("show", "title", "episode_title"):
        reading.forget(fact)
    reading.add(FOLDER, show)
    reading.add(FILE, {"episode_title": own})
    reading.doubtful |= {"show", "title"}


def add_folders(reading: Reading, folders: list[str], stem: str = "") -> None:
    """Add what the folders know of an episode: its season, its show, and the show's year where they mean the same show."""
    facts = reading.facts
    season, show = season_above(folders)
    above = folder_reading(folders[-1]) if folders and not show else None
    if above is not None and "title" in above.facts:
        known: dict[str, Any] = {fact: above.facts[fact] for fact in _OF_A_SHOW if fact in above.facts}
        show = {"show": known["title"], **known}
        season = above.facts.get("season")
    if "show" not in facts and show:
        reading.add(FOLDER, show)
    elif show:
        named, own = show["show"], facts["show"]
        same = same_title(named, own)
        if (
            above is None
            and normalise(named) != normalise(own)
            and reading.sources["show"] == FILE
            and not reading.facts.get("date")
        ):
            # "Harbor/Season 1/Storm - 1x05": an episode's title stands before the number; a release's name is a show's.
            if stem and not title_text.QUALITY.search(stem):
                reading.facts["show"] = reading.facts["title"] = named
                reading.sources["show"] = reading.sources["title"] = FOLDER
                reading.add(FOLDER, {"season": season})
            return
        if not same and (above is not None or normalise(named) != normalise(own)):
            return
        if above is None and (not same or has_more_accents(named, own)):
            # Without its article or accents, "office" in "The Office/Season 3": the show's own folder spells it out.
            for fact in ("show", "title"):
                reading.forget(fact)
                reading.add(FOLDER, {fact: show[fact]})
        if "year" in show:
            reading.add(FOLDER, {"show_year": show["year"], "year": show["year"]})
        reading.add(FOLDER, {database: show[database] for database in title_text.DATABASES if database in show})
    reading.add(FOLDER, {"season": season})
