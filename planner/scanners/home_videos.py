"""Home videos: what a household took itself is named much as films and shows are, and is none of them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from reshelve.planner.library.show_homes import Homes, work_of
from reshelve.planner.recognise.broadcast_dates import read_day
from reshelve.planner.recognise.copy_names import without_copy
from reshelve.planner.recognise.episodes import season_of_folder
from reshelve.planner.recognise.extension_tables import halves, languages, media_type, release_words
from reshelve.planner.recognise.film_parts import begins_with_part
from reshelve.planner.recognise.films import ADVISED, edition_in
from reshelve.planner.recognise.folder_names import SHELVES, folder_reading
from reshelve.planner.recognise.name_reading import FOLDER, Reading
from reshelve.planner.recognise.same_title import normalise, same_title
from reshelve.planner.recognise.title_text import QUALITY, YEAR, without_ids
from reshelve.planner.rules.place_templates import PlaceTemplate
from reshelve.planner.scanners.unknown_endings import with_doubt

HOME_VIDEO = "home video"
"""What a name in doubt may be of instead, as the reason says it."""
_OF_A_SHOW = ("show", "show_year", "season", "episodes")
_WATCHED = frozenset({"episode", "movie", "documentary", "standup"})
_MERE = re.compile(
    r"(?<![^\W_])(?:\d{3,4}[pi]|480|720|1080|2160|[48]k|u?f?hd|full[ ._-]?hd|hdr(?:10)?|10bit|"
    r"\d{2,3}fps|\d{3,4}x\d{3,4}|[hx][-. ]?26[45]|hevc|avc)(?![^\W_])",
    re.IGNORECASE,
)
"""What a camera or an editor says of its videos, as a release does of a film."""
_GLUED = re.compile(r"(?<![^\W_])(?:tc|ts|hc|cam|web|bd|dvd|hq)\d{3,4}p(?![^\W_])", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_YEAR_BESIDE = re.compile(r"\A(?:19|20)\d\d[\W_]+|[\W_]+(?:19|20)\d\d\W*\Z")
_ASIDE = re.compile(r"\[[^][]*\]|\{[^{}]*\}")
_NAMED_AS_ADVISED = re.compile(r"[)\]}]\s*(?:-\s|[(\[{]|\Z)")
"""After a year in brackets: the end, a label after a dash, or something in brackets of its own."""
_SIGNED = re.compile(r"(?<![^\W_])(?:480|720|1080|2160)[pi]?[ ._-]+[\[(][^][()]+[\])]\Z")
"""A group in brackets after a resolution."""
_GROUP = re.compile(r"[^\s]*[^\s._-]-[A-Za-z\d]{2,}\Z")
_DASH_BEFORE_DAY = re.compile(r"\S\s+-\s+[\[(]?\d")
_FEW = 3
"""Words of a name that somebody gives to a day: "Team Meeting 2023-05-06"."""
_SHORTEST_LANGUAGE = 4


def judged(rel: str, reading: Reading) -> Reading:
    """Return a reading of what may be no film or show after all: as nothing to watch, or its kind doubted; others as they are.

    Its ending tells (`with_doubt`), or the folder, that it is a household's own, or a song; or its name, that says nothing of a
    release, and has words left over after its year. What is heard in a folder of podcasts or the like is no music.
    """
    reading = with_doubt(rel, reading)
    facts, (*folders, name) = reading.facts, rel.split("/")
    stem, ext = halves(name)
    if facts.get("kind") == "music" and any(_plain(folder) in _named()["sounds"] for folder in folders):
        return Reading({"kind": "other"}, {"kind": FOLDER})
    if facts.get("kind") not in _WATCHED or media_type(ext) != "video":
        return reading
    if any(_is_of_home_videos(folder, reading) for folder in folders):
        marked = facts["kind"] == "episode" and facts.get("episodes") and "season" in facts
        told = marked or _tells_of_release(stem) or ADVISED.fullmatch(without_ids(stem).strip())
        return _doubted(reading) if told else _none_to_watch(reading)
    if facts["kind"] == "episode" and "season" not in facts and "date" not in facts and any(map(_is_of_songs, folders)):
        return _none_to_watch(reading)
    if "kind" in reading.doubtful or _is_shelved(folders, facts) or _tells_of_release(stem):
        return reading
    return _doubted(reading) if facts["kind"] == "movie" and _says_more(stem, reading) else reading


def doubt_days(readings: dict[str, Reading], homes: Homes, places: Iterable[PlaceTemplate], store: str) -> None:
    """Doubt what only a day makes an episode, where no database knew it and its show has no folder yet. Changes the readings."""
    places = list(places)
    for rel, reading in readings.items():
        facts, (*folders, name) = reading.facts, rel.split("/")
        stem, ext = halves(name)
        if facts.get("kind") != "episode" or "date" not in facts or media_type(ext) != "video" or "kind" in reading.doubtful:
            continue
        told = ext in _named()["recorder"] or _is_shelved(folders, facts) or _is_dotted(stem) or _tells_of_release(stem)
        if not told and _is_only_a_day(stem, reading):
            work = work_of(facts)
            if work is None or next(homes.standing(work, places, store), None) is None:
                readings[rel] = _doubted(reading)


def _none_to_watch(reading: Reading) -> Reading:
    facts = {name: value for name, value in reading.facts.items() if name not in _OF_A_SHOW} | {"kind": "other"}
    sources = {name: source for name, source in reading.sources.items() if name in facts} | {"kind": FOLDER}
    return Reading(facts, sources)


def _doubted(reading: Reading) -> Reading:
    if "kind" in reading.doubtful:
        return reading
    others = reading.alternatives | {"kind": [*reading.alternatives.get("kind", ()), HOME_VIDEO]}
    return replace(reading, doubtful=reading.doubtful | {"kind"}, alternatives=others)


def _is_of_home_videos(folder: str, reading: Reading) -> bool:
    """Say whether a folder is called as those of home videos are, and not after its show or film: one is called "Home Movies"."""
    facts = reading.facts
    name = _plain(_YEAR_BESIDE.sub("", folder))
    if name not in _named()["folder"]:
        return False
    # Of a day alone the folder is taken for its show, whatever it is.
    said = [fact for fact in ("show", "title") if fact in facts and (reading.sources.get(fact) != FOLDER or "season" in facts)]
    return not any(_plain(str(facts[fact])) == name for fact in said)


def _is_of_songs(folder: str) -> bool:
    return _plain(folder) in _named()["songs"]


def _is_shelved(folders: list[str], facts: Mapping[str, Any]) -> bool:
    """Say whether a folder tells that films or shows lie in it: a shelf of them, a season, or one of this very title."""
    shelves, title = _named()["shelf"], normalise(str(facts.get("title", "")))
    for folder in folders:
        if folder.lower() in SHELVES or _plain(folder) in shelves or season_of_folder(folder) is not None:
            return True
        if title and normalise(folder) == title:
            return True
    above = folder_reading(folders[-1]) if folders else None
    return above is not None and "year" in above.facts and same_title(str(above.facts.get("title")), str(facts.get("title")))


def _is_dotted(stem: str) -> bool:
    """Say whether a name is written with dots for its spaces, as releases are and nobody's own videos."""
    return " " not in stem and stem.count(".") > 1


def _tells_of_release(stem: str) -> bool:
    """Say whether anything in a name tells of a release: where it is from, its edition, its language, its group."""
    bare = _MERE.sub("", stem)
    if (
        QUALITY.search(bare)
        or _GLUED.search(stem)
        or _SIGNED.search(stem)
        or edition_in(stem)
        or (" " not in stem and _GROUP.fullmatch(stem))
        or without_ids(stem) != stem
    ):
        return True
    rows = release_words()
    told = (rows["tells"] | rows["languages"] | rows["edition"]) - {"the", "s", "japan"}
    words = [word.lower() for word in _WORD.findall(bare)]
    return any(word in told or (len(word) >= _SHORTEST_LANGUAGE and word in languages()) for word in words[1:])


def _says_more(stem: str, reading: Reading) -> bool:
    """Say whether words are left over after a film's year that tell nothing of it."""
    year = reading.facts.get("year")
    if year is None or FOLDER in (reading.sources.get("title"), reading.sources.get("year")):
        return False
    found = [one for one in YEAR.finditer(stem, 1) if int(one.group()) == year]
    if not found:
        return False
    rest = without_copy(stem)[found[-1].end() :]
    if _NAMED_AS_ADVISED.match(rest) or begins_with_part(rest.lstrip(" ._-)")):
        return False
    # What follows a resolution is a group that releases are signed with: "Harbor 2016 720p YIFY".
    left = _WORD.findall(_MERE.split(_ASIDE.sub("", rest), maxsplit=1)[0])
    left = [word for word in map(str.lower, left) if media_type(word) != "video" and not word.isdecimal()]
    left = [word for word in left if word not in languages() and word not in _named()["release"]]
    # Nobody writes "Zoo.2013.Berlin", and many a release has one word that no table knows.
    return len(left) > (1 if _is_dotted(stem) else 0)


def _is_only_a_day(stem: str, reading: Reading) -> bool:
    """Say whether a name of few words gives a day and tells nothing of television; "Show - 2012-05-06" is how servers want it."""
    facts = reading.facts
    if read_day(stem) is None or facts.get("episodes") or "season" in facts or reading.sources.get("show") == FOLDER:
        return False
    words = [word.lower() for word in _WORD.findall(str(facts.get("show", "")))]
    if len(words) > _FEW or _DASH_BEFORE_DAY.search(stem) or "channel" in facts:
        return False
    return _named()["television"].isdisjoint(words)


@cache
def _named() -> dict[str, frozenset[str]]:
    """Return the names of the table by what they are of: those of folders without what makes no difference."""
    lists = {"folder", "shelf", "songs", "sounds"}
    names: dict[str, set[str]] = {kind: set() for kind in (*lists, "television", "recorder", "release")}
    for line in files("reshelve.planner").joinpath("media", "home_videos.txt").read_text(encoding="utf-8").splitlines():
        kind, _, told = line.partition(": ")
        if kind in names:
            names[kind].update(map(_plain, told.split(";")) if kind in lists else told.split())
    return {kind: frozenset(some) for kind, some in names.items()}


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    spelled = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in spelled if char.isalnum())
