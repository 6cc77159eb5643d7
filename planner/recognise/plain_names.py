"""Plain names: a title, a mark or year, and nothing that could mean something else. What is one needs no second reader."""

import re
from collections.abc import Sequence
from functools import cache

from reshelve.planner.recognise.episodes import is_likely_count
from reshelve.planner.recognise.extension_tables import release_words
from reshelve.planner.recognise.films import is_as_advised, without_other_name
from reshelve.planner.recognise.release_words import TAG, is_pack, is_suspect, is_torn, known_words
from reshelve.planner.recognise.same_title import normalise
from reshelve.planner.recognise.title_text import QUALITY, without_ids

_APART = r"[ ._]"
_WORD = r"(?:[^\W\d_]++|0\d{5,8}+)(?!\d)"
"""A word, or a serial number: no season, episode or year has six digits and a zero before them."""
_COUNTRY = r"(?:\((?:US|UK|AU|NZ|CA|IE|JP|KR)\))"
_TITLE = rf"(?P<title>{_WORD}(?:[ ._,'’!?&]++{_WORD})*+[!?]?(?:{_APART}++{_COUNTRY})?)"
_RELEASER = r"\[(?P<releaser>[^\[\]]*)\][ ._]*+"
_YEAR = r"(?:19|20)\d\d"
_REST = (
    rf"(?:[ ._,'’!?&+~:;()\[\]{{}}–—-]++(?:{TAG}|{_WORD}))*+"
    r"(?:(?:[-.@]|[ ]-[ ])(?!(?:s|ep?|part|vol|cap)\d)(?=\d*[^\W\d_])[^\W_]++(?:\[[\w.-]+\])?)?[ ._!?…)\]}]*+"
)
_MARK = (
    r"(?:s(?:e(?:ason)?|eries|aison)?[ ._]{0,2}\d{1,4}(?:[ ._]|,[ ]|[ ]-[ ]|x)?e(?:p(?:isode)?)?[ ._]{0,2}\d{1,5}"
    r"(?:[ ._]?-?[ ._]?e(?:p[ ._]?)?\d{1,5})*+|"
    r"(?:\d{1,2}|(?:19|20)\d\d)x\d{2,3}(?:[ ._]?-[ ._]?\d{0,4}x\d{2,3})*+|[1-9][ ._]?of[ ._]?(?:[3-9]|\d\d))(?![^\W_])"
)
AFTER_MARK = (
    rf"(?![ ._]*+[-&+,~/]?[ ._]*+(?!{TAG})(?:e(?:p[ ._]?)?)?\d{{1,5}}[a-d]?(?![^\W_]))"
    r"(?!.*(?<![^\W_])(?:s\d{1,4}[ ._]?e\d|\d{1,4}x\d\d(?!\d)|ep?[ ._]?\d)).*"
)
"""What may follow a mark of season and episode: numbers in an episode's title, but no second mark, and none joined to the first."""
_DAY = rf"{_YEAR}(?P<s>[ ._-])[01]\d(?P=s)[0-3]\d(?![^\W_])"
_NUMBERED = r"(?:(?:e(?:p(?:isode)?)?[ ._]?)?\d{1,3}(?![^\W_]))"
_SHOW = rf"(?:{_TITLE}|(?P<number>{_YEAR})(?![^\W_]))(?:{_APART}++(?:\({_YEAR}\)|\[{_YEAR}\]|{_YEAR}))?"
_PLAIN_EPISODE = re.compile(
    rf"{_SHOW}{_APART}*+(?:-{_APART}*+)?(?:[(\[]?{_MARK}[)\]]?{AFTER_MARK}|[(\[]?{_DAY}{_REST})", re.IGNORECASE
)
_DASHED_EPISODE = re.compile(
    rf"(?P<title>[^()\[\]{{}}]+?(?: {_COUNTRY})?)(?: \({_YEAR}\))? - (?P<mark>{_MARK})(?P<rest>{AFTER_MARK})", re.IGNORECASE
)
"""As libraries are written: whatever stands before the mark is the show's name."""
_PLAIN_FANSUB = re.compile(
    rf"{_RELEASER}(?P<title>[^\[\](){{}}]+?)[ _]++-[ _]++\d{{2,4}}(?:v\d)?"
    rf"(?:[ _]*+[(\[](?:{TAG}|{_WORD}|[ ._,+-])*+[)\]])*+[ _]*+",
    re.IGNORECASE,
)
_PLAIN_RELEASED = re.compile(rf"{_RELEASER}{_SHOW}{_APART}*+(?:-{_APART}*+)?[(\[]?{_MARK}[)\]]?{AFTER_MARK}", re.IGNORECASE)
_ABSOLUTE = re.compile(
    r"(?:[ ._]+-[ ._]+(?P<number>\d{2,4})(?:-\d{2,4})?|[ ._]+(?:(?P<padded>0\d+)|(?P<first>\d{2,4})-\d{2,4})|"
    r"(?<=\w)[ _](?P<last>\d{2,4})(?=[ _][(\[]))"
    r"(?P<mark>[ ._]+(?:-[ ._]+)?[(\[]?(?:s(?P<season>\d{1,2})e|(?P<crossed>\d{1,2})x)(?P<episode>\d{1,4}))(?!\d)",
    re.IGNORECASE,
)
_PLAIN_NUMBERED = re.compile(rf"(?:{_MARK}{AFTER_MARK}|{_NUMBERED}{_REST})", re.IGNORECASE)
_ONE_MARK = re.compile(rf".*?(?<![^\W_]){_MARK}[)\]]?{AFTER_MARK}", re.IGNORECASE)
_FAR = re.compile(
    rf"(?<![^\W_])(?P<mark>{_MARK})[ ._]+(?:-[ ._]+)?"
    r"(?P<number>\d{1,5}(?:[-/:]\d{1,4})*)(?![^\W_])",
    re.IGNORECASE,
)
"""A number that stands apart from the mark before it."""
_ANY_MARK = re.compile(rf"(?<![^\W_]){_MARK}", re.IGNORECASE)
_SEASON_AGAIN = re.compile(r"(?P<season>\d{1,2})[.x](?=\d\d(?!\d))", re.IGNORECASE)
_PLAIN_SHOW = re.compile(rf"{_SHOW}[ ._]*", re.IGNORECASE)
_PLAIN_PACK = re.compile(rf"{_SHOW}{_APART}++s\d\d{_REST}", re.IGNORECASE)
_SHELF = re.compile(rf"(?P<title>[^()\[\]{{}}]+?)(?: \((?:{_YEAR}|[A-Z]{{2}})\))*")
"""The folder of a show, with folders of seasons in it."""
_SEASON_OF_PACK = re.compile(r"(?<![^\W_])(?:s\d{1,2}|\d{1,2}[ ]?-[ ]?\d{1,2}\Z)(?![^\W_])", re.IGNORECASE)
MANY = 6
"""More episodes in one file than that are more likely a mark misread."""
WHOLE_OR_SPECIAL = re.compile(
    r"(?<![^\W_])(?:complete[ ._](?:series|seasons?|collection)|seasons?[ ._]?\d+|"
    r"(?:nc)?(?:op|ed)\d*(?=[ ._]*[\[(])|ov[ab]|oad|ncop\d*|nced\d*|creditless|batch)(?![^\W_])",
    re.IGNORECASE,
)
DIGITS = re.compile(r"\d+")
_COUNTS = re.compile(
    r"(?<![^\W_])0\d*(?![^\W_])|#\d|(?:\A|[ _]-[ _])\d+(?=[ _]-[ _]|[.)]|\Z)|(?<![^\W_])\d{2,}\Z|[\\\x00-\x09\x0b-\x1f]"
)
"""A number in a title that may count episodes or films; and what no title has."""
_TAIL_NUMBER = re.compile(r"(?<![^\W_])(?P<number>\d{1,4})\Z")
LIKELY_SEASON = 15
"""A number at the end of a title up to this may be that of a season: "Show 2 - 03"."""


_COUNTED_FILM = re.compile(
    r"[ ._-]+(?:part|vol(?:ume)?[.]?|chapter|episode)[ ._]{1,2}(?:\d{1,2}|[ivx]{1,4}|one|two|three|four|five|six)"
    rf"(?=[ ._]+[(\[]?{_YEAR})",
    re.IGNORECASE,
)
"""What counts the films of a saga, before their year: it is of the title."""


@cache
def _plain_film() -> re.Pattern[str]:
    return re.compile(
        rf"{_TITLE}{_APART}++(?:\({_YEAR}\)|\[{_YEAR}\]|{_YEAR})(?![^\W_])"
        rf"(?:[ ._-]*+|[ ._,()\[\]-]++{known_words()}{_REST})",
        re.IGNORECASE,
    )


@cache
def _bracketed_film() -> re.Pattern[str]:
    """Return what matches any title before a year in brackets, and words of a release in brackets or without."""
    known = known_words()
    return re.compile(
        rf"(?P<title>[^()\[\]{{}}]+?)(?:[ ._-]*[(\[](?P<edition>[^()\[\]{{}}]+)[)\]])?"
        rf"(?P<year>[ ._]*[(\[]{_YEAR}[)\]])"
        rf"(?:[ ._-]*(?:\[{known}[^\[\]]*\]|\({known}[^()]*\))(?:[ ._-]*(?:\[[^\[\]]*[^\W\d][^\[\]]*\]|\([^()]*[^\W\d][^()]*\)))*)?"
        rf"(?:[ ._-]*(?:\[[\w. -]+\])?[ ._-]*|[ ._,-]+{known}{_REST})",
        re.IGNORECASE,
    )


def is_plain_episode(stem: str, show: str, episodes: Sequence[int] = ()) -> bool:
    """Say whether a stem is a show of plain words, one mark, and nothing else that could count anything."""
    if len(episodes) > MANY:
        return False
    found = _PLAIN_EPISODE.fullmatch(stem)
    if found is not None and _is_whole(found["title"] or found["number"], show):
        return True
    bare = _without_absolute(_without_far_number(stem))
    found = _PLAIN_EPISODE.fullmatch(bare)
    if found is not None:
        return _is_whole(found["title"] or found["number"], show)
    if stem[:1] == "[":
        found = _PLAIN_FANSUB.fullmatch(stem)
        if found is not None:
            return _is_uncounted(found["title"], LIKELY_SEASON) and _is_whole(found["title"], show)
        found = _PLAIN_RELEASED.fullmatch(bare)
        return found is not None and _is_whole(found["title"] or found["number"], show)
    found = _DASHED_EPISODE.fullmatch(bare)
    return found is not None and _is_library_name(found) and _is_whole(found["title"], show)


def _without_absolute(stem: str) -> str:
    """Return a stem without the number of all episodes before a season's mark that fits it: "Show - 37 (S02E12)"."""
    found = _ABSOLUTE.search(stem)
    if found is not None:
        number = int(found["number"] or found["padded"] or found["first"] or found["last"])
        if is_likely_count(number, int(found["season"] or found["crossed"]), int(found["episode"])):
            return stem[: found.start()] + stem[found.start("mark") :]
    return stem


def _is_library_name(found: re.Match[str]) -> bool:
    """Say whether what stands before " - S01E02" is a show's name: a dash in it is believed where the episode's title follows."""
    title = found["title"]
    if " - " in title and not found["rest"].lstrip(" -")[:1].isalpha():
        return False
    tail = _TAIL_NUMBER.search(title)
    season, *episodes = map(int, DIGITS.findall(found["mark"]))
    if tail and is_likely_count(int(tail["number"]), season, episodes[0]):
        return False
    return not _COUNTS.search(title[: tail.start()] if tail else title) and not QUALITY.search(title, 1)


def _is_uncounted(title: str, most: int) -> bool:
    """Say whether no number of a title before " - 05" counts: one at its end that is larger than any season is the show's."""
    tail = _TAIL_NUMBER.search(title)
    if tail and int(tail["number"]) <= most:
        return False
    return " - " not in title and "_-_" not in title and not _COUNTS.search(title[: tail.start()] if tail else title)


def is_plain_film(stem: str, title: str | None) -> bool:
    """Say whether a stem is a title, a year, and words of its quality. Pass no title where some was cut off it."""
    if any(word in stem.lower() for word in ("complete", "season", "batch")) and WHOLE_OR_SPECIAL.search(stem):
        return False
    if is_as_advised(stem):
        return True
    bare = without_ids(stem).strip()
    found = _plain_film().fullmatch(bare)
    if found is not None and _is_whole(found["title"], title):
        return True
    counted = _COUNTED_FILM.search(bare)
    tail = counted[0] if counted else ""
    bare = bare.replace(tail, "", 1)
    found = _plain_film().fullmatch(bare)
    if found is None:
        found = _bracketed_film().fullmatch(bare)
        if found is None or not _is_bracketed_plainly(found):
            return False
    named = without_other_name(found["title"])
    return _is_whole(named, None) and (title is None or normalise(f"{named}{tail}") == normalise(title))


def _is_bracketed_plainly(found: re.Match[str]) -> bool:
    """Say whether the title before a year in brackets has no number that counts, and brackets before it name an edition."""
    title, edition = found["title"], found["edition"]
    if edition is not None and not release_words()["edition"].issuperset(_WORDS.findall(edition.lower())):
        return False
    year = DIGITS.search(found["year"])
    assert year is not None
    if set(_YEARS.findall(title)) - {year[0]} or is_torn(title):
        return False
    return not _COUNTS.search(title.replace(year[0], "")) and not QUALITY.search(title, 1)


_WORDS = re.compile(r"[^\W_]+")
_YEARS = re.compile(rf"(?<!\d){_YEAR}(?!\d)")


def is_plain_numbered(stem: str, season: int | None) -> bool:
    """Say whether a stem is a mark or number, that of its `season` before it or not, and nothing else that could count anything."""
    again = _SEASON_AGAIN.match(stem)
    if again and int(again["season"]) == season:
        stem = stem[again.end() :]
    return _PLAIN_NUMBERED.fullmatch(_without_far_number(stem)) is not None


def has_one_mark(stem: str) -> bool:
    """Say whether a stem has one mark of season and episode, and nothing after it that could be a second."""
    return _ONE_MARK.fullmatch(_without_far_number(stem)) is not None


def until_mark(stem: str) -> str:
    """Return a stem up to its mark of season and episode, whole where it has none."""
    found = _ANY_MARK.search(stem)
    return stem[: found.start()] if found else stem


def _without_far_number(stem: str) -> str:
    """Return a stem without the number after its mark where no file holds all episodes up to it: "S05E04 - 100 Days", "- 1984"."""
    found = _FAR.search(stem)
    if found is None:
        return stem
    last, number = DIGITS.findall(found["mark"])[-1], DIGITS.findall(found["number"])[0]
    # "S01E05.07" may be two, but not "S01E05.7.Days": a second episode is written as the first.
    shorter = len(number) < len(last) and "-" not in found.group()
    near = int(last) < int(number) <= int(last) + MANY
    return stem if near and not shorter else stem[: found.start("number")] + stem[found.end("number") :]


def is_plain_show(folder: str) -> bool:
    """Say whether a folder is called after a show, or a season of one, of plain words."""
    folder = without_ids(folder)
    found = _PLAIN_SHOW.fullmatch(folder) or _PLAIN_PACK.fullmatch(folder) or _PLAIN_EPISODE.fullmatch(folder)
    return found is not None and not is_suspect(found["title"] or "x")


def is_show_folder(folder: str) -> bool:
    """Say whether a folder with folders of seasons in it is called after one show: nothing in it tells of a release or a pack."""
    found = _SHELF.fullmatch(without_ids(folder).strip())
    if found is None or is_torn(folder):
        return False
    title = found["title"]
    return not (is_pack(title) or QUALITY.search(title, 1) or _SEASON_OF_PACK.search(title) or "." in title[:-1].replace(". ", ""))


def _is_whole(text: str, title: str | None) -> bool:
    if is_suspect(text):
        return False
    text = text.replace(".", " ")
    return title is None or text == title or normalise(text) == normalise(title)
