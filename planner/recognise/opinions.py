"""Opinions: what plain patterns leave open is read by us and by two other readers, and weighed."""

import re
from collections.abc import Mapping
from typing import Any

from reshelve.planner.recognise import kind_words, title_text
from reshelve.planner.recognise.agreeing_readers import weigh
from reshelve.planner.recognise.episodes import read_numbered, read_show
from reshelve.planner.recognise.extension_tables import release_words
from reshelve.planner.recognise.film_parts import without_disc
from reshelve.planner.recognise.films import plain_title, without_edition, without_other_name
from reshelve.planner.recognise.folder_names import (
    GENERIC,
    SHELVES,
    add_folders,
    after_show,
    folder_reading,
    keep_to_the_day,
    season_above,
)
from reshelve.planner.recognise.guessit_opinion import guess
from reshelve.planner.recognise.likely_episodes import is_counted, is_event, read_likely, without_total
from reshelve.planner.recognise.name_reading import FILE, FOLDER, Reading
from reshelve.planner.recognise.parsett_opinion import parse
from reshelve.planner.recognise.plain_names import LIKELY_SEASON
from reshelve.planner.recognise.refuted_facts import CHAPTER, without_refuted
from reshelve.planner.recognise.same_title import same_title
from reshelve.planner.recognise.spelled_folders import show_of_pack
from reshelve.planner.recognise.title_text import YEAR, ends_early, is_past, without_ids
from reshelve.planner.recognise.unexplained_pieces import is_accounted_for

_DASHED = re.compile(r"[ _]-[ _]\d{2,4}(?:v\d)?(?![^\W_])")
_MAYBE_SEASON = re.compile(r" [2-9]\Z")
_CROSSED = re.compile(r"(?<=[ ._\[(-])(?P<season>\d{1,2})x(?P<episode>\d{2,3})(?!\d)(?P<more>[ ._]?[-&+,][ ._]?\d)?", re.IGNORECASE)
_COUNTRY = re.compile(r"[ ._]+(?:\((?:US|UK|AU|NZ|CA)\)|(?:US|UK|AU|NZ))\Z")
_IN_TITLE = re.compile(r" (?:Web|Cam|Dual|Real|Proper|Complete|Limited|Internal|Multi)")
"""A word as titles are written, before a year, that tells of a release elsewhere: "Harbor's Web 2006"."""
_VERSION = re.compile(r" [2-9][.]0\Z")
_NTH = re.compile(r"\d(?:st|nd|rd|th)\Z|[ ](?:first|second|third|fourth|fifth)\Z", re.IGNORECASE)
_STRAY_NUMBER = re.compile(r"(?<=.)(?<![^\W_])(?<![\d][.])\d{1,4}(?![^\W_])(?![.]\d)")
"""A number inside a title, which may be an episode's."""
_COUNTED = re.compile(r"(?:0\d{1,2}(?=[ ._-])|\d{1,3}(?=[ _]+-[ _]))|\d{1,3}\Z")
"""What begins with a padded number or one before a dash is counted: "02 Title", "102 - Title"."""
_PADDED = re.compile(r"0\d{1,2}(?:v\d)?(?:[ ._]*[\[(].*)?")
_TAIL_NUMBER = re.compile(r"(?<=[ .])\d{1,4}\Z")
_LAST_DIGIT = re.compile(r"[ _]-[ _]\d\Z")
_WORDED = re.compile(r"(?<![^\W_])(?:e|ep|episode)[ ._-]?\d{3}(?!\d)", re.IGNORECASE)


def weighed(stem: str, name: str, folders: list[str], film: Reading | None) -> Reading | None:
    """Read what plain patterns leave open: our own opinion and those of two other readers, weighed against each other."""
    near = [folder for folder in folders[-2:] if folder.lower() not in GENERIC]
    # To other readers "ts" is how a film was recorded, and "5 1x01" what it is not.
    name = _with_plain_mark(stem) + ("" if name == stem else ".mkv")
    own = _opinion(stem, folders, film) if film is None or "episodes" not in film.facts else film
    kind = own.facts["kind"] if own else "movie"

    at_home = own is not None and _is_at_home(own, folders)

    def bare(facts: Mapping[str, Any]) -> Mapping[str, Any]:
        refuted = without_refuted(facts, stem, own.facts if own else {})
        told = _without_our_words(refuted, kind, own.facts.get("title", "") if own else "")
        ours = own is not None and "date" in own.facts and own.sources.get("show") == FOLDER
        if own is None or not ours or not same_title(told.get("title", ""), str(own.facts.get("episode_title", ""))):
            return told
        return {**told, "show": own.facts["show"], "title": own.facts["show"]}

    def accounts(facts: Mapping[str, Any]) -> bool:
        by_folder = own is not None and own.sources.get("title") == FOLDER
        return is_accounted_for(stem, facts, titled=not by_folder, known=at_home)

    opinion = (FILE, own.facts) if own else None
    if own is not None and own.facts["kind"] == "episode" and own.sources.get("show") == FILE and film is None:
        worded = without_total(stem)
        if worded and own.facts["episodes"] and not own.doubtful and is_accounted_for(worded, own.facts):
            return own
    counted = is_counted(stem) or at_home
    reading = weigh(opinion, lambda: bare(parse(name)), lambda: bare(guess("/".join([*near, name]))), accounts, counted=counted)
    if reading is None:
        return None
    facts = reading.facts
    if own is not None:
        reading.doubtful |= own.doubtful & ({"episodes", "show", "title"} if "date" in own.facts else {"episodes"})
    if film is not None and film.sources.get("show") == FOLDER:
        reading.doubtful |= film.doubtful
    if own is not None:
        reading.sources |= {fact: own.sources[fact] for fact, source in reading.sources.items() if source == FILE}
    if facts["kind"] == "episode":
        _keep_to_the_show(reading, own)
        add_folders(reading, folders)
        _keep_to_the_season(reading)
        if (
            "season" not in facts
            and "date" not in facts
            and not (reading.unanimous and _DASHED.search(stem) and _MAYBE_SEASON.search(facts["show"]) is None)
        ):
            reading.doubtful |= doubts_of_absolute(stem, facts)
        return reading
    kind, by_folder = kind_words.film_kind(stem, folders)
    if kind != "movie":
        title, channel = kind_words.bare_title(facts.get("title", ""), kind)
        facts |= {"kind": kind, "title": title}
        reading.add(FOLDER if by_folder else FILE, {"channel": channel})
        if kind_words.is_kind_in_doubt(kind, stem, title, folders):
            reading.doubtful |= {"kind"}
    if film is not None and film.facts["kind"] != "episode" and not title_text.QUALITY.search(stem):
        reading.doubtful |= film.doubtful
    if "year" not in facts and folders and YEAR.fullmatch(folders[-1]):
        reading.add(FOLDER, {"year": int(folders[-1])})
        reading.doubtful |= {"year"}
    if "year" not in facts and not title_text.QUALITY.search(stem):
        # Two readers that take any words for a film's title agree on every home video, too.
        reading.doubtful |= {"kind"}
    return reading


def _with_plain_mark(stem: str) -> str:
    """Return a stem whose one mark, if it is written with a cross, is written out: "Harbor 5 1x02" as "Harbor 5 S01E02"."""
    marks = list(_CROSSED.finditer(stem))
    if len(marks) != 1 or marks[0]["more"]:
        return stem
    start, end = marks[0].span()
    return f"{stem[:start]}S{int(marks[0]['season']):02}E{marks[0]['episode']}{stem[end:]}"


def _is_at_home(own: Reading, folders: list[str]) -> bool:
    """Say whether the folder of a file has the name of the show that we read, alone or as a release of one season."""
    if not folders:
        return False
    above = folder_reading(folders[-1])
    pack = above is not None and above.facts["kind"] == "episode" and "season" in above.facts and not above.facts.get("episodes")
    known = above.facts if above is not None and pack else read_show(folders[-1])
    return same_title(str(own.facts.get("show", "")), str(known.get("show", "none")))


def _keep_to_the_season(reading: Reading) -> None:
    """Take the season from a number that says it as its folder does: "Harbor - 722" in season 7 is its episode 22."""
    season, episodes = reading.facts.get("season", 0), reading.facts.get("episodes", [])
    if reading.sources.get("season") == FOLDER and 0 < season < _TWO_DIGITS and episodes:
        short = [episode - 100 * season for episode in episodes]
        if all(0 < episode < 100 for episode in short):
            reading.facts["episodes"] = short
            reading.doubtful |= {"episodes"}


_TWO_DIGITS = 10


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
    if own_title[:1] == "[" and own_title.endswith(f"] {title}"):
        return {}
    if own_title.startswith(f"{title} ") and _IN_TITLE.fullmatch(own_title, len(title)):
        return {}
    front, _, rest = own_title.partition(" ")
    if title and rest.casefold() == title.casefold() and front.istitle() and title_text.QUALITY.fullmatch(front):
        # "Web Harbor" begins with a word that tells of a release elsewhere.
        facts, title = {**facts, "title": own_title, **({"show": own_title} if "show" in facts else {})}, own_title
    country = _COUNTRY.search(own_title)
    if country and title and same_title(own_title[: country.start()], title):
        return {**facts, "title": own_title}
    if title and own_title and _only_tells(title, own_title):
        facts = {**facts, "title": own_title, **({"show": own_title} if "show" in facts else {})}
        title = own_title
    version = _VERSION.search(own_title)
    if version and title and same_title(own_title[: version.start()], title):
        # "2.0" tells of sound only after the quality of the picture.
        return {**facts, "title": own_title}
    if facts.get("kind") == "episode" and "season" in facts and title != own_title and _NTH.search(title):
        return {}
    if title and facts["kind"] == "episode":
        return {**facts, "title": kind_words.bare_show(title)[0]}
    if title:
        title = without_other_name(without_edition(without_disc(title)))
        title = title if kind in {"movie", "episode"} else kind_words.bare_title(title, kind)[0]
        return {**facts, "title": title}
    return facts


def _only_tells(title: str, own_title: str) -> bool:
    """Say whether another reader's title is ours, and words after it that are of no title: "Harbor Full Movie"."""
    if len(title) <= len(own_title) or title[: len(own_title)].casefold() != own_title.casefold():
        return False
    left = [word.strip("-.").casefold() for word in title[len(own_title) :].split()]
    return title[len(own_title)] == " " and all(word in release_words()["after"] for word in left if word)


def doubts_of_absolute(stem: str, facts: dict[str, Any]) -> set[str]:
    """Return which facts of an episode without a season are in doubt, whoever agrees: a number may be the season's."""
    show, episodes = facts.get("show", ""), facts.get("episodes", [])
    tail = _TAIL_NUMBER.search(show)
    doubts: set[str] = {"show", "title"} if tail and int(tail[0]) <= LIKELY_SEASON else set()
    if stem[:1] not in "[【" and not _WORDED.search(stem) and any(100 <= episode < 1000 for episode in episodes):
        doubts.add("episodes")
    if _LAST_DIGIT.search(stem):
        # "Harbor - 2" may be a second film.
        doubts.add("kind")
    return doubts


def _is_year_to_come(number: str) -> bool:
    """Say whether a number is a year that no film is of yet: one of the title, as in "Harbor 2049", and no episode's."""
    return YEAR.fullmatch(number) is not None and not is_past(number)


def _opinion(stem: str, folders: list[str], film: Reading | None) -> Reading | None:
    """Return our own opinion of a name: a likely episode, else a doubtful film, else a plain title."""
    likely = read_likely(stem)
    reading = Reading()
    if likely is not None and not (film is not None and "season" not in likely and CHAPTER.search(stem)):
        reading.add(FILE, likely)
        if likely["kind"] == "episode":
            add_folders(reading, folders, stem)
            keep_to_the_day(reading, folders)
        return reading
    if film is not None:
        return film
    season, _ = season_above(folders)
    above = folder_reading(folders[-1]) if folders else None
    rest = after_show(stem, read_show(show_of_pack(folders[-1])).get("show", "")) if folders and season is None else None
    bare = rest if rest is not None and _PADDED.fullmatch(rest) else stem
    shelved = len(folders) > 1 and folders[-2].lower() in SHELVES
    numbered = read_numbered(bare, season) if season is not None or _COUNTED.match(bare) else None
    if numbered is None and (season is not None or shelved):
        numbered = read_numbered(stem, season, loosely=True)
        reading.doubtful = frozenset({"episodes"})
    if above is not None and above.facts.get("episodes"):
        return above
    if bare != stem:
        reading.doubtful = frozenset({"episodes"})
    if numbered:
        # "16 Title" in a season's folder is an episode, but which: "24 Hours Later" may be any.
        reading.add(FILE, {"kind": "episode", "season": season, **numbered})
        add_folders(reading, folders)
        if "show" not in reading.facts and folders and season is None and folders[-1].lower() not in {*GENERIC, stem.lower()}:
            reading.add(FOLDER, read_show(show_of_pack(folders[-1])))
        return reading
    told = folders and folders[-1].lower() not in GENERIC and title_text.QUALITY.search(folders[-1])
    if told and not title_text.QUALITY.search(stem):
        reading.add(FOLDER, {"kind": "movie", "title": plain_title(folders[-1])})
        return reading
    title = plain_title(without_ids(stem))
    stray = _STRAY_NUMBER.search(title)
    if not title or (stray and not (_is_year_to_come(stray[0]) or is_event(title[: stray.start()], stray[0]))):
        return None
    reading.add(FILE, {"kind": "movie", "title": title})
    return reading
