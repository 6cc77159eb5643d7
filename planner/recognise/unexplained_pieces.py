"""Accounting: whether a reading explains its name to the last piece, so that nothing is left that could mean something else."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from reshelve.planner.recognise import title_text
from reshelve.planner.recognise.same_title import normalise
from reshelve.planner.recognise.title_text import QUALITY, ends_early, without_ids

_APART = r"[ ._]"
_WORD = r"(?:[^\W\d_]++|0\d{5,8}+)(?!\d)"
"""A word, or a serial number: no season, episode or year has six digits and a zero before them."""
_TITLE = rf"(?P<title>{_WORD}(?:[ ._,'’!?&]++{_WORD})*+[!?]?)"
_RELEASER = r"\[(?P<releaser>[^\[\]]*)\][ ._]*+"
_YEAR = r"(?:19|20)\d\d"
_TAG = (
    r"(?:\d{3,4}[pi]|\d{3,4}x\d{3,4}|[48]k|[xh][ .]?26[45]|av1|(?:8|10)[ -]?bits?|hdr10\+?|hi10p?|mp[34]|dvd[59r]|"
    r"bd(?:25|50|66|100)|(?:e?ac-?3|aac|ddp?|dts|flac|opus|truehd|atmos|ma)(?:[ .-]?[1257][ .][0124])?|[1257][.][0124](?:ch)?|v\d|"
    r"(?=\d*[a-f])[0-9a-f]{8}|\d{2,3}fps)(?![^\W_])"
)
"""Words with digits in them that tell of a release and never count anything."""
_REST = (
    rf"(?:[ ._,'’!?&+~:;()\[\]{{}}–—-]++(?:{_TAG}|{_WORD}))*+"
    r"(?:[-.@](?=\d*[^\W\d_])[^\W_]++)?[ ._!?…)\]}]*+"
)
_MARK = (
    r"(?:s\d{1,4}[ ._]?e(?:p[ ._]?)?\d{1,5}(?:[ ._]?-?[ ._]?e(?:p[ ._]?)?\d{1,5})*+|"
    r"(?:\d{1,2}|(?:19|20)\d\d)x\d{2,3}(?:[ ._]?-[ ._]?\d{0,4}x\d{2,3})*+|[1-9][ ._]?of[ ._]?\d{1,2})(?![^\W_])"
)
_AFTER_MARK = (
    rf"(?![ ._]*+[-&+,~/]?[ ._]*+(?!{_TAG})(?:e(?:p[ ._]?)?)?\d{{1,5}}(?![^\W_]))"
    r"(?!.*(?<![^\W_])(?:s\d{1,4}[ ._]?e\d|\d{1,4}x\d\d(?!\d)|ep?[ ._]?\d)).*"
)
"""What may follow a mark of season and episode: numbers in an episode's title, but no second mark, and none joined to the first."""
_DAY = rf"{_YEAR}(?P<s>[ ._-])[01]\d(?P=s)[0-3]\d(?![^\W_])"
_NUMBERED = r"(?:(?:e(?:p(?:isode)?)?[ ._]?)?\d{1,3}(?![^\W_]))"
_SHOW = rf"(?:{_TITLE}|(?P<number>{_YEAR})(?![^\W_]))(?:{_APART}++(?:\({_YEAR}\)|\[{_YEAR}\]|{_YEAR}))?"
_PLAIN_EPISODE = re.compile(
    rf"{_SHOW}{_APART}*+(?:-{_APART}*+)?(?:[(\[]?{_MARK}[)\]]?{_AFTER_MARK}|[(\[]?{_DAY}{_REST})", re.IGNORECASE
)
_PLAIN_FANSUB = re.compile(
    rf"{_RELEASER}{_TITLE}(?P<number>(?!))?[ _]++-[ _]++\d{{2,4}}(?:v\d)?(?:[ _]*+[(\[](?:{_TAG}|{_WORD}|[ ._,+-])*+[)\]])*+[ _]*+",
    re.IGNORECASE,
)
_PLAIN_NUMBERED = re.compile(rf"(?:{_MARK}{_AFTER_MARK}|{_NUMBERED}{_REST})", re.IGNORECASE)
_MARKED = re.compile(
    r"(?<![^\W_])(?:s\d{1,4}[ ._x-]{0,3}e(?:p[ ._]?)?\d{1,5}|\d{1,4}x\d{1,3})(?:[ ._]?[-&+,~]?[ ._]?(?:(?:s\d+)?e|\d*x)?\d{1,3})*?"
    rf"(?![^\W_])[)\]]?(?={_AFTER_MARK}\Z)",
    re.IGNORECASE,
)
_FAR = re.compile(
    r"(?<![^\W_])(?P<mark>s\d{1,4}[ ._]?e\d{1,5}|\d{1,4}x\d{2,3})[ ._]+(?:-[ ._]+)?(?P<number>\d{3,5})(?![^\W_])", re.IGNORECASE
)
"""A number that stands apart from the mark before it."""
_SEASON_AGAIN = re.compile(r"(?P<season>\d{1,2})[.x](?=\d\d(?!\d))", re.IGNORECASE)
_PLAIN_SHOW = re.compile(rf"{_SHOW}[ ._]*", re.IGNORECASE)
_PLAIN_PACK = re.compile(rf"{_SHOW}{_APART}++s\d\d{_REST}", re.IGNORECASE)
_KNOWN = rf"(?:{QUALITY.pattern}|(?:extended|special|final|ultimate)(?={_APART}(?:cut|edition))|cut|edition)(?![^\W_])"
_PLAIN_FILM = re.compile(
    rf"{_TITLE}{_APART}++(?:\({_YEAR}\)|\[{_YEAR}\]|{_YEAR})(?![^\W_])"
    rf"(?:[ ._-]*+|[ ._,()\[\]-]++(?:{_TAG}|{_KNOWN}){_REST})",
    re.IGNORECASE,
)
_SUSPECTS = frozenset(
    word
    for line in (
        "season,seasons,saison,staffel,episode,episodes,ep,eps,part,parts,pt,vol,volume,chapter,cap,ova,ovb,ona,oad,special,specials,sp",
        "ncop,nced,op,ed,creditless,bd,dvd,tv,www,com,collection,trilogy,duology,quadrilogy,anthology,edition,editions,cut,version",
        "anniversary,redux,remaster,cd,disc,disk,sample,trailer,preview,batch,pack,web,bluray,hdtv,pdtv,xvid,divx,remux,uhd,hdr,imax,cam",
        "german,french,italian,spanish,english,dutch,polish,russian,swedish,danish,hindi,japanese,korean,chinese,multi,dual,vostfr",
        "extended,unrated,uncut,remastered,theatrical,proper,repack,internal,limited,complete,criterion,docu,dubbed,subbed,screener",
        "telesync,hulu,nf,amzn,dl,ml,dts,ac,atmos,truehd,flac,aac,hevc,avc",
    )
    for word in line.split(",")
)
"""Words that are as often a mark, an edition, a language or a release's as a word of a title."""
_SHORT_EDITIONS = frozenset({"DC", "OM", "SE", "UC", "EE"})
_UNFINISHED = frozenset({"the", "a", "an", "and", "of", "at", "in", "to", "for", "with", "from", ""})
_COUNTERS = re.compile(r"[季話话集回期화회]")
_MANY = 6
"""More episodes in one file than that are more likely a mark misread."""
_SPECIAL = re.compile(
    r"(?<![^\W_])(?:ov[ab]|ona|oad|specials?(?=[\W_\d]*\Z)|sp\d*|ncop\d*|nced\d*|creditless)(?![^\W_])", re.IGNORECASE
)
"""A word for what is no ordinary episode; "special" is one only at the end: what is called "Special Cases" is called so."""
_SEASON_LEFT = re.compile(
    r"第\s?\S{1,3}\s?[季期]|(?<![^\W_])(?:s(?:easons?|aison)?[ ._]?\d{1,2}|\d(?:st|nd|rd|th)[ ._]season)(?![^\W_])", re.IGNORECASE
)
_WHOLE_OR_SPECIAL = re.compile(
    r"(?<![^\W_])(?:complete[ ._](?:series|seasons?|collection)|seasons?[ ._]?\d+|"
    r"(?:nc)?(?:op|ed)\d*(?=[ ._]*[\[(])|ov[ab]|oad|ncop\d*|nced\d*|creditless|batch)(?![^\W_])",
    re.IGNORECASE,
)
_CUT_LANGUAGE = re.compile(
    r"[ ._]+(?:german|french|italian|spanish|english|dutch|polish|russian|swedish|danish|hindi|3d)[ ._(\[]+(?=\d{4})", re.IGNORECASE
)
_LONGEST_FIRST = "|".join(sorted(_SUSPECTS, key=len, reverse=True))
_VOCABULARY = re.compile(rf"{QUALITY.pattern}|{_TAG}|(?:{_LONGEST_FIRST})(?![^\W_])", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(?:20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![^\W_])")
"""A date that a title seems to begin with."""
_TOKEN = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?<![^\W_])\d+(?![^\W_])")
_YEAR_NEXT = re.compile(r"[ ._-]*[(\[]?(?:19|20)\d\d")
_ENDS_IN_YEAR = re.compile(r"(?<=[ .])(?:19|20)\d\d\Z")
_DIGITS = re.compile(r"\d+")
_ORDER = re.compile(r"[^\W\d_]*\d+(?:[^\W\d_]{1,3}\d+)*(?:v\d|[a-d]|st|nd|rd|th)?")
_GROUP = re.compile(r"[-@][^\W_]+(?:\[[^\[\]]*\])?\Z")
_FRONT = re.compile(r"(?:\s*(?:\[[^\[\]]*\]|【[^【】]*】)[\s._-]*)*")
_BRACKET = re.compile(r"[\[【(]([^\[\]【】()]*)[\]】)]")
_BRACKETS = frozenset("()[]{}")
_NUMBERING = re.compile(r"[^\W\d_]{1,12}")


def doubts(stem: str, facts: Mapping[str, Any]) -> set[str]:
    """Return which facts stay in doubt whoever agrees on them: what readers share as well as letters are their mistakes."""
    title, episodes = facts.get("title", ""), facts.get("episodes", ())
    found: set[str] = set()
    if title and (ends_early(title) or is_torn(title) or _DAY_FIRST.match(title) or not _BRACKETS.isdisjoint(title)):
        found |= {"title"}
    if len(episodes) > _MANY:
        found |= {"episodes"}
    if facts["kind"] == "episode":
        if not episodes and "date" not in facts and ("season" not in facts or "year" in facts):
            found |= {"kind"}
        if _SPECIAL.search(title):
            found |= {"show"}
        if "season" not in facts and "date" not in facts and _SEASON_LEFT.search(stem):
            found |= {"season"}
    else:
        if _WHOLE_OR_SPECIAL.search(stem):
            found |= {"kind"}
        span = _place_of(title, stem)
        if span and _has_numbers_left(stem, span[1], facts):
            found |= {"kind"}
        if span and _ENDS_IN_YEAR.search(title) and not _YEAR_NEXT.match(stem, span[1]):
            found |= {"title"}
        if span and (_CUT_LANGUAGE.match(stem, span[1]) or _also_called(stem[span[1] :])):
            found |= {"title"}
    if title_text.without_scene_group(stem) != stem:
        found |= {"title"}
    return found


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
    return not all(_VOCABULARY.fullmatch(word) for word in _TOKEN.findall(found[1]) if not word.isdecimal())


def is_torn(text: str) -> bool:
    """Say whether bytes of a text could not be read: what they stood for is anyone's guess."""
    return not text.isascii() and any(char == "\ufffd" or "\ud800" <= char <= "\udfff" for char in text)


def is_plain_episode(stem: str, show: str, episodes: Sequence[int] = ()) -> bool:
    """Say whether a stem is a show of plain words, one mark, and nothing else that could count anything."""
    if len(episodes) > _MANY:
        return False
    found = _PLAIN_EPISODE.fullmatch(_without_far_number(stem)) or (_PLAIN_FANSUB.fullmatch(stem) if stem[:1] == "[" else None)
    return found is not None and _is_whole(found["title"] or found["number"], show)


def is_plain_film(stem: str, title: str | None) -> bool:
    """Say whether a stem is a title of plain words, a year, and words of its quality. Pass no title where some was cut off it."""
    found = _PLAIN_FILM.fullmatch(without_ids(stem).rstrip())
    if (
        found is not None
        and any(word in stem.lower() for word in ("complete", "season", "batch"))
        and _WHOLE_OR_SPECIAL.search(stem)
    ):
        return False
    return found is not None and _is_whole(found["title"], title)


def is_plain_numbered(stem: str, season: int | None) -> bool:
    """Say whether a stem is a mark or number, that of its `season` before it or not, and nothing else that could count anything."""
    again = _SEASON_AGAIN.match(stem)
    if again and int(again["season"]) == season:
        stem = stem[again.end() :]
    return _PLAIN_NUMBERED.fullmatch(_without_far_number(stem)) is not None


def _without_far_number(stem: str) -> str:
    """Return a stem without the number after its mark where no file holds all episodes up to it: "S05E04 - 100 Days", "- 1984"."""
    found = _FAR.search(stem)
    if found is None or int(found["number"]) <= int(_DIGITS.findall(found["mark"])[-1]) + _MANY:
        return stem
    return stem[: found.start("number")] + stem[found.end("number") :]


def is_plain_show(folder: str) -> bool:
    """Say whether a folder is called after a show, or a season of one, of plain words."""
    folder = without_ids(folder)
    found = _PLAIN_SHOW.fullmatch(folder) or _PLAIN_PACK.fullmatch(folder) or _PLAIN_EPISODE.fullmatch(folder)
    return found is not None and not is_suspect(found["title"] or "x")


def _is_whole(text: str, title: str | None) -> bool:
    if is_suspect(text):
        return False
    return title is None or text.replace(".", " ") == title or normalise(text.replace(".", " ")) == normalise(title)


@lru_cache(maxsize=8192)
def is_suspect(title: str) -> bool:
    """Say whether a title holds a word that is as often none of a title, or ends before it is over."""
    words = title.replace(".", " ").replace("_", " ").split()
    lowered = [word.strip(",!?&").lower() for word in words]
    if len(words) > 1 and (not _SUSPECTS.isdisjoint(lowered) or words[-1] in _SHORT_EDITIONS):
        return True
    return ((not lowered or lowered[-1] in _UNFINISHED) and ends_early(title.strip(" ._"))) or (
        not title.isascii() and _COUNTERS.search(title) is not None
    )


def is_accounted_for(stem: str, facts: Mapping[str, Any], *, titled: bool = True) -> bool:
    """Say whether every number of a stem, and every word before its number or year, is a fact's or tells of a release.

    Not `titled`: a folder gave the title.
    """
    stem = without_ids(stem)
    title = facts.get("title", "")
    span = _place_of(title, stem) if titled else (0, 0)
    if span is None or is_suspect(title) or _NUMBER.search(title) or is_torn(stem):
        return False
    start, end = span
    front = stem[: start if titled else 0].strip(" ._-")
    if (_FRONT.fullmatch(front) is None and front.replace(".", " ") != facts.get("channel")) or " - " in stem[start:end]:
        return False
    counted = _Counted(_numbers(facts))
    marked = _MARKED.search(stem, end) if facts.get("episodes") and "season" in facts else None
    if marked:
        gap = _TOKEN.findall(stem, end, marked.start())
        if not titled and normalise(" ".join(gap)) == normalise(title):
            gap = []
        return all(counted.holds(word) or _VOCABULARY.fullmatch(word) for word in gap) and all(
            counted.holds(word) for word in _TOKEN.findall(marked.group())
        )
    group = _GROUP.search(stem, end)
    quality = QUALITY.search(stem, end)
    told = quality.start() if quality else len(stem)
    seen = False
    for token in _TOKEN.finditer(stem, end, group.start() if group else len(stem)):
        word = token.group()
        if not _DIGITS.search(word):
            if token.start() < told and not seen and not _VOCABULARY.fullmatch(word) and facts["kind"] != "episode":
                return False
            if token.start() < told and not seen and facts["kind"] == "episode" and not _NUMBERING.fullmatch(word):
                return False
            continue
        if counted.holds(word):
            seen = True
        elif not _is_tag(stem, token):
            return False
    return True


class _Counted:
    """The numbers that the facts of a reading account for."""

    __slots__ = ("_numbers",)

    def __init__(self, numbers: frozenset[int]) -> None:
        self._numbers = numbers

    def holds(self, word: str) -> bool:
        """Say whether each number in a word is one of them, and the word is a mark around them."""
        return _ORDER.fullmatch(word.lower()) is not None and all(
            int(digits) in self._numbers for digits in _DIGITS.findall(re.sub(r"v\d\Z", "", word.lower()))
        )


def _is_tag(stem: str, token: re.Match[str]) -> bool:
    for pattern in (_TAG_AT, QUALITY):
        found = pattern.match(stem, token.start())
        if found:
            return True
    before = stem[max(0, token.start() - 8) : token.end()]
    return _TAG_ENDS.search(before) is not None


_TAG_AT = re.compile(_TAG, re.IGNORECASE)
_TAG_ENDS = re.compile(rf"(?<![^\W_])(?:{_TAG}|{QUALITY.pattern})\Z", re.IGNORECASE)


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
