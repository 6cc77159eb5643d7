"""Films: a title and a year that leave no doubt."""

import re
from functools import lru_cache
from typing import Any

from reshelve.planner.recognise.extension_tables import languages, release_words
from reshelve.planner.recognise.film_parts import begins_with_part, part_after, without_disc
from reshelve.planner.recognise.release_words import SHORT_WORDS
from reshelve.planner.recognise.title_text import (
    QUALITY,
    YEAR,
    clean,
    ends_early,
    ids_of,
    is_past,
    quality_starts,
    until_quality,
    without_ids,
    without_quality_in_front,
)
from reshelve.planner.recognise.two_alphabets import latin_part

_BRACKETED = re.compile(r"[(\[{](?:[^()\[\]{}]*[^()\[\]{}\d -][ ,._]+)?(?P<year>19\d\d|20[0-4]\d)[)\]}]")
"""A year in brackets, alone or after a genre or a name: "(1995)", "(Western 1950)", "(Ann Onymous, 1967)"."""
_MADE_AGAIN = re.compile(r"remaster|restor|re-?issue|re-?release|edition|version|[ (\[.]cut[ ._]", re.IGNORECASE)
"""What a year in brackets is of that is not the film's own: "(Remastered 2012)"."""
_WHICH = (
    r"(?:extended|unrated|uncut|uncensored|remastered|restored|theatrical|imax|director[’']?s|producer[’']?s|special|limited|deluxe|"
    r"international|alternat(?:e|ive)|final|ultimate|collector[’']?s|definitive|despeciali[sz]ed|redux|rogue|assembly|fan|super|"
    r"diamond|platinum|gold(?:en)?|signature|festival|workprint|roadshow|original|criterion|"
    r"(?:\d{1,3}(?:st|nd|rd|th)[ ._])?anniversary)"
)
_ONE_EDITION = (
    rf"(?:the[ ._])?(?:{_WHICH}[ ._])+(?:edition|cut|version|remaster(?:ed)?)|"
    r"extended|unrated|uncut|uncensored|remastered|theatrical|imax|despeciali[sz]ed|open[ ._]matte|"
    r"3d[ ._-]*(?:h(?:alf)?[-. ]?)?(?:sbs|ou|tab)|h(?:alf)?[-. ]?(?:sbs|ou)|4k[ ._]remaster(?:ed)?|"
    r"(?:director[’']?s|special)[ ._](?=cut|edition)|\d{1,3}(?:st|nd|rd|th)[ ._]anniversary"
)
_EDITION = re.compile(rf"(?:[ ._-]+[(\[]?(?:{_ONE_EDITION}|[2-9][ ._]?(?:cd|dvd)s?)[)\]]?)+[ ._-]*\Z", re.IGNORECASE)
_AFTER_YEAR = re.compile(rf"(?<=[ ._(\[-])(?:{_ONE_EDITION})(?![^\W_])", re.IGNORECASE)
_BETWEEN = re.compile(r"[ ._]+")
_LANGUAGES = frozenset(
    word
    for line in (
        "dl ml ac3 dts german french truefrench subfrench vostfr vff vfq vf2 italian spanish swedish danish norwegian finnish",
        "dutch polish russian korean japanese chinese hindi",
    )
    for word in line.split()
)
"""What tells of a release at the end of a title in a name that is all in small letters, or all in capitals."""
_SHORT = _LANGUAGES | SHORT_WORDS
"""Editions and languages in short at the end of a title; each could be a word of it, so that a title which held one is in doubt."""
_AS_WORDS = frozenset({"German", "French", "Dubbed"})
"""Those that releases do not write in capitals."""
_RELEASED = re.compile(r"[ ._\[(-]+(?:\d{3,4}[pi]|blu-?ray|b[dr]rip|dvdrip|hdtv|web-?(?:dl|rip))(?![^\W_])", re.IGNORECASE)
"""What tells of a release beyond doubt: what follows it, up to a year, is none of the title."""
_AKA = re.compile(r"[ ._]+(?:AKA|aka|a[.]k[.]a[.]?)[ ._]+(?=[^\W_])")
_ALSO_KNOWN = re.compile(r"(?<=[\w.!?])[ ._-]*[(\[{](?P<also>[^()\[\]{}]*[^\W\d_][^()\[\]{}]*)[)\]}][ ._-]*\Z")
_FRONT = re.compile(r"\A(?:[(\[](?=.{4}[)\]])|(?=.{4} - ))(?P<year>19\d\d|20[0-4]\d)[)\]]?[ ._-]+(?=[^\W\d])")
_EPISODIC = re.compile(
    r"(?<![^\W_])(?:e(?:p|pisode|pisodio)?[ ._]?\d{1,4}|s\d{1,2}|(?:season|sezon|saison|staffel|stagione)|"
    r"mini-?series|bolum|blm|seri[jy]a|\d{1,2}[ ._]?of[ ._]?\d)"
    r"(?![^\W_])|[{]\d{1,3}[}]|\][ _]?.*[ _]-[ _]\d{2,4}(?:v\d)?[ _]|\]\[\d{2,4}(?:[ _]\w+)?\]",
    re.IGNORECASE,
)
_DAY_BEFORE = re.compile(
    r"\d{1,2}[-. ]\d{1,2}[-. (]*\Z|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ ._]\d{1,2}[ ._]*\Z",
    re.IGNORECASE,
)
_DAY_AFTER = re.compile(r"[-. ]\d\d[-. ]\d\d(?!\d)")
_PART_TITLED = re.compile(rf"[ ._-]+part[ ._]?\d{{1,2}}[ ._-]+(?=[^\W\d])(?!{QUALITY.pattern})", re.IGNORECASE)
"""A part that has a title of its own: "Show.1990.Part.5.The.Storm" is an episode."""
_AFTER = re.compile(r"[ ._-]*(?:[\[({]|\Z)")


ADVISED = re.compile(r"(?P<title>[^_]+?) \((?P<year>(?:19|20)\d\d)\)")
"""What media servers want a film to be called, without a number in a database: "Harbor (1995)"."""
_LETTERS = r"(?:[^\W\d_]|[ '’,!?&:-]|[.](?= ))+"
_ADVISED_TITLE = re.compile(rf"{_LETTERS}[ ](?:(?:19|20)\d\d|[2-9][.]0)|(?P<before>{_LETTERS}) \({_LETTERS}\)")
"""Titles that look like something else: "Harbor 2000", "Harbor 2.0", "Harbor or (A Storm)"."""


def is_as_advised(stem: str) -> bool:
    """Say whether a stem is a title and its year in brackets and no more, as media servers want it, whatever is in the title."""
    found = ADVISED.fullmatch(without_ids(stem).strip())
    title = _ADVISED_TITLE.fullmatch(found["title"]) if found and is_past(found["year"]) else None
    if title is None or _EPISODIC.search(title[0]) or QUALITY.search(title[0], 1) or " - " in title[0]:
        return False
    if title["before"] is not None and not ends_early(title["before"]):
        # What is in brackets may be another name of it.
        return False
    return without_edition(title[0]) == title[0] and not _SEVERAL.search(title[0]) and latin_part(title[0]) == title[0]


def read_film(stem: str) -> tuple[dict[str, Any], bool] | None:
    """Return (facts, are title and year beyond doubt) of a stem that has a title and a year, or None."""
    bare = without_ids(stem)
    bracketed = [one for one in _BRACKETED.finditer(bare) if is_past(one["year"]) and not _MADE_AGAIN.search(one[0])]
    found = bracketed[-1] if bracketed else None
    if found and clean(bare[: found.start()]):
        years = {one["year"] for one in bracketed}
        clear = len(years) == 1 and (_clear(bare, found) or is_as_advised(stem))
        return _facts(stem, bare, found.start(), found.end(), int(found["year"])), clear
    front = _FRONT.match(bare)
    if front and not YEAR.search(bare, front.end()):
        facts = _facts(stem, bare, front.end(), front.end(), int(front["year"]))
        return facts | {"title": plain_title(bare[front.end() :])}, False
    years_seen = [one for one in YEAR.finditer(bare) if one.start() and is_past(one.group()) and clean(bare[: one.start()])]
    for one in reversed(years_seen):
        rest = bare[one.end() :].lstrip(" ._-")
        quality_follows = QUALITY.match(rest) is not None
        at_end = (
            not rest
            or (not QUALITY.search(rest) and _is_told(rest))
            or _AFTER.match(bare, one.end()) is not None
            or begins_with_part(rest)
        )
        if quality_follows or at_end:
            # "Death Race 2000.mkv" ends in its title; "Pi.1998.mkv" is how releases write the year.
            dotted = bare[one.start() - 1] == "." and " " not in bare
            facts = _facts(stem, bare, one.start(), one.end(), int(one.group()))
            return facts, (quality_follows or dotted) and _clear(bare, one)
    if years_seen and QUALITY.search(bare, years_seen[-1].end()):
        one = years_seen[-1]
        return _facts(stem, bare, one.start(), one.end(), int(one.group())), len(years_seen) == 1 and _clear(bare, one)
    return None


def _is_told(rest: str) -> bool:
    """Say whether what follows a year begins with a language, or another word that tells of a release: "1999.Castellano"."""
    word = _BETWEEN.split(rest, 1)[0].lower()
    rows = release_words()
    return word in rows["tells"] or word in rows["languages"] or (len(word) >= _SHORTEST_LANGUAGE and word in languages())


_SHORTEST_LANGUAGE = 4


def _clear(bare: str, year: re.Match[str]) -> bool:
    """Say whether nothing around a year hints at an episode, a date, or a title that is more than a title."""
    title = without_edition(bare[: year.start()])
    return not (
        _EPISODIC.search(bare)
        or _DAY_BEFORE.search(title)
        or _DAY_AFTER.match(bare, year.end())
        or _PART_TITLED.match(bare, year.end())
        or QUALITY.search(title, 1)
        or title.count("(") != title.count(")")
        or clean(title)[:1] in {"[", "("}
        or (bare[:1] == "[" and len(clean(title)) == 1)
        or _without_short(title) != title
        or _ALSO_KNOWN.search(title)
        or (" - " in title and year.group()[0] not in "([{")
        or latin_part(clean(title)) != clean(title)
        or _YEARS.search(bare)
        or _SEVERAL.search(title)
        or _DAY_IN_FRONT.match(title)
        or _COUNTED.match(title)
    )


def _facts(stem: str, bare: str, start: int, end: int, year: int) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": "movie", "title": _bare_title(bare[:start]), "year": year}
    part = part_after(bare, end)
    if part is not None:
        facts["part"] = part
    return {**facts, **ids_of(stem)}


def _bare_title(text: str) -> str:
    """Return the title in what stands before a year: without editions, and one where a second is in brackets or other letters."""
    released = _RELEASED.search(text, 1) if text[0] not in "[(" else None
    text = text[: released.start()] if released else text
    text = (_DAY_IN_FRONT.sub("", text) if text[0].isdecimal() else "") or text
    title = without_other_name(without_edition(_COUNTED.sub("", text)))
    latin = latin_part(clean(title))
    if latin != clean(title):
        return clean(latin)
    return clean(_unless_cut_short(_without_short(_ALSO_KNOWN.sub("", title)), title))


def _without_short(title: str) -> str:
    """Return a title of words in small letters without the editions and languages in capitals at its end."""
    left = bare = title.rstrip(" ._-")
    capitals = title not in (title.lower(), title.upper())
    while (at := max(map(left.rfind, " ._"))) > 0:
        word = left[at + 1 :]
        if word.lower() not in (_SHORT if capitals else _LANGUAGES) or (
            capitals and word[1:] == word[1:].lower() and word not in _AS_WORDS
        ):
            break
        left = left[:at].rstrip(" ._-")
    return left if left != bare and not (capitals and left[-1:].isupper()) and left[-1:].isalnum() else title


def without_other_name(title: str) -> str:
    """Return a title without another one that it is also known as: "Harbor AKA Hafen"."""
    found = _AKA.search(title) if "ka" in title or "KA" in title or "k.a" in title else None
    return title[: found.start()] if found and not ends_early(clean(title[: found.start()])) else title


def edition_in(stem: str) -> str:
    """Return the edition that a name gives after its year ("Directors Cut"), "" where it gives none."""
    year = YEAR.search(stem, 1)
    found = _AFTER_YEAR.search(stem, year.end()) if year is not None else None
    return " ".join(_BETWEEN.split(found[0])) if found else ""


@lru_cache(maxsize=4096)
def without_edition(text: str) -> str:
    """Return a title without the editions at its end; whole where they are the title: "The Final Cut", "Uncut"."""
    return _unless_cut_short(_EDITION.sub("", text), text)


def _unless_cut_short(short: str, text: str) -> str:
    """Return the shorter title, unless it is no title: nothing, or one that ends before it is over."""
    return text if short != text and ends_early(clean(short)) else short


def plain_title(text: str) -> str:
    """Return the title a text begins with, up to a word of its quality, and without parts, brackets and collections after it."""
    text = without_quality_in_front(text)
    text = text[: quality_starts(text)]
    text = _BRACKET_OPEN.sub("", text)
    while text != (text := _AFTER_TITLE.sub("", text)):
        pass
    return clean(without_edition(text))


_BRACKET_OPEN = re.compile(r"(?<=\w)[ ._-]*[(\[][^()\[\]]*\Z")
_AFTER_TITLE = re.compile(
    r"(?<=[\w!?.'\")])(?:[ ._-]*\[[^\[\]]*\]|[ ._-]+\((?:[12]\d{3}|\d+p)[^()]*\)|[ ._]+v\d|"
    r"[ ._-]+[(\[]?(?:cd|dis[ck])[ ._]?\d(?:[ ._]?of[ ._]?\d)?[)\]]?|"
    r"[ ._-]+nc(?:op|ed)[ ._]?\d*[a-z]?|[ ._-]+full[ ._]movie(?:[ ._]h[dq])?|[ ._-]+(?:napisy|lektor)(?:[ ._]pl)?|"
    r"[ ._-]+(?:(?:complete|ultimate|fan|movie|box|\d{1,2})[ ._]+)*"
    r"(?:collection|edition[ ._]collector|collector[ ._]edition))[ ._-]*\Z",
    re.IGNORECASE,
)
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d[ ._]*-[ ._]*(?:19|20)\d\d(?!\d)")
_SEVERAL = re.compile(r"(?<![^\W_])(?:collection|trilogy|quadrilogy|anthology|filmography|duology)(?![^\W_])", re.IGNORECASE)
_DAY_IN_FRONT = re.compile(r"\d\d[-. ]\d\d[-. ]\d\d[-. ]")
_COUNTED = re.compile(r"\A(?:0\d{1,2}(?:[. ]+-[. ]+|[.] ?|_)|0[1-9] |\d{1,3}(?:[.] |[)] ?)|\d{1,2} - )(?=[^\W\d_])")
"""A film's place in a list: "01 - Title", "12. Title", "3) Title"."""


def leading_title(stem: str) -> str:
    """Return the title a stem begins with, up to the first word of its quality, or the part it is."""
    return clean(until_quality(without_disc(stem)))
