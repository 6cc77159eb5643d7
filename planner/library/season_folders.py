"""Seasons as they stand: which folder of a show a season has already, however it is called, and whether a show is kept flat."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from reshelve.planner.recognise.extension_tables import halves, media_type, numbering
from reshelve.planner.recognise.same_title import normalise
from reshelve.planner.recognise.title_text import without_ids

_ROMAN = {"i": 1, "v": 5, "x": 10}
_ROMANS = "x?(?:ix|iv|v?i{1,3}|v|x)"
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTED = "〇一二三四五六七八九十"
_SHORT = re.compile(r"s(?P<number>\d{1,4})(?![^\W_])")
_BARE = re.compile(r"(?P<number>\d{1,4})\Z")
_OF_SEASON = re.compile(
    r"(?<![^\W_])(?:s(?P<season>\d{1,4})[ ._-]*e(?:p[ .]?)?\d|(?P<crossed>\d{1,2})x\d{2,3}(?!\d))", re.IGNORECASE
)
_EPISODE = re.compile(r"(?<![^\W_])(?:s\d{1,4}[ ._-]*e(?:p[ .]?)?\d|\d{1,2}x\d{2,3}(?!\d))|\A\d{1,3}[ ._-]+[^\W\d]", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<before>.*?(?<!\d))(?P<number>\d{1,4})(?P<after>|[.ªaº]?[ ._-]+[^\W\d_]+)\Z")
_END = re.compile(r"[ ._-]*(?:\Z|[(\[{]|-(?![ ._]*(?:s|season)?[ ._]*\d)|(?:complete|\d{3,4}p|web|bluray|dvd|hdtv)(?![^\W_]))")


_YEAR_AFTER = re.compile(r"[ ._]*-[ ._]*(?:19|20)\d\d(?![^\W_])")
"""The year of a season, after a dash: of the season's number, "2010 - 2011" would be several."""
_EARLIEST = 1900


def season_named(folder: str, show: str) -> int | None:
    """Return the season that a folder of a show is named after, alone or after the show's title; None where it is after none."""
    name = _plain(without_ids(folder)).strip()
    for text in (name, _after_title(name, show)):
        specials, *patterns = _patterns()
        if specials.match(text):
            return 0
        for pattern in (*patterns, _SHORT, _BARE):
            found = pattern.match(text)
            if found is None:
                continue
            number = _number(found)
            if _END.match(text, found.end()) or (not is_year(number) and _YEAR_AFTER.match(text, found.end())):
                return number
    return None


def is_year(season: int) -> bool:
    """Say whether a season is a year: a folder 2020 may hold what is numbered as the second season."""
    return season >= _EARLIEST


def season_of(files: Iterable[str]) -> int | None:
    """Return the one season that all numbered episodes of a folder are of, by their names; None where there are none, or of two."""
    seasons = {
        int(found["season"] or found["crossed"])
        for name in files
        if media_type(halves(name)[1]) == "video" and (found := _OF_SEASON.search(name)) is not None
    }
    return seasons.pop() if len(seasons) == 1 else None


def is_of_one_episode(folder: str) -> bool:
    """Say whether a folder is called after an episode, as releases are, and so is no season's."""
    return _OF_SEASON.search(folder) is not None


def called_alike(folders: Mapping[str, int], number: int, show: str) -> str:
    """Return what the folder of a season that has none is called, in the manner of most of a show's `folders` (seasons by name).

    "" where they show no manner that a number can be put into: `Season One`, `Season 1 (2008)`. Specials have names of their own.
    """
    manners: Counter[tuple[str, str]] = Counter()
    padded: dict[tuple[str, str], int] = {}
    for name, season in sorted(folders.items(), key=lambda pair: pair[1]):
        found = _NUMBERED.match(name)
        if season == 0 or found is None or int(found["number"]) != season or (found["before"] and found["after"]):
            continue
        if is_year(season) != is_year(number):
            continue
        manner = found["before"], found["after"]
        manners[manner] += 1
        # Two digits of ten and more do not tell whether 1 is written 01.
        if len(found["number"]) == 1 or found["number"][0] == "0":
            padded[manner] = len(found["number"])
    if number == 0 or not manners:
        return ""
    before, after = max(manners, key=lambda manner: (manners[manner], manner))
    made = f"{before}{number:0{padded.get((before, after), 2)}}{after}"
    return made if season_named(made, show) == number else ""


def is_kept_flat(files: Iterable[str]) -> bool:
    """Say whether a show's own folder, that has none for a season, holds its episodes: by the names of its files."""
    return any(media_type(halves(name)[1]) == "video" and _EPISODE.search(name) for name in files)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Return what the folder of specials is called, and those of seasons: their word first, their number first, or a counter."""
    table, spelled = numbering(), "|".join(_NUMBERS)
    words, counters, specials = (_any_of(table[row]) for row in ("season_folder", "season_counter", "specials_folder"))
    return (
        re.compile(rf"(?:{specials})\Z"),
        re.compile(rf"(?:{words})[ ._-]*(?:(?P<number>\d{{1,4}})|(?P<word>{spelled})|(?P<roman>{_ROMANS}))(?![^\W_])"),
        re.compile(rf"(?P<number>\d{{1,4}})(?:st|nd|rd|th|[.ªaº])?[ ._-]+(?:{words})(?![^\W_])"),
        re.compile(rf"第?[ ]?(?:(?P<number>\d{{1,3}})|(?P<counted>十?[{_COUNTED}]))[ ]?(?:{counters})(?![^\W_])"),
    )


def _any_of(words: Iterable[str]) -> str:
    return "|".join(_plain(word).replace(".", "[ ._-]") for word in sorted(words, key=len, reverse=True))


def _number(found: re.Match[str]) -> int:
    """Return the number that a folder of a season gives in figures, as a word, in Roman numerals or in Chinese ones."""
    said = found.groupdict()
    if said["number"]:
        return int(said["number"])
    if said.get("word"):
        return _NUMBERS.index(said["word"])
    if said.get("counted"):
        return sum(_COUNTED.index(char) for char in said["counted"])
    values = [_ROMAN[char] for char in said["roman"]]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def _after_title(name: str, show: str) -> str:
    """Return what follows a show's title at the beginning of a name, "" where it does not begin with that."""
    for end in (found.start() for found in re.finditer(r"[ ._-]+", name)):
        if normalise(name[:end]) == normalise(show):
            return name[end:].lstrip(" ._-")
    return ""


def _plain(name: str) -> str:
    """Return a name in lower case without the accents that a word for a season may have or lack."""
    spelled = unicodedata.normalize("NFKD", name.lower())
    return "".join(char for char in spelled if not unicodedata.combining(char) or char == "ª")
