"""Accounting: whether a reading explains its name to the last piece, so that nothing is left that could mean something else."""

import re
from collections.abc import Mapping
from typing import Any

from reshelve.planner.recognise.likely_episodes import OF_TWO, is_of_event, is_of_television
from reshelve.planner.recognise.plain_names import AFTER_MARK, DIGITS, LIKELY_SEASON, MANY, WHOLE_OR_SPECIAL
from reshelve.planner.recognise.release_words import TAG, is_suspect, is_torn, may_end_in_short, season_at_end, vocabulary
from reshelve.planner.recognise.same_title import normalise
from reshelve.planner.recognise.title_text import QUALITY, ends_early, without_ids

_MARKED = re.compile(
    r"(?<![^\W_])(?:s\d{1,4}[ ._x-]{0,3}e(?:p[ ._]?)?\d{1,5}|\d{1,4}x\d{1,3})(?:[ ._]?[-&+,~]?[ ._]?(?:(?:s\d+)?e|\d*x)?\d{1,3}+)*?"
    rf"(?![^\W_])[)\]]?(?={AFTER_MARK}\Z)",
    re.IGNORECASE,
)
_MARK = r"s\d{1,2}e\d{1,3}(?![^\W_])"
_ONE_MARK = re.compile(rf"(?<![^\W_]){_MARK}", re.IGNORECASE)
_SPECIAL = re.compile(
    r"(?<![^\W_])(?:ov[ab]|ona|oad|specials?(?=[\W_\d]*\Z)|sp\d*|ncop\d*|nced\d*|creditless)(?![^\W_])", re.IGNORECASE
)
"""A word for what is no ordinary episode; "special" is one only at the end: what is called "Special Cases" is called so."""
_SEASON_LEFT = re.compile(
    r"第\s?\S{1,3}\s?[季期]|(?<![^\W_])(?:s(?:easons?|aison)?[ ._]?\d{1,2}|\d(?:st|nd|rd|th)[ ._]season)(?![^\W_])", re.IGNORECASE
)
_PART = re.compile(r"(?<![^\W_])(?:part|pt)[ ._]?(?:\d|one|two|three|i{1,3}(?![^\W_]))", re.IGNORECASE)
"""A part of what has no year: a series of few parts is called so, too."""
_CUT_LANGUAGE = re.compile(
    r"[ ._]+(?:german|french|italian|spanish|english|dutch|polish|russian|swedish|danish|hindi|3d)[ ._(\[]+(?=\d{4})", re.IGNORECASE
)
_DAY_FIRST = re.compile(r"(?:20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![^\W_])")
"""A date that a title seems to begin with."""
_TOKEN = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?<![^\W_])\d+(?![^\W_])")
_YEAR_NEXT = re.compile(r"[ ._-]*[(\[]?(?:19|20)\d\d")
_ENDS_IN_YEAR = re.compile(r"(?<=[ .])(?:19|20)\d\d\Z")
_ORDER = re.compile(r"[^\W\d_]*\d+(?:[^\W\d_]{1,3}\d+)*(?:v\d|[a-d]|st|nd|rd|th)?")
_GROUP = re.compile(r"[-@][^\W_]+(?:\[[^\[\]]*\])?\Z")
_FRONT = re.compile(r"(?:\s*(?:\[[^\[\]]*\]|【[^【】]*】)[\s._-]*)*|\((?=[^()]*[^\W\d])[^()]+\)")
_BRACKET = re.compile(r"[\[【(]([^\[\]【】()]*)[\]】)]")
_BRACKETS = frozenset("()[]{}")
_GLUED = re.compile(r"(?<=[^\s._\-()\[\]{}])\([^()]*\)")
_DIRECTED = re.compile(r"[ ._-]*\([^\W\d_](?:[^\W\d_]|[ .&'’-])*,[ ](?:19|20)\d\d\)")
"""Who made a film, and when, as in "Harbor (Ann Gray, 1967)"."""
_SHORT_NUMBER = re.compile(r"[1-9]\d{1,3}")
_MARK_NEXT = re.compile(rf"[ ._-]{{1,3}}{_MARK}", re.IGNORECASE)
_TAIL_NUMBER = re.compile(r"(?<=[^\W\d_][ ])[1-9]\d{1,3}\Z")
_DASHED_NEXT = re.compile(r"[ _]-[ _]\d{2,3}(?:v\d)?(?=[ _]*(?:[\[(]|\Z))")
_NUMBERING = re.compile(r"[^\W\d_]{1,12}")


def doubts(stem: str, facts: Mapping[str, Any]) -> set[str]:
    """Return which facts stay in doubt whoever agrees on them: what readers share as well as letters are their mistakes."""
    title, episodes = facts.get("title", ""), facts.get("episodes", ())
    found: set[str] = set()
    if title and (ends_early(title) or is_torn(title) or _DAY_FIRST.match(title) or _has_brackets(title)):
        found |= {"title"}
    if len(episodes) > MANY:
        found |= {"episodes"}
    if facts["kind"] == "episode":
        if not episodes and "date" not in facts and ("season" not in facts or "year" in facts):
            found |= {"kind"}
        if OF_TWO.search(stem) and not QUALITY.search(stem):
            # A film in two files is counted so, too.
            found |= {"kind"}
        if _SPECIAL.search(title):
            found |= {"show"}
        if not episodes and _DAY_FIRST.match(stem.replace("-", "").replace(".", "")) and not QUALITY.search(stem):
            # "20190314 Late Hour" may be what somebody took that day.
            found |= {"kind"}
        if season_at_end().search(title):
            found |= {"title"}
        if "season" not in facts and "date" not in facts and _SEASON_LEFT.search(stem):
            found |= {"season"}
    else:
        if (_SPECIAL.search(title) and is_of_television(stem)) or ("year" not in facts and is_of_event(stem)):
            found |= {"kind"}
        if WHOLE_OR_SPECIAL.search(stem) or ("year" not in facts and _PART.search(stem)):
            found |= {"kind"}
        span = _place_of(title, stem)
        if span and _has_numbers_left(stem, span[1], facts):
            found |= {"kind"}
        if span and _ENDS_IN_YEAR.search(title) and not _YEAR_NEXT.match(stem, span[1]):
            found |= {"title"}
        if span and (_CUT_LANGUAGE.match(stem, span[1]) or _also_called(stem[span[1] :])):
            found |= {"title"}
        if "year" in facts and may_end_in_short(title):
            found |= {"title"}
    return found


def _has_brackets(title: str) -> bool:
    """Say whether brackets in a title may not be of it: those of "f(x)" are, which stand right behind what they belong to."""
    left = _GLUED.sub("", title)
    return not _BRACKETS.isdisjoint(left)


def _has_numbers_left(stem: str, start: int, facts: Mapping[str, Any]) -> bool:
    """Say whether a film's name holds a number of some digits after its title which is neither its year nor a release's."""
    counted = _Counted(_numbers(facts))
    left = (token for token in _TOKEN.finditer(stem, start) if token.group().isdecimal() and len(token.group()) in {2, 3})
    return any(not counted.holds(token.group()) and not _is_tag(stem, token) for token in left)


def _also_called(rest: str) -> bool:
    """Say whether words in brackets follow a title, which may be of it, or be another."""
    found = _BRACKET.match(rest.lstrip(" ._-"))
    if found is None or not _YEAR_NEXT.match(rest.lstrip(" ._-"), found.end()):
        return False
    return not all(vocabulary().fullmatch(word) for word in _TOKEN.findall(found[1]) if not word.isdecimal())


def is_accounted_for(stem: str, facts: Mapping[str, Any], *, titled: bool = True, known: bool = False) -> bool:
    """Say whether every number of a stem, and every word before its number or year, is a fact's or tells of a release.

    Not `titled`: a folder gave the title. `known`: a folder has the same title, so words in it that may tell of a release do not.
    """
    stem = without_ids(stem)
    title = facts.get("title", "")
    span = _place_of(title, stem) if titled else (0, 0)
    if span is None or (is_suspect(title) and not known) or is_torn(stem):
        return False
    start, end = span
    if _NUMBER.search(title) and not (facts["kind"] == "episode" and _is_titles_number(title, stem[end:])):
        return False
    # Marks that the title itself begins with are no others: "$(Harbor) Nights".
    lead = title[: next(at for at, char in enumerate(title) if char.isalnum())] if titled else ""
    start -= len(lead) if stem[:start].endswith(lead) else 0
    front = stem[: start if titled else 0].strip(" ._-")
    if (_FRONT.fullmatch(front) is None and front.replace(".", " ") != facts.get("channel")) or " - " in stem[start:end]:
        return False
    counted = _Counted(_numbers(facts))
    marked = _MARKED.search(stem, end) if facts.get("episodes") and "season" in facts else None
    if marked:
        # Between two marks stands the title of the first: "S02E01-Storm-S02E02-Calm".
        first = _ONE_MARK.search(stem, end, marked.start())
        if first and not all(counted.holds(mark) for mark in _ONE_MARK.findall(stem, end)):
            return False
        gap = _TOKEN.findall(stem, end, first.start() if first else marked.start())
        if not titled and normalise(" ".join(gap)) == normalise(title):
            gap = []
        return all(counted.holds(word) or vocabulary().fullmatch(word) for word in gap) and all(
            counted.holds(word) for word in _TOKEN.findall(marked.group())
        )
    group = _GROUP.search(stem, end)
    directed = _DIRECTED.match(stem, end) if facts["kind"] != "episode" else None
    end = stem.rindex(",", end, directed.end()) if directed else end
    quality = QUALITY.search(stem, end)
    told = quality.start() if quality else len(stem)
    seen = False
    for token in _TOKEN.finditer(stem, end, group.start() if group else len(stem)):
        word = token.group()
        if not DIGITS.search(word):
            if token.start() < told and not seen and not vocabulary().fullmatch(word) and facts["kind"] != "episode":
                return False
            if token.start() < told and not seen and facts["kind"] == "episode" and not _NUMBERING.fullmatch(word):
                return False
            continue
        if counted.holds(word):
            seen = True
        elif not _is_tag(stem, token):
            return False
    return True


def _is_titles_number(title: str, rest: str) -> bool:
    """Say whether the number in an episode's title can be nothing else, by what follows it: "24 S01E02", "Area 88 - 03 [720p]"."""
    if _SHORT_NUMBER.fullmatch(title):
        return _MARK_NEXT.match(rest) is not None
    number = _TAIL_NUMBER.search(title)
    return (
        number is not None
        and int(number[0]) > LIKELY_SEASON
        and not _NUMBER.search(title, 0, number.start())
        and _DASHED_NEXT.match(rest) is not None
    )


def unexplained(stem: str, facts: Mapping[str, Any]) -> list[str]:
    """Return the pieces of a stem outside its title that are no fact's and tell nothing of a release, as they are written."""
    counted = _Counted(_numbers(facts))
    start, end = _place_of(facts.get("title", ""), stem) or (0, 0)
    found = []
    for token in _TOKEN.finditer(stem):
        word = token.group()
        known = counted.holds(word) if DIGITS.search(word) else vocabulary().fullmatch(word) is not None
        if not start <= token.start() < end and not known and not _is_tag(stem, token):
            found.append(word)
    return found


def bracketed_title(stem: str, facts: Mapping[str, Any]) -> str:
    """Return the square brackets at the front of a stem that hold its whole title, as a release group's name stands; "" else."""
    found = re.match(r"\[([^\[\]]*)\]", stem)
    return found[0] if found and normalise(found[1]) == normalise(facts.get("title", "")) else ""


class _Counted:
    """The numbers that the facts of a reading account for."""

    __slots__ = ("_numbers",)

    def __init__(self, numbers: frozenset[int]) -> None:
        self._numbers = numbers

    def holds(self, word: str) -> bool:
        """Say whether each number in a word is one of them, and the word is a mark around them."""
        return _ORDER.fullmatch(word.lower()) is not None and all(
            int(digits) in self._numbers for digits in DIGITS.findall(re.sub(r"v\d\Z", "", word.lower()))
        )


def _is_tag(stem: str, token: re.Match[str]) -> bool:
    for pattern in (_TAG_AT, QUALITY):
        found = pattern.match(stem, token.start())
        if found:
            return True
    before = stem[max(0, token.start() - 8) : token.end()]
    return _TAG_ENDS.search(before) is not None


_TAG_AT = re.compile(TAG, re.IGNORECASE)
_TAG_ENDS = re.compile(rf"(?<![^\W_])(?:{TAG}|{QUALITY.pattern})\Z", re.IGNORECASE)


def _numbers(facts: Mapping[str, Any]) -> frozenset[int]:
    numbers = {facts[fact] for fact in ("season", "year", "show_year", "part") if isinstance(facts.get(fact), int)}
    episodes = facts.get("episodes") or []
    numbers |= set(episodes)
    if isinstance(facts.get("season"), int):
        numbers |= {100 * facts["season"] + episode for episode in episodes if episode < 100}
    if facts.get("date"):
        year, month, day = map(int, facts["date"].split("-"))
        numbers |= {year, month, day, year % 100, year * 10000 + month * 100 + day, year % 100 * 10000 + month * 100 + day}
    return frozenset(numbers)


def _place_of(title: str, stem: str) -> tuple[int, int] | None:
    """Return where the letters of a title stand in a stem, whatever stands between them; None where they do not."""
    places = [at for at, char in enumerate(stem) if char.isalnum()]
    letters = "".join(stem[at] for at in places).lower()
    wanted = "".join(filter(str.isalnum, title)).lower()
    at = letters.find(wanted) if wanted else -1
    if at < 0 or len(letters) != len(places):
        return None
    return places[at], places[at + len(wanted) - 1] + 1
