"""Folders, spelled as folders elsewhere are: "Show [Staffel Zwei]" is "Show S02", and "CD1" in a film's folder is that folder.

Every reader of folders can read that. Where a spelling is a guess, what it gives is asked about.
"""

import re
from functools import cache, lru_cache

from reshelve.planner.recognise.episodes import CHINESE, count, read_episode, read_pack, season_of_folder
from reshelve.planner.recognise.extension_tables import disc_words, numbering
from reshelve.planner.recognise.film_parts import part_alone
from reshelve.planner.recognise.title_text import QUALITY

_NUMERALS = {
    word: number
    for row in (
        "i ii iii iv v vi vii viii ix x",
        "first second third fourth fifth sixth",
        "one two three four five six seven eight nine ten",
        "eins zwei drei vier fünf",
    )
    for number, word in enumerate(row.split(), 1)
}
_NUMERAL = "|".join(sorted((word for word in _NUMERALS if not word.endswith(("st", "nd", "rd", "th"))), key=len, reverse=True))
_ENGLISH = frozenset({"season", "seasons", "series", "serie", "temp"})
"""Words for a season that a number before them seldom counts: "10 Series"."""
_SHORTEST = 4
_BOOK = re.compile(rf"(?:book|buch|livre|libro)[ ._-]?(?P<number>\d{{1,2}}|{_NUMERAL})(?:[ ._]?[-:(].*)?\Z", re.IGNORECASE)
_BARE = re.compile(r"(?P<number>\d{1,2})\Z")
_TOLD = rf"(?=[ ._-]*(?:\Z|[(\[{{]|(?:complete|{QUALITY.pattern})(?![^\W_])))"
_COMPLETE = re.compile(
    r"(?<=[\w)\]!?.])[ ._-]+[(\[]?(?:(?:the[ ._]+)?complete[ ._]+(?:tv[ ._]+)?(?:series|collection|seasons?|show|box[ ._]?set)|"
    r"complete(?=[ ._-]*(?:\Z|[(\[]))|"
    r"(?:all[ ._]+)?(?:s|se|seasons?|series|staffeln?|saisons?|temporadas?|сезон[ыа]?)[ ._]?\d{1,2}"
    r"[ ._]?(?:-|–|to|bis|thru|through|&|and|,)[ ._]?(?:s|seasons?)?[ ._]?\d{1,2}(?![^\W_])|"
    r"[\[(]?\d{1,3}-\d{1,4}[\])]?(?=\Z|[ ._]*[\[(]))|[ ._-]*[\[(]?全(?:\d{1,4}[集话話期回]|集)",
    re.IGNORECASE,
)
"""What a folder with folders of seasons in it adds to the show's name."""
_YEARS = re.compile(r"[(\[]((?:19|20)\d\d) ?[-–] ?(?:(?:19|20)\d\d|present|now)?[)\]]\Z")
"""When a show began, and ended."""
_RELEASED = re.compile(
    r"(?<=[\w)\]!?.])(?:[ ._-]*[\[(](?:[^\[\]()]*[ ._-])?|[ ._-]+)"
    r"(?:\d{3,4}p|bd|blu-?ray|b[dr]rip|dvd(?:rip)?|web-?(?:dl|rip)|hevc)(?![^\W_])",
    re.IGNORECASE,
)


Home = tuple[list[str], int | None, frozenset[str]]
"""Folders as every reader can read them, the part that the last one was, and which facts rest on a guess."""
_NOTHING: frozenset[str] = frozenset()


def spelled_folders(folders: list[str], generic: frozenset[str]) -> Home:
    """Return the folders of a file, spelled out; those that are spelled already stay as they are. `generic` ones are nobody's."""
    if not folders:
        return folders, None, _NOTHING
    spelled, part, guessed = _spelled_pair(folders[-2] if len(folders) > 1 else "", folders[-1], generic)
    if part is not None:
        inner, _, also = spelled_folders(folders[:-1], generic)
        return inner, part, guessed | also
    return ([*folders[:-2], *spelled] if spelled else folders), None, guessed


@lru_cache(maxsize=4096)
def _spelled_pair(above: str, last: str, generic: frozenset[str]) -> tuple[tuple[str, ...], int | None, frozenset[str]]:
    """Return (a folder's name and the one above it, spelled out, or () where they are), the part it is, and what is a guess."""
    owned = above != "" and above.lower() not in generic
    if owned and _part_folder().fullmatch(last):
        return (), part_alone(last) or 0, frozenset({"episodes"})
    name, guessed = spelled_folder(last), _NOTHING
    number = (_BOOK.match(name) or _BARE.match(name)) if owned else None
    if number is not None:
        name, guessed = f"Season {_number(number['number'])}", frozenset({"season"})
    show = show_of_pack(above) if above and season_of_folder(name) is not None else above
    if (show, name) == (above, last):
        return (), None, guessed
    return ((show, name) if above else (name,)), None, guessed


@lru_cache(maxsize=4096)
def spelled_folder(name: str) -> str:
    """Return the name of a folder of a season, spelled out: "Show - Staffel 2 [720p]" is "Show S02 [720p]"."""
    if season_of_folder(name) is not None:
        return name
    found = _season().search(name)
    if found is None or read_episode(name) is not None or read_pack(name) is not None:
        return name
    season = _number(next(number for number in found.group("after", "before", "nth", "counted") if number))
    show = name[: found.start()].rstrip(" ._-([,")
    return f"{show} S{season:02}{name[found.end() :]}" if show else f"Season {season}"


@lru_cache(maxsize=4096)
def show_of_pack(name: str) -> str:
    """Return the name of a folder with folders of seasons in it, without what it says of how many there are, and how encoded."""
    found = _COMPLETE.search(name) or _RELEASED.search(name)
    short = _YEARS.sub(r"(\1)", name[: found.start()].rstrip(" ._-([") if found else name)
    return short if any(map(str.isalpha, short)) else name


def _number(text: str) -> int:
    return _NUMERALS.get(text.lower()) or count(text)


@cache
def _part_folder() -> re.Pattern[str]:
    return re.compile(rf"(?:{disc_words()}|dvd|bd|part|teil|vol(?:ume)?[.]?)[ ._-]?(?:\d{{1,2}}|{_NUMERAL}|[a-d])\Z", re.IGNORECASE)


@cache
def _season() -> re.Pattern[str]:
    table = numbering()
    words = {word for word in table["season"] | table["season_folder"] if len(word) >= _SHORTEST}
    any_word, foreign = ("|".join(sorted(map(re.escape, some), key=len, reverse=True)) for some in (words, words - _ENGLISH))
    return re.compile(
        rf"(?<![^\W_])(?:(?:{any_word})[ ._-]*(?P<after>\d{{1,2}}|{_NUMERAL})(?![^\W_])|"
        rf"(?P<before>\d{{1,2}})(?:(?:st|nd|rd|th|[.ªº]|-?й)[ ._]?(?:{any_word})|[ ._-]?(?:{foreign}))(?![^\W_])|"
        r"(?P<nth>first|second|third|fourth|fifth|sixth)[ ._](?:season|series)(?![^\W_])|"
        rf"(?:第\s?(?P<counted>{CHINESE}|\d{{1,2}})\s?[季期]))[)\]]?{_TOLD}",
        re.IGNORECASE,
    )
