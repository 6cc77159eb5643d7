"""Likely episodes: ways of numbering that mean an episode more often than not, a row each; none of them is certain alone."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from reshelve.planner.recognise.broadcast_dates import Day, read_day
from reshelve.planner.recognise.episodes import FILM_OF, LONGEST_RANGE, count, read_show
from reshelve.planner.recognise.extension_tables import numbering, release_words
from reshelve.planner.recognise.title_text import QUALITY, YEAR, clean, until_quality, without_ids
from reshelve.schemas.quick_dataclasses import dataclass

Facts = dict[str, Any]


@dataclass(slots=True, frozen=True)
class Way:
    """One way of numbering: a name written so, and the pattern it is known by, in which a word in capitals stands for its piece."""

    example: str
    pattern: str
    on_television: bool = False
    undated: bool = False
    """A year after it makes it a film's."""


PIECES = {
    "START": r"(?<![^\W_])",
    "END": r"(?![^\W_])",
    "GAP": r"[ ._,\-\[\](){}]*",
    "TEXT": r"(?<=[\w)!?\]'\"~.])",
    "OF": "(?:of|из|iz|de|von|van|av|sur)",
    "PART": r"(?:part|pt)[ ._]?",
    "ROMAN": "(?:i{1,3}|iv|vi{0,3}|one|two|three|four|five|six|seven|eight)",
    "NUMERAL": "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)",
    "ORDINAL": r"(?:st|nd|rd|th|ª|º|-?й)?",
    "DASH": r"[-–—‒]",
    "RELEASER": r"[\[【][^\[\]【】]*[\]】]",
    "NOTED": r"(?:v\d)?(?=[ _.]*(?:[\[(]|\Z))",
    "RELEASED": r"(?:[hps]dtv|dsr|web|[57]\d\d[pi]|proper|repack)",
    "YEAR": r"(?:19|20)\d\d(?!\d)",
    "TOLD": f"(?:{QUALITY.pattern})(?![^\\W_])",
    "TO": r"[ ._]?(?:v\d)?(?:-|~|to|à|a|bis)[ ._]?(?:EPISODE)?[ ._]?",
    "MORE": (
        r"(?:(?P<list>(?:[ ._]?(?:,|&|\+|en|and|und|et)[ ._]?\d{1,3}END)+|(?:-\d{1,3}){2,}END)"
        r"|TO(?P<last>\d{1,4})(?:v\d)?END)?(?:v\d|end|fin)?[a-d]?(?![^\W_]|[.,]\d(?!\d))"
    ),
}
"""What the words in capitals stand for; SEASON, EPISODE and AFTER are the words of the table of numbering."""

WAYS: tuple[Way, ...] = (
    Way("Show 2nd Season 24", r"START(?P<season>\d{1,2})(?:st|nd|rd|th)[ ._]SEASON[ ._-]+(?P<first>\d{1,3})MORE"),
    Way("Show Second Season 05", r"START(?P<season>first|second|third|fourth|fifth)[ ._]SEASON[ ._-]+(?P<first>\d{1,3})MORE"),
    Way("Show S02 (05)", r"START s(?P<season>\d{1,2})[\])]?[ ._]*[\[(](?P<first>\d{1,3})[\])]"),
    Way(
        "Show.2.Sezon.7.Bolum",
        r"START(?P<season>\d{1,2})ORDINAL[ ._-]{0,2}SEASON GAP(?P<first>\d{1,4})ORDINAL[ ._]{0,2}EPISODE END"
        r"(?![ ._]{0,2}\d{1,3}END)",
    ),
    Way(
        "Show 3a Temp Ep 02",
        r"START(?P<season>\d{1,2})(?:ORDINAL|[ao])[ ._-]{0,2}SEASON GAP EPISODE[ ._]{0,2}(?P<first>\d{1,4})MORE",
    ),
    Way("Show T2 Cap 8", r"START t(?P<season>\d{1,2})GAP EPISODE[ ._]?(?P<first>\d{1,3})MORE"),
    Way("Show T02E08", r"START t(?P<season>\d{1,2})x?e(?P<first>\d{1,3})END"),
    Way("Show Season One Episode Two", r"START SEASON[ ._](?P<season>NUMERAL)GAP EPISODE[ ._]{1,2}(?P<first>NUMERAL|\d{1,3})END"),
    Way("Show Se.1 afl.2-3-4", r"START SEASON[ ._]?№?(?P<season>\d{1,2})GAP EPISODE[ ._]{0,2}№?(?P<first>\d{1,4})MORE"),
    Way("Show.Season.2of5.3of9", r"START(?:SEASON[ ._]?)?(?P<season>\d{1,2})of\d{1,2}[ ._](?P<first>\d{1,2})of\d{1,2}END"),
    Way("Show C2E101", r"START[cs](?P<season>\d{1,2})[be](?P<first>\d{1,3})END"),
    Way("Show Series 2 - 05 Storm", r"START SEASON[ ._-]?(?P<season>\d{1,2})[ ._]*[-,][ ._]*(?P<first>0\d|\d{1,3}(?=[.][ ]))END"),
    Way("Show [2.10]", r"[\[(](?P<season>\d{1,2})[.x](?P<first>\d\d)[\])]"),
    Way(
        "Show [HDTV][Cap.104]",
        r"START(?:caps?|(?<=[\[(])cap[ií]tulos?)[ ._]*(?P<season>\d{1,2})(?P<first>\d\d)"
        r"(?:(?:[_-]|[ ._]?(?:y|al?|-)[ ._]?)(?:\d{0,2}(?P<last>\d\d)))?END",
    ),
    Way("Show1x02", r"(?<=[^\W\d_])(?P<season>\d{1,2})x(?P<first>\d\d)END"),
    Way("ShowS01E02", r"(?<=[^\W\d_])s(?P<season>\d\d)e(?P<first>\d\d)END"),
    Way("Show S02 03", r"START s(?P<season>\d{1,2})[ ._]*[-_. ][ ._]*(?P<first>\d{2,3})MORE(?!p)"),
    Way("Show.S0201", r"START s(?P<season>[0-4]\d)(?P<first>\d\d)END"),
    Way("Show.Series.2.Part.11", r"START SEASON[ ._]?(?P<season>\d{1,2})GAP PART(?P<first>\d{1,2})END"),
    Way(
        "Show Stagione 6 (2016) 720p Episodio 13",
        r"START SEASON[ ._]?(?P<season>\d{1,2})[ ._(\[][^\[\]]{1,24}?START EPISODE[ ._]?(?P<first>\d{1,3})END",
    ),
    Way("Show ep. 1-5", r"START EPISODE[ ._]{0,2}(?P<first>\d{1,5})MORE"),
    Way("Show Episode Two", r"START(?:episode|folge|episodio)[ ._](?P<first>NUMERAL)END"),
    Way(
        "Show Part 5 of 9",
        r"START(?:PART|(?:teil|deel|del|partie|parte|část|część)[ ._])(?P<mini>)(?P<first>\d{1,2})[ ._]OF[ ._]\d{1,3}END",
    ),
    Way("Show 5 of 9", r"(?<!cd[ .])(?<!disc[ .])(?<!disk[ .])START(?P<mini>)(?P<first>\d{1,2})[ ._]?OF[ ._]?\d{1,3}END"),
    Way("Show 79.Bolum", r"START(?P<first>\d{1,4})(?:-?[яй]|[aª])?[ ._-]{0,2}(?:EPISODE|AFTER)END"),
    Way("Show part 1 to part 3", r"START PART(?P<first>\d{1,2})[ ._](?:to|and|-|&)[ ._](?:PART)?(?P<last>\d{1,2})END"),
    Way("Show.Part.06", r"START PART(?P<first>0\d)END", undated=True),
    Way("Show Part 5 Storm", r"\A(?P<show>(?:\D|YEAR)+?)START PART(?P<first>\d{1,2})[ ._-]+(?=[^\W\d])(?!TOLD)", undated=True),
    Way("Show.Part.3.720p.HDTV", r"START PART(?P<first>\d{1,2}|ROMAN)END", on_television=True),
    Way("Show #1-4", r"(?<=[ _.])#(?P<first>\d{1,4})MORE", undated=True),
    Way("4-13 Storm", r"\A(?P<season>\d{1,2})-(?P<first>\d\d)(?=[ ._])(?![ ._]-?[ ._]?\d\d[ ._])"),
    Way("Show 4-13 Storm", r"(?<=[ ._\[(])(?P<season>[1-9])-(?P<first>\d\d)(?=[ ._\])]|\Z)", undated=True),
    Way("Show 1.05 Storm", r"TEXT(?:[ ]|[ ]-[ ])(?P<season>[1-9])[.](?P<first>0\d|\d{1,2}(?=[ ]-[ ]))END", undated=True),
    Way("Show SP01", r"START(?P<special>sp|special)[ ._]?(?P<first>\d{1,2})END", undated=True),
    Way("[Group] Show 01v2", r"TEXT[ ._-]+(?P<first>\d{1,3})(?=(?:-\d{1,3})?v\d)MORE"),
    Way("Show - 1042 VOSTFR", r"TEXT[ ._]+(?:DASH[ ._]+|(?=\d{4}))(?P<first>\d{2,4})[ ._-]+[\[(]?vost(?:fr|a)?END"),
    Way("Show - 07 [720p]", r"TEXT[ _.]+DASH[ _.]+(?P<first>\d{2,5}|\d(?=\Z))MORE(?=[ _.]*(?:[\[(]|\Z|-[ _.]|end\b|fin(?:al)?\b))"),
    Way("Show.02.09", r"(?<=[^\W\d_])[ ._-](?P<season>\d\d)[._](?P<first>\d\d)(?=\Z|[ ._-][a-z]?\Z)"),
    Way("Show-2017-01_13", r"(?<=[ ._-])(?P<year>20[0-4]\d|19\d\d)[ ._-](?P<season>\d\d)_(?P<first>\d\d)END"),
    Way(
        "[Group] Show (9)",
        r"(?<=\w)[ _.]*[\[({](?P<first>\d{1,3})(?:v\d)?(?:[ ]?[-~][ ]?(?P<last>\d{2,4}))?[\])}](?=\s*(?:\Z|[\[(]))",
    ),
    Way("Show {01} Storm", r"[ _.]\{(?P<first>\d{1,3})\}"),
    Way("[Group].Show.01.[0123ABCD]", r"\ARELEASER(?P<show>[^\[\]()]*?[^\W\d_][^\[\]()]*?)[ ._](?P<first>\d{2,3})[ ._]*(?=[\[(])"),
    Way(
        "[Group] Show 01-12 (BD)",
        r"\ARELEASER[ _.]*(?P<show>.*[^\s_.-])[ _.]+(?P<first>\d{2,4})[ ]?[-~][ ]?(?P<last>\d{2,4})NOTED",
    ),
    Way("[Group] Show-05", r"\ARELEASER[ _.]*(?P<show>.*[^\s_.-])-(?P<first>\d{2,3})NOTED"),
    Way("[Group] 06 Show (720p)", r"\ARELEASER[ _.]*(?P<first>0\d|\d{2,3}(?=[ ]-[ ]))[ ._-]+(?P<show>[^\W\d][^\[(]*)"),
    Way("show05", r"\A(?P<show>[^\W\d_]{4,}(?=0)|[\u3040-\u9fff]{2,})(?P<first>\d{2,3})\Z"),
    Way("Show.101.102.hdtv", r"(?<=\w)[ ._-]+(?P<season>\d)(?P<first>\d\d)[ ._,-]+(?P=season)(?P<second>\d\d)(?=[ ._-])"),
    Way("Show.102.HDTV", r"(?<=[^\W_])[ ._-]+(?P<season>[1-9])(?P<first>[0-3]\d)(?=[ ._-]+RELEASED)"),
)
"""The order decides where a name fits more than one: words before signs, signs before bare digits."""

_TELEVISION = re.compile(r"(?<![^\W_])(?:[hps]dtv|dsr|dsrip|tvrip|satrip|miniseries)(?![^\W_])", re.IGNORECASE)
_HAS_TITLE = re.compile(r"[^\W\d_]")
_PIECE = re.compile(r"(?<!\\)([A-Z]{2,}) ?")
_TAIL_BRACKETS = re.compile(r"(?<=\w)[ ._-]*\[[^\[\]]*\][ ._-]*\Z")
_YEAR_ALONE = re.compile(r"19\d\d|20[0-3]\d")
_SEASON_BEFORE = re.compile(r"[ ._-]+temp(?:orada)?[ ._]?\d{1,2}(?!\d).*\Z", re.IGNORECASE)
_SEASON_IN_TITLE = re.compile(
    r"\A(?P<show>.*?[\w!?)'\"])[ ._-]+\(?(?:(?P<nth>\d{1,2})(?:st|nd|rd|th)[ ._]season|"
    r"(?P<word>first|second|third|fourth|fifth)[ ._]season|season[ ._]?(?P<after>\d{1,2})|s(?P<short>\d{1,2}))\)?"
    r"(?:[ ._](?:ova|tv|specials?))?\Z",
    re.IGNORECASE,
)
_SPELLED = {
    word: number
    for words in ("i ii iii iv v vi vii viii", "one two three four five six seven eight nine ten eleven twelve")
    for number, word in enumerate(words.split(), 1)
}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
_SPELLED |= _ORDINALS


@cache
def _patterns() -> tuple[tuple[Way, re.Pattern[str]], ...]:
    words = {of: f"(?:{'|'.join(sorted(some, key=len, reverse=True))})" for of, some in numbering().items()}
    pieces = PIECES | {"SEASON": words["season"], "EPISODE": words["episode"], "AFTER": words["after"]}

    def spell(pattern: str) -> str:
        return _PIECE.sub(lambda found: spell(pieces[found[1]]), pattern)

    return tuple((way, re.compile(spell(way.pattern), re.IGNORECASE)) for way in WAYS)


@cache
def _worded() -> re.Pattern[str]:
    words = "|".join(sorted((word for word in numbering()["episode"] if len(word) >= _SHORTEST_WORD), key=len, reverse=True))
    return re.compile(
        rf"(?<![^\W_])(?:(?:{words})[ ._]{{0,2}}\d{{1,4}}|\d{{1,4}}(?:-?[яй]|[.aª]|th)?[ ._]{{0,2}}(?:{words})|"
        r"\[cap[.]\d{3,4}\])(?![^\W_])",
        re.IGNORECASE,
    )


def is_of_television(stem: str) -> bool:
    """Say whether a stem says that it was taken from television."""
    return _TELEVISION.search(stem) is not None


def is_broadcast_alone(stem: str, facts: Mapping[str, Any]) -> bool:
    """Say whether a stem was taken for a film's though it comes from television, and gives no year that a film would have."""
    return facts["kind"] == "movie" and "year" not in facts and is_of_television(stem)


def is_counted(stem: str) -> bool:
    """Say whether a whole word or a sign in a stem counts its episode: "Folge 5", "#5"."""
    return _worded().search(stem) is not None or _SIGNED.search(stem) is not None


def without_total(stem: str) -> str:
    """Return a stem without how many episodes there are where its episode is counted by a whole word: "Folge 5 von 12"; else ""."""
    return _TOTAL.sub("", stem) if _worded().search(stem) else ""


OF_TWO = re.compile(r"(?<![^\W_])[12][ ._]?of[ ._]?2(?![^\W_])", re.IGNORECASE)
_ON = re.compile(
    r"(?<=[^\W_])[ ._-]+(?:(?:folge|sendung|ausgabe|puntata|émission|programa|uitzending)[ ._]+)?"
    r"(?:vom|am|du|del|dal|from|of|on|от|за|z[ ._]dnia)[ ._-]*\Z",
    re.IGNORECASE,
)
"""Between a show and a day: "Late Hour vom 05.02.2014"."""
_SIGNED = re.compile(
    r"[ _]#\d{1,4}(?![^\W_])|[ ._]-[ ._]\d{2,4}(?:[ ._-]+[\[(]?vost(?:fr|a)?|end|fin)(?![^\W_])|"
    r"\A[\u3040-\u9fff]{2,}\d{2}\Z|(?<![^\W_])(?:part|pt)[ ._]?(?:0\d(?!\d)|\d{1,2}[ ._-]+(?=[^\W\d]))",
    re.IGNORECASE,
)
_SHORTEST_WORD = 4
"""Letters of a word that counts episodes beyond doubt; "ser" and "odc" may be others."""
_FULL = re.compile(r"(?<=[\w)\]!?'\"])[ ._-]+(?:full|ep[.]?|mini-?series)[ ._-]*\Z", re.IGNORECASE)
"""Between a show and its episode: "Full Episode 5", "Ep. #5"."""
_TOTAL = re.compile(r"(?<=\d)[ ._](?:of|von|van|de|di|av|iz|из|sur)[ ._]\d{1,3}(?![^\W_])", re.IGNORECASE)


def read_likely(stem: str) -> Facts | None:
    """Return the facts of a stem that most likely names an episode, or None. Where a number is missing, so is its fact."""
    bare = without_ids(stem)
    day = read_day(bare)
    for way, pattern in _patterns():
        found = pattern.search(bare)
        if (
            found is None
            or (way.on_television and not is_of_television(bare))
            or (day and day.start <= found.start("first") < day.end)
            or (way.undated and YEAR.search(bare, found.end()))
        ):
            continue
        if is_event(bare[: found.start()], found[0]) or (OF_TWO.search(found[0]) and FILM_OF.search(bare, 0, found.start())):
            continue
        if bare[:1] not in "[(" and found[0][:3].lower() != "cap" and QUALITY.search(bare, 1, found.start()):
            continue
        if _YEAR_ALONE.fullmatch(found["first"]) and bare[:1] not in "[【":
            continue
        facts = _numbered(bare, found)
        if facts is not None:
            if day and day.plain:
                facts["date"] = day.iso
            return facts
    if day and clean(bare[: day.start]):
        return {"kind": "episode", **read_show(_ON.sub("", bare[: day.start])), "episodes": [], "date": day.iso}
    return _day_first(bare, day) if day and day.start == 0 else None


def _day_first(stem: str, day: Day) -> Facts | None:
    """Return the facts of a stem that begins with a day: "20110304 - Show - Storm"."""
    show, _, title = clean(until_quality(stem[day.end :])).partition(" - ")
    if not show or show[0].isdigit():
        return None
    return {"kind": "episode", **read_show(show), "episodes": [], "date": day.iso, **({"episode_title": title} if title else {})}


def is_event(before: str, number: str) -> bool:
    """Say whether a bare number counts films, fights or the like, whose name it is of: "UFC 179", "Movie 02"."""
    return number.strip(" ._-").isdecimal() and _LAST_WORD.sub(r"\1", before).lower() in release_words()["events"]


def is_of_event(stem: str) -> bool:
    """Say whether a stem holds a number that counts films, fights or the like."""
    return any(is_event(stem[: found.start()], found[0]) for found in _NUMBER.finditer(stem))


_NUMBER = re.compile(r"(?<![^\W_])\d{1,4}(?![^\W_])")
_LAST_WORD = re.compile(r"\A.*?([^\W_]+)[ ._-]*\Z", re.DOTALL)


def _numbered(stem: str, found: re.Match[str]) -> Facts | None:
    groups = found.groupdict()
    if not (groups.get("show") or _HAS_TITLE.search(stem, 0, found.start()) or _HAS_TITLE.search(stem, found.end())):
        return None
    first = _SPELLED.get(groups["first"].lower()) or count(groups["first"])
    before = _FULL.sub("", stem[: found.start()])
    if found[0][:3].lower() == "cap":
        before = _SEASON_BEFORE.sub("", _TAIL_BRACKETS.sub("", before.rstrip("[( ._-")))
    facts: Facts = {"kind": "episode", **read_show(groups.get("show") or _last_piece(before))}
    if groups.get("season"):
        facts["season"] = _SPELLED.get(groups["season"].lower()) or count(groups["season"])
        if first // 100 == facts["season"] and first % 100 and not groups.get("last"):
            # "Temporada 4 [Cap.408]" says the season twice.
            first %= 100
    elif groups.get("mini") is not None:
        facts["season"] = 1
    elif groups.get("special"):
        facts["season"] = 0
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
    after = until_quality(stem[found.end() :]).lstrip(" ._-")
    if after[:1] not in {"[", "("} and clean(after):
        facts["episode_title"] = clean(after)
    return facts


def _last_piece(text: str) -> str:
    """Return what stands after a release group in the midst of a text, and without brackets at its end."""
    text = _TAIL_BRACKETS.sub("", text)
    tail = text.rpartition("]")[2]
    return tail if _HAS_TITLE.search(tail) else text


def split_season(title: str) -> tuple[str, int | None]:
    """Return (show, season) of a title that ends in its season, as "Show 2nd Season" does; season None when it does not."""
    found = _SEASON_IN_TITLE.match(title)
    if found is None:
        return title, None
    number = found["nth"] or found["after"] or found["short"]
    return found["show"], int(number) if number else _ORDINALS[found["word"].lower()]
