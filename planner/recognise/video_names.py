"""Things to watch: what is certain first, by the file's own name and its folders; then opinions, weighed against each other."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from reshelve.planner.recognise import kind_words, title_text
from reshelve.planner.recognise.at_home import reading_at_home
from reshelve.planner.recognise.broadcast_dates import read_day
from reshelve.planner.recognise.disc_folders import disc_top, is_of_dvd
from reshelve.planner.recognise.east_asian_names import spelled_out
from reshelve.planner.recognise.episodes import is_miniseries, read_episode, read_numbered, read_pack, read_show, season_of_folder
from reshelve.planner.recognise.extras import extra_folder, extra_name
from reshelve.planner.recognise.film_parts import part_after
from reshelve.planner.recognise.folder_names import (
    GENERIC,
    SHELVES,
    add_folders,
    after_show,
    by_folder_alone,
    dated_film,
    folder_reading,
    is_grouped,
    is_initials,
    season_above,
    season_here,
)
from reshelve.planner.recognise.likely_episodes import is_broadcast_alone
from reshelve.planner.recognise.name_reading import FILE, FOLDER, Reading
from reshelve.planner.recognise.opinions import doubts_of_absolute, weighed
from reshelve.planner.recognise.plain_names import (
    has_one_mark,
    is_plain_episode,
    is_plain_film,
    is_plain_numbered,
    is_plain_show,
    is_show_folder,
)
from reshelve.planner.recognise.same_title import normalise, same_title
from reshelve.planner.recognise.spelled_folders import spelled_folders
from reshelve.planner.recognise.spelled_names import plain_name
from reshelve.planner.recognise.title_text import clean
from reshelve.planner.recognise.unexplained_pieces import doubts

_SAYS_NUMBERS = re.compile(r"(?:19|20)\d\d|s\d|\dx\d|se|第|с", re.IGNORECASE)
_MARK_FIRST = re.compile(r"[\[(]?(?:s\d+e\d+|\d+x\d\d)(?:(?P<closed>[\])])[ ._-]*|(?P<apart>[ ]-[ ]|-))(?=[^\W\d])", re.IGNORECASE)
_DOTTED = re.compile(r"[^\s_]+\.-\.[^\s_]+(?:-[^\W_]+|\.(?:19|20)\d\d\.[^\s_]+)")
"""A release's own name, without a space, signed by a group or with words after its year: a dash in it stands in the title."""
_OTHER_DASH = re.compile(r"(?<=[\s_])[\u2010-\u2015\u2212](?=[\s_]+\d)")
"""A dash of any make between a show and its number."""
_TITLE_AND_YEAR = re.compile(r".*\S \((?:19|20)\d\d\)(?: ?(?:\{[^{}]*\}|\[[^][]*\]))*")
"""The folder of a disc that is a film beyond doubt; a season's disc may be called anything else."""
_WHOLE_DISC = re.compile(
    r"\S*[^\W_][._](?:19|20)\d\d[._](?:\S*[._-])?(?:complete|full)[._](?:\S*[._-])?blu-?ray(?![^\W_])\S*", re.IGNORECASE
)
"""A film's disc as releases name it: title, year and COMPLETE.BLURAY. One of several says so, or has a number."""
_ONE_OF_DISCS = re.compile(
    r"(?<![^\W_])(?:(?:s|d|season|series|staffel|saison|dis[ck]|cd|dvd|bd)[ ._-]?\d{1,3}|s\d{1,2}(?:[ ._-]?[ed]\d{1,3})+)(?![^\W_])"
    r"|(?:19|20)\d\d\S*[._](?:(?:e|vol|volume|part|teil)[ ._-]?\d+|dis[ck]s?|bonus|extras?|supplements?|features"
    r"|seasons?|series|staffeln?|saisons?|collection|trilogy|boxset)"
    r"(?![^\W_])",
    re.IGNORECASE,
)


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
    folders, part, guessed = spelled_folders(folders, GENERIC)
    reading = _read(stem, name, folders, disc=disc is not None, guessing=guessing)
    if reading is None or "extra" in reading.facts:
        return reading
    if is_broadcast_alone(stem, reading.facts):
        # As many are episodes whose number was lost.
        reading.doubtful |= {"kind"}
    if part and reading.facts["kind"] == "movie":
        reading.add(FOLDER, {"part": part})
    elif guessed and reading.sources.get("season") != FILE:
        reading.doubtful |= guessed & reading.facts.keys()
    return reading if disc is None else _of_disc(reading, disc, stem)


def _read(stem: str, name: str, folders: list[str], *, disc: bool, guessing: Literal["yes", "no", "elsewhere"]) -> Reading | None:
    given = (stem, name)
    stem, several, grouped = _spelled(stem, folders)
    name = stem + name[len(given[0]) :] if name.startswith(given[0]) else name
    extra = extra_name(stem)
    inside = extra_folder(folders[-1], folders[-2] if len(folders) > 1 else "") if folders else None
    if extra or (inside and len(folders) > 1):
        return _extra(extra, inside, folders)
    if _is_told_by_folder(stem, folders) or (grouped and _is_told_by_folder(given[0], folders)):
        told = by_folder_alone(folders)
        if told.facts["kind"] == "movie":
            told.add(FILE, {"part": part_after(stem, 0)})
        return told
    reading = _episode(stem, folders) or dated_film(stem, folders)
    if reading is None or several or not _is_settled(stem, folders, reading):
        if guessing == "elsewhere":
            return None
        if guessing == "yes":
            reading = weighed(stem, name, folders, reading) or reading
            if reading is not None:
                reading.doubtful |= doubts(stem, reading.facts) | contradicted(reading, folders)
                dashed = " - " in str(reading.facts.get("title", "")) and not _DOTTED.fullmatch(stem)
                if reading.unanimous and f"({reading.facts.get('year')})" in stem and reading.facts["kind"] == "movie":
                    # All that stands before a year in brackets is the title, as in a library.
                    dashed = False
                if dashed or ((several or grouped) and reading.sources.get("title") != FOLDER):
                    # What follows a dash is as often an episode's title, a second name or somebody's.
                    reading.doubtful |= {"title"}
            if not disc and (reading is None or not reading.certain):
                reading = reading_at_home(folders, lambda: read_watched(*given, [], guessing="yes")) or reading
        elif reading is not None:
            reading.doubtful |= {"kind"}
    if reading is None:
        return Reading({"kind": "other"}, {"kind": FILE})
    reading.add(FILE, {"quality": title_text.quality_of(stem)})
    return reading


def _spelled(stem: str, folders: list[str]) -> tuple[str, bool, bool]:
    """Return (a stem as others would spell it, has it several titles or guessed ones, was a group before it)."""
    if not stem.isascii():
        stem = _OTHER_DASH.sub("-", stem)
    bare = title_text.without_scene_group(stem)
    plain, guessed = plain_name(bare, folders[-1] if folders else "")
    spelled, several = spelled_out(plain)
    grouped = bare != stem
    return spelled, several or guessed or (grouped and not title_text.is_plain_group(stem, bare)), grouped


def _of_disc(reading: Reading, disc: str, stem: str) -> Reading:
    """Return a reading of the name of a disc's folder as that of the disc: a film's, or in doubt."""
    reading.add(FOLDER, {"disc_folder": disc.rpartition("/")[2]})
    if reading.facts["kind"] != "movie" or not (_TITLE_AND_YEAR.fullmatch(stem) or _is_films_disc(stem)):
        reading.doubtful |= {"kind"}
    if reading.facts["kind"] == "episode" and not reading.facts.get("episodes") and "date" not in reading.facts:
        # A disc of a season is no one episode.
        reading.facts["kind"] = "other"
        reading.forget("episodes")
        reading.forget("episode_title")
    return reading


def _is_films_disc(stem: str) -> bool:
    """Say whether a release's name is that of the one disc of a film: "Film.2006.COMPLETE.BLURAY-GRP"."""
    return _WHOLE_DISC.fullmatch(stem) is not None and _ONE_OF_DISCS.search(stem) is None


def _is_told_by_folder(stem: str, folders: list[str]) -> bool:
    """Say whether a stem tells nothing by itself, or is short for the name of its folder; "Part 5" in a season's is an episode."""
    if title_text.says_nothing(stem):
        season, show = season_here(folders)
        return season is None or not show or read_numbered(stem, season) is None
    return title_text.is_short_for(stem, folders[-1] if folders else "") or is_initials(stem, folders) or is_grouped(stem, folders)


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
    if season is not None and season == facts.get("season") and has_one_mark(stem) and _confirms(folders, facts):
        return True
    if not by_folder:
        return False
    if facts.get("date", "").startswith(f"{season}-"):
        return is_plain_show(folders[-2])
    return is_plain_numbered(after_show(stem, facts["title"]) or stem, season) and is_plain_show(
        folders[-1 if season is None else -2]
    )


def _confirms(folders: list[str], facts: Mapping[str, Any]) -> bool:
    """Say whether the folder above a season's is called as the show is, and nothing else: two have said it."""
    if len(folders) < 2 or folders[-2].lower() in GENERIC or not is_show_folder(folders[-2]):
        return False
    return same_title(read_show(folders[-2]).get("show", ""), facts["title"])


def contradicted(reading: Reading, folders: list[str]) -> set[str]:
    """Return which facts the folder a file is in says otherwise."""
    facts = reading.facts
    if not folders or not _SAYS_NUMBERS.search(folders[-1]):
        return set()
    season = season_of_folder(folders[-1])
    if season is not None:
        named = read_show(folders[-2]) if len(folders) > 1 and folders[-2].lower() not in GENERIC else {}
        show, year = named.get("show"), named.get("year")
        found = {"season"} if season and facts.get("season", season) != season else set()
        if year and facts.get("year", year) != year:
            found.add("show_year")
        own = normalise(facts.get("show", ""))
        spelled = {normalise(show), normalise(kind_words.bare_show(show)[0])} if show and own else {own}
        return found if own in spelled else found | {"show"}
    year = facts.get("year")
    if "season" not in facts and (year is None or str(year) in folders[-1]):
        return set()
    above = folder_reading(folders[-1])
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
    of = dated_film(extra[1], []) or _episode(extra[1], []) if extra and extra[1] else None
    source = FILE
    if of is None:
        above = folders[:-1] if inside else folders
        of = folder_reading(above[-1]) if above else None
        source = FOLDER
    if of is not None:
        reading.add(source, {fact: value for fact, value in of.facts.items() if fact not in {"kind", "episodes"}})
    return reading


def _episode(stem: str, folders: list[str]) -> Reading | None:
    """Read an episode that the file's name, or its name inside a season's folder, gives beyond doubt."""
    season, show = season_above(folders)
    facts = read_episode(stem) or read_pack(stem)
    reading = Reading()
    if facts is None:
        season, show = season_here(folders)
        if season is None or not show:
            return None
        day = read_day(stem)
        if day is not None and day.plain and day.start == 0:
            reading.add(FILE, {"kind": "episode", "episodes": [], "date": day.iso, "episode_title": clean(stem[day.end :]) or None})
            reading.add(FOLDER, dict(show))
            return reading
        rest = after_show(stem, show["show"])
        numbered = read_numbered(stem if rest is None else rest, season, loosely=rest is not None)
        if numbered is None:
            return None
        reading.add(FILE, {"kind": "episode", **numbered})
        reading.add(FOLDER, {**show, "season": season})
        return reading
    show_name, channel = kind_words.bare_show(facts["show"]) if "show" in facts else ("", None)
    if channel is not None:
        facts = {**facts, "show": show_name, "title": show_name, "channel": channel}
    reading.add(FILE, facts)
    if season is not None and ("season" not in facts or is_miniseries(stem)):
        reading.forget("season")
        reading.add(FOLDER, {"season": season})
    if "show" in facts:
        add_folders(reading, folders, stem)
        if title_text.QUALITY.search(facts["show"]):
            reading.doubtful = frozenset({"show", "title"})
        if season is None and is_miniseries(stem) and kind_words.film_kind(stem, folders)[0] == "documentary":
            reading.facts["kind"] = "documentary"
            reading.forget("season")
        elif "season" not in reading.facts and "date" not in reading.facts:
            reading.doubtful |= doubts_of_absolute(stem, reading.facts)
        return reading
    if show:
        reading.add(FOLDER, show)
    elif folders and season is None and folders[-1].lower() not in GENERIC:
        above = folder_reading(folders[-1])
        if above is not None and "show" in above.facts:
            reading.add(FOLDER, {fact: above.facts[fact] for fact in ("show", "title", "show_year", "year") if fact in above.facts})
        else:
            reading.add(FOLDER, read_show(folders[-1]))
            if "year" not in reading.facts and not (len(folders) > 1 and folders[-2].lower() in SHELVES):
                reading.doubtful = frozenset({"show", "title"} & reading.facts.keys())
    if "show" not in reading.facts:
        _add_show_after_mark(reading, stem)
    return reading


def _add_show_after_mark(reading: Reading, stem: str) -> None:
    """Add the show that may follow the mark of its episode, before the episode's title: "1x05 - Harbor - Storm"."""
    found = _MARK_FIRST.match(stem)
    if found is None:
        return
    first, _, rest = stem[found.end() :].partition(found["apart"] or " - ")
    if rest or found["closed"]:
        reading.forget("episode_title")
        reading.add(FILE, {**read_show(first), "episode_title": rest.strip() or None})
        reading.doubtful = frozenset({"show", "title"})


def _loose_of_dvd(folders: list[str]) -> Reading:
    """Read one of a DVD's files that lies without its VIDEO_TS: of the film that its folder is named after, in doubt, or none."""
    told = by_folder_alone(folders)
    if told.facts["kind"] != "movie":
        return Reading({"kind": "other"}, {"kind": FILE})
    told.doubtful |= {"kind"}
    return told
