"""Episodes: the ways file names write seasons, episodes and dates that leave no doubt."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

from reshelve.planner.recognise.extension_tables import numbering
from reshelve.planner.recognise.film_parts import part_of_episode
from reshelve.planner.recognise.title_text import (
    QUALITY,
    clean,
    ends_early,
    ids_of,
    is_past,
    until_quality,
    without_ids,
    without_quality_in_front,
)
from reshelve.planner.recognise.two_alphabets import latin_part

_MORE = r"(?:[ ._]?(?:[-~&+,][ ._]?|[x.]|(?:and|to|bis)[ ._])?(?:s\d{1,3})?ep?[ ._]?\d{1,5}(?![\dpi]))"
_BARE_MORE = r"(?:(?:-|[ ._]?[&+,][ ._]?|[ ._](?:and|und)[ ._])\d{1,3}(?=[a-d]?(?![^\W_])))+"
"""Numbers alone, after a sign that joins: "S01E05-6", "2x01+02"."""
_SEASONED = re.compile(
    r"(?<![^\W_])s(?:eason|aison|e)?[ ._]?(?P<season>\d{1,4})[ ._,]*(?:-[ ._]?|\[|"
    r"x)?e(?:p(?:isode)?)?[ ._]?(?P<first>\d{1,5})"
    rf"(?P<more>{_BARE_MORE}|{_MORE}*)[a-d]?(?:v\d)?(?![^\W_])",
    re.IGNORECASE,
)
_CROSSED = re.compile(
    r"(?<![^\W_])(?P<season>\d{1,2}|(?:19|20)\d\d(?=x\d\d(?!\d)))[x×](?P<first>\d{2,3}|\d(?= -|\Z))"
    rf"(?P<more>{_BARE_MORE}|"
    r"(?:[ ._]?-[ ._]?(?:(?:\d{1,2}|(?:19|20)\d\d)?x|e)\d{2,3}(?![\dpi])|-\d{2,3}(?![\dpi])|x\d{2,3})*)[a-d]?(?![^\W_])",
    re.IGNORECASE,
)
_WORDED = re.compile(
    r"(?<![^\W_])s(?:eason|aison)?[ ._]?(?P<season>\d{1,3})[ ._,-]+e(?:p(?:isode)?)?[ ._]?(?P<first>\d{1,4})(?![^\W_])",
    re.IGNORECASE,
)
_RUNAWAY = re.compile(r"[ ._]?[-~&+][ ._]?e\d", re.IGNORECASE)
_FANSUB = re.compile(
    r"\A(?:\[[^\[\]]+\]|\((?=[^()]*[^\W\d])[^()]+\)(?=[ _]))[ _.]*"
    r"(?P<title>[^\[\]]*?[^\[\]\s_.-])[ _]+-[ _]+(?P<first>\d{1,4})(?:v\d)?(?=[ _]*(?:[\[(]|\Z))",
    re.IGNORECASE,
)
_NOT_OF = re.compile(r"(?:cd|dis[ck]|part|s(?:eason|eries)?|teil|deel|del|partie|parte)[ ._]?\Z", re.IGNORECASE)
FILM_OF = re.compile(r"[(\[](?:19|20)\d\d[)\]][ ._(\[-]*\Z")
"""A film's year, before which of its two files it is."""
_OF = re.compile(r"(?<![^\W_])(?P<first>\d{1,2})[ ._]?of[ ._]?(?P<last>\d{1,2})(?![^\W_])", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\A(?:(?:(?:e(?:p(?:isod(?:e|io))?)?|[ée]pisode|folge|cap(?:[ií]tulo)?|серия|afl(?:evering)?|odcinek|avsnitt|díl|part|pt|"
    r"chapter|kapitel|chapitre)[ ._]?|#)"
    r"(?P<marked>\d{1,3})(?=e\d|(?![^\W_]))|(?P<padded>0\d{1,2})(?=e\d|(?![^\W_]))|"
    r"(?P<bare>\d{1,3})(?=[ _]?[.)-]|[ ]?[&+]|\Z))(?:(?:-e?|[ ]?[&+][ ]?e?|e)(?P<last>\d{2,3})(?![^\W_]))?[ ._)-]*",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(r"\A(?P<bare>\d{1,3})[ ._-]+(?=[^\W\d])")
_NUMBERED_AGAIN = re.compile(r"(?P<season>\d{1,2}?)(?:(?:[._x]|(?<=\A[1-9])-)(?=\d\d(?!\d))|(?=(?!00)\d\d(?!\d)))", re.IGNORECASE)
_SEASON_BEFORE = re.compile(r"(?<=[^\W_])[ ._-]+(?:season|series)[ ._]?(?P<season>\d{1,2})[ ._(\[-]*\Z", re.IGNORECASE)
_DATED = re.compile(
    r"(?<![^\W_])(?P<y>20[0-4]\d|19[5-9]\d)(?P<s>[ ._-])(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>0[1-9]|[12]\d|3[01])(?![^\W_])",
)
_PACK = re.compile(
    r"(?<![^\W_])(?:complete[ ._])?"
    r"(?:s(?P<short>\d{2})|(?<!\d(?:st|nd|rd|th)[ ._])(?<!first[ ._])(?<!second[ ._])(?<!third[ ._])"
    r"(?<!fourth[ ._])(?:season|saison)[ ._]?(?P<season>\d{1,2}))(?![^\W_])",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"(?<![^\W_])(?:(?:complete[ ._])?mini-?series|int[eé]grale)(?![^\W_])", re.IGNORECASE)
CHINESE = "[一二三四五六七八九十]{1,3}"
_NUMERALS = {numeral: value for value, numeral in enumerate("一二三四五六七八九", 1)}
_SPECIALS = frozenset({"specials", "special", "season 0", "season 00"})
_BRACKET_SEASON = re.compile(r"[\[(]\s*(?:season|s)[ ._]?(?P<season>\d{1,3})\s*[\])]", re.IGNORECASE)
_TAIL_SEASON = re.compile(
    r"[ ._]+[(]?(?:s(?:eason[ ._])?(?P<season>\d{1,2})[)]?|(?P<nth>\d)(?:st|nd|rd|th)[ ._]season|"
    rf"第(?P<chinese>{CHINESE}|\d{{1,2}})[季期])\Z",
    re.IGNORECASE,
)
_TAIL_DATE = re.compile(r"(?<=[\w)])[ ._-]+(?:19|20)\d\d[ ._-][01]\d[ ._-][0-3]\d[ ._-]*\Z")
_TAIL_LANGUAGE = re.compile(
    r"(?<=[^\W_])[ ._]+(?:(?:TRUE|SUB)?FRENCH|VOSTFR|GERMAN|MULTi?|ITA|SPANISH|NORDIC|SWEDISH|DUTCH|HINDI)[ ._]*\Z"
)
_TAIL_SOURCE = re.compile(r"(?<=[^\W_])[ ._]+(?:BD|BDRip|DVD|WEB)\Z")
_TAIL_YEAR = re.compile(
    r"[ ._-]*(?:\((?P<in>(?:19|20)\d\d)\)|\[(?P<sq>(?:19|20)\d\d)\]|(?<=[ ._])(?P<bare>19[5-9]\d|20[0-4]\d))[ ._-]*\Z",
)
_ENDS = re.compile(rf"[ ._-]*(?:\Z|[\[(](?!\d{{1,3}}[\])])|{QUALITY.pattern})", re.IGNORECASE)
_YEAR_ALONE = re.compile(rf"[ ._]+[(\[]?(?:19|20)\d\d[)\]]?(?:[ ._-]+{QUALITY.pattern}.*)?", re.IGNORECASE)
_AGAIN = re.compile(r"s(?P<season>\d{1,3})(?=e)|(?<=[-. _])(?P<crossed>\d{1,4})(?=x)", re.IGNORECASE)
_COUNTED = re.compile(
    r"(?<=\w)(?:(?:[ ._]+-[ ._]+|[ ._]+(?=#|ep?\d|\d{1,4}v\d))(?:(?:ep?(?:isod[eio]+)?|folge|épisode|cap[ií]tulo)[ ._]?|#)?"
    r"\d{1,4}(?:v\d)?(?:\.5|-\d{1,4})?[ ._]*(?:\(|-[ ._]*)|[ ._]+ep(?:isode)?[ ._]+)\Z",
    re.IGNORECASE,
)
"""Between a show and its episode: the absolute number, when the season's follows in brackets or after a dash; or the word."""
_ABSOLUTE = re.compile(r"(?<=[^\W\d])[ ._](?P<number>\d{2,4})[ ._]+\Z")
_ABSOLUTE_AFTER = re.compile(r"(?<=[^\W\d])[ ._]+(?P<number>\d{2,3})(?:-\d{2,4})?[ ._]+\Z")
_ABSOLUTE_FIRST = re.compile(r"\A(?:(?P<number>\d{3,4})[. _]+|\d{2,4}[ ._]+-[ ._]+|[(\[]\d{1,4}[)\]][ ._-]*)(?=[^\W\d_])")
_SPLIT = re.compile(r"[._ ](?P<next>\d{2,3})(?![^\W_])|[ ]-[ ](?P<last>\d{2,3})(?=\Z|[ ]-[ ])")
"""A second episode after a point or a dash: only when it is the next one."""
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_NUMBERS = re.compile(r"\d+")
_TO = re.compile(r"[-~]|to|bis", re.IGNORECASE)
_MANY_OF_A_SEASON = 30
LONGEST_RANGE = 60
"""The most episodes one file is believed to hold."""


@lru_cache(maxsize=4096)
def season_of_folder(name: str) -> int | None:
    """Return the season a folder is named after ("Season 01", "S1", "Specials"), or None."""
    if name.lower() in _SPECIALS:
        return 0
    found = _season_folder().match(name)
    return count(found["season"] or found["before"] or found["chinese"]) if found else None


@cache
def _season_folder() -> re.Pattern[str]:
    words = "|".join(sorted((word for word in numbering()["season"] if len(word) > 2), key=len, reverse=True))
    return re.compile(
        rf"(?:(?:(?:{words})[ ._-]*|s)(?P<season>\d{{1,4}})|(?P<before>\d{{1,2}})(?:st|nd|rd|th|-?й|[.ªº])?[ ._]?(?:{words})|"
        rf"第\s?(?P<chinese>{CHINESE}|\d{{1,2}})\s?[季期])(?:[ ._]*[(\[{{][^()\[\]{{}}]*[)\]}}]|[ _]-[ _][^\d]+)?\Z",
        re.IGNORECASE,
    )


def count(text: str) -> int:
    """Return the number that digits, or Chinese numerals below a hundred, spell."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (10 * (_NUMERALS.get(tens, 1)) if ten else 0) + _NUMERALS.get(ones, 0)


def is_likely_count(number: int, season: int, episode: int) -> bool:
    """Say whether a number beside season and episode could be the episode's among all of the show's."""
    return number == episode if season < 2 else 6 * (season - 1) <= number - episode <= 60 * (season - 1)


def _is_said_again(digits: str, season: int | None, episodes: list[int], *, two: bool) -> bool:
    """Say whether digits beside season and episode are the episode's: in its season, or among all; `two` may be that, too."""
    if not season or not episodes:
        return False
    may_be_all = two or len(digits) != 2 or digits[0] == "0"
    return int(digits) == episodes[0] or (may_be_all and is_likely_count(int(digits), season, episodes[0]))


def read_episode(stem: str) -> dict[str, Any] | None:
    """Return the facts of a stem that names an episode beyond doubt, or None. The show is left out where the stem has none."""
    found = _SEASONED.search(stem)
    if found is None or "x" in stem[: found.start()]:
        found = _CROSSED.search(stem, 0, found.start() if found else len(stem)) or found or _WORDED.search(stem)
    if found and found.start() == 0 and _YEAR_ALONE.fullmatch(stem, found.end()):
        # "10x10 (2018)" is called so.
        return None
    if found:
        episodes = None if _RUNAWAY.match(stem, found.end()) else _episodes(found)
        if episodes is None:
            return None
        season = int(found["season"])
        following = _SPLIT.match(stem, found.end())
        if following and int(following["next"] or following["last"]) == episodes[-1] + 1:
            episodes = [*episodes, episodes[-1] + 1]
        for again in found.re.finditer(stem, found.end()):
            if int(again["season"]) == season:
                episodes = sorted({*episodes, *(_episodes(again) or [])})
        return _facts(stem, found, season, episodes)
    found = _FANSUB.match(stem)
    if found:
        return _fansub(stem, found)
    found = _OF.search(stem)
    if found and 0 < int(found["first"]) <= int(found["last"]) and not _is_of_film(stem[: found.start()], found["last"]):
        # What is told in so many parts has one season; with a second such pair it is anybody's guess which is which.
        if _OF.search(stem, found.end()):
            return None
        facts, before = _facts(stem, found, 1, [int(found["first"])]), _SEASON_BEFORE.search(stem, 0, found.start())
        return facts if before is None else {**facts, **read_show(stem[: before.start()]), "season": int(before["season"])}
    found = _DATED.search(stem)
    if found and found.start() and QUALITY.search(stem, found.end()):
        day = _day(found)
        return None if day is None else {**_facts(stem, found, None, []), "date": day}
    return None


def _is_of_film(before: str, last: str) -> bool:
    """Say whether what stands before "1 of 2" tells that a disc, a part or a film is counted, and no episode."""
    return _NOT_OF.search(before) is not None or (last == "2" and FILM_OF.search(before) is not None)


def is_miniseries(stem: str) -> bool:
    """Say whether a stem that names an episode does so by "2 of 5" alone, and no season."""
    found = _OF.search(stem)
    marked = found is None or _SEASONED.search(stem) or _CROSSED.search(stem) or _WORDED.search(stem)
    return not marked and found is not None and _SEASON_BEFORE.search(stem, 0, found.start()) is None


def read_pack(stem: str) -> dict[str, Any] | None:
    """Return the facts of a stem that names a whole season and no more, or None."""
    found = _PACK.search(stem) or _WHOLE.search(stem)
    if found is None or not found.start() or not _ENDS.match(stem, found.end()):
        return None
    season = int(found["short"] or found["season"]) if found.re is _PACK else None
    facts = _facts(stem, found, season, [])
    facts.pop("episode_title", None)
    return facts if "show" in facts else None


def read_numbered(stem: str, season: int | None = None, *, loosely: bool = False) -> dict[str, Any] | None:
    """Return the facts of a stem that begins with a bare number ("01 - Pilot", "Episode 5"): of use inside a season's folder.

    "1.02 Pilot" and "102 - Pilot" in a folder of that `season` say it again. `loosely`: "12 Days" is the twelfth, too.
    """
    again = _NUMBERED_AGAIN.match(stem) if season else None
    if again and int(again["season"]) == season:
        stem = stem[again.end("season") :].lstrip("._x-")
    found = _NUMBERED.match(stem)
    if found is None:
        first = _NUMBER_FIRST.match(stem) if loosely else None
        if first is None:
            return None
        return {"episodes": [int(first["bare"])], "episode_title": clean(until_quality(stem[first.end() :]))}
    title = clean(until_quality(stem[found.end() :]))
    number = int(found["marked"] or found["padded"] or found["bare"])
    last = int(found["last"] or number)
    episodes = list(range(number, last + 1)) if number < last <= number + _MANY_OF_A_SEASON else [number]
    return {"episodes": episodes, **({"episode_title": title} if title else {})}


@lru_cache(maxsize=4096)
def read_show(text: str) -> Mapping[str, Any]:
    """Return `show`, `title`, `show_year` and its number in databases for the piece of a name that holds the show; else nothing.

    Shared by all that ask the same: read, never changed.
    """
    ids = ids_of(text)
    text = without_quality_in_front(without_ids(text))
    if text.rstrip(" ._-")[-1:].isdecimal():
        text = _TAIL_DATE.sub("", text)
    elif text.rstrip(" ._")[-2:-1].isupper():
        text = _TAIL_LANGUAGE.sub("", text)
    year = _TAIL_YEAR.search(text)
    if year and not is_past(year["in"] or year["sq"] or year["bare"]):
        # One that is still to come is a number of the title: "Harbor 2049".
        year = None
    name = clean(latin_part(text[: year.start()])) if year else ""
    if year is None or not name:
        name = clean(latin_part(clean(text)))
        year = None
    if not name or not any(char.isalnum() for char in name):
        return {}
    facts: dict[str, Any] = {"show": name, "title": name}
    if year:
        facts["show_year"] = facts["year"] = int(year["in"] or year["sq"] or year["bare"])
    return {**facts, **ids}


def _facts(stem: str, found: re.Match[str], season: int | None, episodes: list[int]) -> dict[str, Any]:
    before = stem[: found.start()]
    counted = _COUNTED.search(before)
    if counted and not ends_early(clean(before[: counted.start()])):
        before = before[: counted.start()]
    opened = stem[max(0, found.start() - 1) : found.start()]
    opening = opened in _CLOSING and stem[found.end() : found.end() + 1] == _CLOSING[opened]
    before = before[:-1] if opening and before[-1:] == opened else before
    counted_last = (_ABSOLUTE if stem[0] == "[" else _ABSOLUTE_AFTER) if before.rstrip(" ._")[-1:].isdecimal() else None
    counted_first = _ABSOLUTE_FIRST if stem[0].isdecimal() or stem[0] in "([" else None
    for pattern in (counted_last, counted_first):
        also = pattern.search(before) if pattern else None
        if also and (also["number"] is None or _is_said_again(also["number"], season, episodes, two=stem[0] == "[")):
            before = before[: also.start()] + before[also.end() :]
    facts: dict[str, Any] = {"kind": "episode", **read_show(before)}
    if season is not None:
        facts["season"] = season
    facts["episodes"] = episodes
    day = _DATED.search(before) if season is not None and ("20" in before or "19" in before) else None
    if day is not None and (iso := _day(day)):
        facts["date"] = iso
    title = clean(until_quality(without_ids(stem[found.end() + opening :])))
    part = part_of_episode(title)
    if part is not None:
        facts["part"] = part
    elif title and title[0] not in "[(":
        facts["episode_title"] = title
    return facts


def _episodes(found: re.Match[str]) -> list[int] | None:
    """Return the episodes a match names: a list, or a range when a dash joins them; None for more than a disc could hold."""
    first, more = int(found["first"]), found["more"] if "more" in found.re.groupindex else ""
    if not more:
        return _split_in_two(found["first"])
    season = int(found["season"])
    if any(int(other["season"] or other["crossed"]) != season for other in _AGAIN.finditer(more)):
        return [first]
    numbers = [int(number) for number in _NUMBERS.findall(_AGAIN.sub("", more))]
    last = numbers[-1]
    if _TO.search(more):
        if len(numbers) == 1 and first < last:
            return list(range(first, last + 1)) if last - first <= LONGEST_RANGE else None
        if last <= first:
            return [first]
    return sorted({first, *numbers})


def _split_in_two(digits: str) -> list[int]:
    """Return the episodes that digits name: "0708" are two that follow each other, and no number is written so."""
    first, second = int(digits[:2]), int(digits[2:] or 0)
    return [first, second] if len(digits) == 4 and digits[0] == "0" and second == first + 1 else [int(digits)]


def _fansub(stem: str, found: re.Match[str]) -> dict[str, Any]:
    title, season = found["title"], None
    bracket = _BRACKET_SEASON.search(stem, found.end())
    tail = _TAIL_SEASON.search(title)
    if bracket:
        season = int(bracket["season"])
    elif tail:
        season = count(tail["season"] or tail["nth"] or tail["chinese"])
        title = title[: tail.start()]
    facts: dict[str, Any] = {"kind": "episode", **read_show(_TAIL_SOURCE.sub("", title))}
    if season is not None:
        facts["season"] = season
    facts["episodes"] = [int(found["first"])]
    return facts


def _day(found: re.Match[str]) -> str | None:
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        return None
