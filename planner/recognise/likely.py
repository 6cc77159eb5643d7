"""Likely episodes: ways of numbering that mean an episode more often than not, a row each; none of them is certain alone."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from planner.recognise.brackets import read_brackets
from planner.recognise.days import read_day
from planner.recognise.episodes import LONGEST_RANGE, read_show
from planner.recognise.tables import numbering
from planner.recognise.titles import IDS, QUALITY, clean, until_quality

Facts = dict[str, Any]

_GAP = r"[ ._,\-\[\](){}]*"
_UNTIL = (
    r"(?:(?P<list>(?:[ ._]?(?:,|&|\+|en|and|und|et)[ ._]?\d{1,3}(?![^\W_]))+|(?:-\d{1,3}){2,}(?![^\W_]))"
    r"|[ ._]?(?:v\d)?(?:-|~|to|à|a|bis)[ ._]?(?:@)?[ ._]?(?P<last>\d{1,4})(?:v\d)?(?![^\W_]))?"
)
_NOT_MORE = r"(?:v\d)?[a-d]?(?![^\W_]|[.,]\d(?!\d))"
_TV = re.compile(r"(?<![^\W_])(?:[hps]dtv|dsr|dsrip|tvrip|satrip|miniseries)(?![^\W_])", re.IGNORECASE)
_HAS_TITLE = re.compile(r"[^\W\d_]")


@dataclass(slots=True, frozen=True)
class Way:
    """One way of numbering. `@` in its pattern stands for a word for an episode, `%` for a season's."""

    name: str
    pattern: str
    needs_tv: bool = False


WAYS: tuple[Way, ...] = (
    Way(
        "season and episode, words last",
        rf"(?<![^\W_])(?P<season>\d{{1,2}})(?:st|nd|rd|th|ª|º|й|-й)?[ ._-]?(?:%){_GAP}(?P<first>\d{{1,4}})(?:th|-й)?[ ._]?(?:@)(?![^\W_])",
    ),
    Way("season and episode, in words", rf"(?<![^\W_])(?:%)[ ._]?(?P<season>\d{{1,2}}){_GAP}(?:@)[ ._]?(?P<first>\d{{1,4}}){_UNTIL}{_NOT_MORE}"),
    Way("season of seasons, episode of episodes", r"(?<![^\W_])(?:%)?[ ._]?(?P<season>\d{1,2})of\d{1,2}[ ._](?P<first>\d{1,2})of\d{1,2}(?![^\W_])"),
    Way("season, then a number", rf"(?<![^\W_])s(?P<season>\d{{1,2}})[ ._]*[-_. ][ ._]*(?P<first>\d{{2,3}}){_UNTIL}{_NOT_MORE}(?!p)"),
    Way("four digits", r"(?<![^\W_])s(?P<season>[0-4]\d)(?P<first>\d\d)(?![^\W_])"),
    Way("season, then part", rf"(?<![^\W_])(?:%)[ ._]?(?P<season>\d{{1,2}}){_GAP}(?:part|pt)[ ._]?(?P<first>\d{{1,2}})(?![^\W_])"),
    Way(
        "season, something, episode",
        r"(?<![^\W_])(?:%)[ ._]?(?P<season>\d{1,2})[ ._(\[][^\[\]]{1,24}?(?<![^\W_])(?:@)[ ._]?(?P<first>\d{1,3})(?![^\W_])",
    ),
    Way("episode, in a word", rf"(?<![^\W_])(?:@)[ ._]?(?P<first>\d{{1,5}}){_UNTIL}{_NOT_MORE}"),
    Way("numbers of a miniseries", r"(?<!cd )(?<!cd\.)(?<![^\W_])(?P<mini>)(?P<first>\d{1,2})[ ._]?(?:of|из|de|von)[ ._]?\d{1,3}(?![^\W_])"),
    Way("episode, between words", r"第\s?(?P<first>\d{1,4})\s?(?:$)"),
    Way("episode, word last", r"(?<![^\W_])(?P<first>\d{1,4})(?:-?(?:я|й))?[ ._-]{0,2}(?:@|$)(?![^\W_])"),
    Way("two parts", r"(?<![^\W_])(?:part|pt)[ ._]?(?P<first>\d{1,2})[ ._](?:to|and|-|&)[ ._](?:(?:part|pt)[ ._]?)?(?P<last>\d{1,2})(?![^\W_])"),
    Way("part of what was on television", r"(?<![^\W_])(?:part|pt)[ ._]?(?P<first>\d{1,2})(?![^\W_])", needs_tv=True),
    Way("a number sign", rf"(?<=[ _.])#(?P<first>\d{{1,4}}){_UNTIL}(?![^\W_])"),
    Way("season and episode in front", r"\A(?P<season>\d{1,2})-(?P<first>\d\d)(?=[ ._])(?![ ._]-?[ ._]?\d\d[ ._])"),
    Way("a version", r"(?<=[\w)!?\]'\"~.])[ ._-]+(?P<first>\d{1,3})v\d(?![^\W_])"),
    Way("after a dash", rf"(?<=[\w)!?\]'\"~.])[ _.]+-[ _.]+(?P<first>\d{{2,4}}){_UNTIL}{_NOT_MORE}(?=[ _.]*(?:[\[(]|\Z|-[ _.]|end\b|fin(?:al)?\b))"),
    Way("two pairs of digits", r"(?<=[^\W\d_])[ ._-](?P<season>\d\d)[._](?P<first>\d\d)(?=\Z|[ ._-][a-z]?\Z)"),
    Way("a year, then two pairs", r"(?<=[ ._-])(?P<year>20[0-4]\d|19\d\d)[ ._-](?P<season>\d\d)_(?P<first>\d\d)(?![^\W_])"),
    Way("a number in brackets", r"(?<=\w)[ _.]*[\[({](?P<first>\d{1,3})(?:v\d)?[\])}](?=\s*(?:\Z|[\[(]))"),
    Way("a number in braces", r"[ _.]\{(?P<first>\d{1,3})\}"),
    Way("the last thing before brackets", r"\A[\[【][^\[\]【】]*[\]】](?P<show>[^\[\]]*?[^\W\d_][^\[\]]*?)[ ._](?P<first>\d{2,3})[ ._]*(?=\[)"),
    Way("after the group", r"\A\[[^\]]+\][ _.]*(?P<first>0\d)[ ._-]+(?P<show>[^\W\d][^\[(]*)"),
    Way("three digits", r"(?<=[^\W_])[ ._-]+(?P<season>[1-9])(?P<first>[0-3]\d)(?=[ ._-]+(?:[hps]dtv|dsr|web|[57]\d\d[pi]|proper|repack))"),
    Way("a pair of threes", r"(?<=\w)[ ._-]+(?P<season>\d)(?P<first>\d\d)[ ._,-]+(?P=season)(?P<second>\d\d)(?=[ ._-])"),
)


@cache
def _patterns() -> tuple[tuple[Way, re.Pattern[str]], ...]:
    words = {mark: "|".join(sorted(numbering()[of], key=len, reverse=True)) for mark, of in (("@", "episode"), ("%", "season"))}
    after = "|".join(numbering()["after"])
    found = []
    for way in WAYS:
        pattern = way.pattern.replace("@", words["@"]).replace("%", words["%"]).replace("(?:$)", f"(?:{after})").replace("|$)", f"|{after})")
        found.append((way, re.compile(pattern, re.IGNORECASE)))
    return tuple(found)


def read_likely(stem: str) -> Facts | None:
    """Return the facts of a stem that most likely names an episode, or None. Where a number is missing, so is its fact."""
    facts = read_brackets(stem)
    if facts is not None:
        return facts
    bare = IDS.sub("", stem)
    day = read_day(bare)
    for way, pattern in _patterns():
        found = pattern.search(bare)
        if found is None or (way.needs_tv and not _TV.search(bare)) or (day and day.start <= found.start("first") < day.end):
            continue
        if bare[:1] not in "[(" and QUALITY.search(bare, 1, found.start()):
            continue
        facts = _numbered(bare, found)
        if facts is not None:
            if day and day.plain:
                facts["date"] = day.iso
            return facts
    if day and clean(bare[: day.start]):
        return {"kind": "episode", **read_show(bare[: day.start]), "episodes": [], "date": day.iso}
    return None


def _numbered(stem: str, found: re.Match[str]) -> Facts | None:
    groups = found.groupdict()
    if not _HAS_TITLE.search(stem, 0, found.start()) and not _HAS_TITLE.search(stem, found.end()):
        return None
    first = int(groups["first"])
    facts: Facts = {"kind": "episode", **read_show(groups.get("show") or _last_piece(stem[: found.start()]))}
    if groups.get("season"):
        facts["season"] = int(groups["season"])
        if first // 100 == facts["season"] and first % 100 and not groups.get("last"):
            # "Temporada 4 [Cap.408]" says the season twice.
            first %= 100
    elif groups.get("mini") is not None:
        facts["season"] = 1
    else:
        show, season = split_season(facts.get("show", ""))
        if season is not None and show:
            facts |= {"show": show, "title": show, "season": season}
    if groups.get("year"):
        facts["show_year"] = facts["year"] = int(groups["year"])
    last = int(groups.get("last") or 0)
    if first < last <= first + LONGEST_RANGE:
        facts["episodes"] = list(range(first, last + 1))
    else:
        more = re.findall(r"\d+", groups.get("list") or groups.get("second") or "")
        facts["episodes"] = sorted({first, *map(int, more)})
    title = clean(until_quality(stem[found.end() :]))
    if title and title[0] not in "[(":
        facts["episode_title"] = title
    return facts


def _last_piece(text: str) -> str:
    """Return what stands after a release group in the midst of a text, and without brackets at its end."""
    text = _TAIL_BRACKETS.sub("", text)
    tail = text.rpartition("]")[2]
    return tail if _HAS_TITLE.search(tail) else text


_TAIL_BRACKETS = re.compile(r"(?<=\w)[ ._-]*\[[^\[\]]*\][ ._-]*\Z")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_SEASON_IN_TITLE = re.compile(
    r"\A(?P<show>.*?[\w!?)'\"])[ ._-]+\(?(?:(?P<nth>\d{1,2})(?:st|nd|rd|th)[ ._]season|(?P<word>first|second|third|fourth|fifth)[ ._]season|"
    r"season[ ._]?(?P<after>\d{1,2})|s(?P<short>\d{1,2}))\)?(?:[ ._](?:ova|tv|specials?))?\Z",
    re.IGNORECASE,
)


def split_season(title: str) -> tuple[str, int | None]:
    """Return (show, season) of a title that ends in its season, as "Show 2nd Season" does; season None when it does not."""
    found = _SEASON_IN_TITLE.match(title)
    if found is None:
        return title, None
    number = found["nth"] or found["after"] or found["short"]
    return found["show"], int(number) if number else _ORDINALS[found["word"].lower()]
