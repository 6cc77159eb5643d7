"""Things to watch: what is certain first, by the file's own name and its folders; then opinions, weighed against each other."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from reshelve.planner.recognise import kind_words, title_text
from reshelve.planner.recognise.agreeing_readers import weigh
from reshelve.planner.recognise.disc_folders import disc_top, is_of_dvd
from reshelve.planner.recognise.east_asian_names import spelled_out
from reshelve.planner.recognise.episodes import is_miniseries, read_episode, read_numbered, read_pack, read_show, season_of_folder
from reshelve.planner.recognise.extras import extra_folder, extra_name
from reshelve.planner.recognise.film_parts import part_alone
from reshelve.planner.recognise.films import leading_title, plain_title, read_film, without_edition
from reshelve.planner.recognise.guessit_opinion import guess
from reshelve.planner.recognise.likely_episodes import read_likely
from reshelve.planner.recognise.name_reading import FILE, FOLDER, Reading
from reshelve.planner.recognise.parsett_opinion import parse
from reshelve.planner.recognise.same_title import has_more_accents, normalise, same_title
from reshelve.planner.recognise.title_text import ends_early, is_past, without_ids
from reshelve.planner.recognise.unexplained_pieces import (
    doubts,
    is_accounted_for,
    is_plain_episode,
    is_plain_film,
    is_plain_numbered,
    is_plain_show,
)

_GENERIC = frozenset(
    name
    for line in (
        "downloads,download,complete,completed,incoming,incomplete,done,torrents,torrent,seeding,temp,tmp,new folder,desktop",
        "tv,tv shows,tv series,shows,series,television,episodes,anime,movies,movie,films,film,videos,video,media,library,misc",
        "plex,jellyfin,kodi,unsorted,_unsorted,documents,home,mnt,data,nas,share,public,inbox,backup,old,links,usb,dvd,disk",
        "documentaries,documentary,stand-up,standup,standups,comedy,kids,subs,sample,extras,server,users,stuff,other",
    )
    for name in line.split(",")
)
"""Folder names that are never a show's or a film's."""
_DASHED = re.compile(r"[ _]-[ _]\d{2,4}(?:v\d)?(?![^\W_])")
_MAYBE_SEASON = re.compile(r" [2-9]\Z")
_SAYS_NUMBERS = re.compile(r"(?:19|20)\d\d|s\d|\dx\d|se|第|с", re.IGNORECASE)
_COUNTRY = re.compile(r"[ ._]+(?:\((?:US|UK|AU|NZ|CA)\)|(?:US|UK|AU|NZ))\Z")
_NTH = re.compile(r"\d(?:st|nd|rd|th)\Z", re.IGNORECASE)
_OF_A_SHOW = ("title", "year", "show_year", *title_text.DATABASES)
_STRAY_NUMBER = re.compile(r"(?<=.)(?<![^\W_])(?<![\d][.])\d{1,4}(?![^\W_])(?![.]\d)")
"""A number inside a title, which may be an episode's."""
_COUNTED = re.compile(r"(?:0\d{1,2}(?=[ ._-])|\d{1,3}(?=[ _]+-[ _]))|\d{1,3}\Z")
"""What begins with a padded number or one before a dash is counted: "02 Title", "102 - Title"."""
_TAIL_NUMBER = re.compile(r"(?<=[ .])\d{1,4}\Z")
_WORDED = re.compile(r"(?<![^\W_])(?:e|ep|episode)[ ._-]?\d{3}(?!\d)", re.IGNORECASE)
_CHAPTER = re.compile(r"(?<![^\W_])episode[ ._](?:\d{1,2}|[ivx]+)[ ._](?=[^\W\d_])", re.IGNORECASE)
"""A film of a saga counts its episodes in full words, and has a year."""
_TITLE_AND_YEAR = re.compile(r".*\S \((?:19|20)\d\d\)(?: ?(?:\{[^{}]*\}|\[[^][]*\]))*")
"""The folder of a disc that is a film beyond doubt; a season's disc may be called anything else."""


def read_watched(stem: str, name: str, folders: list[str], *, guessing: Literal["yes", "no", "elsewhere"]) -> Reading | None:
    """Read the name of something to watch; None where slow readers are to be asked, and that is done elsewhere."""
    disc = disc_top("/".join([*folders, name])) if folders else None
    if disc is not None:
        # What its files are called is the same on every disc: only the folder that it lies in has a name of its own.
        folders = disc.split("/")[:-1]
        name = stem = folders[-1] if folders else ""
        if not stem:
            return Reading({"kind": "other", "disc_folder": disc}, {"kind": FILE, "disc_folder": FOLDER}, frozenset({"kind"}))
    elif is_of_dvd(name):
        return _loose_of_dvd(folders)
    last = folders[-1] if folders else ""
    spelled, several = spelled_out(stem)
    if name.startswith(stem):
        name = spelled + name[len(stem) :]
    stem = spelled
    whole, stem = stem, title_text.without_scene_group(stem)
    extra = extra_name(stem)
    inside = extra_folder(last, folders[-2] if len(folders) > 1 else "")
    if extra or (inside and len(folders) > 1):
        return _extra(extra, inside, folders)
    if title_text.says_nothing(stem) or title_text.is_short_for(stem, last):
        told = _by_folder(folders)
        if told.facts["kind"] == "movie":
            told.add(FILE, {"part": part_alone(stem)})
        return told
    reading = _episode(stem, folders) or _dated_film(stem, folders)
    if reading is None or several or not _is_settled(stem, folders, reading):
        if guessing == "elsewhere":
            return None
        if guessing == "yes":
            reading = _weighed(stem, name, folders, reading) or reading
            if reading is not None:
                reading.doubtful |= (
                    doubts(whole, reading.facts) | contradicted(reading, folders) | ({"title"} if several else set())
                )
        elif reading is not None:
            reading.doubtful |= {"kind"}
    if reading is None:
        return Reading({"kind": "other"}, {"kind": FILE})
    reading.add(FILE, {"quality": title_text.quality_of(stem)})
    if disc is not None:
        reading.add(FOLDER, {"disc_folder": disc.rpartition("/")[2]})
        if reading.facts["kind"] != "movie" or _TITLE_AND_YEAR.fullmatch(stem) is None:
            reading.doubtful |= {"kind"}
        if reading.facts["kind"] == "episode" and not reading.facts.get("episodes") and "date" not in reading.facts:
            # A disc of a season is no one episode.
            reading.facts["kind"] = "other"
            reading.forget("episodes")
            reading.forget("episode_title")
    return reading


def _is_settled(stem: str, folders: list[str], reading: Reading) -> bool:
    """Say whether plain words and marks are all there is in the names that a reading was taken from."""
    facts = reading.facts
    kind = facts["kind"]
    if "title" not in facts and not reading.doubtful:
        return True
    if reading.doubtful or contradicted(reading, folders):
        return False
    by_folder = reading.sources["title"] == FOLDER
    if "channel" in facts:
        stem = stem[len(facts["channel"]) :].lstrip(" ._-") if stem.startswith(facts["channel"]) else stem
    if "episodes" not in facts:
        return is_plain_film(folders[-1] if by_folder else stem, facts["title"] if kind == "movie" else None)
    if is_plain_episode(stem, facts["title"], facts["episodes"]):
        return True
    season = season_of_folder(folders[-1]) if folders else None
    return by_folder and is_plain_numbered(stem, season) and is_plain_show(folders[-1 if season is None else -2])


def contradicted(reading: Reading, folders: list[str]) -> set[str]:
    """Return which facts the folder a file is in says otherwise."""
    facts = reading.facts
    if not folders or not _SAYS_NUMBERS.search(folders[-1]):
        return set()
    season = season_of_folder(folders[-1])
    if season is not None:
        show = read_show(folders[-2]).get("show") if len(folders) > 1 and folders[-2].lower() not in _GENERIC else None
        found = {"season"} if season and facts.get("season", season) != season else set()
        return found | ({"show"} if show and "show" in facts and normalise(show) != normalise(facts["show"]) else set())
    year = facts.get("year")
    if "season" not in facts and (year is None or str(year) in folders[-1]):
        return set()
    above = _folder_reading(folders[-1])
    if above is None:
        return set()
    season = above.facts.get("season")
    found = {"season"} if season and facts.get("season", season) != season else set()
    if year and above.facts.get("year", year) != year and same_title(above.facts.get("title", ""), facts.get("title", "")):
        found.add("year")
    return found


def _extra(extra: tuple[str, str] | None, inside: str | None, folders: list[str]) -> Reading:
    """Read a sample, trailer or the like: it is no film, but may say of which film it is."""
    reading = Reading()
    reading.add(FILE if extra else FOLDER, {"kind": "other", "extra": extra[0] if extra else inside})
    of = _dated_film(extra[1], []) or _episode(extra[1], []) if extra and extra[1] else None
    source = FILE
    if of is None:
        above = folders[:-1] if inside else folders
        of = _folder_reading(above[-1]) if above else None
        source = FOLDER
    if of is not None:
        reading.add(source, {fact: value for fact, value in of.facts.items() if fact not in {"kind", "episodes"}})
    return reading


def _episode(stem: str, folders: list[str]) -> Reading | None:
    """Read an episode that the file's name, or its name inside a season's folder, gives beyond doubt."""
    season, show = _season_above(folders)
    facts = read_episode(stem) or read_pack(stem)
    reading = Reading()
    if facts is None:
        numbered = read_numbered(stem, season) if season is not None and show else None
        if numbered is None:
            return None
        reading.add(FILE, {"kind": "episode", **numbered})
        reading.add(FOLDER, {**show, "season": season})
        return reading
    show_name, channel = kind_words.bare_show(facts["show"]) if "show" in facts else ("", None)
    if channel is not None:
        facts = {**facts, "show": show_name, "title": show_name, "channel": channel}
    reading.add(FILE, facts)
    if "season" not in facts and season is not None:
        reading.add(FOLDER, {"season": season})
    if "show" in facts:
        _add_folders(reading, folders, stem)
        if title_text.QUALITY.search(facts["show"]):
            reading.doubtful = frozenset({"show", "title"})
        if kind_words.film_kind(stem, folders)[0] == "documentary" and (season is None and is_miniseries(stem)):
            reading.facts["kind"] = "documentary"
            reading.forget("season")
        elif "season" not in reading.facts and "date" not in reading.facts:
            reading.doubtful |= doubts_of_absolute(stem, reading.facts)
        return reading
    if show:
        reading.add(FOLDER, show)
    elif folders and season is None and folders[-1].lower() not in _GENERIC:
        above = _folder_reading(folders[-1])
        if above is not None and "show" in above.facts:
            reading.add(FOLDER, {fact: above.facts[fact] for fact in ("show", "title", "show_year", "year") if fact in above.facts})
        else:
            reading.add(FOLDER, read_show(folders[-1]))
            reading.doubtful = frozenset({"show", "title"} & reading.facts.keys())
    return reading


def _season_above(folders: list[str]) -> tuple[int | None, Mapping[str, Any]]:
    """Return (season, the show's facts) when the file's folder is a season's; the show is the folder above that."""
    season = season_of_folder(folders[-1]) if folders else None
    if season is None or len(folders) < 2 or folders[-2].lower() in _GENERIC:
        return season, {}
    return season, read_show(folders[-2])


def _dated_film(stem: str, folders: list[str]) -> Reading | None:
    """Read a film, documentary or stand-up special that has a title and a year, in its own name or its folder's."""
    seen = read_film(stem)
    if seen is None:
        above = _folder_reading(folders[-1]) if folders else None
        if above is None or above.facts["kind"] == "episode" or "year" not in above.facts or above.doubtful:
            return None
        title = leading_title(stem)
        same = same_title(title, above.facts["title"])
        if not same and not title_text.QUALITY.search(stem):
            return None
        reading = Reading()
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
    return reading


def _loose_of_dvd(folders: list[str]) -> Reading:
    """Read one of a DVD's files that lies without its VIDEO_TS: of the film that its folder is named after, in doubt, or none."""
    told = _by_folder(folders)
    if told.facts["kind"] != "movie":
        return Reading({"kind": "other"}, {"kind": FILE})
    told.doubtful |= {"kind"}
    return told


def _by_folder(folders: list[str]) -> Reading:
    """Read a file whose own name says nothing by the folder it is in."""
    above = _folder_reading(folders[-1]) if folders and folders[-1].lower() not in _GENERIC else None
    if above is None:
        return Reading({"kind": "other"}, {"kind": FILE})
    reading = Reading(doubtful=above.doubtful)
    reading.add(FOLDER, above.facts)
    return reading


@lru_cache(maxsize=4096)
def _folder_reading(name: str) -> Reading | None:
    """Return what a folder's own name says, or None. Readings are shared: read, never changed."""
    facts = read_episode(name)
    if facts is None:
        film = _dated_film(name, [])
        if film is not None:
            return film
        facts = read_pack(name)
    if facts is None:
        return None
    reading = Reading()
    reading.add(FOLDER, facts)
    return reading


def _weighed(stem: str, name: str, folders: list[str], film: Reading | None) -> Reading | None:
    """Read what plain patterns leave open: our own opinion and those of two other readers, weighed against each other."""
    near = [folder for folder in folders[-2:] if folder.lower() not in _GENERIC]
    own = _opinion(stem, folders, film) if film is None or "episodes" not in film.facts else film
    kind = own.facts["kind"] if own else "movie"

    def bare(facts: Mapping[str, Any]) -> Mapping[str, Any]:
        return _without_our_words(facts, kind, own.facts.get("title", "") if own else "")

    def accounts(facts: Mapping[str, Any]) -> bool:
        by_folder = own is not None and own.sources.get("title") == FOLDER
        return is_accounted_for(stem, facts, titled=not by_folder)

    opinion = (FILE, own.facts) if own else None
    weighed = weigh(opinion, lambda: bare(parse(name)), lambda: bare(guess("/".join([*near, name]))), accounts)
    if weighed is None:
        return None
    facts = weighed.facts
    if film is not None and film.sources.get("show") == FOLDER:
        weighed.doubtful |= film.doubtful
    if own is not None:
        weighed.sources |= {fact: own.sources[fact] for fact, source in weighed.sources.items() if source == FILE}
    if facts["kind"] == "episode":
        _keep_to_the_show(weighed, own)
        _add_folders(weighed, folders)
        if (
            "season" not in facts
            and "date" not in facts
            and not (weighed.unanimous and _DASHED.search(stem) and _MAYBE_SEASON.search(facts["show"]) is None)
        ):
            weighed.doubtful |= doubts_of_absolute(stem, facts)
        return weighed
    kind, by_folder = kind_words.film_kind(stem, folders)
    if kind != "movie":
        title, channel = kind_words.bare_title(facts.get("title", ""), kind)
        facts |= {"kind": kind, "title": title}
        weighed.add(FOLDER if by_folder else FILE, {"channel": channel})
    if film is not None and film.facts["kind"] != "episode" and not title_text.QUALITY.search(stem):
        weighed.doubtful |= film.doubtful
    if "year" not in facts and not title_text.QUALITY.search(stem):
        # Two readers that take any words for a film's title agree on every home video, too.
        weighed.doubtful |= {"kind"}
    return weighed


def _keep_to_the_show(reading: Reading, own: Reading | None) -> None:
    """Drop a year that others read from what follows the mark: it is an episode's title, or when that was shown."""
    title = str(own.facts.get("episode_title", "")) if own is not None and "year" not in own.facts else ""
    if str(reading.facts.get("year", "none")) in title.split():
        for fact in ("year", "show_year"):
            reading.forget(fact)
        reading.doubtful -= {"year", "show_year"}


def _without_our_words(facts: Mapping[str, Any], kind: str, own_title: str) -> Mapping[str, Any]:
    """Return another reader's facts with a title as we would have it: no editions or channels; none where it cannot be one."""
    title = facts.get("title", "")
    if (title and ends_early(title)) or not is_past(str(facts.get("year", 0))):
        return {}
    if kind == "documentary" and facts.get("kind") == "episode":
        facts = {fact: value for fact, value in facts.items() if fact not in {"season", "show"}} | {"kind": kind}
    country = _COUNTRY.search(own_title)
    if country and title and same_title(own_title[: country.start()], title):
        return {**facts, "title": own_title}
    if facts.get("kind") == "episode" and "season" in facts and _NTH.search(title):
        return {}
    if title and facts["kind"] == "episode":
        return {**facts, "title": kind_words.bare_show(title)[0]}
    if title:
        title = without_edition(title)
        title = title if kind in {"movie", "episode"} else kind_words.bare_title(title, kind)[0]
        return {**facts, "title": title}
    return facts


def doubts_of_absolute(stem: str, facts: dict[str, Any]) -> set[str]:
    """Return which facts of an episode without a season are in doubt, whoever agrees: a number may be the season's."""
    show, episodes = facts.get("show", ""), facts.get("episodes", [])
    doubts: set[str] = {"show", "title"} if _TAIL_NUMBER.search(show) else set()
    if stem[:1] not in "[【" and not _WORDED.search(stem) and any(100 <= episode < 1000 for episode in episodes):
        doubts.add("episodes")
    return doubts


def _opinion(stem: str, folders: list[str], film: Reading | None) -> Reading | None:
    """Return our own opinion of a name: a likely episode, else a doubtful film, else a plain title."""
    likely = read_likely(stem)
    reading = Reading()
    if likely is not None and not (film is not None and "season" not in likely and _CHAPTER.search(stem)):
        reading.add(FILE, likely)
        if likely["kind"] == "episode":
            _add_folders(reading, folders)
        return reading
    if film is not None:
        return film
    season, _ = _season_above(folders)
    above = _folder_reading(folders[-1]) if folders else None
    numbered = read_numbered(stem, season) if season is not None or _COUNTED.match(stem) else None
    if above is not None and above.facts.get("episodes"):
        return above
    if numbered:
        reading.add(FILE, {"kind": "episode", "season": season, **numbered})
        _add_folders(reading, folders)
        if "show" not in reading.facts and folders and season is None and folders[-1].lower() not in _GENERIC:
            reading.add(FOLDER, read_show(folders[-1]))
        return reading
    if folders and title_text.QUALITY.search(folders[-1]) and not title_text.QUALITY.search(stem):
        reading.add(FOLDER, {"kind": "movie", "title": plain_title(folders[-1])})
        return reading
    title = plain_title(without_ids(stem))
    if not title or _STRAY_NUMBER.search(title):
        return None
    reading.add(FILE, {"kind": "movie", "title": title})
    return reading


def _add_folders(reading: Reading, folders: list[str], stem: str = "") -> None:
    """Add what the folders know of an episode: its season, its show, and the show's year where they mean the same show."""
    facts = reading.facts
    season, show = _season_above(folders)
    above = _folder_reading(folders[-1]) if folders and not show else None
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
