"""The recogniser of names: the file's own name first, then its folders, then a guess."""

from functools import lru_cache
from typing import Any

from planner.discs import disc_top
from planner.recognise import clips, kinds, sounds, titles
from planner.recognise.episodes import read_episode, read_numbered, read_pack, read_show, season_of_folder
from planner.recognise.extras import extra_folder, extra_name
from planner.recognise.films import leading_title, read_film
from planner.recognise.guesses import guess
from planner.recognise.reading import FILE, FOLDER, GUESS, Reading
from planner.recognise.tables import halves, is_disc, is_partial, languages, media_type

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
_MAIN_STEMS = frozenset({"movie", "video", "film", "main", "feature", "title", "output", "file", "index", "video_ts"})


class NameRecogniser:
    """Reads names without touching a disk. What plain patterns settle is certain; what only guessit saw is doubtful."""

    __slots__ = ()

    def read(self, rel: str) -> Reading:
        """Return the facts of the item at `rel`. Never raises for a name; a hostile one costs no more than a long one."""
        path, _, name = rel.rpartition("/")
        folders = path.split("/") if path else []
        stem, ext = halves(name)
        media = media_type(ext) if disc_top(path) is None else "video"
        if not name or name[0] == "." or is_partial(name):
            return Reading({"kind": "other"}, {"kind": FILE})
        if media in {"audio", "image"}:
            return _still_or_sound(stem, ext, media, folders)
        if media == "subtitle":
            return _subtitle(stem, name, folders)
        if media == "document":
            return Reading({"kind": "other"}, {"kind": FILE})
        if media == "other" and ext and not is_disc(ext):
            # No extension anyone knows: the dot was part of a release's name, or this is not for us.
            if not titles.QUALITY.search(name) and not read_episode(name):
                return Reading({"kind": "other"}, {"kind": FILE})
            stem = name.rstrip()
        if media != "other":
            own = clips.read_clip(stem) or clips.read_generated(stem, folders)
            if own:
                reading = Reading()
                reading.add(FILE, {"kind": "other", **own})
                return reading
        return _film(stem, name, folders, guessing=media == "video" or (not ext or not is_disc(ext)))


def _still_or_sound(stem: str, ext: str, media: str, folders: list[str]) -> Reading:
    reading = Reading()
    if media == "image":
        reading.add(FILE, {"kind": "image", **(clips.read_clip(stem) or clips.read_generated(stem, folders) or {})})
        return reading
    if kinds.is_audiobook(stem, ext, folders):
        facts, by_folder = sounds.read_book(stem, folders)
        reading.add(FILE, {"kind": "audiobook"})
    else:
        facts, by_folder = sounds.read_track(stem, folders)
        reading.add(FILE, {"kind": "music"})
    reading.add(FILE, facts)
    reading.add(FOLDER, by_folder)
    return reading


def _subtitle(stem: str, name: str, folders: list[str]) -> Reading:
    """Read a subtitle as what it is the subtitle of, and its language."""
    base, _, tag = stem.rpartition(".")
    code = languages().get(tag.lower()) if base else None
    reading = _film(base if code else stem, name, folders, guessing=False)
    reading.add(FILE, {"language": code})
    return reading


def _film(stem: str, name: str, folders: list[str], *, guessing: bool) -> Reading:
    """Read the name of something to watch."""
    disc = disc_top("/".join(folders)) if folders else None
    if disc is not None:
        folders = disc.split("/")[:-1]
        stem = folders[-1] if folders else ""
    last = folders[-1] if folders else ""
    extra = extra_name(stem)
    inside = extra_folder(last, folders[-2] if len(folders) > 1 else "")
    if extra or (inside and len(folders) > 1):
        return _extra(extra, inside, folders)
    if titles.is_gibberish(stem) or stem.lower() in _MAIN_STEMS:
        return _by_folder(folders)
    reading = _episode(stem, folders) or _dated_film(stem, folders)
    if guessing and (reading is None or "title" in reading.doubtful):
        guessed = _guess(stem, name, folders)
        if reading is None or (guessed is not None and _is_episode_after_all(guessed, reading)):
            reading = guessed
    if reading is None:
        return Reading({"kind": "other"}, {"kind": FILE})
    reading.add(FILE, {"quality": titles.quality_of(stem)})
    if disc is not None:
        reading.add(FOLDER, {"disc": disc.rpartition("/")[2]})
        reading.doubtful |= {"kind"}
    return reading


def _is_episode_after_all(guessed: Reading, film: Reading) -> bool:
    """Say whether a guess unmasks a doubtful film as an episode; "2049" taken apart into 20x49 does not."""
    facts = guessed.facts
    apart = [facts.get("season", 0) * 100 + episode for episode in facts.get("episodes", [])]
    return bool(facts["kind"] == "episode" and apart != [film.facts.get("year")])


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
        numbered = read_numbered(stem) if season is not None and show else None
        if numbered is None:
            return None
        reading.add(FILE, {"kind": "episode", **numbered})
        reading.add(FOLDER, {**show, "season": season})
        return reading
    reading.add(FILE, facts)
    if "season" not in facts and season is not None:
        reading.add(FOLDER, {"season": season})
    if "show" in facts:
        if show and "show_year" not in facts and "show_year" in show and titles.same_title(show["show"], facts["show"]):
            reading.add(FOLDER, {"show_year": show["show_year"], "year": show["year"]})
        if kinds.film_kind(stem, folders)[0] == "documentary" and "season" not in reading.facts:
            reading.facts["kind"] = "documentary"
        return reading
    if show:
        reading.add(FOLDER, show)
    elif folders and folders[-1].lower() not in _GENERIC:
        above = _folder_reading(folders[-1])
        if above is not None and "show" in above.facts:
            reading.add(FOLDER, {fact: above.facts[fact] for fact in ("show", "title", "show_year", "year") if fact in above.facts})
        else:
            reading.add(FOLDER, read_show(folders[-1]))
            reading.doubtful = frozenset({"show", "title"} & reading.facts.keys())
    return reading


def _season_above(folders: list[str]) -> tuple[int | None, dict[str, Any]]:
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
        same = titles.same_title(title, above.facts["title"])
        if not same and not titles.QUALITY.search(stem):
            return None
        reading = Reading()
        reading.add(FOLDER, above.facts)
        if not same:
            reading.doubtful = frozenset({"title", "year"})
        return reading
    facts, sure = seen
    kind, by_folder = kinds.film_kind(stem, folders)
    title, channel = kinds.bare_title(facts["title"], kind)
    reading = Reading()
    if by_folder:
        reading.add(FOLDER, {"kind": kind})
    reading.add(FILE, {"kind": kind, "title": title, **facts, "channel": channel} | {"title": title, "kind": kind})
    if not sure and kind == "movie":
        reading.doubtful = frozenset({"title", "year"})
    return reading


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


def _guess(stem: str, name: str, folders: list[str]) -> Reading | None:
    """Read what only guessit makes out, all of it doubtful."""
    near = [folder for folder in folders[-2:] if folder.lower() not in _GENERIC]
    facts = guess("/".join([*near, name]))
    if not facts:
        return None
    kind, by_folder = kinds.film_kind(stem, folders)
    reading = Reading()
    if facts["kind"] == "movie" and kind != "movie":
        title, channel = kinds.bare_title(facts.get("title", ""), kind)
        reading.add(FOLDER if by_folder else FILE, {"kind": kind, "channel": channel})
        reading.add(GUESS, {"title": title or None})
    reading.add(GUESS, facts)
    reading.doubtful = frozenset(reading.facts)
    return reading
